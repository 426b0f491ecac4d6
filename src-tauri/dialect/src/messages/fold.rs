//! A Messages stream as a message, and back.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::watch::kind;
use crate::Frame;
use crate::json::{Object, list_of};

/// A block that is being told: itself, and the arguments of a call so far.
#[derive(Default)]
struct Block {
    object: Object,
    texts: BTreeMap<&'static str, String>,
    citations: Vec<String>,
    input: String,
}

impl Block {
    fn append(&mut self, field: &'static str, text: &str) {
        let begun = self.object.text(field).unwrap_or_default().into_owned();
        self.texts.entry(field).or_insert(begun).push_str(text);
    }

    fn delta(&mut self, delta: &Object) {
        let text = |name: &str| delta.text(name).unwrap_or_default().into_owned();
        match delta.text("type").unwrap_or_default().as_ref() {
            "text_delta" => self.append("text", &text("text")),
            "thinking_delta" => self.append("thinking", &text("thinking")),
            "signature_delta" => self.append("signature", &text("signature")),
            "input_json_delta" => self.input.push_str(&text("partial_json")),
            "citations_delta" => {
                self.citations.extend(delta.get("citation").map(|raw| raw.get().to_owned()));
            }
            _ => {}
        }
    }

    fn whole(mut self) -> String {
        for (field, text) in &self.texts {
            self.object.set_text(field, text);
        }
        if !self.input.trim().is_empty() {
            self.object.set("input", self.input);
        }
        if !self.citations.is_empty() {
            self.object.set("citations", list_of(self.citations));
        }
        self.object.to_json()
    }
}

/// The message that a whole stream tells.
pub(crate) fn fold(frames: &[Frame]) -> Vec<u8> {
    let mut message = Object::default();
    let mut blocks: BTreeMap<u64, Block> = BTreeMap::new();
    for frame in frames {
        let event = Object::of(std::str::from_utf8(&frame.data).unwrap_or_default());
        let inner =
            |name: &str| event.get(name).map_or_else(Object::default, |raw| Object::of(raw.get()));
        let index = event.number("index").unwrap_or(0);
        match &*kind(frame) {
            "message_start" => message = inner("message"),
            "content_block_start" => {
                blocks.insert(index, Block { object: inner("content_block"), ..Block::default() });
            }
            "content_block_delta" => blocks.entry(index).or_default().delta(&inner("delta")),
            "message_delta" => {
                for (name, value) in inner("delta").fields() {
                    message.set(name, value.get().to_owned());
                }
                let mut usage =
                    message.get("usage").map_or_else(Object::default, |raw| Object::of(raw.get()));
                for (name, value) in
                    inner("usage").fields().filter(|(_, value)| value.get() != "null")
                {
                    usage.set(name, value.get().to_owned());
                }
                message.set("usage", usage.to_json());
            }
            _ => {}
        }
    }
    message.set("content", list_of(blocks.into_values().map(Block::whole)));
    message.to_json().into_bytes()
}

/// The stream that tells a message.
pub(crate) fn unfold(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let whole = Object::of(std::str::from_utf8(message).unwrap_or_default());
    let mut opening = whole.clone();
    opening.set("content", "[]".to_owned());
    opening.set("stop_reason", "null".to_owned());
    opening.set("stop_sequence", "null".to_owned());
    event(&mut out, "message_start", &[("message", opening.to_json())]);
    for (index, block) in whole.items("content").iter().enumerate() {
        self::block(&mut out, index, &Object::of(block.get()));
    }
    let or_null = |name: &str| whole.get(name).map_or("null", RawValue::get).to_owned();
    let mut delta = Object::default();
    delta.set("stop_reason", or_null("stop_reason"));
    delta.set("stop_sequence", or_null("stop_sequence"));
    let usage = whole.get("usage").map_or("{}", RawValue::get).to_owned();
    event(&mut out, "message_delta", &[("delta", delta.to_json()), ("usage", usage)]);
    event(&mut out, "message_stop", &[]);
    out
}

fn block(out: &mut Vec<u8>, index: usize, block: &Object) {
    let mut opening = block.clone();
    let mut deltas: Vec<(&str, &str, String)> = Vec::new();
    let mut text = |opening: &mut Object, field: &'static str, kind: &'static str| {
        if let Some(text) = block.text(field).filter(|text| !text.is_empty()) {
            opening.set_text(field, "");
            deltas.push((kind, field, Value::from(text).to_string()));
        }
    };
    match block.text("type").unwrap_or_default().as_ref() {
        "text" => text(&mut opening, "text", "text_delta"),
        "thinking" => {
            text(&mut opening, "thinking", "thinking_delta");
            text(&mut opening, "signature", "signature_delta");
        }
        "tool_use" | "server_tool_use" => {
            let input = block.get("input").map_or("{}", RawValue::get);
            opening.set("input", "{}".to_owned());
            deltas.push(("input_json_delta", "partial_json", Value::from(input).to_string()));
        }
        // Everything else comes at once.
        _ => {}
    }
    let citations = block.items("citations");
    if !citations.is_empty() {
        opening.remove("citations");
        deltas.extend(
            citations.iter().map(|item| ("citations_delta", "citation", item.get().to_owned())),
        );
    }
    let at = ("index", index.to_string());
    event(out, "content_block_start", &[at.clone(), ("content_block", opening.to_json())]);
    for (kind, field, value) in deltas {
        let mut delta = Object::default();
        delta.set_text("type", kind);
        delta.set(field, value);
        event(out, "content_block_delta", &[at.clone(), ("delta", delta.to_json())]);
    }
    event(out, "content_block_stop", &[at]);
}

fn event(out: &mut Vec<u8>, name: &str, fields: &[(&str, String)]) {
    let mut data = Object::default();
    data.set_text("type", name);
    for (field, json) in fields {
        data.set(field, json.clone());
    }
    out.extend_from_slice(format!("event: {name}\ndata: {}\n\n", data.to_json()).as_bytes());
}
