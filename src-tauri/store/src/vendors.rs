use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use switchyard_types::NewVendor;

use crate::error::{Thing, while_doing, while_doing_to};
use crate::{Store, StoreError, words};

impl Store {
    /// The vendors that the user made, by id, each with its id.
    pub async fn custom_vendors(&self) -> Result<Vec<(String, NewVendor)>, StoreError> {
        const DOING: &str = "listing custom vendors";
        // One transaction, so that both reads see the same state.
        let mut transaction = self.readers().begin().await.map_err(while_doing(DOING))?;
        let vendors = list(&mut transaction).await.map_err(while_doing(DOING))?;
        transaction.commit().await.map_err(while_doing(DOING))?;
        Ok(vendors)
    }

    /// Adds a vendor under an id. The id and the prefix must be free.
    pub async fn add_custom_vendor(&self, id: &str, vendor: &NewVendor) -> Result<(), StoreError> {
        const DOING: &str = "adding custom vendor";
        let failed = || while_doing_to(DOING, id);
        let mut transaction = self.begin(DOING).await?;
        let taken: Option<String> =
            sqlx::query_scalar("SELECT id FROM custom_vendors WHERE id = ? OR prefix = ?")
                .bind(id)
                .bind(&vendor.prefix)
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed())?;
        match taken {
            Some(other) if other == id => {
                return Err(StoreError::conflict(Thing::Vendor, id, "is there already"));
            }
            Some(other) => {
                let why = format!("wants the prefix `{}`, which `{other}` has", vendor.prefix);
                return Err(StoreError::conflict(Thing::Vendor, id, why));
            }
            None => {}
        }
        insert(&mut transaction, id, vendor).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Makes a vendor what is said of it now; its id and its prefix stay.
    pub async fn change_custom_vendor(
        &self,
        id: &str,
        vendor: &NewVendor,
    ) -> Result<(), StoreError> {
        const DOING: &str = "changing custom vendor";
        let failed = || while_doing_to(DOING, id);
        let mut transaction = self.begin(DOING).await?;
        let changed = sqlx::query(
            "UPDATE custom_vendors SET name = ?, dialect = ?, base_url = ?, allow_private = ?, tier = ? \
             WHERE id = ?",
        )
        .bind(&vendor.name)
        .bind(vendor.dialect.as_str())
        .bind(&vendor.base_url)
        .bind(vendor.allow_private)
        .bind(words::tier(vendor.tier))
        .bind(id)
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::not_found(Thing::Vendor, id));
        }
        sqlx::query("DELETE FROM custom_vendor_models WHERE vendor = ?")
            .bind(id)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        list_models(&mut transaction, id, &vendor.models).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Removes a vendor. Refused while accounts use it, since their keys would go with it.
    pub async fn remove_custom_vendor(&self, id: &str) -> Result<(), StoreError> {
        const DOING: &str = "removing custom vendor";
        let failed = || while_doing_to(DOING, id);
        let mut transaction = self.begin(DOING).await?;
        let accounts: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM accounts WHERE vendor = ?")
            .bind(id)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed())?;
        let removed = sqlx::query("DELETE FROM custom_vendors WHERE id = ?")
            .bind(id)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        match (removed.rows_affected(), accounts) {
            (0, _) => Err(StoreError::not_found(Thing::Vendor, id)),
            (_, 0) => transaction.commit().await.map_err(failed()),
            (_, accounts) => {
                let why = format!("is used by {accounts} account(s); remove those first");
                Err(StoreError::conflict(Thing::Vendor, id, why))
            }
        }
    }
}

async fn list(connection: &mut SqliteConnection) -> Result<Vec<(String, NewVendor)>, sqlx::Error> {
    let mut models: HashMap<String, Vec<String>> = HashMap::new();
    let listed: Vec<(String, String)> =
        sqlx::query_as("SELECT vendor, model FROM custom_vendor_models ORDER BY vendor, position")
            .fetch_all(&mut *connection)
            .await?;
    for (vendor, model) in listed {
        models.entry(vendor).or_default().push(model);
    }
    let mut vendors = sqlx::query(
        "SELECT id, name, prefix, dialect, base_url, allow_private, tier \
         FROM custom_vendors ORDER BY id",
    )
    .try_map(|row| vendor(&row))
    .fetch_all(connection)
    .await?;
    for (id, vendor) in &mut vendors {
        vendor.models = models.remove(id).unwrap_or_default();
    }
    Ok(vendors)
}

async fn insert(
    connection: &mut SqliteConnection,
    id: &str,
    vendor: &NewVendor,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO custom_vendors (id, name, prefix, dialect, base_url, allow_private, tier) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(&vendor.name)
    .bind(&vendor.prefix)
    .bind(vendor.dialect.as_str())
    .bind(&vendor.base_url)
    .bind(vendor.allow_private)
    .bind(words::tier(vendor.tier))
    .execute(&mut *connection)
    .await?;
    list_models(connection, id, &vendor.models).await
}

async fn list_models(
    connection: &mut SqliteConnection,
    vendor: &str,
    models: &[String],
) -> Result<(), sqlx::Error> {
    for (position, model) in (0_i64..).zip(models) {
        sqlx::query("INSERT INTO custom_vendor_models (vendor, position, model) VALUES (?, ?, ?)")
            .bind(vendor)
            .bind(position)
            .bind(model)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn vendor(row: &SqliteRow) -> Result<(String, NewVendor), sqlx::Error> {
    let vendor = NewVendor {
        name: row.try_get("name")?,
        prefix: row.try_get("prefix")?,
        dialect: words::read_word(row, "dialect")?,
        base_url: row.try_get("base_url")?,
        allow_private: row.try_get("allow_private")?,
        models: Vec::new(),
        tier: words::read_word(row, "tier")?,
    };
    Ok((row.try_get("id")?, vendor))
}
