use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use switchyard_types::{AccountId, Budget, BudgetOf, KeyId};

use crate::error::{Thing, violates_reference, while_doing, while_doing_to};
use crate::words::{self, read_limit, read_word, undecodable};
use crate::{Store, StoreError};

impl Store {
    /// All budgets by their ids, without those of combos' candidates, which stand in the combos.
    pub async fn budgets(&self) -> Result<Vec<Budget>, StoreError> {
        sqlx::query("SELECT * FROM budgets ORDER BY id")
            .try_map(|row| budget(&row))
            .fetch_all(self.readers())
            .await
            .map_err(while_doing("listing budgets"))
    }

    /// Makes or replaces a budget. The account or client key that it names must be there.
    pub async fn put_budget(&self, budget: &Budget) -> Result<(), StoreError> {
        let (combo, account, client) = match &budget.of {
            BudgetOf::All => (None, None, None),
            BudgetOf::Combo { name } => (Some(name.as_str()), None, None),
            BudgetOf::Account { account } => (None, Some(account.as_str()), None),
            BudgetOf::Client { key } => (None, None, Some(key.as_str())),
            BudgetOf::Entry { .. } => {
                let why = "belongs to a combo's candidate and is saved with it";
                return Err(StoreError::conflict(Thing::Budget, &budget.id, why));
            }
        };
        let (money, tokens) = words::limit(budget.limit);
        let saved = sqlx::query(
            "INSERT INTO budgets (id, combo, account, client, period, money, tokens, strictness) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET \
             combo = excluded.combo, account = excluded.account, client = excluded.client, \
             period = excluded.period, money = excluded.money, tokens = excluded.tokens, \
             strictness = excluded.strictness",
        )
        .bind(&budget.id)
        .bind(combo)
        .bind(account)
        .bind(client)
        .bind(words::period(budget.period))
        .bind(money)
        .bind(tokens)
        .bind(words::strictness(budget.strictness))
        .execute(self.writer())
        .await;
        match (saved, account, client) {
            (Ok(_), ..) => Ok(()),
            (Err(error), Some(account), _) if violates_reference(&error) => {
                Err(StoreError::not_found(Thing::Account, account))
            }
            (Err(error), _, Some(client)) if violates_reference(&error) => {
                Err(StoreError::not_found(Thing::Key, client))
            }
            (Err(error), ..) => Err(while_doing_to("saving budget", &budget.id)(error)),
        }
    }

    /// Removes a budget.
    pub async fn remove_budget(&self, id: &str) -> Result<(), StoreError> {
        let removed = sqlx::query("DELETE FROM budgets WHERE id = ?")
            .bind(id)
            .execute(self.writer())
            .await
            .map_err(while_doing_to("removing budget", id))?;
        match removed.rows_affected() {
            0 => Err(StoreError::not_found(Thing::Budget, id)),
            _ => Ok(()),
        }
    }
}

fn budget(row: &SqliteRow) -> Result<Budget, sqlx::Error> {
    let text = |column: &str| row.try_get::<Option<String>, _>(column);
    let of = match (text("combo")?, text("account")?, text("client")?) {
        (Some(name), ..) => BudgetOf::Combo { name },
        (_, Some(account), _) => BudgetOf::Account { account: AccountId::new(account) },
        (.., Some(key)) => BudgetOf::Client { key: KeyId::new(key) },
        (None, None, None) => BudgetOf::All,
    };
    let limit = read_limit(row, "money", "tokens")?;
    Ok(Budget {
        id: row.try_get("id")?,
        of,
        period: read_word(row, "period")?,
        limit: limit.ok_or_else(|| undecodable("money", "a budget without a limit"))?,
        strictness: read_word(row, "strictness")?,
    })
}
