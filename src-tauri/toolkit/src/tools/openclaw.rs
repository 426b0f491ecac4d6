//! `OpenClaw`: a provider and the default model in `openclaw.json`; the fallbacks stay.
//!
//! Facts: `OpenClaw` 2026.9.6 from npm with its documents, run (2026-11). JSON5 of a strict schema: an unknown key keeps
//! the gateway from starting. `OPENCLAW_CONFIG_PATH` names the file, `OPENCLAW_STATE_DIR` its folder,
//! `OPENCLAW_HOME` stands for the home folder. `agents.defaults.model` is a text or a table with `primary` and
//! `fallbacks`; `agents.defaults.modelPolicy.allow` limits the models, and in older releases the keys of
//! `agents.defaults.models` did. `openclaw config validate` tries the file.

use std::path::PathBuf;

use switchyard_types::ToolConflict;

use super::beside::{allowed, described, keys_of, setting};
use crate::ask::Ask;
use crate::conflict;
use crate::edit::{Format, KeyPath, Value};
use crate::places::{Look, Places};
use crate::tool::{ConfigFile, Docs, Tool, Way, Wish, Writer};

/// `OpenClaw`.
pub(super) const TOOL: Tool = Tool {
    id: "openclaw",
    name: "OpenClaw",
    binaries: &["openclaw"],
    marks,
    way: Way::Writer(Writer {
        slots: &[],
        files,
        wishes,
        address,
        conflicts,
        check: &["config", "validate"],
        notes: &[
            "A running OpenClaw gateway takes the change up by itself; `openclaw config validate` tries the file.",
        ],
    }),
};

const CONFIG: &str = "config";
const PROVIDER: &str = "switchyard";

fn state(places: &Places) -> PathBuf {
    let home = places.home_or("OPENCLAW_HOME", "", &[".openclaw"]);
    places.variable("OPENCLAW_STATE_DIR").map_or(home, |folder| places.expand(folder))
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![state(places)]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    let places = look.places;
    let named = places.variable("OPENCLAW_CONFIG_PATH").map(|path| places.expand(path));
    let path = named.unwrap_or_else(|| places.join(&state(places), &["openclaw.json"]));
    vec![ConfigFile::new(CONFIG, path, Format::Json5)]
}

fn defaults(key: &str) -> KeyPath {
    KeyPath::keys(["agents", "defaults", key])
}

fn provider(key: &str) -> KeyPath {
    KeyPath::keys(["models", "providers", PROVIDER, key])
}

fn wishes(ask: &Ask, docs: &Docs<'_>) -> Vec<Wish> {
    let chosen = |model: &str| format!("{PROVIDER}/{model}");
    let models = ask.offered();
    let listed = Value::List(models.iter().map(described).collect());
    let mut wishes = vec![
        Wish::set(CONFIG, provider("baseUrl"), ask.address.v1()),
        Wish::set(CONFIG, provider("apiKey"), ask.key.clone()),
        Wish::set(CONFIG, provider("api"), "openai-completions"),
        Wish::set(CONFIG, provider("models"), listed),
        Wish::set(CONFIG, main_model(docs), chosen(&ask.model)),
    ];
    if !keys_of(docs, CONFIG, &defaults("models")).is_empty() {
        wishes.extend(models.iter().map(|model| {
            let path = defaults("models").key(chosen(&model.id));
            let kept = docs.get(CONFIG, &path).unwrap_or_else(|| Value::table([]));
            Wish::set(CONFIG, path, kept)
        }));
    }
    let policy = defaults("modelPolicy").key("allow");
    wishes.extend(allowed(docs, CONFIG, policy, &format!("{PROVIDER}/*")));
    wishes
}

/// Where the main model stands: beside its fallbacks, or alone.
fn main_model(docs: &Docs<'_>) -> KeyPath {
    let alone = defaults("model");
    let text = docs.text(CONFIG, &alone).is_some();
    if text { alone } else { alone.key("primary") }
}

fn address(docs: &Docs<'_>) -> Option<String> {
    let model = docs.text(CONFIG, &main_model(docs))?;
    let (provider, _) = model.split_once('/')?;
    let path = KeyPath::keys(["models", "providers"]).key(provider).key("baseUrl");
    docs.text(CONFIG, &path)
}

fn conflicts(look: &Look<'_>, docs: &Docs<'_>) -> Vec<ToolConflict> {
    let message = "OpenClaw keeps this profile's settings in a folder of its own";
    let mut found = conflict::variables(look, &["OPENCLAW_PROFILE"], message);
    let included = [
        KeyPath::root(),
        KeyPath::keys(["agents"]),
        KeyPath::keys(["agents", "defaults"]),
        KeyPath::keys(["models"]),
    ];
    for path in included.map(|path| path.key("$include")) {
        if docs.get(CONFIG, &path).is_some() {
            found.push(setting(path.to_string(), "takes in a file that was not looked at"));
        }
    }
    for name in keys_of(docs, CONFIG, &KeyPath::keys(["agents", "entries"])) {
        let path = KeyPath::keys(["agents", "entries"]).key(name).key("model");
        let own =
            docs.text(CONFIG, &path).or_else(|| docs.text(CONFIG, &path.clone().key("primary")));
        if own.is_some_and(|model| !model.starts_with("switchyard/")) {
            found.push(setting(path.to_string(), "keeps a model of its own"));
        }
    }
    found
}
