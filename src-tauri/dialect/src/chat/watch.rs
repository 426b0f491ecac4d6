use std::sync::LazyLock;

use memchr::memmem::Finder;
use switchyard_types::Usage;

use super::fault;
use super::types::{Choice, Completion, Piece};
use crate::fault::{ClientError, read_inner};
use crate::neutral::usage::Tally;
use crate::{Frame, Seen};

/// Follows a Chat stream.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    tally: Tally,
    committed: bool,
    finished: bool,
    done: bool,
}

/// Keys whose presence with a value other than null makes a chunk more than text. Inside a text the quotes
/// would be escaped, so it cannot deceive.
static TELLING: LazyLock<[Finder<'static>; 4]> = LazyLock::new(|| {
    ["\"finish_reason\"", "\"usage\"", "\"error\"", "\"choices\":[]"].map(Finder::new)
});

static CHOICES: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"choices\""));

/// Whether a chunk can say anything but text.
fn is_telling(data: &[u8]) -> bool {
    let tells = |key: &Finder<'_>| {
        let length = key.needle().len();
        key.find_iter(data).any(|at| !is_null(data.get(at + length..)))
    };
    CHOICES.find(data).is_none() || TELLING.iter().any(tells)
}

fn is_null(after_key: Option<&[u8]>) -> bool {
    let Some(value) = after_key.unwrap_or_default().trim_ascii_start().strip_prefix(b":") else {
        return false;
    };
    value.trim_ascii_start().starts_with(b"null")
}

impl Tap {
    pub(crate) fn see(&mut self, frame: &Frame) -> Seen {
        if frame.data.is_empty() {
            return Seen::Silence;
        }
        if self.done {
            return Seen::Other;
        }
        if frame.data.trim_ascii() == b"[DONE]" {
            self.done = true;
            return Seen::End;
        }
        if self.committed && !self.finished && !is_telling(&frame.data) {
            return Seen::Content;
        }
        self.chunk(frame)
    }

    fn chunk(&mut self, frame: &Frame) -> Seen {
        let Ok(chunk) = serde_json::from_slice::<Completion<'_>>(&frame.data) else {
            return Seen::Other;
        };
        if let Some(counts) = chunk.usage {
            self.tally.see(counts.into());
        }
        if chunk.is_fault(frame.event.as_deref()) {
            self.finished = true;
            return Seen::Fault(read_inner(&frame.data));
        }
        let choices = chunk.choices.unwrap_or_default();
        let content = choices.iter().any(|choice| choice.piece().is_some_and(Piece::is_content));
        if content {
            self.committed = true;
            self.finished = false;
        }
        if choices.iter().any(Choice::is_finished) {
            self.finished = true;
        }
        if content { Seen::Content } else { Seen::Handshake }
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.tally.total()
    }

    /// A stream that closes after a finish reason without `[DONE]` is whole too.
    pub(crate) fn ended(&self) -> bool {
        self.done || self.finished
    }

    pub(crate) fn committed(&self) -> bool {
        self.committed
    }

    /// `[DONE]`, unless it was seen or written.
    pub(crate) fn owed(&mut self) -> &'static [u8] {
        if std::mem::replace(&mut self.done, true) { b"" } else { b"data: [DONE]\n\n" }
    }

    pub(crate) fn ending(&mut self, error: &ClientError) -> Vec<u8> {
        self.done = true;
        fault::stream(error)
    }
}
