//! Encoding: the neutral form as Kiro's conversation state.
//!
//! The state is a history of turns that alternate, and a current one of the user's. It has no place for
//! instructions, which go to the head of the first turn, nor for any setting of the model.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::json::{raw, to_bytes};
use crate::neutral::loss::Losses;
use crate::neutral::names::Names;
use crate::neutral::pairing::{as_users, pair};
use crate::neutral::request::{
    Arguments, Call, Choice, Image, Outcome, Part, Request, Role, Tool, Turn, What,
};

/// What the state's turns are attributed to; models are served to this origin alone.
const ORIGIN: &str = "AI_EDITOR";

/// Where a conversation goes on without a word of the user.
const GO_ON: &str = "(continue)";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<Message<'a>>,
    current_message: Message<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Message<'a> {
    UserInputMessage(Asked<'a>),
    AssistantResponseMessage(Answered<'a>),
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    content: String,
    model_id: &'a str,
    origin: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<WireImage<'a>>,
    #[serde(skip_serializing_if = "Context::is_empty")]
    user_input_message_context: Context<'a>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<WireTool<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_results: Vec<WireResult<'a>>,
}

impl Context<'_> {
    fn is_empty(&self) -> bool {
        self.tools.is_empty() && self.tool_results.is_empty()
    }
}

#[derive(Serialize)]
struct WireImage<'a> {
    format: &'a str,
    source: Source<'a>,
}

#[derive(Serialize)]
struct Source<'a> {
    bytes: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireTool<'a> {
    tool_specification: Specification<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Specification<'a> {
    name: &'a str,
    description: &'a str,
    input_schema: Schema<'a>,
}

#[derive(Serialize)]
struct Schema<'a> {
    json: &'a RawValue,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireResult<'a> {
    tool_use_id: &'a str,
    status: &'static str,
    content: Vec<Content>,
}

