use switchyard_routing::{Combo as RoutedCombo, ComboEntry, Target, combo_cycle};
use switchyard_store::Combo;
use switchyard_types::{
    AliasView, CandidateBody, CandidateSpec, CandidateState, CandidateView, ComboBody, ComboView,
    Hours, Limit, ModelChoice,
};

use crate::live::Live;
use crate::{Engine, EngineError};

/// More candidates than this is a mistake, not a route.
const MOST_CANDIDATES: usize = 100;

impl Engine {
    /// Every combo, with what would happen to a request now.
    pub fn combos(&self) -> Vec<ComboView> {
        let live = self.live();
        let now = self.now();
        let view = |spec: &CandidateSpec| CandidateView {
            spec: (!spec.is_plain()).then(|| Box::new(spec.clone())),
            ..live.snapshot.candidate_view(&spec.model, now)
        };
        live.combos
            .iter()
            .map(|combo| ComboView {
                name: combo.name.clone(),
                active: live.settings.active_combo.as_ref() == Some(&combo.name),
                candidates: combo.candidates.iter().map(view).collect(),
                terms: combo.terms,
            })
            .collect()
    }

    /// Makes a combo, or replaces and renames one. The first combo becomes the active one.
    pub async fn put_combo(&self, name: &str, body: &ComboBody) -> Result<ComboView, EngineError> {
        let name = checked_name("combo", name)?;
        let target = match &body.rename {
            None => name,
            Some(to) => checked_name("combo", to)?,
        };
        let _writing = self.inner.writing.lock().await;
        if body.only_new && self.combo(target).is_ok() {
            return Err(EngineError::conflict(
                format!("there is a combo {target:?} already"),
                "give another name",
            ));
        }
        let combo = self.checked_combo(name, target, body).await?;
        if target != name {
            self.inner.store.rename_combo(name, target).await?;
        }
        self.inner.store.put_combo(&combo).await?;
        let mut settings = self.inner.store.settings().await?;
        if settings.active_combo.is_none() {
            settings.active_combo = Some(target.to_owned());
            self.inner.store.save_settings(&settings).await?;
        }
        self.reload().await?;
        self.combo(target)
    }

    /// Removes a combo; if it was the active one, `auto` means nothing until another is chosen.
    pub async fn remove_combo(&self, name: &str) -> Result<(), EngineError> {
        let _writing = self.inner.writing.lock().await;
        self.inner.store.remove_combo(name).await?;
        let mut settings = self.inner.store.settings().await?;
        if settings.active_combo.as_deref() == Some(name) {
            settings.active_combo =
                self.inner.store.combos().await?.into_iter().next().map(|combo| combo.name);
            self.inner.store.save_settings(&settings).await?;
        }
        self.reload().await
    }

    /// Makes `auto` mean this combo from the next request on.
    pub async fn set_active_combo(&self, name: &str) -> Result<ComboView, EngineError> {
        let _writing = self.inner.writing.lock().await;
        self.combo(name)?;
        let mut settings = self.inner.store.settings().await?;
        settings.active_combo = Some(name.to_owned());
        self.inner.store.save_settings(&settings).await?;
        self.reload().await?;
        self.combo(name)
    }

    /// Every alias.
    pub async fn aliases(&self) -> Result<Vec<AliasView>, EngineError> {
        Ok(self.inner.store.aliases().await?)
    }

    /// Makes or replaces an alias.
    pub async fn put_alias(&self, alias: &str, target: &str) -> Result<AliasView, EngineError> {
        let alias = checked_name("alias", alias)?;
        let target = target.trim();
        if target.is_empty() || target == alias {
            return Err(EngineError::invalid(
                format!("the alias {alias:?} needs a target other than itself"),
                "give a combo's name or a model as prefix/model",
            ));
        }
        let _writing = self.inner.writing.lock().await;
        let live = self.live();
        let combos: Vec<RoutedCombo> = live.combos.iter().map(routed).collect();
        drop(live);
        let mut aliases = self.alias_pairs().await?;
        aliases.retain(|(other, _)| other != alias);
        aliases.push((alias.to_owned(), target.to_owned()));
        refuse_cycle(&combos, &aliases)?;
        self.inner.store.put_alias(alias, target).await?;
        self.reload().await?;
        Ok(AliasView { alias: alias.to_owned(), target: target.to_owned() })
    }

    /// Removes an alias.
    pub async fn remove_alias(&self, alias: &str) -> Result<(), EngineError> {
        let _writing = self.inner.writing.lock().await;
        self.inner.store.remove_alias(alias).await?;
        self.reload().await
    }

