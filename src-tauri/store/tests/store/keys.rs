use std::collections::HashSet;

use switchyard_store::{StoreError, Thing, client_key_hash};
use switchyard_types::KeyId;

use crate::scene::{NOW, Scene};

#[test]
fn the_hash_of_a_key_is_its_sha_256() {
    // The example of FIPS 180-4: "abc".
    let expected = [
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22,
        0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00,
        0x15, 0xad,
    ];
    assert_eq!(client_key_hash("abc"), expected);
}

#[tokio::test]
async fn a_made_key_is_listed_without_its_text_and_found_by_its_hash() {
    let scene = Scene::new();
    let store = scene.open().await;
    let made = store.add_key("Claude Code", NOW).await.unwrap();
    assert_eq!(made.text.len(), 46);
    assert!(made.text.starts_with("sy-"));
    assert!(made.text.bytes().skip(3).all(|letter| letter.is_ascii_alphanumeric()));
    assert_eq!(made.key.hint, format!("{}…", made.text.get(..7).unwrap()));
    assert!(made.key.id.as_str().starts_with("key_"));
    assert_eq!(store.keys().await.unwrap(), std::slice::from_ref(&made.key));
    let hashes = store.key_hashes().await.unwrap();
    assert_eq!(hashes, [(made.key.id, "Claude Code".to_owned(), client_key_hash(&made.text))]);
}

#[tokio::test]
async fn keys_are_listed_oldest_first_and_differ() {
    let scene = Scene::new();
    let store = scene.open().await;
    let mut texts = HashSet::new();
    for number in (0..10).rev() {
        let made = store.add_key(&format!("tool {number}"), NOW + number).await.unwrap();
        texts.insert(made.text);
    }
    assert_eq!(texts.len(), 10);
    let listed = store.keys().await.unwrap();
    assert!(listed.is_sorted_by_key(|key| key.created_at));
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused() {
    let scene = Scene::new();
    let store = scene.open().await;
    let made = store.add_key("Codex", NOW).await.unwrap();
    let error = store.add_key("Codex", NOW).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { what: Thing::Key, .. }));
    assert_eq!(store.keys().await.unwrap(), [made.key]);
}

#[tokio::test]
async fn a_removed_key_is_gone() {
    let scene = Scene::new();
    let store = scene.open().await;
    let id = store.add_key("Codex", NOW).await.unwrap().key.id;
    store.remove_key(&id).await.unwrap();
    assert_eq!(store.keys().await.unwrap(), []);
    assert_eq!(store.key_hashes().await.unwrap(), []);
    let error = store.remove_key(&id).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Key, .. }));
    store.add_key("Codex", NOW).await.unwrap();
}

#[tokio::test]
async fn the_last_use_never_goes_back() {
    let scene = Scene::new();
    let store = scene.open().await;
    let id = store.add_key("Codex", NOW).await.unwrap().key.id;
    store.touch_keys(&[(id.clone(), 20), (KeyId::new("key_missing"), 99)]).await.unwrap();
    store.touch_keys(&[(id, 10)]).await.unwrap();
    assert_eq!(store.keys().await.unwrap()[0].last_used_at, Some(20));
}
