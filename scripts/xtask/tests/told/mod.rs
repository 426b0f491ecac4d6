//! Every text that the server tells people has an entry in every language (`src-tauri/engine/locales/said`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::source::{Literal, literals, root, sources};
use switchyard_locale::{Tongue, placeholders, template};

/// The languages beside English.
const LANGUAGES: [&str; 2] = ["zh-CN", "vi"];
const SAID: &str = "src-tauri/engine/locales/said";

/// Where texts are written that can reach the dashboard; of the last two, in these files alone: others know vendors'
/// words, to look for them, or speak to agents.
const SOURCES: [(&str, &[&str]); 7] = [
    ("src-tauri/catalog/src", &[]),
    ("src-tauri/engine/src", &[]),
    ("src-tauri/store/src", &[]),
    ("src-tauri/toolkit/src", &[]),
    ("src-tauri/upstream/src", &[]),
    ("src-tauri/gateway/src", &["/admin/", "/refusal.rs", "/session.rs"]),
    ("src-tauri/routing/src", &["/classify.rs", "/resolve.rs", "/skip.rs", "/snapshot.rs"]),
];

/// Files whose texts no page shows, by a part of their path, with the reason.
const ELSEWHERE: [(&str, &str); 13] = [
    ("engine/src/config.rs", "the server's start says it, where it was started"),
    ("engine/src/environment.rs", "the server's start says it, where it was started"),
    ("catalog/src/template.rs", "is about braces, in which no place can be told from its own"),
    ("engine/src/crash.rs", "files of crashes are for us"),
    ("engine/src/hooks.rs", "the log says it"),
    ("engine/src/redact.rs", "stands in place of a secret, whatever is said around it"),
    ("engine/src/templates.rs", "the dashboard has words of its own for them"),
    ("engine/src/tray/", "the tray app has words of its own"),
    ("engine/src/updates.rs", "commands of other programs"),
    ("store/src/tables.rs", "says it to SQLite"),
    ("store/src/usage.rs", "SQL"),
    ("toolkit/src/places.rs", "folders of systems"),
    ("upstream/src/login/listener.rs", "a page of its own, beside the dashboard"),
];
/// Texts that no page shows or that are the same in every language, with the reason.
const UNTOLD: [(&str, &[&str]); 5] = [
    (
        "names",
        &[
            "7d opus",
            "7d sonnet",
            "Auto ({active})",
            "Claude Code",
            "Claude Code-credentials",
            "Factory Droid",
            "Gemini CLI",
            "GitHub Copilot",
            "GitHub Copilot in VS Code",
            "Grok Build",
            "JetBrains AI Assistant",
            "Qwen Code",
            "Roo Code",
            "Switchyard: {}",
            "{} {models}",
        ],
    ),
    (
        "what a file of a tool holds",
        &[
            ", {entry}",
            "Local Config",
            "\\ No newline at end of file\n",
            "{key}: {}",
            "{pad}  {}: {}",
            "{pad}{}: {}",
            "{wanted} {number}",
        ],
    ),
    (
        "folders of programs",
        &[
            "/Library/Application Support/ClaudeCode",
            "/Library/Application Support/GeminiCli/settings.json",
            "/Library/Application Support/opencode",
            "C:\\Program Files\\ClaudeCode",
        ],
    ),
    (
        "what programs say to each other",
        &[
            "; Secure",
            "Bearer {}",
            "{model} and {action}",
            "Document({:?}, {} bytes)",
            "Text Generation",
            "[the key]",
            "image/*, application/pdf",
            "switchyard data key",
            "switchyard derived key0",
            "switchyard export0",
            "{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}",
        ],
    ),
    (
        "labels in other programs",
        &[
            "- API Key: `{key}`",
            "- API Provider: `OpenAI Compatible`",
            "- API key: `{key}`",
            "- Base URL: `{v1}`",
            "- Model ID: `{model}`",
            "- Model: `{model}`",
            "- OpenAI API Key: `{key}`",
            "- Provider: `OpenAI-compatible`",
            "- URL: `{v1}`",
            "| Anthropic (Messages) | `{address}` | `x-api-key` or `Authorization: Bearer …` |",
            "| Google (Gemini) | `{address}` | `x-goog-api-key` |",
            "| OpenAI (Chat Completions, Responses) | `{v1}` | `Authorization: Bearer …` |",
        ],
    ),
];
/// Words that stand in other texts, alone, where nobody finds them as texts.
const PARTS: [&str; 26] = [
    "JSON",
    "account",
    "alias",
    "budget",
    "combo",
    "follow",
    "images",
    "key",
    "lock",
    "look at",
    "make",
    "make durable",
    "path",
    "read",
    "remove",
    "replace",
    "request",
    "row",
    "rule",
    "sign-in",
    "template",
    "thinking",
    "tokens",
    "tools",
    "vendor",
    "write",
];
/// Who is told what is no text for people.
const NO_READER: [(&str, &str); 1] = [("tracing::", "the log is in English")];

