//! The ways in which vendors tell when a limit ends.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::Limit;
use super::refuse::Spoken;
use crate::clock::{http_date, rfc3339, unix, unix_ceil};
use crate::span::{decimal_seconds, go_span, spoken_span, whole_seconds};

/// How a limit's end is told. Each is told alone, without the others that a vendor may send beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Not at all.
    Silent,
    /// `retry-after` in seconds (RFC 9110 §10.2.3).
    RetryAfter,
    /// `retry-after` as an HTTP date.
    RetryAfterDate,
    /// `retry-after-ms` (`OpenAI`, Azure).
    RetryAfterMs,
    /// `x-ratelimit-reset-requests` as a duration like `6m0s` (`OpenAI`).
    OpenAiRequests,
    /// `x-ratelimit-reset-tokens` as a duration (`OpenAI`).
    OpenAiTokens,
    /// `anthropic-ratelimit-requests-reset` as RFC 3339.
    AnthropicRequests,
    /// `anthropic-ratelimit-tokens-reset` as RFC 3339.
    AnthropicTokens,
    /// `anthropic-ratelimit-unified-reset` in Unix seconds with `-status: rejected` (Claude subscriptions).
    AnthropicUnified,
    /// `x-ratelimit-reset` in Unix milliseconds and the same in `error.metadata.headers` (`OpenRouter`).
    OpenRouter,
    /// Body `usage_limit_reached` with `resets_at` in Unix seconds (Codex).
    CodexAt,
    /// Body `usage_limit_reached` with `resets_in_seconds` (Codex).
    CodexIn,
    /// `google.rpc.RetryInfo.retryDelay` in the error's details (Gemini).
    GeminiRetryInfo,
    /// Only the words `Please retry in 58.2s.`
    RetryInText,
    /// Only the words `try again in 2 hours`.
    TryAgainText,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 15] = [
        Self::Silent,
        Self::RetryAfter,
        Self::RetryAfterDate,
        Self::RetryAfterMs,
        Self::OpenAiRequests,
        Self::OpenAiTokens,
        Self::AnthropicRequests,
        Self::AnthropicTokens,
        Self::AnthropicUnified,
        Self::OpenRouter,
        Self::CodexAt,
        Self::CodexIn,
        Self::GeminiRetryInfo,
        Self::RetryInText,
        Self::TryAgainText,
    ];

    /// Its name in the grammar of faults and in scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::RetryAfter => "retry-after",
            Self::RetryAfterDate => "retry-after-date",
            Self::RetryAfterMs => "retry-after-ms",
            Self::OpenAiRequests => "openai-requests",
            Self::OpenAiTokens => "openai-tokens",
            Self::AnthropicRequests => "anthropic-requests",
            Self::AnthropicTokens => "anthropic-tokens",
            Self::AnthropicUnified => "anthropic-unified",
            Self::OpenRouter => "openrouter",
            Self::CodexAt => "codex-at",
            Self::CodexIn => "codex-in",
            Self::GeminiRetryInfo => "gemini-retry-info",
            Self::RetryInText => "text-retry-in",
            Self::TryAgainText => "text-try-again-in",
        }
    }
}

/// Adds to a 429 what tells the limit's end.
pub(super) fn tell(spoken: &mut Spoken, limit: Limit, now: SystemTime) {
    let Limit { signal, reset } = limit;
    let at = now + reset;
    match signal {
        Signal::Silent => {}
        Signal::RetryAfter => spoken.header("retry-after", whole_seconds(reset).to_string()),
        Signal::RetryAfterDate => spoken.header("retry-after", http_date(at)),
        Signal::RetryAfterMs => spoken.header("retry-after-ms", reset.as_millis().to_string()),
        Signal::OpenAiRequests => openai(spoken, "requests", "tokens", go_span(reset)),
        Signal::OpenAiTokens => openai(spoken, "tokens", "requests", go_span(reset)),
        Signal::AnthropicRequests => anthropic(spoken, "requests", rfc3339(at)),
        Signal::AnthropicTokens => anthropic(spoken, "tokens", rfc3339(at)),
        Signal::AnthropicUnified => unified(spoken, unix_ceil(at)),
        Signal::OpenRouter => openrouter(spoken, unix(at).as_millis()),
        Signal::CodexAt => codex(spoken, "resets_at", unix_ceil(at)),
        Signal::CodexIn => codex(spoken, "resets_in_seconds", whole_seconds(reset)),
        Signal::GeminiRetryInfo => retry_info(spoken, &decimal_seconds(reset)),
        Signal::RetryInText => {
            spoken.add_words(&format!("Please retry in {}.", decimal_seconds(reset)));
        }
        Signal::TryAgainText => {
            spoken.add_words(&format!("Please try again in {}.", spoken_span(reset)));
        }
    }
}

fn openai(spoken: &mut Spoken, spent: &str, other: &str, reset: String) {
    spoken.header(&format!("x-ratelimit-limit-{spent}"), "60".into());
    spoken.header(&format!("x-ratelimit-remaining-{spent}"), "0".into());
    spoken.header(&format!("x-ratelimit-reset-{spent}"), reset);
    spoken.header(&format!("x-ratelimit-limit-{other}"), "150000".into());
    spoken.header(&format!("x-ratelimit-remaining-{other}"), "149984".into());
    spoken.header(&format!("x-ratelimit-reset-{other}"), "6ms".into());
}

fn anthropic(spoken: &mut Spoken, spent: &str, reset: String) {
    spoken.header(&format!("anthropic-ratelimit-{spent}-limit"), "50".into());
    spoken.header(&format!("anthropic-ratelimit-{spent}-remaining"), "0".into());
    spoken.header(&format!("anthropic-ratelimit-{spent}-reset"), reset);
}

fn unified(spoken: &mut Spoken, reset: u64) {
    let reset = reset.to_string();
    for (name, value) in [
        ("status", "rejected"),
        ("reset", &reset),
        ("representative-claim", "five_hour"),
        ("5h-status", "rejected"),
        ("5h-reset", &reset),
        ("5h-utilization", "1.0"),
    ] {
        spoken.header(&format!("anthropic-ratelimit-unified-{name}"), value.to_owned());
    }
}

fn openrouter(spoken: &mut Spoken, reset_ms: u128) {
    let headers = [
        ("Limit", "50".to_owned()),
        ("Remaining", "0".to_owned()),
        ("Reset", reset_ms.to_string()),
    ];
    for (name, value) in &headers {
        spoken.header(&format!("x-ratelimit-{}", name.to_ascii_lowercase()), value.clone());
    }
    let [limit, remaining, reset] = headers.map(|(_, value)| value);
    spoken.body = json!({
        "error": {
            "code": 429,
            "message": "Rate limit exceeded: free-models-per-day.",
            "metadata": { "headers": {
                "X-RateLimit-Limit": limit, "X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": reset,
            }},
        },
        "user_id": "user_simulated",
    });
}

fn codex(spoken: &mut Spoken, field: &str, value: u64) {
    let mut error = json!({
        "type": "usage_limit_reached",
        "message": "The usage limit has been reached",
        "plan_type": "plus",
    });
    error[field] = json!(value);
    spoken.body = json!({ "error": error });
}

fn retry_info(spoken: &mut Spoken, delay: &str) {
    let detail =
        json!({ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay });
    if let Some(error) = spoken.body.get_mut("error").and_then(Value::as_object_mut) {
        let details = error.entry("details").or_insert_with(|| json!([]));
        if let Some(list) = details.as_array_mut() {
            list.push(detail);
        }
    }
}
