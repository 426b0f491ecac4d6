use switchyard_store::Settings;

use crate::scene::{NOW, Scene};

#[tokio::test]
async fn a_key_for_a_tool_is_named_after_it_and_known_to_be_its() {
    let scene = Scene::new();
    let store = scene.open().await;
    let made = store.add_tool_key("codex", "Codex", NOW).await.unwrap();
    assert_eq!(made.key.name, "Codex");
    assert_eq!(store.tool_keys().await.unwrap(), [("codex".to_owned(), made.key.id.clone())]);
    assert_eq!(store.keys().await.unwrap(), std::slice::from_ref(&made.key));
    store.remove_key(&made.key.id).await.unwrap();
    assert_eq!(store.tool_keys().await.unwrap(), []);
}

#[tokio::test]
async fn a_taken_name_gets_a_number() {
    let scene = Scene::new();
    let store = scene.open().await;
    store.add_key("Codex", NOW).await.unwrap();
    store.add_key("Codex 2", NOW).await.unwrap();
    let made = store.add_tool_key("codex", "Codex", NOW).await.unwrap();
    assert_eq!(made.key.name, "Codex 3");
}

#[tokio::test]
async fn a_settled_key_takes_the_place_and_name_of_those_before_and_of_no_other_key() {
    let scene = Scene::new();
    let store = scene.open().await;
    let by_hand = store.add_key("mine", NOW).await.unwrap();
    let other = store.add_tool_key("claude-code", "Claude Code", NOW).await.unwrap();
    store.add_tool_key("codex", "Codex", NOW).await.unwrap();
    store.add_tool_key("codex", "Codex", NOW + 1).await.unwrap();
    let last = store.add_tool_key("codex", "Codex", NOW + 2).await.unwrap();
    store.settle_tool_key("codex", &last.key.id).await.unwrap();
    let mut left: Vec<_> =
        store.keys().await.unwrap().into_iter().map(|key| (key.id, key.name)).collect();
    left.sort();
    let mut expected = vec![
        (by_hand.key.id, "mine".to_owned()),
        (other.key.id, "Claude Code".to_owned()),
        (last.key.id.clone(), "Codex".to_owned()),
    ];
    expected.sort();
    assert_eq!(left, expected);
    store.settle_tool_key("codex", &last.key.id).await.unwrap();
    assert_eq!(store.keys().await.unwrap().len(), 3);
}

#[tokio::test]
async fn tools_are_not_taken_back_at_the_end_unless_the_user_says_so() {
    let scene = Scene::new();
    let store = scene.open().await;
    let mut settings = store.settings().await.unwrap();
    assert!(!settings.revert_tools);
    settings = Settings { revert_tools: true, ..settings };
    store.save_settings(&settings).await.unwrap();
    assert_eq!(store.settings().await.unwrap(), settings);
}

#[tokio::test]
async fn a_derived_key_is_the_same_at_the_next_start() {
    let scene = Scene::new();
    let store = scene.open().await;
    let first = store.derived_key("toolkit");
    store.close().await;
    drop(store);
    assert_eq!(scene.open().await.derived_key("toolkit"), first);
}