#[derive(Serialize)]
struct Content {
    text: String,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered<'a> {
    content: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_uses: Vec<WireUse<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireUse<'a> {
    tool_use_id: &'a str,
    name: &'a str,
    input: Given<'a>,
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

/// Writes the conversation state, as yet without its name.
pub(crate) fn request(
    request: &mut Request,
    model: &str,
    names: &Names,
    losses: &mut Losses,
) -> Vec<u8> {
    note_settings(request, losses);
    let offered: HashSet<String> = match request.choice {
        Some(Choice::None) => HashSet::new(),
        _ => request.tools.iter().map(|tool| tool.name().to_owned()).collect(),
    };
    let turns = std::mem::take(&mut request.turns).into_iter().map(|turn| sayable(turn, losses));
    let mut turns = pair(as_users(turns.collect(), losses), losses);
    tell_unoffered(&mut turns, &offered, losses);
    begin_and_end_with_user(&mut turns, losses);
    let system: Vec<Cow<'_, str>> = request.system.iter().filter_map(text_of).collect();
    if !system.is_empty()
        && let Some(first) = turns.first_mut()
    {
        losses
            .note("system: carried at the head of the first turn, since Kiro has no place for it");
        first.parts.insert(0, Part::text(system.join("\n\n")));
    }
    let empty = raw(r#"{"type":"object","properties":{}}"#.to_owned());
    let mut messages: Vec<Message<'_>> =
        turns.iter().map(|turn| message(turn, model, names, losses)).collect();
    let mut current = match messages.pop() {
        Some(Message::UserInputMessage(asked)) => asked,
        // The last turn is the user's, by the rule above.
        Some(Message::AssistantResponseMessage(_)) | None => blank(model),
    };
    if !offered.is_empty() {
        current.user_input_message_context.tools = tools(request, empty.as_deref(), names, losses);
    }
    let current_message = Message::UserInputMessage(current);
    to_bytes(&State { history: messages, current_message }, request.bulk)
}

fn note_settings(request: &Request, losses: &mut Losses) {
    let set = [
        ("max_tokens", request.max_output.is_some()),
        ("temperature", request.temperature.is_some()),
        ("top_p", request.top_p.is_some()),
        ("top_k", request.top_k.is_some()),
        ("stop", !request.stop.is_empty()),
        ("user", request.user.is_some()),
        ("reasoning", request.effort.is_some()),
        ("response_format", request.format.is_some()),
    ];
    let named = set.into_iter().filter_map(|(name, set)| set.then_some(name));
    let own = request.own_names();
    for name in named.chain(request.sampling.named()).chain(own) {
        losses.note(format!("{name}: Kiro has no such setting"));
    }
    match request.choice {
        Some(Choice::Required | Choice::Tool(_)) => {
            losses.note("tool_choice: Kiro cannot be made to call a tool");
        }
        Some(Choice::Auto | Choice::None) | None => {}
    }
    if request.parallel == Some(false) {
        losses.note("parallel_tool_calls: Kiro cannot be kept from calling several at once");
    }
    let parts = request.system.iter().chain(request.turns.iter().flat_map(|turn| &turn.parts));
    if parts.into_iter().any(|part| part.cache.is_some()) {
        losses.note("cache_control: Kiro has no cache marks");
    }
}

/// A turn without what Kiro cannot take.
fn sayable(mut turn: Turn, losses: &mut Losses) -> Turn {
    turn.parts.retain(|part| takes(&part.what, losses));
    for part in &mut turn.parts {
        if let What::Result(outcome) = &mut part.what {
            outcome.parts.retain(|part| match &part.what {
                What::Image(_) | What::Document(_) => {
                    losses
                        .note("tool result: Kiro takes text only; images and files were left out");
                    false
                }
                _ => true,
            });
        }
    }
    turn
}

fn takes(what: &What, losses: &mut Losses) -> bool {
    match what {
        What::Own { kind, .. } => losses.note(format!("content: Kiro has no `{kind}` part")),
        What::Document(_) => losses.note("content: Kiro takes no documents"),
        What::Image(Image::Url { .. }) => {
            losses.note("content: Kiro takes images only as data, not by their address");
        }
        What::Image(Image::Data { media_type, .. }) => {
            if format_of(media_type).is_some() {
                return true;
            }
            losses.note(format!("content: Kiro takes no images of the type {media_type}"));
        }
        What::Thinking { .. } | What::Sealed(_) => {
            losses.note("thinking: Kiro takes no reasoning back");
        }
        What::Text(_) | What::Refusal(_) | What::Call(_) | What::Result(_) => return true,
    }
    false
}

fn format_of(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "image/png" => "png",
        "image/jpeg" | "image/jpg" => "jpeg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        _ => return None,
    })
}

/// Kiro refuses a history with calls of tools that are not offered: those are told as text.
fn tell_unoffered(turns: &mut [Turn], offered: &HashSet<String>, losses: &mut Losses) {
    let mut told: HashSet<String> = HashSet::new();
    for part in turns.iter_mut().flat_map(|turn| &mut turn.parts) {
        match &mut part.what {
            What::Call(Call { id, name, arguments }) if !offered.contains(name.as_str()) => {
                losses.note(format!("tool call `{name}`: it is not offered, so it became text"));
                told.insert(id.clone());
                let text = format!("[Called the tool {name} with {}]", arguments.as_str());
                part.what = What::Text(text.into());
            }
            What::Result(outcome) if told.contains(&outcome.id) => {
                part.what = What::Text(format!("[It answered: {}]", words(outcome)).into());
            }
            _ => {}
        }
    }
}

fn begin_and_end_with_user(turns: &mut Vec<Turn>, losses: &mut Losses) {
    let user = || Turn { role: Role::User, parts: vec![Part::text(GO_ON)] };
    if turns.first().is_none_or(|turn| turn.role == Role::Assistant) {
        turns.insert(0, user());
    }
    if turns.last().is_some_and(|turn| turn.role == Role::Assistant) {
        losses.note("messages: Kiro cannot be made to go on with a turn that it began");
        turns.push(user());
    }
}

