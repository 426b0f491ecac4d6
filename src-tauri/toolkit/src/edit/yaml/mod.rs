//! YAML: a parser's events say where everything stands; block mappings and lists of them are changed
//! line by line. What would need a reprint is refused.

mod read;
mod write;

use std::ops::Range;

use crate::edit::node::Node;
use crate::edit::text::{Fault, Splice, Style, cut_lines, line_end, line_start, next_line, part};
use crate::edit::{KeyPath, New, Step, Value};
use read::{Entry, Spot, SpotKind, parse};

pub(super) fn read(text: &str) -> Result<Node, Fault> {
    Ok(match parse(text)? {
        Some(root) if !root.is_nothing() => root.node(),
        Some(_) | None => Node::table(text.len()..text.len(), Vec::new()),
    })
}

const MARKED: &str = "it has an anchor, alias or tag";

pub(super) fn set(text: &str, path: &KeyPath, new: New<'_>) -> Result<Vec<Splice>, Fault> {
    let style = style(text);
    let Some(root) = parse(text)?.filter(|root| !root.is_nothing()) else {
        let lines = write::nested(path.steps(), new, 0, &style);
        return Ok(vec![add_below(text, text.trim_end().len(), &lines)]);
    };
    let mut spot = &root;
    let mut key_at = root.span.start;
    for (depth, step) in path.steps().iter().enumerate() {
        if spot.marked {
            return Err(Fault::unsupported(spot.span.start, MARKED));
        }
        let Some(next) = spot.step(step) else {
            let rest = path.steps().get(depth..).unwrap_or_default();
            return Gap { text, spot, key_at, depth, style }.fill(rest, new);
        };
        if let (Step::Key(key), SpotKind::Table(entries)) = (step, &spot.kind) {
            let entry = entries.iter().rev().find(|entry| entry.key == *key);
            key_at = entry.map_or(key_at, |entry| entry.key_span.start);
        }
        spot = next;
    }
    replace(text, spot, key_at, new)
}

/// Blocks are indented by blanks, whatever the file's comments use.
fn style(text: &str) -> Style {
    let style = Style::of(text);
    let blanks = !style.unit.contains('\t');
    Style { unit: if blanks { style.unit } else { "  ".to_owned() }, ..style }
}

fn replace(text: &str, spot: &Spot, key: usize, new: New<'_>) -> Result<Vec<Splice>, Fault> {
    if spot.marked {
        return Err(Fault::unsupported(spot.span.start, MARKED));
    }
    if spot.is_nothing() {
        let end = line_end(text, key);
        let colon = part(text, key..end).find(": ").or_else(|| part(text, key..end).rfind(':'));
        let at = colon.map_or(end, |colon| key + colon + 1);
        return Ok(vec![Splice::put(at, format!(" {}", write::inline(new)))]);
    }
    let range = spot.span.clone();
    if spot.flow || matches!(spot.kind, SpotKind::Scalar(_)) {
        return Ok(vec![Splice { range, with: write::inline(new) }]);
    }
    let old = part(text, range.clone());
    if old.contains(" #") || old.contains("\n#") {
        return Err(Fault::unsupported(range.start, "comments stand within it"));
    }
    let column = range.start - line_start(text, range.start);
    match (&spot.kind, new) {
        (_, New::Raw(raw)) => Ok(vec![Splice { range, with: raw.to_owned() }]),
        (SpotKind::Table(_), New::Value(Value::Table(pairs))) if !pairs.is_empty() => {
            let style = style(text);
            let lines = write::table(pairs, column, &style).join(style.newline);
            Ok(vec![Splice { range, with: lines.trim_start().to_owned() }])
        }
        (SpotKind::Scalar(_) | SpotKind::List(_) | SpotKind::Table(_), New::Value(_)) => {
            Err(Fault::unsupported(range.start, "it spans several lines"))
        }
    }
}

/// The place where a way breaks off.
struct Gap<'t> {
    text: &'t str,
    spot: &'t Spot,
    /// Where the key of `spot` stands.
    key_at: usize,
    depth: usize,
    style: Style,
}

