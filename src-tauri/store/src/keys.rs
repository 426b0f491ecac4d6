use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use switchyard_types::{CreatedKey, KeyId, KeyView, Millis, Rule, RuleBody, RuleOf};

use crate::error::{Thing, while_doing, while_doing_to};
use crate::words::undecodable;
use crate::{Store, StoreError, random, rules};

/// How every client key starts.
const PREFIX: &str = "sy-";

/// Letters of a key that its hint shows: 24 of 256 bits.
const HINTED: usize = 4;

/// What is stored of a client key: the SHA-256 of its text. A key carries 256 random bits, so that
/// nothing slower is needed.
pub fn client_key_hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

impl Store {
    /// All client keys, oldest first.
    pub async fn keys(&self) -> Result<Vec<KeyView>, StoreError> {
        sqlx::query(
            "SELECT id, name, hint, created_at, last_used_at, tool FROM client_keys \
             LEFT JOIN tool_keys ON tool_keys.key = client_keys.id ORDER BY created_at, id",
        )
        .try_map(|row| key(&row))
        .fetch_all(self.readers())
        .await
        .map_err(while_doing("listing client keys"))
    }

    /// Makes a client key. Its text is in the answer and nowhere else. The name must be free, since
    /// traces tell keys apart by it.
    pub async fn add_key(&self, name: &str, now: Millis) -> Result<CreatedKey, StoreError> {
        self.add_scoped_key(name, None, now).await
    }

    /// As [`Self::add_key`], for a key that a rule binds from its first request on.
    pub async fn add_scoped_key(
        &self,
        name: &str,
        rule: Option<RuleBody>,
        now: Millis,
    ) -> Result<CreatedKey, StoreError> {
        const DOING: &str = "adding client key";
        let row = NewRow::make(name, now)?;
        let mut transaction = self.begin(DOING).await?;
        if row.insert(&mut transaction).await.map_err(while_doing_to(DOING, name))? == 0 {
            return Err(StoreError::conflict(Thing::Key, name, "is there already"));
        }
        if let Some(rule) = rule {
            let of = RuleOf::Client { key: row.created.key.id.clone() };
            rules::put(&mut transaction, &Rule::new(of, rule)).await?;
        }
        transaction.commit().await.map_err(while_doing_to(DOING, name))?;
        Ok(row.created)
    }

    /// Removes a client key: it is refused from then on.
    pub async fn remove_key(&self, id: &KeyId) -> Result<(), StoreError> {
        let removed = sqlx::query("DELETE FROM client_keys WHERE id = ?")
            .bind(id.as_str())
            .execute(self.writer())
            .await
            .map_err(while_doing_to("removing client key", id.as_str()))?;
        match removed.rows_affected() {
            0 => Err(StoreError::not_found(Thing::Key, id.as_str())),
            _ => Ok(()),
        }
    }

    /// Each client key's id, name and [`client_key_hash`].
    pub async fn key_hashes(&self) -> Result<Vec<(KeyId, String, [u8; 32])>, StoreError> {
        sqlx::query("SELECT id, name, hash FROM client_keys ORDER BY id")
            .try_map(|row| hash(&row))
            .fetch_all(self.readers())
            .await
            .map_err(while_doing("reading the hashes of client keys"))
    }

    /// Notes when client keys were last used; a time earlier than the one noted changes nothing.
    pub async fn touch_keys(&self, used: &[(KeyId, Millis)]) -> Result<(), StoreError> {
        const DOING: &str = "noting when client keys were last used";
        let mut transaction = self.begin(DOING).await?;
        for (id, at) in used {
            sqlx::query(
                "UPDATE client_keys SET last_used_at = ? \
                 WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)",
            )
            .bind(*at)
            .bind(id.as_str())
            .bind(*at)
            .execute(&mut *transaction)
            .await
            .map_err(while_doing(DOING))?;
        }
        transaction.commit().await.map_err(while_doing(DOING))
    }
}

/// A key that is about to be stored.
pub(crate) struct NewRow {
    pub(crate) created: CreatedKey,
}

impl NewRow {
    pub(crate) fn make(name: &str, now: Millis) -> Result<Self, StoreError> {
        let letters = random::letters(random::KEY_LETTERS)?;
        let hint: String = letters.chars().take(HINTED).collect();
        let key = KeyView {
            id: KeyId::new(format!("key_{}", random::letters(random::ID_LETTERS)?)),
            name: name.to_owned(),
            hint: format!("{PREFIX}{hint}…"),
            created_at: now,
            last_used_at: None,
            tool: None,
        };
        Ok(Self { created: CreatedKey { key, text: format!("{PREFIX}{letters}") } })
    }

    /// How many rows were made: none where the name is taken.
    pub(crate) async fn insert(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<u64, sqlx::Error> {
        let CreatedKey { key, text } = &self.created;
        let added = sqlx::query(
            "INSERT INTO client_keys (id, name, hint, hash, created_at) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(key.id.as_str())
        .bind(&key.name)
        .bind(&key.hint)
        .bind(client_key_hash(text).to_vec())
        .bind(key.created_at)
        .execute(connection)
        .await?;
        Ok(added.rows_affected())
    }
}

/// Notes the use of a key by its name, as requests carry it.
pub(crate) async fn touch_named(
    connection: &mut SqliteConnection,
    name: &str,
    at: Millis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE client_keys SET last_used_at = ? \
         WHERE name = ? AND (last_used_at IS NULL OR last_used_at < ?)",
    )
    .bind(at)
    .bind(name)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

fn key(row: &SqliteRow) -> Result<KeyView, sqlx::Error> {
    Ok(KeyView {
        id: KeyId::new(row.try_get::<String, _>("id")?),
        name: row.try_get("name")?,
        hint: row.try_get("hint")?,
        created_at: row.try_get("created_at")?,
        last_used_at: row.try_get("last_used_at")?,
        tool: row.try_get("tool")?,
    })
}

fn hash(row: &SqliteRow) -> Result<(KeyId, String, [u8; 32]), sqlx::Error> {
    let id = KeyId::new(row.try_get::<String, _>("id")?);
    let hash: &[u8] = row.try_get("hash")?;
    let hash = hash
        .try_into()
        .map_err(|error: std::array::TryFromSliceError| undecodable("hash", error))?;
    Ok((id, row.try_get("name")?, hash))
}
