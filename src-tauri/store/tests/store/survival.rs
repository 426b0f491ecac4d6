//! What a restart and a kill leave.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use switchyard_store::{Combo, LockRow, Place, Settings, Store, StoreError};
use switchyard_types::{Dialect, FailureClass, LanguageChoice, LockView, NewVendor, Tier};

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
    store
        .put_combo(&Combo::listed("daily", &["glm/a".to_owned(), "mine/a".to_owned()]))
        .await
        .unwrap();
    store.put_alias("best", "daily").await.unwrap();
    store.add_key("Codex", NOW).await.unwrap();
    let settings = Settings {
        active_combo: Some("daily".to_owned()),
        keys_required: false,
        language: LanguageChoice::Vietnamese,
        ..Settings::default()
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

/// Not a test of its own: what [`a_process_killed_at_random_moments_loses_no_configuration`] kills.
/// It says each thing that it was told is saved.
#[test]
#[ignore = "the child of another test"]
fn child_that_works_until_it_is_killed() {
    let dir = std::env::var_os(CHILD_DIR).expect("its parent names a folder");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(Place::new(dir), NOW).await.unwrap();
        let first = store.since(0).await.unwrap().requests;
        let combos = store.combos().await.unwrap().len();
        println!("\nopened");
        let recorder = store.recorder();
        tokio::spawn(async move {
            for number in first.. {
                recorder.record(full_request(number.try_into().unwrap()));
                println!("recorded {number} .");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        for number in combos.. {
            let name = format!("combo-{number:05}");
            store.put_combo(&Combo::listed(&name, &[format!("glm/{number}")])).await.unwrap();
            store.add_account(account(&name, Some("a-secret-of-some-length"))).await.unwrap();
            println!("saved {number} .");
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_at_random_moments_loses_no_configuration() {
    let rounds = crate::faults::rounds("SWITCHYARD_KILLS", 20);
    let scene = Scene::new();
    let mut random = crate::faults::Random(0x6b69_6c6c);
    let mut saved = 0;
    let mut recorded_before = 0;
    for round in 0..rounds {
        let wait = Duration::from_millis(20 + u64::try_from(random.below(1_500)).unwrap());
        let lines = run_and_kill(&scene, wait);
        let last = |word: &str| {
            let numbers = lines.iter().filter_map(|line| line.strip_prefix(word));
            numbers.filter_map(|rest| rest.strip_suffix(" .")?.parse::<u64>().ok()).next_back()
        };
        if let Some(last) = last("saved ") {
            saved = last + 1;
        }
        let store = scene.open().await;
        let combos = store.combos().await.unwrap();
        assert!(combos.len() as u64 >= saved, "round {round}: {} of {saved}", combos.len());
        for account in store.accounts().await.unwrap() {
            assert!(store.account_secret(&account.id).await.unwrap().is_some());
        }
        // A row each two milliseconds: what waits to be written is far below a second's worth.
        let kept = store.since(0).await.unwrap().requests;
        let handed_over = last("recorded ").map_or(recorded_before, |last| last + 1);
        assert!(kept + 500 >= handed_over, "round {round}: {kept} of {handed_over}");
        let sums = store.usage(0, i64::MAX, switchyard_store::Grain::Hour).await.unwrap();
        assert_eq!(sums.iter().map(|sum| sum.requests).sum::<u64>(), kept, "sums follow the rows");
        recorded_before = kept;
        saved = combos.len() as u64;
        store.close().await;
    }
    assert!(saved > 0 && recorded_before > 0, "there was a load");
}

/// The lines that a child said until it was killed, a while after it opened the store.
fn run_and_kill(scene: &Scene, wait: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "survival::child_that_works_until_it_is_killed",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(CHILD_DIR, scene.dir())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (opened, is_open) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        let mut lines = Vec::new();
        // A line cut by the kill is not counted on.
        for line in output.lines().map_while(Result::ok) {
            if line == "opened" {
                opened.send(()).unwrap();
            }
            lines.push(line);
        }
        lines
    });
    is_open.recv().expect("the child opens the store");
    std::thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    reading.join().unwrap()
}
