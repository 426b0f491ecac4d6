//! Encoding: the neutral form as an Ollama request or reply.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::form::{Form, count, moment};
use crate::json::{raw, to_bytes, to_vec};
use crate::neutral::loss::Losses;
use crate::neutral::names::Names;
use crate::neutral::pairing::pair;
use crate::neutral::reply::{Reply, Stop};
use crate::neutral::request::{
    Arguments, Call, Choice, Delivery, Effort, Format, Image, Outcome, Part, Request, Role, Tool,
    Turn, What,
};
use crate::neutral::unsaid;

#[derive(Serialize)]
struct Wire<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<WireTool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    think: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u64>,
    #[serde(skip_serializing_if = "Options::is_empty")]
    options: Options<'a>,
}

#[derive(Default, Serialize)]
struct Options<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    num_predict: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop: &'a [String],
}

impl Options<'_> {
    fn is_empty(&self) -> bool {
        let fields = [
            self.temperature,
            self.top_p,
            self.top_k,
            self.seed,
            self.presence_penalty,
            self.frequency_penalty,
        ];
        self.num_predict.is_none() && self.stop.is_empty() && fields.iter().all(Option::is_none)
    }
}

#[derive(Default, Serialize)]
struct Message<'a> {
    role: &'static str,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<WireCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

/// A call, as it stands in histories and replies.
#[derive(Serialize)]
pub(super) struct WireCall<'a> {
    id: &'a str,
    function: WireFunction<'a>,
}

#[derive(Serialize)]
struct WireFunction<'a> {
    index: usize,
    name: &'a str,
    arguments: Given<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Given<'a> {
    Object(&'a RawValue),
    /// Arguments that are no object, carried where they can be seen.
    Broken {
        arguments_that_are_not_json: &'a str,
    },
}

#[derive(Serialize)]
struct WireTool<'a> {
    r#type: &'static str,
    function: Offered<'a>,
}

#[derive(Serialize)]
struct Offered<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: &'a RawValue,
}

