use serde::{Deserialize, Serialize};

use crate::{AccountId, KeyId, Millis, NanoDollars, Share};

/// What may be spent in a day or a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Its id, and its name for people.
    pub id: String,
    /// Whose spending counts.
    pub of: BudgetOf,
    /// How often it starts over.
    pub period: Period,
    /// How much.
    pub limit: Limit,
    /// What happens when it is spent.
    pub strictness: Strictness,
}

/// Whose spending counts towards a budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum BudgetOf {
    /// Everybody's.
    All,
    /// What is asked of a combo, inside other combos too.
    Combo {
        /// Its name.
        name: String,
    },
    /// One account's.
    Account {
        /// The account.
        account: AccountId,
    },
    /// One client key's.
    Client {
        /// The key.
        key: KeyId,
    },
    /// What one entry of a combo spends.
    Entry {
        /// The combo's name.
        combo: String,
        /// The entry as people write it.
        entry: String,
    },
}

/// How often a budget starts over, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// At midnight.
    Day,
    /// At the first midnight of a month.
    Month,
}

/// How much may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Money for what is paid by use; subscriptions and free vendors spend none of it.
    Money(NanoDollars),
    /// Tokens, in and out, whoever answers.
    Tokens(u64),
}

/// What happens when a budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strictness {
    /// The user is told.
    Soft,
    /// What would spend more of it is passed over.
    Hard,
}

/// `PUT /api/budgets/{id}`: makes or replaces a budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetBody {
    /// Whose spending counts.
    pub of: BudgetOf,
    /// How often it starts over.
    pub period: Period,
    /// How much.
    pub limit: Limit,
    /// What happens when it is spent.
    pub strictness: Strictness,
}

/// A budget as lists show it: those of combos' candidates stand among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetView {
    /// The budget.
    #[serde(flatten)]
    pub budget: Budget,
    /// What is spent of it in its present period: nano-dollars or tokens.
    pub spent: i64,
    /// What part of the limit that is.
    pub share: Share,
    /// When it starts over.
    pub until: Millis,
}
