use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{AccountId, Hours, Limit, Millis, Share};

/// One account's use of one model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The account.
    pub account: AccountId,
    /// The vendor's model id.
    pub model: String,
}

/// Something that the user may want to know of: told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Notice {
    /// A quota window is nearly used up.
    #[serde(rename = "quota.low")]
    QuotaLow {
        /// The account.
        account: AccountId,
        /// The window's name.
        window: String,
        /// What is used of it.
        used: Share,
        /// When it starts over.
        resets_at: Option<Millis>,
    },
    /// A quota window is used up.
    #[serde(rename = "quota.spent")]
    QuotaSpent {
        /// The account.
        account: AccountId,
        /// The window's name.
        window: String,
        /// When it starts over.
        resets_at: Option<Millis>,
    },
    /// A quota window that was used up has started over.
    #[serde(rename = "quota.reset")]
    QuotaReset {
        /// The account.
        account: AccountId,
        /// The window's name.
        window: String,
    },
    /// Requests are served by another than the one preferred.
    #[serde(rename = "fell_over")]
    FellOver {
        /// The combo, if one was asked for.
        combo: Option<String>,
        /// Who would have served.
        from: Place,
        /// Who serves.
        to: Place,
        /// Until when the preferred one is out.
        until: Option<Millis>,
    },
    /// The one from which requests fell over serves again.
    #[serde(rename = "recovered")]
    Recovered {
        /// Who serves again.
        place: Place,
    },
    /// A budget is nearly spent.
    #[serde(rename = "budget.low")]
    BudgetLow {
        /// The budget's id.
        budget: String,
        /// What is spent of it.
        spent: Share,
    },
    /// A budget is spent.
    #[serde(rename = "budget.spent")]
    BudgetSpent {
        /// The budget's id.
        budget: String,
        /// Its limit.
        limit: Limit,
        /// When it starts over.
        until: Millis,
    },
    /// An account must be signed in again, or needs another key.
    #[serde(rename = "signin.needed")]
    SignInNeeded {
        /// The account.
        account: AccountId,
        /// The vendor's words.
        message: String,
    },
    /// A newer version of the program is there.
    #[serde(rename = "update")]
    Update {
        /// Its version.
        version: String,
    },
}

/// A notice and when it was told: `GET /api/notices` lists them, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeView {
    /// When.
    pub at: Millis,
    /// What.
    #[serde(flatten)]
    pub notice: Notice,
}

/// The kinds of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NoticeKind {
    /// A quota window is nearly used up.
    #[serde(rename = "quota.low")]
    QuotaLow,
    /// A quota window is used up.
    #[serde(rename = "quota.spent")]
    QuotaSpent,
    /// A quota window that was used up has started over.
    #[serde(rename = "quota.reset")]
    QuotaReset,
    /// Requests are served by another than the one preferred.
    #[serde(rename = "fell_over")]
    FellOver,
    /// The one from which requests fell over serves again.
    #[serde(rename = "recovered")]
    Recovered,
    /// A budget is nearly spent.
    #[serde(rename = "budget.low")]
    BudgetLow,
    /// A budget is spent.
    #[serde(rename = "budget.spent")]
    BudgetSpent,
    /// An account must be signed in again.
    #[serde(rename = "signin.needed")]
    SignInNeeded,
    /// A newer version of the program is there.
    #[serde(rename = "update")]
    Update,
}

impl NoticeKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::QuotaLow,
        Self::QuotaSpent,
        Self::QuotaReset,
        Self::FellOver,
        Self::Recovered,
        Self::BudgetLow,
        Self::BudgetSpent,
        Self::SignInNeeded,
        Self::Update,
    ];

    /// Its name on the wire and in files: `quota.low`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::QuotaLow => "quota.low",
            Self::QuotaSpent => "quota.spent",
            Self::QuotaReset => "quota.reset",
            Self::FellOver => "fell_over",
            Self::Recovered => "recovered",
            Self::BudgetLow => "budget.low",
            Self::BudgetSpent => "budget.spent",
            Self::SignInNeeded => "signin.needed",
            Self::Update => "update",
        }
    }
}

impl Notice {
    /// What kind it is.
    pub fn kind(&self) -> NoticeKind {
        match self {
            Self::QuotaLow { .. } => NoticeKind::QuotaLow,
            Self::QuotaSpent { .. } => NoticeKind::QuotaSpent,
            Self::QuotaReset { .. } => NoticeKind::QuotaReset,
            Self::FellOver { .. } => NoticeKind::FellOver,
            Self::Recovered { .. } => NoticeKind::Recovered,
            Self::BudgetLow { .. } => NoticeKind::BudgetLow,
            Self::BudgetSpent { .. } => NoticeKind::BudgetSpent,
            Self::SignInNeeded { .. } => NoticeKind::SignInNeeded,
            Self::Update { .. } => NoticeKind::Update,
        }
    }
}

/// Which notices the desktop shows: `GET` and `PUT /api/notifications`. Every notice stands in the
/// inbox, shown or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NotificationSettings {
    /// Whether any are shown.
    pub on: bool,
    /// Kinds that are not shown.
    pub muted: BTreeSet<NoticeKind>,
    /// Hours of the week in which none is shown.
    pub quiet: Option<Hours>,
}

impl Default for NotificationSettings {
    fn default() -> Self {
        Self { on: true, muted: BTreeSet::new(), quiet: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_named_in_json_as_in_words() {
        for kind in NoticeKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
