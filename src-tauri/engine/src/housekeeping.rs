//! What is done once a day: a backup, and the tidying of the history. Bodies that expire go within the half hour.

use std::time::Duration;

use switchyard_store::Retention;
use switchyard_types::Millis;

use crate::Engine;

const DAY: Millis = 24 * 60 * 60 * 1000;

/// How often it is asked whether a day has passed: a laptop sleeps through long timers.
const ROUND: Duration = Duration::from_mins(30);

/// Until the first round, so that a start is not slowed and short runs do nothing.
const SETTLING: Duration = Duration::from_mins(2);

impl Engine {
    /// Starts the daily rounds.
    pub(crate) fn keep_house(&self) {
        self.in_rounds(SETTLING, ROUND, |engine| async move {
            engine.unless_stopping(engine.round()).await;
        });
        self.inner.tasks.close();
    }

    /// One round. A copy that serves for a damaged database needs none.
    async fn round(&self) {
        if let Err(error) = self.prune_bodies().await {
            tracing::warn!("expired bodies of requests were not removed: {error}");
        }
        if self.inner.store.safe_mode().is_some() || self.config().demo {
            return;
        }
        if let Err(error) = self.inner.store.finish_rotation().await {
            tracing::warn!("the data key before this one is kept: {error}");
        }
        let now = self.now();
        // A clock that was set back must not stop the backups.
        let is_due = |last: Millis| now - last >= DAY || last > now + DAY;
        if !self.last_backup().is_none_or(is_due) {
            return;
        }
        if let Err(error) = self.inner.store.back_up(now).await {
            tracing::warn!("the daily backup was not made: {error}");
        }
        match self.inner.store.tidy(now, Retention::default()).await {
            Ok(tidied) => tracing::debug!(?tidied, "the history is tidied up"),
            Err(error) => tracing::warn!("the history was not tidied up: {error}"),
        }
    }
}
