//! Both state machines of a Responses stream: its events to neutral ones, and back.

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::fault;
use super::items::{
    Calling, as_values, call_kind, ending, free_text, item_id, message, opening_message, reasoning,
    refusal_part, response_id, summary_part, text_part, usage_of,
};
use super::read::{custom_arguments, replied, stop_of};
use super::shape::{Form, LOCAL_SHELL, Shape};
use super::types::{Event as Wire, Item};
use super::watch::kind;
use crate::Frame;
use crate::fault::{ClientError, VendorFault, read_inner};
use crate::json::{Str, to_vec};
use crate::neutral::event::{Event, Notes};
use crate::neutral::likelihood::{self, Likelihoods};
use crate::neutral::names::Names;
use crate::neutral::proof::{Mark, Proof};
use crate::neutral::reply::Stop;
use crate::neutral::request::{Part, What};

/// Reads events.
///
/// What an item says counts as its deltas tell it; an item whose deltas never came is read from the event
/// that closes it, and a response without any events of items from the last one.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    begun: bool,
    items: Vec<Told>,
    calls: usize,
    refused: bool,
    over: bool,
}

/// An output item under way.
#[derive(Debug)]
struct Told {
    index: u64,
    /// The place among the calls, where it is one.
    slot: Option<usize>,
    /// Whether any delta told of it.
    deltas: bool,
    done: bool,
}

