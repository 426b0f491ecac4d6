//! The data key, and that no secret stands anywhere in the clear.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use switchyard_store::{NewAccountRow, StoreError};
use switchyard_types::{AccountId, DataKeySource, LoginFacts, LoginTokens, Secret};

use crate::scene::{NOW, Scene, account};

const CANARY: &str = "sk-canary-5f2c9e07-Zq8LmW3x";

fn key(byte: u8) -> Secret {
    Secret::new(STANDARD.encode([byte; 32]))
}

async fn add_canary(scene: &Scene) -> AccountId {
    let store = scene.open().await;
    let id = store.add_account(account("Work", Some(CANARY))).await.unwrap().id;
    store.close().await;
    id
}

fn assert_nowhere(scene: &Scene, secret: &str) {
    let body = secret.get(..secret.len() - 4).unwrap().as_bytes();
    for (path, bytes) in scene.files() {
        let found = bytes.windows(body.len()).any(|window| window == body);
        assert!(!found, "a secret stands in {}", path.display());
    }
}

#[tokio::test]
async fn no_secret_stands_in_the_clear_in_any_file() {
    let scene = Scene::new();
    let store = scene.open().await;
    let id = store.add_account(account("Work", Some(CANARY))).await.unwrap().id;
    let client_key = store.add_key("Codex", 0).await.unwrap().text;
    let wal = fs::metadata(scene.file("switchyard.db-wal")).unwrap().len();
    assert!(wal > 0, "the write-ahead log is there to be searched");
    assert_nowhere(&scene, CANARY);
    assert_nowhere(&scene, client_key.get(4..).unwrap());

    store.close().await;
    scene.age().await;
    let store = scene.open().await;
    assert_eq!(fs::read_dir(scene.file("backups")).unwrap().count(), 1);
    assert_nowhere(&scene, CANARY);
    assert_nowhere(&scene, client_key.get(4..).unwrap());

    store.remove_account(&id).await.unwrap();
    store.close().await;
    assert_nowhere(&scene, CANARY);
}

#[tokio::test]
async fn neither_tokens_nor_proxies_stand_in_the_clear_in_any_file_or_debug_output() {
    let scene = Scene::new();
    let store = scene.open().await;
    let mut secrets = Vec::new();
    let mut secret = |name: &str| {
        secrets.push(format!("{name}-canary-8d1f4b60-Kp3vT7"));
        Secret::new(secrets.last().unwrap())
    };
    let tokens = LoginTokens {
        access: secret("access"),
        refresh: Some(secret("refresh")),
        id: Some(secret("id")),
        client_secret: Some(secret("client")),
    };
    let added =
        store.add_login(account("Work", None), &tokens, &LoginFacts::default()).await.unwrap();
    store.set_account_proxy(&added.id, Some(&secret("proxy"))).await.unwrap();
    store.save_login(&added.id, &tokens, &LoginFacts::default(), NOW).await.unwrap();
    let shown = format!("{store:?} {added:?} {tokens:?} {:?}", store.logins().await.unwrap());
    for secret in &secrets {
        assert_nowhere(&scene, secret);
        assert!(!shown.contains(secret.as_str()), "{shown}");
    }
    store.close().await;
    for secret in &secrets {
        assert_nowhere(&scene, secret);
    }
}

#[tokio::test]
async fn no_debug_output_shows_a_secret() {
    let scene = Scene::with_key(key(7));
    let store = scene.open().await;
    let row = account("Work", Some(CANARY));
    let place = scene.place();
    let shown = format!("{store:?} {:?} {row:?} {place:?}", store.recorder());
    assert!(!shown.contains("canary"), "{shown}");
    assert!(!shown.contains(key(7).expose()), "{shown}");
}

#[tokio::test]
async fn the_key_file_is_made_once_and_serves_again() {
    let scene = Scene::new();
    let id = add_canary(&scene).await;
    let made = fs::read(scene.file("data.key")).unwrap();
    assert_eq!(made.len(), 45);

    let store = scene.open().await;
    assert_eq!(store.data_key_source(), DataKeySource::File);
    assert_eq!(store.account_secret(&id).await.unwrap().unwrap().expose(), CANARY);
    assert_eq!(fs::read(scene.file("data.key")).unwrap(), made);
}

#[tokio::test]
async fn each_store_makes_its_own_key() {
    let (one, other) = (Scene::new(), Scene::new());
    one.open().await;
    other.open().await;
    let read = |scene: &Scene| fs::read(scene.file("data.key")).unwrap();
    assert_ne!(read(&one), read(&other));
}

