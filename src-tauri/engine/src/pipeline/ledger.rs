use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::atomic::Ordering;
use std::time::Instant;

use switchyard_dialect::Glance;
use switchyard_routing::{Candidate, Failure, Lock, Place, Plan};
use switchyard_types::{
    AttemptView, Millis, NanoDollars, Outcome, Price, RequestId, RequestView, ServedBy,
    SkippedView, TraceView, Usage,
};

use super::Call;
use crate::Engine;
use crate::bodies::Listener;
use crate::explain::trace;
use crate::running;

/// The row of a request as it grows. It is written exactly once: when the request ends, or when
/// its future is dropped because the client went away.
#[derive(Debug)]
pub(super) struct Ledger {
    engine: Engine,
    start: Instant,
    row: RequestView,
    /// Where it stands among those that run, once it has a plan.
    place: Option<running::Place>,
    written: bool,
    listener: Option<Listener>,
}

/// One try, while it lasts.
#[derive(Debug)]
pub(super) struct Attempt {
    to: ServedBy,
    started: u64,
}

impl Attempt {
    pub(super) fn place(&self) -> Place {
        Place { account: self.to.account.clone(), model: self.to.model.clone() }
    }
}

impl Ledger {
    pub(super) fn open(engine: &Engine, call: &Call, glance: &Glance) -> Self {
        engine.inner.answering.fetch_add(1, Ordering::Relaxed);
        let at = engine.now();
        let id = new_id(at);
        let listener = engine.inner.bodies.listener(&id, at);
        if let Some(listener) = &listener {
            listener.client_sent(&call.body);
        }
        Self {
            engine: engine.clone(),
            start: Instant::now(),
            listener,
            row: RequestView {
                id,
                at,
                dialect: call.dialect,
                model: glance.model.clone(),
                combo: None,
                stream: glance.stream,
                key: call.client.as_ref().map(|client| client.name.clone()),
                outcome: Outcome::Cancelled,
                status: 499,
                served_by: None,
                attempts: Vec::new(),
                skipped: Vec::new(),
                losses: Vec::new(),
                first_content: None,
                millis: 0,
                usage: None,
                cost: None,
                saved: None,
                error: None,
                plan: call
                    .replay_of
                    .clone()
                    .map(|of| Box::new(TraceView { replay_of: Some(of), ..TraceView::default() })),
            },
            place: None,
            written: false,
        }
    }

    pub(super) fn id(&self) -> &RequestId {
        &self.row.id
    }

    /// Who keeps what is said, where the user wants that.
    pub(super) fn listener(&self) -> Option<&Listener> {
        self.listener.as_ref()
    }

    /// A vendor said this.
    pub(super) fn heard(&self, piece: &[u8]) {
        if let Some(listener) = &self.listener {
            listener.vendor_said(piece);
        }
    }

    pub(super) fn planned(&mut self, plan: &Plan) {
        self.row.combo.clone_from(&plan.combo);
        self.row.skipped = plan.skipped.iter().map(Into::into).collect();
        let replay_of = self.row.plan.take().and_then(|plan| plan.replay_of);
        self.row.plan = Some(Box::new(TraceView { replay_of, ..trace(plan) }));
        self.place = self.engine.begins(&self.row);
    }

    /// All of a plan have failed, and these are next.
    pub(super) fn planned_on(&mut self, plan: &Plan) {
        for skipped in &plan.skipped {
            let view = SkippedView::from(skipped);
            if !self.row.skipped.contains(&view) {
                self.row.skipped.push(view);
            }
        }
    }

    /// A candidate of the plan was not tried after all.
    pub(super) fn passed_over(
        &mut self,
        candidate: &Candidate,
        reason: String,
        until: Option<Millis>,
    ) {
        self.row.skipped.push(SkippedView {
            model: format!("{}/{}", candidate.vendor, candidate.model),
            account: Some(candidate.account.clone()),
            reason,
            until,
        });
    }

    pub(super) fn attempt(&self, candidate: &Candidate) -> Attempt {
        Attempt {
            to: ServedBy {
                vendor: candidate.vendor.clone(),
                account: candidate.account.clone(),
                account_name: candidate.account_name.clone(),
                model: candidate.model.clone(),
                dialect: candidate.dialect,
            },
            started: self.elapsed(),
        }
    }

    /// A try failed before anything reached the client.
    pub(super) fn failed(
        &mut self,
        attempt: Attempt,
        status: Option<u16>,
        failure: &Failure,
        lock: Option<&Lock>,
    ) {
        let view = self.attempt_view(attempt, status, Some(failure), lock);
        self.engine.tried(self.place, &self.row, &view);
        self.row.attempts.push(view);
    }

    /// A try brought its first content.
    pub(super) fn served(&mut self, attempt: Attempt, status: u16) {
        let by = attempt.to.clone();
        let view = self.attempt_view(attempt, Some(status), None, None);
        self.row.first_content = Some(self.elapsed());
        self.engine.serves(self.place, &self.row, &by);
        self.row.attempts.push(view);
        self.row.served_by = Some(by);
    }