impl Decoder {
    pub(crate) fn read<'a>(
        &mut self,
        frame: &'a Frame,
        events: &mut Vec<Event<'a>>,
        notes: &mut Notes,
    ) {
        if self.over || frame.data.is_empty() || frame.data.trim_ascii() == b"[DONE]" {
            return;
        }
        let kind = kind(frame);
        if kind == "error" {
            events.push(Event::Fault(read_inner(&frame.data)));
            return;
        }
        if !kind.starts_with("response.") || kind == "response.heartbeat" {
            return;
        }
        let Ok(event) = serde_json::from_slice::<Wire<'a>>(&frame.data) else {
            notes.losses.note("stream: an event that cannot be read was left out");
            return;
        };
        self.event(&kind, event, events, notes);
    }

    fn event<'a>(
        &mut self,
        kind: &str,
        event: Wire<'a>,
        events: &mut Vec<Event<'a>>,
        notes: &mut Notes,
    ) {
        if !self.begun {
            self.begun = true;
            let id = event.response.as_ref().and_then(|response| response.id.clone());
            events.push(Event::Start { id: id.map(|id| id.0) });
        }
        let index = event.output_index.unwrap_or(0);
        match kind {
            "response.output_item.added" => {
                if let Some(item) = event.item {
                    self.opened(index, &item, events, notes);
                }
            }
            "response.output_text.delta" => {
                let likelihoods = likelihood::entries(event.logprobs);
                if !likelihoods.is_empty() {
                    events.push(Event::Likelihoods(likelihoods));
                }
                self.said(index, event.delta, Event::Text, events);
            }
            "response.refusal.delta" => {
                self.refused = true;
                self.said(index, event.delta, Event::Refusal, events);
            }
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                self.said(index, event.delta, Event::Thinking, events);
            }
            "response.reasoning_summary_part.added" if event.summary_index > Some(0) => {
                events.push(Event::Thinking(Cow::Borrowed("\n\n")));
            }
            "response.function_call_arguments.delta" => {
                let told = self.told(index);
                told.deltas = true;
                let slot = told.slot;
                if let (Some(slot), Some(json)) = (slot, text_of(event.delta)) {
                    events.push(Event::CallArguments { slot, json });
                }
            }
            "response.output_item.done" => {
                if let Some(item) = event.item {
                    self.closed(index, item, events, notes);
                }
            }
            "response.output_text.annotation.added" => {
                notes.losses.note("annotations: they were not carried");
            }
            "response.completed"
            | "response.incomplete"
            | "response.failed"
            | "response.cancelled" => self.end(kind, event, events, notes),
            _ => {}
        }
    }

    fn told(&mut self, index: u64) -> &mut Told {
        let place = self.items.iter().rposition(|item| item.index == index && !item.done);
        let place = place.unwrap_or_else(|| {
            self.items.push(Told { index, slot: None, deltas: false, done: false });
            self.items.len() - 1
        });
        // The place was just found or made.
        &mut self.items[place]
    }

    fn said<'a>(
        &mut self,
        index: u64,
        delta: Option<&'a RawValue>,
        event: fn(Cow<'a, str>) -> Event<'a>,
        events: &mut Vec<Event<'a>>,
    ) {
        if let Some(text) = text_of(delta) {
            self.told(index).deltas = true;
            events.push(event(text));
        }
    }

    fn opened<'a>(
        &mut self,
        index: u64,
        item: &Item<'a>,
        events: &mut Vec<Event<'a>>,
        notes: &mut Notes,
    ) {
        match item.r#type.as_str() {
            "function_call" | "custom_tool_call" => {
                let name = item.name.clone().map(|name| name.0).unwrap_or_default();
                let id = item.call_id.clone().map(|id| id.0).unwrap_or_default();
                self.call(index, id, name, events);
            }
            "message" | "reasoning" | "local_shell_call" | "" => {}
            other => {
                notes.losses.note(format!("output: an item of type `{other}` was not carried"));
            }
        }
    }

    fn call<'a>(
        &mut self,
        index: u64,
        id: Cow<'a, str>,
        name: Cow<'a, str>,
        events: &mut Vec<Event<'a>>,
    ) -> usize {
        let slot = self.calls;
        self.calls += 1;
        self.told(index).slot = Some(slot);
        events.push(Event::CallStart { slot, id, name });
        slot
    }

    fn closed<'a>(
        &mut self,
        index: u64,
        item: Item<'a>,
        events: &mut Vec<Event<'a>>,
        notes: &mut Notes,
    ) {
        let told = self.told(index);
        let (slot, deltas) = (told.slot, told.deltas);
        told.done = true;
        match item.r#type.as_str() {
            "reasoning" => {
                if !deltas {
                    let text = item.thoughts().collect::<Vec<_>>().join("\n\n");
                    if !text.is_empty() {
                        events.push(Event::Thinking(text.into()));
                    }
                }
                let data = item.encrypted_content.filter(|data| !data.as_str().is_empty());
                if let Some(data) = data {
                    let id = item.id.map(|id| id.0.into_owned());
                    events.push(Event::Proof(Proof::bare(Mark::Item { id }, data.0)));
                }
            }
            "message" if !deltas => self.whole(item, events, notes),
            "function_call" | "custom_tool_call" | "local_shell_call" => {
                self.whole_call(index, slot, deltas, item, events);
            }
            _ => {}
        }
        events.push(Event::BlockEnd);
    }

    fn whole_call<'a>(
        &mut self,
        index: u64,
        slot: Option<usize>,
        deltas: bool,
        item: Item<'a>,
        events: &mut Vec<Event<'a>>,
    ) {
        let custom = item.r#type.as_str() == "custom_tool_call";
        let json = match (item.action, item.input, item.arguments) {
            (Some(action), _, _) => Cow::Borrowed(action.get()),
            (None, Some(input), _) if custom => {
                Cow::Owned(custom_arguments(input.as_str()).as_str().to_owned())
            }
            (None, _, arguments) => arguments.map(|text| text.0).unwrap_or_default(),
        };
        let slot = slot.unwrap_or_else(|| {
            let id = item.call_id.map(|id| id.0).unwrap_or_default();
            let name = item.name.map_or(Cow::Borrowed(LOCAL_SHELL), |name| name.0);
            let slot = self.call(index, id, name, events);
            self.told(index).done = true;
            slot
        });
        if !deltas {
            let json = if json.trim().is_empty() { Cow::Borrowed("{}") } else { json };
            events.push(Event::CallArguments { slot, json });
        }
    }

    /// An item of which only the whole is told.
    fn whole<'a>(&mut self, item: Item<'a>, events: &mut Vec<Event<'a>>, notes: &mut Notes) {
        let mut parts: Vec<Part> = Vec::new();
        let pieces = item.pieces();
        let told = pieces.iter().flat_map(|piece| likelihood::entries(piece.logprobs));
        let likelihoods: Likelihoods = told.collect();
        if !likelihoods.is_empty() {
            events.push(Event::Likelihoods(likelihoods));
        }
        replied(item, &mut parts, &mut notes.losses);
        for part in parts {
            match part.what {
                What::Text(text) => events.push(Event::Text(text.into_letters().into())),
                What::Refusal(text) => {
                    self.refused = true;
                    events.push(Event::Refusal(text.into_letters().into()));
                }
                What::Thinking { text, signature } => {
                    events.push(Event::Thinking(text.into()));
                    events.extend(signature.map(Event::Proof));
                }
                What::Call(call) => {
                    let slot = self.calls;
                    self.calls += 1;
                    let (id, name) = (call.id.into(), call.name.into());
                    events.push(Event::CallStart { slot, id, name });
                    let json = call.arguments.as_str().to_owned().into();
                    events.push(Event::CallArguments { slot, json });
                }
                What::Image(_)
                | What::Document(_)
                | What::Sealed(_)
                | What::Result(_)
                | What::Own { .. } => {}
            }
        }
    }

    fn end<'a>(
        &mut self,
        kind: &str,
        event: Wire<'a>,
        events: &mut Vec<Event<'a>>,
        notes: &mut Notes,
    ) {
        let response = event.response.unwrap_or_default();
        if let Some(counts) = response.usage {
            notes.tally.see(counts.into());
        }
        let status = kind.strip_prefix("response.").unwrap_or_default();
        if matches!(status, "failed" | "cancelled") {
            let error = response.error.map(RawValue::get).filter(|error| *error != "null");
            let fault = match error {
                Some(error) => read_inner(error.as_bytes()),
                None => VendorFault {
                    message: format!("the vendor's answer was {status}"),
                    ..VendorFault::default()
                },
            };
            events.push(Event::Fault(fault));
            return;
        }
        if self.items.is_empty() {
            for item in response.output.unwrap_or_default() {
                self.whole(item, events, notes);
                events.push(Event::BlockEnd);
            }
        }
        self.over = true;
        let stop = stop_of(status, response.incomplete_details, self.calls > 0, self.refused);
        events.push(Event::Stop(stop));
        events.push(Event::End);
    }
}

