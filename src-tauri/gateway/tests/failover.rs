//! A spent quota falls over unseen, locks until the vendor's own time, and is told when nobody is
//! left.
#![cfg(test)]

mod world;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use switchyard_simulator::{Fault, Position, Quota, Refusal, Signal, Vendor, When};
use switchyard_types::{Dialect, FailureClass, Outcome};
use world::{Stream, World, files_below, vendor_key};

fn spent(signal: Signal, reset: Duration) -> Vendor {
    Vendor::default().fault(When::Always, Fault::limited(signal, reset))
}

#[tokio::test]
async fn a_spent_quota_falls_over_to_the_next_model_and_the_trace_says_why() {
    for dialect in Dialect::ALL {
        for stream in [Stream::No, Stream::Yes] {
            let first = spent(Signal::RetryAfter, Duration::from_mins(15));
            let vendors = [("first", dialect, first), ("second", dialect, Vendor::default())];
            let world = World::start(&vendors).await;
            world.combo("main", &["first/m", "second/m"]).await;
            let heard = world.ask(dialect, "main", stream).await;
            assert_eq!(heard.status, 200, "{}", heard.text);
            let row = world.last_of(1).await;
            assert_eq!(row.served_by.unwrap().vendor, "second");
            let failed = &row.attempts[0];
            assert_eq!(failed.status, Some(429));
            assert!(matches!(failed.failure, Some(FailureClass::Rate | FailureClass::Quota)));
            let left = failed.locked_until.unwrap() - row.at;
            assert!((890_000..=910_000).contains(&left), "locked for {left} ms");
        }
    }
}

#[tokio::test]
async fn a_locked_model_is_not_asked_again_before_its_reset() {
    let first = Vendor::default().limited_by(Quota {
        model: None,
        requests: 2,
        window: Duration::from_mins(10),
        signal: Signal::RetryAfter,
    });
    let vendors = [("first", Dialect::Chat, first), ("second", Dialect::Chat, Vendor::default())];
    let world = World::start(&vendors).await;
    world.combo("main", &["first/m", "second/m"]).await;
    for _ in 0..6 {
        assert_eq!(world.ask(Dialect::Chat, "main", Stream::No).await.status, 200);
    }
    let asked = world.simulator.requests();
    let first = asked.iter().filter(|request| &*request.vendor == "first").count();
    assert_eq!(first, 3, "two answers and one refusal; then it is left alone");
    let row = world.last().await;
    assert_eq!(row.attempts.len(), 1);
    assert!(row.skipped[0].reason.contains("first"), "{:?}", row.skipped);
    assert!(row.skipped[0].until.is_some());
}

#[tokio::test]
async fn every_way_of_telling_a_reset_is_understood() {
    for signal in Signal::ALL {
        if signal == Signal::Silent {
            continue;
        }
        let vendor = spent(signal, Duration::from_hours(2));
        let vendors =
            [("first", Dialect::Chat, vendor), ("second", Dialect::Chat, Vendor::default())];
        let world = World::start(&vendors).await;
        world.combo("main", &["first/m", "second/m"]).await;
        assert_eq!(world.ask(Dialect::Chat, "main", Stream::No).await.status, 200);
        let row = world.last().await;
        let left = row.attempts[0].locked_until.unwrap() - row.at;
        assert!((7_190_000..=7_260_000).contains(&left), "{signal:?}: locked for {left} ms");
    }
}

#[tokio::test]
async fn a_lock_survives_a_restart() {
    use switchyard_engine::{Config, Engine};
    let vendors = [("v", Dialect::Chat, spent(Signal::RetryAfter, Duration::from_mins(15)))];
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::start_with(&vendors, |config| config.data_dir.clone_from(&data)).await;
    world.ask(Dialect::Chat, "v/m", Stream::No).await;
    let World { engine, server, .. } = world;
    server.shutdown().await;
    engine.close().await;
    drop(engine);
    let engine = Engine::open(Config::new(&data)).await.unwrap();
    let locks = engine.accounts().await.unwrap().remove(0).locks;
    assert_eq!(locks.len(), 1);
    assert!(locks[0].from_vendor);
    engine.close().await;
}

