use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use switchyard_types::{AccountId, CandidateSpec, ComboTerms, Conditions, Hours};

use crate::error::{Thing, violates_unique, while_doing, while_doing_to};
use crate::words::{self, number, read_limit, read_number, read_optional, read_word};
use crate::{Store, StoreError};

/// A combo: a name, and what is tried for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combo {
    /// The name that a client uses as model.
    pub name: String,
    /// How its candidates are chosen.
    pub terms: ComboTerms,
    /// What is tried, in order.
    pub candidates: Vec<CandidateSpec>,
}

impl Combo {
    /// A combo without terms.
    pub fn listed<T: AsRef<str>>(name: impl Into<String>, candidates: &[T]) -> Self {
        let candidates = candidates.iter().map(|model| CandidateSpec::plain(model.as_ref()));
        Self { name: name.into(), terms: ComboTerms::default(), candidates: candidates.collect() }
    }
}

impl Store {
    /// All combos, by name.
    pub async fn combos(&self) -> Result<Vec<Combo>, StoreError> {
        const DOING: &str = "listing combos";
        // One transaction, so that both reads see the same state.
        let mut transaction = self.readers().begin().await.map_err(while_doing(DOING))?;
        let combos = list(&mut transaction).await.map_err(while_doing(DOING))?;
        transaction.commit().await.map_err(while_doing(DOING))?;
        Ok(combos)
    }

    /// Makes a combo, or replaces one of that name.
    pub async fn put_combo(&self, combo: &Combo) -> Result<(), StoreError> {
        const DOING: &str = "saving combo";
        let name = &combo.name;
        let mut transaction = self.begin(DOING).await?;
        put(&mut transaction, combo).await.map_err(while_doing_to(DOING, name))?;
        transaction.commit().await.map_err(while_doing_to(DOING, name))
    }

