//! Where the server is and how it knows us: a cookie in a browser, a token in the tray's window.

use std::sync::OnceLock;

use js_sys::{Function, Promise, Reflect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use switchyard_types::Secret;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::http::Fault;

/// The server as this page reaches it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Host {
    /// Stands before every path; empty where the page came from the server itself.
    pub(crate) base: String,
    /// Sent as a bearer token; in a browser a cookie does that.
    pub(crate) token: Option<Secret>,
}

#[derive(Deserialize)]
struct WindowSession {
    base: String,
    token: Secret,
}

static HOST: OnceLock<Host> = OnceLock::new();

/// Finds out once, before the first request.
pub(crate) async fn find() -> &'static Host {
    if let Some(host) = HOST.get() {
        return host;
    }
    let host = match window_session().await {
        Some(session) => Host { base: session.base, token: Some(session.token) },
        None => Host::default(),
    };
    HOST.get_or_init(|| host)
}

/// Whether this page is the tray app's window.
pub(crate) fn is_window() -> bool {
    tauri().is_some()
}

fn tauri() -> Option<JsValue> {
    let tauri = Reflect::get(&leptos::prelude::window(), &"__TAURI__".into()).ok()?;
    tauri.is_object().then_some(tauri)
}

async fn window_session() -> Option<WindowSession> {
    invoke("session").await.ok()
}

/// Has the tray app do what it alone can.
pub(crate) async fn invoke<T: DeserializeOwned>(command: &str) -> Result<T, Fault> {
    invoke_with(command, &Value::Object(Map::new())).await
}

/// The same, with arguments by name.
pub(crate) async fn invoke_with<T: DeserializeOwned>(
    command: &str,
    arguments: &Value,
) -> Result<T, Fault> {
    let promise = began(command, arguments).ok_or(Fault::Unreachable)?;
    match JsFuture::from(promise).await {
        Ok(answer) => read(&answer).ok_or(Fault::Unreachable),
        Err(refusal) => Err(read(&refusal).map_or(Fault::Unreachable, Fault::Refused)),
    }
}

fn began(command: &str, arguments: &Value) -> Option<Promise> {
    let core = Reflect::get(&tauri()?, &"core".into()).ok()?;
    let invoke: Function = Reflect::get(&core, &"invoke".into()).ok()?.dyn_into().ok()?;
    let arguments = js_sys::JSON::parse(&arguments.to_string()).ok()?;
    invoke.call2(&core, &command.into(), &arguments).ok()?.dyn_into().ok()
}

fn read<T: DeserializeOwned>(value: &JsValue) -> Option<T> {
    let text: String = js_sys::JSON::stringify(value).ok()?.into();
    serde_json::from_str(&text).ok()
}
