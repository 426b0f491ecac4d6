//! Decoding: a Responses request or reply into the neutral form.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::INCLUDED_LIKELIHOODS;
use super::shape::{ECHOED, INPUT, LOCAL_SHELL, Shape};
use super::tools;
use super::types::{Item, Response};
use crate::fault::{VendorFault, read_inner};
use crate::json::{Fields, Json, Raw, Str, each, is_text, join, list, parse, words};
use crate::neutral::kinship::Shared;
use crate::neutral::likelihood::{self, Likelihoods};
use crate::neutral::loss::Losses;
use crate::neutral::proof::{Mark, Proof};
use crate::neutral::reply::{Reply, Stop};
use crate::neutral::request::{
    Arguments, Call, Delivery, Document, Effort, Format, Image, Outcome, Part, Request, Role,
    Sampling, Turn, What,
};
use crate::scan::string_at;
use crate::{BodyError, reply};

/// Reads a request.
pub(crate) fn request(
    body: &[u8],
    shape: &mut Shape,
    losses: &mut Losses,
) -> Result<Request, BodyError> {
    let document = Json::of_body(body)?;
    let mut fields = document.fields()?;
    fields.take("model");
    refuse_kept_state(&mut fields)?;
    for name in ECHOED {
        if let Some(value) = fields.peek(name) {
            shape.echo(name, value);
        }
    }
    let stream = fields.take_flag("stream", "")?.unwrap_or(false);
    let mut system = Vec::new();
    if let Some(instructions) = fields.take_text("instructions", "")? {
        system.push(Part::text(instructions));
    }
    let turns = turns(&mut fields, &mut system, losses)?;
    let mut tools = tools::offered(&mut fields, shape, losses)?;
    let choice = tools::choice(&mut fields, &mut tools, losses)?;
    let (format, verbosity) = format(&mut fields, losses)?;
    Ok(Request {
        bulk: body.len(),
        delivery: if stream { Delivery::StreamWithUsage } else { Delivery::Whole },
        system,
        turns,
        tools,
        choice,
        parallel: fields.take_flag("parallel_tool_calls", "")?,
        max_output: fields
            .take("max_output_tokens")
            .map(|limit| parse(limit, "max_output_tokens", "a whole number of tokens"))
            .transpose()?,
        temperature: fields.take("temperature").map(Raw::to_owned),
        top_p: fields.take("top_p").map(Raw::to_owned),
        top_k: None,
        sampling: Sampling { likelihoods: likelihoods(&mut fields)?, ..Sampling::default() },
        stop: Vec::new(),
        user: fields.take_text("user", "")?,
        effort: effort(&mut fields, losses)?,
        format,
        shared: Shared::taken(&mut fields).and_verbosity(verbosity),
        own: own(fields),
    })
}

/// The field by which a request names what a vendor keeps. One that cannot be read names nothing.
pub(crate) fn needs_kept_state(body: &[u8]) -> Option<&'static str> {
    let document = Json::of_body(body).ok()?;
    let mut fields = document.fields().ok()?;
    let refers = |item: Raw<'_>| {
        string_at(item.get().as_bytes(), "type").is_some_and(|kind| kind == "item_reference")
    };
    let input = fields.take("input").and_then(|input| list(input, "input").ok());
    if input.unwrap_or_default().into_iter().any(refers) {
        return Some("item_reference");
    }
    match refuse_kept_state(&mut fields) {
        Err(BodyError::KeptElsewhere { field }) => Some(field),
        Err(_) | Ok(()) => None,
    }
}

/// What a vendor keeps of earlier turns is only with that vendor.
fn refuse_kept_state(fields: &mut Fields<'_>) -> Result<(), BodyError> {
    for field in ["previous_response_id", "conversation", "prompt"] {
        if fields.take(field).is_some() {
            return Err(BodyError::KeptElsewhere { field });
        }
    }
    if fields.take_flag("background", "")? == Some(true) {
        return Err(BodyError::KeptElsewhere { field: "background" });
    }
    Ok(())
}

