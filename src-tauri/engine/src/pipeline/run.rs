use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use switchyard_dialect::{ClientError, Glance, needs_kept_state};
use switchyard_routing::{
    Ask as PlanAsk, Candidate, Needs, NextStep, Plan, SessionKey, Skipped, next_step,
};
use switchyard_types::{Dialect, Outcome};
use switchyard_upstream::ForwardedHeaders;

use super::attempt::{Bad, Good};
use super::exhaustion::{Tried, exhausted, given_up, not_compacted, not_kept, unplannable};
use super::ledger::{Attempt, Ledger};
use super::{Ask, Call, ReplyStream, forward};
use crate::Engine;

/// A vendor's own reply, fit for a client of the same dialect.
pub(super) type RawReply = (StatusCode, HeaderMap, Bytes);

/// How the tries came out.
pub(super) enum Settled {
    /// An answer in one piece.
    Whole { status: StatusCode, headers: HeaderMap, body: Bytes },
    /// An answer that began; its first piece is held in the stream.
    Streaming { headers: HeaderMap, body: ReplyStream },
    /// No answer. Where the vendor's own words are in the client's dialect, they are passed on.
    Failed { error: ClientError, vendors_own: Option<RawReply> },
}

impl Settled {
    /// Nobody has answered when the program stops.
    pub(super) fn stopping() -> Self {
        Self::Failed { error: forward::stopping(), vendors_own: None }
    }
}

/// One request on its way through the candidates.
pub(super) struct Job {
    pub(super) engine: Engine,
    pub(super) call: Call,
    pub(super) glance: Glance,
    pub(super) forwarded: ForwardedHeaders,
    pub(super) ledger: Ledger,
}

impl Job {
    pub(super) fn new(engine: Engine, call: Call, glance: Glance, ledger: Ledger) -> Self {
        let forwarded = ForwardedHeaders::pick(call.dialect, &call.headers);
        Self { engine, call, glance, forwarded, ledger }
    }

