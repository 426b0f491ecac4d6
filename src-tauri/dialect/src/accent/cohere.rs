//! Cohere's Chat, which refuses `stream_options` (strandsagents.com, "Cohere", 2026; its own list of supported
//! parameters, docs.cohere.com, "Compatibility API", does not name it). Usage comes with the last event anyway.

use bytes::Bytes;
use memchr::memmem;

use crate::json::Object;

/// The request without what is refused; one that does not hold it passes untouched.
pub(super) fn obey(body: &Bytes) -> Bytes {
    const REFUSED: &str = "stream_options";
    let holds = memmem::find(body, REFUSED.as_bytes()).is_some();
    let text = std::str::from_utf8(body).ok().filter(|_| holds);
    let Some(text) = text else { return body.clone() };
    let mut request = Object::of(text);
    if request.get(REFUSED).is_none() {
        return body.clone();
    }
    request.remove(REFUSED);
    Bytes::from(request.to_json())
}
