//! What routing learns, on its way to the disk and back: windows, sessions, spending, what was told, and who
//! gave which proofs of reasoning.
//!
//! A request only marks what moved. A task writes it down moments later in one transaction, and only then
//! hands notices to the user's own commands and webhooks: a notice that was acted on is not told again
//! after a restart.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use switchyard_dialect::{Fingerprint, Memory};
use switchyard_routing::{
    Bound, Decision, Kept, Learnt, Notices, SessionKey, Source, Spent, Window,
};
use switchyard_store::{Learning, ProofRow, RoutingMemory, SessionRow, Told, WindowRow};
use switchyard_types::{AccountId, Event, Millis, Notice, NoticeView};
use tokio::sync::Notify;

use crate::Engine;

/// How long changes gather before they are written.
const GATHER: Duration = Duration::from_millis(250);

/// Proofs of reasoning that wait to be written; a disk that is slower than that loses the rest.
const MOST_PROOFS: usize = 8_192;

/// What moved since it was last written.
#[derive(Debug, Default)]
pub(crate) struct Unwritten {
    moved: Mutex<Moved>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Moved {
    windows: HashSet<AccountId>,
    sessions: HashSet<SessionKey>,
    notices: Vec<NoticeView>,
    proofs: Vec<ProofRow>,
}

/// What is on disk already, so that only changes are written.
#[derive(Debug)]
struct Written {
    spending: Vec<Spent>,
    notices: Notices,
}

impl Unwritten {
    fn moved(&self) -> MutexGuard<'_, Moved> {
        // Whoever panicked holding it left sets and a list, which are whole after each step.
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn windows(&self, account: &AccountId) {
        self.moved().windows.insert(account.clone());
        self.wake.notify_one();
    }

    fn proofs(&self, vendor: &str, proofs: &[Fingerprint]) {
        let mut moved = self.moved();
        let room = MOST_PROOFS.saturating_sub(moved.proofs.len());
        let rows = proofs.iter().take(room);
        let row =
            |proof: &Fingerprint| ProofRow { proof: proof.numbers(), vendor: vendor.to_owned() };
        moved.proofs.extend(rows.map(row));
        drop(moved);
        self.wake.notify_one();
    }
}

impl Engine {
    /// Takes note of what a decision changed, and tells what is to be told.
    pub(crate) fn follow(&self, decision: &Decision) {
        self.inner.decisions.notify_one();
        let unwritten = &self.inner.unwritten;
        if let Some(session) = decision.bound {
            unwritten.moved().sessions.insert(session);
        }
        let at = self.now();
        for notice in &decision.notices {
            log(notice);
            let told = NoticeView { at, notice: notice.clone() };
            unwritten.moved().notices.push(told.clone());
            self.tell(Event::Notice { told });
        }
        // Spending moves with every request that ends.
        unwritten.wake.notify_one();
    }

    /// Notes that a vendor gave these proofs of reasoning, now and after a restart.
    pub(crate) fn issued(&self, vendor: &str, proofs: &[Fingerprint]) {
        if !proofs.is_empty() {
            self.memory().issued(vendor, proofs);
            self.inner.unwritten.proofs(vendor, proofs);
        }
    }

    /// Starts writing down what routing learns; the last of it is written when the engine closes.
    pub(crate) fn keep_learning(&self) {
        let inner = Arc::downgrade(&self.inner);
        let unwritten = Arc::clone(&self.inner.unwritten);
        let stopping = self.inner.stopping.clone();
        let mut written = self.ask_core(|core| Written {
            spending: core.desk().spending(),
            notices: core.notices().clone(),
        });
        self.inner.tasks.spawn(async move {
            loop {
                let stop = tokio::select! {
                    () = unwritten.wake.notified() => false,
                    () = stopping.cancelled() => true,
                };
                if !stop {
                    tokio::select! {
                        () = tokio::time::sleep(GATHER) => {}
                        () = stopping.cancelled() => {}
                    }
                }
                let Some(inner) = inner.upgrade() else { return };
                Self { inner }.write_down(&mut written).await;
                if stop {
                    return;
                }
            }
        });
    }

