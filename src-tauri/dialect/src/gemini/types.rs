//! The shapes of replies and of stream events, as far as anything here reads them.

use serde::Deserialize;
use serde_json::value::RawValue;
use switchyard_types::Usage;

use crate::fault::{VendorFault, read_inner};
use crate::json::{Count, Str, or_default};
use crate::neutral::loss::Losses;

/// Counts of a reply. The prompt includes what the cache gave; thoughts stand beside the candidates.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
pub(crate) struct Counts {
    prompt_token_count: Count,
    cached_content_token_count: Count,
    candidates_token_count: Count,
    thoughts_token_count: Count,
    tool_use_prompt_token_count: Count,
    total_token_count: Count,
}

impl From<Counts> for Usage {
    fn from(counts: Counts) -> Self {
        let prompt =
            counts.prompt_token_count.0.saturating_add(counts.tool_use_prompt_token_count.0);
        let (said, thought) = (counts.candidates_token_count.0, counts.thoughts_token_count.0);
        // Some relays count the thoughts among the candidates; the total gives that away.
        let among = thought > 0
            && said >= thought
            && counts.total_token_count.0 == prompt.saturating_add(said);
        Self {
            input: prompt.saturating_sub(counts.cached_content_token_count.0),
            output: if among { said } else { said.saturating_add(thought) },
            cache_read: counts.cached_content_token_count.0,
            cache_write: 0,
            reasoning: thought,
        }
    }
}

/// A reply, or one piece of a stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Answer<'a> {
    #[serde(borrow)]
    pub(crate) response_id: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) candidates: Option<Vec<Candidate<'a>>>,
    #[serde(borrow)]
    prompt_feedback: Option<Feedback<'a>>,
    pub(crate) usage_metadata: Option<Counts>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Feedback<'a> {
    #[serde(borrow)]
    block_reason: Option<Str<'a>>,
    #[serde(borrow)]
    block_reason_message: Option<Str<'a>>,
}

/// One of the answers; the first counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Candidate<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) content: Content<'a>,
    #[serde(borrow)]
    pub(crate) finish_reason: Option<Str<'a>>,
    #[serde(borrow)]
    finish_message: Option<Str<'a>>,
    pub(crate) index: Option<u64>,
    #[serde(borrow)]
    citation_metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    grounding_metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    grounding_attributions: Option<&'a RawValue>,
    #[serde(borrow)]
    url_context_metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) logprobs_result: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Content<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) parts: Vec<Piece<'a>>,
}

/// A part of an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Piece<'a> {
    #[serde(borrow)]
    pub(crate) text: Option<Str<'a>>,
    pub(crate) thought: Option<bool>,
    #[serde(borrow)]
    pub(crate) thought_signature: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) function_call: Option<FunctionCall<'a>>,
    #[serde(borrow)]
    inline_data: Option<&'a RawValue>,
    #[serde(borrow)]
    file_data: Option<&'a RawValue>,
    #[serde(borrow)]
    executable_code: Option<&'a RawValue>,
    #[serde(borrow)]
    code_execution_result: Option<&'a RawValue>,
}

/// A call, always whole.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FunctionCall<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) name: Str<'a>,
    #[serde(borrow)]
    pub(crate) args: Option<&'a RawValue>,
}

impl Piece<'_> {
    /// The name of what the part is, if that is neither text nor a call.
    pub(crate) fn other(&self) -> Option<&'static str> {
        [
            ("inlineData", self.inline_data),
            ("fileData", self.file_data),
            ("executableCode", self.executable_code),
            ("codeExecutionResult", self.code_execution_result),
        ]
        .into_iter()
        .find_map(|(name, value)| value.map(|_| name))
    }

    /// Names what no other dialect has a place for.
    pub(crate) fn note_uncarried(&self, losses: &mut Losses) {
        if let Some(kind) = self.other() {
            losses.note(format!("content: a part of kind `{kind}` was not carried"));
        } else if self.text.is_none()
            && self.function_call.is_none()
            && self.thought_signature.is_none()
        {
            losses.note("content: a part of a kind that is not known was not carried");
        }
    }

    fn is_content(&self) -> bool {
        self.text.as_ref().is_some_and(|text| !text.as_str().is_empty())
            || self.function_call.is_some()
            || self.other().is_some()
    }
}

