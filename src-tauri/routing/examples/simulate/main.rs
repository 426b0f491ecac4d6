//! Thirty days of four agents, decided by routing's core and by naive fallback.
//!
//! `scripts/simulate` runs it and writes `SIMULATION.md` and its plot; `tests/simulation.rs` holds what it
//! shows.

mod agents;
mod chance;
mod policy;
mod report;
mod world;

use std::error::Error;
use std::path::PathBuf;

use policy::{Policy, Result as Outcome};

/// Seeds, and how much the subscriptions hold, in percent of what just suffices.
const WORLDS: [(u64, u64); 3] = [(1, 80), (1, 100), (2, 100)];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("name the folder to write SIMULATION.md and simulation.svg to")?;
    let worlds = WORLDS.map(|(seed, percent)| {
        let name =
            format!("Seed {seed}, subscriptions that hold {percent} % of what just suffices");
        (name, simulated(seed, percent))
    });
    std::fs::write(folder.join("SIMULATION.md"), report::page(&worlds))?;
    if let Some((_, first)) = worlds.first() {
        std::fs::write(folder.join("simulation.svg"), report::plot(first))?;
    }
    Ok(())
}

fn simulated(seed: u64, percent: u64) -> Vec<(Policy, Outcome)> {
    let requests = agents::requests(seed);
    let run = |policy| (policy, policy::run(policy, world::accounts(seed, percent), &requests));
    [Policy::Naive, Policy::Listed, Policy::UsesUp].into_iter().map(run).collect()
}
