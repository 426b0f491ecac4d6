use serde::Deserialize;
use switchyard_types::{Accent, Dialect, Login, ModelView, Price, Tier, VendorStatus, VendorView};
use url::Url;

use crate::quota::{Counted, Quota};
use crate::sign_in::SignIn;
use crate::template::Address;

/// A vendor: where it is, how one signs in, what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vendor {
    /// Stable id: `glm`.
    pub id: String,
    /// The prefix in `prefix/model`.
    pub prefix: String,
    /// Other prefixes that are accepted.
    pub aliases: Vec<String>,
    /// A name for people.
    pub name: String,
    /// Subscription, cheap or free.
    pub tier: Tier,
    /// Hue in degrees (OKLCH), 0 to 359.
    pub hue: u16,
    /// How an account signs in.
    pub login: Login,
    /// By which header, in lower case, and by what its value begins with the vendor's own client is known.
    pub own_client: Vec<(String, String)>,
    /// The ways of the vendor's own sign-in, the usual one first.
    pub sign_in: Vec<SignIn>,
    /// Whether it can be used today.
    pub status: VendorStatus,
    /// A line for the user about the vendor or its status.
    pub note: Option<String>,
    /// Where the user gets a key.
    pub key_url: Option<String>,
    /// Where it is reached, at least one, the preferred first; each dialect at most once.
    pub endpoints: Vec<Endpoint>,
    /// How a key is checked.
    pub probe: Probe,
    /// Where it tells what is left of a quota, where it does.
    pub quota: Option<Quota>,
    /// The windows that are counted here, since it publishes their rule and no more.
    pub counted: Vec<Counted>,
    /// Known models; other ids pass too.
    pub models: Vec<Model>,
    /// Whether the list of models is left to the vendor, as with a router of hundreds.
    pub passthrough: bool,
    /// Whether the user made it.
    pub custom: bool,
    /// Whether private and loopback addresses are consented to.
    pub allow_private: bool,
}

/// One address of a vendor and the dialect that it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// What it speaks.
    pub dialect: Dialect,
    /// How it departs from that.
    pub accent: Option<Accent>,
    /// The full address of generation. Where the dialect wants it, the model and the action stand in it
    /// as places to fill; nothing else is appended but Gemini's `alt=sse`.
    pub url: Address,
    /// How the key is sent.
    pub auth: Auth,
    /// Headers that the endpoint needs, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The full address that counts tokens, where there is one of its own.
    pub count_tokens: Option<Url>,
    /// Whether it keeps conversations by id, so that a request may hold the newest turns alone
    /// (`previous_response_id` of Responses, `thread` of Messages).
    pub keeps_conversations: bool,
    /// The full address that compacts a conversation (Responses).
    pub compact: Option<Url>,
}

impl Endpoint {
    /// Whether it counts tokens: Gemini's does so at its address of generation.
    pub fn counts_tokens(&self) -> bool {
        self.count_tokens.is_some() || self.dialect == Dialect::Gemini
    }
}

/// How a key is sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// `authorization: Bearer …`.
    Bearer,
    /// A header of this name, in lower case, with the key alone.
    Header(String),
    /// Nothing is sent.
    None,
}

/// How a key is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// A GET with the first endpoint's headers that a good key answers with 2xx: the model list,
    /// or another page that needs the key.
    Models {
        /// The full address.
        url: Url,
        /// How the key is sent there.
        auth: Auth,
    },
    /// A request of one token at the first endpoint; the key is good unless that answers 401 or 403.
    Message {
        /// The model to ask.
        model: String,
    },
}

/// One model of a vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// The vendor's own id.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// Context window in tokens, where known.
    pub context: Option<u64>,
    /// Output limit in tokens, where known.
    pub output_limit: Option<u64>,
    /// Price, where known; `None` is unknown, not free.
    pub price: Option<Price>,
    /// The dialects in which it can be reached, where not all endpoints of the vendor serve it.
    pub dialects: Option<Vec<Dialect>>,
}

impl Vendor {
    /// What a model costs, where that is known; the id must match in full.
    pub fn price(&self, model: &str) -> Option<Price> {
        self.model(model).and_then(|model| model.price)
    }

    /// Whether a request with these headers comes from the vendor's own client.
    pub fn is_own_client<'a>(&self, header: impl Fn(&str) -> Option<&'a str>) -> bool {
        let starts = |value: &str, with: &str| {
            value.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
        };
        self.own_client.iter().any(|(name, with)| header(name).is_some_and(|v| starts(v, with)))
    }

    /// A way of signing in by its id; the usual one where none is named.
    pub fn way(&self, id: Option<&str>) -> Option<&SignIn> {
        self.sign_in.iter().find(|way| id.is_none_or(|id| way.id == id))
    }

    /// A known model by its id.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    /// The endpoint that speaks this dialect.
    pub fn endpoint(&self, dialect: Dialect) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.dialect == dialect)
    }

    /// What to speak about a model: `best` where the model is served so, else the first of `others` in
    /// which it is.
    pub fn dialect_for(&self, model: &str, best: Dialect, others: &[Dialect]) -> Dialect {
        let Some(served) = self.model(model).and_then(|model| model.dialects.as_ref()) else {
            return best;
        };
        let spoken = |dialect: &&Dialect| served.contains(dialect);
        std::iter::once(&best).chain(others).find(spoken).copied().unwrap_or(best)
    }

    /// The dialects it speaks, the preferred first.
    pub fn dialects(&self) -> Vec<Dialect> {
        self.endpoints.iter().map(|endpoint| endpoint.dialect).collect()
    }

    /// Everything that may stand before the slash in `prefix/model`, the shown one first.
    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        [&self.prefix].into_iter().chain(&self.aliases).map(String::as_str)
    }

    /// As the dashboard lists it.
    pub fn view(&self) -> VendorView {
        VendorView {
            id: self.id.clone(),
            prefix: self.prefix.clone(),
            name: self.name.clone(),
            tier: self.tier,
            hue: self.hue,
            login: self.login,
            ways: self.sign_in.iter().map(SignIn::way).collect(),
            status: self.status,
            note: self.note.clone(),
            key_url: self.key_url.clone(),
            dialects: self.dialects(),
            host: self.host(),
            models: self.models.iter().map(Model::view).collect(),
            custom: self.custom,
        }
    }

    /// The host that keys are sent to, with its port where that is not the usual one.
    fn host(&self) -> String {
        let Some(endpoint) = self.endpoints.first() else { return String::new() };
        let url = endpoint.url.sample();
        let host = url.host_str().unwrap_or_default();
        match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

impl Model {
    fn view(&self) -> ModelView {
        ModelView {
            id: self.id.clone(),
            name: self.name.clone(),
            context: self.context,
            output_limit: self.output_limit,
            price: self.price,
        }
    }
}
