//! What stands beside the compiled program: the page, its start script, styles, the sign, fonts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Files and folders of `ui/` that are served as they are.
const PLAIN: [&str; 3] = ["index.html", "boot.js", "style"];
/// The same sign as in the tray.
const SIGN: &str = "icons/switchyard.svg";
/// Packages whose fonts the styles name.
const FONT_PACKAGES: &str = "ui/node_modules/@fontsource-variable";
/// The subsets that we ship: each is loaded by a browser only when a page needs its letters.
const FONT_SUBSETS: [&str; 2] = ["-latin-wght-normal.woff2", "-latin-ext-wght-normal.woff2"];

/// A file to be served, and its place in the bundle.
#[derive(Hash)]
pub(crate) struct Asset {
    pub(crate) source: PathBuf,
    pub(crate) place: PathBuf,
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

/// Every file that the bundle takes as it is, in a stable order.
pub(crate) fn sources(root: &Path) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for name in PLAIN {
        let source = root.join("ui").join(name);
        if source.is_dir() {
            add_folder(&source, Path::new(name), &mut assets)?;
        } else if source.is_file() {
            assets.push(Asset { source, place: name.into() });
        } else {
            bail!("{} is missing", source.display());
        }
    }
    let sign = root.join(SIGN);
    if sign.is_file() {
        assets.push(Asset { source: sign, place: "icon.svg".into() });
    }
    add_fonts(&root.join(FONT_PACKAGES), &mut assets)?;
    Ok(assets)
}

/// Copies them into the new bundle.
pub(crate) fn lay_out(assets: &[Asset], dist: &Path) -> Result<()> {
    for asset in assets {
        let place = dist.join(&asset.place);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        }
        fs::copy(&asset.source, &place).with_context(|| {
            format!("copying {} to {}", asset.source.display(), place.display())
        })?;
    }
    Ok(())
}

fn add_folder(folder: &Path, place: &Path, assets: &mut Vec<Asset>) -> Result<()> {
    for source in entries(folder)? {
        let Some(name) = source.file_name() else { continue };
        let place = place.join(name);
        if source.is_dir() {
            add_folder(&source, &place, assets)?;
        } else {
            assets.push(Asset { source, place });
        }
    }
    Ok(())
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
                assets.push(Asset { source, place: Path::new("fonts").join(name) });
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
