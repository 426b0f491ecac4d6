//! Backups and the repair of a damaged database.

use std::path::PathBuf;

use switchyard_store::{NewKey, Place, StoreError};
use switchyard_types::{BackupView, KeyPlace, RotateAsk, Rotated, SafeModeView};

use crate::{Clock, Config, Engine, EngineError};

impl Engine {
    /// The backups, newest first.
    pub fn backups(&self) -> Result<Vec<BackupView>, EngineError> {
        Ok(self.inner.store.backups()?)
    }

    /// Makes a backup now.
    pub async fn back_up(&self) -> Result<BackupView, EngineError> {
        Ok(self.inner.store.back_up(self.now()).await?)
    }

    /// Checks a backup from end to end.
    pub async fn check_backup(&self, name: &str) -> Result<BackupView, EngineError> {
        Ok(switchyard_store::check_backup(&self.inner.config.place(), name).await?)
    }

    /// Whether a copy of the configuration serves instead of a database that cannot be used.
    pub fn is_in_safe_mode(&self) -> bool {
        self.inner.store.safe_mode().is_some()
    }

    /// Why it does.
    pub fn safe_mode(&self) -> Option<&SafeModeView> {
        self.inner.store.safe_mode()
    }

    pub(crate) fn last_backup(&self) -> Option<i64> {
        self.inner.store.backups().ok()?.first().map(|newest| newest.at)
    }

    /// Exchanges the key that seals secrets.
    pub async fn rotate_data_key(&self, ask: RotateAsk) -> Result<Rotated, EngineError> {
        let to = match ask {
            RotateAsk { given: Some(key), .. } => NewKey::Given(key),
            RotateAsk { to: Some(KeyPlace::Keychain), given: None } => NewKey::Keychain,
            RotateAsk { to: Some(KeyPlace::File), given: None } => NewKey::File,
            RotateAsk { to: None, given: None } => NewKey::SamePlace,
        };
        let _writing = self.inner.writing.lock().await;
        Ok(self.inner.store.rotate_data_key(to).await?)
    }
}

/// What can be done about a data folder whose server is stopped, also when it does not start.
#[derive(Debug)]
pub struct Repair {
    pub(crate) place: Place,
    pub(crate) clock: Clock,
}

impl Repair {
    /// For the folder of this configuration.
    pub fn new(config: &Config) -> Self {
        Self { place: config.place(), clock: config.clock.clone() }
    }

    /// The backups, newest first.
    pub fn backups(&self) -> Result<Vec<BackupView>, EngineError> {
        Ok(switchyard_store::list_backups(&self.place)?)
    }

    /// Checks a backup from end to end.
    pub async fn check_backup(&self, name: &str) -> Result<BackupView, EngineError> {
        Ok(switchyard_store::check_backup(&self.place, name).await?)
    }

    /// Puts a backup in the database's place; says where the files that were there are now.
    pub async fn restore(&self, name: &str) -> Result<Option<PathBuf>, EngineError> {
        let restored =
            switchyard_store::restore_backup(&self.place, name, self.clock.now()).await?;
        Ok(restored.aside)
    }

    /// Brings the configuration back from the copy beside the database.
    pub async fn restore_saved(&self) -> Result<Option<PathBuf>, EngineError> {
        let restored = switchyard_store::restore_saved(&self.place, self.clock.now()).await?;
        Ok(restored.aside)
    }

    /// Goes on with a database that lost changes.
    pub async fn accept(&self) -> Result<Option<PathBuf>, EngineError> {
        let accepted = switchyard_store::accept(&self.place, self.clock.now()).await?;
        Ok(accepted.aside)
    }
}

impl EngineError {
    /// Whether another process has the data folder: then that one is asked.
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Store(StoreError::InUse { .. }))
    }
}
