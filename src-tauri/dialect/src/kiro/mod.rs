//! Kiro (Amazon Q Developer's `GenerateAssistantResponse`): a conversation state goes out, an AWS event
//! stream comes back. Vendors only; no client speaks it.
//!
//! Sources: the service's model in the public clients (github.com/aws/amazon-q-developer-cli,
//! `amzn-codewhisperer-streaming-client`, 2026-05).

pub(crate) mod stream;
mod types;
pub(crate) mod write;

use bytes::Bytes;
use serde_json::Value;

use crate::accent::Occasion;

/// Puts the conversation's name around a state that was written without one.
pub(crate) fn address(state: &Bytes, occasion: &Occasion<'_>) -> Bytes {
    let name = if occasion.session.is_empty() { occasion.request } else { occasion.session };
    let head = format!(
        "{{\"conversationState\":{{\"chatTriggerType\":\"MANUAL\",\"conversationId\":{},",
        Value::from(name)
    );
    let mut body = Vec::with_capacity(head.len() + state.len() + 2);
    body.extend_from_slice(head.as_bytes());
    // Without the opening brace, which the head has.
    body.extend_from_slice(state.get(1..).unwrap_or(b"}"));
    body.push(b'}');
    Bytes::from(body)
}
