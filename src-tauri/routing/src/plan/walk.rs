use switchyard_types::{AccountId, Millis, Standing};

use super::gate::{Gate, Shut};
use super::order;
use super::{Candidate, Displaced, MOST_CANDIDATES, MOST_SKIPPED, Pick, Plan};
use crate::budget::counts;
use crate::config::{Config, Route, Step, StepTarget};
use crate::desk::Desk;
use crate::resolve::{Goal, plain_model, split, without_suffix};
use crate::{
    AccountFacts, AccountOrder, Ask, Place, SkipReason, Skipped, Snapshot, Strategy, VendorFacts,
};

/// A walk through what a name stands for, that gathers candidates until it has enough.
pub(super) struct Walk<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) config: &'a Config,
    pub(super) desk: &'a Desk,
    pub(super) ask: &'a Ask<'a>,
    pub(super) now: Millis,
    tried: &'a [Place],
    /// Where a session wants to go: nothing else is looked at, and nothing is noted as skipped.
    seeking: Option<(&'a Place, Standing)>,
    plan: Plan,
    /// Candidates that are asked after all others.
    deferred: Vec<Candidate>,
    /// Budgets that whatever is found here spends.
    paying: Vec<usize>,
    /// The combos and entries that lead here.
    path: Vec<(&'a Route, usize)>,
    /// How urgently the quotas of vendors' accounts want using for a model: looked up once, as entries and
    /// accounts are both put in order by it.
    urgencies: Vec<Urgencies<'a>>,
}

struct Urgencies<'a> {
    vendor: &'a VendorFacts,
    model: &'a str,
    /// In the order of the vendor's accounts.
    each: Vec<Option<u64>>,
}

