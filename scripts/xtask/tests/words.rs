//! Every text for people is written as `word!` or `say!`, and every language has it.
#![cfg(test)]

mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use source::{Literal, literals, root, sources};

/// Where the faces have their texts.
const PLACES: [&str; 3] = ["ui/src", "src-tauri/shell", "src-tauri/engine/src/tray"];
/// The languages beside English.
const LANGUAGES: [&str; 2] = ["zh-CN", "vi"];
/// What stands between a text and what tells it apart from the same text elsewhere.
const APART: &str = " | ";

/// Every text, with the first place where it stands.
fn texts() -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for place in PLACES {
        for (file, source) in sources(place) {
            for found in literals(&source).into_iter().filter(Literal::is_word) {
                let key = match found.sense(&source) {
                    Some(sense) => format!("{}{APART}{sense}", found.text),
                    None => found.text,
                };
                texts.entry(key).or_insert_with(|| format!("{file}:{}", found.line));
            }
        }
    }
    texts
}

fn translations(language: &str) -> BTreeMap<String, String> {
    let path = root().join("ui/locales").join(language).with_added_extension("json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn names(text: &str) -> BTreeSet<&str> {
    switchyard_locale::placeholders(text).map(|(name, _)| name).collect()
}

#[test]
fn every_language_has_every_text_with_the_same_names_in_it_and_no_other() {
    let texts = texts();
    assert!(texts.len() > 900, "only {} texts were found", texts.len());
    let mut faults = Vec::new();
    for language in LANGUAGES {
        let said = translations(language);
        for (text, place) in &texts {
            match said.get(text) {
                None => faults.push(format!("{language}: no translation of {text:?} ({place})")),
                Some(said) if said.trim().is_empty() => {
                    faults.push(format!("{language}: the translation of {text:?} is empty"));
                }
                Some(said) if names(said) != names(text) => {
                    faults.push(format!("{language}: other names in {said:?} than in {text:?}"));
                }
                Some(_) => {}
            }
        }
        let unknown = said.keys().filter(|text| !texts.contains_key(*text));
        faults.extend(unknown.map(|text| format!("{language}: nobody says {text:?}")));
    }
    assert!(faults.is_empty(), "{} faults: {faults:#?}", faults.len());
}

#[test]
fn the_files_of_the_languages_are_in_order() {
    for language in LANGUAGES {
        let path = root().join("ui/locales").join(language).with_added_extension("json");
        let written = fs::read_to_string(path).unwrap();
        let wanted = serde_json::to_string_pretty(&translations(language)).unwrap() + "\n";
        assert!(written == wanted, "{language}.json: sort it by its keys, one a line, each once");
    }
}
