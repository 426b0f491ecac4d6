use std::borrow::Cow;
use std::path::PathBuf;

use switchyard_types::DataKeySource;

use crate::keychain::KeychainError;
use crate::tables;

/// What a [`StoreError::NotFound`] or [`StoreError::Conflict`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Thing {
    /// An account.
    Account,
    /// A custom vendor.
    Vendor,
    /// A combo.
    Combo,
    /// An alias.
    Alias,
    /// A client key.
    Key,
    /// A budget.
    Budget,
    /// A rule of a client key or a path.
    Rule,
    /// Something else that has a secret.
    Row,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Account => "account",
            Self::Vendor => "custom vendor",
            Self::Combo => "combo",
            Self::Alias => "alias",
            Self::Key => "client key",
            Self::Budget => "budget",
            Self::Rule => "rule",
            Self::Row => "row",
        })
    }
}

/// The cause beneath a [`StoreError`], kept opaque so that no caller depends on the database.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong in the store, while doing what, to what.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such thing.
    #[error("there is no {what} `{id}`")]
    NotFound {
        /// What kind of thing.
        what: Thing,
        /// Its id or name.
        id: String,
    },

    /// It clashes with what is there.
    #[error("the {what} `{id}` {why}")]
    Conflict {
        /// What kind of thing.
        what: Thing,
        /// Its id or name.
        id: String,
        /// The clash, as the rest of a sentence.
        why: Cow<'static, str>,
    },

    /// A file of the data folder cannot be understood. It was left as it is.
    #[error(
        "{} is damaged: {detail}. It was left untouched; put a good copy in its place (see \
         `switchyard backup`), or move it away to start afresh", path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },

    /// A stored row says something that this program cannot understand.
    #[error("{doing}: a stored row cannot be understood ({source})")]
    DamagedRow {
        /// What was being done.
        doing: Cow<'static, str>,
        /// The column and what is wrong with it.
        source: Cause,
    },

    /// The database was written by a newer program.
    #[error(
        "{} was written by a newer version of Switchyard (its schema is {found}, this program \
         knows up to {known}). Update Switchyard, or restore a copy from the `backups` folder",
        path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },

    /// Another process has this folder.
    #[error(
        "the data folder {} is in use by another Switchyard ({}). Stop that one first, or use \
         another folder", dir.display(), match pid {
            Some(pid) => format!("process {pid}"),
            None => "its process is unknown".to_owned(),
        }
    )]
    InUse {
        /// The folder.
        dir: PathBuf,
        /// The process that has it, where its lock file says so.
        pid: Option<u32>,
    },

    /// The data key does not open the secrets that are there.
    #[error(
        "the data key from {} does not open the secrets in {}. Nothing was changed; provide the \
         key that they were sealed with", source_words(*from), path.display()
    )]
    WrongDataKey {
        /// Where the key came from.
        from: DataKeySource,
        /// The database.
        path: PathBuf,
    },

    /// There are sealed secrets and no data key.
    #[error(
        "the secrets in {} are sealed, and their key is missing: neither {} nor the environment \
         has it. Nothing was changed; put that file back, or give the key in the environment",
        database.display(), key_file.display()
    )]
    MissingDataKey {
        /// The database.
        database: PathBuf,
        /// Where the key file should be.
        key_file: PathBuf,
    },

    /// The data key is in the keychain, which does not give it.
    #[error("the key of your secrets is in the system's keychain, and {why}. Nothing was changed")]
    KeychainClosed {
        /// What the keychain said.
        why: KeychainError,
    },

    /// The data key was in the keychain and is gone.
    #[error(
        "the key of your secrets was kept in the system's keychain as `{entry}` and is not there. \
         Nothing was changed"
    )]
    KeychainEntryGone {
        /// The keychain's name for it.
        entry: String,
    },

    /// The database is sound, and older than the copy of the configuration beside it.
    #[error(
        "{} has lost changes: it knows {found} changes of the configuration, the copy beside it \
         {saved}. It was left untouched", path.display()
    )]
    Behind {
        /// The database.
        path: PathBuf,
        /// How many changes it knows.
        found: i64,
        /// How many the copy knows.
        saved: i64,
    },

    /// The configuration cannot be changed, since its database is damaged and a copy serves.
    #[error("{doing}: nothing can be changed in safe mode")]
    SafeMode {
        /// What was being done.
        doing: Cow<'static, str>,
    },

    /// The copy of the configuration beside the database cannot be used.
    #[error("{} cannot be used: {why}", path.display())]
    NoCopy {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },

    /// A backup cannot be used. Nothing was changed.
    #[error("the backup {} cannot be used: {why}. Nothing was changed", path.display())]
    UnsoundBackup {
        /// The backup.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },

    /// What was to be imported is not what it should be. Nothing was changed.
    #[error("this cannot be imported: {why}. Nothing was changed")]
    Import {
        /// What is wrong with it.
        why: String,
    },

    /// The passphrase does not open what was to be imported, or that was altered.
    #[error("the passphrase does not open this export, or the export was altered")]
    WrongPassphrase,

    /// The passphrase is too easy to guess.
    #[error("the passphrase is too short: an export needs at least {least} characters")]
    ShortPassphrase {
        /// How many characters it needs.
        least: usize,
    },

    /// The data key cannot be exchanged that way.
    #[error("the key of your secrets was not exchanged: {why}")]
    Rotation {
        /// Why not.
        why: Cow<'static, str>,
    },

    /// The data key is not a key.
    #[error("the data key from {} is not 32 bytes in base64", source_words(*from))]
    MalformedDataKey {
        /// Where it came from.
        from: DataKeySource,
    },

    /// One stored secret cannot be opened, although the data key is right.
    #[error("the stored secret of {what} `{id}` was altered; enter it again")]
    AlteredSecret {
        /// What it belongs to.
        what: Thing,
        /// Its id.
        id: String,
    },

    /// The disk is full.
    #[error("{doing}: the disk is full")]
    DiskFull {
        /// What was being done.
        doing: Cow<'static, str>,
        /// What the system said.
        source: Cause,
    },

    /// The file or its disk cannot be written.
    #[error("{doing}: the data folder cannot be written")]
    ReadOnly {
        /// What was being done.
        doing: Cow<'static, str>,
        /// What the system said.
        source: Cause,
    },

    /// Somebody else holds the database, or the disk is too slow; trying again may work.
    #[error("{doing}: the database is busy")]
    Busy {
        /// What was being done.
        doing: Cow<'static, str>,
        /// What the system said.
        source: Cause,
    },

    /// The store was closed before.
    #[error("{doing}: the store is closed")]
    Closed {
        /// What was being done.
        doing: Cow<'static, str>,
    },

    /// A file or folder could not be read or written.
    #[error("{doing} {}: {source}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// The database could not be brought to this program's schema. Each step is all or nothing.
    #[error(
        "bringing {} up to date failed: {source}. Its state before is in {}", path.display(),
        backup.display()
    )]
    Migration {
        /// The database.
        path: PathBuf,
        /// The copy that was made before.
        backup: PathBuf,
        /// What failed.
        source: Cause,
    },

    /// Any other failure of the database.
    #[error("{doing}: {source}")]
    Database {
        /// What was being done.
        doing: Cow<'static, str>,
        /// What the database said.
        source: Cause,
    },

    /// The system gave no random bytes.
    #[error("the system gave no random bytes: {0}")]
    Random(Cause),
}

