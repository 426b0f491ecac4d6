//! The shapes of Kiro's events.

use serde::Deserialize;
use serde_json::value::RawValue;
use switchyard_types::Usage;

use crate::json::{Count, Str};

/// `assistantResponseEvent` and `codeEvent`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said<'a> {
    #[serde(borrow)]
    pub(super) content: Option<Str<'a>>,
}

/// `reasoningContentEvent`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reasoned<'a> {
    #[serde(borrow)]
    pub(super) text: Option<Str<'a>>,
}

/// `toolUseEvent`: a piece of a call.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Used<'a> {
    #[serde(borrow)]
    pub(super) tool_use_id: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) name: Option<Str<'a>>,
    /// A piece of JSON as text, or the whole object.
    #[serde(borrow)]
    pub(super) input: Option<&'a RawValue>,
    pub(super) stop: Option<bool>,
}

/// `metadataEvent` and `metricsEvent`: what was counted.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Counted {
    token_usage: Option<TokenUsage>,
    input_tokens: Count,
    output_tokens: Count,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TokenUsage {
    #[serde(rename = "uncachedInputTokens")]
    input: Count,
    #[serde(rename = "outputTokens")]
    output: Count,
    #[serde(rename = "cacheReadInputTokens")]
    cache_read: Count,
    #[serde(rename = "cacheWriteInputTokens")]
    cache_write: Count,
}

impl Counted {
    pub(super) fn usage(self) -> Option<Usage> {
        let usage = match self.token_usage {
            Some(counts) => Usage {
                input: counts.input.0,
                output: counts.output.0,
                cache_read: counts.cache_read.0,
                cache_write: counts.cache_write.0,
                ..Usage::default()
            },
            None => Usage {
                input: self.input_tokens.0,
                output: self.output_tokens.0,
                ..Usage::default()
            },
        };
        (usage != Usage::default()).then_some(usage)
    }
}
