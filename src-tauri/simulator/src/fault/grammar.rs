//! Faults as text: in model names, scripts and `--help`.

use std::str::FromStr;
use std::time::Duration;

use super::{Fault, Limit, Position, Refusal, Signal, When};
use crate::span::{SpanError, parse_span};

/// The grammar of faults, for people.
pub const FAULT_GRAMMAR: &str = "\
A fault is asked for by the model's name: `NAME+FAULT` (any name), `NAME+FAULT+FAULT`, or `fault-FAULT`.
`ok` and every other name answer well. An unknown fault answers 400 and says so.

FAULT        what happens
401          any status from 400 to 599, with the dialect's envelope that comes nearest
invalid, sign-in, credit, quota, forbidden, model-missing, context, policy, server, overloaded
             the same by meaning, with the dialect's own status
429          a limit without any time; with a time, one of:
429-retry-after-30               `retry-after` in seconds
429-retry-after-date-30          `retry-after` as an HTTP date
429-retry-after-ms-1500          `retry-after-ms` (a bare number is milliseconds here)
429-openai-requests-6m0s         `x-ratelimit-reset-requests` (also `openai-tokens`)
429-anthropic-requests-30        `anthropic-ratelimit-requests-reset` (also `anthropic-tokens`)
429-anthropic-unified-5h         `anthropic-ratelimit-unified-reset`, status `rejected`
429-openrouter-1m                `x-ratelimit-reset` in ms, and `error.metadata`
429-codex-at-2h                  body `usage_limit_reached` with `resets_at` (`codex-in`: `resets_in_seconds`)
429-gemini-retry-info-58s        body `RetryInfo.retryDelay`
429-text-retry-in-58.2s          only the words `Please retry in 58.2s`
429-text-try-again-in-2h         only the words `try again in 2 hours`
REFUSAL@POS  200, then the refusal (any line above) as an error event inside the stream
REFUSAL@body 200 with the error object as the JSON body
slow-2s      headers come late             slow-body-2s  headers at once, the body's first byte late
stall@POS    silence from POS on           cut@POS       the connection is torn at POS
hang-up      torn before any answer        empty         200 and no body
comments     200 and keep-alives only      html, html-502  a page of HTML with 200 (or 502)

POS          `3` events, `3-deltas` (content only), `100-bytes`, or `handshake` (the opening events)
Durations    `30` (seconds), `58.2s`, `1500ms`, `6m0s`, `2h`, `1d12h`";

/// A fault that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The word is none of the grammar's.
    #[error("`{0}` is no fault: see `switchyard-simulator --help` for the list")]
    Unknown(String),
    /// What follows `@` is no position.
    #[error("`{0}` is no position: write `3`, `3-deltas`, `100-bytes` or `handshake`")]
    Position(String),
    /// A refusal cannot begin inside an event.
    #[error("`{0}`: an error event cannot begin after a number of bytes; give events or deltas")]
    RefusalAtByte(String),
    /// A duration in it is wrong.
    #[error(transparent)]
    Span(#[from] SpanError),
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        if let Some((what, at)) = text.split_once('@') {
            return placed(text, what, at);
        }
        match text {
            "hang-up" => return Ok(Self::HangUp),
            "empty" => return Ok(Self::Empty),
            "comments" => return Ok(Self::CommentsOnly),
            "html" => return Ok(Self::Html(200)),
            "stall" => return Ok(Self::Stall(Position::Handshake)),
            "cut" => return Ok(Self::Cut(Position::Handshake)),
            _ => {}
        }
        if let Some(status) = text.strip_prefix("html-") {
            return status_of(status)
                .map(Self::Html)
                .ok_or_else(|| FaultError::Unknown(text.into()));
        }
        if let Some(span) = text.strip_prefix("slow-body-") {
            return Ok(Self::SlowBody(parse_span(span)?));
        }
        if let Some(span) = text.strip_prefix("slow-") {
            return Ok(Self::Slow(parse_span(span)?));
        }
        text.parse().map(Self::Refuse)
    }
}

fn placed(whole: &str, what: &str, at: &str) -> Result<Fault, FaultError> {
    if at == "body" {
        return what.parse().map(Fault::RefuseInBody);
    }
    let at: Position = at.parse()?;
    match (what, at) {
        ("stall", at) => Ok(Fault::Stall(at)),
        ("cut", at) => Ok(Fault::Cut(at)),
        (_, Position::Bytes(_)) => Err(FaultError::RefusalAtByte(whole.to_owned())),
        (refusal, at) => Ok(Fault::RefuseInStream { refusal: refusal.parse()?, at }),
    }
}

impl FromStr for Position {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let number = |digits: &str| {
            digits.parse::<usize>().map_err(|_| FaultError::Position(text.to_owned()))
        };
        if text == "handshake" {
            Ok(Self::Handshake)
        } else if let Some(digits) = text.strip_suffix("-deltas") {
            number(digits).map(Self::Deltas)
        } else if let Some(digits) = text.strip_suffix("-bytes") {
            number(digits).map(Self::Bytes)
        } else {
            number(text).map(Self::Events)
        }
    }
}

fn status_of(text: &str) -> Option<u16> {
    text.parse().ok().filter(|status| (200..=599).contains(status))
}

