use std::sync::LazyLock;

use bytes::Bytes;
use memchr::memmem::Finder;
use switchyard_types::Usage;

use super::fault;
use super::types::{Answer, Candidate};
use crate::fault::ClientError;
use crate::neutral::usage::Tally;
use crate::{Fingerprint, Frame, Seen};

/// Follows a Gemini stream. It has no terminal event: it is whole once a finish reason has been given.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    tally: Tally,
    /// The last event that was not read: its counts are, when they are asked for.
    unread: Bytes,
    committed: bool,
    finished: bool,
    faulted: bool,
    proofs: Vec<Fingerprint>,
}

/// Keys that make a piece more than text. Inside a text their quotes would be escaped.
static TELLING: LazyLock<[Finder<'static>; 4]> = LazyLock::new(|| {
    ["\"finishReason\"", "\"error\"", "\"promptFeedback\"", "\"thoughtSignature\""].map(Finder::new)
});

impl Tap {
    pub(crate) fn see(&mut self, frame: &Frame) -> Seen {
        if frame.data.is_empty() {
            return Seen::Silence;
        }
        if self.faulted {
            return Seen::Other;
        }
        if self.committed && !TELLING.iter().any(|key| key.find(&frame.data).is_some()) {
            self.unread = frame.data.clone();
            return Seen::Content;
        }
        let Ok(answer) = serde_json::from_slice::<Answer<'_>>(&frame.data) else {
            return Seen::Other;
        };
        if let Some(counts) = answer.usage_metadata {
            self.tally.see(counts.into());
            self.unread.clear();
        }
        if let Some(fault) = answer.fault(&frame.data) {
            self.faulted = true;
            return Seen::Fault(fault);
        }
        self.proofs.extend(answer.signatures().map(super::fingerprint));
        self.finished |= answer.first().is_some_and(Candidate::is_finished);
        let content = answer.is_content();
        self.committed |= content;
        if content { Seen::Content } else { Seen::Handshake }
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        let mut tally = self.tally;
        let unread = serde_json::from_slice::<Answer<'_>>(&self.unread).unwrap_or_default();
        if let Some(counts) = unread.usage_metadata {
            tally.see(counts.into());
        }
        tally.total()
    }

    pub(crate) fn take_proofs(&mut self) -> Vec<Fingerprint> {
        std::mem::take(&mut self.proofs)
    }

    pub(crate) fn ended(&self) -> bool {
        self.finished || self.faulted
    }

    pub(crate) fn committed(&self) -> bool {
        self.committed
    }

    pub(crate) fn ending(&mut self, error: &ClientError) -> Vec<u8> {
        self.faulted = true;
        fault::stream(error)
    }
}
