//! What opening accepts, refuses, makes and changes.

use std::fs;

use sqlx::Connection;
use switchyard_store::StoreError;

use crate::scene::{NOW, Scene, account, full_request, raw, record};

async fn assert_refused_untouched(scene: &Scene, words: &str) {
    let before = fs::read(scene.database()).unwrap();
    let error = scene.refusal().await;
    assert!(matches!(&error, StoreError::Damaged { path, .. } if *path == scene.database()));
    assert!(error.to_string().contains("switchyard.db is damaged: "), "{error}");
    assert!(error.to_string().contains(words), "{error}");
    assert!(error.to_string().contains("move it away to start afresh"), "{error}");
    assert_eq!(fs::read(scene.database()).unwrap(), before);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_user_can_read_what_a_store_makes() {
    use std::os::unix::fs::PermissionsExt;

    let scene = Scene::new();
    let store = scene.open().await;
    store.add_account(account("Work", Some("secret"))).await.unwrap();
    store.close().await;
    scene.age().await;
    let store = scene.open().await;
    store.add_account(account("Home", Some("secret"))).await.unwrap();

    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&scene.dir()), 0o700);
    assert_eq!(mode(&scene.file("backups")), 0o700);
    let mut names = Vec::new();
    for (path, _) in scene.files() {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    names.sort();
    let backup = format!("switchyard-{NOW:014}-schema1.db");
    let expected = [
        "configuration.json",
        "data.key",
        &backup,
        "switchyard.db",
        "switchyard.db-shm",
        "switchyard.db-wal",
        "switchyard.lock",
    ];
    assert_eq!(names, expected);
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_others_could_read_are_closed_to_them() {
    use std::os::unix::fs::PermissionsExt;

    let scene = Scene::new();
    scene.open().await.close().await;
    for name in ["data.key", "switchyard.db"] {
        fs::set_permissions(scene.file(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    let _store = scene.open().await;
    for name in ["data.key", "switchyard.db"] {
        let mode = fs::metadata(scene.file(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_folder_that_is_there_keeps_what_lies_in_it() {
    let scene = Scene::new();
    fs::create_dir(scene.dir()).unwrap();
    fs::write(scene.file("notes.txt"), "mine").unwrap();
    scene.open().await.close().await;
    assert_eq!(fs::read(scene.file("notes.txt")).unwrap(), b"mine");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_untouched() {
    let scene = Scene::new();
    fs::create_dir(scene.dir()).unwrap();
    fs::write(scene.database(), "not a database, but long enough to be one\n".repeat(40)).unwrap();
    assert_refused_untouched(&scene, "file is not a database").await;
}

#[tokio::test]
async fn an_empty_file_and_a_stump_are_refused_untouched() {
    let scene = Scene::new();
    fs::create_dir(scene.dir()).unwrap();
    for length in [0, 1, 511] {
        fs::write(scene.database(), "S".repeat(length)).unwrap();
        assert_refused_untouched(&scene, &format!("the file has only {length} bytes")).await;
    }
}

#[tokio::test]
async fn a_database_with_broken_pages_is_refused_untouched() {
    let scene = Scene::new();
    let store = scene.open().await;
    record(&store, (0..200).map(full_request)).await;
    store.close().await;
    let mut bytes = fs::read(scene.database()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8_192].fill(0x5a);
    fs::write(scene.database(), bytes).unwrap();
    assert_refused_untouched(&scene, "").await;
}

#[tokio::test]
async fn in_a_large_database_damage_to_the_configuration_is_found_at_once() {
    let scene = Scene::new();
    let store = scene.open().await;
    store.add_account(account("Work", Some("secret"))).await.unwrap();
    record(&store, [full_request(1)]).await;
    store.close().await;
    scene.tamper("UPDATE requests SET error = hex(zeroblob(36000000))").await;
    let mut connection = scene.raw().await;
    let page: u64 = sqlx::query_scalar::<_, i64>(
        "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = 'accounts'",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap()
    .try_into()
    .unwrap();
    connection.close().await.unwrap();
    scene.open().await.close().await;

    let mut bytes = fs::read(scene.database()).unwrap();
    assert!(bytes.len() > 64 << 20);
    let start = usize::try_from((page - 1) * 4_096).unwrap();
    bytes[start..start + 4_096].fill(0x5a);
    fs::write(scene.database(), bytes).unwrap();
    assert_refused_untouched(&scene, "").await;
}

#[tokio::test]
async fn a_database_that_was_cut_short_is_refused_untouched() {
    let scene = Scene::new();
    scene.open().await.close().await;
    let bytes = fs::read(scene.database()).unwrap();
    fs::write(scene.database(), &bytes[..bytes.len() - 4_096]).unwrap();
    assert_refused_untouched(&scene, "").await;
}

#[tokio::test]
async fn another_programs_database_is_refused_untouched() {
    let scene = Scene::new();
    fs::create_dir(scene.dir()).unwrap();
    fs::write(scene.database(), []).unwrap();
    scene.tamper("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine');").await;
    assert_refused_untouched(&scene, "it is a database of another program").await;
}

#[tokio::test]
async fn a_database_that_vanished_from_beside_its_newest_changes_is_refused() {
    let scene = Scene::new();
    scene.open().await.close().await;
    fs::remove_file(scene.database()).unwrap();
    fs::write(scene.file("switchyard.db-wal"), "changes").unwrap();
    let error = scene.refusal().await;
    assert!(matches!(&error, StoreError::Damaged { path, .. } if *path == scene.database()));
    assert_eq!(fs::read(scene.file("switchyard.db-wal")).unwrap(), b"changes");
    assert!(!scene.database().exists());
}

#[tokio::test]
async fn a_start_that_was_cut_while_making_the_database_is_made_good() {
    let scene = Scene::new();
    fs::create_dir(scene.dir()).unwrap();
    fs::write(scene.file("switchyard.db.new"), "half").unwrap();
    fs::write(scene.file("data.key.new"), "half").unwrap();
    let store = scene.open().await;
    store.add_account(account("Work", Some("secret"))).await.unwrap();
    assert!(!scene.file("switchyard.db.new").exists());
    assert!(!scene.file("data.key.new").exists());
}

#[tokio::test]
async fn a_newer_database_is_refused_untouched() {
    let scene = Scene::new();
    scene.open().await.close().await;
    scene
        .tamper(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
             execution_time) VALUES (9000, 'later', TRUE, x'00', 0); DROP TABLE data_key_check;",
        )
        .await;
    let before = fs::read(scene.database()).unwrap();
    let error = scene.refusal().await;
    assert!(matches!(error, StoreError::Newer { found: 9_000, .. }), "{error}");
    assert!(error.to_string().contains("newer version of Switchyard"), "{error}");
    assert!(error.to_string().contains("Update Switchyard"), "{error}");
    assert_eq!(fs::read(scene.database()).unwrap(), before);
    assert!(!scene.file("backups").exists());
}

#[tokio::test]
async fn a_database_of_a_schema_that_was_never_released_is_refused_untouched() {
    let scene = Scene::new();
    scene.open().await.close().await;
    scene.tamper("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1").await;
    assert_refused_untouched(&scene, "step 1 of its schema").await;
}

#[tokio::test]
async fn a_second_opener_is_refused_and_told_who_has_the_folder() {
    let scene = Scene::new();
    let store = scene.open().await;
    let error = scene.refusal().await;
    let us = std::process::id();
    assert!(matches!(error, StoreError::InUse { pid: Some(pid), .. } if pid == us), "{error}");
    assert!(error.to_string().contains(&format!("process {us}")), "{error}");
    assert!(store.accounts().await.is_ok());

    store.close().await;
    let again = scene.open().await;
    assert!(matches!(store.accounts().await.unwrap_err(), StoreError::Closed { .. }));
    assert!(again.accounts().await.is_ok());
}

#[tokio::test]
async fn an_older_database_is_copied_before_it_is_brought_up_to_date() {
    let scene = Scene::new();
    let store = scene.open().await;
    let work = store.add_account(account("Work", Some("secret"))).await.unwrap();
    store.close().await;
    scene.age().await;

    let store = scene.open().await;
    record(&store, [full_request(1)]).await;
    assert_eq!(store.page(None, 5).await.unwrap().requests, [full_request(1)]);
    assert_eq!(store.accounts().await.unwrap(), std::slice::from_ref(&work));

    let backup = scene.file("backups").join(format!("switchyard-{NOW:014}-schema1.db"));
    let mut copy = raw(&backup).await;
    let sound: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut copy).await.unwrap();
    let version: i64 = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(&mut copy)
        .await
        .unwrap();
    copy.close().await.unwrap();
    assert_eq!((sound.as_str(), version), ("ok", 1));

    // The copy is whole: put in the database's place, it serves.
    store.close().await;
    fs::copy(&backup, scene.database()).unwrap();
    assert_eq!(scene.open().await.accounts().await.unwrap(), [work]);
}

#[tokio::test]
async fn a_database_that_is_up_to_date_is_not_copied() {
    let scene = Scene::new();
    scene.open().await.close().await;
    scene.open().await.close().await;
    assert!(!scene.file("backups").exists());
}

#[tokio::test]
async fn the_ten_newest_copies_are_kept_and_foreign_files_stay() {
    let scene = Scene::new();
    scene.open().await.close().await;
    scene.age().await;
    let backups = scene.file("backups");
    fs::create_dir(&backups).unwrap();
    for number in 0..12 {
        fs::write(backups.join(format!("switchyard-{number:014}-schema1.db")), "old").unwrap();
    }
    for foreign in ["switchyard-mine.db", "notes.txt", "switchyard-00000000000000-schema1.db.bak"] {
        fs::write(backups.join(foreign), "foreign").unwrap();
    }
    let _store = scene.open().await;
    let mut names: Vec<String> = fs::read_dir(&backups)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut expected: Vec<String> =
        (3..12).map(|number| format!("switchyard-{number:014}-schema1.db")).collect();
    expected.push(format!("switchyard-{NOW:014}-schema1.db"));
    expected.insert(0, "switchyard-00000000000000-schema1.db.bak".to_owned());
    expected.insert(0, "notes.txt".to_owned());
    expected.push("switchyard-mine.db".to_owned());
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_database_as_it_was_and_names_the_copy() {
    let scene = Scene::new();
    let store = scene.open().await;
    store.add_account(account("Work", None)).await.unwrap();
    store.close().await;
    scene.age().await;
    // In the way of the second migration's last step.
    scene.tamper("CREATE TABLE other (a); CREATE INDEX requests_vendor ON other (a);").await;

    let error = scene.refusal().await;
    let StoreError::Migration { backup, .. } = &error else { panic!("{error}") };
    assert!(backup.exists());
    assert!(error.to_string().contains(backup.to_str().unwrap()), "{error}");

    let mut connection = scene.raw().await;
    let tables: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'requests'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    connection.close().await.unwrap();
    assert_eq!(tables, 0);
    scene.tamper("DROP TABLE other;").await;
    assert_eq!(scene.open().await.accounts().await.unwrap().len(), 1);
}
