use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use switchyard_types::{Budget, Limit, Millis, NanoDollars, Period, Share, Tier};

use crate::{Offset, Spent};

const DAY: Millis = 24 * 60 * 60_000;

/// How many periods back are remembered: a clock that goes back finds what was spent then.
const PERIODS_KEPT: usize = 3;

/// Whether what a vendor of this tier serves counts: only what is paid by use costs money.
pub(crate) fn counts(budget: &Budget, tier: Tier) -> bool {
    match budget.limit {
        Limit::Money(_) => tier == Tier::Cheap,
        Limit::Tokens(_) => true,
    }
}

/// What a request spent, or is expected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// Money that is really paid for it.
    pub money: NanoDollars,
    /// Tokens, in and out.
    pub tokens: u64,
}

/// What of a spending a limit counts.
fn counted(limit: Limit, spending: Spending) -> i64 {
    match limit {
        Limit::Money(_) => spending.money.max(0),
        Limit::Tokens(_) => i64::try_from(spending.tokens).unwrap_or(i64::MAX),
    }
}

fn amount(limit: Limit) -> i64 {
    match limit {
        Limit::Money(money) => money,
        Limit::Tokens(tokens) => i64::try_from(tokens).unwrap_or(i64::MAX),
    }
}

/// When the period began that a time lies in.
pub fn period_start(period: Period, now: Millis, offset: Offset) -> Millis {
    let day = offset.local(now).div_euclid(DAY);
    let first = match period {
        Period::Day => day,
        Period::Month => day - i64::from(day_of_month(day)) + 1,
    };
    offset.utc(first * DAY)
}

/// When the next one begins.
pub fn period_end(period: Period, now: Millis, offset: Offset) -> Millis {
    let start = period_start(period, now, offset);
    match period {
        Period::Day => start + DAY,
        // The 32nd day of any month is one of the next.
        Period::Month => period_start(period, start + 32 * DAY, offset),
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
        let Some(purse) = self.purses.get(&budget.id) else { return amount(budget.limit) <= 0 };
        let spent = purse.spent_since(period_start(budget.period, now, offset));
        spent.saturating_add(purse.reserved) >= amount(budget.limit)
    }

    /// What was spent in the period that `now` lies in.
    pub(crate) fn spent(&self, budget: &Budget, now: Millis, offset: Offset) -> i64 {
        let start = period_start(budget.period, now, offset);
        self.purses.get(&budget.id).map_or(0, |purse| purse.spent_since(start))
    }

    /// What is spent of the limit.
    pub(crate) fn share(&self, budget: &Budget, now: Millis, offset: Offset) -> Share {
        let spent = u64::try_from(self.spent(budget, now, offset)).unwrap_or(0);
        Share::ratio(spent, u64::try_from(amount(budget.limit)).unwrap_or(0))
    }

    /// Sets aside what a request is expected to spend; at least one, so that requests under way count.
    pub(crate) fn reserve(&mut self, budget: &Budget, expected: Spending) -> Reserved {
        let amount = counted(budget.limit, expected).max(1);
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

    /// What was spent before; what is noted of the same period already stays.
    pub(crate) fn restore(&mut self, budget: String, start: Millis, spent: i64) {
        let purse = self.purses.entry(budget).or_default();
        if purse.spent_since(start) == 0 {
            purse.add(start, spent);
        }
    }

    /// Everything that was spent, by budget and period.
    pub(crate) fn all(&self) -> Vec<Spent> {
        let mut all: Vec<Spent> = self
            .purses
            .iter()
            .flat_map(|(budget, purse)| {
                let of = |(start, spent): &(Millis, i64)| Spent {
                    budget: budget.clone(),
                    start: *start,
                    spent: *spent,
                };
                purse.spent.iter().map(of)
            })
            .collect();
        all.sort_by(|a, b| (&a.budget, a.start).cmp(&(&b.budget, b.start)));
        all
    }

    /// Adds what was really spent.
    pub(crate) fn spend(
        &mut self,
        budget: &Budget,
        spending: Spending,
        now: Millis,
        offset: Offset,
    ) {
        let amount = counted(budget.limit, spending);
        let start = period_start(budget.period, now, offset);
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
        assert_eq!(period_start(Period::Day, MONDAY, berlin), MONDAY - hour);
        assert_eq!(period_end(Period::Day, MONDAY, berlin), MONDAY + 23 * hour);
        let november = MONDAY - 22 * DAY;
        assert_eq!(period_start(Period::Month, MONDAY, Offset::default()), november);
        assert_eq!(period_end(Period::Month, MONDAY, Offset::default()), november + 30 * DAY);
    }
}
