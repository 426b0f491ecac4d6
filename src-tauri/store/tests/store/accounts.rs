use switchyard_store::{NewAccountRow, StoreError, Thing};
use switchyard_types::{AccountChange, AccountId, Secret};

use crate::scene::{NOW, Scene, account};

fn missing() -> AccountId {
    AccountId::new("acc_missing")
}

fn is_missing(error: &StoreError) -> bool {
    matches!(error, StoreError::NotFound { what: Thing::Account, id } if id == "acc_missing")
}

#[tokio::test]
async fn an_added_account_is_listed_as_it_was_answered() {
    let scene = Scene::new();
    let store = scene.open().await;
    let added = store.add_account(account("Work", Some("sk-0123456789x4Qz"))).await.unwrap();
    assert!(added.id.as_str().starts_with("acc_"), "{}", added.id);
    assert_eq!(added.id.as_str().len(), 24);
    assert_eq!((added.vendor.as_str(), added.name.as_str()), ("glm", "Work"));
    assert!(added.enabled);
    assert_eq!((added.created_at, added.last_used_at), (NOW, None));
    assert_eq!(store.accounts().await.unwrap(), [added]);
}

#[tokio::test]
async fn the_hint_is_the_end_of_a_key_that_is_long_enough() {
    let scene = Scene::new();
    let store = scene.open().await;
    for (secret, hint) in [
        (Some("sk-0123x4Qz9"), Some("…4Qz9")),
        (Some("sk-0123x4Qz"), None),
        (Some("ключ-ключ-ключ"), Some("…ключ")),
        (Some(""), None),
        (None, None),
    ] {
        let added = store.add_account(account("a", secret)).await.unwrap();
        assert_eq!(added.key_hint.as_deref(), hint, "{secret:?}");
    }
}

#[tokio::test]
async fn a_secret_comes_back_as_it_went_in() {
    let scene = Scene::new();
    let store = scene.open().await;
    for secret in ["k", "sk-0123456789", "  \u{1F511}\n\0"] {
        let added = store.add_account(account("a", Some(secret))).await.unwrap();
        let read = store.account_secret(&added.id).await.unwrap().unwrap();
        assert_eq!(read.expose(), secret);
    }
    for none in [None, Some("")] {
        let added = store.add_account(account("a", none)).await.unwrap();
        assert_eq!(store.account_secret(&added.id).await.unwrap(), None);
    }
    assert!(is_missing(&store.account_secret(&missing()).await.unwrap_err()));
}

#[tokio::test]
async fn accounts_are_listed_by_priority_and_a_new_one_is_last() {
    let scene = Scene::new();
    let store = scene.open().await;
    store.add_account(account("first", None)).await.unwrap();
    store.add_account(account("second", None)).await.unwrap();
    let front = NewAccountRow { priority: Some(-5), ..account("front", None) };
    store.add_account(front).await.unwrap();
    let end = NewAccountRow { priority: Some(i64::MAX), ..account("end", None) };
    store.add_account(end).await.unwrap();
    let beyond = NewAccountRow { created_at: NOW + 1, ..account("beyond", None) };
    assert_eq!(store.add_account(beyond).await.unwrap().priority, i64::MAX);

    let names: Vec<String> =
        store.accounts().await.unwrap().into_iter().map(|account| account.name).collect();
    assert_eq!(names, ["front", "first", "second", "end", "beyond"]);
}

#[tokio::test]
async fn a_change_touches_only_what_it_names() {
    let scene = Scene::new();
    let store = scene.open().await;
    let before = store.add_account(account("Work", Some("sk-0123456789"))).await.unwrap();
    let same = store.change_account(&before.id, &AccountChange::default()).await.unwrap();
    assert_eq!(same, before);

    let change = AccountChange { enabled: Some(false), ..AccountChange::default() };
    let off = store.change_account(&before.id, &change).await.unwrap();
    assert_eq!((off.enabled, off.name.as_str(), off.priority), (false, "Work", before.priority));

    let change = AccountChange {
        name: Some("Home".to_owned()),
        priority: Some(9),
        ..AccountChange::default()
    };
    let changed = store.change_account(&before.id, &change).await.unwrap();
    assert_eq!((changed.enabled, changed.name.as_str(), changed.priority), (false, "Home", 9));
    assert_eq!(store.accounts().await.unwrap(), [changed]);
    let secret = store.account_secret(&before.id).await.unwrap().unwrap();
    assert_eq!(secret.expose(), "sk-0123456789");

    let error = store.change_account(&missing(), &AccountChange::default()).await.unwrap_err();
    assert!(is_missing(&error));
}

