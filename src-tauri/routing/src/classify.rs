use std::fmt;

use serde::{Deserialize, Serialize};
use switchyard_types::{FailureClass, Millis};

use crate::error_body::ErrorBody;
use crate::signs::{self, Signs};
use crate::{ladder, reset};

/// The longest message that is kept, in characters.
const LONGEST_MESSAGE: usize = 500;

/// What is known of a failure.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// The vendor's status; `None` if it gave none.
    pub status: Option<u16>,
    /// The error's type in the vendor's words: `rate_limit_error`, `RESOURCE_EXHAUSTED`.
    pub kind: Option<&'a str>,
    /// The error's code in the vendor's words: `insufficient_quota`, `1308`.
    pub code: Option<&'a str>,
    /// The error's message, empty if there is none.
    pub message: &'a str,
    /// The whole body, or what was read of it. Where `kind`, `code` or `message` are missing, they
    /// are read from here.
    pub body: &'a [u8],
    /// Looks up a header of the reply by its name in lower case.
    pub headers: &'a dyn Fn(&str) -> Option<&'a str>,
    /// What broke below HTTP; it outranks everything else.
    pub transport: Option<TransportFault>,
    /// What this vendor means by refusals of its own, the most believed first.
    pub limits: &'a [LimitRule<'a>],
}

/// What a vendor means by a refusal that does not say so to everybody.
#[derive(Clone, Copy, Debug)]
pub struct LimitRule<'a> {
    /// The error's types, codes and reasons that it is about, in lower case; none is any.
    pub named: &'a [String],
    /// Parts of its message, or of the names of spent quotas, in lower case; none is any.
    pub says: &'a [String],
    /// What such a refusal is.
    pub class: FailureClass,
    /// What it says something about.
    pub scope: Scope,
    /// The window that is spent.
    pub window: Option<&'a str>,
    /// When that starts over, by what the vendor publishes or told of it before.
    pub resets_at: Option<Millis>,
}

impl fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("status", &self.status)
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

/// How the way to a vendor failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransportFault {
    /// No connection: name, route, TLS or a refusal.
    Connect,
    /// No connection within the connect timer.
    ConnectTimeout,
    /// Connected, and no first byte within its timer.
    FirstByteTimeout,
    /// Bytes came, and then none within the idle timer.
    IdleTimeout,
    /// The connection broke off.
    Cut,
}

impl fmt::Display for TransportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "The vendor could not be reached.",
            Self::ConnectTimeout => "The vendor did not accept a connection in time.",
            Self::FirstByteTimeout => "The vendor did not begin to answer in time.",
            Self::IdleTimeout => "The vendor fell silent in the middle of its answer.",
            Self::Cut => "The connection to the vendor broke off.",
        })
    }
}

/// A failure, understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What it is.
    pub class: FailureClass,
    /// The vendor's words on one line and cut, or ours where it said nothing. Not redacted.
    pub message: String,
    /// When the vendor says that it will be over: always in the future, never absurdly far.
    pub reset: Option<Millis>,
    /// What it says something about.
    pub scope: Scope,
    /// The window that is spent, where it is a limit's: `5h`, `day`, `requests`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
}

/// How far a failure reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// This account's use of this model.
    Model,
    /// The whole account.
    Account,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Tell the client: nobody else would answer differently, or nobody waits.
    GiveUp,
    /// Ask the next candidate.
    NextCandidate,
    /// Ask the next candidate whose context window is larger than this one's.
    LargerWindowOnly,
}

/// What to do after a failure of this class, before anything was sent to the client.
pub fn next_step(class: FailureClass) -> NextStep {
    match class {
        FailureClass::ClientFault | FailureClass::Cancelled => NextStep::GiveUp,
        FailureClass::ContextTooLong => NextStep::LargerWindowOnly,
        FailureClass::SignIn
        | FailureClass::Billing
        | FailureClass::Quota
        | FailureClass::Rate
        | FailureClass::ModelMissing
        | FailureClass::ContentPolicy
        | FailureClass::Transient
        | FailureClass::Transport => NextStep::NextCandidate,
    }
}

/// Says what a failure is: once, so that everything later reads the class and never the status.
pub fn classify(evidence: &Evidence<'_>, now: Millis) -> Failure {
    if let Some(fault) = evidence.transport {
        let class = FailureClass::Transport;
        let message = message(evidence.message).unwrap_or_else(|| fault.to_string());
        return Failure { class, message, reset: None, scope: Scope::Model, window: None };
    }
    let body = ErrorBody::read(evidence.body);
    let signs = Signs::of(evidence, &body);
    let hints = reset::hints(evidence, &body, now);
    let rule = signs.ruled(evidence.limits);
    let (class, scope) = match rule {
        Some(rule) => (rule.class, rule.scope),
        None => signs::sort(&signs, &hints, now),
    };
    let longest = now.saturating_add(ladder::vendor_longest(class));
    // A pause of seconds that comes with a spent day is not the day's end.
    let reset = hints.best(class).max(rule.and_then(|rule| rule.resets_at));
    let reset = reset.map(|reset| reset.min(longest)).filter(|reset| *reset > now);
    let window = match class {
        FailureClass::Quota | FailureClass::Rate => rule
            .and_then(|rule| rule.window.map(str::to_owned))
            .or(hints.window)
            .or_else(|| signs.window().map(str::to_owned)),
        FailureClass::ClientFault
        | FailureClass::SignIn
        | FailureClass::Billing
        | FailureClass::ContextTooLong
        | FailureClass::ModelMissing
        | FailureClass::ContentPolicy
        | FailureClass::Transient
        | FailureClass::Transport
        | FailureClass::Cancelled => None,
    };
    let message = message(signs.message).unwrap_or_else(|| without_words(evidence, signs.web_page));
    Failure { class, message, reset, scope, window }
}

/// The vendor's words on one line, cut; `None` if there are none.
fn message(words: &str) -> Option<String> {
    let mut line = String::new();
    for word in words.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if let Some((cut, _)) = line.char_indices().nth(LONGEST_MESSAGE) {
            line.truncate(cut);
            line.push('…');
            break;
        }
    }
    (!line.is_empty()).then_some(line)
}

fn without_words(evidence: &Evidence<'_>, web_page: bool) -> String {
    let what = if web_page { "a web page" } else { "no reason" };
    match evidence.status {
        Some(status) if web_page => {
            format!("The vendor answered {status} with {what} instead of an API's reply.")
        }
        Some(status) => format!("The vendor answered {status} and gave {what}."),
        None => "The vendor failed and gave no reason.".to_owned(),
    }
}
