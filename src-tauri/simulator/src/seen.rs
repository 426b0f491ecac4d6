//! What arrived, as a script's function sees it. Nothing is read from the body before it is asked for.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::dialect::Dialect;

/// One request for an answer.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The vendor of the script that was asked.
    pub vendor: Arc<str>,
    /// The dialect it was asked in.
    pub dialect: Dialect,
    /// The model's name as the client gave it.
    pub model: String,
    /// The path and query.
    pub path: String,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The raw body.
    pub body: Bytes,
}

/// A tool that the client offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name; the type where a hosted tool has none.
    pub name: String,
    /// How it is called.
    pub kind: crate::turn::CallKind,
    /// The namespace it was declared in (Responses).
    pub namespace: Option<String>,
    /// The JSON schema of its arguments; null where none is given.
    pub schema: Value,
}

/// Only the lists; each message stays raw, because mostly just the last one is wanted.
#[derive(Deserialize)]
struct Talk<'a> {
    #[serde(borrow, default)]
    messages: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    contents: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    prompt: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    input: Option<&'a RawValue>,
}

impl Seen {
    /// The text of the last message of the user, or empty.
    pub fn last_user_text(&self) -> String {
        let Ok(talk) = serde_json::from_slice::<Talk<'_>>(&self.body) else { return String::new() };
        let list = match self.dialect {
            Dialect::Chat | Dialect::Messages => talk.messages,
            Dialect::Ollama => match talk.prompt {
                Some(prompt) => return prompt.into_owned(),
                None => talk.messages,
            },
            Dialect::Gemini => talk.contents,
            Dialect::Kiro => return self.kiro_text(),
            Dialect::Responses => match talk.input.map(RawValue::get) {
                Some(text) if text.starts_with('"') => {
                    return serde_json::from_str(text).unwrap_or_default();
                }
                Some(list) => serde_json::from_str(list).unwrap_or_default(),
                None => Vec::new(),
            },
        };
        let texts = list.into_iter().rev().filter_map(|raw| {
            let message: Value = serde_json::from_str(raw.get()).ok()?;
            // Gemini lets a single turn go without its role.
            let role = message.get("role").and_then(Value::as_str).unwrap_or("user");
            let content = message.get("content").or_else(|| message.get("parts"))?;
            (role == "user").then(|| last_text(content)).flatten()
        });
        texts.into_iter().next().unwrap_or_default()
    }

