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
