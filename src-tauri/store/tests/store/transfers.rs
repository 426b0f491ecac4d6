//! Exports and imports, and that no secret leaves in the clear.

use serde_json::{Value, json};
use switchyard_store::{Combo, StoreError};
use switchyard_types::{ExportPart, OnClash, Secret};

use crate::faults::{configured, furnish};
use crate::scene::{NOW, Scene};

const PASSPHRASE: &str = "correct horse battery";

fn passphrase() -> Secret {
    Secret::new(PASSPHRASE)
}

async fn exported(scene: &Scene) -> (String, String) {
    let store = scene.open().await;
    furnish(&store).await;
    let text = store.export(passphrase(), NOW).await.unwrap();
    let before = configured(&store).await;
    store.close().await;
    (text, before)
}

#[tokio::test]
async fn an_export_brings_everything_to_another_machine() {
    let (here, there) = (Scene::new(), Scene::new());
    let (text, before) = exported(&here).await;
    assert!(!text.contains("first-secret") && !text.contains("Work") && !text.contains("glm"));

    let store = there.open().await;
    store.put_combo(&Combo::listed("mine", &["glm/b".to_owned()])).await.unwrap();
    let staged = store.stage_import(&text, Some(passphrase())).await.unwrap();
    assert!(staged.is_whole());
    let preview = store.preview_import(&staged).await.unwrap();
    assert!(preview.whole);
    assert_eq!(preview.made_at, Some(NOW));
    let combos = preview.changes.iter().find(|change| change.table == "combos").unwrap();
    assert_eq!(
        (combos.added.as_slice(), combos.removed.as_slice()),
        (["daily".to_owned()].as_slice(), ["mine".to_owned()].as_slice(),)
    );
    let accounts = preview.changes.iter().find(|change| change.table == "accounts").unwrap();
    assert_eq!(accounts.added, ["Work"]);
    assert_eq!(store.combos().await.unwrap().len(), 1, "a preview changes nothing");
    assert!(store.backups().unwrap().is_empty());

    store.apply_import(&staged, OnClash::Keep, NOW).await.unwrap();
    assert_eq!(configured(&store).await, before);
    assert_eq!(store.backups().unwrap().len(), 1);
    let again = store.stage_import(&text, Some(passphrase())).await.unwrap();
    assert_eq!(store.preview_import(&again).await.unwrap().changes, []);
    store.close().await;
    assert_eq!(configured(&there.open().await).await, before);
}

#[tokio::test]
async fn a_wrong_passphrase_an_altered_file_and_a_greedy_head_open_nothing() {
    let scene = Scene::new();
    let (text, _) = exported(&scene).await;
    let store = scene.open().await;
    for wrong in [None, Some(Secret::new("")), Some(Secret::new("correct horse batterz"))] {
        let error = store.stage_import(&text, wrong).await.unwrap_err();
        assert!(matches!(error, StoreError::WrongPassphrase), "{error}");
    }
    let file: Value = serde_json::from_str(&text).unwrap();
    let altered = |path: &str, value: Value| {
        let mut file = file.clone();
        *file.pointer_mut(path).unwrap() = value;
        file.to_string()
    };
    for (path, value, code) in [
        ("/made_at", json!(1), "wrong_passphrase"),
        ("/kdf/passes", json!(2), "wrong_passphrase"),
        ("/kdf/memory_kib", json!(4_000_000_000_u32), "import"),
        ("/kdf/passes", json!(1_000_000), "import"),
        ("/kdf/lanes", json!(64), "import"),
        ("/kdf/salt", json!(""), "import"),
        ("/nonce", json!("AAAA"), "import"),
        ("/format", json!(2), "import"),
        ("/content", json!("AAAA"), "wrong_passphrase"),
        ("/cipher", json!("none"), "import"),
    ] {
        let error =
            store.stage_import(&altered(path, value), Some(passphrase())).await.unwrap_err();
        assert_eq!(error.code(), code, "{path}: {error}");
    }
}

#[tokio::test]
async fn a_short_passphrase_is_refused() {
    let scene = Scene::new();
    let store = scene.open().await;
    let error = store.export(Secret::new("short"), NOW).await.unwrap_err();
    assert_eq!(error.code(), "short_passphrase");
}

