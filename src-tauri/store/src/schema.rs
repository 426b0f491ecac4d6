use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::data_key::DataKey;
use crate::error::{while_doing, while_touching};
use crate::{StoreError, backup, durable, folder};

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

/// How long one statement waits for another program that holds the database: a backup tool, say.
const BUSY_WAIT: Duration = Duration::from_secs(2);

/// How long a method waits for its turn at a connection before it says that the store is busy.
const TURN_WAIT: Duration = Duration::from_secs(10);

/// Readers beyond two gain nothing for one user's dashboard, and each costs a page cache.
const READERS: u32 = 2;

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
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
}

/// The one connection that writes; it stays, so that the write-ahead log is not folded in and made
/// anew all the time.
pub(crate) async fn connect_writer(path: &Path) -> Result<SqlitePool, StoreError> {
    SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(TURN_WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(writer_options(path))
        .await
        .map_err(while_doing("opening the database"))
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
    const DOING: &str = "making the database";
    let fresh = durable::beside(path, ".new");
    folder::remove_if_there(&durable::beside(&fresh, "-journal"))?;
    durable::create_private(&fresh).map_err(while_touching("making", &fresh))?;

    let options = options(&fresh)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full);
    let mut connection =
        SqliteConnection::connect_with(&options).await.map_err(while_doing(DOING))?;
    MIGRATIONS.run(&mut connection).await.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            StoreError::database(DOING, error)
        }
        other => StoreError::database(DOING, other.into()),
    })?;
    sqlx::query("INSERT INTO data_key_check (id, sealed) VALUES (1, ?)")
        .bind(key.check_value()?)
        .execute(&mut connection)
        .await
        .map_err(while_doing(DOING))?;
    connection.close().await.map_err(while_doing(DOING))?;

    durable::take_name(&fresh, path).map_err(while_touching("naming", path))
}

/// Brings an older database up to this program's schema, after a copy of it is safe.
pub(crate) async fn migrate(path: &Path, plan: backup::Plan<'_>) -> Result<(), StoreError> {
    const DOING: &str = "bringing the database up to date";
    let mut connection =
        SqliteConnection::connect_with(&writer_options(path)).await.map_err(while_doing(DOING))?;
    let backup = backup::make(&mut connection, plan).await?;
    tracing::info!(backup = %backup.display(), "the database was copied before it is changed");
    let migrated = MIGRATIONS.run(&mut connection).await;
    connection.close().await.map_err(while_doing(DOING))?;
    migrated.map_err(|error| StoreError::Migration {
        path: path.to_owned(),
        backup,
        source: error.into(),
    })
}
