//! Encoding: the neutral form as a Chat request or reply.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use switchyard_types::Usage;

use crate::json::{Said, raw, to_bytes, to_vec};
use crate::neutral::effort::word_for;
use crate::neutral::kinship::{self, Shared};
use crate::neutral::likelihood;
use crate::neutral::loss::Losses;
use crate::neutral::names::Names;
use crate::neutral::pairing::pair;
use crate::neutral::reply::{Reply, Stop};
use crate::neutral::request::{
    Call, Choice, Delivery, Document, Format, Image, Outcome, Part, Request, Role, Tool, Turn, What,
};
use crate::neutral::text::Text;
use crate::neutral::unsaid;

/// The part that holds a sound.
const SOUND: &str = "input_audio";

/// Chat takes at most this many stop sequences.
const STOPS: usize = 4;

#[derive(Serialize)]
struct Wire<'a> {
    model: &'a str,
    messages: Vec<Message>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<WireTool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<WireFormat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verbosity: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<bool>,
    #[serde(flatten)]
    shared: kinship::Wire<'a>,
}

#[derive(Default, Serialize)]
struct Message {
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<String>,
    content: Option<Content>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<WireCall>,
}

enum Content {
    Text(Text),
    Parts(Vec<Shown>),
}

/// A part of what a user shows.
enum Shown {
    Text(Text),
    Media(Value),
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => Said::Text(text).serialize(to),
            Self::Parts(parts) => parts.serialize(to),
        }
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => {
                let mut part = to.serialize_struct("Part", 2)?;
                part.serialize_field("type", "text")?;
                part.serialize_field("text", &Said::Text(text))?;
                part.end()
            }
            Self::Media(part) => part.serialize(to),
        }
    }
}

#[derive(Serialize)]
struct WireCall {
    id: String,
    r#type: &'static str,
    function: WireFunction,
}

#[derive(Serialize)]
struct WireFunction {
    name: String,
    arguments: String,
}

#[derive(Serialize)]
struct WireTool<'a> {
    r#type: &'static str,
    function: WireToolFunction<'a>,
}

#[derive(Serialize)]
struct WireToolFunction<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

#[derive(Serialize)]
struct WireFormat<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    json_schema: Option<WireSchema<'a>>,
}

#[derive(Serialize)]
struct WireSchema<'a> {
    name: &'a str,
    schema: &'a RawValue,
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
    note_own(request, losses);
    unsaid::cache_marks(request, "Chat", losses);
    let turns = std::mem::take(&mut request.turns).into_iter().map(|turn| sayable(turn, losses));
    let turns = pair(turns.collect(), losses);
    let empty = raw(r#"{"type":"object","properties":{}}"#.to_owned());
    let tools = tools(request, empty.as_deref(), names, losses);
    let new_limit = wants_completion_limit(model);
    let known = knows_shared(request, model, losses);
    let wire = Wire {
        model,
        messages: messages(&request.system, turns, names, losses),
        stream: request.delivery != Delivery::Whole,
        // Always asked for: whoever translates needs the counts, whatever the client wants to see.
        stream_options: (request.delivery != Delivery::Whole)
            .then(|| json!({"include_usage": true})),
        max_tokens: request.max_output.filter(|_| !new_limit),
        max_completion_tokens: request.max_output.filter(|_| new_limit),
        temperature: request.temperature.as_deref(),
        top_p: request.top_p.as_deref(),
        seed: request.sampling.seed.as_deref(),
        presence_penalty: request.sampling.presence_penalty.as_deref(),
        frequency_penalty: request.sampling.frequency_penalty.as_deref(),
        logprobs: request.sampling.likelihoods.map(|_| true),
        top_logprobs: request.sampling.likelihoods.filter(|others| *others > 0),
        stop: stops(&request.stop, losses),
        tool_choice: if tools.is_empty() { None } else { choice(request, names, losses) },
        parallel_tool_calls: request.parallel.filter(|_| !tools.is_empty()),
        tools,
        reasoning_effort: request.effort.and_then(|effort| word_for(effort, model, losses)),
        response_format: request.format.as_ref().map(format),
        user: user_name(request, losses),
        verbosity: known.and_then(Shared::verbosity),
        store: known.filter(|known| known.stores()).map(|_| true),
        shared: known.map(|known| shared_wire(known, losses)).unwrap_or_default(),
    };
    to_bytes(&wire, request.bulk)
}

