use std::time::UNIX_EPOCH;

use switchyard_types::{FailureClass, Millis};

use crate::classify::{Evidence, Scope};
use crate::duration::{delay, instant_of_number, leading_delay, leading_instant, millis, number};
use crate::error_body::{ErrorBody, Scalar};
use crate::reading::{called, minutes};

/// Words after which a delay follows, in lower case.
const BEFORE_DELAY: &[&str] = &[
    "try again in",
    "retry in",
    "retry after",
    "retry-after",
    "try again after",
    "reset after",
    "resets after",
    "reset in",
    "resets in",
    "available in",
    "please wait",
    "wait for",
];

/// Words after which a time follows, in lower case.
const BEFORE_INSTANT: &[&str] = &[
    "reset at",
    "resets at",
    "reset on",
    "resets on",
    "try again at",
    "try again after",
    "retry at",
    "retry after",
    "available at",
    "until",
    // "Your limit will reset at", as Zhipu writes it to users in China (2026-08).
    "将在",
];

/// When a vendor says that a failure will be over; every time is in the future.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    /// The direct answer: `retry-after` and the body, the most believed first.
    direct: Vec<Millis>,
    /// When all windows that the headers show as spent are open again.
    windows: Option<Millis>,
    /// What the message's words say.
    words: Option<Millis>,
    /// The name of the spent window in the headers that opens last.
    pub(crate) window: Option<String>,
    /// What the headers of a plan say to be spent.
    pub(crate) plan: Option<Scope>,
}

impl Hints {
    /// The time to believe for a failure of this class.
    pub(crate) fn best(&self, class: FailureClass) -> Option<Millis> {
        let direct = self.direct.first().copied();
        match class {
            // A spent window outlasts the pause that the same reply asks for.
            FailureClass::Quota => {
                self.direct.iter().copied().chain(self.windows).chain(self.words).max()
            }
            FailureClass::Rate => direct.or(self.windows).or(self.words),
            FailureClass::Transient | FailureClass::Transport | FailureClass::Billing => {
                direct.or(self.words)
            }
            // No time that passes mends these, whatever a header says.
            FailureClass::SignIn
            | FailureClass::ModelMissing
            | FailureClass::ClientFault
            | FailureClass::ContextTooLong
            | FailureClass::ContentPolicy
            | FailureClass::Cancelled => None,
        }
    }

    fn add(&mut self, time: Option<Millis>, now: Millis) {
        self.direct.extend(time.filter(|time| *time > now));
    }
}

/// Reads every way in which vendors say when to come back: the direct answer first, then the
/// body, then the windows in the headers that are spent, then the message's words.
pub(crate) fn hints(evidence: &Evidence<'_>, body: &ErrorBody, now: Millis) -> Hints {
    let mut hints = Hints::default();
    let headers = Headers { evidence, body };
    retry_after(&headers, now, &mut hints);
    in_body(body, now, &mut hints);
    windows(&headers, now, &mut hints);
    let message = if evidence.message.is_empty() { body.message.as_deref() } else { None };
    in_words(message.unwrap_or(evidence.message), now, &mut hints);
    hints
}

/// The reply's headers, and those of the vendor behind a router.
struct Headers<'a, 'e> {
    evidence: &'a Evidence<'e>,
    body: &'a ErrorBody,
}

impl Headers<'_, '_> {
    fn get(&self, name: &str) -> Option<&str> {
        let inner = || self.body.headers.iter().find(|(key, _)| key == name);
        (self.evidence.headers)(name).or_else(|| inner().map(|(_, value)| value.as_str()))
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name).map(str::trim).and_then(number)
    }
}

fn retry_after(headers: &Headers<'_, '_>, now: Millis, hints: &mut Hints) {
    for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
        let delay = headers.number(name).and_then(|value| millis(value, 1.0));
        hints.add(delay.map(|delay| now.saturating_add(delay)), now);
    }
    if let Some(text) = headers.get("retry-after").map(str::trim) {
        let time = match number(text) {
            // Some send the time of the reset where the delay belongs.
            Some(value) => instant_of_number(value, now),
            None => http_date(text).or_else(|| after(delay(text), now)),
        };
        hints.add(time, now);
    }
    let reset_after = headers.get("x-ratelimit-reset-after").and_then(delay);
    hints.add(after(reset_after, now), now);
}

fn after(delay: Option<Millis>, now: Millis) -> Option<Millis> {
    delay.map(|delay| now.saturating_add(delay))
}

fn http_date(text: &str) -> Option<Millis> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Millis::try_from(since.as_millis()).ok()
}

fn in_body(body: &ErrorBody, now: Millis, hints: &mut Hints) {
    for value in &body.resets_at {
        hints.add(instant(value, now), now);
    }
    for value in &body.resets_in {
        let time = match value {
            Scalar::Text(text) => after(delay(text), now),
            Scalar::Whole(_) | Scalar::Broken(_) => instant(value, now),
        };
        hints.add(time, now);
    }
    for text in &body.delays {
        hints.add(after(delay(text), now), now);
    }
}

fn instant(value: &Scalar, now: Millis) -> Option<Millis> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "times that matter are far below 2^52")]
        Scalar::Whole(number) => instant_of_number(*number as f64, now),
        Scalar::Broken(number) => instant_of_number(*number, now),
        Scalar::Text(text) => match number(text.trim()) {
            Some(number) => instant_of_number(number, now),
            None => leading_instant(text),
        },
    }
}

/// A window that the headers show as spent.
struct Spent {
    /// By what it is called; `None` where one header speaks for several.
    name: Option<String>,
    /// When it opens again.
    until: Millis,
}

