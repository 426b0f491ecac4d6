//! `OpenAI` Responses.

use serde_json::{Value, json};

use super::{Event, Saying, Sort, parsed, quoted};
use crate::turn::{Block, Call, CallKind, Stop, Usage};

fn usage(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.all_input(),
        "input_tokens_details": { "cached_tokens": usage.cache_read },
        "output_tokens": usage.output,
        "output_tokens_details": { "reasoning_tokens": usage.reasoning },
        "total_tokens": usage.all_input() + usage.output,
    })
}

/// The response object around the output, as it stands at the start of a stream.
fn shell(saying: &Saying<'_>) -> Value {
    json!({
        "id": saying.id("resp_", 0),
        "object": "response",
        "created_at": saying.created,
        "status": "in_progress",
        "background": false,
        "error": null,
        "incomplete_details": null,
        "instructions": null,
        "max_output_tokens": null,
        "metadata": {},
        "model": saying.model,
        "output": [],
        "parallel_tool_calls": true,
        "previous_response_id": null,
        "reasoning": { "effort": null, "summary": null },
        "service_tier": "default",
        "store": false,
        "temperature": 1.0,
        "text": { "format": { "type": "text" } },
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": null,
        "user": null,
    })
}

/// The response object at its end, and the name of the event that brings it.
fn ended(saying: &Saying<'_>, output: Vec<Value>) -> (&'static str, Value) {
    let mut response = shell(saying);
    response["output"] = output.into();
    response["usage"] = usage(saying.usage);
    let reason = match saying.turn.stop_or_native() {
        Stop::EndTurn | Stop::ToolUse | Stop::StopSequence(_) => None,
        Stop::MaxTokens => Some("max_output_tokens"),
        Stop::Refusal => Some("content_filter"),
    };
    if let Some(reason) = reason {
        response["status"] = "incomplete".into();
        response["incomplete_details"] = json!({ "reason": reason });
        return ("response.incomplete", response);
    }
    response["status"] = "completed".into();
    ("response.completed", response)
}

/// One output item, whole.
fn item(saying: &Saying<'_>, index: usize, block: &Block) -> Value {
    match block {
        Block::Text(text) => json!({
            "id": saying.id("msg_", index),
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [text_part(text)],
        }),
        Block::Thinking { text, signature } => reasoning(saying, index, Some(text), signature),
        Block::RedactedThinking(data) => reasoning(saying, index, None, data),
        Block::Call(call) => call_item(saying, index, call),
    }
}

fn reasoning(saying: &Saying<'_>, index: usize, text: Option<&str>, proof: &str) -> Value {
    let summary: Vec<Value> = text.map(summary_part).into_iter().collect();
    json!({
        "id": saying.id("rs_", index),
        "type": "reasoning",
        "summary": summary,
        "encrypted_content": Some(proof).filter(|proof| !proof.is_empty()),
    })
}

fn call_item(saying: &Saying<'_>, index: usize, call: &Call) -> Value {
    let call_id = saying.call_id(call, "call_", index);
    let mut item = match call.kind {
        CallKind::Function => json!({
            "id": saying.id("fc_", index),
            "type": "function_call",
            "status": "completed",
            "name": call.name,
            "call_id": call_id,
            "arguments": call.arguments,
        }),
        CallKind::Custom => json!({
            "id": saying.id("ctc_", index),
            "type": "custom_tool_call",
            "status": "completed",
            "name": call.name,
            "call_id": call_id,
            "input": call.arguments,
        }),
        CallKind::LocalShell => json!({
            "id": saying.id("lsh_", index),
            "type": "local_shell_call",
            "status": "completed",
            "call_id": call_id,
            "action": { "type": "exec", "command": parsed(call), "env": {} },
        }),
    };
    if let Some(namespace) = &call.namespace {
        item["namespace"] = namespace.as_str().into();
    }
    item
}

fn text_part(text: &str) -> Value {
    json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [] })
}

fn summary_part(text: &str) -> Value {
    json!({ "type": "summary_text", "text": text })
}

pub(super) fn reply(saying: &Saying<'_>) -> Value {
    let blocks = saying.turn.blocks.iter().enumerate();
    ended(saying, blocks.map(|(index, block)| item(saying, index, block)).collect()).1
}

pub(super) fn events(saying: &Saying<'_>) -> Vec<Event> {
    let mut stream = Stream { saying, events: Vec::new() };
    let shell = shell(saying);
    stream.push(Sort::Handshake, "response.created", json!({ "response": shell }));
    stream.push(Sort::Handshake, "response.in_progress", json!({ "response": shell }));
    let mut output = Vec::with_capacity(saying.turn.blocks.len());
    for (index, block) in saying.turn.blocks.iter().enumerate() {
        output.push(stream.block(index, block));
    }
    let (name, response) = ended(saying, output);
    stream.push(Sort::Frame, name, json!({ "response": response }));
    stream.events
}

