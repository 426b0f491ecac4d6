use serde_json::{Value, json};

use crate::fault::{ClientError, ErrorKind};
use crate::json::to_vec;

/// Anthropic's error types (docs.anthropic.com, "Errors").
fn word(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidRequest | ErrorKind::ContextTooLong => "invalid_request_error",
        ErrorKind::Authentication => "authentication_error",
        ErrorKind::Billing => "billing_error",
        ErrorKind::Permission => "permission_error",
        ErrorKind::NotFound | ErrorKind::ConversationElsewhere => "not_found_error",
        ErrorKind::TooLarge => "request_too_large",
        ErrorKind::RateLimit => "rate_limit_error",
        ErrorKind::Timeout => "timeout_error",
        ErrorKind::Overloaded => "overloaded_error",
        ErrorKind::Server => "api_error",
    }
}

fn body(error: &ClientError) -> Value {
    // Clients that compact their history look for these words.
    const TOO_LONG: &str = "prompt is too long";
    let message = match error.kind {
        ErrorKind::ContextTooLong if !error.message.contains(TOO_LONG) => {
            format!("{TOO_LONG}: {}", error.message)
        }
        _ => error.message.clone(),
    };
    let mut inner = json!({"type": word(error.kind), "message": message});
    if error.kind == ErrorKind::ConversationElsewhere {
        // By this code Anthropic's clients know that they are to send the conversation whole.
        inner["details"] = json!({"error_code": "thread_not_found"});
    }
    json!({"type": "error", "error": inner})
}

pub(crate) fn envelope(error: &ClientError) -> Vec<u8> {
    to_vec(&body(error))
}

pub(crate) fn stream(error: &ClientError) -> Vec<u8> {
    [b"event: error\ndata: ".as_slice(), &envelope(error), b"\n\n"].concat()
}
