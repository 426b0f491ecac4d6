//! Tables within a line.

use toml_edit::{InlineTable, Key, Value as TomlValue};

use super::joined;
use crate::edit::text::{Fault, Splice, part};

pub(super) fn set(table: &InlineTable, keys: &[&str], with: &str) -> Result<Vec<Splice>, Fault> {
    let (mut at, mut braces, mut from) = (table, table, 0);
    for (index, key) in keys.iter().enumerate() {
        let last = index + 1 == keys.len();
        match at.get(key) {
            None => {
                let entry = format!("{} = {with}", joined(keys.get(from..).unwrap_or_default()));
                return match (last_end(braces), braces.span()) {
                    (Some(end), _) => Ok(vec![Splice::put(end, format!(", {entry}"))]),
                    (None, Some(range)) => {
                        Ok(vec![Splice { range, with: format!("{{ {entry} }}") }])
                    }
                    (None, None) => Err(nowhere()),
                };
            }
            Some(TomlValue::InlineTable(inner)) if !last => {
                at = inner;
                if !inner.is_dotted() {
                    (braces, from) = (inner, index + 1);
                }
            }
            Some(value) => {
                let range = value.span().ok_or_else(nowhere)?;
                if last {
                    return Ok(vec![Splice { range, with: with.to_owned() }]);
                }
                return Err(Fault::unsupported(range.start, "a part of its way is no table"));
            }
        }
    }
    Err(nowhere())
}

/// Takes an entry out, with one comma.
pub(super) fn remove(text: &str, table: &InlineTable, keys: &[&str]) -> Result<Vec<Splice>, Fault> {
    let (mut at, mut start) = (table, None);
    for (index, key) in keys.iter().enumerate() {
        let key_start = at.get_key_value(key).and_then(|(key, _)| Key::span(key));
        start = start.or(key_start.map(|span| span.start));
        match at.get(key) {
            None => return Ok(Vec::new()),
            Some(TomlValue::InlineTable(inner)) if index + 1 < keys.len() => {
                at = inner;
                if !inner.is_dotted() {
                    start = None;
                }
            }
            Some(value) => {
                let (Some(start), Some(value)) = (start, value.span()) else {
                    return Err(nowhere());
                };
                return Ok(vec![cut(text, start, value.end)]);
            }
        }
    }
    Ok(Vec::new())
}

fn cut(text: &str, start: usize, end: usize) -> Splice {
    let before = part(text, 0..start).trim_end();
    if before.ends_with(',') {
        return Splice::cut(before.len() - 1..end);
    }
    let rest = part(text, end..text.len());
    match rest.trim_start().strip_prefix(',') {
        Some(after) => Splice::cut(start..text.len() - after.trim_start().len()),
        None => Splice::cut(before.len()..text.len() - rest.trim_start().len()),
    }
}

fn last_end(table: &InlineTable) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, value)| match value {
        TomlValue::InlineTable(inner) if inner.is_dotted() => last_end(inner),
        value => value.span().map(|span| span.end),
    });
    ends.max()
}

fn nowhere() -> Fault {
    Fault::unsupported(0, "it has no place of its own")
}
