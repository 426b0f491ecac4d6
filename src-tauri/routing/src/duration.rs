use switchyard_types::Millis;
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, offset};
use time::{OffsetDateTime, PrimitiveDateTime};

const SECOND: f64 = 1_000.0;

/// Above this a number is milliseconds since the epoch, not seconds: 10^11 seconds are the year
/// 5138, 10^11 milliseconds are 1973.
const MILLIS_FROM: f64 = 1e11;
/// Above this a number is a time, not a delay: 10^9 seconds are 2001, or a delay of 31 years.
const TIMES_FROM: f64 = 1e9;

/// A delay in milliseconds, of at least one; `None` for what is no delay, or not forward.
pub(crate) fn millis(value: f64, unit: f64) -> Option<Millis> {
    let millis = (value * unit).ceil();
    // A century: past any cap, and within what both types hold exactly.
    if !(1.0..=3.2e12).contains(&millis) {
        return (millis > 3.2e12).then_some(3_200_000_000_000);
    }
    #[expect(clippy::cast_possible_truncation, reason = "within a century, just checked")]
    Some(millis as Millis)
}

/// A plain decimal number: no exponent, no `inf`, no `NaN`.
pub(crate) fn number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    plain.then(|| text.parse().ok()).flatten()
}

/// A delay with its units, such as `6m0s`, `58.2s`, `2 hours 5 minutes` or `1d 2h`, at the start of
/// a text whose rest is ignored; a number without a unit is seconds.
pub(crate) fn leading_delay(text: &str) -> Option<Millis> {
    let mut rest = text.trim_start_matches([' ', '~', ':', '"', '`', '\'', '*']);
    for filler in ["about ", "approximately ", "around "] {
        rest = rest.strip_prefix(filler).unwrap_or(rest);
    }
    measured(rest).map(|(delay, _)| delay)
}

/// A text that is a delay with its units from end to end.
pub(crate) fn delay(text: &str) -> Option<Millis> {
    measured(text.trim()).filter(|(_, rest)| rest.is_empty()).map(|(delay, _)| delay)
}

/// A delay at the very start of a text, and what follows it.
fn measured(text: &str) -> Option<(Millis, &str)> {
    let mut rest = text;
    let mut total = None;
    loop {
        let (digits, after) = cut(rest, |c| c.is_ascii_digit() || c == '.');
        let Some(value) = number(digits.trim_end_matches('.')) else { break };
        let (word, after) = cut(after.trim_start(), |c| c.is_ascii_alphabetic());
        let Some(unit) = unit(word) else {
            // A bare number is seconds where nothing else was said: `retry after 30`.
            let bare = total.is_none() && word.is_empty();
            return if bare { Some((millis(value, SECOND)?, after)) } else { finish(total, rest) };
        };
        total = Some(total.unwrap_or(0.0) + value * unit);
        rest = after.trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
    finish(total, rest)
}

fn finish(total: Option<f64>, rest: &str) -> Option<(Millis, &str)> {
    Some((millis(total?, 1.0)?, rest))
}

fn cut(text: &str, inside: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !inside(c)).unwrap_or(text.len()))
}

fn unit(word: &str) -> Option<f64> {
    const MINUTE: f64 = 60.0 * SECOND;
    const HOUR: f64 = 60.0 * MINUTE;
    Some(match word {
        "us" | "ns" => 0.0,
        "ms" | "millisecond" | "milliseconds" => 1.0,
        "s" | "sec" | "secs" | "second" | "seconds" => SECOND,
        "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => 24.0 * HOUR,
        "w" | "week" | "weeks" => 7.0 * 24.0 * HOUR,
        _ => return None,
    })
}

/// A time or a delay given as a number, told apart by size: milliseconds or seconds since the
/// epoch, or seconds from now.
pub(crate) fn instant_of_number(value: f64, now: Millis) -> Option<Millis> {
    if value >= MILLIS_FROM {
        millis(value, 1.0)
    } else if value >= TIMES_FROM {
        millis(value, SECOND)
    } else {
        millis(value, SECOND).map(|delay| now.saturating_add(delay))
    }
}

/// A time from the start of a text: RFC 3339, or a date and a time of day without a zone.
pub(crate) fn leading_instant(text: &str) -> Option<Millis> {
    let text = text.trim_start_matches([' ', ':', '"', '`', '\'', '*']);
    let (stamp, _) = cut(text, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.' | '+'));
    let stamp = stamp.trim_end_matches(['.', ':', '-', '+']);
    // Vendors write the `t` and `z` in lower case at times; we are given lower case throughout.
    if let Ok(time) = OffsetDateTime::parse(&stamp.to_ascii_uppercase(), &Rfc3339) {
        return millis_of(time);
    }
    let stamp = text.get(..19)?.replace(['T', 't'], " ");
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let time = PrimitiveDateTime::parse(&stamp, format).ok()?;
    // Only Zhipu (GLM) is known to write times without a zone, and means Beijing's. Where another
    // vendor means UTC, this is eight hours early: one try too soon, where late is a lost day.
    millis_of(time.assume_offset(offset!(+8)))
}

fn millis_of(time: OffsetDateTime) -> Option<Millis> {
    Millis::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}
