//! Decoding: a Gemini request or reply into the neutral form.

use serde_json::value::RawValue;

use super::schema;
use super::types::{Answer, Piece};
use super::write::ANY_SIGNATURE;
use crate::fault::VendorFault;
use crate::json::{
    Fields, Json, Raw, Str, each, is_object, join, list, parse, says_nothing, text, words,
};
use crate::neutral::kinship::Shared;
use crate::neutral::likelihood;
use crate::neutral::loss::Losses;
use crate::neutral::pairing::Pairs;
use crate::neutral::proof::{Mark, Proof};
use crate::neutral::reply::{Reply, Stop};
use crate::neutral::request::{
    Arguments, Call, Choice, Delivery, Document, Effort, Format, Image, Outcome, Part, Request,
    Role, Sampling, Tool, Turn, What,
};
use crate::neutral::text::Text;
use crate::{BodyError, reply};

/// An object whose fields may be written in camel or in snake case, as everywhere in Google's JSON.
struct Proto<'a>(Fields<'a>);

impl<'a> Proto<'a> {
    fn of(raw: Raw<'a>, path: &str) -> Result<Self, BodyError> {
        Fields::of(raw, path).map(Self)
    }

    fn take(&mut self, camel: &str) -> Option<Raw<'a>> {
        let other = self.0.take(&snake(camel));
        self.0.take(camel).or(other)
    }

    fn take_owned(&mut self, camel: &str) -> Option<Box<RawValue>> {
        self.take(camel).map(Raw::to_owned)
    }

    fn take_text(&mut self, camel: &str, path: &str) -> Result<Option<String>, BodyError> {
        self.take(camel).map(|raw| text(raw, &join(path, camel))).transpose()
    }

    /// The same for text that is only carried.
    fn take_words(&mut self, camel: &str, path: &str) -> Result<Option<Text>, BodyError> {
        self.take(camel).map(|raw| words(raw, &join(path, camel))).transpose()
    }

    fn take_list(&mut self, camel: &str, path: &str) -> Result<Vec<Raw<'a>>, BodyError> {
        let listed = self.take(camel).map(|raw| list(raw, &join(path, camel))).transpose()?;
        Ok(listed.unwrap_or_default())
    }
}

/// What stands beside the content of a part.
const BESIDE: [&str; 3] = ["partMetadata", "mediaResolution", "videoMetadata"];

/// What Google keeps of a prompt, by its name.
const CACHED: &str = "cachedContent";

/// Whether a request names what Google keeps. One that cannot be read does not.
pub(crate) fn needs_kept_state(body: &[u8]) -> Option<&'static str> {
    let document = Json::of_body(body).ok()?;
    let mut fields = Proto(document.fields().ok()?);
    fields.take(CACHED).map(|_| CACHED)
}

/// Names what is left of an object.
fn note_rest(fields: Proto<'_>, at: &str, losses: &mut Losses) {
    fields.0.hand_rest(at, losses);
}

