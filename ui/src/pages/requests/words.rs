//! The words of the requests' page.

use crate::facts::sought::Ended;
use crate::word::Word;

pub(super) const TITLE: Word = word!("Requests");
pub(super) const FILTERS: Word = word!("Filters");
pub(super) const FIND: Word = word!("Find in names, ids and errors");
pub(super) const ANY_VENDOR: Word = word!("Any provider");
pub(super) const ANY_ACCOUNT: Word = word!("Any account");
pub(super) const ANY_MODEL: Word = word!("Any model");
pub(super) const ANY_KEY: Word = word!("Any agent");
pub(super) const NO_KEY: Word = word!("Without a key");
pub(super) const ANY_TOOL: Word = word!("Any tool");
pub(super) const NO_TOOL: Word = word!("Not set up as a tool");
pub(super) const ANY_COMBO: Word = word!("Any combo");
pub(super) const NO_COMBO: Word = word!("Asked for by name");
pub(super) const ANY_ENDING: Word = word!("Any ending");
pub(super) const VENDOR: Word = word!("Provider");
pub(super) const ACCOUNT: Word = word!("Account");
pub(super) const MODEL: Word = word!("Model");
pub(super) const KEY: Word = word!("Agent or tool");
pub(super) const TOOL: Word = word!("Tool");
pub(super) const COMBO: Word = word!("Combo");
pub(super) const ENDING: Word = word!("Ending");
pub(super) const CLEAR: Word = word!("Clear filters");
pub(super) const NO_MATCH: Word = word!("No request matches");
pub(super) const NO_MATCH_TEXT: Word = word!(
    "None that is kept fits these filters. Old requests are pruned; their sums stay under Usage."
);
pub(super) const NONE: Word = word!("No requests yet");
pub(super) const NONE_TEXT: Word =
    word!("Point an agent at Switchyard and ask it something. It appears here while it runs.");
pub(super) const TO_OVERVIEW: Word = word!("See the address");
pub(super) const END: Word = word!("This is where the history begins.");
pub(super) const LOADING: Word = word!("Loading older requests");
pub(super) const LIST: Word = word!("Requests, newest first");

pub(super) fn ended(ended: Ended) -> Word {
    match ended {
        Ended::Answered => word!("Answered"),
        Ended::FellOver => word!("Fell over"),
        Ended::Broken => word!("Broke off"),
        Ended::Refused => word!("Refused"),
        Ended::Exhausted => word!("Nobody could answer"),
        Ended::Cancelled => word!("Cancelled"),
    }
}
