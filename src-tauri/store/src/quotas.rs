use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use switchyard_types::{AccountId, QuotaWindow};

use crate::error::{while_doing, while_doing_to};
use crate::{Store, StoreError, words};

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

    /// Replaces the quota windows of an account. An account that was removed meanwhile is no error.
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
        }
        transaction.commit().await.map_err(failed())
    }
}
