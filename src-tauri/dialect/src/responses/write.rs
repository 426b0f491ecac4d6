//! Encoding: the neutral form as a Responses request or reply.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::INCLUDED_LIKELIHOODS;
use super::items::{
    Calling, call_kind, ending, held, item_id, message, reasoning, refusal_part, response_id,
    text_part, usage_of,
};
use super::shape::Shape;
use crate::json::{raw, to_bytes, to_vec};
use crate::neutral::effort::word_for;
use crate::neutral::loss::Losses;
use crate::neutral::names::Names;
use crate::neutral::pairing::{begun, pair};
use crate::neutral::proof::Mark;
use crate::neutral::reply::Reply;
use crate::neutral::request::{
    Choice, Delivery, Document, Effort, Format, Image, LIKELIHOODS, Outcome, Part, Request, Role,
    Tool, Turn, What,
};
use crate::neutral::{kinship, unsaid};

/// The smallest answer's limit that is taken (platform.openai.com, "Responses", 2026).
const LEAST_OUTPUT: u64 = 16;

/// The longest name of a user that is taken.
const LONGEST_USER: usize = 64;

#[derive(Serialize)]
struct Wire<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<String>,
    input: Vec<Value>,
    stream: bool,
    /// The conversation comes whole with each request, so nothing has to be kept unless it is asked for.
    store: bool,
    #[serde(flatten)]
    shared: kinship::Wire<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<WireTool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    include: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<WireText<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
}

#[derive(Serialize)]
struct WireTool<'a> {
    r#type: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: &'a RawValue,
    /// Always said: left out it would mean true here, and false everywhere else.
    strict: bool,
}

#[derive(Serialize)]
struct WireText<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<WireFormat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verbosity: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct WireFormat<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

/// Writes a request.
pub(crate) fn request(
    request: &mut Request,
    model: &str,
    names: &Names,
    losses: &mut Losses,
) -> Vec<u8> {
    note(request, losses);
    let turns = std::mem::take(&mut request.turns).into_iter().map(|turn| sayable(turn, losses));
    let mut turns = pair(turns.collect(), losses);
    begun(&mut turns, &mut request.system, "input", losses);
    let empty = raw(r#"{"type":"object","properties":{}}"#.to_owned());
    let tools = tools(request, empty.as_deref(), names, losses);
    let reasons = reasons(model);
    let wire = Wire {
        model,
        instructions: instructions(&request.system),
        input: input(turns, names, losses),
        stream: request.delivery != Delivery::Whole,
        store: request.shared.stores(),
        shared: request.shared.wire(),
        max_output_tokens: request.max_output.map(|limit| limit.max(LEAST_OUTPUT)),
        temperature: request.temperature.as_deref(),
        top_p: request.top_p.as_deref(),
        tool_choice: if tools.is_empty() { None } else { choice(request, names, losses) },
        parallel_tool_calls: request.parallel.filter(|_| !tools.is_empty()),
        tools,
        reasoning: request.effort.and_then(|effort| effort_of(effort, model, losses)),
        top_logprobs: request.sampling.likelihoods.filter(|others| *others > 0),
        include: [
            reasons.then_some("reasoning.encrypted_content"),
            request.sampling.likelihoods.map(|_| INCLUDED_LIKELIHOODS),
        ]
        .into_iter()
        .flatten()
        .collect(),
        text: text(request),
        user: user(request, losses),
    };
    to_bytes(&wire, request.bulk)
}

fn text(request: &Request) -> Option<WireText<'_>> {
    let (format, verbosity) = (request.format.as_ref().map(format), request.shared.verbosity());
    (format.is_some() || verbosity.is_some()).then_some(WireText { format, verbosity })
}

/// Whether a model reasons: only those have proofs to give, and others refuse to be asked for them.
fn reasons(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    ["gpt-5", "gpt-6", "o1", "o3", "o4", "codex"].iter().any(|family| name.starts_with(family))
}

fn note(request: &Request, losses: &mut Losses) {
    let own = request.own.iter().map(|(name, _)| name.as_str());
    let sampling = request.sampling.named().filter(|name| *name != LIKELIHOODS);
    for name in sampling.chain(own) {
        losses.note(format!("{name}: Responses has no such field, or not in this form"));
    }
    if request.top_k.is_some() {
        losses.note("top_k: Responses has no such field");
    }
    if !request.stop.is_empty() {
        losses.note("stop, stop_sequences: Responses has no such field");
    }
    unsaid::cache_marks(request, "Responses", losses);
}

fn user<'a>(request: &'a Request, losses: &mut Losses) -> Option<&'a str> {
    let user = request.user.as_deref()?;
    if user.chars().count() > LONGEST_USER {
        losses.note("metadata.user_id, user: Responses takes no name this long");
        return None;
    }
    Some(user)
}

