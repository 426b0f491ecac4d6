//! What a legal stream is, in each dialect. Told apart from the code under test on purpose: it reads the
//! bytes as a client would.

mod chat;
mod gemini;
mod messages;
mod ollama;
mod responses;

use bytes::Bytes;
use serde_json::Value;
use switchyard_dialect::{Frame, Splitter};
use switchyard_types::Dialect;

/// How a legal stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Good,
    Error,
}

/// Checks a whole stream; the error says which rule is broken where.
pub(crate) fn check(dialect: Dialect, bytes: &[u8]) -> Result<Ending, String> {
    let close: &[u8] = match dialect {
        Dialect::Chat | Dialect::Messages | Dialect::Responses => b"\n\n",
        Dialect::Gemini => b"\r\n\r\n",
        Dialect::Ollama => b"\n",
    };
    if !bytes.ends_with(close) && !bytes.is_empty() {
        return Err("the stream does not end as its framing wants".to_owned());
    }
    let frames: Vec<Frame> =
        split(dialect, &[bytes]).into_iter().filter(|frame| !frame.data.is_empty()).collect();
    let checked = match dialect {
        Dialect::Messages => messages::messages(&frames),
        Dialect::Chat => chat::chat(&frames),
        Dialect::Responses => responses::responses(&frames),
        Dialect::Gemini => gemini::gemini(&frames),
        Dialect::Ollama => ollama::ollama(&frames),
    };
    checked.map_err(|(place, problem)| {
        format!("event {place}: {problem}\n{}", String::from_utf8_lossy(bytes))
    })
}

/// Splits bytes of a dialect that arrive in these pieces.
pub(crate) fn split(dialect: Dialect, pieces: &[&[u8]]) -> Vec<Frame> {
    let mut splitter = Splitter::of(dialect);
    let mut frames = Vec::new();
    for piece in pieces {
        splitter.push(Bytes::copy_from_slice(piece));
        while let Some(frame) = splitter.next_frame().unwrap() {
            frames.push(frame);
        }
    }
    frames.extend(splitter.finish());
    frames
}

type Checked = Result<Ending, (usize, String)>;

fn json(frame: &Frame) -> Value {
    serde_json::from_slice(&frame.data).unwrap_or_else(|_| panic!("not JSON: {:?}", frame.data))
}
