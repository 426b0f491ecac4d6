//! Routing's core as the pipeline uses it: told what happens, asked what to do.
//!
//! The core stands behind one lock that is held for the microseconds of a decision and never while
//! anybody waits for anything. What it knows of locks and quotas is published in the snapshot, which is
//! read without a lock.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use switchyard_routing::{
    Ask, Candidate, Core, Decision, Failure, Happening, Lock, Offset, Place, Plan, PlanError,
    Skipped, SnapshotParts, Window, windows_in,
};
use switchyard_store::LockRow;
use switchyard_types::{AccountId, Event, Millis, NanoDollars, RequestId, Usage};

use crate::Engine;
use crate::live::{Live, LockWrite, random_fraction};

/// While much happens it is asked no more often than this whether something is due.
const TICK: Duration = Duration::from_secs(2);

/// How often time passes for the core though nothing is due: no timer outlives a laptop's sleep.
const ROUND: Duration = Duration::from_mins(1);
const ROUND_MILLIS: Millis = 60_000;

impl Engine {
    fn core(&self) -> MutexGuard<'_, Core> {
        // Every method of the core ends or changes nothing that another relies on.
        self.inner.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the core, changing nothing.
    pub(crate) fn ask_core<T>(&self, ask: impl FnOnce(&Core) -> T) -> T {
        ask(&self.core())
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

    /// The same, noted in the recording if there is one.
    fn decided(
        &self,
        decision: impl FnOnce(&mut Core, Millis) -> Decision,
        happening: impl FnOnce() -> Happening,
    ) -> Decision {
        self.decide(|core, now| {
            let decided = decision(core, now);
            self.write_up(now, || (happening(), decided.clone()));
            decided
        })
    }

    fn write_up(&self, at: Millis, line: impl FnOnce() -> (Happening, Decision)) {
        if let Some(recording) = &self.inner.recording {
            let (happening, decided) = line();
            recording.note(at, happening, decided);
        }
    }

    /// Puts another configuration in place; locks, quotas and sessions stay.
    pub(crate) fn configure(&self, fresh: &Live) {
        let now = self.now();
        let mut core = self.core();
        core.configure(&fresh.snapshot);
        if let Some(parts) = &fresh.parts {
            let parts = Box::new(SnapshotParts::clone(parts));
            self.write_up(now, || (Happening::Configured { parts }, Decision::default()));
        }
        self.inner.config.redactor.exchanged(&self.live(), fresh);
        self.inner.live.store(Arc::new(fresh.with_snapshot(core.snapshot().clone())));
    }

    /// Whom a request would ask, changing nothing.
    pub(crate) fn foresee(&self, ask: &Ask<'_>) -> Result<Plan, PlanError> {
        self.core().foresee(ask, self.now())
    }

    /// Whom a request asks.
    pub(crate) fn plan(
        &self,
        id: &RequestId,
        ask: &Ask<'_>,
        tried: &[Place],
    ) -> Result<Plan, PlanError> {
        self.decide(|core, now| {
            let planned = core.ask(id, ask, tried, now);
            self.write_up(now, || {
                let (request, tried) = (id.clone(), tried.to_vec());
                let decided = match &planned {
                    Ok(plan) => Decision { plan: Some(plan.clone()), ..Decision::default() },
                    Err(error) => {
                        Decision { refused: Some(error.to_string()), ..Decision::default() }
                    }
                };
                (Happening::Asked { request, ask: ask.into(), tried }, decided)
            });
            planned
        })
    }

    /// A request is about to go to a candidate, unless others have made that useless since its plan.
    pub(crate) fn trying(&self, id: &RequestId, to: &Candidate) -> Result<(), Box<Skipped>> {
        self.decide(|core, now| {
            let allowed = core.trying(id, to, now);
            self.write_up(now, || {
                let denied = allowed.as_ref().err().map(|skipped| Skipped::clone(skipped));
                let (request, candidate) = (id.clone(), to.clone());
                let decided = Decision { denied, ..Decision::default() };
                (Happening::Trying { request, candidate }, decided)
            });
            allowed
        })
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
        let decision = self.decided(
            |core, now| core.failed(id, &place, failure, jitter, now),
            || Happening::Failed {
                request: id.clone(),
                account: place.account.clone(),
                model: place.model.clone(),
                failure: failure.clone(),
                jitter,
            },
        );
        self.follow(&decision);
        self.note_refusal(at, failure);
        let Decision { lock, .. } = decision;
        if let Some(lock) = &lock {
            tracing::info!(
                account = %lock.account, model = place.model, class = ?lock.class,
                until = lock.until, "locked: {}", lock.message
            );
            self.write_lock(LockWrite::Put(LockRow { view: lock.into(), step: lock.step }));
            self.tell(Event::Locked { lock: lock.into() });
        }
        lock
    }

    /// A candidate answered in full; its first content came after so many milliseconds.
    pub(crate) fn answered(&self, id: &RequestId, at: &Place, first_content: u64) {
        let had_locks = !self.live().snapshot.locks().of(&at.account).is_empty();
        let decision = self.decided(
            |core, now| core.answered(id, first_content, now),
            || Happening::Answered { request: id.clone(), millis: first_content },
        );
        if had_locks {
            self.write_lock(LockWrite::Remove(at.account.clone(), Some(at.model.clone())));
            self.write_lock(LockWrite::Opened(at.account.clone(), self.now()));
        }
        self.follow(&decision);
    }

    /// A request ended, well or not.
    pub(crate) fn ended(&self, id: &RequestId, usage: Option<Usage>, cost: Option<NanoDollars>) {
        let decision = self.decided(
            |core, now| core.ended(id, usage, cost, now),
            || Happening::Ended { request: id.clone(), usage, cost },
        );
        self.follow(&decision);
    }

    /// The headers of an answer, good or not, may tell of quota windows.
    pub(crate) fn read_windows(&self, account: &AccountId, headers: &HeaderMap) -> Vec<Window> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let windows = windows_in(account, &header, self.now());
        self.take_windows(&windows);
        windows
    }

