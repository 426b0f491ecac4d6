//! Taking back what we wrote, key by key.

use crate::ToolkitError;
use crate::edit::{Document, EditError, KeyPath, Value};
use crate::receipt::{KeyReceipt, value_hash};
use crate::seal::Seal;

/// What became of one key.
pub(crate) enum Undone {
    /// It is as it was before us.
    Back,
    /// The user changed it since: it stays.
    Left,
}

/// Why a key could not be taken back.
pub(crate) enum UndoError {
    Edit(EditError),
    Toolkit(ToolkitError),
}

impl From<EditError> for UndoError {
    fn from(error: EditError) -> Self {
        Self::Edit(error)
    }
}

impl From<ToolkitError> for UndoError {
    fn from(error: ToolkitError) -> Self {
        Self::Toolkit(error)
    }
}

/// Takes one key back, if it still reads as we left it.
pub(crate) fn undo(
    document: &mut Document,
    key: &KeyReceipt,
    seal: &dyn Seal,
) -> Result<Undone, UndoError> {
    let before = key.before.as_ref().map(|sealed| sealed.open(seal)).transpose()?;
    if !key.holds(document) {
        let as_before = match (&before, document.find(&key.path)) {
            (None, None) => true,
            (Some(raw), Some(found)) => found.raw.as_deref() == Some(raw),
            (None, Some(_)) | (Some(_), None) => false,
        };
        return Ok(if as_before { Undone::Back } else { Undone::Left });
    }
    match before {
        Some(raw) => document.set_raw(&key.path, &raw)?,
        None => {
            document.remove(&key.path)?;
        }
    }
    Ok(Undone::Back)
}

/// Takes out the tables that we made on the way to a key, if nothing is in them any more.
pub(crate) fn prune(document: &mut Document, key: &KeyReceipt) -> Result<(), EditError> {
    for length in (key.depth + 1..key.path.steps().len()).rev() {
        let path = key.path.up_to(length);
        let empty = document.get(&path).is_some_and(|value| match value {
            Value::Null => true,
            Value::List(items) => items.is_empty(),
            Value::Table(pairs) => pairs.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Secret(_) => false,
        });
        if empty {
            document.remove(&path)?;
        }
    }
    Ok(())
}

/// The receipt of one change: what stands there before it is made.
pub(crate) fn remember(
    document: &Document,
    path: &KeyPath,
    wrote: Option<&Value>,
    (known, others): (Option<&KeyReceipt>, &[KeyReceipt]),
    seal: &dyn Seal,
) -> Result<KeyReceipt, ToolkitError> {
    let wrote = vec![wrote.map(value_hash)];
    if let Some(known) = known {
        return Ok(KeyReceipt { wrote, ..known.clone() });
    }
    let raw = document.find(path).and_then(|found| found.raw);
    let before = raw.map(|raw| crate::receipt::Sealed::close(seal, &raw)).transpose()?;
    // A table that we made for another key is ours, not the user's.
    let made = others.iter().filter(|other| {
        let shared =
            path.steps().iter().zip(other.path.steps()).take_while(|(a, b)| a == b).count();
        other.depth < shared
    });
    let depth = document.root().depth_of(path);
    let depth = made.map(|other| other.depth).fold(depth, usize::min);
    Ok(KeyReceipt { path: path.clone(), wrote, before, depth })
}
