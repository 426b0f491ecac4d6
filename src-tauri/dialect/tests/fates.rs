//! The declared fates of fields (`fates/*.toml`) held against every fixture.
#![cfg(test)]

mod support;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use support::{data, frames, path, translate};
use switchyard_dialect::{WayBack, translate_reply, translate_request};
use switchyard_types::Dialect;

/// The dialects whose fields are declared.
const DECLARED: [Dialect; 3] = [Dialect::Chat, Dialect::Messages, Dialect::Responses];

#[derive(Deserialize)]
struct Table {
    request: Section,
    reply: Section,
    event: Section,
}

type Section = BTreeMap<String, Fate>;

#[derive(Deserialize)]
#[serde(untagged)]
enum Fate {
    Everywhere(String),
    Each(BTreeMap<String, String>),
}

impl Fate {
    fn towards(&self, target: Dialect) -> Option<&str> {
        match self {
            Self::Everywhere(fate) => Some(fate),
            Self::Each(fates) => {
                fates.get(target.as_str()).or_else(|| fates.get("others")).map(String::as_str)
            }
        }
    }
}

fn table(dialect: Dialect) -> Table {
    let file = path(&format!("../../fates/{}.toml", dialect.as_str()));
    toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn others(dialect: Dialect) -> impl Iterator<Item = Dialect> {
    Dialect::ALL.into_iter().filter(move |other| *other != dialect)
}

/// The fixtures of a dialect that its clients and vendors wrote themselves.
fn fixtures(dialect: Dialect, ending: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path(dialect.as_str())).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.strip_suffix(ending).is_some_and(|stem| !stem.contains('.')) {
            let whole = format!("{}/{name}", dialect.as_str());
            found.push((whole.clone(), data(&whole)));
        }
    }
    assert!(found.len() > 1, "{dialect:?} has no fixtures ending in {ending}");
    found
}

/// What a setting says when it says nothing.
fn is_idle(path: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(on) => *on == (path == "parallel_tool_calls"),
        Value::String(text) => text == "auto",
        Value::Array(items) => items.is_empty(),
        Value::Number(_) | Value::Object(_) => false,
    }
}

/// The declared fields of a value; a field that is not declared is in the other list.
#[derive(Default)]
struct Walk<'a> {
    declared: Vec<&'a str>,
    undeclared: Vec<String>,
}

impl<'a> Walk<'a> {
    fn see(&mut self, section: &'a Section, at: &str, value: &Value) {
        if let Some((known, _)) = section.get_key_value(at) {
            if !is_idle(at, value) {
                self.declared.push(known);
            }
            let deeper =
                |suffix: &str| section.keys().any(|key| key.starts_with(&format!("{at}{suffix}")));
            if !(deeper(".") || deeper("[]")) {
                return;
            }
        } else if !value.is_object() && !value.is_array() && !at.ends_with("[]") {
            self.undeclared.push(at.to_owned());
        }
        match value {
            Value::Object(fields) => {
                for (name, inner) in fields {
                    let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                    self.see(section, &path, inner);
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.see(section, &format!("{at}[]"), item);
                }
            }
            _ => {}
        }
    }
}

/// Whether each drop that the table declares is named by the losses.
fn held(section: &Section, seen: &[&str], target: Dialect, losses: &[String]) -> Vec<String> {
    let dropped = |field: &&&str| {
        let fate = section.get(**field).and_then(|fate| fate.towards(target));
        let said = fate.and_then(|fate| fate.strip_prefix("dropped: "));
        said.is_some_and(|said| !losses.iter().any(|loss| loss.contains(said)))
    };
    seen.iter()
        .filter(dropped)
        .map(|field| format!("{field} towards {}", target.as_str()))
        .collect()
}

