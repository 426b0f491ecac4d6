//! The rules of `ChatGPT`'s Codex backend for Responses. A request that keeps them passes untouched, as
//! those of Codex itself do.
//!
//! Sources: the fields of `ResponsesApiRequest` in the public client (github.com/openai/codex, `codex-api`,
//! 2026-06), and the refusals quoted in its issues and in BerriAI/litellm#21209 ("Unsupported parameter: …",
//! "Store must be set to false", 2026-06).

use bytes::Bytes;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Asks, Occasion};
use crate::BodyError;
use crate::json::{Json, Object, list_of};
use crate::neutral::loss::Losses;

/// The fields that the backend takes; it refuses a request with any other.
const TAKEN: [&str; 14] = [
    "model",
    "instructions",
    "input",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "store",
    "stream",
    "include",
    "service_tier",
    "prompt_cache_key",
    "text",
    "client_metadata",
];

/// Sealed reasoning: nothing is kept for later, so it has to travel.
const SEALED: &str = "reasoning.encrypted_content";

/// The backend answers nobody without instructions.
const INSTRUCTIONS: &str = "Follow the user's instructions.";

/// The request as the backend takes it.
pub(super) fn obey(
    body: &Bytes,
    occasion: &Occasion<'_>,
    losses: &mut Losses,
) -> Result<Bytes, BodyError> {
    if occasion.asks != Asks::Answer {
        return Ok(body.clone());
    }
    // A body that is no object was refused before.
    let document = Json::of_body(body)?;
    let fields = document.fields()?;
    if fields.peek("previous_response_id").is_some() || fields.peek("conversation").is_some() {
        return Err(BodyError::KeptElsewhere { field: "previous_response_id" });
    }
    let mut request = Object::of(std::str::from_utf8(body).unwrap_or_default());
    let before = request.to_json();
    drop_unknown(&mut request, losses);
    for (name, value) in [("store", "false"), ("stream", "true")] {
        if request.get(name).map(RawValue::get) != Some(value) {
            if name == "store" && request.get(name).map(RawValue::get) == Some("true") {
                losses.note("store: this vendor keeps no answers");
            }
            request.set(name, value.to_owned());
        }
    }
    if request.text("instructions").is_none_or(|text| text.trim().is_empty()) {
        request.set_text("instructions", INSTRUCTIONS);
    }
    if let Some(input) = input(&request, losses) {
        request.set("input", input);
    }
    include_sealed(&mut request);
    if request.get("prompt_cache_key").is_none() && !occasion.session.is_empty() {
        request.set_text("prompt_cache_key", occasion.session);
    }
    let after = request.to_json();
    Ok(if before == after { body.clone() } else { Bytes::from(after) })
}

fn drop_unknown(request: &mut Object, losses: &mut Losses) {
    let unknown: Vec<(String, bool)> = request
        .fields()
        .filter(|(name, _)| !TAKEN.contains(name))
        .map(|(name, value)| (name.to_owned(), value.get() != "null"))
        .collect();
    for (name, said_something) in unknown {
        request.remove(&name);
        if said_something {
            losses.note(format!("{name}: the Codex backend takes no such field"));
        }
    }
}

/// The input as a list without what the backend refuses; `None` where it can stay.
fn input(request: &Object, losses: &mut Losses) -> Option<String> {
    let given = request.get("input").map_or("\"\"", RawValue::get);
    if let Ok(text) = serde_json::from_str::<String>(given) {
        let turn = serde_json::json!({
            "type": "message",
            "role": "user",
            "content": [{ "type": "input_text", "text": text }],
        });
        return Some(format!("[{turn}]"));
    }
    let mut changed = false;
    let mut items = Vec::new();
    for raw in request.items("input") {
        let mut item = Object::of(raw.get());
        if item.text("role").as_deref() == Some("system") {
            // A system message inside the input is refused; a developer's says the same.
            item.set_text("role", "developer");
            items.push(item.to_json());
            changed = true;
            continue;
        }
        match item.text("type").as_deref() {
            Some("reasoning") if item.text("encrypted_content").is_none() => {
                losses
                    .note("reasoning: the vendor keeps none, so an item without its seal is lost");
                changed = true;
            }
            Some("item_reference") => {
                losses.note("item_reference: the vendor keeps no items that could be referred to");
                changed = true;
            }
            _ => items.push(raw.get().to_owned()),
        }
    }
    changed.then(|| list_of(items))
}

fn include_sealed(request: &mut Object) {
    let mut included: Vec<Value> = request
        .get("include")
        .and_then(|list| serde_json::from_str(list.get()).ok())
        .unwrap_or_default();
    let effort = request.get("reasoning").map(|reasoning| Object::of(reasoning.get()));
    let off = effort.is_some_and(|reasoning| reasoning.text("effort").as_deref() == Some("none"));
    if off || included.iter().any(|name| name == SEALED) {
        return;
    }
    included.push(SEALED.into());
    request.set("include", Value::from(included).to_string());
}
