//! Each way in which the disk, the files or the key fail has its own answer, loses nothing, and
//! never reads as empty.

use std::fs;
use std::path::Path;
use std::process::Command;

use switchyard_store::{Combo, Store, StoreError};
use switchyard_types::{DataKeySource, NewVendor};
use tempfile::TempDir;

use crate::keychains::Held;
use crate::scene::{NOW, Scene, account, files, full_request, record};

/// A store with something of everything that a user configures.
pub(crate) async fn furnish(store: &Store) {
    store.add_account(account("Work", Some("first-secret-0123456789"))).await.unwrap();
    store.put_combo(&Combo::listed("daily", &["glm/a".to_owned()])).await.unwrap();
    store.put_alias("best", "daily").await.unwrap();
    store.add_key("Codex", NOW).await.unwrap();
    let vendor: NewVendor = serde_json::from_str(
        r#"{"name":"Mine","prefix":"mine","dialect":"chat","base_url":"http://127.0.0.1:1/v1",
            "allow_private":true,"models":["a"],"tier":"free"}"#,
    )
    .unwrap();
    store.add_custom_vendor("mine", &vendor).await.unwrap();
}

/// What a user would miss.
pub(crate) async fn configured(store: &Store) -> String {
    let accounts = store.accounts().await.unwrap();
    let mut secrets = Vec::new();
    for account in &accounts {
        let secret = store.account_secret(&account.id).await.unwrap();
        secrets.push(secret.map(|secret| secret.expose().to_owned()));
    }
    let accounts: Vec<_> = accounts.into_iter().map(|account| (account.id, account.name)).collect();
    format!(
        "{:?}",
        (
            accounts,
            secrets,
            store.combos().await.unwrap(),
            store.aliases().await.unwrap(),
            store.key_hashes().await.unwrap(),
            store.custom_vendors().await.unwrap(),
            store.settings().await.unwrap(),
        )
    )
}

pub(crate) async fn furnished() -> (Scene, String) {
    let scene = Scene::new();
    let store = scene.open().await;
    furnish(&store).await;
    record(&store, (0..20).map(full_request)).await;
    let before = configured(&store).await;
    store.close().await;
    (scene, before)
}

