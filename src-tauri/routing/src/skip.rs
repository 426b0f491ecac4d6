use std::fmt;

use switchyard_types::{AccountId, Dialect, FailureClass, Millis, SkippedView};

/// A candidate that a plan passes over, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// `prefix/model`, as the combo or the client wrote it.
    pub model: String,
    /// The account, where one was meant.
    pub account: Option<AccountId>,
    /// Why; its `Display` is a sentence for a person.
    pub reason: SkipReason,
    /// Until when that holds, where time alone will change it.
    pub until: Option<Millis>,
}

/// Why a candidate is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// The account is locked.
    Locked {
        /// The account's name.
        account_name: String,
        /// The failure that set the lock.
        class: FailureClass,
        /// The vendor's own words.
        message: String,
    },
    /// The vendor has no account.
    NoAccount {
        /// The vendor's id.
        vendor: String,
    },
    /// The user switched the account off.
    AccountOff {
        /// The account's name.
        account_name: String,
    },
    /// The vendor is no longer offered.
    VendorRetired {
        /// The vendor's id.
        vendor: String,
    },
    /// The prefix names no vendor.
    UnknownVendor {
        /// What stood before the slash; the whole text where there was none.
        prefix: String,
    },
    /// The vendor speaks no dialect in which this client can be served.
    NoCommonDialect {
        /// The vendor's id.
        vendor: String,
        /// What it speaks.
        dialects: Vec<Dialect>,
    },
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked { account_name, class, message } => {
                write!(f, "{account_name}: {}", because(*class))?;
                if message.is_empty() { Ok(()) } else { write!(f, " ({message})") }
            }
            Self::NoAccount { vendor } => write!(f, "No account for {vendor}. Add one first."),
            Self::AccountOff { account_name } => write!(f, "{account_name} is switched off."),
            Self::VendorRetired { vendor } => write!(f, "{vendor} is no longer offered."),
            Self::UnknownVendor { prefix } => {
                write!(f, "“{prefix}” names no vendor. Correct the combo, or add that vendor.")
            }
            Self::NoCommonDialect { vendor, dialects } => {
                write!(f, "{vendor} cannot serve this kind of request; it speaks only ")?;
                for (index, dialect) in dialects.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{}", dialect.as_str())?;
                }
                f.write_str(".")
            }
        }
    }
}

fn because(class: FailureClass) -> &'static str {
    match class {
        FailureClass::ClientFault => "the request was wrong",
        FailureClass::SignIn => "the vendor does not accept its key",
        FailureClass::Billing => "the vendor wants payment",
        FailureClass::Quota => "its quota is spent",
        FailureClass::Rate => "too many requests just now",
        FailureClass::ContextTooLong => "the prompt was too long",
        FailureClass::ModelMissing => "the vendor does not have this model for it",
        FailureClass::ContentPolicy => "the vendor refused the content",
        FailureClass::Transient => "the vendor failed",
        FailureClass::Transport => "the vendor could not be reached",
        FailureClass::Cancelled => "the request was cancelled",
    }
}

impl From<&Skipped> for SkippedView {
    fn from(skipped: &Skipped) -> Self {
        Self {
            model: skipped.model.clone(),
            account: skipped.account.clone(),
            reason: skipped.reason.to_string(),
            until: skipped.until,
        }
    }
}

/// The soonest time at which one of them can serve again: of those passed over, and of the locks
/// that failures of the same request set. `None` where nothing but the user can change it.
pub fn soonest(
    skipped: &[Skipped],
    failures: impl IntoIterator<Item = Option<Millis>>,
) -> Option<Millis> {
    skipped.iter().map(|skipped| skipped.until).chain(failures).flatten().min()
}
