use switchyard_types::{AliasView, CandidateState, ComboBody, ComboView, ModelChoice};

use crate::{Engine, EngineError};

/// More candidates than this is a mistake, not a route.
const MOST_CANDIDATES: usize = 100;

impl Engine {
    /// Every combo, with what would happen to a request now.
    pub fn combos(&self) -> Vec<ComboView> {
        let live = self.live();
        let now = self.now();
        let view = |model: &String| live.snapshot.candidate_view(model, now);
        live.combos
            .iter()
            .map(|combo| ComboView {
                name: combo.name.clone(),
                active: live.settings.active_combo.as_ref() == Some(&combo.name),
                candidates: combo.candidates.iter().map(view).collect(),
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
        let candidates = self.checked_candidates(&body.candidates)?;
        let _writing = self.inner.writing.lock().await;
        if target != name {
            self.inner.store.rename_combo(name, target).await?;
        }
        self.inner.store.put_combo(target, &candidates).await?;
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

    fn combo(&self, name: &str) -> Result<ComboView, EngineError> {
        self.combos()
            .into_iter()
            .find(|combo| combo.name == name)
            .ok_or_else(|| EngineError::NotFound { what: "combo", name: name.to_owned() })
    }

    fn checked_candidates(&self, candidates: &[String]) -> Result<Vec<String>, EngineError> {
        if candidates.is_empty() || candidates.len() > MOST_CANDIDATES {
            return Err(EngineError::invalid(
                format!("a combo has between 1 and {MOST_CANDIDATES} models"),
                "add a model as prefix/model",
            ));
        }
        let live = self.live();
        let mut checked = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let candidate = candidate.trim();
            let known = candidate.split_once('/').is_some_and(|(prefix, model)| {
                !model.is_empty() && live.catalog.by_prefix(prefix).is_some()
            });
            if !known {
                return Err(EngineError::invalid(
                    format!("{candidate:?} names no vendor"),
                    "write a model as prefix/model, with the prefix of a vendor on the Providers page",
                ));
            }
            if checked.iter().any(|other| other == candidate) {
                return Err(EngineError::invalid(
                    format!("{candidate:?} stands in the combo twice"),
                    "remove one of them",
                ));
            }
            checked.push(candidate.to_owned());
        }
        Ok(checked)
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
