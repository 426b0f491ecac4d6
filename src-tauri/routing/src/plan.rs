use switchyard_types::{AccountId, Dialect, Millis};

use crate::resolve::{Target, resolve, split};
use crate::{Ask, PlanError, SkipReason, Skipped, Snapshot, VendorFacts};

/// What to try, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The combo that the model name meant.
    pub combo: Option<String>,
    /// Whom to ask, in order, each at most once; none of them is locked.
    pub candidates: Vec<Candidate>,
    /// What was passed over, in the order of the combo.
    pub skipped: Vec<Skipped>,
}

/// One account to ask for one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The vendor's id.
    pub vendor: String,
    /// The account.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The vendor's model id.
    pub model: String,
    /// What to speak to the vendor.
    pub dialect: Dialect,
}

/// Says whom to ask for a model, in order, and whom not and why.
///
/// A plan may hold no candidate: then `skipped` says what is in the way. An error means that the
/// name itself cannot be followed.
pub fn plan(snapshot: &Snapshot, ask: &Ask<'_>, now: Millis) -> Result<Plan, PlanError> {
    let mut plan = Plan { combo: None, candidates: Vec::new(), skipped: Vec::new() };
    let mut add = Adding { snapshot, speaks: ask.speaks, now, plan: &mut plan };
    match resolve(snapshot, ask.model)? {
        Target::Combo { name, models } => {
            for model in models {
                add.model(model);
            }
            plan.combo = Some(name.to_owned());
        }
        Target::Model(model) => add.model(model),
    }
    Ok(plan)
}

struct Adding<'a> {
    snapshot: &'a Snapshot,
    speaks: &'a [Dialect],
    now: Millis,
    plan: &'a mut Plan,
}

impl Adding<'_> {
    fn model(&mut self, name: &str) {
        let Some((prefix, model)) = split(name) else {
            return self.skip(name, SkipReason::UnknownVendor { prefix: name.to_owned() });
        };
        let Some(vendor) = self.snapshot.vendor(prefix) else {
            return self.skip(name, SkipReason::UnknownVendor { prefix: prefix.to_owned() });
        };
        if !vendor.usable {
            return self.skip(name, SkipReason::VendorRetired { vendor: vendor.id.clone() });
        }
        let Some(&dialect) = self.speaks.iter().find(|d| vendor.dialects.contains(d)) else {
            let dialects = vendor.dialects.clone();
            let reason = SkipReason::NoCommonDialect { vendor: vendor.id.clone(), dialects };
            return self.skip(name, reason);
        };
        self.accounts(name, vendor, model, dialect);
    }

    fn accounts(&mut self, name: &str, vendor: &VendorFacts, model: &str, dialect: Dialect) {
        let accounts = self.snapshot.accounts(&vendor.id);
        if accounts.is_empty() {
            return self.skip(name, SkipReason::NoAccount { vendor: vendor.id.clone() });
        }
        for account in accounts {
            let (reason, until) = if !account.enabled {
                (SkipReason::AccountOff { account_name: account.name.clone() }, None)
            } else if let Some(lock) = self.snapshot.locks().get(&account.id, model, self.now) {
                let reason = SkipReason::Locked {
                    account_name: account.name.clone(),
                    class: lock.class,
                    message: lock.message.clone(),
                };
                (reason, Some(lock.until))
            } else {
                let candidates = &mut self.plan.candidates;
                // A combo may name a model twice, or by two prefixes: a second try would only fail again.
                if !candidates.iter().any(|c| c.account == account.id && c.model == model) {
                    candidates.push(Candidate {
                        vendor: vendor.id.clone(),
                        account: account.id.clone(),
                        account_name: account.name.clone(),
                        model: model.to_owned(),
                        dialect,
                    });
                }
                continue;
            };
            let account = Some(account.id.clone());
            self.plan.skipped.push(Skipped { model: name.to_owned(), account, reason, until });
        }
    }

    fn skip(&mut self, name: &str, reason: SkipReason) {
        let model = name.to_owned();
        self.plan.skipped.push(Skipped { model, account: None, reason, until: None });
    }
}
