#![cfg(test)]
//! When a vendor says that it will be over.

mod evidence;

use evidence::{NOW, Reply};
use switchyard_routing::TransportFault;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Milliseconds from now until the reset that a rate limit with these headers names.
fn by_headers(headers: &[(&str, &str)]) -> Option<i64> {
    let reply = headers.iter().fold(Reply::new(429, ""), |r, (name, value)| r.header(name, value));
    reply.classify().reset.map(|reset| reset - NOW)
}

fn by_body(body: &str) -> Option<i64> {
    Reply::new(429, body).classify().reset.map(|reset| reset - NOW)
}

fn by_words(words: &str) -> Option<i64> {
    by_body(&format!(r#"{{"error":{{"message":"{words}"}}}}"#))
}

#[test]
fn headers_are_read_in_all_their_ways() {
    let seconds = |offset: i64| ((NOW + offset) / 1000).to_string();
    let millis = |offset: i64| (NOW + offset).to_string();
    for (headers, expected) in [
        (vec![("retry-after", "30".to_owned())], 30 * SECOND),
        (vec![("retry-after", " 1.5 ".to_owned())], 1_500),
        (vec![("retry-after", "Mon, 23 Nov 2026 00:02:00 GMT".to_owned())], 2 * MINUTE),
        (vec![("retry-after", "90s".to_owned())], 90 * SECOND),
        (vec![("retry-after", seconds(HOUR))], HOUR),
        (vec![("retry-after-ms", "120".to_owned())], 120),
        (vec![("retry-after-ms", "0.5".to_owned())], 1),
        (vec![("x-ms-retry-after-ms", "2500".to_owned())], 2_500),
        (vec![("retry-after", "30".to_owned()), ("retry-after-ms", "1500".to_owned())], 1_500),
        (vec![("x-ratelimit-reset-after", "12".to_owned())], 12 * SECOND),
        (vec![("x-ratelimit-reset", seconds(MINUTE))], MINUTE),
        (vec![("x-ratelimit-reset", millis(MINUTE))], MINUTE),
        (vec![("x-ratelimit-reset", "45".to_owned())], 45 * SECOND),
        (vec![("ratelimit-reset", "45".to_owned())], 45 * SECOND),
        (
            vec![
                ("x-ratelimit-remaining-requests", "0".to_owned()),
                ("x-ratelimit-reset-requests", "6m0s".to_owned()),
                ("x-ratelimit-remaining-tokens", "100".to_owned()),
                ("x-ratelimit-reset-tokens", "2h".to_owned()),
            ],
            6 * MINUTE,
        ),
        (
            vec![
                ("x-ratelimit-remaining-tokens", "0".to_owned()),
                ("x-ratelimit-reset-tokens", "120ms".to_owned()),
            ],
            120,
        ),
        (
            vec![
                ("x-ratelimit-remaining-requests", "0".to_owned()),
                ("x-ratelimit-reset-requests", "1.5s".to_owned()),
                ("x-ratelimit-remaining-tokens", "0".to_owned()),
                ("x-ratelimit-reset-tokens", "1m2.5s".to_owned()),
            ],
            62_500,
        ),
        (
            vec![
                ("x-ratelimit-remaining-requests-day", "0".to_owned()),
                ("x-ratelimit-reset-requests-day", "33011.382867".to_owned()),
            ],
            33_011_383,
        ),
        (
            vec![
                ("anthropic-ratelimit-requests-remaining", "12".to_owned()),
                ("anthropic-ratelimit-requests-reset", "2026-11-23T05:00:00Z".to_owned()),
                ("anthropic-ratelimit-input-tokens-remaining", "0".to_owned()),
                ("anthropic-ratelimit-input-tokens-reset", "2026-11-23T00:00:42Z".to_owned()),
            ],
            42 * SECOND,
        ),
        (
            vec![
                ("anthropic-ratelimit-unified-5h-status", "rejected".to_owned()),
                ("anthropic-ratelimit-unified-5h-reset", seconds(2 * HOUR)),
                ("anthropic-ratelimit-unified-7d-status", "allowed".to_owned()),
                ("anthropic-ratelimit-unified-7d-reset", seconds(3 * DAY)),
            ],
            2 * HOUR,
        ),
        (
            vec![
                ("anthropic-ratelimit-unified-7d-utilization", "1.0".to_owned()),
                ("anthropic-ratelimit-unified-7d-reset", seconds(3 * DAY)),
            ],
            3 * DAY,
        ),
        (
            vec![
                ("x-codex-primary-used-percent", "40".to_owned()),
                ("x-codex-primary-reset-after-seconds", "100".to_owned()),
                ("x-codex-secondary-used-percent", "100".to_owned()),
                ("x-codex-secondary-reset-after-seconds", "7200".to_owned()),
            ],
            2 * HOUR,
        ),
    ] {
        let given: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(by_headers(&given), Some(expected), "{headers:?}");
    }
}

#[test]
fn a_window_that_is_not_spent_says_nothing() {
    for headers in [
        vec![("x-ratelimit-remaining-requests", "1"), ("x-ratelimit-reset-requests", "6m0s")],
        vec![("x-ratelimit-reset-requests", "6m0s")],
        vec![("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", "60")],
        vec![
            ("anthropic-ratelimit-tokens-remaining", "5"),
            ("anthropic-ratelimit-tokens-reset", "2026-11-23T05:00:00Z"),
        ],
    ] {
        assert_eq!(by_headers(&headers), None, "{headers:?}");
    }
}

#[test]
fn bodies_are_read_in_all_their_ways() {
    for (body, expected) in [
        (format!(r#"{{"error":{{"resets_at":{}}}}}"#, (NOW + HOUR) / 1000), HOUR),
        (format!(r#"{{"error":{{"resets_at":"{}"}}}}"#, (NOW + HOUR) / 1000), HOUR),
        (format!(r#"{{"error":{{"resets_at":{}}}}}"#, NOW + HOUR), HOUR),
        (format!(r#"{{"resets_at":{}}}"#, NOW + HOUR), HOUR),
        (r#"{"error":{"resets_at":"2026-11-23T01:00:00Z"}}"#.to_owned(), HOUR),
        (r#"{"error":{"resets_at":"2026-11-23T02:00:00+01:00"}}"#.to_owned(), HOUR),
        (r#"{"error":{"resets_in_seconds":90}}"#.to_owned(), 90 * SECOND),
        (r#"{"error":{"resets_in_seconds":"90"}}"#.to_owned(), 90 * SECOND),
        (r#"{"retry_after":2.5}"#.to_owned(), 2_500),
        (
            r#"{"error":{"details":[{"@type":"x"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"58.2s"}]}}"#.to_owned(),
            58_200,
        ),
        (
            r#"[{"error":{"details":[{"retryDelay":"27s"}]}}]"#.to_owned(),
            27 * SECOND,
        ),
        (
            r#"{"error":{"details":[{"metadata":{"quotaResetDelay":"1h2m3s"}}]}}"#.to_owned(),
            HOUR + 2 * MINUTE + 3 * SECOND,
        ),
        (
            format!(
                r#"{{"error":{{"metadata":{{"headers":{{"X-RateLimit-Remaining":"0","X-RateLimit-Reset":"{}"}}}}}}}}"#,
                NOW + HOUR
            ),
            HOUR,
        ),
    ] {
        assert_eq!(by_body(&body), Some(expected), "{body}");
    }
}

#[test]
fn words_are_read_in_all_their_ways() {
    for (words, expected) in [
        ("Please retry in 58.2s.", 58_200),
        ("Please try again in 20ms.", 20),
        ("Please try again in 7m12s. Visit our page.", 7 * MINUTE + 12 * SECOND),
        ("Try again in 2 hours 5 minutes", 2 * HOUR + 5 * MINUTE),
        ("try again in 1 hour, 2 minutes and 3 seconds", HOUR + 2 * MINUTE + 3 * SECOND),
        ("try again in about 3 minutes", 3 * MINUTE),
        ("Your quota will reset after 1h2m3s.", HOUR + 2 * MINUTE + 3 * SECOND),
        ("Resets in 3h", 3 * HOUR),
        ("retry after 30", 30 * SECOND),
        ("Retry after 30 seconds", 30 * SECOND),
        ("limit resets at 2026-11-23T01:00:00Z.", HOUR),
        ("limit resets at 2026-11-23T01:00:00.250Z", HOUR + 250),
        ("Your limit will reset at 2026-11-23 09:00:00", HOUR),
        ("您的限额将在 2026-11-23 09:00:00 重置。", HOUR),
        ("Please try after 5 cups of tea, or try again in 10s", 10 * SECOND),
    ] {
        assert_eq!(by_words(words), Some(expected), "{words}");
    }
}

#[test]
fn garbage_and_the_past_are_ignored() {
    for value in [
        "",
        " ",
        "soon",
        "-5",
        "0",
        "0.0",
        "NaN",
        "inf",
        "1e9",
        "--",
        ".",
        "1.2.3",
        "Mon, 23 Nov 2020 00:02:00 GMT",
        "2026-11-22T23:59:59Z",
        "٣٠",
        "0x10",
    ] {
        assert_eq!(by_headers(&[("retry-after", value)]), None, "{value:?}");
        assert_eq!(by_headers(&[("retry-after-ms", value)]), None, "{value:?}");
        assert_eq!(by_headers(&[("x-ratelimit-reset", value)]), None, "{value:?}");
    }
    for words in ["retry in a while", "try again in -5s", "resets at noon", "retry in 0s", "until"]
    {
        assert_eq!(by_words(words), None, "{words}");
    }
    for body in [
        r#"{"error":{"resets_at":-1}}"#,
        r#"{"error":{"resets_at":1000000000}}"#,
        r#"{"error":{"resets_in_seconds":-30}}"#,
        r#"{"error":{"details":[{"retryDelay":"soon"}]}}"#,
    ] {
        assert_eq!(by_body(body), None, "{body}");
    }
}

#[test]
fn a_reset_in_ten_years_is_cut_to_what_is_plausible() {
    let ten_years = (10 * 365 * DAY / 1000).to_string();
    assert_eq!(by_headers(&[("retry-after", &ten_years)]), Some(DAY));
    assert_eq!(by_headers(&[("retry-after", &"9".repeat(300))]), Some(DAY));
    assert_eq!(by_headers(&[("retry-after", "Sun, 23 Nov 2036 00:00:00 GMT")]), Some(DAY));
    let quota =
        format!(r#"{{"error":{{"type":"usage_limit_reached","resets_in_seconds":{ten_years}}}}}"#);
    assert_eq!(by_body(&quota), Some(35 * DAY));
    let week = r#"{"error":{"type":"usage_limit_reached","resets_in_seconds":604800}}"#;
    assert_eq!(by_body(week), Some(7 * DAY), "a week is a window");
}

#[test]
fn no_time_mends_a_refused_key() {
    let reply = Reply::new(401, "").header("retry-after", "5");
    assert_eq!(reply.classify().reset, None);
}

#[test]
fn an_overload_honours_the_direct_answer_and_not_the_windows() {
    let reply = Reply::new(529, "")
        .header("x-ratelimit-remaining-requests", "0")
        .header("x-ratelimit-reset-requests", "6h");
    assert_eq!(reply.classify().reset, None);
    let reply = reply.header("retry-after", "5");
    assert_eq!(reply.classify().reset, Some(NOW + 5 * SECOND));
}

#[test]
fn a_broken_connection_names_no_time() {
    let reply = Reply::new(429, "").header("retry-after", "5").transport(TransportFault::Cut);
    assert_eq!(reply.classify().reset, None);
}
