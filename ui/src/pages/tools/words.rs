//! The words of the tools' page.

use switchyard_types::{ToolConflictKind, ToolKey, ToolState, ToolView};

use crate::facts::tools::{Group, Standing};

pub(super) const TITLE: &str = "Tools";
pub(super) const LEAD: &str = "Point a coding tool here, and put it back as it was. You see every change before it is written; the rest of a file stays as it is.";
pub(super) const ALL: &str = "All tools";
pub(super) const MISSING: &str = "There is no such tool";
pub(super) const MISSING_TEXT: &str = "The address may be from another version of Switchyard.";
pub(super) const NONE_HERE: &str = "No coding tool was found on this computer. One that you install shows up here; those below can be set up before.";

pub(super) const MODEL: &str = "Model";
pub(super) const NO_MODEL: &str = "Choose a model";
pub(super) const SAME_AS_MAIN: &str = "Same as the model";
pub(super) const PICK: &str = "Find a combo or a model, or type prefix/model";
pub(super) const NO_MODELS: &str =
    "No models are known yet. Add a provider’s key, or type prefix/model.";
pub(super) const AS_TYPED: &str = "as typed";
pub(super) const NOT_CONNECTED: &str = "not connected";
pub(super) const LOCKED: &str = "locked";
pub(super) const CLEAR: &str = "clear";

pub(super) const SHOW_CHANGES: &str = "Show the changes";
pub(super) const SHOW_BACK: &str = "Put it back";
pub(super) const CHECK: &str = "Check";
pub(super) const CHECKING: &str = "Checking";
pub(super) const AS_WRITTEN: &str = "The files read as they were written";
pub(super) const AS_WRITTEN_TEXT: &str = "Nothing of it was changed since.";
pub(super) const NOT_AS_WRITTEN: &str = "These settings were changed since";
pub(super) const SAID: &str = "What the tool said";

pub(super) const PLAN: &str = "What will be written";
pub(super) const PLAN_NOTE: &str = "Nothing is written yet. The tool gets a key of its own.";
pub(super) const PLAN_BACK: &str = "What will be put back";
pub(super) const BACK_NOTE: &str =
    "Nothing is written yet. The tool’s own key is refused from then on.";
pub(super) const NOTHING_TO_WRITE: &str = "There is nothing to write";
pub(super) const NOTHING_NOTE: &str = "The files say what you chose already.";
pub(super) const NOTHING_TO_PUT_BACK: &str = "The files need no change";
pub(super) const NOTHING_BACK_NOTE: &str =
    "Nothing of what was written is in them any more. The tool’s own key is refused from then on.";
pub(super) const WRITE: &str = "Write it";
pub(super) const PUT_BACK: &str = "Put it back now";
pub(super) const FINISH: &str = "Forget it";
pub(super) const GOOD: &str = "Good";
pub(super) const MOVED: &str = "The files changed meanwhile";
pub(super) const MOVED_TEXT: &str = "These are the changes as they would be now.";
pub(super) const MADE: &str = "new file";
pub(super) const CHANGED: &str = "changed";
pub(super) const REMOVED: &str = "removed";
pub(super) const DIFF: &str = "Line by line";
pub(super) const EDITS: &str = "Setting by setting";
pub(super) const NOT_THERE: &str = "not set";
pub(super) const BECOMES: &str = "becomes";
pub(super) const TAKEN_OUT: &str = "taken out";
pub(super) const LEFT: &str = "Stays as you changed it";

pub(super) const RUNNING: &str = "It runs now";
pub(super) const BROKEN: &str = "This file cannot be read";
pub(super) const BROKEN_TEXT: &str =
    "Switchyard leaves it untouched. Open it in an editor at that place and mend it.";
pub(super) const LOOK_AGAIN: &str = "Look again";

pub(super) const FILES: &str = "Files";
pub(super) const PROGRAM: &str = "Program";
pub(super) const POINTS_AT: &str = "Points at";
pub(super) const KEY: &str = "Key";
pub(super) const WRITTEN: &str = "Written";
pub(super) const USED: &str = "used";
pub(super) const NEVER_USED: &str = "never used";
pub(super) const REVOKED_KEY: &str = "one that is not known any more";
pub(super) const THE_PATH: &str = "the path";
pub(super) const THE_KEY: &str = "the key";
pub(super) const THIS: &str = "this";