fn instructions(system: &[Part]) -> Option<String> {
    let texts: Vec<Cow<'_, str>> = system
        .iter()
        .filter_map(|part| match &part.what {
            What::Text(text) if !text.is_empty() => Some(text.letters()),
            _ => None,
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

/// A turn without what Responses cannot say.
fn sayable(mut turn: Turn, losses: &mut Losses) -> Turn {
    turn.parts.retain(|part| match &part.what {
        What::Own { kind, .. } => {
            losses.note(format!("content: Responses has no `{kind}` block"));
            false
        }
        What::Thinking { signature: None, .. } => {
            losses.note("reasoning_content: Responses takes back only reasoning with its proof");
            false
        }
        What::Thinking { .. }
        | What::Sealed(_)
        | What::Text(_)
        | What::Image(_)
        | What::Document(_)
        | What::Refusal(_)
        | What::Call(_)
        | What::Result(_) => true,
    });
    turn
}

fn input(turns: Vec<Turn>, names: &Names, losses: &mut Losses) -> Vec<Value> {
    let mut items = Vec::new();
    for turn in turns {
        let mut gathered = Vec::new();
        for part in turn.parts {
            let item = match part.what {
                What::Call(call) => json!({
                    "type": "function_call",
                    "call_id": call.id,
                    "name": names.legal(&call.name),
                    "arguments": call.arguments.as_str(),
                }),
                What::Result(outcome) => output(outcome),
                What::Thinking { text, signature: Some(proof) } => {
                    let mut item = reasoning("", &text, Some(&proof));
                    own_id(&mut item, &proof.mark);
                    item
                }
                What::Sealed(proof) => {
                    let mut item = json!({"type": "reasoning", "summary": []});
                    item["encrypted_content"] = held(&proof).into();
                    own_id(&mut item, &proof.mark);
                    item
                }
                what => {
                    gathered.extend(content(what, turn.role, losses));
                    continue;
                }
            };
            spoken(turn.role, &mut gathered, &mut items);
            items.push(item);
        }
        spoken(turn.role, &mut gathered, &mut items);
    }
    items
}

/// An item keeps the id that its vendor gave it, or has none.
fn own_id(item: &mut Value, mark: &Mark) {
    if let Some(fields) = item.as_object_mut() {
        fields.remove("id");
        if let Mark::Item { id: Some(id) } = mark {
            fields.insert("id".to_owned(), Value::from(id.as_str()));
        }
    }
}

/// What has gathered becomes a message.
fn spoken(role: Role, gathered: &mut Vec<Value>, items: &mut Vec<Value>) {
    if gathered.is_empty() {
        return;
    }
    let role = match role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::System => "developer",
    };
    let content = std::mem::take(gathered);
    items.push(json!({"type": "message", "role": role, "content": content}));
}

fn content(what: What, role: Role, losses: &mut Losses) -> Option<Value> {
    Some(match (what, role) {
        (What::Text(text) | What::Refusal(text), Role::User | Role::System) => {
            json!({"type": "input_text", "text": text.into_letters()})
        }
        (What::Text(text), Role::Assistant) => {
            json!({"type": "output_text", "text": text.into_letters(), "annotations": []})
        }
        (What::Refusal(text), Role::Assistant) => refusal_part(&text.letters()),
        (What::Image(image), Role::User) => image_part(image),
        (What::Document(document), Role::User) => document_part(&document),
        _ => {
            losses.note("content: a part has no place in its message");
            return None;
        }
    })
}

fn image_part(image: Image) -> Value {
    let (url, detail) = image.into_address();
    json!({"type": "input_image", "image_url": url, "detail": detail.as_deref().unwrap_or("auto")})
}

fn document_part(document: &Document) -> Value {
    let name = document.name().unwrap_or("document");
    match document {
        Document::Url { url, .. } => json!({"type": "input_file", "file_url": url}),
        Document::Data { media_type, base64, .. } => {
            let data = format!("data:{media_type};base64,{base64}");
            json!({"type": "input_file", "filename": name, "file_data": data})
        }
    }
}

/// A result: text alone as text, otherwise a list.
fn output(outcome: Outcome) -> Value {
    let mut parts = Vec::new();
    let mut texts = Vec::new();
    if outcome.failed {
        texts.push("[The tool reported an error]".to_owned());
    }
    let mut plain = true;
    for part in outcome.parts {
        match part.what {
            What::Text(text) => texts.push(text.into_letters()),
            What::Own { raw, .. } => texts.push(raw.get().to_owned()),
            what @ (What::Image(_) | What::Document(_)) => {
                plain = false;
                parts.extend(
                    texts.drain(..).map(|text| json!({"type": "input_text", "text": text})),
                );
                parts.extend(content(what, Role::User, &mut Losses::default()));
            }
            What::Thinking { .. }
            | What::Sealed(_)
            | What::Refusal(_)
            | What::Call(_)
            | What::Result(_) => {}
        }
    }
    let output = if plain {
        Value::from(texts.join("\n"))
    } else {
        parts.extend(texts.drain(..).map(|text| json!({"type": "input_text", "text": text})));
        Value::from(parts)
    };
    json!({"type": "function_call_output", "call_id": outcome.id, "output": output})
}

fn tools<'a>(
    request: &'a Request,
    empty: Option<&'a RawValue>,
    names: &'a Names,
    losses: &mut Losses,
) -> Vec<WireTool<'a>> {
    let mut tools = Vec::new();
    for tool in &request.tools {
        match tool {
            Tool::Function { name, description, schema, strict, .. } => {
                let Some(parameters) = schema.as_deref().or(empty) else { continue };
                tools.push(WireTool {
                    r#type: "function",
                    name: names.legal(name),
                    description: description.as_deref(),
                    parameters,
                    strict: strict.unwrap_or(false),
                });
            }
            Tool::Own { name } => {
                losses.note(format!("tools: Responses cannot offer the tool `{name}`"));
            }
        }
    }
    tools
}

