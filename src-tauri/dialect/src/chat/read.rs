//! Decoding: a Chat request or reply into the neutral form.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::types::{Call as WireCall, Completion, Piece};
use crate::fault::{VendorFault, read_inner};
use crate::json::{
    Fields, Json, Raw, Str, each, hand_over, is_object, is_text, join, list, parse, text, words,
};
use crate::neutral::kinship::Shared;
use crate::neutral::likelihood;
use crate::neutral::loss::Losses;
use crate::neutral::reply::{Reply, Stop};
use crate::neutral::request::{
    Arguments, Call, Choice, Delivery, Document, Effort, Format, Image, Outcome, Part, Request,
    Role, Sampling, Tool, Turn, What,
};
use crate::{BodyError, reply};

/// Reads a request.
pub(crate) fn request(body: &[u8], losses: &mut Losses) -> Result<Request, BodyError> {
    let document = Json::of_body(body)?;
    let mut fields = document.fields()?;
    fields.take("model");
    let delivery = delivery(&mut fields, losses)?;
    let conversation = conversation(&mut fields, losses)?;
    let mut tools = tools(&mut fields, losses)?;
    let choice = choice(&mut fields, &mut tools, losses)?;
    Ok(Request {
        bulk: body.len(),
        delivery,
        system: conversation.system,
        turns: conversation.turns,
        tools,
        choice,
        parallel: fields.take_flag("parallel_tool_calls", "")?,
        max_output: max_output(&mut fields)?,
        temperature: fields.take("temperature").map(Raw::to_owned),
        top_p: fields.take("top_p").map(Raw::to_owned),
        top_k: fields.take("top_k").map(Raw::to_owned),
        sampling: Sampling {
            seed: fields.take("seed").map(Raw::to_owned),
            presence_penalty: fields.take("presence_penalty").map(Raw::to_owned),
            frequency_penalty: fields.take("frequency_penalty").map(Raw::to_owned),
            likelihoods: likelihood::wanted(&mut fields, "logprobs", "top_logprobs", "")?,
        },
        stop: stop(&mut fields)?,
        user: fields.take_text("user", "")?,
        effort: effort(&mut fields, losses)?,
        format: format(&mut fields, losses)?,
        shared: shared(&mut fields),
        own: own(fields),
    })
}

fn shared(fields: &mut Fields<'_>) -> Shared {
    let verbosity = fields.take("verbosity");
    Shared::taken(fields).and_verbosity(verbosity)
}

/// What only Chat has; a single choice is what everyone gives.
fn own(mut fields: Fields<'_>) -> Vec<(String, Box<RawValue>)> {
    let many = fields.take("n").filter(|count| count.get() != "1");
    let many = many.map(|count| ("n".to_owned(), count.to_owned()));
    let rest = fields.rest().map(|(name, value)| (name.into_owned(), value.to_owned()));
    many.into_iter().chain(rest).collect()
}