impl FromStr for Refusal {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        if let Some(limit) = text.strip_prefix("429-") {
            return limit_of(limit).unwrap_or_else(|| Err(FaultError::Unknown(text.to_owned())));
        }
        Ok(match text {
            "400" | "invalid" => Self::Invalid,
            "401" | "sign-in" => Self::SignIn,
            "402" | "credit" => Self::Credit,
            "403" | "forbidden" => Self::Forbidden,
            "404" | "model-missing" => Self::ModelMissing,
            "429" => Self::Limited(Limit { signal: Signal::Silent, reset: Duration::ZERO }),
            "500" | "server" => Self::Server,
            "quota" => Self::Quota,
            "context" => Self::ContextTooLong,
            "policy" => Self::ContentPolicy,
            "overloaded" => Self::Overloaded,
            other => match status_of(other) {
                Some(status) if status >= 400 => Self::Status(status),
                _ => return Err(FaultError::Unknown(other.to_owned())),
            },
        })
    }
}

/// The signal whose name begins the text, the longest first, so that `retry-after-ms` is not read as
/// `retry-after` with a duration of `ms`.
fn limit_of(text: &str) -> Option<Result<Refusal, FaultError>> {
    let (signal, span) = Signal::ALL
        .into_iter()
        .filter_map(|signal| Some((signal, text.strip_prefix(signal.name())?.strip_prefix('-')?)))
        .max_by_key(|(signal, _)| signal.name().len())?;
    let reset = match (signal, span.parse::<u64>()) {
        (Signal::RetryAfterMs, Ok(millis)) => Ok(Duration::from_millis(millis)),
        _ => parse_span(span),
    };
    Some(reset.map(|reset| Refusal::Limited(Limit { signal, reset })).map_err(FaultError::from))
}

/// A condition that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no condition: write `always`, `first 2`, `after 2`, `nth 3` or `every 4`")]
pub struct WhenError(pub String);

impl FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        let wrong = || WhenError(text.to_owned());
        if text == "always" {
            return Ok(Self::Always);
        }
        let (word, number) = text.split_once(' ').ok_or_else(wrong)?;
        let number: u64 = number.trim().parse().map_err(|_| wrong())?;
        match word {
            "first" => Ok(Self::First(number)),
            "after" => Ok(Self::After(number)),
            "nth" => Ok(Self::Nth(number)),
            "every" if number > 0 => Ok(Self::Every(number)),
            _ => Err(wrong()),
        }
    }
}

/// A model's name taken apart: what it is called, and what it asks to go wrong.
pub(crate) struct ModelName<'a> {
    pub(crate) base: &'a str,
    pub(crate) faults: Vec<Fault>,
}

pub(crate) fn read_model_name(name: &str) -> Result<ModelName<'_>, FaultError> {
    let (base, faults) = match (name.split_once('+'), name.strip_prefix("fault-")) {
        (_, Some(faults)) => ("fault", faults),
        (Some((base, faults)), None) => (base, faults),
        (None, None) => return Ok(ModelName { base: name, faults: Vec::new() }),
    };
    let faults = faults.split('+').map(str::parse).collect::<Result<_, _>>()?;
    Ok(ModelName { base, faults })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_documented_fault_reads() {
        let secs = Duration::from_secs;
        for (text, fault) in [
            ("401", Fault::Refuse(Refusal::SignIn)),
            ("529", Fault::Refuse(Refusal::Status(529))),
            ("429-retry-after-30", Fault::limited(Signal::RetryAfter, secs(30))),
            ("429-retry-after-date-30", Fault::limited(Signal::RetryAfterDate, secs(30))),
            (
                "429-retry-after-ms-1500",
                Fault::limited(Signal::RetryAfterMs, Duration::from_millis(1500)),
            ),
            ("429-openai-requests-6m0s", Fault::limited(Signal::OpenAiRequests, secs(360))),
            ("429-anthropic-unified-5h", Fault::limited(Signal::AnthropicUnified, secs(18_000))),
            ("429-text-try-again-in-2h", Fault::limited(Signal::TryAgainText, secs(7200))),
            (
                "overloaded@handshake",
                Fault::RefuseInStream { refusal: Refusal::Overloaded, at: Position::Handshake },
            ),
            ("context@body", Fault::RefuseInBody(Refusal::ContextTooLong)),
            ("stall@3", Fault::Stall(Position::Events(3))),
            ("cut@100-bytes", Fault::Cut(Position::Bytes(100))),
            ("cut@2-deltas", Fault::Cut(Position::Deltas(2))),
            ("slow-2s", Fault::Slow(secs(2))),
            ("slow-body-1500ms", Fault::SlowBody(Duration::from_millis(1500))),
            ("html-502", Fault::Html(502)),
        ] {
            assert_eq!(text.parse(), Ok(fault), "{text}");
        }
    }

    #[test]
    fn a_mistyped_fault_is_an_error_and_never_a_good_answer() {
        for text in
            ["", "4291", "201", "429-later-3", "429-retry-after-soon", "cut@x", "401@3-bytes"]
        {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
        assert!(read_model_name("gpt+typo").is_err());
    }

    #[test]
    fn a_model_name_carries_several_faults_and_keeps_its_base() {
        let name = read_model_name("claude-x+slow-1s+401").unwrap();
        assert_eq!((name.base, name.faults.len()), ("claude-x", 2));
        assert!(read_model_name("claude-x@20250101").unwrap().faults.is_empty());
        assert_eq!(read_model_name("fault-401").unwrap().faults, [Fault::Refuse(Refusal::SignIn)]);
    }

    #[test]
    fn conditions_read() {
        assert_eq!("first 2".parse(), Ok(When::First(2)));
        assert_eq!("always".parse(), Ok(When::Always));
        assert!("every 0".parse::<When>().is_err());
        assert!("sometimes".parse::<When>().is_err());
    }
}