/// A delta's text, if it has any.
fn text_of(delta: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let text = serde_json::from_str::<Str<'_>>(delta?.get()).ok()?.0;
    (!text.is_empty()).then_some(text)
}

/// Writes events.
///
/// A message or a piece of reasoning is whole when something else begins; calls may be open side by side,
/// and close when their arguments are whole and something else begins, or at the end.
#[derive(Debug)]
pub(crate) struct Encoder {
    model: String,
    created: u64,
    names: Names,
    shape: Shape,
    id: String,
    sequence: u64,
    /// The items in the order of their places, each null until it is whole.
    output: Vec<Value>,
    words: Option<Words>,
    calls: Vec<Call>,
    /// Those of the text that comes next.
    likelihoods: Likelihoods,
    refused: bool,
    stop: Option<Stop>,
    over: bool,
}

/// An open message or piece of reasoning.
#[derive(Debug)]
struct Words {
    sort: Sort,
    id: String,
    place: usize,
    text: String,
    likelihoods: Likelihoods,
    proof: Option<Proof>,
    /// Whether the vendor has ended this block.
    ended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Text,
    Refusal,
    Reasoning,
}

/// An open call.
#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "the wire tells a call's id from its item's")]
struct Call {
    slot: usize,
    id: String,
    place: usize,
    call_id: String,
    name: String,
    arguments: String,
}

/// How an item's place is told beside its events.
fn at(id: &str, place: usize) -> Value {
    json!({"item_id": id, "output_index": place})
}

impl Encoder {
    pub(crate) fn new(model: &str, created: u64, names: Names, shape: Shape) -> Self {
        Self {
            model: model.to_owned(),
            created,
            names,
            shape,
            id: String::new(),
            sequence: 0,
            output: Vec::new(),
            words: None,
            calls: Vec::new(),
            likelihoods: Likelihoods::new(),
            refused: false,
            stop: None,
            over: false,
        }
    }

