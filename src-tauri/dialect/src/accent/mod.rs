//! Accents: how some vendors depart from the dialect that they speak.
//!
//! A request is written in the dialect first, or passes in it, and is then dressed ([`dress`]); a reply
//! is undressed ([`undress`], [`Splitter::of`](crate::Splitter::of)) before anything reads it. What the
//! dialect says stays untouched in between, byte for byte. Kiro alone shares no form with any dialect; it
//! has codecs of its own.

mod codex;
mod cohere;
mod copilot;
pub(crate) mod envelope;
mod vertex;

use bytes::Bytes;
use switchyard_types::{Accent, Dialect};

use crate::fault::VendorFault;
use crate::neutral::loss::Losses;
use crate::{BodyError, kiro};

pub(crate) use copilot::Mender;

/// What a vendor speaks: a dialect, plain or with an accent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tongue {
    /// The dialect.
    pub dialect: Dialect,
    /// The accent.
    pub accent: Option<Accent>,
}

impl From<Dialect> for Tongue {
    fn from(dialect: Dialect) -> Self {
        Self { dialect, accent: None }
    }
}

impl Tongue {
    /// Whether the bytes of a client of this dialect can pass, dressed or not.
    pub fn passes(self, client: Dialect) -> bool {
        self.dialect == client && self.accent != Some(Accent::Kiro)
    }
}

/// What is known of a request beside its body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Occasion<'a> {
    /// The vendor's name of the model.
    pub model: &'a str,
    /// The project that Google bills, where the account has one.
    pub project: Option<&'a str>,
    /// A name that stays the same while the conversation goes on.
    pub session: &'a str,
    /// A name of this request alone.
    pub request: &'a str,
    /// What is asked.
    pub asks: Asks,
}

/// What is asked of a vendor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asks {
    /// An answer.
    #[default]
    Answer,
    /// How many tokens the request takes.
    Count,
    /// A shorter form of the conversation (Responses).
    Compaction,
}

/// A request as the vendor's accent wants it.
#[derive(Clone, Debug)]
pub struct Dressed {
    /// The body.
    pub body: Bytes,
    /// Headers that the body calls for, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Whether the answer comes as a stream, whatever was asked.
    pub always_streams: bool,
    /// What could not be carried, a sentence each.
    pub losses: Vec<String>,
}

/// Dresses a request that is written in the vendor's dialect.
pub fn dress(tongue: Tongue, body: Bytes, occasion: &Occasion<'_>) -> Result<Dressed, BodyError> {
    let mut losses = Losses::default();
    let mut headers = Vec::new();
    let body = match tongue.accent {
        None => body,
        Some(Accent::CodeAssist) => envelope::wrap(&body, occasion),
        Some(Accent::Antigravity) => envelope::wrap_as_agent(&body, occasion),
        Some(Accent::Codex) => {
            headers.push(("session_id", occasion.session.to_owned()));
            codex::obey(&body, occasion, &mut losses)?
        }
        Some(Accent::Copilot) => {
            headers = copilot::headers(tongue.dialect, &body);
            copilot::obey(tongue.dialect, &body, &mut losses)?
        }
        Some(Accent::Kiro) => kiro::address(&body, occasion),
        Some(Accent::Vertex) => vertex::obey(tongue.dialect, &body, occasion.asks),
        Some(Accent::Cohere) => cohere::obey(&body),
    };
    let always_streams = match tongue.accent {
        Some(Accent::Codex) => occasion.asks == Asks::Answer,
        Some(Accent::Kiro) => true,
        None
        | Some(
            Accent::CodeAssist
            | Accent::Antigravity
            | Accent::Copilot
            | Accent::Vertex
            | Accent::Cohere,
        ) => false,
    };
    Ok(Dressed { body, headers, always_streams, losses: losses.into_vec() })
}

/// A whole reply in the plain dialect. What is dressed in no way is given back as it is.
pub fn undress(tongue: Tongue, reply: Bytes) -> Bytes {
    match tongue.accent {
        Some(Accent::CodeAssist | Accent::Antigravity) => envelope::unwrap(&reply),
        Some(Accent::Copilot) if tongue.dialect == Dialect::Chat => copilot::mend_reply(&reply),
        Some(Accent::Copilot | Accent::Codex | Accent::Kiro | Accent::Vertex | Accent::Cohere)
        | None => reply,
    }
}

/// A fault of ours: the vendor's answer cannot be read.
pub(crate) fn unreadable(message: &str) -> VendorFault {
    VendorFault { message: message.to_owned(), ..VendorFault::default() }
}
