//! Which compiler can make WebAssembly here: rustup's, or the one that `scripts/setup-wasm` made
//! from Debian's packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The target that browsers run.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler that can build for [`TARGET`].
pub(crate) enum Toolchain {
    /// The one in use has the target.
    Current,
    /// Another compiler, with the linker that it is to use.
    Separate {
        /// The compiler.
        compiler: PathBuf,
        /// The linker.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// Finds it, or says which script provides it.
    pub(crate) fn find() -> Result<Self> {
        if current_has_target()? {
            return Ok(Self::Current);
        }
        let separate = cache_dir()?.join("wasm");
        if separate.join("version").exists() {
            let (compiler, linker) = (separate.join("rustc"), separate.join("rust-lld"));
            return Ok(Self::Separate { compiler, linker });
        }
        bail!("no compiler for {TARGET} here: run scripts/setup-wasm once");
    }

    /// Makes cargo use it.
    pub(crate) fn apply(&self, cargo: &mut Command) {
        match self {
            Self::Current => {}
            Self::Separate { compiler, linker } => {
                cargo
                    .env("RUSTC", compiler)
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            }
        }
    }
}

fn current_has_target() -> Result<bool> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .context("asking rustc for its libraries")?;
    let folder = String::from_utf8(output.stdout).context("reading rustc's answer")?;
    Ok(output.status.success() && Path::new(folder.trim()).is_dir())
}

/// The same folder as in `scripts/lib/base.sh`.
fn cache_dir() -> Result<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(cache) = variable("SWITCHYARD_CACHE") {
        return Ok(cache.into());
    }
    let caches = variable("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")))
        .context("neither SWITCHYARD_CACHE nor HOME is set, so there is no cache folder")?;
    Ok(caches.join("switchyard"))
}
