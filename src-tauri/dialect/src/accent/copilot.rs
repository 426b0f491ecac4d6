//! GitHub Copilot's variations: headers that depend on the conversation, and Chat replies whose text and
//! calls stand in choices of their own, some without ids.
//!
//! Sources: `spec` of the public client (github.com/microsoft/vscode-copilot-chat, `networking.ts`, 2026-06);
//! the refusal "missing required Copilot-Vision-Request header for vision requests" (issues, 2025-12).

use bytes::Bytes;
use memchr::memmem;
use serde_json::value::RawValue;
use switchyard_types::Dialect;

use crate::json::{self, Json, Object, Raw, list_of};
use crate::neutral::loss::Losses;
use crate::{BodyError, Frame};

/// What the vendor has to know of the conversation. Who began this turn decides how it is billed, so it
/// is told truly: results of tools are sent by the agent, everything else by its user.
pub(super) fn headers(dialect: Dialect, body: &Bytes) -> Vec<(&'static str, String)> {
    let initiator = if began_by_agent(dialect, body) { "agent" } else { "user" };
    let mut headers = vec![("x-initiator", initiator.to_owned())];
    if shows_image(body) {
        headers.push(("copilot-vision-request", "true".to_owned()));
    }
    headers
}

fn began_by_agent(dialect: Dialect, body: &[u8]) -> bool {
    let list = if dialect == Dialect::Responses { "input" } else { "messages" };
    let Ok(document) = Json::of_body(body) else { return false };
    let Ok(fields) = document.fields() else { return false };
    let turns = fields.peek(list).and_then(|turns| json::list(turns, list).ok());
    let last = turns.and_then(|turns| turns.last().map(|turn| Object::of(turn.get())));
    let Some(last) = last else { return false };
    match last.text("role").as_deref() {
        Some("tool" | "assistant") => true,
        Some("user") if dialect == Dialect::Messages => {
            let parts = last.items("content");
            !parts.is_empty()
                && parts.iter().any(|part| {
                    Object::of(part.get()).text("type").as_deref() == Some("tool_result")
                })
        }
        Some(_) => false,
        // An item of Responses that is no message: a call, its result, reasoning.
        None => last.text("type").is_some_and(|kind| kind != "message"),
    }
}

/// A glance for the words without which there is no image.
fn shows_image(body: &[u8]) -> bool {
    [b"\"image_url\"".as_slice(), b"\"input_image\"", b"\"image\""].iter().any(|word| {
        memmem::find_iter(body, word)
            .any(|at| body.get(..at).unwrap_or_default().trim_ascii_end().ends_with(b":"))
    })
}

/// The request as the vendor takes it: it keeps no answers.
pub(super) fn obey(
    dialect: Dialect,
    body: &Bytes,
    losses: &mut Losses,
) -> Result<Bytes, BodyError> {
    if dialect != Dialect::Responses {
        return Ok(body.clone());
    }
    let document = Json::of_body(body)?;
    let fields = document.fields()?;
    if fields.peek("previous_response_id").is_some() {
        return Err(BodyError::KeptElsewhere { field: "previous_response_id" });
    }
    if fields.peek("store").map(Raw::get) == Some("false") {
        return Ok(body.clone());
    }
    if fields.peek("store").is_some() {
        losses.note("store: this vendor keeps no answers");
    }
    let mut request = Object::of(std::str::from_utf8(body).unwrap_or_default());
    request.set("store", "false".to_owned());
    Ok(Bytes::from(request.to_json()))
}

/// A Chat reply with one choice that holds what stood in several.
pub(super) fn mend_reply(reply: &Bytes) -> Bytes {
    let Ok(text) = std::str::from_utf8(reply) else { return reply.clone() };
    let mut answer = Object::of(text);
    let choices = answer.items("choices");
    if choices.is_empty() {
        return reply.clone();
    }
    let mut mender = Mender::default();
    mender.meet(&answer);
    let merged = mender.merged(&choices, "message");
    answer.set("choices", list_of([merged]));
    Bytes::from(answer.to_json())
}

/// Mends a Chat stream event by event.
#[derive(Debug, Default)]
pub(crate) struct Mender {
    calls: u64,
    called: bool,
    /// The reply's own id: ids made of it are unique in a conversation.
    reply: String,
}

