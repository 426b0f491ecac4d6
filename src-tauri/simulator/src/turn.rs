//! What the simulator says in answer to one request.

use std::time::Duration;

use serde_json::Value;

/// One answer: its blocks in order, why it ended, and what it is said to have cost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Turn {
    /// The blocks, in the order in which they are sent.
    pub blocks: Vec<Block>,
    /// Why the answer ends. `None`: because of a tool call if there is one, else the end of the turn.
    pub stop: Option<Stop>,
    /// What the vendor reports. `None`: estimated from the sizes of request and answer.
    pub usage: Option<Usage>,
    /// How texts are cut into deltas. `None`: as the vendor of the script says.
    pub chunking: Option<Chunking>,
    /// The pause before each delta. `None`: as the vendor of the script says.
    pub pace: Option<Duration>,
}

impl Turn {
    /// A turn of one text block.
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().and_text(text)
    }

    /// A turn of one tool call.
    pub fn call(name: impl Into<String>, arguments: &Value) -> Self {
        Self::default().and_call(Call::function(name, arguments))
    }

    /// Adds a text block.
    #[must_use]
    pub fn and_text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    /// Adds a thinking block with its signature (where the dialect has a place for one).
    #[must_use]
    pub fn and_thinking(mut self, text: impl Into<String>, signature: impl Into<String>) -> Self {
        self.blocks.push(Block::Thinking { text: text.into(), signature: signature.into() });
        self
    }

    /// Adds a tool call.
    #[must_use]
    pub fn and_call(mut self, call: Call) -> Self {
        self.blocks.push(Block::Call(call));
        self
    }

    /// Sets why the answer ends.
    #[must_use]
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = Some(stop);
        self
    }

    /// Sets the reported usage.
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = Some(usage);
        self
    }

    /// Sets how texts are cut into deltas.
    #[must_use]
    pub fn chunking(mut self, chunking: Chunking) -> Self {
        self.chunking = Some(chunking);
        self
    }

    /// Sets the pause before each delta.
    #[must_use]
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = Some(pace);
        self
    }

    pub(crate) fn stop_or_native(&self) -> Stop {
        let called = || self.blocks.iter().any(|block| matches!(block, Block::Call(_)));
        match &self.stop {
            Some(stop) => stop.clone(),
            None if called() => Stop::ToolUse,
            None => Stop::EndTurn,
        }
    }

    pub(crate) fn usage_or_estimate(&self, request_bytes: usize) -> Usage {
        self.usage.unwrap_or_else(|| {
            let reasoning = estimate(self.blocks.iter().map(Block::thinking_bytes).sum());
            let spoken = estimate(self.blocks.iter().map(Block::spoken_bytes).sum()).max(1);
            Usage {
                input: estimate(request_bytes).max(1),
                output: spoken + reasoning,
                reasoning,
                ..Usage::default()
            }
        })
    }
}

/// Four bytes a token: the usual rule of thumb, and deterministic.
pub(crate) fn estimate(bytes: usize) -> u64 {
    (bytes as u64).div_ceil(4)
}

/// One block of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Visible text.
    Text(String),
    /// Reasoning, with the vendor's opaque signature (`signature`, `encrypted_content`, `thoughtSignature`).
    Thinking {
        /// What is shown of the reasoning.
        text: String,
        /// The opaque proof; empty for none.
        signature: String,
    },
    /// Reasoning of which only the opaque form is given (Messages `redacted_thinking`).
    RedactedThinking(String),
    /// A tool call.
    Call(Call),
}

impl Block {
    fn thinking_bytes(&self) -> usize {
        match self {
            Self::Thinking { text, .. } | Self::RedactedThinking(text) => text.len(),
            Self::Text(_) | Self::Call(_) => 0,
        }
    }

    fn spoken_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Call(call) => call.name.len() + call.arguments.len(),
            Self::Thinking { .. } | Self::RedactedThinking(_) => 0,
        }
    }
}

/// A tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The call's id; `None`: one in the dialect's style is made.
    pub id: Option<String>,
    /// The tool's name.
    pub name: String,
    /// The arguments as JSON text (free text for [`CallKind::Custom`], a JSON array of words for
    /// [`CallKind::LocalShell`]). Kept as text so that a broken argument can be sent too.
    pub arguments: String,
    /// Which sort of call; others than functions exist in Responses only.
    pub kind: CallKind,
    /// The namespace of the tool, where the Responses client declared it inside one.
    pub namespace: Option<String>,
}

impl Call {
    /// A call of a function with JSON arguments.
    pub fn function(name: impl Into<String>, arguments: &Value) -> Self {
        Self {
            id: None,
            name: name.into(),
            arguments: arguments.to_string(),
            kind: CallKind::Function,
            namespace: None,
        }
    }
}

/// The sorts of tool call; dialects that know only functions send each as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// A function with JSON arguments.
    Function,
    /// A free-form tool (`custom_tool_call`): its argument is plain text.
    Custom,
    /// The hosted local shell (`local_shell_call`): its argument is a list of words.
    LocalShell,
}

/// Why an answer ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The model had finished.
    EndTurn,
    /// The model waits for tool results.
    ToolUse,
    /// The output limit was reached.
    MaxTokens,
    /// A stop sequence of the request was met; this one.
    StopSequence(String),
    /// The vendor's filter ended the answer.
    Refusal,
}

/// What a vendor reports, in tokens. The parts of the input do not overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Input neither read from nor written to the prompt cache.
    pub input: u64,
    /// Input read from the prompt cache.
    pub cache_read: u64,
    /// Input written to the prompt cache.
    pub cache_write: u64,
    /// All output, the reasoning among it.
    pub output: u64,
    /// The part of the output that was reasoning.
    pub reasoning: u64,
}

impl Usage {
    pub(crate) fn all_input(self) -> u64 {
        self.input + self.cache_read + self.cache_write
    }
}

/// How a text is cut into deltas; never inside a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunking {
    /// Into (at most) this many pieces of about equal length.
    Count(usize),
    /// Into pieces of this many characters.
    Size(usize),
}

impl Default for Chunking {
    fn default() -> Self {
        Self::Size(12)
    }
}

impl Chunking {
    /// The pieces of `text`, none of them empty.
    pub(crate) fn pieces(self, text: &str) -> Vec<&str> {
        let characters = match self {
            Self::Count(count) => text.chars().count().div_ceil(count.max(1)),
            Self::Size(size) => size,
        }
        .max(1);
        let mut pieces = Vec::with_capacity(text.len() / characters + 1);
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.char_indices().nth(characters).map_or(rest.len(), |(at, _)| at);
            let (piece, next) = rest.split_at(end);
            pieces.push(piece);
            rest = next;
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text_and_never_cut_a_character() {
        let text = "grüße, 世界 🦀!";
        for chunking in [Chunking::Count(3), Chunking::Count(0), Chunking::Size(1)] {
            let pieces = chunking.pieces(text);
            assert_eq!(pieces.concat(), text);
            assert!(pieces.iter().all(|piece| !piece.is_empty()));
        }
        assert_eq!(Chunking::Count(3).pieces("abcdef"), ["ab", "cd", "ef"]);
        assert!(Chunking::default().pieces("").is_empty());
    }
}
