use serde_json::json;

use crate::fault::{ClientError, ErrorKind};
use crate::json::to_vec;

/// Google's status words (`google.rpc.Code`).
fn word(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidRequest
        | ErrorKind::ConversationElsewhere
        | ErrorKind::TooLarge
        | ErrorKind::ContextTooLong => "INVALID_ARGUMENT",
        ErrorKind::Authentication => "UNAUTHENTICATED",
        ErrorKind::Billing => "FAILED_PRECONDITION",
        ErrorKind::Permission => "PERMISSION_DENIED",
        ErrorKind::NotFound => "NOT_FOUND",
        ErrorKind::RateLimit => "RESOURCE_EXHAUSTED",
        ErrorKind::Timeout => "DEADLINE_EXCEEDED",
        ErrorKind::Overloaded => "UNAVAILABLE",
        ErrorKind::Server => "INTERNAL",
    }
}

pub(crate) fn envelope(error: &ClientError) -> Vec<u8> {
    let mut body = json!({"error": {
        "code": error.status,
        "message": error.message,
        "status": word(error.kind),
    }});
    if let (Some(seconds), Some(inner)) = (error.retry_after, body.get_mut("error")) {
        inner["details"] = json!([{
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            "retryDelay": format!("{seconds}s"),
        }]);
    }
    to_vec(&body)
}

pub(crate) fn stream(error: &ClientError) -> Vec<u8> {
    [b"data: ".as_slice(), &envelope(error), b"\r\n\r\n"].concat()
}
