//! `replay`: decides a recording of routing again, and says what comes out otherwise.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use switchyard_engine::{Decision, Difference, Recording};

use crate::routing::print;
use crate::words::{moment, say};

/// How many differences are told in words: the first ones cause the others.
const TOLD: usize = 20;

/// What `switchyard replay` is told.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// What a server wrote that was started with `SWITCHYARD_RECORD_ROUTING=FILE`
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Replayed {
    happenings: usize,
    plans: usize,
    differences: Vec<Difference>,
}

/// Replays a recording; whether all of it was decided the same.
pub(crate) fn replay(asked: &Replay) -> anyhow::Result<bool> {
    let file = asked.file.display();
    let text = std::fs::read_to_string(&asked.file).with_context(|| format!("reading {file}"))?;
    let (recording, decided) = Recording::read(&text)
        .with_context(|| format!("{file} was not written by SWITCHYARD_RECORD_ROUTING"))?;
    let replayed = Replayed {
        happenings: decided.len(),
        plans: decided.iter().filter(|decision| decision.plan.is_some()).count(),
        differences: recording.differences(&decided),
    };
    let same = replayed.differences.is_empty();
    if asked.json {
        print(&replayed)?;
        return Ok(same);
    }
    let Replayed { happenings, plans, differences } = &replayed;
    if let [first, .., last] = &recording.happenings[..] {
        say(&format!("Recorded from {} to {}.", moment(first.at), moment(last.at)));
    }
    if same {
        say(&format!("All {happenings} decisions, {plans} plans among them, come out the same."));
        return Ok(true);
    }
    say(&format!("{} of {happenings} decisions come out otherwise:", differences.len()));
    for difference in differences.iter().take(TOLD) {
        tell(difference)?;
    }
    if differences.len() > TOLD {
        say(&format!("… and {} more; `--json` lists all", differences.len() - TOLD));
    }
    Ok(false)
}

fn tell(difference: &Difference) -> anyhow::Result<()> {
    let Difference { line, timed, then, now } = difference;
    let happening = serde_json::to_string(&timed.happening)?;
    say(&format!("line {line}, {}: {}", moment(timed.at), cut(&happening)));
    for (when, decided) in [("then", then), ("now ", now)] {
        say(&format!("  {when}: {}", in_short(decided)?));
    }
    Ok(())
}

/// A decision in one line: a plan by whom it would ask, the rest as it was written down.
fn in_short(decided: &Decision) -> anyhow::Result<String> {
    if let Some(plan) = &decided.plan {
        let candidates = plan.candidates.iter();
        let named: Vec<String> = candidates
            .map(|it| format!("{}/{} ({})", it.vendor, it.model, it.account_name))
            .collect();
        let skipped = plan.skipped.len() + plan.unlisted;
        return Ok(cut(&format!("asks {}; passes over {skipped}", named.join(", "))));
    }
    Ok(cut(&serde_json::to_string(decided)?))
}

fn cut(text: &str) -> String {
    const LONGEST: usize = 400;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
