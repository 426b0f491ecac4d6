//! The exchange of the data key: everything that is sealed is sealed anew, in one transaction. The
//! old key is kept until all of it is seen to open under the new one.

use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::SqlitePool;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use switchyard_types::{DataKeySource, Rotated, Secret};

use crate::data_key::{self, DataKey};
use crate::error::{while_doing, while_touching};
use crate::saved::on_a_thread_that_may_wait;
use crate::seal::{Binding, Sealer};
use crate::tables::{self, Kind, Table, quoted};
use crate::vault::Vault;
use crate::{Place, Store, StoreError, backup, durable, folder, inspect};

const DOING: &str = "exchanging the data key";

/// Where a new data key goes.
#[derive(Clone, Debug)]
pub enum NewKey {
    /// Where the old one is kept. One from the environment can only be given.
    SamePlace,
    /// The system's keychain.
    Keychain,
    /// A file in the data folder.
    File,
    /// Nowhere: the user keeps this one, and gives it in the environment from the next start on.
    Given(Secret),
}

impl Store {
    /// Exchanges the data key. All that is sealed, in the database and in the backups, opens under
    /// the new key alone afterwards; until that was seen, the old key is kept. Kept bodies go.
    pub async fn rotate_data_key(&self, to: NewKey) -> Result<Rotated, StoreError> {
        let saver = self.saver(DOING)?;
        // The copy of the configuration must not be written between the commit and the exchange.
        let mut written = saver.written.lock().await;
        let old = self.vault().key();
        finish(self.place(), self.writer(), self.vault()).await?;
        let new = make(self.place(), &old, to).await?;
        let root = self.vault().root_under(&new)?;
        let values = match self.exchange(&old, &new, root).await {
            Ok(values) => values,
            Err(error) => {
                forget_unused(self.place(), &new).await;
                return Err(error);
            }
        };
        self.vault().exchange(new.clone());
        *written = None;
        drop(written);
        settle_files(self.place(), &old, &new)?;
        saver.save(self.writer(), self.vault()).await?;
        // What was said is not worth its way through the exchange; under the old key it must not stay.
        self.delete_bodies().await?;
        let (backups, left) = backups_anew(self.place(), &old.sealer, &new).await?;
        // Sealed under the old key, they would lie in the log until it is folded in.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(self.writer())
            .await
            .map_err(while_doing(DOING))?;
        Ok(Rotated { data_key: new.source, values, backups, left })
    }

    /// Ends an exchange of the data key, once what was under way with the old one has ended.
    pub async fn finish_rotation(&self) -> Result<(), StoreError> {
        match self.safe_mode() {
            Some(_) => Ok(()),
            None => finish(self.place(), self.writer(), self.vault()).await,
        }
    }

    /// Seals everything anew and sees that it opens, or changes nothing.
    async fn exchange(
        &self,
        old: &DataKey,
        new: &DataKey,
        root: Vec<u8>,
    ) -> Result<u64, StoreError> {
        let mut transaction = self.begin(DOING).await?;
        let sealed = seal_anew(&mut transaction, &[&old.sealer], &new.sealer).await?;
        sqlx::query(
            "UPDATE data_key_check SET sealed = ?, kept_in = ?, key_id = ?, former_kept_in = ?, \
             former_id = ?, root = ? WHERE id = 1",
        )
        .bind(new.check_value()?)
        .bind(new.kept_in())
        .bind(new.entry.as_deref())
        .bind(old.kept_in())
        .bind(old.entry.as_deref())
        .bind(root)
        .execute(&mut *transaction)
        .await
        .map_err(while_doing(DOING))?;
        // Also where nothing was sealed, the copy of the configuration needs the new key.
        sqlx::query("UPDATE change_count SET count = count + 1 WHERE id = 1")
            .execute(&mut *transaction)
            .await
            .map_err(while_doing(DOING))?;
        let seen = seal_anew(&mut transaction, &[], &new.sealer).await?;
        if seen.unopened != sealed.unopened {
            let why = format!("{} value(s) did not open under the new key", seen.unopened);
            return Err(StoreError::Rotation { why: why.into() });
        }
        transaction.commit().await.map_err(while_doing(DOING))?;
        Ok(sealed.anew)
    }
}

async fn make(place: &Place, old: &DataKey, to: NewKey) -> Result<DataKey, StoreError> {
    let place = place.clone();
    let source = old.source;
    on_a_thread_that_may_wait(move || match (to, source) {
        (NewKey::Given(text), _) => DataKey::given(&text),
        (NewKey::SamePlace, DataKeySource::Environment) => Err(StoreError::Rotation {
            why:
                "it comes from the environment, where only you can change it; give the new one in \
                  SWITCHYARD_NEW_DATA_KEY"
                    .into(),
        }),
        (NewKey::Keychain, _) | (NewKey::SamePlace, DataKeySource::Keychain) => {
            DataKey::make_in_keychain(&place)
        }
        (NewKey::File, _) | (NewKey::SamePlace, DataKeySource::File) => {
            DataKey::make_in_file(&data_key::next_file(&place))
        }
    })
    .await
}