fn break_pages(database: &Path) {
    let mut bytes = fs::read(database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0x5a);
    fs::write(database, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_stood_in_for_and_nothing_can_be_changed_meanwhile() {
    let (scene, before) = furnished().await;
    break_pages(&scene.database());
    let damaged = fs::read(scene.database()).unwrap();
    assert_eq!(scene.refusal().await.code(), "damaged");

    let store = Store::open_or_stand_in(scene.place(), NOW).await.unwrap();
    let why = store.safe_mode().unwrap();
    assert_eq!(why.code, "damaged");
    assert!(why.hint.as_ref().unwrap().contains("backup restore"));
    assert!(why.as_of.is_some());
    assert_eq!(configured(&store).await, before);
    record(&store, [full_request(1)]).await;
    assert_eq!(store.page(None, 5).await.unwrap().requests.len(), 1, "what happens is shown");
    assert_eq!(store.recorder().dropped(), 0);

    for refused in [
        store.add_account(account("More", None)).await.unwrap_err(),
        store.put_combo(&Combo::listed::<String>("daily", &[])).await.unwrap_err(),
        store.remove_combo("daily").await.unwrap_err(),
        store.add_key("More", NOW).await.unwrap_err(),
        store.back_up(NOW).await.unwrap_err(),
    ] {
        assert_eq!(refused.code(), "safe_mode", "{refused}");
    }
    store.close().await;
    assert_eq!(fs::read(scene.database()).unwrap(), damaged, "the damaged file is untouched");
}

#[tokio::test]
async fn a_head_that_the_database_does_not_understand_is_damage_too() {
    // The schema's format, and the encoding of its texts: SQLite calls neither of them a corruption.
    for (place, value) in [(44, 0x63), (56, 0x07)] {
        let (scene, before) = furnished().await;
        let mut bytes = fs::read(scene.database()).unwrap();
        bytes[place..place + 4].fill(value);
        fs::write(scene.database(), bytes).unwrap();
        let store = Store::open_or_stand_in(scene.place(), NOW).await.unwrap();
        assert_eq!(store.safe_mode().unwrap().code, "damaged", "at {place}");
        assert_eq!(configured(&store).await, before, "at {place}");
    }
}

#[tokio::test]
async fn the_saved_configuration_brings_a_damaged_database_back() {
    let (scene, before) = furnished().await;
    break_pages(&scene.database());
    let damaged = fs::read(scene.database()).unwrap();
    let restored = switchyard_store::restore_saved(&scene.place(), NOW).await.unwrap();
    let aside = restored.aside.unwrap();
    assert_eq!(fs::read(aside.join("switchyard.db")).unwrap(), damaged);
    let store = scene.open().await;
    assert_eq!(configured(&store).await, before);
    assert!(store.safe_mode().is_none());
    store.add_account(account("More", Some("another-secret"))).await.unwrap();
}

#[tokio::test]
async fn a_backup_brings_a_damaged_database_back() {
    let (scene, before) = furnished().await;
    let store = scene.open().await;
    let backup = store.back_up(NOW).await.unwrap();
    store.close().await;
    break_pages(&scene.database());
    switchyard_store::check_backup(&scene.place(), &backup.name).await.unwrap();
    switchyard_store::restore_backup(&scene.place(), &backup.name, NOW).await.unwrap();
    let store = scene.open().await;
    assert_eq!(configured(&store).await, before);
    let days = store.usage(0, i64::MAX, switchyard_store::Grain::Day).await.unwrap();
    assert_eq!(days.iter().map(|day| day.requests).sum::<u64>(), 20, "sums are in the backup");
}

#[tokio::test]
async fn a_damaged_backup_is_told_and_restores_nothing() {
    let (scene, _) = furnished().await;
    let store = scene.open().await;
    let backup = store.back_up(NOW).await.unwrap();
    store.close().await;
    let path = scene.file("backups").join(&backup.name);
    break_pages(&path);
    let database = fs::read(scene.database()).unwrap();
    for error in [
        switchyard_store::check_backup(&scene.place(), &backup.name).await.unwrap_err(),
        switchyard_store::restore_backup(&scene.place(), &backup.name, NOW).await.unwrap_err(),
        switchyard_store::restore_backup(&scene.place(), "../data.key", NOW).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "unsound_backup", "{error}");
    }
    assert_eq!(fs::read(scene.database()).unwrap(), database);
    scene.open().await;
}

#[tokio::test]
async fn a_restore_while_the_store_is_open_is_refused() {
    let (scene, _) = furnished().await;
    let store = scene.open().await;
    let error = switchyard_store::restore_saved(&scene.place(), NOW).await.unwrap_err();
    assert_eq!(error.code(), "in_use");
    drop(store);
}

#[tokio::test]
async fn a_database_that_is_gone_from_beside_its_copy_is_no_new_one() {
    let (scene, before) = furnished().await;
    fs::remove_file(scene.database()).unwrap();
    let error = scene.refusal().await;
    assert_eq!(error.code(), "damaged", "{error}");
    assert!(!scene.database().exists());
    let store = Store::open_or_stand_in(scene.place(), NOW).await.unwrap();
    assert_eq!(configured(&store).await, before);
}

/// A killed process leaves its newest changes in the log; here the log is lost or torn.
#[tokio::test]
async fn a_torn_log_that_held_configuration_is_told_and_brought_back() {
    for cut in [0, 40, 4_200] {
        let (scene, _) = furnished().await;
        let store = scene.open().await;
        store.put_combo(&Combo::listed("late", &["glm/b".to_owned()])).await.unwrap();
        let before = configured(&store).await;
        wait_for_copy(&scene, "late").await;
        let kept = scene.files();
        store.close().await;
        for (path, bytes) in kept.iter().filter(|(path, _)| !path.ends_with("switchyard.db-shm")) {
            fs::write(path, bytes).unwrap();
        }
        let log = scene.file("switchyard.db-wal");
        let bytes = fs::read(&log).unwrap();
        assert!(bytes.len() > 4_200, "the log holds the change");
        fs::write(&log, &bytes[..cut]).unwrap();

        let error = scene.refusal().await;
        assert_eq!(error.code(), "behind", "cut at {cut}: {error}");
        let store = Store::open_or_stand_in(scene.place(), NOW).await.unwrap();
        assert_eq!(configured(&store).await, before);
        store.close().await;
        let restored = switchyard_store::restore_saved(&scene.place(), NOW).await.unwrap();
        assert_eq!(restored.aside, None, "a sound database keeps its history");
        let store = scene.open().await;
        assert_eq!(configured(&store).await, before);
        assert_eq!(store.since(0).await.unwrap().requests, 20);
    }
}

#[tokio::test]
async fn a_database_that_lost_changes_can_be_accepted() {
    let (scene, old) = furnished().await;
    let database = fs::read(scene.database()).unwrap();
    let store = scene.open().await;
    store.put_combo(&Combo::listed::<String>("late", &[])).await.unwrap();
    store.close().await;
    fs::write(scene.database(), database).unwrap();
    assert_eq!(scene.refusal().await.code(), "behind");
    let accepted = switchyard_store::accept(&scene.place(), NOW).await.unwrap();
    assert!(accepted.aside.unwrap().join("configuration.json").exists());
    assert_eq!(configured(&scene.open().await).await, old);
}

async fn wait_for_copy(scene: &Scene, words: &str) {
    for _ in 0..6_000 {
        if fs::read_to_string(scene.file("configuration.json")).unwrap().contains(words) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the copy of the configuration was not written");
}

#[tokio::test]
async fn an_altered_copy_of_the_configuration_is_not_believed() {
    let (scene, _) = furnished().await;
    let copy = fs::read_to_string(scene.file("configuration.json")).unwrap();
    fs::write(scene.file("configuration.json"), copy.replace("127.0.0.1", "203.0.113.9")).unwrap();
    break_pages(&scene.database());
    let error = Store::open_or_stand_in(scene.place(), NOW).await.unwrap_err();
    assert_eq!(error.code(), "damaged");
    let error = switchyard_store::restore_saved(&scene.place(), NOW).await.unwrap_err();
    assert_eq!(error.code(), "no_copy", "{error}");
}

#[tokio::test]
async fn a_newer_database_another_process_and_a_wrong_key_are_not_stood_in_for() {
    let (mut scene, _) = furnished().await;
    let store = scene.open().await;
    let error = Store::open_or_stand_in(scene.place(), NOW).await.unwrap_err();
    assert_eq!(error.code(), "in_use");
    store.close().await;
    scene.data_key = Some(switchyard_types::Secret::new("A".repeat(43)));
    let error = Store::open_or_stand_in(scene.place(), NOW).await.unwrap_err();
    assert_eq!(error.code(), "wrong_data_key", "{error}");
    scene.data_key = None;
    scene
        .tamper(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
             execution_time) VALUES (9000, 'later', TRUE, x'00', 0)",
        )
        .await;
    let error = Store::open_or_stand_in(scene.place(), NOW).await.unwrap_err();
    assert_eq!(error.code(), "newer");
}

/// Bytes flipped and files cut anywhere: the store opens with all that was configured, or says why
/// it does not; and where it stands in, it stands in with all of it.
#[tokio::test]
async fn a_database_flipped_or_cut_anywhere_never_reads_as_less() {
    let rounds = rounds("SWITCHYARD_FLIPS", 60);
    let (scene, before) = furnished().await;
    let good = fs::read(scene.database()).unwrap();
    let copy = fs::read(scene.file("configuration.json")).unwrap();
    let mut random = Random(0x5eed);
    let (mut told, mut unharmed) = (0, 0);
    for round in 0..rounds {
        let mut bytes = good.clone();
        let at = random.below(bytes.len());
        if round % 3 == 0 {
            bytes.truncate(at);
        } else {
            let span = 1 + random.below(64);
            for byte in bytes.iter_mut().skip(at).take(span) {
                *byte ^= 1 + u8::try_from(random.below(255)).unwrap();
            }
        }
        fs::write(scene.database(), &bytes).unwrap();
        fs::write(scene.file("configuration.json"), &copy).unwrap();
        for suffix in ["-wal", "-shm"] {
            let _none = fs::remove_file(scene.file(&format!("switchyard.db{suffix}")));
        }
        let store = match Store::open_or_stand_in(scene.place(), NOW).await {
            Ok(store) => store,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                told += 1;
                continue;
            }
        };
        let stood_in = store.safe_mode().is_some();
        let read = tokio::spawn({
            let store = store.clone();
            async move { configured(&store).await }
        });
        match read.await {
            Ok(after) if after == before => {}
            // A flipped byte inside a text is still a sound database: nothing can tell it, and
            // nothing is lost but that byte.
            Ok(after) => {
                assert!(!stood_in && round % 3 != 0, "round {round} at {at}");
                assert!(after.len() + 400 > before.len(), "round {round} at {at}: {after}");
            }
            Err(_) => assert!(!stood_in, "what stands in reads well, round {round}"),
        }
        if stood_in {
            told += 1;
        } else {
            unharmed += 1;
        }
        store.close().await;
    }
    assert!(told > unharmed / 4, "{told} told, {unharmed} in free room");
}

pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // splitmix64, from its public-domain reference.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

pub(crate) fn rounds(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A file system of its own, for the disk's own failures. `None`, said loudly, where this user may
/// not mount one.
struct Mount(TempDir);

impl Mount {
    fn new(size: &str) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},mode=0700"), "tmpfs"])
            .arg(dir.path())
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(dir)),
            other => {
                println!("SKIPPED: no file system can be mounted here: {other:?}");
                None
            }
        }
    }

    fn remount(&self, options: &str) {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(self.0.path())
            .status()
            .unwrap();
        assert!(done.success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _left = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told_and_costs_nothing_that_was_confirmed() {
    let Some(mount) = Mount::new("2m") else { return };
    let place = switchyard_store::Place::new(mount.0.path().join("data"));
    let store = Store::open(place.clone(), NOW).await.unwrap();
    furnish(&store).await;
    let filler = mount.0.path().join("filler");
    fill(&filler);
    let mut confirmed = 0;
    let error = loop {
        let name = format!("combo-{confirmed}");
        let models: Vec<String> = (0..50).map(|n| format!("glm/model-{n}")).collect();
        match store.put_combo(&Combo::listed(&name, &models)).await {
            Ok(()) => confirmed += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "disk_full", "{error}");
    assert_eq!(store.combos().await.unwrap().len(), confirmed + 1);
    store.close().await;

    // Also where there is no room to open it in, the copy serves, or the full disk is told.
    match Store::open_or_stand_in(place.clone(), NOW).await {
        Ok(store) => {
            assert_eq!(store.combos().await.unwrap().len(), confirmed + 1);
            store.close().await;
        }
        Err(error) => assert_eq!(error.code(), "disk_full", "{error}"),
    }
    fs::remove_file(filler).unwrap();
    let store = Store::open(place, NOW).await.unwrap();
    assert_eq!(store.combos().await.unwrap().len(), confirmed + 1);
    assert_eq!(store.accounts().await.unwrap().len(), 1);
}

fn fill(path: &Path) {
    use std::io::Write;
    let mut file = fs::File::create(path).unwrap();
    while file.write_all(&[0; 4_096]).is_ok() {}
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_read_only_folder_is_told_and_the_copy_serves() {
    let Some(mount) = Mount::new("4m") else { return };
    let place = switchyard_store::Place::new(mount.0.path().join("data"));
    let store = Store::open(place.clone(), NOW).await.unwrap();
    furnish(&store).await;
    let before = configured(&store).await;
    store.close().await;
    drop(store);
    mount.remount("ro");
    let error = Store::open(place.clone(), NOW).await.unwrap_err();
    assert_eq!(error.code(), "read_only", "{error}");
    assert!(error.hint().unwrap().contains("DATA_DIR"));
    let store = Store::open_or_stand_in(place.clone(), NOW).await.unwrap();
    assert_eq!(store.safe_mode().unwrap().code, "read_only");
    assert_eq!(configured(&store).await, before);
    store.close().await;
    mount.remount("rw");
    assert_eq!(configured(&Store::open(place, NOW).await.unwrap()).await, before);
}

#[tokio::test]
async fn a_locked_or_empty_keychain_is_told_and_nothing_is_lost() {
    let keychain = Held::new();
    let mut scene = Scene::new();
    scene.keychain = Some(keychain.clone());
    let store = scene.open().await;
    assert_eq!(store.data_key_source(), DataKeySource::Keychain);
    assert!(!scene.file("data.key").exists());
    furnish(&store).await;
    let before = configured(&store).await;
    store.close().await;
    let files_before: Vec<_> = sound_files(&scene);

    keychain.lock();
    assert_eq!(scene.refusal().await.code(), "keychain_closed");
    let error = Store::open_or_stand_in(scene.place(), NOW).await.unwrap_err();
    assert!(matches!(error, StoreError::KeychainClosed { .. }), "{error}");
    keychain.unlock();
    let entries = keychain.take();
    assert_eq!(scene.refusal().await.code(), "keychain_entry_gone");
    assert!(keychain.is_empty(), "no new key is made over sealed data");
    scene.keychain = None;
    assert_eq!(scene.refusal().await.code(), "keychain_closed");
    assert!(!scene.file("data.key").exists());
    assert_eq!(sound_files(&scene), files_before);

    keychain.put_back(entries);
    scene.keychain = Some(keychain);
    assert_eq!(configured(&scene.open().await).await, before);
}

fn sound_files(scene: &Scene) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = files(&scene.dir());
    found.retain(|(path, _)| {
        path.ends_with("switchyard.db") || path.ends_with("configuration.json")
    });
    found.sort();
    found
}

#[tokio::test]
async fn without_a_keychain_that_answers_the_key_goes_into_a_file() {
    let keychain = Held::new();
    keychain.lock();
    let mut scene = Scene::new();
    scene.keychain = Some(keychain);
    let store = scene.open().await;
    assert_eq!(store.data_key_source(), DataKeySource::File);
    assert!(scene.file("data.key").exists());
}
