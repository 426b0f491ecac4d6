//! How the command line finds a running server and proves that it is the same user: a file in the
//! data folder that only that user can read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use switchyard_types::Secret;

const NAME: &str = "server.json";

/// The file, for as long as the server runs.
#[derive(Debug)]
pub struct ControlFile {
    path: PathBuf,
    address: SocketAddr,
    token: Secret,
}

/// Why the file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// It could not be written.
    #[error("writing {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// There is none: no server runs on this folder.
    #[error("no server runs on {dir}; start one with `switchyard serve`")]
    NotRunning {
        /// The data folder.
        dir: PathBuf,
    },
    /// It could not be read or understood.
    #[error("reading {path}: {reason}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Content {
    address: SocketAddr,
    token: String,
}

impl ControlFile {
    pub(crate) fn write(
        dir: &Path,
        address: SocketAddr,
        token: &Secret,
    ) -> Result<Self, ControlError> {
        let path = dir.join(NAME);
        let failed = |source| ControlError::Write { path: path.clone(), source };
        let content = Content { address, token: token.expose().to_owned() };
        let text = serde_json::to_vec(&content).map_err(|error| failed(error.into()))?;
        // A file left by a server that was killed may have any mode: begin afresh.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            Ok(()) | Err(_) => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(failed)?;
        file.write_all(&text).map_err(failed)?;
        Ok(Self { path, address, token: token.clone() })
    }

    /// Reads where the server of this data folder listens, and its token.
    pub fn read(dir: &Path) -> Result<(SocketAddr, Secret), ControlError> {
        let path = dir.join(NAME);
        let text = fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ControlError::NotRunning { dir: dir.to_owned() },
            _ => ControlError::Read { path: path.clone(), reason: error.to_string() },
        })?;
        let content: Content = serde_json::from_slice(&text)
            .map_err(|error| ControlError::Read { path, reason: error.to_string() })?;
        Ok((content.address, Secret::new(content.token)))
    }
}

impl Drop for ControlFile {
    fn drop(&mut self) {
        // Another server may have taken the folder over; its file is not ours to remove.
        let dir = self.path.parent().unwrap_or(Path::new("."));
        let ours = Self::read(dir)
            .is_ok_and(|(address, token)| address == self.address && token == self.token);
        if ours {
            let _ = fs::remove_file(&self.path);
        }
    }
}
