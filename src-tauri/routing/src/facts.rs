//! What routing must know of vendors, models and accounts.

use serde::{Deserialize, Serialize};
use switchyard_types::{Abilities, AccountId, Dialect, Price, Tier};

use crate::{AccountOrder, Share};

/// What routing must know of a vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorFacts {
    /// The vendor's id; accepted as a prefix too.
    pub id: String,
    /// What may stand before the slash in `prefix/model`; the first one is shown.
    pub prefixes: Vec<String>,
    /// The dialects it speaks.
    pub dialects: Vec<Dialect>,
    /// Whether it can be used at all; a retired vendor cannot.
    pub usable: bool,
    /// What kind of money it costs: only [`Tier::Cheap`] is paid by use.
    pub tier: Tier,
    /// The models that it declares, its best first; others pass too.
    #[serde(default)]
    pub models: Vec<ModelFacts>,
    /// In which order its accounts are tried, where the combo does not say.
    #[serde(default)]
    pub accounts: AccountOrder,
}

impl VendorFacts {
    /// Whether each request costs money.
    pub fn is_paid_by_use(&self) -> bool {
        self.tier == Tier::Cheap
    }

    /// What it declares of a model.
    pub fn model(&self, id: &str) -> Option<&ModelFacts> {
        self.models.iter().find(|model| model.id == id)
    }
}

/// What a vendor declares of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// The vendor's own id.
    pub id: String,
    /// Context window in tokens, where declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    /// What it can do.
    #[serde(default)]
    pub abilities: Abilities,
    /// What it costs, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

/// What routing must know of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFacts {
    /// Its id.
    pub id: AccountId,
    /// A name for people.
    pub name: String,
    /// The vendor's id.
    pub vendor: String,
    /// Whether the user lets it take part.
    pub enabled: bool,
    /// Lower is tried first.
    pub priority: i64,
    /// The use of a quota window at which others are asked first; `None` uses windows up.
    #[serde(default)]
    pub leave_at: Option<Share>,
}
