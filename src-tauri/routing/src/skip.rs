use std::fmt;

use serde::{Deserialize, Serialize};
use switchyard_types::{AccountId, Dialect, FailureClass, Millis, SkippedView};

/// A candidate that a plan passes over, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
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
    /// Nothing is left of a quota window.
    WindowSpent {
        /// The account's name.
        account_name: String,
        /// The window's name.
        window: String,
    },
    /// A hard budget is spent.
    OverBudget {
        /// The budget's id.
        budget: String,
    },
    /// The combo keeps this entry for other requests.
    NotMeant {
        /// What the request lacks, or has too much of.
        condition: Condition,
    },
    /// The model is declared unable to do what the request takes.
    Unable {
        /// What it cannot do.
        what: Skill,
    },
    /// The combo does not use this entry at this time of the day or week.
    OutsideHours,
    /// A combo contains itself.
    ComboCycle {
        /// The combos on the way round; the first is the last again.
        names: Vec<String>,
    },
    /// A combo inside the combo is empty.
    EmptyCombo {
        /// Its name.
        name: String,
    },
    /// The account that the entry names is gone.
    AccountGone {
        /// Its id.
        account: AccountId,
    },
    /// The vendor does not declare the model that the client asked for.
    NoSuchModel {
        /// The vendor's id.
        vendor: String,
        /// What the client asked for.
        model: String,
    },
    /// No connected vendor is of this kind.
    NothingConnected {
        /// What was looked for.
        what: String,
    },
}

/// Which condition of a combo's entry a request does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Condition {
    /// Its prompt is shorter.
    AtLeast {
        /// Tokens.
        tokens: u64,
    },
    /// Its prompt is longer.
    AtMost {
        /// Tokens.
        tokens: u64,
    },
    /// It has none of these.
    With {
        /// What.
        what: Skill,
    },
    /// It has some of these.
    Without {
        /// What.
        what: Skill,
    },
}

/// What a request may ask of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skill {
    /// To see images.
    Images,
    /// To call tools.
    Tools,
    /// To think before it answers.
    Thinking,
}

impl fmt::Display for Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Images => "images",
            Self::Tools => "tools",
            Self::Thinking => "thinking",
        })
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked { account_name, class, message } => {
                let because = because(*class);
                match message.as_str() {
                    "" => write!(f, "{account_name}: {because}"),
                    words => write!(f, "{account_name}: {because} ({words})"),
                }
            }
            Self::NoAccount { vendor } => write!(f, "No account for {vendor}. Add one first."),
            Self::AccountOff { account_name } => write!(f, "{account_name} is switched off."),
            Self::VendorRetired { vendor } => write!(f, "{vendor} is no longer offered."),
            Self::UnknownVendor { prefix } => {
                write!(f, "“{prefix}” names no vendor. Correct the combo, or add that vendor.")
            }
            Self::NoCommonDialect { vendor, dialects } => {
                let dialects: Vec<_> = dialects.iter().map(|dialect| dialect.as_str()).collect();
                let dialects = dialects.join(", ");
                write!(f, "{vendor} cannot serve this kind of request; it speaks only {dialects}.")
            }
            Self::WindowSpent { account_name, window } => {
                write!(f, "{account_name}: nothing is left of its quota ({window})")
            }
            Self::OverBudget { budget } => write!(f, "over budget ({budget})"),
            Self::NotMeant { condition } => write!(f, "the combo uses it only {condition}."),
            Self::Unable { what } => match what {
                Skill::Images => f.write_str("this model cannot see images."),
                Skill::Tools => f.write_str("this model cannot call tools."),
                Skill::Thinking => f.write_str("this model cannot think first."),
            },
            Self::OutsideHours => f.write_str("the combo does not use it at this time"),
            Self::ComboCycle { names } => {
                write!(f, "the combo contains itself: {}.", names.join(" → "))
            }
            Self::EmptyCombo { name } => write!(f, "the combo “{name}” is empty."),
            Self::AccountGone { account } => {
                write!(f, "the account {account} is not there any more.")
            }
            Self::NoSuchModel { vendor, model } => {
                write!(f, "{vendor} does not list the model “{model}”.")
            }
            Self::NothingConnected { what: model } => {
                write!(f, "{model}: no account is connected.")
            }
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast { tokens } => write!(f, "for prompts of {tokens} tokens or more"),
            Self::AtMost { tokens } => write!(f, "for prompts of up to {tokens} tokens"),
            Self::With { what } => write!(f, "for requests with {what}"),
            Self::Without { what } => write!(f, "for requests without {what}"),
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
