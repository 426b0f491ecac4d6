//! Both state machines of a Chat stream: chunks to events, events to chunks.

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::fault;
use super::read::{is_failure, settled, spoken};
use super::types::{Call, Completion, Function, Piece};
use super::write::{completion_id, finish_word, usage_of};
use crate::Frame;
use crate::fault::{ClientError, VendorFault, read_inner};
use crate::json::{Str, hand_over, to_vec};
use crate::neutral::event::{Event, Notes};
use crate::neutral::likelihood::{self, Likelihoods};
use crate::neutral::names::Names;

/// Reads chunks.
///
/// The reason to stop is held until the end, since vendors send counts, and some even content, after it.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    begun: bool,
    calls: Vec<Open>,
    finish: Option<String>,
    refused: bool,
    over: bool,
}

/// A call that is being told in pieces.
#[derive(Debug)]
struct Open {
    index: Option<u64>,
    source: String,
    started: bool,
    /// Arguments that came before the name.
    early: String,
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
        if frame.data.trim_ascii() == b"[DONE]" {
            self.end(events, notes);
            return;
        }
        let Ok(chunk) = serde_json::from_slice::<Completion<'a>>(&frame.data) else {
            notes.losses.note("stream: an event that cannot be read was left out");
            return;
        };
        if chunk.is_fault(frame.event.as_deref()) {
            events.push(Event::Fault(read_inner(&frame.data)));
            return;
        }
        self.chunk(chunk, events, notes);
    }

    fn chunk<'a>(&mut self, chunk: Completion<'a>, events: &mut Vec<Event<'a>>, notes: &mut Notes) {
        chunk.note_uncarried(&mut notes.losses);
        let counted = chunk.usage.is_some();
        if let Some(counts) = chunk.usage {
            notes.tally.see(counts.into());
        }
        if !self.begun {
            self.begun = true;
            let id = chunk.id.map(|id| id.0);
            events.push(Event::Start { id });
        }
        let mut choices = chunk.choices.unwrap_or_default();
        if choices.iter().any(|choice| choice.index.unwrap_or(0) > 0) {
            notes.losses.note("n: only the first choice was carried");
            choices.retain(|choice| choice.index.unwrap_or(0) == 0);
        }
        if choices.is_empty() && counted && self.finish.is_some() {
            self.end(events, notes);
            return;
        }
        for mut choice in choices {
            let likelihoods = likelihood::of_chat(choice.logprobs);
            if !likelihoods.is_empty() {
                events.push(Event::Likelihoods(likelihoods));
            }
            let finish = choice.is_finished();
            if let Some(piece) = choice.said() {
                self.piece(piece, events, notes);
            }
            if let Some(word) = choice.finish_reason.filter(|_| finish) {
                if is_failure(word.as_str()) {
                    let message = format!("the vendor broke off with `{}`", word.as_str());
                    events.push(Event::Fault(VendorFault { message, ..VendorFault::default() }));
                    return;
                }
                self.finish = Some(word.0.into_owned());
            }
        }
    }

    fn piece<'a>(&mut self, piece: Piece<'a>, events: &mut Vec<Event<'a>>, notes: &mut Notes) {
        let spoken = spoken(&piece, &mut notes.losses);
        if !spoken.thinking.is_empty() {
            events.push(Event::Thinking(spoken.thinking));
        }
        if !spoken.text.is_empty() {
            events.push(Event::Text(spoken.text));
        }
        if let Some(refusal) = piece.refusal.filter(|text| !text.as_str().is_empty()) {
            self.refused = true;
            events.push(Event::Refusal(refusal.0));
        }
        for call in piece.tool_calls.unwrap_or_default() {
            hand_over("tool_calls.extra_content", call.extra_content, &mut notes.losses);
            self.call(call, events);
        }
        if let Some(function) = piece.function_call {
            self.call(
                Call { index: Some(u64::MAX), function: Some(function), ..Call::default() },
                events,
            );
        }
    }

    fn call<'a>(&mut self, call: Call<'a>, events: &mut Vec<Event<'a>>) {
        let function = call.function.unwrap_or_default();
        let id = call.id.map(|id| id.0).unwrap_or_default();
        let name = function.name.as_ref().map_or("", Str::as_str);
        let slot = self.slot(call.index, &id, name);
        let Some(open) = self.calls.get_mut(slot) else { return };
        if open.source.is_empty() && !id.is_empty() {
            open.source = id.into_owned();
        }
        // The first name counts: vendors that repeat it with each piece mean the same one.
        let begins = !open.started && !name.is_empty();
        let json = arguments(function);
        if begins {
            open.started = true;
            let id = open.source.clone();
            let early = std::mem::take(&mut open.early);
            events.push(Event::CallStart { slot, id: Cow::Owned(id), name: json.name });
            if !early.is_empty() {
                events.push(Event::CallArguments { slot, json: Cow::Owned(early) });
            }
        }
        if json.text.is_empty() {
            return;
        }
        if open.started {
            events.push(Event::CallArguments { slot, json: json.text });
        } else {
            open.early.push_str(&json.text);
        }
    }

    /// Which call a piece belongs to. The index tells; where a vendor uses one again, a new id together
    /// with a name does; where there is no index, the id does.
    fn slot(&mut self, index: Option<u64>, id: &str, name: &str) -> usize {
        let known = match index {
            Some(_) => self.calls.iter().rposition(|call| call.index == index),
            None if id.is_empty() && name.is_empty() => self.calls.len().checked_sub(1),
            None if id.is_empty() => None,
            None => self.calls.iter().rposition(|call| call.source == id),
        };
        let same = known.filter(|place| {
            self.calls.get(*place).is_some_and(|call| {
                let other = !id.is_empty() && !call.source.is_empty() && call.source != id;
                !(other && call.started && !name.is_empty())
            })
        });
        same.unwrap_or_else(|| {
            self.calls.push(Open {
                index,
                source: id.to_owned(),
                started: false,
                early: String::new(),
            });
            self.calls.len() - 1
        })
    }

    /// The vendor's bytes are over: legal if it has said why it stopped.
    pub(crate) fn finish(&mut self, events: &mut Vec<Event<'_>>, notes: &mut Notes) {
        if !self.over && self.finish.is_some() {
            self.end(events, notes);
        }
    }

    fn end(&mut self, events: &mut Vec<Event<'_>>, notes: &mut Notes) {
        self.over = true;
        if self.calls.iter().any(|call| !call.started) {
            notes.losses.note("tool_calls: a call without a name was left out");
        }
        let calls = self.calls.iter().any(|call| call.started);
        let word = self.finish.take().unwrap_or_default();
        events.push(Event::Stop(settled(&word, calls, self.refused)));
        events.push(Event::End);
    }
}

