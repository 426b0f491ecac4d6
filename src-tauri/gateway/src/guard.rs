//! The outermost guard: every request passes here first, and what it does not recognise is refused.

use std::net::IpAddr;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use switchyard_dialect::{ClientError, ErrorKind, write_fault};
use switchyard_engine::ClientKey;
use switchyard_types::{Dialect, ErrorCode};

use crate::access::Access;
use crate::admin::Failure;
use crate::serve::App;

/// The origins of the tray app's window: macOS and Linux, and Windows.
const DESKTOP_ORIGINS: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];

/// The client that a request of the model API comes from, for the handler.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Option<ClientKey>);

pub(crate) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !host_allowed(&app, headers) {
        return plain(
            StatusCode::MISDIRECTED_REQUEST,
            "this address is not served here; use http://127.0.0.1 and the port",
        );
    }
    let Some(origin) = origin(&app, headers) else {
        return plain(StatusCode::FORBIDDEN, "web pages of other origins may not call this");
    };
    if request.method() == Method::OPTIONS {
        return match origin {
            Origin::Desktop(origin) => with_cors(StatusCode::NO_CONTENT.into_response(), &origin),
            Origin::None | Origin::Own => plain(StatusCode::METHOD_NOT_ALLOWED, "no such method"),
        };
    }
    let pattern = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let Some(access) = pattern.and_then(|pattern| app.access.of(pattern)) else {
        return plain(StatusCode::NOT_FOUND, "there is nothing at this address");
    };
    let refused = match access {
        Access::Public => None,
        Access::Client(dialect) => match client(&app, dialect, &request) {
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                None
            }
            Err(refusal) => Some(refusal),
        },
        Access::Session => session(&app, &request, &origin).err(),
    };
    let mut response = match refused {
        Some(refusal) => *refusal,
        None => next.run(request).await,
    };
    if let Origin::Desktop(origin) = origin {
        response = with_cors(response, &origin);
    }
    harden(response)
}

/// Names are checked against a list, so that a name that an attacker points at this machine (DNS
/// rebinding) is not served. An IP address cannot be rebound.
fn host_allowed(app: &App, headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let name = host_name(host);
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    match name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(address) => address.is_loopback() || !app.host.is_loopback(),
        Err(_) => false,
    }
}

/// A host without its port; an IPv6 address keeps its brackets.
fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

enum Origin {
    None,
    Own,
    Desktop(HeaderValue),
}

/// `None` is an origin that may not call.
fn origin(app: &App, headers: &HeaderMap) -> Option<Origin> {
    let Some(value) = headers.get(header::ORIGIN) else { return Some(Origin::None) };
    let text = value.to_str().ok()?;
    if app.desktop && DESKTOP_ORIGINS.contains(&text) {
        return Some(Origin::Desktop(value.clone()));
    }
    let own = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .is_some_and(|host| text.strip_prefix("http://") == Some(host));
    own.then_some(Origin::Own)
}

fn client(app: &App, dialect: Dialect, request: &Request) -> Result<Caller, Box<Response>> {
    let refuse = |status: StatusCode, kind, message: &str| {
        let error = ClientError {
            status: status.as_u16(),
            kind,
            message: message.to_owned(),
            retry_after: None,
        };
        let body = write_fault(dialect, &error);
        let json = [(header::CONTENT_TYPE, "application/json")];
        Err(Box::new((status, json, body).into_response()))
    };
    if *request.method() == Method::POST && !is_json(request.headers()) {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorKind::InvalidRequest,
            "send the body with the header Content-Type: application/json",
        );
    }
    let shown = key_of(request);
    let caller = shown.and_then(|key| app.engine.client(key));
    // Where no key is needed, tools that insist on one may send anything; but a key of ours that
    // was revoked stays refused.
    let revoked = caller.is_none() && shown.is_some_and(|key| key.starts_with("sy-"));
    if revoked || (caller.is_none() && app.engine.keys_required()) {
        return refuse(
            StatusCode::UNAUTHORIZED,
            ErrorKind::Authentication,
            "Switchyard does not know this key; make one on the dashboard's Keys page and give it \
             to this tool",
        );
    }
    Ok(Caller(caller))
}

/// The key, wherever the dialects put it.
fn key_of(request: &Request) -> Option<&str> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let bearer = text("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    let query = || {
        let query = request.uri().query()?;
        query.split('&').find_map(|pair| pair.strip_prefix("key="))
    };
    text("x-api-key").or(bearer).or_else(|| text("x-goog-api-key")).or_else(query)
}

fn session(app: &App, request: &Request, origin: &Origin) -> Result<(), Box<Response>> {
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if writes && !is_json(request.headers()) {
        let failure = Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::Invalid,
            "send the header Content-Type: application/json",
        );
        return Err(Box::new(failure.into_response()));
    }
    let now = app.engine.config().clock.now();
    let bearer = bearer(request.headers());
    let signed_in = match (origin, bearer) {
        (_, Some(token)) => app.sessions.holds(token, now),
        // The window shows its token; a cookie that a page of that origin rides along is not taken.
        (Origin::Desktop(_), None) => false,
        (Origin::None | Origin::Own, None) => {
            cookie(app, request.headers()).is_some_and(|token| app.sessions.holds(token, now))
        }
    };
    if signed_in {
        return Ok(());
    }
    let mut failure = Failure::new(
        StatusCode::UNAUTHORIZED,
        ErrorCode::SignInNeeded,
        "you are not signed in, or your session has ended",
    );
    failure.0.hint = Some("run `switchyard link` and open the address that it prints".to_owned());
    Err(Box::new(failure.into_response()))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The session's token in the browser's cookie.
pub(crate) fn cookie<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == app.cookie_name)
        .map(|(_, token)| token)
}

/// The session's token, from header or cookie.
pub(crate) fn session_token<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    bearer(headers).or_else(|| cookie(app, headers))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn with_cors(mut response: Response, origin: &HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    response
}

fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn plain(status: StatusCode, message: &'static str) -> Response {
    harden((status, message).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_loses_its_port_and_nothing_else() {
        for (host, name) in [
            ("127.0.0.1:20128", "127.0.0.1"),
            ("localhost", "localhost"),
            ("[::1]:20128", "[::1]"),
            ("[::1]", "[::1]"),
            ("evil.example:20128", "evil.example"),
        ] {
            assert_eq!(host_name(host), name);
        }
    }
}
