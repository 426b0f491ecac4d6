use serde_json::value::RawValue;
use switchyard_types::Dialect;

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    /// The dialect that it was written in.
    pub(crate) origin: Dialect,
    pub(crate) delivery: Delivery,
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
    pub(crate) stop: Vec<String>,
    /// The client's name for its user.
    pub(crate) user: Option<String>,
    pub(crate) effort: Option<Effort>,
    pub(crate) format: Option<Format>,
    /// Fields that only the dialect of origin has.
    pub(crate) own: Vec<(String, Box<RawValue>)>,
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
    Text(String),
    Image(Image),
    Document(Document),
    /// Reasoning; a signature is only good for the vendor that gave it.
    Thinking {
        text: String,
        signature: Option<String>,
    },
    /// Reasoning that the vendor sealed.
    Sealed(String),
    Refusal(String),
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
    pub(crate) fn text(text: impl Into<String>) -> Self {
        What::Text(text.into()).into()
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Image {
    Url { url: String, detail: Option<String> },
    Data { media_type: String, base64: String, detail: Option<String> },
}

#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) name: Option<String>,
    pub(crate) media_type: String,
    pub(crate) base64: String,
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

/// How much to reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    Off,
    Minimal,
    Low,
    Medium,
    High,
    Max,
    /// In tokens.
    Budget(u64),
    /// As the model sees fit.
    Adaptive,
}

/// What form the answer must have.
#[derive(Clone, Debug)]
pub(crate) enum Format {
    Json,
    Schema { name: Option<String>, schema: Box<RawValue>, strict: Option<bool> },
}
