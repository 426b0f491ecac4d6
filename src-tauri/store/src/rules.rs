use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use switchyard_types::{AccountId, KeyId, RoutingSettings, Rule, RuleOf, Share};

use crate::error::{Thing, violates_reference, while_doing, while_doing_to};
use crate::words::{self, read_account_order, read_json, read_number, read_optional, undecodable};
use crate::{Store, StoreError};

impl Store {
    /// All rules: those of client keys, then those of paths.
    pub async fn rules(&self) -> Result<Vec<Rule>, StoreError> {
        sqlx::query(
            "SELECT 0 AS kind, client AS subject, combo, per_minute, models, mapping \
             FROM client_rules UNION ALL \
             SELECT 1, path, combo, per_minute, models, mapping FROM path_rules ORDER BY 1, 2",
        )
        .try_map(|row| rule(&row))
        .fetch_all(self.readers())
        .await
        .map_err(while_doing("listing rules"))
    }

    /// Makes or replaces a rule. The client key that it names must be there.
    pub async fn put_rule(&self, rule: &Rule) -> Result<(), StoreError> {
        let mut connection = self.writer().acquire().await.map_err(while_doing("saving a rule"))?;
        put(&mut connection, rule).await
    }

    /// Removes a rule.
    pub async fn remove_rule(&self, of: &RuleOf) -> Result<(), StoreError> {
        let (sql, subject) = match of {
            RuleOf::Client { key } => ("DELETE FROM client_rules WHERE client = ?", key.as_str()),
            RuleOf::Path { name } => ("DELETE FROM path_rules WHERE path = ?", name.as_str()),
        };
        let removed = sqlx::query(sql)
            .bind(subject)
            .execute(self.writer())
            .await
            .map_err(while_doing_to("removing rule", subject))?;
        match removed.rows_affected() {
            0 => Err(StoreError::not_found(Thing::Rule, subject)),
            _ => Ok(()),
        }
    }

    /// How accounts are chosen where no combo says it.
    pub async fn routing_settings(&self) -> Result<RoutingSettings, StoreError> {
        const DOING: &str = "reading how accounts are chosen";
        let orders = sqlx::query("SELECT vendor, accounts, sticky FROM vendor_orders")
            .try_map(|row: SqliteRow| {
                let order = read_account_order(&row, "accounts", "sticky")?;
                Ok((row.try_get::<String, _>("vendor")?, order.unwrap_or_default()))
            })
            .fetch_all(self.readers())
            .await
            .map_err(while_doing(DOING))?;
        let accounts = sqlx::query("SELECT account, used FROM early_leaves")
            .try_map(|row: SqliteRow| {
                let account = AccountId::new(row.try_get::<String, _>("account")?);
                Ok((account, Share::of(read_number(&row, "used")?)))
            })
            .fetch_all(self.readers())
            .await
            .map_err(while_doing(DOING))?;
        let leave_at = sqlx::query("SELECT leave_at FROM settings WHERE id = 1")
            .try_map(|row| read_optional(&row, "leave_at"))
            .fetch_one(self.readers())
            .await
            .map_err(while_doing(DOING))?;
        Ok(RoutingSettings {
            leave_at: leave_at.map(Share::of),
            vendors: orders.into_iter().collect(),
            accounts: accounts.into_iter().collect(),
        })
    }

    /// Replaces how accounts are chosen. The accounts that it names must be there.
    pub async fn save_routing_settings(
        &self,
        settings: &RoutingSettings,
    ) -> Result<(), StoreError> {
        const DOING: &str = "saving how accounts are chosen";
        let mut transaction = self.begin(DOING).await?;
        for sql in ["DELETE FROM vendor_orders", "DELETE FROM early_leaves"] {
            sqlx::query(sql).execute(&mut *transaction).await.map_err(while_doing(DOING))?;
        }
        for (vendor, order) in &settings.vendors {
            let (word, sticky) = words::account_order(*order);
            sqlx::query("INSERT INTO vendor_orders (vendor, accounts, sticky) VALUES (?, ?, ?)")
                .bind(vendor)
                .bind(word)
                .bind(sticky)
                .execute(&mut *transaction)
                .await
                .map_err(while_doing(DOING))?;
        }
        for (account, used) in &settings.accounts {
            let saved = sqlx::query("INSERT INTO early_leaves (account, used) VALUES (?, ?)")
                .bind(account.as_str())
                .bind(used.hundredths())
                .execute(&mut *transaction)
                .await;
            match saved {
                Ok(_) => {}
                Err(error) if violates_reference(&error) => {
                    return Err(StoreError::not_found(Thing::Account, account.as_str()));
                }
                Err(error) => return Err(while_doing(DOING)(error)),
            }
        }
        sqlx::query("UPDATE settings SET leave_at = ? WHERE id = 1")
            .bind(settings.leave_at.map(Share::hundredths))
            .execute(&mut *transaction)
            .await
            .map_err(while_doing(DOING))?;
        transaction.commit().await.map_err(while_doing(DOING))
    }
}

/// Makes or replaces a rule.
pub(crate) async fn put(connection: &mut SqliteConnection, rule: &Rule) -> Result<(), StoreError> {
    let (sql, subject) = match &rule.of {
        RuleOf::Client { key } => (
            "INSERT INTO client_rules (client, combo, per_minute, models, mapping) \
             VALUES (?, ?, ?, ?, ?) ON CONFLICT (client) DO UPDATE SET \
             combo = excluded.combo, per_minute = excluded.per_minute, \
             models = excluded.models, mapping = excluded.mapping",
            key.as_str(),
        ),
        RuleOf::Path { name } => (
            "INSERT INTO path_rules (path, combo, per_minute, models, mapping) \
             VALUES (?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET \
             combo = excluded.combo, per_minute = excluded.per_minute, \
             models = excluded.models, mapping = excluded.mapping",
            name.as_str(),
        ),
    };
    let failed = || while_doing_to("saving rule", subject);
    let json = |text: Result<String, serde_json::Error>| {
        text.map_err(|error| failed()(sqlx::Error::Encode(error.into())))
    };
    let saved = sqlx::query(sql)
        .bind(subject)
        .bind(rule.combo.as_deref())
        .bind(rule.per_minute)
        .bind(json(serde_json::to_string(&rule.models))?)
        .bind(json(serde_json::to_string(&rule.mapping))?)
        .execute(connection)
        .await;
    match saved {
        Ok(_) => Ok(()),
        Err(error) if violates_reference(&error) => Err(StoreError::not_found(Thing::Key, subject)),
        Err(error) => Err(failed()(error)),
    }
}

fn rule(row: &SqliteRow) -> Result<Rule, sqlx::Error> {
    let subject: String = row.try_get("subject")?;
    let of = match row.try_get::<i64, _>("kind")? {
        0 => RuleOf::Client { key: KeyId::new(subject) },
        1 => RuleOf::Path { name: subject },
        other => return Err(undecodable("kind", format!("{other} is no kind of rule"))),
    };
    Ok(Rule {
        of,
        combo: row.try_get("combo")?,
        models: read_json(row, "models")?,
        mapping: read_json(row, "mapping")?,
        per_minute: read_optional(row, "per_minute")?,
    })
}
