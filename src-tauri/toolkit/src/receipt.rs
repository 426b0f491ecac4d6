use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use switchyard_types::Millis;

use crate::ToolkitError;
use crate::edit::{Document, KeyPath, Value};
use crate::file::{ContentHash, Disk, Privacy, Seen, make_folders, remove, replace};
use crate::seal::Seal;

const VERSION: u32 = 1;

/// What stood before we wrote, key by key: all that a revert needs.
///
/// Nothing in it is readable: what the user had is sealed, what we wrote is only hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Receipt {
    version: u32,
    /// The tool's id.
    pub tool: String,
    /// When we last wrote.
    pub at: Millis,
    /// File by file.
    pub files: Vec<FileReceipt>,
}

/// What we did to one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileReceipt {
    /// The file's id among the tool's.
    pub id: String,
    /// The name it was looked for by.
    pub path: PathBuf,
    /// Its whole content before.
    pub before: Before,
    /// Its content as we left it; two while a write is under way.
    pub after: Vec<ContentHash>,
    /// Folders made for it, the outermost first.
    pub folders: Vec<PathBuf>,
    /// Key by key.
    pub keys: Vec<KeyReceipt>,
}

/// A file's content before we first wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Before {
    /// The file was not there.
    Absent,
    /// Among the backups.
    Kept(ContentHash),
    /// The user changed the file between two of our writes: there is no whole content to go back to.
    Mixed,
}

/// What we did to one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyReceipt {
    /// The key.
    pub path: KeyPath,
    /// The hash of what we wrote, `None` if we took the key out; two while a write is under way.
    pub wrote: Vec<Option<ContentHash>>,
    /// What stood there, sealed; `None` for nothing.
    pub before: Option<Sealed>,
    /// How many steps of the way were there already.
    pub depth: usize,
}

/// A value as it was spelled, sealed, in base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sealed(String);

impl Sealed {
    pub(crate) fn close(seal: &dyn Seal, plain: &str) -> Result<Self, ToolkitError> {
        Ok(Self(BASE64_STANDARD.encode(seal.seal(plain.as_bytes())?)))
    }

    pub(crate) fn open(&self, seal: &dyn Seal) -> Result<String, ToolkitError> {
        let opening = || ToolkitError::Seal(crate::seal::SealError::Opening);
        let sealed = BASE64_STANDARD.decode(&self.0).map_err(|_| opening())?;
        String::from_utf8(seal.open(&sealed)?).map_err(|_| opening())
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(…)")
    }
}

/// The hash by which a value is recognised as the one we wrote.
pub(crate) fn value_hash(value: &Value) -> ContentHash {
    ContentHash::of(value.canonical().as_bytes())
}

impl KeyReceipt {
    /// Whether the key still reads as we left it.
    pub(crate) fn holds(&self, document: &Document) -> bool {
        self.wrote.contains(&document.get(&self.path).map(|value| value_hash(&value)))
    }
}

impl FileReceipt {
    /// What holds while a file goes from the state of one receipt to that of another: whichever of the
    /// two it is found in, a revert finds its way.
    fn between(old: &Self, new: &Self) -> Self {
        let mut both = new.clone();
        both.after.extend(old.after.iter().filter(|hash| !new.after.contains(hash)).cloned());
        for key in &old.keys {
            match both.keys.iter_mut().find(|known| known.path == key.path) {
                Some(known) => {
                    let more = key.wrote.iter().filter(|hash| !known.wrote.contains(hash));
                    let more: Vec<_> = more.cloned().collect();
                    known.wrote.extend(more);
                }
                None => both.keys.push(key.clone()),
            }
        }
        both
    }
}

impl Receipt {
    pub(crate) fn between(old: Option<&Self>, new: &Self) -> Self {
        let Some(old) = old else { return new.clone() };
        let mut both = new.clone();
        for file in &old.files {
            match both.files.iter_mut().find(|known| known.path == file.path) {
                Some(known) => *known = FileReceipt::between(file, known),
                None => both.files.push(file.clone()),
            }
        }
        both
    }

    pub(crate) fn new(tool: &str, at: Millis) -> Self {
        Self { version: VERSION, tool: tool.to_owned(), at, files: Vec::new() }
    }

    pub(crate) fn file(&self, path: &Path) -> Option<&FileReceipt> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// The folder of receipts.
#[derive(Clone, Copy)]
pub(crate) struct Receipts<'r> {
    pub(crate) folder: &'r Path,
    pub(crate) disk: &'r dyn Disk,
}

impl Receipts<'_> {
    fn seen(&self, tool: &str) -> Result<Seen, ToolkitError> {
        Ok(Seen::at(self.disk, &self.folder.join(format!("{tool}.json")))?)
    }

    /// A receipt that cannot be read is an error, never none.
    pub(crate) fn read(&self, tool: &str) -> Result<Option<Receipt>, ToolkitError> {
        let seen = self.seen(tool)?;
        let Some(bytes) = &seen.bytes else { return Ok(None) };
        let receipt: Receipt = serde_json::from_slice(bytes)
            .map_err(|error| ToolkitError::Record { path: seen.path.clone(), error })?;
        if receipt.version != VERSION {
            return Err(ToolkitError::Newer { path: seen.path });
        }
        Ok(Some(receipt))
    }

    pub(crate) fn write(&self, tool: &str, receipt: Option<&Receipt>) -> Result<(), ToolkitError> {
        make_folders(self.disk, self.folder)?;
        let seen = self.seen(tool)?;
        let Some(receipt) = receipt else { return Ok(remove(self.disk, &seen)?) };
        let bytes = serde_json::to_vec_pretty(receipt)
            .map_err(|error| ToolkitError::Record { path: seen.path.clone(), error })?;
        Ok(replace(self.disk, &seen, &bytes, Privacy::Private)?)
    }
}