#[tokio::test]
async fn a_client_fault_tries_nobody_else_and_locks_nothing() {
    for dialect in Dialect::ALL {
        let first = Vendor::default().fault(When::Always, Fault::Refuse(Refusal::Invalid));
        let vendors = [("first", dialect, first), ("second", dialect, Vendor::default())];
        let world = World::start(&vendors).await;
        world.combo("main", &["first/m", "second/m"]).await;
        let heard = world.ask(dialect, "main", Stream::No).await;
        assert_eq!(heard.status, 400);
        let error = heard.json()["error"].clone();
        assert!(error["message"].is_string() || (dialect == Dialect::Ollama && error.is_string()));
        assert!(world.simulator.requests().iter().all(|request| &*request.vendor == "first"));
        assert_eq!(world.last().await.outcome, Outcome::Refused);
        for account in world.engine.accounts().await.unwrap() {
            assert!(account.locks.is_empty());
        }
    }
}

#[tokio::test]
async fn what_fails_before_content_falls_over_unseen() {
    let faults = [
        Fault::Refuse(Refusal::SignIn),
        Fault::Refuse(Refusal::Server),
        Fault::Refuse(Refusal::Overloaded),
        Fault::Refuse(Refusal::ModelMissing),
        Fault::RefuseInStream { refusal: Refusal::Overloaded, at: Position::Handshake },
        Fault::RefuseInBody(Refusal::Overloaded),
        Fault::HangUp,
        Fault::Empty,
        Fault::CommentsOnly,
        Fault::Html(200),
        Fault::Html(502),
        Fault::Cut(Position::Handshake),
    ];
    for dialect in Dialect::ALL {
        // Of Gemini and Ollama the first event is content.
        let greets = !matches!(dialect, Dialect::Gemini | Dialect::Ollama);
        let greeted = greets.then_some(Fault::Cut(Position::Events(1)));
        let faults = faults.iter().cloned().chain(greeted);
        // A vendor for each failure and form, since the failure locks it.
        let failing: Vec<(String, Stream, Vendor)> = faults
            .flat_map(|fault| {
                let vendor = Vendor::default().fault(When::Always, fault);
                [(Stream::No, vendor.clone()), (Stream::Yes, vendor)]
            })
            .enumerate()
            .map(|(nth, (stream, vendor))| (format!("first-{nth}"), stream, vendor))
            .collect();
        let mut vendors = vec![("second", dialect, Vendor::default())];
        vendors.extend(failing.iter().map(|(name, _, vendor)| (&**name, dialect, vendor.clone())));
        let world = World::start(&vendors).await;
        for (nth, (name, stream, vendor)) in failing.iter().enumerate() {
            world.combo("main", &[&format!("{name}/m"), "second/m"]).await;
            let heard = world.ask_anew(dialect, "main", *stream, nth).await;
            let row = world.last_of(nth + 1).await;
            let place = format!("{dialect:?} {stream:?} {vendor:?}");
            assert_eq!(heard.status, 200, "{place}: {}", heard.text);
            assert_eq!(row.served_by.unwrap().vendor, "second", "{place}");
            assert!(row.attempts[0].failure.is_some(), "{place}");
            assert!(!heard.text.contains("first"), "{place}: {}", heard.text);
        }
    }
}

#[tokio::test]
async fn when_all_are_spent_the_client_hears_429_with_reasons_and_the_soonest_reset() {
    for dialect in Dialect::ALL {
        let vendors = [
            ("first", dialect, spent(Signal::RetryAfter, Duration::from_mins(15))),
            ("second", dialect, spent(Signal::RetryAfter, Duration::from_mins(1))),
        ];
        let world = World::start(&vendors).await;
        world.combo("main", &["first/m", "second/m"]).await;
        for _ in 0..2 {
            let heard = world.ask(dialect, "main", Stream::Yes).await;
            assert_eq!(heard.status, 429, "{}", heard.text);
            let wait: u64 = heard.headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((50..=70).contains(&wait), "{wait}");
            let error = heard.json()["error"].clone();
            let kind = match dialect {
                Dialect::Messages => "rate_limit_error",
                Dialect::Chat | Dialect::Responses => "rate_limit_exceeded",
                Dialect::Gemini => "RESOURCE_EXHAUSTED",
                // Ollama has words only.
                Dialect::Ollama => "",
            };
            assert!(error.to_string().contains(kind), "{error}");
            let message = error["message"].as_str().or(error.as_str()).unwrap().to_owned();
            assert!(message.contains("first/m") && message.contains("second/m"), "{message}");
            assert_eq!(world.last().await.outcome, Outcome::Exhausted);
        }
    }
}

