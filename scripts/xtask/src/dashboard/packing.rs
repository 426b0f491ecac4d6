//! The bundle's files as a browser downloads them: packed once, at the build, as tightly as gzip
//! allows.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use zopfli::{Format, Options};

/// Kinds of files that shrink; fonts are packed by their own format.
const SHRINKING: [&str; 6] = ["wasm", "js", "css", "html", "svg", "txt"];

/// Writes `NAME.gz` beside each file below `folder` that shrinks.
pub(crate) fn pack(folder: &Path) -> Result<()> {
    let list = || fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>();
    for entry in list().with_context(|| format!("listing {}", folder.display()))? {
        let path = entry.path();
        if path.is_dir() {
            pack(&path)?;
        } else if path.extension().is_some_and(|end| SHRINKING.iter().any(|kind| end == *kind)) {
            pack_file(&path)?;
        }
    }
    Ok(())
}

/// What the name of a packed form ends with, after a dot.
const PACKED: &str = "gz";

/// Where a file's packed form stands.
pub(crate) fn packed(path: &Path) -> PathBuf {
    path.with_added_extension(PACKED)
}

/// Whether a file is another one's packed form.
pub(crate) fn is_packed(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == PACKED)
}

fn pack_file(path: &Path) -> Result<()> {
    let pack = || {
        let plain = fs::read(path)?;
        let mut packed_bytes = Vec::with_capacity(plain.len() / 2);
        zopfli::compress(Options::default(), Format::Gzip, plain.as_slice(), &mut packed_bytes)?;
        fs::write(packed(path), packed_bytes)
    };
    pack().with_context(|| format!("packing {}", path.display()))
}
