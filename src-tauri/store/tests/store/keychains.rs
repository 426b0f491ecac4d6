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
