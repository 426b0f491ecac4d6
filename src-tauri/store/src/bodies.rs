//! What agents and models said, where the user wants it kept: a sealed file a request, beside the database so
//! that no backup and no export holds it, and so that deleting it gives its room back at once.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use switchyard_types::{Millis, RequestBodies, RequestId, Secret};

use crate::error::{while_doing, while_touching};
use crate::folder::{self, remove_if_there};
use crate::saved::on_a_thread_that_may_wait;
use crate::seal::Binding;
use crate::words::read_number;
use crate::{Store, StoreError, durable};

const KEEPING: &str = "keeping the bodies of a request";

/// Whether bodies are kept, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyKeeping {
    /// Whether they are.
    pub keep: bool,
    /// Days until they are removed: 1 to 90.
    pub days: u16,
}

/// How many bodies are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptBodies {
    /// Of how many requests.
    pub requests: u64,
    /// How long their files are, in bytes.
    pub bytes: u64,
}

impl Store {
    /// Whether bodies are kept.
    pub async fn body_keeping(&self) -> Result<BodyKeeping, StoreError> {
        sqlx::query("SELECT keep, days FROM body_keeping WHERE id = 1")
            .try_map(|row: SqliteRow| {
                Ok(BodyKeeping { keep: row.try_get("keep")?, days: read_number(&row, "days")? })
            })
            .fetch_one(self.readers())
            .await
            .map_err(while_doing("reading whether bodies are kept"))
    }

    /// Says whether bodies are kept; those that are there stay. Not in safe mode.
    pub async fn set_body_keeping(&self, keeping: BodyKeeping) -> Result<(), StoreError> {
        const DOING: &str = "saving whether bodies are kept";
        self.saver(DOING)?;
        sqlx::query("UPDATE body_keeping SET keep = ?, days = ? WHERE id = 1")
            .bind(keeping.keep)
            .bind(keeping.days)
            .execute(self.writer())
            .await
            .map_err(while_doing(DOING))?;
        Ok(())
    }

    /// Keeps what was said in a request that came at `at`; says how many bytes that took. Unlike the configuration
    /// it may be lost in a power cut: a file that is not whole does not open, and expires as others do.
    pub async fn keep_bodies(&self, at: Millis, bodies: RequestBodies) -> Result<u64, StoreError> {
        self.saver(KEEPING)?;
        let (store, path) = (self.clone(), self.path_of(at, &bodies.id)?);
        on_a_thread_that_may_wait(move || {
            let text = serde_json::to_string(&bodies).map(Secret::new).map_err(|error| {
                StoreError::database(KEEPING, sqlx::Error::Encode(error.into()))
            })?;
            let _alone = store.body_files().lock().unwrap_or_else(PoisonError::into_inner);
            let sealed = store.sealer().seal(&text, binding(bodies.id.as_str()))?;
            folder::make(&store.place().bodies())?;
            write(&path, &sealed).map_err(while_touching("writing", &path))?;
            Ok(sealed.len() as u64)
        })
        .await
    }

    /// What was said in a request that came at `at`; `None` where it was not kept or is gone.
    pub async fn kept_bodies(
        &self,
        at: Millis,
        id: &RequestId,
    ) -> Result<Option<RequestBodies>, StoreError> {
        let (store, path, id) = (self.clone(), self.path_of(at, id)?, id.clone());
        on_a_thread_that_may_wait(move || {
            let sealed = match fs::read(&path) {
                Ok(sealed) => sealed,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(while_touching("reading", &path)(error)),
            };
            let altered = || StoreError::altered(TABLE, id.as_str());
            let text = store.sealer().open(&sealed, binding(id.as_str())).map_err(|_| altered())?;
            serde_json::from_str(text.expose()).map(Some).map_err(|_| altered())
        })
        .await
    }

    /// How many bodies are kept.
    pub async fn bodies(&self) -> Result<KeptBodies, StoreError> {
        let dir = self.place().bodies();
        on_a_thread_that_may_wait(move || {
            let files = files(&dir)?;
            let bytes = files.iter().map(|file| file.bytes).sum();
            Ok(KeptBodies { requests: files.len() as u64, bytes })
        })
        .await
    }

    /// Deletes all bodies; says of how many requests.
    pub async fn delete_bodies(&self) -> Result<u64, StoreError> {
        self.remove_bodies(|_, _| true).await
    }

    /// Deletes what was said in one request; says whether anything was kept of it.
    pub async fn delete_bodies_of(&self, at: Millis, id: &RequestId) -> Result<bool, StoreError> {
        let (store, path) = (self.clone(), self.path_of(at, id)?);
        on_a_thread_that_may_wait(move || {
            let _alone = store.body_files().lock().unwrap_or_else(PoisonError::into_inner);
            match fs::remove_file(&path) {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                Err(error) => Err(while_touching("removing", &path)(error)),
            }
        })
        .await
    }

    /// Removes bodies of requests that came before `older_than`, and the oldest until the rest fits into `most_bytes`.
    pub async fn prune_bodies(
        &self,
        older_than: Millis,
        most_bytes: u64,
    ) -> Result<u64, StoreError> {
        self.remove_bodies(move |at, with_newer| at < older_than || with_newer > most_bytes).await
    }

    /// Removes the files of which this is true, asked from the newest on: by when the request came, and by how many
    /// bytes the file and all newer ones take.
    async fn remove_bodies(
        &self,
        goes: impl Fn(Millis, u64) -> bool + Send + 'static,
    ) -> Result<u64, StoreError> {
        let (store, dir) = (self.clone(), self.place().bodies());
        on_a_thread_that_may_wait(move || {
            let _alone = store.body_files().lock().unwrap_or_else(PoisonError::into_inner);
            let (mut with_newer, mut removed) = (0, 0);
            for file in files(&dir)?.iter().rev() {
                with_newer += file.bytes;
                if goes(file.at, with_newer) {
                    remove_if_there(&file.path)?;
                    removed += 1;
                }
            }
            Ok(removed)
        })
        .await
    }

    /// A file is named after when its request came and its id, so that names sort by time.
    fn path_of(&self, at: Millis, id: &RequestId) -> Result<PathBuf, StoreError> {
        let sound = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if id.as_str().is_empty() || !sound(id.as_str()) {
            return Err(StoreError::altered(TABLE, id.as_str()));
        }
        Ok(self.place().bodies().join(format!("{:014}-{id}", at.max(0))))
    }
}

/// What a sealed file is bound to, as if it were a row of this table.
const TABLE: &str = "bodies";

fn binding(row: &str) -> Binding<'_> {
    Binding { table: TABLE, column: "sealed", row }
}

fn write(path: &Path, sealed: &[u8]) -> io::Result<()> {
    durable::create_private(path)?.write_all(sealed)
}

/// A file of kept bodies.
struct BodyFile {
    at: Millis,
    path: PathBuf,
    bytes: u64,
}

/// The files, the oldest first. What is not named as one of ours is left alone.
fn files(dir: &Path) -> Result<Vec<BodyFile>, StoreError> {
    let listed = match fs::read_dir(dir) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(while_touching("reading", dir)(error)),
    };
    let mut files: Vec<BodyFile> = listed
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name();
            let at = name.to_str()?.split_once('-')?.0.parse().ok()?;
            Some(BodyFile { at, path: entry.path(), bytes: entry.metadata().ok()?.len() })
        })
        .collect();
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
