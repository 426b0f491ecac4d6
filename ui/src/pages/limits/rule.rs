//! The fields of a rule: what a key or a path may ask for.

use leptos::prelude::*;
use switchyard_types::RuleBody;

use super::words;
use crate::app::app;
use crate::facts::limits;
use crate::parts::field::{AreaField, SelectField, TextField};

/// What is typed, and what is wrong with it.
#[derive(Clone, Copy)]
pub(in crate::pages) struct RuleFields {
    combo: RwSignal<String>,
    models: RwSignal<String>,
    mapping: RwSignal<String>,
    rate: RwSignal<String>,
    mapping_wrong: RwSignal<Option<String>>,
    rate_wrong: RwSignal<Option<String>>,
}

impl RuleFields {
    pub(in crate::pages) fn of(rule: &RuleBody) -> Self {
        let rate = rule.per_minute.map(|rate| rate.to_string());
        Self {
            combo: RwSignal::new(rule.combo.clone().unwrap_or_default()),
            models: RwSignal::new(rule.models.join("\n")),
            mapping: RwSignal::new(limits::mapping_typed(&rule.mapping)),
            rate: RwSignal::new(rate.unwrap_or_default()),
            mapping_wrong: RwSignal::new(None),
            rate_wrong: RwSignal::new(None),
        }
    }

    /// The rule; `None` where a field says what is wrong with it.
    pub(in crate::pages) fn read(self) -> Option<RuleBody> {
        let mapping = limits::mapping(&self.mapping.get_untracked());
        self.mapping_wrong.set(mapping.as_ref().err().map(|line| words::mapping_bad(line)));
        let typed = self.rate.get_untracked();
        let typed = typed.trim();
        let rate = (!typed.is_empty()).then(|| typed.parse::<u32>().ok().filter(|rate| *rate > 0));
        self.rate_wrong.set((rate == Some(None)).then(|| words::RATE_BAD.owned()));
        if rate == Some(None) {
            return None;
        }
        Some(RuleBody {
            combo: Some(self.combo.get_untracked()).filter(|combo| !combo.is_empty()),
            models: limits::lines(&self.models.get_untracked()),
            mapping: mapping.ok()?,
            per_minute: rate.flatten(),
        })
    }
}

/// The fields themselves.
#[component]
pub(in crate::pages) fn RuleForm(fields: RuleFields) -> impl IntoView {
    let app = app();
    let combos = Signal::derive(move || {
        let combos = app.combos.rows().into_iter();
        let mut entries = vec![(String::new(), words::ANY_COMBO.owned())];
        entries.extend(combos.map(|combo| (combo.name.clone(), combo.name)));
        entries
    });
    view! {
        <SelectField
            label=words::COMBO
            value=fields.combo
            entries=combos
            id="rule-combo"
            hint=words::COMBO_HINT
        />
        <AreaField
            label=words::MODELS
            value=fields.models
            id="rule-models"
            hint=words::MODELS_HINT
        />
        <AreaField
            label=words::MAPPING
            value=fields.mapping
            id="rule-mapping"
            hint=words::MAPPING_HINT
            wrong=fields.mapping_wrong
        />
        <TextField
            label=words::RATE
            value=fields.rate
            id="rule-rate"
            hint=words::RATE_HINT
            wrong=fields.rate_wrong
        />
    }
}
