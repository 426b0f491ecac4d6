use crate::edit::node::{Kind, Node};
use crate::edit::text::{Style, escaped, part};
use crate::edit::{Format, New, Step, Value};

/// A value to be written, parts of which may be spelled already.
#[derive(Clone)]
pub(super) enum Lit<'v> {
    Value(&'v Value),
    Raw(&'v str),
    Text(&'v str),
    Table(Vec<(&'v str, Lit<'v>)>),
    List(Vec<Lit<'v>>),
}

impl<'v> From<New<'v>> for Lit<'v> {
    fn from(new: New<'v>) -> Self {
        match new {
            New::Value(value) => Self::Value(value),
            New::Raw(raw) => Self::Raw(raw),
        }
    }
}

impl<'v> Lit<'v> {
    /// The tables and lists that the steps ask for, around the value.
    pub(super) fn nested(steps: &'v [Step], inner: Self) -> Self {
        match steps.split_first() {
            None => inner,
            Some((Step::Key(key), rest)) => Self::Table(vec![(key, Self::nested(rest, inner))]),
            Some((Step::Item { .. }, [])) => Self::List(vec![inner]),
            Some((Step::Item { field, is }, rest)) => {
                Self::List(vec![Self::item(field, is, rest, inner)])
            }
        }
    }

    /// A list's new table that reads `is` in `field`.
    pub(super) fn item(field: &'v str, is: &'v str, rest: &'v [Step], inner: Self) -> Self {
        let mut pairs = vec![(field, Self::Text(is))];
        if let Self::Table(more) = Self::nested(rest, inner) {
            pairs.extend(more);
        }
        Self::Table(pairs)
    }
}

/// Writes values as the rest of the file is written.
pub(super) struct Writer {
    style: Style,
    colon: String,
    gap: &'static str,
    key_quote: Option<char>,
    text_quote: char,
    one_line: bool,
}

impl Writer {
    pub(super) fn of(text: &str, root: &Node, format: Format) -> Self {
        let sample = sample(root);
        let colon = sample.as_ref().map(|found| part(text, found.colon.clone()).to_owned());
        let colon = colon.filter(|colon| {
            colon.starts_with(':') && colon.chars().skip(1).all(|c| c == ' ') && colon.len() < 4
        });
        let quotes = format == Format::Json5;
        let key_start = sample.as_ref().and_then(|found| text.get(found.key..)?.chars().next());
        let key_quote = match key_start {
            Some('\'') if quotes => Some('\''),
            Some(c) if quotes && c != '"' => None,
            Some(_) | None => Some('"'),
        };
        let single = quotes
            && root.leaves().iter().find_map(|leaf| {
                leaf.value.as_text().and_then(|_| text.get(leaf.span.start..)?.chars().next())
            }) == Some('\'');
        let one_line = !root.span.is_empty()
            && !part(text, root.span.clone()).contains('\n')
            && sample.is_some();
        let tight = colon.as_deref() == Some(":");
        Self {
            style: Style::of(text),
            colon: colon.unwrap_or_else(|| ": ".to_owned()),
            gap: if tight { "" } else { " " },
            key_quote,
            text_quote: if single { '\'' } else { '"' },
            one_line,
        }
    }

    pub(super) fn newline(&self) -> &'static str {
        self.style.newline
    }

    pub(super) fn unit(&self) -> &str {
        &self.style.unit
    }

    pub(super) fn colon(&self) -> &str {
        &self.colon
    }

    /// What stands after a comma within a line.
    pub(super) fn gap(&self) -> &'static str {
        self.gap
    }

    /// Whether the whole file is one line.
    pub(super) fn one_line(&self) -> bool {
        self.one_line
    }

    /// Whether a value that takes this one's place should stay on its line.
    pub(super) fn is_flat(&self, text: &str, node: &Node) -> bool {
        let group = matches!(node.kind, Kind::List(_) | Kind::Table(_));
        self.one_line
            || group && !part(text, node.span.clone()).contains('\n') && node.span.len() > 2
    }

    pub(super) fn key(&self, key: &str) -> String {
        let mut chars = key.chars();
        let plain = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '$')
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
        match self.key_quote {
            None if plain => key.to_owned(),
            None => quoted(key, '"'),
            Some(quote) => quoted(key, quote),
        }
    }

    pub(super) fn literal(&self, lit: &Lit<'_>, indent: &str, flat: bool) -> String {
        match lit {
            Lit::Raw(raw) => (*raw).to_owned(),
            Lit::Text(text) => quoted(text, self.text_quote),
            Lit::Table(pairs) => {
                let entries = pairs.iter().map(|(key, value)| (Some(*key), value.clone()));
                self.group(['{', '}'], &entries.collect::<Vec<_>>(), indent, flat)
            }
            Lit::List(items) => {
                let entries = items.iter().map(|item| (None, item.clone()));
                self.group(['[', ']'], &entries.collect::<Vec<_>>(), indent, flat)
            }
            Lit::Value(value) => self.value(value, indent, flat),
        }
    }

    fn value(&self, value: &Value, indent: &str, flat: bool) -> String {
        match value {
            Value::Null => "null".to_owned(),
            Value::Bool(yes) => yes.to_string(),
            Value::Number(text) => text.clone(),
            Value::Text(_) | Value::Secret(_) => {
                quoted(value.expose_text().unwrap_or_default(), self.text_quote)
            }
            Value::List(items) => {
                let entries = items.iter().map(|item| (None, Lit::Value(item)));
                self.group(['[', ']'], &entries.collect::<Vec<_>>(), indent, flat)
            }
            Value::Table(pairs) => {
                let entries =
                    pairs.iter().map(|(key, value)| (Some(key.as_str()), Lit::Value(value)));
                self.group(['{', '}'], &entries.collect::<Vec<_>>(), indent, flat)
            }
        }
    }

    fn group(
        &self,
        [open, close]: [char; 2],
        entries: &[(Option<&str>, Lit<'_>)],
        indent: &str,
        flat: bool,
    ) -> String {
        if entries.is_empty() {
            return format!("{open}{close}");
        }
        let inner = format!("{indent}{}", self.unit());
        let written: Vec<String> = entries
            .iter()
            .map(|(key, value)| {
                let value = self.literal(value, &inner, flat);
                match key {
                    Some(key) => format!("{}{}{value}", self.key(key), self.colon),
                    None => value,
                }
            })
            .collect();
        if flat {
            return format!("{open}{}{close}", written.join(&format!(",{}", self.gap)));
        }
        let newline = self.newline();
        let joint = format!(",{newline}{inner}");
        format!("{open}{newline}{inner}{}{newline}{indent}{close}", written.join(&joint))
    }
}

struct Sample {
    key: usize,
    colon: std::ops::Range<usize>,
}

/// The first key of the file, which shows how keys are written.
fn sample(node: &Node) -> Option<Sample> {
    match &node.kind {
        Kind::Scalar(_) => None,
        Kind::List(items) => items.iter().find_map(sample),
        Kind::Table(members) => members.first().map(|member| Sample {
            key: member.key_span.start,
            colon: member.key_span.end..member.node.span.start,
        }),
    }
}

fn quoted(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            // Line separators end a line for some readers of JSON5.
            c if c < ' ' || matches!(c, '\u{2028}' | '\u{2029}') => {
                out.push_str(&escaped(c));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
