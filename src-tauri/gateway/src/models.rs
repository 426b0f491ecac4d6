//! The models that a client may name, as each dialect lists them: combos first, so that a picker shows what the user made.

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use switchyard_dialect::{ClientError, ErrorKind, write_fault};
use switchyard_engine::claude_name;
use switchyard_types::Dialect;

use crate::gemini_api::Named;
use crate::serve::App;

/// Who owns what the user made: combos and aliases.
const OWN: &str = "switchyard";

/// A model that a client may name.
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) owner: String,
    /// Context window in tokens, where known.
    pub(crate) context: Option<u64>,
    /// Output limit in tokens, where known.
    pub(crate) output_limit: Option<u64>,
}

impl Listed {
    fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            owner: OWN.to_owned(),
            context: None,
            output_limit: None,
        }
    }
}

/// `GET /v1/models`, as the caller's dialect lists them.
pub(crate) async fn list(State(app): State<App>, headers: HeaderMap) -> Json<Value> {
    let listed = listed(&app).await;
    let created = app.now() / 1000;
    Json(match asking(&headers) {
        Dialect::Messages => anthropic_list(&with_claude_names(listed)),
        Dialect::Gemini => gemini_models(&listed),
        Dialect::Chat | Dialect::Responses | Dialect::Ollama => openai_list(&listed, created),
    })
}

/// `GET /v1/models/{model}`, as the caller's dialect shows it.
pub(crate) async fn one(
    State(app): State<App>,
    Path(Named { path: id }): Path<Named>,
    headers: HeaderMap,
) -> Response {
    let dialect = asking(&headers);
    let created = app.now() / 1000;
    let found = with_claude_names(listed(&app).await).into_iter().find(|model| model.id == id);
    let Some(model) = found else { return unknown(dialect, &id) };
    Json(match dialect {
        Dialect::Messages => anthropic(&model),
        Dialect::Gemini => gemini(&model),
        Dialect::Chat | Dialect::Responses | Dialect::Ollama => openai(&model, created),
    })
    .into_response()
}

/// Who asks at the address that three vendors share: Anthropic's clients send their version, Google's
/// their own header with the key.
fn asking(headers: &HeaderMap) -> Dialect {
    if headers.contains_key("anthropic-version") {
        Dialect::Messages
    } else if headers.contains_key("x-goog-api-key") {
        Dialect::Gemini
    } else {
        Dialect::Chat
    }
}

fn unknown(dialect: Dialect, id: &str) -> Response {
    let error = ClientError {
        status: 404,
        kind: ErrorKind::NotFound,
        message: format!("the model {id:?} is not known here; GET /v1/models lists what is"),
        retry_after: None,
    };
    let body = write_fault(dialect, &error);
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Claude Code's picker leaves out every name that does not begin with `claude`: combos are listed under
/// such a name as well.
fn with_claude_names(listed: Vec<Listed>) -> Vec<Listed> {
    let known: HashSet<String> = listed.iter().map(|model| model.id.clone()).collect();
    let own = listed.iter().filter(|model| model.owner == OWN);
    let shown: Vec<Listed> = own
        .filter_map(|model| {
            let id = claude_name(&model.id).filter(|id| !known.contains(id))?;
            let (context, output_limit) = (model.context, model.output_limit);
            Some(Listed { context, output_limit, ..Listed::new(id, model.name.clone()) })
        })
        .collect();
    listed.into_iter().chain(shown).collect()
}

pub(crate) async fn listed(app: &App) -> Vec<Listed> {
    let combos = app.engine.combos();
    let own = |id: String, name: String| {
        let (context, output_limit) = app.engine.limits(&id);
        Listed { context, output_limit, ..Listed::new(id, name) }
    };
    let mut listed = Vec::new();
    if let Some(active) = combos.iter().find(|combo| combo.active) {
        listed.push(own("auto".to_owned(), format!("The active combo: {}", active.name)));
    }
    listed.extend(combos.into_iter().map(|combo| own(combo.name.clone(), combo.name)));
    // A list without aliases is better than no list.
    let aliases = app.engine.aliases().await.unwrap_or_default();
    listed.extend(aliases.into_iter().map(|alias| {
        let name = format!("{} → {}", alias.alias, alias.target);
        own(alias.alias, name)
    }));
    let limits: HashMap<String, (Option<u64>, Option<u64>)> = app
        .engine
        .vendors()
        .into_iter()
        .flat_map(|vendor| {
            let prefix = vendor.prefix;
            vendor.models.into_iter().map(move |model| {
                (format!("{prefix}/{}", model.id), (model.context, model.output_limit))
            })
        })
        .collect();
    let connected = app.engine.models().into_iter().filter(|model| model.connected);
    listed.extend(connected.map(|model| {
        let (context, output_limit) = limits.get(&model.model).copied().unwrap_or_default();
        let owner = model.vendor;
        Listed { owner, context, output_limit, ..Listed::new(model.model, model.name) }
    }));
    listed
}

/// `GET /v1beta/models`.
pub(crate) async fn gemini_list(State(app): State<App>) -> Json<Value> {
    Json(gemini_models(&listed(&app).await))
}

fn gemini_models(listed: &[Listed]) -> Value {
    let models: Vec<Value> = listed.iter().map(gemini).collect();
    json!({ "models": models })
}

/// `GET /v1beta/models/{model}`.
pub(crate) async fn gemini_one(
    State(app): State<App>,
    Path(Named { path: id }): Path<Named>,
) -> Response {
    let found = listed(&app).await.into_iter().find(|model| model.id == id);
    if let Some(model) = found {
        return Json(gemini(&model)).into_response();
    }
    unknown(Dialect::Gemini, &id)
}

fn gemini(model: &Listed) -> Value {
    let mut shown = json!({
        "name": format!("models/{}", model.id),
        "displayName": model.name,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
    });
    if let Some(tokens) = model.context {
        shown["inputTokenLimit"] = tokens.into();
    }
    if let Some(tokens) = model.output_limit {
        shown["outputTokenLimit"] = tokens.into();
    }
    shown
}

fn openai_list(listed: &[Listed], created: i64) -> Value {
    let data: Vec<Value> = listed.iter().map(|model| openai(model, created)).collect();
    json!({ "object": "list", "data": data })
}

fn openai(model: &Listed, created: i64) -> Value {
    json!({ "id": model.id, "object": "model", "created": created, "owned_by": model.owner })
}

fn anthropic_list(listed: &[Listed]) -> Value {
    let data: Vec<Value> = listed.iter().map(anthropic).collect();
    json!({
        "data": data,
        "has_more": false,
        "first_id": listed.first().map(|model| &model.id),
        "last_id": listed.last().map(|model| &model.id),
    })
}

fn anthropic(model: &Listed) -> Value {
    json!({
        "type": "model", "id": model.id, "display_name": model.name,
        "created_at": "1970-01-01T00:00:00Z",
    })
}
