use serde::{Deserialize, Serialize};
use switchyard_types::{
    AccountId, AccountOrder, Conditions, Grouping, Hours, Limit, Period, Strategy, Tier,
};

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
    /// An entry without conditions: `prefix/model`, `prefix/*`, `*/model`, `@tier` (the best model of
    /// every connected vendor of that tier), or a combo's or an alias's name.
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
        if let Some(tier) = text.strip_prefix('@').and_then(tier) {
            return Self::Tier { tier };
        }
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
            Self::Tier { tier: Tier::Subscription } => "@subscription".to_owned(),
            Self::Tier { tier: Tier::Cheap } => "@cheap".to_owned(),
            Self::Tier { tier: Tier::Free } => "@free".to_owned(),
        }
    }
}

fn tier(name: &str) -> Option<Tier> {
    match name {
        "subscription" => Some(Tier::Subscription),
        "cheap" => Some(Tier::Cheap),
        "free" => Some(Tier::Free),
        _ => None,
    }
}
