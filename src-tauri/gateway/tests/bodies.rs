//! What agents and models say: kept only on wish, without secrets, for a while.
#![cfg(test)]

mod world;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use switchyard_engine::{Clock, Config, Engine};
use switchyard_simulator::{Fault, Refusal, Vendor, When};
use switchyard_types::{BodiesChange, Dialect, KeptBody, RequestBodies, RequestId};
use world::{Heard, Stream, World, files_below, path_for, question_in, vendor_key};

const ON: BodiesChange = BodiesChange { keep: true, days: None };
const OFF: BodiesChange = BodiesChange { keep: false, days: None };

async fn world(dialect: Dialect) -> World {
    World::start(&[("v", dialect, Vendor::default())]).await
}

/// What was said in the request of this answer. A stream's end is heard a moment before its body is let go.
async fn said(world: &World, heard: &Heard) -> RequestBodies {
    let id = RequestId::new(heard.headers["x-switchyard-request"].to_str().unwrap());
    for _ in 0..1_000 {
        if let Ok(bodies) = world.engine.request_bodies(&id).await {
            return bodies;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("what was said in {id} was not kept");
}

fn text(body: Option<&KeptBody>) -> &str {
    &body.expect("this body is kept").text
}

fn value(body: Option<&KeptBody>) -> Value {
    serde_json::from_str(text(body)).unwrap()
}

#[tokio::test]
async fn nothing_that_is_said_is_kept_unless_the_user_wants_it() {
    let world = world(Dialect::Chat).await;
    let heard = world.ask(Dialect::Chat, "v/m", Stream::No).await;
    let id = heard.headers["x-switchyard-request"].to_str().unwrap();
    let (status, told) =
        world.admin(Method::GET, &format!("/api/requests/{id}/bodies"), json!({})).await;
    assert_eq!((status, &told["code"]), (404, &json!("not_found")));
    assert!(told["hint"].as_str().unwrap().contains("switchyard requests bodies on"));
    let (_, view) = world.admin(Method::GET, "/api/bodies", json!({})).await;
    assert_eq!((&view["keep"], &view["requests"]), (&json!(false), &json!(0)));
    assert!(!world.engine.config().data_dir.join("bodies").exists());
}

#[tokio::test]
async fn once_switched_on_both_sides_of_a_request_are_kept_as_they_were_said() {
    for stream in [Stream::No, Stream::Yes] {
        let world = world(Dialect::Chat).await;
        let (status, view) =
            world.admin(Method::PUT, "/api/bodies", json!({ "keep": true, "days": 3 })).await;
        assert_eq!((status, &view["keep"], &view["days"]), (200, &json!(true), &json!(3)));
        let heard = world.ask(Dialect::Chat, "v/m", stream).await;
        let bodies = said(&world, &heard).await;
        assert_eq!(value(bodies.from_client.as_ref()), question_in(Dialect::Chat, "v/m", stream));
        assert_eq!(value(bodies.to_vendor.as_ref()), world.simulator.requests()[0].json());
        assert_eq!(text(bodies.from_vendor.as_ref()), heard.text);
        assert_eq!(text(bodies.to_client.as_ref()), heard.text);
        assert_eq!(bodies.to_client.unwrap().bytes, heard.text.len() as u64);
    }
}

#[tokio::test]
async fn where_a_request_is_translated_each_side_is_kept_in_its_own_dialect() {
    for stream in [Stream::No, Stream::Yes] {
        let world = world(Dialect::Messages).await;
        world.engine.change_bodies(ON).await.unwrap();
        let heard = world.ask(Dialect::Chat, "v/m", stream).await;
        let bodies = said(&world, &heard).await;
        assert_eq!(value(bodies.from_client.as_ref()), question_in(Dialect::Chat, "v/m", stream));
        assert_eq!(value(bodies.to_vendor.as_ref()), world.simulator.requests()[0].json());
        assert_eq!(text(bodies.to_client.as_ref()), heard.text);
        assert_ne!(text(bodies.from_vendor.as_ref()), heard.text);
        assert!(text(bodies.from_vendor.as_ref()).contains("\"role\":\"assistant\""));
    }
}

#[tokio::test]
async fn of_a_request_that_fell_over_the_vendor_that_was_asked_last_is_kept() {
    let limited = Vendor::default().fault(When::Always, Fault::Refuse(Refusal::Quota));
    let vendors =
        [("limited", Dialect::Chat, limited), ("good", Dialect::Messages, Vendor::default())];
    let world = World::start(&vendors).await;
    world.combo("both", &["limited/m", "good/m"]).await;
    world.combo("none", &["limited/m"]).await;
    world.engine.change_bodies(ON).await.unwrap();
    let heard = world.ask(Dialect::Chat, "limited/m", Stream::No).await;
    let bodies = said(&world, &heard).await;
    assert!(text(bodies.from_vendor.as_ref()).contains("error"), "{bodies:?}");
    assert_eq!(text(bodies.to_client.as_ref()), heard.text);
    let heard = world.ask(Dialect::Chat, "both", Stream::No).await;
    let bodies = said(&world, &heard).await;
    assert!(text(bodies.from_vendor.as_ref()).contains("\"role\":\"assistant\""), "{bodies:?}");
    // Locked by now, it is not even asked.
    let heard = world.ask(Dialect::Chat, "none", Stream::No).await;
    let bodies = said(&world, &heard).await;
    assert_eq!((bodies.to_vendor, bodies.from_vendor), (None, None));
    assert_eq!(text(bodies.to_client.as_ref()), heard.text);
}

#[tokio::test]
async fn secrets_are_cut_out_and_headers_never_kept() {
    let world = World::start(&[
        ("v", Dialect::Chat, Vendor::default()),
        ("refusing", Dialect::Chat, Vendor::default().bad_keys([vendor_key("refusing")])),
    ])
    .await;
    world.engine.change_bodies(ON).await.unwrap();
    let planted = [vendor_key("v"), vendor_key("refusing"), world.key.clone()];
    let mut body = question_in(Dialect::Chat, "v/m", Stream::No);
    body["messages"][0]["content"] = planted.join("\nand ").into();
    let path = path_for(Dialect::Chat, "v/m", Stream::No);
    let quoted = Heard::from(world.post(&path, body.to_string()).send().await.unwrap()).await;
    assert_eq!(quoted.status, 200);
    let refused = world.ask(Dialect::Chat, "refusing/m", Stream::No).await;
    for heard in [&quoted, &refused] {
        let bodies = said(&world, heard).await;
        let kept = serde_json::to_string(&bodies).unwrap();
        for secret in &planted {
            assert!(!kept.contains(secret), "{kept}");
        }
        assert!(!kept.to_ascii_lowercase().contains("authorization"), "{kept}");
    }
    let sent = said(&world, &quoted).await.from_client;
    assert_eq!(
        value(sent.as_ref())["messages"][0]["content"],
        "[a secret]\nand [a secret]\nand [a secret]"
    );
    let folder = world.engine.config().data_dir.join("bodies");
    let files = files_below(&folder);
    assert_eq!(files.len(), 2);
    for bytes in files.values() {
        assert!(!bytes.windows(8).any(|window| window == b"messages"), "they are sealed");
    }
}

#[tokio::test]
async fn what_is_very_long_is_kept_in_part_and_answered_in_full() {
    let world = world(Dialect::Chat).await;
    world.engine.change_bodies(ON).await.unwrap();
    let mut body = question_in(Dialect::Chat, "v/m", Stream::No);
    body["messages"][0]["content"] = "ä".repeat(1_000_000).into();
    let body = body.to_string();
    let path = path_for(Dialect::Chat, "v/m", Stream::No);
    let heard = Heard::from(world.post(&path, body.clone()).send().await.unwrap()).await;
    assert_eq!(heard.status, 200);
    let bodies = said(&world, &heard).await;
    let kept = bodies.from_client.unwrap();
    assert!(kept.cut && kept.text.len() <= 256 * 1024 && body.starts_with(&kept.text));
    assert_eq!(kept.bytes, body.len() as u64);
    assert!(bodies.to_vendor.unwrap().cut);
}

#[tokio::test]
async fn all_that_is_kept_is_deleted_at_once_and_off_keeps_no_more() {
    let world = world(Dialect::Chat).await;
    world.engine.change_bodies(ON).await.unwrap();
    let heard = world.ask(Dialect::Chat, "v/m", Stream::No).await;
    said(&world, &heard).await;
    let (status, told) = world.admin(Method::DELETE, "/api/bodies", json!({})).await;
    assert_eq!((status, told), (200, json!({ "requests": 1 })));
    let folder = world.engine.config().data_dir.join("bodies");
    assert!(files_below(&folder).is_empty());
    world.admin(Method::PUT, "/api/bodies", json!({ "keep": false })).await;
    world.ask(Dialect::Chat, "v/m", Stream::No).await;
    assert_eq!(world.engine.bodies().await.unwrap().requests, 0);
    assert_eq!(world.engine.requests(None, 10).await.unwrap().requests.len(), 2, "rows stay");
}

#[tokio::test]
async fn a_request_that_ends_after_it_was_switched_off_is_not_kept() {
    let vendor = Vendor::default().pace(Duration::from_mins(10));
    let world = World::start_with(&[("v", Dialect::Chat, vendor)], |config| {
        config.timers.keep_alive = Duration::from_millis(20);
    })
    .await;
    world.engine.change_bodies(ON).await.unwrap();
    let body = question_in(Dialect::Chat, "v/m", Stream::Yes).to_string();
    let answer = world.post("/v1/chat/completions", body).send().await.unwrap();
    world.engine.change_bodies(OFF).await.unwrap();
    drop(answer);
    world.last_of(1).await;
    world.engine.close().await;
    assert!(!world.engine.config().data_dir.join("bodies").exists());
}

#[tokio::test]
async fn what_is_kept_goes_when_its_days_are_over() {
    let clock = Clock::manual(1_800_000_000_000);
    let moved = clock.clone();
    let vendors = [("v", Dialect::Chat, Vendor::default())];
    let world = World::start_with(&vendors, |config| config.clock = clock).await;
    let days = |days| BodiesChange { keep: true, days: Some(days) };
    world.engine.change_bodies(days(5)).await.unwrap();
    for _ in 0..3 {
        world.ask(Dialect::Chat, "v/m", Stream::No).await;
        moved.advance(24 * 3_600_000);
    }
    assert_eq!(world.engine.change_bodies(days(4)).await.unwrap().requests, 3);
    assert_eq!(world.engine.change_bodies(days(2)).await.unwrap().requests, 2);
    for wrong in [0, 91, u16::MAX] {
        assert!(world.engine.change_bodies(days(wrong)).await.is_err(), "{wrong}");
    }
    assert_eq!(world.engine.bodies().await.unwrap().days, 2);
}

#[tokio::test]
async fn it_stays_switched_on_over_a_restart_and_the_environment_wins() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(Config::new(folder.path())).await.unwrap();
    engine.change_bodies(ON).await.unwrap();
    engine.close().await;
    for (environment, keeps) in [(None, true), (Some(false), false), (Some(true), true)] {
        let config = Config { keep_bodies: environment, ..Config::new(folder.path()) };
        let engine = Engine::open(config).await.unwrap();
        let view = engine.bodies().await.unwrap();
        assert_eq!((view.keep, view.by_environment), (keeps, environment.is_some()));
        let other = BodiesChange { keep: !keeps, days: None };
        assert_eq!(engine.change_bodies(other).await.is_err(), environment.is_some());
        engine.change_bodies(BodiesChange { keep: keeps, days: None }).await.unwrap();
        engine.close().await;
    }
}

/// Asks again what was asked in the request of that answer.
async fn replay(world: &World, heard: &Heard, model: &str) -> (u16, Option<RequestId>, String) {
    let id = heard.headers["x-switchyard-request"].to_str().unwrap();
    let request = world
        .http
        .post(world.url(&format!("/api/requests/{id}/replay")))
        .bearer_auth(world.session().await)
        .header("content-type", "application/json")
        .body(json!({ "model": model }).to_string());
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let named = answer.headers().get("x-switchyard-request");
    let named = named.map(|id| RequestId::new(id.to_str().unwrap()));
    (status, named, answer.text().await.unwrap())
}

#[tokio::test]
async fn what_is_kept_is_asked_again_of_another_in_every_dialect_without_the_clients_key() {
    let dialects =
        [Dialect::Chat, Dialect::Responses, Dialect::Messages, Dialect::Gemini, Dialect::Ollama];
    for client in dialects {
        for stream in [Stream::No, Stream::Yes] {
            let world = World::start(&[
                ("first", Dialect::Chat, Vendor::default()),
                ("other", Dialect::Messages, Vendor::default()),
            ])
            .await;
            world.engine.change_bodies(ON).await.unwrap();
            let heard = world.ask(client, "first/m", stream).await;
            said(&world, &heard).await;
            let (status, id, text) = replay(&world, &heard, "other/m2").await;
            assert_eq!(status, 200, "{client:?} {stream:?}: {text}");
            let before = world.row_of(&heard).await;
            let row = world.engine.request(&id.unwrap()).await.unwrap();
            assert_eq!(row.plan.as_ref().unwrap().replay_of, Some(before.id.clone()));
            assert_eq!((row.dialect, row.stream, &row.key), (client, before.stream, &None));
            let by = row.served_by.unwrap();
            assert_eq!((by.vendor.as_str(), by.model.as_str()), ("other", "m2"));
            assert!(row.usage.is_some() && before.plan.unwrap().replay_of.is_none());
        }
    }
}

#[tokio::test]
async fn what_was_not_kept_whole_or_names_nobody_is_not_asked_again() {
    let world = world(Dialect::Chat).await;
    let unkept = world.ask(Dialect::Chat, "v/m", Stream::No).await;
    let (status, _, text) = replay(&world, &unkept, "v/m").await;
    assert_eq!(status, 404, "{text}");
    assert!(text.contains("switchyard requests bodies on"), "{text}");

    world.engine.change_bodies(ON).await.unwrap();
    let heard = world.ask(Dialect::Chat, "v/m", Stream::No).await;
    said(&world, &heard).await;
    assert_eq!(replay(&world, &heard, " ").await.0, 400);
    let (status, id, text) = replay(&world, &heard, "nobody/m").await;
    assert!(status == 404 || status == 400, "{status} {text}");
    let row = world.engine.request(&id.unwrap()).await.unwrap();
    assert!(row.plan.unwrap().replay_of.is_some(), "it is recorded as a replay all the same");

    let long = json!({
        "model": "v/m",
        "messages": [{ "role": "user", "content": "long ".repeat(100_000) }],
    });
    let answer = world
        .http
        .post(world.url("/v1/chat/completions"))
        .bearer_auth(&world.key)
        .header("content-type", "application/json")
        .body(long.to_string())
        .send()
        .await
        .unwrap();
    let heard = Heard::from(answer).await;
    said(&world, &heard).await;
    let (status, _, text) = replay(&world, &heard, "v/m").await;
    assert_eq!(status, 409, "{text}");
    assert!(text.contains("too long to be kept whole"), "{text}");
}

#[tokio::test]
async fn what_was_said_in_one_request_is_deleted_and_the_rest_stays() {
    let world = world(Dialect::Chat).await;
    world.engine.change_bodies(ON).await.unwrap();
    let (one, other) = (
        world.ask(Dialect::Chat, "v/m", Stream::No).await,
        world.ask(Dialect::Chat, "v/m", Stream::No).await,
    );
    let (id, kept) = (said(&world, &one).await.id, said(&world, &other).await.id);
    let path = format!("/api/requests/{id}/bodies");
    for deleted in [1, 0] {
        let (status, told) = world.admin(Method::DELETE, &path, json!({})).await;
        assert_eq!((status, &told["requests"]), (200, &json!(deleted)));
    }
    assert!(world.engine.request_bodies(&id).await.is_err());
    assert!(world.engine.request_bodies(&kept).await.is_ok());
    assert!(world.engine.request(&id).await.is_ok(), "the request itself stays");
}