    pub(crate) fn write(&mut self, event: &Event<'_>, notes: &mut Notes, out: &mut Vec<u8>) {
        if self.over {
            return;
        }
        if self.id.is_empty() {
            let id = if let Event::Start { id } = event { id.as_deref() } else { None };
            self.begin(id, out);
        }
        match event {
            Event::Likelihoods(more) => self.likelihoods.extend(more.iter().cloned()),
            Event::Text(text) => self.say(Sort::Text, text, out),
            Event::Refusal(text) => {
                self.refused = true;
                self.say(Sort::Refusal, text, out);
            }
            Event::Thinking(text) => self.say(Sort::Reasoning, text, out),
            Event::Proof(proof) => self.prove(proof, out),
            Event::CallStart { slot, id, name } => self.call(*slot, id, name, out),
            Event::CallArguments { slot, json } => self.arguments(*slot, json, notes, out),
            Event::BlockEnd => {
                // It is closed when the next begins: only then is it known whether it was cut short.
                if let Some(words) = &mut self.words {
                    words.ended = true;
                }
                self.close_whole_calls(out);
            }
            Event::Stop(stop) => self.stop = Some(stop.clone()),
            Event::End => self.end(notes, out),
            Event::Start { .. } | Event::Fault(_) => {}
        }
    }

    fn begin(&mut self, id: Option<&str>, out: &mut Vec<u8>) {
        self.id = response_id(id);
        let shell = self.shape.shell(&self.id, self.created, &self.model);
        self.event("response.created", json!({ "response": shell }), out);
        self.event("response.in_progress", json!({ "response": shell }), out);
    }

    fn event(&mut self, name: &str, mut data: Value, out: &mut Vec<u8>) {
        if let Some(fields) = data.as_object_mut() {
            fields.insert("type".to_owned(), name.into());
            fields.insert("sequence_number".to_owned(), self.sequence.into());
        }
        self.sequence += 1;
        for piece in ["event: ", name, "\ndata: "] {
            out.extend_from_slice(piece.as_bytes());
        }
        out.extend_from_slice(&to_vec(&data));
        out.extend_from_slice(b"\n\n");
    }

    /// The common event, without a tree. `more` is the fields between place and delta.
    fn delta(&mut self, name: &str, at: (&str, usize), more: &str, text: &str, out: &mut Vec<u8>) {
        let (id, place) = at;
        let (place, sequence) = (place.to_string(), self.sequence.to_string());
        self.sequence += 1;
        let head = [
            "event: ",
            name,
            "\ndata: {\"type\":\"",
            name,
            "\",\"sequence_number\":",
            &sequence,
            ",\"item_id\":",
        ];
        for piece in head {
            out.extend_from_slice(piece.as_bytes());
        }
        out.extend_from_slice(&to_vec(id));
        for piece in [",\"output_index\":", &place, more, ",\"delta\":"] {
            out.extend_from_slice(piece.as_bytes());
        }
        out.extend_from_slice(&to_vec(text));
        out.extend_from_slice(b"}\n\n");
    }

    /// The next place in the output.
    fn place(&mut self) -> usize {
        self.output.push(Value::Null);
        self.output.len() - 1
    }

    fn added(&mut self, place: usize, item: &Value, out: &mut Vec<u8>) {
        let data = json!({"output_index": place, "item": item});
        self.event("response.output_item.added", data, out);
    }

    fn done(&mut self, place: usize, item: Value, out: &mut Vec<u8>) {
        let data = json!({"output_index": place, "item": item});
        if let Some(kept) = self.output.get_mut(place) {
            *kept = item;
        }
        self.event("response.output_item.done", data, out);
    }

