//! Encoding: the neutral form as a Gemini request or reply.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use switchyard_types::Usage;

use super::schema::{self, Schema};
use crate::json::{Said, to_bytes, to_vec};
use crate::neutral::files::image_kind;
use crate::neutral::likelihood;
use crate::neutral::loss::Losses;
use crate::neutral::names::Names;
use crate::neutral::pairing::{self, pair};
use crate::neutral::proof::Mark;
use crate::neutral::reply::{Reply, Stop};
use crate::neutral::request::{
    Arguments, Choice, Document, Effort, Format, Image, Outcome, Request, Role, Tool, Turn, What,
};
use crate::neutral::unsaid;
use crate::scan::value_at;

/// Stands on a call that Gemini has not made itself: from the third generation on it refuses calls without
/// a signature, and takes this one (ai.google.dev, "Thought Signatures", 2026).
pub(crate) const ANY_SIGNATURE: &str = "skip_thought_signature_validator";

/// Gemini takes at most this many stop sequences.
const STOPS: usize = 5;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    system_instruction: Option<Content<'a>>,
    contents: Vec<Content<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Group<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_config: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_config: Option<Config<'a>>,
}

#[derive(Serialize)]
struct Content<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    parts: Vec<Part<'a>>,
}

/// A part: the fields that its kind has, the others left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Said<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thought: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inline_data: Option<Blob<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_data: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_call: Option<FunctionCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_response: Option<FunctionResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thought_signature: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Blob<'a> {
    mime_type: &'a str,
    data: &'a str,
}

#[derive(Serialize)]
struct FunctionCall<'a> {
    id: &'a str,
    name: &'a str,
    args: Args<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Args<'a> {
    Object(&'a RawValue),
    /// Arguments that are no object, carried where they can be seen.
    Broken {
        arguments_that_are_not_json: &'a str,
    },
}

#[derive(Serialize)]
struct FunctionResponse<'a> {
    id: &'a str,
    name: &'a str,
    response: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Group<'a> {
    function_declarations: Vec<Declaration<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Declaration<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters_json_schema: Option<Box<RawValue>>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u64>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    response_logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop_sequences: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    response_mime_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_schema: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_json_schema: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "thinkingConfig")]
    thinking: Option<Value>,
}

/// The generation of a Gemini model, from its name: what it takes differs.
fn generation(model: &str) -> Option<u32> {
    let at = model.find("gemini-")? + "gemini-".len();
    let digits: String = model.get(at..)?.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Writes a request.
pub(crate) fn request(
    request: &mut Request,
    model: &str,
    names: &Names,
    losses: &mut Losses,
) -> Vec<u8> {
    unsaid::settings(request, "Gemini", losses);
    let turns = std::mem::take(&mut request.turns).into_iter().map(|turn| sayable(turn, losses));
    let turns = turns.collect();
    let turns = pair(pairing::as_users(turns, losses), losses);
    let turns = pairing::opened(turns, &mut request.system, ("contents", "model"), losses);
    let writer = Writer::new(&turns, names, generation(model).unwrap_or(0));
    let system: Vec<Part<'_>> =
        request.system.iter().filter_map(|part| text_part(&part.what)).collect();
    let tools = tools(request, names, losses);
    let wire = Wire {
        system_instruction: (!system.is_empty()).then_some(Content { role: None, parts: system }),
        contents: turns.iter().map(|turn| writer.content(turn, losses)).collect(),
        tool_config: if tools.is_empty() { None } else { tool_config(request, names, losses) },
        tools: if tools.is_empty() {
            Vec::new()
        } else {
            vec![Group { function_declarations: tools }]
        },
        generation_config: config(request, model, losses),
    };
    to_bytes(&wire, request.bulk)
}

/// A turn without what Gemini cannot take. Only the proof of reasoning goes back, not its words.
fn sayable(mut turn: Turn, losses: &mut Losses) -> Turn {
    turn.parts.retain(|part| match &part.what {
        What::Own { kind, .. } => {
            let audio = kind == "input_audio";
            if !audio {
                losses.note(format!("content: Gemini has no `{kind}` part"));
            }
            audio
        }
        What::Thinking { signature, .. } => {
            if signature.is_none() {
                losses.note("reasoning_content: Gemini takes back only its own signature");
            }
            signature.is_some()
        }
        What::Sealed(_) => false,
        What::Text(_)
        | What::Image(_)
        | What::Document(_)
        | What::Refusal(_)
        | What::Call(_)
        | What::Result(_) => true,
    });
    turn
}

/// Writes turns.
struct Writer<'a> {
    names: &'a Names,
    /// The name of each call, by its id: results carry it too.
    called: HashMap<&'a str, &'a str>,
    generation: u32,
}