    /// The answer that began has come in full.
    pub(super) fn answered(&self, at: &Place) {
        self.engine.answered(&self.row.id, at, self.row.first_content.unwrap_or_default());
    }

    pub(super) fn lost(&mut self, losses: Vec<String>) {
        for loss in losses {
            if !self.row.losses.contains(&loss) {
                self.row.losses.push(loss);
            }
        }
    }

    pub(super) fn used(&mut self, usage: Option<Usage>) {
        self.row.usage = usage;
        let priced = usage.and_then(|usage| Some((self.price()?, usage)));
        self.row.cost = priced.map(|(price, usage)| cost(&price, &usage));
        self.row.saved = priced.map(|(price, usage)| saved(&price, &usage));
    }

    /// The answer broke off after its first content: the try that served it says why.
    pub(super) fn broke(&mut self, failure: &Failure, lock: Option<&Lock>) {
        if let Some(attempt) = self.row.attempts.last_mut() {
            attempt.failure = Some(failure.class);
            attempt.message = Some(failure.message.clone());
            attempt.locked_until = lock.map(|lock| lock.until);
        }
    }

    pub(super) fn close(mut self, outcome: Outcome, status: u16, error: Option<String>) {
        self.row.outcome = outcome;
        self.row.status = status;
        self.row.error = error;
        self.write();
    }

    fn write(&mut self) {
        if std::mem::replace(&mut self.written, true) {
            return;
        }
        self.engine.inner.answering.fetch_sub(1, Ordering::Relaxed);
        self.row.millis = self.elapsed();
        self.engine.ended(&self.row.id, self.row.usage, self.row.cost);
        self.engine.ends(self.place, &self.row);
        self.engine.record(self.row.clone());
    }

    fn attempt_view(
        &self,
        attempt: Attempt,
        status: Option<u16>,
        failure: Option<&Failure>,
        lock: Option<&Lock>,
    ) -> AttemptView {
        AttemptView {
            to: attempt.to,
            started: attempt.started,
            millis: self.elapsed().saturating_sub(attempt.started),
            status,
            failure: failure.map(|failure| failure.class),
            message: failure.map(|failure| failure.message.clone()),
            locked_until: lock.map(|lock| lock.until),
        }
    }

    fn price(&self) -> Option<Price> {
        let by = self.row.served_by.as_ref()?;
        let live = self.engine.live();
        let vendor = live.catalog.vendor(&by.vendor)?;
        vendor.price(&by.model)
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.write();
    }
}

/// What tokens cost.
pub(crate) fn cost(price: &Price, usage: &Usage) -> NanoDollars {
    let part = |tokens: u64, each: NanoDollars| {
        NanoDollars::try_from(tokens).unwrap_or(NanoDollars::MAX).saturating_mul(each)
    };
    part(usage.input, price.input)
        .saturating_add(part(usage.output, price.output))
        .saturating_add(part(usage.cache_read, price.cache_read))
        .saturating_add(part(usage.cache_write, price.cache_write))
}

/// What tokens that were read from the prompt cache would have cost more as fresh input.
fn saved(price: &Price, usage: &Usage) -> NanoDollars {
    let tokens = NanoDollars::try_from(usage.cache_read).unwrap_or(NanoDollars::MAX);
    tokens.saturating_mul(price.input.saturating_sub(price.cache_read).max(0))
}

/// `req_`, the time in 11 hexadecimal digits so that ids sort by it, and 64 bits that no two share: fit for a
/// log, not for a secret. (Each thread's hashers begin at random, and each new one begins elsewhere.)
fn new_id(at: i64) -> RequestId {
    let random = RandomState::new().build_hasher().finish();
    RequestId::new(format!("req_{at:011x}{random:016x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        assert!(new_id(1_700_000_000_000) < new_id(1_700_000_000_001));
        assert!(new_id(999_999_999_999) < new_id(1_000_000_000_000));
    }

    #[test]
    fn no_two_ids_of_a_moment_are_the_same() {
        let ids: std::collections::HashSet<_> = (0..10_000).map(|_| new_id(1)).collect();
        assert_eq!(ids.len(), 10_000);
    }

    #[test]
    fn each_kind_of_token_is_paid_once() {
        let price = Price { input: 3_000, output: 15_000, cache_read: 300, cache_write: 3_750 };
        let usage =
            Usage { input: 10, output: 20, cache_read: 1_000, cache_write: 100, reasoning: 5 };
        assert_eq!(cost(&price, &usage), 30_000 + 300_000 + 300_000 + 375_000);
        assert_eq!(saved(&price, &usage), 1_000 * (3_000 - 300));
        let no_rebate = Price { cache_read: 3_000, ..price };
        assert_eq!(saved(&no_rebate, &usage), 0);
    }
}
