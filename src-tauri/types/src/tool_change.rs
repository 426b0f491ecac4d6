use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ErrorBody, ToolPlanView, ToolView};

/// What a tool is to use: `POST /api/tools/{id}/plan`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolChoice {
    /// A combo, `auto`, an alias or `prefix/model`.
    pub model: String,
    /// Other models for slots of the tool, by the slot's id. A slot that is not named uses the main model.
    #[serde(default)]
    pub slots: BTreeMap<String, String>,
    /// More models for the tool's own picker, where it has one; none: `auto` and every combo.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// A project's folder whose own settings may win over the user's: it is only looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// `POST /api/tools/{id}/apply`: writes what a plan showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolApply {
    /// The plan that was shown: nothing else is written.
    pub fingerprint: String,
    /// What it was made for.
    #[serde(flatten)]
    pub choice: ToolChoice,
}

/// What was written, and how the tool stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolApplied {
    /// The plan that was carried out.
    pub plan: ToolPlanView,
    /// The tool, read again.
    pub tool: ToolView,
}

/// `POST /api/tools/{id}/revert`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRevert {
    /// The plan that was shown; without it, what is right now is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// What was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolReverted {
    /// The plan that was carried out, with what stayed and why.
    pub plan: ToolPlanView,
    /// The tool, read again.
    pub tool: ToolView,
    /// The names of the tool's keys, which are refused from now on.
    pub revoked: Vec<String>,
}

/// `POST /api/revert-tools`: every tool that we wrote, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolsReverted {
    /// Those taken back.
    pub reverted: Vec<ToolReverted>,
    /// Those that could not be, and why.
    pub failed: Vec<ToolFailure>,
}

/// One tool that could not be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolFailure {
    /// The tool's id.
    pub tool: String,
    /// What happened.
    pub error: ErrorBody,
}

/// What a second look at a tool's files shows: `POST /api/tools/{id}/verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCheck {
    /// Keys that no longer read as we wrote them; none if all is well.
    pub changed: Vec<String>,
    /// What the tool itself says of its files, where it has a command for that and is installed.
    pub dry_run: Option<ToolDryRun>,
}

/// A run of the tool's own check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolDryRun {
    /// What was run: `openclaw config validate`.
    pub command: String,
    /// Whether it found nothing wrong; `None` if it did not end in time or did not start.
    pub ok: Option<bool>,
    /// The end of what it said, keys masked.
    pub output: String,
}

/// `GET` and `PUT /api/tool-settings`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolSettings {
    /// Put every tool back as it was when the program ends.
    pub revert_on_quit: bool,
}

/// Something that was left behind: `GET /api/doctor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind it is.
    pub kind: FindingKind,
    /// The tool's id; empty where it is about the data folder.
    pub tool: String,
    /// What is wrong, for a person.
    pub message: String,
    /// What a repair does, for a person; `None` where the user must do something.
    pub repair: Option<String>,
    /// What the user does otherwise.
    pub hint: Option<String>,
}

/// What was left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A tool is pointed at a port of this machine where nobody listens.
    DeadPort,
    /// A tool shows a key that was revoked.
    RevokedKey,
    /// A key was made for a tool that does not show it.
    OrphanKey,
    /// A half-written file of a write that was cut off, of a tool's or of our own.
    LeftoverFile,
    /// A file of a tool that does not parse.
    BrokenFile,
    /// The database is damaged.
    Damaged,
    /// The database lost changes that the copy of its configuration knows.
    Behind,
    /// The database is of a newer program.
    Newer,
    /// The data folder cannot be written.
    ReadOnly,
    /// The disk is full.
    DiskFull,
    /// The key that seals secrets is missing, locked away, or another's.
    DataKey,
    /// The database fails in another way.
    Database,
    /// A server has the data folder and does not answer.
    Silent,
}

/// `POST /api/doctor/repair`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repaired {
    /// What was repaired.
    pub done: Vec<Finding>,
    /// What could not be, and why.
    pub failed: Vec<ToolFailure>,
    /// What is left for the user.
    pub left: Vec<Finding>,
}
