use std::sync::LazyLock;

use memchr::memmem::Finder;
use switchyard_types::Usage;

use super::fault;
use super::types::Answer;
use crate::fault::ClientError;
use crate::neutral::usage::Tally;
use crate::{Frame, Seen};

/// Follows an Ollama stream.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    tally: Tally,
    committed: bool,
    ended: bool,
}

static GOES_ON: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"done\":false"));
static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"error\""));

impl Tap {
    pub(crate) fn see(&mut self, frame: &Frame) -> Seen {
        if frame.data.is_empty() {
            return Seen::Silence;
        }
        if self.ended {
            return Seen::Other;
        }
        let plain = || GOES_ON.find(&frame.data).is_some() && ERROR.find(&frame.data).is_none();
        if self.committed && plain() {
            return Seen::Content;
        }
        let Ok(answer) = serde_json::from_slice::<Answer<'_>>(&frame.data) else {
            return Seen::Other;
        };
        if let Some(usage) = answer.usage() {
            self.tally.see(usage);
        }
        if let Some(fault) = answer.fault(&frame.data) {
            self.ended = true;
            return Seen::Fault(fault);
        }
        self.ended = answer.done == Some(true);
        let content = answer.is_content();
        self.committed |= content;
        match (content, self.ended) {
            // A short answer may be told in the last line.
            (true, _) => Seen::Content,
            (false, true) => Seen::End,
            (false, false) => Seen::Handshake,
        }
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
        fault::stream(error)
    }
}
