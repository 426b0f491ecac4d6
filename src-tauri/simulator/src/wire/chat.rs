//! `OpenAI` Chat Completions.

use serde_json::{Value, json};

use super::{Event, Framing, Saying, Sort, quoted};
use crate::turn::{Block, Stop, Usage};

fn finish_reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::EndTurn | Stop::StopSequence(_) => "stop",
        Stop::ToolUse => "tool_calls",
        Stop::MaxTokens => "length",
        Stop::Refusal => "content_filter",
    }
}

fn usage(usage: Usage) -> Value {
    json!({
        "prompt_tokens": usage.all_input(),
        "completion_tokens": usage.output,
        "total_tokens": usage.all_input() + usage.output,
        "prompt_tokens_details": { "cached_tokens": usage.cache_read, "audio_tokens": 0 },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    })
}

pub(super) fn reply(saying: &Saying<'_>) -> Value {
    let (mut text, mut thinking, mut calls) = (String::new(), String::new(), Vec::new());
    for block in &saying.turn.blocks {
        match block {
            Block::Text(part) => text.push_str(part),
            Block::Thinking { text, .. } => thinking.push_str(text),
            Block::RedactedThinking(_) => {}
            Block::Call(call) => calls.push(json!({
                "id": saying.call_id(call, "call_", calls.len()),
                "type": "function",
                "function": { "name": call.name, "arguments": call.arguments },
            })),
        }
    }
    let content = if text.is_empty() && !calls.is_empty() { Value::Null } else { text.into() };
    let mut message =
        json!({ "role": "assistant", "content": content, "refusal": null, "annotations": [] });
    if !thinking.is_empty() {
        message["reasoning_content"] = thinking.into();
    }
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    json!({
        "id": saying.id("chatcmpl-", 0),
        "object": "chat.completion",
        "created": saying.created,
        "model": saying.model,
        "choices": [{
            "index": 0,
            "message": message,
            "logprobs": null,
            "finish_reason": finish_reason(&saying.turn.stop_or_native()),
        }],
        "usage": usage(saying.usage),
        "service_tier": "default",
        "system_fingerprint": "fp_simulator",
    })
}

/// The parts of a chunk that are the same in all of a stream: deltas are spliced between them, because
/// benchmarks ask for thousands.
struct Chunks {
    head: String,
    tail: &'static str,
}

impl Chunks {
    fn new(saying: &Saying<'_>) -> Self {
        let head = format!(
            "data: {{\"id\":{},\"object\":\"chat.completion.chunk\",\"created\":{},\"model\":{},\
             \"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulator\",\"choices\":[",
            quoted(&saying.id("chatcmpl-", 0)),
            saying.created,
            quoted(saying.model),
        );
        let tail = match saying.framing {
            Framing::EventsWithUsage => "],\"usage\":null}\n\n",
            Framing::Events | Framing::Array | Framing::Prompt => "]}\n\n",
        };
        Self { head, tail }
    }

    fn delta(&self, sort: Sort, delta: &str, finish: &str) -> Event {
        let Self { head, tail } = self;
        Event::new(
            sort,
            format!(
                "{head}{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\"finish_reason\":{finish}}}{tail}"
            ),
        )
    }

    fn content(&self, delta: &str) -> Event {
        self.delta(Sort::Delta, delta, "null")
    }

    fn usage(&self, usage: &Value) -> Event {
        Event::new(Sort::Frame, format!("{}],\"usage\":{usage}}}\n\n", self.head))
    }
}

pub(super) fn events(saying: &Saying<'_>) -> Vec<Event> {
    let chunks = Chunks::new(saying);
    let opening = r#"{"role":"assistant","content":"","refusal":null}"#;
    let mut events = vec![chunks.delta(Sort::Handshake, opening, "null")];
    let mut calls = 0;
    for block in &saying.turn.blocks {
        match block {
            Block::Text(text) => events.extend(
                saying
                    .chunking
                    .pieces(text)
                    .into_iter()
                    .map(|piece| chunks.content(&format!("{{\"content\":{}}}", quoted(piece)))),
            ),
            Block::Thinking { text, .. } => {
                events.extend(saying.chunking.pieces(text).into_iter().map(|piece| {
                    chunks.content(&format!("{{\"reasoning_content\":{}}}", quoted(piece)))
                }));
            }
            Block::RedactedThinking(_) => {}
            Block::Call(call) => {
                let start = json!({ "tool_calls": [{
                    "index": calls,
                    "id": saying.call_id(call, "call_", calls),
                    "type": "function",
                    "function": { "name": call.name, "arguments": "" },
                }]});
                events.push(chunks.content(&start.to_string()));
                events.extend(saying.chunking.pieces(&call.arguments).into_iter().map(|piece| {
                    let arguments = quoted(piece);
                    chunks.content(&format!(
                        "{{\"tool_calls\":[{{\"index\":{calls},\"function\":{{\"arguments\":{arguments}}}}}]}}"
                    ))
                }));
                calls += 1;
            }
        }
    }
    let finish = quoted(finish_reason(&saying.turn.stop_or_native()));
    events.push(chunks.delta(Sort::Frame, "{}", &finish));
    if saying.framing == Framing::EventsWithUsage {
        events.push(chunks.usage(&usage(saying.usage)));
    }
    events.push(Event::new(Sort::Frame, "data: [DONE]\n\n".to_owned()));
    events
}
