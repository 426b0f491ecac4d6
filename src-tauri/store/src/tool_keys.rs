use sqlx::{Row, Sqlite, Transaction};
use switchyard_types::{CreatedKey, KeyId, Millis};

use crate::error::while_doing_to;
use crate::keys::NewRow;
use crate::{Store, StoreError};

/// A tool's name with a number after it may be taken too; more than this many never are.
const MOST_NAMES: u32 = 1000;

impl Store {
    /// The tool that each key was made for: pairs of a tool's id and a key's, by tool.
    pub async fn tool_keys(&self) -> Result<Vec<(String, KeyId)>, StoreError> {
        sqlx::query("SELECT tool, key FROM tool_keys ORDER BY tool, key")
            .try_map(|row: sqlx::sqlite::SqliteRow| {
                Ok((row.try_get("tool")?, KeyId::new(row.try_get::<String, _>("key")?)))
            })
            .fetch_all(self.readers())
            .await
            .map_err(crate::error::while_doing("listing the keys of tools"))
    }

    /// Makes a key for one tool alone. It is named after the tool; where that name is taken, with a
    /// number after it.
    pub async fn add_tool_key(
        &self,
        tool: &str,
        name: &str,
        now: Millis,
    ) -> Result<CreatedKey, StoreError> {
        let failed = || while_doing_to("adding a key for", tool);
        let mut transaction = self.begin("adding a key for a tool").await?;
        let name = free_name(&mut transaction, name).await.map_err(failed())?;
        let mut row = NewRow::make(&name, now)?;
        row.created.key.tool = Some(tool.to_owned());
        row.insert(&mut transaction).await.map_err(failed())?;
        sqlx::query("INSERT INTO tool_keys (key, tool) VALUES (?, ?)")
            .bind(row.created.key.id.as_str())
            .bind(tool)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(row.created)
    }

    /// Lets a tool have this key alone: its others are removed, and it takes the name of the oldest,
    /// so that the tool's usage goes on under one name.
    pub async fn settle_tool_key(&self, tool: &str, keep: &KeyId) -> Result<(), StoreError> {
        let failed = || while_doing_to("settling the key of", tool);
        let mut transaction = self.begin("settling the key of a tool").await?;
        let name: Option<String> = sqlx::query_scalar(
            "SELECT name FROM client_keys JOIN tool_keys ON tool_keys.key = client_keys.id \
             WHERE tool = ? AND id <> ? ORDER BY created_at, id LIMIT 1",
        )
        .bind(tool)
        .bind(keep.as_str())
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed())?;
        let Some(name) = name else { return Ok(()) };
        sqlx::query(
            "DELETE FROM client_keys WHERE id <> ? AND id IN (SELECT key FROM tool_keys WHERE tool = ?)",
        )
        .bind(keep.as_str())
        .bind(tool)
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        sqlx::query("UPDATE client_keys SET name = ? WHERE id = ?")
            .bind(name)
            .bind(keep.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }
}

async fn free_name(
    transaction: &mut Transaction<'static, Sqlite>,
    wanted: &str,
) -> Result<String, sqlx::Error> {
    for number in 1..MOST_NAMES {
        let name = match number {
            1 => wanted.to_owned(),
            number => format!("{wanted} {number}"),
        };
        let taken: Option<i64> = sqlx::query_scalar("SELECT 1 FROM client_keys WHERE name = ?")
            .bind(&name)
            .fetch_optional(&mut **transaction)
            .await?;
        if taken.is_none() {
            return Ok(name);
        }
    }
    // The insert says then that the name is taken.
    Ok(wanted.to_owned())
}