    /// Tries candidates until one answers or none is left.
    pub(super) async fn run(mut self) -> Settled {
        let speaks = match self.call.ask {
            // What is compacted is sealed: nobody could translate it.
            Ask::Compaction => &[Dialect::Responses],
            Ask::Answer | Ask::Completion | Ask::TokenCount => speaks(self.call.dialect),
        };
        let client = self.call.client.as_ref().map(|client| client.id.clone());
        let ask = PlanAsk {
            needs: Needs { tokens: Some(self.roughly()), ..Needs::default() },
            session: self.place_of_session(),
            client: client.as_ref(),
            ..PlanAsk::new(&self.glance.model, speaks)
        };
        let mut plan = match self.engine.plan(self.ledger.id(), &ask) {
            Ok(plan) => plan,
            Err(error) => {
                let error = unplannable(&error);
                self.ledger.close(Outcome::Refused, error.status, Some(error.message.clone()));
                return Settled::Failed { error, vendors_own: None };
            }
        };
        served_as(&self.engine, self.call.dialect, &mut plan.candidates);
        self.ledger.planned(&plan);
        let mut tried: Vec<Tried> = Vec::new();
        let mut least_window = None;
        let mut spare: Option<(Attempt, Good)> = None;
        let kept = self.kept_elsewhere(&plan.candidates);
        for candidate in &plan.candidates {
            if self.call.ask == Ask::Compaction && !self.compacts(&candidate.vendor) {
                let name = &candidate.account_name;
                let reason = format!("{name}: its vendor compacts no conversations");
                self.ledger.passed_over(candidate, reason, None);
                continue;
            }
            if kept.is_some() && !self.keeps(candidate) {
                let name = &candidate.account_name;
                let reason = format!("{name}: the request builds on what another vendor keeps");
                self.ledger.passed_over(candidate, reason, None);
                continue;
            }
            if let Some(reason) = self.kept_for_its_own(candidate) {
                self.ledger.passed_over(candidate, reason, None);
                continue;
            }
            if self.would_overflow(candidate, least_window, &tried) {
                let reason = "its context window is not known to be larger".to_owned();
                self.ledger.passed_over(candidate, reason, None);
                continue;
            }
            if let Err(skipped) = self.engine.trying(self.ledger.id(), candidate) {
                let Skipped { reason, until, .. } = *skipped;
                let reason = format!("while this request was under way: {reason}");
                self.ledger.passed_over(candidate, reason, until);
                continue;
            }
            let attempt = self.ledger.attempt(candidate);
            match Box::pin(self.attempt(candidate)).await {
                // The model may truly have nothing to say; but if someone else has, that is better.
                Ok(good) if good.is_empty() => {
                    spare.get_or_insert((attempt, good));
                }
                Ok(good) => return self.answer(attempt, good),
                Err(bad) => {
                    let Bad { status, failure, vendors_own } = *bad;
                    let lock = self.engine.failed(self.ledger.id(), &failure, candidate);
                    self.ledger.failed(attempt, status, &failure, lock.as_ref());
                    let step = next_step(failure.class);
                    let failed = Tried { candidate: candidate.clone(), failure, vendors_own, lock };
                    match step {
                        NextStep::GiveUp => {
                            let (error, vendors_own) = given_up(failed);
                            let outcome = Outcome::Refused;
                            self.ledger.close(outcome, error.status, Some(error.message.clone()));
                            return Settled::Failed { error, vendors_own };
                        }
                        NextStep::LargerWindowOnly => least_window = self.window(candidate),
                        NextStep::NextCandidate => {}
                    }
                    tried.push(failed);
                }
            }
        }
        if let Some((attempt, good)) = spare {
            return self.answer(attempt, good);
        }
        if let Some(field) = kept
            && !plan.candidates.iter().any(|candidate| self.keeps(candidate))
        {
            let error = not_kept(self.call.dialect, field);
            self.ledger.close(Outcome::Refused, error.status, Some(error.message.clone()));
            return Settled::Failed { error, vendors_own: None };
        }
        if self.call.ask == Ask::Compaction && !self.some_compact(&plan) {
            let error = not_compacted(&self.glance.model);
            self.ledger.close(Outcome::Refused, error.status, Some(error.message.clone()));
            return Settled::Failed { error, vendors_own: None };
        }
        let now = self.engine.now();
        let (error, vendors_own) = exhausted(&self.glance.model, &plan, tried, now);
        self.ledger.close(Outcome::Exhausted, error.status, Some(error.message.clone()));
        Settled::Failed { error, vendors_own }
    }

    /// Why a candidate's account does not serve this client: some vendors restrict their logins to their own
    /// clients, and only the user may decide otherwise.
    fn kept_for_its_own(&self, candidate: &Candidate) -> Option<String> {
        let live = self.engine.live();
        let vendor = live.catalog.vendor(&candidate.vendor)?;
        let headers = &self.call.headers;
        let kept = self.engine.kept_for_its_vendors_client(vendor, &candidate.account, headers);
        kept.then(|| {
            let (account, name) = (&candidate.account_name, &vendor.name);
            format!("{account}: {name} restricts this login to its own client")
        })
    }

    /// Whether a candidate cannot help after an overflow: only a larger window can.
    fn would_overflow(
        &self,
        candidate: &Candidate,
        least_window: Option<u64>,
        tried: &[Tried],
    ) -> bool {
        let overflowed =
            tried.iter().any(|tried| next_step(tried.failure.class) == NextStep::LargerWindowOnly);
        let larger = match (self.window(candidate), least_window) {
            (Some(window), Some(least)) => window > least,
            // Nothing declared is larger than nothing known.
            (None, _) | (Some(_), None) => false,
        };
        overflowed && !larger
    }

    /// Whose prompt cache the request would use: what the client calls its session, else how it begins.
    /// `None` where neither says anything.
    fn place_of_session(&self) -> Option<SessionKey> {
        const HEADERS: [&str; 3] = ["x-claude-code-session-id", "session_id", "session-id"];
        let header = |name: &str| self.call.headers.get(name).map(HeaderValue::as_bytes);
        let named = HEADERS.into_iter().find_map(header);
        let told = named.or_else(|| self.told_session())?;
        Some(SessionKey::of(&[self.whose().as_bytes(), told]))
    }

    /// How many tokens the prompt may have, by its length: good enough to say who comes last.
    fn roughly(&self) -> u64 {
        u64::try_from(self.call.body.len() / 4).unwrap_or(u64::MAX)
    }

