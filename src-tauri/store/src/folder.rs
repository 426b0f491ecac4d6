use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use switchyard_types::{Millis, Secret};

use crate::durable::{self, owner_only};
use crate::error::while_touching;
use crate::{Keychain, StoreError};

/// Where a store lies.
#[derive(Clone, Debug)]
pub struct Place {
    /// The data folder; made when it is not there.
    pub dir: PathBuf,
    /// The key that seals secrets, when the environment gives one: 32 bytes in base64. Otherwise a
    /// file in the folder holds it.
    pub data_key: Option<Secret>,
    /// Where a new data key goes, and where one that was put there is looked for; `None` keeps the
    /// system's keychain out of it, as on a server.
    pub keychain: Option<Arc<dyn Keychain>>,
}

impl Place {
    /// A folder without a word about keys: a file in it holds the data key.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), data_key: None, keychain: None }
    }

    pub(crate) fn saved(&self) -> PathBuf {
        self.dir.join("configuration.json")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.dir.join("switchyard.db")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.dir.join("data.key")
    }

    pub(crate) fn bodies(&self) -> PathBuf {
        self.dir.join("bodies")
    }

    pub(crate) fn backups(&self) -> PathBuf {
        self.dir.join("backups")
    }
}

/// Makes a folder that only the user can enter; one that is there keeps its mode.
pub(crate) fn make(dir: &Path) -> Result<(), StoreError> {
    if dir.is_dir() {
        return Ok(());
    }
    durable::make_private_dir(dir).map_err(while_touching("making the folder", dir))
}

/// The claim of one process on a data folder; it ends with the value, or with the process.
#[derive(Debug)]
pub(crate) struct Claim(File);

impl Claim {
    pub(crate) fn take(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join("switchyard.lock");
        let mut file = owner_only(OpenOptions::new().read(true).write(true).create(true))
            .open(&path)
            .map_err(while_touching("opening", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse { dir: dir.to_owned(), pid: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => {
                return Err(while_touching("locking", &path)(error));
            }
        }
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        write(&mut file).map_err(while_touching("writing", &path))?;
        Ok(Self(file))
    }

    /// Ends the claim while the value lives on.
    pub(crate) fn release(&self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the lock of the data folder stays until this process ends");
        }
    }
}

/// The process that wrote the lock file. Some systems let nobody else read a locked file.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// Takes others' rights off a file that was once wider, by a copy or an old umask.
pub(crate) fn tighten(path: &Path) -> Result<(), StoreError> {
    durable::make_private(path).map_err(while_touching("restricting", path))
}

/// When a file was last written, where the disk says so.
pub(crate) fn written_at(path: &Path) -> Option<Millis> {
    let modified = fs::metadata(path).ok()?.modified().ok()?;
    Millis::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// Whether the disk takes what is written: a failure of the database does not always say so.
pub(crate) fn probe(dir: &Path) -> Result<(), StoreError> {
    let path = dir.join("switchyard.probe");
    let write = || {
        let mut file = durable::create_private(&path)?;
        file.write_all(&vec![0; PROBED])?;
        file.sync_all()
    };
    let written = write().map_err(while_touching("writing", &path));
    let removed = remove_if_there(&path);
    written.and(removed)
}

/// As much as the database's shared memory file needs before anything can be read.
const PROBED: usize = 64 * 1024;

/// Removes a file that may not be there.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(while_touching("removing", path)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
