//! The words of the overview.

use crate::facts::format::count;

pub(super) const TITLE: &str = "Overview";
pub(super) const ADDRESS: &str = "Point your agents at";
pub(super) const MODEL: &str = "and ask for the model";
pub(super) const AUTO: &str = "auto";
pub(super) const THE_ADDRESS: &str = "the address";
pub(super) const THE_MODEL: &str = "the model name";
pub(super) const KEY_NEEDED: &str = "Agents must send a key";
pub(super) const KEY_OPTIONAL: &str = "No key needed on this computer";
pub(super) const DROPPED_HINT: &str =
    "The disk could not keep up, so some requests are missing from the list and the sums.";

pub(super) const YARD: &str = "The yard";
pub(super) const ACTIVE: &str = "auto runs";
pub(super) const ACTIVE_LABEL: &str = "Active combo";
pub(super) const EDIT: &str = "Edit combo";
pub(super) const PAUSED: &str = "Paused";
pub(super) const PAUSE: &str = "Pause routing";
pub(super) const PAUSE_HINT: &str = "Pause routing: agents are refused until it is resumed";
pub(super) const AGENTS: &str = "Agents";
pub(super) const NO_AGENT: &str = "No agent yet";
pub(super) const LOCAL: &str = "without a key";
pub(super) const OPENS_IN: &str = "opens in";
pub(super) const TRACKS: &str = "Candidates in the order they are tried";

pub(super) const NO_COMBO: &str = "No route yet";
pub(super) const NO_COMBO_TEXT: &str = "A combo is a list of models in the order they are tried. Make one, and requests for auto follow it.";
pub(super) const MAKE_COMBO: &str = "Make a combo";
pub(super) const NO_VENDOR: &str = "Connect your first provider";
pub(super) const NO_VENDOR_TEXT: &str = "Switchyard sends requests to accounts of yours. Add a key of one provider, and its models become tracks here.";
pub(super) const CONNECT: &str = "Add a provider";
pub(super) const FIRST_STEPS: &str = "Take the first steps";
pub(super) const NO_ACTIVE: &str = "No combo is active";
pub(super) const NO_ACTIVE_TEXT: &str = "Choose which combo the model name auto means.";
pub(super) const OPEN_COMBOS: &str = "Choose a combo";
pub(super) const NO_TRACKS: &str = "This combo has no candidates";
pub(super) const NO_TRACKS_TEXT: &str = "Requests for auto fail until it has at least one model.";

pub(super) const TODAY: &str = "Today";
pub(super) const REQUESTS: &str = "Requests";
pub(super) const FELL_OVER: &str = "Fell over";
pub(super) const FAILED: &str = "Failed";
pub(super) const INPUT: &str = "Input";
pub(super) const OUTPUT: &str = "Output";
pub(super) const TOKENS: &str = "tokens";
pub(super) const COST: &str = "Cost";
pub(super) const COST_HINT: &str = "Of the requests whose price is known";
pub(super) const FELL_OVER_HINT: &str = "Answered by another candidate than the first";
pub(super) const FAILED_HINT: &str = "Answered by nobody, or the answer broke off";

pub(super) const LIST: &str = "Requests";
pub(super) const MORE: &str = "Load more";
pub(super) const LOADING_MORE: &str = "Loading";
pub(super) const NO_REQUESTS: &str = "No requests yet";
pub(super) const NO_REQUESTS_TEXT: &str =
    "Point an agent at the address above and ask it something. It appears here while it runs.";

pub(super) fn tracks_clear(clear: usize, all: usize) -> String {
    match all {
        0 => String::new(),
        1 if clear == 1 => "Its one track is clear".to_owned(),
        1 => "Its one track is closed".to_owned(),
        _ => format!("{clear} of {all} tracks clear"),
    }
}

pub(super) fn elsewhere(n: usize) -> String {
    match n {
        1 => "1 request runs outside this combo".to_owned(),
        _ => format!("{n} requests run outside this combo"),
    }
}

pub(super) fn more_agents(n: usize) -> String {
    format!("and {n} more")
}

pub(super) fn running_here(n: usize) -> String {
    format!("{n} running")
}

pub(super) fn dropped(n: u64) -> String {
    format!("{} requests were not recorded", count(n))
}

pub(super) fn cached(share: u64) -> String {
    format!("{share}% cached")
}