/// How many other tokens are wanted beside each: asking for them is asking for likelihoods.
fn likelihoods(fields: &mut Fields<'_>) -> Result<Option<u64>, BodyError> {
    let included = fields.peek("include").map(included).unwrap_or_default();
    let wanted = included.iter().any(|name| name.as_str() == INCLUDED_LIKELIHOODS);
    let others = likelihood::number(fields.take("top_logprobs"), "top_logprobs")?;
    Ok(if wanted { others.or(Some(0)) } else { others.filter(|others| *others > 0) })
}

fn included(raw: Raw<'_>) -> Vec<Str<'_>> {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// What only Responses has, but for settings that ask for what is done anyway.
fn own(mut fields: Fields<'_>) -> Vec<(String, Box<RawValue>)> {
    let mut own = Vec::new();
    // Nothing is cut away, proofs come unasked, and nothing is padded.
    let cut = fields.take("truncation").filter(|value| value.get() != "\"disabled\"");
    own.extend(cut.map(|value| ("truncation", value)));
    let else_included = |raw: &Raw<'_>| {
        let wanted = included(*raw);
        let known = ["reasoning.encrypted_content", INCLUDED_LIKELIHOODS];
        wanted.is_empty() || wanted.iter().any(|name| !known.contains(&name.as_str()))
    };
    own.extend(fields.take("include").filter(else_included).map(|value| ("include", value)));
    fields.take("stream_options");
    let mut own: Vec<(String, Box<RawValue>)> =
        own.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    own.extend(fields.rest().map(|(name, value)| (name.into_owned(), value.to_owned())));
    own
}

fn effort(fields: &mut Fields<'_>, losses: &mut Losses) -> Result<Option<Effort>, BodyError> {
    let Some(reasoning) = fields.take("reasoning") else { return Ok(None) };
    // Whether it is summed up or told in full is the vendor's affair.
    let mut reasoning = Fields::of(reasoning, "reasoning")?;
    let word = reasoning.take_text("effort", "reasoning")?;
    for known in ["summary", "generate_summary"] {
        reasoning.take(known);
    }
    reasoning.hand_rest("reasoning", losses);
    let Some(word) = word else { return Ok(None) };
    let known = Effort::of_word(&word);
    if known.is_none() {
        losses.note(format!("reasoning.effort: `{word}` is not known"));
    }
    Ok(known)
}

/// The form of the answer, and how wordy it is to be.
fn format<'a>(
    fields: &mut Fields<'a>,
    losses: &mut Losses,
) -> Result<(Option<Format>, Option<Raw<'a>>), BodyError> {
    let Some(wanted) = fields.take("text") else { return Ok((None, None)) };
    let mut wanted = Fields::of(wanted, "text")?;
    let (form, verbosity) = (wanted.take("format"), wanted.take("verbosity"));
    wanted.hand_rest("text", losses);
    let form = form.map(|form| form_of(form, losses)).transpose()?.flatten();
    Ok((form, verbosity))
}

fn form_of(format: Raw<'_>, losses: &mut Losses) -> Result<Option<Format>, BodyError> {
    let path = "text.format";
    let mut format = Fields::of(format, path)?;
    match format.take_text("type", path)?.as_deref() {
        Some("text") | None => Ok(None),
        Some("json_object") => Ok(Some(Format::Json)),
        Some("json_schema") => {
            let name = format.take_text("name", path)?;
            let strict = format.take_flag("strict", path)?;
            Ok(Some(match format.take("schema") {
                Some(schema) => Format::Schema { name, schema: schema.to_owned(), strict },
                None => Format::Json,
            }))
        }
        Some(other) => {
            losses.note(format!("text.format: `{other}` is not known"));
            Ok(None)
        }
    }
}

