//! How long the history of requests and quotas is kept, and how its room is given back.

use switchyard_types::Millis;

use crate::error::while_doing;
use crate::{Store, StoreError, usage};

/// What of the history is kept. Sums by hour and day stay either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Rows of requests older than this go, in milliseconds.
    pub max_age: Millis,
    /// The oldest rows go until the database is no larger than this, in bytes.
    pub max_bytes: u64,
}

impl Default for Retention {
    /// A year, or two GiB: more than a million requests.
    fn default() -> Self {
        Self { max_age: 366 * 24 * 3_600_000, max_bytes: 2 << 30 }
    }
}

/// What tidying up did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Rows of requests that were removed.
    pub requests: u64,
    /// Readings of quota windows that were removed.
    pub readings: u64,
    /// Hours that were folded into their days.
    pub hours: u64,
    /// Pages of the file that were given back to the system.
    pub pages: u64,
}

/// How long readings of quota windows are kept: a month's window is seen whole.
const READINGS_KEPT: Millis = 35 * 24 * 3_600_000;

/// Rows removed in one transaction, so that pruning a long history never holds up other writers.
const ROWS_AT_ONCE: i64 = 1_000;

/// Pages given back in one transaction: one MiB.
const PAGES_AT_ONCE: u64 = 256;

impl Store {
    /// Removes what is too old or too much, and gives its room back; in steps between which others
    /// get their turn.
    pub async fn tidy(&self, now: Millis, keep: Retention) -> Result<Tidied, StoreError> {
        const DOING: &str = "tidying up the history";
        let mut tidied = Tidied {
            requests: self.prune_requests(now.saturating_sub(keep.max_age)).await?,
            ..Tidied::default()
        };
        while self.used_bytes().await? > keep.max_bytes {
            let removed = sqlx::query(
                "DELETE FROM requests WHERE id IN (SELECT id FROM requests ORDER BY id LIMIT ?)",
            )
            .bind(ROWS_AT_ONCE)
            .execute(self.writer())
            .await
            .map_err(while_doing(DOING))?
            .rows_affected();
            if removed == 0 {
                break;
            }
            tidied.requests += removed;
        }
        tidied.readings = self.prune_readings(now).await?;
        let mut transaction = self.begin(DOING).await?;
        tidied.hours = usage::fold_hours(&mut transaction, now.saturating_sub(usage::HOURS_KEPT))
            .await
            .map_err(while_doing(DOING))?;
        transaction.commit().await.map_err(while_doing(DOING))?;
        tidied.pages = self.give_back().await?;
        Ok(tidied)
    }

    /// Those from a time to come are of a clock that was wrong, and would stand in the way of later ones.
    async fn prune_readings(&self, now: Millis) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let step = sqlx::query(
                "DELETE FROM quota_readings WHERE (account, name, models, at) IN \
                 (SELECT account, name, models, at FROM quota_readings WHERE at < ? OR at > ? LIMIT ?)",
            )
            .bind(now.saturating_sub(READINGS_KEPT))
            .bind(now.saturating_add(24 * 3_600_000))
            .bind(ROWS_AT_ONCE)
            .execute(self.writer())
            .await
            .map_err(while_doing("removing old readings of quotas"))?
            .rows_affected();
            removed += step;
            if step == 0 {
                return Ok(removed);
            }
        }
    }

    /// The bytes that rows fill, without the free pages between them.
    async fn used_bytes(&self) -> Result<u64, StoreError> {
        let used: i64 = sqlx::query_scalar(
            "SELECT (page_count - freelist_count) * page_size \
             FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
        )
        .fetch_one(self.readers())
        .await
        .map_err(while_doing("measuring the database"))?;
        Ok(u64::try_from(used).unwrap_or(0))
    }

    /// Gives free pages back to the system. A tenth stays for what comes next.
    async fn give_back(&self) -> Result<u64, StoreError> {
        const DOING: &str = "giving free pages back";
        let mut given = 0;
        loop {
            let (pages, free): (i64, i64) = sqlx::query_as(
                "SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count",
            )
            .fetch_one(self.writer())
            .await
            .map_err(while_doing(DOING))?;
            if free <= pages / 10 {
                return Ok(given);
            }
            let step = format!("PRAGMA incremental_vacuum({PAGES_AT_ONCE})");
            sqlx::query(sqlx::AssertSqlSafe(step))
                .fetch_all(self.writer())
                .await
                .map_err(while_doing(DOING))?;
            let left: i64 = sqlx::query_scalar("PRAGMA freelist_count")
                .fetch_one(self.writer())
                .await
                .map_err(while_doing(DOING))?;
            let step = u64::try_from(free - left).unwrap_or(0);
            if step == 0 {
                // A database of an older program, whose pages are only used again.
                return Ok(given);
            }
            given += step;
            tokio::task::yield_now().await;
        }
    }
}
