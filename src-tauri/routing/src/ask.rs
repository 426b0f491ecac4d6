use serde::{Deserialize, Serialize};
use switchyard_types::{Dialect, KeyId, Needs};

use crate::SessionKey;

/// What a client asks for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The model name as the client wrote it.
    pub model: &'a str,
    /// Dialects to speak to a vendor that serve this client, best first.
    pub speaks: &'a [Dialect],
    /// What it takes to answer.
    pub needs: Needs,
    /// Whose prompt cache it would use; `None` has none to lose.
    pub session: Option<SessionKey>,
    /// The client key that it carries.
    pub client: Option<&'a KeyId>,
    /// The name in a path `/k/NAME/…`.
    pub path: Option<&'a str>,
}

impl<'a> Ask<'a> {
    /// A request of which no more is known.
    pub fn new(model: &'a str, speaks: &'a [Dialect]) -> Self {
        let needs = Needs::default();
        Self { model, speaks, needs, session: None, client: None, path: None }
    }
}

/// An [`Ask`] as a recording keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// See [`Ask::model`].
    pub model: String,
    /// See [`Ask::speaks`].
    pub speaks: Vec<Dialect>,
    /// See [`Ask::needs`].
    #[serde(default)]
    pub needs: Needs,
    /// See [`Ask::session`].
    #[serde(default)]
    pub session: Option<SessionKey>,
    /// See [`Ask::client`].
    #[serde(default)]
    pub client: Option<KeyId>,
    /// See [`Ask::path`].
    #[serde(default)]
    pub path: Option<String>,
}

impl Asked {
    /// The ask that was kept.
    pub fn ask(&self) -> Ask<'_> {
        Ask {
            model: &self.model,
            speaks: &self.speaks,
            needs: self.needs,
            session: self.session,
            client: self.client.as_ref(),
            path: self.path.as_deref(),
        }
    }
}

impl From<&Ask<'_>> for Asked {
    fn from(ask: &Ask<'_>) -> Self {
        Self {
            model: ask.model.to_owned(),
            speaks: ask.speaks.to_vec(),
            needs: ask.needs,
            session: ask.session,
            client: ask.client.cloned(),
            path: ask.path.map(str::to_owned),
        }
    }
}
