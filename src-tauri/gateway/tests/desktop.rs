#![cfg(test)]
//! What the tray offers: pausing, which notices are shown, and in which language.

mod world;

use reqwest::Method;
use serde_json::{Value, json};
use switchyard_engine::{Clock, Language};
use switchyard_simulator::Vendor;
use switchyard_types::{
    AccountId, Dialect, Event, Hours, Notice, NoticeKind, NoticeView, NotificationSettings, Outcome,
};
use world::{Stream, World};

const CLIENTS: [Dialect; 5] =
    [Dialect::Chat, Dialect::Responses, Dialect::Messages, Dialect::Gemini, Dialect::Ollama];

/// Monday 2026-11-23, 00:00 UTC.
const MONDAY: i64 = 1_795_392_000_000;
const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn while_paused_every_dialect_hears_why_and_nobody_is_asked() {
    let world = World::start(&[("good", Dialect::Chat, Vendor::default())]).await;
    let (status, answer) = world.admin(Method::PUT, "/api/paused", json!({ "paused": true })).await;
    assert_eq!((status, &answer), (200, &json!({ "paused": true })));
    let (_, status) = world.admin(Method::GET, "/api/status", Value::Null).await;
    assert_eq!(status["paused"], true);
    let since = status["paused_since"].as_i64().unwrap();
    assert!(since <= status["now"].as_i64().unwrap(), "{status}");
    for client in CLIENTS {
        let heard = world.ask(client, "good/m", Stream::No).await;
        assert_eq!(heard.status, 503, "{client:?}: {}", heard.text);
        assert!(heard.text.contains("switchyard resume"), "{client:?}: {}", heard.text);
        let row = world.row_of(&heard).await;
        assert_eq!((row.outcome, row.attempts.len()), (Outcome::Refused, 0));
    }
    assert!(world.simulator.requests().is_empty(), "nobody was asked");

    world.admin(Method::PUT, "/api/paused", json!({ "paused": true })).await;
    let (_, again) = world.admin(Method::GET, "/api/status", Value::Null).await;
    assert_eq!(again["paused_since"], since, "it is paused since the first time");

    world.admin(Method::PUT, "/api/paused", json!({ "paused": false })).await;
    let (_, status) = world.admin(Method::GET, "/api/status", Value::Null).await;
    assert_eq!(status["paused_since"], Value::Null);
    let heard = world.ask(Dialect::Chat, "good/m", Stream::No).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
}

#[tokio::test]
async fn notices_are_shown_unless_muted_or_in_quiet_hours() {
    let clock = Clock::manual(MONDAY);
    let world = World::start_with(&[], |config| config.clock = clock).await;
    let told = |hours: i64| NoticeView {
        at: MONDAY + hours * HOUR,
        notice: Notice::QuotaReset { account: AccountId::new("a"), window: "5h".to_owned() },
    };
    assert!(world.engine.shows(&told(23)), "as it is at first");

    let nights = json!({ "quiet": { "days": 127, "from": 22 * 60, "to": 7 * 60 } });
    let (status, answer) = world.admin(Method::PUT, "/api/notifications", nights).await;
    assert_eq!(status, 200, "{answer}");
    let quiet = Some(Hours { days: Hours::DAILY, from: 22 * 60, to: 7 * 60 });
    let expected = NotificationSettings { quiet, ..NotificationSettings::default() };
    assert_eq!(answer, serde_json::to_value(&expected).unwrap());
    assert!(!world.engine.shows(&told(23)));
    assert!(!world.engine.shows(&told(6)));
    assert!(world.engine.shows(&told(7)));

    let muted = json!({ "muted": ["quota.reset", "recovered"] });
    world.admin(Method::PUT, "/api/notifications", muted).await;
    let (_, now) = world.admin(Method::GET, "/api/notifications", Value::Null).await;
    assert_eq!(now, json!({ "on": true, "muted": ["quota.reset", "recovered"], "quiet": null }));
    assert!(!world.engine.shows(&told(12)));
    let low = Notice::SignInNeeded { account: AccountId::new("a"), message: String::new() };
    assert_eq!(low.kind(), NoticeKind::SignInNeeded);
    assert!(world.engine.shows(&NoticeView { at: MONDAY, notice: low }));
}

