use serde::{Deserialize, Serialize};

use crate::Millis;

/// A stable code that a face may act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request's own content is wrong.
    Invalid,
    /// No session, or it ended.
    SignInNeeded,
    /// The caller may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// It clashes with what is there.
    Conflict,
    /// The vendor did not accept the key.
    KeyRefused,
    /// A vendor could not be reached.
    VendorUnreachable,
    /// The store could not be read or written.
    Storage,
    /// The database is damaged, and a copy serves that cannot be changed.
    SafeMode,
    /// The disk is full.
    DiskFull,
    /// The disk or the data folder refuses writes.
    ReadOnly,
    /// The passphrase does not open an export.
    WrongPassphrase,
    /// It was tried too often; `retry_at` says when it may be tried again.
    TooManyTries,
    /// A fault of ours.
    Internal,
}

/// Every error of the admin API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What kind it is.
    pub code: ErrorCode,
    /// What happened, for a person.
    pub message: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// When trying again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Millis>,
}
