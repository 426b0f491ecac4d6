use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use clap::Args;
use switchyard_engine::{
    Config, EngineError, Repair, finding_of_error, finding_of_safe_mode, finding_of_silence,
};
use switchyard_types::{Finding, FindingKind, Repaired, ToolFailure};

use super::reach::Reach;
use super::show::{self, Colour, painted};
use crate::words::{notice, say};

/// `switchyard doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Clear away what can be; a damaged database is brought back from its copy, after a question
    #[arg(long)]
    repair: bool,
    /// Answer that question with yes
    #[arg(long, requires = "repair")]
    yes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Whether all is well at the end.
pub(crate) async fn doctor(config: Config, asked: &Doctor) -> anyhow::Result<bool> {
    let mut repaired = about_folder(&config, asked).await?;
    let sound = newest_backup(&config).await;
    match Reach::find(config).await {
        Ok(reach) => {
            let told = about_tools(&reach, asked, &mut repaired).await;
            reach.end().await;
            told?;
        }
        // What keeps it shut may be told already.
        Err(error) => add(&mut repaired.left, why_shut(&error)),
    }
    let well = repaired.left.is_empty() && repaired.failed.is_empty();
    match (asked.json, asked.repair) {
        (true, true) => show::json(&repaired)?,
        (true, false) => show::json(&repaired.left)?,
        (false, _) => tell_all(&repaired, asked),
    }
    Ok(well && sound)
}

