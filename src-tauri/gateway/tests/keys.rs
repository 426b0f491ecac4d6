//! Clients' keys: what each may ask for, when it was used, and that it is refused once revoked.
#![cfg(test)]

mod world;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use switchyard_gateway::{Access, route_list};
use switchyard_simulator::Vendor;
use switchyard_types::{Dialect, KeyId};
use world::{Heard, Stream, World, question};

async fn world() -> World {
    let vendors =
        [("a", Dialect::Chat, Vendor::default()), ("b", Dialect::Chat, Vendor::default())];
    World::start_with(&vendors, |config| config.limits.wrong_key_pause = Duration::ZERO).await
}

async fn ask(world: &World, key: &str, model: &str) -> Heard {
    let request = world
        .http
        .post(world.url("/v1/chat/completions"))
        .bearer_auth(key)
        .header("content-type", "application/json")
        .body(question(model, Stream::No).to_string());
    Heard::from(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_key_may_be_bound_before_its_first_request() {
    let world = world().await;
    let new = json!({ "name": "narrow", "rule": { "models": ["a/*"], "per_minute": 2 } });
    let (status, made) = world.admin(Method::POST, "/api/keys", new).await;
    assert_eq!(status, 200, "{made}");
    let key = made["text"].as_str().unwrap();
    assert_eq!(ask(&world, key, "b/m").await.status, 403);
    assert_eq!(ask(&world, key, "a/m").await.status, 200);
    assert_eq!(ask(&world, key, "a/m").await.status, 200);
    assert_eq!(ask(&world, key, "a/m").await.status, 429, "its rate");
    assert_eq!(ask(&world, &world.key, "b/m").await.status, 200, "others are as they were");
}

#[tokio::test]
async fn a_key_whose_rule_cannot_be_followed_is_not_made() {
    let world = world().await;
    let before = world.engine.keys().await.unwrap();
    for rule in [json!({ "combo": "nowhere" }), json!({ "per_minute": 0 }), json!({ "modles": [] })]
    {
        let new = json!({ "name": "narrow", "rule": rule });
        let (status, told) = world.admin(Method::POST, "/api/keys", new).await;
        assert!((400..500).contains(&status), "{told}");
    }
    assert_eq!(world.engine.keys().await.unwrap(), before);
    assert!(world.engine.rules().await.unwrap().is_empty());
}

#[tokio::test]
async fn no_client_key_opens_the_admin_api_and_no_session_spends_quota() {
    let world = world().await;
    let session = world.session().await;
    for (pattern, access) in route_list() {
        let token = match access {
            Access::Session => &world.key,
            Access::Client(_) => &session,
            Access::Public | Access::Door => continue,
        };
        let path = pattern.replace(['{', '}', '*'], "");
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let request = world.http.request(method.clone(), world.url(&path)).bearer_auth(token);
            let status = request.header("content-type", "application/json").body("{}");
            let status = status.send().await.unwrap().status();
            assert_eq!(status, 401, "{method} {path}");
        }
    }
    assert!(world.engine.requests(None, 1).await.unwrap().requests.is_empty());
}

#[tokio::test]
async fn its_last_use_is_noted_and_a_revoked_one_is_refused_at_once() {
    let world = world().await;
    let (_, made) = world.admin(Method::POST, "/api/keys", json!({ "name": "passing" })).await;
    let (key, id) = (made["text"].as_str().unwrap(), made["key"]["id"].as_str().unwrap());
    assert_eq!(made["key"]["last_used_at"], Value::Null);
    assert_eq!(ask(&world, key, "a/m").await.status, 200);
    world.last_of(1).await;
    let listed = world.engine.keys().await.unwrap();
    let view = listed.iter().find(|view| view.id == KeyId::new(id)).unwrap();
    assert!(view.last_used_at.is_some_and(|at| at >= view.created_at));
    assert!(!serde_json::to_string(&listed).unwrap().contains(key), "never shown again");
    let (status, _) = world.admin(Method::DELETE, &format!("/api/keys/{id}"), json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(ask(&world, key, "a/m").await.status, 401);
    let (status, _) = world.admin(Method::DELETE, &format!("/api/keys/{id}"), json!({})).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn what_only_resembles_a_key_is_refused() {
    let world = world().await;
    let key = &world.key;
    for wrong in [
        key.get(..key.len() - 1).unwrap(),
        &format!("{key}0"),
        &key.to_lowercase(),
        key.trim_start_matches("sy-"),
        &format!("{key} "),
        "sy-",
        "",
    ] {
        let status = ask(&world, wrong, "a/m").await.status;
        // A header's space at its end belongs to no value (RFC 9110 §5.5).
        let same = wrong.trim() == key;
        assert_eq!(status, if same { 200 } else { 401 }, "{wrong:?}");
    }
}
