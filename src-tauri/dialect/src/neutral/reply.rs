use switchyard_types::Usage;

use super::likelihood::Likelihoods;
use super::request::Part;

/// A whole reply.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) id: Option<String>,
    pub(crate) parts: Vec<Part>,
    /// How likely the tokens of its text were, where that was asked for.
    pub(crate) likelihoods: Likelihoods,
    pub(crate) stop: Stop,
    pub(crate) usage: Option<Usage>,
}

/// Why a model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    EndTurn,
    MaxTokens,
    Sequence(Option<String>),
    ToolUse,
    Refusal,
    /// The vendor's own tools took long; the client is to send the turn back.
    Pause,
    /// The context window is full.
    ContextFull,
    /// A word that is not known, or none.
    Unknown(String),
}