    /// The field by which the request builds on what a vendor keeps, where not every candidate's does.
    fn kept_elsewhere(&self, candidates: &[Candidate]) -> Option<&'static str> {
        let everyone = candidates.iter().all(|candidate| self.keeps(candidate));
        if everyone {
            return None;
        }
        needs_kept_state(self.call.dialect, &self.glance, &self.call.body)
    }

    /// Whether the candidate's vendor keeps conversations that go on in the client's dialect.
    fn keeps(&self, candidate: &Candidate) -> bool {
        let live = self.engine.live();
        let vendor = live.catalog.vendor(&candidate.vendor);
        let endpoint = vendor.and_then(|vendor| vendor.endpoint(candidate.dialect));
        candidate.dialect == self.call.dialect
            && endpoint.is_some_and(|endpoint| endpoint.keeps_conversations)
    }

    /// Whether a vendor compacts conversations.
    fn compacts(&self, vendor: &str) -> bool {
        let live = self.engine.live();
        let vendor = live.catalog.by_prefix(vendor);
        vendor
            .and_then(|vendor| vendor.endpoint(Dialect::Responses))
            .is_some_and(|endpoint| endpoint.compact.is_some())
    }

    /// Whether anybody compacts conversations, be it one that is locked now.
    fn some_compact(&self, plan: &Plan) -> bool {
        let skipped = plan.skipped.iter().filter(|skipped| skipped.until.is_some());
        let mut prefixes = skipped.filter_map(|skipped| skipped.model.split_once('/'));
        plan.candidates.iter().any(|candidate| self.compacts(&candidate.vendor))
            || prefixes.any(|(prefix, _)| self.compacts(prefix))
    }

    fn window(&self, candidate: &Candidate) -> Option<u64> {
        let live = self.engine.live();
        let vendor = live.catalog.vendor(&candidate.vendor)?;
        vendor.models.iter().find(|model| model.id == candidate.model)?.context
    }

    fn answer(mut self, attempt: Attempt, good: Good) -> Settled {
        match good {
            Good::Whole(whole) => {
                let place = attempt.place();
                self.ledger.served(attempt, whole.status.as_u16());
                self.ledger.answered(&place);
                self.ledger.lost(whole.losses);
                self.ledger.used(whole.usage);
                self.ledger.close(Outcome::Answered, whole.status.as_u16(), None);
                Settled::Whole { status: whole.status, headers: whole.headers, body: whole.body }
            }
            Good::Streaming(opened) => {
                self.ledger.served(attempt, 200);
                let headers = opened.headers.clone();
                let body = forward::forward(self.engine, self.call.dialect, *opened, self.ledger);
                Settled::Streaming { headers, body }
            }
        }
    }
}

/// Some vendors serve a model in some of their dialects only.
pub(super) fn served_as(engine: &Engine, client: Dialect, candidates: &mut [Candidate]) {
    let live = engine.live();
    for candidate in candidates {
        if let Some(vendor) = live.catalog.vendor(&candidate.vendor) {
            let best = candidate.dialect;
            candidate.dialect = vendor.dialect_for(&candidate.model, best, speaks(client));
        }
    }
}

/// The dialects that serve a client of this one: its own first, since there the bytes pass, then those
/// into which the least is lost.
pub(super) fn speaks(client: Dialect) -> &'static [Dialect] {
    use Dialect::{Chat, Gemini, Messages, Ollama, Responses};
    match client {
        Chat => &[Chat, Responses, Messages, Gemini, Ollama],
        Messages => &[Messages, Responses, Gemini, Chat, Ollama],
        Responses => &[Responses, Messages, Gemini, Chat, Ollama],
        Gemini => &[Gemini, Messages, Responses, Chat, Ollama],
        Ollama => &[Ollama, Chat, Responses, Messages, Gemini],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_is_first_spoken_as_it_came_and_then_in_every_other() {
        for client in Dialect::ALL {
            let listed = speaks(client);
            assert_eq!(listed[0], client);
            let mut all = listed.to_vec();
            all.sort_unstable();
            assert_eq!(all, Dialect::ALL);
        }
    }
}