    async fn write_down(&self, written: &mut Written) {
        let moved = std::mem::take(&mut *self.inner.unwritten.moved());
        let now = self.now();
        let (learning, spending, notices) = self.ask_core(|core| {
            let quotas = core.snapshot().quotas();
            let windows = moved.windows.iter().map(|account| {
                (account.clone(), quotas.of(account).iter().map(window_row).collect())
            });
            let sessions = moved.sessions.iter().filter_map(|key| core.desk().bound(*key, now));
            let spending = core.desk().spending();
            let notices = core.notices().clone();
            let learning = Learning {
                windows: windows.collect(),
                sessions: sessions.map(session_row).collect(),
                spending: (spending != written.spending).then(|| spending_rows(&spending)),
                told: (notices != written.notices).then(|| told_rows(&notices)),
                notices: Vec::new(),
                proofs: Vec::new(),
            };
            (learning, spending, notices)
        });
        let learning = Learning { notices: moved.notices, proofs: moved.proofs, ..learning };
        if learning == Learning::default() {
            return;
        }
        match self.inner.store.learn(&learning, now).await {
            Ok(()) => *written = Written { spending, notices },
            Err(error) => tracing::warn!("what routing has learnt was not written: {error}"),
        }
        for notice in learning.notices {
            self.inner.hooks.tell(notice);
        }
    }

    /// The newest notices, newest first.
    pub async fn notices(&self, limit: u32) -> Result<Vec<NoticeView>, crate::EngineError> {
        self.flush_learning().await;
        Ok(self.inner.store.notices(limit.clamp(1, 1_000)).await?)
    }

    /// Writes what is still on its way, so that a list that is read because of it holds it.
    async fn flush_learning(&self) {
        let waiting = !self.inner.unwritten.moved().notices.is_empty();
        if waiting {
            self.inner.unwritten.wake.notify_one();
            tokio::time::sleep(GATHER * 2).await;
        }
    }
}

fn window_row(kept: &Kept) -> WindowRow {
    let Kept { window, left_early, readings } = kept;
    let source = match window.source {
        Source::Headers => "headers",
        Source::Reader => "reader",
        Source::Counted => "counted",
    };
    WindowRow {
        account: window.account.clone(),
        name: window.name.clone(),
        models: window.models.clone(),
        used: window.used,
        resets_at: window.resets_at,
        length: window.length,
        source: source.to_owned(),
        observed_at: window.observed_at,
        left_early: *left_early,
        readings: readings.clone().into(),
    }
}

fn session_row(bound: Bound) -> SessionRow {
    let Bound { session, place, home, last_used } = bound;
    SessionRow { session: session.text(), place, home, last_used }
}

fn spending_rows(spending: &[Spent]) -> Vec<(String, Millis, i64)> {
    spending.iter().map(|spent| (spent.budget.clone(), spent.start, spent.spent)).collect()
}

fn told_rows(notices: &Notices) -> Told {
    let told = notices.told().map(|(key, until)| (key.to_owned(), until));
    let awaited = notices
        .awaited()
        .map(|(run, account, window, at)| (run.to_owned(), account.clone(), window.to_owned(), at));
    Told { told: told.collect(), awaited: awaited.collect() }
}

/// Who gave which proofs, as it was written down.
pub(crate) fn recall_proofs(memory: &mut Memory, proofs: &[ProofRow]) {
    for row in proofs {
        memory.issued(&row.vendor, &[Fingerprint::from_numbers(row.proof)]);
    }
}

/// What was written down, as routing has it.
pub(crate) fn learnt(memory: RoutingMemory) -> Learnt {
    // Proofs are no business of routing's.
    let RoutingMemory { windows, sessions, spending, told, proofs: _ } = memory;
    let window = |row: WindowRow| Kept {
        window: Window {
            account: row.account,
            name: row.name,
            models: row.models,
            used: row.used,
            resets_at: row.resets_at,
            length: row.length,
            source: match row.source.as_str() {
                "headers" => Source::Headers,
                "reader" => Source::Reader,
                _ => Source::Counted,
            },
            observed_at: row.observed_at,
        },
        left_early: row.left_early,
        readings: row.readings.into(),
    };
    let session = |row: SessionRow| {
        let SessionRow { session, place, home, last_used } = row;
        Some(Bound { session: SessionKey::from_text(&session)?, place, home, last_used })
    };
    let spent = |(budget, start, spent)| Spent { budget, start, spent };
    Learnt {
        windows: windows.into_iter().map(window).collect(),
        sessions: sessions.into_iter().filter_map(session).collect(),
        spending: spending.into_iter().map(spent).collect(),
        notices: Notices::new(told.told, told.awaited),
    }
}

fn log(notice: &Notice) {
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
        Notice::Update { version } => tracing::info!(version, "a newer version is there"),
    }
}
