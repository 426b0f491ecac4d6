//! What vendors demand of a history.

use serde_json::Value;
use switchyard_types::Dialect::{self, Chat, Gemini, Messages, Ollama, Responses};

/// What a vendor of each dialect demands of calls and results; the error says what is wrong.
pub(crate) fn paired(vendor: Dialect, body: &Value) -> Result<(), String> {
    let empty = Vec::new();
    let list = |name: &str| body[name].as_array().unwrap_or(&empty).clone();
    let mut due: Vec<Value> = Vec::new();
    match vendor {
        Chat | Ollama => {
            for message in list("messages") {
                if message["role"] == "tool" {
                    let at = due.iter().position(|id| *id == message["tool_call_id"]);
                    due.remove(at.ok_or("a result without its call")?);
                    continue;
                }
                if !due.is_empty() {
                    return Err("a call without its result".to_owned());
                }
                due = message["tool_calls"]
                    .as_array()
                    .unwrap_or(&empty)
                    .iter()
                    .map(|call| call["id"].clone())
                    .collect();
            }
        }
        Messages | Gemini => {
            let (turns, parts) =
                if vendor == Messages { ("messages", "content") } else { ("contents", "parts") };
            for (place, turn) in list(turns).iter().enumerate() {
                if (turn["role"] == "user") != (place % 2 == 0) {
                    return Err("the turns do not alternate".to_owned());
                }
                let parts = turn[parts].as_array().cloned().unwrap_or_default();
                if parts.is_empty() {
                    return Err("an empty turn".to_owned());
                }
                let ids = |call: fn(&Value) -> Value| -> Vec<Value> {
                    parts.iter().map(call).filter(|id| !id.is_null()).collect()
                };
                let answered = ids(|part| match part["type"].as_str() {
                    Some("tool_result") => part["tool_use_id"].clone(),
                    _ => part["functionResponse"]["id"].clone(),
                });
                if answered != due {
                    return Err(format!("{due:?} are due and {answered:?} came"));
                }
                due = ids(|part| match part["type"].as_str() {
                    Some("tool_use") => part["id"].clone(),
                    _ => part["functionCall"]["id"].clone(),
                });
            }
        }
        Responses => {
            for item in list("input") {
                match item["type"].as_str() {
                    Some("function_call" | "custom_tool_call") => due.push(item["call_id"].clone()),
                    Some("function_call_output" | "custom_tool_call_output") => {
                        let at = due.iter().position(|id| *id == item["call_id"]);
                        due.remove(at.ok_or("a result without its call")?);
                    }
                    _ if !due.is_empty() => return Err("a call without its result".to_owned()),
                    _ => {}
                }
            }
        }
    }
    if due.is_empty() { Ok(()) } else { Err("calls stay open".to_owned()) }
}
