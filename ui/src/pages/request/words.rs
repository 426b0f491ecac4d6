//! The words of a request: its row in a list, and its trace.

use switchyard_types::{RequestView, Standing};

use crate::facts::words::failure;

pub(in crate::pages) const WHEN: &str = "When";
pub(in crate::pages) const AGENT: &str = "Agent";
pub(in crate::pages) const ANSWERED_BY: &str = "Answered by";
pub(in crate::pages) const IN: &str = "In";
pub(in crate::pages) const OUT: &str = "Out";
pub(in crate::pages) const FIRST: &str = "First";
pub(in crate::pages) const FIRST_HINT: &str = "Time until the first content";
pub(in crate::pages) const CHOOSING: &str = "Waiting for an answer";
pub(in crate::pages) const RUNNING: &str = "Running";
pub(in crate::pages) const TOTAL: &str = "Total";
pub(in crate::pages) const COST: &str = "Cost";
pub(in crate::pages) const INPUT: &str = "Input";
pub(in crate::pages) const OUTPUT: &str = "Output";
pub(in crate::pages) const TOKENS: &str = "tokens";
pub(in crate::pages) const LOCAL: &str = "without a key";

pub(in crate::pages) const TRACE: &str = "Request";
pub(in crate::pages) const DECISION: &str = "Decision";
pub(in crate::pages) const FACTS: &str = "Request";
pub(in crate::pages) const ASKED_FOR: &str = "Asked for";
pub(in crate::pages) const COMBO: &str = "Combo";
pub(in crate::pages) const DIALECT: &str = "Spoken";
pub(in crate::pages) const STREAMED: &str = "streamed";
pub(in crate::pages) const WHOLE: &str = "in one piece";
pub(in crate::pages) const STATUS: &str = "Status";
pub(in crate::pages) const KEY: &str = "Agent";
pub(in crate::pages) const CAME: &str = "Came";
pub(in crate::pages) const ID: &str = "Id";
pub(in crate::pages) const THE_ID: &str = "the request's id";
pub(in crate::pages) const FRESH: &str = "Fresh input";
pub(in crate::pages) const CACHE_READ: &str = "Read from cache";
pub(in crate::pages) const CACHE_WRITE: &str = "Written to cache";
pub(in crate::pages) const REASONING: &str = "of it reasoning";
pub(in crate::pages) const PASSED_OVER: &str = "Passed over";
pub(in crate::pages) const UNTIL: &str = "until";
pub(in crate::pages) const LOCKED_UNTIL: &str = "Locked until";
pub(in crate::pages) const SERVED: &str = "Answered";
pub(in crate::pages) const LOSSES: &str = "Not carried over by translation";
pub(in crate::pages) const GONE: &str = "This request is no longer kept";
pub(in crate::pages) const GONE_TEXT: &str = "Old requests are pruned; the sums still count them.";
pub(in crate::pages) const NOT_TRIED: &str = "Nothing was tried.";
pub(in crate::pages) const TIME_TO_FIRST: &str = "first content";
pub(in crate::pages) const NOTHING_YET: &str = "Nothing has failed so far.";
pub(in crate::pages) const NOT_NEEDED: &str = "Not needed";
pub(in crate::pages) const UNAIDED: &str = "Without fallback";
pub(in crate::pages) const UNAIDED_SAME: &str =
    "The same: its first choice answered, or nobody could.";
pub(in crate::pages) const UNAIDED_FAILED: &str = "It would have failed at";
pub(in crate::pages) const UNAIDED_ASKING: &str = "Looking";
pub(in crate::pages) const UNAIDED_UNKNOWN: &str = "This could not be found out just now.";
pub(in crate::pages) const BUDGETS: &str = "Spends";

pub(in crate::pages) const REPLAY_OF: &str = "Asked again";
pub(in crate::pages) const THE_FIRST: &str = "See the first request";
pub(super) const SAID: &str = "What was said";
pub(super) const SHOW_SAID: &str = "Show what was said";
pub(super) const LOOKING: &str = "Looking";
pub(super) const NOT_KEPT: &str = "What was said in this request is not kept.";
pub(super) const HOW_TO_KEEP: &str = "It can be, from now on, and then be asked again:";
pub(super) const TO_KEEPING: &str = "Settings, Data";
pub(super) const FROM_CLIENT: &str = "Agent sent";
pub(super) const TO_VENDOR: &str = "Went to provider";
pub(super) const FROM_VENDOR: &str = "Provider answered";
pub(super) const TO_CLIENT: &str = "Agent got";
pub(super) const NOTHING_SAID: &str = "Nothing was said here.";
pub(super) const THIS_BODY: &str = "what is shown, as it was sent";
pub(super) const DELETE_SAID: &str = "Delete what was said";
pub(super) const DELETE_TITLE: &str = "Delete what was said in this request?";
pub(super) const DELETE_TEXT: &str =
    "It is gone for good, and cannot be asked again. The request, its trace and its sums stay.";