#[tokio::test]
async fn when_nobody_is_able_the_client_hears_503() {
    let vendors = [(
        "v",
        Dialect::Messages,
        Vendor::default().fault(When::Always, Fault::Refuse(Refusal::SignIn)),
    )];
    let world = World::start(&vendors).await;
    let heard = world.ask(Dialect::Messages, "v/m", Stream::No).await;
    assert_eq!(heard.status, 503);
    assert_eq!(heard.json()["error"]["type"], "overloaded_error");
}

#[tokio::test]
async fn an_unknown_model_is_told_in_the_clients_dialect_and_sends_no_key_anywhere() {
    let world = World::start(&[("v", Dialect::Chat, Vendor::default())]).await;
    for (dialect, kind) in [
        (Dialect::Chat, "model_not_found"),
        (Dialect::Messages, "not_found_error"),
        (Dialect::Responses, "model_not_found"),
        (Dialect::Gemini, "NOT_FOUND"),
        (Dialect::Ollama, "{\"error\":\""),
    ] {
        let heard = world.ask(dialect, "gpt-4o", Stream::No).await;
        assert_eq!(heard.status, 404);
        assert!(heard.text.contains(kind), "{}", heard.text);
    }
    assert!(world.simulator.requests().is_empty());
}

#[tokio::test]
async fn a_slow_first_byte_falls_over_when_its_timer_ends() {
    let slow = Vendor::default().fault(When::Always, Fault::Slow(Duration::from_secs(30)));
    let vendors = [("slow", Dialect::Chat, slow), ("fast", Dialect::Chat, Vendor::default())];
    let world = World::start_with(&vendors, |config| {
        config.timers.first_byte = Duration::from_secs(2);
    })
    .await;
    world.combo("main", &["slow/m", "fast/m"]).await;
    assert_eq!(world.ask(Dialect::Chat, "main", Stream::Yes).await.status, 200);
    let row = world.last_of(1).await;
    assert_eq!(row.attempts[0].failure, Some(FailureClass::Transport));
    assert_eq!(row.served_by.unwrap().vendor, "fast");
}

#[tokio::test]
async fn a_client_that_waits_long_hears_keep_alives_and_the_fall_over_still_works() {
    let slow = Vendor::default().fault(When::Always, Fault::Slow(Duration::from_secs(30)));
    let vendors =
        [("slow", Dialect::Messages, slow), ("fast", Dialect::Messages, Vendor::default())];
    let world = World::start_with(&vendors, |config| {
        config.timers.first_byte = Duration::from_secs(2);
        config.timers.keep_alive = Duration::from_millis(100);
    })
    .await;
    world.combo("main", &["slow/m", "fast/m"]).await;
    let heard = world.ask(Dialect::Messages, "main", Stream::Yes).await;
    assert!(heard.text.starts_with(": "), "{}", heard.text);
    assert_eq!(heard.event_types().last().unwrap(), "message_stop");
}

