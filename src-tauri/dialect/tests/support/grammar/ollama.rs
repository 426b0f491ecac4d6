use switchyard_dialect::Frame;

use super::{Checked, Ending, json};

pub(super) fn ollama(frames: &[Frame]) -> Checked {
    let mut ending = None;
    let mut ids = Vec::new();
    for (place, frame) in frames.iter().enumerate() {
        let bad = |problem: &str| Err((place, problem.to_owned()));
        if ending.is_some() {
            return bad("something follows the end");
        }
        let line = json(frame);
        if !line["error"].is_null() {
            if line["error"].as_str().is_none_or(str::is_empty) {
                return bad("an error without words");
            }
            ending = Some(Ending::Error);
            continue;
        }
        if !line["model"].is_string() || !line["created_at"].is_string() {
            return bad("a line without model or moment");
        }
        let message = &line["message"];
        let said = message["content"].is_string() && message["role"] == "assistant";
        if !(said || line["response"].is_string()) {
            return bad("a line without a message");
        }
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let id = call["id"].as_str().unwrap_or_default().to_owned();
            let function = &call["function"];
            let named = function["name"].as_str().is_some_and(|name| !name.is_empty());
            if !named || id.is_empty() || ids.contains(&id) || !function["arguments"].is_object() {
                return bad("a call needs a name, arguments and an id of its own");
            }
            ids.push(id);
        }
        match line["done"].as_bool() {
            Some(false) => {}
            Some(true) if line["done_reason"].is_string() => ending = Some(Ending::Good),
            _ => return bad("a line does not say whether it is the last, or why"),
        }
    }
    ending.ok_or((frames.len(), "there is no end".to_owned()))
}
