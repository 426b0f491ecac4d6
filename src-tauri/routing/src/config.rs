//! The configuration, indexed: what a plan walks through.

use std::collections::HashMap;

use switchyard_types::{AccountId, KeyId, Tier};

use crate::resolve::split;
use crate::{
    Ability, AccountFacts, AccountOrder, Budget, BudgetOf, Combo, ComboEntry, Conditions, Grouping,
    Hours, Rule, RuleOf, Share, SkipReason, SnapshotParts, Strategy, Strictness, Target,
    VendorFacts, Want,
};

/// What `auto` is called where no combo is active.
pub(crate) const AUTO: &str = "auto";

#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) vendors: Vec<VendorFacts>,
    /// Prefixes and ids to an index of `vendors`.
    by_prefix: HashMap<String, usize>,
    /// Each vendor's accounts by priority and id; as many as `vendors`.
    accounts: Vec<Vec<AccountFacts>>,
    /// Where an account stands in `accounts`.
    by_account: HashMap<AccountId, (usize, usize)>,
    /// Combos, and last what `auto` means without an active one.
    pub(crate) routes: Vec<Route>,
    by_name: HashMap<String, usize>,
    auto: Option<usize>,
    pub(crate) aliases: HashMap<String, String>,
    /// Aliases with a star.
    pub(crate) patterns: Vec<(String, String)>,
    pub(crate) active_combo: Option<String>,
    pub(crate) budgets: Vec<Budget>,
    by_budget: HashMap<String, usize>,
    /// The budgets that count for everybody.
    pub(crate) common_budgets: Vec<usize>,
    account_budgets: HashMap<AccountId, Vec<usize>>,
    client_budgets: HashMap<KeyId, Vec<usize>>,
    rules: HashMap<RuleOf, Rule>,
    /// Whether any entry or model asks for images, tools or thinking, or for their absence.
    pub(crate) heeds_demands: bool,
    leave_at: Option<Share>,
}

/// A combo with its names looked up.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) name: String,
    pub(crate) strategy: Strategy,
    pub(crate) grouping: Grouping,
    pub(crate) accounts: Option<AccountOrder>,
    pub(crate) steps: Vec<Step>,
    pub(crate) weights: Vec<u32>,
    pub(crate) budgets: Vec<usize>,
}

/// An entry of a combo with its names looked up.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) text: String,
    pub(crate) what: StepTarget,
    pub(crate) tier: Tier,
    pub(crate) weight: u32,
    pub(crate) conditions: Conditions,
    pub(crate) hours: Option<Hours>,
    pub(crate) budget: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum StepTarget {
    /// A model at all accounts of a vendor.
    Model { vendor: usize, model: String },
    /// A model at one account.
    Account { vendor: usize, account: AccountId, model: String },
    /// The model that was asked for, at a vendor.
    Asked { vendor: usize },
    /// Another combo.
    Route(usize),
    /// Nothing that can be asked.
    Missing(SkipReason),
}

impl Config {
    pub(crate) fn new(parts: SnapshotParts) -> Self {
        let by_prefix = prefixes(&parts.vendors);
        let (accounts, by_account) = accounts(&parts.vendors, parts.accounts);
        let (patterns, plain) =
            parts.aliases.into_iter().partition::<Vec<_>, _>(|(alias, _)| alias.contains('*'));
        let mut config = Self {
            vendors: parts.vendors,
            by_prefix,
            accounts,
            by_account,
            routes: Vec::new(),
            by_name: HashMap::new(),
            auto: None,
            aliases: plain.into_iter().collect(),
            patterns,
            active_combo: parts.active_combo,
            budgets: parts.budgets,
            by_budget: HashMap::new(),
            common_budgets: Vec::new(),
            account_budgets: HashMap::new(),
            client_budgets: HashMap::new(),
            rules: parts.rules.into_iter().map(|rule| (rule.of.clone(), rule)).collect(),
            leave_at: parts.leave_at,
            heeds_demands: false,
        };
        config.heeds_demands = config.any_unable() || parts.combos.iter().any(heeds);
        config.by_name = (0..).zip(&parts.combos).map(|(n, c)| (c.name.clone(), n)).collect();
        for combo in &parts.combos {
            let route = config.route_of(combo);
            config.routes.push(route);
        }
        config.cut_cycles();
        config.add_auto();
        config.index_budgets();
        config
    }

