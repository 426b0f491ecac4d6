use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    AccountId, AccountOrder, Conditions, Grouping, Hours, Limit, LockView, Millis, Period, Strategy,
};

/// `PUT /api/combos/{name}`: makes or replaces a combo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboBody {
    /// What is tried, in order.
    pub candidates: Vec<CandidateBody>,
    /// When given, the combo takes this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rename: Option<String>,
    /// How the candidates are chosen; without it that stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<ComboTerms>,
    /// It is to be made: where a combo of its name is there already, that one stays as it is and this is a conflict.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_new: bool,
}

/// How a combo chooses among its candidates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ComboTerms {
    /// What decides who is asked first.
    pub strategy: Strategy,
    /// Whether they are first grouped by what kind of money they cost.
    pub grouping: Grouping,
    /// In which order the accounts of one vendor are tried; `None` leaves it to the vendor.
    pub accounts: Option<AccountOrder>,
}

/// A candidate of a combo that is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CandidateBody {
    /// What it stands for alone; the terms that it has in the combo already stay.
    Named(String),
    /// With all of its terms.
    Whole(CandidateSpec),
}

/// One candidate of a combo and its terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CandidateSpec {
    /// `prefix/model`, `prefix/*` (the model that was asked for, at this vendor), `*/model` (at every vendor
    /// that declares it), `@subscription`, `@cheap`, `@free` (the best model of every connected vendor of
    /// that tier), or the name of a combo or an alias.
    pub model: String,
    /// The one account that serves it; for a `prefix/model` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Its part under the weighted strategy; nothing means only when the others cannot.
    #[serde(default = "one")]
    pub weight: u32,
    /// Which requests it takes.
    #[serde(default)]
    pub conditions: Conditions,
    /// When it takes any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// What it may spend; past that it is passed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<(Period, Limit)>,
}

fn one() -> u32 {
    1
}

impl CandidateSpec {
    /// A candidate without terms.
    pub fn plain(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            account: None,
            weight: 1,
            conditions: Conditions::default(),
            hours: None,
            budget: None,
        }
    }

    /// Whether both stand for the same model of the same account, for the same requests at the same hours: a combo
    /// has one of them.
    pub fn takes_the_same(&self, other: &Self) -> bool {
        (&self.model, &self.account, &self.conditions, self.hours)
            == (&other.model, &other.account, &other.conditions, other.hours)
    }

    /// Whether it has no terms.
    pub fn is_plain(&self) -> bool {
        *self == Self::plain(self.model.clone())
    }
}

impl From<&CandidateView> for CandidateSpec {
    fn from(candidate: &CandidateView) -> Self {
        match &candidate.spec {
            Some(spec) => Self::clone(spec),
            None => Self::plain(candidate.model.clone()),
        }
    }
}

impl From<&ComboView> for ComboBody {
    /// All of a combo that was removed, to make it again.
    fn from(combo: &ComboView) -> Self {
        let whole = |candidate: &CandidateView| CandidateBody::Whole(candidate.into());
        Self {
            candidates: combo.candidates.iter().map(whole).collect(),
            rename: None,
            terms: Some(combo.terms),
            only_new: true,
        }
    }
}

impl From<String> for CandidateBody {
    fn from(model: String) -> Self {
        Self::Named(model)
    }
}

impl From<&str> for CandidateBody {
    fn from(model: &str) -> Self {
        Self::Named(model.to_owned())
    }
}

impl<'de> Deserialize<'de> for CandidateBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = CandidateBody;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a model's name, or an object with `model` and its terms")
            }

            fn visit_str<E>(self, text: &str) -> Result<CandidateBody, E> {
                Ok(text.into())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CandidateBody, A::Error> {
                CandidateSpec::deserialize(MapAccessDeserializer::new(map))
                    .map(CandidateBody::Whole)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// A ready-made combo: `GET /api/combo-templates`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboTemplate {
    /// Its id, and the name that a combo made of it takes unless another is given.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// What it is good for.
    pub purpose: String,
    /// How the candidates are chosen.
    pub terms: ComboTerms,
    /// What is tried, in order.
    pub candidates: Vec<CandidateSpec>,
    /// Whether anything is connected that it could use.
    pub ready: bool,
}

/// `POST /api/combo-templates/{id}`: makes a combo of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TemplateUse {
    /// The combo's name; without one, the template's id.
    pub name: Option<String>,
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
    /// How its candidates are chosen.
    #[serde(default)]
    pub terms: ComboTerms,
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
    /// Its terms, where it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<Box<CandidateSpec>>,
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