impl<'a> Writer<'a> {
    fn new(turns: &'a [Turn], names: &'a Names, generation: u32) -> Self {
        let parts = turns.iter().flat_map(|turn| &turn.parts);
        let called = parts.filter_map(|part| match &part.what {
            What::Call(call) => Some((call.id.as_str(), names.legal(&call.name))),
            _ => None,
        });
        Self { names, called: called.collect(), generation }
    }

    fn content(&self, turn: &'a Turn, losses: &mut Losses) -> Content<'a> {
        let mut parts: Vec<Part<'a>> = Vec::new();
        let mut shown: Vec<Part<'a>> = Vec::new();
        let mut signature: Option<&'a str> = None;
        let mut signed = false;
        for part in &turn.parts {
            match &part.what {
                What::Thinking { text, signature: Some(proof) } => match proof.mark {
                    Mark::Words => sign_last(&mut parts, &proof.data),
                    Mark::Thought => parts.push(Part {
                        text: Some(Said::Letters(text)),
                        thought: Some(true),
                        thought_signature: Some(&proof.data),
                        ..Part::default()
                    }),
                    Mark::Signature | Mark::Redacted | Mark::Item { .. } => {
                        signature = Some(&proof.data);
                    }
                },
                What::Call(call) => {
                    let lacks = !signed && self.generation >= 3;
                    let sign = signature.take().or(lacks.then_some(ANY_SIGNATURE));
                    signed = true;
                    parts.push(Part {
                        thought_signature: sign,
                        ..function_call(&call.id, self.names.legal(&call.name), &call.arguments)
                    });
                }
                What::Result(outcome) => parts.push(self.result(outcome, &mut shown, losses)),
                what => {
                    // What results show stands right after them, before further words.
                    parts.append(&mut shown);
                    parts.extend(
                        plain_part(what, losses)
                            .map(|part| Part { thought_signature: signature.take(), ..part }),
                    );
                }
            }
        }
        if let Some(sign) = signature {
            parts.push(Part {
                text: Some(Said::Letters("")),
                thought_signature: Some(sign),
                ..Part::default()
            });
        }
        parts.extend(shown);
        if parts.is_empty() {
            parts.push(Part { text: Some(Said::Letters("(empty)")), ..Part::default() });
        }
        let role = match turn.role {
            Role::User | Role::System => "user",
            Role::Assistant => "model",
        };
        Content { role: Some(role), parts }
    }

    /// A result. Models before the third generation take what it shows only beside it.
    fn result(
        &self,
        outcome: &'a Outcome,
        shown: &mut Vec<Part<'a>>,
        losses: &mut Losses,
    ) -> Part<'a> {
        let mut texts: Vec<Cow<'_, str>> = Vec::new();
        let mut inside = Vec::new();
        for part in &outcome.parts {
            match &part.what {
                What::Text(text) => texts.push(text.letters()),
                What::Own { raw, .. } => texts.push(Cow::Borrowed(raw.get())),
                what => {
                    let place = if self.generation >= 3 { &mut inside } else { &mut *shown };
                    place.extend(plain_part(what, losses));
                }
            }
        }
        let key = if outcome.failed { "error" } else { "output" };
        let response = json!({ key: texts.join("\n") });
        let name = self.called.get(outcome.id.as_str()).copied().unwrap_or(&outcome.id);
        Part {
            function_response: Some(FunctionResponse {
                id: &outcome.id,
                name,
                response,
                parts: inside,
            }),
            ..Part::default()
        }
    }
}

