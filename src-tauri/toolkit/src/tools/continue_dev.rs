//! Continue: entries of `models` in `config.yaml`.
//!
//! Facts: Continue CLI 1.5.47 from npm, run (2026-11); docs.continue.dev/reference. The file needs a `name` and a `version`.
//! Which model is used is chosen in the tool. `config.json`, the older manner, is not read once
//! `config.yaml` is there. `CONTINUE_GLOBAL_DIR` moves the folder.

use std::path::PathBuf;

use switchyard_types::ToolConflict;

use super::beside::{keys_of, setting};
use crate::ask::{Ask, OfferedModel};
use crate::edit::{Format, KeyPath, Value};
use crate::places::{Look, Places};
use crate::tool::{ConfigFile, Docs, Tool, Way, Wish, Writer};

/// Continue.
pub(super) const TOOL: Tool = Tool {
    id: "continue",
    name: "Continue",
    binaries: &["cn"],
    marks,
    way: Way::Writer(Writer {
        slots: &[],
        files,
        wishes,
        address,
        conflicts,
        check: &[],
        notes: &[
            "Choose the model named Switchyard in Continue's model menu; the command line wants to be started again.",
        ],
    }),
};

const CONFIG: &str = "config";
const OURS: &str = "Switchyard: ";

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    places.home_or("CONTINUE_GLOBAL_DIR", ".continue", parts)
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![folder(places, &[])]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![ConfigFile::new(CONFIG, folder(look.places, &["config.yaml"]), Format::Yaml)]
}

fn wishes(ask: &Ask, docs: &Docs<'_>) -> Vec<Wish> {
    let head = [("name", "Local Config"), ("version", "1.0.0"), ("schema", "v1")];
    let head = head.map(|(key, otherwise)| {
        let path = KeyPath::keys([key]);
        let kept = docs.get(CONFIG, &path).unwrap_or_else(|| otherwise.into());
        Wish::set(CONFIG, path, kept)
    });
    let models = ask.offered();
    let models = models.iter().map(|model| {
        let path = KeyPath::keys(["models"]).item("name", name_of(model));
        Wish::set(CONFIG, path, described(ask, model))
    });
    head.into_iter().chain(models).collect()
}

fn name_of(model: &OfferedModel) -> String {
    format!("{OURS}{}", model.id)
}

fn described(ask: &Ask, model: &OfferedModel) -> Value {
    let roles = ["chat", "edit", "apply"].map(Value::from).to_vec();
    Value::table([
        ("name", name_of(model).into()),
        ("provider", "openai".into()),
        ("model", Value::text(&model.id)),
        ("apiBase", ask.address.v1().into()),
        ("apiKey", ask.key.clone().into()),
        ("roles", Value::List(roles)),
    ])
}

/// Where our entry leads. The other models are beside it, not in its place.
fn address(docs: &Docs<'_>) -> Option<String> {
    let models = docs.get(CONFIG, &KeyPath::keys(["models"]))?;
    let field = |entry: &Value, key: &str| {
        let pairs = entry.as_table()?;
        let (_, value) = pairs.iter().find(|(name, _)| name == key)?;
        value.as_text().map(str::to_owned)
    };
    let mut ours = models
        .as_list()?
        .iter()
        .filter(|entry| field(entry, "name").is_some_and(|name| name.starts_with(OURS)));
    ours.find_map(|entry| field(entry, "apiBase"))
}

fn conflicts(look: &Look<'_>, docs: &Docs<'_>) -> Vec<ToolConflict> {
    let older = folder(look.places, &["config.json"]);
    let fresh = keys_of(docs, CONFIG, &KeyPath::root()).is_empty();
    if fresh && look.exists(&older) {
        let what =
            "is the older manner: Continue does not read it any more once config.yaml is there";
        return vec![setting(older.display().to_string(), what)];
    }
    Vec::new()
}
