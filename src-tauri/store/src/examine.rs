//! A look at a data folder that changes nothing in it, also while another process has it: what would keep the store
//! from opening, and what cut writes left there.

use std::fs;
use std::path::{Path, PathBuf};

use switchyard_types::Millis;

use crate::data_key::{former_file, next_file};
use crate::folder::{self, Claim};
use crate::{Place, StoreError, durable, open};

/// A file that is younger may belong to a write that is under way.
const UNDER_WAY: Millis = 10 * 60 * 1000;

/// What a look at a data folder found.
#[derive(Debug, Default)]
pub struct Examined {
    /// What keeps the store from opening, or from writing; none if all is well.
    pub troubles: Vec<StoreError>,
    /// Files of writes that were cut off. Nothing needs them.
    pub strays: Vec<PathBuf>,
    /// Keys of an exchange that was cut off: the next start ends it, and needs them for that.
    pub keys: Vec<PathBuf>,
    /// Whether a process has the folder.
    pub is_claimed: bool,
}

/// Looks at a place as [`crate::Store::open`] would.
pub async fn examine(place: &Place, now: Millis) -> Examined {
    if !place.dir.is_dir() {
        return Examined::default();
    }
    let mut troubles: Vec<StoreError> = folder::probe(&place.dir).err().into_iter().collect();
    match open::examine(place).await {
        // Where the disk is behind it, that is told already.
        Err(
            StoreError::Database { .. } | StoreError::DiskFull { .. } | StoreError::ReadOnly { .. },
        ) if !troubles.is_empty() => {}
        Err(error) => troubles.push(error),
        Ok(()) => {}
    }
    let claim = Claim::take(&place.dir);
    let is_claimed = matches!(claim, Err(StoreError::InUse { .. }));
    let before = if claim.is_ok() { Millis::MAX } else { now - UNDER_WAY };
    let is_left = |path: &PathBuf| folder::written_at(path).is_some_and(|at| at < before);
    Examined {
        troubles,
        strays: strays(place).into_iter().filter(is_left).collect(),
        keys: [next_file(place), former_file(place)].into_iter().filter(is_left).collect(),
        is_claimed,
    }
}

/// Removes what cut writes left; gives what was removed. Fails where another process has the folder.
pub fn sweep(place: &Place) -> Result<Vec<PathBuf>, StoreError> {
    let _claim = Claim::take(&place.dir)?;
    let strays = strays(place);
    strays.iter().try_for_each(|path| folder::remove_if_there(path))?;
    Ok(strays)
}

fn strays(place: &Place) -> Vec<PathBuf> {
    let database = place.database();
    let staged = durable::beside(&database, ".restoring");
    let new = |path: &Path| durable::beside(path, ".new");
    let mut known =
        vec![new(&database), new(&staged), new(&place.saved()), new(&place.key_file()), staged];
    let journals: Vec<_> = known.iter().map(|path| durable::beside(path, "-journal")).collect();
    known.extend(journals);
    let backups = fs::read_dir(place.backups()).into_iter().flatten().flatten();
    let is_cut = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        [".partial", ".new", "-journal"].iter().any(|end| name.ends_with(end))
    };
    let mut left: Vec<PathBuf> = backups.map(|entry| entry.path()).filter(is_cut).collect();
    left.sort();
    known.into_iter().filter(|path| path.is_file()).chain(left).collect()
}
