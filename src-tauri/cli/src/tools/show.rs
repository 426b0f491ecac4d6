//! Tables and diffs; colours only where a person reads them.

use std::io::IsTerminal as _;

use serde::Serialize;
use switchyard_types::{
    ToolFailure, ToolFileFate, ToolKey, ToolPlanView, ToolReverted, ToolState, ToolView, ToolWay,
};

use crate::words::say;

/// A colour of the terminal.
#[derive(Clone, Copy)]
pub(super) enum Colour {
    Red,
    Green,
    Yellow,
    Grey,
}

/// The text in a colour, if a person reads it.
pub(super) fn painted(colour: Colour, text: &str) -> String {
    let wanted = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if !wanted || text.is_empty() {
        return text.to_owned();
    }
    let code = match colour {
        Colour::Red => 31,
        Colour::Green => 32,
        Colour::Yellow => 33,
        Colour::Grey => 90,
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(value)?);
    Ok(())
}

pub(super) fn tools(all: &[ToolView]) {
    let rows: Vec<[String; 4]> = all
        .iter()
        .map(|tool| {
            let model = tool.choice.as_ref().map(|choice| choice.model.clone());
            [tool.id.clone(), state(tool), model.unwrap_or_default(), remarks(tool)]
        })
        .collect();
    let head = ["TOOL", "STATE", "MODEL", ""].map(str::to_owned);
    let widths: Vec<usize> = (0..3)
        .map(|column| {
            let cells = rows.iter().chain([&head]);
            cells
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |row: &[String; 4], colour: Option<Colour>| {
        let [id, state, model, remarks] = row;
        let pad = |text: &str, column: usize| {
            let width = widths.get(column).copied().unwrap_or(0);
            format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
        };
        let state = pad(state, 1);
        let state = colour.map_or_else(|| state.clone(), |colour| painted(colour, &state));
        let text = format!("{}  {state}  {}  {remarks}", pad(id, 0), pad(model, 2));
        say(text.trim_end());
    };
    line(&head, None);
    for (tool, row) in all.iter().zip(&rows) {
        line(row, Some(colour_of(&tool.status.state)));
    }
}

fn colour_of(state: &ToolState) -> Colour {
    match state {
        ToolState::Ours => Colour::Green,
        ToolState::Drifted { .. } | ToolState::ForeignGateway => Colour::Yellow,
        ToolState::BrokenFile { .. } => Colour::Red,
        ToolState::NotInstalled | ToolState::Untouched => Colour::Grey,
    }
}

/// How a tool stands, in few words.
pub(super) fn state(tool: &ToolView) -> String {
    match (&tool.status.state, tool.way) {
        (ToolState::NotInstalled, _) => "not installed",
        (ToolState::Untouched, ToolWay::Guide) => "set up by hand",
        (ToolState::Untouched, ToolWay::Writer) => "not pointed here",
        (ToolState::Ours, _) => "here",
        (ToolState::Drifted { .. }, _) => "changed since",
        (ToolState::ForeignGateway, _) => "elsewhere",
        (ToolState::BrokenFile { .. }, _) => "broken file",
    }
    .to_owned()
}

fn remarks(tool: &ToolView) -> String {
    let mut told = Vec::new();
    match &tool.status.state {
        ToolState::Drifted { changed } => told.push(changed.join(", ")),
        ToolState::ForeignGateway => told.extend(tool.status.address.clone()),
        ToolState::BrokenFile { file, message } => told.push(format!("{file}, {message}")),
        ToolState::NotInstalled | ToolState::Untouched | ToolState::Ours => {}
    }
    if tool.key == ToolKey::Revoked {
        told.push("its key was revoked".to_owned());
    }
    for (slot, model) in tool.choice.iter().flat_map(|choice| &choice.slots) {
        told.push(format!("{slot}={model}"));
    }
    let here = matches!(tool.status.state, ToolState::Ours | ToolState::Drifted { .. });
    if here {
        told.extend(tool.status.conflicts.iter().map(|conflict| conflict.message.clone()));
    }
    if tool.way == ToolWay::Guide && tool.status.state != ToolState::NotInstalled {
        told.push(format!("switchyard guide {}", tool.id));
    }
    told.join("; ")
}

/// Diff, conflicts, notes.
pub(super) fn plan(plan: &ToolPlanView) {
    for file in &plan.files {
        let fate = match file.fate {
            ToolFileFate::Made => " (a new file)",
            ToolFileFate::Changed => "",
            ToolFileFate::Removed => " (goes: it held nothing else)",
        };
        say(&format!("{}{fate}", file.path));
        for line in
            file.diff.lines().filter(|line| !line.starts_with("---") && !line.starts_with("+++"))
        {
            say(&match line.chars().next() {
                Some('+') => painted(Colour::Green, line),
                Some('-') => painted(Colour::Red, line),
                Some('@') => painted(Colour::Grey, line),
                Some(_) | None => line.to_owned(),
            });
        }
    }
    for left in &plan.left {
        say(&painted(Colour::Yellow, &format!("{} in {}: {}", left.path, left.file, left.reason)));
    }
    for conflict in &plan.conflicts {
        say(&painted(Colour::Yellow, &format!("In the way: {}", conflict.message)));
    }
    for note in &plan.notes {
        say(note);
    }
}

pub(super) fn reverted(reverted: &ToolReverted) {
    plan(&reverted.plan);
    let name = &reverted.tool.name;
    if reverted.plan.left.is_empty() {
        say(&format!("{name} is as it was before."));
    } else {
        say(&format!("{name} is as it was before, but for what you changed since."));
    }
    for key in &reverted.revoked {
        say(&format!("Its key {key:?} is refused from now on."));
    }
}

pub(super) fn failure(failure: &ToolFailure) -> String {
    let hint = failure.error.hint.as_ref().map_or_else(String::new, |hint| format!(" ({hint})"));
    format!("{}: {}{hint}", failure.tool, failure.error.message)
}
