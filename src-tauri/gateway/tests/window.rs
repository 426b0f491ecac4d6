//! The tray app's window: its own origin, a token that it shows, and no cookie.
#![cfg(test)]

mod world;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use switchyard_engine::{Config, Engine};
use switchyard_gateway::{Options, Server};
use tempfile::TempDir;

const ORIGIN: &str = "tauri://localhost";

struct Desktop {
    server: Server,
    http: Client,
    token: String,
    /// What a browser that signed in by a link has.
    cookie: String,
    _engine: Engine,
    _folder: TempDir,
}

impl Desktop {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path());
        config.port = 0;
        let engine = Engine::open(config).await.unwrap();
        let options = Options { desktop: true };
        let server = switchyard_gateway::serve(engine.clone(), options).await.unwrap();
        let redirect = reqwest::redirect::Policy::none();
        let http = Client::builder().no_proxy().redirect(redirect).build().unwrap();
        let token = server.desktop_session().unwrap().token;
        let entered = http.get(server.one_time_link().unwrap().url).send().await.unwrap();
        let cookie = entered.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { server, http, token, cookie, _engine: engine, _folder: folder }
    }

    fn call(&self, method: Method, path: &str, origin: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.server.address());
        let request = self.http.request(method, url).header("origin", origin);
        request.header("content-type", "application/json").body("{}")
    }
}

async fn answer(request: RequestBuilder) -> (u16, HeaderMap) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone())
}

#[tokio::test]
async fn the_window_is_answered_across_origins_with_its_token_and_no_other_page_is() {
    let desktop = Desktop::start().await;
    let token = &desktop.token;
    let ask = |origin| desktop.call(Method::GET, "/api/status", origin).bearer_auth(token);
    let (status, headers) = answer(ask(ORIGIN)).await;
    assert_eq!((status, &headers["access-control-allow-origin"]), (200, &ORIGIN.parse().unwrap()));
    for origin in ["https://evil.example", "null", "tauri://localhost.evil.example", "tauri://"] {
        let (status, headers) = answer(ask(origin)).await;
        assert_eq!(status, 403, "{origin}");
        assert!(!headers.contains_key("access-control-allow-origin"), "{origin}");
    }
}

#[tokio::test]
async fn no_cookie_rides_from_the_windows_origin() {
    let desktop = Desktop::start().await;
    let cookie = &desktop.cookie;
    let own = desktop.server.address().to_owned();
    let ask = |origin| desktop.call(Method::GET, "/api/status", origin).header("cookie", cookie);
    assert_eq!(answer(ask(&own)).await.0, 200, "in the browser it is a session");
    let (status, headers) = answer(ask(ORIGIN)).await;
    assert_eq!(status, 401);
    assert!(!headers.contains_key("access-control-allow-credentials"));
    for (method, path) in [(Method::POST, "/api/keys"), (Method::DELETE, "/api/session")] {
        let request = desktop.call(method, path, ORIGIN).header("cookie", cookie);
        assert_eq!(answer(request).await.0, 401, "{path}");
    }
    assert_eq!(answer(ask(&own)).await.0, 200, "and stays one");
}

#[tokio::test]
async fn a_preflight_of_the_window_is_answered_and_that_of_a_page_is_not() {
    let desktop = Desktop::start().await;
    let ask = |origin| {
        desktop
            .call(Method::OPTIONS, "/api/keys", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization")
    };
    let (status, headers) = answer(ask(ORIGIN)).await;
    assert!((200..300).contains(&status), "{status}");
    assert_eq!(headers["access-control-allow-origin"], ORIGIN);
    assert!(!headers.contains_key("access-control-allow-credentials"));
    let (status, headers) = answer(ask("https://evil.example")).await;
    assert_eq!(status, 403);
    assert!(!headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn the_windows_token_opens_no_model_route() {
    let desktop = Desktop::start().await;
    let request = desktop.call(Method::POST, "/v1/messages", ORIGIN).bearer_auth(&desktop.token);
    assert_eq!(answer(request).await.0, 401);
}
