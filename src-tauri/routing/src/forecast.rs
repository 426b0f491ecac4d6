use serde::{Deserialize, Serialize};
use switchyard_types::{Forecast, Millis};

use crate::{Kept, Share, Window};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;

/// How many readings of a window are kept.
const READINGS: usize = 48;

/// Readings closer together than this are one: the last of them.
const APART: Millis = MINUTE;

/// How far they reach back: the forecast is of today's pace.
const REACH: Millis = 24 * HOUR;

/// How many steps between readings it takes to speak of a pace.
const LEAST_STEPS: usize = 4;

/// How long the readings must reach back for that.
const LEAST_SPAN: Millis = 15 * MINUTE;

/// After so long without a reading nobody knows what was used meanwhile.
const STALE: Millis = HOUR;

/// A fall by no more is a rounding, or a rolling window that wavers; a deeper one is a new start.
const WAVER: u32 = 100;

/// The late readings of a window: times and what was used, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(Millis, Share)>", into = "Vec<(Millis, Share)>")]
pub struct Readings(Vec<(Millis, Share)>);

impl From<Vec<(Millis, Share)>> for Readings {
    /// What was kept, whoever kept it: in order, and no more than are ever kept.
    fn from(mut kept: Vec<(Millis, Share)>) -> Self {
        kept.sort_unstable();
        let surplus = kept.len().saturating_sub(READINGS);
        kept.drain(..surplus);
        Self(kept)
    }
}

impl From<Readings> for Vec<(Millis, Share)> {
    fn from(readings: Readings) -> Self {
        readings.0
    }
}

impl Readings {
    /// The readings of a window's run with one more.
    pub(crate) fn with(mut self, window: &Window) -> Self {
        let Some(used) = window.used else { return self };
        let at = window.observed_at;
        let fell = |last: Share| used.hundredths().saturating_add(WAVER) < last.hundredths();
        if self.0.last().is_some_and(|(_, last)| fell(*last)) {
            self.0.clear();
        }
        // The first of a run of close readings stays, and the last.
        if let [.., (before, _), _] = self.0[..]
            && at.saturating_sub(before) < APART
        {
            self.0.pop();
        }
        self.0.push((at, used));
        self.0.retain(|(then, _)| at.saturating_sub(*then) <= REACH);
        if self.0.len() > READINGS {
            self.thin();
        }
        self
    }

    /// Drops the reading whose neighbours are closest to each other, so that a busy hour does not push the
    /// day out.
    fn thin(&mut self) {
        let span = |n: usize| match self.0.get(n..n + 3) {
            Some([(from, _), _, (to, _)]) => to - from,
            Some(_) | None => Millis::MAX,
        };
        if let Some(closest) = (0..self.0.len() - 2).min_by_key(|n| span(*n)) {
            self.0.remove(closest + 1);
        }
    }

    /// The quartiles of the pace from each reading to a later one, each over half of the readings' time at
    /// least: neighbours tell of single requests, not of a pace.
    fn paces(&self) -> Option<Paces> {
        let (first, last) = (self.0.first()?.0, self.0.last()?.0);
        let span = last.saturating_sub(first);
        if self.0.len() <= LEAST_STEPS || span < LEAST_SPAN {
            return None;
        }
        let mut paces: Vec<f64> = Vec::new();
        for (n, from) in self.0.iter().enumerate() {
            for to in self.0.iter().skip(n + 1).filter(|to| to.0 - from.0 >= span / 2) {
                #[expect(clippy::cast_precision_loss, reason = "milliseconds of a day are exact")]
                let time = (to.0 - from.0) as f64;
                let used = f64::from(to.1.hundredths().saturating_sub(from.1.hundredths()));
                paces.push(used / time);
            }
        }
        paces.sort_by(f64::total_cmp);
        let part = |quarter: usize| paces.get((paces.len() - 1) * quarter / 4).copied();
        Some(Paces { slow: part(1)?, median: part(2)?, fast: part(3)? })
    }
}

/// In hundredths of a percent a millisecond.
struct Paces {
    slow: f64,
    median: f64,
    fast: f64,
}

impl Kept {
    /// When it runs out at today's pace.
    pub fn forecast(&self, now: Millis) -> Forecast {
        let window = &self.window;
        let Some(used) = window.used_now(now) else { return Forecast::Unknown };
        if used >= Share::FULL {
            return Forecast::Spent;
        }
        let Some(reset) = window.reset_ahead(now) else { return Forecast::Unknown };
        if now.saturating_sub(window.observed_at) > STALE {
            return Forecast::Unknown;
        }
        let Some(paces) = self.readings.paces() else { return Forecast::Unknown };
        let at = |pace: f64| {
            let left = f64::from(used.left().hundredths());
            #[expect(clippy::cast_possible_truncation, reason = "bounded by the reset below")]
            let ahead = (left / pace).min(1e15) as Millis;
            // Use goes on from when the reading was taken.
            Some(window.observed_at.saturating_add(ahead).max(now)).filter(|at| *at < reset)
        };
        let Paces { slow, median, fast } = paces;
        match (at(fast), at(median)) {
            (Some(earliest), Some(middle)) => {
                Forecast::RunsOut { at: middle, earliest, latest: at(slow) }
            }
            (Some(earliest), None) => Forecast::MayRunOut { earliest },
            (None, _) => Forecast::Lasts,
        }
    }
}
