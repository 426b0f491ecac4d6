//! TOML: `toml_edit` says where everything stands; the text itself is changed here, since its own
//! printer does not keep every byte.

mod inline;

use std::ops::Range;

use toml_edit::{Document as Parsed, InlineTable, Item, Key, Table, TableLike, Value as TomlValue};

use crate::edit::node::{Kind, Member, Node};
use crate::edit::text::{
    Fault, Splice, Style, cut_lines, escaped, line_end, line_start, next_line, part,
};
use crate::edit::{KeyPath, New, Step, Value};

fn parse(text: &str) -> Result<Parsed<&str>, Fault> {
    Parsed::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Fault::syntax(at, error.message())
    })
}

pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let parsed = parse(text)?;
    let mut root = table(text, parsed.as_table());
    root.span = 0..text.len();
    Ok(root)
}

fn table(text: &str, from: &dyn TableLike) -> Node {
    let mut members = Vec::new();
    for (name, item) in from.iter() {
        let key_span = from.get_key_value(name).and_then(|(key, _)| key.span()).unwrap_or(0..0);
        members.extend(node(text, item).map(|node| Member {
            key: name.to_owned(),
            key_span,
            node,
        }));
    }
    Node::table(0..0, members)
}

fn node(text: &str, item: &Item) -> Option<Node> {
    match item {
        Item::None => None,
        Item::Value(found) => Some(value(text, found)),
        Item::Table(found) => Some(table(text, found)),
        Item::ArrayOfTables(tables) => {
            let items = tables.iter().map(|found| table(text, found)).collect();
            Some(Node { span: 0..0, kind: Kind::List(items) })
        }
    }
}

fn value(text: &str, found: &TomlValue) -> Node {
    let span = found.span().unwrap_or(0..0);
    let kind = match found {
        TomlValue::String(said) => Kind::Scalar(Value::Text(said.value().clone())),
        TomlValue::Boolean(said) => Kind::Scalar(Value::Bool(*said.value())),
        TomlValue::Integer(_) | TomlValue::Float(_) | TomlValue::Datetime(_) => {
            Kind::Scalar(Value::Number(part(text, span.clone()).to_owned()))
        }
        TomlValue::Array(items) => Kind::List(items.iter().map(|item| value(text, item)).collect()),
        TomlValue::InlineTable(inline) => table(text, inline).kind,
    };
    Node { span, kind }
}

/// Where the way to a value leads as far as it exists, and how one goes on there.
struct Walk<'d> {
    /// Steps taken.
    depth: usize,
    /// The table reached, if it has a header of its own or is the root.
    table: &'d Table,
    /// How many steps lie between the last table with a header (or the root) and this one.
    dotted: usize,
    /// The last table with a header, or the root.
    under: &'d Table,
    found: Stop<'d>,
}

enum Stop<'d> {
    Missing,
    Value(&'d TomlValue),
    Inline(&'d InlineTable),
    Table,
    Other(Range<usize>),
}

fn walk<'d>(root: &'d Table, keys: &[&str]) -> Walk<'d> {
    let mut at = Walk { depth: 0, table: root, dotted: 0, under: root, found: Stop::Table };
    for (index, key) in keys.iter().enumerate() {
        let last = index + 1 == keys.len();
        match at.table.get(key) {
            None | Some(Item::None) => {
                at.found = Stop::Missing;
                return at;
            }
            Some(Item::Table(next)) => {
                at.depth += 1;
                at.table = next;
                if next.is_dotted() {
                    at.dotted += 1;
                } else {
                    at.dotted = 0;
                    at.under = next;
                }
            }
            Some(Item::Value(value)) => {
                at.depth += 1;
                at.found = match value {
                    TomlValue::InlineTable(inline) if !last => Stop::Inline(inline),
                    _ if last => Stop::Value(value),
                    _ => Stop::Other(value.span().unwrap_or(0..0)),
                };
                return at;
            }
            Some(Item::ArrayOfTables(tables)) => {
                at.depth += 1;
                at.found = Stop::Other(tables.span().unwrap_or(0..0));
                return at;
            }
        }
    }
    at
}

