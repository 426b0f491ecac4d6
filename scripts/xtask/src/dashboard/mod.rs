//! The dashboard's bundle: `ui` compiled to WebAssembly, bound to JavaScript, and laid into
//! `ui/dist` beside its page, styles and fonts.

mod assets;
mod budget;
mod compile;
mod order;
mod packing;
mod sheet;
mod stamp;
mod toolchain;

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

pub(crate) use compile::check_pure;
use stamp::Stamp;

/// How much work goes into the bundle.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Quality {
    /// Compiles fast; large, with names for backtraces.
    Quick,
    /// Optimised for size, packed, and held to the budget.
    Release,
}

/// Builds `ui/dist`. When the compiled code and the files beside it are as they were, nothing is
/// written.
pub(crate) fn build(root: &Path, quality: Quality) -> Result<()> {
    let target = compile::target_dir(root);
    fs::create_dir_all(&target).with_context(|| format!("creating {}", target.display()))?;
    // Two checkouts may share the target folder: what was compiled is read before another
    // checkout's build can replace it.
    let lock = File::create(target.join(".dashboard-lock")).context("creating the build lock")?;
    lock.lock().context("waiting for another build of the dashboard")?;
    assets::install_packages(root);
    let assets = assets::sources(root)?;
    let program = compile::program(root, &target, quality)?;
    drop(lock);

    let dist = root.join("ui/dist");
    let stamp = Stamp::of(quality, &program, &assets);
    let place = Stamp::place(&target, root);
    if is_whole(&dist, &assets) && stamp.is_at(&place) {
        println!("The dashboard in {} is up to date.", dist.display());
        return Ok(());
    }

    // Laid out aside and moved into place whole: a gateway that serves the folder meanwhile never
    // finds half a bundle.
    let fresh = root.join("ui/dist.new");
    remove_folder(&fresh)?;
    assets::lay_out(&assets, &fresh)?;
    bind(&program, &fresh, quality)?;
    // `wasm-opt` is left out on purpose: it saves less than one percent of what the compiler's own
    // size level leaves, and the version that Debian 12 carries breaks the module.
    if quality == Quality::Release {
        arrange(&fresh.join("app_bg.wasm"))?;
        packing::pack(&fresh)?;
        budget::hold(&fresh)?;
    }
    remove_folder(&dist)?;
    fs::rename(&fresh, &dist).with_context(|| format!("moving {} into place", fresh.display()))?;
    stamp.write(&place)
}

fn is_whole(dist: &Path, assets: &[assets::Asset]) -> bool {
    let bound = ["app.js", "app_bg.wasm"].map(Path::new);
    let plain = assets.iter().map(|asset| asset.place.as_path());
    bound.into_iter().chain(plain).all(|place| dist.join(place).is_file())
}

/// Writes `app.js` and `app_bg.wasm`.
fn bind(program: &[u8], dist: &Path, quality: Quality) -> Result<()> {
    Bindgen::new()
        .input_bytes("app", program.to_owned())
        .web(true)?
        .omit_default_module_path(false)
        .typescript(false)
        .keep_debug(false)
        .remove_name_section(quality == Quality::Release)
        .remove_producers_section(quality == Quality::Release)
        .generate(dist)
        .context("binding the dashboard's WebAssembly to JavaScript")
}

/// Has the program's functions stand as they pack tightest.
fn arrange(path: &Path) -> Result<()> {
    let program = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    fs::write(path, order::arrange(&program)?)
        .with_context(|| format!("writing {}", path.display()))
}

fn remove_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}
