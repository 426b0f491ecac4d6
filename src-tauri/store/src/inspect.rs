//! A look at an existing database that changes nothing in it, before anything else touches it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::data_key::Keeping;
use crate::error::{is_damage, is_misunderstanding, while_touching};
use crate::{StoreError, durable, folder, schema, tables, words};

/// What the database says of itself.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its schema version, never above this program's.
    pub(crate) version: i64,
    /// Whether this program has migrations that it lacks.
    pub(crate) is_older: bool,
    /// The value that tells whether a data key is the right one.
    pub(crate) check: Vec<u8>,
    /// Whether there are secrets that a wrong key would lose.
    pub(crate) has_secrets: bool,
    /// Where it says that its key is kept.
    pub(crate) keeping: Keeping,
    /// What other keys are derived from, sealed.
    pub(crate) root: Option<Vec<u8>>,
    /// How many changes of the configuration it knows; older schemas do not count.
    pub(crate) changes: Option<i64>,
}

/// What a database says of its data key.
#[derive(Debug)]
pub(crate) struct KeyRow {
    pub(crate) check: Vec<u8>,
    pub(crate) keeping: Keeping,
    pub(crate) root: Option<Vec<u8>>,
}

/// `SQLite` takes a shorter file for an empty database, and would fill it.
const SMALLEST: u64 = 512;

/// Up to this size the whole file is checked at every start, in well under a second. Beyond it the
/// history of requests, which is nearly all of it, is left out: its damage shows when it is read,
/// and costs nothing that the user configured.
const CHECKED_WHOLE: u64 = 64 << 20;

/// `None` when there is no database yet. Anything there that is not a sound database of ours, of a
/// schema that this program knows, is an error.
pub(crate) async fn look(path: &Path) -> Result<Option<Found>, StoreError> {
    look_into(path, Depth::Quick).await
}

/// The same, with every page, index and row looked at, whatever the size: before a copy is trusted.
pub(crate) async fn look_closely(path: &Path) -> Result<Option<Found>, StoreError> {
    look_into(path, Depth::Whole).await
}

/// How much of the file is looked at.
#[derive(Clone, Copy, Debug)]
enum Depth {
    Quick,
    Whole,
}

async fn look_into(path: &Path, depth: Depth) -> Result<Option<Found>, StoreError> {
    let Some(size) = size(path)? else { return Ok(None) };
    folder::tighten(path)?;
    let read = async {
        let mut connection = SqliteConnection::connect_with(&schema::reader_options(path)).await?;
        let answer = questions(&mut connection, size, depth).await;
        connection.close().await?;
        answer
    };
    match read.await {
        Ok(answer) => answer.judge(path).map(Some),
        Err(error) if is_damage(&error) || is_misunderstanding(&error) => {
            Err(damaged(path, error.to_string()))
        }
        Err(error) => Err(StoreError::database("checking the database", error)),
    }
}

/// The size of the database file, where there is one. Traces of one that is gone are an error, as is an empty file:
/// a new database takes its name only when it is complete.
fn size(path: &Path) -> Result<Option<u64>, StoreError> {
    match fs::metadata(path) {
        Ok(about) if !about.is_file() => Err(damaged(path, "it is not a file")),
        Ok(about) if about.len() < SMALLEST => {
            Err(damaged(path, format!("the file has only {} bytes", about.len())))
        }
        Ok(about) => {
            fs::File::open(path).map_err(while_touching("opening", path))?;
            Ok(Some(about.len()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let wal = durable::beside(path, "-wal");
            match fs::metadata(&wal) {
                Ok(about) if about.len() > 0 => Err(damaged(
                    path,
                    format!("the file is gone, but its newest changes are in {}", wal.display()),
                )),
                Ok(_) | Err(_) => Ok(None),
            }
        }
        Err(error) => Err(while_touching("opening", path)(error)),
    }
}

struct Answer {
    application: i64,
    soundness: String,
    /// The migrations that made it, each with its checksum, in order.
    applied: Vec<(i64, Vec<u8>)>,
    key: Option<KeyRow>,
    has_secrets: bool,
    changes: Option<i64>,
}

async fn questions(
    connection: &mut SqliteConnection,
    size: u64,
    depth: Depth,
) -> Result<Answer, sqlx::Error> {
    let mut answer = Answer {
        application: sqlx::query_scalar("PRAGMA application_id")
            .fetch_one(&mut *connection)
            .await?,
        soundness: match depth {
            Depth::Quick => soundness(connection, size).await?,
            Depth::Whole => {
                sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut *connection).await?
            }
        },
        applied: Vec::new(),
        key: None,
        has_secrets: false,
        changes: None,
    };
    if !answer.is_ours() || !answer.is_sound() {
        return Ok(answer);
    }
    answer.applied =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&mut *connection)
            .await?;
    if answer.version().is_some_and(|version| version <= schema::newest()) {
        answer.key = key_row(connection).await?;
        answer.has_secrets = has_secrets(connection).await?;
        answer.changes = changes(connection).await?;
    }
    Ok(answer)
}

