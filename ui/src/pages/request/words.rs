//! The words of a request: its row in a list, and its trace.

use switchyard_types::{RequestView, Standing};

use crate::facts::letters::in_small;
use crate::facts::words::failure;
use crate::word::Word;

pub(in crate::pages) const WHEN: Word = word!("When");
pub(in crate::pages) const AGENT: Word = word!("Agent");
pub(in crate::pages) const ANSWERED_BY: Word = word!("Answered by");
pub(in crate::pages) const IN: Word = word!("In");
pub(in crate::pages) const OUT: Word = word!("Out");
pub(in crate::pages) const FIRST: Word = word!("First");
pub(in crate::pages) const FIRST_HINT: Word = word!("Time until the first content");
pub(in crate::pages) const CHOOSING: Word = word!("Waiting for an answer");
pub(in crate::pages) const RUNNING: Word = word!("Running");
pub(in crate::pages) const TOTAL: Word = word!("Total");
pub(in crate::pages) const COST: Word = word!("Cost");
pub(in crate::pages) const INPUT: Word = word!("Input");
pub(in crate::pages) const OUTPUT: Word = word!("Output");
pub(in crate::pages) const LOCAL: Word = word!("without a key");

pub(in crate::pages) const TRACE: Word = word!("Request");
pub(in crate::pages) const DECISION: Word = word!("Decision");
pub(in crate::pages) const FACTS: Word = word!("Request");
pub(in crate::pages) const ASKED_FOR: Word = word!("Asked for");
pub(in crate::pages) const COMBO: Word = word!("Combo");
pub(in crate::pages) const DIALECT: Word = word!("Spoken");
pub(in crate::pages) const STREAMED: Word = word!("streamed");
pub(in crate::pages) const WHOLE: Word = word!("in one piece");
pub(in crate::pages) const STATUS: Word = word!("Status");
pub(in crate::pages) const KEY: Word = word!("Agent");
pub(in crate::pages) const CAME: Word = word!("Came");
pub(in crate::pages) const ID: Word = word!("Id");
pub(in crate::pages) const THE_ID: Word = word!("the request's id");
pub(in crate::pages) const FRESH: Word = word!("Fresh input");
pub(in crate::pages) const CACHE_READ: Word = word!("Read from cache");
pub(in crate::pages) const CACHE_WRITE: Word = word!("Written to cache");
pub(in crate::pages) const PASSED_OVER: Word = word!("Passed over");
pub(in crate::pages) const UNTIL: Word = word!("until {time}");
pub(in crate::pages) const LOCKED_UNTIL: Word = word!("Locked until {time}");
pub(in crate::pages) const SERVED: Word = word!("Answered");
pub(in crate::pages) const LOSSES: Word = word!("Not carried over by translation");
pub(in crate::pages) const GONE: Word = word!("This request is no longer kept");
pub(in crate::pages) const GONE_TEXT: Word =
    word!("Old requests are pruned; the sums still count them.");
pub(in crate::pages) const NOT_TRIED: Word = word!("Nothing was tried.");
pub(in crate::pages) const NOTHING_YET: Word = word!("Nothing has failed so far.");
pub(in crate::pages) const NOT_NEEDED: Word = word!("Not needed");
pub(in crate::pages) const UNAIDED: Word = word!("Without fallback");
pub(in crate::pages) const UNAIDED_SAME: Word =
    word!("The same: its first choice answered, or nobody could.");
pub(in crate::pages) const UNAIDED_UNTIL: Word = word!("That one is out until {time}.");
pub(in crate::pages) const UNAIDED_FAILED: Word = word!("It would have failed at {place}.");
pub(in crate::pages) const UNAIDED_ASKING: Word = word!("Looking");
pub(in crate::pages) const UNAIDED_UNKNOWN: Word = word!("This could not be found out just now.");
pub(in crate::pages) const BUDGETS: Word = word!("Spends");

pub(in crate::pages) const REPLAY_OF: Word = word!("Asked again");
pub(in crate::pages) const THE_FIRST: Word = word!("See the first request");
pub(super) const SAID: Word = word!("What was said");
pub(super) const SHOW_SAID: Word = word!("Show what was said");
pub(super) const LOOKING: Word = word!("Looking");
pub(super) const NOT_KEPT: Word = word!("What was said in this request is not kept.");
pub(super) const HOW_TO_KEEP: Word = word!("It can be, from now on, and then be asked again:");
pub(super) const TO_KEEPING: Word = word!("Settings, Data");
pub(super) const FROM_CLIENT: Word = word!("Agent sent");
pub(super) const TO_VENDOR: Word = word!("Went to provider");
pub(super) const FROM_VENDOR: Word = word!("Provider answered");
pub(super) const TO_CLIENT: Word = word!("Agent got");
pub(super) const NOTHING_SAID: Word = word!("Nothing was said here.");
pub(super) const THIS_BODY: Word = word!("what is shown, as it was sent");
pub(super) const DELETE_SAID: Word = word!("Delete what was said");
pub(super) const DELETE_TITLE: Word = word!("Delete what was said in this request?");
pub(super) const DELETE_TEXT: Word = word!(
    "It is gone for good, and cannot be asked again. The request, its trace and its sums stay."
);
pub(super) const DELETE: Word = word!("Delete");
pub(super) const SAID_DELETED: Word = word!("What was said is deleted");
pub(super) const REPLAY: Word = word!("Ask again");
pub(super) const REPLAY_TEXT: Word = word!(
    "Sends the same to another model or combo, without the agent’s key, and shows both answers. It is counted like any request."
);
pub(super) const REPLAY_CUT: Word =
    word!("What the agent sent was too long to be kept whole, so that it cannot be asked again.");
