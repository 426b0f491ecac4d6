use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Notify;

use crate::data_key::DataKey;
use crate::error::{while_doing, while_touching};
use crate::{StoreError, backup, durable, folder, tables};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// What the first migration writes into the file's head: "SWYD".
pub(crate) const APPLICATION_ID: i64 = 0x5357_5944;

/// The newest schema that this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The first of a database's migrations that is not one of this program's to the letter.
pub(crate) fn first_foreign(applied: &[(i64, Vec<u8>)]) -> Option<i64> {
    let is_ours = |version: i64, checksum: &[u8]| {
        MIGRATIONS.iter().any(|ours| ours.version == version && *ours.checksum == *checksum)
    };
    applied.iter().find(|(version, checksum)| !is_ours(*version, checksum)).map(|foreign| foreign.0)
}

/// Whether a database lacks any of this program's migrations.
pub(crate) fn lacks_any(applied: &[(i64, Vec<u8>)]) -> bool {
    MIGRATIONS.iter().any(|ours| !applied.iter().any(|(version, _)| *version == ours.version))
}

/// How long one statement waits for another program that holds the database: a backup tool, say.
const BUSY_WAIT: Duration = Duration::from_secs(2);

/// How long a method waits for its turn at a connection before it says that the store is busy.
const TURN_WAIT: Duration = Duration::from_secs(10);

/// Readers beyond two gain nothing for one user's dashboard, and each costs a page cache.
const READERS: u32 = 2;

fn options(path: &Path) -> SqliteConnectOptions {
    shared_options(SqliteConnectOptions::new().filename(path).create_if_missing(false))
}

fn shared_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .foreign_keys(true)
        .busy_timeout(BUSY_WAIT)
        .statement_cache_capacity(32)
        .pragma("cache_size", "-512") // KiB: idle memory counts, and the system caches files too
        .pragma("mmap_size", "0")
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .disable_statement_logging()
}

pub(crate) fn reader_options(path: &Path) -> SqliteConnectOptions {
    options(path).read_only(true)
}

/// `FULL`: what a method has confirmed survives a power cut, a refreshed login above all.
fn writer_options(path: &Path) -> SqliteConnectOptions {
    options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("journal_size_limit", "16777216")
        // What is deleted is overwritten where that costs no more writing: removed keys above all.
        .pragma("secure_delete", "FAST")
}

/// The one connection that writes; it stays, so that the write-ahead log is not folded in and made
/// anew all the time.
///
/// It counts the changes of the configuration, and tells of each.
pub(crate) async fn connect_writer(
    path: &Path,
    changed: &Arc<Notify>,
) -> Result<SqlitePool, StoreError> {
    let changed = Arc::clone(changed);
    the_one_connection()
        .after_connect(move |connection, _| {
            let changed = Arc::clone(&changed);
            Box::pin(async move {
                tables::count_changes(&mut *connection).await?;
                connection.lock_handle().await?.set_update_hook(move |change| {
                    if change.table == "change_count" {
                        changed.notify_one();
                    }
                });
                Ok(())
            })
        })
        .connect_with(writer_options(path))
        .await
        .map_err(while_doing("opening the database"))
}

fn the_one_connection() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(TURN_WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// A database that lives in memory, with the schema of a version.
pub(crate) async fn in_memory(version: i64) -> Result<SqlitePool, StoreError> {
    const DOING: &str = "making a database in memory";
    let options = shared_options(SqliteConnectOptions::new().in_memory(true));
    let pool = the_one_connection().connect_with(options).await.map_err(while_doing(DOING))?;
    let mut connection = pool.acquire().await.map_err(while_doing(DOING))?;
    MIGRATIONS
        .run_direct(Some(version), &mut *connection, false)
        .await
        .map_err(|error| unmade(DOING, error))?;
    drop(connection);
    Ok(pool)
}

/// Brings a database in memory from an older schema to the newest.
pub(crate) async fn bring_up_to_date(pool: &SqlitePool) -> Result<(), StoreError> {
    const DOING: &str = "bringing an older configuration up to date";
    let mut connection = pool.acquire().await.map_err(while_doing(DOING))?;
    MIGRATIONS.run_direct(None, &mut *connection, false).await.map_err(|error| unmade(DOING, error))
}

/// Whether this program knows a schema version.
pub(crate) fn is_known(version: i64) -> bool {
    MIGRATIONS.version_exists(version)
}

fn unmade(doing: &'static str, error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            StoreError::database(doing, error)
        }
        other => StoreError::database(doing, other.into()),
    }
}

