//! What the client is told when nobody answers: each candidate's reason, and the soonest time at
//! which one of them recovers.

use switchyard_dialect::{BodyError, ClientError, ErrorKind};
use switchyard_routing::{Candidate, Failure, Lock, Plan, PlanError, SkipReason, Skipped, soonest};
use switchyard_types::{Dialect, FailureClass, Millis};

use super::run::RawReply;

/// A candidate that failed.
pub(super) struct Tried {
    pub(super) candidate: Candidate,
    pub(super) failure: Failure,
    pub(super) vendors_own: Option<RawReply>,
    pub(super) lock: Option<Lock>,
}

/// The model's name cannot be followed, or not by this client, or not now.
pub(super) fn unplannable(error: &PlanError, now: Millis) -> ClientError {
    let (status, kind, until) = match error {
        PlanError::TooOften { until, .. } => (429, ErrorKind::RateLimit, Some(*until)),
        PlanError::NotAllowed { .. } => (403, ErrorKind::Permission, None),
        PlanError::UnknownModel { .. }
        | PlanError::UnknownVendor { .. }
        | PlanError::NoActiveCombo
        | PlanError::ActiveComboGone { .. }
        | PlanError::EmptyCombo { .. }
        | PlanError::AliasCycle { .. }
        | PlanError::AliasTarget { .. }
        | PlanError::RuleTarget { .. }
        | PlanError::UnknownPath { .. } => (404, ErrorKind::NotFound, None),
    };
    let retry_after = until.map(|until| seconds_until(until, now));
    ClientError { status, kind, message: error.to_string(), retry_after }
}

/// Whole seconds that a client waits until then.
fn seconds_until(until: Millis, now: Millis) -> u64 {
    u64::try_from((until - now + 999) / 1000).unwrap_or(0)
}

/// The user paused routing.
pub(super) fn paused() -> ClientError {
    ClientError {
        status: 503,
        kind: ErrorKind::Overloaded,
        message: "Switchyard is paused: resume it in the tray's menu or with `switchyard resume`"
            .to_owned(),
        retry_after: None,
    }
}

/// The request goes on with something that no candidate's vendor keeps.
pub(super) fn not_kept(client: Dialect, field: &'static str) -> ClientError {
    let conversation = ["thread", "previous_response_id", "conversation"].contains(&field);
    let kind =
        if conversation { ErrorKind::ConversationElsewhere } else { ErrorKind::InvalidRequest };
    // The statuses that Anthropic and OpenAI give to a conversation that they do not hold.
    let status = if client == Dialect::Messages { 404 } else { 400 };
    let message = BodyError::KeptElsewhere { field }.to_string();
    ClientError { status, kind, message, retry_after: None }
}

/// No vendor behind the model compacts conversations: the client can still do it by itself.
pub(super) fn not_compacted(asked: &str) -> ClientError {
    ClientError {
        status: 404,
        kind: ErrorKind::NotFound,
        message: format!(
            "no vendor behind {asked} compacts conversations; let the client summarize by itself, or add a \
             model of OpenAI or Codex"
        ),
        retry_after: None,
    }
}

/// Nobody else would answer differently: the vendor's own words, or ours in the same sense.
pub(super) fn given_up(tried: Tried) -> (ClientError, Option<RawReply>) {
    let Tried { failure, vendors_own, .. } = tried;
    let (status, kind) = plain(failure.class);
    let status = vendors_own.as_ref().map_or(status, |(status, ..)| status.as_u16());
    (ClientError { status, kind, message: failure.message, retry_after: None }, vendors_own)
}

/// No candidate is left.
pub(super) fn exhausted(
    asked: &str,
    plan: &Plan,
    mut tried: Vec<Tried>,
    now: Millis,
) -> (ClientError, Option<RawReply>) {
    // An overflow is the client's to mend, by compacting: its dialect's own error lets it.
    if let Some(at) = tried.iter().position(|t| t.failure.class == FailureClass::ContextTooLong) {
        return given_up(tried.swap_remove(at));
    }
    let same = |class| plan.skipped.is_empty() && tried.iter().all(|t| t.failure.class == class);
    if !tried.is_empty() && (same(FailureClass::ModelMissing) || same(FailureClass::ContentPolicy))
    {
        return given_up(tried.swap_remove(0));
    }
    let until = soonest(&plan.skipped, tried.iter().map(|t| t.lock.as_ref().map(|l| l.until)));
    let retry_after = until.map(|until| seconds_until(until, now));
    let waiting = retry_after.is_some() && only_waiting(plan, &tried);
    let (status, kind) = if waiting {
        (429, ErrorKind::RateLimit)
    } else if tried.is_empty() && all_unable(plan) {
        // Asking again would change nothing: the request is what no model here can answer.
        (400, ErrorKind::InvalidRequest)
    } else {
        (503, ErrorKind::Overloaded)
    };
    (
        ClientError { status, kind, message: story(asked, plan, &tried, now, until), retry_after },
        None,
    )
}

