//! Logins: their tokens sealed as the account's secret, and beside them what is no secret.

use serde::Deserialize;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use switchyard_types::{AccountId, LoginFacts, LoginState, LoginTokens, Millis, Secret};
use zeroize::Zeroizing;

use crate::accounts::secret_of;
use crate::error::{Thing, while_doing, while_doing_to};
use crate::{Account, NewAccountRow, Store, StoreError, words};

/// The login of an account, without its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The account.
    pub account: AccountId,
    /// How it stands.
    pub state: LoginState,
    /// Why it no longer works, in the vendor's words.
    pub reason: Option<String>,
    /// What is known of it.
    pub facts: LoginFacts,
    /// When its tokens were saved.
    pub saved_at: Millis,
}

/// The tokens as they are sealed.
#[derive(Deserialize)]
struct Sealed {
    access: Secret,
    refresh: Option<Secret>,
    id: Option<Secret>,
    client_secret: Option<Secret>,
}

impl Store {
    /// Adds an account that signs in by a login, enabled.
    pub async fn add_login(
        &self,
        new: NewAccountRow,
        tokens: &LoginTokens,
        facts: &LoginFacts,
    ) -> Result<Account, StoreError> {
        const DOING: &str = "adding a login";
        let at = new.created_at;
        let mut transaction = self.begin(DOING).await?;
        let row = NewAccountRow { secret: None, ..new };
        let account = self.insert_account(&mut transaction, row).await?;
        self.put_login(&mut transaction, &account.id, tokens, facts, at).await?;
        transaction.commit().await.map_err(while_doing(DOING))?;
        Ok(account)
    }

    /// Replaces an account's tokens by newer ones; the login works again from then on. What this has
    /// confirmed survives a power cut, so that the tokens may be used.
    pub async fn save_login(
        &self,
        id: &AccountId,
        tokens: &LoginTokens,
        facts: &LoginFacts,
        at: Millis,
    ) -> Result<(), StoreError> {
        const DOING: &str = "saving the login of account";
        let mut transaction = self.begin(DOING).await?;
        self.put_login(&mut transaction, id, tokens, facts, at).await?;
        transaction.commit().await.map_err(while_doing_to(DOING, id.as_str()))
    }

    /// Every login, without its tokens.
    pub async fn logins(&self) -> Result<Vec<Login>, StoreError> {
        sqlx::query("SELECT account, state, reason, facts, saved_at FROM logins ORDER BY account")
            .try_map(|row| login(&row))
            .fetch_all(self.readers())
            .await
            .map_err(while_doing("listing logins"))
    }

    /// The tokens of an account's login and what is known of it; `None` when it has none.
    pub async fn login_tokens(
        &self,
        id: &AccountId,
    ) -> Result<Option<(LoginTokens, Login)>, StoreError> {
        const DOING: &str = "reading the login of account";
        // One statement, so that tokens and facts are of one state.
        let found: Option<(Option<Vec<u8>>, Login)> = sqlx::query(
            "SELECT a.sealed, l.account, l.state, l.reason, l.facts, l.saved_at \
             FROM logins l JOIN accounts a ON a.id = l.account WHERE l.account = ?",
        )
        .bind(id.as_str())
        .try_map(|row: SqliteRow| Ok((row.try_get("sealed")?, login(&row)?)))
        .fetch_optional(self.readers())
        .await
        .map_err(while_doing_to(DOING, id.as_str()))?;
        let Some((sealed, login)) = found else { return Ok(None) };
        let altered = || StoreError::AlteredSecret { what: Thing::Account, id: id.to_string() };
        let text = self
            .sealer()
            .open(&sealed.ok_or_else(altered)?, secret_of(id))
            .map_err(|_| altered())?;
        let sealed: Sealed = serde_json::from_str(text.expose()).map_err(|_| altered())?;
        let Sealed { access, refresh, id, client_secret } = sealed;
        Ok(Some((LoginTokens { access, refresh, id, client_secret }, login)))
    }

    /// Notes how a login stands. `Refreshing` is a moment's state and is kept as `Ok`.
    pub async fn mark_login(
        &self,
        id: &AccountId,
        state: LoginState,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE logins SET state = ?, reason = ? WHERE account = ?")
            .bind(words::login_state(state))
            .bind(reason)
            .bind(id.as_str())
            .execute(self.writer())
            .await
            .map_err(while_doing_to("noting how the login stands of account", id.as_str()))?;
        Ok(())
    }

    async fn put_login(
        &self,
        connection: &mut SqliteConnection,
        id: &AccountId,
        tokens: &LoginTokens,
        facts: &LoginFacts,
        at: Millis,
    ) -> Result<(), StoreError> {
        const DOING: &str = "saving the login of account";
        let failed = || while_doing_to(DOING, id.as_str());
        let expose = |secret: &Option<Secret>| secret.as_ref().map(|s| s.expose().to_owned());
        let text = Zeroizing::new(
            json!({
                "access": tokens.access.expose(),
                "refresh": expose(&tokens.refresh),
                "id": expose(&tokens.id),
                "client_secret": expose(&tokens.client_secret),
            })
            .to_string(),
        );
        let sealed = self.sealer().seal(&Secret::new(text.as_str()), secret_of(id))?;
        let facts = serde_json::to_string(facts)
            .map_err(|error| StoreError::database(DOING, sqlx::Error::Encode(error.into())))?;
        let updated = sqlx::query("UPDATE accounts SET sealed = ?, key_hint = NULL WHERE id = ?")
            .bind(sealed)
            .bind(id.as_str())
            .execute(&mut *connection)
            .await
            .map_err(failed())?;
        if updated.rows_affected() == 0 {
            return Err(StoreError::not_found(Thing::Account, id.as_str()));
        }
        sqlx::query(
            "INSERT INTO logins (account, state, reason, facts, saved_at) \
             VALUES (?, 'ok', NULL, ?, ?) ON CONFLICT (account) DO UPDATE SET \
             state = 'ok', reason = NULL, facts = excluded.facts, saved_at = excluded.saved_at",
        )
        .bind(id.as_str())
        .bind(facts)
        .bind(at)
        .execute(&mut *connection)
        .await
        .map_err(failed())?;
        Ok(())
    }
}

fn login(row: &SqliteRow) -> Result<Login, sqlx::Error> {
    Ok(Login {
        account: AccountId::new(row.try_get::<String, _>("account")?),
        state: words::read_word(row, "state")?,
        reason: row.try_get("reason")?,
        facts: words::read_json(row, "facts")?,
        saved_at: row.try_get("saved_at")?,
    })
}
