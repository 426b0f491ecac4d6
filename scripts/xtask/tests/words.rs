//! Every text for people is written as `word!` or `say!`, and every language has it.
#![cfg(test)]

mod source;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use source::{Literal, literals, root, sources};

/// The faces that speak, each with its own translations: the dashboard loads none that are not its own.
const FACES: [Face; 2] = [
    Face { sources: &["ui/src"], locales: "ui/locales", at_least: 900 },
    Face {
        sources: &["src-tauri/engine/src/tray", "src-tauri/shell"],
        locales: "src-tauri/engine/locales",
        at_least: 70,
    },
];
/// The languages beside English.
const LANGUAGES: [&str; 2] = ["zh-CN", "vi"];
/// What stands between a text and what tells it apart from the same text elsewhere.
const APART: &str = " | ";

/// What looks like a text for people and is none, by its beginning, with the reason.
const NO_TEXT: [(&str, &str); 5] = [
    ("Switchyard", "our name, the same in every language"),
    ("Identity Center", "Amazon's name"),
    ("Terminal", "a program of macOS"),
    ("Ctrl K", "keys of a keyboard"),
    ("history.pushState", "a script"),
];
/// Who is told what is no text for people.
const NO_READER: [(&str, &str); 2] =
    [("tracing::", "the log is in English"), ("tell", "completes a line of the log")];

struct Face {
    sources: &'static [&'static str],
    locales: &'static str,
    /// Fewer texts are not all of them.
    at_least: usize,
}

impl Face {
    /// Every text, with the first place where it stands.
    fn texts(&self) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        for (file, source) in self.sources.iter().flat_map(|place| sources(place)) {
            for found in literals(&source).into_iter().filter(Literal::is_word) {
                let key = match found.sense(&source) {
                    Some(sense) => format!("{}{APART}{sense}", found.text),
                    None => found.text,
                };
                texts.entry(key).or_insert_with(|| format!("{file}:{}", found.line));
            }
        }
        assert!(texts.len() >= self.at_least, "only {} texts were found", texts.len());
        texts
    }

    fn path(&self, language: &str) -> PathBuf {
        root().join(self.locales).join(language).with_added_extension("json")
    }

    fn translations(&self, language: &str) -> BTreeMap<String, String> {
        serde_json::from_str(&fs::read_to_string(self.path(language)).unwrap()).unwrap()
    }
}

fn names(text: &str) -> BTreeSet<&str> {
    switchyard_locale::placeholders(text).map(|(name, _)| name).collect()
}

#[test]
fn every_language_has_every_text_with_the_same_names_in_it_and_no_other() {
    let mut faults = Vec::new();
    for (face, language) in each() {
        let (texts, said) = (face.texts(), face.translations(language));
        let file = face.path(language).display().to_string();
        for (text, place) in &texts {
            match said.get(text) {
                None => faults.push(format!("{file}: no translation of {text:?} ({place})")),
                Some(said) if said.trim().is_empty() => {
                    faults.push(format!("{file}: the translation of {text:?} is empty"));
                }
                Some(said) if names(said) != names(text) => {
                    faults.push(format!("{file}: other names in {said:?} than in {text:?}"));
                }
                Some(_) => {}
            }
        }
        let unknown = said.keys().filter(|text| !texts.contains_key(*text));
        faults.extend(unknown.map(|text| format!("{file}: nobody says {text:?}")));
    }
    assert!(faults.is_empty(), "{} faults: {faults:#?}", faults.len());
}

#[test]
fn the_files_of_the_languages_are_in_order() {
    for (face, language) in each() {
        let path = face.path(language);
        let written = fs::read_to_string(&path).unwrap();
        let wanted = serde_json::to_string_pretty(&face.translations(language)).unwrap() + "\n";
        assert!(
            written == wanted,
            "{}: sort it by its keys, one a line, each once",
            path.display()
        );
    }
}