/// Takes back a new key that came to nothing.
async fn forget_unused(place: &Place, key: &DataKey) {
    let forgotten = match key.source {
        DataKeySource::File => folder::remove_if_there(&data_key::next_file(place)),
        DataKeySource::Keychain => remove_entry(place, key.entry.clone()).await,
        DataKeySource::Environment => Ok(()),
    };
    if let Err(error) = forgotten {
        tracing::warn!("a new data key that is not used stays: {error}");
    }
}

/// Gives the key files the names that their keys have now. A cut between the steps is made good at
/// the next start, which tries all of them.
fn settle_files(place: &Place, old: &DataKey, new: &DataKey) -> Result<(), StoreError> {
    let file = place.key_file();
    if old.source == DataKeySource::File && file.exists() {
        let former = data_key::former_file(place);
        durable::take_name(&file, &former).map_err(while_touching("naming", &former))?;
    }
    if new.source == DataKeySource::File {
        let next = data_key::next_file(place);
        durable::take_name(&next, &file).map_err(while_touching("naming", &file))?;
    }
    Ok(())
}

/// Ends an exchange: gives the key file its name, seals anew what was written under the old key
/// while the keys were exchanged, and forgets the old key when nothing needs it.
pub(crate) async fn finish(
    place: &Place,
    writer: &SqlitePool,
    vault: &Vault,
) -> Result<(), StoreError> {
    let mut connection = writer.acquire().await.map_err(while_doing(DOING))?;
    let row = inspect::key_row(&mut connection).await.map_err(while_doing(DOING))?;
    drop(connection);
    let Some(keeping) = row.map(|row| row.keeping) else { return Ok(()) };
    let key = vault.key();
    promote(place, &key)?;
    if keeping.former.is_none() {
        return folder::remove_if_there(&data_key::next_file(place));
    }
    let former = former_key(place, &keeping).await;
    let former: Vec<&Sealer> = former.iter().map(|key| key.sealer.as_ref()).collect();
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(while_doing(DOING))?;
    let late = seal_anew(&mut transaction, &former, &key.sealer).await?;
    if late.unopened > 0 && former.is_empty() {
        tracing::warn!("the data key before this one is kept: it cannot be read now");
        return Ok(());
    }
    sqlx::query("UPDATE data_key_check SET former_kept_in = NULL, former_id = NULL WHERE id = 1")
        .execute(&mut *transaction)
        .await
        .map_err(while_doing(DOING))?;
    transaction.commit().await.map_err(while_doing(DOING))?;
    if late.anew > 0 {
        tracing::info!(
            late.anew,
            "values written while the data key was exchanged are sealed anew"
        );
    }
    folder::remove_if_there(&data_key::former_file(place))?;
    folder::remove_if_there(&data_key::next_file(place))?;
    if keeping.former == Some(DataKeySource::Keychain) {
        remove_entry(place, keeping.former_entry).await?;
    }
    Ok(())
}

/// The key file may still have the name of a key to come, after a cut.
fn promote(place: &Place, key: &DataKey) -> Result<(), StoreError> {
    if key.source != DataKeySource::File {
        return Ok(());
    }
    let file = place.key_file();
    let same = |path: &Path| matches!(data_key::from_file(path), Ok(Some(found)) if found.sealer.is(&key.sealer));
    if same(&file) {
        return Ok(());
    }
    for other in [data_key::next_file(place), data_key::former_file(place)] {
        if same(&other) {
            return durable::take_name(&other, &file).map_err(while_touching("naming", &file));
        }
    }
    Ok(())
}

async fn former_key(place: &Place, keeping: &data_key::Keeping) -> Option<DataKey> {
    match keeping.former? {
        DataKeySource::File => data_key::from_file(&data_key::former_file(place)).ok().flatten(),
        DataKeySource::Keychain => {
            let (place, entry) = (place.clone(), keeping.former_entry.clone());
            let read = move || DataKey::from_keychain(&place, entry.as_deref());
            on_a_thread_that_may_wait(read).await.ok()
        }
        DataKeySource::Environment => None,
    }
}

async fn remove_entry(place: &Place, entry: Option<String>) -> Result<(), StoreError> {
    let (Some(keychain), Some(entry)) = (place.keychain.clone(), entry) else { return Ok(()) };
    let remove = move || keychain.remove(&entry).map_err(|why| StoreError::KeychainClosed { why });
    on_a_thread_that_may_wait(remove).await
}

/// What became of the sealed values.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sealed {
    /// How many were sealed anew.
    anew: u64,
    /// How many open under no key.
    unopened: u64,
}

/// Seals anew what does not open under the new key and opens under an old one. A value that opens
/// under none was altered before; it stays, and says so when it is used.
pub(crate) async fn seal_anew(
    connection: &mut SqliteConnection,
    old: &[&Sealer],
    new: &Sealer,
) -> Result<Sealed, StoreError> {
    let listed =
        tables::of_kind(connection, Kind::Configuration).await.map_err(while_doing(DOING))?;
    let mut sealed = Sealed::default();
    for table in &listed {
        let of_table = seal_table(connection, table, old, new).await?;
        sealed.anew += of_table.anew;
        sealed.unopened += of_table.unopened;
    }
    Ok(sealed)
}

