use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use switchyard_types::{AccountId, LockView, Millis};

use crate::error::{Thing, violates_reference, while_doing, while_doing_to};
use crate::{Store, StoreError, words};

/// A lock, with the step of the ladder that it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockRow {
    /// The lock.
    pub view: LockView,
    /// How many times the ladder has climbed; means nothing where the vendor named the time.
    pub step: u32,
}

impl Store {
    /// All locks, those that open first in front; also those that opened and were not pruned.
    pub async fn locks(&self) -> Result<Vec<LockRow>, StoreError> {
        sqlx::query(
            "SELECT account, model, class, message, since, until, from_vendor, step FROM locks \
             ORDER BY until, account, model",
        )
        .try_map(|row| lock(&row))
        .fetch_all(self.readers())
        .await
        .map_err(while_doing("listing locks"))
    }

    /// Sets a lock, in place of one on the same account and model.
    pub async fn put_lock(&self, lock: &LockRow) -> Result<(), StoreError> {
        const DOING: &str = "locking account";
        let account = lock.view.account.as_str();
        let mut transaction = self.begin(DOING).await?;
        match put(&mut transaction, lock).await {
            Ok(()) => transaction.commit().await.map_err(while_doing_to(DOING, account)),
            Err(error) if violates_reference(&error) => {
                Err(StoreError::not_found(Thing::Account, account))
            }
            Err(error) => Err(while_doing_to(DOING, account)(error)),
        }
    }

    /// Opens the lock on one model of an account, or with `None` all of the account's. There may be
    /// none.
    pub async fn remove_locks(
        &self,
        account: &AccountId,
        model: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM locks WHERE account = ? AND (? IS NULL OR model = ?)")
            .bind(account.as_str())
            .bind(model)
            .bind(model)
            .execute(self.writer())
            .await
            .map_err(while_doing_to("unlocking account", account.as_str()))?;
        Ok(())
    }

    /// Removes an account's locks that are open at `now`, those on all of it too: it has served since.
    pub async fn remove_opened_locks(
        &self,
        account: &AccountId,
        now: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM locks WHERE account = ? AND until <= ?")
            .bind(account.as_str())
            .bind(now)
            .execute(self.writer())
            .await
            .map_err(while_doing_to("removing the open locks of account", account.as_str()))?;
        Ok(())
    }

    /// Removes the locks that are open at `now`; says how many.
    pub async fn prune_locks(&self, now: Millis) -> Result<u64, StoreError> {
        let pruned = sqlx::query("DELETE FROM locks WHERE until <= ?")
            .bind(now)
            .execute(self.writer())
            .await
            .map_err(while_doing("removing open locks"))?;
        Ok(pruned.rows_affected())
    }
}

async fn put(connection: &mut SqliteConnection, lock: &LockRow) -> Result<(), sqlx::Error> {
    let view = &lock.view;
    sqlx::query("DELETE FROM locks WHERE account = ? AND model IS NOT DISTINCT FROM ?")
        .bind(view.account.as_str())
        .bind(view.model.as_deref())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO locks (account, model, class, message, since, until, from_vendor, step) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(view.account.as_str())
    .bind(view.model.as_deref())
    .bind(words::class(view.class))
    .bind(&view.message)
    .bind(view.since)
    .bind(view.until)
    .bind(view.from_vendor)
    .bind(lock.step)
    .execute(connection)
    .await?;
    Ok(())
}

fn lock(row: &SqliteRow) -> Result<LockRow, sqlx::Error> {
    Ok(LockRow {
        view: LockView {
            account: AccountId::new(row.try_get::<String, _>("account")?),
            model: row.try_get("model")?,
            class: words::read_word(row, "class")?,
            message: row.try_get("message")?,
            since: row.try_get("since")?,
            until: row.try_get("until")?,
            from_vendor: row.try_get("from_vendor")?,
        },
        step: words::read_number(row, "step")?,
    })
}
