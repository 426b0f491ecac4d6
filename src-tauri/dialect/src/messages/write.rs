//! Encoding: the neutral form as a Messages request or reply.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use switchyard_types::{Dialect, Usage};

use super::promise::Promise;
use super::thinking::{Thinking, Way};
use crate::json::{Said, raw, to_bytes, to_vec};
use crate::neutral::loss::Losses;
use crate::neutral::names::Names;
use crate::neutral::pairing::{self, pair};
use crate::neutral::proof::{Mark, Proof};
use crate::neutral::reply::{Reply, Stop};
use crate::neutral::request::{
    Arguments, Choice, Delivery, Document, Format, Image, Part, Request, Role, Tool, Turn, What,
};

/// The answer's limit where the client gives none: Messages requires one, and the current models all
/// take this much (docs.anthropic.com, "Models overview", 2026).
pub(crate) const MAX_TOKENS: u64 = 32_000;

#[derive(Serialize)]
struct Wire<'a> {
    model: &'a str,
    max_tokens: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<Block<'a>>,
    messages: Vec<Message<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop_sequences: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<WireTool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<OutputConfig<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Vec<Block<'a>>,
}

/// A content block: the fields that its kind has, the others left out.
#[derive(Serialize)]
struct OutputConfig<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<WireFormat<'a>>,
}

#[derive(Serialize)]
struct WireFormat<'a> {
    r#type: &'static str,
    schema: &'a RawValue,
}

fn output_config<'a>(
    effort: Option<&'a str>,
    schema: Option<&'a RawValue>,
) -> Option<OutputConfig<'a>> {
    let format = schema.map(|schema| WireFormat { r#type: "json_schema", schema });
    (effort.is_some() || format.is_some()).then_some(OutputConfig { effort, format })
}

#[derive(Default, Serialize)]
struct Block<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Said<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Input<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_use_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Vec<Block<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_error: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Input<'a> {
    Object(&'a RawValue),
    /// Arguments that are no object, carried where they can be seen.
    Broken {
        arguments_that_are_not_json: &'a str,
    },
}

#[derive(Serialize)]
struct WireTool<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    input_schema: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<&'a RawValue>,
}

/// Writes a request.
pub(crate) fn request(
    request: &mut Request,
    model: &str,
    names: &Names,
    losses: &mut Losses,
) -> Vec<u8> {
    let own = request.own_names();
    for name in request.sampling.named().chain(own) {
        losses.note(format!("{name}: Messages has no such field"));
    }
    let promise = Promise::of(request, model);
    if promise.format.is_none() {
        ask_for_format(request, losses);
    }
    let turns = std::mem::take(&mut request.turns);
    let turns = turns.into_iter().map(|turn| sayable(turn, losses)).collect();
    let turns = pair(pairing::as_users(turns, losses), losses);
    let turns = pairing::opened(turns, &mut request.system, ("messages", "assistant"), losses);
    let max_tokens = request.max_output.unwrap_or(MAX_TOKENS).max(1);
    let thinking = Thinking::of(request, model, &turns, max_tokens, losses);
    let unsampled = thinking.reasons() || Way::of(model).refuses_sampling();
    let empty = raw(r#"{"type":"object","properties":{}}"#.to_owned());
    let tools = tools(request, &promise, empty.as_deref(), names, losses);
    let (temperature, top_p) = sampling(request, unsampled, losses);
    let wire = Wire {
        model,
        max_tokens,
        system: request.system.iter().filter_map(|part| block(part, names)).collect(),
        messages: turns.iter().map(|turn| message(turn, names)).collect(),
        stream: request.delivery != Delivery::Whole,
        temperature,
        top_p,
        top_k: request.top_k.as_deref().filter(|_| !unsampled),
        stop_sequences: stops(&request.stop, losses),
        tool_choice: if tools.is_empty() { None } else { choice(request, names, losses) },
        tools,
        output_config: output_config(thinking.effort, promise.format.as_deref()),
        thinking: thinking.thinking,
        metadata: request.user.as_ref().map(|user| json!({ "user_id": user })),
    };
    to_bytes(&wire, request.bulk)
}

/// A form of answer that the model does not promise is asked for in words.
fn ask_for_format(request: &mut Request, losses: &mut Losses) {
    let words = match &request.format {
        None => return,
        Some(Format::Json) => "Answer with one valid JSON object and nothing else.".to_owned(),
        Some(Format::Schema { schema, .. }) => format!(
            "Answer with one JSON value that follows this JSON schema, and nothing else:\n{}",
            schema.get()
        ),
    };
    losses.note("response_format: it was asked for in words, which nothing enforces");
    request.system.push(Part::text(words));
}

/// A turn without what Messages, or this vendor, cannot take.
fn sayable(mut turn: Turn, losses: &mut Losses) -> Turn {
    for part in &mut turn.parts {
        if let What::Refusal(text) = &mut part.what {
            part.what = What::Text(std::mem::take(text));
        }
    }
    turn.parts.retain(|part| match &part.what {
        What::Own { kind, .. } => {
            losses.note(format!("content: Messages has no `{kind}` part"));
            false
        }
        What::Thinking { signature: None, .. } => {
            losses.note("reasoning_content: Messages takes back only reasoning that it has signed");
            false
        }
        What::Call(call) => {
            if matches!(call.arguments, Arguments::Broken(_)) {
                losses
                    .note(format!("tool call `{}`: its arguments are not a JSON object", call.id));
            }
            true
        }
        What::Thinking { .. }
        | What::Sealed(_)
        | What::Text(_)
        | What::Image(_)
        | What::Document(_)
        | What::Refusal(_)
        | What::Result(_) => true,
    });
    turn
}

fn sampling<'a>(
    request: &'a Request,
    unsampled: bool,
    losses: &mut Losses,
) -> (Option<Box<RawValue>>, Option<&'a RawValue>) {
    if unsampled {
        if request.temperature.is_some() || request.top_p.is_some() || request.top_k.is_some() {
            losses.note("temperature, top_p, top_k: Messages takes none of them while it reasons, and newer models none at all");
        }
        return (None, None);
    }
    let temperature = request.temperature.as_ref().and_then(|temperature| {
        if temperature.get().parse::<f64>().is_ok_and(|value| value > 1.0) {
            losses.note("temperature: Messages ends at 1, so 1 was sent");
            return raw("1".to_owned());
        }
        Some(temperature.clone())
    });
    (temperature, request.top_p.as_deref())
}