fn choice(request: &Request, names: &Names, losses: &mut Losses) -> Option<Value> {
    Some(match request.choice.as_ref()? {
        Choice::Auto => json!("auto"),
        Choice::None => json!("none"),
        Choice::Required => json!("required"),
        Choice::Tool(name) => {
            let offered = request
                .tools
                .iter()
                .any(|tool| matches!(tool, Tool::Function { name: known, .. } if known == name));
            if !offered {
                losses.note(format!("tool_choice: the tool `{name}` is not offered"));
                return None;
            }
            json!({"type": "function", "name": names.legal(name)})
        }
    })
}

fn effort_of(effort: Effort, model: &str, losses: &mut Losses) -> Option<Value> {
    if effort == Effort::Adaptive {
        return Some(json!({"summary": "auto"}));
    }
    let word = word_for(effort, model, losses)?;
    Some(json!({"effort": word, "summary": "auto"}))
}

fn format(format: &Format) -> WireFormat<'_> {
    match format {
        Format::Json => {
            WireFormat { r#type: "json_object", name: None, schema: None, strict: None }
        }
        Format::Schema { name, schema, strict } => WireFormat {
            r#type: "json_schema",
            name: Some(name.as_deref().unwrap_or("reply")),
            schema: Some(schema),
            strict: *strict,
        },
    }
}

/// Writes a reply.
pub(crate) fn reply(
    reply: &Reply,
    model: &str,
    names: &Names,
    created: u64,
    shape: &Shape,
    losses: &mut Losses,
) -> Vec<u8> {
    let id = response_id(reply.id.as_deref());
    let refused = reply.parts.iter().any(|part| matches!(part.what, What::Refusal(_)));
    let mut response = shape.shell(&id, created, model);
    let (status, reason) = ending(&reply.stop, refused, losses);
    response["status"] = status.into();
    if let Some(reason) = reason {
        response["incomplete_details"] = json!({ "reason": reason });
    }
    response["output"] = output_items(reply, &id, status, names, shape).into();
    response["usage"] = reply.usage.as_ref().map_or(Value::Null, usage_of);
    to_vec(&response)
}

fn output_items(
    reply: &Reply,
    response: &str,
    status: &str,
    names: &Names,
    shape: &Shape,
) -> Vec<Value> {
    let mut items: Vec<Value> = Vec::new();
    // They are those of all the text: where that is in several pieces, nothing tells which.
    let mut likelihoods = reply.likelihoods.as_slice();
    let parts = &reply.parts;
    let last = parts.len().saturating_sub(1);
    for (place, part) in parts.iter().enumerate() {
        // Only words at the very end can be incomplete: a call that came through is whole.
        let status = if place == last { status } else { "completed" };
        let here = items.len();
        match &part.what {
            // A message holds one part, as it does in a stream.
            What::Text(text) => {
                let id = item_id("msg", response, here);
                let part = text_part(&text.letters(), std::mem::take(&mut likelihoods));
                items.push(message(&id, status, &part));
            }
            What::Refusal(text) => {
                let id = item_id("msg", response, here);
                items.push(message(&id, status, &refusal_part(&text.letters())));
            }
            What::Thinking { text, signature } => {
                let id = item_id("rs", response, here);
                items.push(reasoning(&id, text, signature.as_ref()));
            }
            What::Sealed(proof) => {
                items.push(reasoning(&item_id("rs", response, here), "", Some(proof)));
            }
            What::Call(call) => {
                let name = names.original(&call.name);
                let id = item_id(call_kind(shape.form(name)), response, here);
                let (call_id, arguments) = (call.id.as_str(), call.arguments.as_str());
                let status = "completed";
                let calling = Calling { id: &id, status, call_id, name, arguments };
                items.push(calling.item(shape));
            }
            What::Image(_) | What::Document(_) | What::Result(_) | What::Own { .. } => {}
        }
    }
    items
}
