use sqlx::SqliteConnection;

use crate::error::{Thing, violates_unique, while_doing, while_doing_to};
use crate::{Store, StoreError};

/// A combo: a name, and the models that are tried for it in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combo {
    /// The name that a client uses as model.
    pub name: String,
    /// Models as `prefix/model`, in the order they are tried.
    pub candidates: Vec<String>,
}

impl Store {
    /// All combos, by name.
    pub async fn combos(&self) -> Result<Vec<Combo>, StoreError> {
        let rows: Vec<(String, Option<String>)> = sqlx::query_as(
            "SELECT combos.name, combo_candidates.model FROM combos \
             LEFT JOIN combo_candidates ON combo_candidates.combo = combos.name \
             ORDER BY combos.name, combo_candidates.position",
        )
        .fetch_all(self.readers())
        .await
        .map_err(while_doing("listing combos"))?;
        let mut combos: Vec<Combo> = Vec::new();
        for (name, model) in rows {
            match combos.last_mut().filter(|combo| combo.name == name) {
                Some(combo) => combo.candidates.extend(model),
                None => combos.push(Combo { name, candidates: model.into_iter().collect() }),
            }
        }
        Ok(combos)
    }

    /// Makes a combo, or replaces its candidates.
    pub async fn put_combo(&self, name: &str, candidates: &[String]) -> Result<(), StoreError> {
        const DOING: &str = "saving combo";
        let mut transaction = self.begin(DOING).await?;
        put(&mut transaction, name, candidates).await.map_err(while_doing_to(DOING, name))?;
        transaction.commit().await.map_err(while_doing_to(DOING, name))
    }

    /// Gives a combo another name. The active combo stays active, and aliases that meant it follow.
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
        sqlx::query("UPDATE aliases SET target = ? WHERE target = ?")
            .bind(to)
            .bind(from)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Removes a combo. If it was the active one, none is.
    pub async fn remove_combo(&self, name: &str) -> Result<(), StoreError> {
        let removed = sqlx::query("DELETE FROM combos WHERE name = ?")
            .bind(name)
            .execute(self.writer())
            .await
            .map_err(while_doing_to("removing combo", name))?;
        match removed.rows_affected() {
            0 => Err(StoreError::not_found(Thing::Combo, name)),
            _ => Ok(()),
        }
    }
}

async fn put(
    connection: &mut SqliteConnection,
    name: &str,
    candidates: &[String],
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO combos (name) VALUES (?) ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM combo_candidates WHERE combo = ?")
        .bind(name)
        .execute(&mut *connection)
        .await?;
    for (position, model) in (0_i64..).zip(candidates) {
        sqlx::query("INSERT INTO combo_candidates (combo, position, model) VALUES (?, ?, ?)")
            .bind(name)
            .bind(position)
            .bind(model)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
