//! Combos, aliases, and the settings that name a combo.

use switchyard_store::{Combo, Settings, Store, StoreError, Thing};
use switchyard_types::AliasView;

use crate::scene::Scene;

fn models(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn combo(name: &str, candidates: &[&str]) -> Combo {
    Combo { name: name.to_owned(), candidates: models(candidates) }
}

fn active(name: Option<&str>) -> Settings {
    Settings { active_combo: name.map(str::to_owned), keys_required: false, revert_tools: false }
}

async fn put(store: &Store, name: &str, candidates: &[&str]) {
    store.put_combo(name, &models(candidates)).await.unwrap();
}

#[tokio::test]
async fn combos_keep_the_order_of_their_candidates() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "night", &[]).await;
    put(&store, "daily", &["z/1", "a/2", "m/3"]).await;
    let expected = [combo("daily", &["z/1", "a/2", "m/3"]), combo("night", &[])];
    assert_eq!(store.combos().await.unwrap(), expected);
}

#[tokio::test]
async fn a_combo_put_again_has_the_new_candidates_only_and_stays_active() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "daily", &["z/1", "a/2", "m/3"]).await;
    store.save_settings(&active(Some("daily"))).await.unwrap();
    put(&store, "daily", &["m/3", "z/1"]).await;
    assert_eq!(store.combos().await.unwrap(), [combo("daily", &["m/3", "z/1"])]);
    assert_eq!(store.settings().await.unwrap(), active(Some("daily")));
}

#[tokio::test]
async fn a_renamed_combo_keeps_its_candidates_its_aliases_and_its_place_as_active() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "daily", &["z/1", "a/2"]).await;
    store.save_settings(&active(Some("daily"))).await.unwrap();
    store.put_alias("best", "daily").await.unwrap();
    store.rename_combo("daily", "work").await.unwrap();
    assert_eq!(store.combos().await.unwrap(), [combo("work", &["z/1", "a/2"])]);
    assert_eq!(store.settings().await.unwrap(), active(Some("work")));
    assert_eq!(store.aliases().await.unwrap()[0].target, "work");
    store.rename_combo("work", "work").await.unwrap();
    assert_eq!(store.combos().await.unwrap(), [combo("work", &["z/1", "a/2"])]);
}

#[tokio::test]
async fn a_rename_onto_another_combo_is_refused_and_nothing_changes() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "daily", &["z/1"]).await;
    put(&store, "work", &["a/2"]).await;
    let error = store.rename_combo("daily", "work").await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { what: Thing::Combo, id, .. } if id == "work"));
    let error = store.rename_combo("missing", "other").await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Combo, .. }));
    let expected = [combo("daily", &["z/1"]), combo("work", &["a/2"])];
    assert_eq!(store.combos().await.unwrap(), expected);
}

#[tokio::test]
async fn when_the_active_combo_is_removed_none_is_active() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "daily", &["z/1"]).await;
    store.save_settings(&active(Some("daily"))).await.unwrap();
    store.remove_combo("daily").await.unwrap();
    assert_eq!(store.combos().await.unwrap(), []);
    assert_eq!(store.settings().await.unwrap(), active(None));
    let error = store.remove_combo("daily").await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Combo, .. }));
}

#[tokio::test]
async fn a_new_store_requires_keys_and_has_no_active_combo() {
    let scene = Scene::new();
    let store = scene.open().await;
    assert_eq!(store.settings().await.unwrap(), Settings::default());
    assert!(Settings::default().keys_required);
}

#[tokio::test]
async fn the_active_combo_must_be_there() {
    let scene = Scene::new();
    let store = scene.open().await;
    let error = store.save_settings(&active(Some("missing"))).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Combo, id } if id == "missing"));
    assert_eq!(store.settings().await.unwrap(), Settings::default());
}

#[tokio::test]
async fn an_alias_is_made_pointed_elsewhere_and_removed() {
    let scene = Scene::new();
    let store = scene.open().await;
    let view = |alias: &str, target: &str| AliasView {
        alias: alias.to_owned(),
        target: target.to_owned(),
    };
    store.put_alias("gpt-5", "glm/glm-5").await.unwrap();
    store.put_alias("fast", "daily").await.unwrap();
    store.put_alias("gpt-5", "daily").await.unwrap();
    let expected = [view("fast", "daily"), view("gpt-5", "daily")];
    assert_eq!(store.aliases().await.unwrap(), expected);
    store.remove_alias("fast").await.unwrap();
    assert_eq!(store.aliases().await.unwrap(), [view("gpt-5", "daily")]);
    let error = store.remove_alias("fast").await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Alias, .. }));
}