fn keys_of(path: &KeyPath) -> Result<Vec<&str>, Fault> {
    path.steps()
        .iter()
        .map(|step| match step {
            Step::Key(key) => Ok(key.as_str()),
            Step::Item { .. } => Err(Fault::unsupported(0, "lists of tables are left alone")),
        })
        .collect()
}

pub(super) fn set(text: &str, path: &KeyPath, new: New<'_>) -> Result<Vec<Splice>, Fault> {
    let parsed = parse(text)?;
    let keys = keys_of(path)?;
    let with = match new {
        New::Raw(raw) => raw.to_owned(),
        New::Value(value) => written(value),
    };
    let reached = walk(parsed.as_table(), &keys);
    let missing = keys.get(reached.depth..).unwrap_or_default();
    match &reached.found {
        Stop::Value(value) => {
            let range = value.span().ok_or_else(|| Fault::unsupported(0, "it has no place"))?;
            Ok(vec![Splice { range, with }])
        }
        Stop::Inline(inline) => inline::set(inline, missing, &with),
        Stop::Table => Err(Fault::unsupported(0, "it is a table")),
        Stop::Other(span) => Err(Fault::kind(span.start, reached.depth, "table")),
        Stop::Missing => match missing {
            [key] if reached.dotted == 0 && is_root_or_headed(&reached, &parsed) => {
                Ok(vec![add_line(text, reached.table, &parsed, &format!("{} = {with}", name(key)))])
            }
            _ if reached.dotted > 0 => {
                let from = reached.depth - reached.dotted;
                let dotted = joined(keys.get(from..).unwrap_or_default());
                Ok(vec![add_line(text, reached.under, &parsed, &format!("{dotted} = {with}"))])
            }
            [.., key] => {
                let header = joined(keys.get(..keys.len() - 1).unwrap_or_default());
                Ok(vec![add_table(text, &header, &format!("{} = {with}", name(key)))])
            }
            [] => Err(Fault::unsupported(0, "it is the whole file")),
        },
    }
}

fn is_root_or_headed(reached: &Walk<'_>, parsed: &Parsed<&str>) -> bool {
    std::ptr::eq(reached.table, parsed.as_table()) || !reached.table.is_implicit()
}

/// A line at the end of a table, after its last line that holds a value.
fn add_line(text: &str, table: &Table, parsed: &Parsed<&str>, line: &str) -> Splice {
    let newline = Style::newline_of(text);
    let root = std::ptr::eq(table, parsed.as_table());
    let header = if root { None } else { table.span().map(|span| span.start) };
    let last = last_value(table).or_else(|| header.map(|start| line_end(text, start)));
    let Some(last) = last else {
        let at = after_opening_comment(text);
        let rest = part(text, at..text.len());
        let gap = if rest.is_empty() || rest.starts_with(['\n', '\r']) { "" } else { newline };
        let before = if at > 0 && !part(text, 0..at).ends_with('\n') { newline } else { "" };
        return Splice::put(at, format!("{before}{line}{newline}{gap}"));
    };
    let indent = crate::edit::text::indent_of(text, line_anchor(text, table, last));
    let end = line_end(text, last);
    let next = next_line(text, last);
    if next == text.len() && !text.ends_with('\n') {
        return Splice::put(end, format!("{newline}{indent}{line}"));
    }
    Splice::put(next, format!("{indent}{line}{newline}"))
}

/// The key whose line shows how far the table's lines are indented.
fn line_anchor(text: &str, table: &Table, last: usize) -> usize {
    let first = table.iter().find_map(|(name, item)| {
        matches!(item, Item::Value(_)).then(|| table.key(name).and_then(Key::span)).flatten()
    });
    first.map_or_else(|| line_start(text, last), |span| span.start)
}

