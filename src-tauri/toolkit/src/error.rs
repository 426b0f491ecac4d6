use std::path::PathBuf;

use switchyard_types::ErrorCode;

use crate::edit::EditError;
use crate::file::FileError;
use crate::seal::SealError;

/// Why a tool was not planned, applied or reverted. The user's files are as they were before.
#[derive(Debug, thiserror::Error)]
pub enum ToolkitError {
    /// The disk, or a file that changed meanwhile.
    #[error(transparent)]
    File(#[from] FileError),
    /// A tool's file does not parse.
    #[error("{}, {error}. It was left as it is: mend it in an editor, then try again", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        error: EditError,
    },
    /// A tool's file parses, but not that change can be made to it.
    #[error("{}, {error}", path.display())]
    Edit {
        /// The file.
        path: PathBuf,
        /// What is in the way, and where.
        error: EditError,
    },
    /// A backup or receipt was not sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A record of ours is damaged.
    #[error("{} is damaged ({error}); nothing was done", path.display())]
    Record {
        /// The record.
        path: PathBuf,
        /// What is wrong in it.
        error: serde_json::Error,
    },
    /// A record of ours comes from a newer Switchyard.
    #[error("{} was written by a newer Switchyard; nothing was done", path.display())]
    Newer {
        /// The record.
        path: PathBuf,
    },
    /// A backup does not hold what it says.
    #[error("the backup {} was altered; it is not used", path.display())]
    Altered {
        /// The backup's content.
        path: PathBuf,
    },
    /// There is no such backup.
    #[error("there is no backup {id}")]
    NoBackup {
        /// Its id.
        id: String,
    },
    /// There is no such tool.
    #[error("there is no tool {id}")]
    NoTool {
        /// Its id.
        id: String,
    },
    /// The tool is set up by hand: there is a guide for it.
    #[error("{tool} is set up by hand: follow its guide")]
    ByHand {
        /// Its name.
        tool: &'static str,
    },
    /// The tool has no such slot.
    #[error("{tool} has no model slot {slot}")]
    NoSlot {
        /// Its name.
        tool: &'static str,
        /// The slot asked for.
        slot: String,
    },
    /// We never wrote this tool's files.
    #[error("there is nothing of Switchyard in {tool} to revert")]
    NothingToRevert {
        /// Its name.
        tool: &'static str,
    },
    /// After a write the file does not hold what was written.
    #[error("{} does not hold what was just written to it: another program wrote over it", path.display())]
    NotAsWritten {
        /// The file.
        path: PathBuf,
    },
}

impl ToolkitError {
    /// The code that faces act on.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::File(FileError::Changed { .. } | FileError::Busy { .. })
            | Self::NotAsWritten { .. }
            | Self::NothingToRevert { .. } => ErrorCode::Conflict,
            Self::File(
                FileError::Disk { .. }
                | FileError::NotAFile { .. }
                | FileError::ReadOnly { .. }
                | FileError::OtherNames { .. }
                | FileError::Circle { .. }
                | FileError::TooLarge { .. },
            )
            | Self::Seal(_)
            | Self::Record { .. }
            | Self::Newer { .. }
            | Self::Altered { .. } => ErrorCode::Storage,
            Self::Broken { .. } | Self::Edit { .. } | Self::ByHand { .. } | Self::NoSlot { .. } => {
                ErrorCode::Invalid
            }
            Self::NoBackup { .. } | Self::NoTool { .. } => ErrorCode::NotFound,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::File(FileError::Changed { .. }) => {
                Some("look at the new plan, then apply that one")
            }
            Self::File(FileError::Busy { .. }) => Some("wait a moment and try again"),
            Self::File(FileError::ReadOnly { .. }) => {
                Some("change it where it comes from, or take the write protection off")
            }
            Self::File(FileError::OtherNames { .. }) => {
                Some("make it a file of its own, or change it by hand")
            }
            Self::File(FileError::Disk { .. }) => {
                Some("look at the folder's permissions and the space on the disk")
            }
            Self::File(
                FileError::NotAFile { .. } | FileError::Circle { .. } | FileError::TooLarge { .. },
            )
            | Self::Newer { .. }
            | Self::NothingToRevert { .. } => None,
            Self::Broken { .. } | Self::Edit { .. } => {
                Some("open the file in an editor at that place and mend it")
            }
            Self::Seal(_) => {
                Some("the data key changed since; the files can still be edited by hand")
            }
            Self::Record { .. } | Self::Altered { .. } => {
                Some("the file can still be edited by hand, or another backup restored")
            }
            Self::NoBackup { .. } => Some("list the backups again"),
            Self::NoTool { .. } => Some("`switchyard tools` lists them"),
            Self::ByHand { .. } => Some("`switchyard guide TOOL` shows it"),
            Self::NoSlot { .. } => Some("`switchyard tools` lists each tool's slots"),
            Self::NotAsWritten { .. } => Some("close that program and try again"),
        }
    }
}