/// A refusal after `sent` events: before `response.created` there is no response that could have failed.
pub(super) fn failure(saying: &Saying<'_>, body: &Value, sent: usize) -> String {
    let error = body.get("error").cloned().unwrap_or_default();
    let code = error.get("code").filter(|code| !code.is_null()).or(error.get("type")).cloned();
    if sent == 0 {
        let data = json!({
            "type": "error",
            "sequence_number": 0,
            "code": code,
            "message": error.get("message"),
            "param": error.get("param"),
        });
        return format!("event: error\ndata: {data}\n\n");
    }
    let mut response = shell(saying);
    response["status"] = "failed".into();
    response["error"] = error;
    response["error"]["code"] = code.into();
    let data = json!({ "type": "response.failed", "sequence_number": sent, "response": response });
    format!("event: response.failed\ndata: {data}\n\n")
}

struct Stream<'a> {
    saying: &'a Saying<'a>,
    events: Vec<Event>,
}

impl Stream<'_> {
    /// Adds an event; its sequence number is its place in the stream.
    fn push(&mut self, sort: Sort, name: &str, mut data: Value) {
        data["type"] = name.into();
        data["sequence_number"] = self.events.len().into();
        self.events.push(Event::named(sort, name, &data));
    }

    /// Adds a text's deltas, spliced: benchmarks ask for thousands. `place` is the fields that say where.
    fn deltas(&mut self, name: &str, place: &str, text: &str) {
        for piece in self.saying.chunking.pieces(text) {
            let (number, piece) = (self.events.len(), quoted(piece));
            self.events.push(Event::new(
                Sort::Delta,
                format!(
                    "event: {name}\ndata: {{\"type\":\"{name}\",\"sequence_number\":{number},{place},\
                     \"delta\":{piece}}}\n\n"
                ),
            ));
        }
    }

    fn block(&mut self, index: usize, block: &Block) -> Value {
        let item = item(self.saying, index, block);
        self.push(
            Sort::Frame,
            "response.output_item.added",
            json!({ "output_index": index, "item": opened(&item) }),
        );
        let id = item.get("id").cloned().unwrap_or_default();
        match block {
            Block::Text(text) => self.text(index, &id, text),
            Block::Thinking { text, .. } => self.summary(index, &id, text),
            Block::RedactedThinking(_) => {}
            Block::Call(call) => self.call(index, &id, call),
        }
        self.push(
            Sort::Frame,
            "response.output_item.done",
            json!({ "output_index": index, "item": item }),
        );
        item
    }

    fn text(&mut self, index: usize, id: &Value, text: &str) {
        let at = |more: Value| {
            let mut place = json!({ "item_id": id, "output_index": index, "content_index": 0 });
            extend(&mut place, more);
            place
        };
        self.push(Sort::Frame, "response.content_part.added", at(json!({ "part": text_part("") })));
        let place = format!(
            "\"item_id\":{id},\"output_index\":{index},\"content_index\":0,\"logprobs\":[]"
        );
        self.deltas("response.output_text.delta", &place, text);
        self.push(
            Sort::Frame,
            "response.output_text.done",
            at(json!({ "text": text, "logprobs": [] })),
        );
        self.push(
            Sort::Frame,
            "response.content_part.done",
            at(json!({ "part": text_part(text) })),
        );
    }

    fn summary(&mut self, index: usize, id: &Value, text: &str) {
        let at = |more: Value| {
            let mut place = json!({ "item_id": id, "output_index": index, "summary_index": 0 });
            extend(&mut place, more);
            place
        };
        let part = summary_part("");
        self.push(
            Sort::Frame,
            "response.reasoning_summary_part.added",
            at(json!({ "part": part })),
        );
        let place = format!("\"item_id\":{id},\"output_index\":{index},\"summary_index\":0");
        self.deltas("response.reasoning_summary_text.delta", &place, text);
        self.push(Sort::Frame, "response.reasoning_summary_text.done", at(json!({ "text": text })));
        let part = summary_part(text);
        self.push(Sort::Frame, "response.reasoning_summary_part.done", at(json!({ "part": part })));
    }

    fn call(&mut self, index: usize, id: &Value, call: &Call) {
        let (stem, field) = match call.kind {
            CallKind::Function => ("response.function_call_arguments", "arguments"),
            CallKind::Custom => ("response.custom_tool_call_input", "input"),
            CallKind::LocalShell => return,
        };
        let place = format!("\"item_id\":{id},\"output_index\":{index}");
        self.deltas(&format!("{stem}.delta"), &place, &call.arguments);
        let mut done = json!({ "item_id": id, "output_index": index });
        done[field] = call.arguments.as_str().into();
        self.push(Sort::Frame, &format!("{stem}.done"), done);
    }
}

/// An item as it stands when it is announced: under way, and without content.
fn opened(item: &Value) -> Value {
    let mut item = item.clone();
    for (field, empty) in [
        ("status", json!("in_progress")),
        ("content", json!([])),
        ("summary", json!([])),
        ("arguments", json!("")),
        ("input", json!("")),
    ] {
        if let Some(value) = item.get_mut(field) {
            *value = empty;
        }
    }
    item
}

fn extend(place: &mut Value, more: Value) {
    if let (Some(place), Value::Object(more)) = (place.as_object_mut(), more) {
        place.extend(more);
    }
}
