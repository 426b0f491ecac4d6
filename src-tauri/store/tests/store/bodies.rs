//! What agents and models said, where it is kept.

use std::fs;

use switchyard_store::{BodyKeeping, KeptBodies, NewKey, Store};
use switchyard_types::{KeptBody, RequestBodies, RequestId};

use crate::scene::{NOW, Scene};

const SAID: &str = "the plans of the moon base";

fn bodies(id: &str) -> RequestBodies {
    let body = |text: &str| Some(KeptBody { text: text.to_owned(), bytes: 26, cut: false });
    RequestBodies {
        id: RequestId::new(id),
        from_client: body(SAID),
        to_vendor: None,
        from_vendor: body("größer"),
        to_client: None,
    }
}

async fn keep(store: &Store, count: i64) {
    for number in 0..count {
        store.keep_bodies(NOW + number, bodies(&format!("req_{number}"))).await.unwrap();
    }
}

#[tokio::test]
async fn nothing_is_kept_until_somebody_says_so_and_that_survives_a_restart() {
    let scene = Scene::new();
    let store = scene.open().await;
    assert_eq!(store.body_keeping().await.unwrap(), BodyKeeping { keep: false, days: 7 });
    let wanted = BodyKeeping { keep: true, days: 30 };
    store.set_body_keeping(wanted).await.unwrap();
    store.close().await;
    assert_eq!(scene.open().await.body_keeping().await.unwrap(), wanted);
}

#[tokio::test]
async fn what_was_said_is_read_back_and_stands_nowhere_in_the_clear() {
    let scene = Scene::new();
    let store = scene.open().await;
    keep(&store, 1).await;
    let id = RequestId::new("req_0");
    assert_eq!(store.kept_bodies(NOW, &id).await.unwrap(), Some(bodies("req_0")));
    assert_eq!(store.kept_bodies(NOW + 1, &id).await.unwrap(), None);
    let backup = store.back_up(NOW).await.unwrap();
    assert!(backup.bytes > 0);
    store.close().await;
    let mut files = 0;
    for dir in [scene.dir(), scene.file("bodies"), scene.file("backups")] {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let bytes = fs::read(&path).unwrap();
                let found = bytes.windows(SAID.len()).any(|window| window == SAID.as_bytes());
                assert!(!found, "{}", path.display());
                files += 1;
            }
        }
    }
    assert!(files >= 3);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_user_can_read_them() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    keep(&scene.open().await, 1).await;
    let dir = scene.file("bodies");
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(dir).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_file_that_was_moved_or_cut_does_not_open() {
    let scene = Scene::new();
    let store = scene.open().await;
    keep(&store, 2).await;
    let path = |number: i64| scene.file(&format!("bodies/{:014}-req_{number}", NOW + number));
    fs::copy(path(0), path(1)).unwrap();
    let sealed = fs::read(path(0)).unwrap();
    fs::write(path(0), &sealed[..sealed.len() / 2]).unwrap();
    for number in 0..2 {
        let id = RequestId::new(format!("req_{number}"));
        let error = store.kept_bodies(NOW + number, &id).await.unwrap_err();
        assert_eq!(error.code(), "altered_secret");
    }
}

#[tokio::test]
async fn all_of_it_is_deleted_at_once() {
    let scene = Scene::new();
    let store = scene.open().await;
    keep(&store, 5).await;
    assert_eq!(store.bodies().await.unwrap().requests, 5);
    assert_eq!(store.delete_bodies().await.unwrap(), 5);
    assert_eq!(store.bodies().await.unwrap(), KeptBodies::default());
    assert_eq!(fs::read_dir(scene.file("bodies")).unwrap().count(), 0);
    assert_eq!(store.delete_bodies().await.unwrap(), 0);
}

#[tokio::test]
async fn the_old_and_then_the_oldest_go() {
    let scene = Scene::new();
    let store = scene.open().await;
    keep(&store, 10).await;
    let each = store.bodies().await.unwrap().bytes / 10;
    assert_eq!(store.prune_bodies(NOW + 2, u64::MAX).await.unwrap(), 2);
    assert_eq!(store.prune_bodies(0, each * 3).await.unwrap(), 5);
    for (number, kept) in [(1, false), (2, false), (6, false), (7, true), (9, true)] {
        let id = RequestId::new(format!("req_{number}"));
        let found = store.kept_bodies(NOW + number, &id).await.unwrap();
        assert_eq!(found.is_some(), kept, "{number}");
    }
}

#[tokio::test]
async fn an_exchange_of_the_data_key_leaves_none_under_the_old_one() {
    let scene = Scene::new();
    let store = scene.open().await;
    keep(&store, 2).await;
    store.rotate_data_key(NewKey::SamePlace).await.unwrap();
    assert_eq!(store.bodies().await.unwrap().requests, 0);
    keep(&store, 1).await;
    let found = store.kept_bodies(NOW, &RequestId::new("req_0")).await.unwrap();
    assert_eq!(found, Some(bodies("req_0")));
}

#[tokio::test]
async fn no_export_switches_it_on() {
    let (here, there) = (Scene::new(), Scene::new());
    let (here, there) = (here.open().await, there.open().await);
    here.set_body_keeping(BodyKeeping { keep: true, days: 90 }).await.unwrap();
    let passphrase = switchyard_types::Secret::new("a long passphrase of mine");
    let text = here.export(passphrase.clone(), NOW).await.unwrap();
    let staged = there.stage_import(&text, Some(passphrase)).await.unwrap();
    there.apply_import(&staged, switchyard_types::OnClash::Replace, NOW).await.unwrap();
    assert!(!there.body_keeping().await.unwrap().keep);
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_is_no_request() {
    let scene = Scene::new();
    let store = scene.open().await;
    for id in ["", "../switchyard.db", "a/b", "a.b"] {
        assert!(store.kept_bodies(NOW, &RequestId::new(id)).await.is_err(), "{id}");
        assert!(store.keep_bodies(NOW, bodies(id)).await.is_err(), "{id}");
    }
}
