//! Counting tokens: by the vendor where it counts, by a tokenizer otherwise, and marked so.
#![cfg(test)]

mod world;

use serde_json::{Value, json};
use switchyard_simulator::Vendor;
use switchyard_types::Dialect;
use world::{Heard, World, accents};

const COUNTING: &str = r#"
[[endpoints]]
dialect = "messages"
url = "{base}/v1/messages"
count_tokens = "{base}/v1/messages/count_tokens"
auth = "bearer"
"#;

const COUNTING_RESPONSES: &str = r#"
[[endpoints]]
dialect = "responses"
url = "{base}/v1/responses"
count_tokens = "{base}/v1/responses/input_tokens"
auth = "bearer"
"#;

fn messages(model: &str) -> Value {
    json!({ "model": model, "max_tokens": 9, "temperature": 0.5, "system": "Be brief.", "messages": [
        { "role": "user", "content": "How many tokens are these words, I wonder?" },
    ], "tools": [{ "name": "look", "input_schema": { "type": "object" } }] })
}

async fn count(world: &World, path: &str, body: &Value) -> (u64, bool, Value) {
    let heard = Heard::from(world.post(path, body.to_string()).send().await.unwrap()).await;
    assert_eq!(heard.status, 200, "{path}: {}", heard.text);
    let said = heard.json();
    let tokens = said["input_tokens"].as_u64().or(said["totalTokens"].as_u64()).unwrap();
    (tokens, heard.headers.contains_key("x-switchyard-estimated"), said)
}

/// Counts the same words for a client of Messages.
async fn count_messages(world: &World, model: &str) -> (u64, bool, Value) {
    count(world, "/v1/messages/count_tokens", &messages(model)).await
}

/// A world with one vendor, which these endpoints make.
async fn world_of(name: &str, endpoints: &str) -> World {
    World::start_files(&[(name, endpoints, Vendor::default())]).await
}

#[tokio::test]
async fn a_vendor_that_counts_is_asked_by_clients_of_other_dialects_too() {
    let gemini = r#"
[[endpoints]]
dialect = "gemini"
url = "{base}/v1beta/models/{model}:{action}"
auth = "bearer"
"#;
    let world = World::start_files(&[
        ("claude", COUNTING, Vendor::default()),
        ("gpt", COUNTING_RESPONSES, Vendor::default()),
        ("google", gemini, Vendor::default()),
    ])
    .await;
    for vendor in ["claude", "gpt", "google"] {
        let asked = format!("{vendor}/m");
        let (_, estimated, said) = count_messages(&world, &asked).await;
        assert!(!estimated, "{vendor}: {said}");
        let sent = world.simulator.requests().pop().unwrap();
        let sent = String::from_utf8(sent.body.to_vec()).unwrap();
        assert!(sent.contains("How many tokens") && sent.contains("look"), "{vendor}: {sent}");
        if vendor == "gpt" {
            // Counters refuse what says nothing about the input.
            assert!(!sent.contains("0.5"), "{vendor}: {sent}");
        }
        let body = json!({ "model": asked, "input": "How many tokens are these words?" });
        let (_, estimated, said) = count(&world, "/v1/responses/input_tokens", &body).await;
        assert!(!estimated, "{vendor}: {said}");
        assert_eq!(said["object"], "response.input_tokens", "{vendor}");
        let body = json!({ "contents": [{ "role": "user", "parts": [{ "text": "How many?" }] }] });
        let path = format!("/v1beta/models/{asked}:countTokens");
        let (_, estimated, said) = count(&world, &path, &body).await;
        assert!(!estimated && said["totalTokens"].is_u64(), "{vendor}: {said}");
    }
    assert!(world.engine.requests(None, 10).await.unwrap().requests.is_empty());
}

#[tokio::test]
async fn claude_on_vertex_is_counted_at_an_address_of_its_own() {
    let vertex = r#"
[[endpoints]]
dialect = "messages"
accent = "vertex"
url = "{base}/publishers/anthropic/models/{model}:{action}"
count_tokens = "{base}/publishers/anthropic/models/count-tokens:rawPredict"
auth = "bearer"
"#;
    let world = world_of("google", vertex).await;
    let (_, estimated, said) = count_messages(&world, "google/claude-x@1").await;
    assert!(!estimated, "{said}");
    let sent = world.simulator.requests().pop().unwrap();
    assert!(sent.path.ends_with("/models/count-tokens:rawPredict"), "{}", sent.path);
    let body: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(body["model"], "claude-x@1");
    assert_eq!(body["anthropic_version"], "vertex-2023-10-16");
    let chat = json!({ "model": "google/claude-x@1", "input": "How many tokens are these?" });
    let (_, estimated, said) = count(&world, "/v1/responses/input_tokens", &chat).await;
    assert!(!estimated, "{said}");
}

#[tokio::test]
async fn what_copilot_serves_is_estimated_and_marked_so() {
    let copilot = r#"
[[endpoints]]
dialect = "chat"
accent = "copilot"
url = "{base}/copilot/chat/completions"
auth = "bearer"
"#;
    let world = world_of("hub", copilot).await;
    let (tokens, estimated, _) = count_messages(&world, "hub/claude-sonnet-4.5").await;
    assert!(estimated && tokens > 5);
    assert!(world.simulator.requests().is_empty());
}

#[tokio::test]
async fn code_assist_counts_turns_and_leaves_the_rest_to_an_estimate() {
    let world = world_of("google", accents::CODE_ASSIST).await;
    let path = "/v1beta/models/google/m:countTokens";
    let turns = json!({ "contents": [{ "role": "user", "parts": [{ "text": "How many?" }] }] });
    let (_, estimated, _) = count(&world, path, &turns).await;
    assert!(!estimated);
    let mut instructed = turns;
    instructed["systemInstruction"] = json!({ "parts": [{ "text": "Be brief." }] });
    let (_, estimated, _) = count(&world, path, &instructed).await;
    assert!(estimated);
}

#[tokio::test]
async fn where_nobody_counts_a_tokenizer_estimates() {
    let world = World::start(&[("chat", Dialect::Chat, Vendor::default())]).await;
    let count_of = async |text: &str| {
        let mut body = messages("chat/m");
        body["messages"][0]["content"] = text.into();
        let (tokens, estimated, _) = count(&world, "/v1/messages/count_tokens", &body).await;
        assert!(estimated);
        tokens
    };
    let base = count_of("").await;
    // A word a token, as no rule of letters knows.
    let words = "internationalization ".repeat(500);
    let tokens = count_of(&words).await - base;
    assert!((500..1_600).contains(&tokens), "{tokens}");
    assert!(words.len() / 4 > 2_000);
}