fn turns(
    fields: &mut Fields<'_>,
    system: &mut Vec<Part>,
    losses: &mut Losses,
) -> Result<Vec<Turn>, BodyError> {
    let Some(input) = fields.take("input") else {
        return Err(BodyError::field("input", "it is missing; send text or a list of items"));
    };
    if is_text(input) {
        let parts = vec![Part::text(words(input, "input")?)];
        return Ok(vec![Turn { role: Role::User, parts }]);
    }
    let mut turns: Vec<Turn> = Vec::new();
    for (place, item) in list(input, "input")?.into_iter().enumerate() {
        let path = format!("input[{place}]");
        let Said { role, parts } = said(item, &path, losses)?;
        let Some(role) = role else {
            if turns.is_empty() {
                system.extend(parts);
            } else {
                turns.push(Turn { role: Role::System, parts });
            }
            continue;
        };
        match turns.last_mut().filter(|turn| turn.role == role) {
            Some(turn) => turn.parts.extend(parts),
            None => turns.push(Turn { role, parts }),
        }
    }
    Ok(turns)
}

/// What one item says, and who says it: nobody where it is an instruction.
struct Said {
    role: Option<Role>,
    parts: Vec<Part>,
}

fn said(item: Raw<'_>, path: &str, losses: &mut Losses) -> Result<Said, BodyError> {
    let mut fields = Fields::of(item, path)?;
    let kind = fields.take_text("type", path)?;
    let kind = kind.as_deref().unwrap_or("message");
    let (role, what) = match kind {
        "message" => {
            let said = message(&mut fields, path, losses)?;
            hand_rest(fields, losses);
            return Ok(said);
        }
        "function_call" => (Role::Assistant, function_call(&mut fields, path)?),
        "custom_tool_call" => (Role::Assistant, custom_call(&mut fields, path)?),
        "local_shell_call" => (Role::Assistant, shell_call(&mut fields, path)?),
        "function_call_output" | "custom_tool_call_output" | "local_shell_call_output" => {
            (Role::User, output(&mut fields, path, losses)?)
        }
        "reasoning" => {
            let parts = reasoning(&mut fields, path)?.into_iter().map(Part::from).collect();
            hand_rest(fields, losses);
            return Ok(Said { role: Some(Role::Assistant), parts });
        }
        "item_reference" => return Err(BodyError::KeptElsewhere { field: "item_reference" }),
        // Items of the vendor's own tools, and of forms to come.
        other => {
            let what = What::Own { kind: other.to_owned(), raw: item.to_owned() };
            return Ok(Said { role: Some(Role::Assistant), parts: vec![what.into()] });
        }
    };
    hand_rest(fields, losses);
    Ok(Said { role: Some(role), parts: vec![what.into()] })
}

/// Names what is left of an item: a history is whole, and its items have no ids elsewhere.
fn hand_rest(mut fields: Fields<'_>, losses: &mut Losses) {
    for known in ["id", "status"] {
        fields.take(known);
    }
    fields.hand_rest("input", losses);
}

fn message(fields: &mut Fields<'_>, path: &str, losses: &mut Losses) -> Result<Said, BodyError> {
    let role = match fields.take_text("role", path)?.unwrap_or_default().as_str() {
        "user" => Some(Role::User),
        "assistant" => Some(Role::Assistant),
        "system" | "developer" => None,
        other => {
            let problem = format!("`{other}` is no role; use system, developer, user or assistant");
            return Err(BodyError::field(join(path, "role"), problem));
        }
    };
    let parts = content(fields.take("content"), &join(path, "content"), losses)?;
    Ok(Said { role, parts })
}

/// Content is text, or a list of parts.
fn content(
    content: Option<Raw<'_>>,
    path: &str,
    losses: &mut Losses,
) -> Result<Vec<Part>, BodyError> {
    match content {
        None => Ok(Vec::new()),
        Some(whole) if is_text(whole) => Ok(vec![Part::text(words(whole, path)?)]),
        Some(parts) => each(list(parts, path)?, path, |item| part(item, path, losses)),
    }
}

fn part(item: Raw<'_>, path: &str, losses: &mut Losses) -> Result<Part, BodyError> {
    let mut fields = Fields::of(item, path)?;
    let kind = fields.take_text("type", path)?.unwrap_or_default();
    let known = match kind.as_str() {
        "input_text" | "output_text" | "text" | "summary_text" | "reasoning_text" => {
            Some(What::Text(fields.take_words("text", path)?.unwrap_or_default()))
        }
        "refusal" => Some(What::Refusal(fields.take_words("refusal", path)?.unwrap_or_default())),
        "input_image" => image(&mut fields, path)?.map(What::Image),
        "input_file" => document(&mut fields, path)?.map(What::Document),
        _ => None,
    };
    Ok(match known {
        Some(what) => {
            fields.hand_rest("input.content", losses);
            what.into()
        }
        None => What::Own { kind, raw: item.to_owned() }.into(),
    })
}