fn stops<'a>(stop: &'a [String], losses: &mut Losses) -> Vec<&'a str> {
    let seen: Vec<&str> =
        stop.iter().map(String::as_str).filter(|text| !text.trim().is_empty()).collect();
    if seen.len() < stop.len() {
        losses.note("stop: Messages takes no stop sequence of mere space");
    }
    seen
}

fn tools<'a>(
    request: &'a Request,
    promise: &Promise,
    empty: Option<&'a RawValue>,
    names: &'a Names,
    losses: &mut Losses,
) -> Vec<WireTool<'a>> {
    let mut tools = Vec::new();
    for tool in &request.tools {
        match tool {
            Tool::Function { name, description, schema, strict, cache } => {
                let Some(input_schema) = schema.as_deref().or(empty) else { continue };
                let promised = strict == &Some(true) && promise.holds_for(name);
                if strict == &Some(true) && !promised {
                    losses.note(format!(
                        "tools.strict: this model does not promise to follow the schema of `{name}`"
                    ));
                }
                tools.push(WireTool {
                    name: names.legal(name),
                    description: description.as_deref(),
                    input_schema,
                    strict: promised.then_some(true),
                    cache_control: cache.as_deref(),
                });
            }
            Tool::Own { name } => {
                losses.note(format!("tools: Messages cannot offer the tool `{name}`"));
            }
        }
    }
    tools
}

fn choice(request: &Request, names: &Names, losses: &mut Losses) -> Option<Value> {
    let alone = request.parallel == Some(false);
    let mut choice = match request.choice.as_ref() {
        None if alone => json!({"type": "auto"}),
        None => return None,
        Some(Choice::Auto) => json!({"type": "auto"}),
        Some(Choice::None) => return Some(json!({"type": "none"})),
        Some(Choice::Required) => json!({"type": "any"}),
        Some(Choice::Tool(name)) => {
            let offered = request
                .tools
                .iter()
                .any(|tool| matches!(tool, Tool::Function { name: known, .. } if known == name));
            if !offered {
                losses.note(format!("tool_choice: the tool `{name}` is not offered"));
                return None;
            }
            json!({"type": "tool", "name": names.legal(name)})
        }
    };
    if let (true, Some(fields)) = (alone, choice.as_object_mut()) {
        fields.insert("disable_parallel_tool_use".to_owned(), Value::Bool(true));
    }
    Some(choice)
}

fn message<'a>(turn: &'a Turn, names: &'a Names) -> Message<'a> {
    let role = match turn.role {
        Role::User | Role::System => "user",
        Role::Assistant => "assistant",
    };
    Message { role, content: turn.parts.iter().filter_map(|part| block(part, names)).collect() }
}

