use switchyard_dialect::Frame;

use super::{Checked, Ending, json};

pub(super) fn chat(frames: &[Frame]) -> Checked {
    let (mut begun, mut finished, mut failed, mut done) = (false, false, false, false);
    let mut calls = 0;
    for (place, frame) in frames.iter().enumerate() {
        let bad = |problem: &str| Err((place, problem.to_owned()));
        if done {
            return bad("something follows [DONE]");
        }
        if frame.data.as_ref() == b"[DONE]" {
            done = true;
            continue;
        }
        let chunk = json(frame);
        if failed {
            return bad("something follows the error");
        }
        if !chunk["error"].is_null() {
            failed = true;
            continue;
        }
        if chunk["object"] != "chat.completion.chunk" {
            return bad("not a chunk");
        }
        let Some(choice) = chunk["choices"].get(0) else {
            if chunk["usage"].is_null() {
                return bad("a chunk without choices and counts");
            }
            continue;
        };
        let delta = &choice["delta"];
        if !begun && delta["role"] != "assistant" {
            return bad("the first chunk names no role");
        }
        begun = true;
        if finished {
            return bad("something follows the finish reason");
        }
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            let index = call["index"].as_u64().unwrap_or(u64::MAX);
            let opens = call["function"]["name"].as_str().is_some_and(|name| !name.is_empty());
            if (opens && index != calls) || index > calls || (!opens && index == calls) {
                return bad("a call's index does not fit");
            }
            if opens && call["id"].as_str().is_none_or(str::is_empty) {
                return bad("a call without an id");
            }
            calls += u64::from(opens);
        }
        finished = !choice["finish_reason"].is_null();
    }
    match (done, finished, failed) {
        (true, true, false) => Ok(Ending::Good),
        (true, _, true) => Ok(Ending::Error),
        _ => Err((frames.len(), "there is no end".to_owned())),
    }
}
