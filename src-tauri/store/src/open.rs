use std::path::Path;
use std::sync::{Arc, Mutex};

use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};
use switchyard_types::{DataKeySource, Millis, SafeModeView};
use tokio::sync::Notify;
use zeroize::Zeroizing;

use crate::data_key::DataKey;
use crate::document::{self, Put};
use crate::error::while_doing;
use crate::folder::{self, Claim};
use crate::inspect::{self, Found};
use crate::saved::{Saved, Saver, on_a_thread_that_may_wait};
use crate::seal::Sealer;
use crate::vault::Vault;
use crate::{Place, Recorder, StoreError, backup, recorder, rotate, schema, tables};

/// Everything that survives a restart. Clones are cheap and share one database.
///
/// Every method fails with a [`StoreError`] that says what was being done and to what. A method
/// that changes something has made it durable when it returns.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    place: Place,
    writer: SqlitePool,
    readers: SqlitePool,
    vault: Arc<Vault>,
    recorder: Recorder,
    /// Held while files of bodies are written or removed, so that none comes after all were deleted or under a
    /// data key that was exchanged.
    body_files: Mutex<()>,
    state: State,
    /// In safe mode a folder that cannot be written may be without one.
    claim: Option<Arc<Claim>>,
}

/// What a store stands on.
#[derive(Clone, Debug)]
enum State {
    Sound {
        saver: Arc<Saver>,
    },
    /// On the copy of the configuration, in memory.
    Safe(Box<SafeModeView>),
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("vault", &self.0.vault)
            .field("state", &self.0.state)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store at a place, or makes a new one there; `now` names the backup that precedes a
    /// change of schema.
    ///
    /// Fails, and changes nothing, when another process has the folder ([`StoreError::InUse`]), when
    /// the database is damaged, newer than this program, or has lost changes that the copy of the
    /// configuration beside it knows, and when the data key is missing, locked away or wrong.
    pub async fn open(place: Place, now: Millis) -> Result<Self, StoreError> {
        let dir = place.dir.clone();
        match Self::open_sound(place, now).await {
            // Where the disk is behind it, the database says only that input or output failed.
            Err(StoreError::Database { doing, source }) => {
                Err(folder::probe(&dir).err().unwrap_or(StoreError::Database { doing, source }))
            }
            opened => opened,
        }
    }

    /// Opens the store; when its database cannot be used, one in memory stands in for it, filled
    /// from the copy of the configuration: it serves, and refuses changes of the configuration.
    /// [`Store::safe_mode`] says so.
    pub async fn open_or_stand_in(place: Place, now: Millis) -> Result<Self, StoreError> {
        let trouble = match Self::open(place.clone(), now).await {
            Err(trouble) if trouble.allows_safe_mode() => trouble,
            opened => return opened,
        };
        match Self::stand_in(place, &trouble).await {
            Ok(store) => {
                tracing::error!("safe mode: {trouble}");
                Ok(store)
            }
            Err(why) => {
                tracing::error!("no safe mode either: {why}");
                Err(trouble)
            }
        }
    }

    async fn open_sound(place: Place, now: Millis) -> Result<Self, StoreError> {
        let database = place.database();
        folder::make(&place.dir)?;
        let claim = Arc::new(Claim::take(&place.dir)?);
        let found = inspect::look(&database).await?;
        let saved = read_saved(&place, found.as_ref())?;
        let (key, found) = settle(&place, found).await?;
        if let (Some(found), Some(saved)) = (&found, &saved) {
            compare(&database, found, saved, &key)?;
        }
        match &found {
            None => schema::create(&database, &key).await?,
            Some(found) if found.is_older => {
                let backups = place.backups();
                let plan = backup::Plan { dir: &backups, now, version: found.version };
                schema::migrate(&database, plan).await?;
            }
            Some(_) => {}
        }
        let changed = Arc::new(Notify::new());
        let writer = schema::connect_writer(&database, &changed).await?;
        let root = settle_row(&writer, found.as_ref(), &key).await?;
        let vault = Arc::new(Vault::new(key, root.as_deref())?);
        rotate::finish(&place, &writer, &vault).await?;
        let saver = Arc::new(Saver::new(place.saved(), changed));
        follow(&saver, &writer, &vault);
        if let Err(error) = saver.save(&writer, &vault).await {
            tracing::warn!("the copy of the configuration was not written: {error}");
        }
        let readers = schema::connect_readers(&database);
        let recorder = recorder::start(writer.clone(), Some(Arc::clone(&claim)));
        let state = State::Sound { saver };
        let claim = Some(claim);
        Ok(Self(Arc::new(Inner {
            place,
            writer,
            readers,
            vault,
            recorder,
            body_files: Mutex::default(),
            state,
            claim,
        })))
    }