/// What is wrong with the data folder itself, and what of it was mended: no server is needed for that.
async fn about_folder(config: &Config, asked: &Doctor) -> anyhow::Result<Repaired> {
    let folder = Repair::new(config);
    let mut repaired = Repaired { left: folder.examine().await, ..Repaired::default() };
    if asked.repair {
        mend(&folder, &mut repaired, asked).await?;
    }
    Ok(repaired)
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

/// Mends what can be mended.
async fn mend(folder: &Repair, repaired: &mut Repaired, asked: &Doctor) -> anyhow::Result<()> {
    let mendable = repaired.left.iter().filter(|one| one.repair.is_some()).cloned();
    let (files, database): (Vec<Finding>, Vec<Finding>) =
        mendable.partition(|one| one.kind == FindingKind::LeftoverFile);
    if let Some(first) = database.first()
        && agreed(first, asked)?
    {
        match folder.bring_back().await {
            Ok(aside) => {
                kept_aside(aside);
                repaired.done.extend(database);
            }
            Err(error) => {
                let tool = "the data folder".to_owned();
                repaired.failed.push(ToolFailure { tool, error: error.body() });
            }
        }
    }
    if !files.is_empty() {
        folder.sweep()?;
        repaired.done.extend(files);
    }
    repaired.left = folder.examine().await;
    Ok(())
}

/// Asks whoever sits there, unless the answer was given with the question.
fn agreed(database: &Finding, asked: &Doctor) -> anyhow::Result<bool> {
    if asked.yes {
        return Ok(true);
    }
    let Some(repair) = &database.repair else { return Ok(false) };
    let mut out = std::io::stderr().lock();
    write!(out, "{}\nA repair {repair}. Do that? [y/N] ", database.message)?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

fn kept_aside(aside: Option<PathBuf>) {
    if let Some(dir) = aside {
        notice(&format!("what was there before is kept in {}", dir.display()));
    }
}

/// What the server, or the data folder that this process has opened, tells.
async fn about_tools(reach: &Reach, asked: &Doctor, repaired: &mut Repaired) -> anyhow::Result<()> {
    if let Some(safe) = reach.safe_mode() {
        add(&mut repaired.left, finding_of_safe_mode(safe));
    }
    if asked.repair {
        let Repaired { done, failed, left } = reach.repair().await?;
        repaired.done.extend(done);
        repaired.failed.extend(failed);
        repaired.left.extend(left);
    } else {
        repaired.left.extend(reach.doctor().await?);
    }
    Ok(())
}

/// Tells a trouble of the data folder once, by the words that came first.
fn add(found: &mut Vec<Finding>, one: Finding) {
    if !found.iter().any(|other| other.kind == one.kind) {
        found.push(one);
    }
}

/// Why neither a server nor the data folder could be asked.
fn why_shut(error: &anyhow::Error) -> Finding {
    match error.downcast_ref::<EngineError>() {
        Some(error) => finding_of_error(error),
        None => finding_of_silence(&format!("{error:#}")),
    }
}

fn tell_all(repaired: &Repaired, asked: &Doctor) {
    let Repaired { done, failed, left } = repaired;
    if done.is_empty() && failed.is_empty() && left.is_empty() {
        say("All is well: the database is sound, and nothing was left behind.");
    }
    for finding in done {
        say(&format!("{} {}", painted(Colour::Green, "repaired:"), finding.message));
    }
    for failure in failed {
        notice(&show::failure(failure));
    }
    left.iter().for_each(tell);
    if !asked.repair && left.iter().any(|finding| finding.repair.is_some()) {
        say("`switchyard doctor --repair` does that.");
    }
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use switchyard_engine::Engine;
    use switchyard_types::NewKey;

    use super::*;

    const LOOK: Doctor = Doctor { repair: false, yes: false, json: false };
    const REPAIR: Doctor = Doctor { repair: true, yes: true, json: false };

    fn config(folder: &Path) -> Config {
        let mut config = Config::new(folder);
        config.port = 0;
        config
    }

    /// A data folder that somebody used, with a key in it.
    async fn used() -> (tempfile::TempDir, Config) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let engine = Engine::open(config.clone()).await.unwrap();
        engine.add_key(&NewKey::named("mine")).await.unwrap();
        engine.close().await;
        (folder, config)
    }

    fn kinds(repaired: &Repaired) -> Vec<FindingKind> {
        repaired.left.iter().map(|one| one.kind).collect()
    }

    #[tokio::test]
    async fn nothing_is_found_in_a_sound_folder_whether_a_server_has_it_or_not() {
        let (_folder, config) = used().await;
        assert_eq!(about_folder(&config, &LOOK).await.unwrap(), Repaired::default());
        let engine = Engine::open(config.clone()).await.unwrap();
        assert_eq!(about_folder(&config, &LOOK).await.unwrap(), Repaired::default());
        engine.close().await;
    }

    #[tokio::test]
    async fn a_damaged_database_is_found_and_brought_back_from_its_copy() {
        let (_folder, config) = used().await;
        fs::write(config.data_dir.join("switchyard.db"), [7; 8192]).unwrap();
        let found = about_folder(&config, &LOOK).await.unwrap();
        assert_eq!(kinds(&found), [FindingKind::Damaged]);
        assert!(found.left.iter().all(|one| one.repair.is_some() && one.hint.is_some()));

        let repaired = about_folder(&config, &REPAIR).await.unwrap();
        assert_eq!((repaired.done.len(), kinds(&repaired)), (1, vec![]), "{repaired:?}");
        let engine = Engine::open(config).await.unwrap();
        assert!(!engine.is_in_safe_mode());
        assert_eq!(engine.keys().await.unwrap().len(), 1, "what was configured is there again");
        engine.close().await;
    }

    #[tokio::test]
    async fn a_damaged_database_is_told_while_a_server_stands_in_for_it_and_is_not_touched() {
        let (_folder, config) = used().await;
        let database = config.data_dir.join("switchyard.db");
        fs::write(&database, [7; 8192]).unwrap();
        let engine = Engine::open(config.clone()).await.unwrap();
        let safe = engine.safe_mode().expect("the copy serves");
        let found = about_folder(&config, &REPAIR).await.unwrap();
        assert_eq!(kinds(&found), [FindingKind::Damaged]);
        assert!(found.done.is_empty() && found.left.iter().all(|one| one.repair.is_none()));
        let mut told = found.left;
        add(&mut told, finding_of_safe_mode(safe));
        assert_eq!(told.len(), 1, "it is told once");
        assert_eq!(fs::read(&database).unwrap(), [7; 8192]);
        engine.close().await;
    }

    #[tokio::test]
    async fn what_cut_writes_left_is_found_and_removed_once_nobody_has_the_folder() {
        let (_folder, config) = used().await;
        let left = ["switchyard.db.restoring", "configuration.json.new", "backups/x.db.partial"];
        fs::create_dir_all(config.data_dir.join("backups")).unwrap();
        for name in left {
            fs::write(config.data_dir.join(name), "half").unwrap();
        }
        let engine = Engine::open(config.clone()).await.unwrap();
        let meanwhile = about_folder(&config, &REPAIR).await.unwrap();
        assert_eq!(meanwhile, Repaired::default(), "they may belong to a write under way");
        engine.close().await;
        // The start and the end wrote the copy of the configuration over one of them.
        fs::write(config.data_dir.join("configuration.json.new"), "half").unwrap();

        let found = about_folder(&config, &LOOK).await.unwrap();
        assert_eq!(kinds(&found), [FindingKind::LeftoverFile; 3]);
        let repaired = about_folder(&config, &REPAIR).await.unwrap();
        assert_eq!((repaired.done.len(), repaired.left.len()), (3, 0));
        assert!(left.iter().all(|name| !config.data_dir.join(name).exists()));
    }
}
