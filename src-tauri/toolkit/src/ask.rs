use std::collections::BTreeMap;
use std::fmt;

use switchyard_types::Secret;

/// Where Switchyard listens, as tools are told: always `127.0.0.1`, never `localhost`, which some
/// systems resolve to IPv6 first.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

/// A text that is no address of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address like http://127.0.0.1:20128")]
pub struct AddressError(String);

impl Address {
    /// Takes an `http` or `https` origin; a path is dropped.
    pub fn new(text: &str) -> Result<Self, AddressError> {
        origin(text).map(Self).ok_or_else(|| AddressError(text.to_owned()))
    }

    /// Stands where no address is looked at.
    pub(crate) fn unspecified() -> Self {
        Self("http://127.0.0.1".to_owned())
    }

    /// `http://127.0.0.1:20128`, for clients that append `/v1/…` themselves.
    pub fn root(&self) -> &str {
        &self.0
    }

    /// `http://127.0.0.1:20128/v1`.
    pub fn v1(&self) -> String {
        format!("{}/v1", self.0)
    }

    /// `http://127.0.0.1:20128/v1beta`, as Gemini clients want it.
    pub fn v1beta(&self) -> String {
        format!("{}/v1beta", self.0)
    }

    /// Whether an address found in a file leads here, whatever its path.
    pub fn is_origin_of(&self, found: &str) -> bool {
        origin(found).is_some_and(|origin| origin == self.0)
    }
}

/// Scheme, host and port, with this machine's names made one.
fn origin(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "http" && scheme != "https" {
        return None;
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    if host.is_empty() || host.contains('@') || host.contains(char::is_whitespace) {
        return None;
    }
    for name in ["localhost", "[::1]", "0.0.0.0"] {
        if let Some(port) = host.strip_prefix(name)
            && (port.is_empty() || port.starts_with(':'))
        {
            return Some(format!("{scheme}://127.0.0.1{port}"));
        }
    }
    Some(format!("{scheme}://{host}"))
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a tool is to be told.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Where Switchyard listens.
    pub address: Address,
    /// The key made for this tool alone.
    pub key: Secret,
    /// The combo or model it uses.
    pub model: String,
    /// Other models for slots of the tool, by the slot's id.
    pub slots: BTreeMap<String, String>,
    /// Every model to offer in the tool's picker, where it has a list of its own; the main model is
    /// always one of them.
    pub models: Vec<OfferedModel>,
}

impl Ask {
    /// With one model for everything.
    pub fn new(address: Address, key: Secret, model: impl Into<String>) -> Self {
        let (slots, models) = (BTreeMap::new(), Vec::new());
        Self { address, key, model: model.into(), slots, models }
    }

    /// The model of a slot, where the user chose one.
    pub fn slot(&self, id: &str) -> Option<&str> {
        self.slots.get(id).map(String::as_str)
    }

    /// The smallest context window of the models chosen, in tokens, as far as they are known.
    pub fn smallest_context(&self) -> Option<u64> {
        let chosen = self.slots.values().chain([&self.model]);
        let windows = chosen.filter_map(|id| {
            self.models.iter().find(|model| model.id == *id).and_then(|model| model.context)
        });
        windows.min()
    }

    /// The main model first, then the others on offer, each once.
    pub fn offered(&self) -> Vec<OfferedModel> {
        let mut all: Vec<OfferedModel> = Vec::new();
        let main = self.models.iter().find(|model| model.id == self.model);
        all.push(main.cloned().unwrap_or_else(|| OfferedModel::named(&self.model)));
        let chosen = self.slots.values().map(|id| {
            let known = self.models.iter().find(|model| model.id == *id);
            known.cloned().unwrap_or_else(|| OfferedModel::named(id))
        });
        for model in chosen.chain(self.models.iter().cloned()) {
            if all.iter().all(|known| known.id != model.id) {
                all.push(model);
            }
        }
        all
    }
}

/// A model for a tool's own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedModel {
    /// What the tool sends as model.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// Its context window in tokens, where known.
    pub context: Option<u64>,
    /// Its longest answer in tokens, where known.
    pub output: Option<u64>,
}

impl OfferedModel {
    /// One of which only the id is known.
    pub fn named(id: &str) -> Self {
        Self { id: id.to_owned(), name: id.to_owned(), context: None, output: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_one_name_in_every_address_written() {
        for text in ["http://localhost:20128/", "http://[::1]:20128/v1", "HTTP://127.0.0.1:20128"] {
            assert_eq!(Address::new(text).unwrap().root(), "http://127.0.0.1:20128", "{text}");
        }
        assert!(Address::new("file:///etc").is_err());
        assert!(Address::new("http://user:pw@127.0.0.1").is_err());
    }

    #[test]
    fn the_offered_models_begin_with_the_main_one_and_repeat_none() {
        let mut ask =
            Ask::new(Address::new("http://localhost:1").unwrap(), Secret::new("k"), "main");
        ask.slots.insert("small".into(), "tiny".into());
        ask.models = vec![OfferedModel::named("tiny"), OfferedModel::named("main")];
        let ids: Vec<_> = ask.offered().into_iter().map(|model| model.id).collect();
        assert_eq!(ids, ["main", "tiny"]);
    }
}
