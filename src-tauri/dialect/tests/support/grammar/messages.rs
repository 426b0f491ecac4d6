use switchyard_dialect::Frame;

use super::{Checked, Ending, json};

pub(super) fn messages(frames: &[Frame]) -> Checked {
    let (mut begun, mut stopped, mut open, mut next) = (false, false, None::<String>, 0);
    let mut ids = Vec::new();
    let mut ending = None;
    for (place, frame) in frames.iter().enumerate() {
        let bad = |problem: &str| Err((place, problem.to_owned()));
        let event = json(frame);
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        if frame.event.as_deref() != Some(kind.as_bytes()) {
            return bad("the event's name is not its type");
        }
        if ending.is_some() {
            return bad("something follows the end");
        }
        if kind == "ping" {
            continue;
        }
        if kind != "error" && kind != "message_start" && !begun {
            return bad("the message has not begun");
        }
        match kind.as_str() {
            "message_start" if begun => return bad("the message begins twice"),
            "message_start" => begun = true,
            "content_block_start" => {
                if open.is_some() || stopped {
                    return bad("a block opens inside another or after the stop");
                }
                if event["index"].as_u64() != Some(next) {
                    return bad("a block's index is not the next one");
                }
                let block = &event["content_block"];
                if block["type"] == "tool_use" {
                    let id = block["id"].as_str().unwrap_or_default().to_owned();
                    if id.is_empty()
                        || ids.contains(&id)
                        || block["name"].as_str().is_none_or(str::is_empty)
                    {
                        return bad("a call needs a name and an id of its own");
                    }
                    ids.push(id);
                }
                open = Some(block["type"].as_str().unwrap_or_default().to_owned());
            }
            "content_block_delta" => {
                let fits = match event["delta"]["type"].as_str().unwrap_or_default() {
                    "text_delta" | "citations_delta" => "text",
                    "thinking_delta" | "signature_delta" => "thinking",
                    "input_json_delta" => "tool_use",
                    _ => return bad("an unknown delta"),
                };
                if open.as_deref() != Some(fits) || event["index"].as_u64() != Some(next) {
                    return bad("a delta does not fit the open block");
                }
            }
            "content_block_stop" => {
                if open.take().is_none() || event["index"].as_u64() != Some(next) {
                    return bad("a block closes that is not open");
                }
                next += 1;
            }
            "message_delta" => {
                if open.is_some() || event["delta"]["stop_reason"].is_null() {
                    return bad("a stop with an open block or without a reason");
                }
                stopped = true;
            }
            "message_stop" => {
                if !stopped {
                    return bad("the message ends without a stop reason");
                }
                ending = Some(Ending::Good);
            }
            "error" => {
                if open.is_some() || event["error"]["message"].as_str().is_none_or(str::is_empty) {
                    return bad("an error with an open block or without words");
                }
                ending = Some(Ending::Error);
            }
            _ => return bad("an unknown event"),
        }
    }
    ending.ok_or((frames.len(), "there is no end".to_owned()))
}
