//! The words of the tools' page.

use switchyard_types::{ToolConflictKind, ToolKey, ToolState, ToolView};

use crate::facts::tools::{Group, Standing};
use crate::parts::words::list;
use crate::word::Word;

pub(super) const TITLE: Word = word!("Tools");
pub(super) const LEAD: Word = word!(
    "Point a coding tool here, and put it back as it was. You see every change before it is written; the rest of a file stays as it is."
);
pub(super) const ALL: Word = word!("All tools");
pub(super) const MISSING: Word = word!("There is no such tool");
pub(super) const MISSING_TEXT: Word =
    word!("The address may be from another version of Switchyard.");
pub(super) const NONE_HERE: Word = word!(
    "No coding tool was found on this computer. One that you install shows up here; those below can be set up before."
);

pub(super) const MODEL: Word = word!("Model");
pub(super) const NO_MODEL: Word = word!("Choose a model");
pub(super) const SAME_AS_MAIN: Word = word!("Same as the model");
pub(super) const PICK: Word = word!("Find a combo or a model, or type prefix/model");
pub(super) const NO_MODELS: Word =
    word!("No models are known yet. Add a provider’s key, or type prefix/model.");
pub(super) const AS_TYPED: Word = word!("as typed");
pub(super) const NOT_CONNECTED: Word = word!("not connected");
pub(super) const LOCKED: Word = word!("locked");
pub(super) const CLEAR: Word = word!("clear");

pub(super) const SHOW_CHANGES: Word = word!("Show the changes");
pub(super) const SHOW_BACK: Word = word!("Put it back");
pub(super) const LAUNCH: Word = word!("Open in a terminal");
pub(super) const CHECK: Word = word!("Check");
pub(super) const CHECKING: Word = word!("Checking");
pub(super) const AS_WRITTEN: Word = word!("The files read as they were written");
pub(super) const AS_WRITTEN_TEXT: Word = word!("Nothing of it was changed since.");
pub(super) const NOT_AS_WRITTEN: Word = word!("These settings were changed since");
pub(super) const SAID: Word = word!("What the tool said");

pub(super) const PLAN: Word = word!("What will be written");
pub(super) const PLAN_NOTE: Word = word!("Nothing is written yet. The tool gets a key of its own.");
pub(super) const PLAN_BACK: Word = word!("What will be put back");
pub(super) const BACK_NOTE: Word =
    word!("Nothing is written yet. The tool’s own key is refused from then on.");
pub(super) const NOTHING_TO_WRITE: Word = word!("There is nothing to write");
pub(super) const NOTHING_NOTE: Word = word!("The files say what you chose already.");
pub(super) const NOTHING_TO_PUT_BACK: Word = word!("The files need no change");
pub(super) const NOTHING_BACK_NOTE: Word = word!(
    "Nothing of what was written is in them any more. The tool’s own key is refused from then on."
);
pub(super) const WRITE: Word = word!("Write it");
pub(super) const PUT_BACK: Word = word!("Put it back now");
pub(super) const FINISH: Word = word!("Forget it");
pub(super) const GOOD: Word = word!("Good");
pub(super) const MOVED: Word = word!("The files changed meanwhile");
pub(super) const MOVED_TEXT: Word = word!("These are the changes as they would be now.");
pub(super) const MADE: Word = word!("new file");
pub(super) const CHANGED: Word = word!("changed");
pub(super) const REMOVED: Word = word!("removed");
pub(super) const DIFF: Word = word!("Line by line");
pub(super) const EDITS: Word = word!("Setting by setting");
pub(super) const NOT_THERE: Word = word!("not set");
pub(super) const BECOMES: Word = word!("becomes");
pub(super) const TAKEN_OUT: Word = word!("taken out");
pub(super) const LEFT: Word = word!("Stays as you changed it");

pub(super) const RUNNING: Word = word!("It runs now");
pub(super) const BROKEN: Word = word!("This file cannot be read");
pub(super) const BROKEN_TEXT: Word =
    word!("Switchyard leaves it untouched. Open it in an editor at that place and mend it.");
pub(super) const LOOK_AGAIN: Word = word!("Look again");

pub(super) const FILES: Word = word!("Files");
pub(super) const PROGRAM: Word = word!("Program");
pub(super) const POINTS_AT: Word = word!("Points at");
pub(super) const KEY: Word = word!("Key");
pub(super) const WRITTEN: Word = word!("Written");
pub(super) const USED: Word = word!("used {ago}");
pub(super) const NEVER_USED: Word = word!("never used");
pub(super) const REVOKED_KEY: Word = word!("one that is not known any more");
pub(super) const THE_PATH: Word = word!("the path");
pub(super) const THE_KEY: Word = word!("the key");
pub(super) const THIS: Word = word!("this");

