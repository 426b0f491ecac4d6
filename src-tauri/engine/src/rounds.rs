//! What is done again and again while the engine runs.

use std::sync::Arc;
use std::time::Duration;

use crate::Engine;

impl Engine {
    /// Makes a round after `first`, and then one each time that `every` has passed, until the engine stops
    /// or is forgotten: the rounds do not keep it alive.
    pub(crate) fn in_rounds<F>(
        &self,
        first: Duration,
        every: Duration,
        round: impl Fn(Self) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send,
    {
        let inner = Arc::downgrade(&self.inner);
        let stopping = self.inner.stopping.clone();
        self.inner.tasks.spawn(async move {
            let mut wait = first;
            loop {
                tokio::select! {
                    () = stopping.cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
                let Some(inner) = inner.upgrade() else { return };
                round(Self { inner }).await;
                wait = every;
            }
        });
    }

    /// Does what may be left off anywhere when the engine stops.
    pub(crate) async fn unless_stopping(&self, work: impl Future<Output = ()>) {
        tokio::select! {
            () = work => {}
            () = self.inner.stopping.cancelled() => {}
        }
    }
}
