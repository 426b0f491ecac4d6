use switchyard_store::{Login, StoreError, Thing};
use switchyard_types::{
    AccountChange, AccountId, Forecast, LoginFacts, LoginState, LoginTokens, QuotaAmount,
    QuotaSource, QuotaWindow, Secret,
};

use crate::scene::{NOW, Scene, account};

fn tokens(generation: u32) -> LoginTokens {
    LoginTokens {
        access: Secret::new(format!("access-{generation}")),
        refresh: Some(Secret::new(format!("refresh-{generation}"))),
        ..LoginTokens::default()
    }
}

fn facts() -> LoginFacts {
    LoginFacts {
        way: "browser".to_owned(),
        identity: Some("ada@example.com".to_owned()),
        scopes: vec!["profile".to_owned()],
        expires_at: Some(NOW + 3_600_000),
        project: Some("p-1".to_owned()),
        ..LoginFacts::default()
    }
}

#[tokio::test]
async fn a_login_is_read_back_as_it_was_saved_after_a_restart() {
    let scene = Scene::new();
    let store = scene.open().await;
    let added = store.add_login(account("Ada", None), &tokens(1), &facts()).await.unwrap();
    assert_eq!(added.key_hint, None);
    store.save_login(&added.id, &tokens(2), &facts(), NOW + 5).await.unwrap();
    store.close().await;
    let store = scene.open().await;
    let (kept, login) = store.login_tokens(&added.id).await.unwrap().unwrap();
    assert_eq!(kept, tokens(2));
    let expected = Login {
        account: added.id,
        state: LoginState::Ok,
        reason: None,
        facts: facts(),
        saved_at: NOW + 5,
    };
    assert_eq!(login, expected);
    assert_eq!(store.logins().await.unwrap(), [expected]);
}

#[tokio::test]
async fn a_login_that_ended_says_why_until_new_tokens_are_saved() {
    let scene = Scene::new();
    let store = scene.open().await;
    let id = store.add_login(account("Ada", None), &tokens(1), &facts()).await.unwrap().id;
    store.mark_login(&id, LoginState::SignInAgain, Some("token revoked")).await.unwrap();
    let login = store.logins().await.unwrap().remove(0);
    assert_eq!(
        (login.state, login.reason.as_deref()),
        (LoginState::SignInAgain, Some("token revoked"))
    );
    store.save_login(&id, &tokens(2), &facts(), NOW).await.unwrap();
    let login = store.logins().await.unwrap().remove(0);
    assert_eq!((login.state, login.reason), (LoginState::Ok, None));
}

#[tokio::test]
async fn an_account_with_a_key_has_no_login_and_a_removed_one_leaves_none() {
    let scene = Scene::new();
    let store = scene.open().await;
    let key = store.add_account(account("Key", Some("sk-1"))).await.unwrap().id;
    assert_eq!(store.login_tokens(&key).await.unwrap(), None);
    let id = store.add_login(account("Ada", None), &tokens(1), &facts()).await.unwrap().id;
    store.remove_account(&id).await.unwrap();
    assert!(store.logins().await.unwrap().is_empty());
    let gone = store.save_login(&id, &tokens(2), &facts(), NOW).await.unwrap_err();
    assert!(matches!(gone, StoreError::NotFound { what: Thing::Account, .. }), "{gone}");
}

#[tokio::test]
async fn serving_any_client_and_the_way_out_stay_with_the_account() {
    let scene = Scene::new();
    let store = scene.open().await;
    let id = store.add_account(account("Work", Some("sk-1"))).await.unwrap().id;
    let change = AccountChange { any_client: Some(true), ..AccountChange::default() };
    assert!(store.change_account(&id, &change).await.unwrap().any_client);
    let proxy = Secret::new("socks5://ada:pw@10.0.0.1:1080");
    store.set_account_proxy(&id, Some(&proxy)).await.unwrap();
    store.close().await;
    let store = scene.open().await;
    assert!(store.accounts().await.unwrap()[0].any_client);
    assert_eq!(store.account_proxy(&id).await.unwrap(), Some(proxy));
    store.set_account_proxy(&id, None).await.unwrap();
    assert_eq!(store.account_proxy(&id).await.unwrap(), None);
    let missing = store.set_account_proxy(&AccountId::new("acc_x"), None).await.unwrap_err();
    assert!(matches!(missing, StoreError::NotFound { what: Thing::Account, .. }));
}

#[tokio::test]
async fn a_reading_replaces_all_quota_windows_of_its_account() {
    let scene = Scene::new();
    let store = scene.open().await;
    let id = store.add_account(account("Work", Some("sk-1"))).await.unwrap().id;
    let window = |name: &str, used| QuotaWindow {
        name: name.to_owned(),
        models: None,
        amount: QuotaAmount::Share { used },
        closes: true,
        resets_at: Some(NOW + 9),
        length: None,
        source: QuotaSource::Reader,
        observed_at: NOW,
        forecast: Forecast::default(),
    };
    store.put_quota_windows(&id, &[window("5h", 10), window("weekly", 20)]).await.unwrap();
    store.put_quota_windows(&id, &[window("weekly", 30)]).await.unwrap();
    assert_eq!(store.quota_windows().await.unwrap(), [(id.clone(), window("weekly", 30))]);
    let pool = |models: &str| QuotaWindow { models: Some(models.to_owned()), ..window("day", 1) };
    store.put_quota_windows(&id, &[pool("flash"), pool("pro")]).await.unwrap();
    let pools = [(id.clone(), pool("flash")), (id.clone(), pool("pro"))];
    assert_eq!(store.quota_windows().await.unwrap(), pools, "two windows of one name");
    let gone = AccountId::new("acc_gone");
    store.put_quota_windows(&gone, &[window("5h", 1)]).await.unwrap();
    assert_eq!(store.quota_windows().await.unwrap().len(), 2);
    store.remove_account(&id).await.unwrap();
    assert!(store.quota_windows().await.unwrap().is_empty());
}
