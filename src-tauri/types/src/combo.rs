use serde::{Deserialize, Serialize};

use crate::{LockView, Millis};

/// `PUT /api/combos/{name}`: makes or replaces a combo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboBody {
    /// Models as `prefix/model`, in the order they are tried.
    pub candidates: Vec<String>,
    /// When given, the combo takes this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rename: Option<String>,
}

/// A combo as the dashboard lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboView {
    /// The name that a client uses as model.
    pub name: String,
    /// Its models in order, each with what would happen to a request now.
    pub candidates: Vec<CandidateView>,
    /// Whether the model name `auto` means this combo.
    pub active: bool,
}

/// One candidate of a combo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateView {
    /// `prefix/model`.
    pub model: String,
    /// The vendor's id, where the prefix is known.
    pub vendor: Option<String>,
    /// What would happen to a request now.
    pub state: CandidateState,
}

/// Whether a candidate would serve now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum CandidateState {
    /// At least one account can serve.
    Clear,
    /// Every account is locked; the soonest opens then.
    Locked {
        /// The lock that opens first.
        lock: LockView,
    },
    /// The vendor has no account, or all are off.
    NoAccount,
    /// The prefix names no vendor.
    Unknown,
}

/// `PUT /api/active-combo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveCombo {
    /// The combo's name.
    pub name: String,
}

/// A model name that stands for another: `PUT /api/aliases/{alias}` takes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasView {
    /// What a client may say.
    pub alias: String,
    /// What it means: `prefix/model` or a combo.
    pub target: String,
}

/// A model that a combo may name, for the picker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoice {
    /// `prefix/model`.
    pub model: String,
    /// A name for people.
    pub name: String,
    /// The vendor's id.
    pub vendor: String,
    /// Whether an account of that vendor is there.
    pub connected: bool,
    /// When its soonest lock opens, if it is locked now.
    pub locked_until: Option<Millis>,
}
