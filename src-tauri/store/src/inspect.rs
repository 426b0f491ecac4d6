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

/// `None` when there is no database yet. Anything there that is not a sound database of ours, of a
/// schema that this program knows, is an error.
pub(crate) async fn look(path: &Path) -> Result<Option<Found>, StoreError> {
    if !is_there(path)? {
        return Ok(None);
    }
    folder::tighten(path)?;
    let read = async {
        let mut connection = SqliteConnection::connect_with(&schema::reader_options(path)).await?;
        let answer = questions(&mut connection).await;
        connection.close().await?;
        answer
    };
    match read.await {
        Ok(answer) => answer.judge(path).map(Some),
        Err(error) if is_damage(&error) => Err(damaged(path, error.to_string())),
        Err(error) => Err(StoreError::database("checking the database", error)),
    }
}

/// Whether there is a database file. Traces of one that is gone are an error, as is an empty file:
/// a new database takes its name only when it is complete.
fn is_there(path: &Path) -> Result<bool, StoreError> {
    match fs::metadata(path) {
        Ok(about) if !about.is_file() => Err(damaged(path, "it is not a file")),
        Ok(about) if about.len() == 0 => Err(damaged(path, "the file is empty")),
        Ok(_) => {
            fs::File::open(path).map_err(while_touching("opening", path))?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let wal = durable::beside(path, "-wal");
            match fs::metadata(&wal) {
                Ok(about) if about.len() > 0 => Err(damaged(
                    path,
                    format!("the file is gone, but its newest changes are in {}", wal.display()),
                )),
                Ok(_) | Err(_) => Ok(false),
            }
        }
        Err(error) => Err(while_touching("opening", path)(error)),
    }
}

struct Answer {
    application: i64,
    soundness: String,
    version: Option<i64>,
    check: Option<Vec<u8>>,
    has_secrets: bool,
}

async fn questions(connection: &mut SqliteConnection) -> Result<Answer, sqlx::Error> {
    let mut answer = Answer {
        application: sqlx::query_scalar("PRAGMA application_id")
            .fetch_one(&mut *connection)
            .await?,
        soundness: sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut *connection).await?,
        version: None,
        check: None,
        has_secrets: false,
    };
    if !answer.is_ours() || !answer.is_sound() {
        return Ok(answer);
    }
    answer.version = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(&mut *connection)
        .await?;
    if answer.version.is_some_and(|version| version <= schema::newest()) {
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

impl Answer {
    fn is_ours(&self) -> bool {
        self.application == schema::APPLICATION_ID
    }

    fn is_sound(&self) -> bool {
        self.soundness == "ok"
    }

    fn judge(self, path: &Path) -> Result<Found, StoreError> {
        if !self.is_sound() {
            return Err(damaged(path, self.soundness));
        }
        if !self.is_ours() {
            return Err(damaged(path, "it is a database of another program"));
        }
        let known = schema::newest();
        match (self.version, self.check) {
            (None, _) => Err(damaged(path, "it says no schema version")),
            (Some(found), _) if found > known => {
                Err(StoreError::Newer { path: path.to_owned(), found, known })
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