    /// The models that a combo may name: those of every usable vendor, connected ones first.
    pub fn models(&self) -> Vec<ModelChoice> {
        let live = self.live();
        let now = self.now();
        let mut choices: Vec<ModelChoice> = live
            .catalog
            .vendors()
            .iter()
            .flat_map(|vendor| vendor.models.iter().map(move |model| (vendor, model)))
            .map(|(vendor, model)| {
                let name = format!("{}/{}", vendor.prefix, model.id);
                let state = live.snapshot.candidate_view(&name, now).state;
                let (connected, locked_until) = match state {
                    CandidateState::Clear => (true, None),
                    CandidateState::Locked { lock } => (true, Some(lock.until)),
                    CandidateState::NoAccount | CandidateState::Unknown => (false, None),
                };
                ModelChoice {
                    model: name,
                    name: model.name.clone(),
                    vendor: vendor.id.clone(),
                    connected,
                    locked_until,
                }
            })
            .collect();
        choices.sort_by_key(|choice| !choice.connected);
        choices
    }

    pub(crate) fn combo(&self, name: &str) -> Result<ComboView, EngineError> {
        self.combos()
            .into_iter()
            .find(|combo| combo.name == name)
            .ok_or_else(|| EngineError::NotFound { what: "combo", name: name.to_owned() })
    }

    async fn alias_pairs(&self) -> Result<Vec<(String, String)>, EngineError> {
        let aliases = self.inner.store.aliases().await?;
        Ok(aliases.into_iter().map(|alias| (alias.alias, alias.target)).collect())
    }

    /// The combo that a body makes of the one that is there, if all of it can be followed.
    pub(crate) async fn checked_combo(
        &self,
        name: &str,
        target: &str,
        body: &ComboBody,
    ) -> Result<Combo, EngineError> {
        let aliases = self.alias_pairs().await?;
        let live = self.live();
        let held = live.combos.iter().find(|combo| combo.name == name);
        let terms = body.terms.or(held.map(|combo| combo.terms)).unwrap_or_default();
        let candidates = checked_candidates(&live, held, &body.candidates, &aliases)?;
        let combo = Combo { name: target.to_owned(), terms, candidates };
        let mut all: Vec<RoutedCombo> = live
            .combos
            .iter()
            .filter(|other| other.name != name && other.name != target)
            .map(|other| {
                let mut other = routed(other);
                for entry in &mut other.entries {
                    if matches!(&entry.target, Target::Named { name: inner } if inner == name) {
                        entry.target = Target::Named { name: target.to_owned() };
                    }
                }
                other
            })
            .collect();
        all.push(routed(&combo));
        refuse_cycle(&all, &aliases)?;
        Ok(combo)
    }
}

/// A combo as routing has it.
pub(crate) fn routed(combo: &Combo) -> RoutedCombo {
    let entry = |spec: &CandidateSpec| {
        let CandidateSpec { model, account, weight, conditions, hours, budget } = spec;
        let target = match (account, model.split_once('/')) {
            (Some(account), Some((_, model))) => {
                Target::Account { account: account.clone(), model: model.to_owned() }
            }
            (Some(_), None) | (None, _) => Target::read(model),
        };
        ComboEntry {
            target,
            weight: *weight,
            conditions: conditions.clone(),
            hours: *hours,
            budget: *budget,
        }
    };
    RoutedCombo {
        name: combo.name.clone(),
        strategy: combo.terms.strategy,
        grouping: combo.terms.grouping,
        accounts: combo.terms.accounts,
        entries: combo.candidates.iter().map(entry).collect(),
    }
}

fn refuse_cycle(combos: &[RoutedCombo], aliases: &[(String, String)]) -> Result<(), EngineError> {
    match combo_cycle(combos, aliases) {
        None => Ok(()),
        Some(names) => Err(EngineError::invalid(
            format!("the combo would contain itself: {}", names.join(" → ")),
            "take one of them out of the other",
        )),
    }
}

fn checked_candidates(
    live: &Live,
    held: Option<&Combo>,
    candidates: &[CandidateBody],
    aliases: &[(String, String)],
) -> Result<Vec<CandidateSpec>, EngineError> {
    if candidates.is_empty() || candidates.len() > MOST_CANDIDATES {
        return Err(EngineError::invalid(
            format!("a combo has between 1 and {MOST_CANDIDATES} models"),
            "add a model as prefix/model",
        ));
    }
    let mut checked: Vec<CandidateSpec> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let spec = match candidate {
            CandidateBody::Whole(spec) => {
                CandidateSpec { model: spec.model.trim().to_owned(), ..spec.clone() }
            }
            CandidateBody::Named(model) => {
                let model = model.trim();
                let unused = |spec: &&CandidateSpec| spec.model == model && !checked.contains(spec);
                held.and_then(|combo| combo.candidates.iter().find(unused))
                    .cloned()
                    .unwrap_or_else(|| CandidateSpec::plain(model))
            }
        };
        check_target(live, &spec, aliases)?;
        check_account(live, &spec)?;
        check_terms(&spec)?;
        if checked.iter().any(|other| other.takes_the_same(&spec)) {
            return Err(EngineError::invalid(
                format!("{:?} stands in the combo twice", spec.model),
                "remove one of them",
            ));
        }
        checked.push(spec);
    }
    Ok(checked)
}