/// A function's name and a piece of its arguments.
struct Said<'a> {
    name: Cow<'a, str>,
    text: Cow<'a, str>,
}

/// Arguments are text; some vendors send the object itself.
fn arguments(function: Function<'_>) -> Said<'_> {
    let text = match function.arguments.map(RawValue::get) {
        None | Some("null") => Cow::Borrowed(""),
        Some(raw) => match serde_json::from_str::<Str<'_>>(raw) {
            Ok(text) => text.0,
            Err(_) => Cow::Borrowed(raw),
        },
    };
    Said { name: function.name.map(|name| name.0).unwrap_or_default(), text }
}

/// Writes chunks.
#[derive(Debug)]
pub(crate) struct Encoder {
    model: String,
    created: u64,
    names: Names,
    closing: Closing,
    /// What every chunk begins with; known once the reply's id is.
    head: String,
    /// The slots of the calls in their order: a call's place is its index.
    calls: Vec<usize>,
    /// Those of the text that comes next.
    likelihoods: Likelihoods,
    over: bool,
}

/// Whether the stream closes with a chunk of counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Closing {
    #[default]
    Plain,
    WithUsage,
}

impl Encoder {
    pub(crate) fn new(model: &str, created: u64, names: Names, closing: Closing) -> Self {
        Self {
            model: model.to_owned(),
            created,
            names,
            closing,
            head: String::new(),
            calls: Vec::new(),
            likelihoods: Likelihoods::new(),
            over: false,
        }
    }

