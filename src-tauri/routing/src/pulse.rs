//! How accounts have been doing lately: what they served, and how soon they began to answer.

use std::collections::HashMap;

use switchyard_types::{AccountId, Millis};

use crate::Place;

const HOUR: Millis = 60 * 60_000;

/// How long a measured speed counts; the one never asked is measured again some time.
const SPEED_KEPT: Millis = 6 * HOUR;

/// What each account did in this hour and the one before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loads {
    by_account: HashMap<AccountId, Load>,
}

#[derive(Clone, Debug, Default)]
struct Load {
    hour: Millis,
    tokens: u64,
    tokens_before: u64,
    under_way: u32,
    last_chosen: Millis,
}

impl Loads {
    pub(crate) fn began(&mut self, account: &AccountId, now: Millis) {
        let load = self.by_account.entry(account.clone()).or_default();
        load.under_way = load.under_way.saturating_add(1);
        load.last_chosen = load.last_chosen.max(now);
    }

    pub(crate) fn ended(&mut self, account: &AccountId, tokens: u64, now: Millis) {
        let load = self.by_account.entry(account.clone()).or_default();
        load.under_way = load.under_way.saturating_sub(1);
        load.turn(now);
        load.tokens = load.tokens.saturating_add(tokens);
    }

    /// What orders accounts by use, the least first: requests under way, tokens in about an hour, and
    /// when they were last chosen.
    pub(crate) fn weight(&self, account: &AccountId, now: Millis) -> (u32, u64, Millis) {
        let Some(load) = self.by_account.get(account) else { return (0, 0, 0) };
        let mut load = load.clone();
        load.turn(now);
        let into = u64::try_from(now.rem_euclid(HOUR)).unwrap_or(0);
        let hour = HOUR.unsigned_abs();
        // Of the hour before, as much as still lies within the last sixty minutes.
        let before = u128::from(load.tokens_before) * u128::from(hour - into) / u128::from(hour);
        let before = u64::try_from(before).unwrap_or(u64::MAX);
        (load.under_way, load.tokens.saturating_add(before), load.last_chosen)
    }
}

impl Load {
    fn turn(&mut self, now: Millis) {
        let hour = now.div_euclid(HOUR);
        if hour == self.hour {
            return;
        }
        self.tokens_before = if hour == self.hour + 1 { self.tokens } else { 0 };
        self.tokens = 0;
        self.hour = hour;
    }
}

/// How soon each account begins to answer for each model.
#[derive(Clone, Debug, Default)]
pub(crate) struct Speeds {
    by_account: HashMap<AccountId, Vec<Speed>>,
}

#[derive(Clone, Debug)]
struct Speed {
    model: String,
    millis: u64,
    at: Millis,
}

impl Speeds {
    /// An answer began after so many milliseconds: it counts for a quarter.
    pub(crate) fn measured(&mut self, place: &Place, millis: u64, now: Millis) {
        let speeds = self.by_account.entry(place.account.clone()).or_default();
        speeds.retain(|speed| {
            speed.model == place.model || now < speed.at.saturating_add(SPEED_KEPT)
        });
        match speeds.iter_mut().find(|speed| speed.model == place.model) {
            Some(speed) if now < speed.at.saturating_add(SPEED_KEPT) => {
                speed.millis = speed.millis.saturating_mul(3).saturating_add(millis) / 4;
                speed.at = now;
            }
            Some(speed) => (speed.millis, speed.at) = (millis, now),
            None => speeds.push(Speed { model: place.model.clone(), millis, at: now }),
        }
    }

    /// How soon it begins to answer, in milliseconds, if it did lately.
    pub(crate) fn of(&self, account: &AccountId, model: &str, now: Millis) -> Option<u64> {
        let speeds = self.by_account.get(account)?;
        let speed = speeds.iter().find(|speed| speed.model == model)?;
        (now < speed.at.saturating_add(SPEED_KEPT)).then_some(speed.millis)
    }
}
