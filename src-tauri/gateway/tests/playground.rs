//! The dashboard's playground: a person's session asks the model API as an agent would.
#![cfg(test)]

mod world;

use serde_json::{Value, json};
use switchyard_simulator::{Fault, Refusal, Vendor, When};
use switchyard_types::{Dialect, Outcome};
use world::{Heard, Stream, World, path_for, question_in};

const DIALECTS: [Dialect; 5] =
    [Dialect::Chat, Dialect::Responses, Dialect::Messages, Dialect::Gemini, Dialect::Ollama];

async fn play(world: &World, path: &str, body: &Value) -> Heard {
    let request = world
        .http
        .post(world.url(&format!("/api/playground{path}")))
        .bearer_auth(world.session().await)
        .header("content-type", "application/json")
        .body(body.to_string());
    Heard::from(request.send().await.unwrap()).await
}

/// An answer without what differs from one to the next.
fn told(heard: &Heard) -> (u16, String, Vec<String>) {
    let kind = heard.headers["content-type"].to_str().unwrap().to_owned();
    let digits = |line: &str| line.chars().filter(|c| !c.is_ascii_alphanumeric()).collect();
    (heard.status, kind, heard.text.lines().map(digits).collect())
}

#[tokio::test]
async fn every_dialect_is_answered_as_an_agent_is_answered() {
    for dialect in DIALECTS {
        for stream in [Stream::No, Stream::Yes] {
            let vendors = [("v", Dialect::Messages, Vendor::default())];
            let world = World::start(&vendors).await;
            let agent = world.ask(dialect, "v/m", stream).await;
            let path = path_for(dialect, "v/m", stream);
            let person = play(&world, &path, &question_in(dialect, "v/m", stream)).await;
            assert_eq!(person.status, 200, "{dialect:?} {stream:?}: {}", person.text);
            assert_eq!(told(&person), told(&agent), "{dialect:?} {stream:?}");
            let row = world.last_of(2).await;
            assert_eq!(row.key.as_deref(), Some("Playground"));
            assert_eq!((row.dialect, row.outcome), (dialect, Outcome::Answered));
            assert!(row.usage.is_some() && row.served_by.is_some());
        }
    }
}

#[tokio::test]
async fn nothing_of_the_browser_reaches_a_vendor() {
    let world = World::start(&[("v", Dialect::Messages, Vendor::default())]).await;
    let session = world.session().await;
    let body = question_in(Dialect::Messages, "v/m", Stream::No);
    let request = world
        .http
        .post(world.url("/api/playground/v1/messages"))
        .bearer_auth(&session)
        .header("content-type", "application/json")
        .header("cookie", format!("other={session}"))
        .header("anthropic-beta", "of-the-browser")
        .header("user-agent", "Mozilla/5.0 of-the-browser")
        .body(body.to_string());
    assert_eq!(request.send().await.unwrap().status(), 200);
    let sent = format!("{:?}", world.simulator.requests());
    assert!(!sent.contains(&session) && !sent.contains("of-the-browser"), "{sent}");
}

#[tokio::test]
async fn a_refusal_is_told_in_the_envelope_of_the_dialect() {
    let refusing = Vendor::default().fault(When::Always, Fault::Refuse(Refusal::Quota));
    let world = World::start(&[("v", Dialect::Chat, refusing)]).await;
    for dialect in DIALECTS {
        let path = path_for(dialect, "v/m", Stream::Yes);
        let heard = play(&world, &path, &question_in(dialect, "v/m", Stream::Yes)).await;
        assert!(matches!(heard.status, 429 | 503), "{dialect:?}: {}", heard.text);
        assert!(!heard.json()["error"].is_null(), "{dialect:?}: {}", heard.text);
        assert!(heard.headers.contains_key("x-switchyard-request"), "{dialect:?}");
    }
}

#[tokio::test]
async fn only_what_answers_is_asked_and_only_by_a_person() {
    let world = World::start(&[("v", Dialect::Chat, Vendor::default())]).await;
    for path in ["/v1/models", "/api/tags", "/api/status", "/v1/chat"] {
        let heard = play(&world, path, &json!({})).await;
        assert_eq!((heard.status, &heard.json()["code"]), (404, &json!("not_found")), "{path}");
    }
    let heard = play(&world, "/v1beta/models/v/m:embedContent", &json!({})).await;
    assert_eq!(heard.status, 404, "{}", heard.text);
    let body = question_in(Dialect::Chat, "v/m", Stream::No).to_string();
    let path = "/api/playground/v1/chat/completions";
    let by_key = world.post(path, body.clone()).send().await.unwrap();
    assert_eq!(by_key.status(), 401, "a client's key opens it not");
    let form = world
        .http
        .post(world.url(path))
        .bearer_auth(world.session().await)
        .header("content-type", "text/plain")
        .body(body);
    assert_eq!(form.send().await.unwrap().status(), 415);
    assert!(world.simulator.requests().is_empty());
}

#[tokio::test]
async fn a_rush_of_it_is_held_as_a_keys_is() {
    let vendors = [("v", Dialect::Chat, Vendor::default())];
    let world = World::start_with(&vendors, |config| config.limits.calls_at_once = 0).await;
    let body = question_in(Dialect::Chat, "v/m", Stream::No);
    let heard = play(&world, "/v1/chat/completions", &body).await;
    assert_eq!(heard.status, 503, "{}", heard.text);
    assert!(!heard.json()["error"].is_null());
    assert!(world.simulator.requests().is_empty());
}
