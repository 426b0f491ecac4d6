//! The model API: the path says the dialect, the engine does the rest.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use http::HeaderMap;
use switchyard_dialect::PathModel;
use switchyard_engine::{Ask, Call, Reply, ReplyBody};
use switchyard_types::Dialect;

use crate::guard::Caller;
use crate::serve::App;

pub(crate) async fn chat(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    relay(&app, Asked::new(Dialect::Chat, Ask::Answer), caller, headers, body).await
}

pub(crate) async fn responses(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    relay(&app, Asked::new(Dialect::Responses, Ask::Answer), caller, headers, body).await
}

pub(crate) async fn messages(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    relay(&app, Asked::new(Dialect::Messages, Ask::Answer), caller, headers, body).await
}

pub(crate) async fn count_tokens(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    relay(&app, Asked::new(Dialect::Messages, Ask::TokenCount), caller, headers, body).await
}

pub(crate) async fn input_tokens(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    relay(&app, Asked::new(Dialect::Responses, Ask::TokenCount), caller, headers, body).await
}

pub(crate) async fn compact(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    relay(&app, Asked::new(Dialect::Responses, Ask::Compaction), caller, headers, body).await
}

/// What the path says of a request.
pub(crate) struct Asked {
    pub(crate) dialect: Dialect,
    pub(crate) ask: Ask,
    pub(crate) named: Option<PathModel>,
}

impl Asked {
    fn new(dialect: Dialect, ask: Ask) -> Self {
        Self { dialect, ask, named: None }
    }
}

pub(crate) async fn relay(
    app: &App,
    asked: Asked,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Asked { dialect, ask, named } = asked;
    let Caller(client, project) = caller;
    let call = Call { dialect, ask, headers, named, body, client, project, replay_of: None };
    respond(app.engine.relay(call).await)
}

/// A reply of the engine as the server sends it.
pub(crate) fn respond(reply: Reply) -> Response {
    let body = match reply.body {
        ReplyBody::Whole(bytes) => Body::from(bytes),
        ReplyBody::Stream(stream) => Body::from_stream(stream.map(Ok::<_, Infallible>)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}
