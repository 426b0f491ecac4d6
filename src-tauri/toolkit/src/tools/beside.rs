//! What stands beside a tool's own keys and keeps it from coming here, in the words all tools share.

use std::path::PathBuf;

use switchyard_types::{ToolConflict, ToolConflictKind};

use crate::ask::OfferedModel;
use crate::conflict::other_file;
use crate::edit::{Format, KeyPath, Value};
use crate::places::Look;
use crate::tool::{Docs, Wish};

/// A setting of the user in the tool's own files.
pub(super) fn setting(place: impl Into<String>, what: &str) -> ToolConflict {
    let place = place.into();
    let message = format!("`{place}` {what}");
    ToolConflict { kind: ToolConflictKind::Setting, place, message }
}

/// Files of the user's projects, each given by its parts below the project's folder.
pub(super) fn project_files(
    look: &Look<'_>,
    names: &[&[&str]],
    format: Format,
    keys: &[KeyPath],
    own: &[PathBuf],
) -> Vec<ToolConflict> {
    let projects = look.places.projects.iter();
    let paths = projects.flat_map(|folder| names.iter().map(|name| look.places.join(folder, name)));
    paths
        .filter(|path| !own.contains(path))
        .filter_map(|path| other_file(look, ToolConflictKind::ProjectFile, (path, format), keys))
        .collect()
}

/// A list that names what is allowed, where the user keeps one: the same with our entry in it.
pub(super) fn allowed(
    docs: &Docs<'_>,
    file: &'static str,
    path: KeyPath,
    entry: &str,
) -> Option<Wish> {
    let mut list = docs.get(file, &path)?.as_list()?.to_vec();
    if list.is_empty() {
        return None;
    }
    if list.iter().all(|known| known.as_text() != Some(entry)) {
        list.push(Value::text(entry));
    }
    Some(Wish::set(file, path, Value::List(list)))
}

/// The keys of a table.
pub(super) fn keys_of(docs: &Docs<'_>, file: &str, path: &KeyPath) -> Vec<String> {
    let table = docs.get(file, path);
    let pairs = table.as_ref().and_then(Value::as_table).unwrap_or_default();
    pairs.iter().map(|(key, _)| key.clone()).collect()
}

/// The pairs that there is something to say for, as a table.
pub(super) fn table_of<const N: usize>(pairs: [(&str, Option<Value>); N]) -> Value {
    let known = pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Table(known.collect())
}

/// A model in the words that Pi and `OpenClaw` share.
pub(super) fn described(model: &OfferedModel) -> Value {
    table_of([
        ("id", Some(Value::text(&model.id))),
        ("name", Some(Value::text(&model.name))),
        ("contextWindow", count(model.context)),
        ("maxTokens", count(model.output)),
    ])
}

/// A count of tokens.
pub(super) fn count(tokens: Option<u64>) -> Option<Value> {
    i64::try_from(tokens?).ok().map(Value::integer)
}
