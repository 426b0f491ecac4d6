//! Vendors that speak a dialect in their own way: what each refuses, and how its answers differ.
//!
//! Sources: the public clients of each vendor and the refusals quoted in their issues (2025–2026).

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::dialect::Dialect;

/// A vendor's own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The dialect as it is written down.
    Plain,
    /// Google's code assist: an envelope on both sides.
    CodeAssist,
    /// `ChatGPT`'s Codex backend: fewer fields, streams only.
    Codex,
    /// GitHub Copilot: headers by content, choices apart.
    Copilot,
    /// Messages on Vertex AI: the version in the body, the model in the address alone.
    Vertex,
    /// Its counter: the model in the body, beside the version.
    VertexCount,
}

/// What a role says no with.
#[derive(Debug)]
pub(crate) struct No {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// A request as the role has read it.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The model, where the envelope names it.
    pub(crate) model: Option<String>,
    /// What is inside.
    pub(crate) body: Bytes,
}

/// Reads a request as strictly as the vendor does.
pub(crate) fn open(
    role: Role,
    dialect: Dialect,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Opened, No> {
    let plain = || Opened { model: None, body: body.clone() };
    match role {
        Role::Plain => Ok(plain()),
        Role::CodeAssist => code_assist(body),
        Role::Codex => codex(body).map(|()| plain()),
        Role::Copilot => copilot(dialect, headers, body).map(|()| plain()),
        Role::Vertex | Role::VertexCount => vertex(role, body).map(|()| plain()),
    }
}

fn object(body: &Bytes) -> Map<String, Value> {
    serde_json::from_slice(body).unwrap_or_default()
}

/// The fields of the envelope; Google refuses every other.
const ENVELOPE: [&str; 8] = [
    "model",
    "project",
    "user_prompt_id",
    "request",
    "userAgent",
    "requestType",
    "requestId",
    "enabled_credit_types",
];

fn code_assist(body: &Bytes) -> Result<Opened, No> {
    let invalid = |message: String| No {
        status: 400,
        body: json!({ "error": { "code": 400, "message": message, "status": "INVALID_ARGUMENT" } }),
    };
    let mut fields = object(body);
    if let Some(unknown) = fields.keys().find(|name| !ENVELOPE.contains(&name.as_str())) {
        return Err(invalid(format!(
            "Invalid JSON payload received. Unknown name \"{unknown}\": Cannot find field."
        )));
    }
    let Some(Value::Object(inner)) = fields.remove("request") else {
        return Err(invalid("Request contains an invalid argument.".to_owned()));
    };
    // A count names the model inside, as a path.
    let named = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let model = named(fields.get("model"))
        .or_else(|| named(inner.get("model")).map(|name| name.replace("models/", "")));
    let Some(model) = model.filter(|model| !model.is_empty()) else {
        return Err(invalid("model is required".to_owned()));
    };
    if !inner.get("contents").is_some_and(Value::is_array) {
        return Err(invalid("contents are required".to_owned()));
    }
    Ok(Opened { model: Some(model), body: Bytes::from(Value::Object(inner).to_string()) })
}

/// The fields of Codex's own requests.
const CODEX: [&str; 14] = [
    "model",
    "instructions",
    "input",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "store",
    "stream",
    "include",
    "service_tier",
    "prompt_cache_key",
    "text",
    "client_metadata",
];

fn codex(body: &Bytes) -> Result<(), No> {
    let no = |detail: String| No { status: 400, body: json!({ "detail": detail }) };
    let fields = object(body);
    if let Some(unknown) = fields.keys().find(|name| !CODEX.contains(&name.as_str())) {
        return Err(no(format!("Unsupported parameter: {unknown}")));
    }
    if fields.get("store") != Some(&Value::Bool(false)) {
        return Err(no("Store must be set to false".to_owned()));
    }
    if fields.get("stream") != Some(&Value::Bool(true)) {
        return Err(no("Stream must be set to true".to_owned()));
    }
    let instructed =
        fields.get("instructions").and_then(Value::as_str).is_some_and(|t| !t.is_empty());
    if !instructed {
        return Err(no("Instructions are required".to_owned()));
    }
    let Some(items) = fields.get("input").and_then(Value::as_array) else {
        return Err(no("Input must be a list".to_owned()));
    };
    for item in items {
        if item.get("role").and_then(Value::as_str) == Some("system") {
            return Err(no("System messages are not allowed".to_owned()));
        }
        let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
        if kind == "item_reference"
            || (kind == "reasoning" && !item.get("encrypted_content").is_some_and(Value::is_string))
        {
            return Err(no(
                "Item not found. Items are not persisted when `store` is false".to_owned()
            ));
        }
    }
    Ok(())
}

/// Whether a part within is an image. Tools may have properties that are called so.
fn shows_image(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(shows_image),
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str);
            matches!(kind, Some("image_url" | "input_image" | "image"))
                || fields.values().any(shows_image)
        }
        _ => false,
    }
}

