use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use switchyard_types::{AccountId, Millis, QuotaHistory, QuotaMeasure, QuotaPoint, QuotaWindow};

use crate::error::{while_doing, while_doing_to};
use crate::words::read_word;
use crate::{Store, StoreError, words};

/// One reading of a window is kept of each quarter of an hour: its last.
const STEP: Millis = 15 * 60_000;

impl Store {
    /// The quota windows of all accounts, as last read.
    pub async fn quota_windows(&self) -> Result<Vec<(AccountId, QuotaWindow)>, StoreError> {
        sqlx::query("SELECT account, document FROM quota_windows ORDER BY account, name, models")
            .try_map(|row: SqliteRow| {
                let account = AccountId::new(row.try_get::<String, _>("account")?);
                Ok((account, words::read_json(&row, "document")?))
            })
            .fetch_all(self.readers())
            .await
            .map_err(while_doing("listing quota windows"))
    }

    /// The readings of an account's windows from `from` on, as far as they are kept.
    pub async fn quota_history(
        &self,
        id: &AccountId,
        from: Millis,
    ) -> Result<Vec<QuotaHistory>, StoreError> {
        let rows = sqlx::query(
            "SELECT name, models, at, measure, value, resets_at FROM quota_readings \
             WHERE account = ? AND at >= ? ORDER BY name, models, at",
        )
        .bind(id.as_str())
        .bind(from)
        .try_map(|row: SqliteRow| {
            let models = Some(row.try_get::<String, _>("models")?).filter(|part| !part.is_empty());
            Ok(((row.try_get("name")?, models), kept(&row)?))
        })
        .fetch_all(self.readers())
        .await
        .map_err(while_doing_to("reading the quota history of account", id.as_str()))?;
        Ok(gathered(rows))
    }

    /// Replaces the quota windows of an account, and adds what they say to its history. An account that was
    /// removed meanwhile is no error.
    pub async fn put_quota_windows(
        &self,
        id: &AccountId,
        windows: &[QuotaWindow],
    ) -> Result<(), StoreError> {
        const DOING: &str = "saving the quota windows of account";
        let failed = || while_doing_to(DOING, id.as_str());
        let mut transaction = self.begin(DOING).await?;
        sqlx::query("DELETE FROM quota_windows WHERE account = ?")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        for window in windows {
            let document = serde_json::to_string(window)
                .map_err(|error| StoreError::database(DOING, sqlx::Error::Encode(error.into())))?;
            sqlx::query(
                "INSERT OR REPLACE INTO quota_windows (account, name, models, document, observed_at) \
                 SELECT id, ?, ?, ?, ? FROM accounts WHERE id = ?",
            )
            .bind(&window.name)
            .bind(window.models.as_deref().unwrap_or_default())
            .bind(document)
            .bind(window.observed_at)
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
            note(&mut transaction, id, window).await.map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }
}

/// A reading with what it is a number of.
type Measured = (QuotaMeasure, QuotaPoint);

fn kept(row: &SqliteRow) -> Result<Measured, sqlx::Error> {
    let (at, value) = (row.try_get("at")?, row.try_get("value")?);
    let point = QuotaPoint { at, value, resets_at: row.try_get("resets_at")? };
    Ok((read_word(row, "measure")?, point))
}

/// Readings in order, by their windows. What a window was measured by before is left out.
fn gathered(rows: Vec<((String, Option<String>), Measured)>) -> Vec<QuotaHistory> {
    let mut histories: Vec<QuotaHistory> = Vec::new();
    for ((name, models), (measure, point)) in rows {
        match histories.last_mut() {
            Some(last) if (&last.name, &last.models) == (&name, &models) => {
                if last.measure != measure {
                    last.measure = measure;
                    last.readings.clear();
                }
                last.readings.push(point);
            }
            Some(_) | None => {
                histories.push(QuotaHistory { name, models, measure, readings: vec![point] });
            }
        }
    }
    histories
}

/// Adds what a window says to its history, in place of what it said earlier in the same quarter of an hour; what
/// was read before it started over stays.
async fn note(
    connection: &mut SqliteConnection,
    id: &AccountId,
    window: &QuotaWindow,
) -> Result<(), sqlx::Error> {
    let Some((measure, value)) = window.amount.measured() else { return Ok(()) };
    let models = window.models.as_deref().unwrap_or_default();
    let (at, resets_at) = (window.observed_at, window.resets_at);
    let last = sqlx::query(
        "SELECT at, measure, value, resets_at FROM quota_readings \
         WHERE account = ? AND name = ? AND models = ? ORDER BY at DESC LIMIT 1",
    )
    .bind(id.as_str())
    .bind(&window.name)
    .bind(models)
    .try_map(|row: SqliteRow| kept(&row))
    .fetch_optional(&mut *connection)
    .await?;
    if let Some((was, last)) = last {
        if last.at >= at {
            return Ok(());
        }
        let over = last.resets_at.is_some_and(|until| until <= at);
        let moved = last.resets_at.zip(resets_at).is_some_and(|(was, is)| (is - was).abs() >= STEP);
        if last.at.div_euclid(STEP) == at.div_euclid(STEP) && was == measure && !over && !moved {
            sqlx::query(
                "DELETE FROM quota_readings \
                 WHERE account = ? AND name = ? AND models = ? AND at = ?",
            )
            .bind(id.as_str())
            .bind(&window.name)
            .bind(models)
            .bind(last.at)
            .execute(&mut *connection)
            .await?;
        }
    }
    sqlx::query(
        "INSERT INTO quota_readings (account, name, models, at, measure, value, resets_at) \
         SELECT id, ?, ?, ?, ?, ?, ? FROM accounts WHERE id = ?",
    )
    .bind(&window.name)
    .bind(models)
    .bind(at)
    .bind(measure.as_str())
    .bind(value)
    .bind(resets_at)
    .bind(id.as_str())
    .execute(connection)
    .await?;
    Ok(())
}