fn snake(camel: &str) -> String {
    let mut snake = String::with_capacity(camel.len() + 4);
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Reads a request. How the answer is to come is written in the path, not here.
pub(crate) fn request(body: &[u8], losses: &mut Losses) -> Result<Request, BodyError> {
    let document = Json::of_body(body)?;
    let mut fields = Proto(document.fields()?);
    fields.take("model");
    if fields.take(CACHED).is_some() {
        return Err(BodyError::KeptElsewhere { field: CACHED });
    }
    let system = system(&mut fields, losses)?;
    let turns = turns(&mut fields, losses)?;
    let mut tools = tools(&mut fields, losses)?;
    let choice = choice(&mut fields, &mut tools, losses)?;
    let mut config = match fields.take("generationConfig") {
        Some(config) => Proto::of(config, "generationConfig")?,
        None => Proto(Fields::default()),
    };
    let request = Request {
        bulk: body.len(),
        delivery: Delivery::Whole,
        system,
        turns,
        tools,
        choice,
        parallel: None,
        max_output: config
            .take("maxOutputTokens")
            .map(|limit| {
                parse(limit, "generationConfig.maxOutputTokens", "a whole number of tokens")
            })
            .transpose()?,
        temperature: config.take_owned("temperature"),
        top_p: config.take_owned("topP"),
        top_k: config.take_owned("topK"),
        sampling: Sampling {
            seed: config.take_owned("seed"),
            presence_penalty: config.take_owned("presencePenalty"),
            frequency_penalty: config.take_owned("frequencyPenalty"),
            likelihoods: likelihoods(&mut config)?,
        },
        stop: config
            .take("stopSequences")
            .map(|stop| parse(stop, "generationConfig.stopSequences", "a list of strings"))
            .transpose()?
            .unwrap_or_default(),
        user: None,
        effort: effort(&mut config, losses)?,
        format: format(&mut config, losses)?,
        shared: Shared::default(),
        own: own(config, fields),
    };
    Ok(request)
}

fn likelihoods(config: &mut Proto<'_>) -> Result<Option<u64>, BodyError> {
    let wanted = config.take("responseLogprobs").is_some_and(|flag| flag.get() == "true");
    let others = likelihood::number(config.take("logprobs"), "generationConfig.logprobs")?;
    Ok(wanted.then_some(others.unwrap_or(0)))
}

/// What only Gemini has; a single candidate of text is what everyone gives.
fn own(mut config: Proto<'_>, fields: Proto<'_>) -> Vec<(String, Box<RawValue>)> {
    let usual = |value: &Raw<'_>, usual: &str| {
        value.get().chars().filter(|letter| !letter.is_whitespace()).collect::<String>() == usual
    };
    let count = config.take("candidateCount").filter(|value| !usual(value, "1"));
    let kinds = config.take("responseModalities").filter(|value| !usual(value, "[\"TEXT\"]"));
    let named = [("candidateCount", count), ("responseModalities", kinds)];
    let named = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let config = named.chain(config.0.rest().map(|(name, value)| (name.into_owned(), value)));
    let config = config.map(|(name, value)| (join("generationConfig", &name), value));
    let rest = fields.0.rest().map(|(name, value)| (name.into_owned(), value));
    config.chain(rest).map(|(name, value)| (name, value.to_owned())).collect()
}

fn effort(config: &mut Proto<'_>, losses: &mut Losses) -> Result<Option<Effort>, BodyError> {
    let path = "generationConfig.thinkingConfig";
    let Some(thinking) = config.take("thinkingConfig") else { return Ok(None) };
    let mut thinking = Proto::of(thinking, path)?;
    let budget = thinking.take("thinkingBudget");
    let level = thinking.take_text("thinkingLevel", path)?;
    // What a vendor shows of its reasoning is shown.
    thinking.take("includeThoughts");
    note_rest(thinking, path, losses);
    if let Some(level) = level {
        return Ok(match level.to_ascii_lowercase().as_str() {
            "minimal" => Some(Effort::Minimal),
            "low" => Some(Effort::Low),
            "medium" => Some(Effort::Medium),
            "high" => Some(Effort::High),
            "thinking_level_unspecified" => None,
            _ => {
                losses.note(format!("{path}.thinkingLevel: `{level}` is not known"));
                None
            }
        });
    }
    let Some(budget) = budget else { return Ok(None) };
    let tokens: i64 = parse(budget, &join(path, "thinkingBudget"), "a whole number of tokens")?;
    Ok(Some(match u64::try_from(tokens) {
        Ok(0) => Effort::Off,
        Ok(tokens) => Effort::Budget(tokens),
        Err(_) => Effort::Adaptive,
    }))
}

