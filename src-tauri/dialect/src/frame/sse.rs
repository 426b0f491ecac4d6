//! Server-sent events (WHATWG HTML, §9.2), on bytes: text never meets half a character.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use memchr::{memchr, memchr2};
use thiserror::Error;

use super::LIMIT;
use crate::scan;

/// One event as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Exactly the bytes received, line ends included.
    pub raw: Bytes,
    /// The value of `event:`.
    pub event: Option<Bytes>,
    /// The value of `data:`; several lines are joined by LF. Empty for a comment.
    pub data: Bytes,
}

/// Why a stream cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// An event does not end within the limit.
    #[error("an event of the stream is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// A checksum or a length of a binary message is wrong.
    #[error("the stream is damaged: an event's checksum or length is wrong")]
    Damaged,
}

/// Cuts a byte stream into events, wherever the network has cut it before.
///
/// A lone CR at the end of what has come may be half a CRLF, so such an event waits for one more byte.
#[derive(Debug)]
pub struct SseSplitter {
    /// What came last and was not looked at.
    chunk: Bytes,
    /// The beginning of an event that has not ended.
    partial: BytesMut,
    search: Search,
    limit: usize,
    begun: bool,
}

/// How far an event has been searched for its end.
#[derive(Clone, Copy, Debug, Default)]
struct Search {
    line: usize,
    at: usize,
}

impl Default for SseSplitter {
    fn default() -> Self {
        Self::new()
    }
}

impl SseSplitter {
    /// A splitter at the start of a stream.
    pub fn new() -> Self {
        Self::with_limit(LIMIT)
    }

    /// The same with another limit for one event, in bytes.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            chunk: Bytes::new(),
            partial: BytesMut::new(),
            search: Search::default(),
            limit,
            begun: false,
        }
    }

    /// Takes what came. Call [`next_frame`](Self::next_frame) until it has no more before the next push.
    pub fn push(&mut self, bytes: Bytes) {
        if self.chunk.is_empty() {
            self.chunk = bytes;
        } else {
            let mut joined = BytesMut::with_capacity(self.chunk.len() + bytes.len());
            joined.extend_from_slice(&self.chunk);
            joined.extend_from_slice(&bytes);
            self.chunk = joined.freeze();
        }
    }

    /// The next whole event, comments and empty ones included.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        if self.partial.is_empty() {
            if let Some(end) = self.search.run(&self.chunk) {
                let raw = self.chunk.split_to(end);
                return self.frame(raw).map(Some);
            }
            self.partial.extend_from_slice(&self.chunk);
            self.chunk = Bytes::new();
        } else if !self.chunk.is_empty() {
            self.partial.extend_from_slice(&self.chunk);
            self.chunk = Bytes::new();
            if let Some(end) = self.search.run(&self.partial) {
                let raw = self.partial.split_to(end).freeze();
                self.chunk = self.partial.split().freeze();
                return self.frame(raw).map(Some);
            }
        }
        if self.partial.len() > self.limit {
            return Err(FrameError::TooLarge { limit: self.limit });
        }
        Ok(None)
    }

    /// The stream is over: the last event, if only the blank line after it is missing.
    ///
    /// `raw` then gets the missing line ends. Half an event (neither whole JSON nor `[DONE]`) is dropped:
    /// nobody could read it.
    pub fn finish(&mut self) -> Option<Frame> {
        let mut rest = std::mem::take(&mut self.partial);
        rest.extend_from_slice(&std::mem::take(&mut self.chunk));
        self.search = Search::default();
        if rest.is_empty() {
            return None;
        }
        let closed = matches!(rest.last(), Some(b'\n' | b'\r'));
        rest.extend_from_slice(if closed { b"\n" } else { b"\n\n" });
        let frame = self.frame(rest.freeze()).ok()?;
        let whole = frame.data.as_ref() == b"[DONE]" || scan::is_whole(&frame.data);
        whole.then_some(frame)
    }

    fn frame(&mut self, raw: Bytes) -> Result<Frame, FrameError> {
        self.search = Search::default();
        if raw.len() > self.limit {
            return Err(FrameError::TooLarge { limit: self.limit });
        }
        let bom = !self.begun && raw.starts_with(b"\xEF\xBB\xBF");
        self.begun = true;
        Ok(Frame::parse(raw, if bom { 3 } else { 0 }))
    }
}

impl Search {
    /// Where the first blank line ends; goes on from where it stopped last time.
    fn run(&mut self, bytes: &[u8]) -> Option<usize> {
        while let Some(found) = memchr2(b'\n', b'\r', bytes.get(self.at..)?) {
            let at = self.at + found;
            let end = match (bytes.get(at), bytes.get(at + 1)) {
                (Some(b'\r'), Some(b'\n')) => at + 2,
                (Some(b'\r'), None) => {
                    self.at = at;
                    return None;
                }
                _ => at + 1,
            };
            if at == self.line {
                return Some(end);
            }
            self.line = end;
            self.at = end;
        }
        self.at = bytes.len();
        None
    }
}

impl Frame {
    fn parse(raw: Bytes, from: usize) -> Self {
        let mut event = None;
        let mut data = Data::None;
        let mut at = from;
        while at < raw.len() {
            let rest = raw.get(at..).unwrap_or_default();
            let length = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            let line = at..at + length;
            at = line.end + 1;
            let Some(value) = value_of(&raw, &line, b"data") else {
                if let Some(value) = value_of(&raw, &line, b"event") {
                    event = Some(raw.slice(value));
                }
                continue;
            };
            data.add(&raw, value);
        }
        let data = match data {
            Data::None => Bytes::new(),
            Data::One(span) => raw.slice(span),
            Data::Many(joined) => joined.freeze(),
        };
        Self { raw, event, data }
    }
}

/// The data lines met so far: one is a slice of the source, several have to be joined.
enum Data {
    None,
    One(Range<usize>),
    Many(BytesMut),
}

impl Data {
    fn add(&mut self, raw: &Bytes, value: Range<usize>) {
        match self {
            Self::None => *self = Self::One(value),
            Self::One(first) => {
                let mut joined = BytesMut::from(raw.get(first.clone()).unwrap_or_default());
                joined.extend_from_slice(b"\n");
                joined.extend_from_slice(raw.get(value).unwrap_or_default());
                *self = Self::Many(joined);
            }
            Self::Many(joined) => {
                joined.extend_from_slice(b"\n");
                joined.extend_from_slice(raw.get(value).unwrap_or_default());
            }
        }
    }
}

/// The span of a line's value if the line is of this field; one space after the colon does not count.
fn value_of(raw: &Bytes, line: &Range<usize>, field: &[u8]) -> Option<Range<usize>> {
    let bytes = raw.get(line.clone())?;
    let Some(colon) = memchr(b':', bytes) else {
        return (bytes == field).then_some(line.end..line.end);
    };
    if bytes.get(..colon) != Some(field) {
        return None;
    }
    let space = usize::from(bytes.get(colon + 1) == Some(&b' '));
    Some(line.start + colon + 1 + space..line.end)
}
