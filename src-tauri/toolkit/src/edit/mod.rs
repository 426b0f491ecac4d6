//! Editors that change one value and leave every other byte as it was.
//!
//! Each format only says where values stand; a change is a few replaced ranges of the original
//! text, never a reprint. After each change the text is read again: if anything but the value
//! meant differs, the change is refused.

mod dotenv;
mod json;
mod node;
mod path;
mod text;
mod toml;
mod value;
mod yaml;

pub(crate) use node::Node;
pub use path::{KeyPath, Step};
use text::{Fault, Splice};
pub use value::Value;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON to the letter (RFC 8259).
    Json,
    /// JSON with comments and trailing commas.
    Jsonc,
    /// JSON5 (spec.json5.org).
    Json5,
    /// TOML 1.0.
    Toml,
    /// YAML 1.2, one document.
    Yaml,
    /// `KEY=value` lines, as dotenv readers take them.
    Dotenv,
}

impl Format {
    /// As a file's name says it.
    pub fn of_path(path: &std::path::Path) -> Option<Self> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => Some(Self::Json),
            Some("jsonc") => Some(Self::Jsonc),
            Some("json5") => Some(Self::Json5),
            Some("toml") => Some(Self::Toml),
            Some("yaml" | "yml") => Some(Self::Yaml),
            Some(_) | None => None,
        }
    }
}

/// Why a file was not read or not changed. It is untouched in every case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file is not what its format asks for.
    #[error("line {line}, column {column}: {reason}", reason = .message)]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// The file is not UTF-8.
    #[error("line {line}, column {column}: not UTF-8 text")]
    NotText {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
    },
    /// The way to a value leads through something that is no table or list.
    #[error("line {line}, column {column}: {path} is not a {wanted}")]
    WrongKind {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What stands there.
        path: KeyPath,
        /// What was needed.
        wanted: &'static str,
    },
    /// The value is written in a way that cannot be changed safely.
    #[error("line {line}, column {column}: {path} cannot be changed safely: {why}")]
    Unsupported {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What was to be changed.
        path: KeyPath,
        /// What is in the way.
        why: &'static str,
    },
    /// The check after the change found more changed than was meant.
    #[error("changing {path} would have changed more than that; nothing was changed")]
    Unsafe {
        /// What was to be changed.
        path: KeyPath,
    },
}

/// A value as found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it says.
    pub value: Value,
    /// Its bytes in the file, for values that stand in one piece; of a variable, the whole assignment.
    pub(crate) raw: Option<String>,
}

