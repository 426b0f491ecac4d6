use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AccountId, AccountOrder, Share};

/// `GET` and `PUT /api/routing`: how accounts are chosen where no combo says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoutingSettings {
    /// The use of a quota window at which others are asked first; `None` uses windows up.
    pub leave_at: Option<Share>,
    /// In which order a vendor's accounts are tried, by the vendor's id; others fill first.
    pub vendors: BTreeMap<String, AccountOrder>,
    /// The same use for single accounts, in place of `leave_at`.
    pub accounts: BTreeMap<AccountId, Share>,
}
