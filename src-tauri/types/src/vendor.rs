use serde::{Deserialize, Serialize};

use crate::{LoginWay, NanoDollars};

/// A wire format that a client or a vendor speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// `OpenAI` Chat Completions.
    Chat,
    /// `OpenAI` Responses.
    Responses,
    /// Anthropic Messages.
    Messages,
    /// Google Gemini `generateContent`.
    Gemini,
    /// Ollama `/api/chat`.
    Ollama,
}

impl Dialect {
    /// Every dialect, in the order that lists show them.
    pub const ALL: [Self; 5] =
        [Self::Chat, Self::Responses, Self::Messages, Self::Gemini, Self::Ollama];

    /// The name as it stands in data and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
        }
    }
}

/// How an endpoint departs from the dialect that it speaks. Only vendors have accents; clients speak plainly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accent {
    /// Google's code-assist envelope around Gemini, as Gemini CLI fills it.
    CodeAssist,
    /// The same envelope as Antigravity fills it.
    Antigravity,
    /// The rules of `ChatGPT`'s Codex backend for Responses.
    Codex,
    /// GitHub Copilot's variations of Chat, Responses and Messages.
    Copilot,
    /// Kiro: a conversation state goes out, an AWS event stream comes back. It stands where Messages
    /// stands, from which the least is lost.
    Kiro,
    /// Vertex AI: Messages whose address names the model and whose body names the version, and Gemini without
    /// ids of calls.
    Vertex,
    /// Cohere's Chat, which refuses `stream_options`.
    Cohere,
}

impl Accent {
    /// Every accent, in the order that lists show them.
    pub const ALL: [Self; 7] = [
        Self::CodeAssist,
        Self::Antigravity,
        Self::Codex,
        Self::Copilot,
        Self::Kiro,
        Self::Vertex,
        Self::Cohere,
    ];

    /// The name as it stands in data and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CodeAssist => "code_assist",
            Self::Antigravity => "antigravity",
            Self::Codex => "codex",
            Self::Copilot => "copilot",
            Self::Kiro => "kiro",
            Self::Vertex => "vertex",
            Self::Cohere => "cohere",
        }
    }

    /// Whether an endpoint of this dialect can have it.
    pub fn fits(self, dialect: Dialect) -> bool {
        match self {
            Self::CodeAssist | Self::Antigravity => dialect == Dialect::Gemini,
            Self::Codex => dialect == Dialect::Responses,
            Self::Copilot => {
                matches!(dialect, Dialect::Chat | Dialect::Responses | Dialect::Messages)
            }
            Self::Kiro => dialect == Dialect::Messages,
            Self::Vertex => matches!(dialect, Dialect::Messages | Dialect::Gemini),
            Self::Cohere => dialect == Dialect::Chat,
        }
    }
}

/// What kind of money an account costs: the order in which a new user's combo tries them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Paid already, by the month.
    Subscription,
    /// Paid by use, at a low price.
    Cheap,
    /// Costs nothing.
    Free,
}

/// Whether a vendor can be used today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VendorStatus {
    /// Works, and its terms allow it.
    Active,
    /// Works, but its terms restrict its logins to its own clients.
    Restricted,
    /// No longer offered.
    Retired,
}

/// How an account of a vendor signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Login {
    /// A key that the user pastes.
    Key,
    /// Nothing: a server on the user's own machine.
    None,
    /// The vendor's own sign-in, in one of the ways that it offers.
    Account,
}

/// What may stand in a field of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// The base of an address, up to its path.
    Address,
    /// A part of a host's name: lower-case letters, digits and dashes.
    Label,
    /// A part of a path: letters, digits, dots, dashes and underscores.
    Word,
    /// Names of models, with commas between; may be empty.
    Models,
}

/// What an account of a vendor is asked for besides its key. None of it is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// Its name in `fields` of a new account.
    pub name: String,
    /// What a form calls it.
    pub label: String,
    /// Where the user finds it.
    pub hint: Option<String>,
    /// What may stand in it.
    pub kind: FieldKind,
    /// What holds where nothing is said; where there is none, something must be said, but for
    /// [`FieldKind::Models`].
    pub default: Option<String>,
    /// What it may look like.
    pub example: String,
}