/// What to put somewhere.
#[derive(Clone, Copy)]
enum New<'v> {
    Value(&'v Value),
    Raw(&'v str),
}

/// A file's text, parsed, to be read and changed by path.
#[derive(Clone)]
pub struct Document {
    format: Format,
    byte_order_mark: bool,
    text: String,
    root: Node,
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

impl Document {
    /// Parses a file's bytes. One that is empty holds no values yet.
    pub fn parse(bytes: &[u8], format: Format) -> Result<Self, EditError> {
        let (byte_order_mark, rest) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        let text = std::str::from_utf8(rest).map_err(|error| {
            let valid = rest.get(..error.valid_up_to()).unwrap_or_default();
            let valid = String::from_utf8_lossy(valid);
            let (line, column) = text::position(&valid, valid.len());
            EditError::NotText { line, column }
        })?;
        let root = read(text, format).map_err(|fault| syntax(text, &fault))?;
        Ok(Self { format, byte_order_mark, text: text.to_owned(), root })
    }

    /// A file that is not there yet.
    pub fn empty(format: Format) -> Self {
        let root = Node::table(0..0, Vec::new());
        Self { format, byte_order_mark: false, text: String::new(), root }
    }

    /// How it is written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The file's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mark = if self.byte_order_mark { BYTE_ORDER_MARK } else { &[] };
        [mark, self.text.as_bytes()].concat()
    }

    /// The value at a place.
    pub fn get(&self, path: &KeyPath) -> Option<Value> {
        self.root.find(path).map(Node::value)
    }

    /// Everything in it.
    pub fn value(&self) -> Value {
        self.root.value()
    }

    /// Whether it holds neither a value nor a comment: nothing that a person wrote.
    pub fn is_bare(&self) -> bool {
        let empty = match self.root.value() {
            Value::Table(pairs) => pairs.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Null => true,
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Secret(_) => false,
        };
        empty && self.text.chars().all(|c| c.is_whitespace() || "{}[]".contains(c))
    }

    pub(crate) fn find(&self, path: &KeyPath) -> Option<Found> {
        let node = self.root.find(path)?;
        let span = match self.format {
            Format::Dotenv => dotenv::whole(&self.text, &self.root, path)?,
            Format::Json | Format::Jsonc | Format::Json5 | Format::Toml | Format::Yaml => {
                node.span.clone()
            }
        };
        // Only a TOML table stands nowhere in one piece; an empty scalar is one too.
        let in_one_piece = !span.is_empty() || matches!(node.kind, node::Kind::Scalar(_));
        let raw = self.text.get(span).filter(|_| in_one_piece);
        Some(Found { value: node.value(), raw: raw.map(str::to_owned) })
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Sets the value at a place, and makes the tables on its way in the file's own style. A value that
    /// says the same already keeps its spelling.
    pub fn set(&mut self, path: &KeyPath, value: &Value) -> Result<(), EditError> {
        if self.get(path).is_some_and(|now| now.same(value)) {
            return Ok(());
        }
        self.put(path, New::Value(value))
    }

    /// Puts back a value as it was spelled.
    pub(crate) fn set_raw(&mut self, path: &KeyPath, raw: &str) -> Result<(), EditError> {
        self.put(path, New::Raw(raw))
    }

    fn put(&mut self, path: &KeyPath, new: New<'_>) -> Result<(), EditError> {
        let splices = match self.format {
            Format::Json | Format::Jsonc | Format::Json5 => {
                json::set(&self.text, &self.root, self.format, path, new)
            }
            Format::Toml => toml::set(&self.text, path, new),
            Format::Yaml => yaml::set(&self.text, path, new),
            Format::Dotenv => dotenv::set(&self.text, &self.root, path, new),
        };
        let next = self.changed(path, splices)?;
        let landed = match (new, next.get(path)) {
            (New::Value(wanted), Some(found)) => found.same(wanted),
            (New::Raw(_), Some(_)) => true,
            (New::Value(_) | New::Raw(_), None) => false,
        };
        if !landed {
            return Err(EditError::Unsafe { path: path.clone() });
        }
        *self = next;
        Ok(())
    }

    /// Takes the value at a place out; says whether there was one.
    pub fn remove(&mut self, path: &KeyPath) -> Result<bool, EditError> {
        if self.root.find(path).is_none() {
            return Ok(false);
        }
        let splices = match self.format {
            Format::Json | Format::Jsonc | Format::Json5 => {
                json::remove(&self.text, &self.root, path)
            }
            Format::Toml => toml::remove(&self.text, path),
            Format::Yaml => yaml::remove(&self.text, path),
            Format::Dotenv => dotenv::remove(&self.text, &self.root, path),
        };
        let next = self.changed(path, splices)?;
        if next.get(path).is_some() {
            return Err(EditError::Unsafe { path: path.clone() });
        }
        *self = next;
        Ok(true)
    }

    /// The text with the splices in, if nothing but `path` differs then.
    fn changed(
        &self,
        path: &KeyPath,
        splices: Result<Vec<Splice>, Fault>,
    ) -> Result<Self, EditError> {
        let splices = splices.map_err(|fault| refused(&self.text, path, fault))?;
        let danger = || EditError::Unsafe { path: path.clone() };
        let text = text::splice(&self.text, splices).ok_or_else(danger)?;
        let root = read(&text, self.format).map_err(|_| danger())?;
        let (before, after) = (self.root.apart_from(path), root.apart_from(path));
        if before.map(|value| value.canonical()) != after.map(|value| value.canonical()) {
            return Err(danger());
        }
        Ok(Self { text, root, ..*self })
    }
}

/// Never the text itself: secrets stand in it.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({:?}, {} bytes)", self.format, self.text.len())
    }
}

fn read(text: &str, format: Format) -> Result<Node, Fault> {
    match format {
        Format::Json | Format::Jsonc | Format::Json5 => json::read(text, format),
        Format::Toml => toml::read(text),
        Format::Yaml => yaml::read(text),
        Format::Dotenv => dotenv::read(text),
    }
}

fn syntax(text: &str, fault: &Fault) -> EditError {
    let (line, column) = text::position(text, fault.at);
    EditError::Syntax { line, column, message: fault.what.to_string() }
}

fn refused(text: &str, path: &KeyPath, fault: Fault) -> EditError {
    let (line, column) = text::position(text, fault.at);
    match fault.what {
        text::What::Kind { depth, wanted } => {
            EditError::WrongKind { line, column, path: path.up_to(depth), wanted }
        }
        text::What::Unsupported(why) => {
            EditError::Unsupported { line, column, path: path.clone(), why }
        }
        text::What::Syntax(message) => EditError::Syntax { line, column, message },
    }
}
