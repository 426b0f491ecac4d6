use serde_json::json;

use crate::fault::{ClientError, ErrorKind};
use crate::json::to_vec;

/// `OpenAI`'s error types and codes (platform.openai.com, "Error codes").
pub(crate) fn words(kind: ErrorKind) -> (&'static str, Option<&'static str>) {
    match kind {
        ErrorKind::InvalidRequest => ("invalid_request_error", None),
        ErrorKind::Authentication => ("invalid_request_error", Some("invalid_api_key")),
        ErrorKind::Billing => ("insufficient_quota", Some("insufficient_quota")),
        ErrorKind::Permission => ("invalid_request_error", Some("permission_denied")),
        ErrorKind::NotFound => ("invalid_request_error", Some("model_not_found")),
        ErrorKind::ConversationElsewhere => {
            ("invalid_request_error", Some("previous_response_not_found"))
        }
        ErrorKind::TooLarge => ("invalid_request_error", Some("request_too_large")),
        ErrorKind::RateLimit => ("rate_limit_error", Some("rate_limit_exceeded")),
        ErrorKind::ContextTooLong => ("invalid_request_error", Some("context_length_exceeded")),
        ErrorKind::Timeout => ("server_error", Some("timeout")),
        ErrorKind::Overloaded => ("server_error", Some("server_is_overloaded")),
        ErrorKind::Server => ("server_error", Some("server_error")),
    }
}

pub(crate) fn envelope(error: &ClientError) -> Vec<u8> {
    let (kind, code) = words(error.kind);
    to_vec(&json!({"error": {
        "message": error.message,
        "type": kind,
        "param": null,
        "code": code,
    }}))
}

pub(crate) fn stream(error: &ClientError) -> Vec<u8> {
    [b"data: ".as_slice(), &envelope(error), b"\n\ndata: [DONE]\n\n"].concat()
}
