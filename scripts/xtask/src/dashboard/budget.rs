//! How large the bundle is, and how large it may be.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Quality;

/// What a browser may have to download at its first visit, in bytes, compressed, fonts apart.
const BUDGET: u64 = 900 * 1000;

/// Prints the sizes of the bundle's larger parts; a release bundle over the budget is an error.
pub(crate) fn report(dist: &Path, quality: Quality) -> Result<()> {
    let mut total = Size::default();
    for name in ["app_bg.wasm", "app.js", "boot.js", "index.html", "style"] {
        let size = size_of(&dist.join(name))?;
        println!("{name:>12} {:>10} bytes, {:>8} gzipped", size.plain, size.gzipped);
        total.plain += size.plain;
        total.gzipped += size.gzipped;
    }
    println!("{:>12} {:>10} bytes, {:>8} gzipped", "together", total.plain, total.gzipped);
    ensure!(
        quality == Quality::Quick || total.gzipped <= BUDGET,
        "the dashboard is {} bytes gzipped, over its budget of {BUDGET}: find what made it grow",
        total.gzipped
    );
    Ok(())
}

#[derive(Default)]
struct Size {
    plain: u64,
    gzipped: u64,
}

fn size_of(path: &Path) -> Result<Size> {
    let mut size = Size::default();
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("listing {}", path.display()))? {
            let inner = size_of(&entry?.path())?;
            size.plain += inner.plain;
            size.gzipped += inner.gzipped;
        }
        return Ok(size);
    }
    let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let mut encoder = GzEncoder::new(Counter(0), Compression::default());
    encoder.write_all(&bytes)?;
    Ok(Size { plain: bytes.len() as u64, gzipped: encoder.finish()?.0 })
}

/// A sink that only counts.
struct Counter(u64);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