/// Whether nothing but time stands in the way: every reason is a limit that passes.
fn only_waiting(plan: &Plan, tried: &[Tried]) -> bool {
    plan.skipped.iter().all(|skipped| skipped.until.is_some())
        && tried
            .iter()
            .all(|tried| matches!(tried.failure.class, FailureClass::Quota | FailureClass::Rate))
}

/// Whether every model is declared unable to answer such a request.
fn all_unable(plan: &Plan) -> bool {
    let unable = |skipped: &Skipped| matches!(skipped.reason, SkipReason::Unable { .. });
    !plan.skipped.is_empty() && plan.skipped.iter().all(unable)
}

fn story(asked: &str, plan: &Plan, tried: &[Tried], now: Millis, until: Option<Millis>) -> String {
    let again = |until: Millis| span(until - now);
    let mut sentences: Vec<String> = tried.iter().map(|tried| failure(tried, again)).collect();
    sentences.extend(plan.skipped.iter().map(|skipped| {
        let (model, reason) = (&skipped.model, skipped.reason.to_string());
        let reason = reason.trim_end_matches('.');
        match skipped.until.map(again) {
            Some(span) => format!("{model}: {reason}, again in {span}."),
            None => format!("{model}: {reason}."),
        }
    }));
    sentences.extend(until.map(again).map(|span| format!("The soonest recovers in {span}.")));
    let sentences = sentences.join(" ");
    let story = match &plan.combo {
        Some(combo) if combo == asked => {
            format!("No model of the combo {combo:?} can answer now. {sentences}")
        }
        Some(combo) => {
            format!("No model of the combo {combo:?} ({asked}) can answer now. {sentences}")
        }
        None => format!("The model {asked:?} cannot answer now. {sentences}"),
    };
    story.trim_end().to_owned()
}

fn failure(tried: &Tried, again: impl Fn(Millis) -> String) -> String {
    let Candidate { vendor, model, account_name, .. } = &tried.candidate;
    let words = tried.failure.message.trim_end_matches('.');
    match tried.lock.as_ref().map(|lock| again(lock.until)) {
        Some(span) => format!("{vendor}/{model} ({account_name}): {words}, again in {span}."),
        None => format!("{vendor}/{model} ({account_name}): {words}."),
    }
}

/// A span of time in the two units that matter.
fn span(millis: Millis) -> String {
    let seconds = (millis.max(0) + 999) / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {seconds} s", seconds = seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// The status and kind of a failure that is told as it is.
fn plain(class: FailureClass) -> (u16, ErrorKind) {
    match class {
        FailureClass::ClientFault | FailureClass::ContentPolicy => (400, ErrorKind::InvalidRequest),
        FailureClass::ContextTooLong => (400, ErrorKind::ContextTooLong),
        FailureClass::ModelMissing => (404, ErrorKind::NotFound),
        FailureClass::SignIn | FailureClass::Billing => (503, ErrorKind::Overloaded),
        FailureClass::Quota | FailureClass::Rate => (429, ErrorKind::RateLimit),
        FailureClass::Transient | FailureClass::Transport => (502, ErrorKind::Server),
        FailureClass::Cancelled => (499, ErrorKind::InvalidRequest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_the_units_that_matter() {
        assert_eq!(span(400), "1 s");
        assert_eq!(span(59_000), "59 s");
        assert_eq!(span(125_000), "2 min 5 s");
        assert_eq!(span(3_600_000 * 5), "5 h 0 min");
        assert_eq!(span(86_400_000 * 3 + 3_600_000), "3 d 1 h");
        assert_eq!(span(-5), "0 s");
    }
}
