//! A Gemini stream as a reply, and back.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::Frame;
use crate::json::{Object, list_of};

/// The pieces of one candidate, put together.
#[derive(Default)]
struct Candidate {
    fields: Object,
    content: Object,
    parts: Vec<Object>,
}

impl Candidate {
    fn see(&mut self, piece: &Object) {
        for (name, value) in piece.fields().filter(|(_, value)| value.get() != "null") {
            if name != "content" {
                self.fields.set(name, value.get().to_owned());
            }
        }
        let content =
            piece.get("content").map_or_else(Object::default, |raw| Object::of(raw.get()));
        for (name, value) in content.fields().filter(|(name, _)| *name != "parts") {
            self.content.set(name, value.get().to_owned());
        }
        for part in content.items("parts") {
            self.part(Object::of(part.get()));
        }
    }

    /// Texts of one kind that follow each other are one text; a signature ends it.
    fn part(&mut self, part: Object) {
        let plain = |part: &Object| {
            let known = |name: &str| matches!(name, "text" | "thought" | "thoughtSignature");
            part.get("text").is_some() && part.fields().all(|(name, _)| known(name))
        };
        let thought = |part: &Object| part.get("thought").map(RawValue::get) == Some("true");
        if let Some(last) = self.parts.last_mut()
            && plain(last)
            && plain(&part)
            && thought(last) == thought(&part)
            && last.get("thoughtSignature").is_none()
        {
            let mut text = last.text("text").unwrap_or_default().into_owned();
            text.push_str(&part.text("text").unwrap_or_default());
            last.set_text("text", &text);
            if let Some(sign) = part.get("thoughtSignature") {
                last.set("thoughtSignature", sign.get().to_owned());
            }
            return;
        }
        self.parts.push(part);
    }

    fn whole(mut self) -> String {
        let empty = |part: &Object| {
            part.text("text").is_some_and(|text| text.is_empty())
                && part.get("thoughtSignature").is_none()
        };
        if self.parts.len() > 1 {
            self.parts.retain(|part| !empty(part));
        }
        self.content.set("parts", list_of(self.parts.iter().map(Object::to_json)));
        self.fields.set("content", self.content.to_json());
        self.fields.to_json()
    }
}

/// The reply that a whole stream tells.
pub(crate) fn fold(frames: &[Frame]) -> Vec<u8> {
    let mut reply = Object::default();
    let mut candidates: BTreeMap<u64, Candidate> = BTreeMap::new();
    for frame in frames {
        let event = Object::of(std::str::from_utf8(&frame.data).unwrap_or_default());
        for (name, value) in event.fields().filter(|(_, value)| value.get() != "null") {
            if name != "candidates" {
                reply.set(name, value.get().to_owned());
            }
        }
        for piece in event.items("candidates") {
            let piece = Object::of(piece.get());
            candidates.entry(piece.number("index").unwrap_or(0)).or_default().see(&piece);
        }
    }
    reply.set("candidates", list_of(candidates.into_values().map(Candidate::whole)));
    reply.to_json().into_bytes()
}

/// The stream that tells a reply: a reply is an event, and a list of them a stream.
pub(crate) fn unfold(reply: &[u8]) -> Vec<u8> {
    let items = serde_json::from_slice::<Vec<&RawValue>>(reply).unwrap_or_default();
    let mut events: Vec<&[u8]> = items.iter().map(|item| item.get().as_bytes()).collect();
    if events.is_empty() {
        events.push(reply);
    }
    let mut out = Vec::new();
    for event in events {
        // A line of data ends where the line ends; white space between JSON's words says nothing.
        for line in event.split(|byte| matches!(byte, b'\n' | b'\r')) {
            if !line.is_empty() {
                out.extend_from_slice(b"data: ");
                out.extend_from_slice(line);
                out.extend_from_slice(b"\r\n");
            }
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}
