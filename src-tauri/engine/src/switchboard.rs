//! Routing's core as the pipeline uses it: told what happens, asked what to do.
//!
//! The core stands behind one lock that is held for the microseconds of a decision and never while
//! anybody waits for anything. What it knows of locks and quotas is published in the snapshot, which is
//! read without a lock.

use std::sync::{Arc, MutexGuard, PoisonError};

use http::HeaderMap;
use switchyard_routing::{
    Ask, Candidate, Core, Decision, Failure, Lock, Notice, Place, Plan, PlanError, Skipped, Window,
    windows_in,
};
use switchyard_store::LockRow;
use switchyard_types::{AccountId, Event, Millis, NanoDollars, RequestId, Usage};

use crate::Engine;
use crate::live::{Live, LockWrite, random_fraction};

impl Engine {
    fn core(&self) -> MutexGuard<'_, Core> {
        // Every method of the core ends or changes nothing that another relies on.
        self.inner.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the core decide, and publishes what that changed.
    fn decide<T>(&self, decision: impl FnOnce(&mut Core, Millis) -> T) -> T {
        let now = self.now();
        let mut core = self.core();
        let before = core.snapshot().clone();
        let decided = decision(&mut core, now);
        if !core.snapshot().is(&before) {
            let after = core.snapshot().clone();
            self.inner.live.rcu(|live| Arc::new(live.with_snapshot(after.clone())));
        }
        decided
    }

    /// Puts another configuration in place; locks, quotas and sessions stay.
    pub(crate) fn configure(&self, fresh: &Live) {
        let mut core = self.core();
        core.configure(&fresh.snapshot);
        self.inner.live.store(Arc::new(fresh.with_snapshot(core.snapshot().clone())));
    }

    /// Whom a request would ask, changing nothing.
    pub(crate) fn foresee(&self, ask: &Ask<'_>) -> Result<Plan, PlanError> {
        self.core().foresee(ask, self.now())
    }

    /// Whom a request asks.
    pub(crate) fn plan(&self, id: &RequestId, ask: &Ask<'_>) -> Result<Plan, PlanError> {
        self.decide(|core, now| core.ask(id, ask, &[], now))
    }

    /// A request is about to go to a candidate, unless others have made that useless since its plan.
    pub(crate) fn trying(&self, id: &RequestId, to: &Candidate) -> Result<(), Box<Skipped>> {
        self.decide(|core, now| core.trying(id, to, now))
    }

    /// A candidate failed: locks it for that model, if that class of failure locks.
    pub(crate) fn failed(&self, id: &RequestId, failure: &Failure, at: &Candidate) -> Option<Lock> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a fraction of a thousand"
        )]
        let jitter = (random_fraction() * 1000.0) as u16;
        let place = at.place();
        let Decision { lock, notices, .. } =
            self.decide(|core, now| core.failed(id, &place, failure, jitter, now));
        if let Some(lock) = &lock {
            tracing::info!(
                account = %lock.account, model = place.model, class = ?lock.class,
                until = lock.until, "locked: {}", lock.message
            );
            self.write_lock(LockWrite::Put(LockRow { view: lock.into(), step: lock.step }));
            self.tell(Event::Locked { lock: lock.into() });
        }
        notice(&notices);
        lock
    }

    /// A candidate answered in full; its first content came after so many milliseconds.
    pub(crate) fn answered(&self, id: &RequestId, at: &Place, first_content: u64) {
        let had_locks = !self.live().snapshot.locks().of(&at.account).is_empty();
        let decision = self.decide(|core, now| core.answered(id, first_content, now));
        if had_locks {
            self.write_lock(LockWrite::Remove(at.account.clone(), Some(at.model.clone())));
        }
        notice(&decision.notices);
    }

    /// A request ended, well or not.
    pub(crate) fn ended(&self, id: &RequestId, usage: Option<Usage>, cost: Option<NanoDollars>) {
        let decision = self.decide(|core, now| core.ended(id, usage, cost, now));
        notice(&decision.notices);
    }

    /// The headers of an answer, good or not, may tell of quota windows.
    pub(crate) fn read_windows(&self, account: &AccountId, headers: &HeaderMap) -> Vec<Window> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let windows = windows_in(account, &header, self.now());
        self.take_windows(windows.clone());
        windows
    }

    /// Quota windows were read, wherever that was.
    pub(crate) fn take_windows(&self, windows: Vec<Window>) {
        if windows.is_empty() {
            return;
        }
        let decision = self.decide(|core, now| core.read(windows, now));
        notice(&decision.notices);
    }

    /// Forgets the locks of an account and what is known of its quota, or its lock for one model.
    pub(crate) fn unlock(&self, account: &AccountId, model: Option<&str>) {
        self.decide(|core, _| core.clear(account, model));
        self.write_lock(LockWrite::Remove(account.clone(), model.map(str::to_owned)));
    }
}

fn notice(notices: &[Notice]) {
    for notice in notices {
        match notice {
            Notice::QuotaLow { account, window, used, .. } => {
                tracing::info!(%account, "{used} of the quota ({window}) are used");
            }
            Notice::QuotaSpent { account, window, .. } => {
                tracing::info!(%account, "the quota ({window}) is spent");
            }
            Notice::QuotaReset { account, window } => {
                tracing::info!(%account, "the quota ({window}) has started over");
            }
            Notice::FellOver { from, to, .. } => {
                tracing::info!(from = %from.account, to = %to.account, "fell over");
            }
            Notice::Recovered { place } => tracing::info!(account = %place.account, "recovered"),
            Notice::BudgetLow { budget, spent } => {
                tracing::info!(budget, "{spent} of the budget are spent");
            }
            Notice::BudgetSpent { budget, .. } => tracing::info!(budget, "the budget is spent"),
            Notice::SignInNeeded { account, .. } => tracing::warn!(%account, "sign in again"),
        }
    }
}
