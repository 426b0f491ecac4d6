//! Codex: a provider table in `config.toml`, with its token in it. `auth.json` holds the user's login
//! at its vendor and is never touched.
//!
//! Facts: Codex documentation, "Configuration reference" (2026-07): `model_provider` names a table
//! `[model_providers.<id>]` with `name`, `base_url` (the client appends `/responses`), `wire_api`
//! (`responses` is the only one accepted) and `experimental_bearer_token`. The file is read at start.

use std::path::PathBuf;

use switchyard_types::{ToolConflict, ToolConflictKind};

use crate::ask::Ask;
use crate::edit::{Format, KeyPath, Value};
use crate::places::{Look, Places};
use crate::tool::{ConfigFile, Docs, Tool, Way, Wish, Writer};

/// Codex.
pub(super) const TOOL: Tool = Tool {
    id: "codex",
    name: "Codex",
    binaries: &["codex"],
    marks,
    way: Way::Writer(Writer {
        slots: &[],
        files,
        wishes,
        address,
        conflicts,
        check: &["doctor", "--json"],
        notes: &["Codex and its IDE extension read the file when they start: start them again."],
    }),
};

const CONFIG: &str = "config";
const PROVIDER: &str = "switchyard";

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    places.home_or("CODEX_HOME", ".codex", parts)
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![folder(places, &[])]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![ConfigFile::new(CONFIG, folder(look.places, &["config.toml"]), Format::Toml)]
}

fn wishes(ask: &Ask, _docs: &Docs<'_>) -> Vec<Wish> {
    let provider = Value::table([
        ("name", "Switchyard".into()),
        ("base_url", ask.address.v1().into()),
        ("wire_api", "responses".into()),
        ("experimental_bearer_token", ask.key.clone().into()),
    ]);
    vec![
        Wish::set(CONFIG, KeyPath::keys(["model"]), ask.model.as_str()),
        Wish::set(CONFIG, KeyPath::keys(["model_provider"]), PROVIDER),
        Wish::set(CONFIG, KeyPath::keys(["model_providers", PROVIDER]), provider),
    ]
}

fn address(docs: &Docs<'_>) -> Option<String> {
    let provider = docs.text(CONFIG, &KeyPath::keys(["model_provider"]))?;
    let path = KeyPath::keys(["model_providers"]).key(provider).key("base_url");
    docs.text(CONFIG, &path).or_else(|| docs.text(CONFIG, &KeyPath::keys(["openai_base_url"])))
}

fn conflicts(look: &Look<'_>, docs: &Docs<'_>) -> Vec<ToolConflict> {
    let mut found = Vec::new();
    for (key, why) in [
        ("profile", "recent releases refuse to start with it; profiles are files of their own now"),
        ("openai_base_url", "points Codex's own provider elsewhere"),
    ] {
        if docs.get(CONFIG, &KeyPath::keys([key])).is_some() {
            found.push(ToolConflict {
                kind: ToolConflictKind::Setting,
                place: key.to_owned(),
                message: format!("`{key}` in config.toml: {why}"),
            });
        }
    }
    let model = [KeyPath::keys(["model"])];
    found.extend(look.places.projects.iter().filter_map(|project| {
        let path = look.places.join(project, &[".codex", "config.toml"]);
        let own = path == folder(look.places, &["config.toml"]);
        let kind = ToolConflictKind::ProjectFile;
        if own {
            None
        } else {
            crate::conflict::other_file(look, kind, (path, Format::Toml), &model)
        }
    }));
    found
}