/// Writes a request to `/api/chat`.
pub(crate) fn request(
    request: &mut Request,
    model: &str,
    names: &Names,
    losses: &mut Losses,
) -> Vec<u8> {
    unsaid::settings(request, "Ollama", losses);
    let turns = std::mem::take(&mut request.turns).into_iter().map(|turn| sayable(turn, losses));
    let turns = pair(turns.collect(), losses);
    let json_word = raw("\"json\"".to_owned());
    let empty = raw(r#"{"type":"object","properties":{}}"#.to_owned());
    let wire = Wire {
        model,
        messages: messages(&request.system, &turns, names, losses),
        stream: request.delivery != Delivery::Whole,
        tools: tools(request, empty.as_deref(), names, losses),
        think: request.effort.map(|effort| think(effort, model, losses)),
        format: match &request.format {
            None => None,
            Some(Format::Json) => json_word.as_deref(),
            Some(Format::Schema { schema, .. }) => Some(schema),
        },
        logprobs: request.sampling.likelihoods.map(|_| true),
        top_logprobs: request.sampling.likelihoods.filter(|others| *others > 0),
        options: Options {
            num_predict: request.max_output,
            temperature: request.temperature.as_deref(),
            top_p: request.top_p.as_deref(),
            top_k: request.top_k.as_deref(),
            seed: request.sampling.seed.as_deref(),
            presence_penalty: request.sampling.presence_penalty.as_deref(),
            frequency_penalty: request.sampling.frequency_penalty.as_deref(),
            stop: &request.stop,
        },
    };
    to_bytes(&wire, request.bulk)
}

/// A level for the models that have levels, else a switch (docs.ollama.com, "Thinking").
pub(crate) fn think(effort: Effort, model: &str, losses: &mut Losses) -> Value {
    let levels = model.contains("gpt-oss");
    let level = match effort.leveled() {
        Effort::Off if !levels => return Value::Bool(false),
        Effort::Off => {
            losses.note("reasoning_effort: this model thinks a little at least");
            "low"
        }
        Effort::Minimal | Effort::Low => "low",
        Effort::Medium | Effort::Adaptive | Effort::Budget(_) => "medium",
        Effort::High | Effort::Extra | Effort::Max => "high",
    };
    if levels { level.into() } else { Value::Bool(true) }
}

/// A turn without what Ollama cannot take.
fn sayable(mut turn: Turn, losses: &mut Losses) -> Turn {
    turn.parts.retain(|part| match &part.what {
        What::Own { kind, .. } => {
            losses.note(format!("content: Ollama has no `{kind}` part"));
            false
        }
        What::Document(_) => {
            losses.note("content: Ollama takes no documents");
            false
        }
        What::Image(Image::Url { .. }) => {
            losses.note("content: Ollama takes images only as data, not by their address");
            false
        }
        What::Sealed(_) => false,
        What::Thinking { text, .. } => !text.is_empty(),
        What::Text(_)
        | What::Image(Image::Data { .. })
        | What::Refusal(_)
        | What::Call(_)
        | What::Result(_) => true,
    });
    turn
}

fn messages<'a>(
    system: &[Part],
    turns: &'a [Turn],
    names: &'a Names,
    losses: &mut Losses,
) -> Vec<Message<'a>> {
    let mut messages = Vec::new();
    let mut called: HashMap<&str, &str> = HashMap::new();
    let instructions: Vec<Cow<'_, str>> = system.iter().filter_map(text_of).collect();
    if !instructions.is_empty() {
        let content = instructions.join("\n\n");
        messages.push(Message { role: "system", content, ..Message::default() });
    }
    for turn in turns {
        let role = match turn.role {
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::System => "system",
        };
        let mut message = Message { role, ..Message::default() };
        let mut texts = Vec::new();
        for part in &turn.parts {
            match &part.what {
                What::Text(text) | What::Refusal(text) => texts.push(text.letters()),
                What::Thinking { text, .. } => {
                    message.thinking.get_or_insert_default().push_str(text);
                }
                What::Image(Image::Data { base64, .. }) => message.images.push(base64),
                What::Call(call) => {
                    let name = names.legal(&call.name);
                    called.insert(&call.id, name);
                    let index = message.tool_calls.len();
                    message.tool_calls.push(wire_call(&call.id, name, &call.arguments, index));
                }
                What::Result(outcome) => {
                    let name = called.get(outcome.id.as_str()).copied();
                    messages.push(result(outcome, name, losses));
                }
                What::Image(Image::Url { .. })
                | What::Document(_)
                | What::Sealed(_)
                | What::Own { .. } => {}
            }
        }
        message.content = texts.join("\n");
        let says = !message.content.is_empty() || !message.images.is_empty();
        if says || !message.tool_calls.is_empty() || message.thinking.is_some() {
            messages.push(message);
        }
    }
    messages
}

fn text_of(part: &Part) -> Option<Cow<'_, str>> {
    match &part.what {
        What::Text(text) if !text.is_empty() => Some(text.letters()),
        _ => None,
    }
}

fn result<'a>(outcome: &'a Outcome, name: Option<&'a str>, losses: &mut Losses) -> Message<'a> {
    let mut texts = Vec::new();
    let mut images = Vec::new();
    if outcome.failed {
        texts.push(Cow::Borrowed("[The tool reported an error]"));
    }
    for part in &outcome.parts {
        match &part.what {
            What::Text(text) => texts.push(text.letters()),
            What::Image(Image::Data { base64, .. }) => images.push(base64.as_str()),
            What::Own { raw, .. } => texts.push(Cow::Borrowed(raw.get())),
            What::Image(Image::Url { .. }) | What::Document(_) => {
                losses.note("tool result: Ollama takes neither documents nor addresses of images");
            }
            What::Thinking { .. }
            | What::Sealed(_)
            | What::Refusal(_)
            | What::Call(_)
            | What::Result(_) => {}
        }
    }
    Message {
        role: "tool",
        content: texts.join("\n"),
        images,
        tool_name: name,
        tool_call_id: Some(&outcome.id),
        ..Message::default()
    }
}

