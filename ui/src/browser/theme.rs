//! Light, dark, or as the system has it.

use leptos::prelude::document;

/// What the user chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

const KEY: &str = "theme";

impl Theme {
    /// What was chosen before; `boot.js` has set it already.
    pub(crate) fn chosen() -> Self {
        match super::recall(KEY).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// The next one, when a button walks through all.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// Shows it now and at the next visit.
    pub(crate) fn apply(self) {
        let name = match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        };
        super::remember(KEY, name);
        let Some(root) = document().document_element() else { return };
        let done = match name {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
        if let Err(error) = done {
            web_sys::console::warn_1(&error);
        }
    }
}
