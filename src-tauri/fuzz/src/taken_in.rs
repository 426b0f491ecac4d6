//! What people and other programs hand over: links, exports, logins of programs, and text that may hold a secret.

use std::fs;
use std::sync::LazyLock;

use switchyard_engine::{Config, Engine, Places, Redactor};
use switchyard_types::{ImportAsk, LinkView, NewAccount, OnClash, Secret};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// Secrets that are kept: a key that looks like one, one with signs that JSON writes in another way, and a password.
const KEYS: [&str; 2] = ["sk-0123456789abcdef0123456789", r#"quote"back\slash"#];
const PASSWORD: &str = "correct horse battery";

struct World {
    engine: Engine,
    redactor: Redactor,
    home: TempDir,
    runtime: Runtime,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| Some(home.path().join(name));
    let mut config = Config::new(home.path().join("data"));
    config.places = Places {
        home: at(""),
        config: at("config"),
        claude: at("claude"),
        codex: at("codex"),
        ..Places::default()
    };
    config.initial_password = Some(Secret::new(PASSWORD));
    let redactor = config.redactor.clone();
    let engine = runtime.block_on(async {
        let engine = Engine::open(config).await.unwrap();
        for (nth, secret) in KEYS.into_iter().enumerate() {
            let account = NewAccount {
                vendor: "openai".to_owned(),
                name: nth.to_string(),
                key: Secret::new(secret),
                ..NewAccount::default()
            };
            engine.add_account(account).await.unwrap();
        }
        engine
    });
    World { engine, redactor, home, runtime }
});

/// A followed link shows what it would do and changes nothing.
pub fn link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let World { engine, runtime, .. } = &*WORLD;
    let combos = engine.combos().len();
    if let Ok(LinkView::Combo { offer }) = runtime.block_on(engine.follow_link(&Secret::new(text)))
    {
        assert!(
            !offer.candidates.is_empty()
                && offer.candidates.iter().all(|spec| spec.account.is_none())
        );
    }
    assert_eq!(engine.combos().len(), combos);
}

/// An export of a part is looked through before anything is taken of it; what was taken can be exported again.
pub fn import(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let World { engine, runtime, .. } = &*WORLD;
    let ask = ImportAsk { text: text.to_owned(), passphrase: None, clash: OnClash::Keep };
    if let Ok(preview) = runtime.block_on(engine.preview_import(ask)) {
        assert!(!preview.whole, "what is sealed was opened without a passphrase");
        assert!(preview.changes.iter().all(|change| change.removed.is_empty()));
    }
}

/// What a program keeps is shown, or why it cannot be; nothing of it is quoted but who signed in.
pub fn login(bytes: &[u8]) {
    let World { engine, home, runtime, .. } = &*WORLD;
    let files = [
        "claude/.credentials.json",
        "codex/auth.json",
        ".gemini/oauth_creds.json",
        "config/github-copilot/apps.json",
        ".aws/sso/cache/kiro-auth-token.json",
        ".qwen/oauth_creds.json",
    ];
    for file in files.map(|file| home.path().join(file)) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    let found = runtime.block_on(engine.found_logins());
    assert_eq!(found.len(), files.len());
}

/// A secret is cut out of any text, however the text quotes it, and what holds none is left as it is.
pub fn redact(bytes: &[u8]) {
    let redactor = &WORLD.redactor;
    let text = String::from_utf8_lossy(bytes);
    let cleaned = redactor.clean(&text);
    assert_eq!(redactor.clean(&cleaned), cleaned, "cleaned again it is another text");
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let (before, after) = text.split_at(middle);
    for secret in KEYS.into_iter().chain([PASSWORD]) {
        let quoted = serde_json::to_string(secret).unwrap();
        for hidden in [secret, quoted.trim_matches('"')] {
            let cleaned = redactor.clean(&[before, hidden, after].concat()).into_owned();
            assert!(!cleaned.contains(hidden), "{cleaned}");
        }
        let whole = serde_json::to_string(&[before, secret, after].concat()).unwrap();
        let cleaned = redactor.clean(&whole).into_owned();
        assert!(!cleaned.contains(quoted.trim_matches('"')), "{cleaned}");
    }
}
