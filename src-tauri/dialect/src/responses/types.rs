//! The shapes of replies and of stream events, as far as anything here reads them.

use serde::Deserialize;
use serde_json::value::RawValue;
use switchyard_types::Usage;

use crate::json::{Count, Str, or_default};

/// Counts of a response. `input_tokens` includes what the cache gave.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Counts {
    input_tokens: Count,
    output_tokens: Count,
    #[serde(deserialize_with = "or_default")]
    input_tokens_details: InputDetails,
    #[serde(deserialize_with = "or_default")]
    output_tokens_details: OutputDetails,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct InputDetails {
    cached_tokens: Count,
    /// Input written to the cache, where a vendor tells it.
    cache_write_tokens: Count,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct OutputDetails {
    reasoning_tokens: Count,
}

impl From<Counts> for Usage {
    fn from(counts: Counts) -> Self {
        let cache_read = counts.input_tokens_details.cached_tokens.0;
        let cache_write = counts.input_tokens_details.cache_write_tokens.0;
        Self {
            input: counts.input_tokens.0.saturating_sub(cache_read).saturating_sub(cache_write),
            output: counts.output_tokens.0,
            cache_read,
            cache_write,
            reasoning: counts.output_tokens_details.reasoning_tokens.0,
        }
    }
}

/// A response: a whole reply, or the state of one inside an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Response<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) status: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) output: Option<Vec<Item<'a>>>,
    #[serde(borrow)]
    pub(crate) error: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) incomplete_details: Option<&'a RawValue>,
    pub(crate) usage: Option<Counts>,
}

/// One event of a stream, every kind's fields side by side.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Event<'a> {
    #[serde(borrow)]
    pub(crate) response: Option<Response<'a>>,
    #[serde(borrow)]
    pub(crate) item: Option<Item<'a>>,
    #[serde(borrow)]
    pub(crate) delta: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) logprobs: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) text: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) item_id: Option<Str<'a>>,
    pub(crate) output_index: Option<u64>,
    pub(crate) summary_index: Option<u64>,
    pub(crate) sequence_number: Option<u64>,
}

/// An output item, every kind's fields side by side.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Item<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) r#type: Str<'a>,
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    summary: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) encrypted_content: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) call_id: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) name: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) arguments: Option<Str<'a>>,
    /// What a custom tool is called with.
    #[serde(borrow)]
    pub(crate) input: Option<Str<'a>>,
    /// What the shell is called with.
    #[serde(borrow)]
    pub(crate) action: Option<&'a RawValue>,
}

/// A part of a message or of reasoning.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Piece<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) r#type: Str<'a>,
    #[serde(borrow)]
    pub(crate) text: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) refusal: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) annotations: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) logprobs: Option<&'a RawValue>,
}

impl<'a> Item<'a> {
    /// Whether it shows something: calls do at once, messages and reasoning when they are filled.
    pub(crate) fn is_content(&self) -> bool {
        let filled = |list: Option<&RawValue>| {
            list.is_some_and(|list| !matches!(list.get(), "null" | "[]" | "\"\""))
        };
        match self.r#type.as_str() {
            "message" | "reasoning" | "" => filled(self.content) || filled(self.summary),
            _ => true,
        }
    }

    /// The parts of its content.
    pub(crate) fn pieces(&self) -> Vec<Piece<'a>> {
        pieces(self.content)
    }

    /// What its reasoning says, summed up or in full.
    pub(crate) fn thoughts(&self) -> impl Iterator<Item = String> {
        let parts = pieces(self.summary).into_iter().chain(pieces(self.content));
        parts.filter_map(|piece| piece.text).map(|text| text.0.into_owned())
    }
}

fn pieces(list: Option<&RawValue>) -> Vec<Piece<'_>> {
    list.and_then(|list| serde_json::from_str(list.get()).ok()).unwrap_or_default()
}
