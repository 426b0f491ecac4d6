use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use super::FileError;

const PAUSE: Duration = Duration::from_millis(20);
/// Ten seconds: an apply takes milliseconds.
const TRIES: u32 = 500;

/// Held while files are read, checked and replaced, so that two writers at once lose nothing. The
/// system lets go of it when its holder ends, however that happens.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    pub(crate) fn take(path: &Path) -> Result<Self, FileError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(FileError::disk("lock", path))?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => {
                    return Err(FileError::Disk { doing: "lock", path: path.to_owned(), error });
                }
            }
        }
        Err(FileError::Busy { path: path.to_owned() })
    }
}
