//! The exchange of the data key.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use switchyard_store::NewKey;
use switchyard_types::{DataKeySource, Secret};

use crate::faults::{configured, furnish};
use crate::keychains::Held;
use crate::scene::{NOW, Scene};

#[tokio::test]
async fn after_an_exchange_the_old_key_opens_nothing_and_nothing_is_lost() {
    let scene = Scene::new();
    let store = scene.open().await;
    furnish(&store).await;
    let before = configured(&store).await;
    let derived = store.derived_key("tools");
    let backup = store.back_up(NOW).await.unwrap();
    let old = fs::read(scene.file("data.key")).unwrap();

    let rotated = store.rotate_data_key(NewKey::SamePlace).await.unwrap();
    assert_eq!((rotated.data_key, rotated.values, rotated.backups), (DataKeySource::File, 1, 1));
    assert!(rotated.left.is_empty(), "{:?}", rotated.left);
    assert_eq!(configured(&store).await, before);
    assert_eq!(store.derived_key("tools"), derived);
    assert_eq!(
        fs::read(scene.file("data.key.old")).unwrap(),
        old,
        "kept until seen to be needless"
    );
    store.close().await;

    let store = scene.open().await;
    assert_eq!(configured(&store).await, before);
    assert_eq!(store.derived_key("tools"), derived);
    assert!(!scene.file("data.key.old").exists());
    let new = fs::read(scene.file("data.key")).unwrap();
    assert_ne!(new, old);
    store.close().await;
    switchyard_store::check_backup(&scene.place(), &backup.name).await.unwrap();

    fs::write(scene.file("data.key"), &old).unwrap();
    assert_eq!(scene.refusal().await.code(), "wrong_data_key");
    let error = switchyard_store::check_backup(&scene.place(), &backup.name).await.unwrap_err();
    assert_eq!(error.code(), "wrong_data_key");
    let error = switchyard_store::restore_saved(&scene.place(), NOW).await.unwrap_err();
    assert_eq!(error.code(), "wrong_data_key");
    fs::write(scene.file("data.key"), new).unwrap();
    assert_eq!(configured(&scene.open().await).await, before);
}

#[tokio::test]
async fn an_exchange_that_was_cut_at_any_step_is_made_good_at_the_next_start() {
    let scene = Scene::new();
    let store = scene.open().await;
    furnish(&store).await;
    let before = configured(&store).await;
    let old = fs::read(scene.file("data.key")).unwrap();
    store.rotate_data_key(NewKey::SamePlace).await.unwrap();
    store.close().await;
    let new = fs::read(scene.file("data.key")).unwrap();

    // Committed, and the files still have their old names; or are between them.
    for names in [
        vec![("data.key", &old), ("data.key.next", &new)],
        vec![("data.key.old", &old), ("data.key.next", &new)],
        vec![("data.key.old", &old), ("data.key", &new)],
    ] {
        for name in ["data.key", "data.key.next", "data.key.old"] {
            let _none = fs::remove_file(scene.file(name));
        }
        for (name, content) in names {
            fs::write(scene.file(name), content).unwrap();
        }
        let store = scene.open().await;
        assert_eq!(configured(&store).await, before);
        assert_eq!(fs::read(scene.file("data.key")).unwrap(), new);
        store.close().await;
    }
    // Not committed: the key to come is forgotten.
    fs::write(scene.file("data.key.next"), STANDARD.encode([9; 32])).unwrap();
    assert_eq!(configured(&scene.open().await).await, before);
    assert!(!scene.file("data.key.next").exists());
    assert_eq!(fs::read(scene.file("data.key")).unwrap(), new);
}

#[tokio::test]
async fn the_key_moves_into_the_keychain_and_out_of_it() {
    let keychain = Held::new();
    let mut scene = Scene::new();
    let store = scene.open().await;
    furnish(&store).await;
    let before = configured(&store).await;
    store.close().await;

    scene.keychain = Some(keychain.clone());
    let store = scene.open().await;
    assert_eq!(store.data_key_source(), DataKeySource::File, "what is there stays");
    store.rotate_data_key(NewKey::Keychain).await.unwrap();
    store.close().await;
    let store = scene.open().await;
    assert_eq!(store.data_key_source(), DataKeySource::Keychain);
    assert_eq!(configured(&store).await, before);
    assert!(!scene.file("data.key").exists() && !scene.file("data.key.old").exists());
    assert_eq!(keychain.len(), 1);

    store.rotate_data_key(NewKey::SamePlace).await.unwrap();
    store.close().await;
    let store = scene.open().await;
    assert_eq!(keychain.len(), 1, "the old entry is gone");
    store.rotate_data_key(NewKey::File).await.unwrap();
    store.close().await;
    let store = scene.open().await;
    assert_eq!(store.data_key_source(), DataKeySource::File);
    assert!(keychain.is_empty());
    assert_eq!(configured(&store).await, before);
}

#[tokio::test]
async fn a_key_from_the_environment_is_exchanged_for_a_given_one_only() {
    let old = Secret::new(STANDARD.encode([7; 32]));
    let new = Secret::new(STANDARD.encode([8; 32]));
    let mut scene = Scene::with_key(old.clone());
    let store = scene.open().await;
    furnish(&store).await;
    let before = configured(&store).await;
    let error = store.rotate_data_key(NewKey::SamePlace).await.unwrap_err();
    assert_eq!(error.code(), "rotation", "{error}");
    assert!(error.to_string().contains("SWITCHYARD_NEW_DATA_KEY"));
    store.rotate_data_key(NewKey::Given(new.clone())).await.unwrap();
    store.close().await;
    assert_eq!(scene.refusal().await.code(), "wrong_data_key");
    scene.data_key = Some(new);
    assert_eq!(configured(&scene.open().await).await, before);
}

#[tokio::test]
async fn a_keychain_that_refuses_leaves_the_old_key_in_use() {
    let keychain = Held::new();
    let mut scene = Scene::new();
    scene.keychain = Some(keychain.clone());
    let store = scene.open().await;
    furnish(&store).await;
    let before = configured(&store).await;
    keychain.lock();
    assert_eq!(
        store.rotate_data_key(NewKey::SamePlace).await.unwrap_err().code(),
        "keychain_closed"
    );
    keychain.unlock();
    assert_eq!(configured(&store).await, before);
    store.close().await;
    assert_eq!(configured(&scene.open().await).await, before);
    assert_eq!(keychain.len(), 1);
}
