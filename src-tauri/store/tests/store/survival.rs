//! What a restart and a kill leave.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use switchyard_store::{LockRow, Place, Settings, Store, StoreError};
use switchyard_types::{Dialect, FailureClass, LockView, NewVendor, Tier};

use crate::scene::{NOW, Scene, account, full_request, record};

#[tokio::test]
async fn a_restart_keeps_everything() {
    let scene = Scene::new();
    let store = scene.open().await;
    let account = store.add_account(account("Work", Some("first-secret"))).await.unwrap();
    let vendor = NewVendor {
        name: "Mine".to_owned(),
        prefix: "mine".to_owned(),
        dialect: Dialect::Chat,
        base_url: "http://127.0.0.1:1/v1".to_owned(),
        allow_private: true,
        models: vec!["a".to_owned()],
        tier: Tier::Free,
    };
    store.add_custom_vendor("mine", &vendor).await.unwrap();
    store.put_combo("daily", &["glm/a".to_owned(), "mine/a".to_owned()]).await.unwrap();
    store.put_alias("best", "daily").await.unwrap();
    store.add_key("Codex", NOW).await.unwrap();
    let settings = Settings {
        active_combo: Some("daily".to_owned()),
        keys_required: false,
        revert_tools: false,
    };
    store.save_settings(&settings).await.unwrap();
    let lock = LockRow {
        view: LockView {
            account: account.id.clone(),
            model: Some("a".to_owned()),
            class: FailureClass::Rate,
            message: "slow down".to_owned(),
            since: NOW,
            until: NOW + 60_000,
            from_vendor: false,
        },
        step: 2,
    };
    store.put_lock(&lock).await.unwrap();
    record(&store, (0..3).map(full_request)).await;

    let everything = async |store: &Store| {
        format!(
            "{:?}",
            (
                store.accounts().await.unwrap(),
                store.account_secret(&account.id).await.unwrap().unwrap().expose(),
                store.custom_vendors().await.unwrap(),
                store.combos().await.unwrap(),
                store.aliases().await.unwrap(),
                (store.keys().await.unwrap(), store.key_hashes().await.unwrap()),
                store.locks().await.unwrap(),
                store.settings().await.unwrap(),
                store.page(None, 10).await.unwrap(),
                store.since(0).await.unwrap(),
            )
        )
    };
    let before = everything(&store).await;
    assert!(before.contains("first-secret") && before.contains("slow down"));
    store.close().await;
    assert!(!scene.file("switchyard.db-wal").exists(), "the log is folded in");
    assert_eq!(everything(&scene.open().await).await, before);
}

const CHILD_DIR: &str = "SWITCHYARD_STORE_TEST_DIR";

/// Not a test of its own: what [`a_killed_process_keeps_all_but_its_last_second`] kills.
#[test]
#[ignore = "the child of another test"]
fn child_that_never_closes() {
    let dir = std::env::var_os(CHILD_DIR).expect("its parent names a folder");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(Place::new(dir), NOW).await.unwrap();
        store.add_account(account("Work", Some("first-secret"))).await.unwrap();
        for number in 0..50 {
            store.recorder().record(full_request(number));
        }
        println!("\nhanded over");
        std::future::pending::<()>().await;
    });
}

#[tokio::test]
async fn a_killed_process_keeps_all_but_its_last_second() {
    let scene = Scene::new();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["survival::child_that_never_closes", "--exact", "--ignored", "--nocapture"])
        .env(CHILD_DIR, scene.dir())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    assert!(output.lines().any(|line| line.unwrap() == "handed over"));
    let refused = scene.refusal().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let pid = child.id();
    assert!(matches!(refused, StoreError::InUse { pid: Some(holder), .. } if holder == pid));

    let store = scene.open().await;
    let work = store.accounts().await.unwrap().remove(0);
    let secret = store.account_secret(&work.id).await.unwrap().unwrap();
    assert_eq!(secret.expose(), "first-secret");
    assert_eq!(store.since(0).await.unwrap().requests, 50);
}
