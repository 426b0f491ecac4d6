//! Backups, exports, imports and the exchange of the data key, over HTTP as every face asks for them.
#![cfg(test)]

mod world;

use reqwest::Method;
use serde_json::{Value, json};
use switchyard_simulator::Vendor;
use switchyard_types::Dialect;
use world::{Stream, World};

const PASSPHRASE: &str = "a long passphrase of mine";

async fn world() -> World {
    World::start(&[("v", Dialect::Chat, Vendor::default())]).await
}

async fn post(world: &World, path: &str, body: Value) -> Value {
    let (status, told) = world.admin(Method::POST, path, body).await;
    assert_eq!(status, 200, "{path}: {told}");
    told
}

#[tokio::test]
async fn a_backup_is_made_listed_and_checked() {
    let world = world().await;
    let made = post(&world, "/api/backups", json!({})).await;
    let name = made["name"].as_str().unwrap();
    let (_, listed) = world.admin(Method::GET, "/api/backups", json!({})).await;
    assert_eq!(listed[0]["name"], name);
    let checked = post(&world, &format!("/api/backups/{name}/check"), json!({})).await;
    assert_eq!(checked["name"], name);
    for name in ["nothing.db", "..%2Fswitchyard.db", "%2Fetc%2Fpasswd"] {
        let path = format!("/api/backups/{name}/check");
        let (status, told) = world.admin(Method::POST, &path, json!({})).await;
        assert!((400..500).contains(&status), "{name}: {status} {told}");
    }
}

#[tokio::test]
async fn everything_moves_to_another_machine_by_a_passphrase() {
    let (here, there) = (world().await, World::start(&[]).await);
    here.combo("work", &["v/m"]).await;
    let (status, told) =
        here.admin(Method::POST, "/api/export", json!({ "passphrase": "short" })).await;
    assert_eq!((status, told["code"].as_str().unwrap()), (400, "invalid"));
    let exported = post(&here, "/api/export", json!({ "passphrase": PASSPHRASE })).await;

    let wrong = json!({ "text": exported["text"], "passphrase": "another passphrase" });
    let (status, told) = there.admin(Method::POST, "/api/import", wrong).await;
    assert_eq!((status, told["code"].as_str().unwrap()), (400, "wrong_passphrase"));

    let right = json!({ "text": exported["text"], "passphrase": PASSPHRASE });
    let preview = post(&there, "/api/import/preview", right.clone()).await;
    assert_eq!(preview["whole"], true);
    assert!(there.engine.accounts().await.unwrap().is_empty(), "a look changes nothing");
    post(&there, "/api/import", right).await;
    assert_eq!(there.engine.accounts().await.unwrap().len(), 1);
    let asked = there
        .http
        .post(there.url("/v1/chat/completions"))
        .bearer_auth(&here.key)
        .header("content-type", "application/json")
        .body(world::question("work", Stream::No).to_string());
    assert_eq!(asked.send().await.unwrap().status(), 200, "keys and secrets came along");
}

#[tokio::test]
async fn a_part_carries_no_secret_and_is_added_to_what_is_there() {
    let (here, there) = (world().await, World::start(&[]).await);
    let ids: Vec<_> = here.engine.vendors().into_iter().filter(|v| v.custom).collect();
    let part = json!({ "kind": "vendors", "ids": [ids[0].id] });
    let exported = post(&here, "/api/export/part", part).await;
    assert!(!exported["text"].as_str().unwrap().contains(&world::vendor_key("v")));
    post(&there, "/api/import", json!({ "text": exported["text"] })).await;
    let vendors = there.engine.vendors();
    assert!(vendors.iter().any(|vendor| vendor.custom));
    assert!(there.engine.accounts().await.unwrap().is_empty());
}

#[tokio::test]
async fn hostile_imports_are_refused_in_words() {
    let world = world().await;
    for text in [
        "",
        "{}",
        "null",
        "{\"switchyard\":\"export\"}",
        "{\"switchyard\":\"combos\",\"format\":99}",
    ] {
        for path in ["/api/import/preview", "/api/import"] {
            let body = json!({ "text": text, "passphrase": PASSPHRASE });
            let (status, told) = world.admin(Method::POST, path, body).await;
            assert_eq!(status, 400, "{text:?}: {told}");
            assert!(told["message"].as_str().is_some_and(|words| !words.is_empty()));
        }
    }
    assert_eq!(world.engine.accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_data_key_is_exchanged_under_way() {
    let world = world().await;
    let before = std::fs::read(world.engine.config().data_dir.join("data.key")).unwrap();
    let rotated = post(&world, "/api/secrets/rotate", json!({})).await;
    assert_eq!(rotated["data_key"], "file");
    assert!(rotated["values"].as_u64().unwrap() >= 1);
    let after = std::fs::read(world.engine.config().data_dir.join("data.key")).unwrap();
    assert_ne!(before, after);
    assert_eq!(world.ask(Dialect::Chat, "v/m", Stream::No).await.status, 200);
}
