//! Gemini `generateContent`.

use serde_json::{Value, json};

use super::{Event, Framing, Saying, Sort, parsed};
use crate::turn::{Block, Stop, Usage};

fn finish_reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::EndTurn | Stop::ToolUse | Stop::StopSequence(_) => "STOP",
        Stop::MaxTokens => "MAX_TOKENS",
        Stop::Refusal => "SAFETY",
    }
}

fn usage(usage: Usage) -> Value {
    let mut value = json!({
        "promptTokenCount": usage.all_input(),
        "candidatesTokenCount": usage.output.saturating_sub(usage.reasoning),
        "totalTokenCount": usage.all_input() + usage.output,
        "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": usage.all_input() }],
    });
    if usage.cache_read > 0 {
        value["cachedContentTokenCount"] = usage.cache_read.into();
    }
    if usage.reasoning > 0 {
        value["thoughtsTokenCount"] = usage.reasoning.into();
    }
    value
}

fn answer(saying: &Saying<'_>, parts: &[Value], finish: Option<&str>) -> Value {
    let mut candidate = json!({ "content": { "parts": parts, "role": "model" }, "index": 0 });
    if let Some(finish) = finish {
        candidate["finishReason"] = finish.into();
    }
    json!({
        "candidates": [candidate],
        "usageMetadata": usage(saying.usage),
        "modelVersion": saying.model,
        "responseId": saying.id("", 0),
    })
}

/// Parts in order. A thinking block's signature stands on the part that follows it, as Gemini sends it: on
/// the call or the text, or on an empty text where nothing follows.
fn parts(saying: &Saying<'_>, pieces: impl Fn(&str) -> Vec<String>) -> Vec<Value> {
    let mut parts: Vec<Value> = Vec::new();
    let mut signature: Option<&str> = None;
    let sign = |mut part: Value, signature: &mut Option<&str>| {
        if let Some(proof) = signature.take() {
            part["thoughtSignature"] = proof.into();
        }
        part
    };
    for block in &saying.turn.blocks {
        match block {
            Block::Thinking { text, signature: proof } => {
                parts.extend(
                    pieces(text).iter().map(|piece| json!({ "text": piece, "thought": true })),
                );
                signature = Some(proof.as_str()).filter(|proof| !proof.is_empty()).or(signature);
            }
            Block::RedactedThinking(proof) => signature = Some(proof),
            Block::Text(text) => {
                for piece in pieces(text) {
                    parts.push(sign(json!({ "text": piece }), &mut signature));
                }
            }
            Block::Call(call) => {
                let mut function = json!({ "name": call.name, "args": parsed(call) });
                if let Some(id) = &call.id {
                    function["id"] = id.as_str().into();
                }
                parts.push(sign(json!({ "functionCall": function }), &mut signature));
            }
        }
    }
    if signature.is_some() {
        parts.push(sign(json!({ "text": "" }), &mut signature));
    }
    parts
}

pub(super) fn reply(saying: &Saying<'_>) -> Value {
    let parts = parts(saying, |text| vec![text.to_owned()]);
    answer(saying, &parts, Some(finish_reason(&saying.turn.stop_or_native())))
}

pub(super) fn events(saying: &Saying<'_>) -> Vec<Event> {
    let chunking = saying.chunking;
    let parts =
        parts(saying, |text| chunking.pieces(text).into_iter().map(str::to_owned).collect());
    let mut events: Vec<Event> = Vec::with_capacity(parts.len() + 2);
    for part in parts {
        let value = answer(saying, &[part], None);
        let text = framed(saying.framing, events.len(), &value);
        events.push(Event::new(Sort::Delta, text));
    }
    let end = answer(
        saying,
        &[json!({ "text": "" })],
        Some(finish_reason(&saying.turn.stop_or_native())),
    );
    let text = framed(saying.framing, events.len(), &end);
    events.push(Event::new(Sort::Frame, text));
    if saying.framing == Framing::Array {
        events.push(Event::new(Sort::Frame, "\n]".to_owned()));
    }
    events
}

/// One value of a stream; Gemini separates its events by CR LF.
pub(super) fn framed(framing: Framing, sent: usize, value: &Value) -> String {
    match framing {
        Framing::Events | Framing::EventsWithUsage | Framing::Prompt => {
            format!("data: {value}\r\n\r\n")
        }
        Framing::Array if sent == 0 => format!("[{value}"),
        Framing::Array => format!("\n,\r\n{value}"),
    }
}
