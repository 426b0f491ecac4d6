//! The words of the providers' page.

use crate::word::Word;

pub(super) const TITLE: Word = word!("Providers");
pub(super) const FIND: Word = word!("Filter providers and accounts");
pub(super) const NO_MATCH: Word = word!("No provider or account matches");
pub(super) const NO_MATCH_TEXT: Word = word!("Try its name, its prefix, or the end of the key.");
pub(super) const CLEAR_FILTER: Word = word!("Clear the filter");
pub(super) const ADD_ENDPOINT: Word = word!("Add an endpoint");
pub(super) const ADD_KEY: Word = word!("Add a key");
pub(super) const ADD_SERVER: Word = word!("Connect");
pub(super) const FIRST: Word =
    word!("Add the first key below, and its models can answer requests.");
pub(super) const REMOVE_ENDPOINT: Word = word!("Remove this endpoint");
pub(super) const CUSTOM: Word = word!("Yours");

pub(super) const TEST: Word = word!("Test");
pub(super) const TESTING: Word = word!("Testing");
pub(super) const REMOVE: Word = word!("Remove");
pub(super) const NEVER_USED: Word = word!("Never used");
pub(super) const USED: Word = word!("Used {ago}");
pub(super) const NO_KEY: Word = word!("no key");
pub(super) const UNLOCK: Word = word!("Unlock");
pub(super) const UNLOCK_ALL: Word = word!("Unlock all");
pub(super) const UNLOCK_HINT: Word =
    word!("Open these locks now; the next request finds out whether that holds");
pub(super) const WHOLE_ACCOUNT: Word = word!("Whole account");
pub(super) const OPENS_IN: Word = word!("Opens in {time}");
pub(super) const BY_VENDOR: Word = word!("The provider named this time");
pub(super) const BY_US: Word = word!("An estimate: the provider named no time");

pub(super) const KEY: Word = word!("Key");
pub(super) const NEW_KEY: Word = word!("New key");
pub(super) const NAME: Word = word!("Name");
pub(super) const NAME_HINT: Word = word!("To tell it from others. Empty is fine.");
pub(super) const CHECK: Word = word!("Check with the provider before saving");
pub(super) const SAVE: Word = word!("Save the key");
pub(super) const CONNECT: Word = word!("Connect");
pub(super) const SAVING: Word = word!("Saving");
pub(super) const CHECKING: Word = word!("Checking");
pub(super) const SAVE_ANYWAY: Word = word!("Save without checking");
pub(super) const GET_KEY: Word = word!("Get a key");
pub(super) const KEY_MISSING: Word = word!("Paste the key first.");
pub(super) const NO_KEY_NEEDED: Word =
    word!("This one needs no key: it is a server on your own machine.");

pub(super) const LOGIN_ENDED: Word = word!("The provider no longer accepts this login");
pub(super) const SIGN_IN_AGAIN: Word = word!("Sign in again");
pub(super) const RESETS_IN: Word = word!("resets in {time}");
pub(super) const CHANGE: Word = word!("Change");
pub(super) const CHANGE_SAVE: Word = word!("Save");
pub(super) const ANY_CLIENT: Word = word!("It serves every client");
pub(super) const ANY_CLIENT_HINT: Word = word!(
    "The provider means its logins for its own clients alone, and may close an account that others use."
);
pub(super) const PLACE: Word = word!("The order in which this provider’s accounts are tried");
pub(super) const EARLIER: Word = word!("Try earlier");
pub(super) const LATER: Word = word!("Try later");
pub(super) const PROXY: Word = word!("Proxy address");
pub(super) const PROXY_HINT: Word = word!(
    "http://, https:// or socks5:// with host and port, and user and password where it wants them. All requests of this account go out by it."
);
pub(super) const PROXY_MISSING: Word = word!("Give the proxy’s address.");
pub(super) const PROXY_SAVE: Word = word!("Save the proxy");
pub(super) const PROXY_REMOVE: Word = word!("Remove the proxy");
pub(super) const PROXY_SAVED: Word = word!("Its requests go by the proxy now");
pub(super) const PROXY_REMOVED: Word = word!("Its requests go out as all others do");
pub(super) const GOES_BY: Word = word!("Goes by {proxy}");
pub(super) const BY_PROXY: Word = word!("Its requests go by a proxy");
pub(super) const FIELD_MISSING: Word = word!("This must be filled in.");
pub(super) const ENDPOINT: Word = word!("Add an endpoint");
pub(super) const ENDPOINT_TEXT: Word = word!(
    "Any server that speaks one of these dialects: a company gateway, a local model, a provider that is not in the list."
);
pub(super) const ENDPOINT_MOVES: Word =
    word!("Its accounts and their keys are used at this address from then on.");
pub(super) const ENDPOINT_NAME: Word = word!("Name");
pub(super) const PREFIX: Word = word!("Prefix");
pub(super) const PREFIX_HINT: Word =
    word!("Its models are called prefix/model. Letters, digits and dashes.");
