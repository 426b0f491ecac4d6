//! Build steps that cargo alone cannot do: the dashboard's bundle, and the checks of the
//! repository's structure.
//!
//! `cargo run -p xtask -- dashboard` writes `ui/dist`; `… -- structure` checks the house rules on
//! files, `… -- fates` writes the page of the wire formats' fields. Which crate may use which is checked by this crate's tests, since that needs nothing but
//! `cargo metadata`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a build step talks to the person who ran it"
)]

mod dashboard;
mod fates;
mod sbom;
mod structure;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Build steps of Switchyard that cargo alone cannot do.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    step: Step,
}

#[derive(Subcommand)]
enum Step {
    /// Compile the dashboard to WebAssembly and lay its files into ui/dist
    Dashboard {
        /// Optimise for size, and refuse a bundle over the budget
        #[arg(long)]
        release: bool,
    },
    /// Check that the pure crates compile for WebAssembly
    Pure,
    /// Write the page of the wire formats' fields, src-tauri/dialect/FATES.md
    Fates,
    /// Write the list of all that is linked in
    Sbom {
        /// The file
        out: PathBuf,
    },
    /// Check file sizes, module names and the repository's top level
    Structure,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().step) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(step: &Step) -> anyhow::Result<()> {
    let root = repository_root();
    match step {
        Step::Dashboard { release } => {
            let quality =
                if *release { dashboard::Quality::Release } else { dashboard::Quality::Quick };
            dashboard::build(&root, quality)
        }
        Step::Pure => dashboard::check_pure(&root),
        Step::Fates => fates::write(&root),
        Step::Sbom { out } => sbom::write(&root, out),
        Step::Structure => structure::check(&root),
    }
}

/// The folder of the workspace's manifest, so that the steps work from any folder. Cargo says it when
/// it runs this; what was compiled in may be another checkout with the same target folder.
fn repository_root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.ancestors().nth(2).map_or_else(PathBuf::new, Path::to_owned)
}
