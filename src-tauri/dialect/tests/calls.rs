//! The calls of a reply, as every client gets them from every vendor: with a name, with an id of their own.
#![cfg(test)]

mod support;

use serde_json::{Value, json};
use support::grammar::{self, Ending};
use support::translate;
use switchyard_dialect::{WayBack, translate_reply};
use switchyard_types::Dialect::{self, Chat, Gemini, Messages, Ollama, Responses};

/// A reply with these calls, each with a name and an id.
fn reply(vendor: Dialect, calls: &[(&str, &str)]) -> Value {
    let list = |one: fn(&str, &str) -> Value| -> Vec<Value> {
        calls.iter().map(|(name, id)| one(name, id)).collect()
    };
    match vendor {
        Chat => json!({"id": "r", "choices": [{"message": {"content": null, "tool_calls":
            list(|name, id| json!({"id": id, "function": {"name": name, "arguments": "{}"}}))},
            "finish_reason": "tool_calls"}]}),
        Messages => json!({"id": "r", "type": "message", "stop_reason": "tool_use", "content":
            list(|name, id| json!({"type": "tool_use", "id": id, "name": name, "input": {}}))}),
        Responses => json!({"id": "r", "status": "completed", "output": list(|name, id|
            json!({"type": "function_call", "call_id": id, "name": name, "arguments": "{}"}))}),
        Gemini => {
            json!({"responseId": "r", "candidates": [{"finishReason": "STOP", "content": {"parts":
            list(|name, id| json!({"functionCall": {"id": id, "name": name, "args": {}}}))}}]})
        }
        Ollama => json!({"created_at": "1", "done": true, "message": {"tool_calls":
            list(|name, id| json!({"id": id, "function": {"name": name, "arguments": {}}}))}}),
    }
}

fn stream(vendor: Dialect, calls: &[(&str, &str)]) -> Vec<u8> {
    let whole = reply(vendor, calls).to_string();
    match vendor {
        // Told by hand, since what is no whole reply cannot be unfolded.
        Ollama => (whole + "\n").into_bytes(),
        _ => switchyard_dialect::unfold(vendor, whole.as_bytes()).unwrap(),
    }
}

fn pairs() -> impl Iterator<Item = (Dialect, Dialect)> {
    let others = |vendor| Dialect::ALL.into_iter().filter(move |client| *client != vendor);
    Dialect::ALL.into_iter().flat_map(move |vendor| others(vendor).map(move |one| (vendor, one)))
}

#[test]
fn ids_that_stand_twice_or_not_at_all_become_unique() {
    let calls = [("f", "a"), ("f", "a"), ("f", ""), ("f", ""), ("f", "0")];
    for (vendor, client) in pairs() {
        let body = reply(vendor, &calls).to_string();
        let told = translate_reply(vendor, client, body.as_bytes(), "m", &WayBack::default());
        let told = switchyard_dialect::unfold(client, &told.unwrap().body).unwrap();
        assert_eq!(grammar::check(client, &told), Ok(Ending::Good), "{vendor:?} {client:?}");
        let frames = grammar::split(vendor, &[&stream(vendor, &calls)]);
        let out = translate(vendor, client, &frames, &WayBack::default());
        let checked = grammar::check(client, out.text.as_bytes());
        assert_eq!(checked, Ok(Ending::Good), "{vendor:?} {client:?}");
        assert!(out.text.contains("a_2"), "{vendor:?} {client:?}");
    }
}

#[test]
fn a_call_without_a_name_is_left_out_of_a_stream_and_refused_whole() {
    for (vendor, client) in pairs() {
        let body = reply(vendor, &[("", "a")]).to_string();
        let told = translate_reply(vendor, client, body.as_bytes(), "m", &WayBack::default());
        assert!(told.unwrap_err().message.contains("not whole"), "{vendor:?} {client:?}");
        let frames = grammar::split(vendor, &[&stream(vendor, &[("", "a"), ("g", "b")])]);
        let out = translate(vendor, client, &frames, &WayBack::default());
        let checked = grammar::check(client, out.text.as_bytes());
        assert_eq!(checked, Ok(Ending::Good), "{vendor:?} {client:?}");
        assert!(out.losses.iter().any(|loss| loss.contains("without a name")), "{vendor:?}");
    }
}
