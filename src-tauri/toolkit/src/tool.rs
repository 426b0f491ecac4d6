use std::collections::BTreeMap;
use std::path::PathBuf;

use switchyard_types::ToolConflict;

use crate::ask::Ask;
use crate::edit::{Document, Format, KeyPath, Value};
use crate::file::Privacy;
use crate::places::{Look, Places};

/// A coding tool: what we know of it, as data. What is done with it is the same for all.
#[derive(Clone, Copy)]
pub struct Tool {
    /// Its id, in lower case with dashes.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Programs of it that may be on the `PATH`.
    pub binaries: &'static [&'static str],
    /// Files and folders whose presence says that it is installed or was used.
    pub marks: fn(&Places) -> Vec<PathBuf>,
    /// How it is pointed here.
    pub way: Way,
}

/// How a tool is pointed here.
#[derive(Clone, Copy)]
pub enum Way {
    /// Its files are known: we write them.
    Writer(Writer),
    /// They are not, or there are none: we say what the user does.
    Guide(Guide),
}

/// What is particular in writing one tool's files.
#[derive(Clone, Copy)]
pub struct Writer {
    /// Roles that the tool gives a model of its own, beside the main one.
    pub slots: &'static [Slot],
    /// The files it reads that we may write, the main one first.
    pub files: fn(&Look<'_>) -> Vec<ConfigFile>,
    /// What should stand where. Everything not named stays.
    pub wishes: fn(&Ask, &Docs<'_>) -> Vec<Wish>,
    /// Whom the files point the tool at; `None` for its own vendor.
    pub address: fn(&Docs<'_>) -> Option<String>,
    /// What beside our keys may keep the tool from coming here. [`crate::conflict`] has the usual ones.
    pub conflicts: fn(&Look<'_>, &Docs<'_>) -> Vec<ToolConflict>,
    /// What the tool's program is called with so that it checks its files and changes none; empty where it
    /// has no such command.
    pub check: &'static [&'static str],
    /// What to do after writing: sentences for a person.
    pub notes: &'static [&'static str],
}

/// A role with a model of its own.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// Its id: `opus`.
    pub id: &'static str,
    /// What the tool uses it for.
    pub name: &'static str,
}

/// A file that a tool reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// Names it among the tool's files; receipts keep it.
    pub id: &'static str,
    /// Where it is.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
}

impl ConfigFile {
    /// One file.
    pub fn new(id: &'static str, path: PathBuf, format: Format) -> Self {
        Self { id, path, format }
    }
}

/// What should stand at one place of one file.
///
/// A table stands for its values one by one, so that what a user adds to it stays the user's; an
/// entry of a list ([`KeyPath::item`]) is one value as a whole.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The file's id.
    pub file: &'static str,
    /// The place.
    pub path: KeyPath,
    /// What should stand there; `None` for nothing.
    pub value: Option<Value>,
}

impl Wish {
    /// This value there.
    pub fn set(file: &'static str, path: KeyPath, value: impl Into<Value>) -> Self {
        Self { file, path, value: Some(value.into()) }
    }

    /// Nothing there. What the user had is given back by a revert.
    pub fn remove(file: &'static str, path: KeyPath) -> Self {
        Self { file, path, value: None }
    }
}

/// A tool's files as they are now, by id; one that is not there is empty.
pub struct Docs<'d> {
    /// Where things are.
    pub places: &'d Places,
    pub(crate) files: BTreeMap<&'static str, Document>,
}

impl Docs<'_> {
    /// The value at a place of a file.
    pub fn get(&self, file: &str, path: &KeyPath) -> Option<Value> {
        self.files.get(file)?.get(path)
    }

    /// The text at a place of a file.
    pub fn text(&self, file: &str, path: &KeyPath) -> Option<String> {
        self.get(file, path)?.as_text().map(str::to_owned)
    }
}

/// A text for tools that we do not write for.
#[derive(Clone, Copy, Debug)]
pub struct Guide {
    /// Markdown with `{{address}}`, `{{v1}}`, `{{v1beta}}`, `{{model}}` and `{{key}}`.
    pub text: &'static str,
    /// What the user should know first.
    pub caution: Option<&'static str>,
}

impl Guide {
    /// The text for this user, but for the key: its place stays marked.
    pub fn filled(&self, ask: &Ask) -> String {
        self.text
            .replace("{{address}}", ask.address.root())
            .replace("{{v1beta}}", &ask.address.v1beta())
            .replace("{{v1}}", &ask.address.v1())
            .replace("{{model}}", &ask.model)
    }
}

impl Tool {
    /// How its files are written, if we do.
    pub fn writer(&self) -> Option<&Writer> {
        match &self.way {
            Way::Writer(writer) => Some(writer),
            Way::Guide(_) => None,
        }
    }

    /// The guide, if there is one.
    pub fn guide(&self) -> Option<&Guide> {
        match &self.way {
            Way::Guide(guide) => Some(guide),
            Way::Writer(_) => None,
        }
    }
}

impl std::fmt::Debug for Tool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tool({})", self.id)
    }
}

/// One wish for one value: tables are taken apart.
pub(crate) fn leaves(wishes: Vec<Wish>) -> Vec<Wish> {
    let mut out = Vec::new();
    for wish in wishes {
        take_apart(wish, &mut out);
    }
    out
}

fn take_apart(wish: Wish, out: &mut Vec<Wish>) {
    use crate::edit::Step;
    let is_entry = matches!(wish.path.steps().last(), Some(Step::Item { .. }));
    match wish.value {
        Some(Value::Table(pairs)) if !is_entry && !pairs.is_empty() => {
            for (key, value) in pairs {
                let path = wish.path.clone().key(key);
                take_apart(Wish { file: wish.file, path, value: Some(value) }, out);
            }
        }
        value => out.push(Wish { value, ..wish }),
    }
}

/// A file whose content would hold a secret is made for the user alone.
pub(crate) fn privacy(wishes: &[&Wish]) -> Privacy {
    let secret = |wish: &&Wish| wish.value.as_ref().is_some_and(Value::holds_secret);
    if wishes.iter().any(secret) { Privacy::Private } else { Privacy::Usual }
}