#[tokio::test]
async fn the_chosen_language_is_kept_and_without_one_the_system_s_is_spoken() {
    let world = World::start_with(&[], |config| config.system_language = Language::Chinese).await;
    let spoken = || world.engine.voice().language();
    let put = |language| world.admin(Method::PUT, "/api/language", json!({ "language": language }));
    let kept =
        async || world.admin(Method::GET, "/api/status", Value::Null).await.1["language"].clone();
    assert_eq!((kept().await, spoken()), (json!("system"), Language::Chinese));
    let mut events = world.engine.events();
    for (tag, language) in
        [("vi", Language::Vietnamese), ("en", Language::English), ("system", Language::Chinese)]
    {
        let (status, answer) = put(tag).await;
        assert_eq!((status, &answer), (200, &json!({ "language": tag })));
        assert_eq!((kept().await, spoken()), (json!(tag), language));
        assert_eq!(events.recv().await.unwrap(), Event::ConfigChanged, "the tray is told");
    }
    let (status, _) = put("de").await;
    assert_eq!((status, spoken()), (422, Language::Chinese));
}

#[tokio::test]
async fn hours_that_are_not_of_a_day_are_refused() {
    let world = World::start(&[]).await;
    for (days, from, to) in [(0, 0, 60), (128, 0, 60), (127, 1440, 60), (127, 0, 1441)] {
        let wrong = json!({ "quiet": { "days": days, "from": from, "to": to } });
        let (status, answer) = world.admin(Method::PUT, "/api/notifications", wrong).await;
        assert_eq!(status, 400, "{answer}");
        assert_eq!(answer["code"], "invalid");
    }
    let (status, _) =
        world.admin(Method::PUT, "/api/notifications", json!({ "muted": ["all"] })).await;
    assert_eq!(status, 422);
}

#[tokio::test]
async fn an_hour_of_quiet_ends_by_itself() {
    let clock = Clock::manual(MONDAY);
    let world = World::start_with(&[], |config| config.clock = clock).await;
    let told = |at: i64| NoticeView {
        at,
        notice: Notice::QuotaReset { account: AccountId::new("a"), window: "5h".to_owned() },
    };
    world.engine.snooze_notifications();
    assert!(!world.engine.shows(&told(MONDAY)));
    assert!(!world.engine.shows(&told(MONDAY + HOUR - 1)));
    assert!(world.engine.shows(&told(MONDAY + HOUR)));
}

#[tokio::test]
async fn an_hour_of_quiet_is_told_and_ended_early() {
    let clock = Clock::manual(MONDAY);
    let world = World::start_with(&[], |config| config.clock = clock).await;
    let told = NoticeView {
        at: MONDAY + 1,
        notice: Notice::QuotaReset { account: AccountId::new("a"), window: "5h".to_owned() },
    };
    let status = || world.admin(Method::GET, "/api/status", Value::Null);
    world.engine.snooze_notifications();
    assert_eq!(status().await.1["quiet_until"], MONDAY + HOUR);
    let ended = world.admin(Method::DELETE, "/api/notifications/quiet", Value::Null).await;
    assert_eq!(ended, (200, json!({ "done": true })));
    assert_eq!(status().await.1["quiet_until"], Value::Null);
    assert!(world.engine.shows(&told));
}

#[tokio::test]
async fn a_test_notification_says_what_came_of_it() {
    let world = World::start(&[]).await;
    let test = || world.admin(Method::POST, "/api/notifications/test", json!({}));
    let (status, answer) = test().await;
    assert_eq!((status, &answer["code"]), (409, &json!("conflict")));
    assert!(answer["hint"].as_str().unwrap().contains("tray app"), "{answer}");

    let mut trials = world.engine.trials();
    let desktop = async {
        trials.recv().await.unwrap().send(Ok(())).unwrap();
        trials.recv().await.unwrap().send(Err("the screen is off".to_owned())).unwrap();
        drop(trials);
    };
    let asked = async { (test().await, test().await) };
    let ((shown, not_shown), ()) = tokio::join!(asked, desktop);
    assert_eq!(shown, (200, json!({ "done": true })));
    assert_eq!((not_shown.0, &not_shown.1["message"]), (409, &json!("the screen is off")));
    assert_eq!(test().await.0, 409, "the desktop has gone");
}