async fn seal_table(
    connection: &mut SqliteConnection,
    table: &Table,
    old: &[&Sealer],
    new: &Sealer,
) -> Result<Sealed, StoreError> {
    let mut done = Sealed::default();
    let Some(key) = table.row_name().and_then(|index| table.columns.get(index)) else {
        return Ok(done);
    };
    let (name, row_name) = (quoted(&table.name), quoted(&key.name));
    let columns: Vec<_> = table.sealed().collect();
    for column in columns {
        let column_name = quoted(&column.name);
        let select =
            format!("SELECT {row_name}, {column_name} FROM {name} WHERE {column_name} IS NOT NULL");
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(AssertSqlSafe(select))
            .fetch_all(&mut *connection)
            .await
            .map_err(while_doing(DOING))?;
        for (row, sealed) in rows {
            let binding = Binding { table: &table.name, column: &column.name, row: &row };
            if new.open(&sealed, binding).is_ok() {
                continue;
            }
            let Some(secret) = old.iter().find_map(|old| old.open(&sealed, binding).ok()) else {
                done.unopened += 1;
                continue;
            };
            let update = format!("UPDATE {name} SET {column_name} = ? WHERE {row_name} = ?");
            sqlx::query(AssertSqlSafe(update))
                .bind(new.seal(&secret, binding)?)
                .bind(&row)
                .execute(&mut *connection)
                .await
                .map_err(while_doing(DOING))?;
            done.anew += 1;
        }
    }
    Ok(done)
}

/// Seals the backups anew, each as a whole: a copy takes its place when it is complete.
async fn backups_anew(
    place: &Place,
    old: &Arc<Sealer>,
    new: &DataKey,
) -> Result<(u64, Vec<String>), StoreError> {
    let mut done = 0;
    let mut left = Vec::new();
    for path in backup::paths(&place.backups())? {
        match backup_anew(&path, old, new).await {
            Ok(()) => done += 1,
            Err(error) => left.push(format!("{}: {error}", path.display())),
        }
    }
    Ok((done, left))
}

async fn backup_anew(path: &Path, old: &Sealer, new: &DataKey) -> Result<(), StoreError> {
    let partial = durable::beside(path, ".partial");
    let (from, to) = (path.to_owned(), partial.clone());
    on_a_thread_that_may_wait(move || {
        durable::copy(&from, &to).map_err(while_touching("copying", &from))
    })
    .await?;
    let mut connection = crate::schema::connect_to_copy(&partial).await?;
    let row = inspect::key_row(&mut connection).await.map_err(while_doing(DOING))?;
    let was = DataKey { sealer: Arc::new(Sealer::clone(old)), ..new.clone() };
    if !row.as_ref().is_some_and(|row| was.made(&row.check)) {
        connection.close().await.map_err(while_doing(DOING))?;
        folder::remove_if_there(&partial)?;
        return Err(StoreError::UnsoundBackup {
            path: path.to_owned(),
            why: "it is sealed under another key than the last".to_owned(),
        });
    }
    let mut transaction = connection.begin().await.map_err(while_doing(DOING))?;
    seal_anew(&mut transaction, &[old], &new.sealer).await?;
    introduce_to_copy(&mut transaction, row, old, new).await?;
    transaction.commit().await.map_err(while_doing(DOING))?;
    connection.close().await.map_err(while_doing(DOING))?;
    durable::take_name(&partial, path).map_err(while_touching("naming", path))
}

/// Makes a backup, of whatever schema, know its new key.
async fn introduce_to_copy(
    connection: &mut SqliteConnection,
    row: Option<inspect::KeyRow>,
    old: &Sealer,
    new: &DataKey,
) -> Result<(), StoreError> {
    let columns: Vec<String> =
        sqlx::query_scalar("SELECT name FROM pragma_table_info('data_key_check')")
            .fetch_all(&mut *connection)
            .await
            .map_err(while_doing(DOING))?;
    if !columns.iter().any(|column| column == "root") {
        sqlx::query("UPDATE data_key_check SET sealed = ? WHERE id = 1")
            .bind(new.check_value()?)
            .execute(connection)
            .await
            .map_err(while_doing(DOING))?;
        return Ok(());
    }
    let root = match row.and_then(|row| row.root) {
        Some(sealed) => old.open(&sealed, data_key::ROOT_PLACE).ok(),
        None => Some(old.to_secret()),
    };
    let root = root.map(|root| new.sealer.seal(&root, data_key::ROOT_PLACE)).transpose()?;
    sqlx::query(
        "UPDATE data_key_check SET sealed = ?, kept_in = ?, key_id = ?, former_kept_in = NULL, \
         former_id = NULL, root = ? WHERE id = 1",
    )
    .bind(new.check_value()?)
    .bind(new.kept_in())
    .bind(new.entry.as_deref())
    .bind(root)
    .execute(connection)
    .await
    .map_err(while_doing(DOING))?;
    Ok(())
}