    pub(crate) fn vendor(&self, prefix: &str) -> Option<&VendorFacts> {
        self.vendor_index(prefix).and_then(|index| self.vendors.get(index))
    }

    pub(crate) fn vendor_index(&self, prefix: &str) -> Option<usize> {
        self.by_prefix.get(prefix).copied()
    }

    pub(crate) fn accounts_at(&self, vendor: usize) -> &[AccountFacts] {
        self.accounts.get(vendor).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn accounts_of(&self, vendor_id: &str) -> &[AccountFacts] {
        let index = self.vendors.iter().position(|vendor| vendor.id == vendor_id);
        index.map_or(&[], |index| self.accounts_at(index))
    }

    pub(crate) fn account(&self, id: &AccountId) -> Option<(usize, &AccountFacts)> {
        let (vendor, at) = *self.by_account.get(id)?;
        Some((vendor, self.accounts_at(vendor).get(at)?))
    }

    /// The vendor of an account.
    pub(crate) fn vendor_of(&self, id: &AccountId) -> Option<&VendorFacts> {
        self.vendors.get(self.by_account.get(id)?.0)
    }

    pub(crate) fn route(&self, name: &str) -> Option<&Route> {
        self.routes.get(*self.by_name.get(name)?)
    }

    /// What `auto` means where no combo is active: everything connected, by tier.
    pub(crate) fn auto(&self) -> Option<&Route> {
        self.routes.get(self.auto?)
    }

    pub(crate) fn rule(&self, of: &RuleOf) -> Option<&Rule> {
        if self.rules.is_empty() { None } else { self.rules.get(of) }
    }

    pub(crate) fn budget(&self, id: &str) -> Option<&Budget> {
        self.budgets.get(*self.by_budget.get(id)?)
    }

    pub(crate) fn budgets_of_account(&self, account: &AccountId) -> &[usize] {
        if self.account_budgets.is_empty() {
            return &[];
        }
        self.account_budgets.get(account).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn budgets_of_client(&self, client: &KeyId) -> &[usize] {
        self.client_budgets.get(client).map_or(&[], Vec::as_slice)
    }

    /// The use of a quota window at which an account is left early.
    pub(crate) fn leave_at(&self, account: &AccountId) -> Option<Share> {
        self.account(account).and_then(|(_, account)| account.leave_at).or(self.leave_at)
    }

    /// Every combo and alias, in no order.
    pub(crate) fn known_names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().chain(self.aliases.keys()).map(String::as_str)
    }

    /// Every name that may stand in a path, in no order.
    pub(crate) fn path_names(&self) -> impl Iterator<Item = &str> {
        let ruled = self.rules.keys().filter_map(|of| match of {
            RuleOf::Path { name } => Some(name.as_str()),
            RuleOf::Client { .. } => None,
        });
        self.by_name.keys().map(String::as_str).chain(ruled)
    }

    /// Every prefix and vendor id, in no order.
    pub(crate) fn known_prefixes(&self) -> impl Iterator<Item = &str> {
        self.by_prefix.keys().map(String::as_str)
    }

    /// The vendors and models that a combo and those inside it name.
    pub(crate) fn models_of<'a>(&'a self, route: &'a Route, into: &mut Vec<(usize, &'a str)>) {
        for step in &route.steps {
            match &step.what {
                StepTarget::Model { vendor, model } | StepTarget::Account { vendor, model, .. } => {
                    into.push((*vendor, model));
                }
                StepTarget::Route(inner) => {
                    if let Some(inner) = self.routes.get(*inner) {
                        self.models_of(inner, into);
                    }
                }
                StepTarget::Asked { .. } | StepTarget::Missing(_) => {}
            }
        }
    }

    fn any_unable(&self) -> bool {
        // Whose models nobody can be asked for need no look at the request.
        let connected = self.vendors.iter().zip(&self.accounts);
        connected.filter(|(_, accounts)| !accounts.is_empty()).any(|(vendor, _)| {
            let unable = |ability| ability == Ability::Unable;
            vendor.models.iter().any(|m| unable(m.abilities.images) || unable(m.abilities.tools))
        })
    }

    fn route_of(&mut self, combo: &Combo) -> Route {
        let mut steps = Vec::with_capacity(combo.entries.len());
        for entry in &combo.entries {
            let budget = self.entry_budget(&combo.name, entry);
            for (text, what) in self.targets(&entry.target) {
                let tier = self.tier_of(&what);
                steps.push(Step {
                    text,
                    what,
                    tier,
                    weight: entry.weight,
                    conditions: entry.conditions.clone(),
                    hours: entry.hours,
                    budget,
                });
            }
        }
        Route {
            name: combo.name.clone(),
            strategy: combo.strategy,
            grouping: combo.grouping,
            accounts: combo.accounts,
            weights: steps.iter().map(|step| step.weight).collect(),
            steps,
            budgets: Vec::new(),
        }
    }

    fn entry_budget(&mut self, combo: &str, entry: &ComboEntry) -> Option<usize> {
        let (period, limit) = entry.budget?;
        let (combo, entry) = (combo.to_owned(), entry.target.text());
        self.budgets.push(Budget {
            id: format!("{combo}: {entry}"),
            of: BudgetOf::Entry { combo, entry },
            period,
            limit,
            strictness: Strictness::Hard,
        });
        Some(self.budgets.len() - 1)
    }

    /// What a target stands for.
    pub(crate) fn targets(&self, target: &Target) -> Vec<(String, StepTarget)> {
        let text = target.text();
        match target {
            Target::Model { model } => {
                let what = self.model_target(model);
                vec![(text, what)]
            }
            Target::Account { account, model } => vec![self.bound(account, model, text)],
            Target::Asked { prefix } => vec![(
                text,
                match self.usable(prefix) {
                    Ok(vendor) => StepTarget::Asked { vendor },
                    Err(reason) => StepTarget::Missing(reason),
                },
            )],
            Target::Anywhere { model } => {
                self.some(text, |vendor| vendor.model(model).map(|_| model.clone()), None)
            }
            Target::Tier { tier } => {
                let best = |vendor: &VendorFacts| vendor.models.first().map(|m| m.id.clone());
                self.some(text, best, Some(*tier))
            }
            Target::Named { name } => vec![self.named(name)],
        }
    }

    fn bound(&self, account: &AccountId, model: &str, text: String) -> (String, StepTarget) {
        let account = account.clone();
        let Some((vendor, _)) = self.account(&account) else {
            return (text, StepTarget::Missing(SkipReason::AccountGone { account }));
        };
        let text = format!("{}/{model}", self.shown_prefix(vendor));
        (text, StepTarget::Account { vendor, account, model: model.to_owned() })
    }

    /// The connected vendors of a tier or of all, by tier, each with the model that `of` finds in it.
    fn some(
        &self,
        text: String,
        of: impl Fn(&VendorFacts) -> Option<String>,
        tier: Option<Tier>,
    ) -> Vec<(String, StepTarget)> {
        let connected = |index: usize| self.accounts_at(index).iter().any(|a| a.enabled);
        let best = |index: usize| self.accounts_at(index).iter().map(|a| a.priority).min();
        let mut found: Vec<(Tier, Option<i64>, usize, String)> = self
            .vendors
            .iter()
            .enumerate()
            .filter(|(index, vendor)| vendor.usable && connected(*index))
            .filter(|(_, vendor)| tier.is_none_or(|tier| vendor.tier == tier))
            .filter_map(|(index, vendor)| Some((vendor.tier, best(index), index, of(vendor)?)))
            .collect();
        found.sort();
        if found.is_empty() {
            let missing = SkipReason::NothingConnected { what: text.clone() };
            return vec![(text, StepTarget::Missing(missing))];
        }
        let target = |(_, _, vendor, model): (_, _, usize, String)| {
            let text = format!("{}/{model}", self.shown_prefix(vendor));
            (text, StepTarget::Model { vendor, model })
        };
        found.into_iter().map(target).collect()
    }

    /// What a name without a slash means inside a combo: a combo, or at the end of aliases a model.
    fn named(&self, name: &str) -> (String, StepTarget) {
        let mut meant = name;
        for _ in 0..=self.aliases.len() {
            if let Some(index) = self.by_name.get(meant) {
                return (name.to_owned(), StepTarget::Route(*index));
            }
            match self.aliases.get(meant) {
                Some(target) => meant = target,
                None => break,
            }
        }
        (name.to_owned(), self.model_target(meant))
    }

    fn model_target(&self, name: &str) -> StepTarget {
        let unknown =
            |prefix: &str| StepTarget::Missing(SkipReason::UnknownVendor { prefix: prefix.into() });
        let Some((prefix, model)) = split(name) else { return unknown(name) };
        match self.usable(prefix) {
            Ok(vendor) => StepTarget::Model { vendor, model: model.to_owned() },
            Err(reason) => StepTarget::Missing(reason),
        }
    }

    fn usable(&self, prefix: &str) -> Result<usize, SkipReason> {
        let found = self.vendor_index(prefix).and_then(|i| Some((i, self.vendors.get(i)?)));
        match found {
            None => Err(SkipReason::UnknownVendor { prefix: prefix.to_owned() }),
            Some((_, vendor)) if !vendor.usable => {
                Err(SkipReason::VendorRetired { vendor: vendor.id.clone() })
            }
            Some((index, _)) => Ok(index),
        }
    }

    /// The step of a model that was asked for by its own name.
    pub(crate) fn step_of(&self, name: &str) -> Step {
        let what = self.model_target(name);
        Step {
            text: name.to_owned(),
            tier: self.tier_of(&what),
            what,
            weight: 1,
            conditions: Conditions::default(),
            hours: None,
            budget: None,
        }
    }

    pub(crate) fn shown_prefix(&self, vendor: usize) -> &str {
        let vendor = self.vendors.get(vendor);
        vendor.map_or("", |vendor| vendor.prefixes.first().unwrap_or(&vendor.id))
    }

    fn tier_of(&self, target: &StepTarget) -> Tier {
        let vendor = match target {
            StepTarget::Model { vendor, .. }
            | StepTarget::Account { vendor, .. }
            | StepTarget::Asked { vendor } => self.vendors.get(*vendor),
            StepTarget::Route(_) | StepTarget::Missing(_) => None,
        };
        // A combo inside a combo stands with the money that it may cost.
        vendor.map_or(Tier::Cheap, |vendor| vendor.tier)
    }

    /// Puts a reason in place of every entry that would lead a walk round in a circle. Such combos are
    /// refused when they are made; one that is there all the same must not hang a request.
    fn cut_cycles(&mut self) {
        let names: Vec<String> = self.routes.iter().map(|route| route.name.clone()).collect();
        while let Some(path) = cycle_in(self.routes.len(), |n| self.inner_routes(n)) {
            let (Some(first), Some(second)) = (path.first(), path.get(1)) else { return };
            let (first, second) = (*first, *second);
            let names = path.iter().filter_map(|n| names.get(*n).cloned()).collect::<Vec<_>>();
            let Some(route) = self.routes.get_mut(first) else { return };
            for step in &mut route.steps {
                if matches!(step.what, StepTarget::Route(inner) if inner == second) {
                    let names = names.clone();
                    step.what = StepTarget::Missing(SkipReason::ComboCycle { names });
                }
            }
        }
    }

    fn inner_routes(&self, route: usize) -> Vec<usize> {
        let steps = self.routes.get(route).map_or(&[][..], |route| &route.steps[..]);
        let inner = steps.iter().filter_map(|step| match step.what {
            StepTarget::Route(inner) => Some(inner),
            StepTarget::Model { .. }
            | StepTarget::Account { .. }
            | StepTarget::Asked { .. }
            | StepTarget::Missing(_) => None,
        });
        inner.collect()
    }

    fn add_auto(&mut self) {
        let tiers = [Tier::Subscription, Tier::Cheap, Tier::Free];
        let entry = |tier| ComboEntry { target: Target::Tier { tier }, ..ComboEntry::named("") };
        let combo = Combo {
            entries: tiers.into_iter().map(entry).collect(),
            ..Combo::listed::<&str>(AUTO, &[])
        };
        let mut route = self.route_of(&combo);
        route.steps.retain(|step| !matches!(step.what, StepTarget::Missing(_)));
        route.weights = route.steps.iter().map(|step| step.weight).collect();
        if !route.steps.is_empty() {
            self.auto = Some(self.routes.len());
            self.routes.push(route);
        }
    }

    fn index_budgets(&mut self) {
        for (index, budget) in self.budgets.iter().enumerate() {
            self.by_budget.insert(budget.id.clone(), index);
            match &budget.of {
                BudgetOf::All => self.common_budgets.push(index),
                BudgetOf::Combo { name } => {
                    let route = self.by_name.get(name).and_then(|n| self.routes.get_mut(*n));
                    if let Some(route) = route {
                        route.budgets.push(index);
                    }
                }
                BudgetOf::Account { account } => {
                    self.account_budgets.entry(account.clone()).or_default().push(index);
                }
                BudgetOf::Client { key } => {
                    self.client_budgets.entry(key.clone()).or_default().push(index);
                }
                BudgetOf::Entry { .. } => {}
            }
        }
    }
}

