use serde::{Deserialize, Serialize};
use switchyard_types::{Hours, Millis};

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;

/// How far local time is ahead of UTC. The caller knows the time zone and the season.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offset {
    minutes: i16,
}

impl Offset {
    /// From minutes east of UTC; no zone is more than a day away.
    pub fn from_minutes(minutes: i32) -> Self {
        let minutes = minutes.clamp(-24 * 60, 24 * 60);
        Self { minutes: i16::try_from(minutes).unwrap_or(0) }
    }

    /// The local time, as milliseconds since the local epoch.
    pub(crate) fn local(self, now: Millis) -> Millis {
        now.saturating_add(Millis::from(self.minutes) * MINUTE)
    }

    /// The UTC time of a local one.
    pub(crate) fn utc(self, local: Millis) -> Millis {
        local.saturating_sub(Millis::from(self.minutes) * MINUTE)
    }
}

/// Whether hours are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    Open,
    /// Until then, if they ever open.
    Closed {
        until: Option<Millis>,
    },
}

/// Whether it is one of these hours now.
pub fn within(hours: Hours, now: Millis, offset: Offset) -> bool {
    opening(hours, now, offset) == Opening::Open
}

/// Whether hours are open, and if not, when they open next.
pub(crate) fn opening(hours: Hours, now: Millis, offset: Offset) -> Opening {
    let local = offset.local(now);
    let (day, minute) = (local.div_euclid(DAY), local.rem_euclid(DAY) / MINUTE);
    let (from, to) = (Millis::from(hours.from), Millis::from(hours.to));
    let over_midnight = to <= from;
    let open = if over_midnight {
        (opens_on(hours, day) && minute >= from) || (opens_on(hours, day - 1) && minute < to)
    } else {
        opens_on(hours, day) && (from..to).contains(&minute)
    };
    if open {
        return Opening::Open;
    }
    let next = (0..=7)
        .map(|ahead| day + ahead)
        .filter(|day| opens_on(hours, *day))
        .map(|day| day * DAY + from * MINUTE)
        .find(|opening| *opening > local);
    Opening::Closed { until: next.map(|opening| offset.utc(opening)) }
}

fn opens_on(hours: Hours, day: Millis) -> bool {
    // The first day of the epoch was a Thursday.
    let weekday = (day + 3).rem_euclid(7);
    hours.days & (1 << weekday) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 2026-11-23, 00:00 UTC.
    const MONDAY: Millis = 1_795_392_000_000;
    const HOUR: Millis = 60 * MINUTE;

    fn closed_until(hours: Millis) -> Opening {
        Opening::Closed { until: Some(MONDAY + hours * HOUR) }
    }

    #[test]
    fn office_hours_open_on_working_days_in_local_time() {
        let office = Hours { days: 0b001_1111, from: 9 * 60, to: 17 * 60 };
        let berlin = Offset::from_minutes(60);
        let at = |hours| opening(office, MONDAY + hours * HOUR, berlin);
        assert_eq!(at(8), Opening::Open);
        assert_eq!(at(7), closed_until(8));
        assert_eq!(at(16), closed_until(24 + 8));
        let saturday = 5 * 24 + 12;
        assert_eq!(at(saturday), closed_until(7 * 24 + 8));
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_began() {
        let night = Hours { days: 0b000_0001, from: 22 * 60, to: 6 * 60 };
        let at = |hours| opening(night, MONDAY + hours * HOUR, Offset::default());
        assert_eq!(at(23), Opening::Open);
        assert_eq!(at(24 + 5), Opening::Open);
        assert_eq!(at(24 + 23), closed_until(7 * 24 + 22));
    }

    #[test]
    fn hours_without_a_day_never_open() {
        let never = Hours { days: 0, from: 0, to: 60 };
        assert_eq!(opening(never, MONDAY, Offset::default()), Opening::Closed { until: None });
    }
}
