//! The words of the quota page.

use crate::word::Word;

pub(super) const TITLE: Word = word!("Quota");
pub(super) const LEAD: Word =
    word!("What each account may still use, as its provider says or as it was counted here.");
pub(super) const READ: Word = word!("Ask providers now");
pub(super) const READING: Word = word!("Asking");
pub(super) const NONE: Word = word!("No account has a quota yet");
pub(super) const NONE_TEXT: Word = word!(
    "Connect a subscription or a key; its windows appear here once its provider tells of them."
);
pub(super) const CONNECT: Word = word!("Go to providers");
pub(super) const NO_WINDOWS: Word =
    word!("Nothing is known yet: the first answer or reading tells.");
pub(super) const NOT_READABLE: Word = word!("This provider tells nothing of quotas.");
pub(super) const RESETS_IN: Word = word!("Starts over in {time}");
pub(super) const FIND: Word = word!("Find an account");
pub(super) const PAST: Word = word!("History");
pub(super) const NO_PAST: Word = word!("Readings are kept from now on.");
pub(super) const NOT_READ: Word = word!("not read");
pub(super) const NOW: Word = word!("Now");
pub(super) const NO_RESET: Word = word!("no reset is told");
pub(super) const OPEN_ENDED: Word = word!("Closes nothing");
pub(super) const COUNTED_HINT: Word = word!("Others may have used this account besides");

pub(super) fn problem(reason: &str) -> String {
    say!("The last reading failed: {reason}", reason)
}

pub(super) fn only(models: &str) -> String {
    say!("only {models}", models)
}

pub(super) fn past_of(window: &str) -> String {
    say!("{window} over time; arrow keys go from one reading to the next", window)
}

/// What a place of the drawing holds, for those who hear it.
pub(super) fn at(when: &str, value: &str) -> String {
    say!("{when}: {values}", when, values = value)
}

pub(super) fn show_all(n: usize) -> String {
    say!("Show all {n}", n)
}
