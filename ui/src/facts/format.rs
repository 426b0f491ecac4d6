//! How numbers, money and times are written: `12.4k`, `$0.0042`, `4:32`, `3 min ago`.

use switchyard_types::{Millis, NanoDollars};

use super::letters::{capitalised, is_small};
use crate::word::Word;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A whole number with its thousands apart: `1,284`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Tokens, short: `942`, `12.4k`, `340k`, `1.2M`.
pub(crate) fn tokens(n: u64) -> String {
    if n < 1_000 {
        return n.to_string();
    }
    // Each step begins where rounding would write four digits of the one below.
    let (unit, letter) = match n {
        0..=999_499 => (1_000, 'k'),
        999_500..=999_499_999 => (1_000_000, 'M'),
        999_500_000.. => (1_000_000_000, 'B'),
    };
    let tenths = rounded(n, unit / 10);
    if tenths < 1_000 {
        format!("{}.{}{letter}", tenths / 10, tenths % 10)
    } else {
        format!("{}{letter}", count(rounded(n, unit)))
    }
}

fn rounded(n: u64, unit: u64) -> u64 {
    n / unit + u64::from(n % unit * 2 >= unit)
}

/// A message of the server as a sentence: its first word begins with a capital, unless that is a path or
/// a name with marks in it.
pub(crate) fn sentence(text: &str) -> String {
    let word = text.split([' ', ',', ':']).next().unwrap_or_default();
    if word.chars().all(is_small) { capitalised(text) } else { text.to_owned() }
}

/// A file's size: `942 B`, `2.1 kB`, `1.4 MB`.
pub(crate) fn bytes(n: u64) -> String {
    if n < 1_000 {
        return format!("{n} B");
    }
    // The step up comes where rounding would write a thousand of the smaller unit.
    let (unit, name) = if n < 999_950 { (1_000, "kB") } else { (1_000_000, "MB") };
    let tenths = rounded(n, unit / 10);
    format!("{}.{} {name}", count(tenths / 10), tenths % 10)
}

/// Money: cents from a dollar up, four places below it, and below those the first two digits
/// that say anything: `$12,345.67`, `$0.0042`, `$0.000001`.
pub(crate) fn money(nanos: NanoDollars) -> String {
    let sign = if nanos < 0 { "−" } else { "" };
    let n = nanos.unsigned_abs();
    if n == 0 {
        return "$0".to_owned();
    }
    if n >= 1_000_000_000 {
        let cents = rounded(n, 10_000_000);
        return format!("{sign}${}.{:02}", count(cents / 100), cents % 100);
    }
    let places = if n >= 100_000 { 4 } else { 10 - n.ilog10() as usize };
    let places = places.min(9);
    let unit = 10_u64.pow(u32::try_from(9 - places).unwrap_or(0));
    let text = format!("{:0places$}", rounded(n, unit));
    let text = if text.len() > places { return format!("{sign}$1.00") } else { text };
    let text = text.trim_end_matches('0');
    format!("{sign}$0.{text:0<2}")
}

/// A stretch of time as it was measured: `84 ms`, `1.2 s`, `1 min 12 s`, `1 h 04 min`.
pub(crate) fn duration(millis: u64) -> String {
    let seconds = rounded(millis, 1_000);
    match millis {
        0..=999 => say!("{millis} ms", millis),
        1_000..=59_949 => {
            let tenths = rounded(millis, 100);
            say!("{whole}.{tenths} s", whole = tenths / 10, tenths = tenths % 10)
        }
        _ if seconds < 3_600 => {
            say!("{minutes} min {seconds} s", minutes = seconds / 60, seconds = two(seconds % 60))
        }
        _ => say!(
            "{hours} h {minutes} min",
            hours = seconds / 3_600,
            minutes = two(seconds % 3_600 / 60)
        ),
    }
}

/// How long something is under way, in whole seconds: `0 s`, `12 s`, `1 min 12 s`.
pub(crate) fn elapsed(millis: u64) -> String {
    match millis / 1_000 {
        seconds @ ..60 => say!("{seconds} s", seconds),
        seconds => duration(seconds * 1_000),
    }
}

/// At least two digits.
fn two(n: u64) -> String {
    format!("{n:02}")
}

