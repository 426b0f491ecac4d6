//! The shapes of replies and of stream events, as far as anything here reads them.

use serde::Deserialize;
use serde_json::value::RawValue;
use switchyard_types::Usage;

use crate::json::{Count, Str, hand_over, or_default};
use crate::neutral::loss::Losses;
use crate::scan::string_at;

/// Counts of a message; input excludes what the cache gave or took.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
pub(crate) struct Counts {
    input_tokens: Count,
    output_tokens: Count,
    cache_read_input_tokens: Count,
    cache_creation_input_tokens: Count,
}

impl From<Counts> for Usage {
    fn from(counts: Counts) -> Self {
        Self {
            input: counts.input_tokens.0,
            output: counts.output_tokens.0,
            cache_read: counts.cache_read_input_tokens.0,
            cache_write: counts.cache_creation_input_tokens.0,
            reasoning: 0,
        }
    }
}

/// One event of a stream: every kind's fields side by side, since raw values cannot sit in a tagged enum.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Event<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) r#type: Str<'a>,
    pub(crate) index: Option<u64>,
    #[serde(borrow)]
    pub(crate) message: Option<Message<'a>>,
    #[serde(borrow)]
    pub(crate) content_block: Option<Block<'a>>,
    #[serde(borrow)]
    pub(crate) delta: Option<Delta<'a>>,
    #[serde(borrow)]
    pub(crate) context_management: Option<&'a RawValue>,
    pub(crate) usage: Option<Counts>,
}

/// A message: a whole reply, or the empty one that opens a stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Message<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) r#type: Str<'a>,
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) content: Option<Vec<Block<'a>>>,
    #[serde(borrow)]
    pub(crate) stop_reason: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) stop_sequence: Option<Str<'a>>,
    pub(crate) usage: Option<Counts>,
    #[serde(borrow)]
    pub(crate) error: Option<&'a RawValue>,
    #[serde(borrow)]
    container: Option<&'a RawValue>,
    #[serde(borrow)]
    context_management: Option<&'a RawValue>,
    #[serde(borrow)]
    stop_details: Option<&'a RawValue>,
}

impl Message<'_> {
    /// Names what no other dialect has a place for.
    pub(crate) fn note_uncarried(&self, losses: &mut Losses) {
        hand_over("container", self.container, losses);
        hand_over("context_management", self.context_management, losses);
        hand_over("stop_details", self.stop_details, losses);
    }
}

/// A content block of a reply.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Block<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) r#type: Str<'a>,
    #[serde(borrow)]
    pub(crate) text: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) thinking: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) name: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) input: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) signature: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) data: Option<Str<'a>>,
    #[serde(borrow)]
    citations: Option<&'a RawValue>,
    #[serde(borrow)]
    caller: Option<&'a RawValue>,
}

impl Block<'_> {
    /// Names what no other dialect has a place for. That the model itself made a call needs no saying.
    pub(crate) fn note_uncarried(&self, losses: &mut Losses) {
        hand_over("content.citations", self.citations, losses);
        let other = self.caller.filter(|caller| {
            string_at(caller.get().as_bytes(), "type").is_none_or(|kind| kind != "direct")
        });
        hand_over("content.caller", other, losses);
    }

    /// Whether a user could see it or an agent act on it. A block that opens empty says nothing yet.
    pub(crate) fn is_content(&self) -> bool {
        match self.r#type.as_str() {
            "text" => self.text.as_ref().is_some_and(|text| !text.as_str().is_empty()),
            "thinking" => self.thinking.as_ref().is_some_and(|text| !text.as_str().is_empty()),
            _ => true,
        }
    }
}

/// A piece of a block, or the closing words of a message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Delta<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) r#type: Str<'a>,
    #[serde(borrow)]
    pub(crate) text: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) thinking: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) partial_json: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) signature: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) stop_reason: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) stop_sequence: Option<Str<'a>>,
    #[serde(borrow)]
    container: Option<&'a RawValue>,
    #[serde(borrow)]
    stop_details: Option<&'a RawValue>,
}

impl Delta<'_> {
    /// Names what no other dialect has a place for, of a message's closing words.
    pub(crate) fn note_uncarried(&self, losses: &mut Losses) {
        hand_over("container", self.container, losses);
        hand_over("stop_details", self.stop_details, losses);
    }

    /// Whether it carries anything; a signature alone shows nothing.
    pub(crate) fn is_content(&self) -> bool {
        match self.r#type.as_str() {
            "signature_delta" => false,
            "text_delta" | "thinking_delta" | "input_json_delta" => {
                let parts = [&self.text, &self.thinking, &self.partial_json];
                parts.into_iter().flatten().any(|part| !part.as_str().is_empty())
            }
            _ => true,
        }
    }
}
