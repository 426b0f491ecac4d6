//! Vertex AI: Messages whose address names the model and whose body names the version
//! (docs.claude.com, "Claude on Vertex AI", 2026), and Gemini that knows no ids of calls
//! (cloud.google.com, "Function calling": `Unknown name "id" at …function_call`, 2025).

use bytes::Bytes;
use memchr::memmem;
use serde_json::value::RawValue;
use switchyard_types::Dialect;

use super::Asks;
use crate::json::{Object, list_of};

/// The version that Vertex wants in the body, where others want it in a header.
const VERSION: &str = "vertex-2023-10-16";

/// The parts that may hold an id.
const CALLS: [&str; 2] = ["functionCall", "functionResponse"];

/// The request as the vendor takes it.
pub(super) fn obey(dialect: Dialect, body: &Bytes, asks: Asks) -> Bytes {
    match dialect {
        Dialect::Messages => messages(body, asks),
        Dialect::Gemini => without_ids(body),
        Dialect::Chat | Dialect::Responses | Dialect::Ollama => body.clone(),
    }
}

fn messages(body: &Bytes, asks: Asks) -> Bytes {
    let Ok(text) = std::str::from_utf8(body) else { return body.clone() };
    let mut request = Object::of(text);
    match asks {
        // All models are counted at one address, which names none.
        Asks::Count => {}
        Asks::Answer | Asks::Compaction => request.remove("model"),
    }
    if request.get("anthropic_version").is_none() {
        request.set_text("anthropic_version", VERSION);
    }
    Bytes::from(request.to_json())
}

/// Calls and their results are matched by their order and their names there.
fn without_ids(body: &Bytes) -> Bytes {
    if CALLS.iter().all(|name| memmem::find(body, name.as_bytes()).is_none()) {
        return body.clone();
    }
    let Ok(text) = std::str::from_utf8(body) else { return body.clone() };
    let mut request = Object::of(text);
    let turns = request.items("contents");
    let bare: Vec<Option<String>> = turns.iter().map(|turn| bare_turn(turn)).collect();
    if bare.iter().all(Option::is_none) {
        return body.clone();
    }
    let turns =
        turns.iter().zip(bare).map(|(turn, bare)| bare.unwrap_or_else(|| turn.get().to_owned()));
    request.set("contents", list_of(turns));
    Bytes::from(request.to_json())
}

/// A turn whose parts have lost their ids; `None` where it has none.
fn bare_turn(turn: &RawValue) -> Option<String> {
    let mut turn = Object::of(turn.get());
    let parts = turn.items("parts");
    let bare: Vec<Option<String>> = parts.iter().map(|part| bare_part(part)).collect();
    if bare.iter().all(Option::is_none) {
        return None;
    }
    let parts =
        parts.iter().zip(bare).map(|(part, bare)| bare.unwrap_or_else(|| part.get().to_owned()));
    turn.set("parts", list_of(parts));
    Some(turn.to_json())
}

fn bare_part(part: &RawValue) -> Option<String> {
    let mut part = Object::of(part.get());
    let name = CALLS.into_iter().find(|name| part.get(name).is_some())?;
    let mut call = Object::of(part.get(name)?.get());
    call.get("id")?;
    call.remove("id");
    part.set(name, call.to_json());
    Some(part.to_json())
}