#[tokio::test]
async fn parts_carry_no_secret_and_are_added_to_what_is_there() {
    let (here, there) = (Scene::new(), Scene::new());
    let store = here.open().await;
    furnish(&store).await;
    let names = vec!["daily".to_owned()];
    let combo = store.export_part(&ExportPart::Combos { names }).await.unwrap();
    let ids = vec!["mine".to_owned()];
    let vendor = store.export_part(&ExportPart::Vendors { ids }).await.unwrap();
    for text in [&combo, &vendor] {
        assert!(!text.contains("secret-0123"), "{text}");
        assert!(!text.contains("accounts"), "{text}");
    }
    let missing = ExportPart::Combos { names: vec!["nightly".to_owned()] };
    assert!(store.export_part(&missing).await.unwrap_err().is_not_found());

    let other = there.open().await;
    other.put_combo(&Combo::listed("daily", &["zai/x".to_owned()])).await.unwrap();
    other.put_combo(&Combo::listed("mine", &["zai/y".to_owned()])).await.unwrap();
    let settings = switchyard_store::Settings {
        active_combo: Some("daily".to_owned()),
        ..other.settings().await.unwrap()
    };
    other.save_settings(&settings).await.unwrap();
    let staged = other.stage_import(&combo, None).await.unwrap();
    let models = async || {
        let combos = other.combos().await.unwrap();
        combos.into_iter().map(|combo| combo.candidates[0].model.clone()).collect::<Vec<_>>()
    };
    other.apply_import(&staged, OnClash::Keep, NOW).await.unwrap();
    assert_eq!(models().await, ["zai/x", "zai/y"]);
    other.apply_import(&staged, OnClash::Replace, NOW + 1).await.unwrap();
    assert_eq!(models().await, ["glm/a", "zai/y"]);
    assert_eq!(other.settings().await.unwrap(), settings, "the active combo stays");
    let staged = other.stage_import(&vendor, None).await.unwrap();
    other.apply_import(&staged, OnClash::Keep, NOW + 2).await.unwrap();
    assert_eq!(other.custom_vendors().await.unwrap(), store.custom_vendors().await.unwrap());
}

#[tokio::test]
async fn hostile_parts_are_refused_and_change_nothing() {
    let scene = Scene::new();
    let store = scene.open().await;
    furnish(&store).await;
    let names = vec!["daily".to_owned()];
    let part = store.export_part(&ExportPart::Combos { names }).await.unwrap();
    let part: Value = serde_json::from_str(&part).unwrap();
    let with = |path: &str, value: Value| {
        let mut part = part.clone();
        *part.pointer_mut(path).unwrap() = value;
        part.to_string()
    };
    let table = |columns: Value, rows: Value| json!({ "columns": columns, "rows": rows });
    let before = configured(&store).await;
    let mut hostile = vec![
        String::new(),
        "[".repeat(100_000),
        "{\"switchyard\":\"part\"}".to_owned(),
        json!({ "switchyard": "database" }).to_string(),
        with("/document/schema", json!(9_000)),
        with("/document/schema", json!(-1)),
        with("/document/tables/combos", table(json!(["name", "name"]), json!([["a", "b"]]))),
        with("/document/tables/combos", table(json!(["name"]), json!([["a", "b"]]))),
        with("/document/tables/combos", table(json!(["name"]), json!([[null]]))),
        with("/document/tables/combos", table(json!(["name"]), json!([[7]]))),
        with(
            "/document/tables/combos",
            table(json!(["name\" ; DROP TABLE combos; --"]), json!([["x"]])),
        ),
        with("/document/tables/combos", table(json!(["name"]), json!([[{ "secret": "x" }]]))),
        with("/document/tables/combos", table(json!(["name"]), json!([[{ "bytes": "AAAA" }]]))),
        with("/document/tables/combos", table(json!(["name"]), json!([["x".repeat(2_000_000)]]))),
    ];
    for stranger in
        ["accounts", "client_keys", "settings", "_sqlx_migrations", "requests", "nowhere"]
    {
        let mut part = part.clone();
        part["document"]["tables"][stranger] = table(json!(["id"]), json!([["x"]]));
        hostile.push(part.to_string());
    }
    for text in hostile {
        let shown: String = text.chars().take(200).collect();
        let error = store.stage_import(&text, None).await.expect_err(&shown);
        assert_eq!(error.code(), "import", "{shown}: {error}");
    }
    assert_eq!(configured(&store).await, before);
}

#[tokio::test]
async fn canaries_stand_in_no_file_no_error_and_no_export() {
    const CANARY: &str = "sk-canary-77e1d0-QmWnErTz";
    let scene = Scene::new();
    let store = scene.open().await;
    furnish(&store).await;
    let added = crate::scene::account("Canary", Some(CANARY));
    let id = store.add_account(added).await.unwrap().id;
    let client = store.add_key("Canary", NOW).await.unwrap().text;
    store.back_up(NOW).await.unwrap();
    let mut texts = vec![store.export(passphrase(), NOW).await.unwrap()];
    let staged = store.stage_import(&texts[0], Some(passphrase())).await.unwrap();
    texts.push(format!("{:?}", store.preview_import(&staged).await.unwrap()));
    texts.push(format!("{staged:?} {store:?}"));
    store.rotate_data_key(switchyard_store::NewKey::SamePlace).await.unwrap();
    // Errors about the secret itself.
    scene.tamper("UPDATE accounts SET sealed = x'0102' WHERE name = 'Canary'").await;
    texts.push(format!("{:?}", store.account_secret(&id).await.unwrap_err()));
    texts.push(format!("{:?}", store.export(passphrase(), NOW).await.unwrap_err()));
    let broken = texts[0].replacen('A', "B", 1);
    texts.push(format!("{:?}", store.stage_import(&broken, Some(passphrase())).await.unwrap_err()));
    store.close().await;

    for secret in [CANARY, "first-secret-0123456789", client.get(8..).unwrap(), PASSPHRASE] {
        let body = secret.get(..secret.len() - 5).unwrap();
        for text in &texts {
            assert!(!text.contains(body), "{secret} stands in {text}");
        }
        for (path, bytes) in scene.files() {
            let found = bytes.windows(body.len()).any(|window| window == body.as_bytes());
            assert!(!found, "{secret} stands in {}", path.display());
        }
    }
}
