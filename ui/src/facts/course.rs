//! How a quota window went: its readings along time, in places of one width.

use switchyard_types::{Millis, QuotaAmount, QuotaHistory, QuotaMeasure, QuotaPoint};

use super::chart::ticks;
use super::format::{count, tokens};
use super::quota::amount;

/// How many places a drawing has.
pub(crate) const PLACES: usize = 96;

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;
/// The whole of what the server keeps.
pub(crate) const KEPT: Millis = 35 * DAY;

/// What is drawn of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    pub(crate) from: Millis,
    pub(crate) until: Millis,
    /// What was read in each place, or before it where the window had not started over since.
    pub(crate) places: Vec<Option<i64>>,
    /// The values at the marks of the scale, upwards; the last is the top.
    pub(crate) scale: Vec<i64>,
}

/// A window of some length, until now: several of its turns, no more than there are readings for. `None` while
/// there are not two readings.
pub(crate) fn course(
    history: &QuotaHistory,
    length: Option<Millis>,
    now: Millis,
) -> Option<Course> {
    let (first, last) = (history.readings.first()?, history.readings.last()?);
    if history.readings.len() < 2 {
        return None;
    }
    let until = now.max(last.at);
    let span = length.map_or(7 * DAY, |length| length.saturating_mul(8)).clamp(2 * DAY, KEPT);
    let from = first.at.max(until - span).min(until - HOUR);
    let places = places(&history.readings, history.measure, from, until);
    let largest = places.iter().flatten().copied().max().unwrap_or(0).max(0);
    let scale = match history.measure {
        QuotaMeasure::Share => vec![0, 5_000, largest.max(10_000)],
        QuotaMeasure::Used | QuotaMeasure::Left => {
            let marks = ticks(largest.unsigned_abs());
            let top = marks.last().copied().unwrap_or(0).max(1);
            vec![0, i64::try_from(top).unwrap_or(i64::MAX)]
        }
    };
    Some(Course { from, until, places, scale })
}

/// The most that was used in each place, or the last that was left.
fn places(
    readings: &[QuotaPoint],
    measure: QuotaMeasure,
    from: Millis,
    until: Millis,
) -> Vec<Option<i64>> {
    let mut rest = readings.iter().peekable();
    let mut held: Option<&QuotaPoint> = None;
    let mut places = Vec::with_capacity(PLACES);
    for nth in 0..PLACES {
        let (start, end) = (edge(from, until, nth), edge(from, until, nth + 1));
        let mut here: Option<i64> = None;
        while let Some(point) = rest.next_if(|point| point.at < end || nth + 1 == PLACES) {
            held = Some(point);
            if point.at >= start {
                here = Some(match (measure, here) {
                    (QuotaMeasure::Share | QuotaMeasure::Used, Some(most)) => most.max(point.value),
                    (QuotaMeasure::Left, Some(_)) | (_, None) => point.value,
                });
            }
        }
        let holds = |point: &&QuotaPoint| point.resets_at.is_none_or(|at| at > start);
        places.push(here.or_else(|| held.filter(holds).map(|point| point.value)));
    }
    places
}

/// When a place begins.
pub(crate) fn edge(from: Millis, until: Millis, nth: usize) -> Millis {
    let (nth, all) = (i64::try_from(nth).unwrap_or(0), i64::try_from(PLACES).unwrap_or(1));
    from + (until - from) * nth / all
}

/// A line of steps through the places and the ground below it, as an SVG writes paths: a place is one wide, the
/// whole is a thousand high.
pub(crate) fn paths(course: &Course) -> (String, String) {
    let top = course.scale.last().copied().unwrap_or(1).max(1);
    let up = |value: i64| 1_000 - (value.clamp(0, top).saturating_mul(1_000) / top);
    let (mut line, mut ground) = (String::new(), String::new());
    let mut run = None;
    for (nth, place) in course.places.iter().enumerate() {
        let Some(value) = place else {
            close(&mut ground, run.take());
            continue;
        };
        let (y, end) = (up(*value), nth + 1);
        let step = if run.is_none() { format!("M{nth} {y}H{end}") } else { format!("V{y}H{end}") };
        line.push_str(&step);
        ground.push_str(&step);
        run.get_or_insert(nth);
    }
    close(&mut ground, run);
    (line, ground)
}

fn close(ground: &mut String, run: Option<usize>) {
    if let Some(start) = run {
        ground.push_str("V1000H");
        ground.push_str(&start.to_string());
        ground.push('Z');
    }
}

