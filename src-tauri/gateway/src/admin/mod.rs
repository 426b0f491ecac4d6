//! The admin API: each handler calls one method of the engine.

pub(crate) mod accounts;
pub(crate) mod aliases;
pub(crate) mod backups;
pub(crate) mod bodies;
pub(crate) mod combos;
pub(crate) mod desktop;
pub(crate) mod keys;
pub(crate) mod logins;
pub(crate) mod password;
pub(crate) mod playground;
pub(crate) mod quotas;
pub(crate) mod requests;
pub(crate) mod routing;
pub(crate) mod tools;
pub(crate) mod transfer;
pub(crate) mod vendors;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use switchyard_engine::EngineError;
use switchyard_types::{ErrorBody, ErrorCode, ModelChoice, OneTimeLink, Status};

use crate::guard::session_token;
use crate::serve::App;
use crate::session::NoRandomness;

/// An error of the admin API: its code decides the status.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) ErrorBody, StatusCode);

impl Failure {
    pub(crate) fn new(status: StatusCode, code: ErrorCode, message: &str) -> Self {
        Self(ErrorBody { code, message: message.to_owned(), hint: None, retry_at: None }, status)
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let body = error.body();
        let status = match body.code {
            ErrorCode::Invalid | ErrorCode::KeyRefused | ErrorCode::WrongPassphrase => {
                StatusCode::BAD_REQUEST
            }
            ErrorCode::SignInNeeded => StatusCode::UNAUTHORIZED,
            ErrorCode::Forbidden => StatusCode::FORBIDDEN,
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::Conflict => StatusCode::CONFLICT,
            ErrorCode::VendorUnreachable => StatusCode::BAD_GATEWAY,
            ErrorCode::SafeMode | ErrorCode::ReadOnly => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            ErrorCode::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::Storage | ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            tracing::warn!("{error}");
        }
        Self(body, status)
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, &error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.1, Json(self.0)).into_response()
    }
}

/// A JSON body; one that cannot be read is told as an [`ErrorBody`] too.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned> axum::extract::FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(
        request: axum::extract::Request,
        state: &S,
    ) -> Result<Self, Self::Rejection> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => {
                Err(Failure::new(rejection.status(), ErrorCode::Invalid, &rejection.body_text()))
            }
        }
    }
}

pub(crate) type Answer<T> = Result<Json<T>, Failure>;

/// What an action without a result answers.
#[derive(Serialize)]
pub(crate) struct Done {
    done: bool,
}

pub(crate) fn done() -> Json<Done> {
    Json(Done { done: true })
}

#[derive(Serialize)]
pub(crate) struct Health {
    status: &'static str,
    version: &'static str,
}

pub(crate) async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

pub(crate) async fn status(State(app): State<App>) -> Answer<Status> {
    Ok(Json(app.engine.status(app.address.clone()).await?))
}

pub(crate) async fn models(State(app): State<App>) -> Json<Vec<ModelChoice>> {
    Json(app.engine.models())
}

pub(crate) async fn link(State(app): State<App>) -> Answer<OneTimeLink> {
    Ok(Json(app.one_time_link()?))
}

#[derive(Deserialize)]
pub(crate) struct Enter {
    #[serde(default)]
    token: String,
}

/// Takes a one-time link for a session in a cookie that no other site can send along.
pub(crate) async fn enter(State(app): State<App>, Query(enter): Query<Enter>) -> Response {
    let Some(session) = app.sessions.redeem(&enter.token, app.now()) else {
        return Redirect::to("/?link=spent").into_response();
    };
    ([(header::SET_COOKIE, session_cookie(&app, &session, SESSION_SECONDS))], Redirect::to("/"))
        .into_response()
}

/// How long a browser keeps its session: 30 days.
const SESSION_SECONDS: u32 = 2_592_000;

/// The session in a cookie that no script reads and no other site sends along.
fn session_cookie(app: &App, token: &str, seconds: u32) -> String {
    let secure = if app.engine.config().secure_cookie { "; Secure" } else { "" };
    let name = &app.cookie_name;
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}

pub(crate) async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Response {
    if let Some(token) = session_token(&app, &headers) {
        app.sessions.end(token);
    }
    ([(header::SET_COOKIE, session_cookie(&app, "", 0))], done()).into_response()
}
