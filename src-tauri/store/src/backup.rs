//! Copies of the database in the `backups` folder, sealed as the database is.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use switchyard_types::{BackupView, Millis};

use crate::data_key::DataKey;
use crate::error::{while_doing, while_touching};
use crate::saved::on_a_thread_that_may_wait;
use crate::tables::{self, Kind, quoted};
use crate::{Place, Store, StoreError, durable, folder, inspect, schema};

/// How many copies are kept.
const KEPT: usize = 10;

/// Copies with a long history of requests are large: of those that are larger than this, only the
/// newest few are kept.
const LARGE: u64 = 64 << 20;
const LARGE_KEPT: usize = 2;

const PREFIX: &str = "switchyard-";
const SUFFIX: &str = ".db";

/// Where a copy goes and what its name says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    /// The folder of copies.
    pub(crate) dir: &'a Path,
    /// When the copy is made.
    pub(crate) now: Millis,
    /// The schema version of what is copied.
    pub(crate) version: i64,
}

impl Plan<'_> {
    fn path(self) -> PathBuf {
        // Padded, so that names sort by time.
        self.dir.join(format!("{PREFIX}{:014}-schema{}{SUFFIX}", self.now, self.version))
    }
}

impl Store {
    /// Copies the configuration and the sums of usage into the `backups` folder, verifies the copy,
    /// and removes the oldest copies beyond ten. The rows of single requests stay out: they are long
    /// and pass anyway.
    pub async fn back_up(&self, now: Millis) -> Result<BackupView, StoreError> {
        self.saver("making a backup")?;
        let dir = self.place().backups();
        folder::make(&dir)?;
        let path = Plan { dir: &dir, now, version: schema::newest() }.path();
        copy_without_requests(&self.place().database(), &path).await?;
        verify(&path, &self.vault().key()).await?;
        remove_old(&dir)?;
        view(&path).ok_or_else(|| unsound(&path, "it is gone"))
    }

    /// The copies in the `backups` folder, newest first.
    pub fn backups(&self) -> Result<Vec<BackupView>, StoreError> {
        list(self.place())
    }
}

/// The copies in a place's `backups` folder, newest first; also where its store does not open.
pub fn list(place: &Place) -> Result<Vec<BackupView>, StoreError> {
    let mut found: Vec<BackupView> =
        paths(&place.backups())?.iter().filter_map(|path| view(path)).collect();
    found.reverse();
    Ok(found)
}

/// Checks a copy from end to end: its pages, its schema, and that the data key opens its secrets.
pub async fn check(place: &Place, name: &str) -> Result<BackupView, StoreError> {
    let path = named(place, name)?;
    let key = key_of(place, &path).await?;
    verify(&path, &key).await?;
    view(&path).ok_or_else(|| unsound(&path, "it is gone"))
}

/// The path of a copy by its name: a name, never a way to another folder.
pub(crate) fn named(place: &Place, name: &str) -> Result<PathBuf, StoreError> {
    let path = place.backups().join(name);
    if paths(&place.backups())?.contains(&path) {
        Ok(path)
    } else {
        Err(unsound(&path, "there is no backup of that name"))
    }
}

/// The data key that a copy was sealed under.
pub(crate) async fn key_of(place: &Place, path: &Path) -> Result<DataKey, StoreError> {
    let found = look(path).await?;
    let place = place.clone();
    on_a_thread_that_may_wait(move || DataKey::settle(&place, Some(&found))).await
}

pub(crate) async fn look(path: &Path) -> Result<inspect::Found, StoreError> {
    match inspect::look_closely(path).await {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(unsound(path, "it is gone")),
        Err(StoreError::Damaged { detail, .. }) => Err(unsound(path, detail)),
        Err(error) => Err(error),
    }
}

/// Whether a copy is sound and this key opens every secret in it.
pub(crate) async fn verify(path: &Path, key: &DataKey) -> Result<(), StoreError> {
    const DOING: &str = "verifying a backup";
    let found = look(path).await?;
    if found.has_secrets && !key.made(&found.check) {
        return Err(unsound(path, "it is sealed under another data key"));
    }
    let mut connection = SqliteConnection::connect_with(&schema::reader_options(path))
        .await
        .map_err(while_doing(DOING))?;
    let unopened = unopened(&mut connection, &key.sealer).await;
    connection.close().await.map_err(while_doing(DOING))?;
    match unopened? {
        0 => Ok(()),
        count => Err(unsound(path, format!("{count} secret(s) in it do not open"))),
    }
}