/// The longest part of a reply's id that goes into a call's.
const LONGEST: usize = 40;

impl Mender {
    /// The event with one choice; anything else as it came.
    pub(crate) fn frame(&mut self, frame: Frame) -> Frame {
        let Ok(text) = std::str::from_utf8(&frame.data) else { return frame };
        let mut chunk = Object::of(text);
        let choices = chunk.items("choices");
        if choices.is_empty() {
            return frame;
        }
        let plain = choices.len() == 1
            && !text.contains("\"tool_calls\"")
            && !text.contains("\"reasoning_text\"")
            && Object::of(choices.first().map_or("", |choice| choice.get())).number("index")
                == Some(0);
        if plain && !self.called {
            return frame;
        }
        self.meet(&chunk);
        let merged = self.merged(&choices, "delta");
        chunk.set("choices", list_of([merged]));
        let json = chunk.to_json();
        let raw = Bytes::from(format!("data: {json}\n\n"));
        let data = raw.slice(6..6 + json.len());
        Frame { raw, event: frame.event, data }
    }

    fn meet(&mut self, reply: &Object) {
        if self.reply.is_empty() {
            let id = reply.text("id").unwrap_or_default();
            self.reply = id.chars().filter(char::is_ascii_alphanumeric).take(LONGEST).collect();
        }
    }

    /// One choice of all: texts joined, calls in a row, the stop that says the most.
    fn merged(&mut self, choices: &[Box<RawValue>], inner: &str) -> String {
        let mut whole = Object::default();
        let mut message = Object::default();
        let mut texts: Vec<(&'static str, String)> = Vec::new();
        let mut calls = Vec::new();
        let mut stop: Option<String> = None;
        for choice in choices {
            let choice = Object::of(choice.get());
            for (name, value) in choice.fields().filter(|(_, value)| value.get() != "null") {
                if name != inner && name != "finish_reason" {
                    whole.set(name, value.get().to_owned());
                }
            }
            if let Some(reason) = choice.text("finish_reason")
                && stop.as_deref() != Some("tool_calls")
            {
                stop = Some(reason.into_owned());
            }
            let said = choice.get(inner).map_or_else(Object::default, |raw| Object::of(raw.get()));
            for (name, value) in said.fields().filter(|(_, value)| value.get() != "null") {
                let told = match name {
                    "tool_calls" => continue,
                    "content" => "content",
                    "reasoning_text" | "reasoning_content" => "reasoning_content",
                    _ => {
                        message.set(name, value.get().to_owned());
                        continue;
                    }
                };
                let Some(text) = said.text(name) else {
                    message.set(told, value.get().to_owned());
                    continue;
                };
                match texts.iter_mut().find(|(known, _)| *known == told) {
                    Some((_, known)) => known.push_str(&text),
                    None => texts.push((told, text.into_owned())),
                }
            }
            calls.extend(said.items("tool_calls").iter().map(|call| self.call(call)));
        }
        for (name, text) in texts {
            message.set_text(name, &text);
        }
        if !calls.is_empty() {
            self.called = true;
            message.set("tool_calls", list_of(calls));
        }
        // The choice with the text may end before the one with the calls has begun.
        if stop.as_deref() == Some("stop") && self.called {
            stop = Some("tool_calls".to_owned());
        }
        whole.set("index", "0".to_owned());
        whole.set(inner, message.to_json());
        match stop {
            Some(stop) => whole.set_text("finish_reason", &stop),
            None => whole.set("finish_reason", "null".to_owned()),
        }
        whole.to_json()
    }

    /// A call that begins has an id.
    fn call(&mut self, raw: &RawValue) -> String {
        let mut call = Object::of(raw.get());
        let named = call
            .get("function")
            .is_some_and(|function| Object::of(function.get()).text("name").is_some());
        if named {
            self.calls += 1;
            if call.text("id").is_none_or(|id| id.is_empty()) {
                call.set_text("id", &format!("call_{}_{}", self.reply, self.calls));
            }
            if call.get("type").is_none() {
                call.set_text("type", "function");
            }
        }
        call.to_json()
    }
}
