//! Ollama's own paths. They share `/api` with the dashboard's: each is a route of its own.

use axum::Json;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use switchyard_dialect::{ClientError, ErrorKind, load_reply, write_fault};
use switchyard_engine::Ask;
use switchyard_types::{Abilities, Ability, Dialect};

use crate::guard::Caller;
use crate::model_api::{Asked, relay};
use crate::models::{Listed, listed, nowhere};
use crate::serve::App;

/// The version of Ollama's interface that is spoken: its clients ask for it before they use tools.
const SPOKEN: &str = "0.13.0";

/// `POST /api/chat`.
pub(crate) async fn chat(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&app, Ask::Answer, caller, headers, body).await
}

/// `POST /api/generate`.
pub(crate) async fn generate(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&app, Ask::Completion, caller, headers, body).await
}

async fn answer(app: &App, ask: Ask, caller: Caller, headers: HeaderMap, body: Bytes) -> Response {
    let now = u64::try_from(app.now() / 1000).unwrap_or_default();
    if let Some(loaded) = load_reply(&body, now) {
        return ([(header::CONTENT_TYPE, "application/json")], loaded).into_response();
    }
    let asked = Asked { dialect: Dialect::Ollama, ask, named: None };
    relay(app, asked, caller, headers, body).await
}

/// `GET /api/version`.
pub(crate) async fn version() -> Json<Value> {
    Json(json!({ "version": SPOKEN }))
}

/// `GET /api/tags`.
pub(crate) async fn tags(State(app): State<App>, Extension(caller): Extension<Caller>) -> Response {
    let listed = match listed(&app, &caller, Dialect::Ollama).await {
        Ok(listed) => listed,
        Err(message) => return nowhere(Dialect::Ollama, message),
    };
    let models: Vec<Value> = listed
        .into_iter()
        .map(|model| {
            json!({
                "name": model.id,
                "model": model.id,
                "modified_at": "1970-01-01T00:00:00Z",
                "size": 0,
                "digest": "",
                "details": details(&model),
            })
        })
        .collect();
    Json(json!({ "models": models })).into_response()
}

fn details(model: &Listed) -> Value {
    json!({
        "parent_model": "",
        "format": "",
        "family": model.owner,
        "families": [model.owner],
        "parameter_size": "",
        "quantization_level": "",
    })
}

#[derive(Debug, Deserialize)]
struct Show {
    #[serde(alias = "name")]
    model: String,
}

/// `POST /api/show`.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Response {
    let asked = serde_json::from_slice::<Show>(&body).ok();
    let Some(Show { model }) = asked else {
        return refuse(400, ErrorKind::InvalidRequest, "send {\"model\": \"NAME\"}".to_owned());
    };
    let known = match listed(&app, &caller, Dialect::Ollama).await {
        Ok(known) => known,
        Err(message) => return nowhere(Dialect::Ollama, message),
    };
    // Ollama's clients put a tag behind a name that has none.
    let bare = model.strip_suffix(":latest");
    let named = |listed: &&Listed| listed.id == model || Some(listed.id.as_str()) == bare;
    let Some(model) = known.iter().find(named) else {
        return refuse(404, ErrorKind::NotFound, format!("model '{model}' not found"));
    };
    let mut info = json!({ "general.architecture": "switchyard" });
    if let Some(context) = model.context {
        info["switchyard.context_length"] = context.into();
    }
    let shown = json!({
        "modelfile": "",
        "parameters": "",
        "template": "",
        "details": details(model),
        "model_info": info,
        "capabilities": capabilities(app.engine.abilities(&model.id)),
    });
    Json(shown).into_response()
}

/// What is not declared is not promised, but for tools, which clients would not even try otherwise.
fn capabilities(can: Abilities) -> Vec<&'static str> {
    let mut told = vec!["completion"];
    if can.tools != Ability::Unable {
        told.push("tools");
    }
    if can.images == Ability::Able {
        told.push("vision");
    }
    if can.thinking == Ability::Able {
        told.push("thinking");
    }
    told
}

fn refuse(status: u16, kind: ErrorKind, message: String) -> Response {
    let error = ClientError { status, kind, message, retry_after: None };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let body = write_fault(Dialect::Ollama, &error);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
