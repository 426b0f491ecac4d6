//! A stream that breaks off: before its first content the next candidate answers unseen, after it
//! the client gets an error event and a legal ending. Tried at every event boundary.
#![cfg(test)]

mod world;

use serde_json::Value;
use switchyard_simulator::{Call, Fault, Position, Refusal, Turn, Vendor, When};
use switchyard_types::{Dialect, Outcome};
use world::{Heard, Stream, World};

const DIALECTS: [Dialect; 5] = Dialect::ALL;

/// An answer with each kind of block.
fn rich() -> Turn {
    Turn::default()
        .and_thinking("Let me think about it for a while.", "c2lnbmF0dXJl")
        .and_text("Here is what I found, in several pieces.")
        .and_call(Call::function("look", &serde_json::json!({ "path": "/tmp/x" })))
}

async fn world(vendor: Dialect, fault: Option<Fault>) -> World {
    let mut first = Vendor::default().turn_for("m", rich());
    if let Some(fault) = fault {
        first = first.fault(When::Always, fault);
    }
    let second = Vendor::default().turn_for("m", Turn::text("The second one speaks."));
    let world = World::start(&[("first", vendor, first), ("second", vendor, second)]).await;
    world.combo("main", &["first/m", "second/m"]).await;
    world
}

#[tokio::test]
async fn a_stream_cut_at_any_event_falls_over_or_ends_legally() {
    for (client, vendor) in pairs() {
        let mut fell_over = 0;
        let mut broke = 0;
        let world = world(vendor, None).await;
        for boundary in 0..60 {
            // The model's name asks for the fault, so that each boundary has a lock of its own.
            world.combo("main", &[&format!("first/m+cut@{boundary}"), "second/m"]).await;
            let heard = world.ask_anew(client, "main", Stream::Yes, boundary).await;
            let row = world.last_of(boundary + 1).await;
            let place = format!("{client:?} from {vendor:?} cut after {boundary} events");
            assert_eq!(heard.status, 200, "{place}: {}", heard.text);
            assert!(!heard.broke, "{place}: the client's own connection ended in order");
            match row.outcome {
                Outcome::Answered if row.served_by.as_ref().unwrap().vendor == "second" => {
                    fell_over += 1;
                    assert!(heard.text.contains("second"), "{place}: {}", heard.text);
                    assert!(!heard.text.contains("found"), "{place}: {}", heard.text);
                    assert_whole(client, &heard, &place);
                }
                // The cut lies behind the end of the answer.
                Outcome::Answered => {
                    assert_whole(client, &heard, &place);
                    break;
                }
                Outcome::Broken => {
                    broke += 1;
                    assert_broken_legally(client, &heard, &place);
                }
                other => panic!("{place}: {other:?}"),
            }
        }
        assert!(fell_over >= 1 && broke >= 8, "{client:?} {vendor:?}: {fell_over} {broke}");
    }
}

#[tokio::test]
async fn an_error_inside_a_stream_ends_it_legally() {
    for (client, vendor) in pairs() {
        for deltas in [1, 3] {
            let fault = Fault::RefuseInStream {
                refusal: Refusal::Overloaded,
                at: Position::Deltas(deltas),
            };
            let world = world(vendor, Some(fault)).await;
            let heard = world.ask(client, "main", Stream::Yes).await;
            let place = format!("{client:?} from {vendor:?}, error after {deltas} deltas");
            assert_eq!(world.last_of(1).await.outcome, Outcome::Broken, "{place}");
            assert_broken_legally(client, &heard, &place);
        }
    }
}

