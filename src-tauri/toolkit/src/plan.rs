use std::collections::BTreeSet;
use std::fmt;

use switchyard_types::{
    ToolConflict, ToolEdit, ToolFileFate, ToolFilePlan, ToolLeft, ToolPlanView,
};

use crate::diff;
use crate::edit::{Document, KeyPath, Value};
use crate::file::{ContentHash, Privacy, Seen};
use crate::mask;
use crate::receipt::{FileReceipt, Receipt};
use crate::tool::ConfigFile;

/// What would be written, on what it stands, and what is remembered of it. Nothing is written yet.
#[derive(Debug)]
pub struct Plan {
    /// The tool's id.
    pub tool: &'static str,
    /// What for.
    pub purpose: Purpose,
    /// The files that change.
    pub files: Vec<FilePlan>,
    /// What may keep the tool from coming here all the same.
    pub conflicts: Vec<ToolConflict>,
    /// What to do afterwards.
    pub notes: Vec<&'static str>,
    /// On revert: what stays as the user changed it.
    pub left: Vec<ToolLeft>,
    /// The receipt that the plan stands on, and the one it leaves.
    pub(crate) receipts: [Option<Receipt>; 2],
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To point the tool here.
    Apply,
    /// To undo that.
    Revert,
}

/// The changes of one file.
#[derive(Debug)]
pub struct FilePlan {
    /// The file.
    pub config: ConfigFile,
    /// As it was when the plan was made.
    pub seen: Seen,
    /// Key by key.
    pub edits: Vec<Edit>,
    pub(crate) before: Document,
    pub(crate) after: After,
    pub(crate) privacy: Privacy,
    pub(crate) receipt: Option<FileReceipt>,
}

/// What a file becomes.
#[derive(Debug)]
pub(crate) enum After {
    Holds(Document),
    Gone,
}

impl After {
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Holds(document) => Some(document.bytes()),
            Self::Gone => None,
        }
    }
}

/// One changed key. Its `Debug` masks secrets.
#[derive(Clone, PartialEq)]
pub struct Edit {
    /// The key.
    pub path: KeyPath,
    /// What stands there.
    pub old: Option<Value>,
    /// What would stand there.
    pub new: Option<Value>,
}

impl Edit {
    /// Whether either value is not to be shown.
    pub fn is_secret(&self) -> bool {
        let named = self.path.last_key().is_some_and(mask::is_secret_key);
        named || [&self.old, &self.new].into_iter().flatten().any(Value::holds_secret)
    }

    fn shown(&self, value: Option<&Value>) -> Option<String> {
        let whole = self.new.as_ref().is_some_and(|new| matches!(new, Value::Secret(_)));
        value.map(|value| match (value.expose_text(), self.path.last_key()) {
            (Some(text), _) if whole => mask::hint(text),
            (_, Some(key)) => value.masked_under(key),
            (_, None) => value.masked(),
        })
    }

    /// As faces show it.
    pub fn view(&self) -> ToolEdit {
        ToolEdit {
            path: self.path.to_string(),
            old: self.shown(self.old.as_ref()),
            new: self.shown(self.new.as_ref()),
        }
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = self.view();
        let shown = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
        write!(f, "{}: {} → {}", view.path, shown(view.old), shown(view.new))
    }
}

impl FilePlan {
    /// What becomes of the file.
    pub fn fate(&self) -> ToolFileFate {
        match (&self.after, &self.seen.bytes) {
            (After::Gone, _) => ToolFileFate::Removed,
            (After::Holds(_), None) => ToolFileFate::Made,
            (After::Holds(_), Some(_)) => ToolFileFate::Changed,
        }
    }

    /// A unified diff, secrets masked.
    pub fn diff(&self) -> String {
        let mut secrets = BTreeSet::new();
        for edit in &self.edits {
            let secret = edit.is_secret();
            for value in [&edit.old, &edit.new].into_iter().flatten() {
                if secret && !matches!(value, Value::List(_) | Value::Table(_)) {
                    diff::texts(value, &mut secrets);
                } else {
                    diff::secrets(value, &mut secrets);
                }
            }
        }
        let path = self.config.path.display().to_string();
        match &self.after {
            After::Holds(after) => diff::unified(&path, &self.before, after, &secrets),
            After::Gone => {
                let gone = Document::empty(self.config.format);
                diff::unified(&path, &self.before, &gone, &secrets)
            }
        }
    }

    fn view(&self) -> ToolFilePlan {
        ToolFilePlan {
            path: self.config.path.display().to_string(),
            fate: self.fate(),
            edits: self.edits.iter().map(Edit::view).collect(),
            diff: self.diff(),
        }
    }
}

impl Plan {
    /// Whether all stands as wanted already.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Names the plan: the same files in the same state, to be changed in the same way.
    pub fn fingerprint(&self) -> String {
        let mut all = format!("{} {:?}", self.tool, self.purpose);
        for file in &self.files {
            let hash = |hash: Option<ContentHash>| {
                hash.map_or_else(|| "-".to_owned(), |hash| hash.as_str().to_owned())
            };
            let after = file.after.bytes().map(|bytes| ContentHash::of(&bytes));
            let (before, after) = (hash(file.seen.hash()), hash(after));
            let target = file.seen.target.to_string_lossy();
            all.extend(["\n", &target, " ", &before, " ", &after]);
        }
        ContentHash::of(all.as_bytes()).as_str().to_owned()
    }

    /// Whether another plan for the same tool stands on the same content of the same files.
    pub fn stands_where(&self, other: &Self) -> bool {
        let same = |(mine, theirs): (&FilePlan, &FilePlan)| mine.seen.is_still(&theirs.seen);
        self.files.len() == other.files.len()
            && self.files.iter().zip(&other.files).all(same)
            && self.receipts.first() == other.receipts.first()
    }

    /// As faces show it.
    pub fn view(&self) -> ToolPlanView {
        ToolPlanView {
            tool: self.tool.to_owned(),
            fingerprint: self.fingerprint(),
            files: self.files.iter().map(FilePlan::view).collect(),
            conflicts: self.conflicts.clone(),
            notes: self.notes.iter().map(|note| (*note).to_owned()).collect(),
            left: self.left.clone(),
        }
    }
}
