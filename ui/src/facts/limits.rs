//! What is typed into the fields of limits: money, tokens, percents, times of day, patterns of names.

use switchyard_types::{Hours, NanoDollars, Share};

/// Dollars as they are typed, `12.50` or `$0.5`; `None` where that is no amount.
pub(crate) fn money(typed: &str) -> Option<NanoDollars> {
    let typed = typed.trim().trim_start_matches('$').trim_start();
    let (whole, part) = typed.split_once('.').unwrap_or((typed, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !digits(whole) || !digits(part) || part.len() > 9 {
        return None;
    }
    let whole: NanoDollars = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: NanoDollars = format!("{part:0<9}").parse().ok()?;
    whole.checked_mul(1_000_000_000)?.checked_add(part)
}

/// Dollars as [`money`] reads them.
pub(crate) fn money_typed(nanos: NanoDollars) -> String {
    let (whole, part) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let part = format!("{part:09}");
    let part = part.trim_end_matches('0');
    if part.is_empty() { whole.to_string() } else { format!("{whole}.{part:0<2}") }
}

/// A whole number that may have its thousands apart or end in `k` or `M`: `200,000`, `200k`, `1.5M`.
pub(crate) fn number(typed: &str) -> Option<u64> {
    let typed: String = typed.chars().filter(|c| !matches!(c, ',' | ' ' | '_')).collect();
    let (digits, unit) = match typed.chars().next_back()? {
        'k' | 'K' => (typed.get(..typed.len() - 1)?, 3),
        'm' | 'M' => (typed.get(..typed.len() - 1)?, 6),
        _ => (typed.as_str(), 0),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !only_digits(whole) || !only_digits(part) || part.len() > unit {
        return None;
    }
    format!("{whole}{part:0<unit$}").parse().ok()
}

/// A percent from nothing to a hundred, with two places at most.
pub(crate) fn percent(typed: &str) -> Option<Share> {
    let typed = typed.trim().trim_end_matches('%').trim_end();
    let (whole, part) = typed.split_once('.').unwrap_or((typed, ""));
    let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !only_digits(whole) || !only_digits(part) || part.len() > 2 {
        return None;
    }
    let share = Share::of(format!("{whole}{part:0<2}").parse().ok()?);
    (share <= Share::FULL).then_some(share)
}

/// A share as [`percent`] reads it.
pub(crate) fn percent_typed(share: Share) -> String {
    share.to_string().trim_end_matches(" %").to_owned()
}

/// A time of day in minutes, from `08:30`.
pub(crate) fn minute(typed: &str) -> Option<u16> {
    let (hour, minute) = typed.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// A minute of the day as [`minute`] reads it. The end of a day is its beginning.
pub(crate) fn minute_typed(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

/// Whether hours hold on a day, Monday being the first.
pub(crate) fn has_day(days: u8, day: u8) -> bool {
    days & (1 << day) != 0
}

/// The hours of the night, every day: what quiet hours begin with.
pub(crate) const NIGHT: Hours = Hours { days: Hours::DAILY, from: 22 * 60, to: 7 * 60 };

/// Patterns of names, one a line.
pub(crate) fn lines(typed: &str) -> Vec<String> {
    typed.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Names that stand for others, one pair a line: `claude-opus-* = coding`. The error is the line that is none.
pub(crate) fn mapping(typed: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |line: String| {
        let split = line.split_once('=').map(|(from, to)| (from.trim(), to.trim()));
        match split {
            Some((from, to)) if !from.is_empty() && !to.is_empty() => {
                Ok((from.to_owned(), to.to_owned()))
            }
            Some(_) | None => Err(line),
        }
    };
    lines(typed).into_iter().map(pair).collect()
}

/// Pairs as [`mapping`] reads them.
pub(crate) fn mapping_typed(pairs: &[(String, String)]) -> String {
    let lines: Vec<String> = pairs.iter().map(|(from, to)| format!("{from} = {to}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_as_it_is_written() {
        for (typed, nanos) in [
            ("12", 12_000_000_000),
            ("$12.50", 12_500_000_000),
            (".5", 500_000_000),
            ("0.000000001", 1),
            (" $ 3 ", 3_000_000_000),
        ] {
            assert_eq!(money(typed), Some(nanos), "{typed}");
            assert_eq!(money(&money_typed(nanos)), Some(nanos), "{typed}");
        }
        for typed in ["", ".", "$", "-1", "1,5", "1e3", "0.0000000001", "99999999999999"] {
            assert_eq!(money(typed), None, "{typed}");
        }
        assert_eq!(money_typed(12_500_000_000), "12.50");
        assert_eq!(money_typed(12_000_000_000), "12");
    }

    #[test]
    fn numbers_may_be_short_or_have_their_thousands_apart() {
        assert_eq!(number("200,000"), Some(200_000));
        assert_eq!(number("200k"), Some(200_000));
        assert_eq!(number("1.5M"), Some(1_500_000));
        for typed in ["", "k", "1.5", "-3", "1.2345k", "ten", "99999999999999999999"] {
            assert_eq!(number(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_percent_is_of_a_whole() {
        assert_eq!(percent("85"), Some(Share::of(8_500)));
        assert_eq!(percent("99.5 %"), Some(Share::of(9_950)));
        assert_eq!(percent("100"), Some(Share::FULL));
        for typed in ["", "101", "-1", "1.234", "x"] {
            assert_eq!(percent(typed), None, "{typed}");
        }
        assert_eq!(percent(&percent_typed(Share::of(9_950))), Some(Share::of(9_950)));
    }

    #[test]
    fn times_of_day_come_back_as_they_were() {
        for typed in ["00:00", "08:30", "23:59"] {
            assert_eq!(minute_typed(minute(typed).unwrap()), typed);
        }
        for typed in ["", "24:00", "08:60", "8", "a:b"] {
            assert_eq!(minute(typed), None, "{typed}");
        }
        assert_eq!(minute_typed(24 * 60), "00:00");
        assert!(has_day(0b1, 0) && !has_day(0b1, 1));
    }

    #[test]
    fn a_mapping_has_two_sides_a_line() {
        let pairs = mapping("claude-opus-* = coding\n\n gpt = zai/glm \n").unwrap();
        assert_eq!(pairs.len(), 2);
        assert_eq!(mapping(&mapping_typed(&pairs)).unwrap(), pairs);
        assert_eq!(mapping("claude-opus").unwrap_err(), "claude-opus");
        assert_eq!(mapping("= coding").unwrap_err(), "= coding");
    }
}
