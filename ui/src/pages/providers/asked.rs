//! What a provider asks of an account besides its key: when it is added, and when it is changed.

use std::collections::BTreeMap;

use leptos::prelude::*;
use switchyard_types::{FieldKind, FieldView};

use super::words;
use crate::parts::field::TextField;

/// One of these things: what is typed, and what is wrong with it.
#[derive(Clone)]
pub(super) struct Asked {
    of: FieldView,
    typed: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
}

impl Asked {
    /// A field that holds this.
    pub(super) fn of(of: FieldView, held: String) -> Self {
        Self { of, typed: RwSignal::new(held), wrong: RwSignal::new(None) }
    }

    /// Its name and its value, where one was given.
    fn read(&self) -> Result<Option<(String, String)>, ()> {
        let typed = self.typed.get_untracked().trim().to_owned();
        let optional = self.of.default.is_some() || self.of.kind == FieldKind::Models;
        let missing = typed.is_empty() && !optional;
        self.wrong.set(missing.then(|| words::FIELD_MISSING.owned()));
        if missing {
            return Err(());
        }
        Ok((!typed.is_empty()).then(|| (self.of.name.clone(), typed)))
    }

    /// The field in a form, whose name makes its id one of its own.
    pub(super) fn field(self, form: &str) -> AnyView {
        let of = self.of;
        view! {
            <TextField
                label=of.label
                value=self.typed
                id=format!("{form}-{}", of.name)
                hint=words::field_hint(of.hint.as_deref(), of.default.as_deref())
                placeholder=of.example
                mono=true
                wrong=self.wrong
            />
        }
        .into_any()
    }
}

/// All that was given; `None` where something must be mended first, which each field then says.
pub(super) fn read(all: &[Asked]) -> Option<BTreeMap<String, String>> {
    let given: Vec<_> = all.iter().map(Asked::read).collect();
    let given: Option<Vec<_>> = given.into_iter().map(Result::ok).collect();
    Some(given?.into_iter().flatten().collect())
}