/// `OpenAI`'s reasoning models refuse `max_tokens`; other vendors know nothing else (platform.openai.com,
/// "Reasoning models", 2026).
fn wants_completion_limit(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    ["gpt-5", "gpt-6", "o1", "o3", "o4"].iter().any(|family| name.starts_with(family))
}

/// What is said in the words of `OpenAI`'s two dialects goes to its own models alone: Groq, Mistral and Google
/// refuse a request with a field that they do not know.
fn knows_shared<'a>(request: &'a Request, model: &str, losses: &mut Losses) -> Option<&'a Shared> {
    let name = model.rsplit('/').next().unwrap_or(model);
    let families = ["gpt-4", "gpt-5", "gpt-6", "chatgpt", "o1", "o3", "o4"];
    if families.iter().any(|family| name.starts_with(family)) {
        return Some(&request.shared);
    }
    for name in request.shared.names() {
        losses.note(format!("{name}: it is sent to OpenAI's own models alone"));
    }
    None
}

/// Metadata belong to an answer that is stored; without that they are refused (platform.openai.com, "Chat").
fn shared_wire<'a>(known: &'a Shared, losses: &mut Losses) -> kinship::Wire<'a> {
    let mut wire = known.wire();
    if wire.metadata.is_some() && !known.stores() {
        losses.note("metadata: Chat takes none unless the answer is stored");
        wire.metadata = None;
    }
    wire
}

fn note_own(request: &Request, losses: &mut Losses) {
    for (name, _) in &request.own {
        losses.note(format!("{name}: Chat has no such field"));
    }
    if request.top_k.is_some() {
        losses.note("top_k: Chat has no such field");
    }
}

/// Longer names are refused by some vendors, `OpenAI` among them; Claude Code's are.
const LONGEST_USER: usize = 64;

fn user_name<'a>(request: &'a Request, losses: &mut Losses) -> Option<&'a str> {
    let user = request.user.as_deref()?;
    if user.chars().count() > LONGEST_USER {
        losses.note("metadata.user_id, user: Chat takes no name this long");
        return None;
    }
    Some(user)
}

fn stops<'a>(stop: &'a [String], losses: &mut Losses) -> &'a [String] {
    if stop.len() > STOPS {
        losses.note(format!("stop_sequences: Chat takes {STOPS}; the others were left out"));
    }
    stop.get(..STOPS).unwrap_or(stop)
}

fn format(format: &Format) -> WireFormat<'_> {
    match format {
        Format::Json => WireFormat { r#type: "json_object", json_schema: None },
        Format::Schema { name, schema, strict } => WireFormat {
            r#type: "json_schema",
            json_schema: Some(WireSchema {
                name: name.as_deref().unwrap_or("reply"),
                schema,
                strict: *strict,
            }),
        },
    }
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
                    function: WireToolFunction {
                        name: names.legal(name),
                        description: description.as_deref(),
                        parameters,
                        strict: *strict,
                    },
                });
            }
            Tool::Own { name } => {
                losses.note(format!(
                    "tools: `{name}` is the vendor's own tool, which Chat cannot offer"
                ));
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
            json!({"type": "function", "function": {"name": names.legal(name)}})
        }
    })
}

/// A turn without what Chat cannot say.
fn sayable(mut turn: Turn, losses: &mut Losses) -> Turn {
    turn.parts.retain(|part| match &part.what {
        What::Own { kind, .. } if kind == SOUND && turn.role == Role::User => true,
        What::Own { kind, .. } => {
            losses.note(format!("content: Chat has no `{kind}` block"));
            false
        }
        // What proves reasoning goes back to its vendor beside a Chat history, never in it.
        What::Sealed(_) => false,
        What::Thinking { text, .. } => !text.is_empty(),
        What::Text(_)
        | What::Image(_)
        | What::Document(_)
        | What::Refusal(_)
        | What::Call(_)
        | What::Result(_) => true,
    });
    turn
}

fn messages(system: &[Part], turns: Vec<Turn>, names: &Names, losses: &mut Losses) -> Vec<Message> {
    let mut messages = Vec::new();
    messages.extend(instruction(system));
    for turn in turns {
        match turn.role {
            Role::Assistant => messages.push(assistant(turn.parts, names)),
            Role::User => user(turn.parts, &mut messages, losses),
            Role::System => messages.extend(instruction(&turn.parts)),
        }
    }
    messages
}

fn instruction(parts: &[Part]) -> Option<Message> {
    let texts: Vec<Text> = parts.iter().filter_map(text_of).collect();
    if texts.is_empty() {
        return None;
    }
    let content = Some(Content::Text(Text::join(texts, "\n\n")));
    Some(Message { role: "system", content, ..Message::default() })
}

