//! A program under measurement: started, read, and ended with the rig.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a program may take to say where it listens.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running program; killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    pid: u32,
}

impl Running {
    /// Starts a program and waits for the first line of its output that `wanted` finds something in.
    pub(crate) async fn start<T>(
        program: &Path,
        arguments: &[&str],
        wanted: impl Fn(&str) -> Option<T>,
    ) -> anyhow::Result<(Self, T)> {
        let name = program.display();
        let mut child = Command::new(program)
            .args(arguments)
            // The user's own settings are not for this run, nor a proxy of theirs for loopback.
            .env_clear()
            // One key asks for everything here.
            .env("SWITCHYARD_CALLS_PER_SECOND", "0")
            // The hop ends when this end of the pipe closes, should the rig be killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        let pid = child.id().with_context(|| format!("{name} ended at once"))?;
        let output = child.stdout.take().with_context(|| format!("{name} has no output"))?;
        let mut lines = BufReader::new(output).lines();
        let found = tokio::time::timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await? {
                if let Some(found) = wanted(&line) {
                    return Ok(found);
                }
            }
            bail!("{name} ended before it listened")
        });
        let found =
            found.await.with_context(|| format!("{name} does not say where it listens"))??;
        // What more it prints must go somewhere, or it would block.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok((Self { child, pid }, found))
    }

    /// Kilobytes of resident memory: now, and at their most.
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let path = format!("/proc/{}/status", self.pid);
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().trim_end_matches("kB").trim_end().parse().ok()
        };
        let (now, most) = (field("VmRSS:"), field("VmHWM:"));
        Ok(Memory { now: now.context("no VmRSS")?, most: most.context("no VmHWM")? })
    }

    /// Lets the most that it held count from now (proc(5), `clear_refs`).
    pub(crate) fn forget_most(&self) -> anyhow::Result<()> {
        let path = format!("/proc/{}/clear_refs", self.pid);
        std::fs::write(&path, "5").with_context(|| format!("writing {path}"))
    }

    /// Processor time that it has used, in hundredths of a second.
    pub(crate) fn ticks(&self) -> anyhow::Result<u64> {
        let path = format!("/proc/{}/stat", self.pid);
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
        // The name stands in brackets and may hold anything; the numbers follow it.
        let numbers = text.rsplit_once(") ").map_or("", |(_, numbers)| numbers);
        let mut times = numbers.split(' ').skip(11).map(str::parse::<u64>);
        match (times.next(), times.next()) {
            (Some(Ok(user)), Some(Ok(system))) => Ok(user + system),
            _ => bail!("{path} is not as expected"),
        }
    }

    /// An error if it has ended, which no program under measurement may.
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("process {} ended while it was measured: {status}", self.pid),
        }
    }
}

impl Drop for Running {
    /// Kills it and waits a moment for its end, so that nothing is left behind.
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ended = self.child.start_kill();
        for _ in 0..100 {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
    }
}

/// Resident memory, in kilobytes.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(crate) struct Memory {
    /// Now.
    pub(crate) now: u32,
    /// At its most, since the start.
    pub(crate) most: u32,
}
