use switchyard_types::AliasView;

use crate::error::{Thing, while_doing, while_doing_to};
use crate::{Store, StoreError};

impl Store {
    /// All aliases, by name.
    pub async fn aliases(&self) -> Result<Vec<AliasView>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT alias, target FROM aliases ORDER BY alias")
                .fetch_all(self.readers())
                .await
                .map_err(while_doing("listing aliases"))?;
        Ok(rows.into_iter().map(|(alias, target)| AliasView { alias, target }).collect())
    }

    /// Makes an alias, or points it elsewhere.
    pub async fn put_alias(&self, alias: &str, target: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO aliases (alias, target) VALUES (?, ?) \
             ON CONFLICT (alias) DO UPDATE SET target = excluded.target",
        )
        .bind(alias)
        .bind(target)
        .execute(self.writer())
        .await
        .map_err(while_doing_to("saving alias", alias))?;
        Ok(())
    }

    /// Removes an alias.
    pub async fn remove_alias(&self, alias: &str) -> Result<(), StoreError> {
        let removed = sqlx::query("DELETE FROM aliases WHERE alias = ?")
            .bind(alias)
            .execute(self.writer())
            .await
            .map_err(while_doing_to("removing alias", alias))?;
        match removed.rows_affected() {
            0 => Err(StoreError::not_found(Thing::Alias, alias)),
            _ => Ok(()),
        }
    }
}