fn blank(model: &str) -> Asked<'_> {
    Asked { model_id: model, origin: ORIGIN, content: GO_ON.to_owned(), ..Asked::default() }
}

fn message<'a>(
    turn: &'a Turn,
    model: &'a str,
    names: &'a Names,
    losses: &mut Losses,
) -> Message<'a> {
    let texts: Vec<Cow<'_, str>> = turn.parts.iter().filter_map(text_of).collect();
    let content = texts.join("\n");
    match turn.role {
        // Instructions amid the conversation have become the user's words.
        Role::User | Role::System => {
            let mut asked = Asked { content, ..blank(model) };
            for part in &turn.parts {
                match &part.what {
                    What::Image(Image::Data { media_type, base64, .. }) => {
                        if let Some(format) = format_of(media_type) {
                            let source = Source { bytes: base64 };
                            asked.images.push(WireImage { format, source });
                        }
                    }
                    What::Result(outcome) => {
                        asked.user_input_message_context.tool_results.push(result(outcome));
                    }
                    _ => {}
                }
            }
            Message::UserInputMessage(asked)
        }
        Role::Assistant => {
            let mut answered = Answered { content, ..Answered::default() };
            for part in &turn.parts {
                if let What::Call(Call { id, name, arguments }) = &part.what {
                    let input = given(name, arguments, losses);
                    let name = names.legal(name);
                    answered.tool_uses.push(WireUse { tool_use_id: id, name, input });
                }
            }
            Message::AssistantResponseMessage(answered)
        }
    }
}

fn given<'a>(name: &str, arguments: &'a Arguments, losses: &mut Losses) -> Given<'a> {
    match arguments {
        Arguments::Object(raw) => Given::Object(raw),
        Arguments::Broken(text) => {
            losses.note(format!("tool call `{name}`: its arguments are no JSON object"));
            Given::Broken { arguments_that_are_not_json: text }
        }
    }
}

fn result(outcome: &Outcome) -> WireResult<'_> {
    WireResult {
        tool_use_id: &outcome.id,
        status: if outcome.failed { "error" } else { "success" },
        content: vec![Content { text: words(outcome) }],
    }
}

/// What a tool said, as text.
fn words(outcome: &Outcome) -> String {
    let texts: Vec<Cow<'_, str>> = outcome
        .parts
        .iter()
        .filter_map(|part| match &part.what {
            What::Text(text) => Some(text.letters()),
            What::Own { raw, .. } => Some(Cow::Borrowed(raw.get())),
            _ => None,
        })
        .collect();
    texts.join("\n")
}

fn text_of(part: &Part) -> Option<Cow<'_, str>> {
    match &part.what {
        What::Text(text) | What::Refusal(text) if !text.is_empty() => Some(text.letters()),
        _ => None,
    }
}

fn tools<'a>(
    request: &'a Request,
    empty: Option<&'a RawValue>,
    names: &'a Names,
    losses: &mut Losses,
) -> Vec<WireTool<'a>> {
    let mut tools = Vec::with_capacity(request.tools.len());
    for tool in &request.tools {
        match tool {
            Tool::Function { name, description, schema, .. } => {
                let Some(json) = schema.as_deref().or(empty) else { continue };
                // An empty description is refused.
                let description =
                    description.as_deref().filter(|text| !text.trim().is_empty()).unwrap_or(name);
                let name = names.legal(name);
                let input_schema = Schema { json };
                let tool_specification = Specification { name, description, input_schema };
                tools.push(WireTool { tool_specification });
            }
            Tool::Own { name } => {
                losses.note(format!("tools: Kiro has no tool of its own like `{name}`"));
            }
        }
    }
    tools
}