fn check_target(
    live: &Live,
    spec: &CandidateSpec,
    aliases: &[(String, String)],
) -> Result<(), EngineError> {
    let model = &spec.model;
    let known_prefix = |prefix: &str| live.catalog.by_prefix(prefix).is_some();
    let known = match Target::read(model) {
        Target::Model { model } => model
            .split_once('/')
            .is_some_and(|(prefix, model)| !model.is_empty() && known_prefix(prefix)),
        Target::Asked { prefix } => known_prefix(&prefix),
        Target::Anywhere { model } => !model.is_empty(),
        Target::Tier { .. } => true,
        Target::Named { name } => {
            live.combos.iter().any(|combo| combo.name == name)
                || aliases.iter().any(|(alias, _)| *alias == name)
        }
        Target::Account { .. } => false,
    };
    if known {
        return Ok(());
    }
    Err(EngineError::invalid(
        format!("{model:?} names no vendor, combo or alias"),
        "write a model as prefix/model, with the prefix of a vendor on the Providers page",
    ))
}

fn check_account(live: &Live, spec: &CandidateSpec) -> Result<(), EngineError> {
    let Some(account) = &spec.account else { return Ok(()) };
    let vendor = match Target::read(&spec.model) {
        Target::Model { model } => {
            model.split_once('/').and_then(|(prefix, _)| live.snapshot.vendor(prefix))
        }
        Target::Account { .. }
        | Target::Asked { .. }
        | Target::Anywhere { .. }
        | Target::Named { .. }
        | Target::Tier { .. } => None,
    };
    let theirs = live.snapshot.account(account).map(|account| &account.vendor);
    if vendor.is_some_and(|vendor| theirs == Some(&vendor.id)) {
        return Ok(());
    }
    Err(EngineError::invalid(
        format!("{:?} cannot be bound to the account {account}", spec.model),
        "bind a prefix/model to an account of that vendor",
    ))
}

fn check_terms(spec: &CandidateSpec) -> Result<(), EngineError> {
    let (conditions, model) = (&spec.conditions, &spec.model);
    if let (Some(least), Some(most)) = (conditions.min_tokens, conditions.max_tokens)
        && least > most
    {
        return Err(EngineError::invalid(
            format!("{model:?} takes prompts of at least {least} and at most {most} tokens"),
            "let the least be no more than the most",
        ));
    }
    if let Some(hours) = spec.hours {
        check_hours(&format!("the hours of {model:?}"), hours)?;
    }
    match spec.budget {
        Some((_, limit)) => check_limit(limit),
        None => Ok(()),
    }
}

/// Hours open at some time of the week.
pub(crate) fn check_hours(whose: &str, hours: Hours) -> Result<(), EngineError> {
    let Hours { days, from, to } = hours;
    if days == 0 || days > Hours::DAILY || from >= 24 * 60 || to > 24 * 60 {
        return Err(EngineError::invalid(
            format!("{whose} never open, or are not of a day"),
            "give days as bits with Monday the lowest, and minutes of the day below 1440",
        ));
    }
    Ok(())
}

/// A limit is more than nothing.
pub(crate) fn check_limit(limit: Limit) -> Result<(), EngineError> {
    match limit {
        Limit::Money(1..) | Limit::Tokens(1..) => Ok(()),
        Limit::Money(_) | Limit::Tokens(0) => Err(EngineError::invalid(
            "a budget of nothing lets nobody serve",
            "give more than nothing, or switch the account off",
        )),
    }
}

/// A name that a client can say as a model: it must not look like `prefix/model`, and `auto` has
/// a meaning already.
pub(crate) fn checked_name<'a>(what: &'static str, name: &'a str) -> Result<&'a str, EngineError> {
    let name = name.trim();
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if name.is_empty() || name.chars().count() > 80 || !name.chars().all(legal) {
        return Err(EngineError::invalid(
            format!("{name:?} is no name for a {what}"),
            "use up to 80 letters, digits, dashes, dots or underscores",
        ));
    }
    if name == "auto" {
        return Err(EngineError::invalid(
            "the name \"auto\" stands for the active combo",
            "choose another name",
        ));
    }
    Ok(name)
}