async fn unopened(
    connection: &mut SqliteConnection,
    sealer: &crate::seal::Sealer,
) -> Result<u64, StoreError> {
    let mut count = 0;
    let listed = tables::of_kind(connection, Kind::Configuration)
        .await
        .map_err(while_doing("verifying a backup"))?;
    for table in &listed {
        let opened = crate::document::Secrets::Opened(sealer);
        match crate::document::read_table(connection, table, opened).await {
            Ok(_) => {}
            Err(StoreError::AlteredSecret { .. }) => count += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Copies the whole database, in one piece and durably, then removes the oldest copies.
pub(crate) async fn whole(
    connection: &mut SqliteConnection,
    plan: Plan<'_>,
) -> Result<PathBuf, StoreError> {
    folder::make(plan.dir)?;
    let path = plan.path();
    let partial = durable::beside(&path, ".partial");
    let name = text(&partial)?;
    // Made beforehand, so that it is never readable by others: the copy fills an empty file.
    durable::create_private(&partial).map_err(while_touching("making", &partial))?;
    sqlx::query("VACUUM INTO ?")
        .bind(name)
        .execute(connection)
        .await
        .map_err(while_doing("copying the database before changing it"))?;
    look(&partial).await?;
    durable::take_name(&partial, &path).map_err(while_touching("naming", &path))?;
    remove_old(plan.dir)?;
    Ok(path)
}

/// Copies all but the rows of requests and the readings of quotas, from one moment, through a connection of its own.
async fn copy_without_requests(database: &Path, path: &Path) -> Result<(), StoreError> {
    const DOING: &str = "copying the database";
    let mut copy = schema::begin_fresh(path).await?;
    sqlx::query("ATTACH ? AS live")
        .bind(text(database)?)
        .execute(&mut copy)
        .await
        .map_err(while_doing(DOING))?;
    let mut names = Vec::new();
    for kind in [Kind::Configuration, Kind::Own, Kind::History, Kind::Passing] {
        let listed = tables::of_kind(&mut copy, kind).await.map_err(while_doing(DOING))?;
        names.extend(listed.into_iter().map(|table| quoted(&table.name)));
    }
    let left_out = ["\"requests\"", "\"quota_readings\"", "\"_sqlx_migrations\""];
    names.retain(|name| !left_out.contains(&name.as_str()));
    // What is copied keeps its references, in whatever order the tables come. Deferring the check would
    // not do: a table copied in one piece does not settle what its children left open.
    sqlx::raw_sql("PRAGMA foreign_keys = OFF")
        .execute(&mut copy)
        .await
        .map_err(while_doing(DOING))?;
    let mut transaction = copy.begin().await.map_err(while_doing(DOING))?;
    for verb in ["DELETE FROM main.{}", "INSERT INTO main.{} SELECT * FROM live.{}"] {
        for name in &names {
            sqlx::query(AssertSqlSafe(verb.replace("{}", name)))
                .execute(&mut *transaction)
                .await
                .map_err(while_doing(DOING))?;
        }
    }
    transaction.commit().await.map_err(while_doing(DOING))?;
    sqlx::raw_sql("DETACH live").execute(&mut copy).await.map_err(while_doing(DOING))?;
    schema::finish_fresh(copy, path).await
}

fn text(path: &Path) -> Result<&str, StoreError> {
    path.to_str().ok_or_else(|| StoreError::Damaged {
        path: path.to_owned(),
        detail: "the folder's name is not valid Unicode".to_owned(),
    })
}

/// The copies in a folder, oldest first; there may be no folder.
pub(crate) fn paths(dir: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let listed = match fs::read_dir(dir) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(while_touching("listing", dir)(error)),
    };
    let mut copies: Vec<PathBuf> =
        listed.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_copy(path)).collect();
    copies.sort();
    Ok(copies)
}

fn remove_old(dir: &Path) -> Result<(), StoreError> {
    let copies = paths(dir)?;
    let mut large = 0;
    let newest_first = copies.iter().rev().enumerate();
    for (place, path) in newest_first {
        let size = fs::metadata(path).map_or(0, |about| about.len());
        large += usize::from(size > LARGE);
        if place >= KEPT || (size > LARGE && large > LARGE_KEPT) {
            fs::remove_file(path).map_err(while_touching("removing", path))?;
        }
    }
    Ok(())
}

fn is_copy(path: &Path) -> bool {
    parts(path).is_some()
}

/// When a copy was made, and of which schema.
fn parts(path: &Path) -> Option<(Millis, i64)> {
    let name = path.file_name()?.to_str()?;
    let (at, version) = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.split_once("-schema")?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(at) && digits(version)).then_some(())?;
    Some((at.parse().ok()?, version.parse().ok()?))
}

fn view(path: &Path) -> Option<BackupView> {
    let (at, schema) = parts(path)?;
    Some(BackupView {
        name: path.file_name()?.to_str()?.to_owned(),
        at,
        schema,
        bytes: fs::metadata(path).ok()?.len(),
    })
}

pub(crate) fn unsound(path: &Path, why: impl Into<String>) -> StoreError {
    StoreError::UnsoundBackup { path: path.to_owned(), why: why.into() }
}