fn format(config: &mut Proto<'_>, losses: &mut Losses) -> Result<Option<Format>, BodyError> {
    let plain = config.take("responseSchema");
    // Under this name it was introduced.
    let early = config.take("_responseJsonSchema");
    let full = config.take("responseJsonSchema").or(early);
    let kind = config.take_text("responseMimeType", "generationConfig")?;
    let schema = full.map(Raw::to_owned).or_else(|| plain.map(schema::of_gemini));
    Ok(match (kind.as_deref(), schema) {
        (Some("application/json"), None) => Some(Format::Json),
        (None | Some("application/json" | "text/x.enum"), Some(schema)) => {
            if kind.as_deref() == Some("text/x.enum") {
                losses.note("generationConfig.responseMimeType: the choice comes as JSON");
            }
            Some(Format::Schema { name: None, schema, strict: None })
        }
        (None | Some("text/plain"), _) => None,
        (Some(other), _) => {
            losses.note(format!("generationConfig.responseMimeType: `{other}` was not carried"));
            None
        }
    })
}

fn tools(fields: &mut Proto<'_>, losses: &mut Losses) -> Result<Vec<Tool>, BodyError> {
    let mut tools = Vec::new();
    for (place, item) in fields.take_list("tools", "")?.into_iter().enumerate() {
        let path = format!("tools[{place}]");
        let mut group = Proto::of(item, &path)?;
        for (place, item) in group.take_list("functionDeclarations", &path)?.into_iter().enumerate()
        {
            let path = format!("{path}.functionDeclarations[{place}]");
            tools.push(function(item, &path, losses)?);
        }
        tools.extend(group.0.rest().map(|(name, _)| Tool::Own { name: name.into_owned() }));
    }
    Ok(tools)
}

fn function(raw: Raw<'_>, path: &str, losses: &mut Losses) -> Result<Tool, BodyError> {
    let mut function = Proto::of(raw, path)?;
    let Some(name) = function.take_text("name", path)? else {
        return Err(BodyError::field(path, "a function needs a `name`"));
    };
    let plain = function.take("parameters").map(schema::of_gemini);
    let description = function.take_text("description", path)?;
    let schema = function.take_owned("parametersJsonSchema").or(plain);
    note_rest(function, "functionDeclarations", losses);
    Ok(Tool::Function { name, description, schema, strict: None, cache: None })
}

fn choice(
    fields: &mut Proto<'_>,
    tools: &mut Vec<Tool>,
    losses: &mut Losses,
) -> Result<Option<Choice>, BodyError> {
    let Some(config) = fields.take("toolConfig") else { return Ok(None) };
    let mut config = Proto::of(config, "toolConfig")?;
    let path = "toolConfig.functionCallingConfig";
    let calling = config.take("functionCallingConfig");
    note_rest(config, "toolConfig", losses);
    let Some(calling) = calling else { return Ok(None) };
    let mut calling = Proto::of(calling, path)?;
    let allowed: Vec<String> = match calling.take("allowedFunctionNames") {
        Some(names) => parse(names, &join(path, "allowedFunctionNames"), "a list of names")?,
        None => Vec::new(),
    };
    let mode = calling.take_text("mode", path)?.unwrap_or_default().to_ascii_uppercase();
    note_rest(calling, path, losses);
    let choice = match (mode.as_str(), allowed.as_slice()) {
        ("ANY", [one]) => return Ok(Some(Choice::Tool(one.clone()))),
        ("ANY", _) => Some(Choice::Required),
        ("NONE", _) => return Ok(Some(Choice::None)),
        ("AUTO", _) => Some(Choice::Auto),
        ("VALIDATED", _) => {
            losses.note(format!("{path}.mode: calls are not promised to follow their schema"));
            Some(Choice::Auto)
        }
        ("" | "MODE_UNSPECIFIED", _) => None,
        _ => {
            losses.note(format!("{path}.mode: `{mode}` is not known"));
            None
        }
    };
    // Only what is allowed is offered: that is what allowing means.
    if !allowed.is_empty() {
        tools.retain(|tool| allowed.iter().any(|name| name == tool.name()));
    }
    Ok(choice)
}

