//! Files of the user, seen whole and replaced whole: the one owner of durable writes of this crate.

mod disk;
mod lock;
mod replace;
mod windows;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use disk::{Disk, FileKind, Meta, RealDisk};
pub(crate) use lock::Lock;
pub(crate) use replace::{leftovers, make_folders, remove, replace};
use sha2::{Digest as _, Sha256};

/// Links that lead to links further than this lead in a circle.
const LINKS: usize = 40;
/// No tool's configuration is near this size, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// Why a file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The disk refused.
    #[error("could not {doing} {}: {error}", path.display())]
    Disk {
        /// What was being done: `read`, `replace`, …
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// It is no longer what was planned on.
    #[error("{} changed in the meantime: look at the plan again", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A folder or device stands where a file is meant.
    #[error("{} is not a file", path.display())]
    NotAFile {
        /// What stands there.
        path: PathBuf,
    },
    /// Its owner may not write it.
    #[error("{} is write-protected: its owner or a configuration manager means it to stay as it is", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Replacing it would part it from its other names.
    #[error("{} has other names (hard links), which a replaced file would no longer share", path.display())]
    OtherNames {
        /// The file.
        path: PathBuf,
    },
    /// Links lead in a circle.
    #[error("the links of {} lead in a circle", path.display())]
    Circle {
        /// The first link.
        path: PathBuf,
    },
    /// Larger than any configuration.
    #[error("{} is too large to be a configuration", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Another Switchyard writes and does not come to an end.
    #[error("another Switchyard is writing configurations (it holds {})", path.display())]
    Busy {
        /// The lock.
        path: PathBuf,
    },
}

impl FileError {
    pub(crate) fn disk(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Disk { doing, path, error }
    }
}

/// The SHA-256 of a content, in hex.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ContentHash(String);

impl ContentHash {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let hex = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
        Self(digest.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).collect())
    }

    /// In hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.get(..12).unwrap_or(&self.0))
    }
}

/// Who may read a file that is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// The user alone (0600): secrets stand in it.
    Private,
    /// As files of the user usually are (0644).
    Usual,
}

/// A file as it was read: what a plan stands on.
#[derive(Clone)]
pub struct Seen {
    /// The name it was looked for by.
    pub path: PathBuf,
    /// The file itself, behind all links.
    pub target: PathBuf,
    /// Its content; `None` if it is not there.
    pub bytes: Option<Vec<u8>>,
    pub(crate) meta: Option<Meta>,
}

impl Seen {
    /// Reads a file with all that a later write must find unchanged or keep.
    pub fn at(disk: &dyn Disk, path: &Path) -> Result<Self, FileError> {
        let target = resolve(disk, path)?;
        let meta = disk.look(&target).map_err(FileError::disk("look at", &target))?;
        let bytes = match meta.map(|meta| meta.kind) {
            None => None,
            Some(FileKind::File) => {
                Some(disk.read(&target).map_err(FileError::disk("read", &target))?)
            }
            Some(FileKind::Folder | FileKind::Link | FileKind::Other) => {
                return Err(FileError::NotAFile { path: target });
            }
        };
        if bytes.as_ref().is_some_and(|bytes| bytes.len() > LARGEST) {
            return Err(FileError::TooLarge { path: target });
        }
        Ok(Self { path: path.to_owned(), target, bytes, meta })
    }

    /// The hash of its content; `None` if it is not there.
    pub fn hash(&self) -> Option<ContentHash> {
        self.bytes.as_deref().map(ContentHash::of)
    }

    /// Whether a fresh look shows the same file with the same content.
    pub(crate) fn is_still(&self, fresh: &Self) -> bool {
        self.target == fresh.target && self.bytes == fresh.bytes
    }
}

/// Never the content: secrets stand in it.
impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen")
            .field("path", &self.path)
            .field("target", &self.target)
            .field("hash", &self.hash())
            .finish_non_exhaustive()
    }
}

/// The file behind all links, whether it is there or not.
pub(crate) fn resolve(disk: &dyn Disk, path: &Path) -> Result<PathBuf, FileError> {
    let mut at = path.to_owned();
    for _ in 0..LINKS {
        let meta = disk.look(&at).map_err(FileError::disk("look at", &at))?;
        if meta.map(|meta| meta.kind) != Some(FileKind::Link) {
            return Ok(at);
        }
        let to = disk.read_link(&at).map_err(FileError::disk("follow", &at))?;
        at = match at.parent() {
            Some(folder) => folder.join(to),
            None => to,
        };
    }
    Err(FileError::Circle { path: path.to_owned() })
}
