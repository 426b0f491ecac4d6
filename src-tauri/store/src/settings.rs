use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::{Thing, violates_reference, while_doing};
use crate::{Store, StoreError};

/// What the user set for the whole program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The combo that the model name `auto` means.
    pub active_combo: Option<String>,
    /// Whether clients must send a key; so from the first start.
    pub keys_required: bool,
    /// Whether coding tools are put back as they were when the program ends.
    pub revert_tools: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { active_combo: None, keys_required: true, revert_tools: false }
    }
}

impl Store {
    /// The settings.
    pub async fn settings(&self) -> Result<Settings, StoreError> {
        sqlx::query("SELECT active_combo, keys_required, revert_tools FROM settings WHERE id = 1")
            .try_map(|row: SqliteRow| {
                Ok(Settings {
                    active_combo: row.try_get("active_combo")?,
                    keys_required: row.try_get("keys_required")?,
                    revert_tools: row.try_get("revert_tools")?,
                })
            })
            .fetch_one(self.readers())
            .await
            .map_err(while_doing("reading the settings"))
    }

    /// Saves the settings. The active combo must be there.
    pub async fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        let combo = settings.active_combo.as_deref();
        let saved = sqlx::query(
            "UPDATE settings SET active_combo = ?, keys_required = ?, revert_tools = ? \
                 WHERE id = 1",
        )
        .bind(combo)
        .bind(settings.keys_required)
        .bind(settings.revert_tools)
        .execute(self.writer())
        .await;
        match (saved, combo) {
            (Ok(_), _) => Ok(()),
            (Err(error), Some(combo)) if violates_reference(&error) => {
                Err(StoreError::not_found(Thing::Combo, combo))
            }
            (Err(error), _) => Err(while_doing("saving the settings")(error)),
        }
    }
}
