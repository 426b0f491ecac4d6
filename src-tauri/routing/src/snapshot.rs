use std::sync::Arc;

use serde::{Deserialize, Serialize};
use switchyard_types::{CandidateState, CandidateView, Millis};

use crate::config::{Config, StepTarget};
use crate::resolve::{Goal, follow, plain_model, split};
use crate::{
    AccountFacts, Budget, Combo, LockTable, PlanError, QuotaTable, Rule, Share, Target,
    VendorFacts, WindowState,
};

/// What a [`Snapshot`] is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SnapshotParts {
    /// Vendors; where two claim a prefix, the first one has it.
    pub vendors: Vec<VendorFacts>,
    /// Accounts, in any order.
    pub accounts: Vec<AccountFacts>,
    /// Combos.
    pub combos: Vec<Combo>,
    /// Aliases: what a client may say, with at most one star, and what it means.
    pub aliases: Vec<(String, String)>,
    /// The combo that `auto` means; without one it means everything connected, by tier.
    pub active_combo: Option<String>,
    /// What may be spent.
    pub budgets: Vec<Budget>,
    /// What holds for client keys and paths.
    pub rules: Vec<Rule>,
    /// The use of a quota window at which others are asked first, where the account does not say.
    pub leave_at: Option<Share>,
    /// What keeps accounts from serving.
    pub locks: LockTable,
    /// What is left of their quotas.
    pub quotas: QuotaTable,
}

/// Everything that a plan depends on but what changes with every request: immutable, swapped whole.
///
/// Cloning shares the configuration, so a new lock costs no copy of it: [`Snapshot::with_locks`].
#[derive(Clone, Debug)]
pub struct Snapshot {
    config: Arc<Config>,
    locks: LockTable,
    quotas: QuotaTable,
}

impl Snapshot {
    /// Indexes the parts.
    pub fn new(parts: SnapshotParts) -> Self {
        let (locks, quotas) = (parts.locks.clone(), parts.quotas.clone());
        Self { config: Arc::new(Config::new(parts)), locks, quotas }
    }

    /// The same configuration under other locks.
    #[must_use]
    pub fn with_locks(&self, locks: LockTable) -> Self {
        Self { config: Arc::clone(&self.config), locks, quotas: self.quotas.clone() }
    }

    /// The same configuration with other quota windows.
    #[must_use]
    pub fn with_quotas(&self, quotas: QuotaTable) -> Self {
        Self { config: Arc::clone(&self.config), locks: self.locks.clone(), quotas }
    }

