//! AWS event-stream messages (docs.aws.amazon.com, "Event stream encoding"): binary, each with its own
//! lengths and checksums, read by AWS's own crate.

use aws_smithy_eventstream::frame::read_message_from;
use aws_smithy_types::event_stream::Message;
use bytes::{Buf, Bytes, BytesMut};

use super::{Frame, FrameError};

/// Two lengths and the checksum over them.
const PRELUDE: usize = 12;

/// The smallest message: the prelude and the checksum of the whole.
const SMALLEST: usize = PRELUDE + 4;

/// The largest message that the encoding allows: 16 MB of payload, 128 KB of headers.
const LARGEST: usize = 16 * 1024 * 1024 + 128 * 1024 + SMALLEST;

/// The name of an event that tells of a failure.
pub(crate) const FAILURE: &[u8] = b"exception";

/// Cuts a byte stream into messages, wherever the network has cut it before.
///
/// An event becomes a [`Frame`] with its type and its payload. An exception or an error becomes one named
/// `exception`, whose payload says in `__type` which it is.
#[derive(Debug, Default)]
pub struct EventStreamSplitter {
    rest: BytesMut,
    /// A damaged stream is not read on: nobody knows where the next message begins.
    damaged: bool,
}

impl EventStreamSplitter {
    /// Takes what came.
    pub fn push(&mut self, bytes: &Bytes) {
        self.rest.extend_from_slice(bytes);
    }

    /// The next whole message.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        if self.damaged {
            return Err(FrameError::Damaged);
        }
        let Some(length) = self.rest.get(..4).map(|mut prelude| prelude.get_u32()) else {
            return Ok(None);
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > LARGEST {
            self.damaged = true;
            return Err(FrameError::TooLarge { limit: LARGEST });
        }
        if length < SMALLEST {
            self.damaged = true;
            return Err(FrameError::Damaged);
        }
        if self.rest.len() < length {
            return Ok(None);
        }
        let raw = self.rest.split_to(length).freeze();
        let Ok(message) = read_message_from(&mut raw.clone()) else {
            self.damaged = true;
            return Err(FrameError::Damaged);
        };
        Ok(Some(frame(raw, &message)))
    }

    /// The stream is over. Half a message tells that it broke off.
    pub fn finish(&mut self) -> Option<Frame> {
        let rest = std::mem::take(&mut self.rest);
        (!rest.is_empty()).then(|| Frame {
            raw: rest.freeze(),
            event: Some(Bytes::from_static(FAILURE)),
            data: Bytes::from_static(
                br#"{"message":"the vendor's answer broke off in the middle of an event"}"#,
            ),
        })
    }
}

fn frame(raw: Bytes, message: &Message) -> Frame {
    let header = |name: &str| {
        let found = message.headers().iter().find(|header| header.name().as_str() == name)?;
        Some(found.value().as_string().ok()?.as_str().to_owned())
    };
    let kind = header(":message-type").unwrap_or_default();
    if kind == "event" || kind.is_empty() {
        let event = header(":event-type").map(|name| Bytes::from(name.into_bytes()));
        return Frame { raw, event, data: message.payload().clone() };
    }
    let name = header(":exception-type").or_else(|| header(":error-code")).unwrap_or(kind);
    let mut told: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(message.payload()).unwrap_or_default();
    if !told.contains_key("message")
        && let Some(words) = header(":error-message")
    {
        told.insert("message".to_owned(), words.into());
    }
    told.insert("__type".to_owned(), name.into());
    let data = Bytes::from(serde_json::Value::from(told).to_string());
    Frame { raw, event: Some(Bytes::from_static(FAILURE)), data }
}