/// The connections that read; they come when needed and go when idle.
pub(crate) fn connect_readers(path: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(TURN_WAIT)
        .idle_timeout(Duration::from_mins(1))
        .test_before_acquire(false)
        .connect_lazy_with(reader_options(path))
}

/// Makes a new database under another name; it takes its own only when it is complete, so that a
/// half-made one is never met.
pub(crate) async fn create(path: &Path, key: &DataKey) -> Result<(), StoreError> {
    let mut connection = begin_fresh(path).await?;
    introduce(&mut connection, key).await?;
    finish_fresh(connection, path).await
}

/// Opens a new, empty database of the newest schema beside where it shall be.
pub(crate) async fn begin_fresh(path: &Path) -> Result<SqliteConnection, StoreError> {
    const DOING: &str = "making a database";
    let fresh = durable::beside(path, FRESH);
    folder::remove_if_there(&durable::beside(&fresh, "-journal"))?;
    durable::create_private(&fresh).map_err(while_touching("making", &fresh))?;
    let options = options(&fresh)
        // Room is given back in steps; this can only be chosen before the first table.
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full);
    let mut connection =
        SqliteConnection::connect_with(&options).await.map_err(while_doing(DOING))?;
    MIGRATIONS
        .run_direct(None, &mut connection, false)
        .await
        .map_err(|error| unmade(DOING, error))?;
    Ok(connection)
}

const FRESH: &str = ".new";

/// Gives a new database its name.
pub(crate) async fn finish_fresh(
    connection: SqliteConnection,
    path: &Path,
) -> Result<(), StoreError> {
    connection.close().await.map_err(while_doing("making a database"))?;
    durable::take_name(&durable::beside(path, FRESH), path).map_err(while_touching("naming", path))
}

/// Makes a database know its data key: a new one, or one without secrets.
pub(crate) async fn introduce(
    connection: &mut SqliteConnection,
    key: &DataKey,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO data_key_check (id, sealed, kept_in, key_id) VALUES (1, ?, ?, ?) \
         ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, kept_in = excluded.kept_in, \
         key_id = excluded.key_id, former_kept_in = NULL, former_id = NULL, root = NULL",
    )
    .bind(key.check_value()?)
    .bind(key.kept_in())
    .bind(key.entry.as_deref())
    .execute(connection)
    .await
    .map_err(while_doing("recording which data key is in use"))?;
    Ok(())
}

/// A connection of its own that changes an existing database, outside its store.
pub(crate) async fn connect_alone(path: &Path) -> Result<SqliteConnection, StoreError> {
    SqliteConnection::connect_with(&writer_options(path))
        .await
        .map_err(while_doing("opening the database"))
}

/// A connection to a copy: one file, without a write-ahead log beside it.
pub(crate) async fn connect_to_copy(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = options(path)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON");
    SqliteConnection::connect_with(&options).await.map_err(while_doing("opening a copy"))
}

/// Brings an older database up to this program's schema, after a copy of it is safe.
pub(crate) async fn migrate(path: &Path, plan: backup::Plan<'_>) -> Result<(), StoreError> {
    let mut connection = connect_alone(path).await?;
    let backup = backup::whole(&mut connection, plan).await?;
    tracing::info!(backup = %backup.display(), "the database was copied before it is changed");
    let migrated = MIGRATIONS.run_direct(None, &mut connection, false).await;
    connection.close().await.map_err(while_doing("bringing the database up to date"))?;
    migrated.map_err(|error| StoreError::Migration {
        path: path.to_owned(),
        backup,
        source: error.into(),
    })
}