    fn say(&mut self, sort: Sort, text: &str, out: &mut Vec<u8>) {
        let same = |words: &Words| words.sort == sort && words.proof.is_none() && !words.ended;
        let goes_on = self.words.as_ref().is_some_and(same);
        if !goes_on {
            self.open(sort, out);
        }
        let Some(mut words) = self.words.take() else { return };
        words.text.push_str(text);
        let (name, more) = match sort {
            Sort::Text => {
                let likelihoods = std::mem::take(&mut self.likelihoods);
                let more =
                    format!(",\"content_index\":0,\"logprobs\":{}", likelihood::list(&likelihoods));
                words.likelihoods.extend(likelihoods);
                ("response.output_text.delta", Cow::Owned(more))
            }
            Sort::Refusal => ("response.refusal.delta", ",\"content_index\":0".into()),
            Sort::Reasoning => {
                ("response.reasoning_summary_text.delta", ",\"summary_index\":0".into())
            }
        };
        self.delta(name, (&words.id, words.place), &more, text, out);
        self.words = Some(words);
    }

    fn open(&mut self, sort: Sort, out: &mut Vec<u8>) {
        self.close_words("completed", out);
        self.close_whole_calls(out);
        let place = self.place();
        let kind = if sort == Sort::Reasoning { "rs" } else { "msg" };
        let id = item_id(kind, &self.id, place);
        let item = match sort {
            Sort::Reasoning => reasoning(&id, "", None),
            Sort::Text | Sort::Refusal => opening_message(&id),
        };
        self.added(place, &item, out);
        let (text, likelihoods) = (String::new(), Likelihoods::new());
        let words = Words { sort, id, place, text, likelihoods, proof: None, ended: false };
        self.part("added", &words, out);
        self.words = Some(words);
    }

    /// The event that opens or closes the only part of an item.
    fn part(&mut self, step: &str, words: &Words, out: &mut Vec<u8>) {
        let mut data = at(&words.id, words.place);
        let (stem, index) = match words.sort {
            Sort::Text | Sort::Refusal => ("content_part", "content_index"),
            Sort::Reasoning => ("reasoning_summary_part", "summary_index"),
        };
        let part = match words.sort {
            Sort::Text => text_part(&words.text, &words.likelihoods),
            Sort::Refusal => refusal_part(&words.text),
            Sort::Reasoning => summary_part(&words.text),
        };
        data[index] = 0.into();
        data["part"] = part;
        self.event(&format!("response.{stem}.{step}"), data, out);
    }

    fn close_words(&mut self, status: &str, out: &mut Vec<u8>) {
        let Some(words) = self.words.take() else { return };
        let Words { sort, id, place, text, likelihoods, proof, .. } = &words;
        let (sort, place) = (*sort, *place);
        let mut data = at(id, place);
        let name = match sort {
            Sort::Text => {
                data["content_index"] = 0.into();
                data["text"] = text.as_str().into();
                data["logprobs"] = as_values(likelihoods);
                "response.output_text.done"
            }
            Sort::Refusal => {
                data["content_index"] = 0.into();
                data["refusal"] = text.as_str().into();
                "response.refusal.done"
            }
            Sort::Reasoning => {
                data["summary_index"] = 0.into();
                data["text"] = text.as_str().into();
                "response.reasoning_summary_text.done"
            }
        };
        self.event(name, data, out);
        self.part("done", &words, out);
        let item = match sort {
            Sort::Text => message(id, status, &text_part(text, likelihoods)),
            Sort::Refusal => message(id, status, &refusal_part(text)),
            Sort::Reasoning => reasoning(id, text, proof.as_ref()),
        };
        self.done(place, item, out);
    }

    /// A proof belongs to the reasoning that is open, or is an item of its own.
    fn prove(&mut self, proof: &Proof, out: &mut Vec<u8>) {
        if let Some(words) = &mut self.words
            && words.sort == Sort::Reasoning
            && words.proof.is_none()
            && !words.ended
            && !matches!(proof.mark, Mark::Redacted | Mark::Words)
        {
            words.proof = Some(proof.clone());
            return;
        }
        self.close_words("completed", out);
        self.close_whole_calls(out);
        let place = self.place();
        let id = item_id("rs", &self.id, place);
        self.added(place, &reasoning(&id, "", None), out);
        self.done(place, reasoning(&id, "", Some(proof)), out);
    }

