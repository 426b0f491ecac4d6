//! Gemini's own paths: the model and what is asked stand in them.

use axum::extract::{Extension, Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use switchyard_dialect::{ClientError, ErrorKind, PathDelivery, PathModel, write_fault};
use switchyard_engine::Ask;
use switchyard_types::Dialect;

use crate::guard::Caller;
use crate::model_api::{Asked, relay};
use crate::serve::App;

/// What follows in a path, whatever stands before it.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) path: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Form {
    alt: Option<String>,
}

/// `POST /v1beta/models/{model}:{action}`; the model may hold slashes and colons.
pub(crate) async fn act(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(Named { path }): Path<Named>,
    Query(form): Query<Form>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let events = form.alt.as_deref() == Some("sse");
    let Some((ask, named)) = read(&path, events) else { return unknown(&path) };
    let asked = Asked { dialect: Dialect::Gemini, ask, named: Some(named) };
    relay(&app, asked, caller, headers, body).await
}

fn read(path: &str, events: bool) -> Option<(Ask, PathModel)> {
    let (model, action) = path.rsplit_once(':')?;
    let (ask, delivery) = match (action, events) {
        ("generateContent", _) => (Ask::Answer, PathDelivery::Whole),
        ("streamGenerateContent", true) => (Ask::Answer, PathDelivery::Events),
        ("streamGenerateContent", false) => (Ask::Answer, PathDelivery::Array),
        ("countTokens", _) => (Ask::TokenCount, PathDelivery::Whole),
        _ => return None,
    };
    // Lists name models with the collection before them, and some clients keep that.
    let model = model.strip_prefix("models/").unwrap_or(model);
    (!model.is_empty()).then(|| (ask, PathModel { model: model.to_owned(), delivery }))
}

fn unknown(path: &str) -> Response {
    let action = path.rsplit_once(':').map_or("", |(_, action)| action);
    let error = ClientError {
        status: 404,
        kind: ErrorKind::NotFound,
        message: format!(
            "`{action}` is not served; models/MODEL:generateContent, :streamGenerateContent and \
             :countTokens are"
        ),
        retry_after: None,
    };
    let body = write_fault(Dialect::Gemini, &error);
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_and_delivery_are_read_from_the_path() {
        for (path, events, model, ask, delivery) in [
            ("auto:generateContent", false, "auto", Ask::Answer, PathDelivery::Whole),
            (
                "glm/glm-4.7:streamGenerateContent",
                true,
                "glm/glm-4.7",
                Ask::Answer,
                PathDelivery::Events,
            ),
            (
                "llama3:8b:streamGenerateContent",
                false,
                "llama3:8b",
                Ask::Answer,
                PathDelivery::Array,
            ),
            ("models/auto:countTokens", false, "auto", Ask::TokenCount, PathDelivery::Whole),
        ] {
            let named = PathModel { model: model.to_owned(), delivery };
            assert_eq!(read(path, events), Some((ask, named)), "{path}");
        }
        for path in ["auto", "auto:embedContent", ":generateContent", ""] {
            assert_eq!(read(path, false), None, "{path}");
        }
    }
}
