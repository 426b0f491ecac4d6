//! Ollama `/api/chat` and `/api/generate`.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Event, Framing, Saying, Sort, parsed};
use crate::clock::rfc3339;
use crate::turn::{Block, Stop};

fn done_reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::EndTurn | Stop::ToolUse | Stop::StopSequence(_) | Stop::Refusal => "stop",
        Stop::MaxTokens => "length",
    }
}

/// Ollama tells the moment to the nanosecond; here they number the answers.
fn moment(saying: &Saying<'_>) -> String {
    let seconds = rfc3339(UNIX_EPOCH + Duration::from_secs(saying.created));
    format!("{}.{:09}Z", seconds.trim_end_matches('Z'), saying.number)
}

/// A line: what is said, as a message or as the text alone.
fn line(saying: &Saying<'_>, said: Said<'_>) -> Value {
    let mut line = json!({ "model": saying.model, "created_at": moment(saying), "done": false });
    let Said { text, thinking, calls } = said;
    if saying.framing == Framing::Prompt {
        line["response"] = text.into();
        if !thinking.is_empty() {
            line["thinking"] = thinking.into();
        }
        return line;
    }
    let mut message = json!({ "role": "assistant", "content": text });
    if !thinking.is_empty() {
        message["thinking"] = thinking.into();
    }
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    line["message"] = message;
    line
}

#[derive(Default)]
struct Said<'a> {
    text: &'a str,
    thinking: &'a str,
    calls: Vec<Value>,
}

fn finish(saying: &Saying<'_>, line: &mut Value) {
    line["done"] = true.into();
    line["done_reason"] = done_reason(&saying.turn.stop_or_native()).into();
    line["total_duration"] = 120_000_000.into();
    line["load_duration"] = 1_000_000.into();
    line["prompt_eval_count"] = saying.usage.all_input().into();
    line["prompt_eval_duration"] = 20_000_000.into();
    line["eval_count"] = saying.usage.output.into();
    line["eval_duration"] = 90_000_000.into();
}

pub(super) fn reply(saying: &Saying<'_>) -> Value {
    let (mut text, mut thinking, mut calls) = (String::new(), String::new(), Vec::new());
    for block in &saying.turn.blocks {
        match block {
            Block::Text(part) => text.push_str(part),
            Block::Thinking { text, .. } => thinking.push_str(text),
            Block::RedactedThinking(_) => {}
            Block::Call(call) => {
                let function =
                    json!({ "index": calls.len(), "name": call.name, "arguments": parsed(call) });
                calls.push(json!({ "function": function }));
            }
        }
    }
    let mut whole = line(saying, Said { text: &text, thinking: &thinking, calls });
    finish(saying, &mut whole);
    whole
}

pub(super) fn events(saying: &Saying<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    let mut calls = 0;
    let mut push = |said: Said<'_>| {
        events.push(Event::new(Sort::Delta, format!("{}\n", line(saying, said))));
    };
    for block in &saying.turn.blocks {
        match block {
            Block::Text(text) => {
                for text in saying.chunking.pieces(text) {
                    push(Said { text, ..Said::default() });
                }
            }
            Block::Thinking { text, .. } => {
                for thinking in saying.chunking.pieces(text) {
                    push(Said { thinking, ..Said::default() });
                }
            }
            Block::RedactedThinking(_) => {}
            Block::Call(call) => {
                let function =
                    json!({ "index": calls, "name": call.name, "arguments": parsed(call) });
                calls += 1;
                push(Said { calls: vec![json!({ "function": function })], ..Said::default() });
            }
        }
    }
    let mut last = line(saying, Said::default());
    finish(saying, &mut last);
    events.push(Event::new(Sort::Frame, format!("{last}\n")));
    events
}
