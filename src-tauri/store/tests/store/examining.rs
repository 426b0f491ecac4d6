//! A look at a data folder that changes nothing in it.

use std::fs;

use switchyard_store::{Examined, Place, examine, sweep};
use switchyard_types::Secret;

use crate::faults::furnished;
use crate::scene::NOW;

async fn codes(place: &Place) -> Vec<&'static str> {
    examine(place, NOW).await.troubles.iter().map(switchyard_store::StoreError::code).collect()
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path().join("none"));
    let Examined { troubles, strays, is_claimed, .. } = examine(&place, NOW).await;
    assert!(troubles.is_empty() && strays.is_empty() && !is_claimed);
    assert!(!place.dir.exists());
}

#[tokio::test]
async fn a_sound_folder_has_nothing_wrong_whether_open_or_not() {
    let (scene, _) = furnished().await;
    assert!(codes(&scene.place()).await.is_empty());
    let store = scene.open().await;
    let looked = examine(&scene.place(), NOW).await;
    assert!(looked.troubles.is_empty() && looked.is_claimed, "{looked:?}");
    store.close().await;
}

#[tokio::test]
async fn each_trouble_has_its_own_name_and_nothing_is_changed_by_looking() {
    let (mut scene, _) = furnished().await;
    let key = fs::read(scene.file("data.key")).unwrap();
    let database = fs::read(scene.database()).unwrap();

    fs::remove_file(scene.file("data.key")).unwrap();
    assert_eq!(codes(&scene.place()).await, ["missing_data_key"]);
    assert!(!scene.file("data.key").exists(), "none is made");
    fs::write(scene.file("data.key"), key).unwrap();

    scene.data_key = Some(Secret::new("A".repeat(43)));
    assert_eq!(codes(&scene.place()).await, ["wrong_data_key"]);
    scene.data_key = None;

    fs::write(scene.database(), [7; 8192]).unwrap();
    assert_eq!(codes(&scene.place()).await, ["damaged"]);
    assert_eq!(fs::read(scene.database()).unwrap(), [7; 8192]);
    fs::remove_file(scene.database()).unwrap();
    assert_eq!(codes(&scene.place()).await, ["damaged"], "a copy knows that there was one");
    fs::write(scene.database(), database).unwrap();

    scene.tamper("UPDATE change_count SET count = 0").await;
    assert_eq!(codes(&scene.place()).await, ["behind"]);
    scene
        .tamper(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
             execution_time) VALUES (9000, 'later', TRUE, x'00', 0)",
        )
        .await;
    assert_eq!(codes(&scene.place()).await, ["newer"]);
}

#[tokio::test]
async fn rests_of_cut_writes_are_found_and_swept_and_keys_of_an_exchange_are_left() {
    let (scene, _) = furnished().await;
    for name in ["switchyard.db.restoring", "switchyard.db.new", "data.key.next"] {
        fs::write(scene.file(name), "half").unwrap();
    }
    let looked = examine(&scene.place(), NOW).await;
    assert_eq!((looked.strays.len(), looked.keys.len()), (2, 1), "{looked:?}");
    fs::remove_file(scene.file("data.key.next")).unwrap();
    let store = scene.open().await;
    assert!(sweep(&scene.place()).is_err(), "not while somebody has the folder");
    store.close().await;
    sweep(&scene.place()).unwrap();
    let looked = examine(&scene.place(), NOW).await;
    assert!(looked.strays.is_empty(), "{looked:?}");
    assert!(scene.database().exists());
}
