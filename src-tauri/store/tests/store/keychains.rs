//! A keychain in memory that can be locked and emptied.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use switchyard_store::{Keychain, KeychainError};
use switchyard_types::Secret;

#[derive(Debug, Default)]
pub(crate) struct Held {
    entries: Mutex<HashMap<String, Secret>>,
    locked: Mutex<bool>,
}

impl Held {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn lock(&self) {
        *self.locked.lock().unwrap() = true;
    }

    pub(crate) fn unlock(&self) {
        *self.locked.lock().unwrap() = false;
    }

    pub(crate) fn take(&self) -> HashMap<String, Secret> {
        std::mem::take(&mut self.entries.lock().unwrap())
    }

    pub(crate) fn put_back(&self, entries: HashMap<String, Secret>) {
        *self.entries.lock().unwrap() = entries;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.lock().unwrap().is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.lock().unwrap().len()
    }

    fn open(&self) -> Result<(), KeychainError> {
        if *self.locked.lock().unwrap() {
            return Err(KeychainError::Locked("the user declined".to_owned()));
        }
        Ok(())
    }
}

impl Keychain for Held {
    fn get(&self, entry: &str) -> Result<Secret, KeychainError> {
        self.open()?;
        self.entries.lock().unwrap().get(entry).cloned().ok_or(KeychainError::NoEntry)
    }

    fn put(&self, entry: &str, secret: &Secret) -> Result<(), KeychainError> {
        self.open()?;
        self.entries.lock().unwrap().insert(entry.to_owned(), secret.clone());
        Ok(())
    }

    fn remove(&self, entry: &str) -> Result<(), KeychainError> {
        self.open()?;
        self.entries.lock().unwrap().remove(entry);
        Ok(())
    }
}

/// The system's own keychain. Run it where one is unlocked:
/// `dbus-run-session -- sh -c 'echo pass | gnome-keyring-daemon --unlock && cargo test -p
/// switchyard-store --test store -- --ignored keychains'`.
#[tokio::test]
#[ignore = "needs a session with an unlocked keychain"]
async fn the_systems_keychain_keeps_the_data_key() {
    use switchyard_store::{NewKey, Place, Store, SystemKeychain};
    use switchyard_types::DataKeySource;

    let dir = tempfile::tempdir().unwrap();
    let place =
        Place { keychain: Some(Arc::new(SystemKeychain)), ..Place::new(dir.path().join("data")) };
    let store = Store::open(place.clone(), 0).await.unwrap();
    assert_eq!(store.data_key_source(), DataKeySource::Keychain);
    crate::faults::furnish(&store).await;
    let before = crate::faults::configured(&store).await;
    store.rotate_data_key(NewKey::SamePlace).await.unwrap();
    store.close().await;
    let store = Store::open(place.clone(), 0).await.unwrap();
    assert_eq!(crate::faults::configured(&store).await, before);
    assert!(!place.dir.join("data.key").exists());
    store.rotate_data_key(NewKey::File).await.unwrap();
    store.close().await;
    let gone = SystemKeychain.get("data-key-nobody").unwrap_err();
    assert_eq!(gone, KeychainError::NoEntry);
}
