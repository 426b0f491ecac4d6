//! The words of signing in at a provider.

use switchyard_types::LoginKind;

use crate::word::Word;

pub(super) const RESTRICTED: Word = word!("This provider restricts its logins to its own clients");
pub(super) const UNDERSTOOD: Word = word!("I have read this and want to sign in");
pub(super) const WAY: Word = word!("How");
pub(super) const NAME: Word = word!("Name");
pub(super) const NAME_HINT: Word =
    word!("Empty takes the name or address that the provider tells.");
pub(super) const START_URL: Word = word!("Start page of your organisation");
pub(super) const START_URL_HINT: Word = word!("Such as https://example.awsapps.com/start.");
pub(super) const REGION: Word = word!("Its region");
pub(super) const REGION_HINT: Word = word!("Such as eu-central-1.");
pub(super) const BEGIN: Word = word!("Begin");
pub(super) const BEGINNING: Word = word!("Beginning");
pub(super) const OPEN: Word = word!("Open the sign-in page");
pub(super) const THE_ADDRESS: Word = word!("the address of the sign-in page");
pub(super) const THE_CODE: Word = word!("the code");
pub(super) const CODE_TEXT: Word =
    word!("Open the provider’s page, on any device, and type this code:");
pub(super) const OPEN_RETURNS: Word =
    word!("Sign in on the provider’s page. It finds back here by itself.");
pub(super) const OPEN_PASTES: Word = word!(
    "Sign in on the provider’s page. Then copy the address on which it ends, or the code that it shows."
);
pub(super) const PASTE: Word = word!("Address or code");
pub(super) const PASTE_RETURNS: Word =
    word!("Only when the page does not find back: the whole address on which it ended.");
pub(super) const PASTE_NEEDED: Word =
    word!("The whole address on which the page ended, or the code.");
pub(super) const SEND: Word = word!("Finish signing in");
pub(super) const WAITING: Word = word!("Waiting for the provider");
pub(super) const AGAIN: Word = word!("Begin again");
pub(super) const GIVE_UP: Word = word!("Give up");
pub(super) const SIGN_IN: Word = word!("Sign in");
pub(super) const FIND: Word = word!("Find existing logins");
pub(super) const FOUND: Word = word!("Logins on this computer");
pub(super) const FOUND_TEXT: Word = word!(
    "Other programs of yours are signed in here. Taking a login over leaves theirs as it is."
);
pub(super) const FOUND_NONE: Word = word!("No login was found");
pub(super) const FOUND_NONE_TEXT: Word =
    word!("No program with a login that Switchyard can read is signed in on this computer.");
pub(super) const TAKE: Word = word!("Take over");
pub(super) const TAKE_RESTRICTED: Word = word!("I have read this, take over");
pub(super) const PROBLEMS: Word = word!("Provider files that cannot be used");

pub(super) fn title(vendor: &str) -> String {
    say!("Sign in at {vendor}", vendor)
}

pub(super) fn signed_in(name: &str) -> String {
    say!("{name} is signed in", name)
}

pub(super) fn how(kind: LoginKind) -> Word {
    match kind {
        LoginKind::Browser => word!("Its page opens in this browser and finds back by itself"),
        LoginKind::Device => word!("A code is typed on its page, on any device"),
        LoginKind::Paste => word!("Its page opens, and the address that it ends on is pasted here"),
    }
}

pub(super) fn problem(file: &str, line: u32, reason: &str) -> String {
    say!("{file}, line {line}: {reason}", file, line, reason)
}
