#![cfg(test)]
//! The declared fates of fields towards vendors with an accent (`fates/accents.toml`) held against every fixture.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde_json::{Map, Value};
use support::{data, path};
use switchyard_dialect::{Addressee, Asks, Occasion, Terms, Tongue, dress, translate_request_to};
use switchyard_types::{Accent, Dialect};

/// Fates by field.
type Fates = BTreeMap<String, String>;

const ACCENTS: [Accent; 7] = [
    Accent::CodeAssist,
    Accent::Antigravity,
    Accent::Codex,
    Accent::Copilot,
    Accent::Kiro,
    Accent::Vertex,
    Accent::Cohere,
];

const OCCASION: Occasion<'_> = Occasion {
    model: "vendor-model",
    project: Some("a-project"),
    session: "a-session",
    request: "a-request",
    asks: Asks::Answer,
};

/// Every accent with the dialects that its table names.
fn tables() -> Vec<(Accent, Dialect, Fates)> {
    let file = std::fs::read_to_string(path("../../fates/accents.toml")).unwrap();
    let tables: BTreeMap<String, BTreeMap<String, Fates>> = toml::from_str(&file).unwrap();
    assert_eq!(tables.len(), ACCENTS.len());
    let of = |accent: Accent| {
        let dialects = tables[accent.as_str()].iter();
        dialects.map(move |(name, fates)| {
            let dialect = Dialect::ALL.into_iter().find(|dialect| dialect.as_str() == name);
            (accent, dialect.unwrap(), fates.clone())
        })
    };
    ACCENTS.into_iter().flat_map(of).collect()
}

/// The requests that clients of a dialect wrote themselves.
fn requests(dialect: Dialect) -> Vec<(String, Map<String, Value>)> {
    let folder = std::fs::read_dir(path(dialect.as_str())).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let own = names.filter(|name| name.strip_suffix(".json").is_some_and(|it| !it.contains('.')));
    own.map(|name| {
        let whole = format!("{}/{name}", dialect.as_str());
        let request = serde_json::from_slice(&data(&whole)).unwrap();
        (whole, request)
    })
    .collect()
}

fn body(request: &Map<String, Value>) -> Bytes {
    Bytes::from(Value::Object(request.clone()).to_string())
}

/// What becomes of a field, by the table and by what was done.
fn holds(
    fates: &Fates,
    name: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    losses: &[String],
) -> bool {
    let fate = fates.get(name).or_else(|| fates.get("*")).map_or("", String::as_str);
    if before == after {
        return !fate.starts_with("dropped: ") || before.is_none_or(Value::is_null);
    }
    match fate.split_once(": ") {
        Some(("mapped", _)) => true,
        Some(("added", _)) => after.is_some(),
        Some(("dropped", words)) => {
            let told = losses.iter().any(|loss| loss.starts_with(name) && loss.contains(words));
            after.is_none() && (told || before.is_some_and(Value::is_null))
        }
        Some(_) | None => false,
    }
}

#[test]
fn every_field_that_an_accent_changes_is_declared_and_every_drop_is_told() {
    let mut seen: BTreeSet<(&str, &str, String)> = BTreeSet::new();
    let tables = tables();
    for (accent, dialect, fates) in tables.iter().filter(|(accent, ..)| *accent != Accent::Kiro) {
        for (file, request) in requests(*dialect) {
            let tongue = Tongue { dialect: *dialect, accent: Some(*accent) };
            let dressed = dress(tongue, body(&request), &OCCASION).unwrap();
            let after: Map<String, Value> = serde_json::from_slice(&dressed.body).unwrap();
            let before = match accent {
                Accent::CodeAssist | Accent::Antigravity => {
                    assert_eq!(after["request"], Value::Object(request), "{file}");
                    Map::new()
                }
                Accent::Codex
                | Accent::Copilot
                | Accent::Kiro
                | Accent::Vertex
                | Accent::Cohere => request,
            };
            for name in before.keys().chain(after.keys()) {
                let held = holds(fates, name, before.get(name), after.get(name), &dressed.losses);
                assert!(held, "{accent:?} {file}: {name}: {:?}", dressed.losses);
                seen.insert((accent.as_str(), dialect.as_str(), name.clone()));
            }
        }
    }
    for (accent, dialect, fates) in tables.iter().filter(|(accent, ..)| *accent != Accent::Kiro) {
        for name in
            fates.keys().filter(|name| *name != "*" && !fates[*name].starts_with("refused: "))
        {
            let tried = seen.contains(&(accent.as_str(), dialect.as_str(), name.clone()));
            assert!(tried, "{accent:?} {name} stands in no fixture");
        }
    }
}

#[test]
fn what_an_accent_refuses_is_refused() {
    for (accent, dialect, fates) in tables() {
        for (name, _) in fates.iter().filter(|(_, fate)| fate.starts_with("refused: ")) {
            let (_, mut request) = requests(dialect).remove(0);
            request.insert(name.clone(), "resp_1".into());
            let tongue = Tongue { dialect, accent: Some(accent) };
            assert!(dress(tongue, body(&request), &OCCASION).is_err(), "{accent:?} {name}");
        }
    }
}

#[test]
fn every_field_towards_kiro_has_a_fate_and_every_drop_is_told() {
    let (_, dialect, fates) =
        tables().into_iter().find(|(accent, ..)| *accent == Accent::Kiro).unwrap();
    let to = Addressee {
        dialect,
        accent: Some(Accent::Kiro),
        vendor: "kiro",
        model: "vendor-model",
        delivery: None,
        terms: Terms::default(),
    };
    let mut seen = BTreeSet::new();
    for (file, request) in requests(dialect) {
        let told = translate_request_to(dialect, to, &body(&request), &|_| None).unwrap();
        for (name, value) in &request {
            let fate = fates.get(name).unwrap_or_else(|| panic!("{file}: {name} has no fate"));
            seen.insert(name.clone());
            let left_to_the_model = name == "tool_choice" && value["type"] == "auto";
            if let Some(words) = fate.strip_prefix("dropped: ").filter(|_| !left_to_the_model) {
                assert!(
                    told.losses.iter().any(|loss| loss.contains(words)),
                    "{file} {name}: {:?}",
                    told.losses
                );
            }
        }
    }
    assert_eq!(seen, fates.keys().cloned().collect(), "no fate is only declared");
}
