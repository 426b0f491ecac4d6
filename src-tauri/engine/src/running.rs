//! The requests that run, as far as each has come: what a listener must be told first.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use switchyard_types::{AttemptView, Event, RequestView, RunningView, ServedBy};
use tokio::sync::broadcast::Receiver;

use crate::Engine;

/// Requests beyond these run unseen until they end.
const MOST: usize = 4_096;

/// What runs. Each step is noted and told in one breath, so that a listener that begins meanwhile gets it once.
#[derive(Debug, Default)]
pub(crate) struct Running {
    rows: Mutex<Rows>,
}

#[derive(Debug, Default)]
struct Rows {
    /// Counts the requests, so that each has a place that is found without its name.
    next: u64,
    held: HashMap<u64, RunningView>,
}

/// Where a running request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(u64);

impl Running {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        // Whoever panicked holding it left it whole: each change is one call.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// A request begins; `None` where there are too many to hold.
    pub(crate) fn begins(&self, row: &RequestView) -> Option<Place> {
        let view = RunningView {
            id: row.id.clone(),
            at: row.at,
            dialect: row.dialect,
            model: row.model.clone(),
            combo: row.combo.clone(),
            key: row.key.clone(),
            failed: Vec::new(),
            by: None,
        };
        let mut rows = self.inner.running.rows();
        if self.has_listeners() {
            self.tell(started(&view));
        }
        if rows.held.len() >= MOST {
            return None;
        }
        let place = rows.next;
        rows.next = place.wrapping_add(1);
        rows.held.insert(place, view);
        Some(Place(place))
    }

    /// One of its tries failed.
    pub(crate) fn tried(&self, place: Option<Place>, row: &RequestView, attempt: &AttemptView) {
        let kept = attempt.clone();
        let mut rows = self.inner.running.rows();
        if self.has_listeners() {
            let attempt = attempt.clone();
            self.tell(Event::AttemptFailed { id: row.id.clone(), attempt });
        }
        if let Some(held) = place.and_then(|place| rows.held.get_mut(&place.0)) {
            held.failed.push(kept);
        }
    }

    /// Its answer begins.
    pub(crate) fn serves(&self, place: Option<Place>, row: &RequestView, by: &ServedBy) {
        let kept = by.clone();
        let mut rows = self.inner.running.rows();
        if self.has_listeners() {
            self.tell(Event::RequestServed { id: row.id.clone(), by: by.clone() });
        }
        if let Some(held) = place.and_then(|place| rows.held.get_mut(&place.0)) {
            held.by = Some(kept);
        }
    }

    /// It ends. Whoever began to listen while it was held hears of that.
    pub(crate) fn ends(&self, place: Option<Place>, row: &RequestView) {
        if let Some(place) = place {
            let held = self.inner.running.rows().held.remove(&place.0);
            drop(held);
        }
        if self.has_listeners() {
            self.tell(Event::RequestFinished { request: Box::new(row.clone()) });
        }
    }

    /// What runs now, oldest first, and what moves from now on.
    pub fn listen(&self) -> (Vec<RunningView>, Receiver<Event>) {
        let rows = self.inner.running.rows();
        let events = self.events();
        let mut held: Vec<_> = rows.held.values().cloned().collect();
        drop(rows);
        held.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        (held, events)
    }
}

fn started(view: &RunningView) -> Event {
    Event::RequestStarted {
        id: view.id.clone(),
        at: view.at,
        dialect: view.dialect,
        model: view.model.clone(),
        combo: view.combo.clone(),
        key: view.key.clone(),
    }
}
