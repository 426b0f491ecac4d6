use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AccountId, FailureClass, LoginView, Millis};

/// A secret on its way from the user to the store.
///
/// Its `Debug` prints nothing of it, and only the dashboard can serialize it.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps what the user typed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself: every use of this name is a place where it leaves its wrapper.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// `POST /api/accounts`: a key for a vendor.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
pub struct NewAccount {
    /// The vendor's id.
    pub vendor: String,
    /// A name for people; empty means one is made.
    #[serde(default)]
    pub name: String,
    /// The key; empty for vendors that need none.
    #[serde(default)]
    pub key: Secret,
    /// Ask the vendor whether the key works before saving it.
    #[serde(default)]
    pub check: bool,
    /// What the vendor asks for besides the key, by the names of its fields.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The way out of its requests, the check among them; empty goes out as all others do.
    #[serde(default)]
    pub proxy: Secret,
}

/// `PATCH /api/accounts/{id}`: what is absent stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
pub struct AccountChange {
    /// A new name.
    pub name: Option<String>,
    /// On or off.
    pub enabled: Option<bool>,
    /// Lower is tried first.
    pub priority: Option<i64>,
    /// Where the vendor restricts its logins to its own clients: whether this one serves all clients.
    #[serde(default)]
    pub any_client: Option<bool>,
    /// New fields, all of them.
    #[serde(default)]
    pub fields: Option<BTreeMap<String, String>>,
    /// A new key in place of the one that it has.
    #[serde(default)]
    pub key: Option<Secret>,
}

/// An account as the dashboard lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// The vendor's id.
    pub vendor: String,
    /// A name for people.
    pub name: String,
    /// The end of the key, enough to recognise it: `…x4Qz`.
    pub key_hint: Option<String>,
    /// Whether it takes part.
    pub enabled: bool,
    /// Lower is tried first.
    pub priority: i64,
    /// What keeps it from serving now.
    pub locks: Vec<LockView>,
    /// When it was added.
    pub created_at: Millis,
    /// When it last answered a request.
    pub last_used_at: Option<Millis>,
    /// How its login stands; `None` for an account with a key or with nothing.
    #[serde(default)]
    pub login: Option<LoginView>,
    /// Where the vendor restricts its logins to its own clients: whether this one serves all clients.
    #[serde(default)]
    pub any_client: bool,
    /// The way out of its requests, without user and password.
    #[serde(default)]
    pub proxy: Option<String>,
    /// What it says of itself besides its key.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// Why an account cannot serve a model for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockView {
    /// The account.
    pub account: AccountId,
    /// The model; `None` locks the whole account.
    pub model: Option<String>,
    /// The failure that set it.
    pub class: FailureClass,
    /// The vendor's own words.
    pub message: String,
    /// When it was set.
    pub since: Millis,
    /// When it opens again.
    pub until: Millis,
    /// Whether the vendor named that time; otherwise it is our ladder.
    pub from_vendor: bool,
}

/// What a vendor said to a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeResult {
    /// Whether the key works.
    pub ok: bool,
    /// What happened, for a person.
    pub message: String,
    /// How long the vendor took.
    pub millis: u64,
}