/// Time left, as a clock runs down: `0:09`, `4:32`, `2:04:10`, `3 d 4 h`.
///
/// Part of a second still counts as one, so that `0:00` means that the time is over.
pub(crate) fn countdown(until: Millis, now: Millis) -> String {
    let left = until.saturating_sub(now).max(0);
    let seconds = left / SECOND + i64::from(left % SECOND > 0);
    let (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match h {
        0 => format!("{m}:{s:02}"),
        ..48 => format!("{h}:{m:02}:{s:02}"),
        _ => say!("{days} d {hours} h", days = h / 24, hours = h % 24),
    }
}

/// How long ago something was; a clock that runs ahead reads as `now`.
pub(crate) fn ago(at: Millis, now: Millis) -> String {
    let past = now.saturating_sub(at);
    let whole = |unit: i64| past / unit;
    match (whole(DAY), whole(HOUR), whole(MINUTE), whole(SECOND)) {
        (1.., _, _, _) => say!("{days} d ago", days = whole(DAY)),
        (_, 1.., _, _) => say!("{hours} h ago", hours = whole(HOUR)),
        (_, _, 1.., _) => say!("{minutes} min ago", minutes = whole(MINUTE)),
        (_, _, _, 5..) => say!("{seconds} s ago", seconds = whole(SECOND)),
        _ => word!("now").owned(),
    }
}

/// A moment in the reader's own zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Local {
    year: i64,
    month: usize,
    day: i64,
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
    days: i64,
}

const MONTHS: [Word; 12] = [
    word!("Jan"),
    word!("Feb"),
    word!("Mar"),
    word!("Apr"),
    word!("May"),
    word!("Jun"),
    word!("Jul"),
    word!("Aug"),
    word!("Sep"),
    word!("Oct"),
    word!("Nov"),
    word!("Dec"),
];
const WEEKDAYS: [Word; 7] = [
    word!("Thu"),
    word!("Fri"),
    word!("Sat"),
    word!("Sun"),
    word!("Mon"),
    word!("Tue"),
    word!("Wed"),
];