fn each() -> impl Iterator<Item = (&'static Face, &'static str)> {
    FACES.iter().flat_map(|face| LANGUAGES.map(|language| (face, language)))
}

#[test]
fn no_text_for_people_stands_outside_the_words() {
    let mut found = Vec::new();
    let mut look = |folder: &str, is_text: fn(&Literal, &str) -> bool| {
        for (file, source) in sources(folder) {
            let suspects = literals(&source).into_iter().filter(|one| {
                !one.is_word()
                    && !one.is_sense()
                    && !NO_TEXT.iter().any(|(text, _)| one.text.starts_with(text))
                    && is_text(one, &source)
            });
            found.extend(suspects.map(|one| format!("{file}:{}: {:?}", one.line, one.text)));
        }
    };
    look("ui/src", is_drawn);
    look("src-tauri/engine/src/tray", is_told);
    look("src-tauri/shell", is_told);
    // Nobody sees what is said while the program is built.
    found.retain(|place| !place.starts_with("src-tauri/shell/build.rs"));
    assert!(found.is_empty(), "say these with word! or say!: {found:#?}");
}

/// Whether a page shows it: a sentence, or letters where a view has text or an attribute that is read.
fn is_drawn(one: &Literal, source: &str) -> bool {
    let (before, after) = (one.before.trim_end(), one.after(source));
    let has_word =
        one.text.split(|letter: char| !letter.is_alphabetic()).any(|word| word.len() > 1);
    let read = ["title=", "aria-label=", "placeholder=", "alt="];
    let is_behind_a_tag =
        |text: &str| text.ends_with('>') && !text.ends_with("=>") && !text.ends_with("->");
    let alone = before.strip_suffix('{').is_some_and(|tag| is_behind_a_tag(tag.trim_end()));
    let is_beside_a_tag =
        is_behind_a_tag(before) || before.ends_with('}') && after.starts_with(['<', '{']);
    let is_text = is_beside_a_tag || alone && after.starts_with('}');
    one.text.starts_with(|letter: char| letter.is_ascii_uppercase()) && has_two_words(&one.text)
        || has_word && (is_text || read.iter().any(|name| before.ends_with(name)))
}

/// Whether the desktop may show it: several words, or one with a capital.
fn is_told(one: &Literal, source: &str) -> bool {
    let mut letters = one.text.chars();
    let capital = letters.next().is_some_and(|letter| letter.is_ascii_uppercase());
    let is_name =
        capital && one.text.len() > 1 && letters.all(|letter| letter.is_ascii_lowercase());
    let caller = one.called_by(source);
    (has_two_words(&one.text) || is_name)
        && !one.before.trim_end().ends_with("reason =")
        && !NO_READER.iter().any(|(name, _)| caller.starts_with(name))
}

/// Whether a space stands between two letters.
fn has_two_words(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters
        .windows(3)
        .any(|three| three[0].is_alphabetic() && three[1] == ' ' && three[2].is_alphabetic())
}

#[test]
fn a_text_in_a_view_or_a_dialog_is_found() {
    let hits = |source: &str, is_text: fn(&Literal, &str) -> bool| -> Vec<String> {
        let all = literals(source).into_iter();
        all.filter(|one| is_text(one, source)).map(|one| one.text).collect()
    };
    let view = r#"view! { <p class="a b">"Copied" {n} " of " <b>{"these"}</b></p> <i title="Close" role="x">" · "</i> }
        match x { Y => "a b", Z => { "c d" } } fn f() -> &'static str { "e f" } let sentence = "Nothing here";"#;
    assert_eq!(hits(view, is_drawn), ["Copied", " of ", "these", "Close", "Nothing here"]);
    let dialog = r#"tracing::warn!(%error, "it did not work"); dialog.title("Oh dear").message("Sorry", f("an x"));
        tell(window.close(), "closed for good"); get("GetName"); #[expect(lint, reason = "a reason")]"#;
    assert_eq!(hits(dialog, is_told), ["Oh dear", "Sorry", "an x"]);
}
