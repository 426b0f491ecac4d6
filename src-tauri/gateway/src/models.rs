//! The models that a client may name, as each dialect lists them: combos first, so that a picker shows what the user made.

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use switchyard_dialect::{ClientError, ErrorKind, write_fault};
use switchyard_engine::{Permit, claude_name};
use switchyard_types::Dialect;

use crate::gemini_api::Named;
use crate::guard::Caller;
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
pub(crate) async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    let dialect = asking(&headers);
    let created = app.now() / 1000;
    let listed = match listed(&app, &caller, dialect).await {
        Ok(listed) => listed,
        Err(message) => return nowhere(dialect, message),
    };
    Json(match dialect {
        Dialect::Messages => anthropic_list(&listed),
        Dialect::Gemini => gemini_models(&listed),
        Dialect::Chat | Dialect::Responses | Dialect::Ollama => openai_list(&listed, created),
    })
    .into_response()
}

/// `GET /v1/models/{model}`, as the caller's dialect shows it.
pub(crate) async fn one(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(Named { path: id }): Path<Named>,
    headers: HeaderMap,
) -> Response {
    let dialect = asking(&headers);
    let created = app.now() / 1000;
    // Claude Code asks for what its own list shows, whatever the headers say.
    let found = match listed(&app, &caller, Dialect::Messages).await {
        Ok(listed) => listed.into_iter().find(|model| model.id == id),
        Err(message) => return nowhere(dialect, message),
    };
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
    nowhere(dialect, format!("the model {id:?} is not known here; GET /v1/models lists what is"))
}

/// What was asked for is not there.
pub(crate) fn nowhere(dialect: Dialect, message: String) -> Response {
    let kind = ErrorKind::NotFound;
    let error = ClientError { status: 404, kind, message, retry_after: None };
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

/// What a caller may ask for, as a dialect's clients want it listed; the error says why its path leads
/// nowhere.
pub(crate) async fn listed(
    app: &App,
    caller: &Caller,
    dialect: Dialect,
) -> Result<Vec<Listed>, String> {
    let Caller(client, project) = caller;
    let client = client.as_ref().map(|client| &client.id);
    let permit =
        app.engine.permit(client, project.as_deref()).map_err(|error| error.to_string())?;
    let all = everything(app).await;
    let all = if dialect == Dialect::Messages { with_claude_names(all) } else { all };
    Ok(if permit.is_open() { all } else { permitted(app, &permit, all) })
}

/// What a rule or a path leaves. Where one combo answers whatever is asked for, its name stands for all.
fn permitted(app: &App, permit: &Permit, all: Vec<Listed>) -> Vec<Listed> {
    let is_bound = |id: &str| {
        permit.bound().is_none_or(|bound| id == bound || claude_name(bound).as_deref() == Some(id))
    };
    let (mut shown, rest): (Vec<_>, Vec<_>) = all
        .into_iter()
        .filter(|model| permit.allows(&model.id))
        .partition(|model| is_bound(&model.id));
    for name in permit.spelled() {
        let target = permit.target(name);
        if shown.iter().any(|model| model.id == name) || !app.engine.leads_somewhere(&target) {
            continue;
        }
        let (context, output_limit) = app.engine.limits(&target);
        let label = if target == name { target } else { format!("{name} → {target}") };
        shown.push(Listed { context, output_limit, ..Listed::new(name, label) });
    }
    // A pattern may leave out the combo's own name: every other name leads to it as well.
    if shown.is_empty() { rest } else { shown }
}

async fn everything(app: &App) -> Vec<Listed> {
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
pub(crate) async fn gemini_list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Response {
    match listed(&app, &caller, Dialect::Gemini).await {
        Ok(listed) => Json(gemini_models(&listed)).into_response(),
        Err(message) => nowhere(Dialect::Gemini, message),
    }
}

fn gemini_models(listed: &[Listed]) -> Value {
    let models: Vec<Value> = listed.iter().map(gemini).collect();
    json!({ "models": models })
}

/// `GET /v1beta/models/{model}`.
pub(crate) async fn gemini_one(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(Named { path: id }): Path<Named>,
) -> Response {
    match listed(&app, &caller, Dialect::Gemini).await {
        Ok(listed) => match listed.iter().find(|model| model.id == id) {
            Some(model) => Json(gemini(model)).into_response(),
            None => unknown(Dialect::Gemini, &id),
        },
        Err(message) => nowhere(Dialect::Gemini, message),
    }
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
