//! `KEY=value` lines as dotenv readers take them: `export` before, quotes around, comments behind.

use std::ops::Range;

use crate::edit::node::{Kind, Member, Node};
use crate::edit::text::{Fault, Splice, Style, cut_lines, line_end, line_start, next_line, part};
use crate::edit::{KeyPath, New, Step, Value};

/// A line that is no assignment is left alone, as dotenv readers do; a quote that does not end is a
/// fault.
pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let mut members = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        let Some((key, key_span, value_at)) = assignment(text, at, end) else {
            at = next_line(text, at);
            continue;
        };
        let node = value(text, value_at, end)?;
        at = next_line(text, node.span.end);
        members.push(Member { key, key_span, node });
    }
    Ok(Node::table(0..text.len(), members))
}

fn assignment(text: &str, at: usize, end: usize) -> Option<(String, Range<usize>, usize)> {
    let line = part(text, at..end);
    let body = line.trim_start();
    let body = match body.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
        Some(_) | None => body,
    };
    let (name, _) = body.split_once('=')?;
    let key = name.trim_end();
    let first = key.bytes().next()?;
    let named = !first.is_ascii_digit()
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    if !named {
        return None;
    }
    let start = end - body.len();
    let after = start + name.len() + 1;
    let blanks = part(text, after..end);
    let blanks = blanks.len() - blanks.trim_start_matches([' ', '\t']).len();
    Some((key.to_owned(), start..start + key.len(), after + blanks))
}

fn value(text: &str, at: usize, end: usize) -> Result<Node, Fault> {
    let rest = part(text, at..text.len());
    let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else {
        let line = part(text, at..end);
        let said = comment_free(line).trim_end();
        let value = Value::Text(said.to_owned());
        return Ok(Node { span: at..at + said.len(), kind: Kind::Scalar(value) });
    };
    let mut said = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((offset, c)) = chars.next() {
        match c {
            c if c == quote => {
                let kind = Kind::Scalar(Value::Text(said));
                return Ok(Node { span: at..at + offset + c.len_utf8(), kind });
            }
            '\\' if quote == '"' => match chars.next() {
                Some((_, 'n')) => said.push('\n'),
                Some((_, 'r')) => said.push('\r'),
                Some((_, 't')) => said.push('\t'),
                Some((_, c @ ('"' | '\\' | '$' | '`'))) => said.push(c),
                Some((_, c)) => said.extend(['\\', c]),
                None => said.push('\\'),
            },
            c => said.push(c),
        }
    }
    Err(Fault::syntax(at, format!("a text in {quote} that does not end")))
}

/// An unquoted value ends where a comment begins after a blank.
fn comment_free(line: &str) -> &str {
    if line.starts_with('#') {
        return "";
    }
    let end = line.match_indices('#').find(|(at, _)| part(line, 0..*at).ends_with([' ', '\t']));
    end.map_or(line, |(at, _)| part(line, 0..at))
}

fn key_of(path: &KeyPath) -> Result<&str, Fault> {
    match path.steps() {
        [Step::Key(key)] => Ok(key),
        _ => Err(Fault::unsupported(0, "lines of variables have no tables")),
    }
}

pub(super) fn set(
    text: &str,
    root: &Node,
    path: &KeyPath,
    new: New<'_>,
) -> Result<Vec<Splice>, Fault> {
    let key = key_of(path)?;
    let there = path.steps().first().and_then(|step| root.step(step));
    let line = match (new, there) {
        (New::Value(value), Some(node)) => {
            return Ok(vec![Splice { range: node.span.clone(), with: written(value)? }]);
        }
        (New::Value(value), None) => format!("{}{key}={}", prefix(text, root), written(value)?),
        (New::Raw(raw), _) => raw.to_owned(),
    };
    if let Some(range) = whole(text, root, path) {
        return Ok(vec![Splice { range, with: line }]);
    }
    let newline = Style::newline_of(text);
    if text.is_empty() || text.ends_with('\n') {
        Ok(vec![Splice::put(text.len(), format!("{line}{newline}"))])
    } else {
        Ok(vec![Splice::put(text.len(), format!("{newline}{line}"))])
    }
}

/// A whole assignment, from its `export` to the end of its value.
pub(super) fn whole(text: &str, root: &Node, path: &KeyPath) -> Option<Range<usize>> {
    let key = key_of(path).ok()?;
    let Kind::Table(members) = &root.kind else { return None };
    let member = members.iter().rev().find(|member| member.key == key)?;
    let start = line_start(text, member.key_span.start);
    let before = part(text, start..member.key_span.start);
    let blanks = before.len() - before.trim_start().len();
    Some(start + blanks..member.node.span.end)
}

/// `export ` where the file's last assignment has it.
fn prefix(text: &str, root: &Node) -> &'static str {
    let Kind::Table(members) = &root.kind else { return "" };
    let exported = members.last().is_some_and(|member| {
        let start = line_start(text, member.key_span.start);
        part(text, start..member.key_span.start).trim_start().starts_with("export")
    });
    if exported { "export " } else { "" }
}

fn written(value: &Value) -> Result<String, Fault> {
    let text = match value {
        Value::Text(_) | Value::Secret(_) => value.expose_text().unwrap_or_default().to_owned(),
        Value::Number(text) => text.clone(),
        Value::Bool(yes) => yes.to_string(),
        Value::Null | Value::List(_) | Value::Table(_) => {
            return Err(Fault::unsupported(0, "a variable holds text alone"));
        }
    };
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./:@%+,=-?&~".contains(&b));
    // Shells, dotenv and its Python twin read single quotes alike; escapes in double ones differ.
    match () {
        () if plain => Ok(text),
        () if !text.contains(['\'', '\n', '\r']) => Ok(format!("'{text}'")),
        () if !text.contains(['"', '\\', '$', '`', '\n', '\r']) => Ok(format!("\"{text}\"")),
        () => {
            Err(Fault::unsupported(0, "the value has signs that readers of .env take differently"))
        }
    }
}

pub(super) fn remove(text: &str, root: &Node, path: &KeyPath) -> Result<Vec<Splice>, Fault> {
    let key = key_of(path)?;
    let Some(node) = path.steps().first().and_then(|step| root.step(step)) else {
        return Ok(Vec::new());
    };
    if root.times(key) > 1 {
        return Err(Fault::unsupported(node.span.start, "its key stands there more than once"));
    }
    Ok(vec![cut_lines(text, line_start_of(text, root, key)..node.span.end, '#')])
}

fn line_start_of(text: &str, root: &Node, key: &str) -> usize {
    let Kind::Table(members) = &root.kind else { return 0 };
    let member = members.iter().rev().find(|member| member.key == key);
    member.map_or(0, |member| line_start(text, member.key_span.start))
}
