use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use switchyard_engine::{Config, Engine};
use switchyard_simulator::{Script, Simulator, Vendor};
use switchyard_types::{
    ComboBody, Dialect, NewAccount, NewKey, NewVendor, NoticeKind, NotificationSettings, Secret,
    Tier,
};
use tempfile::TempDir;

use crate::desk::{Desktop, PATIENCE, Shows, runtime};

/// Vendors of which the first says that its quota is used up, and a client's key.
struct Scene {
    _runtime: tokio::runtime::Runtime,
    _simulator: Simulator,
    home: TempDir,
    key: String,
}

impl Scene {
    /// `main` is active and falls over from `a` to `b`; `spare` is `b` alone.
    fn new(settings: NotificationSettings) -> Self {
        let runtime = runtime();
        let home = tempfile::tempdir().unwrap();
        let spent = Vendor::default()
            .header("x-codex-primary-used-percent", "100")
            .header("x-codex-primary-window-minutes", "300")
            .header("x-codex-primary-reset-after-seconds", "7200");
        let script = Script::default().vendor("a", spent).vendor("b", Vendor::default());
        let (simulator, key) = runtime.block_on(async {
            let simulator = Simulator::start(script).await.unwrap();
            let key = seed(&home.path().join("data"), &simulator, settings).await;
            (simulator, key)
        });
        Self { _runtime: runtime, _simulator: simulator, home, key }
    }
}

async fn seed(data: &Path, simulator: &Simulator, settings: NotificationSettings) -> String {
    let engine = Engine::open(Config::new(data)).await.unwrap();
    for (name, called) in [("a", "R&D <first>"), ("b", "second")] {
        let vendor = NewVendor {
            name: name.to_owned(),
            prefix: name.to_owned(),
            dialect: Dialect::Chat,
            base_url: simulator.url(name),
            allow_private: true,
            models: vec!["m".to_owned()],
            tier: Tier::Cheap,
        };
        engine.add_vendor(&vendor).await.unwrap();
        let account = NewAccount {
            vendor: name.to_owned(),
            name: called.to_owned(),
            key: Secret::new("key-of-a-simulated-vendor"),
            check: false,
            ..NewAccount::default()
        };
        engine.add_account(account).await.unwrap();
    }
    for (name, candidates) in [("main", vec!["a/m", "b/m"]), ("spare", vec!["b/m"])] {
        let candidates = candidates.into_iter().map(Into::into).collect();
        engine.put_combo(name, &ComboBody { candidates, ..ComboBody::default() }).await.unwrap();
    }
    engine.set_active_combo("main").await.unwrap();
    engine.put_notification_settings(settings).await.unwrap();
    let key = engine.add_key(&NewKey { name: "agent".to_owned() }).await.unwrap().text;
    engine.close().await;
    key
}

/// Asks whatever is active, as an agent does.
fn ask(desktop: &Desktop, key: &str) {
    let body = json!({ "model": "auto", "messages": [{ "role": "user", "content": "Hello" }] });
    let (status, answer) = desktop.send("POST", "/v1/chat/completions", key, &body);
    assert_eq!(status, 200, "{answer}");
}

/// Waits until notices are heard, by what a test of a notification comes to.
fn wait_for_trial(desktop: &Desktop, wanted: impl Fn(u16, &Value) -> bool) {
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

fn active(desktop: &Desktop) -> Value {
    let (_, combos) = desktop.call("GET", "/api/combos", &Value::Null);
    let mut combos = combos.as_array().unwrap().iter();
    combos.find(|combo| combo["active"] == true).unwrap()["name"].clone()
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
    let desktop = Desktop::start_with(scene.home, Shows::Nothing);
    wait_for_trial(&desktop, |status, answer| {
        status == 409 && answer["message"] == "nothing on this desktop shows notifications"
    });
}