pub(super) const FIRST: Word = word!("Before you begin");
pub(super) const YOUR_KEY: &str = "YOUR-KEY";
pub(super) const MAKE_KEY: Word = word!("Make its key");
pub(super) const MAKE_ANOTHER: Word = word!("Make another key");
pub(super) const KEY_HINT: Word = word!("The steps say YOUR-KEY until its key is made.");
pub(super) const KEY_SHOWN: Word =
    word!("The steps below hold it. It is shown until you leave this tool, and stored as a hash.");
pub(super) const CODE: Word = word!("To copy");
pub(super) const TABLE: Word = word!("Addresses");

pub(super) const BACKUPS: Word = word!("Backups");
pub(super) const BACKUPS_TEXT: Word = word!(
    "A copy of each file is kept before it is written. Putting one back keeps what is there now."
);
pub(super) const HELD_OURS: Word = word!("as Switchyard wrote it");
pub(super) const HELD_YOURS: Word = word!("as you had it");
pub(super) const RESTORE: Word = word!("Restore");
pub(super) const RESTORE_TITLE: Word = word!("Put this copy back?");

pub(super) const ON_QUIT: Word = word!("Put every tool back when Switchyard quits");
pub(super) const ON_QUIT_TEXT: Word =
    word!("So that no tool calls a port where nobody listens. Each is set up again by you.");
pub(super) const ALL_BACK: Word = word!("Put all tools back");
pub(super) const ALL_TITLE: Word = word!("Put all tools back?");

pub(super) const FINDINGS: Word = word!("Needs a look");
pub(super) const REPAIR: Word = word!("Repair");
pub(super) const REPAIR_IS: Word = word!("Repair:");

pub(super) fn group(group: Group) -> Word {
    match group {
        Group::Here => word!("On this computer"),
        Group::ByHand => word!("Set up by hand"),
        Group::Missing => word!("Not found here"),
    }
}

pub(super) fn group_note(group: Group) -> Word {
    match group {
        Group::Here => word!("Switchyard writes their files when you say so"),
        Group::ByHand => word!("Switchyard does not write their files"),
        Group::Missing => word!("They can be set up before they are installed"),
    }
}

pub(super) fn standing(standing: Standing) -> Word {
    match standing {
        Standing::Missing => word!("Not installed"),
        Standing::Untouched => word!("Untouched"),
        Standing::Ours => word!("Pointed here"),
        Standing::KeyRefused => word!("Key refused"),
        Standing::Drifted => word!("Changed since"),
        Standing::Foreign => word!("Another gateway"),
        Standing::Broken => word!("Broken file"),
        Standing::ByHand => word!("By hand"),
        Standing::Keyed => word!("Has its key"),
    }
}