impl Candidate<'_> {
    /// Names what no other dialect has a place for.
    pub(crate) fn note_uncarried(&self, losses: &mut Losses) {
        for (name, value) in [
            ("citationMetadata", self.citation_metadata),
            ("groundingMetadata", self.grounding_metadata),
            ("groundingAttributions", self.grounding_attributions),
            ("urlContextMetadata", self.url_context_metadata),
        ] {
            if value.is_some_and(|value| !matches!(value.get(), "null" | "{}" | "[]")) {
                losses.note(format!("candidates.{name}: it was not carried"));
            }
        }
    }

    /// Whether it says why it stopped.
    pub(crate) fn is_finished(&self) -> bool {
        self.finish_reason.as_ref().is_some_and(|reason| !reason.as_str().is_empty())
    }

    /// Words with which the model's answer came to nothing (ai.google.dev, `FinishReason`).
    pub(crate) fn failure(&self) -> Option<VendorFault> {
        let word = self.finish_reason.as_ref()?.as_str();
        let failed = matches!(
            word,
            "MALFORMED_FUNCTION_CALL"
                | "UNEXPECTED_TOOL_CALL"
                | "TOO_MANY_TOOL_CALLS"
                | "MALFORMED_RESPONSE"
                | "MISSING_THOUGHT_SIGNATURE"
        );
        let more = self
            .finish_message
            .as_ref()
            .map_or(String::new(), |more| format!(": {}", more.as_str()));
        failed.then(|| VendorFault {
            kind: Some(word.to_owned()),
            message: format!("the vendor broke off with `{word}`{more}"),
            ..VendorFault::default()
        })
    }
}

impl<'a> Answer<'a> {
    /// What is wrong, if this is no answer: an error, a blocked prompt, or something else altogether.
    pub(crate) fn fault(&self, bytes: &[u8]) -> Option<VendorFault> {
        let error = self.error.filter(|error| !matches!(error.get(), "null" | "{}" | "\"\""));
        if error.is_some() {
            return Some(read_inner(bytes));
        }
        if self.candidates.as_ref().is_some_and(|candidates| !candidates.is_empty()) {
            return self.first().and_then(Candidate::failure);
        }
        let feedback = self.prompt_feedback.as_ref();
        if let Some(reason) = feedback.and_then(|feedback| feedback.block_reason.as_ref()) {
            let words = feedback.and_then(|feedback| feedback.block_reason_message.as_ref());
            let more = words.map_or(String::new(), |words| format!(": {}", words.as_str()));
            return Some(VendorFault {
                status: Some(400),
                kind: Some(reason.as_str().to_owned()),
                code: Some("content_policy_violation".to_owned()),
                message: format!(
                    "the vendor's content policy blocked the prompt ({}){more}",
                    reason.as_str()
                ),
            });
        }
        let empty = self.usage_metadata.is_none() && self.response_id.is_none();
        empty.then(|| read_inner(bytes))
    }

    /// The candidate that counts.
    pub(crate) fn first(&self) -> Option<&Candidate<'a>> {
        self.candidates.as_ref()?.iter().find(|candidate| candidate.index.unwrap_or(0) == 0)
    }

    /// The proofs of reasoning in it.
    pub(crate) fn signatures(&self) -> impl Iterator<Item = &str> {
        let parts = self.candidates.iter().flatten().flat_map(|each| &each.content.parts);
        let signs = parts.filter_map(|piece| piece.thought_signature.as_ref());
        signs.map(Str::as_str).filter(|sign| !sign.is_empty())
    }

    /// Whether a user could see it or an agent act on it.
    pub(crate) fn is_content(&self) -> bool {
        let mut candidates = self.candidates.iter().flatten();
        candidates.any(|candidate| candidate.content.parts.iter().any(Piece::is_content))
    }
}
