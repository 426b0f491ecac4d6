//! The dashboard's password, and where it is needed.
#![cfg(test)]

mod world;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use switchyard_engine::{Config, Engine};
use switchyard_gateway::{Options, ServeError};
use switchyard_types::Secret;
use world::World;

const PASSWORD: &str = "four words of mine";

async fn send(world: &World, method: Method, path: &str, token: &str, body: Value) -> Response {
    let mut request = world
        .http
        .request(method, world.url(path))
        .header("content-type", "application/json")
        .body(body.to_string());
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap()
}

async fn sign_in(world: &World, password: &str) -> Response {
    send(world, Method::POST, "/api/sign-in", "", json!({ "password": password })).await
}

fn token(response: &Response) -> String {
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    cookie.split([';', '=']).nth(1).unwrap().to_owned()
}

async fn status(world: &World, token: &str) -> u16 {
    send(world, Method::GET, "/api/status", token, json!({})).await.status().as_u16()
}

#[tokio::test]
async fn a_password_signs_in_and_a_wrong_one_does_not() {
    let world = World::start(&[]).await;
    let ways = || async {
        let answer = send(&world, Method::GET, "/api/sign-in", "", json!({})).await;
        answer.text().await.unwrap()
    };
    assert_eq!(ways().await, r#"{"password":false}"#);
    assert_eq!(sign_in(&world, "").await.status(), 404, "without a password, no word signs in");

    world.engine.set_password(Secret::new(PASSWORD)).await.unwrap();
    assert_eq!(ways().await, r#"{"password":true}"#);
    let wrong = sign_in(&world, "four words of yours").await;
    assert_eq!(wrong.status(), 403);
    assert!(wrong.headers().get("set-cookie").is_none());
    let right = sign_in(&world, PASSWORD).await;
    assert_eq!(right.status(), 200);
    assert_eq!(status(&world, &token(&right)).await, 200);
}

#[tokio::test]
async fn guessing_is_slowed_by_the_sockets_address_whatever_a_header_says() {
    let world = World::start(&[]).await;
    world.engine.set_password(Secret::new(PASSWORD)).await.unwrap();
    let mut last = None;
    for guess in 0..6 {
        let answer = world
            .http
            .post(world.url("/api/sign-in"))
            .header("content-type", "application/json")
            .header("x-forwarded-for", format!("192.0.2.{guess}"))
            .header("x-real-ip", format!("192.0.2.{guess}"))
            .body(json!({ "password": format!("guess {guess}") }).to_string());
        last = Some(answer.send().await.unwrap());
    }
    let refused = last.unwrap();
    assert_eq!(refused.status(), 429);
    let told: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    assert_eq!(told["code"], "too_many_tries");
    assert!(told["retry_at"].as_i64().unwrap() > 0);
    assert_eq!(sign_in(&world, PASSWORD).await.status(), 429, "nor is the right one tried now");
    assert_eq!(status(&world, &world.session().await).await, 200, "a link signs in as ever");
}

#[tokio::test]
async fn changing_it_needs_the_one_so_far_and_ends_the_other_browsers_sessions() {
    let world = World::start(&[]).await;
    let (own, other) = (world.session().await, world.session().await);
    let put = |body: Value| send(&world, Method::PUT, "/api/password", &own, body);
    assert_eq!(put(json!({ "new": "short" })).await.status(), 400);
    assert_eq!(put(json!({ "new": PASSWORD })).await.status(), 200);
    assert_eq!((status(&world, &own).await, status(&world, &other).await), (200, 401));

    let newer = "four other words";
    assert_eq!(put(json!({ "new": newer })).await.status(), 403);
    assert_eq!(put(json!({ "new": newer, "current": "wrong" })).await.status(), 403);
    assert_eq!(put(json!({ "new": newer, "current": PASSWORD })).await.status(), 200);
    assert_eq!(sign_in(&world, PASSWORD).await.status(), 403);
    assert_eq!(sign_in(&world, newer).await.status(), 200);
    assert_eq!(put(json!({ "current": newer })).await.status(), 200);
    assert!(!world.engine.has_password());
}

#[tokio::test]
async fn the_command_line_of_the_same_user_changes_it_without_knowing_it() {
    let world = World::start(&[]).await;
    world.engine.set_password(Secret::new(PASSWORD)).await.unwrap();
    let window = world.server.desktop_session().unwrap().token;
    let answer =
        send(&world, Method::PUT, "/api/password", &window, json!({ "new": "another one" })).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(sign_in(&world, "another one").await.status(), 200);
}

async fn opened(adjust: impl FnOnce(&mut Config)) -> (tempfile::TempDir, Engine) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.port = 0;
    adjust(&mut config);
    let engine = Engine::open(config).await.unwrap();
    (folder, engine)
}

#[tokio::test]
async fn other_machines_are_served_only_with_a_password_and_with_keys() {
    let everywhere = "0.0.0.0".parse().unwrap();
    let (_folder, engine) = opened(|config| {
        config.host = everywhere;
        config.keys_required = Some(false);
    })
    .await;
    let refused = switchyard_gateway::serve(engine.clone(), Options::default()).await.unwrap_err();
    assert!(matches!(refused, ServeError::Unfit(_)), "{refused}");
    assert!(refused.to_string().contains("no password"), "{refused}");

    engine.set_password(Secret::new(PASSWORD)).await.unwrap();
    assert!(engine.remove_password().await.is_err(), "nor is it taken away again");
    let server = switchyard_gateway::serve(engine.clone(), Options::default()).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let models = http.get(format!("{}/v1/models", server.address())).send().await.unwrap();
    assert_eq!(models.status(), 401, "keys are needed whatever REQUIRE_API_KEY says");
    server.shutdown().await;
    engine.close().await;
}

#[tokio::test]
async fn the_environments_password_is_taken_once() {
    let first = |config: &mut Config| config.initial_password = Some(Secret::new(PASSWORD));
    let (folder, engine) = opened(first).await;
    assert!(engine.is_password(Secret::new(PASSWORD)).await);
    engine.set_password(Secret::new("a newer one")).await.unwrap();
    engine.close().await;
    let mut config = Config::new(folder.path());
    first(&mut config);
    let engine = Engine::open(config).await.unwrap();
    assert!(engine.is_password(Secret::new("a newer one")).await);
    engine.close().await;
}

#[tokio::test]
async fn behind_a_proxy_the_public_name_is_served_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_string_lossy().into_owned();
    let mut config = Config::from_env(|name| match name {
        "DATA_DIR" => Some(home.clone()),
        "BASE_URL" => Some("https://models.example".to_owned()),
        "AUTH_COOKIE_SECURE" => Some("true".to_owned()),
        "SWITCHYARD_KEYCHAIN" => Some("off".to_owned()),
        _ => None,
    })
    .unwrap();
    config.port = 0;
    let engine = Engine::open(config).await.unwrap();
    engine.set_password(Secret::new(PASSWORD)).await.unwrap();
    let server = switchyard_gateway::serve(engine.clone(), Options::default()).await.unwrap();
    assert!(server.one_time_link().unwrap().url.starts_with("https://models.example/enter?token="));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let sign_in = |host: &str, origin: &str| {
        http.post(format!("{}/api/sign-in", server.address()))
            .header("host", host)
            .header("origin", origin)
            .header("content-type", "application/json")
            .body(json!({ "password": PASSWORD }).to_string())
            .send()
    };
    let answer = sign_in("models.example", "https://models.example").await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["set-cookie"].to_str().unwrap().ends_with("; Secure"));
    for (host, origin, status) in [
        ("models.example", "https://evil.example", 403),
        ("evil.example", "https://models.example", 421),
    ] {
        assert_eq!(sign_in(host, origin).await.unwrap().status(), status, "{host} {origin}");
    }
    server.shutdown().await;
    engine.close().await;
}
