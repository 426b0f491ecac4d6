use serde::{Deserialize, Serialize};

use crate::{AccountId, Dialect, Millis, NanoDollars, RequestId, TraceView};

/// What a failure is. Later decisions read the class, never the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// The request itself is wrong: nobody else is tried, nothing is locked.
    ClientFault,
    /// The key or login is not accepted.
    SignIn,
    /// The account cannot pay.
    Billing,
    /// A quota window is spent.
    Quota,
    /// Too many requests just now.
    Rate,
    /// The prompt exceeds the model's context window.
    ContextTooLong,
    /// The vendor does not have this model, or not for this account.
    ModelMissing,
    /// The vendor refuses the content.
    ContentPolicy,
    /// The vendor failed; trying again later may work.
    Transient,
    /// The vendor could not be reached, or the connection broke.
    Transport,
    /// The client went away.
    Cancelled,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A vendor answered in full.
    Answered,
    /// A vendor's answer broke off after its first content.
    Broken,
    /// The request itself was wrong.
    Refused,
    /// No candidate could answer.
    Exhausted,
    /// The client went away.
    Cancelled,
}

impl Outcome {
    /// As it is written in addresses and kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Broken => "broken",
            Self::Refused => "refused",
            Self::Exhausted => "exhausted",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Tokens as the vendor counted them; the four inputs and outputs never overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Fresh input: neither read from nor written to the prompt cache.
    pub input: u64,
    /// Output, reasoning included.
    pub output: u64,
    /// Input read from the prompt cache.
    pub cache_read: u64,
    /// Input written to the prompt cache.
    pub cache_write: u64,
    /// The part of `output` that was reasoning.
    pub reasoning: u64,
}

impl Usage {
    /// Everything that went in.
    pub fn input_total(&self) -> u64 {
        self.input + self.cache_read + self.cache_write
    }
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedBy {
    /// The vendor's id.
    pub vendor: String,
    /// The account.
    pub account: AccountId,
    /// The account's name when it answered.
    pub account_name: String,
    /// The vendor's model id.
    pub model: String,
    /// What was spoken to the vendor.
    pub dialect: Dialect,
}

/// One try at one candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptView {
    /// Whom it went to.
    pub to: ServedBy,
    /// Milliseconds after the request's start.
    pub started: u64,
    /// How long it took, in milliseconds; for the one that answered, until its first content.
    pub millis: u64,
    /// The vendor's status, if it gave one.
    pub status: Option<u16>,
    /// What went wrong; `None` for the one that answered.
    pub failure: Option<FailureClass>,
    /// The vendor's words, redacted and cut.
    pub message: Option<String>,
    /// Until when this locked the account for that model.
    pub locked_until: Option<Millis>,
}

/// A candidate that was not tried, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedView {
    /// `prefix/model`.
    pub model: String,
    /// The account, where one was meant.
    pub account: Option<AccountId>,
    /// A sentence for a person.
    pub reason: String,
    /// Until when that holds.
    pub until: Option<Millis>,
}

/// A request with its decision trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    /// Its id.
    pub id: RequestId,
    /// When it came.
    pub at: Millis,
    /// What the client spoke.
    pub dialect: Dialect,
    /// The model that the client asked for.
    pub model: String,
    /// The combo that this meant.
    pub combo: Option<String>,
    /// Whether the client asked for a stream.
    pub stream: bool,
    /// The name of the client key.
    pub key: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// The status that the client got.
    pub status: u16,
    /// Who answered.
    pub served_by: Option<ServedBy>,
    /// Tries in order; the last one answered if anyone did.
    pub attempts: Vec<AttemptView>,
    /// Candidates passed over.
    pub skipped: Vec<SkippedView>,
    /// What translation could not carry.
    pub losses: Vec<String>,
    /// Milliseconds until the first content reached the client.
    pub first_content: Option<u64>,
    /// Milliseconds in all.
    pub millis: u64,
    /// Tokens; `None` where the vendor said nothing.
    pub usage: Option<Usage>,
    /// Cost; `None` where the price or the usage is unknown.
    pub cost: Option<NanoDollars>,
    /// What it would have cost more without what was read from the prompt cache; `None` where the price or
    /// the usage is unknown.
    #[serde(default)]
    pub saved: Option<NanoDollars>,
    /// What ended it, when it did not end well.
    pub error: Option<String>,
    /// The plan that it followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Box<TraceView>>,
}

/// Which requests `GET /api/requests` lists: what is absent does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestFilter {
    /// Those that came then or later.
    pub from: Option<Millis>,
    /// Those that came before then.
    pub until: Option<Millis>,
    /// Those that asked for this model, or were answered by it.
    pub model: Option<String>,
    /// Those that this vendor answered.
    pub vendor: Option<String>,
    /// Those that this account answered.
    pub account: Option<AccountId>,
    /// Those that carried the client key of this name; the empty name stands for no key.
    pub key: Option<String>,
    /// Those that asked for this combo; the empty name stands for no combo.
    pub combo: Option<String>,
    /// Those whose client key was made for this coding tool; the empty name stands for none.
    pub tool: Option<String>,
    /// Those that ended so.
    pub outcome: Option<Outcome>,
    /// Those that another candidate than the first tried answered.
    pub fell_over: bool,
    /// Those in whose names, id or error this text stands, in whatever case.
    pub text: Option<String>,
}

/// `GET /api/requests`: newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestPage {
    /// The rows.
    pub requests: Vec<RequestView>,
    /// Give this as `before` to get the next page.
    pub next: Option<RequestId>,
}
