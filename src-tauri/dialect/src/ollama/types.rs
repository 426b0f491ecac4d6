//! The shapes of replies and of stream lines, as far as anything here reads them.

use serde::Deserialize;
use serde_json::value::RawValue;
use switchyard_types::Usage;

use crate::fault::{VendorFault, read_inner};
use crate::json::{Count, Str, or_default};
use crate::neutral::loss::Losses;

/// A reply, or one line of a stream: of `/api/chat` or of `/api/generate`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Answer<'a> {
    #[serde(borrow)]
    created_at: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) message: Option<Message<'a>>,
    #[serde(borrow)]
    response: Option<Str<'a>>,
    #[serde(borrow)]
    thinking: Option<Str<'a>>,
    pub(crate) done: Option<bool>,
    #[serde(borrow)]
    pub(crate) done_reason: Option<Str<'a>>,
    prompt_eval_count: Option<Count>,
    eval_count: Option<Count>,
    /// What an endpoint of old gave instead of a history.
    #[serde(borrow)]
    context: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) logprobs: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

/// What an assistant says: a whole message, or a piece of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Message<'a> {
    #[serde(borrow)]
    pub(crate) content: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) thinking: Option<Str<'a>>,
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) tool_calls: Vec<ToolCall<'a>>,
}

/// A call, always whole.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ToolCall<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Str<'a>>,
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) function: Function<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Function<'a> {
    #[serde(borrow, deserialize_with = "or_default")]
    pub(crate) name: Str<'a>,
    #[serde(borrow)]
    pub(crate) arguments: Option<&'a RawValue>,
}

impl<'a> Answer<'a> {
    /// What is wrong, if this is no answer.
    pub(crate) fn fault(&self, bytes: &[u8]) -> Option<VendorFault> {
        let error = self.error.filter(|error| !matches!(error.get(), "null" | "{}" | "\"\""));
        let nothing = self.message.is_none() && self.response.is_none() && self.done.is_none();
        (error.is_some() || nothing).then(|| read_inner(bytes))
    }

    /// An id of the reply: Ollama gives none, but says to the nanosecond when it was made.
    pub(crate) fn id(&self) -> Option<String> {
        let digits = |text: &Str<'_>| text.as_str().chars().filter(char::is_ascii_digit).collect();
        self.created_at.as_ref().map(digits).filter(|digits: &String| !digits.is_empty())
    }

    /// Names what no other dialect has a place for.
    pub(crate) fn note_uncarried(&self, losses: &mut Losses) {
        if self.context.is_some_and(|value| !matches!(value.get(), "null" | "[]")) {
            losses.note("context: it was not carried");
        }
    }

    /// What is said, in the form of a message.
    pub(crate) fn said(&mut self) -> Message<'a> {
        self.message.take().unwrap_or_else(|| Message {
            content: self.response.take(),
            thinking: self.thinking.take(),
            tool_calls: Vec::new(),
        })
    }

    /// Whether a user could see it or an agent act on it.
    pub(crate) fn is_content(&self) -> bool {
        let message = self.message.as_ref();
        let texts = [
            message.and_then(|message| message.content.as_ref()),
            message.and_then(|message| message.thinking.as_ref()),
            self.response.as_ref(),
            self.thinking.as_ref(),
        ];
        texts.into_iter().flatten().any(|text| !text.as_str().is_empty())
            || message.is_some_and(|message| !message.tool_calls.is_empty())
    }

    /// The counts, where the line has any.
    pub(crate) fn usage(&self) -> Option<Usage> {
        if self.prompt_eval_count.is_none() && self.eval_count.is_none() {
            return None;
        }
        Some(Usage {
            input: self.prompt_eval_count.unwrap_or_default().0,
            output: self.eval_count.unwrap_or_default().0,
            ..Usage::default()
        })
    }
}