fn windows(headers: &Headers<'_, '_>, now: Millis, hints: &mut Hints) {
    let mut spent = Vec::new();
    anthropic_plan(headers, now, &mut spent);
    codex(headers, now, &mut spent);
    if !spent.is_empty() {
        // A plan has windows for some models besides those for all.
        let claim = headers.get("anthropic-ratelimit-unified-representative-claim");
        let of_a_model =
            claim.is_some_and(|claim| claim.contains("opus") || claim.contains("sonnet"));
        hints.plan = Some(if of_a_model { Scope::Model } else { Scope::Account });
    }
    for what in ["requests", "tokens", "input-tokens", "output-tokens"] {
        // Anthropic's API: RFC 3339 (docs.claude.com, "Rate limits", 2025-10).
        spent.extend(spent_window(headers, "anthropic-ratelimit-", what, now));
    }
    for what in ["requests", "tokens", "requests-day", "requests-minute", "tokens-minute"] {
        // OpenAI and its likes: durations (platform.openai.com, "Rate limits", 2025-10); Cerebras
        // names the window too and gives seconds.
        spent.extend(spent_window(headers, "x-ratelimit-", what, now));
    }
    // OpenRouter gives milliseconds, GitHub seconds, others the seconds that are left.
    for (left, reset) in
        [("x-ratelimit-remaining", "x-ratelimit-reset"), ("ratelimit-remaining", "ratelimit-reset")]
    {
        if headers.number(left).is_none_or(is_nothing) {
            let until = headers.get(reset).and_then(|text| when(text, now));
            spent.extend(until.map(|until| Spent { name: None, until }));
        }
    }
    spent.retain(|window| window.until > now);
    // All that are spent must be open again.
    let last = spent.iter().max_by_key(|window| window.until);
    hints.windows = last.map(|window| window.until);
    hints.window = last.and_then(|window| {
        let named =
            || spent.iter().find(|other| other.until == window.until && other.name.is_some());
        window.name.clone().or_else(|| named()?.name.clone())
    });
}

/// A window of which nothing is left.
fn spent_window(headers: &Headers<'_, '_>, family: &str, what: &str, now: Millis) -> Option<Spent> {
    let (left, reset) = match family {
        "anthropic-ratelimit-" => {
            (format!("{family}{what}-remaining"), format!("{family}{what}-reset"))
        }
        _ => (format!("{family}remaining-{what}"), format!("{family}reset-{what}")),
    };
    headers.number(&left).filter(|left| is_nothing(*left))?;
    let length = what.rsplit_once('-').map(|(_, length)| length);
    let name = length.filter(|length| ["day", "minute"].contains(length)).unwrap_or(what);
    Some(Spent { name: Some(name.to_owned()), until: when(headers.get(&reset)?, now)? })
}

/// The windows of an Anthropic plan: each has a state of its own, and one speaks for all.
fn anthropic_plan(headers: &Headers<'_, '_>, now: Millis, spent: &mut Vec<Spent>) {
    for (window, called) in [
        ("", None),
        ("5h-", Some("5h")),
        ("7d-", Some("7d")),
        ("7d_opus-", Some("7d opus")),
        ("7d_sonnet-", Some("7d sonnet")),
    ] {
        let name = |field: &str| format!("anthropic-ratelimit-unified-{window}{field}");
        let rejected = headers.get(&name("status")).is_some_and(|status| status == "rejected");
        let used_up = headers.number(&name("utilization")).is_some_and(|used| used >= 1.0);
        if rejected || used_up {
            let until = headers.get(&name("reset")).and_then(|text| when(text, now));
            let name = called.map(str::to_owned);
            spent.extend(until.map(|until| Spent { name, until }));
        }
    }
}

/// The windows of a `ChatGPT` plan: percent used, and when the window starts over.
fn codex(headers: &Headers<'_, '_>, now: Millis, spent: &mut Vec<Spent>) {
    for window in ["primary", "secondary"] {
        let name = |field: &str| format!("x-codex-{window}-{field}");
        if headers.number(&name("used-percent")).is_some_and(|used| used >= 100.0) {
            let at = headers.get(&name("reset-at"));
            let text = at.or_else(|| headers.get(&name("reset-after-seconds")));
            let until = text.and_then(|text| when(text, now));
            let called = called(window, minutes(headers.number(&name("window-minutes"))));
            spent.extend(until.map(|until| Spent { name: Some(called), until }));
        }
    }
}

fn is_nothing(left: f64) -> bool {
    left <= 0.0
}

/// A header's time in any of their ways: a number told apart by size, RFC 3339, or a delay.
pub(crate) fn when(text: &str, now: Millis) -> Option<Millis> {
    let text = text.trim();
    let time = match number(text) {
        Some(value) => instant_of_number(value, now),
        None => leading_instant(text).or_else(|| after(delay(text), now)),
    };
    time.filter(|time| *time > now)
}

fn in_words(message: &str, now: Millis, hints: &mut Hints) {
    // Vendors write a sentence or two; a longer text is somebody's content.
    let words: String = message.chars().take(2_000).flat_map(char::to_lowercase).collect();
    let instant = following(&words, BEFORE_INSTANT, leading_instant);
    let time = instant.or_else(|| after(following(&words, BEFORE_DELAY, delay_in), now));
    hints.words = time.filter(|time| *time > now);
}

/// A delay in words; a date is none, though it starts with a number.
fn delay_in(text: &str) -> Option<Millis> {
    if leading_instant(text).is_some() { None } else { leading_delay(text) }
}

/// What is read after the first of these words after which something can be read.
fn following<T>(text: &str, words: &[&str], read: impl Fn(&str) -> Option<T>) -> Option<T> {
    words.iter().find_map(|word| {
        text.match_indices(word).find_map(|(at, _)| read(text.get(at + word.len()..)?))
    })
}
