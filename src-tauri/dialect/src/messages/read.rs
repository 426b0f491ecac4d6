//! Decoding: a Messages request or reply into the neutral form.

use serde_json::value::RawValue;

use super::types::{Block, Message};
use crate::fault::{VendorFault, read_inner};
use crate::json::{Fields, Json, Raw, Str, each, is_text, join, list, parse, words};
use crate::neutral::kinship::Shared;
use crate::neutral::likelihood::Likelihoods;
use crate::neutral::loss::Losses;
use crate::neutral::proof::{Mark, Proof};
use crate::neutral::reply::{Reply, Stop};
use crate::neutral::request::{
    Arguments, Call, Choice, Delivery, Document, Effort, Format, Image, Outcome, Part, Request,
    Role, Sampling, Tool, Turn, What,
};
use crate::scan::string_at;
use crate::{BodyError, reply};

/// Reads a request.
pub(crate) fn request(body: &[u8], losses: &mut Losses) -> Result<Request, BodyError> {
    let document = Json::of_body(body)?;
    let mut fields = document.fields()?;
    fields.take("model");
    let stream = fields.take_flag("stream", "")?.unwrap_or(false);
    hold_no_thread(&mut fields, losses)?;
    let mut system = content(fields.take("system"), "system", losses)?;
    let turns = turns(&mut fields, &mut system, losses)?;
    let (choice, parallel) = choice(&mut fields, losses)?;
    let output = Output::read(&mut fields, losses)?;
    Ok(Request {
        bulk: body.len(),
        delivery: if stream { Delivery::StreamWithUsage } else { Delivery::Whole },
        system,
        turns,
        tools: tools(&mut fields, losses)?,
        choice,
        parallel,
        max_output: fields
            .take("max_tokens")
            .map(|limit| parse(limit, "max_tokens", "a whole number of tokens"))
            .transpose()?,
        temperature: fields.take("temperature").map(Raw::to_owned),
        top_p: fields.take("top_p").map(Raw::to_owned),
        top_k: fields.take("top_k").map(Raw::to_owned),
        sampling: Sampling::default(),
        stop: fields
            .take("stop_sequences")
            .map(|stop| parse(stop, "stop_sequences", "a list of strings"))
            .transpose()?
            .unwrap_or_default(),
        user: user(&mut fields, losses)?,
        effort: effort(&mut fields, output.effort, losses)?,
        format: output.format,
        shared: Shared::default(),
        own: fields.rest().map(|(name, value)| (name.into_owned(), value.to_owned())).collect(),
    })
}

