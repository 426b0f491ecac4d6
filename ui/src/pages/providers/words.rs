//! The words of the providers' page.

pub(super) const TITLE: &str = "Providers";
pub(super) const FIND: &str = "Filter providers and accounts";
pub(super) const NO_MATCH: &str = "No provider or account matches";
pub(super) const NO_MATCH_TEXT: &str = "Try its name, its prefix, or the end of the key.";
pub(super) const CLEAR_FILTER: &str = "Clear the filter";
pub(super) const ADD_ENDPOINT: &str = "Add an endpoint";
pub(super) const ADD_KEY: &str = "Add a key";
pub(super) const ADD_SERVER: &str = "Connect";
pub(super) const FIRST: &str = "Add the first key below, and its models can answer requests.";
pub(super) const REMOVE_ENDPOINT: &str = "Remove this endpoint";
pub(super) const CUSTOM: &str = "Yours";

pub(super) const TEST: &str = "Test";
pub(super) const TESTING: &str = "Testing";
pub(super) const REMOVE: &str = "Remove";
pub(super) const NEVER_USED: &str = "Never used";
pub(super) const USED: &str = "Used";
pub(super) const NO_KEY: &str = "no key";
pub(super) const UNLOCK: &str = "Unlock";
pub(super) const UNLOCK_HINT: &str =
    "Open these locks now; the next request finds out whether that holds";
pub(super) const WHOLE_ACCOUNT: &str = "Whole account";
pub(super) const OPENS_IN: &str = "Opens in";
pub(super) const BY_VENDOR: &str = "The provider named this time";
pub(super) const BY_US: &str = "An estimate: the provider named no time";

pub(super) const KEY: &str = "Key";
pub(super) const NAME: &str = "Name";
pub(super) const NAME_HINT: &str = "To tell it from others. Empty is fine.";
pub(super) const CHECK: &str = "Check with the provider before saving";
pub(super) const SAVE: &str = "Save the key";
pub(super) const CONNECT: &str = "Connect";
pub(super) const SAVING: &str = "Saving";
pub(super) const CHECKING: &str = "Checking";
pub(super) const SAVE_ANYWAY: &str = "Save without checking";
pub(super) const GET_KEY: &str = "Get a key";
pub(super) const KEY_MISSING: &str = "Paste the key first.";
pub(super) const NO_KEY_NEEDED: &str = "This one needs no key: it is a server on your own machine.";

pub(super) const LOGIN_ENDED: &str = "The provider no longer accepts this login";
pub(super) const SIGN_IN_AGAIN: &str = "Sign in again";
pub(super) const RESETS_IN: &str = "resets in";
pub(super) const PROXY: &str = "Proxy address";
pub(super) const PROXY_HINT: &str = "http://, https:// or socks5:// with host and port, and user and password where it wants them. All requests of this account go out by it.";
pub(super) const PROXY_MISSING: &str = "Give the proxy’s address.";
pub(super) const PROXY_SAVE: &str = "Save the proxy";
pub(super) const PROXY_REMOVE: &str = "Remove the proxy";
pub(super) const PROXY_SAVED: &str = "Its requests go by the proxy now";
pub(super) const PROXY_REMOVED: &str = "Its requests go out as all others do";
pub(super) const GOES_BY: &str = "Goes by";
pub(super) const BY_PROXY: &str = "Its requests go by a proxy";
pub(super) const FIELD_MISSING: &str = "This must be filled in.";
pub(super) const ENDPOINT: &str = "Add an endpoint";
pub(super) const ENDPOINT_TEXT: &str = "Any server that speaks one of these dialects: a company gateway, a local model, a provider that is not in the list.";
pub(super) const ENDPOINT_NAME: &str = "Name";
pub(super) const PREFIX: &str = "Prefix";
pub(super) const PREFIX_HINT: &str =
    "Its models are called prefix/model. Letters, digits and dashes.";
pub(super) const BASE_URL: &str = "Base address";
pub(super) const BASE_URL_HINT: &str = "Up to and including its version, such as https://host/v1.";
pub(super) const SPEAKS: &str = "Speaks";
pub(super) const TIER: &str = "Costs";
pub(super) const MODELS: &str = "Models";
pub(super) const MODELS_HINT: &str =
    "Their ids, one a line. Others can still be typed into a combo.";
pub(super) const PRIVATE: &str = "It is on this computer or in my network";
pub(super) const PRIVATE_HINT: &str =
    "Allows loopback and private addresses. Leave it off for servers on the internet.";
pub(super) const ADD: &str = "Add the endpoint";
pub(super) const PREFIX_BAD: &str = "The prefix takes letters, digits and dashes.";
pub(super) const INCOMPLETE: &str = "A name, a prefix and an address are needed.";

pub(super) fn add_key_for(vendor: &str) -> String {
    format!("Add a key for {vendor}")
}

pub(super) fn connect_to(vendor: &str) -> String {
    format!("Connect {vendor}")
}

pub(super) const GOES_BELOW: &str = "Sent to the provider, at the address given below, and nowhere else. Kept sealed on this computer.";

pub(super) fn goes_to(host: &str) -> String {
    format!("Sent to {host} and nowhere else. Kept sealed on this computer.")
}

pub(super) fn added(name: &str) -> String {
    format!("{name} takes part now")
}

pub(super) fn accounts(n: usize) -> String {
    match n {
        0 => "not connected".to_owned(),
        1 => "1 account".to_owned(),
        _ => format!("{n} accounts"),
    }
}

pub(super) fn show_all(n: usize) -> String {
    format!("Show all {n} accounts")
}

pub(super) fn remove_title(name: &str) -> String {
    format!("Remove {name}?")
}

pub(super) fn remove_text(name: &str, vendor: &str, hint: Option<&str>) -> String {
    let key = hint.map_or_else(String::new, |hint| {
        format!(" Its key {hint} is deleted here and cannot be shown again.")
    });
    format!(
        "The account {name} at {vendor} takes no more requests.{key} The key itself stays valid at the provider. Past requests and sums stay."
    )
}

pub(super) fn removed(name: &str) -> String {
    format!("{name} was removed")
}

pub(super) fn remove_endpoint_text(name: &str, accounts: usize) -> String {
    let accounts = match accounts {
        0 => String::new(),
        1 => " Its account and key are deleted with it.".to_owned(),
        n => format!(" Its {n} accounts and their keys are deleted with it."),
    };
    format!(
        "The endpoint {name} is forgotten.{accounts} Combos that name its models keep them, and pass over them."
    )
}

pub(super) fn switch_of(name: &str) -> String {
    format!("{name} takes part")
}

pub(super) fn test_of(name: &str) -> String {
    format!("Test {name}")
}

pub(super) fn remove_of(name: &str) -> String {
    format!("Remove {name}")
}

pub(super) fn sign_in_again_of(name: &str) -> String {
    format!("Sign in again: {name}")
}

pub(super) fn proxy_of(name: &str) -> String {
    format!("Proxy of {name}")
}

pub(super) fn quota_of(name: &str) -> String {
    format!("Quota of {name}")
}

pub(super) fn quota_unread(problem: &str) -> String {
    format!("The quota could not be read: {problem}")
}

/// What a field of a provider asks for, and what holds without it.
pub(super) fn field_hint(hint: Option<&str>, default: Option<&str>) -> String {
    match (hint, default) {
        (Some(hint), Some(default)) => format!("{hint} Empty takes {default}."),
        (Some(hint), None) => hint.to_owned(),
        (None, Some(default)) => format!("Empty takes {default}."),
        (None, None) => String::new(),
    }
}