impl Local {
    /// `east` is the zone's distance from UTC, in minutes.
    pub(crate) fn new(at: Millis, east: i64) -> Self {
        let at = at.saturating_add(east * MINUTE);
        let (days, rest) = (at.div_euclid(DAY), at.rem_euclid(DAY));
        // Civil from days: https://howardhinnant.github.io/date_algorithms.html
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: usize::try_from(month - 1).unwrap_or(0),
            day: day_of_year - (153 * shifted + 2) / 5 + 1,
            weekday: usize::try_from(days.rem_euclid(7)).unwrap_or(0),
            hour: rest / HOUR,
            minute: rest % HOUR / MINUTE,
            second: rest % MINUTE / SECOND,
            days,
        }
    }

    /// In full, for a hover: `Mon 23 Nov 2026, 15:40:09`.
    pub(crate) fn exact(&self) -> String {
        say!(
            "{weekday} {day} {month} {year}, {time}",
            weekday = WEEKDAYS[self.weekday].text(),
            day = self.day,
            month = MONTHS[self.month].text(),
            year = self.year,
            time = format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
        )
    }

    /// The day alone: `Tue 18 Nov`.
    pub(crate) fn day(&self) -> String {
        say!(
            "{weekday} {day} {month}",
            weekday = WEEKDAYS[self.weekday].text(),
            day = self.day,
            month = MONTHS[self.month].text()
        )
    }

    /// The clock, with the day where it is not today: `15:40`, `Tue 15:40`, `4 Dec 15:40`.
    pub(crate) fn clock(&self, today: &Self) -> String {
        let time = format!("{:02}:{:02}", self.hour, self.minute);
        match self.days - today.days {
            0 => time,
            1..=6 => say!("{weekday} {time}", weekday = WEEKDAYS[self.weekday].text(), time),
            _ => say!(
                "{day} {month} {time}",
                day = self.day,
                month = MONTHS[self.month].text(),
                time
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_keep_three_digits_and_never_write_a_thousand_thousands() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1.0k"),
            (12_449, "12.4k"),
            (99_949, "99.9k"),
            (99_950, "100k"),
            (340_200, "340k"),
            (999_499, "999k"),
            (999_500, "1.0M"),
            (12_400_000, "12.4M"),
            (999_500_000, "1.0B"),
            (4_200_000_000_000, "4,200B"),
        ] {
            assert_eq!(tokens(n), text, "{n}");
        }
    }

    #[test]
    fn a_message_begins_with_a_capital_and_a_name_stays_as_it_is_written() {
        for (text, wish) in [
            ("the file is gone", "The file is gone"),
            ("a key, and more", "A key, and more"),
            ("v/m is unknown", "v/m is unknown"),
            ("/home/me/x, line 2", "/home/me/x, line 2"),
            ("gpt-5 is unknown", "gpt-5 is unknown"),
            ("env.X was changed", "env.X was changed"),
            ("智谱 failed", "智谱 failed"),
            ("", ""),
        ] {
            assert_eq!(sentence(text), wish);
        }
    }

    #[test]
    fn sizes_of_files_never_write_a_thousand_thousands() {
        for (n, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (2_149, "2.1 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (1_400_000_000, "1,400.0 MB"),
        ] {
            assert_eq!(bytes(n), text, "{n}");
        }
    }

    #[test]
    fn money_is_exact_where_it_is_large_and_readable_where_it_is_tiny() {
        for (nanos, text) in [
            (0, "$0"),
            (12_345_670_000_000, "$12,345.67"),
            (1_000_000_000, "$1.00"),
            (420_000_000, "$0.42"),
            (4_200_000, "$0.0042"),
            (100_000, "$0.0001"),
            (99_000, "$0.000099"),
            (1_000, "$0.000001"),
            (1_234, "$0.0000012"),
            (1, "$0.000000001"),
            (999_999_999, "$1.00"),
            (-4_200_000, "−$0.0042"),
            (500_000_000, "$0.50"),
        ] {
            assert_eq!(money(nanos), text, "{nanos}");
        }
    }

    #[test]
    fn durations_change_unit_without_writing_sixty_seconds() {
        for (millis, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_000, "1.0 s"),
            (12_440, "12.4 s"),
            (59_949, "59.9 s"),
            (59_950, "1 min 00 s"),
            (72_000, "1 min 12 s"),
            (3_599_600, "1 h 00 min"),
            (3_840_000, "1 h 04 min"),
        ] {
            assert_eq!(duration(millis), text, "{millis}");
        }
    }

    #[test]
    fn a_countdown_reaches_zero_only_when_the_time_is_over() {
        for (left, text) in [
            (-5_000, "0:00"),
            (0, "0:00"),
            (1, "0:01"),
            (9_000, "0:09"),
            (272_000, "4:32"),
            (7_450_000, "2:04:10"),
            (273_600_000, "3 d 4 h"),
        ] {
            assert_eq!(countdown(1_000_000 + left, 1_000_000), text, "{left}");
        }
    }

    #[test]
    fn a_clock_that_runs_ahead_reads_as_now() {
        let now = 1_795_000_000_000;
        assert_eq!(ago(now + 90_000, now), "now");
        assert_eq!(ago(now - 12_000, now), "12 s ago");
        assert_eq!(ago(now - 59 * MINUTE, now), "59 min ago");
        assert_eq!(ago(now - 3 * HOUR, now), "3 h ago");
        assert_eq!(ago(now - 41 * DAY, now), "41 d ago");
    }

    #[test]
    fn a_moment_is_written_in_the_readers_zone() {
        // 2026-11-23 14:40:09 UTC, a Monday.
        let at = 1_795_444_809_000;
        assert_eq!(Local::new(at, 60).exact(), "Mon 23 Nov 2026, 15:40:09");
        assert_eq!(Local::new(at, 60).day(), "Mon 23 Nov");
        assert_eq!(Local::new(at, -15 * 60).exact(), "Sun 22 Nov 2026, 23:40:09");
        assert_eq!(Local::new(951_782_400_000, 0).exact(), "Tue 29 Feb 2000, 00:00:00");
        assert_eq!(Local::new(-1, 0).exact(), "Wed 31 Dec 1969, 23:59:59");
    }

    #[test]
    fn a_clock_names_the_day_only_when_it_is_another() {
        let today = Local::new(1_795_444_809_000, 0);
        let at = |ahead: i64| Local::new(1_795_444_809_000 + ahead, 0).clock(&today);
        assert_eq!(at(HOUR), "15:40");
        assert_eq!(at(DAY), "Tue 14:40");
        assert_eq!(at(11 * DAY), "4 Dec 14:40");
        assert_eq!(at(-DAY), "22 Nov 14:40");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
    }
}
