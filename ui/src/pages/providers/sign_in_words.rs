//! The words of signing in at a provider.

use switchyard_types::LoginKind;

pub(super) const RESTRICTED: &str = "This provider restricts its logins to its own clients";
pub(super) const UNDERSTOOD: &str = "I have read this and want to sign in";
pub(super) const WAY: &str = "How";
pub(super) const NAME: &str = "Name";
pub(super) const NAME_HINT: &str = "Empty takes the name or address that the provider tells.";
pub(super) const START_URL: &str = "Start page of your organisation";
pub(super) const START_URL_HINT: &str = "Such as https://example.awsapps.com/start.";
pub(super) const REGION: &str = "Its region";
pub(super) const REGION_HINT: &str = "Such as eu-central-1.";
pub(super) const BEGIN: &str = "Begin";
pub(super) const BEGINNING: &str = "Beginning";
pub(super) const OPEN: &str = "Open the sign-in page";
pub(super) const THE_ADDRESS: &str = "the address of the sign-in page";
pub(super) const THE_CODE: &str = "the code";
pub(super) const CODE_TEXT: &str = "Open the provider’s page, on any device, and type this code:";
pub(super) const OPEN_RETURNS: &str =
    "Sign in on the provider’s page. It finds back here by itself.";
pub(super) const OPEN_PASTES: &str = "Sign in on the provider’s page. Then copy the address on which it ends, or the code that it shows.";
pub(super) const PASTE: &str = "Address or code";
pub(super) const PASTE_RETURNS: &str =
    "Only when the page does not find back: the whole address on which it ended.";
pub(super) const PASTE_NEEDED: &str = "The whole address on which the page ended, or the code.";
pub(super) const SEND: &str = "Finish signing in";
pub(super) const WAITING: &str = "Waiting for the provider";
pub(super) const AGAIN: &str = "Begin again";
pub(super) const GIVE_UP: &str = "Give up";
pub(super) const SIGN_IN: &str = "Sign in";
pub(super) const FIND: &str = "Find existing logins";
pub(super) const FOUND: &str = "Logins on this computer";
pub(super) const FOUND_TEXT: &str =
    "Other programs of yours are signed in here. Taking a login over leaves theirs as it is.";
pub(super) const FOUND_NONE: &str = "No login was found";
pub(super) const FOUND_NONE_TEXT: &str =
    "No program with a login that Switchyard can read is signed in on this computer.";
pub(super) const TAKE: &str = "Take over";
pub(super) const TAKE_RESTRICTED: &str = "I have read this, take over";
pub(super) const PROBLEMS: &str = "Provider files that cannot be used";

pub(super) fn title(vendor: &str) -> String {
    format!("Sign in at {vendor}")
}

pub(super) fn signed_in(name: &str) -> String {
    format!("{name} is signed in")
}

pub(super) fn how(kind: LoginKind) -> &'static str {
    match kind {
        LoginKind::Browser => "Its page opens in this browser and finds back by itself",
        LoginKind::Device => "A code is typed on its page, on any device",
        LoginKind::Paste => "Its page opens, and the address that it ends on is pasted here",
    }
}

pub(super) fn problem(file: &str, line: u32, reason: &str) -> String {
    format!("{file}, line {line}: {reason}")
}