#[tokio::test]
async fn a_new_key_takes_the_place_of_the_old_one_and_stays_sealed() {
    let scene = Scene::new();
    let store = scene.open().await;
    let before = store.add_account(account("Work", Some("sk-0123456789"))).await.unwrap();
    let key =
        |text: &str| AccountChange { key: Some(Secret::new(text)), ..AccountChange::default() };
    let changed = store.change_account(&before.id, &key("sk-9876543210-new")).await.unwrap();
    assert_eq!(changed.key_hint.as_deref(), Some("…-new"));
    assert_eq!(changed.name, "Work");
    let secret = store.account_secret(&before.id).await.unwrap().unwrap();
    assert_eq!(secret.expose(), "sk-9876543210-new");
    let none = store.change_account(&before.id, &key("")).await.unwrap();
    assert_eq!(none.key_hint, None);
    assert!(store.account_secret(&before.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_removed_account_is_gone_with_its_secret() {
    let scene = Scene::new();
    let store = scene.open().await;
    let added = store.add_account(account("Work", Some("sk-0123456789"))).await.unwrap();
    store.remove_account(&added.id).await.unwrap();
    assert_eq!(store.accounts().await.unwrap(), []);
    assert!(store.account_secret(&added.id).await.is_err());
    assert!(is_missing(&store.remove_account(&missing()).await.unwrap_err()));
}

#[tokio::test]
async fn the_last_use_never_goes_back() {
    let scene = Scene::new();
    let store = scene.open().await;
    let id = store.add_account(account("Work", None)).await.unwrap().id;
    let used = async || store.accounts().await.unwrap()[0].last_used_at;
    store.touch_accounts(&[(id.clone(), 20), (missing(), 99)]).await.unwrap();
    assert_eq!(used().await, Some(20));
    store.touch_accounts(&[(id.clone(), 10)]).await.unwrap();
    assert_eq!(used().await, Some(20));
    store.touch_accounts(&[(id, 30)]).await.unwrap();
    assert_eq!(used().await, Some(30));
}

#[tokio::test]
async fn accounts_added_at_once_are_all_there_each_with_its_own_place() {
    let scene = Scene::new();
    let store = scene.open().await;
    let adding: Vec<_> = (0..20)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                store.add_account(account(&format!("a{number}"), Some("secret"))).await.unwrap()
            })
        })
        .collect();
    for task in adding {
        task.await.unwrap();
    }
    let mut priorities: Vec<i64> =
        store.accounts().await.unwrap().iter().map(|account| account.priority).collect();
    priorities.dedup();
    assert_eq!(priorities, (0..20).collect::<Vec<i64>>());
}

#[tokio::test]
async fn what_an_account_says_of_itself_is_kept_sealed_and_changed_whole() {
    let scene = Scene::new();
    let store = scene.open().await;
    let said = |pairs: &[(&str, &str)]| -> std::collections::BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let fields = said(&[("address", "https://mine.example"), ("project", "p-1")]);
    let new = NewAccountRow { fields: fields.clone(), ..account("Work", Some("secret")) };
    let id = store.add_account(new).await.unwrap().id;
    let plain = store.add_account(account("Plain", Some("secret"))).await.unwrap().id;
    assert_eq!(store.account_fields(&id).await.unwrap(), fields);
    assert_eq!(store.account_fields(&plain).await.unwrap(), said(&[]));
    let other = said(&[("project", "p-2")]);
    let change = AccountChange { fields: Some(other.clone()), ..AccountChange::default() };
    store.change_account(&id, &change).await.unwrap();
    store.change_account(&id, &AccountChange::default()).await.unwrap();
    assert_eq!(store.account_fields(&id).await.unwrap(), other);
}
