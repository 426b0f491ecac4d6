use serde::{Deserialize, Serialize};
use switchyard_types::{AccountId, Tier};

use crate::{Hours, Limit, Period};

/// A name that stands for models in an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Combo {
    /// The name that a client uses as model.
    pub name: String,
    /// What decides which entry is asked first.
    #[serde(default)]
    pub strategy: Strategy,
    /// Whether entries are first grouped by what kind of money they cost.
    #[serde(default)]
    pub grouping: Grouping,
    /// In which order the accounts of one vendor are tried; `None` leaves it to the vendor.
    #[serde(default)]
    pub accounts: Option<AccountOrder>,
    /// What it stands for.
    pub entries: Vec<ComboEntry>,
}

impl Combo {
    /// A combo that tries entries, each written as a client would, in the order of the list.
    pub fn listed<T: AsRef<str>>(name: impl Into<String>, entries: &[T]) -> Self {
        let entries = entries.iter().map(|text| ComboEntry::named(text.as_ref())).collect();
        Self {
            name: name.into(),
            strategy: Strategy::Fallback,
            grouping: Grouping::AsListed,
            accounts: None,
            entries,
        }
    }
}

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

/// One entry of a combo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboEntry {
    /// What it stands for.
    pub target: Target,
    /// Its part under [`Strategy::Weighted`]; nothing means only when the others cannot.
    #[serde(default = "one")]
    pub weight: u32,
    /// Which requests it takes.
    #[serde(default)]
    pub conditions: Conditions,
    /// When it takes any.
    #[serde(default)]
    pub hours: Option<Hours>,
    /// What it may spend; past that it is passed over.
    #[serde(default)]
    pub budget: Option<(Period, Limit)>,
}

fn one() -> u32 {
    1
}

impl ComboEntry {
    /// An entry without conditions: `prefix/model`, `prefix/*`, `*/model`, or a combo's or an alias's name.
    pub fn named(text: &str) -> Self {
        Self {
            target: Target::read(text),
            weight: 1,
            conditions: Conditions::default(),
            hours: None,
            budget: None,
        }
    }
}

/// What an entry stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Target {
    /// One model of one vendor, with all of the vendor's accounts.
    Model {
        /// `prefix/model`.
        model: String,
    },
    /// One model with one account only.
    Account {
        /// The account.
        account: AccountId,
        /// The vendor's model id.
        model: String,
    },
    /// The model that the client asked for, at this vendor: `prefix/*`.
    Asked {
        /// What stands before the slash.
        prefix: String,
    },
    /// This model at every vendor that declares it, those paid already first: `*/model`.
    Anywhere {
        /// The vendor's model id.
        model: String,
    },
    /// Another combo, or what an alias means.
    Named {
        /// Its name.
        name: String,
    },
    /// The best model of every connected vendor of a tier.
    Tier {
        /// The tier.
        tier: Tier,
    },
}

impl Target {
    /// Reads a target as people write it; see [`ComboEntry::named`].
    pub fn read(text: &str) -> Self {
        match text.split_once('/') {
            Some((prefix, "*")) => Self::Asked { prefix: prefix.to_owned() },
            Some(("*", model)) => Self::Anywhere { model: model.to_owned() },
            Some(_) => Self::Model { model: text.to_owned() },
            None => Self::Named { name: text.to_owned() },
        }
    }

    /// As people write it.
    pub fn text(&self) -> String {
        match self {
            Self::Model { model } => model.clone(),
            Self::Account { account, model } => format!("{account}/{model}"),
            Self::Asked { prefix } => format!("{prefix}/*"),
            Self::Anywhere { model } => format!("*/{model}"),
            Self::Named { name } => name.clone(),
            Self::Tier { tier } => match tier {
                Tier::Subscription => "every subscription".to_owned(),
                Tier::Cheap => "everything paid by use".to_owned(),
                Tier::Free => "everything free".to_owned(),
            },
        }
    }
}

/// Which requests an entry takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