#[test]
fn every_fate_is_one_of_the_four_and_told_for_every_dialect() {
    for dialect in DECLARED {
        let Table { request, reply, event } = table(dialect);
        for (field, fate) in request.iter().chain(&reply).chain(&event) {
            for target in others(dialect) {
                let told = fate.towards(target).unwrap_or_default();
                let known = told == "carried"
                    || ["mapped: ", "dropped: ", "refused: "]
                        .iter()
                        .any(|word| told.starts_with(word));
                assert!(known, "{dialect:?} {field} towards {target:?}: `{told}`");
            }
        }
    }
}

#[test]
fn every_field_of_a_request_has_a_fate_and_every_drop_is_told() {
    for dialect in DECLARED {
        let table = table(dialect);
        for (name, bytes) in fixtures(dialect, ".json") {
            let mut walk = Walk::default();
            walk.see(&table.request, "", &serde_json::from_slice(&bytes).unwrap());
            assert_eq!(walk.undeclared, Vec::<String>::new(), "{name}");
            for target in others(dialect) {
                let told = translate_request(dialect, target, &bytes, "vendor-model").unwrap();
                let silent = held(&table.request, &walk.declared, target, &told.losses);
                assert_eq!(silent, Vec::<String>::new(), "{name}: {:?}", told.losses);
            }
        }
    }
}

#[test]
fn every_field_of_a_reply_has_a_fate_and_every_drop_is_told() {
    for dialect in DECLARED {
        let table = table(dialect);
        for (name, bytes) in fixtures(dialect, ".reply.json") {
            let mut walk = Walk::default();
            walk.see(&table.reply, "", &serde_json::from_slice(&bytes).unwrap());
            assert_eq!(walk.undeclared, Vec::<String>::new(), "{name}");
            for target in others(dialect) {
                let told =
                    translate_reply(dialect, target, &bytes, "m", &WayBack::default()).unwrap();
                let silent = held(&table.reply, &walk.declared, target, &told.losses);
                assert_eq!(silent, Vec::<String>::new(), "{name}: {:?}", told.losses);
            }
        }
    }
}

#[test]
fn every_field_of_an_event_has_a_fate_and_every_drop_is_told() {
    for dialect in DECLARED {
        let table = table(dialect);
        for (name, bytes) in fixtures(dialect, ".sse") {
            let all = frames(&bytes);
            let mut walk = Walk::default();
            for frame in &all {
                // What marks an end or a comment, or is torn, has no fields.
                if let Ok(event) = serde_json::from_slice::<Value>(&frame.data) {
                    walk.see(&table.event, "", &event);
                }
            }
            assert_eq!(walk.undeclared, Vec::<String>::new(), "{name}");
            for target in others(dialect) {
                let told = translate(dialect, target, &all, &WayBack::default());
                let silent = held(&table.event, &walk.declared, target, &told.losses);
                assert_eq!(silent, Vec::<String>::new(), "{name}: {:?}", told.losses);
            }
        }
    }
}

/// Of each drop that is declared for a setting at the top, so that none is only declared.
#[test]
fn each_dropped_setting_is_told_alone_too() {
    for dialect in DECLARED {
        let table = table(dialect);
        let base = match dialect {
            Dialect::Responses => serde_json::json!({"model": "m", "input": "hi"}),
            _ => {
                serde_json::json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]})
            }
        };
        for (field, fate) in table.request.iter().filter(|(field, _)| !field.contains(['.', '['])) {
            for target in others(dialect) {
                let Some(said) =
                    fate.towards(target).and_then(|fate| fate.strip_prefix("dropped: "))
                else {
                    continue;
                };
                // These speak of tools, or are of a form of their own.
                if matches!(
                    field.as_str(),
                    "tool_choice"
                        | "function_call"
                        | "stop"
                        | "stop_sequences"
                        | "parallel_tool_calls"
                        | "user"
                        | "temperature"
                        | "text"
                ) {
                    continue;
                }
                let mut body = base.clone();
                body[field] = serde_json::json!(3);
                let told =
                    translate_request(dialect, target, body.to_string().as_bytes(), "v").unwrap();
                assert!(
                    told.losses.iter().any(|loss| loss.contains(said)),
                    "{dialect:?} {field} {target:?}: {:?}",
                    told.losses
                );
            }
        }
    }
}
