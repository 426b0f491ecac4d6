//! Decoding: an Ollama request or reply into the neutral form.

use serde_json::value::RawValue;

use super::form::Form;
use super::types::{Answer, ToolCall};
use crate::fault::VendorFault;
use crate::json::{Fields, Json, Raw, Str, each, is_text, join, parse, text};
use crate::neutral::kinship::Shared;
use crate::neutral::likelihood;
use crate::neutral::loss::Losses;
use crate::neutral::pairing::Pairs;
use crate::neutral::reply::{Reply, Stop};
use crate::neutral::request::{
    Arguments, Call, Delivery, Effort, Format, Image, Outcome, Part, Request, Role, Sampling, Tool,
    Turn, What,
};
use crate::{BodyError, reply};

/// Reads a request of either endpoint.
pub(crate) fn request(
    body: &[u8],
    form: &mut Form,
    losses: &mut Losses,
) -> Result<Request, BodyError> {
    let document = Json::of_body(body)?;
    let mut fields = document.fields()?;
    fields.take("model");
    let stream = fields.take_flag("stream", "")?.unwrap_or(true);
    let mut system = Vec::new();
    let turns = if let Some(messages) = fields.take_list("messages", "")? {
        conversation(messages, &mut system, losses)?
    } else {
        *form = Form::Response;
        prompt(&mut fields, &mut system)?
    };
    let tools = tools(&mut fields)?;
    let effort = effort(&mut fields, losses)?;
    let format = format(&mut fields, losses);
    let mut options = match fields.take("options") {
        Some(options) => Fields::of(options, "options")?,
        None => Fields::default(),
    };
    let mut option = |name: &str| options.take(name).map(Raw::to_owned);
    let (temperature, top_p, top_k) = (option("temperature"), option("top_p"), option("top_k"));
    let sampling = Sampling {
        seed: option("seed"),
        presence_penalty: option("presence_penalty"),
        frequency_penalty: option("frequency_penalty"),
        likelihoods: likelihood::wanted(&mut fields, "logprobs", "top_logprobs", "")?,
    };
    Ok(Request {
        bulk: body.len(),
        delivery: if stream { Delivery::StreamWithUsage } else { Delivery::Whole },
        system,
        turns,
        tools,
        choice: None,
        parallel: None,
        max_output: limit(&mut options)?,
        temperature,
        top_p,
        top_k,
        sampling,
        stop: stop(&mut options)?,
        user: None,
        effort,
        format,
        shared: Shared::default(),
        own: own(fields, options),
    })
}

/// What only Ollama has.
fn own(fields: Fields<'_>, options: Fields<'_>) -> Vec<(String, Box<RawValue>)> {
    let options = options.rest().map(|(name, value)| (join("options", &name), value.to_owned()));
    let rest = fields.rest().map(|(name, value)| (name.into_owned(), value.to_owned()));
    rest.chain(options).collect()
}

/// A limit below zero is none.
fn limit(options: &mut Fields<'_>) -> Result<Option<u64>, BodyError> {
    let Some(limit) = options.take("num_predict") else { return Ok(None) };
    let limit: i64 = parse(limit, "options.num_predict", "a whole number of tokens")?;
    Ok(u64::try_from(limit).ok())
}

fn stop(options: &mut Fields<'_>) -> Result<Vec<String>, BodyError> {
    match options.take("stop") {
        None => Ok(Vec::new()),
        Some(one) if is_text(one) => Ok(vec![text(one, "options.stop")?]),
        Some(several) => parse(several, "options.stop", "a string or a list of strings"),
    }
}

