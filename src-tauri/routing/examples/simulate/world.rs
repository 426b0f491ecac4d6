//! The vendors: what they let pass, what they refuse and how, and what they charge.

use std::collections::HashMap;

use switchyard_routing::{Failure, Scope, Share, Source, Window};
use switchyard_types::{AccountId, FailureClass, Millis, NanoDollars, Price, Usage};

use crate::chance::Chance;

pub(crate) const SECOND: Millis = 1_000;
pub(crate) const MINUTE: Millis = 60 * SECOND;
pub(crate) const HOUR: Millis = 60 * MINUTE;
pub(crate) const DAY: Millis = 24 * HOUR;
pub(crate) const WEEK: Millis = 7 * DAY;

/// Monday 2026-06-01, 00:00 UTC.
pub(crate) const START: Millis = 1_780_272_000_000;
pub(crate) const DAYS: i64 = 30;

/// How long a vendor keeps a prompt in its cache.
const CACHE_KEPT: Millis = 5 * MINUTE;

/// One request of an agent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) at: Millis,
    pub(crate) session: u64,
    pub(crate) prompt: u64,
    pub(crate) answer: u64,
}

/// An account as the simulation knows it; routing sees only what an account's answers tell.
pub(crate) struct Account {
    pub(crate) id: &'static str,
    pub(crate) vendor: &'static str,
    kind: Kind,
    price: Price,
    outages: Vec<(Millis, Millis)>,
    /// What is cached for each session, and until when.
    cached: HashMap<u64, (u64, Millis)>,
    /// How much of each window was used before it started over, and how much it held.
    pub(crate) weeks: Vec<(u64, u64)>,
}

enum Kind {
    Subscription {
        five_hours: Quota,
        week: Quota,
    },
    /// Requests a minute.
    Limited {
        most: usize,
        came: Vec<Millis>,
        a_day: u64,
        today: (i64, u64),
    },
}

struct Quota {
    holds: u64,
    used: u64,
    length: Millis,
    /// When the present run began; a run begins with its first request.
    began: Option<Millis>,
}

/// What a vendor answers.
pub(crate) enum Answer {
    Served { usage: Usage, cost: NanoDollars, windows: Vec<Window> },
    Refused(Failure),
}

impl Quota {
    fn of(holds: u64, length: Millis) -> Self {
        Self { holds, used: 0, length, began: None }
    }

    /// Starts over when its time has come; the run that ended is returned.
    fn turn(&mut self, now: Millis) -> Option<(u64, u64)> {
        let began = self.began.filter(|began| now >= began + self.length)?;
        let ended = (self.used, self.holds);
        // A week begins where the last one ended; five hours begin with the next request.
        self.began = (self.length == WEEK).then(|| began + (now - began) / WEEK * WEEK);
        self.used = 0;
        Some(ended)
    }

    fn spent_until(&self) -> Option<Millis> {
        let began = self.began?;
        (self.used >= self.holds).then_some(began + self.length)
    }

    fn window(&self, account: &str, name: &str, now: Millis) -> Window {
        Window {
            account: AccountId::new(account),
            name: name.to_owned(),
            models: None,
            used: Some(Share::ratio(self.used, self.holds)),
            resets_at: self.began.map(|began| began + self.length),
            length: Some(self.length),
            source: Source::Headers,
            observed_at: now,
        }
    }
}

/// Three subscriptions, two paid keys and a free tier, with the outages that a seed gives them.
///
/// `percent` is how much the subscriptions' windows hold of what the agents use.
pub(crate) fn accounts(seed: u64, percent: u64) -> Vec<Account> {
    let mut chance = Chance::new(seed);
    let none = Price::default();
    // $3 and $15, and $0.6 and $2.2, for a million tokens in and out.
    let dear = Price { input: 3_000, output: 15_000, cache_read: 300, cache_write: 3_750 };
    let cheap = Price { input: 600, output: 2_200, cache_read: 110, cache_write: 600 };
    let subscription = |id, vendor, five_hours: u64, week: u64, day: Millis| {
        let (five_hours, week) = (five_hours / 100 * percent, week / 100 * percent);
        let mut weekly = Quota::of(week, WEEK);
        // Each was bought on another day.
        weekly.began = Some(START - WEEK + day * DAY + 9 * HOUR);
        let kind = Kind::Subscription { five_hours: Quota::of(five_hours, 5 * HOUR), week: weekly };
        (id, vendor, kind, none, 1, 20 * MINUTE)
    };
    let limited = |most, a_day| Kind::Limited { most, came: Vec::new(), a_day, today: (0, 0) };
    [
        subscription("sub-a", "alpha", 11_000_000, 90_000_000, 1),
        subscription("sub-b", "beta", 9_000_000, 75_000_000, 3),
        subscription("sub-c", "gamma", 7_500_000, 60_000_000, 5),
        ("free-f", "zeta", limited(6, 900), none, 8, 3 * HOUR),
        ("key-d", "delta", limited(60, u64::MAX), dear, 2, 30 * MINUTE),
        ("key-e", "epsilon", limited(30, u64::MAX), cheap, 3, 40 * MINUTE),
    ]
    .into_iter()
    .map(|(id, vendor, kind, price, a_week, longest)| Account {
        id,
        vendor,
        kind,
        price,
        outages: outages(&mut chance, a_week, longest),
        cached: HashMap::new(),
        weeks: Vec::new(),
    })
    .collect()
}