fn heeds(combo: &Combo) -> bool {
    combo.entries.iter().any(|entry| {
        let Conditions { images, tools, thinking, .. } = &entry.conditions;
        [images, tools, thinking].into_iter().any(|want| *want != Want::Any)
    })
}

/// The names of combos that lead from one of them back to it, the first repeated at the end, if any do.
pub fn combo_cycle(combos: &[Combo], aliases: &[(String, String)]) -> Option<Vec<String>> {
    let by_name: HashMap<&str, usize> =
        combos.iter().enumerate().map(|(n, combo)| (combo.name.as_str(), n)).collect();
    let aliases: HashMap<&str, &str> =
        aliases.iter().map(|(alias, target)| (alias.as_str(), target.as_str())).collect();
    let meant = |name: &str| {
        let mut name = name;
        for _ in 0..=aliases.len() {
            if let Some(found) = by_name.get(name) {
                return Some(*found);
            }
            name = aliases.get(name)?;
        }
        None
    };
    let inner = |n: usize| {
        let entries = combos.get(n).map_or(&[][..], |combo| &combo.entries[..]);
        let named = entries.iter().filter_map(|entry| match &entry.target {
            Target::Named { name } => meant(name),
            Target::Model { .. }
            | Target::Account { .. }
            | Target::Asked { .. }
            | Target::Anywhere { .. }
            | Target::Tier { .. } => None,
        });
        named.collect()
    };
    let path = cycle_in(combos.len(), inner)?;
    Some(path.into_iter().filter_map(|n| Some(combos.get(n)?.name.clone())).collect())
}

