//! The words of the keys' page.

pub(super) const TITLE: &str = "Keys";
pub(super) const LEAD: &str = "An agent shows a key to Switchyard, so that the request list can tell agents apart and you can shut one out.";
pub(super) const REQUIRED: &str = "Every agent must send one.";
pub(super) const OPTIONAL: &str = "On this computer agents may also come without one.";
pub(super) const NAME: &str = "What is it for";
pub(super) const PLACEHOLDER: &str = "claude-code";
pub(super) const MAKE: &str = "Make a key";
pub(super) const WITH_LIMITS: &str = "With limits";
pub(super) const MAKE_LIMITED: &str = "A key with limits";
pub(super) const CHANGE_LIMITS: &str = "Change what it may do";
pub(super) const HEAD_MAY: &str = "May do";
pub(super) const OF: &str = "of";
pub(super) const SAVE: &str = "Save";
pub(super) const NONE: &str = "No keys yet";
pub(super) const NONE_TEXT: &str = "Name the agent that will use it, such as claude-code, and make its key. Each agent gets its own.";
pub(super) const HEAD_NAME: &str = "For";
pub(super) const HEAD_KEY: &str = "Starts with";
pub(super) const HEAD_MADE: &str = "Made";
pub(super) const HEAD_USED: &str = "Last used";
pub(super) const NEVER: &str = "never";
pub(super) const REVOKE: &str = "Revoke";
pub(super) const ONCE: &str =
    "This is the only time that the key is shown. It is stored as a hash.";
pub(super) const KEY: &str = "Key";
pub(super) const ADDRESS: &str = "Address";
pub(super) const THE_KEY: &str = "the key";
pub(super) const THE_ADDRESS: &str = "the address";
pub(super) const DONE: &str = "I have copied it";
pub(super) const NAME_MISSING: &str = "Name what it is for first.";
pub(super) const LIST: &str = "Client keys";

pub(super) fn made(name: &str) -> String {
    format!("A key for {name}")
}

pub(super) fn revoke_title(name: &str) -> String {
    format!("Revoke the key for {name}?")
}

pub(super) fn revoke_text(name: &str, hint: &str) -> String {
    format!(
        "Whatever sends the key {hint} is refused from now on, also in the middle of its work. This cannot be undone; a new key for {name} has another text. Past requests keep its name."
    )
}

pub(super) fn revoked(name: &str) -> String {
    format!("The key for {name} is revoked")
}

pub(super) fn revoke_of(name: &str) -> String {
    format!("Revoke the key for {name}")
}

pub(super) fn limits_of(name: &str) -> String {
    format!("What {name} may do")
}

pub(super) fn limits_saved(name: &str) -> String {
    format!("What {name} may do is saved")
}
