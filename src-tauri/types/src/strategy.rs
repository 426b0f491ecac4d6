use serde::{Deserialize, Serialize};

/// What decides which entry of a combo is asked first. The others follow in its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Strategy {
    /// The order of the list.
    #[default]
    Fallback,
    /// Each in turn, for so many requests.
    RoundRobin {
        /// How many requests or new sessions an entry gets in a row; nothing counts as one.
        sticky: u32,
    },
    /// In proportion to the entries' weights.
    Weighted,
    /// The one that the request would cost least.
    Cheapest,
    /// The one whose quota would otherwise expire unused.
    MostQuotaLeft,
    /// The one that has lately begun to answer soonest.
    Fastest,
}

/// Whether entries are grouped before the strategy orders them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// They are not.
    #[default]
    AsListed,
    /// Subscriptions, then what is paid by use, then what is free; the strategy orders each group.
    ByTier,
}

/// In which order the accounts of one vendor are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum AccountOrder {
    /// By priority: the first one is used up before the second.
    #[default]
    FillFirst,
    /// Each in turn, for so many requests.
    RoundRobin {
        /// How many requests or new sessions an account gets in a row; nothing counts as one.
        sticky: u32,
    },
    /// The one that has done least in the last hour.
    LeastUsed,
    /// The one whose quota would otherwise expire unused.
    MostQuotaLeft,
}

/// Which requests an entry takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditions {
    /// Prompts of at least so many tokens, as estimated.
    #[serde(default)]
    pub min_tokens: Option<u64>,
    /// Prompts of at most so many tokens, as estimated.
    #[serde(default)]
    pub max_tokens: Option<u64>,
    /// Requests with images, or without.
    #[serde(default)]
    pub images: Want,
    /// Requests that offer tools, or that do not.
    #[serde(default)]
    pub tools: Want,
    /// Requests that ask for thinking, or that do not.
    #[serde(default)]
    pub thinking: Want,
}

/// What an entry wants of a request in one respect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// Either is well.
    #[default]
    Any,
    /// Only requests that have it.
    With,
    /// Only requests that have it not.
    Without,
}

/// When an entry of a combo takes requests, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The days on which it opens: Monday is the lowest bit.
    pub days: u8,
    /// The minute of the day at which it opens.
    pub from: u16,
    /// The minute of the day at which it closes. Not after `from`, it closes on the next day.
    pub to: u16,
}

impl Hours {
    /// Every day of the week.
    pub const DAILY: u8 = 0b111_1111;
}
