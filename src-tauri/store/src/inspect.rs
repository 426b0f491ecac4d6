//! A look at an existing database that changes nothing in it, before anything else touches it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use sqlx::{Connection, SqliteConnection};

use crate::error::{is_damage, while_touching};
use crate::{StoreError, durable, folder, schema};

/// What the database says of itself.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its schema version, never above this program's.
    pub(crate) version: i64,
    /// The value that tells whether a data key is the right one.
    pub(crate) check: Vec<u8>,
    /// Whether there are secrets that a wrong key would lose.
    pub(crate) has_secrets: bool,
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
    let Some(size) = size(path)? else { return Ok(None) };
    folder::tighten(path)?;
    let read = async {
        let mut connection = SqliteConnection::connect_with(&schema::reader_options(path)).await?;
        let answer = questions(&mut connection, size).await;
        connection.close().await?;
        answer
    };
    match read.await {
        Ok(answer) => answer.judge(path).map(Some),
        Err(error) if is_damage(&error) => Err(damaged(path, error.to_string())),
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
    check: Option<Vec<u8>>,
    has_secrets: bool,
}

async fn questions(connection: &mut SqliteConnection, size: u64) -> Result<Answer, sqlx::Error> {
    let mut answer = Answer {
        application: sqlx::query_scalar("PRAGMA application_id")
            .fetch_one(&mut *connection)
            .await?,
        soundness: soundness(connection, size).await?,
        applied: Vec::new(),
        check: None,
        has_secrets: false,
    };
    if !answer.is_ours() || !answer.is_sound() {
        return Ok(answer);
    }
    answer.applied =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&mut *connection)
            .await?;
    if answer.version().is_some_and(|version| version <= schema::newest()) {
        answer.check = sqlx::query_scalar("SELECT sealed FROM data_key_check WHERE id = 1")
            .fetch_optional(&mut *connection)
            .await?;
        answer.has_secrets =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM accounts WHERE sealed IS NOT NULL)")
                .fetch_one(&mut *connection)
                .await?;
    }
    Ok(answer)
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
        match (self.version(), self.check) {
            (None, _) => Err(damaged(path, "it says no schema version")),
            (Some(found), _) if found > known => {
                Err(StoreError::Newer { path: path.to_owned(), found, known })
            }
            (Some(_), _) if let Some(step) = foreign => {
                Err(damaged(path, format!("step {step} of its schema is not the one released")))
            }
            (Some(_), None) => Err(damaged(path, "what recognises its data key is missing")),
            (Some(version), Some(check)) => {
                Ok(Found { version, check, has_secrets: self.has_secrets })
            }
        }
    }
}

fn damaged(path: &Path, detail: impl Into<String>) -> StoreError {
    StoreError::Damaged { path: path.to_owned(), detail: detail.into() }
}