/// Every text, as translations are listed by it, with the first place where it stands.
fn texts() -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let mut add = |text: &str, place: String| {
        texts.entry(template(text)).or_insert(place);
    };
    for (folder, only) in SOURCES {
        for (file, source) in sources(folder) {
            let is_meant = only.is_empty() || only.iter().any(|part| file.contains(part));
            if !is_meant || ELSEWHERE.iter().any(|(part, _)| file.contains(part)) {
                continue;
            }
            for one in literals(&source).iter().filter(|one| is_told(one, &source)) {
                add(&one.text, format!("{file}:{}", one.line));
            }
        }
    }
    for part in PARTS {
        add(part, "a part".to_owned());
    }
    for (text, place) in vendors_notes().into_iter().chain(guides()) {
        add(&text, place);
    }
    assert!(texts.len() > 500, "only {} texts were found", texts.len());
    texts
}

fn is_told(one: &Literal, source: &str) -> bool {
    let caller = one.called_by(source);
    let is_attribute = one.before.trim_end().ends_with("reason =");
    has_words(&one.text)
        && !is_sql(&one.text)
        && !is_attribute
        && !is_untold(&one.text)
        && !NO_READER.iter().any(|(name, _)| caller.starts_with(name))
}

fn is_untold(text: &str) -> bool {
    UNTOLD.iter().any(|(_, texts)| texts.contains(&text))
}

/// Whether it is more than one word, or a word beside a place that is filled.
fn has_words(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let is_word = |letter: char| letter.is_ascii_lowercase();
    letters.windows(3).any(|three| {
        (is_word(three[0]) || "},:;`“”)".contains(three[0]))
            && three[1] == ' '
            && (three[2].is_alphabetic() || "{`“(".contains(three[2]))
    }) && letters.windows(2).any(|two| is_word(two[0]) && is_word(two[1]))
}

fn is_sql(text: &str) -> bool {
    let first = text.split([' ', '(']).find(|word| !word.is_empty()).unwrap_or_default();
    first.len() > 1 && first.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
}

/// What vendors' files say to people.
fn vendors_notes() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let folder = root().join("src-tauri/catalog/vendors");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        let mut add = |table: &toml::Table, names: &[&str]| {
            let texts = names.iter().filter_map(|name| table.get(*name)?.as_str());
            found.extend(texts.map(|text| (text.to_owned(), path.display().to_string())));
        };
        add(&file, &["note"]);
        for (list, names) in [("fields", &["label", "hint"][..]), ("sign_in", &["name"])] {
            let tables = file.get(list).and_then(toml::Value::as_array).into_iter().flatten();
            tables.filter_map(toml::Value::as_table).for_each(|table| add(table, names));
        }
    }
    found
}

/// The lines of guides, but for what stands in code and what is the same in every language.
fn guides() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join("src-tauri/toolkit/src/guides")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap().replace("{{", "{").replace("}}", "}");
        let mut is_code = false;
        for line in text.lines() {
            let is_fence = line.trim_start().starts_with("```");
            is_code ^= is_fence;
            let is_prose = !is_code && !is_fence && !line.starts_with("# ") && has_words(line);
            if is_prose && !is_untold(line) {
                found.push((line.to_owned(), path.display().to_string()));
            }
        }
    }
    found
}

fn path(language: &str) -> PathBuf {
    root().join(SAID).join(language).with_added_extension("json")
}

fn translations(language: &str) -> BTreeMap<String, String> {
    serde_json::from_str(&fs::read_to_string(path(language)).unwrap()).unwrap()
}

fn names(text: &str) -> BTreeSet<&str> {
    placeholders(text).map(|(name, _)| name).collect()
}

#[test]
fn every_language_has_every_text_that_the_server_tells_with_the_same_places_and_no_other() {
    let texts = texts();
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
                    faults.push(format!("{language}: other places in {said:?} than in {text:?}"));
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
fn the_files_of_what_is_told_are_in_order() {
    for language in LANGUAGES {
        let written = fs::read_to_string(path(language)).unwrap();
        let wanted = serde_json::to_string_pretty(&translations(language)).unwrap() + "\n";
        assert!(written == wanted, "{language}: sort it by its keys, one a line, each once");
    }
}

#[test]
fn every_text_is_known_again_when_its_places_are_filled() {
    let texts = texts();
    let mut faults = Vec::new();
    for language in LANGUAGES {
        let said = translations(language);
        let tongue = Tongue::new(said.clone());
        for text in texts.keys() {
            let told = tongue.tell(&filled(text, str::to_owned)).into_owned();
            let wanted = filled(said.get(text).unwrap(), |value| tongue.tell(value).into_owned());
            if told != wanted {
                faults.push(format!("{language}: {told:?} in place of {wanted:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{} are not known again: {faults:#?}", faults.len());
}

/// With what may stand in its places; what must be known is a text that is.
fn filled(text: &str, said: impl Fn(&str) -> String) -> String {
    let mut filled = text.to_owned();
    for name in names(text) {
        let value = match name {
            "because" => "its quota is spent",
            "condition" => "for requests with images",
            "doing" => "saving the settings",
            "span" => "5 s",
            "thing" => "the key file",
            "what" => "combo",
            "column" | "count" | "days" | "hours" | "line" | "minutes" | "seconds" | "tokens" => {
                "7"
            }
            _ => "x",
        };
        filled = filled.replace(&["{", name, "}"].concat(), &said(value));
    }
    filled
}