fn text_of(part: &Part) -> Option<Text> {
    match &part.what {
        What::Text(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

fn assistant(parts: Vec<Part>, names: &Names) -> Message {
    let mut message = Message { role: "assistant", ..Message::default() };
    let mut texts: Vec<Text> = Vec::new();
    let mut thoughts: Vec<String> = Vec::new();
    for part in parts {
        match part.what {
            What::Text(text) => texts.push(text),
            What::Thinking { text, .. } => thoughts.push(text),
            What::Refusal(text) => message.refusal = Some(text.into_letters()),
            What::Call(call) => message.tool_calls.push(wire_call(call, names)),
            What::Image(_)
            | What::Document(_)
            | What::Sealed(_)
            | What::Result(_)
            | What::Own { .. } => {}
        }
    }
    message.content = (!texts.is_empty()).then(|| Content::Text(Text::join(texts, "\n")));
    message.reasoning_content = (!thoughts.is_empty()).then(|| thoughts.join("\n"));
    if message.content.is_none() && message.tool_calls.is_empty() && message.refusal.is_none() {
        message.content = Some(Content::Text(Text::default()));
    }
    message
}

fn wire_call(call: Call, names: &Names) -> WireCall {
    let name = names.legal(&call.name).to_owned();
    WireCall {
        id: call.id,
        r#type: "function",
        function: WireFunction { name, arguments: call.arguments.as_str().to_owned() },
    }
}

/// Results become messages of their own, the rest one message after them.
fn user(parts: Vec<Part>, messages: &mut Vec<Message>, losses: &mut Losses) {
    let mut rest = Vec::new();
    for part in parts {
        match part.what {
            What::Result(outcome) => {
                let (message, shown) = result(outcome);
                messages.push(message);
                rest.extend(shown);
            }
            what => rest.push(Part { what, cache: None }),
        }
    }
    if let Some(content) = user_content(rest, losses) {
        messages.push(Message { role: "user", content: Some(content), ..Message::default() });
    }
}

/// A result's text, and what only a user's message can show.
fn result(outcome: Outcome) -> (Message, Vec<Part>) {
    let mut texts = Vec::new();
    let mut shown = Vec::new();
    if outcome.failed {
        texts.push("[The tool reported an error]".into());
    }
    for part in outcome.parts {
        match part.what {
            What::Text(text) => texts.push(text),
            what @ (What::Image(_) | What::Document(_)) => shown.push(Part::from(what)),
            What::Own { raw, .. } => texts.push(raw.get().into()),
            What::Thinking { .. }
            | What::Sealed(_)
            | What::Refusal(_)
            | What::Call(_)
            | What::Result(_) => {}
        }
    }
    if !shown.is_empty() {
        texts.push("[What the tool showed follows in the next message]".into());
        let label = format!("[Shown by the tool call {}]", outcome.id);
        shown.insert(0, Part::text(label));
    }
    let message = Message {
        role: "tool",
        tool_call_id: Some(outcome.id),
        content: Some(Content::Text(Text::join(texts, "\n"))),
        ..Message::default()
    };
    (message, shown)
}

/// Text alone is written as a string: small vendors know no lists.
fn user_content(parts: Vec<Part>, losses: &mut Losses) -> Option<Content> {
    let mut shown = Vec::new();
    for part in parts {
        match part.what {
            What::Text(text) => shown.push(Shown::Text(text)),
            What::Image(image) => shown.push(Shown::Media(image_part(image))),
            What::Document(document) => {
                shown.extend(document_part(document, losses).map(Shown::Media));
            }
            What::Own { kind, raw } if kind == SOUND => {
                shown.extend(serde_json::from_str(raw.get()).map(Shown::Media));
            }
            What::Thinking { .. }
            | What::Sealed(_)
            | What::Refusal(_)
            | What::Call(_)
            | What::Result(_)
            | What::Own { .. } => losses.note("content: a part has no place in a user's message"),
        }
    }
    if shown.is_empty() {
        return None;
    }
    if shown.iter().any(|part| matches!(part, Shown::Media(_))) {
        return Some(Content::Parts(shown));
    }
    let texts = shown.into_iter().filter_map(|part| match part {
        Shown::Text(text) => Some(text),
        Shown::Media(_) => None,
    });
    Some(Content::Text(Text::join(texts, "\n")))
}

fn image_part(image: Image) -> Value {
    let (url, detail) = image.into_address();
    let mut inner = json!({ "url": url });
    if let (Some(detail), Some(fields)) = (detail, inner.as_object_mut()) {
        fields.insert("detail".to_owned(), Value::from(detail));
    }
    json!({"type": "image_url", "image_url": inner})
}

fn document_part(document: Document, losses: &mut Losses) -> Option<Value> {
    match document {
        Document::Data { media_type, base64, name } => {
            let data = format!("data:{media_type};base64,{base64}");
            let name = name.unwrap_or_else(|| "document".to_owned());
            Some(json!({"type": "file", "file": {"filename": name, "file_data": data}}))
        }
        Document::Url { .. } => {
            losses.note("content: Chat takes documents only as data, not by their address");
            None
        }
    }
}

#[derive(Serialize)]
struct WireReply<'a> {
    id: String,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: [WireChoice; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Value>,
}

#[derive(Serialize)]
struct WireChoice {
    index: u8,
    message: Message,
    logprobs: Option<Box<RawValue>>,
    finish_reason: &'static str,
}

/// Writes a reply.
pub(crate) fn reply(
    mut reply: Reply,
    model: &str,
    names: &Names,
    created: u64,
    losses: &mut Losses,
) -> Vec<u8> {
    let calls = reply.parts.iter().any(|part| matches!(part.what, What::Call(_)));
    for part in &mut reply.parts {
        if let What::Call(call) = &mut part.what {
            call.name = names.original(&call.name).to_owned();
        }
    }
    let turn = sayable(Turn { role: Role::Assistant, parts: reply.parts }, losses);
    let none = Names::default();
    let wire = WireReply {
        id: completion_id(reply.id.as_deref()),
        object: "chat.completion",
        created,
        model,
        choices: [WireChoice {
            index: 0,
            message: assistant(run_together(turn.parts), &none),
            logprobs: (!reply.likelihoods.is_empty())
                .then(|| raw(likelihood::to_chat(&reply.likelihoods)))
                .flatten(),
            finish_reason: finish_word(&reply.stop, calls, losses),
        }],
        usage: reply.usage.map(|usage| usage_of(&usage)),
    };
    to_vec(&wire)
}

/// Texts, and pieces of reasoning, as the one each that a Chat client would have put together from a
/// stream: a sentence with a citation inside comes in several blocks.
fn run_together(parts: Vec<Part>) -> Vec<Part> {
    let (mut text, mut thoughts, mut rest) = (Text::default(), String::new(), Vec::new());
    for part in parts {
        match part.what {
            What::Text(more) => text.push(&more),
            What::Thinking { text: more, .. } => thoughts.push_str(&more),
            what => rest.push(Part { what, cache: None }),
        }
    }
    let mut joined = Vec::with_capacity(rest.len() + 2);
    if !thoughts.is_empty() {
        joined.push(What::Thinking { text: thoughts, signature: None }.into());
    }
    if !text.is_empty() {
        joined.push(Part::text(text));
    }
    joined.extend(rest);
    joined
}

/// The vendor's id in Chat's form.
pub(super) fn completion_id(id: Option<&str>) -> String {
    let id = id.unwrap_or("switchyard");
    if id.starts_with("chatcmpl-") { id.to_owned() } else { format!("chatcmpl-{id}") }
}

/// Why a reply stopped, in Chat's words.
pub(super) fn finish_word(stop: &Stop, calls: bool, losses: &mut Losses) -> &'static str {
    match stop {
        Stop::EndTurn | Stop::ToolUse if calls => "tool_calls",
        Stop::EndTurn | Stop::ToolUse | Stop::Sequence(_) => "stop",
        Stop::MaxTokens | Stop::ContextFull => "length",
        Stop::Refusal => "content_filter",
        Stop::Pause => {
            losses.note("stop_reason: Chat has no word for a paused turn");
            "stop"
        }
        Stop::Unknown(word) => {
            losses.note(format!("stop_reason: `{word}` is not known"));
            if calls { "tool_calls" } else { "stop" }
        }
    }
}

/// Counts in Chat's form, where the prompt includes what the cache gave and took.
pub(super) fn usage_of(usage: &Usage) -> Value {
    json!({
        "prompt_tokens": usage.input_total(),
        "completion_tokens": usage.output,
        "total_tokens": usage.input_total().saturating_add(usage.output),
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read,
            "cache_write_tokens": usage.cache_write,
        },
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    })
}
