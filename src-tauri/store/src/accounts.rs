use std::collections::BTreeMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use switchyard_types::{AccountChange, AccountId, Millis, Secret};

use crate::error::{Thing, while_doing, while_doing_to};
use crate::seal::Binding;
use crate::{Store, StoreError, random};

/// One login or key at one vendor, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The vendor's id.
    pub vendor: String,
    /// A name for people.
    pub name: String,
    /// Whether it takes part.
    pub enabled: bool,
    /// Lower is tried first.
    pub priority: i64,
    /// The end of the key, enough to recognise it: `…x4Qz`. Short keys have none.
    pub key_hint: Option<String>,
    /// When it was added.
    pub created_at: Millis,
    /// When it last answered a request.
    pub last_used_at: Option<Millis>,
    /// Whether it serves other clients than its vendor's own, where the vendor restricts that.
    pub any_client: bool,
}

/// An account to add.
#[derive(Clone, Debug)]
pub struct NewAccountRow {
    /// The vendor's id.
    pub vendor: String,
    /// A name for people.
    pub name: String,
    /// Lower is tried first; `None` puts it last.
    pub priority: Option<i64>,
    /// The key; `None` for vendors that need none.
    pub secret: Option<Secret>,
    /// What it says of itself besides its key.
    pub fields: BTreeMap<String, String>,
    /// When it is added.
    pub created_at: Millis,
}

const COLUMNS_OF_ONE: &str = "SELECT id, vendor, name, enabled, priority, key_hint, created_at, \
     last_used_at, any_client FROM accounts WHERE id = ?";

