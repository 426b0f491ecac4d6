use switchyard_store::{LockRow, Store, StoreError, Thing};
use switchyard_types::{AccountId, FailureClass, LockView};

use crate::scene::{NOW, Scene, account};

fn lock(account: &AccountId, model: Option<&str>, until: i64) -> LockRow {
    LockRow {
        view: LockView {
            account: account.clone(),
            model: model.map(str::to_owned),
            class: FailureClass::Quota,
            message: "5-hour limit reached".to_owned(),
            since: NOW,
            until,
            from_vendor: true,
        },
        step: 3,
    }
}

async fn with_account(scene: &Scene) -> (Store, AccountId) {
    let store = scene.open().await;
    let id = store.add_account(account("Work", None)).await.unwrap().id;
    (store, id)
}

#[tokio::test]
async fn a_lock_stands_for_its_model_and_another_for_the_whole_account() {
    let scene = Scene::new();
    let (store, id) = with_account(&scene).await;
    let rows = [lock(&id, None, 1), lock(&id, Some("a"), 2), lock(&id, Some("b"), 3)];
    for row in &rows {
        store.put_lock(row).await.unwrap();
    }
    assert_eq!(store.locks().await.unwrap(), rows);
}

#[tokio::test]
async fn a_lock_set_again_takes_the_place_of_the_former() {
    let scene = Scene::new();
    let (store, id) = with_account(&scene).await;
    for model in [None, Some("a")] {
        store.put_lock(&lock(&id, model, 1)).await.unwrap();
        let mut climbed = lock(&id, model, 2);
        climbed.step = u32::MAX;
        climbed.view.class = FailureClass::Rate;
        climbed.view.from_vendor = false;
        store.put_lock(&climbed).await.unwrap();
        assert_eq!(store.locks().await.unwrap(), [climbed]);
        store.remove_locks(&id, None).await.unwrap();
    }
}

#[tokio::test]
async fn one_models_lock_is_removed_alone_or_all_of_the_account() {
    let scene = Scene::new();
    let (store, id) = with_account(&scene).await;
    let other = store.add_account(account("Home", None)).await.unwrap().id;
    for row in [lock(&id, None, 1), lock(&id, Some("a"), 2), lock(&id, Some("b"), 3)] {
        store.put_lock(&row).await.unwrap();
    }
    store.put_lock(&lock(&other, Some("a"), 4)).await.unwrap();

    store.remove_locks(&id, Some("a")).await.unwrap();
    let left = [lock(&id, None, 1), lock(&id, Some("b"), 3), lock(&other, Some("a"), 4)];
    assert_eq!(store.locks().await.unwrap(), left);
    store.remove_locks(&id, None).await.unwrap();
    assert_eq!(store.locks().await.unwrap(), [lock(&other, Some("a"), 4)]);
    store.remove_locks(&id, None).await.unwrap();
}

#[tokio::test]
async fn an_account_that_served_leaves_behind_only_the_locks_that_still_hold() {
    let scene = Scene::new();
    let (store, id) = with_account(&scene).await;
    let other = store.add_account(account("Home", None)).await.unwrap().id;
    for row in [lock(&id, None, 1), lock(&id, Some("a"), 2), lock(&id, Some("b"), 3)] {
        store.put_lock(&row).await.unwrap();
    }
    store.put_lock(&lock(&other, None, 1)).await.unwrap();
    store.remove_opened_locks(&id, 2).await.unwrap();
    assert_eq!(store.locks().await.unwrap(), [lock(&other, None, 1), lock(&id, Some("b"), 3)]);
}

#[tokio::test]
async fn pruning_removes_the_locks_that_are_open() {
    let scene = Scene::new();
    let (store, id) = with_account(&scene).await;
    for (model, until) in [("a", NOW - 1), ("b", NOW), ("c", NOW + 1)] {
        store.put_lock(&lock(&id, Some(model), until)).await.unwrap();
    }
    assert_eq!(store.prune_locks(NOW).await.unwrap(), 2);
    assert_eq!(store.locks().await.unwrap(), [lock(&id, Some("c"), NOW + 1)]);
}

#[tokio::test]
async fn locks_go_with_their_account() {
    let scene = Scene::new();
    let (store, id) = with_account(&scene).await;
    store.put_lock(&lock(&id, Some("a"), 1)).await.unwrap();
    store.remove_account(&id).await.unwrap();
    assert_eq!(store.locks().await.unwrap(), []);
    let error = store.put_lock(&lock(&id, None, 1)).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Account, .. }));
}
