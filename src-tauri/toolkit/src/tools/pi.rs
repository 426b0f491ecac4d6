//! Pi: a provider in `models.json`, chosen in `settings.json`.
//!
//! Facts: Pi 0.87.1 from npm with its documents, run (2026-11). `PI_CODING_AGENT_DIR` moves the folder. `models.json` may
//! hold comments and trailing commas, `settings.json` neither. `auth.json` holds logins and is never
//! touched. `pi --list-models` tries the files.

use std::path::PathBuf;

use switchyard_types::ToolConflict;

use super::beside::{described, project_files};
use crate::ask::Ask;
use crate::edit::{Format, KeyPath, Value};
use crate::places::{Look, Places};
use crate::tool::{ConfigFile, Docs, Tool, Way, Wish, Writer};

/// Pi.
pub(super) const TOOL: Tool = Tool {
    id: "pi",
    name: "Pi",
    binaries: &["pi"],
    marks,
    way: Way::Writer(Writer {
        slots: &[],
        files,
        wishes,
        address,
        conflicts,
        check: &["--list-models"],
        notes: &["A running Pi takes the model up when `/model` is opened; else start it again."],
    }),
};

const MODELS: &str = "models";
const SETTINGS: &str = "settings";
const PROVIDER: &str = "switchyard";

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    let usual = || places.home(&[".pi", "agent"]);
    let named = places.variable("PI_CODING_AGENT_DIR").map(|folder| places.expand(folder));
    places.join(&named.unwrap_or_else(usual), parts)
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![folder(places, &[])]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![
        ConfigFile::new(MODELS, folder(look.places, &["models.json"]), Format::Jsonc),
        ConfigFile::new(SETTINGS, folder(look.places, &["settings.json"]), Format::Json),
    ]
}

fn wishes(ask: &Ask, _docs: &Docs<'_>) -> Vec<Wish> {
    let models = Value::List(ask.offered().iter().map(described).collect());
    let provider = Value::table([
        ("name", "Switchyard".into()),
        ("baseUrl", ask.address.v1().into()),
        ("api", "openai-completions".into()),
        ("apiKey", ask.key.clone().into()),
        ("models", models),
    ]);
    vec![
        Wish::set(MODELS, KeyPath::keys(["providers", PROVIDER]), provider),
        Wish::set(SETTINGS, KeyPath::keys(["defaultProvider"]), PROVIDER),
        Wish::set(SETTINGS, KeyPath::keys(["defaultModel"]), ask.model.as_str()),
    ]
}

fn address(docs: &Docs<'_>) -> Option<String> {
    let provider = docs.text(SETTINGS, &KeyPath::keys(["defaultProvider"]))?;
    let path = KeyPath::keys(["providers"]).key(provider).key("baseUrl");
    docs.text(MODELS, &path)
}

fn conflicts(look: &Look<'_>, _docs: &Docs<'_>) -> Vec<ToolConflict> {
    let keys = ["defaultProvider", "defaultModel"].map(|key| KeyPath::keys([key]));
    project_files(look, &[&[".pi", "settings.json"]], Format::Json, &keys, &[])
}