impl Store {
    /// All accounts, in the order in which they are tried.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        sqlx::query(
            "SELECT id, vendor, name, enabled, priority, key_hint, created_at, last_used_at, \
             any_client FROM accounts ORDER BY priority, created_at, id",
        )
        .try_map(|row| account(&row))
        .fetch_all(self.readers())
        .await
        .map_err(while_doing("listing accounts"))
    }

    /// The key of an account; `None` when it has none.
    pub async fn account_secret(&self, id: &AccountId) -> Result<Option<Secret>, StoreError> {
        let sealed: Option<Option<Vec<u8>>> =
            sqlx::query_scalar("SELECT sealed FROM accounts WHERE id = ?")
                .bind(id.as_str())
                .fetch_optional(self.readers())
                .await
                .map_err(while_doing_to("reading the secret of account", id.as_str()))?;
        let sealed = sealed.ok_or_else(|| StoreError::not_found(Thing::Account, id.as_str()))?;
        let open = |sealed: Vec<u8>| {
            self.sealer()
                .open(&sealed, secret_of(id))
                .map_err(|_| StoreError::AlteredSecret { what: Thing::Account, id: id.to_string() })
        };
        sealed.map(open).transpose()
    }

    /// Adds an account, enabled.
    pub async fn add_account(&self, new: NewAccountRow) -> Result<Account, StoreError> {
        const DOING: &str = "adding an account";
        let mut transaction = self.begin(DOING).await?;
        let account = self.insert_account(&mut transaction, new).await?;
        transaction.commit().await.map_err(while_doing(DOING))?;
        Ok(account)
    }

    pub(crate) async fn insert_account(
        &self,
        connection: &mut SqliteConnection,
        new: NewAccountRow,
    ) -> Result<Account, StoreError> {
        const DOING: &str = "adding an account";
        let id = AccountId::new(format!("acc_{}", random::letters(random::ID_LETTERS)?));
        let secret = new.secret.filter(|secret| !secret.expose().is_empty());
        let sealed =
            secret.as_ref().map(|secret| self.sealer().seal(secret, secret_of(&id))).transpose()?;
        let priority = match new.priority {
            Some(priority) => priority,
            None => after_the_last(connection).await.map_err(while_doing(DOING))?,
        };
        let account = Account {
            id,
            vendor: new.vendor,
            name: new.name,
            enabled: true,
            priority,
            key_hint: secret.as_ref().and_then(hint),
            created_at: new.created_at,
            last_used_at: None,
            any_client: false,
        };
        insert(connection, &account, sealed).await.map_err(while_doing(DOING))?;
        if !new.fields.is_empty() {
            self.put_fields(connection, &account.id, &new.fields).await?;
        }
        Ok(account)
    }

    /// Changes what the change names; the rest stays. Its fields are taken as they are: who calls has checked them.
    pub async fn change_account(
        &self,
        id: &AccountId,
        change: &AccountChange,
    ) -> Result<Account, StoreError> {
        const DOING: &str = "changing account";
        let failed = || while_doing_to(DOING, id.as_str());
        let mut transaction = self.begin(DOING).await?;
        sqlx::query(
            "UPDATE accounts SET name = COALESCE(?, name), enabled = COALESCE(?, enabled), \
             priority = COALESCE(?, priority), any_client = COALESCE(?, any_client) WHERE id = ?",
        )
        .bind(change.name.as_deref())
        .bind(change.enabled)
        .bind(change.priority)
        .bind(change.any_client)
        .bind(id.as_str())
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if let Some(fields) = &change.fields {
            self.put_fields(&mut transaction, id, fields).await?;
        }
        if let Some(key) = &change.key {
            self.put_key(&mut transaction, id, key).await?;
        }
        let changed = sqlx::query(COLUMNS_OF_ONE)
            .bind(id.as_str())
            .try_map(|row| account(&row))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        changed.ok_or_else(|| StoreError::not_found(Thing::Account, id.as_str()))
    }

    /// The way out of an account's requests; `None` where it has none of its own.
    pub async fn account_proxy(&self, id: &AccountId) -> Result<Option<Secret>, StoreError> {
        let sealed: Option<Option<Vec<u8>>> =
            sqlx::query_scalar("SELECT proxy FROM accounts WHERE id = ?")
                .bind(id.as_str())
                .fetch_optional(self.readers())
                .await
                .map_err(while_doing_to("reading the proxy of account", id.as_str()))?;
        let Some(sealed) = sealed.flatten() else { return Ok(None) };
        let altered = |_| StoreError::AlteredSecret { what: Thing::Account, id: id.to_string() };
        self.sealer().open(&sealed, proxy_of(id)).map(Some).map_err(altered)
    }

    /// What an account says of itself besides its key, by the names of its vendor's fields.
    pub async fn account_fields(
        &self,
        id: &AccountId,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let sealed: Option<Option<Vec<u8>>> =
            sqlx::query_scalar("SELECT fields FROM accounts WHERE id = ?")
                .bind(id.as_str())
                .fetch_optional(self.readers())
                .await
                .map_err(while_doing_to("reading the fields of account", id.as_str()))?;
        let Some(sealed) = sealed.flatten() else { return Ok(BTreeMap::new()) };
        let altered = || StoreError::AlteredSecret { what: Thing::Account, id: id.to_string() };
        let text = self.sealer().open(&sealed, fields_of(id)).map_err(|_| altered())?;
        serde_json::from_str(text.expose()).map_err(|_| altered())
    }

    async fn put_fields(
        &self,
        connection: &mut SqliteConnection,
        id: &AccountId,
        fields: &BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        const DOING: &str = "saving the fields of account";
        let text = serde_json::to_string(fields)
            .map_err(|error| StoreError::database(DOING, sqlx::Error::Encode(error.into())))?;
        let sealed = self.sealer().seal(&Secret::new(text), fields_of(id))?;
        sqlx::query("UPDATE accounts SET fields = ? WHERE id = ?")
            .bind((!fields.is_empty()).then_some(sealed))
            .bind(id.as_str())
            .execute(connection)
            .await
            .map_err(while_doing_to(DOING, id.as_str()))?;
        Ok(())
    }

    /// Puts a key in place of the one that is there; an empty one is none.
    async fn put_key(
        &self,
        connection: &mut SqliteConnection,
        id: &AccountId,
        key: &Secret,
    ) -> Result<(), StoreError> {
        const DOING: &str = "saving the key of account";
        let key = Some(key).filter(|key| !key.expose().is_empty());
        let sealed = key.map(|key| self.sealer().seal(key, secret_of(id))).transpose()?;
        sqlx::query("UPDATE accounts SET sealed = ?, key_hint = ? WHERE id = ?")
            .bind(sealed)
            .bind(key.and_then(hint))
            .bind(id.as_str())
            .execute(connection)
            .await
            .map_err(while_doing_to(DOING, id.as_str()))?;
        Ok(())
    }

    /// Sets or clears the way out of an account's requests.
    pub async fn set_account_proxy(
        &self,
        id: &AccountId,
        proxy: Option<&Secret>,
    ) -> Result<(), StoreError> {
        let sealed = proxy.map(|proxy| self.sealer().seal(proxy, proxy_of(id))).transpose()?;
        let changed = sqlx::query("UPDATE accounts SET proxy = ? WHERE id = ?")
            .bind(sealed)
            .bind(id.as_str())
            .execute(self.writer())
            .await
            .map_err(while_doing_to("setting the proxy of account", id.as_str()))?;
        match changed.rows_affected() {
            0 => Err(StoreError::not_found(Thing::Account, id.as_str())),
            _ => Ok(()),
        }
    }

    /// Removes an account with its secret and its locks. The history of its requests stays.
    pub async fn remove_account(&self, id: &AccountId) -> Result<(), StoreError> {
        let removed = sqlx::query("DELETE FROM accounts WHERE id = ?")
            .bind(id.as_str())
            .execute(self.writer())
            .await
            .map_err(while_doing_to("removing account", id.as_str()))?;
        match removed.rows_affected() {
            0 => Err(StoreError::not_found(Thing::Account, id.as_str())),
            _ => Ok(()),
        }
    }

    /// Notes when accounts last answered; a time earlier than the one noted changes nothing.
    pub async fn touch_accounts(&self, used: &[(AccountId, Millis)]) -> Result<(), StoreError> {
        const DOING: &str = "noting when accounts were last used";
        let mut transaction = self.begin(DOING).await?;
        for (id, at) in used {
            touch(&mut transaction, id, *at).await.map_err(while_doing(DOING))?;
        }
        transaction.commit().await.map_err(while_doing(DOING))
    }
}

