//! What stands beside the compiled program: the page, its start script, its style sheet, the words of other languages,
//! the sign, fonts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::sheet;

/// The words of other languages, by the English texts, in `ui/`.
const LOCALES: &str = "ui/locales";
/// The same sign as in the tray.
const SIGN: &str = "icons/switchyard.svg";
/// Packages whose fonts the styles name.
const FONT_PACKAGES: &str = "ui/node_modules/@fontsource-variable";
/// The subsets that we ship: each is loaded by a browser only when a page needs its letters.
const FONT_SUBSETS: [&str; 3] =
    ["-latin-wght-normal.woff2", "-latin-ext-wght-normal.woff2", "-vietnamese-wght-normal.woff2"];

/// A file to be served: its place in the bundle, and what stands in it.
#[derive(Hash)]
pub(crate) struct Asset {
    pub(crate) place: PathBuf,
    bytes: Vec<u8>,
}

impl Asset {
    fn new(place: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { place: place.into(), bytes: bytes.into() }
    }

    /// A file that is served as it is.
    fn copy(place: impl Into<PathBuf>, source: &Path) -> Result<Self> {
        let bytes = fs::read(source).with_context(|| format!("reading {}", source.display()))?;
        Ok(Self::new(place, bytes))
    }
}

/// Fetches what `ui/package.json` names, unless it is there already. The dashboard works without
/// (in the system's fonts), so a registry that cannot be reached is a warning.
pub(crate) fn install_packages(root: &Path) {
    let ui = root.join("ui");
    let modified = |path: &str| fs::metadata(ui.join(path)).and_then(|file| file.modified()).ok();
    let Some(wanted) = modified("package-lock.json") else { return };
    if modified("node_modules/.package-lock.json").is_some_and(|have| have >= wanted) {
        return;
    }
    let outcome = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
        .arg(&ui)
        .status();
    let trouble = match outcome {
        Ok(status) if status.success() => return,
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    println!("warning: npm ci in {} failed ({trouble}): no fonts in the bundle.", ui.display());
}

/// Every file of the bundle but the program, in a stable order.
pub(crate) fn sources(root: &Path) -> Result<Vec<Asset>> {
    let ui = root.join("ui");
    let page = ui.join("index.html");
    let page = fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?;
    let (page, styles) = sheet::join(&page, &ui)?;
    let mut assets = vec![
        Asset::new("index.html", page),
        Asset::new(sheet::PLACE, styles),
        Asset::copy("boot.js", &ui.join("boot.js"))?,
        Asset::copy("icon.svg", &root.join(SIGN))?,
    ];
    for source in entries(&root.join(LOCALES))? {
        assets.push(words(&source)?);
    }
    add_fonts(&root.join(FONT_PACKAGES), &mut assets)?;
    Ok(assets)
}

/// Writes them into the new bundle.
pub(crate) fn lay_out(assets: &[Asset], dist: &Path) -> Result<()> {
    for asset in assets {
        let place = dist.join(&asset.place);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        }
        fs::write(&place, &asset.bytes).with_context(|| format!("writing {}", place.display()))?;
    }
    Ok(())
}

/// The words of a language, as a page loads them.
fn words(source: &Path) -> Result<Asset> {
    let text =
        fs::read_to_string(source).with_context(|| format!("reading {}", source.display()))?;
    let words: BTreeMap<String, String> =
        serde_json::from_str(&text).with_context(|| format!("reading {}", source.display()))?;
    let pairs = words.iter().map(|(english, said)| (english.as_str(), said.as_str()));
    let table = switchyard_locale::written(pairs).with_context(|| {
        format!("{}: two texts have one hash, or one is of several lines", source.display())
    })?;
    let name = source.file_stem().unwrap_or_default();
    Ok(Asset::new(Path::new("locales").join(name).with_extension("txt"), table))
}

fn add_fonts(packages: &Path, assets: &mut Vec<Asset>) -> Result<()> {
    if !packages.is_dir() {
        return Ok(());
    }
    for package in entries(packages)? {
        for source in entries(&package.join("files"))? {
            let Some(name) = source.file_name().map(|name| name.to_string_lossy().into_owned())
            else {
                continue;
            };
            if FONT_SUBSETS.iter().any(|subset| name.ends_with(subset)) {
                assets.push(Asset::copy(Path::new("fonts").join(name), &source)?);
            }
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = || -> std::io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
    };
    let mut paths = list().with_context(|| format!("listing {}", folder.display()))?;
    paths.sort();
    Ok(paths)
}
