//! Numbers, times and shares as vendors write them.

use serde_json::Value;
use switchyard_types::{Millis, QuotaAmount};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(super) const MINUTE: Millis = 60_000;
pub(super) const HOUR: Millis = 60 * MINUTE;
pub(super) const DAY: Millis = 24 * HOUR;

/// Instants below this are seconds, those above milliseconds: the year 5138 and the year 1973.
const SECONDS_END: f64 = 1e11;

/// A number, which some vendors write as a text.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    number.is_finite().then_some(number)
}

/// A number in a field.
pub(super) fn field(object: &Value, name: &str) -> Option<f64> {
    object.get(name).and_then(number)
}

pub(super) fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(str::to_owned).filter(|text| !text.is_empty())
}

/// A count of things; what is less than nothing is nothing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and a cast to an integer stops at what fits"
)]
pub(super) fn count(number: f64) -> u64 {
    number.max(0.0).round() as u64
}

/// What is used, from percent.
pub(super) fn percent(used: f64) -> QuotaAmount {
    let hundredths = u32::try_from(count(used * 100.0)).unwrap_or(u32::MAX);
    QuotaAmount::Share { used: hundredths.min(1_000_000) }
}

pub(super) fn of(used: f64, limit: f64, unit: &str) -> QuotaAmount {
    QuotaAmount::Count { used: count(used), limit: count(limit), unit: unit.to_owned() }
}

/// An instant: seconds, milliseconds, or a date with or without its time.
pub(super) fn instant(value: &Value) -> Option<Millis> {
    if let Some(number) = number(value).filter(|number| *number > 0.0) {
        let millis = if number < SECONDS_END { number * 1000.0 } else { number };
        return Millis::try_from(count(millis)).ok();
    }
    let text = value.as_str()?.trim();
    let full = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let date = OffsetDateTime::parse(&full, &Rfc3339).ok()?;
    Millis::try_from(date.unix_timestamp_nanos() / 1_000_000).ok()
}

/// A window by its length, as people call it.
pub(super) fn called(length: Option<Millis>, otherwise: &str) -> String {
    match length {
        Some(length) if length > 0 && length % DAY == 0 => format!("{}d", length / DAY),
        Some(length) if length > 0 && length % HOUR == 0 => format!("{}h", length / HOUR),
        Some(_) | None => otherwise.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_instant_is_read_in_any_of_the_ways_that_vendors_write_it() {
        let at = Some(1_795_392_000_000);
        for value in [
            json!(1_795_392_000_u64),
            json!(1_795_392_000_000_u64),
            json!("1795392000"),
            json!("2026-11-23T00:00:00Z"),
            json!("2026-11-23T01:00:00+01:00"),
            json!("2026-11-23"),
        ] {
            assert_eq!(instant(&value), at, "{value}");
        }
        for nonsense in [json!("soon"), json!(0), json!(-5), json!(null), json!("2026-13-01")] {
            assert_eq!(instant(&nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn what_is_less_than_nothing_is_nothing_and_what_is_too_much_stops() {
        assert_eq!(count(-3.0), 0);
        assert_eq!(count(1e300), u64::MAX);
        assert_eq!(percent(-1.0), QuotaAmount::Share { used: 0 });
        assert_eq!(percent(1e300), QuotaAmount::Share { used: 1_000_000 });
        assert_eq!(number(&json!("NaN")), None);
    }
}
