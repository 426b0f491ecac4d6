//! JSON values one a line (ndjson.org), on bytes.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use super::{Frame, FrameError, LIMIT};
use crate::scan;

/// Cuts a byte stream into lines, wherever the network has cut it before. A line ends with LF; the CR of a
/// CRLF is white space to JSON.
#[derive(Debug)]
pub struct NdjsonSplitter {
    /// What came and was not given out.
    rest: BytesMut,
    /// How far it has been searched for a line's end.
    searched: usize,
    limit: usize,
}

impl Default for NdjsonSplitter {
    fn default() -> Self {
        Self::with_limit(LIMIT)
    }
}

impl NdjsonSplitter {
    /// A splitter with a limit for one line, in bytes.
    pub fn with_limit(limit: usize) -> Self {
        Self { rest: BytesMut::new(), searched: 0, limit }
    }

    /// Takes what came.
    pub fn push(&mut self, bytes: &Bytes) {
        self.rest.extend_from_slice(bytes);
    }

    /// The next whole line; an empty one has no data.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let fresh = self.rest.get(self.searched..).unwrap_or_default();
        let end = memchr(b'\n', fresh).map(|found| self.searched + found + 1);
        if end.unwrap_or(self.rest.len()) > self.limit {
            return Err(FrameError::TooLarge { limit: self.limit });
        }
        let Some(end) = end else {
            self.searched = self.rest.len();
            return Ok(None);
        };
        self.searched = 0;
        Ok(Some(frame(self.rest.split_to(end).freeze())))
    }

    /// The stream is over: the last line, if only its end is missing. Half a value is dropped: nobody could
    /// read it.
    pub fn finish(&mut self) -> Option<Frame> {
        let mut rest = std::mem::take(&mut self.rest);
        self.searched = 0;
        if rest.trim_ascii().is_empty() {
            return None;
        }
        rest.extend_from_slice(b"\n");
        let frame = frame(rest.freeze());
        scan::is_whole(&frame.data).then_some(frame)
    }
}

fn frame(raw: Bytes) -> Frame {
    let text = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&raw).trim_ascii();
    let data = raw.slice_ref(text);
    Frame { raw, event: None, data }
}
