use serde::{Deserialize, Serialize};

use crate::{DataKeySource, Millis, Secret};

/// `POST /api/export`: everything, sealed under a passphrase.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
pub struct ExportAsk {
    /// What opens it again; at least twelve characters.
    pub passphrase: Secret,
}

/// `POST /api/export/part`: some of the configuration, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExportPart {
    /// Combos with their candidates.
    Combos {
        /// Their names.
        names: Vec<String>,
    },
    /// Custom vendors with their models, without accounts.
    Vendors {
        /// Their ids.
        ids: Vec<String>,
    },
}

/// What an export answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The text of the file to keep.
    pub text: String,
}

/// `POST /api/import/preview` and `POST /api/import`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
pub struct ImportAsk {
    /// The text of an exported file.
    pub text: String,
    /// What it was sealed under; a part needs none.
    #[serde(default)]
    pub passphrase: Option<Secret>,
    /// What happens to things of the same name, when a part is imported.
    #[serde(default)]
    pub clash: OnClash,
}

/// What an import of a part does with a thing whose name is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnClash {
    /// What is there stays.
    #[default]
    Keep,
    /// What is imported takes its place.
    Replace,
}

/// What an import would change, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// Whether it takes the place of everything, or is added to it.
    pub whole: bool,
    /// When it was made; a part does not say.
    pub made_at: Option<Millis>,
    /// The changes, by table; tables without any are left out.
    pub changes: Vec<ImportChange>,
}

/// The changes of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportChange {
    /// The table.
    pub table: String,
    /// Names of what is new, at most 200.
    pub added: Vec<String>,
    /// Names of what is there and would be other, at most 200.
    pub changed: Vec<String>,
    /// Names of what would go, at most 200.
    pub removed: Vec<String>,
}

/// `POST /api/secrets/rotate`: exchanges the key that seals secrets.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
pub struct RotateAsk {
    /// Where the new key goes; `None` keeps it where the old one is.
    #[serde(default)]
    pub to: Option<KeyPlace>,
    /// The new key itself, 32 bytes in base64, where the environment gives it at the next start.
    #[serde(default)]
    pub given: Option<Secret>,
}

/// Where a data key can be put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// The system's keychain.
    Keychain,
    /// A file in the data folder that only the user can read.
    File,
}

/// What an exchange of the key did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotated {
    /// Where the new key is kept.
    pub data_key: DataKeySource,
    /// How many values were sealed anew.
    pub values: u64,
    /// How many backups were.
    pub backups: u64,
    /// The backups that still need the old key, and why.
    pub left: Vec<String>,
}
