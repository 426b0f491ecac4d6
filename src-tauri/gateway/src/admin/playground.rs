//! The model API as the dashboard's playground asks it: a person's session in place of a client's key, and
//! from there on the very handlers that agents reach, so that what is seen there is what an agent gets.

use axum::extract::{Extension, Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use switchyard_engine::ClientKey;
use switchyard_types::{Dialect, ErrorCode, KeyId};

use super::Failure;
use crate::access::Access;
use crate::gate::held;
use crate::gemini_api::{self, Form, Named};
use crate::guard::Caller;
use crate::refusal::Refusal;
use crate::serve::App;
use crate::{model_api, ollama_api};

/// In whose name the playground asks. No key of a client's has this id, so that no key's rule or budget holds
/// it and no session of an agent's meets its own.
fn playground() -> ClientKey {
    ClientKey { id: KeyId::new("playground"), name: "Playground".to_owned() }
}

/// `POST /api/playground/` and a path of the model API that answers. The page's cookie and whatever else its
/// browser sends stay here.
pub(crate) async fn ask(
    State(app): State<App>,
    Path(Named { path }): Path<Named>,
    form: Query<Form>,
    body: Bytes,
) -> Response {
    let (dialect, named) = match (path.as_str(), path.strip_prefix("v1beta/models/")) {
        ("v1/chat/completions", _) => (Dialect::Chat, None),
        ("v1/responses", _) => (Dialect::Responses, None),
        ("v1/messages", _) => (Dialect::Messages, None),
        ("api/chat", _) => (Dialect::Ollama, None),
        (_, Some(named)) => (Dialect::Gemini, Some(named.to_owned())),
        (_, None) => return nothing_there(),
    };
    let client = playground();
    let permit = match app.gate.call(Some(&client.id)) {
        Ok(permit) => permit,
        Err(full) => return Refusal::Full(full).respond(Access::Client(dialect)),
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let (app, caller) = (State(app), Extension(Caller(Some(client), None)));
    let response = match dialect {
        Dialect::Chat => model_api::chat(app, caller, headers, body).await,
        Dialect::Responses => model_api::responses(app, caller, headers, body).await,
        Dialect::Messages => model_api::messages(app, caller, headers, body).await,
        Dialect::Ollama => ollama_api::chat(app, caller, headers, body).await,
        Dialect::Gemini => {
            let path = Path(Named { path: named.unwrap_or_default() });
            gemini_api::act(app, caller, path, form, headers, body).await
        }
    };
    held(response, permit)
}

fn nothing_there() -> Response {
    let message = "the playground asks at v1/chat/completions, v1/responses, v1/messages, api/chat and \
                   v1beta/models/MODEL:streamGenerateContent";
    Failure::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, message).into_response()
}