/// What a tool's standing means, and what to do.
pub(super) fn line(tool: &ToolView) -> String {
    let address = tool.status.address.as_deref().unwrap_or(word!("another address").text());
    match Standing::of(tool) {
        Standing::Missing => match tool.status.files.first() {
            Some(file) => say!("Its settings would be in {file}.", file),
            None => word!("It can be set up before it is installed.").owned(),
        },
        Standing::Untouched => {
            word!("Calls its own vendor. Choose a model and point it here.").owned()
        }
        Standing::Ours => match &tool.choice {
            Some(choice) if !choice.model.is_empty() => {
                say!("Its requests come here, for {model}.", model = choice.model)
            }
            Some(_) | None => word!("Its requests come here.").owned(),
        },
        Standing::KeyRefused => {
            word!("The key that it shows was revoked: its requests are refused. Write it again, and it gets a new one.").owned()
        }
        Standing::Drifted => drifted(&tool.status.state, address),
        Standing::Foreign => {
            say!("Calls {address}. Pointing it here replaces that; putting it back restores it.", address)
        }
        Standing::Broken => {
            word!("One of its files cannot be read, and is left alone until it is mended.").owned()
        }
        Standing::ByHand => word!("Its guide has the steps, filled in.").owned(),
        Standing::Keyed => match &tool.key {
            ToolKey::Own { key } => say!("The key {hint} was made for it.", hint = key.hint),
            ToolKey::None | ToolKey::Other { .. } | ToolKey::Revoked => {
                word!("A key was made for it.").owned()
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
        [] => say!(
            "Calls {address}, where this Switchyard does not listen. Write it again, or put it back.",
            address
        ),
        [one] => say!("The setting {one} was changed since. Write it again, or put it back.", one),
        [first, rest @ ..] => {
            say!(
                "The setting {first} and {n} more were changed since. Write it again, or put it back.",
                first,
                n = rest.len()
            )
        }
    }
}

pub(super) fn conflict(kind: ToolConflictKind) -> Word {
    match kind {
        ToolConflictKind::Variable => word!("Variable of the environment:"),
        ToolConflictKind::ShellFile => word!("Set when a shell starts:"),
        ToolConflictKind::ProjectFile => word!("A project’s own settings:"),
        ToolConflictKind::ManagedFile => word!("An administrator’s settings:"),
        ToolConflictKind::Setting => word!("A setting of yours:"),
    }
}

pub(super) fn running(programs: &str) -> String {
    say!(
        "{programs} read its files when it started. Start it again, so that it comes here.",
        programs
    )
}

pub(super) fn applied(name: &str, model: &str) -> String {
    say!("{name} is pointed here, for {model}", name, model)
}

pub(super) fn reverted(name: &str, whole: bool) -> String {
    if whole {
        say!("{name} is as it was", name)
    } else {
        say!("{name} is put back, but for what you changed", name)
    }
}

pub(super) fn revoked(key: &str) -> String {
    say!("The key {key} is refused from now on.", key)
}

pub(super) fn diff_size(added: usize, removed: usize) -> String {
    format!("+{added} −{removed}")
}

pub(super) fn diff_of(path: &str) -> String {
    say!("The changes of {path}, line by line", path)
}

pub(super) fn show_all(n: usize) -> String {
    say!("Show all {n}", n)
}

pub(super) fn auto_means(active: &str) -> String {
    say!("now {active}", active)
}

pub(super) fn combo_of(candidates: usize) -> String {
    match candidates {
        0 => word!("empty combo").owned(),
        1 => word!("combo of 1").owned(),
        n => say!("combo of {n}", n),
    }
}

pub(super) fn alias_of(target: &str) -> String {
    say!("alias of {target}", target)
}

pub(super) fn run_well(command: &str) -> String {
    say!("{command} finds nothing wrong", command)
}

pub(super) fn run_ill(command: &str) -> String {
    say!("{command} finds something wrong", command)
}

pub(super) fn run_not(command: &str) -> String {
    say!("{command} did not answer in time", command)
}

pub(super) fn other_key(name: &str) -> String {
    say!("{name}, which you made by hand", name)
}

pub(super) fn key_held(hint: &str) -> String {
    say!("The key {hint} was made for it; its text is not kept.", hint)
}

pub(super) fn another_title(name: &str) -> String {
    say!("Make another key for {name}?", name)
}

pub(super) fn another_text(name: &str, hint: &str) -> String {
    say!(
        "The key {hint} is refused from then on, also in the middle of {name}’s work. Put the new one in its place.",
        hint,
        name
    )
}

pub(super) fn restored(file: &str) -> String {
    say!("{file} is back", file)
}

pub(super) fn restore_of(file: &str) -> String {
    say!("Restore {file}", file)
}

pub(super) fn restore_text(file: &str) -> String {
    say!("{file} becomes as it was then. What is in it now is copied first.", file)
}

pub(super) fn all_text(names: &[String]) -> String {
    say!(
        "{names} become as they were, but for what you changed since. Their keys are refused from then on.",
        names = list(names)
    )
}

pub(super) fn all_back(tools: usize, left: usize) -> String {
    match (tools, left) {
        (1, 0) => word!("1 tool is as before").owned(),
        (1, 1) => word!("1 tool is back; 1 setting that you changed stays").owned(),
        (1, n) => say!("1 tool is back; {n} settings that you changed stay", n),
        (_, 0) => say!("{tools} tools are as before", tools),
        (_, 1) => say!("{tools} tools are back; 1 setting that you changed stays", tools),
        (_, n) => say!("{tools} tools are back; {n} settings that you changed stay", tools, n),
    }
}

pub(super) fn open(tool: &str) -> String {
    say!("Open {tool}", tool)
}

pub(super) fn repaired(n: usize) -> String {
    match n {
        0 => word!("Nothing could be repaired").owned(),
        1 => word!("1 thing was repaired").owned(),
        n => say!("{n} things were repaired", n),
    }
}