#[tokio::test]
async fn a_key_from_the_environment_serves_and_no_file_is_made() {
    let mut scene = Scene::with_key(key(7));
    let id = add_canary(&scene).await;
    assert!(!scene.file("data.key").exists());
    for text in [
        STANDARD.encode([7; 32]),
        format!(" {}\n", STANDARD.encode([7; 32])),
        URL_SAFE_NO_PAD.encode([7; 32]),
    ] {
        scene.data_key = Some(Secret::new(text));
        let store = scene.open().await;
        assert_eq!(store.data_key_source(), DataKeySource::Environment);
        assert_eq!(store.account_secret(&id).await.unwrap().unwrap().expose(), CANARY);
        store.close().await;
    }
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_nothing_changes() {
    let mut scene = Scene::with_key(key(7));
    let id = add_canary(&scene).await;
    let before = fs::read(scene.database()).unwrap();

    scene.data_key = Some(key(8));
    let error = scene.refusal().await;
    assert!(matches!(error, StoreError::WrongDataKey { from: DataKeySource::Environment, .. }));
    assert!(!error.to_string().contains(key(8).expose()), "{error}");
    assert_eq!(fs::read(scene.database()).unwrap(), before);

    scene.data_key = Some(key(7));
    let secret = scene.open().await.account_secret(&id).await.unwrap().unwrap();
    assert_eq!(secret.expose(), CANARY);
}

#[tokio::test]
async fn a_wrong_key_file_is_refused_and_nothing_changes() {
    let scene = Scene::new();
    add_canary(&scene).await;
    fs::write(scene.file("data.key"), key(8).expose()).unwrap();
    let before = scene.files();
    let error = scene.refusal().await;
    assert!(matches!(error, StoreError::WrongDataKey { from: DataKeySource::File, .. }));
    assert_eq!(fs::read(scene.file("data.key")).unwrap(), key(8).expose().as_bytes());
    let database = |files: &[(std::path::PathBuf, Vec<u8>)]| {
        files.iter().find(|file| file.0.ends_with("switchyard.db")).unwrap().1.clone()
    };
    assert_eq!(database(&scene.files()), database(&before));
}

#[tokio::test]
async fn a_missing_key_file_is_refused_and_none_is_made() {
    let scene = Scene::new();
    let id = add_canary(&scene).await;
    let kept = fs::read(scene.file("data.key")).unwrap();
    fs::remove_file(scene.file("data.key")).unwrap();
    let error = scene.refusal().await;
    assert!(matches!(error, StoreError::MissingDataKey { .. }));
    assert!(error.to_string().contains("data.key"), "{error}");
    assert!(!scene.file("data.key").exists());

    fs::write(scene.file("data.key"), kept).unwrap();
    let secret = scene.open().await.account_secret(&id).await.unwrap().unwrap();
    assert_eq!(secret.expose(), CANARY);
}

#[tokio::test]
async fn a_store_without_secrets_takes_a_new_key() {
    let mut scene = Scene::new();
    let store = scene.open().await;
    let keyless = NewAccountRow { secret: None, ..account("Local", None) };
    store.add_account(keyless).await.unwrap();
    store.close().await;

    scene.data_key = Some(key(7));
    let id = add_canary(&scene).await;
    let store = scene.open().await;
    let secret = store.account_secret(&id).await.unwrap().unwrap();
    assert_eq!(secret.expose(), CANARY);
    store.close().await;
    scene.data_key = None;
    assert!(matches!(scene.refusal().await, StoreError::WrongDataKey { .. }));
}

#[tokio::test]
async fn a_key_that_is_no_key_is_refused() {
    let mut scene = Scene::new();
    for text in ["", "secret", &STANDARD.encode([7; 31]), &STANDARD.encode([7; 33])] {
        scene.data_key = Some(Secret::new(text));
        let error = scene.refusal().await;
        assert!(matches!(error, StoreError::MalformedDataKey { from: DataKeySource::Environment }));
    }
    scene.data_key = None;
    fs::write(scene.file("data.key"), [0xff; 45]).unwrap();
    let error = scene.refusal().await;
    assert!(matches!(error, StoreError::MalformedDataKey { from: DataKeySource::File }));
    assert_eq!(fs::read(scene.file("data.key")).unwrap(), [0xff; 45]);
}

#[tokio::test]
async fn a_secret_moved_to_another_account_does_not_open() {
    let scene = Scene::new();
    let store = scene.open().await;
    let rich = store.add_account(account("rich", Some("first-secret"))).await.unwrap().id;
    let poor = store.add_account(account("poor", Some("other-secret"))).await.unwrap().id;
    store.close().await;
    scene
        .tamper(
            "UPDATE accounts SET sealed = (SELECT sealed FROM accounts WHERE name = 'rich') \
             WHERE name = 'poor'",
        )
        .await;
    let store = scene.open().await;
    let error = store.account_secret(&poor).await.unwrap_err();
    assert!(matches!(&error, StoreError::AlteredSecret { id, .. } if id == poor.as_str()));
    assert!(store.account_secret(&rich).await.unwrap().is_some());
}
