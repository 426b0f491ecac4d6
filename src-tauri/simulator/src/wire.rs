//! Turns written in each dialect: as one reply, and as the events of a stream.

mod chat;
mod gemini;
mod kiro;
mod listing;
mod messages;
mod ollama;
mod responses;

pub(crate) use listing::{compacted, counted, listed};

use bytes::Bytes;
use serde_json::Value;

use crate::dialect::Dialect;
use crate::turn::{Call, Chunking, Turn, Usage};

/// A turn about to be written, with all that its writing needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Saying<'a> {
    pub(crate) turn: &'a Turn,
    /// The model's name as the client gave it.
    pub(crate) model: &'a str,
    /// Unique for each answer of a simulator; ids are made of it.
    pub(crate) number: u64,
    /// Unix seconds.
    pub(crate) created: u64,
    pub(crate) usage: Usage,
    pub(crate) chunking: Chunking,
    pub(crate) framing: Framing,
}

/// What a client may choose about the form of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Server-sent events, the usual.
    Events,
    /// Chat with `stream_options.include_usage`.
    EventsWithUsage,
    /// Gemini without `alt=sse`: one JSON array, sent piece by piece.
    Array,
    /// Ollama's answer to a bare prompt, without a message around it.
    Prompt,
}

impl Saying<'_> {
    fn id(&self, prefix: &str, part: usize) -> String {
        format!("{prefix}sim{:010x}{part:02x}", self.number)
    }

    fn call_id(&self, call: &Call, prefix: &str, part: usize) -> String {
        call.id.clone().unwrap_or_else(|| self.id(prefix, part))
    }
}

/// One event of a stream, ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) bytes: Bytes,
    pub(crate) sort: Sort,
}

/// What an event is to a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Sent at the start of every stream, before anything is known of the answer.
    Handshake,
    /// The frame around content: starts, stops, totals.
    Frame,
    /// Content.
    Delta,
}

impl Event {
    fn new(sort: Sort, text: String) -> Self {
        Self { bytes: Bytes::from(text), sort }
    }

    /// `event:` and `data:` lines.
    fn named(sort: Sort, name: &str, data: &Value) -> Self {
        Self::new(sort, format!("event: {name}\ndata: {data}\n\n"))
    }
}

/// The whole answer as one JSON value.
pub(crate) fn reply(dialect: Dialect, saying: &Saying<'_>) -> Value {
    match dialect {
        Dialect::Chat => chat::reply(saying),
        Dialect::Responses => responses::reply(saying),
        Dialect::Messages => messages::reply(saying),
        Dialect::Gemini => gemini::reply(saying),
        Dialect::Ollama => ollama::reply(saying),
        // Kiro answers in streams only; its desk takes no other wish.
        Dialect::Kiro => Value::Null,
    }
}

/// The answer as a stream.
pub(crate) fn events(dialect: Dialect, saying: &Saying<'_>) -> Vec<Event> {
    match dialect {
        Dialect::Chat => chat::events(saying),
        Dialect::Responses => responses::events(saying),
        Dialect::Messages => messages::events(saying),
        Dialect::Gemini => gemini::events(saying),
        Dialect::Ollama => ollama::events(saying),
        Dialect::Kiro => kiro::events(saying),
    }
}

/// A refusal's body as the error event that ends a stream after `sent` events.
pub(crate) fn error_event(
    dialect: Dialect,
    saying: &Saying<'_>,
    body: &Value,
    sent: usize,
) -> Bytes {
    Bytes::from(match dialect {
        Dialect::Kiro => return kiro::exception(body),
        Dialect::Chat => format!("data: {body}\n\n"),
        Dialect::Messages => format!("event: error\ndata: {body}\n\n"),
        Dialect::Responses => responses::failure(saying, body, sent),
        Dialect::Gemini => gemini::framed(saying.framing, sent, body),
        Dialect::Ollama => format!("{body}\n"),
    })
}

/// A string as JSON, quotes included.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Arguments as a JSON value; what is no JSON becomes an empty object, as vendors repair it.
fn parsed(call: &Call) -> Value {
    serde_json::from_str(&call.arguments).unwrap_or_else(|_| serde_json::json!({}))
}