/// Signs what was said last; a signature that nothing precedes stands on an empty text.
fn sign_last<'a>(parts: &mut Vec<Part<'a>>, sign: &'a str) {
    match parts.last_mut() {
        Some(last) if last.text.is_some() && last.thought_signature.is_none() => {
            last.thought_signature = Some(sign);
        }
        _ => parts.push(Part {
            text: Some(Said::Letters("")),
            thought_signature: Some(sign),
            ..Part::default()
        }),
    }
}

fn text_part(what: &What) -> Option<Part<'_>> {
    match what {
        What::Text(text) | What::Refusal(text) if !text.is_empty() => {
            Some(Part { text: Some(Said::Text(text)), ..Part::default() })
        }
        _ => None,
    }
}

/// A part that stands alone: text or media.
fn plain_part<'a>(what: &'a What, losses: &mut Losses) -> Option<Part<'a>> {
    let blob =
        |mime_type, data| Part { inline_data: Some(Blob { mime_type, data }), ..Part::default() };
    match what {
        What::Text(_) | What::Refusal(_) => text_part(what),
        What::Image(Image::Data { media_type, base64, .. })
        | What::Document(Document::Data { media_type, base64, .. }) => {
            Some(blob(media_type, base64))
        }
        What::Image(Image::Url { url, .. }) => {
            if image_kind(url).is_none() {
                losses.note("image: its kind could not be told by its address, and was guessed");
            }
            Some(at(url, image_kind(url).unwrap_or("image/jpeg")))
        }
        What::Document(Document::Url { url, .. }) => Some(at(url, "application/pdf")),
        What::Own { raw, .. } => {
            let heard = audio(raw);
            if heard.is_none() {
                losses.note("content: Gemini takes no `input_audio` part of this form");
            }
            heard
        }
        What::Thinking { .. } | What::Sealed(_) | What::Call(_) | What::Result(_) => None,
    }
}

/// A file that Google fetches; it wants the kind beside the address.
fn at(url: &str, media_type: &str) -> Part<'static> {
    let file = json!({"mimeType": media_type, "fileUri": url});
    Part { file_data: Some(file), ..Part::default() }
}

/// Chat's `input_audio`.
fn audio(raw: &RawValue) -> Option<Part<'_>> {
    #[derive(serde::Deserialize)]
    struct Own<'a> {
        #[serde(borrow)]
        input_audio: Audio<'a>,
    }
    #[derive(serde::Deserialize)]
    struct Audio<'a> {
        data: &'a str,
        format: &'a str,
    }
    let own: Own<'_> = serde_json::from_str(raw.get()).ok()?;
    let mime_type = match own.input_audio.format {
        "wav" => "audio/wav",
        "mp3" => "audio/mp3",
        _ => return None,
    };
    let data = own.input_audio.data;
    Some(Part { inline_data: Some(Blob { mime_type, data }), ..Part::default() })
}

fn function_call<'a>(id: &'a str, name: &'a str, arguments: &'a Arguments) -> Part<'a> {
    let args = match arguments {
        Arguments::Object(raw) => Args::Object(raw),
        Arguments::Broken(text) => Args::Broken { arguments_that_are_not_json: text },
    };
    Part { function_call: Some(FunctionCall { id, name, args }), ..Part::default() }
}

/// A call of a reply. The first one is marked as not Gemini's own, so that the history it becomes part of
/// is taken by Gemini as well.
pub(super) fn call_part<'a>(
    id: &'a str,
    name: &'a str,
    arguments: &'a Arguments,
    first: bool,
) -> Part<'a> {
    let thought_signature = first.then_some(ANY_SIGNATURE);
    Part { thought_signature, ..function_call(id, name, arguments) }
}

fn tools<'a>(request: &'a Request, names: &'a Names, losses: &mut Losses) -> Vec<Declaration<'a>> {
    let mut tools = Vec::new();
    for tool in &request.tools {
        match tool {
            Tool::Function { name, description, schema, .. } => {
                let (parameters, parameters_json_schema) =
                    schema.as_deref().map_or((None, None), two_forms);
                tools.push(Declaration {
                    name: names.legal(name),
                    description: description.as_deref(),
                    parameters,
                    parameters_json_schema,
                });
            }
            Tool::Own { name } => {
                losses.note(format!("tools: Gemini cannot offer the tool `{name}`"));
            }
        }
    }
    tools
}