fn source_words(from: DataKeySource) -> &'static str {
    match from {
        DataKeySource::Keychain => "the system's keychain",
        DataKeySource::File => "the key file",
        DataKeySource::Environment => "the environment",
    }
}

/// `SQLite`'s primary result codes that a user can act on: <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const ERROR: u32 = 1;
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const READONLY: u32 = 8;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const FULL: u32 = 13;
    pub(super) const CONSTRAINT: u32 = 19;
    pub(super) const NOTADB: u32 = 26;
}

/// The primary result code of a failure, where the database gave one.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?.parse::<u32>().ok()?;
    Some(code & 0xff)
}

impl StoreError {
    pub(crate) fn not_found(what: Thing, id: impl Into<String>) -> Self {
        Self::NotFound { what, id: id.into() }
    }

    pub(crate) fn conflict(
        what: Thing,
        id: impl Into<String>,
        why: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Conflict { what, id: id.into(), why: why.into() }
    }

    /// Names what was being done when the database failed.
    pub(crate) fn database(doing: impl Into<Cow<'static, str>>, error: sqlx::Error) -> Self {
        let doing = doing.into();
        match (&error, primary_code(&error)) {
            (sqlx::Error::PoolClosed, _) => Self::Closed { doing },
            (sqlx::Error::PoolTimedOut, _) | (_, Some(code::BUSY | code::LOCKED)) => {
                Self::Busy { doing, source: error.into() }
            }
            (sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_), _) => {
                Self::DamagedRow { doing, source: error.into() }
            }
            (_, Some(code::CONSTRAINT)) if error.to_string().contains(tables::REFUSED) => {
                Self::SafeMode { doing }
            }
            (_, Some(code::FULL)) => Self::DiskFull { doing, source: error.into() },
            (_, Some(code::READONLY)) => Self::ReadOnly { doing, source: error.into() },
            _ => Self::Database { doing, source: error.into() },
        }
    }

    /// A sealed value that the data key does not open.
    pub(crate) fn altered(table: &str, row: &str) -> Self {
        let what = if table == "accounts" { Thing::Account } else { Thing::Row };
        Self::AlteredSecret { what, id: row.to_owned() }
    }

    pub(crate) fn import(why: impl Into<String>) -> Self {
        Self::Import { why: why.into() }
    }

    /// A stable word for each kind of failure, for programs and for search.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::Damaged { .. } => "damaged",
            Self::DamagedRow { .. } => "damaged_row",
            Self::Newer { .. } => "newer",
            Self::InUse { .. } => "in_use",
            Self::WrongDataKey { .. } => "wrong_data_key",
            Self::MissingDataKey { .. } => "missing_data_key",
            Self::KeychainClosed { .. } => "keychain_closed",
            Self::KeychainEntryGone { .. } => "keychain_entry_gone",
            Self::Behind { .. } => "behind",
            Self::SafeMode { .. } => "safe_mode",
            Self::NoCopy { .. } => "no_copy",
            Self::UnsoundBackup { .. } => "unsound_backup",
            Self::Import { .. } => "import",
            Self::WrongPassphrase => "wrong_passphrase",
            Self::ShortPassphrase { .. } => "short_passphrase",
            Self::Rotation { .. } => "rotation",
            Self::MalformedDataKey { .. } => "malformed_data_key",
            Self::AlteredSecret { .. } => "altered_secret",
            Self::DiskFull { .. } => "disk_full",
            Self::ReadOnly { .. } => "read_only",
            Self::Busy { .. } => "busy",
            Self::Closed { .. } => "closed",
            Self::File { .. } => "file",
            Self::Migration { .. } => "migration",
            Self::Database { .. } => "database",
            Self::Random(_) => "random",
        }
    }

    /// What to do about it, where the message does not say so.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Damaged { .. } | Self::DamagedRow { .. } | Self::NoCopy { .. } => {
                "`switchyard backup list` shows what can be restored, `switchyard backup restore` \
                 does it; the damaged file is kept"
            }
            Self::Behind { .. } => {
                "`switchyard backup restore --saved` brings the newer configuration back; \
                 `switchyard backup accept` goes on with the older one"
            }
            Self::SafeMode { .. } => {
                "the database is damaged or its disk refuses writes; `switchyard backup list` shows \
                 what can be restored"
            }
            Self::UnsoundBackup { .. } => "`switchyard backup list` shows the others",
            Self::KeychainClosed { .. } => {
                "unlock the keychain (sign in to the desktop) and start again, or give the key in \
                 SWITCHYARD_DATA_KEY"
            }
            Self::KeychainEntryGone { .. } => {
                "restore the keychain, or give the key in SWITCHYARD_DATA_KEY; if it is lost, start \
                 afresh and import an export"
            }
            Self::Newer { .. } => {
                "install the newest Switchyard; `switchyard backup list` shows the copies that were \
                 made before the database was brought up to date"
            }
            Self::WrongDataKey { .. } => {
                "if its key is lost, move the data folder away, start afresh and import an export; \
                 secrets cannot be read without it"
            }
            Self::MissingDataKey { .. } => {
                "a copy of the data folder has it as `data.key`; if it is lost, move the folder away, \
                 start afresh and import an export"
            }
            Self::DiskFull { .. } => "make room on the disk, then start again",
            Self::ReadOnly { .. } => {
                "let your user write to the data folder, or choose another with DATA_DIR"
            }
            Self::Busy { .. } => "try again; a backup tool may hold the file for a moment",
            Self::ShortPassphrase { .. } => "a few random words serve well",
            Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::InUse { .. }
            | Self::Import { .. }
            | Self::WrongPassphrase
            | Self::Rotation { .. }
            | Self::MalformedDataKey { .. }
            | Self::AlteredSecret { .. }
            | Self::Closed { .. }
            | Self::File { .. }
            | Self::Migration { .. }
            | Self::Database { .. }
            | Self::Random(_) => return None,
        })
    }

    /// Whether the copy of the configuration may serve meanwhile: the database is the trouble, not
    /// the key, another process or a newer program.
    pub(crate) fn allows_safe_mode(&self) -> bool {
        match self {
            Self::Damaged { .. }
            | Self::DamagedRow { .. }
            | Self::Behind { .. }
            | Self::DiskFull { .. }
            | Self::ReadOnly { .. }
            | Self::File { .. }
            | Self::Migration { .. }
            | Self::Database { .. } => true,
            Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::Newer { .. }
            | Self::InUse { .. }
            | Self::WrongDataKey { .. }
            | Self::MissingDataKey { .. }
            | Self::KeychainClosed { .. }
            | Self::KeychainEntryGone { .. }
            | Self::SafeMode { .. }
            | Self::NoCopy { .. }
            | Self::UnsoundBackup { .. }
            | Self::Import { .. }
            | Self::WrongPassphrase
            | Self::ShortPassphrase { .. }
            | Self::Rotation { .. }
            | Self::MalformedDataKey { .. }
            | Self::AlteredSecret { .. }
            | Self::Busy { .. }
            | Self::Closed { .. }
            | Self::Random(_) => false,
        }
    }

    /// Whether the thing asked for is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Whether what was asked clashes with what is there.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// Whether trying the same thing again later may work.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::DiskFull { .. } | Self::Database { .. })
    }
}

