//! Both state machines of a Messages stream: its events to neutral ones, and back.

use std::collections::VecDeque;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::fault;
use super::read::stopped;
use super::types::{Block, Event as Wire};
use super::watch::kind;
use super::write::{held, message_id, stop_word, usage_of};
use crate::fault::{ClientError, read_inner};
use crate::json::{Str, hand_over, to_vec};
use crate::neutral::event::{Event, Notes};
use crate::neutral::names::Names;
use crate::neutral::proof::{Mark, Proof};
use crate::neutral::reply::Stop;
use crate::{Frame, scan};

/// Reads events.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    calls: Vec<Open>,
    /// The signature of the block that is open; it may come in pieces.
    signature: String,
    stopped: bool,
    over: bool,
}

/// A call whose block is open.
#[derive(Debug)]
struct Open {
    index: u64,
    slot: usize,
    /// Arguments that stood in the opening event; they count if no more come.
    whole: Option<String>,
    closed: bool,
}

impl Decoder {
    pub(crate) fn read<'a>(
        &mut self,
        frame: &'a Frame,
        events: &mut Vec<Event<'a>>,
        notes: &mut Notes,
    ) {
        if self.over || frame.data.is_empty() {
            return;
        }
        let kind = kind(frame);
        match &*kind {
            "error" => events.push(Event::Fault(read_inner(&frame.data))),
            "message_stop" => self.end(events),
            "message_start"
            | "content_block_start"
            | "content_block_delta"
            | "content_block_stop"
            | "message_delta" => match serde_json::from_slice::<Wire<'a>>(&frame.data) {
                Ok(event) => self.event(&kind, event, events, notes),
                Err(_) => notes.losses.note("stream: an event that cannot be read was left out"),
            },
            _ => {}
        }
    }

    fn event<'a>(
        &mut self,
        kind: &str,
        event: Wire<'a>,
        events: &mut Vec<Event<'a>>,
        notes: &mut Notes,
    ) {
        let index = event.index.unwrap_or(0);
        if let Some(counts) = event.usage {
            notes.tally.see(counts.into());
        }
        hand_over("context_management", event.context_management, &mut notes.losses);
        if let Some(message) = event.message {
            message.note_uncarried(&mut notes.losses);
            if let Some(counts) = message.usage {
                notes.tally.see(counts.into());
            }
            events.push(Event::Start { id: message.id.map(|id| id.0) });
        }
        if let Some(block) = event.content_block {
            self.block(index, block, events, notes);
        }
        match (kind, event.delta) {
            ("content_block_delta", Some(delta)) => self.delta(index, delta, events, notes),
            ("message_delta", Some(delta)) => {
                delta.note_uncarried(&mut notes.losses);
                if let Some(word) = delta.stop_reason {
                    self.stopped = true;
                    let sequence = delta.stop_sequence.map(|text| text.0.into_owned());
                    events.push(Event::Stop(stopped(word.as_str(), sequence)));
                }
            }
            ("content_block_stop", _) => self.block_end(index, events),
            _ => {}
        }
    }

    fn block<'a>(
        &mut self,
        index: u64,
        block: Block<'a>,
        events: &mut Vec<Event<'a>>,
        notes: &mut Notes,
    ) {
        block.note_uncarried(&mut notes.losses);
        match block.r#type.as_str() {
            "text" => {
                if let Some(text) = block.text.filter(|text| !text.as_str().is_empty()) {
                    events.push(Event::Text(text.0));
                }
            }
            "thinking" => {
                if let Some(text) = block.thinking.filter(|text| !text.as_str().is_empty()) {
                    events.push(Event::Thinking(text.0));
                }
                self.signature =
                    block.signature.map(|sign| sign.0.into_owned()).unwrap_or_default();
            }
            "tool_use" => {
                let slot = self.calls.len();
                let whole = block.input.map(RawValue::get).filter(|input| *input != "{}");
                let whole = whole.map(str::to_owned);
                self.calls.push(Open { index, slot, whole, closed: false });
                events.push(Event::CallStart {
                    slot,
                    id: block.id.map(|id| id.0).unwrap_or_default(),
                    name: block.name.map(|name| name.0).unwrap_or_default(),
                });
            }
            "redacted_thinking" => {
                let data = block.data.map(|data| data.0).unwrap_or_default();
                events.push(Event::Proof(Proof::bare(Mark::Redacted, data)));
            }
            other => {
                notes.losses.note(format!("content: a block of type `{other}` was not carried"));
            }
        }
    }

    fn delta<'a>(
        &mut self,
        index: u64,
        delta: super::types::Delta<'a>,
        events: &mut Vec<Event<'a>>,
        notes: &mut Notes,
    ) {
        let filled = |text: Option<Str<'a>>| text.filter(|text| !text.as_str().is_empty());
        match delta.r#type.as_str() {
            "text_delta" => {
                events.extend(filled(delta.text).map(|text| Event::Text(text.0)));
            }
            "thinking_delta" => {
                events.extend(filled(delta.thinking).map(|text| Event::Thinking(text.0)));
            }
            "input_json_delta" => {
                // Blocks of the vendor's own tools send these too, and are no calls.
                let call = self.calls.iter_mut().rfind(|call| call.index == index && !call.closed);
                if let (Some(call), Some(json)) = (call, filled(delta.partial_json)) {
                    call.whole = Some(String::new());
                    events.push(Event::CallArguments { slot: call.slot, json: json.0 });
                }
            }
            "signature_delta" => {
                self.signature.push_str(delta.signature.as_ref().map_or("", Str::as_str));
            }
            other => notes.losses.note(format!("content: a `{other}` was not carried")),
        }
    }

    fn block_end(&mut self, index: u64, events: &mut Vec<Event<'_>>) {
        let call = self.calls.iter_mut().rfind(|call| call.index == index && !call.closed);
        if let Some(call) = call {
            call.closed = true;
            let rest = call.whole.take().unwrap_or_else(|| "{}".to_owned());
            if !rest.is_empty() {
                events.push(Event::CallArguments { slot: call.slot, json: rest.into() });
            }
        }
        if !self.signature.is_empty() {
            let signature = std::mem::take(&mut self.signature);
            events.push(Event::Proof(Proof::bare(Mark::Signature, signature)));
        }
        events.push(Event::BlockEnd);
    }

    fn end(&mut self, events: &mut Vec<Event<'_>>) {
        self.over = true;
        if !self.stopped {
            events.push(Event::Stop(Stop::Unknown(String::new())));
        }
        events.push(Event::End);
    }
}

