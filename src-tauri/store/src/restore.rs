//! Bringing a good copy back: it is staged and verified first, and what was there is kept aside.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::{Connection, SqliteConnection};
use switchyard_types::Millis;

use crate::data_key::DataKey;
use crate::document::{self, Put};
use crate::error::{while_doing, while_touching};
use crate::folder::{self, Claim};
use crate::saved::{Saved, on_a_thread_that_may_wait};
use crate::{Place, StoreError, backup, durable, inspect, schema};

const DOING: &str = "restoring the configuration";

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the files that were in its way are now; `None` where there were none.
    pub aside: Option<PathBuf>,
}

/// Puts a backup in the database's place. The store must be closed; `now` names the folder that the
/// files in its way are moved to.
pub async fn restore_backup(
    place: &Place,
    name: &str,
    now: Millis,
) -> Result<Restored, StoreError> {
    let _claim = Claim::take(&place.dir)?;
    let backup = backup::named(place, name)?;
    let staged = durable::beside(&place.database(), ".restoring");
    let (from, to) = (backup.clone(), staged.clone());
    let copy = move || durable::copy(&from, &to).map_err(while_touching("copying", &from));
    on_a_thread_that_may_wait(copy).await?;
    let sound = async {
        let key = backup::key_of(place, &staged).await?;
        backup::verify(&staged, &key).await
    };
    if let Err(error) = sound.await {
        folder::remove_if_there(&staged)?;
        return Err(match error {
            StoreError::UnsoundBackup { why, .. } => backup::unsound(&backup, why),
            other => other,
        });
    }
    swap(place, &staged, now)
}

/// Brings the configuration back from the copy beside the database. A database that is sound keeps
/// its history and takes the configuration; a damaged one makes way for a new one.
pub async fn restore_saved(place: &Place, now: Millis) -> Result<Restored, StoreError> {
    let _claim = Claim::take(&place.dir)?;
    let path = place.saved();
    let saved = Saved::read(&path)?.ok_or_else(|| StoreError::NoCopy {
        path: path.clone(),
        why: "it is not there".to_owned(),
    })?;
    let found = saved.found();
    let (asking, row) = (place.clone(), found.root.clone());
    let key = on_a_thread_that_may_wait(move || DataKey::settle(&asking, Some(&found))).await?;
    let document = saved.verified(&key.sealer)?;
    // An older schema is brought up to date in memory first.
    let filled = crate::open::filled(&document, Put::AsSealed).await?;
    let mut memory = filled.acquire().await.map_err(while_doing(DOING))?;
    let mut newest = document::read(&mut memory, document::Secrets::Sealed).await?;
    drop(memory);
    filled.close().await;
    newest.changes = document.changes;

    if let Ok(Some(sound)) = inspect::look_closely(&place.database()).await
        && !sound.is_older
        && key.made(&sound.check)
    {
        let mut connection = schema::connect_alone(&place.database()).await?;
        let written = write(&mut connection, &newest).await;
        connection.close().await.map_err(while_doing(DOING))?;
        return written.map(|()| Restored { aside: None });
    }
    let staged = durable::beside(&place.database(), ".restoring");
    let mut connection = schema::begin_fresh(&staged).await?;
    schema::introduce(&mut connection, &key).await?;
    sqlx::query("UPDATE data_key_check SET root = ? WHERE id = 1")
        .bind(row)
        .execute(&mut connection)
        .await
        .map_err(while_doing(DOING))?;
    write(&mut connection, &newest).await?;
    schema::finish_fresh(connection, &staged).await?;
    backup::verify(&staged, &key).await?;
    swap(place, &staged, now)
}

/// Goes on with the database as it is, although it lost changes: the copy that knows them is moved
/// aside. Fails when the database is not sound.
pub async fn accept(place: &Place, now: Millis) -> Result<Restored, StoreError> {
    let _claim = Claim::take(&place.dir)?;
    if inspect::look_closely(&place.database()).await?.is_none() {
        return Err(StoreError::Damaged {
            path: place.database(),
            detail: "it is not there".to_owned(),
        });
    }
    let aside = aside(place, now)?;
    move_into(&place.saved(), Some(&aside))?;
    Ok(Restored { aside: Some(aside) })
}

async fn write(
    connection: &mut SqliteConnection,
    document: &document::Document,
) -> Result<(), StoreError> {
    let mut transaction =
        connection.begin_with("BEGIN IMMEDIATE").await.map_err(while_doing(DOING))?;
    document::replace(&mut transaction, document, Put::AsSealed).await?;
    sqlx::query("UPDATE change_count SET count = ? WHERE id = 1")
        .bind(document.changes)
        .execute(&mut *transaction)
        .await
        .map_err(while_doing(DOING))?;
    document::check_references(&mut transaction).await?;
    transaction.commit().await.map_err(while_doing(DOING))
}

/// Moves what is there aside, all of it that belongs together, and gives the staged file its name.
fn swap(place: &Place, staged: &Path, now: Millis) -> Result<Restored, StoreError> {
    let database = place.database();
    // The log goes first: a database without its log is old, a log without its database is refused.
    // The copy of the configuration goes last: until then, a cut is told at the next start.
    let first =
        [durable::beside(&database, "-wal"), durable::beside(&database, "-shm"), database.clone()];
    let saved = place.saved();
    let is_in_the_way = first.iter().chain([&saved]).any(|path| path.exists());
    let aside = is_in_the_way.then(|| aside(place, now)).transpose()?;
    for path in first {
        move_into(&path, aside.as_deref())?;
    }
    durable::take_name(staged, &database).map_err(while_touching("naming", &database))?;
    move_into(&saved, aside.as_deref())?;
    Ok(Restored { aside })
}

/// A folder for what is moved aside.
fn aside(place: &Place, now: Millis) -> Result<PathBuf, StoreError> {
    let dir = place.dir.join(format!("aside-{now:014}"));
    folder::make(&dir)?;
    Ok(dir)
}

fn move_into(path: &Path, dir: Option<&Path>) -> Result<(), StoreError> {
    let (Some(name), Some(dir)) = (path.file_name(), dir) else { return Ok(()) };
    match fs::rename(path, dir.join(name)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(while_touching("moving", path)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
