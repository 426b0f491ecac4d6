//! Which language the page speaks: what was chosen on the server, as this browser remembers it, or else what the
//! browser asks for.

use leptos::prelude::{document, window};
use switchyard_locale::{Language, Table};

use super::http;

const KEY: &str = "language";

/// Brings the words and says the page in them. Where they cannot be had, the page is in English.
pub(crate) async fn speak() {
    let language = remembered().unwrap_or_else(system);
    let Some(table) = table(language).await else { return };
    switchyard_locale::speak(language, Some(Box::leak(Box::new(table))));
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", language.tag());
    }
}

fn remembered() -> Option<Language> {
    Language::of_tag(&super::recall(KEY)?)
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
