//! A Chat stream as a completion, and back.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::Frame;
use crate::json::{Object, list_of};

/// Fields of a delta whose pieces add up to a text.
const TEXTS: [&str; 4] = ["content", "refusal", "reasoning_content", "reasoning"];

/// A choice that is being told.
#[derive(Default)]
struct Choice {
    message: Object,
    texts: BTreeMap<&'static str, String>,
    /// The content, where it comes in parts.
    parts: Vec<Object>,
    calls: Vec<Call>,
    /// Probabilities of what was said, by kind; nothing of a kind that was only named.
    logprobs: BTreeMap<String, Option<Vec<String>>>,
    finish: Option<String>,
}

#[derive(Default)]
struct Call {
    index: Option<u64>,
    object: Object,
    name: String,
    arguments: String,
}

impl Choice {
    fn see(&mut self, choice: &Object) {
        // Some vendors put a whole message into a chunk.
        if let Some(delta) = choice.get("delta").or(choice.get("message")) {
            self.delta(&Object::of(delta.get()));
        }
        if let Some(logprobs) = choice.get("logprobs") {
            let logprobs = Object::of(logprobs.get());
            for (name, value) in logprobs.fields() {
                let items = logprobs.items(name).into_iter().map(|item| item.get().to_owned());
                let known = self.logprobs.entry(name.to_owned()).or_default();
                if is_list(value) {
                    known.get_or_insert_default().extend(items);
                }
            }
        }
        if let Some(finish) = choice.get("finish_reason").filter(|word| word.get() != "\"\"") {
            self.finish = Some(finish.get().to_owned());
        }
    }

    fn delta(&mut self, delta: &Object) {
        for (name, value) in delta.fields().filter(|(_, value)| value.get() != "null") {
            let text = TEXTS.iter().find(|known| **known == name).zip(delta.text(name));
            if name == "content" && is_list(value) {
                self.parts_of(delta);
            } else if let Some((name, text)) = text {
                // Some vendors say the same reasoning under two names, or change the name on the way.
                let twin = *name == "reasoning" && delta.get("reasoning_content").is_some();
                if *name == "content" && !self.parts.is_empty() {
                    self.text_part(&text);
                } else if !twin {
                    self.texts.entry(self.named(name)).or_default().push_str(&text);
                }
            } else if name != "tool_calls" {
                let grown = grown(self.message.get(name), value);
                self.message.set(name, grown);
            }
        }
        for call in delta.items("tool_calls") {
            self.call(&Object::of(call.get()));
        }
    }

    /// Content that comes in parts, as Mistral's reasoning models send it: pieces of the same kind add up.
    fn parts_of(&mut self, delta: &Object) {
        if let Some(before) = self.texts.remove("content").filter(|text| !text.is_empty()) {
            self.text_part(&before);
        }
        for item in delta.items("content") {
            let part = Object::of(item.get());
            let kind = part.text("type").unwrap_or_default();
            if kind == "text" {
                self.text_part(&part.text("text").unwrap_or_default());
                continue;
            }
            match self.parts.last_mut().filter(|last| last.text("type").as_ref() == Some(&kind)) {
                Some(last) if kind == "thinking" => {
                    if let Some(more) = part.get("thinking") {
                        let grown = grown(last.get("thinking"), more);
                        last.set("thinking", grown);
                    }
                }
                _ => self.parts.push(part),
            }
        }
    }

    fn text_part(&mut self, text: &str) {
        match self.parts.last_mut().filter(|last| last.text("type").as_deref() == Some("text")) {
            Some(last) => {
                let whole = format!("{}{text}", last.text("text").unwrap_or_default());
                last.set_text("text", &whole);
            }
            None if text.is_empty() => {}
            None => {
                let mut part = Object::default();
                part.set_text("type", "text");
                part.set_text("text", text);
                self.parts.push(part);
            }
        }
    }

