//! How a quota window is shown.

use switchyard_types::{Forecast, Millis, QuotaAmount, QuotaSource, QuotaWindow};

use super::format::{count, money};
use super::letters::capitalised;
use super::words::Aspect;
use crate::word::Word;

/// What the bar of a window says.
pub(crate) fn used(name: &str, percent: u32) -> String {
    say!("{name}: {percent}% used", name, percent)
}

/// What is used of a window, in percent, as far as that can be said.
pub(crate) fn percent(window: &QuotaWindow) -> Option<u32> {
    window.amount.used_share().map(|share| share.div_ceil(100))
}

/// A window's signal: spent, low, or clear. One that has started over since it was read is clear.
pub(crate) fn aspect(window: &QuotaWindow, now: Millis) -> (Word, Aspect) {
    if window.resets_at.is_some_and(|at| at <= now) {
        return (word!("Started over"), Aspect::Idle);
    }
    match window.amount.used_share() {
        Some(10_000..) => (word!("Spent"), Aspect::Stop),
        Some(8_000..) => (word!("Low"), Aspect::Caution),
        Some(_) => (word!("Clear", as "much is left"), Aspect::Clear),
        None => (word!("No limit told"), Aspect::Idle),
    }
}

/// What a window holds, in words.
pub(crate) fn amount(amount: &QuotaAmount) -> String {
    match amount {
        QuotaAmount::Share { used } => say!("{percent}% used", percent = used.div_ceil(100)),
        QuotaAmount::Count { used, limit, unit } => {
            say!("{used} of {limit} {unit}", used = count(*used), limit = count(*limit), unit)
        }
        QuotaAmount::Used { used, unit } => say!("{used} {unit} used", used = count(*used), unit),
        QuotaAmount::Balance { left_micros, currency } if currency == "USD" => {
            say!("{amount} left", amount = money(left_micros.saturating_mul(1_000)))
        }
        QuotaAmount::Balance { left_micros, currency } => {
            let sign = if *left_micros < 0 { "−" } else { "" };
            let left = left_micros.unsigned_abs();
            let cents = left % 1_000_000 / 10_000;
            let amount = format!("{sign}{}.{cents:02} {currency}", count(left / 1_000_000));
            say!("{amount} left", amount)
        }
        QuotaAmount::Unlimited => word!("No limit").owned(),
    }
}

/// When a window runs out at today's pace, and how sure that is; `None` where nothing is foretold.
pub(crate) fn foretold(forecast: &Forecast, now: Millis) -> Option<String> {
    let ahead = |at: &Millis| {
        let minutes = at.saturating_sub(now).max(0) / 60_000;
        match minutes / 60 {
            0 => say!("{minutes} min", minutes),
            hours @ ..48 => {
                say!("{hours} h {minutes} min", hours, minutes = format!("{:02}", minutes % 60))
            }
            hours => say!("{days} days", days = hours / 24),
        }
    };
    match forecast {
        Forecast::Unknown | Forecast::Spent => None,
        Forecast::Lasts => Some(word!("Lasts at today's pace").owned()),
        Forecast::RunsOut { at, earliest, latest } => {
            let (at, earliest) = (ahead(at), ahead(earliest));
            Some(match latest.as_ref().map(ahead) {
                Some(latest) if latest == earliest => {
                    say!("At today's pace it runs out in {at}", at)
                }
                Some(latest) => say!(
                    "At today's pace it runs out in {at}, between {earliest} and {latest}",
                    at,
                    earliest,
                    latest
                ),
                None => say!(
                    "At today's pace it runs out in {at}, {earliest} at the earliest; it may also last",
                    at,
                    earliest
                ),
            })
        }
        Forecast::MayRunOut { earliest } => {
            Some(say!("May run out, in {earliest} at the earliest", earliest = ahead(earliest)))
        }
    }
}

/// Where it was read.
pub(crate) fn source(source: QuotaSource) -> Word {
    match source {
        QuotaSource::Headers => word!("told with an answer"),
        QuotaSource::Reader => word!("told by the provider"),
        QuotaSource::Counted => word!("counted here"),
    }
}

/// A window's name for people: `5h` is `5 hours`.
pub(crate) fn name(name: &str) -> String {
    let split = name.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(name.len());
    let (number, unit) = name.split_at(split);
    match unit {
        _ if number.is_empty() => {}
        "m" | "min" => return say!("{number} minutes", number),
        "h" => return say!("{number} hours", number),
        "d" => return say!("{number} days", number),
        _ => {}
    }
    let spaced = name.replace('_', " ");
    capitalised(&spaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(amount: QuotaAmount, resets_at: Option<Millis>) -> QuotaWindow {
        QuotaWindow {
            name: "5h".into(),
            models: None,
            amount,
            closes: true,
            resets_at,
            length: None,
            source: QuotaSource::Reader,
            observed_at: 0,
            forecast: Forecast::Unknown,
        }
    }

    #[test]
    fn a_window_warns_before_it_is_spent_and_forgets_when_it_starts_over() {
        let word = |used, resets_at| aspect(&window(QuotaAmount::Share { used }, resets_at), 10).0;
        assert_eq!(word(7_999, None), word!("Clear", as "much is left"));
        assert_eq!(word(8_000, Some(11)), word!("Low"));
        assert_eq!(word(10_000, Some(11)), word!("Spent"));
        assert_eq!(word(10_000, Some(10)), word!("Started over"));
        let used = QuotaAmount::Used { used: 5, unit: "requests".into() };
        assert_eq!(aspect(&window(used, None), 0).0, word!("No limit told"));
    }

    #[test]
    fn a_forecast_says_how_sure_it_is() {
        const HOUR: Millis = 3_600_000;
        let told = |forecast| foretold(&forecast, 0);
        let runs_out = |latest| Forecast::RunsOut { at: 2 * HOUR, earliest: HOUR, latest };
        assert_eq!(
            told(runs_out(Some(80 * HOUR))).unwrap(),
            "At today's pace it runs out in 2 h 00 min, between 1 h 00 min and 3 days"
        );
        assert!(told(runs_out(None)).unwrap().ends_with("it may also last"));
        assert!(told(Forecast::MayRunOut { earliest: HOUR }).unwrap().starts_with("May run out"));
        assert_eq!(told(Forecast::Lasts).unwrap(), "Lasts at today's pace");
        assert_eq!(told(Forecast::Unknown), None);
        assert_eq!(told(Forecast::Spent), None);
    }

    #[test]
    fn amounts_say_their_unit() {
        let of = |used, limit| QuotaAmount::Count { used, limit, unit: "credits".into() };
        assert_eq!(amount(&of(1_200, 5_000)), "1,200 of 5,000 credits");
        let left = |left_micros, currency: &str| {
            amount(&QuotaAmount::Balance { left_micros, currency: currency.into() })
        };
        assert_eq!(left(12_345_670_000, "USD"), "$12,345.67 left");
        assert_eq!(left(-1_500_000, "CNY"), "−1.50 CNY left");
        assert_eq!(amount(&QuotaAmount::Share { used: 9_901 }), "100% used");
    }

    #[test]
    fn names_are_written_out() {
        assert_eq!(name("5h"), "5 hours");
        assert_eq!(name("7d"), "7 days");
        assert_eq!(name("weekly"), "Weekly");
        assert_eq!(name("premium_requests"), "Premium requests");
        assert_eq!(name("5x"), "5x");
        assert_eq!(name(""), "");
    }
}
