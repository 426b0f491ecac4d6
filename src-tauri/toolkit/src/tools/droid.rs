//! Factory Droid: an entry of `customModels` in `settings.json`, chosen by `sessionDefaultSettings.model`.
//!
//! Facts: Droid 0.215.0 from npm, run without a login at its vendor (2026-11). `FACTORY_HOME_OVERRIDE` stands for the home
//! folder. The file may hold comments but no trailing comma. `settings.local.json` beside it and a project's
//! `.factory/settings.json` win. `droid doctor --config` tries the files.

use std::path::PathBuf;

use switchyard_types::{ToolConflict, ToolConflictKind};

use super::beside::{count, project_files, table_of};
use crate::ask::{Ask, OfferedModel};
use crate::conflict;
use crate::edit::{Format, KeyPath, Value};
use crate::places::{Look, Places};
use crate::tool::{ConfigFile, Docs, Tool, Way, Wish, Writer};

/// Factory Droid.
pub(super) const TOOL: Tool = Tool {
    id: "droid",
    name: "Factory Droid",
    binaries: &["droid"],
    marks,
    way: Way::Writer(Writer {
        slots: &[],
        files,
        wishes,
        address,
        conflicts,
        check: &["doctor", "--config", "--json"],
        notes: &[
            "Droid reads its settings when it starts: start it again. `droid doctor --config` tries the file.",
        ],
    }),
};

const SETTINGS: &str = "settings";

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    let folder = places.home_or("FACTORY_HOME_OVERRIDE", "", &[".factory"]);
    places.join(&folder, parts)
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![folder(places, &[])]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![ConfigFile::new(SETTINGS, folder(look.places, &["settings.json"]), Format::Jsonc)]
}

fn chosen() -> KeyPath {
    KeyPath::keys(["sessionDefaultSettings", "model"])
}

fn models() -> KeyPath {
    KeyPath::keys(["customModels"])
}

fn id_of(model: &str) -> String {
    format!("custom:switchyard:{model}")
}

fn wishes(ask: &Ask, _docs: &Docs<'_>) -> Vec<Wish> {
    let entry = |model: &OfferedModel| {
        let path = models().item("id", id_of(&model.id));
        Wish::set(SETTINGS, path, described(ask, model))
    };
    let mut wishes: Vec<Wish> = ask.offered().iter().map(entry).collect();
    wishes.push(Wish::set(SETTINGS, chosen(), id_of(&ask.model)));
    wishes
}

fn described(ask: &Ask, model: &OfferedModel) -> Value {
    table_of([
        ("id", Some(id_of(&model.id).into())),
        ("model", Some(Value::text(&model.id))),
        ("displayName", Some(Value::text(format!("Switchyard: {}", model.name)))),
        ("baseUrl", Some(ask.address.v1().into())),
        ("apiKey", Some(ask.key.clone().into())),
        ("provider", Some("generic-chat-completion-api".into())),
        ("maxOutputTokens", count(model.output)),
    ])
}

fn address(docs: &Docs<'_>) -> Option<String> {
    let model = docs.text(SETTINGS, &chosen())?;
    docs.text(SETTINGS, &models().item("id", model).key("baseUrl"))
}

fn conflicts(look: &Look<'_>, _docs: &Docs<'_>) -> Vec<ToolConflict> {
    let keys = [chosen(), KeyPath::keys(["model"])];
    let local = (folder(look.places, &["settings.local.json"]), Format::Jsonc);
    let mut found: Vec<_> =
        conflict::other_file(look, ToolConflictKind::Setting, local, &keys).into_iter().collect();
    let own = ["settings.json", "settings.local.json"].map(|name| folder(look.places, &[name]));
    let project: [&[&str]; 2] =
        [&[".factory", "settings.json"], &[".factory", "settings.local.json"]];
    found.extend(project_files(look, &project, Format::Jsonc, &keys, &own));
    found
}