    /// The name under which a text began, where it has two.
    fn named(&self, name: &'static str) -> &'static str {
        let other = match name {
            "reasoning" => "reasoning_content",
            "reasoning_content" => "reasoning",
            _ => return name,
        };
        if self.texts.contains_key(other) { other } else { name }
    }

    fn call(&mut self, piece: &Object) {
        let index = piece.number("index");
        let id = piece.text("id").filter(|id| !id.is_empty());
        let function =
            piece.get("function").map_or_else(Object::default, |raw| Object::of(raw.get()));
        let name = function.text("name").unwrap_or_default();
        let other = |call: &Call| {
            let known = call.object.text("id");
            !name.is_empty() && known.is_some() && id.is_some() && known != id
        };
        let place = match index {
            Some(_) => self.calls.iter().rposition(|call| call.index == index),
            None if id.is_none() && name.is_empty() => self.calls.len().checked_sub(1),
            None => id.as_ref().and_then(|id| {
                self.calls.iter().rposition(|call| call.object.text("id").as_ref() == Some(id))
            }),
        };
        let place = place.filter(|place| !self.calls.get(*place).is_some_and(other));
        let place = place.unwrap_or_else(|| {
            self.calls.push(Call { index, ..Call::default() });
            self.calls.len() - 1
        });
        let Some(call) = self.calls.get_mut(place) else { return };
        for (field, value) in piece.fields() {
            let blank = matches!(value.get(), "null" | "\"\"");
            if !matches!(field, "index" | "function") && !blank {
                call.object.set(field, value.get().to_owned());
            }
        }
        if call.name.is_empty() {
            name.as_ref().clone_into(&mut call.name);
        }
        match (function.text("arguments"), function.get("arguments")) {
            (Some(text), _) => call.arguments.push_str(&text),
            (None, Some(object)) => call.arguments.push_str(object.get()),
            (None, None) => {}
        }
    }

    fn whole(mut self, index: u64) -> String {
        let mut message = Object::default();
        message.set_text("role", "assistant");
        message.set("content", "null".to_owned());
        for (name, value) in self.message.fields() {
            message.set(name, value.get().to_owned());
        }
        // A turn of calls or a refusal alone has no content, however its stream began.
        let refused = self.texts.get("refusal").is_some_and(|text| !text.is_empty());
        let without_words = refused || !self.calls.is_empty();
        self.texts.retain(|_, text| !text.is_empty() || !without_words);
        for (name, text) in &self.texts {
            message.set_text(name, text);
        }
        if !self.parts.is_empty() {
            message.set("content", list_of(self.parts.iter().map(Object::to_json)));
        }
        if !self.calls.is_empty() {
            let whole = |call: Call| {
                let mut object = call.object;
                object.set_text("type", "function");
                let mut function = Object::default();
                function.set_text("name", &call.name);
                function.set_text("arguments", &call.arguments);
                object.set("function", function.to_json());
                object.to_json()
            };
            message.set("tool_calls", list_of(self.calls.into_iter().map(whole)));
        }
        let mut logprobs = Object::default();
        for (name, items) in self.logprobs {
            logprobs.set(&name, items.map_or_else(|| "null".to_owned(), list_of));
        }
        let told = logprobs.fields().next().is_some();
        let mut choice = Object::default();
        choice.set("index", index.to_string());
        choice.set("message", message.to_json());
        choice.set("logprobs", if told { logprobs.to_json() } else { "null".to_owned() });
        choice.set("finish_reason", self.finish.unwrap_or_else(|| "null".to_owned()));
        choice.to_json()
    }
}

fn is_list(value: &RawValue) -> bool {
    value.get().starts_with('[')
}

/// A field of which a further piece came: lists grow, and so do the arguments of a function of old; anything else is
/// said anew.
fn grown(known: Option<&RawValue>, piece: &RawValue) -> String {
    let Some(known) = known else { return piece.get().to_owned() };
    let items = |list: &RawValue| serde_json::from_str::<Vec<Box<RawValue>>>(list.get()).ok();
    if let (Some(before), Some(after)) = (items(known), items(piece)) {
        return list_of(before.into_iter().chain(after).map(|item| item.get().to_owned()));
    }
    let mut function = Object::of(known.get());
    match Object::of(piece.get()).text("arguments") {
        Some(more) if function.get("name").is_some() => {
            let before = function.text("arguments").unwrap_or_default();
            let arguments = format!("{before}{more}");
            function.set_text("arguments", &arguments);
            function.to_json()
        }
        _ => piece.get().to_owned(),
    }
}

/// The completion that a whole stream tells.
pub(crate) fn fold(frames: &[Frame]) -> Vec<u8> {
    let mut whole = Object::default();
    let mut choices: BTreeMap<u64, Choice> = BTreeMap::new();
    for frame in frames.iter().filter(|frame| frame.data.trim_ascii() != b"[DONE]") {
        let chunk = Object::of(std::str::from_utf8(&frame.data).unwrap_or_default());
        for (name, value) in chunk.fields().filter(|(_, value)| value.get() != "null") {
            if !matches!(name, "choices" | "object" | "obfuscation") {
                whole.set(name, value.get().to_owned());
            }
        }
        for choice in chunk.items("choices") {
            let choice = Object::of(choice.get());
            choices.entry(choice.number("index").unwrap_or(0)).or_default().see(&choice);
        }
    }
    whole.set_text("object", "chat.completion");
    let choices = choices.into_iter().map(|(index, choice)| choice.whole(index));
    whole.set("choices", list_of(choices));
    whole.to_json().into_bytes()
}

/// The stream that tells a completion.
pub(crate) fn unfold(completion: &[u8]) -> Vec<u8> {
    let whole = Object::of(std::str::from_utf8(completion).unwrap_or_default());
    let mut head = whole.clone();
    head.remove("usage");
    head.set_text("object", "chat.completion.chunk");
    let mut out = Vec::new();
    let mut chunk = |head: &Object, choice: &Object| {
        let mut chunk = head.clone();
        chunk.set("choices", list_of([choice.to_json()]));
        out.extend_from_slice(format!("data: {}\n\n", chunk.to_json()).as_bytes());
    };
    let choices = whole.items("choices");
    let last = choices.len().saturating_sub(1);
    for (nth, choice) in choices.iter().enumerate() {
        let choice = Object::of(choice.get());
        let mut said = Object::default();
        said.set("index", choice.number("index").unwrap_or(0).to_string());
        let mut closing = said.clone();
        let message =
            choice.get("message").map_or_else(Object::default, |raw| Object::of(raw.get()));
        said.set("delta", opening(message));
        said.set("logprobs", choice.get("logprobs").map_or("null", RawValue::get).to_owned());
        said.set("finish_reason", "null".to_owned());
        chunk(&head, &said);
        closing.set("delta", "{}".to_owned());
        closing.set("logprobs", "null".to_owned());
        let finish = choice.get("finish_reason").map_or("\"stop\"", RawValue::get);
        closing.set("finish_reason", finish.to_owned());
        // Counts stand beside the last reason, since a client that did not ask for them expects no
        // chunk without choices.
        if let Some(usage) = whole.get("usage").filter(|_| nth == last) {
            head.set("usage", usage.get().to_owned());
        }
        chunk(&head, &closing);
    }
    out.extend_from_slice(b"data: [DONE]\n\n");
    out
}

/// A message as the delta that says all of it: its calls get their indexes.
fn opening(mut message: Object) -> String {
    let calls = message.items("tool_calls");
    if !calls.is_empty() {
        let numbered = calls.iter().enumerate().map(|(index, call)| {
            let mut call = Object::of(call.get());
            call.set("index", Value::from(index).to_string());
            call.to_json()
        });
        message.set("tool_calls", list_of(numbered));
    }
    message.set_text("role", "assistant");
    message.to_json()
}
