//! How large the bundle is, and how large it may be.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::packing::{is_packed, packed};

/// What a browser may have to download at its first visit, in bytes, compressed, fonts apart: all that a page in
/// English loads, and the words of one more language, the longest.
const BUDGET: u64 = 900 * 1000;

/// Names the file in which a run of the checks gathers what was measured.
const FIGURES: &str = "SWITCHYARD_FIGURES";

/// Prints the sizes of a packed bundle's larger parts; one over the budget is an error.
pub(crate) fn hold(dist: &Path) -> Result<()> {
    let mut total = Size::default();
    for name in ["app_bg.wasm", "app.js", "boot.js", "index.html", "style"] {
        let size = size_of(&dist.join(name))?;
        println!("{name:>12} {:>10} bytes, {:>8} gzipped", size.plain, size.gzipped);
        total.plain += size.plain;
        total.gzipped += size.gzipped;
    }
    let words = longest(&dist.join("locales"))?;
    println!("{:>12} {:>10} bytes, {:>8} gzipped", "a language", words.plain, words.gzipped);
    total.plain += words.plain;
    total.gzipped += words.gzipped;
    println!("{:>12} {:>10} bytes, {:>8} gzipped", "together", total.plain, total.gzipped);
    gather(&format!("the dashboard's bundle: {} of {BUDGET} bytes gzipped", total.gzipped))?;
    ensure!(
        total.gzipped <= BUDGET,
        "the dashboard is {} bytes gzipped, over its budget of {BUDGET}: find what made it grow",
        total.gzipped
    );
    Ok(())
}

fn gather(figure: &str) -> Result<()> {
    let Some(path) = env::var_os(FIGURES) else { return Ok(()) };
    let file = OpenOptions::new().create(true).append(true).open(&path);
    file.and_then(|mut file| writeln!(file, "{figure}"))
        .with_context(|| format!("writing {}", path.display()))
}

#[derive(Default)]
struct Size {
    plain: u64,
    gzipped: u64,
}

/// The words of the language that takes most.
fn longest(folder: &Path) -> Result<Size> {
    let mut longest = Size::default();
    for entry in fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))? {
        let path = entry?.path();
        if is_packed(&path) {
            continue;
        }
        let size = size_of(&path)?;
        if size.gzipped > longest.gzipped {
            longest = size;
        }
    }
    Ok(longest)
}

fn size_of(path: &Path) -> Result<Size> {
    let mut size = Size::default();
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("listing {}", path.display()))? {
            let path = entry?.path();
            if !is_packed(&path) {
                let inner = size_of(&path)?;
                size.plain += inner.plain;
                size.gzipped += inner.gzipped;
            }
        }
        return Ok(size);
    }
    let length = |path: &Path| {
        fs::metadata(path)
            .map(|file| file.len())
            .with_context(|| format!("measuring {}", path.display()))
    };
    Ok(Size { plain: length(path)?, gzipped: length(&packed(path))? })
}
