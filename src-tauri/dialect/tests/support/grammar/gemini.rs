use switchyard_dialect::Frame;

use super::{Checked, Ending, json};

pub(super) fn gemini(frames: &[Frame]) -> Checked {
    let mut ending = None;
    let mut id = None;
    let mut ids = Vec::new();
    for (place, frame) in frames.iter().enumerate() {
        let bad = |problem: &str| Err((place, problem.to_owned()));
        if ending.is_some() {
            return bad("something follows the end");
        }
        let event = json(frame);
        if !event["error"].is_null() {
            let told = &event["error"];
            if !told["code"].is_u64() || told["message"].as_str().is_none_or(str::is_empty) {
                return bad("an error without a code or words");
            }
            ending = Some(Ending::Error);
            continue;
        }
        let named = event["responseId"].as_str().map(str::to_owned);
        if named.is_none() || id.as_ref().is_some_and(|id| *id != named) {
            return bad("the response has no id, or changes it");
        }
        id = Some(named);
        let candidate = &event["candidates"][0];
        let parts = candidate["content"]["parts"].as_array().cloned().unwrap_or_default();
        if parts.is_empty() || candidate["content"]["role"] != "model" {
            return bad("a piece without parts or role");
        }
        for part in parts {
            let call = &part["functionCall"];
            if call.is_null() {
                if !part["text"].is_string() {
                    return bad("a part that is neither text nor a call");
                }
                continue;
            }
            let id = call["id"].as_str().unwrap_or_default().to_owned();
            let named = call["name"].as_str().is_some_and(|name| !name.is_empty());
            if !named || id.is_empty() || ids.contains(&id) || !call["args"].is_object() {
                return bad("a call needs a name, arguments and an id of its own");
            }
            ids.push(id);
        }
        if !candidate["finishReason"].is_null() {
            ending = Some(Ending::Good);
        }
    }
    ending.ok_or((frames.len(), "there is no end".to_owned()))
}