    pub(crate) fn write(&mut self, event: &Event<'_>, notes: &mut Notes, out: &mut Vec<u8>) {
        if self.over {
            return;
        }
        if self.head.is_empty() {
            let id = if let Event::Start { id } = event { id.as_deref() } else { None };
            self.begin(id, out);
        }
        match event {
            Event::Likelihoods(more) => self.likelihoods.extend(more.iter().cloned()),
            Event::Text(text) => self.delta("content", text, out),
            Event::Thinking(text) => self.delta("reasoning_content", text, out),
            Event::Refusal(text) => self.delta("refusal", text, out),
            Event::CallStart { slot, id, name } => {
                let index = self.calls.len();
                self.calls.push(*slot);
                let name = self.names.original(name);
                let function = json!({"name": name, "arguments": ""});
                let call =
                    json!({"index": index, "id": id, "type": "function", "function": function});
                self.chunk(&json!({ "tool_calls": [call] }), None, out);
            }
            Event::CallArguments { slot, json } => {
                let index = self.calls.iter().position(|known| known == slot).unwrap_or(0);
                let call = json!({"index": index, "function": {"arguments": json}});
                self.chunk(&json!({ "tool_calls": [call] }), None, out);
            }
            Event::Stop(stop) => {
                let word = finish_word(stop, !self.calls.is_empty(), &mut notes.losses);
                self.chunk(&json!({}), Some(word), out);
            }
            Event::End => self.end(notes, out),
            Event::Start { .. } | Event::Proof(_) | Event::BlockEnd | Event::Fault(_) => {}
        }
    }

    fn begin(&mut self, id: Option<&str>, out: &mut Vec<u8>) {
        let id = Value::from(completion_id(id));
        let model = Value::from(self.model.as_str());
        self.head = format!(
            r#"{{"id":{id},"object":"chat.completion.chunk","created":{},"model":{model},"choices":["#,
            self.created
        );
        self.chunk(&json!({"role": "assistant", "content": ""}), None, out);
    }

    /// The common chunk, without a tree.
    fn delta(&mut self, name: &str, text: &str, out: &mut Vec<u8>) {
        self.open(out);
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        out.extend_from_slice(&to_vec(text));
        out.extend_from_slice(b"},\"logprobs\":");
        let likelihoods = std::mem::take(&mut self.likelihoods);
        out.extend_from_slice(likelihood::to_chat(&likelihoods).as_bytes());
        out.extend_from_slice(b",\"finish_reason\":null}]}\n\n");
    }

    fn open(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(self.head.as_bytes());
        out.extend_from_slice(b"{\"index\":0,\"delta\":{");
    }

    fn chunk(&self, delta: &Value, finish: Option<&str>, out: &mut Vec<u8>) {
        self.open(out);
        // Without the opening brace, which stands there already.
        out.extend_from_slice(delta.to_string().get(1..).unwrap_or("}").as_bytes());
        out.extend_from_slice(b",\"logprobs\":null,\"finish_reason\":");
        out.extend_from_slice(&to_vec(&finish));
        out.extend_from_slice(b"}]}\n\n");
    }

    fn end(&mut self, notes: &Notes, out: &mut Vec<u8>) {
        self.over = true;
        if let (Closing::WithUsage, Some(usage)) = (self.closing, notes.tally.total()) {
            out.extend_from_slice(b"data: ");
            out.extend_from_slice(self.head.as_bytes());
            out.extend_from_slice(b"],\"usage\":");
            out.extend_from_slice(usage_of(&usage).to_string().as_bytes());
            out.extend_from_slice(b"}\n\n");
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    pub(crate) fn fail(&mut self, error: &ClientError, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.over, true) {
            out.extend_from_slice(&fault::stream(error));
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over
    }
}
