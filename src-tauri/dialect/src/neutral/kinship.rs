//! Settings that `OpenAI`'s two dialects, Chat and Responses, have in the same words, and nobody else.

use serde_json::value::RawValue;

use crate::json::{Fields, Raw};

/// Those settings. How wordy an answer is to be stands elsewhere in each.
const NAMES: [&str; 6] = [
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "metadata",
    STORE,
];

const STORE: &str = "store";

/// How wordy the answer is to be.
const VERBOSITY: &str = "verbosity";

/// What a request says of them, as it was written.
#[derive(Debug, Default)]
pub(crate) struct Shared(Vec<(&'static str, Box<RawValue>)>);

impl Shared {
    /// Takes them out of a request. That nothing is to be stored is what is done anyway.
    pub(crate) fn taken(fields: &mut Fields<'_>) -> Self {
        let values = NAMES.into_iter().filter_map(|name| Some((name, fields.take(name)?)));
        let said = values.filter(|(name, value)| *name != STORE || value.get() != "false");
        Self(said.map(|(name, value)| (name, value.to_owned())).collect())
    }

    /// The same, and how wordy the answer is to be.
    pub(crate) fn and_verbosity(mut self, verbosity: Option<Raw<'_>>) -> Self {
        self.0.extend(verbosity.map(|value| (VERBOSITY, value.to_owned())));
        self
    }

    /// The names of those that are set.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// Whether the vendor is to store the answer.
    pub(crate) fn stores(&self) -> bool {
        self.get(STORE).is_some_and(|store| store.get() == "true")
    }

    pub(crate) fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// As fields to be written beside others. How wordy the answer is to be is left to the caller.
    pub(crate) fn wire(&self) -> Wire<'_> {
        Wire {
            prompt_cache_key: self.get("prompt_cache_key"),
            prompt_cache_retention: self.get("prompt_cache_retention"),
            safety_identifier: self.get("safety_identifier"),
            service_tier: self.get("service_tier"),
            metadata: self.get("metadata"),
        }
    }

    pub(crate) fn verbosity(&self) -> Option<&RawValue> {
        self.get(VERBOSITY)
    }
}

/// See [`Shared::wire`].
#[derive(Default, serde::Serialize)]
pub(crate) struct Wire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_retention: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safety_identifier: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<&'a RawValue>,
}
