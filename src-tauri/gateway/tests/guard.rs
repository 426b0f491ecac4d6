//! The guard: every route is classified, and what is not recognised is refused.
#![cfg(test)]

mod world;

use std::time::Duration;

use reqwest::Method;
use switchyard_gateway::{Access, route_list};
use switchyard_simulator::Vendor;
use switchyard_types::Dialect;
use world::{Stream, World, question};

async fn world() -> World {
    // Hundreds of wrong keys are shown here on purpose.
    World::start_with(&[("v", Dialect::Chat, Vendor::default())], |config| {
        config.limits.wrong_key_pause = Duration::ZERO;
    })
    .await
}

/// The routes that answer to anybody. Adding one is a decision to be made here too.
const PUBLIC: [&str; 24] = [
    "/health",
    "/enter",
    "/api/sign-in",
    "/",
    "/providers",
    "/combos",
    "/keys",
    "/tools",
    "/tools/{id}",
    "/requests",
    "/requests/{id}",
    "/usage",
    "/quota",
    "/settings",
    "/playground",
    "/welcome",
    "/boot.js",
    "/app.js",
    "/app_bg.wasm",
    "/icon.svg",
    "/style/{*path}",
    "/fonts/{*path}",
    "/locales/{*path}",
    "/snippets/{*path}",
];

#[tokio::test]
async fn every_route_but_the_public_ones_refuses_whoever_has_no_credential_of_its_kind() {
    let world = world().await;
    let mut public = Vec::new();
    for (pattern, access) in route_list() {
        let path = ["{id}", "{name}", "{alias}", "{project}"]
            .into_iter()
            .fold(pattern.to_string(), |path, part| path.replace(part, "x"));
        if matches!(access, Access::Public | Access::Door) {
            public.push(pattern);
            continue;
        }
        // A client key opens no admin route, a made-up token opens nothing.
        let wrong = match access {
            Access::Client(_) => "0123456789abcdef",
            Access::Session | Access::Door | Access::Public => world.key.as_str(),
        };
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for token in [None, Some(wrong)] {
                let mut request = world
                    .http
                    .request(method.clone(), world.url(&path))
                    .header("content-type", "application/json");
                if let Some(token) = token {
                    request = request.bearer_auth(token);
                }
                let status = request.send().await.unwrap().status();
                assert_eq!(status, 401, "{method} {pattern}");
            }
        }
    }
    assert_eq!(public, PUBLIC);
    assert!(world.simulator.requests().is_empty());
}

#[tokio::test]
async fn a_model_route_needs_a_key_and_says_so_in_its_dialect() {
    let world = world().await;
    for (path, kind) in [
        ("/v1/chat/completions", "invalid_api_key"),
        ("/v1/messages", "authentication_error"),
        ("/v1/responses", "invalid_api_key"),
    ] {
        for key in ["", "sy-wrong"] {
            let answer = world
                .http
                .post(world.url(path))
                .bearer_auth(key)
                .header("content-type", "application/json")
                .body(question("v/m", Stream::No).to_string())
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 401, "{path}");
            let text = answer.text().await.unwrap();
            assert!(text.contains(kind), "{path}: {text}");
        }
    }
    assert!(world.simulator.requests().is_empty());
}

#[tokio::test]
async fn a_key_is_taken_from_each_place_where_clients_put_it() {
    let world = world().await;
    for header in ["x-api-key", "x-goog-api-key"] {
        let request = world.http.get(world.url("/v1/models")).header(header, &world.key);
        assert_eq!(request.send().await.unwrap().status(), 200, "{header}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_this_machine_is_not_served() {
    let world = world().await;
    for path in ["/", "/health", "/api/status", "/v1/models", "/nothing"] {
        let request = world.http.get(world.url(path)).header("host", "evil.example:20128");
        assert_eq!(request.send().await.unwrap().status(), 421, "{path}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_call_nothing() {
    let world = world().await;
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1", "tauri://localhost"] {
        for path in ["/health", "/api/status", "/v1/models"] {
            let request =
                world.http.get(world.url(path)).bearer_auth(&world.key).header("origin", origin);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 403, "{origin} {path}");
            assert!(answer.headers().get("access-control-allow-origin").is_none());
        }
    }
}

#[tokio::test]
async fn a_body_that_a_form_could_post_is_refused() {
    let world = world().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let answer = world
            .http
            .post(world.url("/v1/chat/completions"))
            .bearer_auth(&world.key)
            .header("content-type", kind)
            .body(question("v/m", Stream::No).to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 415, "{kind}");
    }
}

#[tokio::test]
async fn a_one_time_link_signs_a_browser_in_once() {
    let world = world().await;
    let link = world.server.one_time_link().unwrap().url;
    let browser = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let entered = browser.get(&link).send().await.unwrap();
    let cookie = entered.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let status = browser.get(world.url("/api/status")).header("cookie", cookie);
    assert_eq!(status.send().await.unwrap().status(), 200);
    let again = browser.get(&link).send().await.unwrap();
    assert!(again.headers().get("set-cookie").is_none());
    let out = browser
        .delete(world.url("/api/session"))
        .header("cookie", cookie)
        .header("content-type", "application/json");
    assert_eq!(out.send().await.unwrap().status(), 200);
    let status = browser.get(world.url("/api/status")).header("cookie", cookie);
    assert_eq!(status.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn what_is_no_json_object_is_told_in_the_clients_dialect() {
    let world = world().await;
    for body in ["", "{", "[]", "not json", "{\"messages\":[]}", "{\"model\":7}"] {
        let answer = world.post("/v1/messages", body).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{body:?}");
        let error: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(error["type"], "error");
        assert_eq!(error["error"]["type"], "invalid_request_error", "{body:?}");
    }
}

#[tokio::test]
async fn a_revoked_key_stops_working_at_once() {
    let world = world().await;
    let id = world.engine.keys().await.unwrap().remove(0).id;
    world.engine.remove_key(&id).await.unwrap();
    let request = world.http.get(world.url("/v1/models")).bearer_auth(&world.key);
    assert_eq!(request.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_way_out() {
    use switchyard_engine::{Config, Engine};
    let world = world().await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.port = world.server.socket().port();
    let engine = Engine::open(config).await.unwrap();
    let error = switchyard_gateway::serve(engine.clone(), switchyard_gateway::Options::default())
        .await
        .unwrap_err()
        .to_string();
    let port = world.server.socket().port();
    assert!(error.contains(&port.to_string()) && error.contains("PORT="), "{error}");
    engine.close().await;
}