fn user(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<Option<String>, BodyError> {
    let Some(metadata) = fields.take("metadata") else { return Ok(None) };
    let mut metadata = Fields::of(metadata, "metadata")?;
    let user = metadata.take_text("user_id", "metadata")?;
    metadata.hand_rest("metadata", losses);
    Ok(user)
}

/// A thread that begins has the whole conversation in it and can be answered; one that goes on has only
/// its newest turns, and without the others the answer would be wrong.
fn hold_no_thread(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<(), BodyError> {
    let Some(thread) = fields.take("thread") else { return Ok(()) };
    if string_at(thread.get().as_bytes(), "type").is_some_and(|kind| kind == "continue") {
        return Err(BodyError::KeptElsewhere { field: "thread" });
    }
    losses.note("thread: the vendor holds no conversation; every turn has to come whole");
    Ok(())
}

/// What `output_config` says, or `output_format` as it was called before.
struct Output {
    effort: Option<Effort>,
    format: Option<Format>,
}

impl Output {
    fn read(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<Self, BodyError> {
        let mut output = Self { effort: None, format: None };
        let mut format = fields.take("output_format");
        if let Some(config) = fields.take("output_config") {
            let mut config = Fields::of(config, "output_config")?;
            if let Some(word) = config.take_text("effort", "output_config")? {
                output.effort = level(&word, losses);
            }
            format = config.take("format").or(format);
            config.hand_rest("output_config", losses);
        }
        if let Some(format) = format {
            let mut format = Fields::of(format, "output_config.format")?;
            format.take("type");
            let schema = format.take("schema");
            format.hand_rest("output_config.format", losses);
            output.format = schema.map(|schema| Format::Schema {
                name: None,
                schema: schema.to_owned(),
                strict: Some(true),
            });
        }
        Ok(output)
    }
}

fn level(word: &str, losses: &mut Losses) -> Option<Effort> {
    let level = Effort::of_word(word);
    if level.is_none() {
        losses.note(format!("output_config.effort: `{word}` is not known"));
    }
    level
}

fn effort(
    fields: &mut Fields<'_>,
    level: Option<Effort>,
    losses: &mut Losses,
) -> Result<Option<Effort>, BodyError> {
    let Some(thinking) = fields.take("thinking") else { return Ok(level) };
    let mut thinking = Fields::of(thinking, "thinking")?;
    let budget = thinking.take("budget_tokens");
    let kind = thinking.take_text("type", "thinking")?;
    thinking.hand_rest("thinking", losses);
    Ok(match kind.as_deref() {
        Some("disabled") => Some(Effort::Off),
        Some("adaptive") => Some(level.unwrap_or(Effort::Adaptive)),
        Some("enabled") => match budget {
            Some(budget) => {
                let tokens = parse(budget, "thinking.budget_tokens", "a whole number of tokens")?;
                Some(Effort::Budget(tokens))
            }
            None => Some(level.unwrap_or(Effort::Adaptive)),
        },
        _ => {
            losses.note("thinking: its type is not known");
            level
        }
    })
}

fn tools(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<Vec<Tool>, BodyError> {
    let mut tools = Vec::new();
    for (place, item) in fields.take_list("tools", "")?.unwrap_or_default().into_iter().enumerate()
    {
        let path = format!("tools[{place}]");
        let mut tool = Fields::of(item, &path)?;
        let Some(name) = tool.take_text("name", &path)? else {
            return Err(BodyError::field(path, "a tool needs a `name`"));
        };
        let kind = tool.take_text("type", &path)?;
        if kind.is_some_and(|kind| kind != "custom") {
            tools.push(Tool::Own { name });
            continue;
        }
        tools.push(Tool::Function {
            name,
            description: tool.take_text("description", &path)?,
            schema: tool.take("input_schema").map(Raw::to_owned),
            strict: tool.take_flag("strict", &path)?,
            cache: tool.take("cache_control").map(Raw::to_owned),
        });
        tool.hand_rest("tools", losses);
    }
    Ok(tools)
}

fn choice(
    fields: &mut Fields<'_>,
    losses: &mut Losses,
) -> Result<(Option<Choice>, Option<bool>), BodyError> {
    let Some(choice) = fields.take("tool_choice") else { return Ok((None, None)) };
    let mut choice = Fields::of(choice, "tool_choice")?;
    let parallel = choice.take_flag("disable_parallel_tool_use", "tool_choice")?.map(|off| !off);
    let name = choice.take_text("name", "tool_choice")?;
    let kind = choice.take_text("type", "tool_choice")?.unwrap_or_default();
    choice.hand_rest("tool_choice", losses);
    let choice = match (kind.as_str(), name) {
        ("auto", _) => Some(Choice::Auto),
        ("any", _) => Some(Choice::Required),
        ("none", _) => Some(Choice::None),
        ("tool", Some(name)) => Some(Choice::Tool(name)),
        _ => {
            losses.note(format!("tool_choice: `{kind}` is not known"));
            None
        }
    };
    Ok((choice, parallel))
}

fn turns(
    fields: &mut Fields<'_>,
    system: &mut Vec<Part>,
    losses: &mut Losses,
) -> Result<Vec<Turn>, BodyError> {
    let Some(messages) = fields.take_list("messages", "")? else {
        return Err(BodyError::field("messages", "it is missing; send the conversation as a list"));
    };
    let mut turns = Vec::new();
    for (place, message) in messages.into_iter().enumerate() {
        let path = format!("messages[{place}]");
        let mut message = Fields::of(message, &path)?;
        let role = message.take_text("role", &path)?.unwrap_or_default();
        let parts = content(message.take("content"), &join(&path, "content"), losses)?;
        message.hand_rest("messages", losses);
        match role.as_str() {
            "user" => turns.push(Turn { role: Role::User, parts }),
            "assistant" => turns.push(Turn { role: Role::Assistant, parts }),
            "system" if turns.is_empty() => system.extend(parts),
            "system" => turns.push(Turn { role: Role::System, parts }),
            other => {
                let problem = format!("`{other}` is no role; use user, assistant or system");
                return Err(BodyError::field(join(&path, "role"), problem));
            }
        }
    }
    Ok(turns)
}

/// Content is text, or a list of blocks.
fn content(
    content: Option<Raw<'_>>,
    path: &str,
    losses: &mut Losses,
) -> Result<Vec<Part>, BodyError> {
    match content {
        None => Ok(Vec::new()),
        Some(whole) if is_text(whole) => Ok(vec![Part::text(words(whole, path)?)]),
        Some(blocks) => each(list(blocks, path)?, path, |item| block(item, path, losses)),
    }
}

fn block(item: Raw<'_>, path: &str, losses: &mut Losses) -> Result<Part, BodyError> {
    let mut fields = Fields::of(item, path)?;
    let kind = fields.take_text("type", path)?.unwrap_or_default();
    let cache = fields.take("cache_control").map(Raw::to_owned);
    let known = match kind.as_str() {
        "text" => Some(What::Text(fields.take_words("text", path)?.unwrap_or_default())),
        "thinking" => Some(What::Thinking {
            text: fields.take_text("thinking", path)?.unwrap_or_default(),
            signature: fields
                .take_text("signature", path)?
                .filter(|sign| !sign.is_empty())
                .map(|sign| Proof::held(sign, Mark::Signature)),
        }),
        "redacted_thinking" => {
            let data = fields.take_text("data", path)?.unwrap_or_default();
            Some(held(Proof::held(data, Mark::Redacted)))
        }
        "image" => image(&mut fields, path, losses)?.map(What::Image),
        "document" => document(&mut fields, path, losses)?,
        "tool_use" => Some(What::Call(call(&mut fields, path)?)),
        "tool_result" => Some(What::Result(result(&mut fields, path, losses)?)),
        _ => None,
    };
    let what = match known {
        Some(what) => {
            fields.hand_rest("content", losses);
            what
        }
        None => What::Own { kind, raw: item.to_owned() },
    };
    Ok(Part { what, cache })
}

/// A signature of reasoning without words is a thinking block where it comes from.
fn held(proof: Proof) -> What {
    match proof.mark {
        Mark::Signature | Mark::Thought | Mark::Words => {
            What::Thinking { text: String::new(), signature: Some(proof) }
        }
        Mark::Redacted | Mark::Item { .. } => What::Sealed(proof),
    }
}

fn is_direct(caller: Raw<'_>) -> bool {
    string_at(caller.get().as_bytes(), "type").is_some_and(|kind| kind == "direct")
}

fn call(fields: &mut Fields<'_>, path: &str) -> Result<Call, BodyError> {
    let input = fields.take("input").map_or("{}", Raw::get);
    let id = fields.take_text("id", path)?.unwrap_or_default();
    let name = fields.take_text("name", path)?.unwrap_or_default();
    // The model itself called it, as everywhere else.
    if fields.peek("caller").is_some_and(is_direct) {
        fields.take("caller");
    }
    Ok(Call { id, name, arguments: Arguments::of_text(input) })
}

fn result(fields: &mut Fields<'_>, path: &str, losses: &mut Losses) -> Result<Outcome, BodyError> {
    Ok(Outcome {
        id: fields.take_text("tool_use_id", path)?.unwrap_or_default(),
        parts: content(fields.take("content"), &join(path, "content"), losses)?,
        failed: fields.take_flag("is_error", path)?.unwrap_or(false),
    })
}

/// The source of an image or a document: its kind, and the fields beside it.
fn source<'a>(
    fields: &mut Fields<'a>,
    path: &str,
) -> Result<Option<(String, Fields<'a>)>, BodyError> {
    let Some(source) = fields.take("source") else { return Ok(None) };
    let mut source = Fields::of(source, &join(path, "source"))?;
    let kind = source.take_text("type", path)?.unwrap_or_default();
    Ok(Some((kind, source)))
}

fn image(
    fields: &mut Fields<'_>,
    path: &str,
    losses: &mut Losses,
) -> Result<Option<Image>, BodyError> {
    let Some((kind, mut source)) = source(fields, path)? else { return Ok(None) };
    let image = match kind.as_str() {
        "base64" => Some(Image::Data {
            media_type: source.take_text("media_type", path)?.unwrap_or_default(),
            base64: source.take_text("data", path)?.unwrap_or_default(),
            detail: None,
        }),
        "url" => source.take_text("url", path)?.map(|url| Image::Url { url, detail: None }),
        _ => return Ok(None),
    };
    source.hand_rest("content.source", losses);
    Ok(image)
}

fn document(
    fields: &mut Fields<'_>,
    path: &str,
    losses: &mut Losses,
) -> Result<Option<What>, BodyError> {
    let Some((kind, mut source)) = source(fields, path)? else { return Ok(None) };
    let name = fields.take_text("title", path)?;
    let document = match kind.as_str() {
        "base64" => Some(What::Document(Document::Data {
            media_type: source.take_text("media_type", path)?.unwrap_or_default(),
            base64: source.take_text("data", path)?.unwrap_or_default(),
            name,
        })),
        "url" => {
            let url = source.take_text("url", path)?;
            url.map(|url| What::Document(Document::Url { url, name }))
        }
        "text" => {
            source.take("media_type");
            if name.is_some() {
                losses.uncarried("content.title");
            }
            source.take_words("data", path)?.map(What::Text)
        }
        _ => return Ok(None),
    };
    source.hand_rest("content.source", losses);
    Ok(document)
}

/// Reads a reply.
pub(crate) fn reply(body: &[u8], losses: &mut Losses) -> Result<Reply, VendorFault> {
    let wire: Message<'_> = reply::read(body)?;
    if wire.r#type.as_str() == "error" || wire.error.is_some() {
        return Err(read_inner(body));
    }
    wire.note_uncarried(losses);
    let stop = wire.stop_reason;
    // A model may end its turn with nothing to say; then it says that it ended.
    let blocks = wire.content.filter(|blocks| !blocks.is_empty() || stop.is_some());
    let Some(blocks) = blocks else { return Err(reply::no_answer(body)) };
    let parts = blocks.into_iter().filter_map(|block| said(block, losses)).collect();
    let sequence = wire.stop_sequence.map(|text| text.0.into_owned());
    Ok(Reply {
        id: wire.id.map(|id| id.0.into_owned()),
        parts,
        likelihoods: Likelihoods::new(),
        stop: stopped(stop.as_ref().map_or("", Str::as_str), sequence),
        usage: wire.usage.map(Into::into),
    })
}

fn said(block: Block<'_>, losses: &mut Losses) -> Option<Part> {
    block.note_uncarried(losses);
    let owned = |text: Option<Str<'_>>| text.map_or_else(String::new, |text| text.0.into_owned());
    let what = match block.r#type.as_str() {
        "text" => What::Text(owned(block.text).into()),
        "thinking" => What::Thinking {
            text: owned(block.thinking),
            signature: block
                .signature
                .filter(|sign| !sign.as_str().is_empty())
                .map(|sign| Proof::bare(Mark::Signature, sign.0)),
        },
        "redacted_thinking" => What::Sealed(Proof::bare(Mark::Redacted, owned(block.data))),
        "tool_use" => What::Call(Call {
            id: owned(block.id),
            name: owned(block.name),
            arguments: Arguments::of_text(block.input.map_or("{}", RawValue::get)),
        }),
        other => {
            losses.note(format!("content: a block of type `{other}` was not carried"));
            return None;
        }
    };
    Some(what.into())
}

/// The reason to stop, as Messages names it.
pub(super) fn stopped(word: &str, sequence: Option<String>) -> Stop {
    match word {
        "end_turn" => Stop::EndTurn,
        "max_tokens" => Stop::MaxTokens,
        "stop_sequence" => Stop::Sequence(sequence),
        "tool_use" => Stop::ToolUse,
        "refusal" => Stop::Refusal,
        "pause_turn" => Stop::Pause,
        "model_context_window_exceeded" => Stop::ContextFull,
        other => Stop::Unknown(other.to_owned()),
    }
}
