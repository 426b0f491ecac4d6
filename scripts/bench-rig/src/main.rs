//! The measuring rig behind `scripts/bench`.
//!
//! Three programs run beside it, each a process of its own: the simulator as the vendor, a raw
//! HTTP hop ([`hop`]) as the least that any proxy costs, and Switchyard. The rig is the client. What
//! is compared is always the difference to asking the simulator directly, measured in turns with it.

mod ask;
mod child;
mod crush;
mod flood;
mod hop;
mod judge;
mod line;
mod machine;
mod numbers;
mod plan;
mod report;
mod rounds;
mod stage;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::plan::Plan;

/// Measures what Switchyard adds to a request.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start all programs, measure them in turns, and print the table
    Run(Run),
    /// Measure only the memory of very many long conversations at once, and after them
    Crush(Programs),
    /// Show a server wrong keys, and measure what that costs those who ask with a good one
    Flood {
        /// The server
        #[arg(long)]
        at: SocketAddr,
        /// A good key
        #[arg(long)]
        key: String,
        /// How many wrong ones a second
        #[arg(long, default_value_t = 10_000)]
        rate: u32,
    },
    /// Be the raw hop: pass everything to one address and back
    Hop {
        /// Where everything goes
        #[arg(long)]
        to: SocketAddr,
    },
}

/// What is measured, and what stands for the vendor.
#[derive(Debug, Args)]
struct Programs {
    /// The `switchyard` program, a release build
    #[arg(long)]
    switchyard: PathBuf,
    /// The `switchyard-simulator` program, a release build
    #[arg(long)]
    simulator: PathBuf,
}

/// What a run needs.
#[derive(Debug, Args)]
struct Run {
    #[command(flatten)]
    programs: Programs,
    /// Where the figures go
    #[arg(long)]
    json: PathBuf,
    /// Shorter windows: under a minute, and less sure
    #[arg(long)]
    quick: bool,
}

/// No run lasts longer, whatever hangs.
const LONGEST: Duration = Duration::from_mins(5);

fn main() -> ExitCode {
    match start(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments) -> anyhow::Result<()> {
    // One thread asks where one connection is measured: a second would add its own wake-ups.
    let single = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let many =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match arguments.command {
        Command::Hop { to } => many.block_on(hop::serve(to)),
        Command::Run(run) => single.block_on(bounded(measure(run, many.handle()))),
        Command::Flood { at, key, rate } => single.block_on(bounded(flood::measure(at, key, rate))),
        Command::Crush(programs) => single.block_on(bounded(only_crush(programs, many.handle()))),
    }
}

/// Runs until the end, the time limit or a signal; the other programs end with it in every case.
async fn bounded(run: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        done = run => done,
        () = tokio::time::sleep(LONGEST) => anyhow::bail!("not done after {LONGEST:?}; given up"),
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        _ = terminate.recv() => anyhow::bail!("terminated"),
    }
}

async fn measure(run: Run, many: &tokio::runtime::Handle) -> anyhow::Result<()> {
    let plan = if run.quick { Plan::quick() } else { Plan::full() };
    let machine = machine::Machine::look();
    let mut stage = stage::Stage::set(&run.programs.switchyard, &run.programs.simulator).await?;
    report::say("Everything runs; Switchyard rests for ten seconds before its memory is read.");
    let idle = stage.rest().await?;
    let figures = rounds::measure(&plan, &stage, many).await?;
    let after = stage.settle().await?;
    report::say("Now very many at once.");
    let crush = crush::crush(&mut stage, many).await?;
    let report = report::Report::new(machine, plan, figures, idle, after, crush);
    report::say(&report.table());
    let text = serde_json::to_vec_pretty(&report.json())?;
    std::fs::write(&run.json, text)
        .with_context(|| format!("writing the figures to {}", run.json.display()))?;
    report::say(&format!("Figures: {}", run.json.display()));
    Ok(())
}

async fn only_crush(programs: Programs, many: &tokio::runtime::Handle) -> anyhow::Result<()> {
    let mut stage = stage::Stage::set(&programs.switchyard, &programs.simulator).await?;
    let crush = crush::crush(&mut stage, many).await?;
    report::say(&report::told(&crush));
    Ok(())
}