#[tokio::test]
async fn a_stream_that_falls_silent_ends_legally_when_its_timer_ends() {
    for (client, vendor) in pairs() {
        let first = Vendor::default()
            .turn_for("m", rich())
            .fault(When::Always, Fault::Stall(Position::Deltas(2)));
        let world = World::start_with(&[("first", vendor, first)], |config| {
            config.timers.idle = std::time::Duration::from_secs(1);
        })
        .await;
        let heard = world.ask(client, "first/m", Stream::Yes).await;
        let place = format!("{client:?} from {vendor:?} stalled");
        assert_eq!(world.last_of(1).await.outcome, Outcome::Broken, "{place}");
        assert_broken_legally(client, &heard, &place);
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_on_the_last_event_has_been_answered() {
    for (dialect, last) in [
        (Dialect::Chat, "[DONE]"),
        (Dialect::Messages, "event: message_stop"),
        (Dialect::Responses, "event: response.completed"),
        (Dialect::Gemini, "\"finishReason\""),
        (Dialect::Ollama, "\"done_reason\""),
    ] {
        let world = World::start(&[("v", dialect, Vendor::default())]).await;
        for round in 1..=20 {
            let body = world::question_in(dialect, "v/m", Stream::Yes).to_string();
            let path = world::path_for(dialect, "v/m", Stream::Yes);
            let mut response = world.post(&path, body).send().await.unwrap();
            let mut text = String::new();
            while !(text.contains(last) && text.ends_with('\n')) {
                text.push_str(
                    std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap(),
                );
            }
            drop(response);
            let row = world.last_of(round).await;
            assert_eq!(row.outcome, Outcome::Answered, "{dialect:?} round {round}");
        }
    }
}

/// Same dialect, and every translation.
fn pairs() -> Vec<(Dialect, Dialect)> {
    let same = DIALECTS.into_iter().map(|dialect| (dialect, dialect));
    let across = DIALECTS
        .into_iter()
        .flat_map(|client| DIALECTS.map(|vendor| (client, vendor)))
        .filter(|(client, vendor)| client != vendor);
    same.chain(across).collect()
}

/// An answer that ended as its dialect ends one.
fn assert_whole(client: Dialect, heard: &Heard, place: &str) {
    let events = heard.events();
    match client {
        Dialect::Chat => {
            assert_eq!(events.iter().filter(|data| *data == "[DONE]").count(), 1, "{place}");
            assert_eq!(events.last().unwrap(), "[DONE]", "{place}");
            assert_eq!(finish_reasons(&events), 1, "{place}: {}", heard.text);
        }
        Dialect::Messages => {
            assert_nested(heard, place);
            let types = heard.event_types();
            assert_eq!(types.iter().filter(|t| *t == "message_stop").count(), 1, "{place}");
            assert_eq!(types.last().unwrap(), "message_stop", "{place}");
            assert!(!types.contains(&"error".to_owned()), "{place}");
        }
        Dialect::Responses => {
            assert_eq!(heard.event_types().last().unwrap(), "response.completed", "{place}");
        }
        Dialect::Gemini => {
            let pieces = gemini_pieces(heard, place);
            let reasons = pieces.iter().filter(|piece| piece.reason).count();
            assert_eq!(reasons, 1, "{place}: {}", heard.text);
            assert!(pieces.last().unwrap().reason && !pieces.last().unwrap().error, "{place}");
        }
        Dialect::Ollama => {
            let lines = ollama_lines(heard, place);
            assert_eq!(lines.last().unwrap()["done"], true, "{place}: {}", heard.text);
            assert!(lines.last().unwrap()["done_reason"].is_string(), "{place}");
        }
    }
}

/// What a piece of a Gemini stream says beside its content.
struct GeminiPiece {
    reason: bool,
    error: bool,
}

/// Gemini's grammar: pieces with one candidate of whole parts, calls with their arguments as an object;
/// nothing after an error.
fn gemini_pieces(heard: &Heard, place: &str) -> Vec<GeminiPiece> {
    assert!(heard.text.ends_with("\r\n\r\n"), "{place}: {}", heard.text);
    let mut pieces: Vec<GeminiPiece> = Vec::new();
    for data in heard.events() {
        let event: Value = serde_json::from_str(&data).unwrap();
        assert!(pieces.last().is_none_or(|last| !last.error), "{place}: something follows");
        if event["error"].is_object() {
            assert!(event["error"]["message"].is_string(), "{place}: {data}");
            pieces.push(GeminiPiece { reason: false, error: true });
            continue;
        }
        let candidate = &event["candidates"][0];
        assert_eq!(candidate["content"]["role"], "model", "{place}: {data}");
        for part in candidate["content"]["parts"].as_array().unwrap() {
            let call = &part["functionCall"];
            let whole = call["name"].is_string() && call["args"].is_object();
            assert!(part["text"].is_string() || whole, "{place}: {data}");
        }
        pieces.push(GeminiPiece { reason: candidate["finishReason"].is_string(), error: false });
    }
    pieces
}

/// Ollama's grammar: a value a line, the same model in each, nothing after the one that is done.
fn ollama_lines(heard: &Heard, place: &str) -> Vec<Value> {
    assert!(heard.text.ends_with('\n'), "{place}: {}", heard.text);
    let lines = heard.lines();
    let last = lines.len() - 1;
    for (number, line) in lines.iter().enumerate() {
        if line["error"].is_string() {
            assert_eq!(number, last, "{place}: something follows the error");
            continue;
        }
        assert!(line["model"].is_string() && line["created_at"].is_string(), "{place}: {line}");
        assert_eq!(line["message"]["role"], "assistant", "{place}: {line}");
        assert_eq!(line["done"] == true, number == last && line["done"] == true, "{place}");
        for call in line["message"]["tool_calls"].as_array().into_iter().flatten() {
            assert!(call["function"]["arguments"].is_object(), "{place}: {line}");
        }
    }
    lines
}

/// An answer that broke off: an error, open blocks closed, one terminal event, no invented stop.
fn assert_broken_legally(client: Dialect, heard: &Heard, place: &str) {
    let events = heard.events();
    let types = heard.event_types();
    match client {
        Dialect::Chat => {
            let errors = events.iter().filter(|data| data.starts_with("{\"error\"")).count();
            assert_eq!(errors, 1, "{place}: {}", heard.text);
            assert_eq!(events.iter().filter(|data| *data == "[DONE]").count(), 1, "{place}");
            assert_eq!(events.last().unwrap(), "[DONE]", "{place}: {}", heard.text);
        }
        Dialect::Messages => {
            assert_nested(heard, place);
            assert_eq!(types.iter().filter(|t| *t == "error").count(), 1, "{place}");
            assert_eq!(types.last().unwrap(), "error", "{place}: {}", heard.text);
            assert!(!types.contains(&"message_stop".to_owned()), "{place}");
        }
        Dialect::Gemini => {
            let pieces = gemini_pieces(heard, place);
            assert!(pieces.last().unwrap().error, "{place}: {}", heard.text);
            assert!(pieces.iter().all(|piece| !piece.reason), "{place}: {}", heard.text);
        }
        Dialect::Ollama => {
            let lines = ollama_lines(heard, place);
            assert!(lines.last().unwrap()["error"].is_string(), "{place}: {}", heard.text);
            assert!(lines.iter().all(|line| line["done"] != true), "{place}: {}", heard.text);
        }
        Dialect::Responses => {
            let last = types.last().unwrap();
            assert!(last == "response.failed" || last == "error", "{place}: {}", heard.text);
            assert!(!types.contains(&"response.completed".to_owned()), "{place}");
        }
    }
}

fn finish_reasons(events: &[String]) -> usize {
    events
        .iter()
        .filter_map(|data| serde_json::from_str::<Value>(data).ok())
        .filter(|event| event["choices"][0]["finish_reason"].is_string())
        .count()
}

/// Anthropic's grammar: one message, blocks one after the other, each closed before the next.
fn assert_nested(heard: &Heard, place: &str) {
    let mut open = None;
    let mut next = 0;
    let mut started = false;
    for data in heard.events() {
        let event: Value = serde_json::from_str(&data).unwrap();
        let index = event["index"].as_u64();
        match event["type"].as_str().unwrap() {
            "message_start" => {
                assert!(!started, "{place}: two messages");
                started = true;
            }
            "content_block_start" => {
                assert!(started && open.is_none(), "{place}: {}", heard.text);
                assert_eq!(index, Some(next), "{place}");
                open = index;
                next += 1;
            }
            "content_block_delta" => assert_eq!(index, open, "{place}: {}", heard.text),
            "content_block_stop" => {
                assert!(open.is_some() && index == open, "{place}: {}", heard.text);
                open = None;
            }
            "message_delta" | "message_stop" => assert!(open.is_none(), "{place}"),
            "error" => assert!(open.is_none(), "{place}: {}", heard.text),
            "ping" => {}
            other => panic!("{place}: {other}"),
        }
    }
}
