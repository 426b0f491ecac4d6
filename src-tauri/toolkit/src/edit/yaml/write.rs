use crate::edit::text::{Style, escaped};
use crate::edit::{New, Step, Value};

/// What an unquoted word means (YAML 1.2, core schema).
pub(super) fn plain(word: &str) -> Value {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        word if is_number(word) => Value::Number(word.to_owned()),
        word => Value::Text(word.to_owned()),
    }
}

fn is_number(word: &str) -> bool {
    let special = [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"];
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word);
    special.contains(&digits)
        || digits.starts_with("0x")
            && u128::from_str_radix(digits.get(2..).unwrap_or(""), 16).is_ok()
        || digits.starts_with("0o")
            && u128::from_str_radix(digits.get(2..).unwrap_or(""), 8).is_ok()
        || digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && digits.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b))
            && digits.parse::<f64>().is_ok()
}

/// The lines of a value with the tables and lists that the steps ask for around it.
pub(super) fn nested(steps: &[Step], new: New<'_>, column: usize, style: &Style) -> Vec<String> {
    let pad = " ".repeat(column);
    match steps {
        [] => vec![format!("{pad}{}", inline(new))],
        [Step::Key(key)] => match new {
            New::Value(Value::Table(pairs)) if !pairs.is_empty() => {
                let mut lines = vec![format!("{pad}{}:", name(key))];
                lines.extend(table(pairs, column + style.unit.len(), style));
                lines
            }
            New::Value(_) | New::Raw(_) => vec![format!("{pad}{}: {}", name(key), inline(new))],
        },
        [Step::Key(key), rest @ ..] => {
            let mut lines = vec![format!("{pad}{}:", name(key))];
            lines.extend(nested(rest, new, column + style.unit.len(), style));
            lines
        }
        [Step::Item { field, is }, rest @ ..] => {
            let inner = match (rest, new) {
                ([], New::Value(Value::Table(pairs))) => table(pairs, column + 2, style),
                ([], New::Value(_)) => vec![format!("{pad}  {}", inline(new))],
                ([], New::Raw(raw)) => vec![format!("{pad}  {raw}")],
                (rest, new) => {
                    let mut lines = vec![format!("{pad}  {}: {}", name(field), text(is))];
                    lines.extend(nested(rest, new, column + 2, style));
                    lines
                }
            };
            dashed(inner, column)
        }
    }
}

/// The first line's indentation makes way for the dash.
fn dashed(mut lines: Vec<String>, column: usize) -> Vec<String> {
    if let Some(first) = lines.first_mut() {
        *first = format!("{}- {}", " ".repeat(column), first.trim_start());
    }
    lines
}

/// A table as a block.
pub(super) fn table(pairs: &[(String, Value)], column: usize, style: &Style) -> Vec<String> {
    let steps = |key: &String| [Step::Key(key.clone())];
    pairs
        .iter()
        .flat_map(|(key, value)| nested(&steps(key), New::Value(value), column, style))
        .collect()
}

/// One entry of a mapping within a line.
pub(super) fn flow_entry(steps: &[Step], new: New<'_>) -> String {
    match steps {
        [Step::Key(key)] => format!("{}: {}", name(key), inline(new)),
        [Step::Key(key), rest @ ..] => format!("{}: {{{}}}", name(key), flow_entry(rest, new)),
        [Step::Item { .. }, ..] | [] => inline(new),
    }
}

/// A value within a line.
pub(super) fn inline(new: New<'_>) -> String {
    match new {
        New::Raw(raw) => raw.to_owned(),
        New::Value(value) => flow(value),
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(text) => text.clone(),
        Value::Text(_) | Value::Secret(_) => text(value.expose_text().unwrap_or_default()),
        Value::List(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::Table(pairs) => {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(key, value)| format!("{}: {}", name(key), flow(value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

fn name(key: &str) -> String {
    text(key)
}

/// Unquoted only where every reader, of YAML 1.1 too, takes the word for text.
fn text(said: &str) -> String {
    let word = said.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '_')
        && said.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./@:-".contains(&b))
        && !said.ends_with(':');
    let lower = said.to_ascii_lowercase();
    let special = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    if word && !special.contains(&lower.as_str()) && matches!(plain(said), Value::Text(_)) {
        return said.to_owned();
    }
    let mut out = String::from("\"");
    for c in said.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&escaped(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