impl FieldView {
    /// Whether something must be said.
    pub fn is_needed(&self) -> bool {
        self.default.is_none() && self.kind != FieldKind::Models
    }
}

/// What a model costs, in nano-dollars a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Fresh input.
    pub input: NanoDollars,
    /// Output, reasoning included.
    pub output: NanoDollars,
    /// Input read from the vendor's prompt cache.
    pub cache_read: NanoDollars,
    /// Input written to the vendor's prompt cache.
    pub cache_write: NanoDollars,
}

/// A vendor file of the user's that cannot be used, as `GET /api/vendors/problems` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorProblem {
    /// The file's name, in `vendors/` of the data folder.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What is wrong there.
    pub reason: String,
}

/// A model as the dashboard lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelView {
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
    /// What it can do, as far as that is declared.
    #[serde(default)]
    pub abilities: Abilities,
}

/// What a model can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Abilities {
    /// See images.
    pub images: Ability,
    /// Call tools.
    pub tools: Ability,
    /// Think before it answers.
    pub thinking: Ability,
}

/// Whether a model can do something. What is not declared keeps nobody from trying.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Nothing is declared.
    #[default]
    Unknown,
    /// It can.
    Able,
    /// It cannot.
    Unable,
}

/// A model that a vendor lists itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenModel {
    /// The vendor's own id.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// Context window in tokens, where the list says so.
    #[serde(default)]
    pub context: Option<u64>,
    /// Output limit in tokens, where the list says so.
    #[serde(default)]
    pub output_limit: Option<u64>,
}

/// `POST /api/vendors/{id}/models`: what a vendor listed just now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelsRead {
    /// The vendor's id.
    pub vendor: String,
    /// Its models, as it lists them.
    pub models: Vec<SeenModel>,
    /// How many of them were not known before.
    pub new: usize,
}

/// A vendor as the dashboard lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorView {
    /// Stable id: `glm`.
    pub id: String,
    /// The prefix in `prefix/model`.
    pub prefix: String,
    /// A name for people.
    pub name: String,
    /// Subscription, cheap or free.
    pub tier: Tier,
    /// Hue in degrees (OKLCH) of the vendor's monogram tile.
    pub hue: u16,
    /// How an account signs in.
    pub login: Login,
    /// The ways of the vendor's own sign-in, the usual one first.
    #[serde(default)]
    pub ways: Vec<LoginWay>,
    /// Whether it can be used today.
    pub status: VendorStatus,
    /// A line for the user about that status.
    pub note: Option<String>,
    /// Where the user gets a key.
    pub key_url: Option<String>,
    /// What an account is asked for besides its key.
    #[serde(default)]
    pub fields: Vec<FieldView>,
    /// The dialects it speaks.
    pub dialects: Vec<Dialect>,
    /// The host that keys are sent to, shown beside the key field.
    pub host: String,
    /// Known models.
    pub models: Vec<ModelView>,
    /// Whether the user made it.
    pub custom: bool,
}

/// A custom endpoint that the user adds; `PUT /api/vendors/{id}` changes it, but for its prefix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewVendor {
    /// A name for people; the id is made from it.
    pub name: String,
    /// The prefix in `prefix/model`; letters, digits and dashes.
    pub prefix: String,
    /// What it speaks: [`Dialect::Chat`], [`Dialect::Responses`] or [`Dialect::Messages`].
    pub dialect: Dialect,
    /// Base address up to and including its version, such as `https://host/v1`.
    pub base_url: String,
    /// The user's consent to send requests to a private or loopback address.
    #[serde(default)]
    pub allow_private: bool,
    /// Model ids to list, one a line in the form.
    #[serde(default)]
    pub models: Vec<String>,
    /// Subscription, cheap or free.
    pub tier: Tier,
}