    async fn stand_in(place: Place, trouble: &StoreError) -> Result<Self, StoreError> {
        let claim = match Claim::take(&place.dir) {
            Ok(claim) => Some(Arc::new(claim)),
            Err(StoreError::ReadOnly { .. } | StoreError::DiskFull { .. }) => None,
            Err(error) => return Err(error),
        };
        let path = place.saved();
        let saved = Saved::read(&path)?.ok_or_else(|| StoreError::NoCopy {
            path: path.clone(),
            why: "it is not there".to_owned(),
        })?;
        let (key, found) = settle(&place, Some(saved.found())).await?;
        let document = saved.verified(&key.sealer)?;
        let writer = filled(&document, Put::AsSealed).await?;
        let mut connection = writer.acquire().await.map_err(while_doing(STANDING_IN))?;
        tables::refuse_changes(&mut connection).await.map_err(while_doing(STANDING_IN))?;
        drop(connection);
        let root = found.and_then(|found| found.root);
        let vault = Arc::new(Vault::new(key, root.as_deref())?);
        let recorder = recorder::start(writer.clone(), claim.clone());
        let state = State::Safe(Box::new(SafeModeView {
            code: trouble.code().to_owned(),
            message: trouble.to_string(),
            hint: Some(trouble.hint().unwrap_or(REPAIR).to_owned()),
            as_of: folder::written_at(&path),
        }));
        let readers = writer.clone();
        Ok(Self(Arc::new(Inner {
            place,
            writer,
            readers,
            vault,
            recorder,
            body_files: Mutex::default(),
            state,
            claim,
        })))
    }

    /// Why this store stands on a copy; `None` when all is well.
    pub fn safe_mode(&self) -> Option<&SafeModeView> {
        match &self.0.state {
            State::Sound { .. } => None,
            State::Safe(why) => Some(why),
        }
    }

    /// Where the key that seals secrets was found.
    pub fn data_key_source(&self) -> DataKeySource {
        self.0.vault.key().source
    }

    /// A key for sealing something that lies outside the database: the same at each start, also
    /// after the data key was exchanged.
    pub fn derived_key(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.0.vault.derive(purpose)
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
        if let State::Sound { saver } = &self.0.state {
            if let Err(error) = saver.save(&self.0.writer, &self.0.vault).await {
                tracing::warn!("the copy of the configuration was not written: {error}");
            }
            self.0.readers.close().await;
            if let Err(error) =
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.0.writer).await
            {
                tracing::warn!(%error, "the write-ahead log stays; the next start folds it in");
            }
        }
        self.0.writer.close().await;
        if let Some(claim) = &self.0.claim {
            claim.release();
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.0.place
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.0.readers
    }

    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.0.writer
    }

    pub(crate) fn vault(&self) -> &Arc<Vault> {
        &self.0.vault
    }

    pub(crate) fn sealer(&self) -> Arc<Sealer> {
        self.0.vault.sealer()
    }

    pub(crate) fn body_files(&self) -> &Mutex<()> {
        &self.0.body_files
    }

    /// What writes the copy of the configuration; fails in safe mode, where there is nothing to copy.
    pub(crate) fn saver(&self, doing: &'static str) -> Result<&Arc<Saver>, StoreError> {
        match &self.0.state {
            State::Sound { saver } => Ok(saver),
            State::Safe(_) => Err(StoreError::SafeMode { doing: doing.into() }),
        }
    }

    /// A transaction that may read before it writes.
    pub(crate) async fn begin(
        &self,
        doing: &'static str,
    ) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.0.writer.begin_with("BEGIN IMMEDIATE").await.map_err(while_doing(doing))
    }
}

/// What [`Store::open`] would fail with at a place; nothing is changed there.
pub(crate) async fn examine(place: &Place) -> Result<(), StoreError> {
    let database = place.database();
    let found = inspect::look(&database).await?;
    let saved = read_saved(place, found.as_ref())?;
    // Where nothing is sealed, looking for the key would make one.
    let Some(found) = found.filter(|found| found.has_secrets) else { return Ok(()) };
    match (settle(place, Some(found)).await?, saved) {
        ((key, Some(found)), Some(saved)) => compare(&database, &found, &saved, &key),
        ((_, _), _) => Ok(()),
    }
}

/// The way out of safe mode, where the trouble itself names none.
const REPAIR: &str =
    "`switchyard doctor` says what is wrong, `switchyard doctor --repair` brings back what is kept";
