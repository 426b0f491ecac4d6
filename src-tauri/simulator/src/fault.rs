//! What can go wrong, and where in an answer.

mod grammar;
pub(crate) mod limit;
pub(crate) mod refuse;

pub use grammar::{FAULT_GRAMMAR, FaultError, WhenError};
pub(crate) use grammar::{ModelName, read_model_name};
pub use limit::Signal;

use std::time::Duration;

/// One thing that goes wrong with an answer. As text (model names, scripts): see [`FAULT_GRAMMAR`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The headers come only after this time. Goes together with any other fault.
    Slow(Duration),
    /// The headers come at once, the first byte of the body after this time. Goes together with any other fault.
    SlowBody(Duration),
    /// The vendor refuses, with the dialect's own status, headers and envelope.
    Refuse(Refusal),
    /// The vendor accepts with 200 and refuses inside the stream. For a client that did not ask for a
    /// stream: like [`Fault::RefuseInBody`].
    RefuseInStream {
        /// What it says.
        refusal: Refusal,
        /// Where in the stream.
        at: Position,
    },
    /// The error envelope as a JSON body under status 200.
    RefuseInBody(Refusal),
    /// Headers and the answer up to this point, then silence on an open connection.
    Stall(Position),
    /// Headers and the answer up to this point, then the connection is closed without an end of the body.
    Cut(Position),
    /// The connection is closed without any answer.
    HangUp,
    /// 200 with an empty body.
    Empty,
    /// 200 with keep-alive comments only (white space for a JSON caller), then a clean end.
    CommentsOnly,
    /// A page of HTML with this status, as proxies and login walls send it.
    Html(u16),
}

/// A point in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// After this many events of the stream, of whatever sort.
    Events(usize),
    /// After this many deltas that carry content.
    Deltas(usize),
    /// After the opening events that every stream of the dialect begins with (`message_start` and `ping`,
    /// `response.created` and `response.in_progress`, the role chunk; none for Gemini).
    Handshake,
    /// After this many bytes of the body.
    Bytes(usize),
}

/// How a vendor says no. Each has the native status and envelope of the dialect it is said in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The request is malformed (400).
    Invalid,
    /// The key or token is not accepted (401).
    SignIn,
    /// The balance is empty (402).
    Credit,
    /// The plan is used up and waiting will not help: `insufficient_quota` (429), Anthropic's credit
    /// balance (400), Gemini's daily quota (429).
    Quota,
    /// Not allowed for this account or country (403).
    Forbidden,
    /// No such model (404).
    ModelMissing,
    /// The input is longer than the model's context (400).
    ContextTooLong,
    /// The content was blocked (400; Gemini: 200 with `promptFeedback`).
    ContentPolicy,
    /// Too many requests or a used-up window (429), told by this signal.
    Limited(Limit),
    /// The vendor failed (500).
    Server,
    /// The vendor is overloaded (Anthropic 529, others 503).
    Overloaded,
    /// Exactly this status, with the envelope that comes nearest.
    Status(u16),
}

/// A limit, with the way in which the vendor tells when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How the time is told.
    pub signal: Signal,
    /// How long from now the limit lasts.
    pub reset: Duration,
}

impl Fault {
    /// A 429 whose end is told by `signal`.
    pub fn limited(signal: Signal, reset: Duration) -> Self {
        Self::Refuse(Refusal::Limited(Limit { signal, reset }))
    }
}

/// Which requests of a rule's model (or of all models) its fault befalls. Counted from 1, after the key was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Every one.
    Always,
    /// The first so many.
    First(u64),
    /// All but the first so many.
    After(u64),
    /// Just this one.
    Nth(u64),
    /// Each so-many-th.
    Every(u64),
}

impl When {
    pub(crate) fn befalls(self, request: u64) -> bool {
        match self {
            Self::Always => true,
            Self::First(count) => request <= count,
            Self::After(count) => request > count,
            Self::Nth(nth) => request == nth,
            Self::Every(step) => step > 0 && request.is_multiple_of(step),
        }
    }
}