#[tokio::test]
async fn the_active_combo_is_what_auto_means_from_the_next_request_on() {
    let vendors =
        [("a", Dialect::Chat, Vendor::default()), ("b", Dialect::Chat, Vendor::default())];
    let world = World::start(&vendors).await;
    world.combo("one", &["a/m"]).await;
    world.combo("two", &["b/m"]).await;
    world.ask(Dialect::Chat, "auto", Stream::No).await;
    assert_eq!(world.last().await.served_by.unwrap().vendor, "a");
    world.engine.set_active_combo("two").await.unwrap();
    world.ask(Dialect::Chat, "auto", Stream::No).await;
    assert_eq!(world.last().await.served_by.unwrap().vendor, "b");
    world.engine.put_alias("fast", "one").await.unwrap();
    world.ask(Dialect::Chat, "fast", Stream::No).await;
    assert_eq!(world.last().await.served_by.unwrap().vendor, "a");
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_the_vendors_work() {
    let stalled = Vendor::default().fault(When::Always, Fault::Stall(Position::Events(4)));
    let world = World::start(&[("v", Dialect::Messages, stalled)]).await;
    let body = world::question("v/m", Stream::Yes).to_string();
    let mut response = world.post("/v1/messages", body).send().await.unwrap();
    response.chunk().await.unwrap();
    assert!(world.simulator.has_open_streams(1, Duration::from_mins(1)).await);
    drop(response);
    assert!(world.simulator.has_open_streams(0, Duration::from_mins(1)).await);
    assert_eq!(world.last_of(1).await.outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn a_key_quoted_by_a_vendor_is_not_written_down() {
    let key = world::vendor_key("v");
    let vendor = Vendor::default().bad_keys([key.clone()]);
    let world = World::start(&[("v", Dialect::Chat, vendor)]).await;
    world.ask(Dialect::Chat, "v/m", Stream::No).await;
    let row = format!("{:?}", world.last().await);
    assert!(!row.contains(&key), "{row}");
}

#[tokio::test]
async fn an_overflow_is_told_as_it_is_unless_a_larger_window_is_known() {
    let first = Vendor::default().fault(When::Always, Fault::Refuse(Refusal::ContextTooLong));
    let vendors =
        [("first", Dialect::Messages, first), ("second", Dialect::Messages, Vendor::default())];
    let world = World::start(&vendors).await;
    world.combo("main", &["first/m", "second/m"]).await;
    let heard = world.ask(Dialect::Messages, "main", Stream::No).await;
    assert_eq!(heard.status, 400);
    assert!(heard.text.contains("too long"), "{}", heard.text);
    let row = world.last().await;
    assert_eq!(row.attempts[0].failure, Some(FailureClass::ContextTooLong));
    assert!(row.skipped[0].reason.contains("window"), "{:?}", row.skipped);
}

#[tokio::test]
async fn a_refused_key_is_replaced_in_its_account_and_the_new_one_shows_nowhere() {
    const FRESH: &str = "a-fresh-secret-0123456789-wxyz";
    let refusing = Vendor::default().bad_keys([vendor_key("only")]);
    let world = World::start(&[("only", Dialect::Chat, refusing)]).await;
    assert_ne!(world.ask(Dialect::Chat, "only/m", Stream::No).await.status, 200);
    let account = world.engine.accounts().await.unwrap().remove(0);
    assert_eq!(account.locks.len(), 1, "the key was refused: {account:?}");
    let path = format!("/api/accounts/{}", account.id);

    let malformed = json!({ "key": format!("{FRESH} and more") });
    let (status, refused) = world.admin(Method::PATCH, &path, malformed).await;
    assert_eq!(status, 400, "{refused}");
    assert!(!refused.to_string().contains(FRESH), "{refused}");
    assert_eq!(world.engine.accounts().await.unwrap().remove(0).key_hint, account.key_hint);

    let (status, changed) = world.admin(Method::PATCH, &path, json!({ "key": FRESH })).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["key_hint"], "…wxyz");
    assert_eq!(changed["name"], account.name);
    assert_eq!(changed["locks"], json!([]), "they were of the old key");
    assert_eq!(world.ask(Dialect::Chat, "only/m", Stream::No).await.status, 200);
    let sent = world.simulator.requests();
    let last = sent.last().unwrap().headers["authorization"].to_str().unwrap();
    assert_eq!(last, format!("Bearer {FRESH}"));

    assert!(!changed.to_string().contains(FRESH), "{changed}");
    for read in ["/api/accounts", "/api/status", "/api/requests", "/api/vendors"] {
        let (_, told) = world.admin(Method::GET, read, Value::Null).await;
        assert!(!told.to_string().contains(FRESH), "{read}");
    }
    let folder = world.engine.config().data_dir.clone();
    let files = files_below(&folder);
    assert!(files.len() >= 3, "{:?}", files.keys());
    for (file, bytes) in files {
        let found = bytes.windows(FRESH.len()).any(|window| window == FRESH.as_bytes());
        assert!(!found, "it stands in {}", file.display());
    }
}