pub(super) const DELETE: &str = "Delete";
pub(super) const SAID_DELETED: &str = "What was said is deleted";
pub(super) const REPLAY: &str = "Ask again";
pub(super) const REPLAY_TEXT: &str = "Sends the same to another model or combo, without the agent’s key, and shows both answers. It is counted like any request.";
pub(super) const REPLAY_CUT: &str =
    "What the agent sent was too long to be kept whole, so that it cannot be asked again.";
pub(super) const REPLAY_MODEL: &str = "Model or combo to ask";
pub(super) const REPLAY_NOW: &str = "Ask";
pub(super) const REPLAYING: &str = "Asking";
pub(super) const REPLAY_NOBODY: &str = "Name a model or a combo.";
pub(super) const COMPARISON: &str = "Both answers";
pub(super) const BEFORE: &str = "First answer";
pub(super) const AFTER: &str = "New answer";
pub(super) const SAME_ANSWER: &str = "Both say the same, word for word.";
pub(super) const FIRST_CUT: &str = "Of the first answer only the beginning is kept.";
pub(super) const NO_TEXT: &str = "It has no text.";
pub(super) const ITS_TRACE: &str = "See its trace";
pub(super) const CLOSE_COMPARISON: &str = "Done";
const REPLAYED: &str = "asked again";

/// Who sent a request.
pub(super) fn agent(request: &RequestView) -> String {
    let replayed = request.plan.as_ref().is_some_and(|plan| plan.replay_of.is_some());
    let nobody = if replayed { REPLAYED } else { LOCAL };
    request.key.clone().unwrap_or_else(|| nobody.to_owned())
}

/// How long a body was, and how much of it is kept.
pub(super) fn length(bytes: &str, cut: bool) -> String {
    if cut { format!("{bytes}, of which the beginning is kept") } else { bytes.to_owned() }
}

pub(in crate::pages) fn more_skipped(n: usize) -> String {
    format!("Show {n} more that were passed over")
}

/// Why this one answered: what failed before it and what was passed over.
pub(in crate::pages) fn why(request: &RequestView) -> Option<String> {
    let failed: Vec<_> =
        request.attempts.iter().filter(|attempt| attempt.failure.is_some()).collect();
    let first = failed.first().and_then(|attempt| {
        attempt
            .failure
            .map(|class| format!("{}: {}", attempt.to.model, failure(class).to_lowercase()))
    });
    let skipped = request.skipped.len();
    match (first, failed.len(), skipped) {
        (Some(first), 1, 0) => Some(format!("after {first}")),
        (Some(first), 1, _) => Some(format!("after {first}, {skipped} passed over")),
        (Some(first), n, _) => Some(format!("after {first}, and {} more", n - 1 + skipped)),
        (None, _, 0) => None,
        (None, _, 1) => request.skipped.first().map(|one| format!("{} passed over", one.model)),
        (None, _, n) => Some(format!("{n} passed over")),
    }
}

pub(in crate::pages) fn wait_after(model: &str, class: &str) -> String {
    format!("after {model}: {}", class.to_lowercase())
}

pub(in crate::pages) fn took(time: &str) -> String {
    format!("took {time}")
}

pub(in crate::pages) fn at(time: &str) -> String {
    format!("at {time}")
}

/// Why a candidate stands where it does.
pub(in crate::pages) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Home => "the session’s own account",
        Standing::Bound => "the session’s prompt is cached here",
        Standing::Ordered => "by the combo’s order",
        Standing::NearEdge => "kept for last: its quota is nearly used up",
        Standing::Probed => "kept for last: another request is trying it",
        Standing::TightContext => "kept for last: the prompt may be too long",
    }
}

pub(in crate::pages) fn instead(cost: &str) -> String {
    format!("Its tokens would have cost {cost} there.")
}
