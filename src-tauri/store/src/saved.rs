//! The copy of the configuration beside the database: written anew after each change, so that a
//! damaged database costs no configuration and the proxy can serve meanwhile. Secrets in it are
//! sealed as in the database.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use sqlx::Connection;
use sqlx::sqlite::SqlitePool;
use switchyard_types::{DataKeySource, Secret};
use tokio::sync::{Mutex, Notify};

use crate::data_key::Keeping;
use crate::document::{self, Document, Secrets, base64_text};
use crate::error::{while_doing, while_touching};
use crate::inspect::{self, Found};
use crate::seal::{Binding, Sealer};
use crate::vault::Vault;
use crate::{StoreError, durable, folder, schema};

const FORMAT: u32 = 1;

/// The file says what it is in its first bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    switchyard: Kind,
    format: u32,
    key: KeyRow,
    /// The SHA-256 of the document, sealed: altered bytes and another key are both seen.
    #[serde(with = "base64_text")]
    digest: Vec<u8>,
    document: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Configuration,
}

/// What recognises the data key, and says where it is.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyRow {
    #[serde(with = "base64_text")]
    check: Vec<u8>,
    kept_in: Option<DataKeySource>,
    entry: Option<String>,
    #[serde(with = "base64_text")]
    root: Vec<u8>,
}

/// A copy that was read and not yet verified.
pub(crate) struct Saved {
    path: PathBuf,
    content: Content,
}

const DIGEST_PLACE: Binding<'static> =
    Binding { table: "configuration", column: "digest", row: "1" };

impl Saved {
    /// Reads the copy; `None` where there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, StoreError> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(while_touching("reading", path)(error)),
        };
        let content: Content = serde_json::from_slice(&text)
            .map_err(|error| unusable(path, format!("it is damaged ({error})")))?;
        if content.format != FORMAT {
            let why = format!("its format is {}, this program knows {FORMAT}", content.format);
            return Err(unusable(path, why));
        }
        Ok(Some(Self { path: path.to_owned(), content }))
    }

    /// What it says of its key, as a database would.
    pub(crate) fn found(&self) -> Found {
        let key = &self.content.key;
        let keeping =
            Keeping { source: key.kept_in, entry: key.entry.clone(), ..Keeping::default() };
        Found {
            version: schema::newest(),
            is_older: false,
            check: key.check.clone(),
            keeping,
            root: Some(key.root.clone()).filter(|root| !root.is_empty()),
            changes: None,
            has_secrets: true,
        }
    }

    /// The document, once this key has shown that it is the one that was saved.
    pub(crate) fn verified(&self, sealer: &Sealer) -> Result<Document, StoreError> {
        let digest = sealer
            .open(&self.content.digest, DIGEST_PLACE)
            .map_err(|_| unusable(&self.path, "the data key did not seal it"))?;
        let json = self.content.document.get();
        if digest.expose() != digest_of(json.as_bytes()) {
            return Err(unusable(&self.path, "it was altered"));
        }
        let document: Document = serde_json::from_str(json)
            .map_err(|error| unusable(&self.path, format!("it is damaged ({error})")))?;
        if document.schema > schema::newest() {
            return Err(StoreError::Newer {
                path: self.path.clone(),
                found: document.schema,
                known: schema::newest(),
            });
        }
        Ok(document)
    }
}

fn digest_of(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

fn unusable(path: &Path, why: impl Into<String>) -> StoreError {
    StoreError::NoCopy { path: path.to_owned(), why: why.into() }
}

/// Writes the copy whenever the configuration has changed.
#[derive(Debug)]
pub(crate) struct Saver {
    path: PathBuf,
    /// Told by the connection that writes.
    changed: Arc<Notify>,
    /// How many changes the written copy knows. Held while the data key is exchanged.
    pub(crate) written: Mutex<Option<i64>>,
}

impl Saver {
    pub(crate) fn new(path: PathBuf, changed: Arc<Notify>) -> Self {
        Self { path, changed, written: Mutex::new(None) }
    }

    /// Follows the changes until the store closes.
    pub(crate) async fn follow(&self, writer: &SqlitePool, vault: &Vault) {
        loop {
            tokio::select! {
                () = self.changed.notified() => {}
                () = writer.close_event() => return,
            }
            match self.save(writer, vault).await {
                Ok(()) => {}
                Err(StoreError::Closed { .. }) => return,
                Err(error) => tracing::warn!(
                    "the copy of the configuration beside the database was not written: {error}"
                ),
            }
        }
    }

    /// Writes the copy, unless the one that is there knows every change.
    ///
    /// One that cannot be replaced is removed: it might bring a revoked key back to life.
    pub(crate) async fn save(&self, writer: &SqlitePool, vault: &Vault) -> Result<(), StoreError> {
        let mut written = self.written.lock().await;
        let (document, key) = read(writer).await?;
        if *written == Some(document.changes) {
            return Ok(());
        }
        let content = content(&document, key, &vault.sealer())?;
        let path = self.path.clone();
        let write = move || {
            durable::write(&path, &content).map_err(|error| {
                if let Err(error) = folder::remove_if_there(&path) {
                    tracing::warn!("an old copy of the configuration stays: {error}");
                }
                while_touching("writing", &path)(error)
            })
        };
        on_a_thread_that_may_wait(write).await?;
        *written = Some(document.changes);
        Ok(())
    }
}

/// Runs what waits for the disk or a person beside the tasks that serve requests.
pub(crate) async fn on_a_thread_that_may_wait<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(StoreError::Closed { doing: format!("working on files ({error})").into() })
    })
}

/// The one connection that writes is free only when its last change is committed: what is read
/// through it is durable.
async fn read(writer: &SqlitePool) -> Result<(Document, inspect::KeyRow), StoreError> {
    const DOING: &str = "reading the configuration";
    let mut connection = writer.acquire().await.map_err(while_doing(DOING))?;
    let mut transaction = connection.begin().await.map_err(while_doing(DOING))?;
    let document = document::read(&mut transaction, Secrets::Sealed).await?;
    let key = inspect::key_row(&mut transaction).await.map_err(while_doing(DOING))?;
    transaction.rollback().await.map_err(while_doing(DOING))?;
    let key = key.ok_or_else(|| StoreError::DamagedRow {
        doing: DOING.into(),
        source: "what recognises the data key is missing".into(),
    })?;
    Ok((document, key))
}

fn content(
    document: &Document,
    key: inspect::KeyRow,
    sealer: &Sealer,
) -> Result<Vec<u8>, StoreError> {
    let unwritable = |error: serde_json::Error| StoreError::import(error.to_string());
    let document = serde_json::value::to_raw_value(document).map_err(unwritable)?;
    let digest = sealer.seal(&Secret::new(digest_of(document.get().as_bytes())), DIGEST_PLACE)?;
    let key = KeyRow {
        check: key.check,
        kept_in: key.keeping.source,
        entry: key.keeping.entry,
        root: key.root.unwrap_or_default(),
    };
    let content =
        Content { switchyard: Kind::Configuration, format: FORMAT, key, digest, document };
    serde_json::to_vec(&content).map_err(unwritable)
}