/// The root's first line goes behind a comment that opens the file and is set off by an empty line.
fn after_opening_comment(text: &str) -> usize {
    let mut at = 0;
    while at < text.len() {
        let line = part(text, at..line_end(text, at)).trim();
        if line.is_empty() {
            return if at == 0 { 0 } else { next_line(text, at) };
        }
        if !line.starts_with('#') {
            return 0;
        }
        at = next_line(text, at);
    }
    at
}

fn add_table(text: &str, header: &str, line: &str) -> Splice {
    let newline = Style::newline_of(text);
    let table = format!("[{header}]{newline}{line}");
    if text.trim().is_empty() {
        return Splice::put(text.len(), format!("{table}{newline}"));
    }
    if text.ends_with('\n') {
        return Splice::put(text.len(), format!("{newline}{table}{newline}"));
    }
    Splice::put(text.len(), format!("{newline}{newline}{table}"))
}

/// Where the last value that stands under a table's own header ends.
fn last_value(table: &Table) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, item)| match item {
        Item::Value(value) => value.span().map(|span| span.end),
        Item::Table(inner) if inner.is_dotted() => last_value(inner),
        Item::None | Item::Table(_) | Item::ArrayOfTables(_) => None,
    });
    ends.max()
}

pub(super) fn remove(text: &str, path: &KeyPath) -> Result<Vec<Splice>, Fault> {
    let parsed = parse(text)?;
    let keys = keys_of(path)?;
    let reached = walk(parsed.as_table(), &keys);
    match &reached.found {
        Stop::Value(value) => {
            let key = keys.last().and_then(|key| reached.table.key(key)).and_then(Key::span);
            let (Some(key), Some(value)) = (key, value.span()) else {
                return Err(Fault::unsupported(0, "it has no place"));
            };
            Ok(vec![cut_lines(text, key.start..value.end, '#')])
        }
        Stop::Table => remove_table(text, reached.table),
        Stop::Missing => Ok(Vec::new()),
        Stop::Inline(inline) => {
            inline::remove(text, inline, keys.get(reached.depth..).unwrap_or_default())
        }
        Stop::Other(span) => Err(Fault::unsupported(span.start, "it is a list of tables")),
    }
}

/// The header of a table that holds nothing any more, with the empty line before it.
fn remove_table(text: &str, table: &Table) -> Result<Vec<Splice>, Fault> {
    let start = table.span().map_or(0, |span| span.start);
    if !table.is_empty() {
        return Err(Fault::unsupported(start, "the table is not empty"));
    }
    if !part(text, start..text.len()).starts_with('[') {
        return Err(Fault::unsupported(start, "the table has no header"));
    }
    let header_end = line_end(text, start);
    let header = part(text, start..header_end);
    let end = header.rfind(']').map_or(header_end, |close| start + close + 1);
    let cut = cut_lines(text, start..end, '#');
    let before = part(text, 0..cut.range.start);
    let line = before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n'));
    let blank = line.filter(|line| line.is_empty() || line.ends_with('\n'));
    // The empty line that set the table off goes with it, unless it sets off another table now.
    let follows = part(text, cut.range.end..text.len());
    let alone = !follows.starts_with('[');
    let start = match blank {
        Some(line) if alone => line.len(),
        Some(_) | None => cut.range.start,
    };
    Ok(vec![Splice::cut(start..cut.range.end)])
}

fn joined(keys: &[&str]) -> String {
    keys.iter().map(|key| name(key)).collect::<Vec<_>>().join(".")
}

fn name(key: &str) -> String {
    let bare =
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare { key.to_owned() } else { quoted(key) }
}

fn written(value: &Value) -> String {
    match value {
        // TOML knows no nothing; an empty text is the nearest.
        Value::Null => "\"\"".to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(text) => text.clone(),
        Value::Text(_) | Value::Secret(_) => quoted(value.expose_text().unwrap_or_default()),
        Value::List(items) => {
            format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        Value::Table(pairs) if pairs.is_empty() => "{}".to_owned(),
        Value::Table(pairs) => {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(key, value)| format!("{} = {}", name(key), written(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' || c == '\u{7f}' => out.push_str(&escaped(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
