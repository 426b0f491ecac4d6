//! The output items of a response, as a reply holds them and as a stream announces and fills them.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use switchyard_types::{Dialect, Usage};

use super::shape::{Form, INPUT, Shape};
use crate::neutral::loss::Losses;
use crate::neutral::proof::{Mark, Proof};
use crate::neutral::reply::Stop;

/// The vendor's id in the form of Responses.
pub(super) fn response_id(id: Option<&str>) -> String {
    let id = id.unwrap_or("switchyard");
    if id.starts_with("resp_") { id.to_owned() } else { format!("resp_{id}") }
}

/// The id of an item: the response's own, with the item's kind and place.
pub(super) fn item_id(kind: &str, response: &str, place: usize) -> String {
    format!("{kind}_{}_{place}", response.strip_prefix("resp_").unwrap_or(response))
}

pub(super) fn text_part(text: &str, likelihoods: &[Box<RawValue>]) -> Value {
    let logprobs = as_values(likelihoods);
    json!({"type": "output_text", "text": text, "annotations": [], "logprobs": logprobs})
}

pub(super) fn as_values(likelihoods: &[Box<RawValue>]) -> Value {
    likelihoods.iter().filter_map(|entry| serde_json::from_str::<Value>(entry.get()).ok()).collect()
}

pub(super) fn refusal_part(text: &str) -> Value {
    json!({"type": "refusal", "refusal": text})
}

pub(super) fn summary_part(text: &str) -> Value {
    json!({"type": "summary_text", "text": text})
}

pub(super) fn message(id: &str, status: &str, part: &Value) -> Value {
    json!({"id": id, "type": "message", "status": status, "role": "assistant", "content": [part]})
}

/// A message before anything is said.
pub(super) fn opening_message(id: &str) -> Value {
    json!({"id": id, "type": "message", "status": "in_progress", "role": "assistant", "content": []})
}

/// Reasoning with its proof, if there is one.
pub(super) fn reasoning(id: &str, text: &str, proof: Option<&Proof>) -> Value {
    let summary: Vec<Value> =
        Some(text).filter(|text| !text.is_empty()).map(summary_part).into_iter().collect();
    let mut item = json!({"id": id, "type": "reasoning", "summary": summary});
    if let (Some(proof), Some(fields)) = (proof, item.as_object_mut()) {
        fields.insert("encrypted_content".to_owned(), Value::from(held(proof)));
    }
    item
}

/// A proof as it stands in an item: bare where it came from Responses, sealed otherwise.
pub(super) fn held(proof: &Proof) -> String {
    match (&proof.issuer, &proof.mark) {
        (Some(issuer), Mark::Item { .. }) if issuer.dialect == Dialect::Responses => {
            proof.data.clone()
        }
        _ => proof.sealed(),
    }
}

/// What kind of item calls a tool.
pub(super) fn call_kind(form: Option<&Form>) -> &'static str {
    match form {
        Some(Form::Custom) => "ctc",
        Some(Form::LocalShell) => "lsh",
        Some(Form::Inside { .. }) | None => "fc",
    }
}

/// A call as an item.
pub(super) struct Calling<'a> {
    pub(super) id: &'a str,
    pub(super) status: &'a str,
    pub(super) call_id: &'a str,
    pub(super) name: &'a str,
    /// JSON, or what is there of it.
    pub(super) arguments: &'a str,
}

impl Calling<'_> {
    pub(super) fn item(&self, shape: &Shape) -> Value {
        let Self { id, status, call_id, name, arguments } = self;
        match shape.form(name) {
            Some(Form::Custom) => json!({
                "id": id, "type": "custom_tool_call", "status": status, "call_id": call_id,
                "name": name, "input": free_text(arguments),
            }),
            Some(Form::LocalShell) => json!({
                "id": id, "type": "local_shell_call", "status": status, "call_id": call_id,
                "action": action(arguments),
            }),
            Some(Form::Inside { namespace, name }) => json!({
                "id": id, "type": "function_call", "status": status, "call_id": call_id,
                "namespace": namespace, "name": name, "arguments": arguments,
            }),
            None => json!({
                "id": id, "type": "function_call", "status": status, "call_id": call_id,
                "name": name, "arguments": arguments,
            }),
        }
    }
}

/// The text of a custom tool: the one argument, or what else the model wrote.
pub(super) fn free_text(arguments: &str) -> String {
    let read = serde_json::from_str::<Value>(arguments).ok();
    match read.as_ref().and_then(|read| read[INPUT].as_str()) {
        Some(input) => input.to_owned(),
        None if arguments.trim() == "{}" => String::new(),
        None => arguments.to_owned(),
    }
}

fn action(arguments: &str) -> Value {
    let mut action = serde_json::from_str::<Value>(arguments).unwrap_or_else(|_| json!({}));
    if let Some(fields) = action.as_object_mut() {
        fields.insert("type".to_owned(), Value::from("exec"));
        fields.entry("command").or_insert_with(|| json!([]));
        fields.entry("env").or_insert_with(|| json!({}));
    }
    action
}

/// How a response ended: its status, and why it is incomplete.
pub(super) fn ending(
    stop: &Stop,
    refused: bool,
    losses: &mut Losses,
) -> (&'static str, Option<&'static str>) {
    match stop {
        Stop::EndTurn | Stop::ToolUse | Stop::Sequence(_) => ("completed", None),
        Stop::MaxTokens | Stop::ContextFull => ("incomplete", Some("max_output_tokens")),
        Stop::Refusal if refused => ("completed", None),
        Stop::Refusal => ("incomplete", Some("content_filter")),
        Stop::Pause => {
            losses.note("stop_reason: Responses has no word for a paused turn");
            ("completed", None)
        }
        Stop::Unknown(word) => {
            losses.note(match word.as_str() {
                "" => "finish_reason: the vendor gave none".to_owned(),
                word => format!("finish_reason: `{word}` is not known"),
            });
            ("completed", None)
        }
    }
}

/// Counts in the form of Responses, where the input includes what the cache gave and took.
pub(super) fn usage_of(usage: &Usage) -> Value {
    json!({
        "input_tokens": usage.input_total(),
        "input_tokens_details": {
            "cached_tokens": usage.cache_read,
            "cache_write_tokens": usage.cache_write,
        },
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input_total().saturating_add(usage.output),
    })
}
