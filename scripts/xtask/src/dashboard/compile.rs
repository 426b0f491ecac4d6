//! Compiling the package `switchyard-ui` for the browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Quality;
use super::toolchain::{TARGET, Toolchain};

const PACKAGE: &str = "switchyard-ui";

/// Where the dashboard is compiled: apart from everything else, since another compiler may be at
/// work here and cargo would otherwise wait for it.
pub(crate) fn target_dir(root: &Path) -> PathBuf {
    let base = std::env::var_os("CARGO_TARGET_DIR")
        .filter(|folder| !folder.is_empty())
        .map_or_else(|| root.join("target"), |folder| root.join(folder));
    base.join("dashboard")
}

/// The crates that must also build for WebAssembly, because they will run at the edge.
const PURE: [&str; 5] = [
    "switchyard-types",
    "switchyard-locale",
    "switchyard-dialect",
    "switchyard-routing",
    "switchyard-catalog",
];

/// Checks that the pure crates compile where there is no operating system.
pub(crate) fn check_pure(root: &Path) -> Result<()> {
    let mut cargo = cargo(root, &target_dir(root))?;
    cargo.args(["check", "--target", TARGET]);
    for name in PURE {
        cargo.args(["--package", name]);
    }
    let status = cargo.status().context("starting cargo")?;
    ensure!(status.success(), "a pure crate did not compile for {TARGET}");
    Ok(())
}

/// The compiled program, not yet bound to JavaScript.
pub(crate) fn program(root: &Path, target_dir: &Path, quality: Quality) -> Result<Vec<u8>> {
    let (profile, folder) = match quality {
        Quality::Quick => ("dev", "debug"),
        Quality::Release => ("wasm-release", "wasm-release"),
    };
    let mut cargo = cargo(root, target_dir)?;
    cargo.args(["build", "--package", PACKAGE, "--target", TARGET, "--profile", profile]);
    let status = cargo.status().context("starting cargo")?;
    ensure!(status.success(), "the dashboard did not compile");

    let path = target_dir.join(TARGET).join(folder).join(format!("{PACKAGE}.wasm"));
    fs::read(&path).with_context(|| format!("reading {}", path.display()))
}

/// Views of any shape are one type to Leptos: a sixth less to download than a type for each.
const FLAGS: (&str, &str) =
    ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "--cfg erase_components");

/// Cargo with the compiler that knows the target.
fn cargo(root: &Path, target_dir: &Path) -> Result<Command> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(program);
    cargo.current_dir(root).env("CARGO_TARGET_DIR", target_dir).env(FLAGS.0, FLAGS.1);
    Toolchain::find()?.apply(&mut cargo);
    Ok(cargo)
}
