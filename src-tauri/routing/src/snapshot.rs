use std::collections::HashMap;
use std::sync::Arc;

use switchyard_types::{AccountId, CandidateState, CandidateView, Dialect, Millis};

use crate::LockTable;
use crate::resolve::split;

/// What routing must know of a vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorFacts {
    /// The vendor's id; accepted as a prefix too.
    pub id: String,
    /// What may stand before the slash in `prefix/model`; the first one is shown.
    pub prefixes: Vec<String>,
    /// The dialects it speaks.
    pub dialects: Vec<Dialect>,
    /// Whether it can be used at all; a retired vendor cannot.
    pub usable: bool,
}

/// What routing must know of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// What a client asks for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The model name as the client wrote it.
    pub model: &'a str,
    /// Dialects to speak to a vendor that serve this client, best first.
    pub speaks: &'a [Dialect],
}

/// What a [`Snapshot`] is made of.
#[derive(Clone, Debug, Default)]
pub struct SnapshotParts {
    /// Vendors; where two claim a prefix, the first one has it.
    pub vendors: Vec<VendorFacts>,
    /// Accounts, in any order.
    pub accounts: Vec<AccountFacts>,
    /// Combos: the name, and models as `prefix/model` in the order they are tried.
    pub combos: Vec<(String, Vec<String>)>,
    /// Aliases: what a client may say, and the combo or `prefix/model` that it means.
    pub aliases: Vec<(String, String)>,
    /// The combo that `auto` means.
    pub active_combo: Option<String>,
    /// What keeps accounts from serving.
    pub locks: LockTable,
}

/// Everything that a plan depends on, immutable and swapped whole.
///
/// Cloning shares the configuration, so a new lock costs no copy of it: [`Snapshot::with_locks`].
#[derive(Clone, Debug)]
pub struct Snapshot {
    config: Arc<Config>,
    locks: LockTable,
}

#[derive(Debug)]
struct Config {
    vendors: Vec<VendorFacts>,
    /// Prefixes and ids to an index of `vendors`.
    by_prefix: HashMap<String, usize>,
    /// A vendor's accounts, in the order they are tried.
    by_vendor: HashMap<String, Vec<AccountFacts>>,
    combos: HashMap<String, Vec<String>>,
    aliases: HashMap<String, String>,
    active_combo: Option<String>,
}

impl Snapshot {
    /// Indexes the parts.
    pub fn new(parts: SnapshotParts) -> Self {
        let mut by_prefix = HashMap::new();
        // Prefixes before ids: a user's prefix is what they typed, an id may be made from a name.
        for (index, vendor) in parts.vendors.iter().enumerate() {
            for prefix in &vendor.prefixes {
                by_prefix.entry(prefix.clone()).or_insert(index);
            }
        }
        for (index, vendor) in parts.vendors.iter().enumerate() {
            by_prefix.entry(vendor.id.clone()).or_insert(index);
        }
        let mut by_vendor: HashMap<String, Vec<AccountFacts>> = HashMap::new();
        for account in parts.accounts {
            by_vendor.entry(account.vendor.clone()).or_default().push(account);
        }
        for accounts in by_vendor.values_mut() {
            accounts.sort_by(|a, b| (a.priority, &a.id).cmp(&(b.priority, &b.id)));
        }
        let config = Config {
            vendors: parts.vendors,
            by_prefix,
            by_vendor,
            combos: parts.combos.into_iter().collect(),
            aliases: parts.aliases.into_iter().collect(),
            active_combo: parts.active_combo,
        };
        Self { config: Arc::new(config), locks: parts.locks }
    }

    /// The same configuration under other locks.
    #[must_use]
    pub fn with_locks(&self, locks: LockTable) -> Self {
        Self { config: Arc::clone(&self.config), locks }
    }

    /// What keeps accounts from serving.
    pub fn locks(&self) -> &LockTable {
        &self.locks
    }

    /// The vendor that a prefix or id names.
    pub fn vendor(&self, prefix: &str) -> Option<&VendorFacts> {
        self.config.by_prefix.get(prefix).and_then(|&index| self.config.vendors.get(index))
    }

    /// A vendor's accounts in the order they are tried, those switched off included.
    pub fn accounts(&self, vendor_id: &str) -> &[AccountFacts] {
        self.config.by_vendor.get(vendor_id).map_or(&[], Vec::as_slice)
    }

    /// A combo's models in order.
    pub fn combo(&self, name: &str) -> Option<&[String]> {
        self.config.combos.get(name).map(Vec::as_slice)
    }

    /// A combo and its models, under the name by which the snapshot holds it.
    pub(crate) fn combo_entry(&self, name: &str) -> Option<(&str, &[String])> {
        self.config.combos.get_key_value(name).map(|(name, models)| (name.as_str(), &models[..]))
    }

    /// What an alias stands for.
    pub fn alias(&self, alias: &str) -> Option<&str> {
        self.config.aliases.get(alias).map(String::as_str)
    }

    /// The combo that `auto` means.
    pub fn active_combo(&self) -> Option<&str> {
        self.config.active_combo.as_deref()
    }

    pub(crate) fn alias_count(&self) -> usize {
        self.config.aliases.len()
    }

    /// Every combo and alias, in no order.
    pub(crate) fn known_names(&self) -> impl Iterator<Item = &str> {
        let config = &self.config;
        config.combos.keys().chain(config.aliases.keys()).map(String::as_str)
    }

    /// Every prefix and vendor id, in no order.
    pub(crate) fn known_prefixes(&self) -> impl Iterator<Item = &str> {
        self.config.by_prefix.keys().map(String::as_str)
    }

    /// What would happen now to a request for one model of a combo.
    pub fn candidate_view(&self, model: &str, now: Millis) -> CandidateView {
        let found = split(model).and_then(|(prefix, id)| Some((self.vendor(prefix)?, id)));
        let Some((vendor, id)) = found.filter(|(vendor, _)| vendor.usable) else {
            let vendor = found.map(|(vendor, _)| vendor.id.clone());
            return CandidateView { model: model.into(), vendor, state: CandidateState::Unknown };
        };
        CandidateView {
            model: model.into(),
            vendor: Some(vendor.id.clone()),
            state: self.state_of(vendor, id, now),
        }
    }

    fn state_of(&self, vendor: &VendorFacts, model: &str, now: Millis) -> CandidateState {
        let mut soonest = None;
        for account in self.accounts(&vendor.id).iter().filter(|account| account.enabled) {
            match self.locks.get(&account.id, model, now) {
                None => return CandidateState::Clear,
                Some(lock) => {
                    soonest = Some(match soonest {
                        Some(earlier) => std::cmp::min_by_key(earlier, lock, |lock| lock.until),
                        None => lock,
                    });
                }
            }
        }
        match soonest {
            Some(lock) => CandidateState::Locked { lock: lock.into() },
            None => CandidateState::NoAccount,
        }
    }
}
