//! The state machine that reads Kiro's events. It has no terminal event: the answer is whole when the
//! connection closes in order.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::types::{Counted, Reasoned, Said, Used};
use crate::Frame;
use crate::fault::read_inner;
use crate::frame::event_stream::FAILURE;
use crate::json::Str;
use crate::neutral::event::{Event, Notes};
use crate::neutral::reply::Stop;

/// Reads events.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    begun: bool,
    said: bool,
    calls: Vec<Open>,
    faulted: bool,
}

#[derive(Debug)]
struct Open {
    id: String,
    whole: bool,
    /// Whether anything of the arguments came.
    filled: bool,
}

impl Decoder {
    pub(crate) fn read<'a>(
        &mut self,
        frame: &'a Frame,
        events: &mut Vec<Event<'a>>,
        notes: &mut Notes,
    ) {
        if self.faulted {
            return;
        }
        let kind = frame.event.as_deref().unwrap_or_default();
        if kind == FAILURE || kind == b"error" || kind == b"invalidStateEvent" {
            self.faulted = true;
            events.push(Event::Fault(read_inner(&frame.data)));
            return;
        }
        if !std::mem::replace(&mut self.begun, true) {
            events.push(Event::Start { id: None });
        }
        match kind {
            b"assistantResponseEvent" | b"codeEvent" => {
                let content = read::<Said<'a>>(frame, notes).content;
                self.more(content, Event::Text, events);
            }
            b"reasoningContentEvent" => {
                let text = read::<Reasoned<'a>>(frame, notes).text;
                self.more(text, Event::Thinking, events);
            }
            b"toolUseEvent" => self.call(read::<Used<'a>>(frame, notes), events),
            b"metadataEvent" | b"metricsEvent" => {
                if let Some(usage) = read::<Counted>(frame, notes).usage() {
                    notes.tally.see(usage);
                }
            }
            b"supplementaryWebLinksEvent" | b"citationEvent" => {
                notes.losses.note("citations: what the vendor says of its sources was left out");
            }
            // Names of the conversation, shares of a window, prices in the vendor's own coin, the end of
            // a message: nothing that a client's dialect has a place for.
            _ => {}
        }
    }

    fn more<'a>(
        &mut self,
        text: Option<Str<'a>>,
        event: impl FnOnce(Cow<'a, str>) -> Event<'a>,
        events: &mut Vec<Event<'a>>,
    ) {
        if let Some(text) = text.filter(|text| !text.as_str().is_empty()) {
            self.said = true;
            events.push(event(text.0));
        }
    }

    fn call<'a>(&mut self, used: Used<'a>, events: &mut Vec<Event<'a>>) {
        let id = used.tool_use_id.map(|id| id.0.into_owned()).unwrap_or_default();
        let open = self.calls.iter().rposition(|call| call.id == id && !call.whole);
        let slot = open.unwrap_or_else(|| {
            let name = used.name.map(|name| name.0).unwrap_or_default();
            let slot = self.calls.len();
            events.push(Event::CallStart { slot, id: Cow::Owned(id.clone()), name });
            self.calls.push(Open { id, whole: false, filled: false });
            slot
        });
        let Some(call) = self.calls.get_mut(slot) else { return };
        self.said = true;
        if let Some(json) = used.input.map(piece).filter(|json| !json.trim().is_empty()) {
            call.filled = true;
            events.push(Event::CallArguments { slot, json });
        }
        if used.stop == Some(true) {
            call.whole = true;
            if !call.filled {
                events.push(Event::CallArguments { slot, json: Cow::Borrowed("{}") });
            }
            events.push(Event::BlockEnd);
        }
    }

    /// The vendor has closed in order. Where nothing was said at all, that is no end.
    pub(crate) fn finish(&mut self, events: &mut Vec<Event<'_>>) {
        // A call without its end was cut off.
        let whole = self.calls.iter().all(|call| call.whole);
        if self.faulted || !self.said || !whole {
            return;
        }
        let stop = if self.calls.is_empty() { Stop::EndTurn } else { Stop::ToolUse };
        events.push(Event::Stop(stop));
        events.push(Event::End);
        // Only once.
        self.said = false;
    }
}

/// A piece of arguments: text that is JSON in the end, or the object itself.
fn piece(raw: &RawValue) -> Cow<'_, str> {
    match raw.get() {
        "null" => Cow::Borrowed(""),
        text if text.starts_with('"') => {
            serde_json::from_str::<Str<'_>>(text).map_or(Cow::Borrowed(""), |text| text.0)
        }
        object => Cow::Borrowed(object),
    }
}

fn read<'a, T: Deserialize<'a> + Default>(frame: &'a Frame, notes: &mut Notes) -> T {
    serde_json::from_slice(&frame.data).unwrap_or_else(|_| {
        notes.losses.note("stream: an event that cannot be read was left out");
        T::default()
    })
}
