//! The words of the requests' page.

use crate::facts::sought::Ended;

pub(super) const TITLE: &str = "Requests";
pub(super) const FILTERS: &str = "Filters";
pub(super) const FIND: &str = "Find in names, ids and errors";
pub(super) const ANY_VENDOR: &str = "Any provider";
pub(super) const ANY_ACCOUNT: &str = "Any account";
pub(super) const ANY_MODEL: &str = "Any model";
pub(super) const ANY_KEY: &str = "Any agent";
pub(super) const NO_KEY: &str = "Without a key";
pub(super) const ANY_ENDING: &str = "Any ending";
pub(super) const VENDOR: &str = "Provider";
pub(super) const ACCOUNT: &str = "Account";
pub(super) const MODEL: &str = "Model";
pub(super) const KEY: &str = "Agent or tool";
pub(super) const ENDING: &str = "Ending";
pub(super) const CLEAR: &str = "Clear filters";
pub(super) const NO_MATCH: &str = "No request matches";
pub(super) const NO_MATCH_TEXT: &str =
    "None that is kept fits these filters. Old requests are pruned; their sums stay under Usage.";
pub(super) const NONE: &str = "No requests yet";
pub(super) const NONE_TEXT: &str =
    "Point an agent at Switchyard and ask it something. It appears here while it runs.";
pub(super) const TO_OVERVIEW: &str = "See the address";
pub(super) const END: &str = "This is where the history begins.";
pub(super) const LOADING: &str = "Loading older requests";
pub(super) const LIST: &str = "Requests, newest first";

pub(super) fn ended(ended: Ended) -> &'static str {
    match ended {
        Ended::Answered => "Answered",
        Ended::FellOver => "Fell over",
        Ended::Broken => "Broke off",
        Ended::Refused => "Refused",
        Ended::Exhausted => "Nobody could answer",
        Ended::Cancelled => "Cancelled",
    }
}