    fn call(&mut self, slot: usize, call_id: &str, name: &str, out: &mut Vec<u8>) {
        self.close_words("completed", out);
        self.close_whole_calls(out);
        let place = self.place();
        let name = self.names.original(name).to_owned();
        let id = item_id(call_kind(self.shape.form(&name)), &self.id, place);
        let call =
            Call { slot, id, place, call_id: call_id.to_owned(), name, arguments: String::new() };
        let item = self.item_of(&call, "in_progress");
        self.added(place, &item, out);
        self.calls.push(call);
    }

    fn item_of(&self, call: &Call, status: &str) -> Value {
        let Call { id, call_id, name, arguments, .. } = call;
        Calling { id, status, call_id, name, arguments }.item(&self.shape)
    }

    fn arguments(&mut self, slot: usize, json: &str, notes: &mut Notes, out: &mut Vec<u8>) {
        let Some(nth) = self.calls.iter().position(|call| call.slot == slot) else {
            notes.losses.note("tool_calls: a piece came after its call's arguments were whole");
            return;
        };
        let mut call = self.calls.remove(nth);
        call.arguments.push_str(json);
        // Other forms can be told only as a whole.
        if matches!(self.shape.form(&call.name), None | Some(Form::Inside { .. })) {
            let name = "response.function_call_arguments.delta";
            self.delta(name, (&call.id, call.place), "", json, out);
        }
        self.calls.insert(nth, call);
    }

    fn close_whole_calls(&mut self, out: &mut Vec<u8>) {
        let is_whole = |call: &Call| {
            let bare = call.arguments.trim();
            bare.starts_with('{') && bare.ends_with('}') && crate::scan::is_whole(bare.as_bytes())
        };
        let (whole, open): (Vec<Call>, Vec<Call>) =
            std::mem::take(&mut self.calls).into_iter().partition(is_whole);
        self.calls = open;
        for call in whole {
            self.close_call(call, "completed", out);
        }
    }

    fn close_call(&mut self, mut call: Call, status: &str, out: &mut Vec<u8>) {
        if call.arguments.trim().is_empty() {
            "{}".clone_into(&mut call.arguments);
        }
        let mut data = at(&call.id, call.place);
        match self.shape.form(&call.name) {
            None | Some(Form::Inside { .. }) => {
                data["arguments"] = call.arguments.as_str().into();
                self.event("response.function_call_arguments.done", data, out);
            }
            Some(Form::Custom) => {
                let input = free_text(&call.arguments);
                let name = "response.custom_tool_call_input.delta";
                self.delta(name, (&call.id, call.place), "", &input, out);
                data["input"] = input.into();
                self.event("response.custom_tool_call_input.done", data, out);
            }
            Some(Form::LocalShell) => {}
        }
        let item = self.item_of(&call, status);
        self.done(call.place, item, out);
    }

    fn end(&mut self, notes: &mut Notes, out: &mut Vec<u8>) {
        self.over = true;
        let stop = self.stop.take().unwrap_or(Stop::Unknown(String::new()));
        let (status, reason) = ending(&stop, self.refused, &mut notes.losses);
        self.close_words(status, out);
        self.close_whole_calls(out);
        for call in std::mem::take(&mut self.calls) {
            let broken = !call.arguments.trim().is_empty();
            if broken {
                let name = &call.name;
                notes.losses.note(format!("tool call `{name}`: its arguments are not whole JSON"));
            }
            self.close_call(call, if broken { "incomplete" } else { "completed" }, out);
        }
        let mut response = self.shape.shell(&self.id, self.created, &self.model);
        response["status"] = status.into();
        if let Some(reason) = reason {
            response["incomplete_details"] = json!({ "reason": reason });
        }
        response["output"] = std::mem::take(&mut self.output).into();
        response["usage"] = notes.tally.total().as_ref().map_or(Value::Null, usage_of);
        self.event(&format!("response.{status}"), json!({ "response": response }), out);
    }

    pub(crate) fn fail(&mut self, error: &ClientError, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.over, true) {
            let id = if self.id.is_empty() { "resp_failed" } else { &self.id };
            out.extend_from_slice(&fault::failed(id, self.sequence, error));
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over
    }
}