fn system(fields: &mut Proto<'_>, losses: &mut Losses) -> Result<Vec<Part>, BodyError> {
    let path = "systemInstruction";
    let Some(system) = fields.take(path) else { return Ok(Vec::new()) };
    if !is_object(system) {
        return Ok(vec![Part::text(words(system, path)?)]);
    }
    let mut parts = Vec::new();
    let mut system = Proto::of(system, path)?;
    let items = system.take_list("parts", path)?;
    system.take("role");
    note_rest(system, path, losses);
    let at = join(path, "parts");
    for text in each(items, &at, |item| Proto::of(item, &at)?.take_words("text", &at))? {
        match text {
            Some(text) => parts.push(Part::text(text)),
            None => losses.note("systemInstruction: only text was carried"),
        }
    }
    Ok(parts)
}

fn turns(fields: &mut Proto<'_>, losses: &mut Losses) -> Result<Vec<Turn>, BodyError> {
    let Some(contents) = fields.take("contents") else {
        return Err(BodyError::field("contents", "it is missing; send the conversation as a list"));
    };
    let mut pairs = Pairs::default();
    let mut turns = Vec::new();
    for (place, content) in list(contents, "contents")?.into_iter().enumerate() {
        let path = format!("contents[{place}]");
        let mut content = Proto::of(content, &path)?;
        let role = match content.take_text("role", &path)?.as_deref() {
            Some("model") => Role::Assistant,
            Some("user" | "function" | "tool" | "") | None => Role::User,
            Some(other) => {
                let problem = format!("`{other}` is no role; use user or model");
                return Err(BodyError::field(join(&path, "role"), problem));
            }
        };
        let items = content.take_list("parts", &path)?;
        note_rest(content, "contents", losses);
        let path = join(&path, "parts");
        let parts = each(items, &path, |item| part(item, &path, &mut pairs, losses))?;
        turns.push(Turn { role, parts: parts.into_iter().flatten().collect() });
    }
    Ok(turns)
}

fn part(
    item: Raw<'_>,
    path: &str,
    pairs: &mut Pairs,
    losses: &mut Losses,
) -> Result<Option<Part>, BodyError> {
    let mut fields = Proto::of(item, path)?;
    let thought = fields.take("thought").is_some_and(|thought| thought.get() == "true");
    if fields.take_text("thoughtSignature", path)?.is_some_and(|sign| sign != ANY_SIGNATURE) {
        losses.note("thoughtSignature: it is good only for the vendor that gave it");
    }
    for name in BESIDE {
        if fields.take(name).is_some_and(|value| !says_nothing(value.get())) {
            losses.uncarried(&join("contents.parts", name));
        }
    }
    let what = if let Some(text) = fields.take_words("text", path)? {
        Some(if thought {
            What::Thinking { text: text.into_letters(), signature: None }
        } else {
            What::Text(text)
        })
    } else if let Some(call) = fields.take("functionCall") {
        Some(history_call(call, &join(path, "functionCall"), pairs, losses)?)
    } else if let Some(response) = fields.take("functionResponse") {
        Some(result(response, &join(path, "functionResponse"), pairs, losses)?)
    } else {
        let kind = fields.0.first().map(ToOwned::to_owned);
        let own = |kind| What::Own { kind, raw: item.to_owned() };
        match media(&mut fields, path, losses)? {
            Some(what) => Some(what),
            // Whoever writes it names its kind.
            None => return Ok(kind.map(own).map(Into::into)),
        }
    };
    note_rest(fields, "contents.parts", losses);
    Ok(what.map(Into::into))
}