/// A call on the wire.
pub(super) fn wire_call<'a>(
    id: &'a str,
    name: &'a str,
    arguments: &'a Arguments,
    index: usize,
) -> WireCall<'a> {
    let arguments = match arguments {
        Arguments::Object(raw) => Given::Object(raw),
        Arguments::Broken(text) => Given::Broken { arguments_that_are_not_json: text },
    };
    WireCall { id, function: WireFunction { index, name, arguments } }
}

/// Ollama always leaves the choice to the model; only that there is none can be said, by offering none.
fn tools<'a>(
    request: &'a Request,
    empty: Option<&'a RawValue>,
    names: &'a Names,
    losses: &mut Losses,
) -> Vec<WireTool<'a>> {
    match &request.choice {
        Some(Choice::None) => return Vec::new(),
        Some(Choice::Required | Choice::Tool(_)) => {
            losses.note("tool_choice: Ollama leaves it to the model whether it calls a tool");
        }
        Some(Choice::Auto) | None => {}
    }
    let mut tools = Vec::new();
    for tool in &request.tools {
        match tool {
            Tool::Function { name, description, schema, .. } => {
                let Some(parameters) = schema.as_deref().or(empty) else { continue };
                let name = names.legal(name);
                let function = Offered { name, description: description.as_deref(), parameters };
                tools.push(WireTool { r#type: "function", function });
            }
            Tool::Own { name } => {
                losses.note(format!("tools: Ollama cannot offer the tool `{name}`"));
            }
        }
    }
    tools
}

#[derive(Serialize)]
struct WireReply<'a> {
    model: &'a str,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<String>,
    done: bool,
    done_reason: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    logprobs: &'a [Box<RawValue>],
    #[serde(flatten)]
    counts: Option<Value>,
}

/// Writes a reply.
pub(crate) fn reply(
    reply: &Reply,
    model: &str,
    names: &Names,
    created: u64,
    form: Form,
    losses: &mut Losses,
) -> Vec<u8> {
    let mut message = Message { role: "assistant", ..Message::default() };
    for part in &reply.parts {
        match &part.what {
            What::Text(text) | What::Refusal(text) => message.content.push_str(&text.letters()),
            What::Thinking { text, .. } if !text.is_empty() => {
                message.thinking.get_or_insert_default().push_str(text);
            }
            What::Call(Call { id, name, arguments }) => {
                let index = message.tool_calls.len();
                let name = names.original(name);
                message.tool_calls.push(wire_call(id, name, arguments, index));
            }
            What::Thinking { .. }
            | What::Image(_)
            | What::Document(_)
            | What::Sealed(_)
            | What::Result(_)
            | What::Own { .. } => {}
        }
    }
    let counts = reply.usage.map(|usage| {
        let mut counts = json!({});
        count(&usage, &mut counts);
        counts
    });
    let mut wire = WireReply {
        model,
        created_at: moment(created),
        message: None,
        response: None,
        thinking: None,
        done: true,
        done_reason: done_word(&reply.stop, losses),
        logprobs: &reply.likelihoods,
        counts,
    };
    match form {
        Form::Message => wire.message = Some(message),
        Form::Response => {
            wire.response = Some(message.content);
            wire.thinking = message.thinking;
        }
    }
    to_vec(&wire)
}

/// Why a reply stopped, in Ollama's words.
pub(super) fn done_word(stop: &Stop, losses: &mut Losses) -> &'static str {
    match stop {
        Stop::EndTurn | Stop::ToolUse | Stop::Sequence(_) => "stop",
        Stop::MaxTokens | Stop::ContextFull => "length",
        Stop::Refusal | Stop::Pause => {
            losses.note("stop_reason: Ollama has no word for a refusal or a paused turn");
            "stop"
        }
        Stop::Unknown(word) => {
            losses.note(match word.as_str() {
                "" => "finish_reason: the vendor gave none".to_owned(),
                word => format!("finish_reason: `{word}` is not known"),
            });
            "stop"
        }
    }
}
