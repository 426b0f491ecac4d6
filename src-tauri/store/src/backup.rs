use std::fs;
use std::path::{Path, PathBuf};

use sqlx::SqliteConnection;
use switchyard_types::Millis;

use crate::error::{while_doing, while_touching};
use crate::{StoreError, durable, folder};

/// How many copies are kept.
const KEPT: usize = 10;
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

/// Copies the whole database, in one piece and durably, then removes the oldest copies.
pub(crate) async fn make(
    connection: &mut SqliteConnection,
    plan: Plan<'_>,
) -> Result<PathBuf, StoreError> {
    folder::make(plan.dir)?;
    let path = plan.path();
    let partial = durable::beside(&path, ".partial");
    let Some(name) = partial.to_str() else {
        return Err(StoreError::Damaged {
            path: partial,
            detail: "the folder's name is not valid Unicode".to_owned(),
        });
    };
    // Made beforehand, so that it is never readable by others: the copy fills an empty file.
    durable::create_private(&partial).map_err(while_touching("making", &partial))?;
    sqlx::query("VACUUM INTO ?")
        .bind(name)
        .execute(connection)
        .await
        .map_err(while_doing("copying the database before changing it"))?;
    durable::take_name(&partial, &path).map_err(while_touching("naming", &path))?;
    remove_old(plan.dir)?;
    Ok(path)
}

fn remove_old(dir: &Path) -> Result<(), StoreError> {
    let listed = fs::read_dir(dir).map_err(while_touching("listing", dir))?;
    let mut copies: Vec<PathBuf> =
        listed.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_copy(path)).collect();
    copies.sort();
    let surplus = copies.len().saturating_sub(KEPT);
    copies.iter().take(surplus).try_for_each(|path| folder::remove_if_there(path))
}

/// Only files that [`make`] named: what a user puts there stays.
fn is_copy(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let middle =
        name.and_then(|name| name.strip_prefix(PREFIX)).and_then(|name| name.strip_suffix(SUFFIX));
    middle.and_then(|middle| middle.split_once("-schema")).is_some_and(|(time, version)| {
        time.len() >= 14 && time.parse::<u64>().is_ok() && version.parse::<u64>().is_ok()
    })
}
