//! Framing: where one message of a byte stream ends and the next begins. One owner for each kind.

mod ndjson;
mod sse;

use bytes::Bytes;
use switchyard_types::Dialect;

pub use ndjson::NdjsonSplitter;
pub use sse::{Frame, FrameError, SseSplitter};

/// The largest event that is held: an image inside an event is a few megabytes.
const LIMIT: usize = 32 * 1024 * 1024;

/// Cuts the stream of any dialect into its events.
#[derive(Debug)]
pub enum Splitter {
    /// Server-sent events.
    Sse(SseSplitter),
    /// A JSON value a line.
    Ndjson(NdjsonSplitter),
}

impl Splitter {
    /// A splitter at the start of a stream of this dialect.
    pub fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Chat | Dialect::Responses | Dialect::Messages | Dialect::Gemini => {
                Self::Sse(SseSplitter::new())
            }
            Dialect::Ollama => Self::Ndjson(NdjsonSplitter::default()),
        }
    }

    /// Takes what came.
    pub fn push(&mut self, bytes: Bytes) {
        match self {
            Self::Sse(splitter) => splitter.push(bytes),
            Self::Ndjson(splitter) => splitter.push(&bytes),
        }
    }

    /// The next whole event.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        match self {
            Self::Sse(splitter) => splitter.next_frame(),
            Self::Ndjson(splitter) => splitter.next_frame(),
        }
    }

    /// The stream is over: the last event, if it lacks no more than its end.
    pub fn finish(&mut self) -> Option<Frame> {
        match self {
            Self::Sse(splitter) => splitter.finish(),
            Self::Ndjson(splitter) => splitter.finish(),
        }
    }
}

/// The media type of a dialect's streams.
pub fn stream_type(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat | Dialect::Responses | Dialect::Messages | Dialect::Gemini => {
            "text/event-stream"
        }
        Dialect::Ollama => "application/x-ndjson",
    }
}
