//! What a tool's files say now, read by example: where a made-up model or key would be written is where
//! the real one stands.

use std::collections::BTreeMap;

use switchyard_types::{Secret, ToolChoice};

use crate::ToolkitError;
use crate::ask::{Address, Ask};
use crate::edit::{KeyPath, Step, Value};
use crate::tool::{Docs, Tool, Wish, Writer, leaves};
use crate::toolkit::Toolkit;

/// Begins the names that stand for what is looked for: no file holds this character.
const MARK: char = '\u{e000}';

/// What a tool's files say.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The main model.
    pub model: Option<String>,
    /// The models of slots that differ from it.
    pub slots: BTreeMap<String, String>,
    /// The key that stands where ours would.
    pub key: Option<Secret>,
}

impl Toolkit {
    /// What stands in a tool's files where we would write the model, the slots and the key.
    pub fn found(&self, id: &str) -> Result<Found, ToolkitError> {
        let (_, writer) = self.writer(id)?;
        let opened = self.open_all(writer)?;
        Ok(find(writer, &self.docs(&opened)))
    }

    /// What a tool uses, if it is pointed here and its files can be read.
    pub(crate) fn choice(&self, tool: &Tool, ours: &Address) -> Option<ToolChoice> {
        let writer = tool.writer()?;
        let opened = self.open_all(writer).ok()?;
        let docs = self.docs(&opened);
        (writer.address)(&docs).filter(|found| ours.is_origin_of(found))?;
        let Found { model, slots, .. } = find(writer, &docs);
        Some(ToolChoice { model: model?, slots, ..ToolChoice::default() })
    }
}

fn find(writer: &Writer, docs: &Docs<'_>) -> Found {
    let address = Address::unspecified();
    let mark = |name: &str| format!("{MARK}{name}{MARK}");
    let mut ask = Ask::new(address, Secret::new(mark("key")), mark("model"));
    for slot in writer.slots {
        ask.slots.insert(slot.id.to_owned(), mark(slot.id));
    }
    let examples = leaves((writer.wishes)(&ask, docs));
    let model = mark("model");
    let model = read(&examples, docs, &model).or_else(|| first_entry(&examples, docs, &model));
    let slots = writer.slots.iter().filter_map(|slot| {
        let found = read(&examples, docs, &mark(slot.id))?;
        (Some(&found) != model.as_ref()).then(|| (slot.id.to_owned(), found))
    });
    let slots = slots.collect();
    // Entries of lists are found by the model's name, so it must be the real one.
    ask.model = model.clone().unwrap_or_default();
    ask.slots = BTreeMap::new();
    let examples = leaves((writer.wishes)(&ask, docs));
    let key = examples.iter().find_map(|wish| {
        let at = secret_at(wish.path.clone(), wish.value.as_ref()?)?;
        let found = docs.get(wish.file, &at)?;
        found.expose_text().map(Secret::new)
    });
    Found { model, slots, key }
}

/// What stands where the example's text would, without what surrounds it there.
fn read(examples: &[Wish], docs: &Docs<'_>, example: &str) -> Option<String> {
    examples.iter().find_map(|wish| {
        let marked = wish.path.steps().iter().any(|step| match step {
            Step::Key(text) | Step::Item { is: text, .. } => text.contains(MARK),
        });
        let text = wish.value.as_ref()?.as_text().filter(|_| !marked)?;
        let (before, after) = text.split_once(example)?;
        let found = docs.text(wish.file, &wish.path)?;
        let inner = found.strip_prefix(before)?.strip_suffix(after)?;
        (!inner.is_empty()).then(|| inner.to_owned())
    })
}

/// Tools that only have a list to choose from: ours that comes first there.
fn first_entry(examples: &[Wish], docs: &Docs<'_>, example: &str) -> Option<String> {
    examples.iter().find_map(|wish| {
        let (last, list) = wish.path.steps().split_last()?;
        let Step::Item { field, is } = last else { return None };
        let (before, after) = is.split_once(example).filter(|(before, _)| !before.is_empty())?;
        let entries = docs.get(wish.file, &wish.path.up_to(list.len()))?;
        let mut names = entries.as_list()?.iter().filter_map(|entry| {
            let (_, name) = entry.as_table()?.iter().find(|(key, _)| key == field)?;
            Some(name.as_text()?.strip_prefix(before)?.strip_suffix(after)?.to_owned())
        });
        names.next()
    })
}

fn secret_at(path: KeyPath, value: &Value) -> Option<KeyPath> {
    match value {
        Value::Secret(_) => Some(path),
        Value::Table(pairs) => {
            pairs.iter().find_map(|(key, value)| secret_at(path.clone().key(key), value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => None,
    }
}