/// A value at a mark of the scale, short.
pub(crate) fn mark(measure: QuotaMeasure, value: i64) -> String {
    let number = u64::try_from(value).unwrap_or(0);
    match measure {
        QuotaMeasure::Share => format!("{}%", value / 100),
        QuotaMeasure::Used => tokens(number),
        QuotaMeasure::Left => count(number / 1_000_000),
    }
}

/// A value in words, by what the window holds now.
pub(crate) fn written(now: &QuotaAmount, measure: QuotaMeasure, value: i64) -> String {
    let number = u64::try_from(value).unwrap_or(0);
    match (measure, now) {
        (QuotaMeasure::Share, _) => {
            amount(&QuotaAmount::Share { used: u32::try_from(value).unwrap_or(0) })
        }
        (QuotaMeasure::Used, QuotaAmount::Used { unit, .. }) => {
            amount(&QuotaAmount::Used { used: number, unit: unit.clone() })
        }
        (QuotaMeasure::Left, QuotaAmount::Balance { currency, .. }) => {
            amount(&QuotaAmount::Balance { left_micros: value, currency: currency.clone() })
        }
        (QuotaMeasure::Used | QuotaMeasure::Left, _) => count(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(measure: QuotaMeasure, readings: &[(Millis, i64, Option<Millis>)]) -> QuotaHistory {
        let point = |&(at, value, resets_at): &(Millis, i64, Option<Millis>)| QuotaPoint {
            at,
            value,
            resets_at,
        };
        let readings = readings.iter().map(point).collect();
        QuotaHistory { name: "5h".into(), models: None, measure, readings }
    }

    /// What is drawn of two days, half an hour a place.
    fn drawn(readings: &[(Millis, i64, Option<Millis>)]) -> Course {
        course(&history(QuotaMeasure::Share, readings), Some(5 * HOUR), 2 * DAY).unwrap()
    }

    #[test]
    fn a_reading_holds_until_the_next_or_until_the_window_starts_over() {
        let end = Some(3 * HOUR);
        let course = drawn(&[(0, 1_000, end), (HOUR, 4_000, end), (10 * HOUR, 500, None)]);
        let places: Vec<_> = course.places.iter().take(8).copied().collect();
        let (low, high) = (Some(1_000), Some(4_000));
        assert_eq!(places, [low, low, high, high, high, high, None, None]);
        assert_eq!(course.places[20], Some(500));
        assert_eq!(course.places[PLACES - 1], Some(500), "no end was told");
        assert_eq!((course.from, course.until), (0, 2 * DAY));
    }

    #[test]
    fn of_two_readings_in_one_place_the_higher_use_is_drawn() {
        let at = 10 * 60_000;
        let course = drawn(&[(0, 9_900, Some(at)), (at, 100, None)]);
        assert_eq!(course.places[0], Some(9_900));
        assert_eq!(course.places[1], Some(100));
        assert_eq!(course.scale, [0, 5_000, 10_000]);
    }

    #[test]
    fn what_begins_late_is_drawn_from_its_beginning() {
        let one = [(2 * DAY - HOUR / 2, 5, None)];
        assert_eq!(course(&history(QuotaMeasure::Share, &one), None, 2 * DAY), None);
        let two = [one[0], (2 * DAY, 6, None)];
        let course = course(&history(QuotaMeasure::Share, &two), None, 2 * DAY).unwrap();
        assert_eq!((course.from, course.until), (2 * DAY - HOUR, 2 * DAY));
        assert_eq!(course.places[PLACES - 1], Some(6));
        assert_eq!(course.places[0], None);
    }

    #[test]
    fn a_gap_parts_the_line_and_the_ground_below_it() {
        let end = Some(HOUR);
        let mut course = drawn(&[(0, 5_000, end), (HOUR / 2, 10_000, end), (2 * HOUR, 0, None)]);
        course.places.truncate(6);
        let (line, ground) = paths(&course);
        assert_eq!(line, "M0 500H1V0H2M4 1000H5V1000H6");
        assert_eq!(ground, "M0 500H1V0H2V1000H0ZM4 1000H5V1000H6V1000H4Z");
    }

    #[test]
    fn what_is_left_of_money_is_told_as_money_and_has_a_round_scale() {
        let left = history(QuotaMeasure::Left, &[(0, 12_000_000, None), (HOUR, 7_500_000, None)]);
        let course = course(&left, None, DAY).unwrap();
        assert_eq!(course.scale, [0, 15_000_000]);
        let now = QuotaAmount::Balance { left_micros: 0, currency: "USD".into() };
        assert_eq!(written(&now, QuotaMeasure::Left, 7_500_000), "$7.50 left");
        assert_eq!(written(&now, QuotaMeasure::Share, 1_250), "13% used");
    }
}
