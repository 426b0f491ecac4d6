use std::time::{Duration, Instant};

use serde_json::{Value, json};
use switchyard_types::{NoticeKind, NotificationSettings};
use tempfile::TempDir;

use crate::desk::{Desktop, PATIENCE, Shows};
use crate::scene::{Scene, active, ask};

/// Waits until notices are heard, by what a test of a notification comes to.
pub(crate) fn wait_for_trial(desktop: &Desktop, wanted: impl Fn(u16, &Value) -> bool) {
    let began = Instant::now();
    loop {
        let (status, answer) = desktop.call("POST", "/api/notifications/test", &json!({}));
        if wanted(status, &answer) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{status} {answer}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn start(home: TempDir) -> Desktop {
    let desktop = Desktop::start(home);
    wait_for_trial(&desktop, |status, _| status == 200);
    assert_eq!(desktop.shown().title, "Notifications work");
    desktop
}

#[test]
fn a_spent_quota_is_shown_once_and_a_button_switches_the_combo() {
    let scene = Scene::new(NotificationSettings::default());
    let desktop = start(scene.home);
    let tray = desktop.tray();
    assert_eq!(active(&desktop), "main");
    ask(&desktop, &scene.key);
    let spent = desktop.shown();
    assert_eq!(spent.title, "R&D <first> is spent");
    assert!(spent.body.starts_with("Window 5h, back in "), "{}", spent.body);
    let names: Vec<_> = spent.buttons.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["Open", "Switch to spare", "Quiet for an hour"]);

    for _ in 0..3 {
        ask(&desktop, &scene.key);
    }
    let fell = desktop.shown();
    assert_eq!(fell.title, "Fell over to m");
    assert!(
        fell.body.starts_with(
            "m via second serves in place of m via R&amp;D &lt;first&gt;, which is back in "
        ),
        "{}",
        fell.body
    );
    assert_eq!(desktop.call("POST", "/api/notifications/test", &json!({})).0, 200);
    assert_eq!(desktop.shown().title, "Notifications work", "each was shown once");

    desktop.answer(&spent, &spent.buttons[1].0);
    tray.wait_for("the spare combo", |lines| {
        lines.iter().any(|line| line.label.starts_with("spare") && line.checked)
    });
    assert_eq!(active(&desktop), "spare");

    desktop.answer(&spent, "default");
    desktop.wait_for_window("Switchyard");
}

#[test]
fn a_button_keeps_quiet_for_an_hour() {
    let scene = Scene::new(NotificationSettings::default());
    let desktop = start(scene.home);
    let quiet = || {
        let (_, status) = desktop.call("GET", "/api/status", &Value::Null);
        let until = status["quiet_until"].as_i64()?;
        Some(until - status["now"].as_i64().unwrap())
    };
    ask(&desktop, &scene.key);
    let spent = desktop.shown();
    assert_eq!(quiet(), None);
    desktop.answer(&spent, &spent.buttons[2].0);
    let began = Instant::now();
    let left = loop {
        match quiet() {
            Some(left) => break left,
            None => assert!(began.elapsed() < PATIENCE, "the button is heard"),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!((55 * 60_000..=60 * 60_000).contains(&left), "{left}");
    ask(&desktop, &scene.key);
    wait_for_trial(&desktop, |status, _| status == 200);
    assert_eq!(desktop.shown().title, "Notifications work", "the fall-over is not shown");
    let (_, notices) = desktop.call("GET", "/api/notices", &Value::Null);
    assert_eq!(notices[0]["type"], "fell_over", "but it stands in the inbox");
}

#[test]
fn a_muted_kind_is_not_shown_but_stands_in_the_inbox() {
    let muted = [NoticeKind::QuotaSpent].into();
    let scene = Scene::new(NotificationSettings { muted, ..NotificationSettings::default() });
    let desktop = start(scene.home);
    ask(&desktop, &scene.key);
    ask(&desktop, &scene.key);
    assert_eq!(desktop.shown().title, "Fell over to m");
    let (_, notices) = desktop.call("GET", "/api/notices", &Value::Null);
    let kinds: Vec<_> =
        notices.as_array().unwrap().iter().map(|notice| notice["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["fell_over", "quota.spent"]);
}

#[test]
fn a_test_says_when_nothing_shows_notifications() {
    let scene = Scene::new(NotificationSettings::default());
    let desktop = Desktop::start_with(scene.home, Shows::NoNotifications);
    wait_for_trial(&desktop, |status, answer| {
        status == 409 && answer["message"] == "nothing on this desktop shows notifications"
    });
}
