//! Durations as text, as faults and scripts write them and as vendors send them.

use std::time::Duration;

/// A duration that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no duration: write `30` (seconds), `58.2s`, `1500ms`, `6m0s`, `2h` or `1d12h`")]
pub struct SpanError(pub String);

/// Reads `30` (seconds), `58.2s`, `1500ms`, `6m0s`, `2h`, `1d12h`.
pub fn parse_span(text: &str) -> Result<Duration, SpanError> {
    let wrong = || SpanError(text.to_owned());
    if text.is_empty() {
        return Err(wrong());
    }
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let (number, tail) = rest.split_at_checked(digits).ok_or_else(wrong)?;
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, next) = tail.split_at_checked(letters).ok_or_else(wrong)?;
        let seconds = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86400.0,
            _ => return Err(wrong()),
        };
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let part = Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())?;
        total = total.checked_add(part).ok_or_else(wrong)?;
        rest = next;
    }
    Ok(total)
}

/// The form of `x-ratelimit-reset-requests`: `6m0s`, `1h0m30s`, `20ms`, `7.66s`.
pub(crate) fn go_span(span: Duration) -> String {
    if span < Duration::from_secs(1) {
        return format!("{}ms", span.as_millis());
    }
    let (hours, minutes) = (span.as_secs() / 3600, span.as_secs() / 60 % 60);
    let seconds = decimal_seconds(Duration::new(span.as_secs() % 60, span.subsec_nanos()));
    match (hours, minutes) {
        (0, 0) => seconds,
        (0, _) => format!("{minutes}m{seconds}"),
        _ => format!("{hours}h{minutes}m{seconds}"),
    }
}

/// The form of protobuf's JSON and of "Please retry in 58.2s": seconds, with a fraction if any.
pub(crate) fn decimal_seconds(span: Duration) -> String {
    let millis = span.subsec_millis();
    if millis == 0 {
        return format!("{}s", span.as_secs());
    }
    let fraction = format!("{millis:03}");
    format!("{}.{}s", span.as_secs(), fraction.trim_end_matches('0'))
}

/// How a person would say it, in one unit: `45 seconds`, `2 hours`.
pub(crate) fn spoken_span(span: Duration) -> String {
    let seconds = whole_seconds(span);
    let (count, unit) = match seconds {
        s if s >= 3600 && s.is_multiple_of(3600) => (s / 3600, "hour"),
        s if s >= 60 && s.is_multiple_of(60) => (s / 60, "minute"),
        s => (s, "second"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// Seconds rounded up: a client that waits them must never come too early.
pub(crate) fn whole_seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_every_documented_form() {
        for (text, millis) in [
            ("30", 30_000),
            ("58.2s", 58_200),
            ("1500ms", 1_500),
            ("6m0s", 360_000),
            ("2h", 7_200_000),
            ("1d12h", 129_600_000),
        ] {
            assert_eq!(parse_span(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "s", "5x", "-1s", "1e3s", "4s2", "9999999999999999999999d", "é"] {
            assert!(parse_span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_written_as_vendors_write_them() {
        assert_eq!(go_span(Duration::from_mins(6)), "6m0s");
        assert_eq!(go_span(Duration::from_millis(7_660)), "7.66s");
        assert_eq!(go_span(Duration::from_secs(3630)), "1h0m30s");
        assert_eq!(go_span(Duration::from_millis(20)), "20ms");
        assert_eq!(spoken_span(Duration::from_hours(2)), "2 hours");
        assert_eq!(spoken_span(Duration::from_mins(1)), "1 minute");
        assert_eq!(whole_seconds(Duration::from_millis(1001)), 2);
    }
}