    /// What the user says in Kiro's current turn.
    fn kiro_text(&self) -> String {
        let asked = "/conversationState/currentMessage/userInputMessage/content";
        let body = self.json();
        body.pointer(asked).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The turns of Kiro's conversation, the current one last.
    fn kiro_turns(&self) -> Vec<Value> {
        let mut state = self.json();
        let Some(state) = state.get_mut("conversationState") else { return Vec::new() };
        let mut turns = state.get("history").and_then(Value::as_array).cloned().unwrap_or_default();
        turns.extend(state.get("currentMessage").cloned());
        turns
    }

    /// The body as a JSON tree; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The tools that the client offers, those inside namespaces among them.
    pub fn tools(&self) -> Vec<Tool> {
        let mut tools = Vec::new();
        if self.dialect == Dialect::Kiro {
            let context =
                "/conversationState/currentMessage/userInputMessage/userInputMessageContext";
            let body = self.json();
            let list = body.pointer(&format!("{context}/tools")).and_then(Value::as_array);
            for tool in list.into_iter().flatten().filter_map(|tool| tool.get("toolSpecification"))
            {
                tools.push(Tool {
                    name: tool.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
                    kind: crate::turn::CallKind::Function,
                    namespace: None,
                    schema: tool.pointer("/inputSchema/json").cloned().unwrap_or_default(),
                });
            }
            return tools;
        }
        if let Some(list) = self.json().get("tools").and_then(Value::as_array) {
            collect_tools(list, None, &mut tools);
        }
        tools
    }

    /// The texts of all tool results in the history, oldest first.
    pub fn tool_results(&self) -> Vec<String> {
        let body = self.json();
        let list =
            |name: &str| body.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let is = |value: &Value, field: &str, wanted: &str| {
            value.get(field).and_then(Value::as_str) == Some(wanted)
        };
        let text_of =
            |value: &Value, field: &str| value.get(field).map(all_text).unwrap_or_default();
        match self.dialect {
            Dialect::Chat | Dialect::Ollama => list("messages")
                .iter()
                .filter(|message| is(message, "role", "tool"))
                .map(|message| text_of(message, "content"))
                .collect(),
            Dialect::Responses => list("input")
                .iter()
                .filter(|item| {
                    item.get("type")
                        .and_then(Value::as_str)
                        .is_some_and(|kind| kind.ends_with("_output"))
                })
                .map(|item| text_of(item, "output"))
                .collect(),
            Dialect::Messages => list("messages")
                .iter()
                .filter_map(|message| message.get("content")?.as_array().cloned())
                .flatten()
                .filter(|block| is(block, "type", "tool_result"))
                .map(|block| text_of(&block, "content"))
                .collect(),
            Dialect::Kiro => self
                .kiro_turns()
                .iter()
                .filter_map(|turn| {
                    let context = "/userInputMessage/userInputMessageContext/toolResults";
                    turn.pointer(context)?.as_array().cloned()
                })
                .flatten()
                .map(|result| text_of(&result, "content"))
                .collect(),
            Dialect::Gemini => list("contents")
                .iter()
                .filter_map(|content| content.get("parts")?.as_array().cloned())
                .flatten()
                .filter_map(|part| {
                    part.get("functionResponse").map(|reply| text_of(reply, "response"))
                })
                .collect(),
        }
    }
}

fn last_text(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => parts
            .iter()
            .rev()
            .find_map(|part| part.get("text").and_then(Value::as_str))
            .map(str::to_owned),
        _ => None,
    }
}

/// The text of a tool's result in any of its forms: a string, a list of parts, an object around either.
fn all_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str));
            texts.collect::<Vec<_>>().join("\n")
        }
        Value::Object(fields) => ["output", "result", "content"]
            .into_iter()
            .find_map(|name| fields.get(name))
            .map_or_else(|| value.to_string(), all_text),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn collect_tools(list: &[Value], namespace: Option<&str>, tools: &mut Vec<Tool>) {
    use crate::turn::CallKind::{Custom, Function, LocalShell};
    for entry in list {
        let text = |value: &Value, field: &str| {
            value.get(field).and_then(Value::as_str).map(str::to_owned)
        };
        let kind = text(entry, "type").unwrap_or_default();
        if let Some(declared) = entry.get("functionDeclarations").and_then(Value::as_array) {
            collect_tools(declared, namespace, tools);
            continue;
        }
        if kind == "namespace" {
            let inner = entry.get("tools").and_then(Value::as_array);
            let name = text(entry, "name");
            collect_tools(inner.map_or(&[], Vec::as_slice), name.as_deref(), tools);
            continue;
        }
        // Chat wraps the declaration in a field named after its type.
        let declared = entry.get(kind.as_str()).filter(|inner| inner.is_object()).unwrap_or(entry);
        let schema = ["parameters", "input_schema", "parametersJsonSchema"]
            .into_iter()
            .find_map(|field| declared.get(field))
            .cloned();
        tools.push(Tool {
            name: text(declared, "name").unwrap_or_else(|| kind.clone()),
            kind: match kind.as_str() {
                "local_shell" => LocalShell,
                // Messages calls its own tools `custom` and gives them a schema.
                "custom" if schema.is_none() => Custom,
                _ => Function,
            },
            namespace: namespace.map(str::to_owned),
            schema: schema.unwrap_or_default(),
        });
    }
}