fn effort(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<Option<Effort>, BodyError> {
    let Some(think) = fields.take("think") else { return Ok(None) };
    if !is_text(think) {
        let thinks: bool = parse(think, "think", "true, false, or low, medium or high")?;
        return Ok(Some(if thinks { Effort::Medium } else { Effort::Off }));
    }
    let word = text(think, "think")?;
    let effort = Effort::of_word(&word);
    if effort.is_none() {
        losses.note(format!("think: `{word}` is not known"));
    }
    Ok(effort)
}

fn format(fields: &mut Fields<'_>, losses: &mut Losses) -> Option<Format> {
    let format = fields.take("format")?;
    match format.get() {
        "\"json\"" => Some(Format::Json),
        "\"\"" => None,
        schema if schema.starts_with('{') => {
            Some(Format::Schema { name: None, schema: format.to_owned(), strict: None })
        }
        _ => {
            losses.note("format: it is neither `json` nor a schema");
            None
        }
    }
}

fn tools(fields: &mut Fields<'_>) -> Result<Vec<Tool>, BodyError> {
    let mut tools = Vec::new();
    for (place, item) in fields.take_list("tools", "")?.unwrap_or_default().into_iter().enumerate()
    {
        let path = format!("tools[{place}].function");
        let mut tool = Fields::of(item, &path)?;
        let Some(function) = tool.take("function") else {
            return Err(BodyError::field(path, "a tool needs a `function`"));
        };
        let mut function = Fields::of(function, &path)?;
        let Some(name) = function.take_text("name", &path)? else {
            return Err(BodyError::field(path, "a tool needs a `name`"));
        };
        tools.push(Tool::Function {
            name,
            description: function.take_text("description", &path)?,
            schema: function.take("parameters").map(Raw::to_owned),
            strict: None,
            cache: None,
        });
    }
    Ok(tools)
}

/// `/api/generate`: instructions and one turn.
fn prompt(fields: &mut Fields<'_>, system: &mut Vec<Part>) -> Result<Vec<Turn>, BodyError> {
    system.extend(fields.take_words("system", "")?.map(Part::text));
    let mut parts = images(fields, "")?;
    parts.extend(fields.take_words("prompt", "")?.map(Part::text));
    Ok(vec![Turn { role: Role::User, parts }])
}

fn images(fields: &mut Fields<'_>, path: &str) -> Result<Vec<Part>, BodyError> {
    let at = join(path, "images");
    each(fields.take_list("images", path)?.unwrap_or_default(), &at, |item| {
        let base64 = text(item, &at)?;
        let media_type = sniffed(&base64).to_owned();
        Ok(What::Image(Image::Data { media_type, base64, detail: None }).into())
    })
}

/// What kind of image it is, by the first bytes as base64 shows them.
fn sniffed(base64: &str) -> &'static str {
    match base64.as_bytes() {
        [b'/', b'9', b'j', b'/', ..] => "image/jpeg",
        [b'R', b'0', b'l', b'G', ..] => "image/gif",
        [b'U', b'k', b'l', b'G', ..] => "image/webp",
        _ => "image/png",
    }
}

fn conversation(
    messages: Vec<Raw<'_>>,
    system: &mut Vec<Part>,
    losses: &mut Losses,
) -> Result<Vec<Turn>, BodyError> {
    let mut turns: Vec<Turn> = Vec::new();
    let mut pairs = Pairs::default();
    for (place, message) in messages.into_iter().enumerate() {
        let path = format!("messages[{place}]");
        let mut message = Fields::of(message, &path)?;
        let role = message.take_text("role", &path)?.unwrap_or_default();
        let said = message.take_words("content", &path)?.unwrap_or_default();
        let mut parts = images(&mut message, &path)?;
        match role.as_str() {
            "system" | "developer" => {
                let part = Part::text(said);
                if turns.is_empty() {
                    system.push(part);
                } else {
                    turns.push(Turn { role: Role::System, parts: vec![part] });
                }
            }
            "user" => {
                parts.push(Part::text(said));
                turns.push(Turn { role: Role::User, parts });
            }
            "assistant" => {
                let thought = message.take_text("thinking", &path)?.filter(|text| !text.is_empty());
                let thought = thought.map(|text| What::Thinking { text, signature: None }.into());
                let mut parts: Vec<Part> = thought.into_iter().collect();
                parts.push(Part::text(said));
                let calls = message.take_list("tool_calls", &path)?.unwrap_or_default();
                let at = join(&path, "tool_calls");
                parts.extend(each(calls, &at, |call| history_call(call, &at, &mut pairs))?);
                turns.push(Turn { role: Role::Assistant, parts });
            }
            "tool" => {
                let old = message.take_text("name", &path)?;
                let name = message.take_text("tool_name", &path)?.or(old);
                let id = pairs.result(message.take_text("tool_call_id", &path)?, name);
                parts.insert(0, Part::text(said));
                let outcome = Outcome { id, parts, failed: false };
                turns.push(Turn { role: Role::User, parts: vec![What::Result(outcome).into()] });
            }
            other => {
                let problem = format!("`{other}` is no role; use system, user, assistant or tool");
                return Err(BodyError::field(join(&path, "role"), problem));
            }
        }
        for (name, _) in message.rest() {
            losses.note(format!("messages.{name}: it was not carried"));
        }
    }
    Ok(turns)
}