pub(super) const REPLAY_MODEL: Word = word!("Model or combo to ask");
pub(super) const REPLAY_NOW: Word = word!("Ask");
pub(super) const REPLAYING: Word = word!("Asking");
pub(super) const REPLAY_NOBODY: Word = word!("Name a model or a combo.");
pub(super) const COMPARISON: Word = word!("Both answers");
pub(super) const BEFORE: Word = word!("First answer");
pub(super) const AFTER: Word = word!("New answer");
pub(super) const SAME_ANSWER: Word = word!("Both say the same, word for word.");
pub(super) const FIRST_CUT: Word = word!("Of the first answer only the beginning is kept.");
pub(super) const NO_TEXT: Word = word!("It has no text.");
pub(super) const ITS_TRACE: Word = word!("See its trace");
pub(super) const CLOSE_COMPARISON: Word = word!("Done");
const REPLAYED: Word = word!("asked again");

/// Who sent a request.
pub(super) fn agent(request: &RequestView) -> String {
    let replayed = request.plan.as_ref().is_some_and(|plan| plan.replay_of.is_some());
    let nobody = if replayed { REPLAYED } else { LOCAL };
    request.key.clone().unwrap_or_else(|| nobody.owned())
}

/// How long a body was, and how much of it is kept.
pub(super) fn length(bytes: &str, cut: bool) -> String {
    if cut { say!("{bytes}, of which the beginning is kept", bytes) } else { bytes.to_owned() }
}

pub(in crate::pages) fn more_skipped(n: usize) -> String {
    say!("Show {n} more that were passed over", n)
}

pub(in crate::pages) fn more_planned(n: usize) -> String {
    say!("Show {n} more that would be asked", n)
}

/// Why this one answered: what failed before it and what was passed over.
pub(in crate::pages) fn why(request: &RequestView) -> Option<String> {
    let failed: Vec<_> =
        request.attempts.iter().filter(|attempt| attempt.failure.is_some()).collect();
    let first = failed.first().and_then(|attempt| {
        attempt.failure.map(|class| {
            say!(
                "{model}: {failure}",
                model = attempt.to.model,
                failure = in_small(failure(class).text())
            )
        })
    });
    let skipped = request.skipped.len();
    match (first, failed.len(), skipped) {
        (Some(first), 1, 0) => Some(say!("after {first}", first)),
        (Some(first), 1, _) => Some(say!("after {first}, {skipped} passed over", first, skipped)),
        (Some(first), n, _) => {
            Some(say!("after {first}, and {n} more", first, n = n - 1 + skipped))
        }
        (None, _, 0) => None,
        (None, _, 1) => {
            request.skipped.first().map(|one| say!("{model} passed over", model = one.model))
        }
        (None, _, n) => Some(say!("{n} passed over", n)),
    }
}

pub(in crate::pages) fn wait_after(model: &str, failure: &str) -> String {
    say!("after {model}: {failure}", model, failure = in_small(failure))
}

pub(in crate::pages) fn took(time: &str) -> String {
    say!("took {time}", time)
}

pub(in crate::pages) fn first_content_at(time: &str) -> String {
    say!("first content at {time}", time)
}

pub(super) fn tokens(n: &str) -> String {
    say!("{n} tokens", n)
}

pub(super) fn tokens_with_reasoning(n: &str, reasoning: &str) -> String {
    say!("{n} tokens, {reasoning} of it reasoning", n, reasoning)
}

/// Why a candidate stands where it does.
pub(in crate::pages) fn standing(standing: Standing) -> Word {
    match standing {
        Standing::Home => word!("the session’s own account"),
        Standing::Bound => word!("the session’s prompt is cached here"),
        Standing::Ordered => word!("by the combo’s order"),
        Standing::NearEdge => word!("kept for last: its quota is nearly used up"),
        Standing::Probed => word!("kept for last: another request is trying it"),
        Standing::TightContext => word!("kept for last: the prompt may be too long"),
    }
}

pub(in crate::pages) fn instead(cost: &str) -> String {
    say!("Its tokens would have cost {cost} there.", cost)
}
