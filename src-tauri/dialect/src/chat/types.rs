//! The shapes of replies and of stream chunks, as far as anything here reads them.

use serde::Deserialize;
use serde_json::value::RawValue;
use switchyard_types::Usage;

use crate::json::{Count, Str, hand_over, or_default, says_nothing};
use crate::neutral::loss::Losses;

/// Counts of a reply. `prompt_tokens` includes what the cache gave.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Counts {
    prompt_tokens: Count,
    completion_tokens: Count,
    total_tokens: Count,
    #[serde(deserialize_with = "or_default")]
    prompt_tokens_details: PromptDetails,
    #[serde(deserialize_with = "or_default")]
    completion_tokens_details: CompletionDetails,
    /// `DeepSeek`'s word for cached input.
    prompt_cache_hit_tokens: Count,
    /// Moonshot's word for cached input.
    cached_tokens: Count,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct PromptDetails {
    cached_tokens: Count,
    /// `OpenRouter`'s word for input written to the cache.
    cache_write_tokens: Count,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct CompletionDetails {
    reasoning_tokens: Count,
}

impl From<Counts> for Usage {
    fn from(counts: Counts) -> Self {
        let cached = [
            counts.prompt_tokens_details.cached_tokens.0,
            counts.prompt_cache_hit_tokens.0,
            counts.cached_tokens.0,
        ];
        let cache_read = cached.into_iter().max().unwrap_or(0);
        let cache_write = counts.prompt_tokens_details.cache_write_tokens.0;
        let reasoning = counts.completion_tokens_details.reasoning_tokens.0;
        let mut output = counts.completion_tokens.0;
        // xAI counts reasoning beside the completion; its total gives that away.
        let beside = counts.prompt_tokens.0.saturating_add(output).saturating_add(reasoning);
        if reasoning > 0 && counts.total_tokens.0 == beside {
            output = output.saturating_add(reasoning);
        }
        Self {
            input: counts.prompt_tokens.0.saturating_sub(cache_read).saturating_sub(cache_write),
            output,
            cache_read,
            cache_write,
            reasoning,
        }
    }
}

/// A reply, or one chunk of a stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Completion<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) choices: Option<Vec<Choice<'a>>>,
    pub(crate) usage: Option<Counts>,
    #[serde(borrow)]
    pub(crate) error: Option<&'a RawValue>,
    /// What the answer was found in (Perplexity, xAI).
    #[serde(borrow)]
    citations: Option<&'a RawValue>,
    #[serde(borrow)]
    search_results: Option<&'a RawValue>,
}

/// One choice; `delta` in a stream, `message` in a reply.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Choice<'a> {
    #[serde(borrow)]
    delta: Option<Piece<'a>>,
    #[serde(borrow)]
    message: Option<Piece<'a>>,
    #[serde(borrow)]
    pub(crate) finish_reason: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) logprobs: Option<&'a RawValue>,
    /// 0 but for requests with `n`.
    pub(crate) index: Option<u64>,
}

/// What an assistant says: a whole message, or a piece of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Piece<'a> {
    /// Text, or a list of parts (Mistral's reasoning models).
    #[serde(borrow)]
    pub(crate) content: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) reasoning_content: Option<Str<'a>>,
    /// The same under `OpenRouter`'s, Groq's and Ollama's name.
    #[serde(borrow)]
    pub(crate) reasoning: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) refusal: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) tool_calls: Option<Vec<Call<'a>>>,
    /// What carried the call before there were tools.
    #[serde(borrow)]
    pub(crate) function_call: Option<Function<'a>>,
    #[serde(borrow)]
    pub(crate) audio: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) annotations: Option<&'a RawValue>,
    /// Reasoning as its vendor wants it back (`OpenRouter`; Copilot's is sealed).
    #[serde(borrow)]
    reasoning_details: Option<&'a RawValue>,
    #[serde(borrow)]
    reasoning_opaque: Option<&'a RawValue>,
    /// Pictures that were made (`OpenRouter`).
    #[serde(borrow)]
    images: Option<&'a RawValue>,
}

/// A tool call, or a piece of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Call<'a> {
    pub(crate) index: Option<u64>,
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) function: Option<Function<'a>>,
    /// Google's own, behind its endpoint for this dialect.
    #[serde(borrow)]
    pub(crate) extra_content: Option<&'a RawValue>,
}

/// What is called.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Function<'a> {
    #[serde(borrow)]
    pub(crate) name: Option<Str<'a>>,
    /// JSON as text; some vendors send the object itself.
    #[serde(borrow)]
    pub(crate) arguments: Option<&'a RawValue>,
}

impl Piece<'_> {
    /// Names what no other dialect has a place for.
    pub(crate) fn note_uncarried(&self, losses: &mut Losses) {
        hand_over("audio", self.audio, losses);
        if self.annotations.is_some_and(|list| !says_nothing(list.get())) {
            losses.note("annotations: they were not carried");
        }
        hand_over("reasoning_details", self.reasoning_details, losses);
        hand_over("reasoning_opaque", self.reasoning_opaque, losses);
        hand_over("images", self.images, losses);
    }

    /// Whether a user could see it or an agent act on it.
    pub(crate) fn is_content(&self) -> bool {
        let texts = [&self.reasoning_content, &self.reasoning, &self.refusal];
        let empty = |raw: &RawValue| matches!(raw.get(), "null" | "\"\"" | "[]");
        self.content.is_some_and(|content| !empty(content))
            || texts.into_iter().flatten().any(|text| !text.as_str().is_empty())
            || self.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty())
            || self.function_call.is_some()
            || self.audio.is_some_and(|audio| !empty(audio))
    }
}

impl<'a> Choice<'a> {
    /// What is said: some vendors put a whole message into a chunk.
    pub(crate) fn piece(&self) -> Option<&Piece<'a>> {
        self.delta.as_ref().or(self.message.as_ref())
    }

    /// The same, taken out.
    pub(crate) fn said(&mut self) -> Option<Piece<'a>> {
        self.delta.take().or(self.message.take())
    }

    /// Whether it says why it stopped.
    pub(crate) fn is_finished(&self) -> bool {
        self.finish_reason.as_ref().is_some_and(|reason| !reason.as_str().is_empty())
    }
}

impl Completion<'_> {
    /// Names what stands beside the choices and nobody carries.
    pub(crate) fn note_uncarried(&self, losses: &mut Losses) {
        hand_over("citations", self.citations, losses);
        hand_over("search_results", self.search_results, losses);
    }

    /// Whether it is an error: one in `error`, an `error` event, or something with neither choices nor
    /// counts (vLLM and Mistral send the bare error).
    pub(crate) fn is_fault(&self, event: Option<&[u8]>) -> bool {
        let named = self.error.is_some_and(|error| !matches!(error.get(), "null" | "{}" | "\"\""));
        named
            || event == Some(b"error")
            || (self.choices.is_none() && self.usage.is_none() && self.id.is_none())
    }
}
