//! From a user's choice of models to what a tool is told.

use switchyard_catalog::Model;
use switchyard_toolkit::{Address, Ask, OfferedModel};
use switchyard_types::{Abilities, Ability, Secret, ToolChoice};

use crate::live::Live;
use crate::{Engine, EngineError};

/// The model name that stands for the active combo.
const AUTO: &str = "auto";

impl Engine {
    /// What a tool is told for a choice.
    pub(crate) fn ask(
        &self,
        choice: &ToolChoice,
        address: Address,
        key: Secret,
    ) -> Result<Ask, EngineError> {
        let mut ask = Ask::new(address, key, self.known_model(&choice.model)?);
        for (slot, model) in &choice.slots {
            // A slot left empty is one that was not chosen.
            if !model.trim().is_empty() {
                ask.slots.insert(slot.clone(), self.known_model(model)?.to_owned());
            }
        }
        let live = self.live();
        let offered = if choice.models.is_empty() {
            let active = live.settings.active_combo.iter().map(|_| AUTO.to_owned());
            active.chain(live.combos.iter().map(|combo| combo.name.clone())).collect()
        } else {
            let known = choice.models.iter().map(|model| Ok(self.known_model(model)?.to_owned()));
            known.collect::<Result<Vec<_>, EngineError>>()?
        };
        let chosen = ask.slots.values().chain([&ask.model]).cloned();
        ask.models = offered.into_iter().chain(chosen).map(|id| live.offered(id)).collect();
        Ok(ask)
    }

    /// A model name that a request would be served by, now or when its account is there.
    pub(crate) fn known_model<'m>(&self, model: &'m str) -> Result<&'m str, EngineError> {
        let model = model.trim();
        let live = self.live();
        match live.snapshot.models_behind(model) {
            Ok(_) => Ok(model),
            Err(error) if model.is_empty() => Err(EngineError::invalid(
                "no model is chosen",
                self.usual_model()
                    .map_or_else(|| error.to_string(), |usual| format!("choose one: {usual}")),
            )),
            Err(error) => Err(EngineError::invalid(
                error.to_string(),
                "choose a combo, `auto`, an alias or a model as prefix/model",
            )),
        }
    }

    /// What a tool uses unless the user says otherwise: the active combo, else the first.
    pub fn usual_model(&self) -> Option<String> {
        let live = self.live();
        let first = live.combos.first().map(|combo| combo.name.clone());
        live.settings.active_combo.as_ref().map(|_| AUTO.to_owned()).or(first)
    }

    /// The smallest context window and the smallest output limit of whatever a name may lead to, in
    /// tokens, as far as they are known.
    pub fn limits(&self, model: &str) -> (Option<u64>, Option<u64>) {
        self.live().limits(model)
    }

    /// What whoever answers to this name may be asked for: what one of them can, and not what none of them can.
    pub fn abilities(&self, model: &str) -> Abilities {
        let live = self.live();
        let of = |ability: fn(&Abilities) -> Ability| {
            let mut all =
                live.known_behind(model).into_iter().map(|known| ability(&known.abilities));
            let first = all.next().unwrap_or_default();
            all.fold(first, |sum, one| match (sum, one) {
                (Ability::Able, _) | (_, Ability::Able) => Ability::Able,
                (Ability::Unable, Ability::Unable) => Ability::Unable,
                (Ability::Unknown, _) | (_, Ability::Unknown) => Ability::Unknown,
            })
        };
        Abilities {
            images: of(|abilities| abilities.images),
            tools: of(|abilities| abilities.tools),
            thinking: of(|abilities| abilities.thinking),
        }
    }
}

impl Live {
    fn offered(&self, id: String) -> OfferedModel {
        let (context, output) = self.limits(&id);
        let name = match (id.as_str(), &self.settings.active_combo) {
            (AUTO, Some(active)) => format!("Auto ({active})"),
            _ => id.clone(),
        };
        OfferedModel { name, context, output, id }
    }

    fn limits(&self, model: &str) -> (Option<u64>, Option<u64>) {
        let found = self.known_behind(model);
        (
            found.iter().filter_map(|model| model.context).min(),
            found.iter().filter_map(|model| model.output_limit).min(),
        )
    }

    /// The models that a name may lead to, as far as the catalog knows them.
    fn known_behind(&self, model: &str) -> Vec<&Model> {
        let models = self.snapshot.models_behind(model).unwrap_or_default();
        let known = models.iter().filter_map(|model| {
            let (prefix, id) = model.split_once('/')?;
            let vendor = self.catalog.by_prefix(prefix)?;
            vendor.models.iter().find(|known| known.id == id)
        });
        known.collect()
    }
}
