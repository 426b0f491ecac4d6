use switchyard_catalog::CatalogError;
use switchyard_store::StoreError;
use switchyard_toolkit::ToolkitError;
use switchyard_types::{ErrorBody, ErrorCode};
use switchyard_upstream::PoolError;
use switchyard_upstream::login::LoginError;

/// Why a use case could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A vendor's description is wrong.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The connections to vendors could not be set up.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A coding tool's files could not be read or written.
    #[error(transparent)]
    Tool(#[from] ToolkitError),
    /// Something of ours did not work.
    #[error("{message}")]
    Fault {
        /// What.
        message: String,
    },
    /// There is no such thing.
    #[error("there is no {what} {name:?}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Which one.
        name: String,
    },
    /// It was not kept, or is gone.
    #[error("{message}")]
    Missing {
        /// What.
        message: String,
        /// What to do.
        hint: String,
    },
    /// What the user gave is wrong.
    #[error("{message}")]
    Invalid {
        /// What is wrong with it.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// It clashes with what is there.
    #[error("{message}")]
    Conflict {
        /// What clashes.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// A sign-in did not come to a login.
    #[error(transparent)]
    Login(Box<LoginError>),
    /// A vendor did not accept a key.
    #[error("{vendor} did not accept the key: {words}")]
    KeyRefused {
        /// The vendor's name.
        vendor: String,
        /// What it said.
        words: String,
    },
    /// A vendor could not say whether a key works.
    #[error("{vendor} could not be asked: {reason}", reason = .words)]
    VendorUnreachable {
        /// The vendor's name.
        vendor: String,
        /// What happened.
        words: String,
    },
}

impl EngineError {
    /// What is wrong with what the user gave.
    pub(crate) fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Invalid { message: message.into(), hint: Some(hint.into()) }
    }

    /// What it clashes with.
    pub(crate) fn conflict(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Conflict { message: message.into(), hint: Some(hint.into()) }
    }

    /// The error as every face shows it.
    pub fn body(&self) -> ErrorBody {
        let (code, hint) = match self {
            Self::Login(error) => return error.body(),
            Self::Store(error) => (store_code(error), error.hint().map(str::to_owned)),
            Self::Catalog(_) => (ErrorCode::Invalid, None),
            Self::Pool(_) | Self::Fault { .. } => (ErrorCode::Internal, None),
            Self::Tool(error) => (error.code(), error.hint().map(str::to_owned)),
            Self::NotFound { .. } => {
                (ErrorCode::NotFound, Some("it may have been removed; reload the list".to_owned()))
            }
            Self::Missing { hint, .. } => (ErrorCode::NotFound, Some(hint.clone())),
            Self::Invalid { hint, .. } => (ErrorCode::Invalid, hint.clone()),
            Self::Conflict { hint, .. } => (ErrorCode::Conflict, hint.clone()),
            Self::KeyRefused { .. } => (
                ErrorCode::KeyRefused,
                Some("check that the whole key was pasted and that it is for this vendor".into()),
            ),
            Self::VendorUnreachable { .. } => (
                ErrorCode::VendorUnreachable,
                Some("check the address and the network, or save without the check".into()),
            ),
        };
        ErrorBody { code, message: self.to_string(), hint, retry_at: None }
    }
}

fn store_code(error: &StoreError) -> ErrorCode {
    match error {
        StoreError::NotFound { .. } => ErrorCode::NotFound,
        StoreError::Conflict { .. } | StoreError::Rotation { .. } => ErrorCode::Conflict,
        StoreError::SafeMode { .. } => ErrorCode::SafeMode,
        StoreError::DiskFull { .. } => ErrorCode::DiskFull,
        StoreError::ReadOnly { .. } => ErrorCode::ReadOnly,
        StoreError::WrongPassphrase => ErrorCode::WrongPassphrase,
        StoreError::Import { .. }
        | StoreError::ShortPassphrase { .. }
        | StoreError::UnsoundBackup { .. } => ErrorCode::Invalid,
        _ => ErrorCode::Storage,
    }
}
