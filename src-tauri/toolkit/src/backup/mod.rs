//! Copies of users' files, taken before each write: by content, sealed, capped, with an index.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use switchyard_types::{Millis, ToolBackupView};

use crate::ToolkitError;
use crate::file::{ContentHash, Disk, FileError, Privacy, Seen, make_folders, remove, replace};
use crate::seal::Seal;

/// Copies kept of one file, the newest.
const OF_ONE_FILE: usize = 20;
/// How long copies are kept: 90 days. The newest of each file and those that a revert needs stay longer.
const LONGEST: Millis = 90 * 24 * 60 * 60 * 1000;

/// One copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Names it.
    pub id: String,
    /// The tool's id.
    pub tool: String,
    /// The file it is a copy of.
    pub file: PathBuf,
    /// When it was taken.
    pub at: Millis,
    /// What it holds.
    pub hash: ContentHash,
    /// How much.
    pub size: u64,
    /// Whether the file already held what we wrote.
    pub ours: bool,
}

impl Backup {
    /// As faces show it.
    pub fn view(&self) -> ToolBackupView {
        ToolBackupView {
            id: self.id.clone(),
            tool: self.tool.clone(),
            file: self.file.display().to_string(),
            at: self.at,
            size: self.size,
            ours: self.ours,
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Index {
    next: u64,
    copies: Vec<Backup>,
}

/// A copy to be taken.
pub(crate) struct Copy<'c> {
    pub(crate) tool: &'c str,
    pub(crate) file: &'c Path,
    pub(crate) at: Millis,
    pub(crate) bytes: &'c [u8],
    pub(crate) ours: bool,
}

/// The folder of copies.
#[derive(Clone, Copy)]
pub(crate) struct Backups<'b> {
    pub(crate) folder: &'b Path,
    pub(crate) disk: &'b dyn Disk,
    pub(crate) seal: &'b dyn Seal,
}

impl Backups<'_> {
    fn index_path(&self) -> PathBuf {
        self.folder.join("index.json")
    }

    fn content_path(&self, hash: &ContentHash) -> PathBuf {
        self.folder.join(hash.as_str())
    }

    /// An index that cannot be read is an error, never an empty one.
    fn index(&self) -> Result<(Seen, Index), ToolkitError> {
        let seen = Seen::at(self.disk, &self.index_path())?;
        let index = match &seen.bytes {
            None => Index::default(),
            Some(bytes) => serde_json::from_slice(bytes)
                .map_err(|error| ToolkitError::Record { path: seen.path.clone(), error })?,
        };
        Ok((seen, index))
    }

    fn save(&self, seen: &Seen, index: &Index) -> Result<(), ToolkitError> {
        let bytes = serde_json::to_vec_pretty(index)
            .map_err(|error| ToolkitError::Record { path: seen.path.clone(), error })?;
        Ok(replace(self.disk, seen, &bytes, Privacy::Private)?)
    }

    pub(crate) fn list(&self) -> Result<Vec<Backup>, ToolkitError> {
        let mut copies = self.index()?.1.copies;
        copies.reverse();
        Ok(copies)
    }

    /// Takes a copy; the content first, so that the index never names what is not there.
    pub(crate) fn keep(&self, copy: &Copy<'_>) -> Result<ContentHash, ToolkitError> {
        make_folders(self.disk, self.folder)?;
        let hash = ContentHash::of(copy.bytes);
        let content = Seen::at(self.disk, &self.content_path(&hash))?;
        if content.bytes.is_none() || self.read(&hash).is_err() {
            let sealed = self.seal.seal(copy.bytes)?;
            replace(self.disk, &content, &sealed, Privacy::Private)?;
        }
        let (seen, mut index) = self.index()?;
        let same = |known: &Backup| known.file == copy.file && known.tool == copy.tool;
        let newest = index.copies.iter().rev().find(|known| same(known));
        if newest.is_some_and(|known| known.hash == hash) {
            return Ok(hash);
        }
        index.next += 1;
        index.copies.push(Backup {
            id: format!("b{}", index.next),
            tool: copy.tool.to_owned(),
            file: copy.file.to_owned(),
            at: copy.at,
            hash: hash.clone(),
            size: copy.bytes.len() as u64,
            ours: copy.ours,
        });
        self.save(&seen, &index)?;
        Ok(hash)
    }

    /// A content, opened and checked.
    pub(crate) fn read(&self, hash: &ContentHash) -> Result<Vec<u8>, ToolkitError> {
        let path = self.content_path(hash);
        let sealed = self.disk.read(&path).map_err(FileError::disk("read", &path))?;
        let plain = self.seal.open(&sealed)?;
        if ContentHash::of(&plain) == *hash {
            Ok(plain)
        } else {
            Err(ToolkitError::Altered { path })
        }
    }

    pub(crate) fn find(&self, id: &str) -> Result<Backup, ToolkitError> {
        let found = self.index()?.1.copies.into_iter().find(|copy| copy.id == id);
        found.ok_or_else(|| ToolkitError::NoBackup { id: id.to_owned() })
    }

    /// Lets go of what is too much or too old, but never of what a revert needs.
    pub(crate) fn prune(
        &self,
        now: Millis,
        needed: &BTreeSet<ContentHash>,
    ) -> Result<(), ToolkitError> {
        let (seen, mut index) = self.index()?;
        let all = index.copies.clone();
        let stays = |at: usize, copy: &Backup| {
            let newer = all.iter().skip(at + 1).filter(|later| later.file == copy.file).count();
            let fresh = now.saturating_sub(copy.at) < LONGEST || newer == 0;
            needed.contains(&copy.hash) || fresh && newer < OF_ONE_FILE
        };
        index.copies = all
            .iter()
            .enumerate()
            .filter(|(at, copy)| stays(*at, copy))
            .map(|(_, c)| c.clone())
            .collect();
        if index.copies.len() == all.len() {
            return Ok(());
        }
        // The index first: a content too many harms nobody, one too few does.
        self.save(&seen, &index)?;
        let kept: BTreeSet<_> = index.copies.iter().map(|copy| &copy.hash).collect();
        for copy in all.iter().filter(|copy| !kept.contains(&copy.hash)) {
            let content = Seen::at(self.disk, &self.content_path(&copy.hash))?;
            remove(self.disk, &content)?;
        }
        Ok(())
    }
}