/// What the database says of its data key. Columns that an older schema has not are absent.
pub(crate) async fn key_row(
    connection: &mut SqliteConnection,
) -> Result<Option<KeyRow>, sqlx::Error> {
    sqlx::query("SELECT * FROM data_key_check WHERE id = 1")
        .try_map(|row: SqliteRow| {
            let source = |column: &str| match row.try_get::<Option<String>, _>(column) {
                Ok(Some(_)) => words::read_word(&row, column).map(Some),
                Ok(None) | Err(sqlx::Error::ColumnNotFound(_)) => Ok(None),
                Err(error) => Err(error),
            };
            let text = |column: &str| absent_or(row.try_get::<Option<String>, _>(column));
            Ok(KeyRow {
                check: row.try_get("sealed")?,
                keeping: Keeping {
                    source: source("kept_in")?,
                    entry: text("key_id")?,
                    former: source("former_kept_in")?,
                    former_entry: text("former_id")?,
                },
                root: absent_or(row.try_get("root"))?,
            })
        })
        .fetch_optional(connection)
        .await
}

fn absent_or<T>(read: Result<Option<T>, sqlx::Error>) -> Result<Option<T>, sqlx::Error> {
    match read {
        Err(sqlx::Error::ColumnNotFound(_)) => Ok(None),
        read => read,
    }
}

/// Whether any value is sealed, in whatever table.
async fn has_secrets(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    for table in tables::of_kind(connection, tables::Kind::Configuration).await? {
        let columns: Vec<_> = table.sealed().collect();
        for column in columns {
            let (name, column) = (tables::quoted(&table.name), tables::quoted(&column.name));
            let sql = format!("SELECT EXISTS (SELECT 1 FROM {name} WHERE {column} IS NOT NULL)");
            if sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

async fn changes(connection: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
    let counts: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'change_count')",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !counts {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT count FROM change_count WHERE id = 1")
        .fetch_optional(connection)
        .await
}

/// `ok`, or the first thing that is wrong.
async fn soundness(connection: &mut SqliteConnection, size: u64) -> Result<String, sqlx::Error> {
    if size <= CHECKED_WHOLE {
        return sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await;
    }
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'requests'",
    )
    .fetch_all(&mut *connection)
    .await?;
    for table in tables {
        let soundness: String = sqlx::query_scalar("SELECT * FROM pragma_quick_check(?) LIMIT 1")
            .bind(table)
            .fetch_one(&mut *connection)
            .await?;
        if soundness != SOUND {
            return Ok(soundness);
        }
    }
    Ok(SOUND.to_owned())
}

const SOUND: &str = "ok";

impl Answer {
    fn is_ours(&self) -> bool {
        self.application == schema::APPLICATION_ID
    }

    fn is_sound(&self) -> bool {
        self.soundness == SOUND
    }

    fn version(&self) -> Option<i64> {
        self.applied.last().map(|(version, _)| *version)
    }

    fn judge(self, path: &Path) -> Result<Found, StoreError> {
        if !self.is_sound() {
            return Err(damaged(path, self.soundness));
        }
        if !self.is_ours() {
            return Err(damaged(path, "it is a database of another program"));
        }
        let known = schema::newest();
        let foreign = schema::first_foreign(&self.applied);
        let is_older = schema::lacks_any(&self.applied);
        match (self.version(), self.key) {
            (None, _) => Err(damaged(path, "it says no schema version")),
            (Some(found), _) if found > known => {
                Err(StoreError::Newer { path: path.to_owned(), found, known })
            }
            (Some(_), _) if let Some(step) = foreign => {
                Err(damaged(path, format!("step {step} of its schema is not the one released")))
            }
            (Some(_), None) => Err(damaged(path, "what recognises its data key is missing")),
            (Some(version), Some(key)) => Ok(Found {
                version,
                is_older,
                check: key.check,
                has_secrets: self.has_secrets,
                keeping: key.keeping,
                root: key.root,
                changes: self.changes,
            }),
        }
    }
}

fn damaged(path: &Path, detail: impl Into<String>) -> StoreError {
    StoreError::Damaged { path: path.to_owned(), detail: detail.into() }
}
