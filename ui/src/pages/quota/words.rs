//! The words of the quota page.

pub(super) const TITLE: &str = "Quota";
pub(super) const LEAD: &str =
    "What each account may still use, as its provider says or as it was counted here.";
pub(super) const READ: &str = "Ask providers now";
pub(super) const READING: &str = "Asking";
pub(super) const NONE: &str = "No account has a quota yet";
pub(super) const NONE_TEXT: &str =
    "Connect a subscription or a key; its windows appear here once its provider tells of them.";
pub(super) const CONNECT: &str = "Go to providers";
pub(super) const NO_WINDOWS: &str = "Nothing is known yet: the first answer or reading tells.";
pub(super) const NOT_READABLE: &str = "This provider tells nothing of quotas.";
pub(super) const RESETS_IN: &str = "Starts over in";
pub(super) const NO_RESET: &str = "no reset is told";
pub(super) const OPEN_ENDED: &str = "Closes nothing";
pub(super) const ONLY: &str = "only";
pub(super) const COUNTED_HINT: &str = "Others may have used this account besides";

pub(super) fn problem(reason: &str) -> String {
    format!("The last reading failed: {reason}")
}
