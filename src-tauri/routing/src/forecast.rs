use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use switchyard_types::{AccountId, Millis};

use crate::{Share, Window};

const MINUTE: Millis = 60_000;

/// How many readings of a window are kept.
const READINGS: usize = 48;

/// Readings closer together than this are one: the last of them.
const APART: Millis = MINUTE;

/// How many steps between readings it takes to speak of a pace.
const LEAST_STEPS: usize = 4;

/// How long the readings must reach back for that.
const LEAST_SPAN: Millis = 15 * MINUTE;

/// When a quota window runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Forecast {
    /// There are too few readings to tell.
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

/// The late readings of every window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paces {
    by_window: HashMap<WindowKey, Readings>,
}

/// Account, name, and the part of the models' ids.
type WindowKey = (AccountId, String, Option<String>);

/// Times and what was used, in order.
type Readings = VecDeque<(Millis, Share)>;

impl Paces {
    pub(crate) fn read(&mut self, window: &Window, restarted: bool) {
        let Some(used) = window.used else { return };
        let readings = self.by_window.entry(key(window)).or_default();
        let fell = readings.back().is_some_and(|(_, last)| used < *last);
        if restarted || fell {
            readings.clear();
        }
        // The first of a run of close readings stays, so that a busy hour does not push the day out.
        let close = readings.len() > 1
            && readings.iter().nth_back(1).is_some_and(|(at, _)| window.observed_at - at < APART);
        if close {
            readings.pop_back();
        }
        readings.push_back((window.observed_at, used));
        if readings.len() > READINGS {
            readings.pop_front();
        }
    }

    pub(crate) fn forget(&mut self, account: &AccountId) {
        self.by_window.retain(|(of, ..), _| of != account);
    }

    pub(crate) fn forecast(&self, window: &Window, now: Millis) -> Forecast {
        let Some(used) = window.used_now(now) else { return Forecast::Unknown };
        if used >= Share::FULL {
            return Forecast::Spent;
        }
        let Some(reset) = window.reset_ahead(now) else { return Forecast::Unknown };
        let Some(paces) = self.by_window.get(&key(window)).and_then(slopes) else {
            return Forecast::Unknown;
        };
        let at = |pace: f64| {
            let left = f64::from(used.left().hundredths());
            #[expect(clippy::cast_possible_truncation, reason = "bounded by the reset below")]
            let ahead = (left / pace).min(1e15) as Millis;
            // The reading may be old; use goes on from when it was taken.
            Some(window.observed_at.saturating_add(ahead).max(now)).filter(|at| *at < reset)
        };
        let Paced { slow, median, fast } = paces;
        match (at(fast), at(median)) {
            (Some(earliest), Some(middle)) => {
                Forecast::RunsOut { at: middle, earliest, latest: at(slow) }
            }
            (Some(earliest), None) => Forecast::MayRunOut { earliest },
            (None, _) => Forecast::Lasts,
        }
    }
}

fn key(window: &Window) -> WindowKey {
    (window.account.clone(), window.name.clone(), window.models.clone())
}

/// Paces in hundredths of a percent a millisecond.
struct Paced {
    slow: f64,
    median: f64,
    fast: f64,
}

/// The quartiles of the pace from each reading to a later one, each over half of the readings' time at
/// least: neighbours tell of single requests, not of a pace.
fn slopes(readings: &Readings) -> Option<Paced> {
    let (first, last) = (readings.front()?, readings.back()?);
    let span = last.0 - first.0;
    if readings.len() <= LEAST_STEPS || span < LEAST_SPAN {
        return None;
    }
    let mut slopes: Vec<f64> = Vec::new();
    for (n, from) in readings.iter().enumerate() {
        for to in readings.iter().skip(n + 1).filter(|to| to.0 - from.0 >= span / 2) {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of weeks are exact")]
            let time = (to.0 - from.0) as f64;
            let used = f64::from(to.1.hundredths().saturating_sub(from.1.hundredths()));
            slopes.push(used / time);
        }
    }
    slopes.sort_by(f64::total_cmp);
    let part = |quarter: usize| slopes.get((slopes.len() - 1) * quarter / 4).copied();
    Some(Paced { slow: part(1)?, median: part(2)?, fast: part(3)? })
}
