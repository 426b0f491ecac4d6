//! What a legal stream is, in each dialect. Told apart from the code under test on purpose: it reads the
//! bytes as a client would.

use serde_json::Value;
use switchyard_dialect::Frame;
use switchyard_types::Dialect;

/// How a legal stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Good,
    Error,
}

/// Checks a whole stream; the error says which rule is broken where.
pub(crate) fn check(dialect: Dialect, bytes: &[u8]) -> Result<Ending, String> {
    assert!(
        bytes.ends_with(b"\n\n") || bytes.is_empty(),
        "the stream does not end with a blank line"
    );
    let frames: Vec<Frame> =
        super::frames(bytes).into_iter().filter(|frame| !frame.data.is_empty()).collect();
    let told = |(place, problem): (usize, String)| {
        format!("event {place}: {problem}\n{}", String::from_utf8_lossy(bytes))
    };
    match dialect {
        Dialect::Messages => messages(&frames).map_err(told),
        Dialect::Chat => chat(&frames).map_err(told),
        Dialect::Responses => responses(&frames).map_err(told),
        Dialect::Gemini | Dialect::Ollama => Err("no grammar".to_owned()),
    }
}

type Checked = Result<Ending, (usize, String)>;

fn json(frame: &Frame) -> Value {
    serde_json::from_slice(&frame.data).unwrap_or_else(|_| panic!("not JSON: {:?}", frame.data))
}

fn messages(frames: &[Frame]) -> Checked {
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

fn chat(frames: &[Frame]) -> Checked {
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

fn responses(frames: &[Frame]) -> Checked {
    let mut ending = None;
    let mut last = None;
    let mut id = None;
    let mut items = Items::default();
    for (place, frame) in frames.iter().enumerate() {
        let bad = |problem: &str| Err((place, problem.to_owned()));
        if ending.is_some() {
            return bad("something follows the end");
        }
        let event = json(frame);
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        if frame.event.as_deref() != Some(kind.as_bytes()) {
            return bad("the event's name is not its type");
        }
        let number = event["sequence_number"].as_u64();
        if number.is_none() || last.is_some_and(|last| number != Some(last + 1)) {
            return bad("the sequence has a gap");
        }
        last = number;
        if let Some(named) = event["response"]["id"].as_str() {
            if id.as_deref().is_some_and(|id| id != named) {
                return bad("the response changes its id");
            }
            id = Some(named.to_owned());
        }
        ending = match kind.as_str() {
            "response.completed" | "response.incomplete" => Some(Ending::Good),
            "response.failed" | "error" => Some(Ending::Error),
            _ => None,
        };
        if let Err(problem) = items.see(&kind, &event) {
            return bad(problem);
        }
    }
    ending.ok_or((frames.len(), "there is no end".to_owned()))
}

/// The output items of a response as its events tell them.
#[derive(Default)]
struct Items(Vec<Item>);

struct Item {
    id: String,
    kind: String,
    /// What the deltas say, part by part.
    said: Vec<String>,
    whole: Option<Value>,
}

impl Items {
    fn see(&mut self, kind: &str, event: &Value) -> Result<(), &'static str> {
        let index = event["output_index"].as_u64().map(|index| usize::try_from(index).unwrap());
        match kind {
            "response.output_item.added" => {
                if index != Some(self.0.len()) {
                    return Err("an item's place is not the next one");
                }
                let item = &event["item"];
                let id = item["id"].as_str().unwrap_or_default().to_owned();
                if id.is_empty() || self.0.iter().any(|known| known.id == id) {
                    return Err("an item has no id of its own");
                }
                let kind = item["type"].as_str().unwrap_or_default().to_owned();
                let call = kind.ends_with("_call");
                if call && item["call_id"].as_str().is_none_or(str::is_empty) {
                    return Err("a call has no id");
                }
                self.0.push(Item { id, kind, said: vec![String::new()], whole: None });
            }
            "response.output_item.done" => {
                let item = self.open(index, event["item"]["id"].as_str())?;
                let told = event["item"].to_string();
                let parts = item.said.iter().filter(|part| !part.is_empty());
                if !parts.clone().all(|part| told.contains(&quoted(part))) {
                    return Err("an item is not what its deltas said");
                }
                item.whole = Some(event["item"].clone());
            }
            "response.completed" | "response.incomplete" => {
                let output = event["response"]["output"].as_array().cloned().unwrap_or_default();
                for (place, item) in self.0.iter().enumerate() {
                    match &item.whole {
                        Some(whole) if output.get(place) != Some(whole) => {
                            return Err("the output is not what was told");
                        }
                        None if kind == "response.completed" => return Err("an item stays open"),
                        _ => {}
                    }
                }
            }
            _ => {
                let Some(delta) = kind.strip_suffix(".delta") else {
                    if event["item_id"].is_string() {
                        let item = self.open(index, event["item_id"].as_str())?;
                        if kind.ends_with("_part.added") {
                            item.said.push(String::new());
                        }
                    }
                    return Ok(());
                };
                let item = self.open(index, event["item_id"].as_str())?;
                let fits = match delta {
                    "response.output_text" | "response.refusal" => "message",
                    "response.reasoning_summary_text" => "reasoning",
                    "response.function_call_arguments" => "function_call",
                    "response.custom_tool_call_input" => "custom_tool_call",
                    _ => return Err("an unknown delta"),
                };
                if item.kind != fits {
                    return Err("a delta does not fit its item");
                }
                if let Some(part) = item.said.last_mut() {
                    part.push_str(event["delta"].as_str().unwrap_or_default());
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, index: Option<usize>, id: Option<&str>) -> Result<&mut Item, &'static str> {
        let item = index.and_then(|index| self.0.get_mut(index)).ok_or("an item was not added")?;
        if Some(item.id.as_str()) != id || item.whole.is_some() {
            return Err("an event belongs to no open item");
        }
        Ok(item)
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