fn delivery(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<Delivery, BodyError> {
    let stream = fields.take_flag("stream", "")?.unwrap_or(false);
    let usage = match fields.take("stream_options") {
        Some(options) => {
            let mut options = Fields::of(options, "stream_options")?;
            let usage = options.take_flag("include_usage", "stream_options")?;
            options.hand_rest("stream_options", losses);
            usage
        }
        None => None,
    };
    Ok(match (stream, usage) {
        (false, _) => Delivery::Whole,
        (true, Some(true)) => Delivery::StreamWithUsage,
        (true, _) => Delivery::Stream,
    })
}

fn max_output(fields: &mut Fields<'_>) -> Result<Option<u64>, BodyError> {
    let old = fields.take("max_tokens");
    let Some(limit) = fields.take("max_completion_tokens").or(old) else { return Ok(None) };
    parse(limit, "max_tokens", "a whole number of tokens").map(Some)
}

fn stop(fields: &mut Fields<'_>) -> Result<Vec<String>, BodyError> {
    match fields.take("stop") {
        None => Ok(Vec::new()),
        Some(one) if is_text(one) => Ok(vec![text(one, "stop")?]),
        Some(several) => parse(several, "stop", "a string or a list of strings"),
    }
}

fn effort(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<Option<Effort>, BodyError> {
    let Some(word) = fields.take_text("reasoning_effort", "")? else { return Ok(None) };
    let known = Effort::of_word(&word);
    if known.is_none() {
        losses.note(format!("reasoning_effort: `{word}` is not known"));
    }
    Ok(known)
}

fn format(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<Option<Format>, BodyError> {
    let Some(format) = fields.take("response_format") else { return Ok(None) };
    let mut format = Fields::of(format, "response_format")?;
    match format.take_text("type", "response_format")?.as_deref() {
        Some("text") | None => Ok(None),
        Some("json_object") => Ok(Some(Format::Json)),
        Some("json_schema") => {
            let Some(inner) = format.take("json_schema") else { return Ok(Some(Format::Json)) };
            let path = "response_format.json_schema";
            let mut inner = Fields::of(inner, path)?;
            let name = inner.take_text("name", path)?;
            let strict = inner.take_flag("strict", path)?;
            let schema = inner.take("schema");
            inner.hand_rest(path, losses);
            Ok(Some(match schema {
                Some(schema) => Format::Schema { name, schema: schema.to_owned(), strict },
                None => Format::Json,
            }))
        }
        Some(other) => {
            losses.note(format!("response_format: `{other}` is not known"));
            Ok(None)
        }
    }
}

fn tools(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<Vec<Tool>, BodyError> {
    let mut tools = Vec::new();
    for (place, item) in fields.take_list("tools", "")?.unwrap_or_default().into_iter().enumerate()
    {
        let path = format!("tools[{place}]");
        let mut tool = Fields::of(item, &path)?;
        let kind = tool.take_text("type", &path)?;
        let Some(function) = tool.take("function") else {
            let named = match tool.take("custom") {
                Some(custom) => Fields::of(custom, &path)?.take_text("name", &path)?,
                None => tool.take_text("name", &path)?,
            };
            tools.push(Tool::Own { name: named.or(kind).unwrap_or_default() });
            continue;
        };
        let cache = tool.take("cache_control").map(Raw::to_owned);
        tool.hand_rest("tools", losses);
        tools.push(function_tool(function, &join(&path, "function"), cache, losses)?);
    }
    // What requests called tools before there were any.
    for (place, item) in
        fields.take_list("functions", "")?.unwrap_or_default().into_iter().enumerate()
    {
        tools.push(function_tool(item, &format!("functions[{place}]"), None, losses)?);
    }
    Ok(tools)
}

fn function_tool(
    raw: Raw<'_>,
    path: &str,
    cache: Option<Box<RawValue>>,
    losses: &mut Losses,
) -> Result<Tool, BodyError> {
    let mut function = Fields::of(raw, path)?;
    let Some(name) = function.take_text("name", path)? else {
        return Err(BodyError::field(path, "a tool needs a `name`"));
    };
    let tool = Tool::Function {
        name,
        description: function.take_text("description", path)?,
        schema: function.take("parameters").map(Raw::to_owned),
        strict: function.take_flag("strict", path)?,
        cache,
    };
    function.hand_rest("tools.function", losses);
    Ok(tool)
}

fn choice(
    fields: &mut Fields<'_>,
    tools: &mut Vec<Tool>,
    losses: &mut Losses,
) -> Result<Option<Choice>, BodyError> {
    let old = fields.take("function_call");
    let Some(choice) = fields.take("tool_choice").or(old) else { return Ok(None) };
    if is_text(choice) {
        return Ok(word_choice(&text(choice, "tool_choice")?, losses));
    }
    let mut choice = Fields::of(choice, "tool_choice")?;
    if let Some(name) = choice.take_text("name", "tool_choice")? {
        return Ok(Some(Choice::Tool(name)));
    }
    for inner in ["function", "custom"] {
        if let Some(named) = choice.take(inner) {
            let name = Fields::of(named, "tool_choice")?.take_text("name", "tool_choice")?;
            return Ok(name.map(Choice::Tool));
        }
    }
    if let Some(allowed) = choice.take("allowed_tools") {
        let mut allowed = Fields::of(allowed, "tool_choice.allowed_tools")?;
        narrow(&mut allowed, tools)?;
        let mode = allowed.take_text("mode", "tool_choice.allowed_tools")?;
        return Ok(mode.and_then(|mode| word_choice(&mode, losses)));
    }
    losses.note("tool_choice: its form is not known");
    Ok(None)
}

fn word_choice(word: &str, losses: &mut Losses) -> Option<Choice> {
    match word {
        "auto" => Some(Choice::Auto),
        "none" => Some(Choice::None),
        "required" | "any" => Some(Choice::Required),
        _ => {
            losses.note(format!("tool_choice: `{word}` is not known"));
            None
        }
    }
}

/// Keeps only the tools that the choice allows: that is what allowing them means.
fn narrow(allowed: &mut Fields<'_>, tools: &mut Vec<Tool>) -> Result<(), BodyError> {
    let path = "tool_choice.allowed_tools.tools";
    let mut names = Vec::new();
    for item in allowed.take_list("tools", "tool_choice.allowed_tools")?.unwrap_or_default() {
        let mut item = Fields::of(item, path)?;
        if let Some(function) = item.take("function") {
            names.extend(Fields::of(function, path)?.take_text("name", path)?);
        }
    }
    tools.retain(|tool| names.iter().any(|name| name == tool.name()));
    Ok(())
}

#[derive(Default)]
struct Conversation {
    system: Vec<Part>,
    turns: Vec<Turn>,
}

impl Conversation {
    /// An instruction stands before the conversation, or where it was given.
    fn instruct(&mut self, parts: Vec<Part>) {
        if self.turns.is_empty() {
            self.system.extend(parts);
        } else {
            self.turns.push(Turn { role: Role::System, parts });
        }
    }
}

fn conversation(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<Conversation, BodyError> {
    let Some(messages) = fields.take_list("messages", "")? else {
        return Err(BodyError::field("messages", "it is missing; send the conversation as a list"));
    };
    let mut conversation = Conversation::default();
    for (place, message) in messages.into_iter().enumerate() {
        let path = format!("messages[{place}]");
        let mut message = Fields::of(message, &path)?;
        let role = message.take_text("role", &path)?.unwrap_or_default();
        match role.as_str() {
            "system" | "developer" => {
                conversation.instruct(parts(message.take("content"), &path, losses)?);
            }
            "user" => {
                let parts = parts(message.take("content"), &path, losses)?;
                conversation.turns.push(Turn { role: Role::User, parts });
            }
            "assistant" => {
                let parts = assistant(&mut message, &path, losses)?;
                conversation.turns.push(Turn { role: Role::Assistant, parts });
            }
            "tool" | "function" => {
                let part = result(&mut message, &path, losses)?;
                conversation.turns.push(Turn { role: Role::User, parts: vec![part] });
            }
            other => {
                let problem =
                    format!("`{other}` is no role; use system, developer, user, assistant or tool");
                return Err(BodyError::field(join(&path, "role"), problem));
            }
        }
        if let Some(name) = message.take("name").filter(|_| role != "function") {
            losses.note(format!("{path}.name: {} was not carried", name.get()));
        }
        message.hand_rest("messages", losses);
    }
    Ok(conversation)
}

fn assistant(
    message: &mut Fields<'_>,
    path: &str,
    losses: &mut Losses,
) -> Result<Vec<Part>, BodyError> {
    let mut said = Vec::new();
    let reasoning = message.take("reasoning");
    if let Some(thought) =
        message.take("reasoning_content").or(reasoning).filter(|raw| is_text(*raw))
    {
        let text = text(thought, &join(path, "reasoning_content"))?;
        if !text.is_empty() {
            said.push(What::Thinking { text, signature: None }.into());
        }
    }
    said.extend(parts(message.take("content"), path, losses)?);
    if let Some(refusal) = message.take_text("refusal", path)? {
        said.push(What::Refusal(refusal.into()).into());
    }
    let at = join(path, "tool_calls");
    let calls = message.take_list("tool_calls", path)?.unwrap_or_default();
    said.extend(each(calls, &at, |call| history_call(call, &at, losses))?);
    if let Some(call) = message.take("function_call") {
        said.push(old_call(call, &join(path, "function_call"))?);
    }
    Ok(said)
}

fn history_call(raw: Raw<'_>, path: &str, losses: &mut Losses) -> Result<Part, BodyError> {
    let mut call = Fields::of(raw, path)?;
    let id = call.take_text("id", path)?.unwrap_or_default();
    let Some(function) = call.take("function") else {
        return Ok(What::Own { kind: "tool_call".to_owned(), raw: raw.to_owned() }.into());
    };
    // Where it stands says nothing; streams number their calls.
    for known in ["type", "index"] {
        call.take(known);
    }
    call.hand_rest("messages.tool_calls", losses);
    let mut function = Fields::of(function, path)?;
    let name = function.take_text("name", path)?.unwrap_or_default();
    let arguments = arguments(function.take("arguments").map(Raw::get));
    function.hand_rest("messages.tool_calls.function", losses);
    Ok(What::Call(Call { id, name, arguments }).into())
}

/// A call from before there were tools: it had no id, so its name is one.
fn old_call(raw: Raw<'_>, path: &str) -> Result<Part, BodyError> {
    let mut function = Fields::of(raw, path)?;
    let name = function.take_text("name", path)?.unwrap_or_default();
    let arguments = arguments(function.take("arguments").map(Raw::get));
    Ok(What::Call(Call { id: name.clone(), name, arguments }).into())
}

/// Arguments are JSON inside a string; some vendors send the object itself.
fn arguments(raw: Option<&str>) -> Arguments {
    let raw = raw.unwrap_or_default();
    match serde_json::from_str::<Str<'_>>(raw) {
        Ok(text) => Arguments::of_text(text.as_str()),
        Err(_) => Arguments::of_text(raw),
    }
}

fn result(message: &mut Fields<'_>, path: &str, losses: &mut Losses) -> Result<Part, BodyError> {
    let named = message.take_text("name", path)?;
    let id = message.take_text("tool_call_id", path)?.or(named).unwrap_or_default();
    let parts = parts(message.take("content"), path, losses)?;
    Ok(What::Result(Outcome { id, parts, failed: false }).into())
}

/// Content is text, or a list of parts.
fn parts(
    content: Option<Raw<'_>>,
    path: &str,
    losses: &mut Losses,
) -> Result<Vec<Part>, BodyError> {
    let path = join(path, "content");
    match content {
        None => Ok(Vec::new()),
        Some(whole) if is_text(whole) => Ok(vec![Part::text(words(whole, &path)?)]),
        Some(several) => each(list(several, &path)?, &path, |item| part(item, &path, losses)),
    }
}

fn part(item: Raw<'_>, path: &str, losses: &mut Losses) -> Result<Part, BodyError> {
    if is_text(item) {
        return Ok(Part::text(words(item, path)?));
    }
    let mut fields = Fields::of(item, path)?;
    let kind = fields.take_text("type", path)?.unwrap_or_default();
    let cache = fields.take("cache_control").map(Raw::to_owned);
    let what = match kind.as_str() {
        "text" | "input_text" | "output_text" => {
            What::Text(fields.take_words("text", path)?.unwrap_or_default())
        }
        "refusal" => What::Refusal(fields.take_words("refusal", path)?.unwrap_or_default()),
        "image_url" => match fields.take("image_url") {
            Some(image) => What::Image(image_of(image, path, losses)?),
            None => return Err(BodyError::field(path, "an `image_url` part needs `image_url`")),
        },
        "file" => document(&mut fields, path, losses)?
            .map_or_else(|| What::Own { kind, raw: item.to_owned() }, What::Document),
        _ => What::Own { kind, raw: item.to_owned() },
    };
    // What goes on as it came, or is dropped as a whole, is named by its kind.
    if !matches!(what, What::Own { .. }) {
        fields.hand_rest("messages.content", losses);
    }
    Ok(Part { what, cache })
}

fn image_of(raw: Raw<'_>, path: &str, losses: &mut Losses) -> Result<Image, BodyError> {
    let path = join(path, "image_url");
    if !is_object(raw) {
        return Ok(Image::at(text(raw, &path)?, None));
    }
    let mut image = Fields::of(raw, &path)?;
    let detail = image.take_text("detail", &path)?;
    let url = image.take_text("url", &path)?;
    image.hand_rest("messages.content.image_url", losses);
    match url {
        Some(url) => Ok(Image::at(url, detail)),
        None => Err(BodyError::field(path, "it needs a `url`")),
    }
}

fn document(
    fields: &mut Fields<'_>,
    path: &str,
    losses: &mut Losses,
) -> Result<Option<Document>, BodyError> {
    let Some(file) = fields.take("file") else { return Ok(None) };
    let path = join(path, "file");
    let mut file = Fields::of(file, &path)?;
    let name = file.take_text("filename", &path)?;
    let data = file.take_text("file_data", &path)?;
    let document = data.as_deref().and_then(|data| Document::of_data_uri(data, name));
    if document.is_some() {
        file.hand_rest("messages.content.file", losses);
    }
    Ok(document)
}

/// Reads a reply.
pub(crate) fn reply(body: &[u8], losses: &mut Losses) -> Result<Reply, VendorFault> {
    let wire: Completion<'_> = reply::read(body)?;
    if wire.error.is_some() && wire.is_fault(None) {
        return Err(read_inner(body));
    }
    wire.note_uncarried(losses);
    let choices = wire.choices.unwrap_or_default();
    if choices.len() > 1 {
        losses.note("n: only the first choice was carried");
    }
    let Some(choice) = choices.first() else { return Err(reply::no_answer(body)) };
    let likelihoods = likelihood::of_chat(choice.logprobs);
    let id = wire.id.map(|id| id.0.into_owned());
    let mut parts = Vec::new();
    if let Some(piece) = choice.piece() {
        parts = said(piece, losses);
    }
    let calls = parts.iter().any(|part| matches!(part.what, What::Call(_)));
    let refused = parts.iter().any(|part| matches!(part.what, What::Refusal(_)));
    let word = choice.finish_reason.as_ref().map_or("", Str::as_str);
    if is_failure(word) {
        let message = format!("the vendor broke off with `{word}`");
        return Err(VendorFault { message, ..VendorFault::default() });
    }
    Ok(Reply {
        id,
        parts,
        likelihoods,
        stop: settled(word, calls, refused),
        usage: wire.usage.map(Into::into),
    })
}

fn said(piece: &Piece<'_>, losses: &mut Losses) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let spoken = spoken(piece, losses);
    if !spoken.thinking.is_empty() {
        parts.push(What::Thinking { text: spoken.thinking.into_owned(), signature: None }.into());
    }
    if !spoken.text.is_empty() {
        parts.push(Part::text(spoken.text));
    }
    if let Some(refusal) = piece.refusal.as_ref().filter(|text| !text.as_str().is_empty()) {
        parts.push(What::Refusal(refusal.as_str().into()).into());
    }
    for WireCall { id, function, extra_content, .. } in piece.tool_calls.iter().flatten() {
        hand_over("tool_calls.extra_content", *extra_content, losses);
        if let Some(function) = function {
            parts.push(whole_call(id.as_ref().map_or("", Str::as_str), function));
        }
    }
    parts.extend(piece.function_call.as_ref().map(|function| whole_call("", function)));
    parts
}

fn whole_call(id: &str, function: &super::types::Function<'_>) -> Part {
    let name = function.name.as_ref().map_or("", Str::as_str).to_owned();
    let arguments = arguments(function.arguments.map(RawValue::get));
    What::Call(Call { id: id.to_owned(), name, arguments }).into()
}

/// Text and reasoning of a message or of a piece of one.
#[derive(Default)]
pub(super) struct Spoken<'a> {
    pub(super) thinking: Cow<'a, str>,
    pub(super) text: Cow<'a, str>,
}

/// Content is text, or a list of parts in which reasoning may stand too (Mistral).
pub(super) fn spoken<'a>(piece: &Piece<'a>, losses: &mut Losses) -> Spoken<'a> {
    let thought = piece.reasoning_content.as_ref().or(piece.reasoning.as_ref());
    let mut spoken = Spoken {
        thinking: thought.map(|thought| thought.0.clone()).unwrap_or_default(),
        text: Cow::Borrowed(""),
    };
    if let Some(content) = piece.content {
        match serde_json::from_str::<Str<'a>>(content.get()) {
            Ok(text) => spoken.text = text.0,
            Err(_) => {
                if let Ok(content) = Json::of(content.get()) {
                    mixed(content.root(), &mut spoken, losses);
                }
            }
        }
    }
    piece.note_uncarried(losses);
    spoken
}

