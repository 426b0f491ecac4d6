//! The form of a stream without `alt=sse`: one JSON array whose items come one after the other.

use bytes::Bytes;

use crate::{FrameError, SseSplitter};

/// Writes a stream of events as one array; each event's data passes as it is.
#[derive(Debug, Default)]
pub struct JsonArray {
    splitter: SseSplitter,
    begun: bool,
}

impl JsonArray {
    /// Takes a piece of the event stream; gives the piece of the array that it makes.
    pub fn push(&mut self, bytes: Bytes) -> Result<Vec<u8>, FrameError> {
        let keeps_alive = !bytes.is_empty() && bytes.trim_ascii().is_empty();
        self.splitter.push(bytes);
        let mut out = Vec::new();
        while let Some(frame) = self.splitter.next_frame()? {
            self.item(&frame.data, &mut out);
        }
        if keeps_alive && out.is_empty() {
            // Space may stand anywhere between items.
            out.push(b'\n');
        }
        Ok(out)
    }

    /// The stream is over: the end of the array.
    pub fn finish(mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if let Some(frame) = self.splitter.finish() {
            self.item(&frame.data, &mut out);
        }
        out.extend_from_slice(if self.begun { b"\n]" } else { b"[]" });
        out
    }

    fn item(&mut self, data: &[u8], out: &mut Vec<u8>) {
        if data.is_empty() {
            return;
        }
        out.extend_from_slice(if self.begun { b",\r\n" } else { b"[" });
        self.begun = true;
        out.extend_from_slice(data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(pieces: &[&[u8]]) -> String {
        let mut array = JsonArray::default();
        let mut out = Vec::new();
        for piece in pieces {
            out.extend(array.push(Bytes::copy_from_slice(piece)).unwrap());
        }
        out.extend(array.finish());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn events_become_the_items_of_one_array_however_they_are_cut() {
        let stream = b"data: {\"a\": 1}\r\n\r\n: comment\r\n\r\ndata: {\"b\":[2]}\r\n\r\n";
        for cut in 0..stream.len() {
            let (head, tail) = stream.split_at(cut);
            // A piece of space may leave space behind.
            let told = array(&[head, tail]).replace(['\r', '\n'], "");
            assert_eq!(told, "[{\"a\": 1},{\"b\":[2]}]");
        }
    }

    #[test]
    fn a_stream_without_events_is_an_empty_array() {
        assert_eq!(array(&[b": keep-alive\n\n"]), "[]");
    }

    #[test]
    fn what_keeps_a_stream_alive_is_space_between_the_items() {
        let alive: &[u8] = b"\r\n";
        let told =
            array(&[alive, b"data: {\"a\":1}\r\n\r\n", alive, b"data: {\"b\":2}\r\n\r\n", alive]);
        assert_eq!(told, "\n[{\"a\":1}\n,\r\n{\"b\":2}\n\n]");
    }
}