fn copilot(dialect: Dialect, headers: &HeaderMap, body: &Bytes) -> Result<(), No> {
    let no = |message: &str| No {
        status: 400,
        body: json!({ "error": { "message": message, "code": "" } }),
    };
    let fields = object(body);
    let turns = ["messages", "input"].iter().filter_map(|name| fields.get(*name));
    if turns.into_iter().any(shows_image) && !headers.contains_key("copilot-vision-request") {
        return Err(no("missing required Copilot-Vision-Request header for vision requests"));
    }
    if dialect == Dialect::Responses && fields.get("store") == Some(&Value::Bool(true)) {
        return Err(no("store is not supported"));
    }
    let model = fields.get("model").and_then(Value::as_str).unwrap_or_default();
    if dialect == Dialect::Chat && model.contains("codex") {
        let mut no =
            no(&format!("model {model} is not accessible via the /chat/completions endpoint"));
        no.body["error"]["code"] = "unsupported_api_for_model".into();
        return Err(no);
    }
    Ok(())
}

fn vertex(role: Role, body: &Bytes) -> Result<(), No> {
    let fields = object(body);
    let no = |message: &str| No {
        status: 400,
        body: json!({
            "type": "error", "error": { "type": "invalid_request_error", "message": message },
        }),
    };
    match (role, fields.contains_key("model")) {
        (Role::VertexCount, false) => return Err(no("model: Field required")),
        (Role::Vertex, true) => return Err(no("model: Extra inputs are not permitted")),
        (_, _) => {}
    }
    if fields.get("anthropic_version").and_then(Value::as_str) != Some("vertex-2023-10-16") {
        return Err(no("anthropic_version: Field required"));
    }
    Ok(())
}

/// A whole answer as the role gives it.
pub(crate) fn dress_reply(role: Role, dialect: Dialect, reply: Value) -> Value {
    match (role, dialect) {
        (Role::CodeAssist, _) => json!({ "response": reply, "traceId": "sim-trace" }),
        (Role::Copilot, Dialect::Chat) => apart(reply),
        (Role::Plain | Role::Codex | Role::Copilot | Role::Vertex | Role::VertexCount, _) => reply,
    }
}

/// An event of a stream as the role sends it.
pub(crate) fn dress_event(role: Role, dialect: Dialect, event: &Bytes) -> Bytes {
    let Some(json) = event.strip_prefix(b"data: ") else { return event.clone() };
    let Ok(value) = serde_json::from_slice::<Value>(json) else { return event.clone() };
    match (role, dialect) {
        (Role::CodeAssist, _) if value.get("error").is_none() => {
            let wrapped = json!({ "response": value, "traceId": "sim-trace" });
            Bytes::from(format!("data: {wrapped}\r\n\r\n"))
        }
        (Role::Copilot, Dialect::Chat) => {
            Bytes::from(format!("data: {}\n\n", loosened(value, "delta")))
        }
        _ => event.clone(),
    }
}

/// Text and calls in choices of their own.
fn apart(mut reply: Value) -> Value {
    reply = loosened(reply, "message");
    let Some(choice) = reply.pointer("/choices/0").cloned() else { return reply };
    let text = choice.pointer("/message/content").is_some_and(|text| !text.is_null());
    let called = choice.pointer("/message/tool_calls").is_some();
    if !(text && called) {
        return reply;
    }
    let (mut spoken, mut calls) = (choice.clone(), choice);
    if let Some(message) = spoken.get_mut("message").and_then(Value::as_object_mut) {
        message.remove("tool_calls");
    }
    calls["message"]["content"] = Value::Null;
    reply["choices"] = json!([spoken, calls]);
    reply
}

/// Reasoning under its own name, calls that came without an index or with an empty id.
fn loosened(mut value: Value, inner: &str) -> Value {
    let Some(said) = value.pointer_mut(&format!("/choices/0/{inner}")) else { return value };
    let Some(fields) = said.as_object_mut() else { return value };
    if let Some(text) = fields.remove("reasoning_content") {
        fields.insert("reasoning_text".to_owned(), text);
    }
    let calls = fields.get_mut("tool_calls").and_then(Value::as_array_mut);
    let called = calls.is_some();
    for call in calls.into_iter().flatten() {
        if call.get("id").is_some() {
            call["id"] = "".into();
        }
    }
    // Calls stand in the second choice of a stream.
    if called && inner == "delta" {
        value["choices"][0]["index"] = 1.into();
    }
    value
}
