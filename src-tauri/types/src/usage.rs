use serde::{Deserialize, Serialize};

use crate::{Millis, NanoDollars, Usage};

/// What was saved since prompts were read from the vendors' caches: a session that stays with its account
/// finds them there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheSaved {
    /// What those tokens would have cost more as fresh input, where the price is known.
    pub money: NanoDollars,
    /// Tokens that were read from a cache at prices that are not known; at a subscription they save quota.
    pub unpriced: u64,
}

/// By what sums of usage are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageBy {
    /// The vendor's model, or the one asked for where nobody answered.
    #[default]
    Model,
    /// The vendor that answered.
    Vendor,
    /// The account that answered.
    Account,
    /// The client key.
    Key,
    /// The coding tool that the client key was made for.
    Tool,
    /// The combo.
    Combo,
    /// Nothing but time: each step is one sum.
    Time,
}

/// How finely sums of usage are cut in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageStep {
    /// By hour; what is older than 90 days is only known by day, UTC.
    Hour,
    /// By day in the asker's zone; what is older than 90 days, UTC.
    #[default]
    Day,
    /// Not at all.
    Whole,
}

/// `GET /api/usage/sums`: which sums are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageAsk {
    /// From then on.
    pub from: Millis,
    /// Until before then.
    pub until: Millis,
    /// By what they are told apart.
    #[serde(default)]
    pub by: UsageBy,
    /// How finely they are cut.
    #[serde(default)]
    pub step: UsageStep,
    /// The asker's zone, in minutes east of UTC.
    #[serde(default)]
    pub east: i32,
}

/// The sums of one thing in one step of time. Rows of requests may be gone; these stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRow {
    /// When the step begins.
    pub start: Millis,
    /// What was summed: a model, or the id of a vendor, account or tool, or the name of a key or combo;
    /// empty where there was none, or where time alone is told apart.
    pub of: String,
    /// The vendor, where models, vendors or accounts are told apart and one answered.
    pub vendor: Option<String>,
    /// Requests.
    pub requests: u64,
    /// Requests that another candidate than the first answered.
    pub fell_over: u64,
    /// Requests that nobody answered, or whose answer broke off.
    pub failed: u64,
    /// How long they took, together, in milliseconds.
    pub millis: u64,
    /// Tokens.
    pub usage: Usage,
    /// Cost of those whose price is known.
    pub cost: NanoDollars,
    /// What reading from the prompt cache saved.
    #[serde(default)]
    pub saved: CacheSaved,
}
