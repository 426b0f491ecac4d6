use serde_json::Value;
use switchyard_dialect::Frame;

use super::{Checked, Ending, json};

pub(super) fn responses(frames: &[Frame]) -> Checked {
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
