use std::ops::Range;

use super::read::{after_comments_of_line, skip_from};
use super::write::Writer;
use crate::edit::node::{Kind, Node};
use crate::edit::text::{Splice, indent_of, part};

/// A table or list between its brackets: entries with commas between.
pub(super) struct Group {
    /// Between the brackets.
    inner: Range<usize>,
    /// Each entry, its key included.
    entries: Vec<Range<usize>>,
}

impl Group {
    pub(super) fn of(node: &Node) -> Self {
        let entries = match &node.kind {
            Kind::Scalar(_) => Vec::new(),
            Kind::List(items) => items.iter().map(|item| item.span.clone()).collect(),
            Kind::Table(members) => {
                members.iter().map(|member| member.key_span.start..member.node.span.end).collect()
            }
        };
        let inner = node.span.start + 1..node.span.end.saturating_sub(1);
        Self { inner, entries }
    }

    /// A new entry at the end. `entry` gets the indentation of its line, and whether all must stand on
    /// one line.
    pub(super) fn append(
        &self,
        text: &str,
        writer: &Writer,
        entry: impl Fn(&str, bool) -> String,
    ) -> Vec<Splice> {
        match self.entries.last() {
            None => self.first(text, writer, entry),
            Some(last) => self.after(text, writer, last, entry),
        }
    }

    fn first(
        &self,
        text: &str,
        writer: &Writer,
        entry: impl Fn(&str, bool) -> String,
    ) -> Vec<Splice> {
        let inner = part(text, self.inner.clone());
        if writer.one_line() && !inner.contains('\n') {
            let at = self.inner.start + inner.trim_end().len();
            return vec![Splice::put(at, entry("", true))];
        }
        let outer = indent_of(text, self.inner.start);
        let indent = format!("{outer}{}", writer.unit());
        let newline = writer.newline();
        let said = inner.trim_end();
        let at = self.inner.start + said.len();
        let closing = if said.is_empty() || !part(inner, said.len()..inner.len()).contains('\n') {
            format!("{newline}{outer}")
        } else {
            String::new()
        };
        let with = format!("{newline}{indent}{}{closing}", entry(&indent, false));
        // An empty group's blanks give way; behind a comment they stay.
        let range = if said.is_empty() { self.inner.clone() } else { at..at };
        vec![Splice { range, with }]
    }

    fn after(
        &self,
        text: &str,
        writer: &Writer,
        last: &Range<usize>,
        entry: impl Fn(&str, bool) -> String,
    ) -> Vec<Splice> {
        let before = self.before_last();
        let own_line = part(text, before..last.start).contains('\n');
        let comma = self.comma_after(text, last.end);
        if !own_line {
            let flat = !part(text, last.clone()).contains('\n');
            let new = entry(indent_of(text, last.start), flat);
            let gap = writer.gap();
            return match comma {
                Some(comma) => vec![Splice::put(comma + 1, format!("{gap}{new},"))],
                None => vec![Splice::put(last.end, format!(",{gap}{new}"))],
            };
        }
        let indent = indent_of(text, last.start);
        let new = entry(indent, false);
        let newline = writer.newline();
        let anchor = comma.map_or(last.end, |comma| comma + 1);
        let end = after_comments_of_line(text, anchor).min(self.inner.end);
        let trail = if comma.is_some() { "," } else { "" };
        let line = format!("{newline}{indent}{new}{trail}");
        match comma {
            Some(_) => vec![Splice::put(end, line)],
            None if end == last.end => vec![Splice::put(end, format!(",{line}"))],
            None => vec![Splice::put(last.end, ","), Splice::put(end, line)],
        }
    }

    /// Takes an entry out, with its comma and the line it stood on; comments stay.
    pub(super) fn cut(&self, text: &str, node: &Node) -> Vec<Splice> {
        let Some(at) = self.entries.iter().position(|entry| entry.end == node.span.end) else {
            return Vec::new();
        };
        let Some(entry) = self.entries.get(at) else { return Vec::new() };
        let comma = self.comma_after(text, entry.end);
        let is_last = at + 1 == self.entries.len();
        if self.entries.len() == 1 && self.is_alone(text, entry, comma) {
            return vec![Splice::cut(self.inner.clone())];
        }
        let mut splices = Vec::new();
        let end = comma.map_or(entry.end, |comma| comma + 1);
        if is_last && comma.is_none() && at > 0 {
            let previous = self.entries.get(at - 1).map_or(self.inner.start, |entry| entry.end);
            if let Some(comma) = self.comma_after(text, previous) {
                splices.push(Splice::cut(comma..comma + 1));
            }
        }
        let blank = part(text, self.inner.start..entry.start);
        let start = self.inner.start + blank.trim_end().len();
        let start = splices.first().map_or(start, |splice| start.max(splice.range.end));
        splices.push(Splice::cut(keep_line_break(text, start, entry.start, end)..end));
        splices
    }

    fn is_alone(&self, text: &str, entry: &Range<usize>, comma: Option<usize>) -> bool {
        let before = part(text, self.inner.start..entry.start);
        let end = comma.map_or(entry.end, |comma| comma + 1);
        let after = part(text, end..self.inner.end);
        let between = part(text, entry.end..end);
        before.trim().is_empty()
            && after.trim().is_empty()
            && between.trim_matches(',').trim().is_empty()
    }

    fn before_last(&self) -> usize {
        let count = self.entries.len();
        if count < 2 {
            return self.inner.start;
        }
        self.entries.get(count - 2).map_or(self.inner.start, |entry| entry.end)
    }

    fn comma_after(&self, text: &str, end: usize) -> Option<usize> {
        let at = skip_from(text, end);
        (at < self.inner.end && part(text, at..at + 1) == ",").then_some(at)
    }
}

/// From where to cut: a line break before the entry goes with it only if another follows, lest a
/// comment before it swallow what comes after.
fn keep_line_break(text: &str, blank: usize, entry: usize, end: usize) -> usize {
    let rest = part(text, end..text.len()).trim_start_matches([' ', '\t']);
    let breaks = rest.starts_with(['\n', '\r']) || rest.starts_with("//");
    if part(text, blank..entry).contains('\n') && !breaks { entry } else { blank }
}
