//! Kiro: AWS event-stream messages (docs.aws.amazon.com, "Event stream encoding"), and nothing but streams.

use bytes::{BufMut, Bytes, BytesMut};
use serde_json::{Value, json};

use super::{Event, Saying, Sort};
use crate::turn::Block;

pub(super) fn events(saying: &Saying<'_>) -> Vec<Event> {
    let mut events = vec![event(
        Sort::Handshake,
        "messageMetadataEvent",
        &json!({ "conversationId": saying.id("conv-", 0), "utteranceId": saying.id("utt-", 0) }),
    )];
    for (place, block) in saying.turn.blocks.iter().enumerate() {
        match block {
            Block::Text(text) => {
                for piece in saying.chunking.pieces(text) {
                    let said = json!({ "content": piece, "modelId": saying.model });
                    events.push(event(Sort::Delta, "assistantResponseEvent", &said));
                }
            }
            Block::Thinking { text, .. } => {
                for piece in saying.chunking.pieces(text) {
                    let said = json!({ "text": piece });
                    events.push(event(Sort::Delta, "reasoningContentEvent", &said));
                }
            }
            Block::RedactedThinking(_) => {}
            Block::Call(call) => {
                let id = saying.call_id(call, "tooluse_", place);
                let mut piece = json!({ "toolUseId": id, "name": call.name });
                events.push(event(Sort::Delta, "toolUseEvent", &piece));
                for input in saying.chunking.pieces(&call.arguments) {
                    piece["input"] = input.into();
                    events.push(event(Sort::Delta, "toolUseEvent", &piece));
                }
                let end = json!({ "toolUseId": id, "name": call.name, "stop": true });
                events.push(event(Sort::Delta, "toolUseEvent", &end));
            }
        }
    }
    let usage = saying.usage;
    let counted = json!({ "tokenUsage": {
        "uncachedInputTokens": usage.input,
        "cacheReadInputTokens": usage.cache_read,
        "cacheWriteInputTokens": usage.cache_write,
        "outputTokens": usage.output,
        "totalTokens": usage.all_input() + usage.output,
    }});
    events.push(event(Sort::Frame, "metadataEvent", &counted));
    let metered = json!({ "unit": "credit", "unitPlural": "credits", "usage": 0.04 });
    events.push(event(Sort::Frame, "meteringEvent", &metered));
    let filled = json!({ "contextUsagePercentage": 1.5 });
    events.push(event(Sort::Frame, "contextUsageEvent", &filled));
    events
}

fn event(sort: Sort, name: &str, payload: &Value) -> Event {
    let headers =
        [(":event-type", name), (":content-type", "application/json"), (":message-type", "event")];
    Event { bytes: message(&headers, payload), sort }
}

/// A refusal in the middle of an answer.
pub(super) fn exception(body: &Value) -> Bytes {
    let name = body.get("__type").and_then(Value::as_str).unwrap_or("InternalServerException");
    let headers = [
        (":exception-type", name),
        (":content-type", "application/json"),
        (":message-type", "exception"),
    ];
    let payload = json!({ "message": body.get("message"), "reason": body.get("reason") });
    message(&headers, &payload)
}

/// The kind of a header's value: text.
const TEXT: u8 = 7;

fn message(headers: &[(&str, &str)], payload: &Value) -> Bytes {
    let mut head = BytesMut::new();
    for (name, value) in headers {
        head.put_u8(u8::try_from(name.len()).unwrap_or(u8::MAX));
        head.put_slice(name.as_bytes());
        head.put_u8(TEXT);
        head.put_u16(u16::try_from(value.len()).unwrap_or(u16::MAX));
        head.put_slice(value.as_bytes());
    }
    let payload = payload.to_string();
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    let mut whole = BytesMut::new();
    whole.put_u32(length(16 + head.len() + payload.len()));
    whole.put_u32(length(head.len()));
    whole.put_u32(crc32(&whole));
    whole.put_slice(&head);
    whole.put_slice(payload.as_bytes());
    whole.put_u32(crc32(&whole));
    whole.freeze()
}

/// CRC-32 as in Ethernet and zip files, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn an_empty_message_is_the_documented_one() {
        // The smallest message there is: two lengths and two checksums.
        let mut whole = BytesMut::new();
        whole.put_u32(16);
        whole.put_u32(0);
        whole.put_u32(crc32(&whole));
        assert_eq!(whole.as_ref(), [0, 0, 0, 16, 0, 0, 0, 0, 5, 194, 72, 235]);
    }
}
