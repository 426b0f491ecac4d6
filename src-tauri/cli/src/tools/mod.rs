//! Coding tools, from the command line: with the running server, or alone on its data folder.

mod doctor;
mod reach;
mod show;

use std::collections::BTreeMap;

use anyhow::bail;
use clap::Args;
pub(crate) use doctor::{Doctor, doctor};
use reach::Reach;
use switchyard_engine::Config;
use switchyard_types::{ToolApply, ToolChoice, ToolPlanView, ToolState, ToolView, ToolWay};

use crate::words::{notice, say};

/// `switchyard tools`.
#[derive(Debug, Args)]
pub(crate) struct Tools {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// `switchyard apply`.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The tool, as `switchyard tools` names it; the beginning of its name will do
    tool: String,
    /// The combo, `auto`, alias or prefix/model that it uses [default: the one it has, else `auto`]
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Another model for one of the tool's slots: `--slot opus=big`; `--slot opus=` goes back to the main one
    #[arg(long, value_name = "SLOT=MODEL", value_parser = slot)]
    slot: Vec<(String, String)>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Leave out the tool's own check of its files afterwards
    #[arg(long)]
    no_check: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// `switchyard revert`.
#[derive(Debug, Args)]
pub(crate) struct Revert {
    /// The tool
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    tool: Option<String>,
    /// Every tool that was pointed here
    #[arg(long)]
    all: bool,
    /// Show what would be taken back, and write nothing
    #[arg(long, conflicts_with = "all")]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// `switchyard guide`.
#[derive(Debug, Args)]
pub(crate) struct Guide {
    /// The tool
    tool: String,
    /// The model to write into it [default: `auto`, else the first combo]
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Make a key for the tool and fill it in; the one made before is refused from then on
    #[arg(long)]
    new_key: bool,
}

fn slot(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((slot, model)) if !slot.is_empty() => Ok((slot.to_owned(), model.to_owned())),
        Some(_) | None => Err("write it as SLOT=MODEL, as in opus=big".to_owned()),
    }
}

pub(crate) async fn list(config: Config, tools: &Tools) -> anyhow::Result<()> {
    let reach = Reach::find(config).await?;
    let all = reach.tools().await;
    reach.end().await;
    let all = all?;
    if tools.json {
        return show::json(&all);
    }
    show::tools(&all);
    Ok(())
}

pub(crate) async fn apply(config: Config, asked: &Apply) -> anyhow::Result<()> {
    let reach = Reach::find(config).await?;
    let done = apply_at(&reach, asked).await;
    reach.end().await;
    done
}

async fn apply_at(reach: &Reach, asked: &Apply) -> anyhow::Result<()> {
    if reach.is_alone() && !asked.dry_run {
        bail!(
            "no server runs: the tool would be pointed where nobody listens. Start `switchyard serve` \
             first, or look at the plan with --dry-run"
        );
    }
    let tool = named(reach, &asked.tool).await?;
    if tool.way == ToolWay::Guide {
        bail!("{} is set up by hand: `switchyard guide {}` shows how", tool.name, tool.id);
    }
    let choice = choice(reach, &tool, asked).await?;
    let mut plan = reach.plan(&tool.id, &choice).await?;
    seen_from_here(reach, &tool, &mut plan)?;
    if asked.dry_run {
        if asked.json {
            return show::json(&plan);
        }
        show::plan(&plan);
        say(if plan.files.is_empty() { "Nothing to do." } else { "Nothing was written." });
        return Ok(());
    }
    if !asked.json {
        show::plan(&plan);
    }
    let ToolPlanView { fingerprint, .. } = plan;
    let applied = reach.apply(&tool.id, &ToolApply { fingerprint, choice }).await?;
    if asked.json {
        return show::json(&applied);
    }
    let model = applied.tool.choice.as_ref().map_or("", |choice| &choice.model);
    match &applied.tool.status.state {
        ToolState::Ours => say(&format!(
            "{} uses {model} through {}. `switchyard revert {}` puts it back as it was.",
            tool.name,
            reach.address(),
            tool.id
        )),
        _ => say(&format!("{} was written; now it is: {}", tool.name, show::state(&applied.tool))),
    }
    if !asked.no_check {
        check(reach, &tool.id).await?;
    }
    Ok(())
}

/// The server may not have this shell's variables, which the tool will have when it is started here.
fn seen_from_here(reach: &Reach, tool: &ToolView, plan: &mut ToolPlanView) -> anyhow::Result<()> {
    let Some(here) = reach.seen_here(&tool.id)? else { return Ok(()) };
    if here.files != tool.status.files {
        bail!(
            "started from this shell, {} reads {}, but the server would write {}: a variable of this \
             shell moves its folder. Unset it, or start the server from a shell that has it",
            tool.name,
            here.files.join(", "),
            tool.status.files.join(", ")
        );
    }
    for conflict in here.conflicts {
        if !plan.conflicts.contains(&conflict) {
            plan.conflicts.push(conflict);
        }
    }
    Ok(())
}

/// A second look, and the tool's own.
async fn check(reach: &Reach, tool: &str) -> anyhow::Result<()> {
    let check = reach.verify(tool).await?;
    if !check.changed.is_empty() {
        notice(&format!("already changed by somebody else: {}", check.changed.join(", ")));
    }
    if let Some(run) = check.dry_run {
        match run.ok {
            Some(true) => say(&format!("Checked with `{}`.", run.command)),
            Some(false) => notice(&format!("`{}` is not content:\n{}", run.command, run.output)),
            None => notice(&format!("`{}` was not asked: {}", run.command, run.output)),
        }
    }
    Ok(())
}

/// What was asked for, over what the tool uses already.
async fn choice(reach: &Reach, tool: &ToolView, asked: &Apply) -> anyhow::Result<ToolChoice> {
    let now = tool.choice.clone().unwrap_or_default();
    let model = match (&asked.model, now.model.is_empty()) {
        (Some(model), _) => model.clone(),
        (None, false) => now.model,
        (None, true) => reach.usual_model().await?,
    };
    let mut slots: BTreeMap<String, String> = now.slots;
    for (slot, model) in &asked.slot {
        slots.insert(slot.clone(), model.clone());
    }
    let project = std::env::current_dir().ok();
    let project = project.map(|folder| folder.to_string_lossy().into_owned());
    Ok(ToolChoice { model, slots, models: Vec::new(), project })
}

pub(crate) async fn revert(config: Config, asked: &Revert) -> anyhow::Result<()> {
    let reach = Reach::find(config).await?;
    let done = match &asked.tool {
        Some(tool) => revert_one(&reach, tool, asked).await,
        None => revert_all(&reach, asked).await,
    };
    reach.end().await;
    done
}

async fn revert_one(reach: &Reach, tool: &str, asked: &Revert) -> anyhow::Result<()> {
    let tool = named(reach, tool).await?;
    if asked.dry_run {
        let plan = reach.plan_revert(&tool.id).await?;
        if asked.json {
            return show::json(&plan);
        }
        show::plan(&plan);
        say("Nothing was written.");
        return Ok(());
    }
    let reverted = reach.revert(&tool.id).await?;
    if asked.json {
        return show::json(&reverted);
    }
    show::reverted(&reverted);
    Ok(())
}

async fn revert_all(reach: &Reach, asked: &Revert) -> anyhow::Result<()> {
    let all = reach.revert_all().await?;
    if asked.json {
        show::json(&all)?;
    } else {
        if all.reverted.is_empty() && all.failed.is_empty() {
            say("No tool was pointed here.");
        }
        all.reverted.iter().for_each(show::reverted);
        for failure in &all.failed {
            notice(&show::failure(failure));
        }
    }
    if all.failed.is_empty() { Ok(()) } else { bail!("not every tool was put back") }
}

pub(crate) async fn guide(config: Config, asked: &Guide) -> anyhow::Result<()> {
    let reach = Reach::find(config).await?;
    let done = guide_at(&reach, asked).await;
    reach.end().await;
    done
}

async fn guide_at(reach: &Reach, asked: &Guide) -> anyhow::Result<()> {
    let tool = named(reach, &asked.tool).await?;
    if tool.way == ToolWay::Writer {
        bail!("{} is set up with `switchyard apply {}`", tool.name, tool.id);
    }
    let guide = reach.guide(&tool.id, asked.model.as_deref()).await?;
    let key =
        if asked.new_key { reach.make_key(&tool.id).await?.text } else { "sy-…".to_owned() };
    if let Some(caution) = &guide.caution {
        say(&format!("{caution}\n"));
    }
    say(guide.text.replace("{{key}}", &key).trim_end());
    if !asked.new_key && guide.text.contains("{{key}}") {
        say(&format!("\n`switchyard guide {} --new-key` makes a key and fills it in.", tool.id));
    }
    Ok(())
}

/// The tool meant: by its id or name, or by what only its id begins with.
async fn named(reach: &Reach, text: &str) -> anyhow::Result<ToolView> {
    let all = reach.tools().await?;
    let lower = text.trim().to_ascii_lowercase();
    let exact = |tool: &&ToolView| tool.id == lower || tool.name.to_ascii_lowercase() == lower;
    if let Some(tool) = all.iter().find(exact) {
        return Ok(tool.clone());
    }
    let mut near = all.iter().filter(|tool| !lower.is_empty() && tool.id.starts_with(&lower));
    match (near.next(), near.next()) {
        (Some(tool), None) => Ok(tool.clone()),
        (Some(one), Some(other)) => {
            bail!("{text:?} may mean {} or {}; write more of it", one.id, other.id)
        }
        (None, _) => {
            let ids: Vec<&str> = all.iter().map(|tool| tool.id.as_str()).collect();
            bail!("there is no tool {text:?}; there are: {}", ids.join(", "))
        }
    }
}
