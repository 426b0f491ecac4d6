//! Whether the bundle in `ui/dist` was made from exactly what is there now.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Quality;
use super::assets::Asset;

/// A fingerprint of everything that goes into a bundle. It guards against stale files, not
/// against forgery, so the standard hasher will do.
#[derive(PartialEq, Eq)]
pub(crate) struct Stamp(String);

impl Stamp {
    /// Fingerprints the compiled program and the files beside it.
    pub(crate) fn of(quality: Quality, program: &[u8], assets: &[Asset]) -> Self {
        let mut hasher = DefaultHasher::new();
        (quality, program, assets).hash(&mut hasher);
        Self(format!("{:016x}", hasher.finish()))
    }

    /// Where a checkout's stamp is kept: beside what was compiled, so that it is never served.
    pub(crate) fn place(target_dir: &Path, root: &Path) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        root.hash(&mut hasher);
        target_dir.join(format!("bundle-{:016x}.stamp", hasher.finish()))
    }

    /// Whether the last bundle had this stamp.
    pub(crate) fn is_at(&self, place: &Path) -> bool {
        fs::read_to_string(place).is_ok_and(|last| last == self.0)
    }

    /// Remembers it.
    pub(crate) fn write(&self, place: &Path) -> Result<()> {
        fs::write(place, &self.0).with_context(|| format!("writing {}", place.display()))
    }
}