fn mixed(content: Raw<'_>, spoken: &mut Spoken<'_>, losses: &mut Losses) {
    for item in list(content, "").unwrap_or_default() {
        let mut fields = Fields::of(item, "").unwrap_or_default();
        let kind = fields.take_text("type", "").ok().flatten().unwrap_or_default();
        match kind.as_str() {
            "text" => {
                let text = fields.take_text("text", "").ok().flatten();
                spoken.text.to_mut().push_str(&text.unwrap_or_default());
            }
            "thinking" => {
                let mut inner = Spoken::default();
                if let Some(thought) = fields.take("thinking") {
                    mixed(thought, &mut inner, losses);
                }
                spoken.thinking.to_mut().push_str(&inner.text);
            }
            other => losses.note(format!("content: a part of type `{other}` was not carried")),
        }
    }
}

/// Words with which vendors say that they failed in the middle (`OpenRouter`, GLM, `DeepSeek`).
pub(super) fn is_failure(word: &str) -> bool {
    matches!(word, "error" | "network_error" | "insufficient_system_resource")
}

/// The reason to stop, given what was said: vendors say `stop` after calls and calls without any.
pub(super) fn settled(word: &str, calls: bool, refused: bool) -> Stop {
    match word {
        "stop" | "tool_calls" | "function_call" if calls => Stop::ToolUse,
        "stop" if refused => Stop::Refusal,
        "stop" | "tool_calls" | "function_call" => Stop::EndTurn,
        "length" | "max_tokens" => Stop::MaxTokens,
        "content_filter" | "sensitive" | "refusal" => Stop::Refusal,
        other => Stop::Unknown(other.to_owned()),
    }
}
