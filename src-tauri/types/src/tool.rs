use serde::{Deserialize, Serialize};

use crate::{KeyView, Millis, ToolChoice};

/// A coding tool as the dashboard lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolView {
    /// Its id: `claude-code`.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Whether we write its files or only say how.
    pub way: ToolWay,
    /// The model slots that can be set apart, beside the main model.
    pub slots: Vec<ToolSlot>,
    /// How it stands.
    pub status: ToolStatusView,
    /// What its files say that it uses, if it is pointed here.
    pub choice: Option<ToolChoice>,
    /// The key that was made for it.
    pub key: ToolKey,
    /// Programs of it that run now and read their files when they start.
    pub running: Vec<String>,
}

/// How a tool stands with the key by which it is known here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ToolKey {
    /// None was made.
    #[default]
    None,
    /// One was made for this tool alone.
    Own {
        /// As the Keys page lists it.
        key: KeyView,
    },
    /// The tool shows a key that the user made by hand.
    Other {
        /// Its name.
        name: String,
    },
    /// The tool shows a key that is not known any more: its requests are refused.
    Revoked,
}

/// How a tool is pointed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolWay {
    /// We write its files.
    Writer,
    /// We say what the user does.
    Guide,
}

/// A role that a tool gives a model of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolSlot {
    /// Its id: `opus`.
    pub id: String,
    /// What the tool uses it for.
    pub name: String,
}

/// How a tool stands towards us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolStatusView {
    /// The state.
    pub state: ToolState,
    /// Its program, where one is on the `PATH`.
    pub binary: Option<String>,
    /// Its version, where an installed package says it.
    pub version: Option<String>,
    /// Its files, whether they are there or not.
    pub files: Vec<String>,
    /// Whom it is pointed at now, if not its own vendor.
    pub address: Option<String>,
    /// When we last wrote; there is something to revert then.
    pub applied_at: Option<Millis>,
    /// What may keep it from coming here.
    pub conflicts: Vec<ToolConflict>,
}

/// How a tool stands towards us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ToolState {
    /// No trace of it.
    NotInstalled,
    /// Installed, and not pointed at anybody but its vendor.
    Untouched,
    /// Pointed here.
    Ours,
    /// We wrote, and it was changed since.
    Drifted {
        /// The keys that no longer read as we wrote them.
        changed: Vec<String>,
    },
    /// Pointed at another gateway.
    ForeignGateway,
    /// A file that does not parse or cannot be read: it is left alone.
    BrokenFile {
        /// The file.
        file: String,
        /// What is wrong, and where.
        message: String,
    },
}

/// Something beside the files we write that matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolConflict {
    /// What it is.
    pub kind: ToolConflictKind,
    /// Where: a variable's name or a file.
    pub place: String,
    /// What it does and what to do, for a person.
    pub message: String,
}

/// What a conflict is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolConflictKind {
    /// A variable of the environment that wins or mixes in.
    Variable,
    /// A variable that a shell's start file sets.
    ShellFile,
    /// A project's settings that win.
    ProjectFile,
    /// Settings of an administrator that win.
    ManagedFile,
    /// A setting of the user in the same file that wins or mixes in.
    Setting,
}

/// What would be written: shown before anything is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolPlanView {
    /// The tool's id.
    pub tool: String,
    /// Applying names it, so that nothing else is applied than was shown.
    pub fingerprint: String,
    /// The changes, file by file; none where all stands as wanted.
    pub files: Vec<ToolFilePlan>,
    /// What may keep the tool from coming here all the same.
    pub conflicts: Vec<ToolConflict>,
    /// What to do afterwards: start the tool again, …
    pub notes: Vec<String>,
    /// On revert: what stays as the user changed it.
    pub left: Vec<ToolLeft>,
}

/// The changes of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolFilePlan {
    /// The file; where it is a link, the link.
    pub path: String,
    /// What becomes of it.
    pub fate: ToolFileFate,
    /// Key by key.
    pub edits: Vec<ToolEdit>,
    /// A unified diff, secrets masked.
    pub diff: String,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolFileFate {
    /// It is made.
    Made,
    /// It is changed.
    Changed,
    /// It held nothing but what we wrote and goes.
    Removed,
}

/// One changed key, secrets masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolEdit {
    /// The key: `env.ANTHROPIC_BASE_URL`.
    pub path: String,
    /// What stands there now.
    pub old: Option<String>,
    /// What would stand there; `None` takes the key out.
    pub new: Option<String>,
}

/// A key that a revert leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolLeft {
    /// The file.
    pub file: String,
    /// The key.
    pub path: String,
    /// Why, for a person.
    pub reason: String,
}

/// A kept copy of a tool's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolBackupView {
    /// Names it when it is restored.
    pub id: String,
    /// The tool's id.
    pub tool: String,
    /// The file.
    pub file: String,
    /// When it was taken.
    pub at: Millis,
    /// Its size in bytes.
    pub size: u64,
    /// Whether the file already held what we wrote.
    pub ours: bool,
}

/// How a user points a tool here that we do not write for. The text says `{{key}}` where the key goes:
/// the face that was given one puts it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolGuideView {
    /// The tool's id.
    pub tool: String,
    /// Markdown.
    pub text: String,
    /// What the user should know first: a limit, a danger.
    pub caution: Option<String>,
}
