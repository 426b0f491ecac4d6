//! The recorder.

use std::time::{Duration, Instant};

use switchyard_types::{AccountId, RequestView};

use crate::scene::{NOW, Scene, account, bare_request, by, full_request, record};

#[tokio::test]
async fn rows_are_written_without_being_asked() {
    let scene = Scene::new();
    let store = scene.open().await;
    store.recorder().record(full_request(1));
    let started = Instant::now();
    while store.page(None, 1).await.unwrap().requests.is_empty() {
        assert!(started.elapsed() < Duration::from_mins(1), "the row was never written");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn rows_that_come_together_are_written_in_one_transaction() {
    let scene = Scene::new();
    let store = scene.open().await;
    let mut watcher = scene.raw().await;
    let mut version = async || -> i64 {
        // Moves when another connection has committed.
        sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut watcher).await.unwrap()
    };
    record(&store, [full_request(0)]).await;
    let before = version().await;
    for number in 1..=200 {
        store.recorder().record(full_request(number));
    }
    let mut commits = 0;
    let mut last = before;
    let flushed = async {
        store.recorder().flush().await;
        store.page(None, 500).await.unwrap().requests.len()
    };
    tokio::pin!(flushed);
    let written = loop {
        tokio::select! {
            biased;
            written = &mut flushed => break written,
            now = version() => if now != last {
                commits += 1;
                last = now;
            }
        }
    };
    if version().await != last {
        commits += 1;
    }
    assert_eq!((written, commits), (201, 1));
}

#[tokio::test]
async fn a_flush_waits_for_every_row_before_it() {
    let scene = Scene::new();
    let store = scene.open().await;
    let recorder = store.recorder();
    for number in 0..1_000 {
        recorder.record(bare_request(number));
    }
    recorder.flush().await;
    assert_eq!(store.since(0).await.unwrap().requests, 1_000);
    assert_eq!(recorder.dropped(), 0);
}

#[tokio::test]
async fn a_close_writes_what_waits_and_later_rows_are_counted_as_dropped() {
    let scene = Scene::new();
    let store = scene.open().await;
    let recorder = store.recorder();
    for number in 0..1_000 {
        recorder.record(bare_request(number));
    }
    store.close().await;
    recorder.record(bare_request(1_000));
    assert_eq!(recorder.dropped(), 1);
    recorder.flush().await;
    store.close().await;
    let store = scene.open().await;
    assert_eq!(store.since(0).await.unwrap().requests, 1_000);
}

#[tokio::test]
async fn a_store_that_is_dropped_still_writes_what_waits() {
    let scene = Scene::new();
    let store = scene.open().await;
    for number in 0..10 {
        store.recorder().record(bare_request(number));
    }
    drop(store);
    // The folder is free when the last row is written.
    let started = Instant::now();
    let store = loop {
        match scene.try_open().await {
            Ok(store) => break store,
            Err(error) => assert!(started.elapsed() < Duration::from_mins(1), "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(store.since(0).await.unwrap().requests, 10);
}

#[tokio::test]
async fn a_full_queue_drops_and_counts_and_never_waits() {
    let scene = Scene::new();
    let store = scene.open().await;
    let recorder = store.recorder();
    let mut other = scene.raw().await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let started = Instant::now();
    for number in 0..6_000 {
        recorder.record(bare_request(number));
    }
    assert!(started.elapsed() < Duration::from_secs(5), "recording waited for the disk");
    let dropped = recorder.dropped();
    assert!((1_500..=6_000 - 4_096).contains(&dropped), "{dropped}");

    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    recorder.flush().await;
    assert_eq!(store.since(0).await.unwrap().requests + dropped, 6_000);
    assert_eq!(recorder.dropped(), dropped);
}

#[tokio::test]
async fn a_busy_database_is_tried_again() {
    let scene = Scene::new();
    let store = scene.open().await;
    let mut other = scene.raw().await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    store.recorder().record(full_request(1));
    // Longer than one try waits.
    tokio::time::sleep(Duration::from_millis(2_600)).await;
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    store.recorder().flush().await;
    assert_eq!(store.request(&full_request(1).id).await.unwrap(), Some(full_request(1)));
    assert_eq!(store.recorder().dropped(), 0);
}

#[tokio::test]
async fn rows_that_cannot_be_written_are_given_up_and_counted() {
    let scene = Scene::new();
    let store = scene.open().await;
    scene.tamper("DROP TABLE requests").await;
    store.recorder().record(full_request(1));
    store.recorder().record(full_request(2));
    store.recorder().flush().await;
    assert_eq!(store.recorder().dropped(), 2);
}

#[tokio::test]
async fn a_row_handed_over_twice_is_there_once_as_it_first_was() {
    let scene = Scene::new();
    let store = scene.open().await;
    let again = RequestView { status: 500, ..full_request(1) };
    record(&store, [full_request(1), again]).await;
    assert_eq!(store.page(None, 5).await.unwrap().requests, [full_request(1)]);
}

#[tokio::test]
async fn rows_note_when_their_account_and_key_were_last_used() {
    let scene = Scene::new();
    let store = scene.open().await;
    store.add_key("Claude Code", NOW).await.unwrap();
    store.add_key("Codex", NOW).await.unwrap();
    let work = store.add_account(account("Work", None)).await.unwrap().id;
    store.add_account(account("Home", None)).await.unwrap();
    let served = |number, account: &AccountId| RequestView {
        served_by: Some(by(account.as_str())),
        ..full_request(number)
    };
    let unserved = RequestView { key: Some("Claude Code".to_owned()), ..bare_request(9) };
    record(&store, [served(7, &work), served(3, &work), unserved]).await;
    record(&store, [served(5, &work)]).await;

    let accounts = store.accounts().await.unwrap();
    let used: Vec<_> = accounts.iter().map(|account| account.last_used_at).collect();
    assert_eq!(used, [Some(NOW + 7), None]);
    let keys = store.keys().await.unwrap();
    let used = |name| keys.iter().find(|key| key.name == name).unwrap().last_used_at;
    assert_eq!((used("Claude Code"), used("Codex")), (Some(NOW + 9), None));
}