/// Writes events, every block strictly before the next.
///
/// What belongs to a later block waits until the open one is whole. For text that is at once; for a call
/// it is when its arguments are a whole object, or at the end.
#[derive(Debug)]
pub(crate) struct Encoder {
    model: String,
    names: Names,
    begun: bool,
    open: Option<Piece>,
    waiting: VecDeque<Piece>,
    /// The index of the next block.
    next: u64,
    calls: bool,
    stop: Option<Stop>,
    over: bool,
}

/// A block: open, or waiting for its turn.
#[derive(Debug)]
struct Piece {
    what: Kind,
    /// All of it if it waits; of an open call the arguments so far.
    body: String,
    /// What proves it, once that is known.
    proof: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Thinking,
    Sealed,
    Call { slot: usize, id: String, name: String },
}

impl Piece {
    /// Whether nothing can belong to it any more once something else begins.
    fn is_whole(&self) -> bool {
        match self.what {
            Kind::Text | Kind::Thinking | Kind::Sealed => true,
            Kind::Call { .. } => {
                let bare = self.body.trim();
                bare.starts_with('{') && bare.ends_with('}') && scan::is_whole(bare.as_bytes())
            }
        }
    }

    fn is_call(&self, wanted: usize) -> bool {
        matches!(self.what, Kind::Call { slot, .. } if slot == wanted)
    }
}

