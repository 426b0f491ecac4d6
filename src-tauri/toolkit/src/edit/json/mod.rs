//! JSON, JSON with comments, JSON5: one reader that knows three manners, one writer for all.

mod group;
mod read;
mod write;

use crate::edit::node::{Kind, Node};
use crate::edit::text::{Fault, Splice, line_end};
use crate::edit::{Format, KeyPath, New, Step};
use group::Group;
pub(super) use read::read;
use write::{Lit, Writer};

/// What to splice so that `path` holds `new`.
pub(super) fn set(
    text: &str,
    root: &Node,
    format: Format,
    path: &KeyPath,
    new: New<'_>,
) -> Result<Vec<Splice>, Fault> {
    let writer = Writer::of(text, root, format);
    let steps = path.steps();
    let lit = Lit::from(new);
    if text.trim().is_empty() || root.span.is_empty() {
        let body = writer.literal(&Lit::nested(steps, lit), "", false);
        let end = text.trim_end().len();
        let (before, after) = match (end, text.is_empty()) {
            (0, true) => ("", writer.newline()),
            (0, false) => ("", ""),
            (_, _) => (writer.newline(), ""),
        };
        return Ok(vec![Splice::put(end, format!("{before}{body}{after}"))]);
    }
    let mut node = root;
    for (at, step) in steps.iter().enumerate() {
        let rest = steps.get(at + 1..).unwrap_or_default();
        if let Some(next) = node.step(step) {
            node = next;
            continue;
        }
        let group = Group::of(node);
        return match (step, &node.kind) {
            (Step::Key(key), Kind::Table(_)) => Ok(group.append(text, &writer, |indent, flat| {
                let value = writer.literal(&Lit::nested(rest, lit.clone()), indent, flat);
                format!("{}{}{value}", writer.key(key), writer.colon())
            })),
            (Step::Item { field, is }, Kind::List(_)) => {
                let item = if rest.is_empty() {
                    lit.clone()
                } else {
                    Lit::item(field, is, rest, lit.clone())
                };
                Ok(group.append(text, &writer, |indent, flat| writer.literal(&item, indent, flat)))
            }
            (Step::Key(_), Kind::List(_) | Kind::Scalar(_)) => {
                Err(Fault::kind(node.span.start, at, "table"))
            }
            (Step::Item { .. }, Kind::Table(_) | Kind::Scalar(_)) => {
                Err(Fault::kind(node.span.start, at, "list"))
            }
        };
    }
    let indent = crate::edit::text::indent_of(text, node.span.start);
    let flat = writer.is_flat(text, node);
    Ok(vec![Splice { range: node.span.clone(), with: writer.literal(&lit, indent, flat) }])
}

/// What to splice so that nothing stands at `path`.
pub(super) fn remove(text: &str, root: &Node, path: &KeyPath) -> Result<Vec<Splice>, Fault> {
    let Some((last, way)) = path.steps().split_last() else {
        return Err(Fault::unsupported(0, "it is the whole file"));
    };
    let Some(parent) = way.iter().try_fold(root, |node, step| node.step(step)) else {
        return Ok(Vec::new());
    };
    let Some(node) = parent.step(last) else { return Ok(Vec::new()) };
    if let Step::Key(key) = last
        && parent.times(key) > 1
    {
        return Err(Fault::unsupported(node.span.start, "its key stands there more than once"));
    }
    Ok(Group::of(parent).cut(text, node))
}
