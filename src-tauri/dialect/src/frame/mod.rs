//! Framing: where one message of a byte stream ends and the next begins. One owner for each kind.

pub(crate) mod event_stream;
mod ndjson;
mod sse;

use bytes::Bytes;
use switchyard_types::{Accent, Dialect};

use crate::accent::envelope::unwrap_frame;
use crate::accent::{Mender, Tongue};

pub use event_stream::EventStreamSplitter;
pub use ndjson::NdjsonSplitter;
pub use sse::{Frame, FrameError, SseSplitter};

/// The largest event that is held: an image inside an event is a few megabytes.
const LIMIT: usize = 32 * 1024 * 1024;

/// Cuts the stream of any vendor into the events of its dialect, its accent taken off.
#[derive(Debug)]
pub struct Splitter {
    framing: Framing,
    finish: Finish,
}

#[derive(Debug)]
enum Framing {
    Sse(SseSplitter),
    Ndjson(NdjsonSplitter),
    EventStream(EventStreamSplitter),
}

/// What is done to each event.
#[derive(Debug)]
enum Finish {
    Plain,
    Unwrapped,
    Mended(Mender),
}

impl Splitter {
    /// A splitter at the start of a stream.
    pub fn of(tongue: impl Into<Tongue>) -> Self {
        let Tongue { dialect, accent } = tongue.into();
        let framing = match (dialect, accent) {
            (_, Some(Accent::Kiro)) => Framing::EventStream(EventStreamSplitter::default()),
            (Dialect::Chat | Dialect::Responses | Dialect::Messages | Dialect::Gemini, _) => {
                Framing::Sse(SseSplitter::new())
            }
            (Dialect::Ollama, _) => Framing::Ndjson(NdjsonSplitter::default()),
        };
        let finish = match (dialect, accent) {
            (_, Some(Accent::CodeAssist | Accent::Antigravity)) => Finish::Unwrapped,
            (Dialect::Chat, Some(Accent::Copilot)) => Finish::Mended(Mender::default()),
            (
                _,
                Some(
                    Accent::Copilot
                    | Accent::Codex
                    | Accent::Kiro
                    | Accent::Vertex
                    | Accent::Cohere,
                )
                | None,
            ) => Finish::Plain,
        };
        Self { framing, finish }
    }

    /// Takes what came.
    pub fn push(&mut self, bytes: Bytes) {
        match &mut self.framing {
            Framing::Sse(splitter) => splitter.push(bytes),
            Framing::Ndjson(splitter) => splitter.push(&bytes),
            Framing::EventStream(splitter) => splitter.push(&bytes),
        }
    }

    /// The next whole event.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let frame = match &mut self.framing {
            Framing::Sse(splitter) => splitter.next_frame(),
            Framing::Ndjson(splitter) => splitter.next_frame(),
            Framing::EventStream(splitter) => splitter.next_frame(),
        }?;
        Ok(frame.map(|frame| self.finish.apply(frame)))
    }

    /// The stream is over: the last event, if it lacks no more than its end.
    pub fn finish(&mut self) -> Option<Frame> {
        let frame = match &mut self.framing {
            Framing::Sse(splitter) => splitter.finish(),
            Framing::Ndjson(splitter) => splitter.finish(),
            Framing::EventStream(splitter) => splitter.finish(),
        }?;
        Some(self.finish.apply(frame))
    }
}

/// The events of a stream that came whole, to its end or to the first that cannot be read.
pub(crate) fn frames(
    tongue: Tongue,
    stream: &[u8],
) -> impl Iterator<Item = Result<Frame, FrameError>> {
    let mut splitter = Splitter::of(tongue);
    splitter.push(Bytes::copy_from_slice(stream));
    std::iter::from_fn(move || {
        splitter.next_frame().transpose().or_else(|| splitter.finish().map(Ok))
    })
}

impl Finish {
    fn apply(&mut self, frame: Frame) -> Frame {
        match self {
            Self::Plain => frame,
            Self::Unwrapped => unwrap_frame(frame),
            Self::Mended(mender) => mender.frame(frame),
        }
    }
}

/// The media type of a vendor's or a client's streams.
pub fn stream_type(tongue: impl Into<Tongue>) -> &'static str {
    let Tongue { dialect, accent } = tongue.into();
    match (dialect, accent) {
        (_, Some(Accent::Kiro)) => "application/vnd.amazon.eventstream",
        (Dialect::Chat | Dialect::Responses | Dialect::Messages | Dialect::Gemini, _) => {
            "text/event-stream"
        }
        (Dialect::Ollama, _) => "application/x-ndjson",
    }
}