/// A schema in one of the two forms in which Gemini takes it.
fn two_forms(schema: &RawValue) -> (Option<Box<RawValue>>, Option<Box<RawValue>>) {
    match schema::to_gemini(schema) {
        Schema::Empty => (None, None),
        Schema::Plain(plain) => (Some(plain), None),
        Schema::Full(full) => (None, Some(full)),
    }
}

fn tool_config(request: &Request, names: &Names, losses: &mut Losses) -> Option<Value> {
    let config = match request.choice.as_ref()? {
        Choice::Auto => json!({"mode": "AUTO"}),
        Choice::None => json!({"mode": "NONE"}),
        Choice::Required => json!({"mode": "ANY"}),
        Choice::Tool(name) => {
            let offered = request
                .tools
                .iter()
                .any(|tool| matches!(tool, Tool::Function { name: known, .. } if known == name));
            if !offered {
                losses.note(format!("tool_choice: the tool `{name}` is not offered"));
                return None;
            }
            json!({"mode": "ANY", "allowedFunctionNames": [names.legal(name)]})
        }
    };
    Some(json!({ "functionCallingConfig": config }))
}

fn config<'a>(request: &'a Request, model: &str, losses: &mut Losses) -> Option<Config<'a>> {
    if request.stop.len() > STOPS {
        losses.note(format!("stop: Gemini takes {STOPS}; the others were left out"));
    }
    let mut config = Config {
        max_output_tokens: request.max_output,
        temperature: request.temperature.as_deref(),
        top_p: request.top_p.as_deref(),
        top_k: request.top_k.as_deref(),
        seed: request.sampling.seed.as_deref(),
        presence_penalty: request.sampling.presence_penalty.as_deref(),
        frequency_penalty: request.sampling.frequency_penalty.as_deref(),
        response_logprobs: request.sampling.likelihoods.map(|_| true),
        logprobs: request.sampling.likelihoods.filter(|others| *others > 0),
        stop_sequences: request.stop.get(..STOPS).unwrap_or(&request.stop),
        thinking: request.effort.and_then(|effort| thinking(effort, model, losses)),
        ..Config::default()
    };
    if let Some(format) = &request.format {
        config.response_mime_type = Some("application/json");
        if let Format::Schema { schema, .. } = format {
            (config.response_schema, config.response_json_schema) = two_forms(schema);
        }
    }
    let said = to_vec(&config) != b"{}";
    said.then_some(config)
}

/// How much to think: a level from the third generation on, a budget before (ai.google.dev, "Thinking",
/// 2026).
pub(crate) fn thinking(effort: Effort, model: &str, losses: &mut Losses) -> Option<Value> {
    if generation(model).is_some_and(|generation| generation >= 3) {
        return Some(level(effort, model, losses));
    }
    let old = model.contains("gemini-2.0") || model.contains("gemini-1");
    if generation(model).is_none() || old {
        losses.note("reasoning_effort: the model is not known to think");
        return None;
    }
    // The least and the most that each model takes.
    let (least, most) = match model {
        model if model.contains("pro") => (128, 32_768),
        model if model.contains("lite") => (512, 24_576),
        _ => (1, 24_576),
    };
    let budget = match (effort, effort.budget()) {
        (_, None) => -1,
        (Effort::Off, _) if least == 128 => {
            losses.note("reasoning_effort: this model thinks a little at least");
            least
        }
        (_, Some(0)) => return Some(json!({"thinkingBudget": 0})),
        (_, Some(tokens)) => i64::try_from(tokens).unwrap_or(most).clamp(least, most),
    };
    Some(json!({"thinkingBudget": budget, "includeThoughts": true}))
}

