use std::sync::Arc;

use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};
use switchyard_types::{DataKeySource, Millis};
use zeroize::Zeroizing;

use crate::data_key::DataKey;
use crate::error::while_doing;
use crate::folder::{self, Claim};
use crate::inspect::{self, Found};
use crate::seal::Sealer;
use crate::{Place, Recorder, StoreError, backup, recorder, schema};

/// Everything that survives a restart. Clones are cheap and share one database.
///
/// Every method fails with a [`StoreError`] that says what was being done and to what. A method
/// that changes something has made it durable when it returns.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    writer: SqlitePool,
    readers: SqlitePool,
    data_key: DataKey,
    recorder: Recorder,
    claim: Arc<Claim>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("data_key", &self.0.data_key.source).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store at a place, or makes a new one there; `now` names the backup that precedes a
    /// change of schema.
    ///
    /// Fails, and changes nothing, when another process has the folder ([`StoreError::InUse`]), when
    /// the database is damaged or newer than this program, and when the data key is missing or wrong.
    pub async fn open(place: Place, now: Millis) -> Result<Self, StoreError> {
        let database = place.database();
        folder::make(&place.dir)?;
        let claim = Arc::new(Claim::take(&place.dir)?);
        let found = inspect::look(&database).await?;
        let data_key = settle_key(&place, found.as_ref())?;
        match &found {
            None => schema::create(&database, &data_key).await?,
            Some(found) if found.version < schema::newest() => {
                let backups = place.backups();
                let plan = backup::Plan { dir: &backups, now, version: found.version };
                schema::migrate(&database, plan).await?;
            }
            Some(_) => {}
        }
        let writer = schema::connect_writer(&database).await?;
        if found.is_some_and(|found| !data_key.made(&found.check)) {
            adopt_key(&writer, &data_key).await?;
        }
        let readers = schema::connect_readers(&database);
        let recorder = recorder::start(writer.clone(), Arc::clone(&claim));
        Ok(Self(Arc::new(Inner { writer, readers, data_key, recorder, claim })))
    }

    /// Where the key that seals secrets was found.
    pub fn data_key_source(&self) -> DataKeySource {
        self.0.data_key.source
    }

    /// A key for sealing something that lies outside the database: the same at each start, as long as the
    /// data key is.
    pub fn derived_key(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.sealer().derive(purpose)
    }

    /// What takes a row per request, off the request's path.
    pub fn recorder(&self) -> Recorder {
        self.0.recorder.clone()
    }

    /// Writes what the recorder holds, folds the write-ahead log into the database, and lets go of
    /// the folder. Later calls of any clone fail with [`StoreError::Closed`].
    pub async fn close(&self) {
        if self.0.writer.is_closed() {
            return;
        }
        self.0.recorder.stop().await;
        self.0.readers.close().await;
        if let Err(error) =
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.0.writer).await
        {
            tracing::warn!(%error, "the write-ahead log stays; the next start folds it in");
        }
        self.0.writer.close().await;
        self.0.claim.release();
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.0.readers
    }

    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.0.writer
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.0.data_key.sealer
    }

    /// A transaction that may read before it writes.
    pub(crate) async fn begin(
        &self,
        doing: &'static str,
    ) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.0.writer.begin_with("BEGIN IMMEDIATE").await.map_err(while_doing(doing))
    }
}

/// The data key for what was found: the one that made its check value, or any where there is
/// nothing yet that a wrong key would lose.
fn settle_key(place: &Place, found: Option<&Found>) -> Result<DataKey, StoreError> {
    let sealed = found.filter(|found| found.has_secrets);
    match (DataKey::find(place)?, sealed) {
        (None, Some(_)) => Err(StoreError::MissingDataKey {
            database: place.database(),
            key_file: place.key_file(),
        }),
        (Some(key), Some(found)) if !key.made(&found.check) => {
            Err(StoreError::WrongDataKey { from: key.source, path: place.database() })
        }
        (Some(key), _) => Ok(key),
        (None, None) => DataKey::make(place),
    }
}

/// Makes a database without secrets know its new key.
async fn adopt_key(writer: &SqlitePool, key: &DataKey) -> Result<(), StoreError> {
    sqlx::query("UPDATE data_key_check SET sealed = ? WHERE id = 1")
        .bind(key.check_value()?)
        .execute(writer)
        .await
        .map_err(while_doing("recording which data key is in use"))?;
    Ok(())
}
