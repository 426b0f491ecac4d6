//! The tool's own check of its files, where it has a command that does nothing else.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use switchyard_toolkit::Places;
use switchyard_types::ToolDryRun;
use tokio::process::Command;

use crate::environment::is_ours;

/// Slow ones load for ten seconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// The end of what it said that is shown, in characters.
const SHOWN: usize = 2000;

/// Runs it, in the user's home and environment. The program was found on the `PATH`, and the
/// arguments are fixed for each tool.
pub(super) async fn run(program: &Path, arguments: &[&str], places: &Places) -> ToolDryRun {
    let name = program.file_stem().unwrap_or_default().to_string_lossy();
    let command = [&[name.as_ref()], arguments].concat().join(" ");
    let mut child = Command::new(program);
    // Ours is nobody else's: the environment may hold the data key.
    let theirs = places.env.iter().filter(|(name, _)| !is_ours(name));
    child.args(arguments).current_dir(&places.home).env_clear().envs(theirs);
    child.stdin(Stdio::null()).kill_on_drop(true);
    let (ok, output) = match tokio::time::timeout(PATIENCE, child.output()).await {
        Ok(Ok(ended)) => {
            let told = [ended.stdout, ended.stderr].concat();
            (Some(ended.status.success()), String::from_utf8_lossy(&told).into_owned())
        }
        Ok(Err(error)) => (None, format!("it could not be started: {error}")),
        Err(_) => (None, format!("it did not end within {} seconds", PATIENCE.as_secs())),
    };
    let output = switchyard_toolkit::scrub(output.trim());
    let skip = output.chars().count().saturating_sub(SHOWN);
    ToolDryRun { command, ok, output: output.chars().skip(skip).collect() }
}