pub(super) const FIRST: &str = "Before you begin";
pub(super) const YOUR_KEY: &str = "YOUR-KEY";
pub(super) const MAKE_KEY: &str = "Make its key";
pub(super) const MAKE_ANOTHER: &str = "Make another key";
pub(super) const KEY_HINT: &str = "The steps say YOUR-KEY until its key is made.";
pub(super) const KEY_SHOWN: &str =
    "The steps below hold it. It is shown until you leave this tool, and stored as a hash.";
pub(super) const CODE: &str = "To copy";
pub(super) const TABLE: &str = "Addresses";

pub(super) const BACKUPS: &str = "Backups";
pub(super) const BACKUPS_TEXT: &str =
    "A copy of each file is kept before it is written. Putting one back keeps what is there now.";
pub(super) const HELD_OURS: &str = "as Switchyard wrote it";
pub(super) const HELD_YOURS: &str = "as you had it";
pub(super) const RESTORE: &str = "Restore";
pub(super) const RESTORE_TITLE: &str = "Put this copy back?";

pub(super) const ON_QUIT: &str = "Put every tool back when Switchyard quits";
pub(super) const ON_QUIT_TEXT: &str =
    "So that no tool calls a port where nobody listens. Each is set up again by you.";
pub(super) const ALL_BACK: &str = "Put all tools back";
pub(super) const ALL_TITLE: &str = "Put all tools back?";

pub(super) const FINDINGS: &str = "Needs a look";
pub(super) const REPAIR: &str = "Repair";
pub(super) const REPAIR_IS: &str = "Repair:";

pub(super) fn group(group: Group) -> &'static str {
    match group {
        Group::Here => "On this computer",
        Group::ByHand => "Set up by hand",
        Group::Missing => "Not found here",
    }
}

pub(super) fn group_note(group: Group) -> &'static str {
    match group {
        Group::Here => "Switchyard writes their files when you say so",
        Group::ByHand => "Switchyard does not write their files",
        Group::Missing => "They can be set up before they are installed",
    }
}

pub(super) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Missing => "Not installed",
        Standing::Untouched => "Untouched",
        Standing::Ours => "Pointed here",
        Standing::KeyRefused => "Key refused",
        Standing::Drifted => "Changed since",
        Standing::Foreign => "Another gateway",
        Standing::Broken => "Broken file",
        Standing::ByHand => "By hand",
        Standing::Keyed => "Has its key",
    }
}

/// What a tool's standing means, and what to do.
pub(super) fn line(tool: &ToolView) -> String {
    let address = tool.status.address.as_deref().unwrap_or("another address");
    match Standing::of(tool) {
        Standing::Missing => match tool.status.files.first() {
            Some(file) => format!("Its settings would be in {file}."),
            None => "It can be set up before it is installed.".to_owned(),
        },
        Standing::Untouched => {
            "Calls its own vendor. Choose a model and point it here.".to_owned()
        }
        Standing::Ours => match &tool.choice {
            Some(choice) if !choice.model.is_empty() => {
                format!("Its requests come here, for {}.", choice.model)
            }
            Some(_) | None => "Its requests come here.".to_owned(),
        },
        Standing::KeyRefused => {
            "The key that it shows was revoked: its requests are refused. Write it again, and it gets a new one.".to_owned()
        }
        Standing::Drifted => drifted(&tool.status.state, address),
        Standing::Foreign => {
            format!("Calls {address}. Pointing it here replaces that; putting it back restores it.")
        }
        Standing::Broken => {
            "One of its files cannot be read, and is left alone until it is mended.".to_owned()
        }
        Standing::ByHand => "Its guide has the steps, filled in.".to_owned(),
        Standing::Keyed => match &tool.key {
            ToolKey::Own { key } => format!("The key {} was made for it.", key.hint),
            ToolKey::None | ToolKey::Other { .. } | ToolKey::Revoked => {
                "A key was made for it.".to_owned()
            }
        },
    }
}

