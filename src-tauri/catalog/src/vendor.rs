use serde::Deserialize;
use switchyard_types::{
    Abilities, Accent, Dialect, FieldView, Login, ModelView, Price, Tier, VendorStatus, VendorView,
};
use url::Url;

use crate::address::{check_url, is_loopback};
use crate::field::{self, FieldError, FieldValues};
use crate::limit::LimitWords;
use crate::quota::{Counted, Quota};
use crate::sign_in::{Flow, SignIn};
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
    /// What its accounts are asked for besides a key.
    pub fields: Vec<FieldView>,
    /// Where it is reached, at least one, the preferred first; each dialect at most once.
    pub endpoints: Vec<Endpoint>,
    /// How a key is checked.
    pub probe: Probe,
    /// Where it lists its models, where it does.
    pub model_list: Option<ModelList>,
    /// Where it tells what is left of a quota, where it does.
    pub quota: Option<Quota>,
    /// The windows that are counted here, since it publishes their rule and no more.
    pub counted: Vec<Counted>,
    /// What it means by refusals of its own, the most believed first.
    pub limits: Vec<LimitWords>,
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
    /// Headers that the endpoint needs, names in lower case; `{session}` stands for a name of the conversation.
    pub headers: Vec<(String, String)>,
    /// A part of the ids of the models that it serves, where the vendor's endpoints differ in that; a model that
    /// is listed with its dialects goes by those.
    pub models: Option<String>,
    /// The full address that counts tokens, where there is one of its own. Vertex' stands below the account's.
    pub count_tokens: Option<Address>,
    /// Whether it keeps conversations by id, so that a request may hold the newest turns alone
    /// (`previous_response_id` of Responses, `thread` of Messages).
    pub keeps_conversations: bool,
    /// The full address that compacts a conversation (Responses).
    pub compact: Option<Url>,
}

/// Where a vendor lists its models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelList {
    /// The full address.
    pub url: Address,
    /// How the key is sent there.
    pub auth: Auth,
    /// How it is asked for.
    pub shape: ListShape,
}

/// How a list of models is asked for. What comes back is told apart by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListShape {
    /// A page.
    #[default]
    Page,
    /// By the login's project, as Google's code assist has it.
    CodeAssist,
    /// By an operation's name and the login's profile, as Kiro has it.
    Kiro,
}

/// What in the value of a header stands for a name of the conversation.
pub(crate) const SESSION: &str = "{session}";

impl Endpoint {
    /// Whether it counts tokens: Gemini's does so at its address of generation.
    pub fn counts_tokens(&self) -> bool {
        self.count_tokens.is_some() || self.dialect == Dialect::Gemini
    }

    /// Whether a header of it names the conversation.
    pub fn names_session(&self) -> bool {
        self.headers.iter().any(|(_, value)| value.contains(SESSION))
    }

    /// A header's value in this conversation.
    pub fn header_in<'a>(value: &'a str, session: &str) -> std::borrow::Cow<'a, str> {
        if value.contains(SESSION) { value.replace(SESSION, session).into() } else { value.into() }
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
        url: Address,
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
    /// What it can do, as far as that is declared. The vendors' own pages of models and models.dev, 2026-11;
    /// what a model's weights cannot take in is declared wherever they are served.
    pub abilities: Abilities,
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

    /// The way in which what is pasted as a key becomes a login, where it does.
    pub fn key_way(&self) -> Option<&SignIn> {
        self.sign_in.iter().find(|way| way.flow == Flow::ServiceAccount)
    }

    /// The fields of an account as they are kept, if they are what the vendor asks for.
    pub fn checked_fields(&self, said: &FieldValues) -> Result<FieldValues, FieldError> {
        field::check(&self.name, &self.fields, said, self.allow_private)
    }

    /// The models that an account's fields list.
    pub fn models_in(&self, fields: &FieldValues) -> Vec<String> {
        field::listed(&self.fields, fields)
    }

    /// The vendor as an account with these fields reaches it. `None` where an address would come of it that
    /// cannot be: fields that passed [`Vendor::checked_fields`] of this vendor give none.
    pub fn placed(&self, fields: &FieldValues) -> Option<Self> {
        let place = |address: &Address| address.placed(&self.fields, fields).ok();
        let mut placed = self.clone();
        for endpoint in &mut placed.endpoints {
            endpoint.url = place(&endpoint.url)?;
            if let Some(counter) = &mut endpoint.count_tokens {
                *counter = place(counter)?;
            }
        }
        if let Probe::Models { url, .. } = &mut placed.probe {
            *url = place(url)?;
        }
        if let Some(list) = &mut placed.model_list {
            list.url = place(&list.url)?;
        }
        Some(placed)
    }

    /// The vendor as a login reaches it that was told an address of its own. `None` where the way in which it
    /// was made has no home, or that address is not there: no token goes where an answer points.
    pub fn at_base(&self, way: &str, base: &str) -> Option<Self> {
        let home = self.way(Some(way))?.home.as_deref()?;
        let base = Url::parse(base).ok()?;
        let safe = base.scheme() == "https" || (self.allow_private && is_loopback(&base));
        let host = base.host_str()?;
        let below = host.strip_suffix(home).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'));
        if !safe || !below || check_url(&base, self.allow_private).is_err() {
            return None;
        }
        let from = self.endpoints.first()?.url.sample().clone();
        let mut moved = self.clone();
        for endpoint in &mut moved.endpoints {
            endpoint.url = endpoint.url.moved(&from, &base);
        }
        if let Probe::Models { url, .. } = &mut moved.probe {
            *url = url.moved(&from, &base);
        }
        if let Some(list) = &mut moved.model_list {
            list.url = list.url.moved(&from, &base);
        }
        Some(moved)
    }

    pub(crate) fn add_models(&mut self, models: impl IntoIterator<Item = Model>) {
        for model in models {
            if self.model(&model.id).is_none() {
                self.models.push(model);
            }
        }
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
        let listed = self.model(model).and_then(|model| model.dialects.as_ref());
        let spoken = |dialect: &&Dialect| match listed {
            Some(listed) => listed.contains(dialect),
            None => self.serves_in(model, **dialect),
        };
        std::iter::once(&best).chain(others).find(spoken).copied().unwrap_or(best)
    }

    /// Whether a model that is not listed with its dialects is served in this one, by what its id says.
    fn serves_in(&self, model: &str, dialect: Dialect) -> bool {
        let names = |part: &String| model.contains(part);
        let elsewhere = || self.endpoints.iter().filter_map(|one| one.models.as_ref()).any(names);
        let Some(endpoint) = self.endpoint(dialect) else { return false };
        endpoint.models.as_ref().map_or_else(|| !elsewhere(), names)
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
            ways: self.sign_in.iter().filter_map(SignIn::way).collect(),
            status: self.status,
            note: self.note.clone(),
            key_url: self.key_url.clone(),
            fields: self.fields.clone(),
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
    /// A model of which no more is known than its id.
    pub fn named(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: id.to_owned(),
            context: None,
            output_limit: None,
            price: None,
            abilities: Abilities::default(),
            dialects: None,
        }
    }

    fn view(&self) -> ModelView {
        ModelView {
            id: self.id.clone(),
            name: self.name.clone(),
            context: self.context,
            output_limit: self.output_limit,
            price: self.price,
            abilities: self.abilities,
        }
    }
}
