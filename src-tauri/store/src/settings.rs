use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use switchyard_types::{Hours, LanguageChoice, NoticeKind, NotificationSettings};

use crate::error::{Thing, violates_reference, while_doing};
use crate::words::read_number;
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
    /// Which notices the desktop shows.
    pub notifications: NotificationSettings,
    /// Which language the faces speak.
    pub language: LanguageChoice,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            active_combo: None,
            keys_required: true,
            revert_tools: false,
            notifications: NotificationSettings::default(),
            language: LanguageChoice::System,
        }
    }
}

impl Store {
    /// The settings.
    pub async fn settings(&self) -> Result<Settings, StoreError> {
        sqlx::query(
            "SELECT active_combo, keys_required, revert_tools, notify, muted, quiet_days, \
                 quiet_from, quiet_to, language FROM settings WHERE id = 1",
        )
        .try_map(|row: SqliteRow| read(&row))
        .fetch_one(self.readers())
        .await
        .map_err(while_doing("reading the settings"))
    }

    /// Saves the settings. The active combo must be there.
    pub async fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        let combo = settings.active_combo.as_deref();
        let told = &settings.notifications;
        let quiet = told.quiet.unwrap_or(Hours { days: 0, from: 0, to: 0 });
        let muted: Vec<&str> = told.muted.iter().map(|kind| kind.as_str()).collect();
        let saved = sqlx::query(
            "UPDATE settings SET active_combo = ?, keys_required = ?, revert_tools = ?, \
                 notify = ?, muted = ?, quiet_days = ?, quiet_from = ?, quiet_to = ?, language = ? \
                 WHERE id = 1",
        )
        .bind(combo)
        .bind(settings.keys_required)
        .bind(settings.revert_tools)
        .bind(told.on)
        .bind(muted.join(" "))
        .bind(quiet.days)
        .bind(quiet.from)
        .bind(quiet.to)
        .bind(settings.language.as_str())
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

fn read(row: &SqliteRow) -> sqlx::Result<Settings> {
    let quiet = Hours {
        days: read_number(row, "quiet_days")?,
        from: read_number(row, "quiet_from")?,
        to: read_number(row, "quiet_to")?,
    };
    let muted: &str = row.try_get("muted")?;
    // A kind that only another version knows mutes nothing here.
    let kinds = muted
        .split(' ')
        .filter_map(|name| NoticeKind::ALL.into_iter().find(|kind| kind.as_str() == name));
    let notifications = NotificationSettings {
        on: row.try_get("notify")?,
        muted: kinds.collect(),
        quiet: Some(quiet).filter(|quiet| quiet.days != 0),
    };
    Ok(Settings {
        active_combo: row.try_get("active_combo")?,
        keys_required: row.try_get("keys_required")?,
        revert_tools: row.try_get("revert_tools")?,
        notifications,
        language: LanguageChoice::of(row.try_get("language")?).unwrap_or_default(),
    })
}
