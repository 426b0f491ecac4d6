//! The outermost guard: every request passes here first, and what it does not recognise is refused.

use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use switchyard_engine::{ClientKey, Language};
use tokio::sync::OwnedSemaphorePermit;

use crate::accept::Peer;
use crate::access::{Access, Rule};
use crate::gate::{Wrong, held};
use crate::intake::{self, Untaken};
use crate::refusal::Refusal;
use crate::serve::App;
use crate::session::Holder;
use crate::tongue;

/// Stands for a connection whose other end is not known: a bucket of its own.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The origin of the tray app's window.
const DESKTOP_ORIGIN: &str =
    if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };

/// The client that a request of the model API comes from, for the handler; and the project that its path
/// `/k/NAME/…` names.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Option<ClientKey>, pub(crate) Option<String>);

pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
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
    let Some(rule) = pattern.and_then(|pattern| app.access.of(pattern)) else {
        return plain(StatusCode::NOT_FOUND, "there is nothing at this address");
    };
    let language =
        if rule.access.is_for_people() { tongue::language(headers) } else { Language::English };
    let mut response = match admit(&app, request, rule, &origin).await {
        Ok((request, permit)) => pass(request, permit, next, rule.access).await,
        Err(refusal) => refusal,
    };
    response = tongue::told(response, language).await;
    if let Origin::Desktop(origin) = origin {
        response = with_cors(response, &origin);
    }
    harden(response)
}

/// The request as the handler gets it, its body read; or the answer that it gets instead.
async fn admit(
    app: &App,
    mut request: Request,
    rule: Rule,
    origin: &Origin,
) -> Result<(Request, Option<OwnedSemaphorePermit>), Response> {
    let permit = match rule.access {
        Access::Public => return Ok((request, None)),
        Access::Client(_) => match client(app, &request) {
            Ok(caller) => {
                let key = caller.0.as_ref().map(|key| &key.id);
                let let_in = app.gate.call(key).map_err(Refusal::Full);
                request.extensions_mut().insert(caller);
                let_in.map(Some)
            }
            Err(refusal) => Err(refusal),
        },
        Access::Door if is_safe(&request) => Ok(None),
        Access::Door => Err(Refusal::NotJson),
        Access::Session => session(app, &request, origin).map(|holder| {
            request.extensions_mut().insert(holder);
            None
        }),
    };
    let permit = match permit {
        Ok(permit) => permit,
        Err(refusal) => {
            let wrong = shows_wrong_key(app, &request, refusal);
            return Err(refuse(app, wrong, refusal, rule.access).await);
        }
    };
    let (head, body) = request.into_parts();
    let taken =
        intake::take(body, rule.largest, &app.engine.config().limits, app.gate.bodies()).await;
    match taken {
        // A client's request is looked at by its dialect, which counts as it reads.
        Ok(body) if rule.access.is_for_people() && intake::nests_too_deep(&body) => {
            Err(Refusal::Untaken(Untaken::TooDeep).respond(rule.access))
        }
        Ok(body) => Ok((Request::from_parts(head, Body::from(body)), permit)),
        Err(untaken) => Err(Refusal::Untaken(untaken).respond(rule.access)),
    }
}

/// Where a wrong key or session came from, if that is why the request is refused.
fn shows_wrong_key(app: &App, request: &Request, refusal: Refusal) -> Option<IpAddr> {
    let wrong = match refusal {
        // A tool without a key is as wrong as one with another's.
        Refusal::Key => true,
        // A dashboard that is not signed in asks now and then.
        Refusal::Session => session_token(app, request.headers()).is_some(),
        Refusal::NotJson | Refusal::Full(_) | Refusal::Untaken(_) | Refusal::Panicked => false,
    };
    let from = || request.extensions().get::<Peer>().map_or(NOBODY, |peer| peer.0);
    wrong.then(from)
}

/// Whoever shows wrong keys again and again waits for the answer.
async fn refuse(app: &App, wrong: Option<IpAddr>, refusal: Refusal, access: Access) -> Response {
    let mut response = refusal.respond(access);
    if let Some(from) = wrong
        && app.gate.wrong_key(from).await == Wrong::Close
    {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Runs the handler. If it panics, only its own request fails.
async fn pass(
    request: Request,
    permit: Option<OwnedSemaphorePermit>,
    next: Next,
    access: Access,
) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => match permit {
            Some(permit) => held(response, permit),
            None => response,
        },
        Err(_) => Refusal::Panicked.respond(access),
    }
}

/// Names are checked against a list, so that a name that an attacker points at this machine (DNS
/// rebinding) is not served. An IP address cannot be rebound.
fn host_allowed(app: &App, headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let name = host_name(host);
    let public = app.engine.config().public.as_ref();
    if public.is_some_and(|public| name.eq_ignore_ascii_case(&public.host)) {
        return true;
    }
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
    if app.desktop && text == DESKTOP_ORIGIN {
        return Some(Origin::Desktop(value.clone()));
    }
    let own = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .is_some_and(|host| text.strip_prefix("http://") == Some(host));
    let public = app.engine.config().public.as_ref();
    let own = own || public.is_some_and(|public| text == public.origin);
    own.then_some(Origin::Own)
}

fn client(app: &App, request: &Request) -> Result<Caller, Refusal> {
    if *request.method() == Method::POST && !is_json(request.headers()) {
        return Err(Refusal::NotJson);
    }
    let shown = key_of(request);
    let caller = shown.and_then(|key| app.engine.client(key));
    // Where no key is needed, tools that insist on one may send anything; but a key of ours that
    // was revoked stays refused.
    let revoked = caller.is_none() && shown.is_some_and(|key| key.starts_with("sy-"));
    if revoked || (caller.is_none() && app.engine.keys_required()) {
        return Err(Refusal::Key);
    }
    Ok(Caller(caller, project(request)))
}

/// The project that a path `/k/NAME/…` names.
fn project(request: &Request) -> Option<String> {
    let name = request.uri().path().strip_prefix("/k/")?.split('/').next()?;
    Some(name.to_owned())
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

/// Whether a connection's first bytes hold a key or a session's token that is known. Nothing is let through by it:
/// it only says behind whom the connection need not wait.
pub(crate) fn shows_a_good_key(app: &App, first: &[u8]) -> bool {
    let words = first.split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
    let mut words = words.filter_map(|word| std::str::from_utf8(word).ok());
    words.any(|word| match word.len() {
        // 256 bits in hexadecimal.
        64 => app.sessions.holder(word, app.now()).is_some(),
        _ => word.starts_with("sy-") && app.engine.client(word).is_some(),
    })
}

fn session(app: &App, request: &Request, origin: &Origin) -> Result<Holder, Refusal> {
    if !is_safe(request) {
        return Err(Refusal::NotJson);
    }
    let bearer = bearer(request.headers());
    let token = match (origin, bearer) {
        (_, Some(token)) => Some(token),
        // The window shows its token; a cookie that a page of that origin rides along is not taken.
        (Origin::Desktop(_), None) => None,
        (Origin::None | Origin::Own, None) => cookie(app, request.headers()),
    };
    token.and_then(|token| app.sessions.holder(token, app.now())).ok_or(Refusal::Session)
}

/// Whether it only reads, or is of a content type that no web page sends without asking first.
fn is_safe(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD) || is_json(request.headers())
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
    // What is asked again names its new request there.
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-switchyard-request"),
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