pub(super) const BASE_URL: Word = word!("Base address");
pub(super) const BASE_URL_HINT: Word =
    word!("Up to and including its version, such as https://host/v1.");
pub(super) const SPEAKS: Word = word!("Speaks");
pub(super) const TIER: Word = word!("Costs");
pub(super) const MODELS: Word = word!("Models");
pub(super) const MODELS_HINT: Word =
    word!("Their ids, one a line. Others can still be typed into a combo.");
pub(super) const PRIVATE: Word = word!("It is on this computer or in my network");
pub(super) const PRIVATE_HINT: Word =
    word!("Allows loopback and private addresses. Leave it off for servers on the internet.");
pub(super) const ADD: Word = word!("Add the endpoint");
pub(super) const PREFIX_BAD: Word = word!("The prefix takes letters, digits and dashes.");
pub(super) const INCOMPLETE: Word = word!("A name, a prefix and an address are needed.");

pub(super) fn add_key_for(vendor: &str) -> String {
    say!("Add a key for {vendor}", vendor)
}

pub(super) fn connect_to(vendor: &str) -> String {
    say!("Connect {vendor}", vendor)
}

pub(super) const GOES_BELOW: Word = word!(
    "Sent to the provider, at the address given below, and nowhere else. Kept sealed on this computer."
);

pub(super) fn goes_to(host: &str) -> String {
    say!("Sent to {host} and nowhere else. Kept sealed on this computer.", host)
}

/// What becomes of a new key, after where it goes.
pub(super) fn new_key_hint(goes_to: &str) -> String {
    say!("Takes the place of the key that is here; empty keeps that. {goes_to}", goes_to)
}

pub(super) fn added(name: &str) -> String {
    say!("{name} takes part now", name)
}

pub(super) fn accounts(n: usize) -> String {
    match n {
        0 => word!("not connected").owned(),
        1 => word!("1 account").owned(),
        _ => say!("{n} accounts", n),
    }
}

pub(super) fn show_all(n: usize) -> String {
    say!("Show all {n} accounts", n)
}

pub(super) fn remove_title(name: &str) -> String {
    say!("Remove {name}?", name)
}

pub(super) fn remove_text(name: &str, vendor: &str, hint: Option<&str>) -> String {
    match hint {
        Some(hint) => say!(
            "The account {name} at {vendor} takes no more requests. Its key {hint} is deleted here and cannot be shown again. The key itself stays valid at the provider. Past requests and sums stay.",
            name,
            vendor,
            hint
        ),
        None => say!(
            "The account {name} at {vendor} takes no more requests. The key itself stays valid at the provider. Past requests and sums stay.",
            name,
            vendor
        ),
    }
}

pub(super) fn removed(name: &str) -> String {
    say!("{name} was removed", name)
}

pub(super) fn remove_endpoint_text(name: &str, accounts: usize) -> String {
    match accounts {
        0 => say!(
            "The endpoint {name} is forgotten. Combos that name its models keep them, and pass over them.",
            name
        ),
        1 => say!(
            "The endpoint {name} is forgotten. Its account and key are deleted with it. Combos that name its models keep them, and pass over them.",
            name
        ),
        n => say!(
            "The endpoint {name} is forgotten. Its {n} accounts and their keys are deleted with it. Combos that name its models keep them, and pass over them.",
            name,
            n
        ),
    }
}

pub(super) fn switch_of(name: &str) -> String {
    say!("{name} takes part", name)
}

pub(super) fn test_of(name: &str) -> String {
    say!("Test {name}", name)
}

pub(super) fn remove_of(name: &str) -> String {
    say!("Remove {name}", name)
}

pub(super) fn earlier_of(name: &str) -> String {
    say!("Try {name} earlier", name)
}

pub(super) fn later_of(name: &str) -> String {
    say!("Try {name} later", name)
}

pub(super) fn unlock_of(model: &str) -> String {
    say!("Unlock {model}", model)
}

pub(super) fn sign_in_again_of(name: &str) -> String {
    say!("Sign in again: {name}", name)
}

pub(super) fn change_of(name: &str) -> String {
    say!("Change {name}", name)
}

pub(super) fn changed(name: &str) -> String {
    say!("{name} is changed", name)
}

pub(super) fn proxy_of(name: &str) -> String {
    say!("Proxy of {name}", name)
}

pub(super) fn quota_of(name: &str) -> String {
    say!("Quota of {name}", name)
}

pub(super) fn quota_unread(problem: &str) -> String {
    say!("The quota could not be read: {problem}", problem)
}

/// What a field of a provider asks for, and what holds without it.
pub(super) fn field_hint(hint: Option<&str>, default: Option<&str>) -> String {
    match (hint, default) {
        (Some(hint), Some(default)) => say!("{hint} Empty takes {default}.", hint, default),
        (Some(hint), None) => hint.to_owned(),
        (None, Some(default)) => say!("Empty takes {default}.", default),
        (None, None) => String::new(),
    }
}
