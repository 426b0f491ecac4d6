use switchyard_store::{StoreError, Thing};
use switchyard_types::{Dialect, NewVendor, Tier};

use crate::scene::{Scene, account};

fn vendor(prefix: &str) -> NewVendor {
    NewVendor {
        name: "My server".to_owned(),
        prefix: prefix.to_owned(),
        dialect: Dialect::Messages,
        base_url: "https://example.test/v1".to_owned(),
        allow_private: true,
        models: vec!["zeta".to_owned(), "alpha".to_owned(), "zeta".to_owned()],
        tier: Tier::Cheap,
    }
}

#[tokio::test]
async fn custom_vendors_come_back_as_they_went_in() {
    let scene = Scene::new();
    let store = scene.open().await;
    let plain = NewVendor {
        dialect: Dialect::Chat,
        allow_private: false,
        models: Vec::new(),
        tier: Tier::Free,
        ..vendor("b")
    };
    store.add_custom_vendor("second", &plain).await.unwrap();
    store.add_custom_vendor("first", &vendor("a")).await.unwrap();
    let listed = store.custom_vendors().await.unwrap();
    assert_eq!(listed, [("first".to_owned(), vendor("a")), ("second".to_owned(), plain)]);
}

#[tokio::test]
async fn an_id_or_prefix_that_is_taken_is_refused_and_nothing_changes() {
    let scene = Scene::new();
    let store = scene.open().await;
    store.add_custom_vendor("mine", &vendor("a")).await.unwrap();
    let error = store.add_custom_vendor("mine", &vendor("b")).await.unwrap_err();
    assert_eq!(error.to_string(), "the custom vendor `mine` is there already");
    let error = store.add_custom_vendor("other", &vendor("a")).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { what: Thing::Vendor, .. }));
    assert_eq!(
        error.to_string(),
        "the custom vendor `other` wants the prefix `a`, which `mine` has"
    );
    assert_eq!(store.custom_vendors().await.unwrap(), [("mine".to_owned(), vendor("a"))]);
}

#[tokio::test]
async fn a_changed_vendor_is_what_is_said_of_it_now_under_its_old_prefix() {
    let scene = Scene::new();
    let store = scene.open().await;
    store.add_custom_vendor("mine", &vendor("mine")).await.unwrap();
    store.add_custom_vendor("other", &vendor("other")).await.unwrap();
    let now = NewVendor {
        name: "Their server".to_owned(),
        prefix: "another".to_owned(),
        dialect: Dialect::Chat,
        base_url: "https://example.test/v2".to_owned(),
        allow_private: false,
        models: vec!["beta".to_owned()],
        tier: Tier::Free,
    };
    store.change_custom_vendor("mine", &now).await.unwrap();
    let now = NewVendor { prefix: "mine".to_owned(), ..now };
    let listed = [("mine".to_owned(), now), ("other".to_owned(), vendor("other"))];
    assert_eq!(store.custom_vendors().await.unwrap(), listed);
    let error = store.change_custom_vendor("nobody", &vendor("nobody")).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Vendor, .. }));
}

#[tokio::test]
async fn a_vendor_in_use_stays_until_its_accounts_are_gone() {
    let scene = Scene::new();
    let store = scene.open().await;
    store.add_custom_vendor("glm", &vendor("a")).await.unwrap();
    let id = store.add_account(account("Work", None)).await.unwrap().id;
    let error = store.remove_custom_vendor("glm").await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { what: Thing::Vendor, .. }));
    assert_eq!(store.custom_vendors().await.unwrap().len(), 1);

    store.remove_account(&id).await.unwrap();
    store.remove_custom_vendor("glm").await.unwrap();
    assert_eq!(store.custom_vendors().await.unwrap(), []);
    let error = store.remove_custom_vendor("glm").await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Vendor, .. }));
    store.add_custom_vendor("glm", &vendor("a")).await.unwrap();
}
