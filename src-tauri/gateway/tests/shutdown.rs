//! Stopping: what is under way may end; what does not end in time is ended legally; all of it is written.
#![cfg(test)]

mod world;

use std::time::Duration;

use serde_json::Value;
use switchyard_simulator::Vendor;
use switchyard_types::{Dialect, Outcome};
use world::{Heard, Stream, World, path_for, question_in};

async fn world(dialect: Dialect, pace: Duration, drain: Duration) -> World {
    let vendor = Vendor::default().pace(pace);
    World::start_with(&[("v", dialect, vendor)], |config| {
        config.limits.drain = drain;
    })
    .await
}

/// Begins a streamed answer, and stops the server once its first bytes came.
async fn stopped_amid(world: World, dialect: Dialect) -> (Heard, world::Rest) {
    let body = question_in(dialect, "v/m", Stream::Yes).to_string();
    let path = path_for(dialect, "v/m", Stream::Yes);
    let mut answer = world.post(&path, body).send().await.unwrap();
    let first = answer.chunk().await.unwrap().expect("an answer that begins");
    let (server, rest) = world.split();
    let (heard, ()) = tokio::join!(Heard::from(answer), server.shutdown());
    let text = format!("{}{}", String::from_utf8(first.to_vec()).unwrap(), heard.text);
    (Heard { text, ..heard }, rest)
}

#[tokio::test]
async fn an_answer_that_ends_in_time_is_whole() {
    for (dialect, end) in [
        (Dialect::Chat, "[DONE]"),
        (Dialect::Messages, "message_stop"),
        (Dialect::Responses, "response.completed"),
        (Dialect::Gemini, "finishReason"),
        (Dialect::Ollama, "done_reason"),
    ] {
        let world = world(dialect, Duration::from_millis(20), Duration::from_mins(1)).await;
        let (heard, rest) = stopped_amid(world, dialect).await;
        assert!(!heard.broke, "{dialect:?}");
        let last = heard.text.trim_end().lines().last().unwrap_or_default();
        assert!(last.contains(end), "{dialect:?}: {}", heard.text);
        rest.engine.close().await;
    }
}

#[tokio::test]
async fn an_answer_that_does_not_end_gets_the_legal_ending_of_its_dialect_and_its_row() {
    for dialect in Dialect::ALL {
        let world = world(dialect, Duration::from_secs(2), Duration::from_millis(100)).await;
        let (heard, rest) = stopped_amid(world, dialect).await;
        assert!(!heard.broke, "{dialect:?}: the connection ended in order");
        assert!(heard.text.contains("Switchyard was stopped"), "{dialect:?}: {}", heard.text);
        ended_legally(dialect, &heard);
        let row = rest.engine.requests(None, 1).await.unwrap().requests.remove(0);
        assert_eq!(row.outcome, Outcome::Broken);
        let accounts = rest.engine.accounts().await.unwrap();
        assert!(accounts[0].locks.is_empty(), "it is no fault of the account");
        rest.engine.close().await;
    }
}

/// An error is the last word, open blocks are closed before it, and no stop is invented.
fn ended_legally(dialect: Dialect, heard: &Heard) {
    let types = heard.event_types();
    let last = heard.events().pop().unwrap_or_default();
    match dialect {
        Dialect::Chat => {
            assert_eq!(last, "[DONE]");
            assert!(!heard.text.contains("\"finish_reason\":\""), "{}", heard.text);
        }
        Dialect::Messages => {
            let count = |kind: &str| types.iter().filter(|one| *one == kind).count();
            assert_eq!(count("content_block_start"), count("content_block_stop"), "{types:?}");
            assert_eq!(types.last().unwrap(), "error", "no stop is invented");
        }
        Dialect::Responses => {
            assert!(matches!(types.last().unwrap().as_str(), "response.failed" | "error"));
            assert!(!types.iter().any(|one| one == "response.completed"), "{types:?}");
        }
        Dialect::Gemini => {
            let last: Value = serde_json::from_str(&last).unwrap();
            assert!(last["error"]["message"].is_string(), "{last}");
            assert!(!heard.text.contains("finishReason"), "{}", heard.text);
        }
        Dialect::Ollama => {
            let lines = heard.lines();
            assert!(lines.last().unwrap()["error"].is_string(), "{}", heard.text);
            assert!(lines.iter().all(|line| line["done"] != true), "{}", heard.text);
        }
    }
}

#[tokio::test]
async fn nobody_is_let_in_while_it_stops() {
    let world = world(Dialect::Chat, Duration::ZERO, Duration::from_secs(1)).await;
    let address = world.url("/health");
    let (server, rest) = world.split();
    server.shutdown().await;
    assert!(rest.http.get(address).send().await.is_err());
    rest.engine.close().await;
}
