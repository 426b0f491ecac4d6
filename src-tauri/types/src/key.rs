use serde::{Deserialize, Serialize};

use crate::{KeyId, Millis, RuleBody, Secret};

/// `POST /api/keys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// What it is for: usually a tool's name.
    pub name: String,
    /// What holds for it from its first request on; nothing lets it ask for everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleBody>,
}

impl NewKey {
    /// A key of this name that may ask for everything.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), rule: None }
    }
}

/// A client key as the dashboard lists it: never the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// Its id.
    pub id: KeyId,
    /// What it is for.
    pub name: String,
    /// How it starts, enough to recognise it: `sy-4fA9…`.
    pub hint: String,
    /// When it was made.
    pub created_at: Millis,
    /// When a client last used it.
    pub last_used_at: Option<Millis>,
    /// The coding tool that it was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
}

/// A key just made: the only time that its text is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedKey {
    /// The key as it will be listed.
    pub key: KeyView,
    /// The text that the client sends.
    pub text: String,
}

/// An address that signs a browser in, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeLink {
    /// The address to open.
    pub url: String,
    /// When it stops working.
    pub expires_at: Millis,
}

/// `GET /api/sign-in`: how a browser that is not signed in may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInWays {
    /// By a password; by a one-time link in any case.
    pub password: bool,
}

/// `POST /api/sign-in`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
pub struct SignIn {
    /// The dashboard's password.
    pub password: Secret,
}

/// `PUT /api/password`: what is absent as the new one removes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
pub struct PasswordChange {
    /// The password so far; the program's own command line and window need not know it.
    #[serde(default)]
    pub current: Option<Secret>,
    /// The new one.
    #[serde(default)]
    pub new: Option<Secret>,
}
