//! The words of the keys' page.

use crate::word::Word;

pub(super) const TITLE: Word = word!("Keys");
pub(super) const LEAD: Word = word!(
    "An agent shows a key to Switchyard, so that the request list can tell agents apart and you can shut one out."
);
pub(super) const REQUIRED: Word = word!("Every agent must send one.");
pub(super) const OPTIONAL: Word = word!("On this computer agents may also come without one.");
pub(super) const LIMITS_UNKNOWN: Word = word!("What these keys may do could not be loaded");
pub(super) const NOT_KNOWN: Word = word!("Not known");
pub(super) const AGENT: Word = word!("Agent");
pub(super) const NAME: Word = word!("What is it for");
pub(super) const PLACEHOLDER: &str = "claude-code";
pub(super) const MAKE: Word = word!("Make a key");
pub(super) const WITH_LIMITS: Word = word!("With limits");
pub(super) const MAKE_LIMITED: Word = word!("A key with limits");
pub(super) const CHANGE_LIMITS: Word = word!("Change what it may do");
pub(super) const HEAD_MAY: Word = word!("May do");
pub(super) const SAVE: Word = word!("Save");
pub(super) const NONE: Word = word!("No keys yet");
pub(super) const NONE_TEXT: Word = word!(
    "Name the agent that will use it, such as claude-code, and make its key. Each agent gets its own."
);
pub(super) const HEAD_NAME: Word = word!("For");
pub(super) const HEAD_KEY: Word = word!("Starts with");
pub(super) const HEAD_MADE: Word = word!("Made");
pub(super) const HEAD_USED: Word = word!("Last used");
pub(super) const NEVER: Word = word!("never");
pub(super) const REVOKE: Word = word!("Revoke");
pub(super) const ONCE: Word =
    word!("This is the only time that the key is shown. It is stored as a hash.");
pub(super) const KEY: Word = word!("Key");
pub(super) const ADDRESS: Word = word!("Address");
pub(super) const THE_KEY: Word = word!("the key");
pub(super) const THE_ADDRESS: Word = word!("the address");
pub(super) const DONE: Word = word!("I have copied it");
pub(super) const NAME_MISSING: Word = word!("Name what it is for first.");
pub(super) const LIST: Word = word!("Client keys");

pub(super) fn made(name: &str) -> String {
    say!("A key for {name}", name)
}

pub(super) fn revoke_title(name: &str) -> String {
    say!("Revoke the key for {name}?", name)
}

pub(super) fn revoke_text(name: &str, hint: &str) -> String {
    say!(
        "Whatever sends the key {hint} is refused from now on, also in the middle of its work. This cannot be undone; a new key for {name} has another text. Past requests keep its name.",
        hint,
        name
    )
}

pub(super) fn revoked(name: &str) -> String {
    say!("The key for {name} is revoked", name)
}

pub(super) fn revoke_of(name: &str) -> String {
    say!("Revoke the key for {name}", name)
}

pub(super) fn limits_of(name: &str) -> String {
    say!("What {name} may do", name)
}

pub(super) fn limits_saved(name: &str) -> String {
    say!("What {name} may do is saved", name)
}

pub(super) fn spent_of(spent: &str, limit: &str) -> String {
    say!("{spent} of {limit}", spent, limit)
}