/// Images and documents; other media have no place in the other dialects.
fn media(
    fields: &mut Proto<'_>,
    path: &str,
    losses: &mut Losses,
) -> Result<Option<What>, BodyError> {
    if let Some(blob) = fields.take("inlineData") {
        let path = join(path, "inlineData");
        let mut blob = Proto::of(blob, &path)?;
        let media_type = blob.take_text("mimeType", &path)?.unwrap_or_default();
        let name = blob.take_text("displayName", &path)?;
        let base64 = blob.take_text("data", &path)?.unwrap_or_default();
        note_rest(blob, "contents.parts.inlineData", losses);
        let kind = media_type.split('/').next().unwrap_or_default();
        return Ok(match kind {
            "image" => Some(What::Image(Image::Data { media_type, base64, detail: None })),
            "audio" => sound(&media_type, &base64),
            "video" => None,
            _ => Some(What::Document(Document::Data { media_type, base64, name })),
        });
    }
    if let Some(file) = fields.take("fileData") {
        let path = join(path, "fileData");
        let mut file = Proto::of(file, &path)?;
        let media_type = file.take_text("mimeType", &path)?;
        let name = file.take_text("displayName", &path)?;
        let url = file.take_text("fileUri", &path)?.unwrap_or_default();
        note_rest(file, "contents.parts.fileData", losses);
        // Files that were uploaded to Google are open to nobody else.
        if !url.starts_with("https://") || url.contains("generativelanguage.googleapis.com") {
            return Ok(None);
        }
        return Ok(match media_type.as_deref().unwrap_or("image/*") {
            "application/pdf" => Some(What::Document(Document::Url { url, name })),
            kind if kind.starts_with("image/") => {
                Some(What::Image(Image::Url { url, detail: None }))
            }
            _ => None,
        });
    }
    Ok(None)
}

/// A sound in the form of Chat, which is the only other one that has sounds.
fn sound(media_type: &str, base64: &str) -> Option<What> {
    let format = match media_type {
        "audio/wav" | "audio/x-wav" => "wav",
        "audio/mp3" | "audio/mpeg" => "mp3",
        _ => return None,
    };
    let inner = serde_json::json!({"data": base64, "format": format});
    let part = serde_json::json!({"type": "input_audio", "input_audio": inner});
    let raw = crate::json::raw(part.to_string())?;
    Some(What::Own { kind: "input_audio".to_owned(), raw })
}

fn history_call(
    raw: Raw<'_>,
    path: &str,
    pairs: &mut Pairs,
    losses: &mut Losses,
) -> Result<What, BodyError> {
    let mut call = Proto::of(raw, path)?;
    let name = call.take_text("name", path)?.unwrap_or_default();
    let arguments = Arguments::of_text(call.take("args").map_or("", Raw::get));
    let id = pairs.call(call.take_text("id", path)?, &name);
    note_rest(call, "contents.parts.functionCall", losses);
    Ok(What::Call(Call { id, name, arguments }))
}

fn result(
    raw: Raw<'_>,
    path: &str,
    pairs: &mut Pairs,
    losses: &mut Losses,
) -> Result<What, BodyError> {
    let mut reply = Proto::of(raw, path)?;
    let name = reply.take_text("name", path)?.unwrap_or_default();
    let given = reply.take_text("id", path)?.filter(|id| !id.is_empty());
    let id = pairs.result(given, Some(name));
    let (said, failed) = match reply.take("response") {
        Some(response) => spoken(response),
        None => (Text::default(), false),
    };
    let mut parts = vec![Part::text(said)];
    let at = join(path, "parts");
    let shown = each(reply.take_list("parts", path)?, &at, |item| part(item, &at, pairs, losses))?;
    parts.extend(shown.into_iter().flatten());
    note_rest(reply, "functionResponse", losses);
    Ok(What::Result(Outcome { id, parts, failed }))
}

/// What a function answered: the text under the key that Google gives it, or the whole object.
fn spoken(response: Raw<'_>) -> (Text, bool) {
    let Ok(fields) = Fields::of(response, "") else {
        return (response.get().into(), false);
    };
    let entries: Vec<_> = fields.rest().collect();
    match entries.as_slice() {
        [(name, value)] if matches!(&**name, "output" | "result" | "content" | "error") => {
            (words(*value, name).unwrap_or_else(|_| value.get().into()), name == "error")
        }
        _ => (response.get().into(), false),
    }
}