    /// Gives a combo another name. The active combo stays active, and whatever meant it follows.
    pub async fn rename_combo(&self, from: &str, to: &str) -> Result<(), StoreError> {
        const DOING: &str = "renaming combo";
        let failed = || while_doing_to(DOING, from);
        let mut transaction = self.begin(DOING).await?;
        let renamed = sqlx::query("UPDATE combos SET name = ? WHERE name = ?")
            .bind(to)
            .bind(from)
            .execute(&mut *transaction)
            .await;
        match renamed {
            Ok(done) if done.rows_affected() == 0 => {
                return Err(StoreError::not_found(Thing::Combo, from));
            }
            Ok(_) => {}
            Err(error) if violates_unique(&error) => {
                return Err(StoreError::conflict(Thing::Combo, to, "is there already"));
            }
            Err(error) => return Err(failed()(error)),
        }
        for follow in FOLLOW {
            sqlx::query(*follow)
                .bind(to)
                .bind(from)
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }

    /// Removes a combo with its budgets. If it was the active one, none is.
    pub async fn remove_combo(&self, name: &str) -> Result<(), StoreError> {
        const DOING: &str = "removing combo";
        let failed = || while_doing_to(DOING, name);
        let mut transaction = self.begin(DOING).await?;
        let removed = sqlx::query("DELETE FROM combos WHERE name = ?")
            .bind(name)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        if removed.rows_affected() == 0 {
            return Err(StoreError::not_found(Thing::Combo, name));
        }
        sqlx::query("DELETE FROM budgets WHERE combo = ?")
            .bind(name)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }
}

/// What names a combo elsewhere: each takes the new name and the old one.
const FOLLOW: &[&str] = &[
    "UPDATE aliases SET target = ? WHERE target = ?",
    "UPDATE combo_candidates SET model = ? WHERE model = ?",
    "UPDATE budgets SET combo = ? WHERE combo = ?",
    "UPDATE client_rules SET combo = ? WHERE combo = ?",
    "UPDATE path_rules SET combo = ? WHERE combo = ?",
];

async fn list(connection: &mut SqliteConnection) -> Result<Vec<Combo>, sqlx::Error> {
    let mut combos = sqlx::query(
        "SELECT name, strategy, sticky, grouping, account_order, account_sticky FROM combos ORDER BY name",
    )
    .try_map(|row: SqliteRow| {
        Ok(Combo {
            name: row.try_get("name")?,
            terms: ComboTerms {
                strategy: words::read_strategy(&row)?,
                grouping: read_word(&row, "grouping")?,
                accounts: words::read_account_order(&row, "account_order", "account_sticky")?,
            },
            candidates: Vec::new(),
        })
    })
    .fetch_all(&mut *connection)
    .await?;
    let candidates = sqlx::query("SELECT * FROM combo_candidates ORDER BY combo, position")
        .try_map(|row: SqliteRow| Ok((row.try_get::<String, _>("combo")?, candidate(&row)?)))
        .fetch_all(connection)
        .await?;
    let mut place = combos.iter_mut().peekable();
    for (name, candidate) in candidates {
        while place.peek().is_some_and(|combo| combo.name < name) {
            place.next();
        }
        if let Some(combo) = place.peek_mut().filter(|combo| combo.name == name) {
            combo.candidates.push(candidate);
        }
    }
    Ok(combos)
}

async fn put(connection: &mut SqliteConnection, combo: &Combo) -> Result<(), sqlx::Error> {
    let Combo { name, terms, candidates } = combo;
    let (strategy, sticky) = words::strategy(terms.strategy);
    let accounts = terms.accounts.map(words::account_order);
    sqlx::query(
        "INSERT INTO combos (name, strategy, sticky, grouping, account_order, account_sticky) \
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET strategy = excluded.strategy, \
         sticky = excluded.sticky, grouping = excluded.grouping, account_order = excluded.account_order, \
         account_sticky = excluded.account_sticky",
    )
    .bind(name)
    .bind(strategy)
    .bind(sticky)
    .bind(words::grouping(terms.grouping))
    .bind(accounts.map(|(word, _)| word))
    .bind(accounts.and_then(|(_, sticky)| sticky))
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM combo_candidates WHERE combo = ?")
        .bind(name)
        .execute(&mut *connection)
        .await?;
    for (position, candidate) in (0_i64..).zip(candidates) {
        insert(connection, name, position, candidate).await?;
    }
    Ok(())
}

async fn insert(
    connection: &mut SqliteConnection,
    combo: &str,
    position: i64,
    candidate: &CandidateSpec,
) -> Result<(), sqlx::Error> {
    let CandidateSpec { model, account, weight, conditions, hours, budget } = candidate;
    let limit = budget.map(|(_, limit)| words::limit(limit));
    sqlx::query(
        "INSERT INTO combo_candidates (combo, position, model, account, weight, min_tokens, \
         max_tokens, images, tools, thinking, hours_days, hours_from, hours_to, budget_period, \
         budget_money, budget_tokens) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(combo)
    .bind(position)
    .bind(model)
    .bind(account.as_ref().map(AccountId::as_str))
    .bind(weight)
    .bind(conditions.min_tokens.map(number))
    .bind(conditions.max_tokens.map(number))
    .bind(words::want(conditions.images))
    .bind(words::want(conditions.tools))
    .bind(words::want(conditions.thinking))
    .bind(hours.map(|hours| hours.days))
    .bind(hours.map(|hours| hours.from))
    .bind(hours.map(|hours| hours.to))
    .bind(budget.map(|(period, _)| words::period(period)))
    .bind(limit.and_then(|(money, _)| money))
    .bind(limit.and_then(|(_, tokens)| tokens))
    .execute(connection)
    .await?;
    Ok(())
}

fn candidate(row: &SqliteRow) -> Result<CandidateSpec, sqlx::Error> {
    let hours = match read_optional(row, "hours_days")? {
        Some(days) => Some(Hours {
            days,
            from: read_number(row, "hours_from")?,
            to: read_number(row, "hours_to")?,
        }),
        None => None,
    };
    let budget = match read_limit(row, "budget_money", "budget_tokens")? {
        Some(limit) => Some((read_word(row, "budget_period")?, limit)),
        None => None,
    };
    Ok(CandidateSpec {
        model: row.try_get("model")?,
        account: row.try_get::<Option<String>, _>("account")?.map(AccountId::new),
        weight: read_number(row, "weight")?,
        conditions: Conditions {
            min_tokens: read_optional(row, "min_tokens")?,
            max_tokens: read_optional(row, "max_tokens")?,
            images: read_word(row, "images")?,
            tools: read_word(row, "tools")?,
            thinking: read_word(row, "thinking")?,
        },
        hours,
        budget,
    })
}
