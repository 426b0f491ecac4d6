//! Where the server is and how it knows us: a cookie in a browser, a token in the tray's window.

use std::sync::OnceLock;

use js_sys::{Function, Promise, Reflect};
use serde::Deserialize;
use switchyard_types::Secret;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

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
    let core = Reflect::get(&tauri()?, &"core".into()).ok()?;
    let invoke: Function = Reflect::get(&core, &"invoke".into()).ok()?.dyn_into().ok()?;
    let promise: Promise = invoke.call1(&core, &"session".into()).ok()?.dyn_into().ok()?;
    let session = JsFuture::from(promise).await.ok()?;
    let text: String = js_sys::JSON::stringify(&session).ok()?.into();
    serde_json::from_str(&text).ok()
}
