//! `/responses/compact`: passed as bytes to a vendor that compacts, refused in so many words otherwise.
#![cfg(test)]

mod world;

use serde_json::json;
use switchyard_simulator::{Fault, Refusal, Vendor, When};
use switchyard_types::{Dialect, Outcome};
use world::{Heard, World, accents};

const BODY: &str = r#"{ "model":"main", "input":[{"role":"user","content":"Hi"}], "instructions":"Be Codex.", "new" : 1.0e2 }"#;

async fn compact(world: &World) -> Heard {
    Heard::from(world.post("/v1/responses/compact", BODY).send().await.unwrap()).await
}

#[tokio::test]
async fn a_vendor_that_compacts_gets_the_bytes() {
    let world = World::start_files(&[
        ("chat", "[[endpoints]]\ndialect = \"chat\"\nurl = \"{base}/v1/chat/completions\"\nauth = \"bearer\"\n", Vendor::default()),
        ("codex", accents::CODEX, Vendor::default()),
    ])
    .await;
    world.combo("main", &["chat/m", "codex/m"]).await;
    let heard = compact(&world).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    assert_eq!(heard.json()["object"], "response.compaction");
    let sent = world.simulator.requests().pop().unwrap();
    assert!(sent.path.ends_with("/backend-api/codex/responses/compact"), "{}", sent.path);
    assert_eq!(sent.body, BODY.replace("\"main\"", "\"m\""));
    let row = world.last().await;
    assert_eq!(row.outcome, Outcome::Answered);
    assert_eq!(row.served_by.unwrap().vendor, "codex");
    assert_eq!(row.usage.unwrap().output, 43);
}

#[tokio::test]
async fn without_such_a_vendor_the_client_is_told_to_do_it_itself() {
    let world = World::start(&[("plain", Dialect::Responses, Vendor::default())]).await;
    world.combo("main", &["plain/m"]).await;
    let heard = compact(&world).await;
    assert_eq!(heard.status, 404, "{}", heard.text);
    let error = &heard.json()["error"];
    assert!(error["message"].as_str().unwrap().contains("summarize by itself"), "{error}");
    let row = world.last().await;
    assert_eq!(row.outcome, Outcome::Refused);
    assert_eq!(row.skipped.len(), 1);
    assert!(world.simulator.requests().is_empty());
}

#[tokio::test]
async fn a_compacting_vendor_that_is_locked_is_named_as_such() {
    let refuse = Fault::Refuse(Refusal::Quota);
    let vendor = Vendor::default().fault(When::Always, refuse);
    let world = World::start_files(&[("codex", accents::CODEX, vendor)]).await;
    world.combo("main", &["codex/m"]).await;
    let body = json!({ "model": "main", "input": "Hi" }).to_string();
    let first = Heard::from(world.post("/v1/responses", body).send().await.unwrap()).await;
    assert_ne!(first.status, 200);
    let heard = compact(&world).await;
    assert!([429, 503, 402].contains(&heard.status), "{}: {}", heard.status, heard.text);
}
