use serde_json::json;

use crate::chat;
use crate::fault::ClientError;
use crate::json::to_vec;

/// The envelope is the one of Chat.
pub(crate) fn envelope(error: &ClientError) -> Vec<u8> {
    chat::fault::envelope(error)
}

pub(crate) fn stream(error: &ClientError) -> Vec<u8> {
    failed("resp_failed", 0, error)
}

/// The `response.failed` event that ends the response with this id.
pub(crate) fn failed(id: &str, sequence: u64, error: &ClientError) -> Vec<u8> {
    let (kind, code) = chat::fault::words(error.kind);
    let event = json!({
        "type": "response.failed",
        "sequence_number": sequence,
        "response": {
            "id": id,
            "object": "response",
            "status": "failed",
            "error": {"code": code.unwrap_or(kind), "message": error.message},
            "incomplete_details": null,
            "output": [],
            "usage": null,
        },
    });
    [b"event: response.failed\ndata: ".as_slice(), &to_vec(&event), b"\n\n"].concat()
}
