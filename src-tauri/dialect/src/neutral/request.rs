pub(crate) use super::effort::Effort;
use super::kinship::Shared;
use super::proof::Proof;
use super::text::Text;
use serde_json::value::RawValue;

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) delivery: Delivery,
    /// How long it was as it came, in bytes: about as long as what is written of it.
    pub(crate) bulk: usize,
    /// Text only.
    pub(crate) system: Vec<Part>,
    pub(crate) turns: Vec<Turn>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) choice: Option<Choice>,
    /// Whether several tools may be called at once, where the client says so.
    pub(crate) parallel: Option<bool>,
    /// The most tokens to answer with, reasoning included.
    pub(crate) max_output: Option<u64>,
    pub(crate) temperature: Option<Box<RawValue>>,
    pub(crate) top_p: Option<Box<RawValue>>,
    pub(crate) top_k: Option<Box<RawValue>>,
    pub(crate) sampling: Sampling,
    pub(crate) stop: Vec<String>,
    /// The client's name for its user.
    pub(crate) user: Option<String>,
    pub(crate) effort: Option<Effort>,
    pub(crate) format: Option<Format>,
    /// What `OpenAI`'s two dialects have in common.
    pub(crate) shared: Shared,
    /// Fields that only the dialect of origin has.
    pub(crate) own: Vec<(String, Box<RawValue>)>,
}

impl Request {
    /// The names of settings that only the dialect of origin has, or one that is close to it.
    pub(crate) fn own_names(&self) -> impl Iterator<Item = &str> {
        let own = self.own.iter().map(|(name, _)| name.as_str());
        own.chain(self.shared.names().map(|name| -> &str { name }))
    }
}

/// What steers the choice of words beside temperature and the tops; Messages knows none of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sampling {
    pub(crate) seed: Option<Box<RawValue>>,
    pub(crate) presence_penalty: Option<Box<RawValue>>,
    pub(crate) frequency_penalty: Option<Box<RawValue>>,
    /// How many other tokens are to be told beside each one of the answer, where the likelihoods of tokens
    /// are asked for.
    pub(crate) likelihoods: Option<u64>,
}

/// What likelihoods are called in losses.
pub(crate) const LIKELIHOODS: &str = "logprobs, top_logprobs";

impl Sampling {
    /// The names of those that are set, in the words of Chat.
    pub(crate) fn named(&self) -> impl Iterator<Item = &str> {
        [
            ("seed", &self.seed),
            ("presence_penalty", &self.presence_penalty),
            ("frequency_penalty", &self.frequency_penalty),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.as_ref().map(|_| name))
        .chain(self.likelihoods.map(|_| LIKELIHOODS))
    }
}

/// How the answer is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    Stream,
    /// A stream that ends with a report of usage where the dialect sends one only if asked.
    StreamWithUsage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    User,
    Assistant,
    /// An instruction amid the conversation; those before it are the request's `system`.
    System,
}

#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) role: Role,
    pub(crate) parts: Vec<Part>,
}

/// A piece of a turn, with the cache mark that may stand on it.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) what: What,
    pub(crate) cache: Option<Box<RawValue>>,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    Text(Text),
    Image(Image),
    Document(Document),
    /// Reasoning; a signature is only good for the vendor that gave it.
    Thinking {
        text: String,
        signature: Option<Proof>,
    },
    /// Reasoning that the vendor sealed.
    Sealed(Proof),
    Refusal(Text),
    Call(Call),
    Result(Outcome),
    /// A part that only the dialect of origin has.
    Own {
        kind: String,
        raw: Box<RawValue>,
    },
}

impl From<What> for Part {
    fn from(what: What) -> Self {
        Self { what, cache: None }
    }
}

impl Part {
    pub(crate) fn text(text: impl Into<Text>) -> Self {
        What::Text(text.into()).into()
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Image {
    Url { url: String, detail: Option<String> },
    Data { media_type: String, base64: String, detail: Option<String> },
}

#[derive(Clone, Debug)]
pub(crate) enum Document {
    Url { url: String, name: Option<String> },
    Data { media_type: String, base64: String, name: Option<String> },
}

/// A tool call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: Arguments,
}

/// What a tool is called with.
#[derive(Clone, Debug)]
pub(crate) enum Arguments {
    /// A JSON object, as it was written.
    Object(Box<RawValue>),
    /// Something else: cut short, or never JSON.
    Broken(String),
}

impl Arguments {
    /// Reads arguments written as text. None at all are an empty object.
    pub(crate) fn of_text(text: &str) -> Self {
        let bare = text.trim();
        let object = if matches!(bare, "" | "null") { "{}" } else { bare };
        match RawValue::from_string(object.to_owned()) {
            Ok(raw) if raw.get().starts_with('{') => Self::Object(raw),
            Ok(_) | Err(_) => Self::Broken(text.to_owned()),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Object(raw) => raw.get(),
            Self::Broken(text) => text,
        }
    }
}

/// What a tool answered.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) id: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) failed: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Tool {
    Function {
        name: String,
        description: Option<String>,
        schema: Option<Box<RawValue>>,
        strict: Option<bool>,
        cache: Option<Box<RawValue>>,
    },
    /// A tool that only the dialect of origin has.
    Own { name: String },
}

impl Tool {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Function { name, .. } | Self::Own { name } => name,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Auto,
    None,
    Required,
    Tool(String),
}

/// What form the answer must have.
#[derive(Clone, Debug)]
pub(crate) enum Format {
    Json,
    Schema { name: Option<String>, schema: Box<RawValue>, strict: Option<bool> },
}

/// `data:image/png;base64,…` in its parts: the media type and what is encoded.
fn data_uri(url: &str) -> Option<(&str, &str)> {
    let (head, base64) = url.strip_prefix("data:")?.split_once(',')?;
    let media_type = head.strip_suffix(";base64")?;
    let media_type = media_type.split(';').next().unwrap_or_default();
    Some((if media_type.is_empty() { "application/octet-stream" } else { media_type }, base64))
}

impl Image {
    /// The image at an address, which may hold the image itself.
    pub(crate) fn at(url: String, detail: Option<String>) -> Self {
        match data_uri(&url) {
            Some((media_type, base64)) => {
                Self::Data { media_type: media_type.to_owned(), base64: base64.to_owned(), detail }
            }
            None => Self::Url { url, detail },
        }
    }

    /// Its address, which may hold the image itself, and how closely it is to be looked at.
    pub(crate) fn into_address(self) -> (String, Option<String>) {
        match self {
            Self::Url { url, detail } => (url, detail),
            Self::Data { media_type, base64, detail } => {
                (format!("data:{media_type};base64,{base64}"), detail)
            }
        }
    }
}

impl Document {
    /// The document that an address holds; `None` where it only points to one.
    pub(crate) fn of_data_uri(url: &str, name: Option<String>) -> Option<Self> {
        let (media_type, base64) = data_uri(url)?;
        Some(Self::Data { media_type: media_type.to_owned(), base64: base64.to_owned(), name })
    }

    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Url { name, .. } | Self::Data { name, .. } => name.as_deref(),
        }
    }
}