fn outages(chance: &mut Chance, a_week: i64, longest: Millis) -> Vec<(Millis, Millis)> {
    let count = a_week * DAYS / 7;
    let mut outages: Vec<(Millis, Millis)> = (0..count)
        .map(|_| {
            let from = START + chance.between(0, DAYS * DAY);
            (from, from + chance.between(longest / 10, longest))
        })
        .collect();
    outages.sort_unstable();
    outages
}

impl Account {
    pub(crate) fn price(&self) -> Price {
        self.price
    }

    pub(crate) fn is_subscription(&self) -> bool {
        matches!(self.kind, Kind::Subscription { .. })
    }

    /// Whether it would answer now: what only the simulation can know.
    pub(crate) fn could_serve(&mut self, now: Millis) -> bool {
        self.refusal(now).is_none()
    }

    /// Takes a request.
    pub(crate) fn ask(&mut self, request: &Request) -> Answer {
        let now = request.at;
        if let Some(failure) = self.refusal(now) {
            return Answer::Refused(failure);
        }
        let cached = self.cached.get(&request.session).filter(|(_, until)| now < *until);
        let cache_read = cached.map_or(0, |(tokens, _)| (*tokens).min(request.prompt));
        let usage = Usage {
            input: 0,
            output: request.answer,
            cache_read,
            cache_write: request.prompt - cache_read,
            reasoning: 0,
        };
        self.cached.insert(request.session, (request.prompt, now + CACHE_KEPT));
        let cost = cost(&self.price, &usage);
        let windows = self.charge(&usage, now);
        Answer::Served { usage, cost, windows }
    }

    fn charge(&mut self, usage: &Usage, now: Millis) -> Vec<Window> {
        match &mut self.kind {
            Kind::Subscription { five_hours, week } => {
                // Plans count what is read from the cache at a tenth, and output five times.
                let used = usage.cache_write + usage.cache_read / 10 + 5 * usage.output;
                let mut windows = Vec::new();
                for (quota, name) in [(five_hours, "5h"), (week, "weekly")] {
                    quota.began.get_or_insert(now);
                    quota.used += used;
                    windows.push(quota.window(self.id, name, now));
                }
                windows
            }
            Kind::Limited { came, today, .. } => {
                came.push(now);
                today.1 += 1;
                Vec::new()
            }
        }
    }

    fn refusal(&mut self, now: Millis) -> Option<Failure> {
        let down = self.outages.iter().any(|(from, until)| (*from..*until).contains(&now));
        if down {
            return Some(failure(FailureClass::Transient, "overloaded", None));
        }
        match &mut self.kind {
            Kind::Subscription { five_hours, week } => {
                five_hours.turn(now);
                self.weeks.extend(week.turn(now));
                let until =
                    [five_hours.spent_until(), week.spent_until()].into_iter().flatten().max();
                until.map(|until| failure(FailureClass::Quota, "usage limit reached", Some(until)))
            }
            Kind::Limited { most, came, a_day, today } => {
                let day = now.div_euclid(DAY);
                if today.0 != day {
                    *today = (day, 0);
                }
                came.retain(|at| now - at < MINUTE);
                if today.1 >= *a_day {
                    let until = (day + 1) * DAY;
                    return Some(failure(FailureClass::Quota, "daily limit reached", Some(until)));
                }
                let full = came.len() >= *most;
                let until = came.first().map(|first| first + MINUTE);
                full.then(|| failure(FailureClass::Rate, "too many requests", until))
            }
        }
    }

    /// The weeks that ended, each with what was used of it and what it held.
    pub(crate) fn finish(&mut self, now: Millis) {
        if let Kind::Subscription { week, .. } = &mut self.kind {
            self.weeks.extend(week.turn(now));
        }
    }
}

fn failure(class: FailureClass, message: &str, reset: Option<Millis>) -> Failure {
    let scope = if class == FailureClass::Quota { Scope::Account } else { Scope::Model };
    Failure { class, message: message.to_owned(), reset, scope, window: None }
}

pub(crate) fn cost(price: &Price, usage: &Usage) -> NanoDollars {
    let part = |tokens: u64, each: NanoDollars| {
        NanoDollars::try_from(tokens).unwrap_or(NanoDollars::MAX).saturating_mul(each)
    };
    part(usage.input, price.input)
        + part(usage.output, price.output)
        + part(usage.cache_read, price.cache_read)
        + part(usage.cache_write, price.cache_write)
}