/// A way in a graph of so many nodes that ends where it began. Iterative: the graph is the user's.
fn cycle_in(count: usize, next: impl Fn(usize) -> Vec<usize>) -> Option<Vec<usize>> {
    let mut done = vec![false; count];
    for start in 0..count {
        let mut path: Vec<usize> = vec![start];
        let mut open: Vec<Vec<usize>> = vec![next(start)];
        while let Some(ahead) = open.last_mut() {
            let Some(node) = ahead.pop() else {
                open.pop();
                if let Some(left) = path.pop()
                    && let Some(done) = done.get_mut(left)
                {
                    *done = true;
                }
                continue;
            };
            if let Some(at) = path.iter().position(|on_path| *on_path == node) {
                let mut cycle = path.split_off(at);
                cycle.push(node);
                return Some(cycle);
            }
            if done.get(node).is_some_and(|done| !done) {
                path.push(node);
                open.push(next(node));
            }
        }
    }
    None
}

fn prefixes(vendors: &[VendorFacts]) -> HashMap<String, usize> {
    let mut by_prefix = HashMap::new();
    // Prefixes before ids: a user's prefix is what they typed, an id may be made from a name.
    for (index, vendor) in vendors.iter().enumerate() {
        for prefix in &vendor.prefixes {
            by_prefix.entry(prefix.clone()).or_insert(index);
        }
    }
    for (index, vendor) in vendors.iter().enumerate() {
        by_prefix.entry(vendor.id.clone()).or_insert(index);
    }
    by_prefix
}

type Accounts = (Vec<Vec<AccountFacts>>, HashMap<AccountId, (usize, usize)>);

fn accounts(vendors: &[VendorFacts], all: Vec<AccountFacts>) -> Accounts {
    let by_id: HashMap<&str, usize> =
        vendors.iter().enumerate().map(|(n, vendor)| (vendor.id.as_str(), n)).collect();
    let mut lists: Vec<Vec<AccountFacts>> = vec![Vec::new(); vendors.len()];
    for account in all {
        let list = by_id.get(account.vendor.as_str()).and_then(|n| lists.get_mut(*n));
        if let Some(list) = list {
            list.push(account);
        }
    }
    let mut by_account = HashMap::new();
    for (vendor, list) in lists.iter_mut().enumerate() {
        list.sort_by(|a, b| (a.priority, &a.id).cmp(&(b.priority, &b.id)));
        for (at, account) in list.iter().enumerate() {
            by_account.insert(account.id.clone(), (vendor, at));
        }
    }
    (lists, by_account)
}