/// A level. Google's larger models do without the smallest, and the first of the third generation without the
/// middle one.
fn level(effort: Effort, model: &str, losses: &mut Losses) -> Value {
    let pro = model.contains("pro");
    let level = match effort.leveled() {
        Effort::Adaptive | Effort::Budget(_) => return json!({"includeThoughts": true}),
        Effort::Off | Effort::Minimal if pro => {
            losses.note("reasoning_effort: this model thinks a little at least");
            "low"
        }
        Effort::Off => {
            losses.note("reasoning_effort: this model thinks minimally at least");
            return json!({"thinkingLevel": "minimal"});
        }
        Effort::Minimal => "minimal",
        Effort::Low => "low",
        Effort::Medium if model.contains("gemini-3-pro") => {
            losses.note("reasoning_effort: this model takes `high` at the nearest");
            "high"
        }
        Effort::Medium => "medium",
        Effort::High | Effort::Extra | Effort::Max => "high",
    };
    json!({"thinkingLevel": level, "includeThoughts": true})
}

/// Writes a reply.
pub(crate) fn reply(reply: &Reply, model: &str, names: &Names, losses: &mut Losses) -> Vec<u8> {
    let mut parts = Vec::new();
    let mut first = true;
    for part in &reply.parts {
        match &part.what {
            What::Text(text) | What::Refusal(text) => {
                parts.push(Part { text: Some(Said::Text(text)), ..Part::default() });
            }
            What::Thinking { text, .. } if !text.is_empty() => {
                parts.push(Part {
                    text: Some(Said::Letters(text)),
                    thought: Some(true),
                    ..Part::default()
                });
            }
            What::Call(call) => {
                let name = names.original(&call.name);
                parts.push(call_part(&call.id, name, &call.arguments, std::mem::take(&mut first)));
            }
            What::Image(_) | What::Document(_) => parts.extend(plain_part(&part.what, losses)),
            What::Thinking { .. } | What::Sealed(_) | What::Result(_) | What::Own { .. } => {}
        }
    }
    if parts.is_empty() {
        parts.push(Part { text: Some(Said::Letters("")), ..Part::default() });
    }
    let mut body = json!({
        "candidates": [{
            "content": {"parts": null, "role": "model"},
            "finishReason": finish_word(&reply.stop, losses),
            "index": 0,
        }],
        "modelVersion": model,
        "responseId": reply.id.as_deref().unwrap_or("switchyard"),
    });
    if !reply.likelihoods.is_empty() {
        body["candidates"][0]["logprobsResult"] = likelihood::to_gemini(&reply.likelihoods);
    }
    if let Some(usage) = &reply.usage {
        body["usageMetadata"] = usage_of(usage);
    }
    // Arguments stay as they were written: they are put in as text.
    let shell = body.to_string();
    let parts = String::from_utf8(to_vec(&parts)).unwrap_or_default();
    shell.replacen("\"parts\":null", &format!("\"parts\":{parts}"), 1).into_bytes()
}

/// Why a reply stopped, in Gemini's words.
pub(super) fn finish_word(stop: &Stop, losses: &mut Losses) -> &'static str {
    match stop {
        Stop::EndTurn | Stop::ToolUse | Stop::Sequence(_) => "STOP",
        Stop::MaxTokens | Stop::ContextFull => "MAX_TOKENS",
        Stop::Refusal => "SAFETY",
        Stop::Pause => {
            losses.note("stop_reason: Gemini has no word for a paused turn");
            "STOP"
        }
        Stop::Unknown(word) => {
            losses.note(match word.as_str() {
                "" => "finish_reason: the vendor gave none".to_owned(),
                word => format!("finish_reason: `{word}` is not known"),
            });
            "STOP"
        }
    }
}

/// Counts in Gemini's form, where the prompt includes what the cache gave and took, and thoughts stand
/// beside the candidates.
pub(super) fn usage_of(usage: &Usage) -> Value {
    let prompt = usage.input_total();
    json!({
        "promptTokenCount": prompt,
        "cachedContentTokenCount": usage.cache_read,
        "candidatesTokenCount": usage.output.saturating_sub(usage.reasoning),
        "thoughtsTokenCount": usage.reasoning,
        "totalTokenCount": prompt.saturating_add(usage.output),
    })
}

/// The counts of `countTokens`.
pub(crate) fn counted(tokens: u64) -> Vec<u8> {
    to_vec(&json!({"totalTokens": tokens}))
}

/// The request inside a `countTokens` body, where it is wrapped.
pub(crate) fn counted_request(body: &[u8]) -> Option<&[u8]> {
    value_at(body, &["generateContentRequest", "generate_content_request"])
}