impl Encoder {
    pub(crate) fn new(model: &str, names: Names) -> Self {
        Self {
            model: model.to_owned(),
            names,
            begun: false,
            open: None,
            waiting: VecDeque::new(),
            next: 0,
            calls: false,
            stop: None,
            over: false,
        }
    }

    pub(crate) fn write(&mut self, event: &Event<'_>, notes: &mut Notes, out: &mut Vec<u8>) {
        if self.over {
            return;
        }
        if !self.begun {
            let id = if let Event::Start { id } = event { id.as_deref() } else { None };
            self.begin(id, notes, out);
        }
        match event {
            Event::Text(text) | Event::Refusal(text) => self.say(Kind::Text, text, out),
            Event::Thinking(text) => self.say(Kind::Thinking, text, out),
            Event::Proof(proof) => self.prove(proof, out),
            Event::CallStart { slot, id, name } => {
                self.calls = true;
                let name = self.names.original(name).to_owned();
                let what = Kind::Call { slot: *slot, id: id.clone().into_owned(), name };
                self.waiting.push_back(Piece { what, body: String::new(), proof: None });
                self.advance(out);
            }
            Event::CallArguments { slot, json } => self.arguments(*slot, json, notes, out),
            Event::BlockEnd => {
                if self.waiting.is_empty() && self.open.as_ref().is_some_and(Piece::is_whole) {
                    self.close(out);
                }
            }
            Event::Stop(stop) => self.stop = Some(stop.clone()),
            Event::End => self.end(notes, out),
            Event::Start { .. } | Event::Likelihoods(_) | Event::Fault(_) => {}
        }
    }

    fn begin(&mut self, id: Option<&str>, notes: &Notes, out: &mut Vec<u8>) {
        self.begun = true;
        let message = json!({
            "id": message_id(id),
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [],
            "stop_reason": null,
            "stop_sequence": null,
            "usage": usage_of(&notes.tally.total().unwrap_or_default()),
        });
        event(out, "message_start", &json!({"type": "message_start", "message": message}));
    }

    fn say(&mut self, what: Kind, text: &str, out: &mut Vec<u8>) {
        let goes_on = |piece: &Piece| piece.what == what && piece.proof.is_none();
        if self.waiting.is_empty() && self.open.as_ref().is_some_and(goes_on) {
            self.delta(text, out);
            return;
        }
        match self.waiting.back_mut() {
            Some(last) if goes_on(last) => last.body.push_str(text),
            _ => self.waiting.push_back(Piece { what, body: text.to_owned(), proof: None }),
        }
        self.advance(out);
    }

    /// Signs the reasoning that stands last, or stands for reasoning that has no words.
    fn prove(&mut self, proof: &Proof, out: &mut Vec<u8>) {
        let held = held(proof).into_owned();
        let last = self.waiting.back_mut().or(self.open.as_mut());
        match last.filter(|last| last.what == Kind::Thinking && last.proof.is_none()) {
            Some(last) if !matches!(proof.mark, Mark::Redacted | Mark::Words) => {
                last.proof = Some(held);
            }
            _ => {
                let (what, body, proof) = match proof.mark {
                    Mark::Signature | Mark::Thought => (Kind::Thinking, String::new(), Some(held)),
                    Mark::Words | Mark::Redacted | Mark::Item { .. } => (Kind::Sealed, held, None),
                };
                self.waiting.push_back(Piece { what, body, proof });
                self.advance(out);
            }
        }
    }

    fn arguments(&mut self, slot: usize, json: &str, notes: &mut Notes, out: &mut Vec<u8>) {
        if let Some(open) = self.open.as_mut().filter(|open| open.is_call(slot)) {
            open.body.push_str(json);
            self.delta(json, out);
            self.advance(out);
        } else if let Some(later) = self.waiting.iter_mut().find(|piece| piece.is_call(slot)) {
            later.body.push_str(json);
        } else {
            notes.losses.note("tool_calls: a piece came after its call's arguments were whole");
        }
    }

