use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use switchyard_engine::{Config, Engine};
use switchyard_simulator::{Chunking, Script, Simulator, Turn, Vendor};
use switchyard_types::{
    ComboBody, Dialect, NewAccount, NewKey, NewVendor, NotificationSettings, Secret, Tier,
};
use tempfile::TempDir;

use crate::desk::{Desktop, runtime};

/// Vendors of which the first says that its quota is used up and the last takes two seconds for an answer, and a
/// client's key.
pub(crate) struct Scene {
    _runtime: tokio::runtime::Runtime,
    _simulator: Simulator,
    pub(crate) home: TempDir,
    pub(crate) key: String,
}

impl Scene {
    /// `main` is active and falls over from `a` to `b`; `spare` is `b` alone.
    pub(crate) fn new(settings: NotificationSettings) -> Self {
        let (runtime, home) = (runtime(), tempfile::tempdir().unwrap());
        let (simulator, key) = runtime.block_on(async {
            let simulator = Simulator::start(script()).await.unwrap();
            let key = seed(&home.path().join("data"), &simulator, settings).await;
            (simulator, key)
        });
        Self { _runtime: runtime, _simulator: simulator, home, key }
    }
}

/// What the vendors do.
pub(crate) fn script() -> Script {
    let spent = Vendor::default()
        .header("x-codex-primary-used-percent", "100")
        .header("x-codex-primary-window-minutes", "300")
        .header("x-codex-primary-reset-after-seconds", "7200");
    let words: Vec<_> = (0..40).map(|word| format!("word{word:02}")).collect();
    let slow = Vendor::default().turn_for(
        "m",
        Turn::text(words.join(" ")).chunking(Chunking::Size(7)).pace(Duration::from_millis(50)),
    );
    Script::default().vendor("a", spent).vendor("b", Vendor::default()).vendor("slow", slow)
}

async fn seed(data: &Path, simulator: &Simulator, settings: NotificationSettings) -> String {
    let engine = Engine::open(Config::new(data)).await.unwrap();
    for (name, called) in [("a", "R&D <first>"), ("b", "second"), ("slow", "third")] {
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
    let key = engine.add_key(&NewKey::named("agent")).await.unwrap().text;
    engine.close().await;
    key
}

/// Asks whatever is active, as an agent does.
pub(crate) fn ask(desktop: &Desktop, key: &str) {
    let (status, answer) = try_to_ask(desktop, key);
    assert_eq!(status, 200, "{answer}");
}

pub(crate) fn try_to_ask(desktop: &Desktop, key: &str) -> (u16, Value) {
    let body = json!({ "model": "auto", "messages": [{ "role": "user", "content": "Hello" }] });
    desktop.send("POST", "/v1/chat/completions", key, &body)
}

pub(crate) fn active(desktop: &Desktop) -> Value {
    let (_, combos) = desktop.call("GET", "/api/combos", &Value::Null);
    let mut combos = combos.as_array().unwrap().iter();
    combos.find(|combo| combo["active"] == true).unwrap()["name"].clone()
}