fn image(fields: &mut Fields<'_>, path: &str) -> Result<Option<Image>, BodyError> {
    let detail = fields.take_text("detail", path)?;
    Ok(fields.take_text("image_url", path)?.map(|url| Image::at(url, detail)))
}

fn document(fields: &mut Fields<'_>, path: &str) -> Result<Option<Document>, BodyError> {
    let name = fields.take_text("filename", path)?;
    if let Some(url) = fields.take_text("file_url", path)? {
        return Ok(Some(Document::Url { url, name }));
    }
    let data = fields.take_text("file_data", path)?;
    Ok(data.as_deref().and_then(|data| Document::of_data_uri(data, name)))
}

fn function_call(fields: &mut Fields<'_>, path: &str) -> Result<What, BodyError> {
    let name = fields.take_text("name", path)?.unwrap_or_default();
    let name = match fields.take_text("namespace", path)? {
        Some(namespace) => tools::inside(&namespace, &name),
        None => name,
    };
    Ok(What::Call(Call {
        id: fields.take_text("call_id", path)?.unwrap_or_default(),
        name,
        arguments: Arguments::of_text(&fields.take_text("arguments", path)?.unwrap_or_default()),
    }))
}

fn custom_call(fields: &mut Fields<'_>, path: &str) -> Result<What, BodyError> {
    let input = fields.take_text("input", path)?.unwrap_or_default();
    Ok(What::Call(Call {
        id: fields.take_text("call_id", path)?.unwrap_or_default(),
        name: fields.take_text("name", path)?.unwrap_or_default(),
        arguments: custom_arguments(&input),
    }))
}

/// The free text of a custom tool as the one argument of a function.
pub(super) fn custom_arguments(input: &str) -> Arguments {
    Arguments::of_text(&json!({ INPUT: input }).to_string())
}

fn shell_call(fields: &mut Fields<'_>, path: &str) -> Result<What, BodyError> {
    let id = fields.take_text("id", path)?;
    Ok(What::Call(Call {
        id: fields.take_text("call_id", path)?.or(id).unwrap_or_default(),
        name: LOCAL_SHELL.to_owned(),
        arguments: Arguments::of_text(fields.take("action").map_or("{}", Raw::get)),
    }))
}

fn output(fields: &mut Fields<'_>, path: &str, losses: &mut Losses) -> Result<What, BodyError> {
    let id = fields.take_text("id", path)?;
    let output = fields.take("output");
    let parts = match output {
        Some(output) if output.get().starts_with('{') => vec![Part::text(output.get())],
        output => content(output, &join(path, "output"), losses)?,
    };
    Ok(What::Result(Outcome {
        id: fields.take_text("call_id", path)?.or(id).unwrap_or_default(),
        parts,
        failed: false,
    }))
}

fn reasoning(fields: &mut Fields<'_>, path: &str) -> Result<Option<What>, BodyError> {
    let id = fields.take_text("id", path)?;
    let mut texts = Vec::new();
    for name in ["summary", "content"] {
        let at = join(path, name);
        let items = fields.take_list(name, path)?.unwrap_or_default();
        let told = each(items, &at, |item| Fields::of(item, &at)?.take_text("text", &at))?;
        texts.extend(told.into_iter().flatten());
    }
    let text = texts.join("\n\n");
    let proof = fields.take_text("encrypted_content", path)?.filter(|data| !data.is_empty());
    let proof = proof.map(|data| Proof::held(data, Mark::Item { id }));
    Ok(match proof {
        Some(proof) if proof.mark == Mark::Redacted => Some(What::Sealed(proof)),
        None if text.is_empty() => None,
        signature => Some(What::Thinking { text, signature }),
    })
}

