use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use switchyard_types::{AccountId, KeyId, Millis, NanoDollars, Tier};

use crate::{Offset, Share};

const DAY: Millis = 24 * 60 * 60_000;

/// How many periods back are remembered: a clock that goes back finds what was spent then.
const PERIODS_KEPT: usize = 3;

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

impl Budget {
    /// Whether what a vendor of this tier serves counts: only what is paid by use costs money.
    pub(crate) fn counts(&self, tier: Tier) -> bool {
        match self.limit {
            Limit::Money(_) => tier == Tier::Cheap,
            Limit::Tokens(_) => true,
        }
    }
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

/// What a request spent, or is expected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// Money that is really paid for it.
    pub money: NanoDollars,
    /// Tokens, in and out.
    pub tokens: u64,
}

impl Limit {
    fn of(self, spending: Spending) -> i64 {
        match self {
            Self::Money(_) => spending.money.max(0),
            Self::Tokens(_) => i64::try_from(spending.tokens).unwrap_or(i64::MAX),
        }
    }

    fn amount(self) -> i64 {
        match self {
            Self::Money(money) => money,
            Self::Tokens(tokens) => i64::try_from(tokens).unwrap_or(i64::MAX),
        }
    }
}

impl Period {
    /// When the period began that a time lies in.
    pub fn start(self, now: Millis, offset: Offset) -> Millis {
        let day = offset.local(now).div_euclid(DAY);
        let first = match self {
            Self::Day => day,
            Self::Month => day - i64::from(day_of_month(day)) + 1,
        };
        offset.utc(first * DAY)
    }

    /// When the next one begins.
    pub fn end(self, now: Millis, offset: Offset) -> Millis {
        let start = self.start(now, offset);
        match self {
            Self::Day => start + DAY,
            // The 32nd day of any month is one of the next.
            Self::Month => self.start(start + 32 * DAY, offset),
        }
    }
}

/// The day of the month of a day since the epoch; one day in centuries that no calendar knows.
fn day_of_month(day: i64) -> u8 {
    let seconds = day.saturating_mul(86_400);
    time::OffsetDateTime::from_unix_timestamp(seconds).map_or(1, time::OffsetDateTime::day)
}

/// What was spent of each budget, and what requests under way have reserved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Purses {
    purses: HashMap<String, Purse>,
}

#[derive(Clone, Debug, Default)]
struct Purse {
    /// Period starts and what was spent since.
    spent: Vec<(Millis, i64)>,
    reserved: i64,
}

/// What is reserved of one budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reserved {
    budget: String,
    amount: i64,
}

impl Purses {
    /// Whether nothing is left: what is spent and what others have reserved reach the limit.
    pub(crate) fn exhausted(&self, budget: &Budget, now: Millis, offset: Offset) -> bool {
        let Some(purse) = self.purses.get(&budget.id) else { return budget.limit.amount() <= 0 };
        let spent = purse.spent_since(budget.period.start(now, offset));
        spent.saturating_add(purse.reserved) >= budget.limit.amount()
    }

    /// What was spent in the period that `now` lies in.
    pub(crate) fn spent(&self, budget: &Budget, now: Millis, offset: Offset) -> i64 {
        let start = budget.period.start(now, offset);
        self.purses.get(&budget.id).map_or(0, |purse| purse.spent_since(start))
    }

    /// What is spent of the limit.
    pub(crate) fn share(&self, budget: &Budget, now: Millis, offset: Offset) -> Share {
        let spent = u64::try_from(self.spent(budget, now, offset)).unwrap_or(0);
        Share::ratio(spent, u64::try_from(budget.limit.amount()).unwrap_or(0))
    }

    /// Sets aside what a request is expected to spend; at least one, so that requests under way count.
    pub(crate) fn reserve(&mut self, budget: &Budget, expected: Spending) -> Reserved {
        let amount = budget.limit.of(expected).max(1);
        let purse = self.purses.entry(budget.id.clone()).or_default();
        purse.reserved = purse.reserved.saturating_add(amount);
        Reserved { budget: budget.id.clone(), amount }
    }

    /// Gives back what was set aside.
    pub(crate) fn release(&mut self, reserved: &Reserved) {
        if let Some(purse) = self.purses.get_mut(&reserved.budget) {
            purse.reserved = purse.reserved.saturating_sub(reserved.amount).max(0);
        }
    }

    /// Adds what was really spent.
    pub(crate) fn spend(
        &mut self,
        budget: &Budget,
        spending: Spending,
        now: Millis,
        offset: Offset,
    ) {
        let amount = budget.limit.of(spending);
        let start = budget.period.start(now, offset);
        self.purses.entry(budget.id.clone()).or_default().add(start, amount);
    }
}

impl Purse {
    fn spent_since(&self, start: Millis) -> i64 {
        self.spent.iter().find(|(period, _)| *period == start).map_or(0, |(_, spent)| *spent)
    }

    fn add(&mut self, start: Millis, amount: i64) {
        if let Some((_, spent)) = self.spent.iter_mut().find(|(period, _)| *period == start) {
            *spent = spent.saturating_add(amount);
            return;
        }
        self.spent.push((start, amount));
        self.spent.sort_unstable();
        if self.spent.len() > PERIODS_KEPT {
            self.spent.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 2026-11-23, 00:00 UTC.
    const MONDAY: Millis = 1_795_392_000_000;

    #[test]
    fn days_and_months_begin_at_local_midnight() {
        let berlin = Offset::from_minutes(60);
        let hour = 60 * 60_000;
        assert_eq!(Period::Day.start(MONDAY, berlin), MONDAY - hour);
        assert_eq!(Period::Day.end(MONDAY, berlin), MONDAY + 23 * hour);
        let november = MONDAY - 22 * DAY;
        assert_eq!(Period::Month.start(MONDAY, Offset::default()), november);
        assert_eq!(Period::Month.end(MONDAY, Offset::default()), november + 30 * DAY);
    }
}
