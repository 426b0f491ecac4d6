//! A database that cannot be used: what was configured goes on serving, nothing can be changed, and both are said.
#![cfg(test)]

mod world;

use std::fs;
use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use switchyard_engine::{Config, Engine, Repair};
use switchyard_gateway::{Options, Server};
use switchyard_simulator::Vendor;
use switchyard_types::Dialect;
use world::{Rest, Stream, World, question};

/// A server on a data folder that another one left.
struct Again {
    engine: Engine,
    server: Server,
    key: String,
    rest: Rest,
}

/// Lets a world end in order, does something to its folder, and starts again there.
async fn after(damage: impl FnOnce(&Path)) -> Again {
    let world = World::start(&[("v", Dialect::Messages, Vendor::default())]).await;
    world.combo("daily", &["v/m"]).await;
    assert_eq!(world.ask(Dialect::Chat, "daily", Stream::No).await.status, 200);
    let key = world.key.clone();
    let (server, rest) = world.split();
    server.shutdown().await;
    rest.engine.close().await;
    damage(&rest.engine.config().data_dir);
    start(rest, key).await
}

async fn start(rest: Rest, key: String) -> Again {
    let mut config = Config::new(&rest.engine.config().data_dir);
    config.port = 0;
    let engine = Engine::open(config).await.unwrap();
    let server = switchyard_gateway::serve(engine.clone(), Options::default()).await.unwrap();
    Again { engine, server, key, rest }
}

impl Again {
    async fn call(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let folder = &self.engine.config().data_dir;
        let (_, token) = switchyard_gateway::ControlFile::read(folder).unwrap();
        let url = format!("{}{path}", self.server.address());
        let request = self
            .rest
            .http
            .request(method, url)
            .bearer_auth(token.expose())
            .header("content-type", "application/json")
            .body(body.to_string());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }

    async fn ask(&self, key: &str, stream: Stream) -> (u16, String) {
        let request = self
            .rest
            .http
            .post(format!("{}/v1/chat/completions", self.server.address()))
            .bearer_auth(key)
            .header("content-type", "application/json")
            .body(question("daily", stream).to_string());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// Pages in the middle of the file become nonsense.
fn break_pages(folder: &Path) {
    let database = folder.join("switchyard.db");
    let mut bytes = fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0x5a);
    fs::write(database, bytes).unwrap();
}

fn lose(folder: &Path) {
    fs::remove_file(folder.join("switchyard.db")).unwrap();
}

fn empty(folder: &Path) {
    fs::write(folder.join("switchyard.db"), b"").unwrap();
}

fn replace(folder: &Path) {
    fs::write(folder.join("switchyard.db"), b"a text that somebody saved under this name").unwrap();
}

#[tokio::test]
async fn what_was_configured_serves_on_and_status_says_why() {
    for damage in [break_pages as fn(&Path), lose, empty, replace] {
        let again = after(damage).await;
        for stream in [Stream::Yes, Stream::No] {
            let (status, text) = again.ask(&again.key, stream).await;
            assert_eq!(status, 200, "{text}");
        }
        assert_eq!(again.ask("sy-wrong", Stream::No).await.0, 401, "keys are still needed");
        let (_, status) = again.call(Method::GET, "/api/status", json!({})).await;
        let why = &status["safe_mode"];
        assert_eq!(why["code"], "damaged", "{status}");
        assert!(why["hint"].as_str().unwrap().contains("backup restore"), "{status}");
        assert!(why["as_of"].as_i64().is_some(), "{status}");
        let (_, combos) = again.call(Method::GET, "/api/combos", json!({})).await;
        assert_eq!(combos[0]["name"], "daily", "nothing reads as empty: {combos}");
        again.server.shutdown().await;
        again.engine.close().await;
    }
}

#[tokio::test]
async fn every_change_is_refused_with_its_reason_and_none_is_half_made() {
    let again = after(break_pages).await;
    let folder = again.engine.config().data_dir.clone();
    let (_, accounts) = again.call(Method::GET, "/api/accounts", json!({})).await;
    let (_, keys) = again.call(Method::GET, "/api/keys", json!({})).await;
    let account = accounts[0]["id"].as_str().unwrap();
    let key = keys[0]["id"].as_str().unwrap();
    let saved = |name: &str| fs::read(folder.join(name)).unwrap();
    let before = (saved("switchyard.db"), saved("configuration.json"));
    let account_body = json!({ "vendor": accounts[0]["vendor"], "name": "x", "key": "a-key-of-mine", "check": false });
    let budget = json!({ "of": { "is": "all" }, "period": "day", "limit": { "tokens": 5 }, "strictness": "hard" });
    let key_rule = json!({ "combo": "daily" });
    for (method, path, body) in [
        (Method::PUT, "/api/combos/more".to_owned(), json!({ "candidates": ["v/m"] })),
        (Method::DELETE, "/api/combos/daily".to_owned(), json!({})),
        (Method::PUT, "/api/active-combo".to_owned(), json!({ "name": "daily" })),
        (
            Method::PUT,
            "/api/aliases/best".to_owned(),
            json!({ "alias": "best", "target": "daily" }),
        ),
        (Method::POST, "/api/accounts".to_owned(), account_body),
        (Method::PUT, "/api/routing".to_owned(), json!({ "leave_at": 9_000 })),
        (Method::PUT, "/api/budgets/all".to_owned(), budget),
        (Method::POST, "/api/keys".to_owned(), json!({ "name": "another" })),
        (Method::DELETE, format!("/api/keys/{key}"), json!({})),
        (Method::PUT, format!("/api/rules/keys/{key}"), key_rule),
        (Method::PATCH, format!("/api/accounts/{account}"), json!({ "enabled": false })),
        (Method::DELETE, format!("/api/accounts/{account}"), json!({})),
        (Method::PUT, "/api/password".to_owned(), json!({ "new": "a long password" })),
        (Method::PUT, "/api/bodies".to_owned(), json!({ "keep": true })),
        (Method::POST, "/api/secrets/rotate".to_owned(), json!({})),
        (Method::POST, "/api/backups".to_owned(), json!({})),
    ] {
        let (status, told) = again.call(method.clone(), &path, body).await;
        assert_eq!((status, &told["code"]), (503, &json!("safe_mode")), "{method} {path}: {told}");
        assert!(told["hint"].as_str().is_some(), "{method} {path}: {told}");
    }
    assert_eq!(again.call(Method::GET, "/api/accounts", json!({})).await.1, accounts);
    assert_eq!(again.call(Method::GET, "/api/keys", json!({})).await.1, keys);
    assert_eq!(again.ask(&again.key, Stream::No).await.0, 200);
    again.server.shutdown().await;
    again.engine.close().await;
    assert_eq!((saved("switchyard.db"), saved("configuration.json")), before, "left as it was");
}

#[tokio::test]
async fn after_the_repair_all_is_as_it_was_and_can_be_changed_again() {
    let again = after(break_pages).await;
    again.server.shutdown().await;
    again.engine.close().await;
    let aside = Repair::new(again.engine.config()).restore_saved().await.unwrap();
    assert!(aside.is_some_and(|aside| aside.exists()), "the damaged file is put aside");
    let again = start(again.rest, again.key).await;
    let (_, status) = again.call(Method::GET, "/api/status", json!({})).await;
    assert_eq!(status.get("safe_mode"), None, "{status}");
    assert_eq!(again.ask(&again.key, Stream::No).await.0, 200);
    let body = json!({ "candidates": ["v/m"] });
    assert_eq!(again.call(Method::PUT, "/api/combos/more", body).await.0, 200);
    again.server.shutdown().await;
    again.engine.close().await;
}