pub(crate) async fn touch(
    connection: &mut SqliteConnection,
    id: &AccountId,
    at: Millis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE accounts SET last_used_at = ? \
         WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)",
    )
    .bind(at)
    .bind(id.as_str())
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

async fn after_the_last(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let last: Option<i64> =
        sqlx::query_scalar("SELECT MAX(priority) FROM accounts").fetch_one(connection).await?;
    Ok(last.map_or(0, |last| last.saturating_add(1)))
}

async fn insert(
    connection: &mut SqliteConnection,
    account: &Account,
    sealed: Option<Vec<u8>>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO accounts (id, vendor, name, enabled, priority, key_hint, sealed, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(account.id.as_str())
    .bind(&account.vendor)
    .bind(&account.name)
    .bind(account.enabled)
    .bind(account.priority)
    .bind(account.key_hint.as_deref())
    .bind(sealed)
    .bind(account.created_at)
    .execute(connection)
    .await?;
    Ok(())
}

fn account(row: &SqliteRow) -> Result<Account, sqlx::Error> {
    Ok(Account {
        id: AccountId::new(row.try_get::<String, _>("id")?),
        vendor: row.try_get("vendor")?,
        name: row.try_get("name")?,
        enabled: row.try_get("enabled")?,
        priority: row.try_get("priority")?,
        key_hint: row.try_get("key_hint")?,
        created_at: row.try_get("created_at")?,
        last_used_at: row.try_get("last_used_at")?,
        any_client: row.try_get("any_client")?,
    })
}

pub(crate) fn secret_of(id: &AccountId) -> Binding<'_> {
    Binding { table: "accounts", column: "sealed", row: id.as_str() }
}

fn proxy_of(id: &AccountId) -> Binding<'_> {
    Binding { table: "accounts", column: "proxy", row: id.as_str() }
}

fn fields_of(id: &AccountId) -> Binding<'_> {
    Binding { table: "accounts", column: "fields", row: id.as_str() }
}

/// Keys shorter than this would tell too much of themselves by a hint.
const SHORTEST_HINTED: usize = 12;
const HINT: usize = 4;

/// The last characters of a key, when it is long enough to spare them.
fn hint(secret: &Secret) -> Option<String> {
    let letters: Vec<char> = secret.expose().chars().collect();
    let end = letters.last_chunk::<HINT>()?;
    (letters.len() >= SHORTEST_HINTED).then(|| format!("…{}", end.iter().collect::<String>()))
}
