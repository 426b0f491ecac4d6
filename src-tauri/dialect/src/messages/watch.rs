use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use switchyard_types::Usage;

use super::fault;
use super::types::Event;
use crate::fault::{ClientError, read_inner};
use crate::neutral::usage::Tally;
use crate::{Fingerprint, Frame, Seen, scan};

/// Follows a Messages stream.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    open: Vec<u64>,
    tally: Tally,
    committed: bool,
    ended: bool,
    /// The signature of the open block so far.
    signature: String,
    proofs: Vec<Fingerprint>,
}

/// The kind of an event: from its `event:` line, or from the data where a vendor sends none.
pub(super) fn kind(frame: &Frame) -> Cow<'_, str> {
    let named = frame.event.as_deref().and_then(|name| std::str::from_utf8(name).ok());
    match named {
        Some(name) if !name.is_empty() && name != "message" => Cow::Borrowed(name),
        _ => scan::string_at(&frame.data, "type").unwrap_or_default(),
    }
}

/// Whether a delta can be a signature. Inside a text the quotes would be escaped.
fn may_sign(data: &[u8]) -> bool {
    static SIGNATURE: LazyLock<Finder<'static>> =
        LazyLock::new(|| Finder::new("\"signature_delta\""));
    SIGNATURE.find(data).is_some()
}

impl Tap {
    pub(crate) fn see(&mut self, frame: &Frame) -> Seen {
        if frame.data.is_empty() {
            return Seen::Silence;
        }
        if self.ended {
            return Seen::Other;
        }
        let kind = kind(frame);
        match &*kind {
            "ping" => Seen::Silence,
            // Past the first content a delta has nothing left to tell.
            "content_block_delta" if self.committed && !may_sign(&frame.data) => Seen::Content,
            "message_stop" => {
                self.ended = true;
                Seen::End
            }
            "error" => {
                self.ended = true;
                Seen::Fault(read_inner(&frame.data))
            }
            "message_start"
            | "content_block_start"
            | "content_block_delta"
            | "content_block_stop"
            | "message_delta" => self.structure(&kind, frame),
            _ => Seen::Other,
        }
    }

    fn structure(&mut self, kind: &str, frame: &Frame) -> Seen {
        let Ok(event) = serde_json::from_slice::<Event<'_>>(&frame.data) else {
            return Seen::Other;
        };
        if let Some(counts) = event.usage.or(event.message.and_then(|message| message.usage)) {
            self.tally.see(counts.into());
        }
        let index = event.index.unwrap_or(0);
        match kind {
            "content_block_start" => self.open.push(index),
            "content_block_stop" => {
                self.open.retain(|open| *open != index);
                self.sign();
            }
            _ => {}
        }
        if let Some(data) = event.content_block.as_ref().and_then(|block| block.data.as_ref()) {
            self.proofs.push(Fingerprint::of(data.as_str()));
        }
        if let Some(piece) = event.delta.as_ref().and_then(|delta| delta.signature.as_ref()) {
            self.signature.push_str(piece.as_str());
            if self.committed {
                return Seen::Content;
            }
        }
        let content = event.content_block.is_some_and(|block| block.is_content())
            || (kind == "content_block_delta"
                && event.delta.is_some_and(|delta| delta.is_content()));
        if content {
            self.committed = true;
            return Seen::Content;
        }
        Seen::Handshake
    }

    fn sign(&mut self) {
        let signature = std::mem::take(&mut self.signature);
        if !signature.is_empty() {
            self.proofs.push(Fingerprint::of(&signature));
        }
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
        let mut out = self.close_blocks();
        out.extend_from_slice(&fault::stream(error));
        out
    }

    /// A stop event for each block that is open.
    pub(crate) fn close_blocks(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        for index in self.open.drain(..).rev() {
            out.extend_from_slice(
                b"event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":",
            );
            out.extend_from_slice(index.to_string().as_bytes());
            out.extend_from_slice(b"}\n\n");
        }
        out
    }
}