/// Whether the database does not understand what every sound one of ours does: its head or its schema is another.
pub(crate) fn is_misunderstanding(error: &sqlx::Error) -> bool {
    primary_code(error) == Some(code::ERROR)
}

/// Whether the database file itself is broken or no database at all.
pub(crate) fn is_damage(error: &sqlx::Error) -> bool {
    matches!(primary_code(error), Some(code::CORRUPT | code::NOTADB))
}

/// Whether a row named something that is not there.
pub(crate) fn violates_reference(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation)
}

/// Whether a row wanted a name that another has.
pub(crate) fn violates_unique(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// For `map_err`: names what was being done.
pub(crate) fn while_doing(doing: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| StoreError::database(doing, error)
}

/// For `map_err`: names what was being done and to what.
pub(crate) fn while_doing_to(
    doing: &'static str,
    id: &str,
) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| StoreError::database(format!("{doing} `{id}`"), error)
}

/// For `map_err`: names the file that could not be read or written.
pub(crate) fn while_touching(
    doing: &'static str,
    path: &std::path::Path,
) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| match source.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            StoreError::DiskFull {
                doing: format!("{doing} {}", path.display()).into(),
                source: source.into(),
            }
        }
        std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
            StoreError::ReadOnly {
                doing: format!("{doing} {}", path.display()).into(),
                source: source.into(),
            }
        }
        _ => StoreError::File { doing, path, source },
    }
}