fn history_call(raw: Raw<'_>, path: &str, pairs: &mut Pairs) -> Result<Part, BodyError> {
    let mut call = Fields::of(raw, path)?;
    let id = call.take_text("id", path)?;
    let Some(function) = call.take("function") else {
        return Err(BodyError::field(path, "a call needs a `function`"));
    };
    let mut function = Fields::of(function, path)?;
    let name = function.take_text("name", path)?.unwrap_or_default();
    let arguments = arguments(function.take("arguments").map(Raw::get));
    let id = pairs.call(id, &name);
    Ok(What::Call(Call { id, name, arguments }).into())
}

/// Arguments are an object; some clients send it as text.
pub(super) fn arguments(raw: Option<&str>) -> Arguments {
    let raw = raw.unwrap_or_default();
    match serde_json::from_str::<Str<'_>>(raw) {
        Ok(text) => Arguments::of_text(text.as_str()),
        Err(_) => Arguments::of_text(raw),
    }
}

/// Reads a reply of either endpoint.
pub(crate) fn reply(body: &[u8], losses: &mut Losses) -> Result<Reply, VendorFault> {
    let mut answer: Answer<'_> = reply::read(body)?;
    if let Some(fault) = answer.fault(body) {
        return Err(fault);
    }
    answer.note_uncarried(losses);
    let word = answer.done_reason.as_ref().map_or("", Str::as_str).to_owned();
    let usage = answer.usage();
    let likelihoods = likelihood::entries(answer.logprobs);
    let reply = answer.id();
    let message = answer.said();
    let mut parts: Vec<Part> = Vec::new();
    if let Some(text) = message.thinking.filter(|text| !text.as_str().is_empty()) {
        let text = text.0.into_owned();
        parts.push(What::Thinking { text, signature: None }.into());
    }
    if let Some(text) = message.content.filter(|text| !text.as_str().is_empty()) {
        parts.push(Part::text(text.0));
    }
    for ToolCall { id, function } in message.tool_calls {
        let id = id.map_or_else(String::new, |id| id.0.into_owned());
        let arguments = arguments(function.arguments.map(RawValue::get));
        let name = function.name.0.into_owned();
        parts.push(What::Call(Call { id, name, arguments }).into());
    }
    if parts.is_empty() && answer.done.is_none() {
        return Err(reply::no_answer(body));
    }
    let calls = parts.iter().any(|part| matches!(part.what, What::Call(_)));
    Ok(Reply { id: reply, parts, likelihoods, stop: stopped(&word, calls), usage })
}

/// The reason to stop, given what was said: Ollama says `stop` after calls too, and older versions nothing.
pub(super) fn stopped(word: &str, calls: bool) -> Stop {
    match word {
        "stop" | "" | "tool_calls" if calls => Stop::ToolUse,
        "stop" | "" => Stop::EndTurn,
        "length" => Stop::MaxTokens,
        other => Stop::Unknown(other.to_owned()),
    }
}