const STANDING_IN: &str = "filling a database in memory";

/// A database in memory that holds a document, of this program's schema.
pub(crate) async fn filled(
    document: &document::Document,
    put: Put<'_>,
) -> Result<SqlitePool, StoreError> {
    check_schema(document)?;
    let pool = schema::in_memory(document.schema).await?;
    let mut transaction = pool.begin().await.map_err(while_doing(STANDING_IN))?;
    document::replace(&mut transaction, document, put).await?;
    document::check_references(&mut transaction).await?;
    transaction.commit().await.map_err(while_doing(STANDING_IN))?;
    schema::bring_up_to_date(&pool).await?;
    Ok(pool)
}

pub(crate) fn check_schema(document: &document::Document) -> Result<(), StoreError> {
    if schema::is_known(document.schema) {
        return Ok(());
    }
    Err(StoreError::import(format!("this program knows no schema {}", document.schema)))
}

/// A store on a database in memory: it can be read as any other.
pub(crate) fn in_memory(place: Place, pool: SqlitePool, key: DataKey) -> Result<Store, StoreError> {
    let vault = Arc::new(Vault::new(key, None)?);
    let recorder = recorder::start(pool.clone(), None);
    let state = State::Safe(Box::new(SafeModeView {
        code: "preview".to_owned(),
        message: "this configuration is only looked through".to_owned(),
        hint: None,
        as_of: None,
    }));
    let readers = pool.clone();
    Ok(Store(Arc::new(Inner {
        place,
        writer: pool,
        readers,
        vault,
        recorder,
        body_files: Mutex::default(),
        state,
        claim: None,
    })))
}

/// The copy of the configuration. One that cannot be read is made anew, unless there is no database
/// to make it from.
fn read_saved(place: &Place, found: Option<&Found>) -> Result<Option<Saved>, StoreError> {
    match (Saved::read(&place.saved()), found) {
        (Ok(None), _) => Ok(None),
        (Ok(Some(saved)), Some(_)) => Ok(Some(saved)),
        (Err(error), Some(_)) => {
            tracing::warn!("{error}; it is made anew");
            Ok(None)
        }
        (Ok(Some(_)) | Err(_), None) => Err(StoreError::Damaged {
            path: place.database(),
            detail: format!(
                "the file is gone, but a copy of its configuration is in {}",
                place.saved().display()
            ),
        }),
    }
}

/// Finds the data key; gives what was found back with it.
async fn settle(
    place: &Place,
    found: Option<Found>,
) -> Result<(DataKey, Option<Found>), StoreError> {
    let place = place.clone();
    on_a_thread_that_may_wait(move || {
        let key = DataKey::settle(&place, found.as_ref())?;
        Ok((key, found))
    })
    .await
}

/// Whether the database knows every change that the copy knows. Its newest changes may be in a
/// write-ahead log that was lost or torn, which nothing else would tell.
fn compare(database: &Path, found: &Found, saved: &Saved, key: &DataKey) -> Result<(), StoreError> {
    let document = match saved.verified(&key.sealer) {
        Ok(document) => document,
        Err(error) => {
            tracing::warn!("{error}; it is made anew");
            return Ok(());
        }
    };
    match found.changes {
        Some(changes) if changes < document.changes => Err(StoreError::Behind {
            path: database.to_owned(),
            found: changes,
            saved: document.changes,
        }),
        Some(_) | None => Ok(()),
    }
}

/// Makes the database say which key is in use, and where it is; gives the sealed root of other keys.
async fn settle_row(
    writer: &SqlitePool,
    found: Option<&Found>,
    key: &DataKey,
) -> Result<Option<Vec<u8>>, StoreError> {
    const DOING: &str = "recording which data key is in use";
    let Some(found) = found else { return Ok(None) };
    if !key.made(&found.check) {
        let mut connection = writer.acquire().await.map_err(while_doing(DOING))?;
        schema::introduce(&mut connection, key).await?;
        return Ok(None);
    }
    if found.keeping.source != Some(key.source) || found.keeping.entry != key.entry {
        sqlx::query("UPDATE data_key_check SET kept_in = ?, key_id = ? WHERE id = 1")
            .bind(key.kept_in())
            .bind(key.entry.as_deref())
            .execute(writer)
            .await
            .map_err(while_doing(DOING))?;
    }
    Ok(found.root.clone())
}

fn follow(saver: &Arc<Saver>, writer: &SqlitePool, vault: &Arc<Vault>) {
    let (saver, writer, vault) = (Arc::clone(saver), writer.clone(), Arc::clone(vault));
    tokio::spawn(async move { saver.follow(&writer, &vault).await });
}