/// Reads a reply.
pub(crate) fn reply(body: &[u8], losses: &mut Losses) -> Result<Reply, VendorFault> {
    let answer: Answer<'_> = reply::read(body)?;
    if let Some(fault) = answer.fault(body) {
        return Err(fault);
    }
    if answer.candidates.as_ref().is_some_and(|candidates| candidates.len() > 1) {
        losses.note("candidateCount: only the first candidate was carried");
    }
    let Some(candidate) = answer.first() else { return Err(reply::no_answer(body)) };
    candidate.note_uncarried(losses);
    let id = answer.response_id.as_ref().map(|id| id.0.clone().into_owned());
    let mut parts: Vec<Part> = Vec::new();
    for piece in &candidate.content.parts {
        said(piece, &mut parts, losses);
    }
    let calls = parts.iter().any(|part| matches!(part.what, What::Call(_)));
    if parts.is_empty() && !candidate.is_finished() {
        return Err(reply::no_answer(body));
    }
    let word = candidate.finish_reason.as_ref().map_or("", Str::as_str);
    let stop = stopped(word, calls);
    let likelihoods = likelihood::of_gemini(candidate.logprobs_result);
    Ok(Reply { id, parts, likelihoods, stop, usage: answer.usage_metadata.map(Into::into) })
}

fn said(piece: &Piece<'_>, parts: &mut Vec<Part>, losses: &mut Losses) {
    piece.note_uncarried(losses);
    let sign = piece.thought_signature.as_ref().map(Str::as_str).filter(|sign| !sign.is_empty());
    if let Some(call) = &piece.function_call {
        if let Some(sign) = sign {
            prove(Mark::Signature, sign, parts);
        }
        let id = call.id.as_ref().map_or("", Str::as_str).to_owned();
        let arguments = Arguments::of_text(call.args.map_or("", RawValue::get));
        let name = call.name.as_str().to_owned();
        parts.push(What::Call(Call { id, name, arguments }).into());
        return;
    }
    let thought = piece.thought == Some(true);
    if let Some(text) = piece.text.as_ref().filter(|text| !text.as_str().is_empty()) {
        say(text, thought, parts);
    }
    if let Some(sign) = sign {
        prove(if thought { Mark::Thought } else { Mark::Words }, sign, parts);
    }
}

/// Pieces of the same kind are one text, up to a signature.
fn say(text: &Str<'_>, thought: bool, parts: &mut Vec<Part>) {
    match (parts.last_mut().map(|part| &mut part.what), thought) {
        (Some(What::Thinking { text: last, signature: None }), true) => {
            last.push_str(text.as_str());
        }
        (Some(What::Text(last)), false) => last.push(&text.as_str().into()),
        (_, true) => {
            let text = text.0.clone().into_owned();
            parts.push(What::Thinking { text, signature: None }.into());
        }
        (_, false) => parts.push(Part::text(text.as_str())),
    }
}

/// The signature of a call proves the reasoning before it, that of a thought the thought; that of what is
/// said stands after it.
fn prove(mark: Mark, sign: &str, parts: &mut Vec<Part>) {
    let apart = mark == Mark::Words;
    let proof = Proof::bare(mark, sign);
    if let (false, Some(What::Thinking { signature: place @ None, .. })) =
        (apart, parts.last_mut().map(|part| &mut part.what))
    {
        *place = Some(proof);
    } else {
        parts.push(What::Thinking { text: String::new(), signature: Some(proof) }.into());
    }
}

/// The reason to stop, given what was said: Gemini says `STOP` after calls too.
pub(super) fn stopped(word: &str, calls: bool) -> Stop {
    match word {
        "STOP" if calls => Stop::ToolUse,
        "STOP" => Stop::EndTurn,
        "MAX_TOKENS" => Stop::MaxTokens,
        "SAFETY"
        | "RECITATION"
        | "LANGUAGE"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => Stop::Refusal,
        other => Stop::Unknown(other.to_owned()),
    }
}