fn drifted(state: &ToolState, address: &str) -> String {
    let changed: &[String] = match state {
        ToolState::Drifted { changed } => changed,
        ToolState::NotInstalled
        | ToolState::Untouched
        | ToolState::Ours
        | ToolState::ForeignGateway
        | ToolState::BrokenFile { .. } => &[],
    };
    match changed {
        [] => format!(
            "Calls {address}, where this Switchyard does not listen. Write it again, or put it back."
        ),
        [one] => format!("The setting {one} was changed since. Write it again, or put it back."),
        [first, rest @ ..] => {
            format!(
                "The setting {first} and {} more were changed since. Write it again, or put it back.",
                rest.len()
            )
        }
    }
}

pub(super) fn conflict(kind: ToolConflictKind) -> &'static str {
    match kind {
        ToolConflictKind::Variable => "Variable of the environment:",
        ToolConflictKind::ShellFile => "Set when a shell starts:",
        ToolConflictKind::ProjectFile => "A project’s own settings:",
        ToolConflictKind::ManagedFile => "An administrator’s settings:",
        ToolConflictKind::Setting => "A setting of yours:",
    }
}

pub(super) fn running(programs: &str) -> String {
    format!("{programs} read its files when it started. Start it again, so that it comes here.")
}

pub(super) fn applied(name: &str, model: &str) -> String {
    format!("{name} is pointed here, for {model}")
}

pub(super) fn reverted(name: &str, whole: bool) -> String {
    if whole {
        format!("{name} is as it was")
    } else {
        format!("{name} is put back, but for what you changed")
    }
}

pub(super) fn revoked(key: &str) -> String {
    format!("The key {key} is refused from now on.")
}

pub(super) fn diff_size(added: usize, removed: usize) -> String {
    format!("+{added} −{removed}")
}

pub(super) fn diff_of(path: &str) -> String {
    format!("The changes of {path}, line by line")
}

pub(super) fn show_all(n: usize) -> String {
    format!("Show all {n}")
}

pub(super) fn auto_means(active: &str) -> String {
    format!("now {active}")
}

pub(super) fn combo_of(candidates: usize) -> String {
    match candidates {
        0 => "empty combo".to_owned(),
        1 => "combo of 1".to_owned(),
        n => format!("combo of {n}"),
    }
}

pub(super) fn alias_of(target: &str) -> String {
    format!("alias of {target}")
}

pub(super) fn run_well(command: &str) -> String {
    format!("{command} finds nothing wrong")
}

pub(super) fn run_ill(command: &str) -> String {
    format!("{command} finds something wrong")
}

pub(super) fn run_not(command: &str) -> String {
    format!("{command} did not answer in time")
}

pub(super) fn other_key(name: &str) -> String {
    format!("{name}, which you made by hand")
}

pub(super) fn key_held(hint: &str) -> String {
    format!("The key {hint} was made for it; its text is not kept.")
}

pub(super) fn another_title(name: &str) -> String {
    format!("Make another key for {name}?")
}

pub(super) fn another_text(name: &str, hint: &str) -> String {
    format!(
        "The key {hint} is refused from then on, also in the middle of {name}’s work. Put the new one in its place."
    )
}

pub(super) fn restored(file: &str) -> String {
    format!("{file} is back")
}

pub(super) fn restore_of(file: &str) -> String {
    format!("Restore {file}")
}

pub(super) fn restore_text(file: &str) -> String {
    format!("{file} becomes as it was then. What is in it now is copied first.")
}

pub(super) fn all_text(names: &[String]) -> String {
    format!(
        "{} become as they were, but for what you changed since. Their keys are refused from then on.",
        names.join(", ")
    )
}

pub(super) fn all_back(tools: usize, left: usize) -> String {
    let tools = if tools == 1 { "1 tool is".to_owned() } else { format!("{tools} tools are") };
    match left {
        0 => format!("{tools} as before"),
        1 => format!("{tools} back; 1 setting that you changed stays"),
        n => format!("{tools} back; {n} settings that you changed stay"),
    }
}

pub(super) fn open(tool: &str) -> String {
    format!("Open {tool}")
}

pub(super) fn repaired(n: usize) -> String {
    match n {
        0 => "Nothing could be repaired".to_owned(),
        1 => "1 thing was repaired".to_owned(),
        n => format!("{n} things were repaired"),
    }
}
