//! The declared fates of fields (`fates/*.toml`) held against every fixture.
#![cfg(test)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use support::{data, fixtures, grammar, others, path, stream_ending, translate};
use switchyard_dialect::{WayBack, translate_reply, translate_request};
use switchyard_types::Dialect;

const DECLARED: [Dialect; 5] = Dialect::ALL;

/// Google's JSON may be written in either case.
fn camel(name: &str) -> String {
    let bare = name.trim_start_matches('_');
    let mut camel = "_".repeat(name.len() - bare.len());
    for (nth, word) in bare.split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if nth > 0 => {
                camel.push(first.to_ascii_uppercase());
                camel.push_str(letters.as_str());
            }
            _ => camel.push_str(word),
        }
    }
    camel
}

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
struct Walk<'a> {
    dialect: Dialect,
    /// Those that say something, and all.
    declared: Vec<&'a str>,
    seen: BTreeSet<&'a str>,
    undeclared: Vec<String>,
}

impl<'a> Walk<'a> {
    fn of(dialect: Dialect) -> Self {
        Self { dialect, declared: Vec::new(), seen: BTreeSet::new(), undeclared: Vec::new() }
    }

    fn see(&mut self, section: &'a Section, at: &str, value: &Value) {
        if let Some((known, _)) = section.get_key_value(at) {
            self.seen.insert(known);
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
                    let google = self.dialect == Dialect::Gemini;
                    let name = if google { camel(name) } else { name.clone() };
                    let path = if at.is_empty() { name } else { format!("{at}.{name}") };
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
            let mut walk = Walk::of(dialect);
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
            let mut walk = Walk::of(dialect);
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
        for (name, bytes) in fixtures(dialect, stream_ending(dialect)) {
            let all = grammar::split(dialect, &[&bytes]);
            let mut walk = Walk::of(dialect);
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

/// The group and the name of a setting: at the top, or where Gemini and Ollama have theirs.
fn setting(field: &str) -> Option<(Option<&str>, &str)> {
    let (group, name) = match field.split_once('.') {
        Some((group @ ("generationConfig" | "options"), name)) => (Some(group), name),
        _ => (None, field),
    };
    (!name.contains(['.', '['])).then_some((group, name))
}

/// No fate is only declared: each field stands in a fixture, or is a setting whose drop is tried alone.
#[test]
fn every_declared_field_is_tried() {
    let mut untried = Vec::new();
    for dialect in DECLARED {
        let Table { request, reply, event } = table(dialect);
        for (section, ending) in
            [(&request, ".json"), (&reply, ".reply.json"), (&event, stream_ending(dialect))]
        {
            let mut walk = Walk::of(dialect);
            for (_, bytes) in fixtures(dialect, ending) {
                if ending.ends_with("json") && ending != ".ndjson" {
                    walk.see(section, "", &serde_json::from_slice(&bytes).unwrap());
                    continue;
                }
                for frame in grammar::split(dialect, &[&bytes]) {
                    if let Ok(event) = serde_json::from_slice::<Value>(&frame.data) {
                        walk.see(section, "", &event);
                    }
                }
            }
            let told = |fate: &Fate, word: &str| {
                others(dialect)
                    .any(|to| fate.towards(to).is_some_and(|told| told.starts_with(word)))
            };
            // What is refused, or an error, is translated nowhere: `responses.rs`, `gemini.rs`, `faults.rs`.
            let never = |field: &str, fate: &Fate| {
                told(fate, "refused: ")
                    || field == "error"
                    || field.starts_with("thread.")
                    || field.contains(".blockReason")
            };
            let alone = |field: &str, fate: &Fate| {
                ending == ".json" && setting(field).is_some() && told(fate, "dropped: ")
            };
            untried.extend(
                section
                    .iter()
                    .filter(|(field, fate)| {
                        !walk.seen.contains(field.as_str())
                            && !alone(field, fate)
                            && !never(field, fate)
                    })
                    .map(|(field, _)| format!("{} {ending}: {field}", dialect.as_str())),
            );
        }
    }
    assert_eq!(untried, Vec::<String>::new());
}

/// Of each drop that is declared for a setting at the top, so that none is only declared.
#[test]
fn each_dropped_setting_is_told_alone_too() {
    for dialect in DECLARED {
        let table = table(dialect);
        let base = match dialect {
            Dialect::Responses => serde_json::json!({"model": "m", "input": "hi"}),
            Dialect::Gemini => serde_json::json!({"contents": [{"parts": [{"text": "hi"}]}]}),
            _ => {
                serde_json::json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]})
            }
        };
        for (field, fate) in table.request.iter().filter(|(field, _)| setting(field).is_some()) {
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
                        | "generationConfig.stopSequences"
                        | "options.stop"
                        | "parallel_tool_calls"
                        | "user"
                        | "temperature"
                        | "text"
                        | "logprobs"
                        | "top_logprobs"
                        | "generationConfig.logprobs"
                        | "generationConfig.responseLogprobs"
                ) {
                    continue;
                }
                let mut body = base.clone();
                match setting(field) {
                    Some((Some(group), name)) => body[group][name] = serde_json::json!(3),
                    _ => body[field] = serde_json::json!(3),
                }
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

#[test]
fn every_fixture_names_its_origin() {
    for dialect in DECLARED {
        let origins = String::from_utf8(data(&format!("{}/ORIGINS.md", dialect.as_str()))).unwrap();
        for ending in [".json", ".reply.json", stream_ending(dialect)] {
            for (name, _) in fixtures(dialect, ending) {
                let stem = name.split(['/', '.']).nth(1).unwrap();
                assert!(origins.contains(&format!("`{stem}")), "{name}");
            }
        }
    }
}
