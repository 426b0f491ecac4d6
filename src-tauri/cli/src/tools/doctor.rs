use clap::Args;
use switchyard_engine::{Config, Repair};
use switchyard_types::Finding;

use super::reach::Reach;
use super::show::{self, Colour, painted};
use crate::words::{notice, say};

/// `switchyard doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Clear away what can be
    #[arg(long)]
    repair: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Whether all is well at the end.
pub(crate) async fn doctor(config: Config, asked: &Doctor) -> anyhow::Result<bool> {
    let sound = newest_backup(&config).await;
    let reach = Reach::find(config).await?;
    let done = if asked.repair { repair(&reach, asked).await } else { look(&reach, asked).await };
    reach.end().await;
    Ok(done? && sound)
}

/// Whether the newest backup can be restored; says so only where it cannot.
async fn newest_backup(config: &Config) -> bool {
    let repair = Repair::new(config);
    let Ok(backups) = repair.backups() else { return true };
    let Some(newest) = backups.first() else { return true };
    let Err(error) = repair.check_backup(&newest.name).await else { return true };
    notice(&format!("the newest backup, {}, is not sound: {error}", newest.name));
    notice("`switchyard backup make` makes another");
    false
}

async fn look(reach: &Reach, asked: &Doctor) -> anyhow::Result<bool> {
    let found = reach.doctor().await?;
    if asked.json {
        show::json(&found)?;
        return Ok(found.is_empty());
    }
    if found.is_empty() {
        say("All is well: nothing was left behind.");
    }
    found.iter().for_each(tell);
    if found.iter().any(|finding| finding.repair.is_some()) {
        say("`switchyard doctor --repair` clears it away.");
    }
    Ok(found.is_empty())
}

async fn repair(reach: &Reach, asked: &Doctor) -> anyhow::Result<bool> {
    let repaired = reach.repair().await?;
    let well = repaired.failed.is_empty() && repaired.left.is_empty();
    if asked.json {
        show::json(&repaired)?;
        return Ok(well);
    }
    if repaired.done.is_empty() && well {
        say("All is well: nothing was left behind.");
    }
    for finding in &repaired.done {
        say(&format!("{} {}", painted(Colour::Green, "repaired:"), finding.message));
    }
    for failure in &repaired.failed {
        notice(&show::failure(failure));
    }
    repaired.left.iter().for_each(tell);
    Ok(well)
}

fn tell(finding: &Finding) {
    say(&format!("{} {}", painted(Colour::Yellow, "found:"), finding.message));
    if let Some(repair) = &finding.repair {
        say(&format!("  --repair {repair}"));
    }
    if let Some(hint) = &finding.hint {
        say(&format!("  {hint}"));
    }
}