    /// Quota windows were read, wherever that was.
    pub(crate) fn take_windows(&self, windows: &[Window]) {
        if windows.is_empty() {
            return;
        }
        let decision = self.decided(
            |core, now| core.read(windows.to_vec(), now),
            || Happening::Read { windows: windows.to_vec() },
        );
        for window in windows {
            self.inner.unwritten.windows(&window.account);
        }
        self.follow(&decision);
    }

    /// A newer version of the program was found; the user is told once of each.
    pub fn update_found(&self, version: &str) {
        let decision = self.decided(
            |core, _| core.update_found(version),
            || Happening::UpdateFound { version: version.to_owned() },
        );
        self.follow(&decision);
    }

    /// Tells the core that time passes, and how far local time is ahead of UTC: what is over is forgotten,
    /// and windows that start over are told.
    pub(crate) fn keep_time(&self) {
        let inner = Arc::downgrade(&self.inner);
        let (stopping, decisions) = (self.inner.stopping.clone(), self.inner.decisions.clone());
        self.inner.tasks.spawn(async move {
            let (mut last, mut wait) = (0, TICK);
            loop {
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = async {
                        decisions.notified().await;
                        tokio::time::sleep(TICK).await;
                    } => {}
                    () = stopping.cancelled() => return,
                }
                let Some(inner) = inner.upgrade() else { return };
                let engine = Self { inner };
                let now = engine.now();
                let due = engine.ask_core(Core::next_due).is_some_and(|due| due <= now);
                // A clock that was set back must not stop it.
                if due || !(last..last + ROUND_MILLIS).contains(&now) {
                    last = now;
                    engine.pass_time();
                }
                let due = engine.ask_core(Core::next_due);
                wait = engine.inner.config.clock.until(due, ROUND).max(TICK);
            }
        });
    }

    /// Local time is this far ahead of UTC from now on.
    fn zone(&self, offset: Offset) {
        if self.ask_core(|core| core.desk().offset()) != offset {
            self.decided(
                |core, _| {
                    core.set_offset(offset);
                    Decision::default()
                },
                || Happening::Zone { offset },
            );
        }
    }

    pub(crate) fn pass_time(&self) {
        let offset = self.inner.config.clock.offset();
        self.zone(offset);
        let decision = self.decided(Core::passed, || Happening::Passed);
        self.follow(&decision);
    }

    /// Forgets the locks of an account and what is known of its quota, or its lock for one model.
    pub(crate) fn unlock(&self, account: &AccountId, model: Option<&str>) {
        self.decided(
            |core, _| {
                core.clear(account, model);
                Decision::default()
            },
            || Happening::Cleared { account: account.clone(), model: model.map(str::to_owned) },
        );
        if model.is_none() {
            self.forget_quota(account);
        }
        self.inner.unwritten.windows(account);
        self.write_lock(LockWrite::Remove(account.clone(), model.map(str::to_owned)));
    }
}
