use serde::{Deserialize, Serialize};

use crate::{AccountId, Millis};

/// Where a quota window was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaSource {
    /// An answer: its headers, or the words of a refusal.
    Headers,
    /// The vendor's own account of its quotas.
    Reader,
    /// Our own count of what passed; others may have used the account besides.
    Counted,
}

/// What a quota window holds, as far as the vendor says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum QuotaAmount {
    /// A part of a whole that the vendor does not put in numbers.
    Share {
        /// What is used, in hundredths of a percent.
        used: u32,
    },
    /// So much of so much.
    Count {
        /// What is used.
        used: u64,
        /// All there is.
        limit: u64,
        /// What is counted: `requests`, `tokens`, `credits`.
        unit: String,
    },
    /// What is used, where no limit is told.
    Used {
        /// What is used.
        used: u64,
        /// What is counted.
        unit: String,
    },
    /// Money that is left.
    Balance {
        /// What is left, in millionths of the currency's unit; below nothing is owed.
        left_micros: i64,
        /// The currency: `USD`.
        currency: String,
    },
    /// There is no limit.
    Unlimited,
}

impl QuotaAmount {
    /// What is kept of it over time; `None` where there is nothing to follow.
    pub fn measured(&self) -> Option<(QuotaMeasure, i64)> {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        match self {
            Self::Share { .. } | Self::Count { .. } => {
                Some((QuotaMeasure::Share, i64::from(self.used_share()?)))
            }
            Self::Used { used, .. } => Some((QuotaMeasure::Used, number(*used))),
            Self::Balance { left_micros, .. } => Some((QuotaMeasure::Left, *left_micros)),
            Self::Unlimited => None,
        }
    }

    /// What is used of it, in hundredths of a percent; `None` where that cannot be said.
    pub fn used_share(&self) -> Option<u32> {
        match self {
            Self::Share { used } => Some(*used),
            Self::Count { used, limit, .. } => {
                let share = (u128::from(*used) * 10_000).checked_div(u128::from(*limit));
                Some(share.map_or(10_000, |share| u32::try_from(share).unwrap_or(u32::MAX)))
            }
            Self::Balance { left_micros, .. } => (*left_micros <= 0).then_some(10_000),
            Self::Unlimited => Some(0),
            Self::Used { .. } => None,
        }
    }
}

/// When a quota window runs out at today's pace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Forecast {
    /// There are too few readings to tell, or the last is too old.
    #[default]
    Unknown,
    /// It is spent already.
    Spent,
    /// It starts over before it runs out, at any pace that was seen lately.
    Lasts,
    /// It runs out before it starts over.
    RunsOut {
        /// At the median pace of late.
        at: Millis,
        /// At the faster quarter of paces.
        earliest: Millis,
        /// At the slower quarter; `None` if it lasts then.
        latest: Option<Millis>,
    },
    /// It may run out before it starts over: at the faster quarter of paces it does, at the median not.
    MayRunOut {
        /// At the faster quarter of paces.
        earliest: Millis,
    },
}

impl Forecast {
    /// Whether nothing is foretold.
    pub fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// A quota window of an account, as last read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaWindow {
    /// A stable name: `5h`, `weekly`, `premium`.
    pub name: String,
    /// A part of the ids of the models that it counts; `None` counts all.
    #[serde(default)]
    pub models: Option<String>,
    /// What it holds.
    pub amount: QuotaAmount,
    /// Whether its models are refused once it is used up. One of other things, or of a part of the models
    /// that no id tells, is shown and closes nothing.
    #[serde(default)]
    pub closes: bool,
    /// When it starts over, where known.
    pub resets_at: Option<Millis>,
    /// How long it is, in milliseconds, where known.
    #[serde(default)]
    pub length: Option<Millis>,
    /// Where this was read.
    pub source: QuotaSource,
    /// When it was read.
    pub observed_at: Millis,
    /// When it runs out, as far as that can be foretold: told with lists and events, never kept.
    #[serde(default, skip_serializing_if = "Forecast::is_unknown")]
    pub forecast: Forecast,
}

/// What readings of a window are numbers of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaMeasure {
    /// What is used, in hundredths of a percent.
    Share,
    /// What is used, where no limit is told.
    Used,
    /// What is left, in millionths of a currency's unit.
    Left,
}

impl QuotaMeasure {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Used => "used",
            Self::Left => "left",
        }
    }
}

/// One reading of a window, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaPoint {
    /// When it was read.
    pub at: Millis,
    /// What was read, by the measure of its history.
    pub value: i64,
    /// When the window was to start over.
    pub resets_at: Option<Millis>,
}

/// The readings of a window over time, thinned: `GET /api/quotas/ID/history` lists those of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaHistory {
    /// The window's name.
    pub name: String,
    /// The part of the models' ids that it counts; `None` counts all.
    pub models: Option<String>,
    /// What the readings are numbers of: what its last one was; those of another are left out.
    pub measure: QuotaMeasure,
    /// Oldest first.
    pub readings: Vec<QuotaPoint>,
}

/// The quota of an account, as `GET /api/quotas` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaView {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// The vendor's id.
    pub vendor: String,
    /// What the user pays for, where the vendor says so.
    pub plan: Option<String>,
    /// Its windows.
    pub windows: Vec<QuotaWindow>,
    /// Whether the vendor can be asked.
    pub readable: bool,
    /// Why the last reading failed.
    pub problem: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_no_limit_everything_is_spent() {
        let amount = |used, limit| QuotaAmount::Count { used, limit, unit: "requests".to_owned() };
        assert_eq!(amount(1, 4).used_share(), Some(2_500));
        assert_eq!(amount(0, 0).used_share(), Some(10_000));
        assert_eq!(amount(9, 3).used_share(), Some(30_000));
    }

    #[test]
    fn money_that_is_left_says_no_share_until_it_is_gone() {
        let amount = |left_micros| QuotaAmount::Balance { left_micros, currency: "USD".to_owned() };
        assert_eq!(amount(5).used_share(), None);
        assert_eq!(amount(0).used_share(), Some(10_000));
    }
}
