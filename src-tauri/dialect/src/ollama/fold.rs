//! An Ollama stream as a reply, and back.

use serde_json::Value;

use crate::Frame;
use crate::json::{Object, list_of};

/// The reply that a whole stream tells: its last line, with everything that was said before.
pub(crate) fn fold(frames: &[Frame]) -> Vec<u8> {
    let mut reply = Object::default();
    let mut message: Option<Object> = None;
    let (mut said, mut calls) = (Told::default(), Vec::new());
    for frame in frames {
        let line = Object::of(std::str::from_utf8(&frame.data).unwrap_or_default());
        for (name, value) in line.fields() {
            match name {
                "message" => {
                    let piece = Object::of(value.get());
                    said.see(&piece, "content");
                    calls
                        .extend(piece.items("tool_calls").iter().map(|call| call.get().to_owned()));
                    let whole = message.get_or_insert_default();
                    for (name, value) in piece.fields() {
                        whole.set(name, value.get().to_owned());
                    }
                }
                "response" | "thinking" => {}
                _ => reply.set(name, value.get().to_owned()),
            }
        }
        said.see(&line, "response");
    }
    let Some(mut message) = message else {
        said.write(&mut reply, "response");
        return reply.to_json().into_bytes();
    };
    said.write(&mut message, "content");
    if !calls.is_empty() {
        message.set("tool_calls", list_of(calls));
    }
    reply.set("message", message.to_json());
    reply.to_json().into_bytes()
}

/// The texts so far.
#[derive(Default)]
struct Told {
    text: String,
    thinking: String,
}

impl Told {
    fn see(&mut self, piece: &Object, field: &str) {
        self.text.push_str(&piece.text(field).unwrap_or_default());
        self.thinking.push_str(&piece.text("thinking").unwrap_or_default());
    }

    fn write(&self, into: &mut Object, field: &str) {
        into.set_text(field, &self.text);
        if !self.thinking.is_empty() {
            into.set_text("thinking", &self.thinking);
        }
    }
}

/// The stream that tells a reply: the reply, in one line.
pub(crate) fn unfold(reply: &[u8]) -> Vec<u8> {
    let mut line = reply.to_vec();
    if line.contains(&b'\n') {
        let value = serde_json::from_slice::<Value>(reply).unwrap_or_default();
        line = value.to_string().into_bytes();
    }
    line.push(b'\n');
    line
}