    /// Whether nothing has changed since `other` was taken.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.config, &other.config)
            && self.locks.is(&other.locks)
            && self.quotas.is(&other.quotas)
    }

    /// What keeps accounts from serving.
    pub fn locks(&self) -> &LockTable {
        &self.locks
    }

    /// What is left of quotas.
    pub fn quotas(&self) -> &QuotaTable {
        &self.quotas
    }

    /// The vendor that a prefix or id names.
    pub fn vendor(&self, prefix: &str) -> Option<&VendorFacts> {
        self.config.vendor(prefix)
    }

    /// A vendor's accounts by priority, those switched off included.
    pub fn accounts(&self, vendor_id: &str) -> &[AccountFacts] {
        self.config.accounts_of(vendor_id)
    }

    /// An account by its id.
    pub fn account(&self, id: &switchyard_types::AccountId) -> Option<&AccountFacts> {
        self.config.account(id).map(|(_, account)| account)
    }

    /// Whether what a request takes makes a difference: images, tools or thinking.
    pub fn heeds_demands(&self) -> bool {
        self.config.heeds_demands
    }

    /// Every budget, those of combos' entries included.
    pub fn budgets(&self) -> &[Budget] {
        &self.config.budgets
    }

    /// The combo that `auto` means.
    pub fn active_combo(&self) -> Option<&str> {
        self.config.active_combo.as_deref()
    }

    /// The models that a name may lead to, as `prefix/model`, combos inside combos included. An error
    /// means that the name cannot be followed.
    pub fn models_behind(&self, name: &str) -> Result<Vec<String>, PlanError> {
        let route = match follow(&self.config, name)? {
            Goal::Model(model) => return Ok(vec![model]),
            Goal::Route(route) => route,
        };
        let mut models = Vec::new();
        self.config.models_of(route, &mut models);
        let named = |(vendor, model): (usize, &str)| {
            format!("{}/{model}", self.config.shown_prefix(vendor))
        };
        Ok(models.into_iter().map(named).collect())
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// What would happen now to a request for one entry of a combo, written as [`crate::ComboEntry::named`]
    /// reads it.
    pub fn candidate_view(&self, model: &str, now: Millis) -> CandidateView {
        let targets = self.config.targets(&Target::read(model));
        let vendor = match &targets[..] {
            [(_, StepTarget::Model { vendor, .. } | StepTarget::Asked { vendor })] => Some(*vendor),
            _ => None,
        };
        let vendor = vendor.and_then(|index| self.config.vendors.get(index));
        let retired = || split(model).and_then(|(prefix, _)| self.vendor(prefix));
        let vendor = vendor.or_else(retired).map(|vendor| vendor.id.clone());
        let mut best = CandidateState::Unknown;
        for (_, target) in &targets {
            self.improve(&mut best, target, now);
        }
        CandidateView { model: model.into(), vendor, state: best, spec: None }
    }

    /// The best state that any model behind a target is in.
    fn improve(&self, best: &mut CandidateState, target: &StepTarget, now: Millis) {
        let mut models = Vec::new();
        match target {
            StepTarget::Model { vendor, model } | StepTarget::Account { vendor, model, .. } => {
                models.push((*vendor, model.as_str()));
            }
            // Whatever model is asked for, accounts are what it takes.
            StepTarget::Asked { vendor } => models.push((*vendor, "*")),
            StepTarget::Route(inner) => {
                if let Some(inner) = self.config.routes.get(*inner) {
                    self.config.models_of(inner, &mut models);
                    *best = better(best.clone(), CandidateState::NoAccount);
                }
            }
            StepTarget::Missing(crate::SkipReason::NothingConnected { .. }) => {
                *best = better(best.clone(), CandidateState::NoAccount);
            }
            StepTarget::Missing(_) => {}
        }
        for (vendor, model) in models {
            let Some(vendor) = self.config.vendors.get(vendor) else { continue };
            let model = plain_model(model, |id| vendor.model(id).is_some());
            *best = better(best.clone(), self.state_of(vendor, model, now));
        }
    }

    fn state_of(&self, vendor: &VendorFacts, model: &str, now: Millis) -> CandidateState {
        let mut soonest: Option<switchyard_types::LockView> = None;
        for account in self.accounts(&vendor.id).iter().filter(|account| account.enabled) {
            let Some(lock) = self.lock_of(account, model, now) else {
                return CandidateState::Clear;
            };
            soonest = Some(match soonest {
                Some(earlier) => std::cmp::min_by_key(earlier, lock, |lock| lock.until),
                None => lock,
            });
        }
        match soonest {
            Some(lock) => CandidateState::Locked { lock },
            None => CandidateState::NoAccount,
        }
    }

    /// What keeps an account from serving a model now: a lock, or a quota window of which nothing is left.
    fn lock_of(
        &self,
        account: &AccountFacts,
        model: &str,
        now: Millis,
    ) -> Option<switchyard_types::LockView> {
        let lock = self.locks.get(&account.id, model, now);
        let spent =
            self.quotas.worst(&account.id, model, now).and_then(|(kept, state)| match state {
                WindowState::Spent(until) => Some((kept, until)),
                WindowState::NearEdge | WindowState::Open | WindowState::Unknown => None,
            });
        match (lock, spent) {
            (Some(lock), Some((_, until))) if lock.until >= until => Some(lock.into()),
            (Some(lock), None) => Some(lock.into()),
            (_, Some((kept, until))) => Some(switchyard_types::LockView {
                account: account.id.clone(),
                model: None,
                class: switchyard_types::FailureClass::Quota,
                message: format!("nothing is left ({})", kept.window.name),
                since: kept.window.observed_at,
                until,
                from_vendor: true,
            }),
            (None, None) => None,
        }
    }
}

/// The state of two in which a request is served sooner.
fn better(one: CandidateState, other: CandidateState) -> CandidateState {
    use CandidateState::{Clear, Locked, NoAccount, Unknown};
    match (one, other) {
        (Clear, _) | (_, Clear) => Clear,
        (Locked { lock: one }, Locked { lock: other }) => {
            Locked { lock: std::cmp::min_by_key(one, other, |lock| lock.until) }
        }
        (locked @ Locked { .. }, _) | (_, locked @ Locked { .. }) => locked,
        (NoAccount, _) | (_, NoAccount) => NoAccount,
        (Unknown, Unknown) => Unknown,
    }
}