/// A part of a reply: mere space is taken away only from what a vendor gets, who refuses it.
fn said<'a>(part: &'a Part, names: &'a Names) -> Option<Block<'a>> {
    match &part.what {
        What::Text(text) | What::Refusal(text) if !text.is_empty() => {
            Some(Block { r#type: "text", text: Some(Said::Text(text)), ..Block::default() })
        }
        _ => block(part, names),
    }
}

fn block<'a>(part: &'a Part, names: &'a Names) -> Option<Block<'a>> {
    let block = match &part.what {
        What::Text(text) | What::Refusal(text) => {
            if text.is_blank() {
                return None;
            }
            Block { r#type: "text", text: Some(Said::Text(text)), ..Block::default() }
        }
        What::Image(image) => {
            Block { r#type: "image", source: Some(image_source(image)), ..Block::default() }
        }
        What::Document(document) => Block {
            r#type: "document",
            source: Some(document_source(document)),
            title: document.name(),
            ..Block::default()
        },
        // Reasoning without words is one block with what stands for it.
        What::Thinking { text, signature: Some(proof) }
            if text.is_empty() && matches!(proof.mark, Mark::Item { .. } | Mark::Words) =>
        {
            Block { r#type: "redacted_thinking", data: Some(held(proof)), ..Block::default() }
        }
        What::Thinking { text, signature } => Block {
            r#type: "thinking",
            thinking: Some(text),
            // Nobody signed it; the empty signature says so.
            signature: Some(signature.as_ref().map_or(Cow::Borrowed(""), held)),
            ..Block::default()
        },
        What::Call(call) => Block {
            r#type: "tool_use",
            id: Some(&call.id),
            name: Some(names.legal(&call.name)),
            input: Some(input(&call.arguments)),
            ..Block::default()
        },
        What::Result(outcome) => Block {
            r#type: "tool_result",
            tool_use_id: Some(&outcome.id),
            content: Some(outcome.parts.iter().filter_map(|part| block(part, names)).collect()),
            is_error: outcome.failed.then_some(true),
            ..Block::default()
        },
        What::Sealed(proof) => {
            Block { r#type: "redacted_thinking", data: Some(held(proof)), ..Block::default() }
        }
        What::Own { .. } => return None,
    };
    Some(Block { cache_control: part.cache.as_deref(), ..block })
}

/// A proof as it stands in a block: bare where it came from Messages, sealed otherwise.
pub(super) fn held(proof: &Proof) -> Cow<'_, str> {
    match &proof.issuer {
        Some(issuer) if issuer.dialect != Dialect::Messages => Cow::Owned(proof.sealed()),
        _ => Cow::Borrowed(&proof.data),
    }
}

fn input(arguments: &Arguments) -> Input<'_> {
    match arguments {
        Arguments::Object(raw) => Input::Object(raw),
        Arguments::Broken(text) => Input::Broken { arguments_that_are_not_json: text },
    }
}

fn image_source(image: &Image) -> Value {
    match image {
        Image::Url { url, .. } => json!({"type": "url", "url": url}),
        Image::Data { media_type, base64, .. } => {
            json!({"type": "base64", "media_type": media_type, "data": base64})
        }
    }
}

fn document_source(document: &Document) -> Value {
    match document {
        Document::Url { url, .. } => json!({"type": "url", "url": url}),
        Document::Data { media_type, base64, .. } => {
            json!({"type": "base64", "media_type": media_type, "data": base64})
        }
    }
}

#[derive(Serialize)]
struct WireReply<'a> {
    id: String,
    r#type: &'static str,
    role: &'static str,
    model: &'a str,
    content: Vec<Block<'a>>,
    stop_reason: &'static str,
    stop_sequence: Option<&'a str>,
    usage: Value,
}

/// Writes a reply.
pub(crate) fn reply(mut reply: Reply, model: &str, names: &Names, losses: &mut Losses) -> Vec<u8> {
    let mut calls = false;
    for part in &mut reply.parts {
        if let What::Call(call) = &mut part.what {
            calls = true;
            call.name = names.original(&call.name).to_owned();
        }
    }
    let none = Names::default();
    let (stop_reason, stop_sequence) = stop_word(&reply.stop, calls, losses);
    let wire = WireReply {
        id: message_id(reply.id.as_deref()),
        r#type: "message",
        role: "assistant",
        model,
        content: reply.parts.iter().filter_map(|part| said(part, &none)).collect(),
        stop_reason,
        stop_sequence,
        usage: usage_of(&reply.usage.unwrap_or_default()),
    };
    to_vec(&wire)
}

/// The vendor's id in the form of Messages.
pub(super) fn message_id(id: Option<&str>) -> String {
    let id = id.unwrap_or("switchyard");
    if id.starts_with("msg_") {
        return id.to_owned();
    }
    format!("msg_{}", id.strip_prefix("chatcmpl-").unwrap_or(id))
}

/// Why a reply stopped, in the words of Messages.
pub(super) fn stop_word<'a>(
    stop: &'a Stop,
    calls: bool,
    losses: &mut Losses,
) -> (&'static str, Option<&'a str>) {
    let word = match stop {
        Stop::EndTurn | Stop::ToolUse if calls => "tool_use",
        Stop::EndTurn | Stop::ToolUse => "end_turn",
        Stop::MaxTokens => "max_tokens",
        Stop::Sequence(sequence) => return ("stop_sequence", sequence.as_deref()),
        Stop::Refusal => "refusal",
        Stop::Pause => "pause_turn",
        Stop::ContextFull => "model_context_window_exceeded",
        Stop::Unknown(word) => {
            losses.note(match word.as_str() {
                "" => "finish_reason: the vendor gave none".to_owned(),
                word => format!("finish_reason: `{word}` is not known"),
            });
            if calls { "tool_use" } else { "end_turn" }
        }
    };
    (word, None)
}

/// Counts in the form of Messages, where the input excludes what the cache gave and took.
pub(super) fn usage_of(usage: &Usage) -> Value {
    json!({
        "input_tokens": usage.input,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "output_tokens": usage.output,
    })
}