impl Gap<'_> {
    fn fill(&self, rest: &[Step], new: New<'_>) -> Result<Vec<Splice>, Fault> {
        let Self { text, spot, depth, .. } = *self;
        let start = spot.span.start;
        match (&spot.kind, rest.first()) {
            (SpotKind::Table(entries), Some(Step::Key(_))) if spot.flow => {
                let entry = write::flow_entry(rest, new);
                Ok(vec![match entries.last() {
                    Some(last) => Splice::put(last.end(), format!(", {entry}")),
                    None => Splice { range: spot.span.clone(), with: format!("{{{entry}}}") },
                }])
            }
            (SpotKind::Table(entries), Some(Step::Key(_))) => {
                let end = entries.iter().map(Entry::end).max().unwrap_or(start);
                Ok(self.below(end, start - line_start(text, start), rest, new))
            }
            (SpotKind::List(items), Some(Step::Item { .. })) if spot.flow && items.is_empty() => {
                // `key: []` becomes a block.
                let lines = write::nested(rest, new, self.column_below(), &self.style);
                let newline = self.style.newline;
                let with = format!("{newline}{}", lines.join(newline));
                let start = part(text, 0..start).trim_end().len();
                Ok(vec![Splice { range: start..spot.span.end, with }])
            }
            (SpotKind::List(items), Some(Step::Item { .. })) if !spot.flow => {
                let Some(last) = items.last() else {
                    return Err(Fault::unsupported(start, "it is empty"));
                };
                let column = dash(text, last)? - line_start(text, last.span.start);
                Ok(self.below(last.span.end, column, rest, new))
            }
            (SpotKind::Scalar(Value::Null), Some(_)) if spot.is_nothing() => {
                Ok(self.below(self.key_at, self.column_below(), rest, new))
            }
            (SpotKind::List(_), Some(Step::Item { .. })) => {
                Err(Fault::unsupported(start, "the list stands within a line"))
            }
            (_, Some(Step::Item { .. })) => Err(Fault::kind(start, depth, "list")),
            (_, Some(Step::Key(_)) | None) => Err(Fault::kind(start, depth, "table")),
        }
    }

    fn column_below(&self) -> usize {
        self.key_at - line_start(self.text, self.key_at) + self.style.unit.len()
    }

    fn below(&self, after: usize, column: usize, rest: &[Step], new: New<'_>) -> Vec<Splice> {
        vec![add_below(self.text, after, &write::nested(rest, new, column, &self.style))]
    }
}

/// Lines after the line of a byte.
fn add_below(text: &str, after: usize, lines: &[String]) -> Splice {
    let newline = Style::newline_of(text);
    let block = lines.join(newline);
    if text.is_empty() {
        return Splice::put(0, format!("{block}{newline}"));
    }
    let next = next_line(text, after);
    if next == text.len() && !text.ends_with('\n') {
        return Splice::put(text.len(), format!("{newline}{block}"));
    }
    Splice::put(next, format!("{block}{newline}"))
}

/// The dash of a list's entry, on the line where the entry begins.
fn dash(text: &str, item: &Spot) -> Result<usize, Fault> {
    let start = line_start(text, item.span.start);
    let before = part(text, start..item.span.start);
    let said = before.trim_start();
    let alone = said.strip_prefix('-').is_some_and(|rest| rest.trim().is_empty());
    if alone {
        return Ok(start + before.len() - said.len());
    }
    Err(Fault::unsupported(item.span.start, "its dash stands apart"))
}

pub(super) fn remove(text: &str, path: &KeyPath) -> Result<Vec<Splice>, Fault> {
    let Some(root) = parse(text)? else { return Ok(Vec::new()) };
    let Some((last, way)) = path.steps().split_last() else {
        return Err(Fault::unsupported(0, "it is the whole file"));
    };
    let mut parent = &root;
    for step in way {
        if parent.marked {
            return Err(Fault::unsupported(parent.span.start, MARKED));
        }
        match parent.step(step) {
            Some(next) => parent = next,
            None => return Ok(Vec::new()),
        }
    }
    let Some(spot) = parent.step(last) else { return Ok(Vec::new()) };
    if parent.marked || spot.marked {
        return Err(Fault::unsupported(spot.span.start, MARKED));
    }
    match (&parent.kind, last) {
        (SpotKind::Table(entries), Step::Key(key)) => remove_key(text, parent, entries, key),
        (SpotKind::List(_), Step::Item { .. }) if !parent.flow => {
            Ok(vec![cut_lines(text, dash(text, spot)?..spot.span.end, '#')])
        }
        (SpotKind::Scalar(_) | SpotKind::List(_) | SpotKind::Table(_), _) => {
            Err(Fault::unsupported(spot.span.start, "the list stands within a line"))
        }
    }
}

fn remove_key(
    text: &str,
    parent: &Spot,
    entries: &[Entry],
    key: &str,
) -> Result<Vec<Splice>, Fault> {
    let mut found = entries.iter().enumerate().filter(|(_, entry)| entry.key == key);
    let Some((at, entry)) = found.next() else { return Ok(Vec::new()) };
    let start = entry.key_span.start;
    if found.next().is_some() {
        return Err(Fault::unsupported(start, "its key stands there more than once"));
    }
    if parent.flow {
        return Ok(vec![Splice::cut(flow_range(entries, at, entry))]);
    }
    if !part(text, line_start(text, start)..start).trim().is_empty() {
        return Err(Fault::unsupported(start, "it begins a list's entry"));
    }
    let mut end = entry.end();
    if entry.spot.is_nothing() {
        // The key's colon belongs to it.
        end += part(text, end..line_end(text, end)).find(':').map_or(0, |colon| colon + 1);
    }
    Ok(vec![cut_lines(text, start..end, '#')])
}

/// An entry of a mapping within a line, with one comma.
fn flow_range(entries: &[Entry], at: usize, entry: &Entry) -> Range<usize> {
    let previous = at.checked_sub(1).and_then(|at| entries.get(at));
    match (previous, entries.get(at + 1)) {
        (Some(previous), _) => previous.end()..entry.end(),
        (None, Some(next)) => entry.key_span.start..next.key_span.start,
        (None, None) => entry.key_span.start..entry.end(),
    }
}
