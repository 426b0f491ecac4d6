//! Grok Build: tables `[model.…]` in `config.toml`, one of them the default.
//!
//! Facts: Grok 1.0.41 from npm with its documents, run (2026-11). `GROK_HOME` moves the folder. Titles are asked of
//! `models.session_summary`, at the address of the chosen model: left alone it would ask us for a model of
//! xAI's. `models.allowed_models` limits what may be chosen; `requirements.toml` pins it. `grok models` tries
//! the file.

use std::path::PathBuf;

use switchyard_types::{ToolConflict, ToolConflictKind};

use super::beside::{allowed, count, table_of};
use crate::ask::{Ask, OfferedModel};
use crate::conflict;
use crate::edit::{Format, KeyPath, Value};
use crate::places::{Look, Os, Places};
use crate::tool::{ConfigFile, Docs, Slot, Tool, Way, Wish, Writer};

/// Grok Build.
pub(super) const TOOL: Tool = Tool {
    id: "grok",
    name: "Grok Build",
    binaries: &["grok"],
    marks,
    way: Way::Writer(Writer {
        slots: &[Slot { id: "small", name: "Titles and summaries" }],
        files,
        wishes,
        address,
        conflicts,
        check: &["inspect"],
        notes: &[
            "Grok reads its file when it starts: start it again. `grok models` tries the file.",
        ],
    }),
};

const CONFIG: &str = "config";

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    places.home_or("GROK_HOME", ".grok", parts)
}

/// Another program of the same name keeps its settings in the same folder, but none of these.
fn marks(places: &Places) -> Vec<PathBuf> {
    ["config.toml", "agent_id", "sessions"].map(|name| folder(places, &[name])).into()
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![ConfigFile::new(CONFIG, folder(look.places, &["config.toml"]), Format::Toml)]
}

fn models(key: &str) -> KeyPath {
    KeyPath::keys(["models", key])
}

fn id_of(model: &str) -> String {
    format!("switchyard/{model}")
}

fn wishes(ask: &Ask, docs: &Docs<'_>) -> Vec<Wish> {
    let small = ask.slot("small").unwrap_or(&ask.model);
    let mut wishes = vec![
        Wish::set(CONFIG, models("default"), id_of(&ask.model)),
        Wish::set(CONFIG, models("session_summary"), id_of(small)),
    ];
    wishes.extend(ask.offered().iter().map(|model| {
        let path = KeyPath::keys(["model"]).key(id_of(&model.id));
        Wish::set(CONFIG, path, described(ask, model))
    }));
    wishes.extend(allowed(docs, CONFIG, models("allowed_models"), "switchyard/*"));
    wishes
}

fn described(ask: &Ask, model: &OfferedModel) -> Value {
    table_of([
        ("model", Some(Value::text(&model.id))),
        ("name", Some(Value::text(format!("Switchyard: {}", model.name)))),
        ("base_url", Some(ask.address.v1().into())),
        ("api_key", Some(ask.key.clone().into())),
        ("context_window", count(model.context)),
    ])
}

fn address(docs: &Docs<'_>) -> Option<String> {
    let model = docs.text(CONFIG, &models("default"))?;
    docs.text(CONFIG, &KeyPath::keys(["model"]).key(model).key("base_url"))
}

fn conflicts(look: &Look<'_>, _docs: &Docs<'_>) -> Vec<ToolConflict> {
    let keys = [models("default"), models("allowed_models")];
    let mut pinned = vec![folder(look.places, &["requirements.toml"])];
    if look.places.os != Os::Windows {
        pinned.push(PathBuf::from("/etc/grok/requirements.toml"));
    }
    let told = pinned.into_iter().filter_map(|path| {
        let kind = ToolConflictKind::ManagedFile;
        conflict::other_file(look, kind, (path, Format::Toml), &keys)
    });
    told.collect()
}
