use switchyard_types::{AccountId, Millis};

use crate::duration::number;
use crate::reset::when;
use crate::{Share, Source, Window};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// The windows of an Anthropic plan: the part of the headers' names, our name, the part of the models' ids
/// that it counts, and its length. Seen in the answers to Claude Code's logins (2026-10).
const ANTHROPIC: [(&str, &str, Option<&str>, Millis); 4] = [
    ("5h", "5h", None, 5 * HOUR),
    ("7d", "7d", None, 7 * DAY),
    ("7d_opus", "7d opus", Some("opus"), 7 * DAY),
    ("7d_sonnet", "7d sonnet", Some("sonnet"), 7 * DAY),
];

/// The quota windows that the headers of any answer tell of, a good one or not. `header` looks one up by its
/// name in lower case.
pub fn windows_in<'h>(
    account: &AccountId,
    header: &dyn Fn(&str) -> Option<&'h str>,
    now: Millis,
) -> Vec<Window> {
    let mut windows = Vec::new();
    let number_of = |name: &str| header(name).map(str::trim).and_then(number);
    let time_of = |name: &str| header(name).and_then(|text| when(text, now));
    let window = |name: &str, models: Option<&str>, used, resets_at, length| Window {
        account: account.clone(),
        name: name.to_owned(),
        models: models.map(str::to_owned),
        used,
        resets_at,
        length,
        source: Source::Headers,
        observed_at: now,
    };
    for (part, name, models, length) in ANTHROPIC {
        let field = |field: &str| format!("anthropic-ratelimit-unified-{part}-{field}");
        let state = header(&field("status"));
        let used =
            number_of(&field("utilization")).and_then(|used| Share::from_percent(used * 100.0));
        let used = match state {
            Some("rejected") => Some(Share::FULL),
            // What is used beyond the plan is allowed, and paid for: nothing is spent.
            Some(_) => used.map(|used| used.min(Share::of(Share::FULL.hundredths() - 1))),
            None => used,
        };
        if used.is_some() {
            windows.push(window(name, models, used, time_of(&field("reset")), Some(length)));
        }
    }
    for part in ["primary", "secondary"] {
        // The windows of a `ChatGPT` plan, as Codex reads them.
        let field = |field: &str| format!("x-codex-{part}-{field}");
        let Some(used) = number_of(&field("used-percent")).and_then(Share::from_percent) else {
            continue;
        };
        let length = minutes(number_of(&field("window-minutes")));
        let resets_at =
            time_of(&field("reset-at")).or_else(|| time_of(&field("reset-after-seconds")));
        windows.push(window(&called(part, length), None, Some(used), resets_at, length));
    }
    windows
}

/// A window's length as a header gives it.
pub(crate) fn minutes(told: Option<f64>) -> Option<Millis> {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a year of minutes")]
    told.filter(|minutes| *minutes > 0.0).map(|minutes| minutes.min(525_600.0) as Millis * MINUTE)
}

/// A window by its length, as people call it.
pub(crate) fn called(part: &str, length: Option<Millis>) -> String {
    match length {
        Some(length) if length % DAY == 0 => format!("{}d", length / DAY),
        Some(length) if length % HOUR == 0 => format!("{}h", length / HOUR),
        Some(_) | None => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_392_000_000;

    fn read(headers: &[(&str, &'static str)]) -> Vec<(String, u32, Option<Millis>)> {
        let header = |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, v)| *v);
        windows_in(&AccountId::new("a"), &header, NOW)
            .into_iter()
            .map(|w| (w.name, w.used.unwrap().hundredths(), w.resets_at.map(|at| at - NOW)))
            .collect()
    }

    #[test]
    fn the_windows_of_a_claude_plan_are_read() {
        let read = read(&[
            ("anthropic-ratelimit-unified-5h-status", "allowed_warning"),
            ("anthropic-ratelimit-unified-5h-utilization", "0.915"),
            ("anthropic-ratelimit-unified-5h-reset", "1795395600"),
            ("anthropic-ratelimit-unified-7d_opus-status", "rejected"),
            ("anthropic-ratelimit-unified-7d_opus-utilization", "1.0"),
            ("anthropic-ratelimit-unified-7d_opus-reset", "1795478400"),
        ]);
        let expected = [("5h", 9_150, HOUR), ("7d opus", 10_000, DAY)];
        assert_eq!(read, expected.map(|(name, used, at)| (name.to_owned(), used, Some(at))));
    }

    #[test]
    fn use_beyond_a_plan_that_is_allowed_is_not_spent() {
        let read = read(&[
            ("anthropic-ratelimit-unified-5h-status", "allowed"),
            ("anthropic-ratelimit-unified-5h-utilization", "1.2"),
        ]);
        assert_eq!(read, [("5h".to_owned(), 9_999, None)]);
    }

    #[test]
    fn the_windows_of_a_codex_plan_are_named_by_their_length() {
        let read = read(&[
            ("x-codex-primary-used-percent", "42"),
            ("x-codex-primary-window-minutes", "300"),
            ("x-codex-primary-reset-after-seconds", "60"),
            ("x-codex-secondary-used-percent", "100"),
            ("x-codex-secondary-window-minutes", "10080"),
            ("x-codex-secondary-reset-at", "1795478400"),
        ]);
        assert_eq!(
            read,
            [("5h".to_owned(), 4_200, Some(MINUTE)), ("7d".to_owned(), 10_000, Some(DAY))]
        );
    }

    #[test]
    fn nonsense_is_no_window() {
        assert!(
            read(&[
                ("x-codex-primary-used-percent", "a lot"),
                ("anthropic-ratelimit-unified-5h-utilization", "-1"),
            ])
            .is_empty()
        );
    }
}
