use serde::{Deserialize, Serialize};

use crate::{AccountId, ErrorBody, Millis, Secret};

/// The secret half of a login. Nothing of it is ever shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginTokens {
    /// What requests are sent with.
    pub access: Secret,
    /// What a new access token is fetched with.
    pub refresh: Option<Secret>,
    /// What says who signed in.
    pub id: Option<Secret>,
    /// The secret of a client that was registered for this login alone (AWS).
    pub client_secret: Option<Secret>,
}

/// The open half of a login.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoginFacts {
    /// The way in which the user signed in, by its id in the catalog.
    pub way: String,
    /// Who signed in, as the vendor says: an e-mail address or a name.
    pub identity: Option<String>,
    /// What the user pays for, in the vendor's word.
    pub plan: Option<String>,
    /// What the login allows.
    pub scopes: Vec<String>,
    /// When the access token ends; `None` where the vendor does not say.
    pub expires_at: Option<Millis>,
    /// The vendor's id of the account or workspace.
    pub vendor_account: Option<String>,
    /// The project that requests are counted on (Google).
    pub project: Option<String>,
    /// The profile that requests name (AWS).
    pub profile: Option<String>,
    /// The base address that this login's requests must go to, where it is the login's own.
    pub base_url: Option<String>,
    /// The region that the login was made in (AWS).
    pub region: Option<String>,
    /// The id of a client that was registered for this login alone (AWS).
    pub client_id: Option<String>,
}

/// How a login stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginState {
    /// It works, as far as is known.
    Ok,
    /// A new access token is being fetched.
    Refreshing,
    /// The vendor no longer accepts it: only the user can bring it back.
    SignInAgain,
}

/// A login as the dashboard shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginView {
    /// How it stands.
    pub state: LoginState,
    /// Why it no longer works, in the vendor's words.
    pub reason: Option<String>,
    /// Who signed in.
    pub identity: Option<String>,
    /// What the user pays for.
    pub plan: Option<String>,
    /// When its access token ends; it is renewed before.
    pub expires_at: Option<Millis>,
}

/// How a way of signing in goes, for the face that leads through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginKind {
    /// The vendor's page opens in a browser and leads back to this machine.
    Browser,
    /// A code is typed on the vendor's page, on any machine.
    Device,
    /// The vendor's page opens in a browser, and the address that it ends on is pasted back.
    Paste,
}

/// One way of signing in at a vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginWay {
    /// Its id within the vendor.
    pub id: String,
    /// What a button says.
    pub name: String,
    /// How it goes.
    pub kind: LoginKind,
}

/// `POST /api/logins`: begins to sign in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NewLogin {
    /// The vendor's id.
    pub vendor: String,
    /// The way, by its id; the vendor's first one where none is named.
    #[serde(default)]
    pub way: Option<String>,
    /// A name for people; empty takes the identity that the vendor tells.
    #[serde(default)]
    pub name: String,
    /// The account that signs in again; `None` adds one.
    #[serde(default)]
    pub account: Option<AccountId>,
    /// The user has read that the vendor restricts its logins to its own clients.
    #[serde(default)]
    pub understood: bool,
    /// The organisation's start page (AWS IAM Identity Center).
    #[serde(default)]
    pub start_url: Option<String>,
    /// The region of that start page (AWS IAM Identity Center).
    #[serde(default)]
    pub region: Option<String>,
}

/// `POST /api/logins/{id}/paste`: the address on which the vendor's page ended.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
pub struct PastedLogin {
    /// The address, or the code alone.
    pub text: Secret,
}

/// A sign-in under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginProgress {
    /// Its id.
    pub id: String,
    /// The vendor's id.
    pub vendor: String,
    /// What is to be done, or how it ended.
    pub step: LoginStep,
    /// When it is given up.
    pub expires_at: Millis,
}

/// Where a sign-in stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LoginStep {
    /// The user signs in on a page of the vendor.
    Open {
        /// The page.
        url: String,
        /// The page finds back by itself, if its browser runs on this machine.
        returns: bool,
        /// Why the page will not find back, though it should.
        note: Option<String>,
    },
    /// The user types a code on a page of the vendor.
    Code {
        /// The page.
        url: String,
        /// The code.
        code: String,
    },
    /// The user is signed in.
    Done {
        /// The account.
        account: AccountId,
        /// Its name.
        name: String,
    },
    /// It did not come to a login.
    Failed {
        /// What happened, and what to do.
        error: ErrorBody,
    },
}

/// A login that another program of the user's keeps on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundLogin {
    /// Names it for `POST /api/logins/import`.
    pub id: String,
    /// The vendor's id.
    pub vendor: String,
    /// The program: `Claude Code`.
    pub program: String,
    /// The file that it keeps it in.
    pub path: String,
    /// Who signed in, where the file says so.
    pub identity: Option<String>,
    /// Why it cannot be used, where it cannot.
    pub problem: Option<String>,
}

/// `POST /api/logins/import`: takes a found login over, without changing the program that keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ImportLogin {
    /// [`FoundLogin::id`].
    pub id: String,
    /// A name for people; empty takes the identity.
    #[serde(default)]
    pub name: String,
    /// The user has read that the vendor restricts its logins to its own clients.
    #[serde(default)]
    pub understood: bool,
}

/// `PUT /api/accounts/{id}/proxy`: the way out of this account's requests.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
pub struct AccountProxy {
    /// `http://`, `https://` or `socks5://` with host, port and, where needed, user and password; empty
    /// goes out as all others do.
    pub proxy: Secret,
}