/// Reads a reply.
pub(crate) fn reply(body: &[u8], losses: &mut Losses) -> Result<Reply, VendorFault> {
    let wire: Response<'_> = reply::read(body)?;
    let status = wire.status.as_ref().map_or("", Str::as_str);
    let failed = matches!(status, "failed" | "cancelled" | "queued" | "in_progress");
    if wire.error.is_some_and(|error| error.get() != "null") || failed {
        return Err(read_inner(wire.error.map_or(body, |error| error.get().as_bytes())));
    }
    let Some(items) = wire.output else { return Err(reply::no_answer(body)) };
    let mut parts = Vec::new();
    let mut likelihoods = Likelihoods::new();
    for item in items {
        likelihoods
            .extend(item.pieces().iter().flat_map(|piece| likelihood::entries(piece.logprobs)));
        replied(item, &mut parts, losses);
    }
    let stop = stopped(status, wire.incomplete_details, &parts);
    if parts.is_empty() && status.is_empty() {
        return Err(reply::no_answer(body));
    }
    Ok(Reply {
        id: wire.id.map(|id| id.0.into_owned()),
        parts,
        likelihoods,
        stop,
        usage: wire.usage.map(Into::into),
    })
}

/// The parts of an output item.
pub(super) fn replied(item: Item<'_>, parts: &mut Vec<Part>, losses: &mut Losses) {
    let owned = |text: Option<Str<'_>>| text.map_or_else(String::new, |text| text.0.into_owned());
    let what = match item.r#type.as_str() {
        "message" => {
            for piece in item.pieces() {
                if piece.r#type.as_str() == "refusal" {
                    parts.push(What::Refusal(owned(piece.refusal).into()).into());
                    continue;
                }
                if piece.annotations.is_some_and(|list| list.get() != "[]") {
                    losses.note("annotations: they were not carried");
                }
                parts.push(Part::text(owned(piece.text)));
            }
            return;
        }
        "reasoning" => {
            let texts: Vec<String> = item.thoughts().collect();
            let text = texts.join("\n\n");
            let id = item.id.map(|id| id.0.into_owned());
            let data = item.encrypted_content.filter(|data| !data.as_str().is_empty());
            let signature = data.map(|data| Proof::bare(Mark::Item { id }, data.0));
            if text.is_empty() && signature.is_none() {
                return;
            }
            What::Thinking { text, signature }
        }
        "function_call" => What::Call(Call {
            id: owned(item.call_id),
            name: owned(item.name),
            arguments: Arguments::of_text(item.arguments.as_ref().map_or("", Str::as_str)),
        }),
        "custom_tool_call" => What::Call(Call {
            id: owned(item.call_id),
            name: owned(item.name),
            arguments: custom_arguments(item.input.as_ref().map_or("", Str::as_str)),
        }),
        "local_shell_call" => What::Call(Call {
            id: owned(item.call_id),
            name: LOCAL_SHELL.to_owned(),
            arguments: Arguments::of_text(item.action.map_or("{}", RawValue::get)),
        }),
        other => {
            losses.note(format!("output: an item of type `{other}` was not carried"));
            return;
        }
    };
    parts.push(what.into());
}

/// The reason to stop, from the status and its details.
pub(super) fn stopped(status: &str, details: Option<&RawValue>, parts: &[Part]) -> Stop {
    let calls = parts.iter().any(|part| matches!(part.what, What::Call(_)));
    let refused = parts.iter().any(|part| matches!(part.what, What::Refusal(_)));
    stop_of(status, details, calls, refused)
}

pub(super) fn stop_of(
    status: &str,
    details: Option<&RawValue>,
    calls: bool,
    refused: bool,
) -> Stop {
    let details = details.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok());
    let reason = details.as_ref().and_then(|details| details["reason"].as_str());
    match (status, reason) {
        ("incomplete", Some("max_output_tokens" | "max_tokens") | None) => Stop::MaxTokens,
        ("incomplete", Some("content_filter")) => Stop::Refusal,
        ("incomplete", Some(other)) => Stop::Unknown(other.to_owned()),
        _ if calls => Stop::ToolUse,
        _ if refused => Stop::Refusal,
        ("completed" | "", _) => Stop::EndTurn,
        (other, _) => Stop::Unknown(other.to_owned()),
    }
}
