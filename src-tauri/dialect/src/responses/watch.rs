use std::borrow::Cow;

use bytes::Bytes;
use serde_json::value::RawValue;
use switchyard_types::Usage;

use super::fault;
use super::types::Event;
use crate::fault::{ClientError, VendorFault, read_inner};
use crate::neutral::usage::Tally;
use crate::{Fingerprint, Frame, Seen, scan};

/// Follows a Responses stream.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    id: Option<String>,
    /// The last event: it is read for its number only if the stream has to be closed here.
    last: Bytes,
    tally: Tally,
    committed: bool,
    ended: bool,
    proofs: Vec<Fingerprint>,
}

pub(super) fn kind(frame: &Frame) -> Cow<'_, str> {
    let named = frame.event.as_deref().and_then(|name| std::str::from_utf8(name).ok());
    match named {
        Some(name) if !name.is_empty() && name != "message" => Cow::Borrowed(name),
        _ => scan::string_at(&frame.data, "type").unwrap_or_default(),
    }
}

fn is_delta(kind: &str) -> bool {
    kind.rsplit('.').next() == Some("delta")
}

impl Tap {
    pub(crate) fn see(&mut self, frame: &Frame) -> Seen {
        if frame.data.is_empty() {
            return Seen::Silence;
        }
        if self.ended {
            return Seen::Other;
        }
        self.last = frame.data.clone();
        let kind = kind(frame);
        match &*kind {
            "ping" | "keepalive" | "response.heartbeat" => Seen::Silence,
            "error" => {
                self.ended = true;
                Seen::Fault(read_inner(&frame.data))
            }
            "response.completed" | "response.incomplete" | "response.cancelled" => {
                self.ended = true;
                self.state(frame);
                Seen::End
            }
            "response.failed" => {
                self.ended = true;
                Seen::Fault(self.failure(frame))
            }
            "response.created" | "response.in_progress" | "response.queued" => {
                self.state(frame);
                Seen::Handshake
            }
            other if other.starts_with("response.") => self.progress(other, frame),
            _ => Seen::Other,
        }
    }

    /// Takes the id and the counts from an event that carries the whole response.
    fn state(&mut self, frame: &Frame) {
        let Ok(event) = serde_json::from_slice::<Event<'_>>(&frame.data) else { return };
        let Some(response) = event.response else { return };
        if let Some(counts) = response.usage {
            self.tally.see(counts.into());
        }
        if let Some(id) = response.id {
            self.id = Some(id.0.into_owned());
        }
    }

    fn failure(&mut self, frame: &Frame) -> VendorFault {
        self.state(frame);
        let event = serde_json::from_slice::<Event<'_>>(&frame.data).unwrap_or_default();
        let error = event.response.and_then(|response| response.error).map(RawValue::get);
        read_inner(error.unwrap_or_default().as_bytes())
    }

    /// Everything between the beginning and the end.
    fn progress(&mut self, kind: &str, frame: &Frame) -> Seen {
        if kind == "response.output_item.done" {
            self.proof(frame);
        }
        if self.committed {
            return if is_delta(kind) { Seen::Content } else { Seen::Handshake };
        }
        let Ok(event) = serde_json::from_slice::<Event<'_>>(&frame.data) else {
            return Seen::Other;
        };
        let filled = |text: Option<&RawValue>| text.is_some_and(|text| text.get() != "\"\"");
        let content = match kind {
            "response.output_item.added" | "response.output_item.done" => {
                event.item.is_some_and(|item| item.is_content())
            }
            "response.content_part.added" | "response.content_part.done" => false,
            _ if is_delta(kind) => filled(event.delta),
            _ => filled(event.text),
        };
        self.committed = content;
        if content { Seen::Content } else { Seen::Handshake }
    }

    fn proof(&mut self, frame: &Frame) {
        let event = serde_json::from_slice::<Event<'_>>(&frame.data).unwrap_or_default();
        let proof = event.item.and_then(|item| item.encrypted_content);
        self.proofs.extend(proof.map(|proof| Fingerprint::of(proof.as_str())));
    }

    pub(crate) fn take_proofs(&mut self) -> Vec<Fingerprint> {
        std::mem::take(&mut self.proofs)
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.tally.total()
    }

    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn committed(&self) -> bool {
        self.committed
    }

    pub(crate) fn ending(&mut self, error: &ClientError) -> Vec<u8> {
        self.ended = true;
        let last = serde_json::from_slice::<Event<'_>>(&self.last).unwrap_or_default();
        let sequence = last.sequence_number.map_or(0, |number| number.saturating_add(1));
        fault::failed(self.id.as_deref().unwrap_or("resp_failed"), sequence, error)
    }
}
