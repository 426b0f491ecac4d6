//! Cuts the event stream into the texts of its events.
//!
//! Works on bytes: a chunk may end inside a line, a line ending or a character.

/// No event of ours is nearly this long; a stream that sends more is not ours.
const LONGEST: usize = 8 * 1024 * 1024;

/// The stream sent an endless line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event stream sent a line longer than {LONGEST} bytes")]
pub(crate) struct TooLong;

/// What has arrived and is not yet an event.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    line: Vec<u8>,
    data: Option<String>,
    after_cr: bool,
    begun: bool,
}

impl EventReader {
    /// Takes the next chunk and gives the `data` of each event that it completes.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<Vec<String>, TooLong> {
        let mut events = Vec::new();
        for &byte in chunk {
            let after_cr = std::mem::take(&mut self.after_cr);
            match byte {
                b'\n' if after_cr => {}
                b'\n' => events.extend(self.end_line()),
                b'\r' => {
                    self.after_cr = true;
                    events.extend(self.end_line());
                }
                _ => self.line.push(byte),
            }
        }
        let held = self.line.len() + self.data.as_ref().map_or(0, String::len);
        if held > LONGEST { Err(TooLong) } else { Ok(events) }
    }

    fn end_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let text = if self.begun { &text } else { text.trim_start_matches('\u{feff}') };
        self.begun = true;
        if text.is_empty() {
            return self.data.take();
        }
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        if field == "data" {
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "\u{feff}: hello\n\ndata: {\"a\":\"智谱 ü\"}\r\n\r\nevent: x\rid: 4\rdata:one\rdata: two\r\r:\n\
                          retry: 5\ndata\n\ndata: last\n\n";
    const EVENTS: [&str; 4] = ["{\"a\":\"智谱 ü\"}", "one\ntwo", "", "last"];

    #[test]
    fn events_are_the_same_wherever_the_stream_is_split() {
        let bytes = STREAM.as_bytes();
        for first in 0..=bytes.len() {
            for second in first..=bytes.len() {
                let mut reader = EventReader::default();
                let mut events = reader.push(&bytes[..first]).unwrap();
                events.extend(reader.push(&bytes[first..second]).unwrap());
                events.extend(reader.push(&bytes[second..]).unwrap());
                assert_eq!(events, EVENTS, "split at {first} and {second}");
            }
        }
    }

    #[test]
    fn events_arrive_byte_by_byte() {
        let mut reader = EventReader::default();
        let events: Vec<String> =
            STREAM.bytes().flat_map(|byte| reader.push(&[byte]).unwrap()).collect();
        assert_eq!(events, EVENTS);
    }

    #[test]
    fn an_unfinished_event_is_not_given() {
        let mut reader = EventReader::default();
        assert_eq!(reader.push(b"data: half\n").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut reader = EventReader::default();
        let chunk = vec![b'x'; LONGEST];
        assert_eq!(reader.push(&chunk), Ok(vec![]));
        assert_eq!(reader.push(b"x"), Err(TooLong));
    }
}
