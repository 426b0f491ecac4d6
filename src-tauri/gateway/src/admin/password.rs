//! The dashboard's password: signing in by it, and changing it.

use std::net::IpAddr;

use axum::Json;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use switchyard_types::{ErrorCode, PasswordChange, Secret, SignIn, SignInWays};

use super::{Answer, Body, Done, Failure, SESSION_SECONDS, done, session_cookie};
use crate::accept::Peer;
use crate::guard::session_token;
use crate::serve::App;
use crate::session::Holder;

/// `GET /api/sign-in`: what a browser that is not signed in may show.
pub(crate) async fn ways(State(app): State<App>) -> Json<SignInWays> {
    Json(SignInWays { password: app.engine.has_password() })
}

/// `POST /api/sign-in`: takes the password for a session.
pub(crate) async fn sign_in(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    Body(shown): Body<SignIn>,
) -> Result<Response, Failure> {
    if !app.engine.has_password() {
        let mut failure =
            Failure::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, "there is no password");
        failure.0.hint =
            Some("run `switchyard link` and open the address that it prints".to_owned());
        return Err(failure);
    }
    prove(&app, from, shown.password).await?;
    let session = app.sessions.begin(app.now())?;
    let cookie = session_cookie(&app, &session, SESSION_SECONDS);
    Ok(([(header::SET_COOKIE, cookie)], done()).into_response())
}

/// `PUT /api/password`: sets, changes or removes it, and ends the sessions of all other browsers.
pub(crate) async fn change(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    Extension(holder): Extension<Holder>,
    headers: HeaderMap,
    Body(change): Body<PasswordChange>,
) -> Answer<Done> {
    match holder {
        // A browser left open must not hand out the dashboard for good.
        Holder::Browser if app.engine.has_password() => {
            prove(&app, from, change.current.unwrap_or_default()).await?;
        }
        Holder::Browser | Holder::Program => {}
    }
    match change.new {
        Some(new) => app.engine.set_password(new).await?,
        None => app.engine.remove_password().await?,
    }
    app.sessions.end_browsers_but(session_token(&app, &headers).unwrap_or_default());
    Ok(done())
}

async fn prove(app: &App, from: IpAddr, password: Secret) -> Result<(), Failure> {
    match app.gate.password(from, app.engine.is_password(password)).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::new(
            StatusCode::FORBIDDEN,
            ErrorCode::Forbidden,
            "that is not the password",
        )),
        Err(wait) => {
            let mut failure = Failure::new(
                StatusCode::TOO_MANY_REQUESTS,
                ErrorCode::TooManyTries,
                "too many wrong passwords from this address",
            );
            failure.0.hint = Some("wait a little, or use a link from `switchyard link`".to_owned());
            let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            failure.0.retry_at = Some(app.now().saturating_add(millis));
            Err(failure)
        }
    }
}
