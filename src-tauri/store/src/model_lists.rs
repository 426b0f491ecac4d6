use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use switchyard_types::{Millis, SeenModel};

use crate::error::{while_doing, while_doing_to};
use crate::{Store, StoreError, words};

impl Store {
    /// The models that vendors list, by the vendor's id, and when each list was read.
    pub async fn model_lists(&self) -> Result<Vec<(String, Vec<SeenModel>, Millis)>, StoreError> {
        sqlx::query("SELECT vendor, models, read_at FROM model_lists ORDER BY vendor")
            .try_map(|row: SqliteRow| {
                let models = words::read_json(&row, "models")?;
                Ok((row.try_get("vendor")?, models, row.try_get("read_at")?))
            })
            .fetch_all(self.readers())
            .await
            .map_err(while_doing("listing the models of vendors"))
    }

    /// Replaces a vendor's list.
    pub async fn put_model_list(
        &self,
        vendor: &str,
        models: &[SeenModel],
        at: Millis,
    ) -> Result<(), StoreError> {
        const DOING: &str = "saving the models of vendor";
        let text = serde_json::to_string(models)
            .map_err(|error| StoreError::database(DOING, sqlx::Error::Encode(error.into())))?;
        sqlx::query(
            "INSERT INTO model_lists (vendor, models, read_at) VALUES (?, ?, ?) \
             ON CONFLICT (vendor) DO UPDATE SET models = excluded.models, read_at = excluded.read_at",
        )
        .bind(vendor)
        .bind(text)
        .bind(at)
        .execute(self.writer())
        .await
        .map_err(while_doing_to(DOING, vendor))?;
        Ok(())
    }
}
