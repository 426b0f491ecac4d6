//! Which language the page speaks: what was chosen in this browser, or else what the browser asks for.

use leptos::prelude::{document, window};
use switchyard_locale::{Language, Table};

use super::http;

const KEY: &str = "language";

/// Brings the words and says the page in them. Where they cannot be had, the page is in English.
pub(crate) async fn speak() {
    let language = chosen().unwrap_or_else(system);
    let Some(table) = table(language).await else { return };
    switchyard_locale::speak(language, Some(Box::leak(Box::new(table))));
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", language.tag());
    }
}

/// What was chosen in this browser; `None` follows the system.
pub(crate) fn chosen() -> Option<Language> {
    Language::of_tag(&super::recall(KEY)?)
}

/// Remembers the choice and begins anew: what is drawn stays in the language in which it was drawn.
pub(crate) fn choose(language: Option<Language>) {
    super::remember(KEY, language.map(Language::tag));
    if let Err(error) = window().location().reload() {
        web_sys::console::warn_1(&error);
    }
}

fn system() -> Language {
    let wanted: Vec<String> =
        window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect();
    Language::choose(wanted.iter().map(String::as_str))
}

async fn table(language: Language) -> Option<Table> {
    if language == Language::English {
        return None;
    }
    let text = http::file(&["/locales/", language.tag(), ".txt"].concat()).await?;
    Some(Table::read(Box::leak(text.into_boxed_str())))
}
