//! A stream as the whole reply it would have been, and a whole reply as a stream: for vendors that answer
//! in the other form than they were asked in.

use switchyard_types::Dialect;

use crate::accent::unreadable;
use crate::fault::VendorFault;
use crate::frame::frames;
use crate::json::in_one_line;
use crate::{
    Frame, Seen, Tongue, Watch, chat, gemini, inspect_reply, messages, ollama, responses, scan,
};

/// The whole reply that a stream of the same dialect tells.
///
/// An error inside the stream, or one that breaks off, is the vendor's fault.
pub fn fold(tongue: impl Into<Tongue>, stream: &[u8]) -> Result<Vec<u8>, VendorFault> {
    let tongue = tongue.into();
    let frames = told(tongue, stream)?;
    match tongue.dialect {
        Dialect::Chat => Ok(chat::fold::fold(&frames)),
        Dialect::Messages => Ok(messages::fold::fold(&frames)),
        Dialect::Responses => Ok(responses::fold::fold(&frames)),
        Dialect::Gemini => Ok(gemini::fold::fold(&frames)),
        Dialect::Ollama => Ok(ollama::fold::fold(&frames)),
    }
}

/// The stream that tells a whole reply of the same dialect.
///
/// What is no reply (an error object, a web page, nothing) is the vendor's fault.
pub fn unfold(dialect: Dialect, reply: &[u8]) -> Result<Vec<u8>, VendorFault> {
    let bare = reply.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(reply).trim_ascii();
    // A stream of Gemini's without `alt=sse` is a list of replies; each is looked at as an event.
    if !(dialect == Dialect::Gemini && bare.starts_with(b"[{") && scan::is_whole(bare)) {
        inspect_reply(dialect, reply)?;
    }
    let bare = &in_one_line(bare);
    match dialect {
        Dialect::Chat => Ok(chat::fold::unfold(bare)),
        Dialect::Messages => Ok(messages::fold::unfold(bare)),
        Dialect::Responses => Ok(responses::fold::unfold(bare)),
        Dialect::Gemini => Ok(gemini::fold::unfold(bare)),
        Dialect::Ollama => Ok(ollama::fold::unfold(bare)),
    }
}

/// Whether an answer is a stream, judged by how it begins: events, or more than one JSON value.
pub fn looks_streamed(body: &[u8]) -> bool {
    let bare = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
    if bare.starts_with(b"{") {
        let first = memchr::memchr(b'\n', bare).and_then(|end| bare.get(..end));
        return first.is_some_and(scan::is_whole);
    }
    [b"data:".as_slice(), b"event:", b"id:", b"retry:", b":"]
        .iter()
        .any(|start| bare.starts_with(start))
}

/// The events of a stream that came to a legal end.
fn told(tongue: Tongue, stream: &[u8]) -> Result<Vec<Frame>, VendorFault> {
    let mut watch = Watch::new(tongue.dialect);
    let mut told = Vec::new();
    for frame in frames(tongue, stream) {
        let frame = frame.map_err(|error| unreadable(&error.to_string()))?;
        if let Seen::Fault(fault) = watch.see(&frame) {
            return Err(fault);
        }
        if !frame.data.is_empty() {
            told.push(frame);
        }
    }
    if told.is_empty() {
        return Err(unreadable("the vendor's answer is empty"));
    }
    if !watch.ended() {
        return Err(unreadable("the vendor's answer broke off before its end"));
    }
    Ok(told)
}
