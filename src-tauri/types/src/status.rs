use serde::{Deserialize, Serialize};

use crate::{CacheSaved, LanguageChoice, Millis, NanoDollars, Usage};

/// Where the key that seals secrets is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataKeySource {
    /// A file in the data folder that only the user can read.
    File,
    /// The environment.
    Environment,
    /// The system's keychain.
    Keychain,
}

/// `GET /api/status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// What agents are pointed at: `http://127.0.0.1:20128`.
    pub address: String,
    /// The combo that `auto` means.
    pub active_combo: Option<String>,
    /// The server's clock, so that countdowns survive a skewed browser.
    pub now: Millis,
    /// Since when the server runs.
    pub started_at: Millis,
    /// Where the data lies.
    pub data_dir: String,
    /// Where the key that seals secrets is kept.
    pub data_key: DataKeySource,
    /// Whether clients must send a key.
    pub keys_required: bool,
    /// Which language the faces speak.
    #[serde(default)]
    pub language: LanguageChoice,
    /// Whether this is the demo, whose vendors are simulated.
    pub demo: bool,
    /// Whether the user paused routing: requests are refused until it is resumed.
    #[serde(default)]
    pub paused: bool,
    /// Since when it is paused; absent while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_since: Option<Millis>,
    /// Until when the desktop shows no notice, where somebody asked it to keep quiet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_until: Option<Millis>,
    /// Sums since the user's last midnight, UTC.
    pub today: Today,
    /// Usage rows dropped since start because the disk could not keep up.
    pub dropped_records: u64,
    /// Why a copy of the configuration serves instead of the database; absent when all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe_mode: Option<SafeModeView>,
    /// The newest backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_backup: Option<Millis>,
}

/// `PUT /api/paused`: whether requests are refused until routing is resumed. A pause ends with the
/// program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paused {
    /// Whether routing is paused.
    pub paused: bool,
}

/// The database cannot be used: requests are served from the copy of the configuration beside it,
/// and nothing can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeModeView {
    /// A stable word for what is wrong: `damaged`, `behind`, `disk_full`, `read_only`, …
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// When the copy was written, where the disk says so.
    pub as_of: Option<Millis>,
}

/// Sums of one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    /// Requests.
    pub requests: u64,
    /// Requests that another candidate than the first answered.
    pub fell_over: u64,
    /// Requests that nobody answered, or whose answer broke off.
    pub failed: u64,
    /// Tokens.
    pub usage: Usage,
    /// Cost of those whose price is known.
    pub cost: NanoDollars,
    /// What reading from the prompt cache saved.
    #[serde(default)]
    pub saved: CacheSaved,
}

/// A copy of the configuration in the `backups` folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupView {
    /// Its file's name.
    pub name: String,
    /// When it was made.
    pub at: Millis,
    /// The schema of what was copied.
    pub schema: i64,
    /// How long its file is.
    pub bytes: u64,
}

/// Sums of the requests of one hour or day that have all of its names in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageSum {
    /// When the hour or day begins, UTC.
    pub start: Millis,
    /// The vendor that answered; `None` where nobody did.
    pub vendor: Option<String>,
    /// The account that answered.
    pub account: Option<String>,
    /// The vendor's model, or the one asked for where nobody answered.
    pub model: String,
    /// The combo.
    pub combo: Option<String>,
    /// The client key's name.
    pub key: Option<String>,
    /// The coding tool that this key was made for.
    #[serde(default)]
    pub tool: Option<String>,
    /// Requests.
    pub requests: u64,
    /// Requests that another candidate than the first answered.
    pub fell_over: u64,
    /// Requests that nobody answered, or whose answer broke off.
    pub failed: u64,
    /// How long they took, together.
    pub millis: u64,
    /// Tokens.
    pub usage: Usage,
    /// Cost of those whose price is known.
    pub cost: NanoDollars,
    /// What reading from the prompt cache saved.
    #[serde(default)]
    pub saved: CacheSaved,
}