    /// Opens what waits, as far as the rule allows.
    fn advance(&mut self, out: &mut Vec<u8>) {
        while !self.waiting.is_empty() && self.open.as_ref().is_none_or(Piece::is_whole) {
            self.step(out);
        }
    }

    /// Closes the open block and opens the next one with all that has come for it.
    fn step(&mut self, out: &mut Vec<u8>) {
        self.close(out);
        let Some(piece) = self.waiting.pop_front() else { return };
        let block = match &piece.what {
            Kind::Text => json!({"type": "text", "text": ""}),
            Kind::Thinking => json!({"type": "thinking", "thinking": "", "signature": ""}),
            Kind::Sealed => json!({"type": "redacted_thinking", "data": piece.body}),
            Kind::Call { id, name, .. } => {
                json!({"type": "tool_use", "id": id, "name": name, "input": {}})
            }
        };
        let start =
            json!({"type": "content_block_start", "index": self.next, "content_block": block});
        event(out, "content_block_start", &start);
        let body = piece.body.clone();
        let words = piece.what != Kind::Sealed && !body.is_empty();
        self.open = Some(piece);
        if words {
            self.delta(&body, out);
        }
    }

    /// The common event, without a tree.
    fn delta(&self, text: &str, out: &mut Vec<u8>) {
        let (kind, field) = match self.open.as_ref().map(|open| &open.what) {
            Some(Kind::Thinking) => ("thinking_delta", "thinking"),
            Some(Kind::Call { .. }) => ("input_json_delta", "partial_json"),
            Some(Kind::Text | Kind::Sealed) | None => ("text_delta", "text"),
        };
        out.extend_from_slice(
            b"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":",
        );
        out.extend_from_slice(self.next.to_string().as_bytes());
        for part in [",\"delta\":{\"type\":\"", kind, "\",\"", field, "\":"] {
            out.extend_from_slice(part.as_bytes());
        }
        out.extend_from_slice(&to_vec(text));
        out.extend_from_slice(b"}}\n\n");
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if let Some(open) = self.open.take() {
            if let Some(signature) = open.proof {
                let delta = json!({"type": "signature_delta", "signature": signature});
                let signed =
                    json!({"type": "content_block_delta", "index": self.next, "delta": delta});
                event(out, "content_block_delta", &signed);
            }
            let stop = json!({"type": "content_block_stop", "index": self.next});
            event(out, "content_block_stop", &stop);
            self.next += 1;
        }
    }

    fn end(&mut self, notes: &mut Notes, out: &mut Vec<u8>) {
        self.over = true;
        self.settle(notes, out);
        while !self.waiting.is_empty() {
            self.step(out);
            self.settle(notes, out);
        }
        self.close(out);
        let stop = self.stop.take().unwrap_or(Stop::Unknown(String::new()));
        let (reason, sequence) = stop_word(&stop, self.calls, &mut notes.losses);
        let delta = json!({"stop_reason": reason, "stop_sequence": sequence});
        let usage = usage_of(&notes.tally.total().unwrap_or_default());
        let last = json!({"type": "message_delta", "delta": delta, "usage": usage});
        event(out, "message_delta", &last);
        event(out, "message_stop", &json!({"type": "message_stop"}));
    }

    /// A call without arguments is called with `{}`; one with half an object is told of.
    fn settle(&self, notes: &mut Notes, out: &mut Vec<u8>) {
        let Some(Piece { what: Kind::Call { name, .. }, body, .. }) = &self.open else { return };
        if body.trim().is_empty() {
            self.delta("{}", out);
        } else if !scan::is_whole(body.as_bytes()) {
            notes.losses.note(format!("tool call `{name}`: its arguments are not whole JSON"));
        }
    }

    pub(crate) fn fail(&mut self, error: &ClientError, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.over, true) {
            self.close(out);
            out.extend_from_slice(&fault::stream(error));
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over
    }
}

fn event(out: &mut Vec<u8>, name: &str, data: &Value) {
    out.extend_from_slice(b"event: ");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\ndata: ");
    out.extend_from_slice(data.to_string().as_bytes());
    out.extend_from_slice(b"\n\n");
}
