//! Requests to the admin API.

use std::pin::Pin;

use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use switchyard_types::{ErrorBody, ErrorCode};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, ReadableStreamDefaultReader, RequestCredentials, RequestInit, Response,
};

use super::host;

/// Why a request brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The server said why.
    Refused(ErrorBody),
    /// The server did not answer.
    Unreachable,
    /// The server answered something that is not of our contract, with this status.
    Unreadable(u16),
}

impl Fault {
    /// Whether signing in is what helps.
    pub(crate) fn is_sign_in(&self) -> bool {
        self.code() == Some(ErrorCode::SignInNeeded)
    }

    /// The server's code, where it gave one.
    pub(crate) fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(body) => Some(body.code),
            Self::Unreachable | Self::Unreadable(_) => None,
        }
    }
}

/// What a request does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Reads something.
pub(crate) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Fault> {
    read(&answered(send(Method::Get, path, None, None)).await?)
}

/// Sends a body and reads the answer.
pub(crate) async fn change<T: DeserializeOwned>(
    method: Method,
    path: &str,
    body: &(impl Serialize + ?Sized),
) -> Result<T, Fault> {
    let body = written(body)?;
    read(&answered(send(method, path, Some(&body), None)).await?)
}

/// Sends a body whose answer has nothing to say.
pub(crate) async fn command(
    method: Method,
    path: &str,
    body: &(impl Serialize + ?Sized),
) -> Result<(), Fault> {
    let body = written(body)?;
    done(send(method, path, Some(&body), None)).await
}

/// Has a request asked again: the id of the new one, and its answer, whatever it says. A refusal of the
/// server itself is a fault.
pub(crate) async fn replay(
    path: &str,
    body: &(impl Serialize + ?Sized),
) -> Result<(String, String), Fault> {
    let body = written(body)?;
    let response = fetch(Method::Post, path, Some(&body), None).await?;
    let id = response.headers().get("x-switchyard-request").map_err(|_| Fault::Unreachable)?;
    match id {
        Some(id) => Ok((id, text(&response).await?)),
        None if response.ok() => Err(Fault::Unreadable(response.status())),
        None => Err(refusal(response).await),
    }
}

/// Reads a file of the dashboard's own; `None` where it cannot be had.
pub(crate) async fn file(path: &str) -> Option<String> {
    let promise = leptos::prelude::window().fetch_with_str(path);
    let response: Response = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    if response.ok() { text(&response).await.ok() } else { None }
}

/// Removes something.
pub(crate) async fn delete(path: &str) -> Result<(), Fault> {
    done(send(Method::Delete, path, Some(""), None)).await
}

/// Opens the event stream; `signal` ends it.
pub(crate) async fn stream(path: &str, signal: &AbortSignal) -> Result<Response, Fault> {
    send(Method::Get, path, None, Some(signal)).await
}

/// Asks and brings the answer of whatever status, its body still to come; `signal` ends both.
pub(crate) async fn ask(path: &str, body: &str, signal: &AbortSignal) -> Result<Response, Fault> {
    fetch(Method::Post, path, Some(body), Some(signal)).await
}

/// The body of an answer, as it comes.
pub(crate) struct Body(ReadableStreamDefaultReader);

impl Body {
    /// Of an answer that nobody read yet.
    pub(crate) fn of(response: &Response) -> Result<Self, Fault> {
        let body = response.body().ok_or(Fault::Unreadable(response.status()))?;
        let reader = body.get_reader().dyn_into().map_err(|_| Fault::Unreachable)?;
        Ok(Self(reader))
    }

    /// What comes next; nothing at the end.
    pub(crate) async fn next(&self) -> Result<Option<Vec<u8>>, Fault> {
        let lost = |_: JsValue| Fault::Unreachable;
        let chunk = JsFuture::from(self.0.read()).await.map_err(lost)?;
        let field = |name: &str| js_sys::Reflect::get(&chunk, &name.into()).map_err(lost);
        if field("done")?.is_truthy() {
            return Ok(None);
        }
        let bytes: Uint8Array = field("value")?.dyn_into().map_err(lost)?;
        Ok(Some(bytes.to_vec()))
    }
}

fn written(body: &(impl Serialize + ?Sized)) -> Result<String, Fault> {
    serde_json::to_string(body).map_err(|_| Fault::Unreadable(0))
}

async fn send(
    method: Method,
    path: &str,
    body: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<Response, Fault> {
    let response = fetch(method, path, body, signal).await?;
    if response.ok() { Ok(response) } else { Err(refusal(response).await) }
}

/// Brings an answer of whatever status.
async fn fetch(
    method: Method,
    path: &str,
    body: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<Response, Fault> {
    let host = host::find().await;
    let request = request(method, body, signal, host).map_err(|_| Fault::Unreachable)?;
    let url = format!("{}{path}", host.base);
    let promise = leptos::prelude::window().fetch_with_str_and_init(&url, &request);
    let response = JsFuture::from(promise).await.map_err(|_| Fault::Unreachable)?;
    response.dyn_into().map_err(|_| Fault::Unreachable)
}

fn request(
    method: Method,
    body: Option<&str>,
    signal: Option<&AbortSignal>,
    host: &host::Host,
) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    // The server tells its errors and notes in the language of the page.
    headers.set("accept-language", switchyard_locale::spoken().tag())?;
    let init = RequestInit::new();
    init.set_method(method.name());
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_signal(signal);
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        if !body.is_empty() {
            init.set_body(&body.into());
        }
    }
    if let Some(token) = &host.token {
        headers.set("authorization", &format!("Bearer {}", token.expose()))?;
    }
    init.set_headers(&headers);
    Ok(init)
}

/// An answer of the server's that has been read whole.
struct Answered {
    status: u16,
    url: String,
    text: String,
}

/// A request of one type, whatever it is about: as the bundle holds the way to the server once, not once for each thing
/// that is asked.
type Asking<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + 'a>>;

fn answered<'a>(sent: impl Future<Output = Result<Response, Fault>> + 'a) -> Asking<'a, Answered> {
    Box::pin(async move {
        let response = sent.await?;
        let text = text(&response).await?;
        Ok(Answered { status: response.status(), url: response.url(), text })
    })
}

fn done<'a>(sent: impl Future<Output = Result<Response, Fault>> + 'a) -> Asking<'a, ()> {
    Box::pin(async move { sent.await.map(|_| ()) })
}

fn read<T: DeserializeOwned>(answered: &Answered) -> Result<T, Fault> {
    serde_json::from_str(&answered.text).map_err(|error| unreadable(answered, &error))
}

fn unreadable(answered: &Answered, error: &serde_json::Error) -> Fault {
    web_sys::console::error_2(&answered.url.as_str().into(), &error.to_string().into());
    Fault::Unreadable(answered.status)
}

async fn refusal(response: Response) -> Fault {
    let Ok(text) = text(&response).await else { return Fault::Unreachable };
    serde_json::from_str(&text)
        .map_or_else(|_| Fault::Unreadable(response.status()), Fault::Refused)
}

async fn text(response: &Response) -> Result<String, Fault> {
    let promise = response.text().map_err(|_| Fault::Unreachable)?;
    let text = JsFuture::from(promise).await.map_err(|_| Fault::Unreachable)?;
    text.as_string().ok_or(Fault::Unreachable)
}
