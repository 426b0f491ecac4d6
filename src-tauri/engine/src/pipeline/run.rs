use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use switchyard_dialect::{ClientError, Demands, Glance, demands, needs_kept_state};
use switchyard_routing::{
    Ask as PlanAsk, Candidate, Needs, NextStep, Place, Plan, PlanError, SessionKey, Skipped,
    next_step,
};
use switchyard_types::{Dialect, Millis, Outcome};
use switchyard_upstream::ForwardedHeaders;

use super::attempt::{Bad, Good};
use super::exhaustion::{Tried, exhausted, given_up, not_compacted, not_kept, paused, unplannable};
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

/// More tries than this are not worth a client's wait, however many candidates there are.
const MOST_TRIES: usize = 200;

/// How far a request has come.
#[derive(Default)]
struct Way {
    /// Where it was, whether it was tried or not.
    been: Vec<Place>,
    tried: Vec<Tried>,
    /// The window of the one whose window the prompt exceeded.
    least_window: Option<u64>,
    /// A legal answer that says nothing.
    spare: Option<(Attempt, Good)>,
    /// The field by which it builds on what a vendor keeps.
    kept: Option<&'static str>,
}

/// What came of a candidate.
enum Step {
    Next,
    Answered(Box<(Attempt, Good)>),
    GiveUp(Box<Tried>),
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
        if self.engine.paused() {
            return self.refuse(paused(), None);
        }
        let mut plan = match self.plan(&[]) {
            Ok(plan) => plan,
            Err(error) => {
                let error = unplannable(&error, self.engine.now());
                return self.refuse(error, None);
            }
        };
        self.ledger.planned(&plan);
        let mut way = Way { kept: self.kept_elsewhere(&plan.candidates), ..Way::default() };
        loop {
            for candidate in &plan.candidates {
                match self.step(candidate, &mut way).await {
                    Step::Next => {}
                    Step::Answered(answered) => {
                        let (attempt, good) = *answered;
                        return self.answer(attempt, good);
                    }
                    Step::GiveUp(failed) => {
                        let (error, vendors_own) = given_up(*failed);
                        return self.refuse(error, vendors_own);
                    }
                }
            }
            match self.more(&plan, &way) {
                Some(more) => plan = more,
                None => break,
            }
        }
        self.nobody(&plan, way)
    }

    /// Whom the request asks, besides where it was already.
    fn plan(&self, tried: &[Place]) -> Result<Plan, PlanError> {
        let speaks = match self.call.ask {
            // What is compacted is sealed: nobody could translate it.
            Ask::Compaction => &[Dialect::Responses],
            Ask::Answer | Ask::Completion | Ask::TokenCount => speaks(self.call.dialect),
        };
        let ask = PlanAsk {
            needs: self.needs(),
            session: self.place_of_session(),
            client: self.call.client.as_ref().map(|client| &client.id),
            path: self.call.project.as_deref(),
            ..PlanAsk::new(&self.glance.model, speaks)
        };
        let mut plan = self.engine.plan(self.ledger.id(), &ask, tried)?;
        served_as(&self.engine, self.call.dialect, &mut plan.candidates);
        Ok(plan)
    }

    /// The next candidates where a plan left some out and all of it have failed.
    fn more(&mut self, plan: &Plan, way: &Way) -> Option<Plan> {
        if !plan.more || way.been.len() >= MOST_TRIES {
            return None;
        }
        let more = self.plan(&way.been).ok()?;
        if more.candidates.is_empty() {
            return None;
        }
        self.ledger.planned_on(&more);
        Some(more)
    }

    /// Tries one candidate, unless something speaks against it.
    async fn step(&mut self, candidate: &Candidate, way: &mut Way) -> Step {
        way.been.push(candidate.place());
        if let Some((reason, until)) = self.against(candidate, way) {
            self.ledger.passed_over(candidate, reason, until);
            return Step::Next;
        }
        let attempt = self.ledger.attempt(candidate);
        let bad = match Box::pin(self.attempt(candidate)).await {
            // The model may truly have nothing to say; but if someone else has, that is better.
            Ok(good) if good.is_empty() => {
                way.spare.get_or_insert((attempt, good));
                return Step::Next;
            }
            Ok(good) => return Step::Answered(Box::new((attempt, good))),
            Err(bad) => bad,
        };
        let Bad { status, failure, vendors_own, unread: _ } = *bad;
        let lock = self.engine.failed(self.ledger.id(), &failure, candidate);
        self.ledger.failed(attempt, status, &failure, lock.as_ref());
        let step = next_step(failure.class);
        let failed = Tried { candidate: candidate.clone(), failure, vendors_own, lock };
        match step {
            NextStep::GiveUp => return Step::GiveUp(Box::new(failed)),
            NextStep::LargerWindowOnly => way.least_window = self.window(candidate),
            NextStep::NextCandidate => {}
        }
        way.tried.push(failed);
        Step::Next
    }

    /// Why a candidate of the plan is not to be tried after all, and until when.
    fn against(&self, candidate: &Candidate, way: &Way) -> Option<(String, Option<Millis>)> {
        let name = &candidate.account_name;
        if self.call.ask == Ask::Compaction && !self.compacts(&candidate.vendor) {
            return Some((format!("{name}: its vendor compacts no conversations"), None));
        }
        if way.kept.is_some() && !self.keeps(candidate) {
            let reason = format!("{name}: the request builds on what another vendor keeps");
            return Some((reason, None));
        }
        if let Some(reason) = self.kept_for_its_own(candidate) {
            return Some((reason, None));
        }
        if self.would_overflow(candidate, way.least_window, &way.tried) {
            return Some(("its context window is not known to be larger".to_owned(), None));
        }
        let Err(skipped) = self.engine.trying(self.ledger.id(), candidate) else { return None };
        let Skipped { reason, until, .. } = *skipped;
        Some((format!("while this request was under way: {reason}"), until))
    }

    /// No candidate answered with content.
    fn nobody(self, plan: &Plan, way: Way) -> Settled {
        let Way { tried, spare, kept, .. } = way;
        if let Some((attempt, good)) = spare {
            return self.answer(attempt, good);
        }
        if let Some(field) = kept
            && !plan.candidates.iter().any(|candidate| self.keeps(candidate))
        {
            let error = not_kept(self.call.dialect, field);
            return self.refuse(error, None);
        }
        if self.call.ask == Ask::Compaction && !self.some_compact(plan) {
            let error = not_compacted(&self.glance.model);
            return self.refuse(error, None);
        }
        let now = self.engine.now();
        let (error, vendors_own) = exhausted(&self.glance.model, plan, tried, now);
        self.ledger.close(Outcome::Exhausted, error.status, Some(error.message.clone()));
        Settled::Failed { error, vendors_own }
    }

    fn refuse(self, error: ClientError, vendors_own: Option<RawReply>) -> Settled {
        self.ledger.close(Outcome::Refused, error.status, Some(error.message.clone()));
        Settled::Failed { error, vendors_own }
    }

    /// What it takes to answer. Images, tools and thinking are looked for only where the configuration asks.
    fn needs(&self) -> Needs {
        let tokens = Some(self.roughly());
        if !self.engine.live().snapshot.heeds_demands() {
            return Needs { tokens, ..Needs::default() };
        }
        let Demands { images, tools, thinking } = demands(self.call.dialect, &self.call.body);
        Needs { tokens, images, tools, thinking }
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
        // What is asked again elsewhere must not move the session that asked it.
        if self.call.replay_of.is_some() {
            return None;
        }
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
pub(crate) fn speaks(client: Dialect) -> &'static [Dialect] {
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
