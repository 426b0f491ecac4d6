//! A Responses stream as a response, and back.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::watch::kind;
use crate::Frame;
use crate::json::{Object, list_of};

/// The response that a whole stream tells: its last event holds it. Where a vendor leaves the output out
/// there, the items that it told before stand in.
pub(crate) fn fold(frames: &[Frame]) -> Vec<u8> {
    let mut response = Object::default();
    let mut items: BTreeMap<u64, String> = BTreeMap::new();
    for frame in frames {
        let event = Object::of(std::str::from_utf8(&frame.data).unwrap_or_default());
        match &*kind(frame) {
            "response.completed" | "response.incomplete" => {
                response =
                    event.get("response").map_or_else(Object::default, |raw| Object::of(raw.get()));
            }
            "response.output_item.done" => {
                let index = event.number("output_index").unwrap_or(items.len() as u64);
                items.extend(event.get("item").map(|item| (index, item.get().to_owned())));
            }
            _ => {}
        }
    }
    if response.items("output").is_empty() && !items.is_empty() {
        response.set("output", list_of(items.into_values()));
    }
    response.to_json().into_bytes()
}

/// The stream that tells a response.
pub(crate) fn unfold(response: &[u8]) -> Vec<u8> {
    let whole = Object::of(std::str::from_utf8(response).unwrap_or_default());
    let mut opening = whole.clone();
    opening.set_text("status", "in_progress");
    opening.set("output", "[]".to_owned());
    for name in ["usage", "incomplete_details"] {
        opening.set(name, "null".to_owned());
    }
    let mut stream = Stream::default();
    stream.event("response.created", &[("response", opening.to_json())]);
    stream.event("response.in_progress", &[("response", opening.to_json())]);
    for (index, item) in whole.items("output").iter().enumerate() {
        stream.item(index, &Object::of(item.get()));
    }
    let incomplete = whole.text("status").is_some_and(|status| status == "incomplete");
    let last = if incomplete { "response.incomplete" } else { "response.completed" };
    stream.event(last, &[("response", whole.to_json())]);
    stream.out
}

#[derive(Default)]
struct Stream {
    out: Vec<u8>,
    sequence: u64,
}

impl Stream {
    fn event(&mut self, name: &str, fields: &[(&str, String)]) {
        let mut data = Object::default();
        data.set_text("type", name);
        data.set("sequence_number", self.sequence.to_string());
        self.sequence += 1;
        for (field, json) in fields {
            data.set(field, json.clone());
        }
        let event = format!("event: {name}\ndata: {}\n\n", data.to_json());
        self.out.extend_from_slice(event.as_bytes());
    }

    fn item(&mut self, index: usize, item: &Object) {
        let mut opening = item.clone();
        for (field, empty) in
            [("content", "[]"), ("summary", "[]"), ("arguments", "\"\""), ("input", "\"\"")]
        {
            if opening.get(field).is_some() {
                opening.set(field, empty.to_owned());
            }
        }
        if opening.get("status").is_some() {
            opening.set_text("status", "in_progress");
        }
        opening.remove("encrypted_content");
        let output = ("output_index", index.to_string());
        self.event("response.output_item.added", &[output.clone(), ("item", opening.to_json())]);
        let id = item.get("id").map_or("null", RawValue::get).to_owned();
        let at = [("item_id", id), output.clone()];
        for (list, sort) in [("content", "content"), ("summary", "reasoning_summary")] {
            for (nth, part) in item.items(list).iter().enumerate() {
                self.part(&at, sort, nth, &Object::of(part.get()));
            }
        }
        for (stem, field) in
            [("function_call_arguments", "arguments"), ("custom_tool_call_input", "input")]
        {
            if let Some(text) = item.get(field) {
                let told = |name| [at.as_slice(), &[(name, text.get().to_owned())]].concat();
                self.event(&format!("response.{stem}.delta"), &told("delta"));
                self.event(&format!("response.{stem}.done"), &told(field));
            }
        }
        self.event("response.output_item.done", &[output, ("item", item.to_json())]);
    }

    /// A part of a message or of reasoning.
    fn part(&mut self, at: &[(&str, String)], sort: &str, nth: usize, part: &Object) {
        let kind = part.text("type").unwrap_or_default().into_owned();
        let (field, stem) = match kind.as_str() {
            "output_text" => ("text", "output_text"),
            "refusal" => ("refusal", "refusal"),
            "summary_text" => ("text", "reasoning_summary_text"),
            "reasoning_text" => ("text", "reasoning_text"),
            _ => return,
        };
        let index = if sort == "content" { "content_index" } else { "summary_index" };
        let at = [at, &[(index, nth.to_string())]].concat();
        let with = |name: &'static str, json: String| [at.as_slice(), &[(name, json)]].concat();
        let mut opening = part.clone();
        opening.set_text(field, "");
        let likelihoods = part.get("logprobs").map(|told| ("logprobs", told.get().to_owned()));
        if likelihoods.is_some() {
            opening.set("logprobs", "[]".to_owned());
        }
        let with_text = |name: &'static str, text: &str| {
            let mut fields = with(name, text.to_owned());
            fields.extend(likelihoods.clone());
            fields
        };
        let text = Value::from(part.text(field).unwrap_or_default()).to_string();
        self.event(&format!("response.{sort}_part.added"), &with("part", opening.to_json()));
        self.event(&format!("response.{stem}.delta"), &with_text("delta", &text));
        self.event(&format!("response.{stem}.done"), &with_text(field, &text));
        self.event(&format!("response.{sort}_part.done"), &with("part", part.to_json()));
    }
}
