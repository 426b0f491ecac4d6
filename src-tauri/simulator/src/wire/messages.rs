//! Anthropic Messages.

use serde_json::{Value, json};

use super::{Event, Saying, Sort, parsed, quoted};
use crate::turn::{Block, Stop, Usage};

fn stop_reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::EndTurn => "end_turn",
        Stop::ToolUse => "tool_use",
        Stop::MaxTokens => "max_tokens",
        Stop::StopSequence(_) => "stop_sequence",
        Stop::Refusal => "refusal",
    }
}

fn stop_sequence(stop: &Stop) -> Option<&str> {
    match stop {
        Stop::StopSequence(sequence) => Some(sequence),
        Stop::EndTurn | Stop::ToolUse | Stop::MaxTokens | Stop::Refusal => None,
    }
}

fn usage(usage: Usage, output: u64) -> Value {
    json!({
        "input_tokens": usage.input,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "cache_creation": { "ephemeral_5m_input_tokens": usage.cache_write, "ephemeral_1h_input_tokens": 0 },
        "output_tokens": output,
        "service_tier": "standard",
    })
}

pub(super) fn reply(saying: &Saying<'_>) -> Value {
    let content: Vec<Value> = saying
        .turn
        .blocks
        .iter()
        .enumerate()
        .map(|(index, block)| match block {
            Block::Text(text) => json!({ "type": "text", "text": text }),
            Block::Thinking { text, signature } => {
                json!({ "type": "thinking", "thinking": text, "signature": signature })
            }
            Block::RedactedThinking(data) => json!({ "type": "redacted_thinking", "data": data }),
            Block::Call(call) => json!({
                "type": "tool_use",
                "id": saying.call_id(call, "toolu_", index),
                "name": call.name,
                "input": parsed(call),
            }),
        })
        .collect();
    let stop = saying.turn.stop_or_native();
    json!({
        "id": saying.id("msg_", 0),
        "type": "message",
        "role": "assistant",
        "model": saying.model,
        "content": content,
        "stop_reason": stop_reason(&stop),
        "stop_sequence": stop_sequence(&stop),
        "usage": usage(saying.usage, saying.usage.output),
    })
}

pub(super) fn events(saying: &Saying<'_>) -> Vec<Event> {
    let message = json!({
        "id": saying.id("msg_", 0),
        "type": "message",
        "role": "assistant",
        "model": saying.model,
        "content": [],
        "stop_reason": null,
        "stop_sequence": null,
        "usage": usage(saying.usage, 1),
    });
    let start = json!({ "type": "message_start", "message": message });
    let mut events = vec![
        Event::named(Sort::Handshake, "message_start", &start),
        Event::named(Sort::Handshake, "ping", &json!({ "type": "ping" })),
    ];
    for (index, block) in saying.turn.blocks.iter().enumerate() {
        write_block(saying, index, block, &mut events);
    }
    let stop = saying.turn.stop_or_native();
    let end = json!({
        "type": "message_delta",
        "delta": { "stop_reason": stop_reason(&stop), "stop_sequence": stop_sequence(&stop) },
        "usage": usage(saying.usage, saying.usage.output),
    });
    events.push(Event::named(Sort::Frame, "message_delta", &end));
    events.push(Event::named(Sort::Frame, "message_stop", &json!({ "type": "message_stop" })));
    events
}

fn write_block(saying: &Saying<'_>, index: usize, block: &Block, events: &mut Vec<Event>) {
    let start = match block {
        Block::Text(_) => json!({ "type": "text", "text": "" }),
        Block::Thinking { .. } => json!({ "type": "thinking", "thinking": "", "signature": "" }),
        Block::RedactedThinking(data) => json!({ "type": "redacted_thinking", "data": data }),
        Block::Call(call) => json!({
            "type": "tool_use",
            "id": saying.call_id(call, "toolu_", index),
            "name": call.name,
            "input": {},
        }),
    };
    let start = json!({ "type": "content_block_start", "index": index, "content_block": start });
    events.push(Event::named(Sort::Frame, "content_block_start", &start));
    match block {
        Block::Text(text) => write_deltas(saying, index, ("text_delta", "text"), text, events),
        Block::Thinking { text, signature } => {
            write_deltas(saying, index, ("thinking_delta", "thinking"), text, events);
            if !signature.is_empty() {
                events.push(delta(index, ("signature_delta", "signature"), signature));
            }
        }
        Block::RedactedThinking(_) => {}
        Block::Call(call) => {
            let fields = ("input_json_delta", "partial_json");
            events.push(delta(index, fields, ""));
            write_deltas(saying, index, fields, &call.arguments, events);
        }
    }
    let stop = json!({ "type": "content_block_stop", "index": index });
    events.push(Event::named(Sort::Frame, "content_block_stop", &stop));
}

fn write_deltas(
    saying: &Saying<'_>,
    index: usize,
    fields: (&str, &str),
    text: &str,
    events: &mut Vec<Event>,
) {
    let pieces = saying.chunking.pieces(text);
    events.extend(pieces.into_iter().map(|piece| delta(index, fields, piece)));
}

fn delta(index: usize, (kind, field): (&str, &str), piece: &str) -> Event {
    let piece = quoted(piece);
    Event::new(
        Sort::Delta,
        format!(
            "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":{index},\
             \"delta\":{{\"type\":\"{kind}\",\"{field}\":{piece}}}}}\n\n"
        ),
    )
}