/// A model of a vendor, with all that candidates for it share.
#[derive(Clone, Copy)]
pub(super) struct Offer<'a> {
    pub(super) text: &'a str,
    pub(super) vendor: &'a VendorFacts,
    pub(super) model: &'a str,
    /// The same as it was asked for, marks included.
    asked: &'a str,
    /// What it declares of the model.
    pub(super) context: Option<u64>,
    dialect: switchyard_types::Dialect,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        desk: &'a Desk,
        ask: &'a Ask<'a>,
        tried: &'a [Place],
        now: Millis,
    ) -> Self {
        let config = snapshot.config();
        let mut paying = config.common_budgets.clone();
        if let Some(client) = ask.client {
            paying.extend(config.budgets_of_client(client));
        }
        Self {
            snapshot,
            config,
            desk,
            ask,
            now,
            tried,
            seeking: None,
            plan: Plan::default(),
            deferred: Vec::new(),
            paying,
            path: Vec::new(),
            urgencies: Vec::new(),
        }
    }

    /// Looks for one place only.
    pub(super) fn seek(&mut self, goal: &Goal<'a>, place: &'a Place, standing: Standing) {
        self.seeking = Some((place, standing));
        self.goal(goal);
        self.seeking = None;
    }

    /// Looks for everything.
    pub(super) fn all(&mut self, goal: &Goal<'a>) {
        self.goal(goal);
    }

    pub(super) fn done(mut self) -> Plan {
        self.deferred.sort_by_key(|candidate| candidate.standing);
        let room = MOST_CANDIDATES.saturating_sub(self.plan.candidates.len());
        self.plan.more |= self.deferred.len() > room;
        self.plan.candidates.extend(self.deferred.into_iter().take(room));
        self.plan
    }

    /// Looks up how urgently the quotas of a vendor's accounts want using for a model.
    pub(super) fn note_urgencies(&mut self, vendor: usize, model: &'a str) {
        let Some(facts) = self.config.vendors.get(vendor) else { return };
        if self.urgencies(facts, model).is_none() {
            let (quotas, now) = (self.snapshot.quotas(), self.now);
            let all = self.config.accounts_at(vendor).iter();
            let each = all.map(|account| quotas.urgency(&account.id, model, now)).collect();
            self.urgencies.push(Urgencies { vendor: facts, model, each });
        }
    }

    /// What [`Walk::note_urgencies`] found.
    pub(super) fn urgencies(&self, vendor: &VendorFacts, model: &str) -> Option<&[Option<u64>]> {
        let of = |it: &&Urgencies<'_>| std::ptr::eq(it.vendor, vendor) && it.model == model;
        self.urgencies.iter().find(of).map(|it| &it.each[..])
    }

    fn goal(&mut self, goal: &Goal<'a>) {
        match goal {
            Goal::Route(route) => self.route(route, None),
            Goal::Model(model) => {
                let step = self.config.step_of(model);
                self.step(&step, None);
            }
        }
    }

    fn full(&self) -> bool {
        self.plan.candidates.len() >= MOST_CANDIDATES
    }

    fn route(&mut self, route: &'a Route, accounts: Option<AccountOrder>) {
        let implied =
            (route.strategy == Strategy::MostQuotaLeft).then_some(AccountOrder::MostQuotaLeft);
        let accounts = route.accounts.or(accounts).or(implied);
        if route.steps.is_empty() {
            return self.skip(&route.name, None, None, || SkipReason::EmptyCombo {
                name: route.name.clone(),
            });
        }
        let paying = self.paying.len();
        self.paying.extend(&route.budgets);
        for entry in order::entries(self, route) {
            let Some(step) = route.steps.get(entry) else { continue };
            if self.full() {
                self.plan.more = true;
                break;
            }
            self.path.push((route, entry));
            self.step(step, accounts);
            self.path.pop();
        }
        self.paying.truncate(paying);
    }

    fn step(&mut self, step: &Step, accounts: Option<AccountOrder>) {
        if let Some((reason, until)) = self.not_meant(step) {
            return self.skip(&step.text, None, until, || reason);
        }
        let paying = self.paying.len();
        self.paying.extend(step.budget);
        match &step.what {
            StepTarget::Model { vendor, model } => {
                self.model(&step.text, *vendor, model, None, accounts);
            }
            StepTarget::Account { vendor, account, model } => {
                self.model(&step.text, *vendor, model, Some(account), accounts);
            }
            StepTarget::Asked { vendor } => self.asked(&step.text, *vendor, accounts),
            StepTarget::Route(inner) => {
                if let Some(inner) = self.config.routes.get(*inner) {
                    self.route(inner, accounts);
                }
            }
            StepTarget::Missing(reason) => self.skip(&step.text, None, None, || reason.clone()),
        }
        self.paying.truncate(paying);
    }

    /// The model that the client asked for, at a vendor that is named by the combo.
    fn asked(&mut self, text: &str, vendor: usize, accounts: Option<AccountOrder>) {
        let Some(facts) = self.config.vendors.get(vendor) else { return };
        let whole = split(self.ask.model).map_or(self.ask.model, |(_, model)| model);
        let declared = [whole, without_suffix(whole)]
            .into_iter()
            .find(|model| facts.models.is_empty() || facts.model(model).is_some());
        match declared {
            Some(model) => self.model(text, vendor, model, None, accounts),
            None => self.skip(text, None, None, || SkipReason::NoSuchModel {
                vendor: facts.id.clone(),
                model: whole.to_owned(),
            }),
        }
    }

    fn model(
        &mut self,
        text: &str,
        vendor: usize,
        model: &str,
        only: Option<&AccountId>,
        accounts: Option<AccountOrder>,
    ) {
        let Some(facts) = self.config.vendors.get(vendor) else { return };
        let (asked, model) = (model, plain_model(model, |id| facts.model(id).is_some()));
        if self.seeking.is_some_and(|(place, _)| place.model != model) {
            return;
        }
        let Some(&dialect) = self.ask.speaks.iter().find(|d| facts.dialects.contains(d)) else {
            return self.skip(text, None, None, || SkipReason::NoCommonDialect {
                vendor: facts.id.clone(),
                dialects: facts.dialects.clone(),
            });
        };
        let declared = facts.model(model);
        if let Some(what) = declared.and_then(|declared| self.unable(declared)) {
            return self.skip(text, None, None, || SkipReason::Unable { what });
        }
        let context = declared.and_then(|declared| declared.context);
        let offer = Offer { text, vendor: facts, model, asked, context, dialect };
        let all = self.config.accounts_at(vendor);
        match only {
            Some(id) => {
                if let Some(account) = all.iter().find(|account| account.id == *id) {
                    self.account(&offer, account, None);
                }
            }
            None if all.is_empty() => {
                self.skip(text, None, None, || SkipReason::NoAccount { vendor: facts.id.clone() });
            }
            None => self.accounts(&offer, all, accounts),
        }
    }

    fn accounts(
        &mut self,
        offer: &Offer<'_>,
        all: &'a [AccountFacts],
        of_combo: Option<AccountOrder>,
    ) {
        let order = of_combo.unwrap_or(offer.vendor.accounts);
        let among = order::among(&self.path, of_combo, offer.vendor, order);
        if let Some(start) = order::first_account(self, all, order, among.as_deref()) {
            let (before, from) = all.split_at(start.min(all.len()));
            for account in from.iter().chain(before) {
                if self.full() {
                    self.plan.more = true;
                    return;
                }
                self.account(offer, account, among.as_deref());
            }
            return;
        }
        for account in order::ranked(self, offer, all, order, among.as_deref()) {
            self.account(offer, account, among.as_deref());
        }
    }

    pub(super) fn account(
        &mut self,
        offer: &Offer<'_>,
        account: &'a AccountFacts,
        among: Option<&str>,
    ) {
        if self.seeking.is_some_and(|(place, _)| place.account != account.id) {
            return;
        }
        match self.gate(offer, account) {
            Gate::Shut(shut) => self.skip_account(offer, account, &shut),
            Gate::Open(standing) => self.add(offer, account, standing, among),
        }
    }

    fn add(
        &mut self,
        offer: &Offer<'_>,
        account: &AccountFacts,
        standing: Standing,
        among: Option<&str>,
    ) {
        let standing = match self.seeking {
            // A session stays where it is only while nothing speaks against it.
            Some(_) if standing != Standing::Ordered => return,
            Some((_, sought)) => sought,
            None => standing,
        };
        let is_here = |place: &Place| place.account == account.id && place.model == offer.model;
        // A combo may name a model twice, or by two prefixes: a second try would only fail again.
        let known = self.tried.iter().any(is_here)
            || self
                .plan
                .candidates
                .iter()
                .chain(&self.deferred)
                .any(|other| other.account == account.id && other.model == offer.model);
        if known {
            return;
        }
        let first = self.plan.candidates.is_empty();
        let candidate = Candidate {
            vendor: offer.vendor.id.clone(),
            account: account.id.clone(),
            account_name: account.name.clone(),
            model: offer.model.to_owned(),
            marked: (offer.asked != offer.model).then(|| offer.asked.to_owned()),
            dialect: offer.dialect,
            standing,
            budgets: self.budgets(offer.vendor, account),
        };
        match standing {
            Standing::Home | Standing::Bound => self.plan.candidates.push(candidate),
            Standing::Ordered if self.full() => self.plan.more = true,
            Standing::Ordered => {
                if first {
                    self.note_picks(among, &account.id);
                }
                self.plan.candidates.push(candidate);
            }
            Standing::NearEdge | Standing::Probed | Standing::TightContext
                if self.deferred.len() >= MOST_CANDIDATES =>
            {
                self.plan.more = true;
            }
            Standing::NearEdge | Standing::Probed | Standing::TightContext => {
                self.deferred.push(candidate);
            }
        }
    }

    /// The ids of the budgets that a candidate spends.
    fn budgets(&self, vendor: &VendorFacts, account: &AccountFacts) -> Vec<String> {
        self.paying
            .iter()
            .chain(self.config.budgets_of_account(&account.id))
            .filter_map(|index| self.config.budgets.get(*index))
            .filter(|budget| counts(budget, vendor.tier))
            .map(|budget| budget.id.clone())
            .collect()
    }

    pub(super) fn paying(&self) -> &[usize] {
        &self.paying
    }

    fn note_picks(&mut self, among: Option<&str>, account: &AccountId) {
        self.plan.picks = self
            .path
            .iter()
            .filter(|(route, _)| route.strategy != Strategy::Fallback)
            .map(|(route, entry)| Pick::Entry { combo: route.name.clone(), entry: *entry })
            .collect();
        self.plan.picks.extend(
            among.map(|among| Pick::Account { among: among.to_owned(), account: account.clone() }),
        );
    }

    fn skip_account(&mut self, offer: &Offer<'_>, account: &AccountFacts, shut: &Shut<'_>) {
        if self.seeking.is_some() {
            return;
        }
        if let Some(until) = shut.until()
            && self.plan.candidates.is_empty()
            && self.plan.displaced.is_none()
        {
            let in_turn = |(route, _): &(&Route, usize)| {
                route.strategy == Strategy::Fallback
                    && route.accounts.is_none_or(|order| order == AccountOrder::FillFirst)
            };
            self.plan.displaced = Some(Displaced {
                place: Place { account: account.id.clone(), model: offer.model.to_owned() },
                tier: offer.vendor.tier,
                quota: shut.is_quota(),
                preferred: self.path.iter().all(in_turn),
                until,
            });
        }
        self.skip(offer.text, Some(&account.id), shut.until(), || shut.reason(account));
    }

    fn skip(
        &mut self,
        text: &str,
        account: Option<&AccountId>,
        until: Option<Millis>,
        reason: impl FnOnce() -> SkipReason,
    ) {
        if self.seeking.is_some() {
            return;
        }
        self.plan.soonest = [self.plan.soonest, until].into_iter().flatten().min();
        if self.plan.skipped.len() >= MOST_SKIPPED {
            self.plan.unlisted += 1;
            return;
        }
        self.plan.skipped.push(Skipped {
            model: text.to_owned(),
            account: account.cloned(),
            reason: reason(),
            until,
        });
    }
}
