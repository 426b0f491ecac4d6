//! Hermes: a named provider in `config.yaml`, chosen by `model.provider`.
//!
//! Facts: Hermes Agent 0.19.0 from its Python package, run and read (2026-11). `HERMES_HOME` moves the folder, which is
//! `%LOCALAPPDATA%\hermes` on Windows. The provider chosen in the file beats the variables of the shell, and
//! its address beats a `base_url` left in `model`. `hermes config check` tries the file.

use std::path::PathBuf;

use switchyard_types::{ToolConflict, ToolConflictKind};

use crate::ask::Ask;
use crate::edit::{Format, KeyPath, Value};
use crate::places::{Look, Os, Places};
use crate::tool::{ConfigFile, Docs, Tool, Way, Wish, Writer};

/// Hermes.
pub(super) const TOOL: Tool = Tool {
    id: "hermes",
    name: "Hermes",
    binaries: &["hermes"],
    marks,
    way: Way::Writer(Writer {
        slots: &[],
        files,
        wishes,
        address,
        conflicts,
        check: &["config", "check"],
        notes: &[
            "Hermes reads its file when it starts: start it and its gateway again. `hermes config check` tries the file.",
        ],
    }),
};

const CONFIG: &str = "config";
const PROVIDER: &str = "switchyard";

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    let named = places.variable("HERMES_HOME").map(|folder| places.expand(folder));
    let usual = || match places.os {
        Os::Windows => places.local_application(&["hermes"]),
        Os::Linux | Os::Mac => places.home(&[".hermes"]),
    };
    places.join(&named.unwrap_or_else(usual), parts)
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![folder(places, &[])]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![ConfigFile::new(CONFIG, folder(look.places, &["config.yaml"]), Format::Yaml)]
}

fn wishes(ask: &Ask, _docs: &Docs<'_>) -> Vec<Wish> {
    let provider = Value::table([
        ("name", "Switchyard".into()),
        ("base_url", ask.address.v1().into()),
        ("api_key", ask.key.clone().into()),
        ("api_mode", "chat_completions".into()),
    ]);
    vec![
        Wish::set(CONFIG, KeyPath::keys(["model", "default"]), ask.model.as_str()),
        Wish::set(CONFIG, KeyPath::keys(["model", "provider"]), PROVIDER),
        Wish::set(CONFIG, KeyPath::keys(["providers", PROVIDER]), provider),
    ]
}

fn address(docs: &Docs<'_>) -> Option<String> {
    let provider = docs.text(CONFIG, &KeyPath::keys(["model", "provider"]));
    let named = provider.and_then(|provider| {
        docs.text(CONFIG, &KeyPath::keys(["providers"]).key(provider).key("base_url"))
    });
    named.or_else(|| docs.text(CONFIG, &KeyPath::keys(["model", "base_url"])))
}

fn conflicts(look: &Look<'_>, _docs: &Docs<'_>) -> Vec<ToolConflict> {
    let path = folder(look.places, &["active_profile"]);
    let profile = look.read(&path).map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    let other = profile.filter(|name| !name.is_empty() && name != "default");
    let told = other.map(|name| ToolConflict {
        kind: ToolConflictKind::Setting,
        place: path.display().to_string(),
        message: format!("Hermes uses its profile {name}, which has settings of its own"),
    });
    told.into_iter().collect()
}
