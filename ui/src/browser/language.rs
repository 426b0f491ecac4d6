//! Which language the page speaks: as the server's setting has it, or else what the browser asks for.
//!
//! The setting is remembered in the browser, so that a page need not wait for the server before its first word.

use leptos::prelude::{document, window};
use switchyard_locale::{Language, Table, Voice};
use switchyard_types::LanguageChoice;

use super::http;

const KEY: &str = "language";

/// Brings the words and says the page in them. Where they cannot be had, the page is in English.
pub(crate) async fn speak() {
    let language = language(remembered());
    let Some(table) = table(language).await else { return };
    switchyard_locale::speak(Voice::new(language, Box::leak(Box::new(table))));
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", language.tag());
    }
}

/// The setting, as it was heard last.
pub(crate) fn remembered() -> LanguageChoice {
    super::recall(KEY).and_then(|name| LanguageChoice::of(&name)).unwrap_or_default()
}

/// Remembers the setting; whether a page that begins now speaks another language than before.
pub(crate) fn remember(choice: LanguageChoice) -> bool {
    let before = remembered();
    if before == choice {
        return false;
    }
    let name = match choice {
        LanguageChoice::System => None,
        LanguageChoice::English | LanguageChoice::Chinese | LanguageChoice::Vietnamese => {
            Some(choice.as_str())
        }
    };
    super::remember(KEY, name);
    // Where there is no storage, nothing would change.
    remembered() == choice && language(before) != language(choice)
}

/// Begins anew: what is drawn stays in the language in which it was drawn.
pub(crate) fn begin_anew() {
    if let Err(error) = window().location().reload() {
        web_sys::console::warn_1(&error);
    }
}

fn language(choice: LanguageChoice) -> Language {
    Language::of_tag(choice.as_str()).unwrap_or_else(system)
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
