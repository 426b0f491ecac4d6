use std::fmt;

use switchyard_types::Secret;

use crate::mask;

/// A value as a tool's file holds it, whatever the format.
///
/// Its `Debug` masks secrets, and it has no `Serialize`.
#[derive(Clone)]
pub enum Value {
    /// Nothing, said aloud (`null`, `~`).
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number or another bare word of the format (a date of TOML), as it is written.
    Number(String),
    /// Text.
    Text(String),
    /// Text that is never shown.
    Secret(Secret),
    /// Values in order.
    List(Vec<Value>),
    /// Values by key, in the file's order.
    Table(Vec<(String, Value)>),
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A whole number.
    pub fn integer(number: i64) -> Self {
        Self::Number(number.to_string())
    }

    /// A table of the pairs given.
    pub fn table<const N: usize>(pairs: [(&str, Value); N]) -> Self {
        Self::Table(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// The text, were it secret or not.
    pub fn expose_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Secret(secret) => Some(secret.expose()),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Table(_) => None,
        }
    }

    /// The text, if it is no secret.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Secret(_)
            | Self::List(_)
            | Self::Table(_) => None,
        }
    }

    /// The values of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Secret(_)
            | Self::Table(_) => None,
        }
    }

    /// The pairs of a table.
    pub fn as_table(&self) -> Option<&[(String, Value)]> {
        match self {
            Self::Table(pairs) => Some(pairs),
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Secret(_)
            | Self::List(_) => None,
        }
    }

    /// Whether a secret stands in it.
    pub fn holds_secret(&self) -> bool {
        match self {
            Self::Secret(_) => true,
            Self::List(items) => items.iter().any(Value::holds_secret),
            Self::Table(pairs) => pairs.iter().any(|(_, value)| value.holds_secret()),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => false,
        }
    }

    /// Whether both say the same to the tool: a table's order and a secret's wrapping do not count.
    pub fn same(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }

    /// One text for all values that are the same. It holds secrets in the clear.
    pub(crate) fn canonical(&self) -> String {
        let mut out = String::new();
        self.write_canonical(&mut out);
        out
    }

    fn write_canonical(&self, out: &mut String) {
        match self {
            Self::Null => out.push('~'),
            Self::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
            Self::Number(text) => {
                out.push('#');
                out.push_str(text);
            }
            Self::Text(_) | Self::Secret(_) => {
                let text = self.expose_text().unwrap_or_default();
                out.extend([&text.len().to_string(), ":", text]);
            }
            Self::List(items) => {
                out.push('[');
                for item in items {
                    item.write_canonical(out);
                    out.push(',');
                }
                out.push(']');
            }
            Self::Table(pairs) => {
                let mut sorted: Vec<_> = pairs.iter().collect();
                sorted.sort_by(|a, b| a.0.cmp(&b.0));
                out.push('{');
                for (key, value) in sorted {
                    out.extend([&key.len().to_string(), ":", key, "="]);
                    value.write_canonical(out);
                    out.push(',');
                }
                out.push('}');
            }
        }
    }

    /// The value as a person may see it.
    pub fn masked(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(yes) => yes.to_string(),
            Self::Number(text) => text.clone(),
            Self::Text(text) => format!("\"{}\"", mask::scrub(text)),
            Self::Secret(secret) => mask::hint(secret.expose()),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(Value::masked).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Table(pairs) => {
                let pairs: Vec<_> = pairs
                    .iter()
                    .map(|(key, value)| format!("{key}: {}", value.masked_under(key)))
                    .collect();
                format!("{{{}}}", pairs.join(", "))
            }
        }
    }

    /// The value as a person may see it, where its key tells whether it is secret.
    pub fn masked_under(&self, key: &str) -> String {
        match self {
            Self::Text(text) if mask::is_secret_key(key) => mask::hint(text),
            Self::List(items) if mask::is_secret_key(key) => {
                let items: Vec<_> = items.iter().map(|item| item.masked_under(key)).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Secret(_)
            | Self::List(_)
            | Self::Table(_) => self.masked(),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<Secret> for Value {
    fn from(secret: Secret) -> Self {
        Self::Secret(secret)
    }
}
