//! The words of the overview.

use crate::facts::format::count;
use crate::word::Word;

pub(super) const TITLE: Word = word!("Overview");
pub(super) const ADDRESS: Word = word!("Point your agents at");
pub(super) const MODEL: Word = word!("and ask for the model");
pub(super) const AUTO: &str = "auto";
pub(super) const THE_ADDRESS: Word = word!("the address");
pub(super) const THE_MODEL: Word = word!("the model name");
pub(super) const MAKE_KEY: Word = word!("Make a key");
pub(super) const KEY_NEEDED: Word = word!("Agents must send a key");
pub(super) const KEY_OPTIONAL: Word = word!("No key needed on this computer");
pub(super) const DROPPED_HINT: Word =
    word!("The disk could not keep up, so some requests are missing from the list and the sums.");

pub(super) const YARD: Word = word!("The yard");
pub(super) const ACTIVE: Word = word!("auto runs");
pub(super) const ACTIVE_LABEL: Word = word!("Active combo");
pub(super) const EDIT: Word = word!("Edit combo");
pub(super) const PAUSED: Word = word!("Paused");
pub(super) const PAUSE: Word = word!("Pause routing");
pub(super) const PAUSE_HINT: Word = word!("Pause routing: agents are refused until it is resumed");
pub(super) const AGENTS: Word = word!("Agents");
pub(super) const NO_AGENT: Word = word!("No agent yet");
pub(super) const LOCAL: Word = word!("without a key");
pub(super) const OPENS_IN: Word = word!("opens in");
pub(super) const TRACKS: Word = word!("Candidates in the order they are tried");

pub(super) const NO_COMBO: Word = word!("No route yet");
pub(super) const NO_COMBO_TEXT: Word = word!(
    "A combo is a list of models in the order they are tried. Make one, and requests for auto follow it."
);
pub(super) const MAKE_COMBO: Word = word!("Make a combo");
pub(super) const NO_VENDOR: Word = word!("Connect your first provider");
pub(super) const NO_VENDOR_TEXT: Word = word!(
    "Switchyard sends requests to accounts of yours. Add a key of one provider, and its models become tracks here."
);
pub(super) const CONNECT: Word = word!("Add a provider");
pub(super) const FIRST_STEPS: Word = word!("Take the first steps");
pub(super) const NO_ACTIVE: Word = word!("No combo is active");
pub(super) const NO_ACTIVE_TEXT: Word = word!("Choose which combo the model name auto means.");
pub(super) const OPEN_COMBOS: Word = word!("Choose a combo");
pub(super) const NO_TRACKS: Word = word!("This combo has no candidates");
pub(super) const NO_TRACKS_TEXT: Word =
    word!("Requests for auto fail until it has at least one model.");

pub(super) const TODAY: Word = word!("Today");
pub(super) const REQUESTS: Word = word!("Requests");
pub(super) const FELL_OVER: Word = word!("Fell over");
pub(super) const FAILED: Word = word!("Failed");
pub(super) const INPUT: Word = word!("Input");
pub(super) const OUTPUT: Word = word!("Output");
pub(super) const TOKENS: Word = word!("tokens");
pub(super) const COST: Word = word!("Cost");
pub(super) const COST_HINT: Word = word!("Of the requests whose price is known");
pub(super) const FELL_OVER_HINT: Word = word!("Answered by another candidate than the first");
pub(super) const FAILED_HINT: Word = word!("Answered by nobody, or the answer broke off");

pub(super) const FALLEN: Word = word!("Fell over lately");
pub(super) const ALL_FALLEN: Word = word!("See all of them");
pub(super) const LOW: Word = word!("Spent or low");
pub(super) const ALL_WINDOWS: Word = word!("See the quota");
pub(super) const RESETS_IN: Word = word!("resets in {time}");
pub(super) const NO_RESET: Word = word!("no reset is told");

pub(super) const LIST: Word = word!("Requests");
pub(super) const MORE: Word = word!("Load more");
pub(super) const LOADING_MORE: Word = word!("Loading");
pub(super) const NO_REQUESTS: Word = word!("No requests yet");
pub(super) const NO_REQUESTS_TEXT: Word = word!(
    "Point an agent at the address above and ask it something. It appears here while it runs."
);

pub(super) fn tracks_clear(clear: usize, all: usize) -> String {
    match all {
        0 => String::new(),
        1 if clear == 1 => word!("Its one track is clear").owned(),
        1 => word!("Its one track is closed").owned(),
        _ => say!("{clear} of {all} tracks clear", clear, all),
    }
}

pub(super) fn elsewhere(n: usize) -> String {
    match n {
        1 => word!("1 request runs outside this combo").owned(),
        _ => say!("{n} requests run outside this combo", n),
    }
}

pub(super) fn more_agents(n: usize) -> String {
    say!("and {n} more", n)
}

pub(super) fn all_windows(n: usize) -> String {
    say!("See all {n}", n)
}

pub(super) fn running_here(n: usize) -> String {
    say!("{n} running", n)
}

pub(super) fn dropped(n: u64) -> String {
    say!("{n} requests were not recorded", n = count(n))
}

pub(super) fn cached(share: u64) -> String {
    say!("{share}% cached", share)
}
