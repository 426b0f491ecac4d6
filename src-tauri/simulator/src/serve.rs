//! The server: connections, and the way of one request.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::body::Steps;
use crate::desk::Desk;
use crate::live::{Live, hold};
use crate::login::{self, Ask};
use crate::record::{Request, UnderWay};
use crate::route::{Wish, route};
use crate::script::Recording;

/// What all connections of a simulator share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) live: RwLock<Arc<Live>>,
    pub(crate) requests: Mutex<Vec<Arc<Request>>>,
    pub(crate) open: Arc<AtomicUsize>,
    answers: AtomicU64,
}

impl Shared {
    pub(crate) fn new(live: Live) -> Self {
        Self {
            live: RwLock::new(Arc::new(live)),
            requests: Mutex::new(Vec::new()),
            open: Arc::new(AtomicUsize::new(0)),
            answers: AtomicU64::new(1),
        }
    }

    pub(crate) fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn replace(&self, make: impl FnOnce(&Live) -> Live) {
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        *live = Arc::new(make(&live));
    }
}

/// Accepts connections until it is dropped, which ends them all.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&shared)));
                }
                // Out of file descriptors: those who hold them must have time to let go.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Without this small events wait 40 ms for the peer's delayed acknowledgement.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(move |request: http::Request<Incoming>| {
        let shared = Arc::clone(&shared);
        async move { answer(&shared, request).await }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    // How an answer ended is told by its own record; a client that left is no error here.
    let _ = served.await;
}

/// The script asks for no answer at all; hyper closes the connection on it.
#[derive(Debug, thiserror::Error)]
#[error("the script hangs up")]
pub(crate) struct HungUp;

pub(crate) type Answer = Result<Response<Steps>, HungUp>;

async fn answer(shared: &Shared, request: http::Request<Incoming>) -> Answer {
    let mut under_way = UnderWay::begin(&shared.open);
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Err(HungUp) };
    let body = body.to_bytes();
    let live = shared.live();
    let route = route(&parts.method, &parts.uri, &parts.headers);
    if live.script.recording == Recording::On {
        let request = Arc::new(Request {
            vendor: Arc::from(route.vendor.as_str()),
            method: parts.method.clone(),
            path: path_of(&parts),
            headers: parts.headers.clone(),
            body: body.clone(),
            arrived: Instant::now(),
            ending: OnceLock::new(),
        });
        under_way.watch(Arc::clone(&request));
        hold(&shared.requests).push(request);
    }
    if route.wish == Some(Wish::Presence) {
        return Ok(plain(
            200,
            "text/plain",
            Bytes::from_static(b"switchyard-simulator\n"),
            under_way,
        ));
    }
    let Some((name, vendor)) = live.vendors.get_key_value(route.vendor.as_str()) else {
        return Ok(nowhere(&format!("the script has no vendor `{}`", route.vendor), under_way));
    };
    if let Some(login) = &vendor.login {
        let path = parts.uri.path();
        let ask = Ask { method: &parts.method, path, parts: &parts, body: &body };
        match login::answer(login, &ask, under_way).await {
            Ok(response) => return Ok(response),
            Err(back) => under_way = back,
        }
    }
    let Some(wish) = route.wish else {
        let what =
            format!("{} {} is nothing that a vendor answers here", parts.method, parts.uri.path());
        return Ok(nowhere(&what, under_way));
    };
    let desk =
        Desk { live: &live, name, vendor, number: shared.answers.fetch_add(1, Ordering::Relaxed) };
    desk.serve(wish, parts, body, under_way).await
}

pub(crate) fn path_of(parts: &Parts) -> String {
    parts.uri.path_and_query().map_or_else(String::new, ToString::to_string)
}

pub(crate) fn plain(
    status: u16,
    kind: &'static str,
    body: Bytes,
    under_way: UnderWay,
) -> Response<Steps> {
    respond(status, kind, Steps::whole(body, under_way))
}

pub(crate) fn respond(status: u16, kind: &'static str, body: Steps) -> Response<Steps> {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn nowhere(message: &str, under_way: UnderWay) -> Response<Steps> {
    let body = json!({ "error": { "message": message, "type": "not_found", "code": "not_found" } });
    plain(404, JSON, Bytes::from(body.to_string()), under_way)
}

pub(crate) fn set(response: &mut Response<Steps>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        response.headers_mut().insert(name, value);
    }
}

pub(crate) const JSON: &str = "application/json";
