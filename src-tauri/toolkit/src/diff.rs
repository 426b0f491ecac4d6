//! A unified diff of two documents in which no secret shows.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::edit::{Document, Value};
use crate::mask;

const CONTEXT: usize = 3;

/// The diff of a file's two states; `secrets` are masked wherever they stand, as is every value whose
/// key names a secret.
pub(crate) fn unified(
    path: &str,
    before: &Document,
    after: &Document,
    secrets: &BTreeSet<String>,
) -> String {
    let (old, new) = (lines(before), lines(after));
    let (old_shown, new_shown) = (masked(before, secrets), masked(after, secrets));
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let mut out = String::new();
    for group in group_diff_ops(ops, CONTEXT) {
        if out.is_empty() {
            out.extend(["--- ", path, "\n+++ ", path, "\n"]);
        }
        out.push_str(&header(&group));
        for op in &group {
            let (sign_old, sign_new) = match op {
                DiffOp::Equal { .. } => (Some(" "), None),
                DiffOp::Delete { .. } => (Some("-"), None),
                DiffOp::Insert { .. } => (None, Some("+")),
                DiffOp::Replace { .. } => (Some("-"), Some("+")),
            };
            for (sign, range, shown, raw) in [
                (sign_old, op.old_range(), &old_shown, &old),
                (sign_new, op.new_range(), &new_shown, &new),
            ] {
                let Some(sign) = sign else { continue };
                for at in range {
                    let line = shown.get(at).map_or("", String::as_str);
                    out.extend([sign, line, "\n"]);
                    if raw.get(at).is_some_and(|line| !line.ends_with('\n')) {
                        out.push_str("\\ No newline at end of file\n");
                    }
                }
            }
        }
    }
    out
}

fn lines(document: &Document) -> Vec<&str> {
    document.text().split_inclusive('\n').collect()
}

fn header(group: &[DiffOp]) -> String {
    let part = |range: fn(&DiffOp) -> std::ops::Range<usize>| {
        let start = group.first().map_or(0, |op| range(op).start);
        let end = group.last().map_or(0, |op| range(op).end);
        let count = end - start;
        let from = if count == 0 { start } else { start + 1 };
        if count == 1 { format!("{from}") } else { format!("{from},{count}") }
    };
    format!("@@ -{} +{} @@\n", part(DiffOp::old_range), part(DiffOp::new_range))
}

/// The document's lines as a person may see them: as many as it has.
fn masked(document: &Document, secrets: &BTreeSet<String>) -> Vec<String> {
    let text = document.text();
    let mut spans = Vec::new();
    for leaf in document.root().leaves() {
        let Some(said) = leaf.value.as_text() else { continue };
        let named = leaf.keys.last().is_some_and(|key| mask::is_secret_key(key));
        if (named || secrets.contains(said)) && !said.is_empty() {
            spans.push((leaf.span, mask::hint(said)));
        }
    }
    spans.sort_by_key(|(span, _)| span.start);
    let mut out = String::new();
    let mut at = 0;
    for (span, hint) in spans {
        if span.start < at {
            continue;
        }
        out.push_str(text.get(at..span.start).unwrap_or_default());
        let raw = text.get(span.clone()).unwrap_or_default();
        let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        let quote = quote.map(String::from).unwrap_or_default();
        let breaks = "\n".repeat(raw.matches('\n').count());
        out.extend([quote.as_str(), &hint, &quote, &breaks]);
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    for secret in secrets {
        if secret.len() >= 8 {
            out = out.replace(secret.as_str(), &mask::hint(secret));
        }
    }
    out.lines().map(mask::scrub).collect()
}

/// Every text in a value, to be masked wherever it stands.
pub(crate) fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Text(text) => {
            into.insert(text.clone());
        }
        Value::Secret(secret) => {
            into.insert(secret.expose().to_owned());
        }
        Value::List(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Table(pairs) => pairs.iter().for_each(|(_, value)| texts(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The secrets alone in a value.
pub(crate) fn secrets(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Secret(secret) => {
            into.insert(secret.expose().to_owned());
        }
        Value::List(items) => items.iter().for_each(|item| secrets(item, into)),
        Value::Table(pairs) => pairs.iter().for_each(|(_, value)| secrets(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}
