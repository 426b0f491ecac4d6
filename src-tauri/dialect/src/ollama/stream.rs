//! Both state machines of an Ollama stream: lines to events, events to lines.

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::fault;
use super::form::{Form, count, moment};
use super::read::stopped;
use super::types::{Answer, ToolCall};
use super::write::{done_word, wire_call};
use crate::Frame;
use crate::fault::ClientError;
use crate::json::{Str, to_vec};
use crate::neutral::event::{Event, Notes};
use crate::neutral::held::{HeldCall, HeldCalls};
use crate::neutral::likelihood::{self, Likelihoods};
use crate::neutral::names::Names;
use crate::neutral::reply::Stop;

/// Reads lines.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    begun: bool,
    calls: usize,
    over: bool,
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
        let Ok(mut answer) = serde_json::from_slice::<Answer<'a>>(&frame.data) else {
            notes.losses.note("stream: a line that cannot be read was left out");
            return;
        };
        if let Some(usage) = answer.usage() {
            notes.tally.see(usage);
        }
        if let Some(fault) = answer.fault(&frame.data) {
            self.over = true;
            events.push(Event::Fault(fault));
            return;
        }
        if !std::mem::replace(&mut self.begun, true) {
            let id = answer.id();
            events.push(Event::Start { id: id.map(Cow::Owned) });
        }
        answer.note_uncarried(&mut notes.losses);
        let likelihoods = likelihood::entries(answer.logprobs);
        if !likelihoods.is_empty() {
            events.push(Event::Likelihoods(likelihoods));
        }
        let message = answer.said();
        let filled = |text: Option<Str<'a>>| text.filter(|text| !text.as_str().is_empty());
        events.extend(filled(message.thinking).map(|text| Event::Thinking(text.0)));
        events.extend(filled(message.content).map(|text| Event::Text(text.0)));
        for call in message.tool_calls {
            self.call(call, events);
        }
        if answer.done == Some(true) {
            self.over = true;
            let word = answer.done_reason.as_ref().map_or("", Str::as_str);
            events.push(Event::Stop(stopped(word, self.calls > 0)));
            events.push(Event::End);
        }
    }

    fn call<'a>(&mut self, call: ToolCall<'a>, events: &mut Vec<Event<'a>>) {
        let slot = self.calls;
        self.calls += 1;
        let id = call.id.map(|id| id.0).unwrap_or_default();
        events.push(Event::CallStart { slot, id, name: call.function.name.0 });
        let json = match call.function.arguments.map(RawValue::get) {
            None | Some("null") => Cow::Borrowed("{}"),
            Some(raw) => {
                serde_json::from_str::<Str<'a>>(raw).map_or(Cow::Borrowed(raw), |text| text.0)
            }
        };
        events.push(Event::CallArguments { slot, json });
        events.push(Event::BlockEnd);
    }
}

/// Writes lines. A call goes out when its arguments are whole, in the order in which calls began.
#[derive(Debug)]
pub(crate) struct Encoder {
    names: Names,
    form: Form,
    /// What every line begins with.
    head: String,
    calls: HeldCalls,
    called: usize,
    /// Those of the text that comes next.
    likelihoods: Likelihoods,
    stop: Option<Stop>,
    over: bool,
}

impl Encoder {
    pub(crate) fn new(model: &str, created: u64, names: Names, form: Form) -> Self {
        let created = moment(created);
        Self {
            names,
            form,
            head: format!(r#"{{"model":{},"created_at":"{created}","#, Value::from(model)),
            calls: HeldCalls::default(),
            called: 0,
            likelihoods: Likelihoods::new(),
            stop: None,
            over: false,
        }
    }

    pub(crate) fn write(&mut self, event: &Event<'_>, notes: &mut Notes, out: &mut Vec<u8>) {
        if self.over {
            return;
        }
        match event {
            Event::Likelihoods(more) => self.likelihoods.extend(more.iter().cloned()),
            Event::Text(text) | Event::Refusal(text) => self.say(Field::Content, text, out),
            Event::Thinking(text) => self.say(Field::Thinking, text, out),
            Event::CallStart { slot, id, name } => {
                self.calls.begin(*slot, id, self.names.original(name));
            }
            Event::CallArguments { slot, json } => {
                self.calls.add(*slot, json, &mut notes.losses);
                while let Some(call) = self.calls.take_whole(&mut notes.losses) {
                    self.call(&call, out);
                }
            }
            Event::Stop(stop) => self.stop = Some(stop.clone()),
            Event::End => self.end(notes, out),
            // Proofs are kept beside the conversation.
            Event::Start { .. } | Event::Proof(_) | Event::BlockEnd | Event::Fault(_) => {}
        }
    }

    /// The common line, without a tree.
    fn say(&mut self, field: Field, text: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(self.head.as_bytes());
        let (before, after) = match (self.form, field) {
            (Form::Message, Field::Content) => {
                ("\"message\":{\"role\":\"assistant\",\"content\":", "}")
            }
            (Form::Message, Field::Thinking) => {
                ("\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":", "}")
            }
            (Form::Response, Field::Content) => ("\"response\":", ""),
            (Form::Response, Field::Thinking) => ("\"response\":\"\",\"thinking\":", ""),
        };
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(&to_vec(text));
        out.extend_from_slice(after.as_bytes());
        if matches!(field, Field::Content) && !self.likelihoods.is_empty() {
            let told = likelihood::list(&std::mem::take(&mut self.likelihoods));
            out.extend_from_slice(format!(",\"logprobs\":{told}").as_bytes());
        }
        out.extend_from_slice(b",\"done\":false}\n");
    }

    fn call(&mut self, call: &HeldCall, out: &mut Vec<u8>) {
        let HeldCall { id, name, arguments } = call;
        let call = wire_call(id, name, arguments, self.called);
        self.called += 1;
        out.extend_from_slice(self.head.as_bytes());
        out.extend_from_slice(
            b"\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[",
        );
        out.extend_from_slice(&to_vec(&call));
        out.extend_from_slice(b"]},\"done\":false}\n");
    }

    fn end(&mut self, notes: &mut Notes, out: &mut Vec<u8>) {
        while let Some(call) = self.calls.take(&mut notes.losses) {
            self.call(&call, out);
        }
        self.over = true;
        let stop = self.stop.take().unwrap_or(Stop::Unknown(String::new()));
        let mut last = match self.form {
            Form::Message => json!({"message": {"role": "assistant", "content": ""}}),
            Form::Response => json!({"response": ""}),
        };
        last["done"] = true.into();
        last["done_reason"] = done_word(&stop, &mut notes.losses).into();
        if let Some(usage) = notes.tally.total() {
            count(&usage, &mut last);
        }
        out.extend_from_slice(self.head.as_bytes());
        // Without the opening brace, which the head has.
        out.extend_from_slice(last.to_string().get(1..).unwrap_or("}").as_bytes());
        out.push(b'\n');
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

#[derive(Clone, Copy)]
enum Field {
    Content,
    Thinking,
}
