//! Both state machines of a Gemini stream: pieces to events, events to pieces.

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::fault;
use super::read::stopped;
use super::types::{Answer, Piece};
use super::write::{call_part, finish_word, usage_of};
use crate::Frame;
use crate::fault::ClientError;
use crate::json::to_vec;
use crate::neutral::event::{Event, Notes};
use crate::neutral::held::{HeldCall, HeldCalls};
use crate::neutral::likelihood::{self, Likelihoods};
use crate::neutral::names::Names;
use crate::neutral::proof::{Mark, Proof};
use crate::neutral::reply::Stop;

/// Reads pieces. No event ends the stream: it ends with the connection, once a finish reason has come.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    begun: bool,
    calls: usize,
    finish: Option<String>,
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
        let Ok(answer) = serde_json::from_slice::<Answer<'a>>(&frame.data) else {
            notes.losses.note("stream: an event that cannot be read was left out");
            return;
        };
        if let Some(counts) = answer.usage_metadata {
            notes.tally.see(counts.into());
        }
        if let Some(fault) = answer.fault(&frame.data) {
            self.over = true;
            events.push(Event::Fault(fault));
            return;
        }
        if !self.begun {
            self.begun = true;
            let id = answer.response_id.map(|id| id.0);
            events.push(Event::Start { id });
        }
        for candidate in answer.candidates.unwrap_or_default() {
            if candidate.index.unwrap_or(0) > 0 {
                notes.losses.note("candidateCount: only the first candidate was carried");
                continue;
            }
            candidate.note_uncarried(&mut notes.losses);
            if candidate.is_finished() {
                self.finish = candidate.finish_reason.map(|word| word.0.into_owned());
            }
            let likelihoods = likelihood::of_gemini(candidate.logprobs_result);
            if !likelihoods.is_empty() {
                events.push(Event::Likelihoods(likelihoods));
            }
            for piece in candidate.content.parts {
                self.piece(piece, events, notes);
            }
        }
    }

    fn piece<'a>(&mut self, piece: Piece<'a>, events: &mut Vec<Event<'a>>, notes: &mut Notes) {
        piece.note_uncarried(&mut notes.losses);
        let sign = piece.thought_signature.filter(|sign| !sign.as_str().is_empty());
        if let Some(call) = piece.function_call {
            if let Some(sign) = sign {
                events.push(Event::Proof(Proof::bare(Mark::Signature, sign.0)));
            }
            let slot = self.calls;
            self.calls += 1;
            let id = call.id.map(|id| id.0).unwrap_or_default();
            events.push(Event::CallStart { slot, id, name: call.name.0 });
            let args = call.args.map(RawValue::get).filter(|args| *args != "null");
            events.push(Event::CallArguments { slot, json: Cow::Borrowed(args.unwrap_or("{}")) });
            events.push(Event::BlockEnd);
            return;
        }
        let thought = piece.thought == Some(true);
        if let Some(text) = piece.text.filter(|text| !text.as_str().is_empty()) {
            events.push(if thought { Event::Thinking(text.0) } else { Event::Text(text.0) });
        }
        if let Some(sign) = sign {
            let mark = if thought { Mark::Thought } else { Mark::Words };
            events.push(Event::Proof(Proof::bare(mark, sign.0)));
        }
    }

    /// The vendor has closed.
    pub(crate) fn finish(&mut self, events: &mut Vec<Event<'_>>) {
        let Some(word) = self.finish.take().filter(|_| !self.over) else { return };
        self.over = true;
        events.push(Event::Stop(stopped(&word, self.calls > 0)));
        events.push(Event::End);
    }
}

/// Writes pieces. A call goes out when its arguments are whole, in the order in which calls began.
#[derive(Debug)]
pub(crate) struct Encoder {
    names: Names,
    model: String,
    /// What follows the parts in each piece; known once the reply's id is.
    tail: String,
    calls: HeldCalls,
    called: bool,
    /// Those of the text that comes next.
    likelihoods: Likelihoods,
    stop: Option<Stop>,
    over: bool,
}

impl Encoder {
    pub(crate) fn new(model: &str, names: Names) -> Self {
        Self {
            names,
            model: model.to_owned(),
            tail: String::new(),
            calls: HeldCalls::default(),
            called: false,
            likelihoods: Likelihoods::new(),
            stop: None,
            over: false,
        }
    }

    pub(crate) fn write(&mut self, event: &Event<'_>, notes: &mut Notes, out: &mut Vec<u8>) {
        if self.over {
            return;
        }
        if self.tail.is_empty() {
            let id = if let Event::Start { id } = event { id.as_deref() } else { None };
            self.tail = format!(
                r#""modelVersion":{},"responseId":{}}}"#,
                Value::from(self.model.as_str()),
                Value::from(id.unwrap_or("switchyard")),
            );
        }
        match event {
            Event::Likelihoods(more) => self.likelihoods.extend(more.iter().cloned()),
            Event::Text(text) | Event::Refusal(text) => self.say(text, b"", out),
            Event::Thinking(text) => self.say(text, b",\"thought\":true", out),
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

    /// The common piece, without a tree.
    fn say(&mut self, text: &str, mark: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(b"data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":");
        out.extend_from_slice(&to_vec(text));
        out.extend_from_slice(mark);
        out.extend_from_slice(b"}],\"role\":\"model\"},\"index\":0");
        if mark.is_empty() && !self.likelihoods.is_empty() {
            let told = likelihood::to_gemini(&std::mem::take(&mut self.likelihoods));
            out.extend_from_slice(format!(",\"logprobsResult\":{told}").as_bytes());
        }
        out.extend_from_slice(b"}],");
        out.extend_from_slice(self.tail.as_bytes());
        out.extend_from_slice(b"\r\n\r\n");
    }

    fn call(&mut self, call: &HeldCall, out: &mut Vec<u8>) {
        let HeldCall { id, name, arguments } = call;
        let first = !std::mem::replace(&mut self.called, true);
        out.extend_from_slice(b"data: {\"candidates\":[{\"content\":{\"parts\":[");
        out.extend_from_slice(&to_vec(&call_part(id, name, arguments, first)));
        out.extend_from_slice(b"],\"role\":\"model\"},\"index\":0}],");
        out.extend_from_slice(self.tail.as_bytes());
        out.extend_from_slice(b"\r\n\r\n");
    }

    fn end(&mut self, notes: &mut Notes, out: &mut Vec<u8>) {
        while let Some(call) = self.calls.take(&mut notes.losses) {
            self.call(&call, out);
        }
        self.over = true;
        let stop = self.stop.take().unwrap_or(Stop::Unknown(String::new()));
        let word = finish_word(&stop, &mut notes.losses);
        let candidate = json!({
            "content": {"parts": [{"text": ""}], "role": "model"},
            "finishReason": word,
            "index": 0,
        });
        out.extend_from_slice(format!("data: {{\"candidates\":[{candidate}],").as_bytes());
        if let Some(usage) = notes.tally.total() {
            out.extend_from_slice(format!("\"usageMetadata\":{},", usage_of(&usage)).as_bytes());
        }
        out.extend_from_slice(self.tail.as_bytes());
        out.extend_from_slice(b"\r\n\r\n");
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
