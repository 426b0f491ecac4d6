use switchyard_store::{Login, Retention, Store, StoreError, Thing};
use switchyard_types::{
    AccountChange, AccountId, Forecast, LoginFacts, LoginState, LoginTokens, QuotaAmount,
    QuotaMeasure, QuotaSource, QuotaWindow, Secret,
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

/// What is kept of one window of an account: the minutes of its readings, and their values.
async fn kept(store: &Store, id: &AccountId) -> Vec<(i64, i64)> {
    let histories = store.quota_history(id, 0).await.unwrap();
    let readings = histories.into_iter().flat_map(|history| history.readings);
    readings.map(|point| ((point.at - NOW_STEP) / MINUTE, point.value)).collect()
}

const MINUTE: i64 = 60_000;

/// Where a quarter of an hour begins.
const NOW_STEP: i64 = NOW - NOW.rem_euclid(15 * MINUTE);

fn read_at(minute: i64, used: u32, resets: i64) -> QuotaWindow {
    QuotaWindow {
        name: "5h".to_owned(),
        models: None,
        amount: QuotaAmount::Share { used },
        closes: true,
        resets_at: Some(NOW_STEP + resets * MINUTE),
        length: None,
        source: QuotaSource::Reader,
        observed_at: NOW_STEP + minute * MINUTE,
        forecast: Forecast::default(),
    }
}

#[tokio::test]
async fn of_each_quarter_of_an_hour_the_last_reading_is_kept_and_the_last_before_a_window_starts_over()
 {
    let scene = Scene::new();
    let store = scene.open().await;
    let id = store.add_account(account("Work", Some("sk-1"))).await.unwrap().id;
    let readings = [
        read_at(0, 100, 40),
        read_at(5, 200, 40),
        // The same reading, saved again with another window's.
        read_at(5, 200, 40),
        read_at(14, 300, 40),
        read_at(15, 400, 40),
        read_at(31, 9_000, 40),
        // It starts over within a quarter of an hour.
        read_at(41, 0, 340),
        read_at(44, 50, 340),
        read_at(45, 60, 340),
        // Its end is another: the plan was changed, say.
        read_at(46, 70, 600),
    ];
    for reading in readings {
        store.put_quota_windows(&id, &[reading]).await.unwrap();
    }
    assert_eq!(
        kept(&store, &id).await,
        [(14, 300), (15, 400), (31, 9_000), (44, 50), (45, 60), (46, 70)]
    );
    store.remove_account(&id).await.unwrap();
    assert_eq!(kept(&store, &id).await, []);
}

#[tokio::test]
async fn readings_are_told_by_window_and_by_what_they_are_numbers_of_now() {
    let scene = Scene::new();
    let store = scene.open().await;
    let id = store.add_account(account("Work", Some("sk-1"))).await.unwrap().id;
    let left = |minute: i64, left_micros| QuotaWindow {
        name: "balance".to_owned(),
        amount: QuotaAmount::Balance { left_micros, currency: "USD".to_owned() },
        resets_at: None,
        ..read_at(minute, 0, 0)
    };
    let pool =
        |minute, used| QuotaWindow { models: Some("pro".to_owned()), ..read_at(minute, used, 900) };
    let endless = QuotaWindow {
        name: "free".to_owned(),
        amount: QuotaAmount::Unlimited,
        ..read_at(0, 0, 900)
    };
    let windows = [read_at(0, 1, 900), pool(0, 7), left(0, 9_000_000), endless];
    store.put_quota_windows(&id, &windows).await.unwrap();
    let shared = QuotaWindow { name: "balance".to_owned(), ..read_at(20, 3, 900) };
    store.put_quota_windows(&id, &[read_at(20, 2, 900), shared]).await.unwrap();
    let told = store.quota_history(&id, NOW_STEP).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|one| {
            let values: Vec<_> = one.readings.iter().map(|point| point.value).collect();
            (one.name.as_str(), one.models.as_deref(), one.measure, values)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("5h", None, QuotaMeasure::Share, vec![1, 2]),
            ("5h", Some("pro"), QuotaMeasure::Share, vec![7]),
            ("balance", None, QuotaMeasure::Share, vec![3]),
        ]
    );
    let late = store.quota_history(&id, NOW_STEP + 20 * MINUTE).await.unwrap();
    assert_eq!(late.len(), 2);
}

#[tokio::test]
async fn readings_go_after_five_weeks_and_those_of_a_time_to_come_too() {
    const DAY: i64 = 24 * 60 * MINUTE;
    let scene = Scene::new();
    let store = scene.open().await;
    let id = store.add_account(account("Work", Some("sk-1"))).await.unwrap().id;
    for day in [-40, -34, 0, 40] {
        store.put_quota_windows(&id, &[read_at(day * 24 * 60, 5, 90_000)]).await.unwrap();
    }
    let tidied = store.tidy(NOW, Retention::default()).await.unwrap();
    assert_eq!(tidied.readings, 2, "one was too old, one of a clock that was wrong");
    let days: Vec<_> = kept(&store, &id).await.iter().map(|(at, _)| at * MINUTE / DAY).collect();
    assert_eq!(days, [-34, 0]);
}
