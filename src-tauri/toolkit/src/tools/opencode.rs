//! `OpenCode`: a provider in the global `opencode.json` or `opencode.jsonc`.
//!
//! Facts: `OpenCode` 1.18.33 from npm, run (2026-11); opencode.ai/docs/config. Below `~/.config/opencode` on every
//! system (`XDG_CONFIG_HOME`) `config.json`, `opencode.json` and `opencode.jsonc` are merged, the later
//! over the earlier; all may hold comments. A provider outside a list `enabled_providers` or inside
//! `disabled_providers` fails. Files of a project and the variables below are merged over these.

use std::path::PathBuf;

use switchyard_types::{ToolConflict, ToolConflictKind};

use super::beside::{allowed, count, keys_of, project_files, setting, table_of};
use crate::ask::{Ask, OfferedModel};
use crate::conflict;
use crate::edit::{Format, KeyPath, Value};
use crate::places::{Look, Os, Places};
use crate::tool::{ConfigFile, Docs, Slot, Tool, Way, Wish, Writer};

/// `OpenCode`.
pub(super) const TOOL: Tool = Tool {
    id: "opencode",
    name: "OpenCode",
    binaries: &["opencode"],
    marks,
    way: Way::Writer(Writer {
        slots: &SLOTS,
        files,
        wishes: provider_wishes,
        address: provider_address,
        conflicts,
        check: &["debug", "config"],
        notes: &["OpenCode reads its files when it starts: start it again."],
    }),
};

pub(super) const CONFIG: &str = "config";
const PROVIDER: &str = "switchyard";
pub(super) const SLOTS: [Slot; 1] = [Slot { id: "small", name: "Titles and summaries" }];

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    let folder = places.xdg_config(&["opencode"]);
    places.join(&folder, parts)
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![folder(places, &[])]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    let inside = |name| folder(look.places, &[name]);
    vec![strongest(look, ["opencode.jsonc", "opencode.json"].map(inside))]
}

/// The file that wins over the others if it is there, else the plain one.
pub(super) fn strongest(look: &Look<'_>, [winner, plain]: [PathBuf; 2]) -> ConfigFile {
    let path = if look.exists(&winner) { winner } else { plain };
    ConfigFile::new(CONFIG, path, Format::Jsonc)
}

fn own(key: &str) -> KeyPath {
    KeyPath::keys(["provider", PROVIDER, key])
}

pub(super) fn provider_wishes(ask: &Ask, docs: &Docs<'_>) -> Vec<Wish> {
    let options =
        Value::table([("baseURL", ask.address.v1().into()), ("apiKey", ask.key.clone().into())]);
    let chosen = |model: &str| format!("{PROVIDER}/{model}");
    let mut wishes = vec![
        Wish::set(CONFIG, own("npm"), "@ai-sdk/openai-compatible"),
        Wish::set(CONFIG, own("name"), "Switchyard"),
        Wish::set(CONFIG, own("options"), options),
    ];
    for model in ask.offered() {
        wishes.push(Wish::set(CONFIG, own("models").key(&model.id), described(&model)));
    }
    wishes.push(Wish::set(CONFIG, KeyPath::keys(["model"]), chosen(&ask.model)));
    if let Some(small) = ask.slot("small") {
        wishes.push(Wish::set(CONFIG, KeyPath::keys(["small_model"]), chosen(small)));
    }
    wishes.extend(allowed(docs, CONFIG, KeyPath::keys(["enabled_providers"]), PROVIDER));
    wishes
}

fn described(model: &OfferedModel) -> Value {
    // The schema wants both limits or none.
    let limit = count(model.context).zip(count(model.output));
    let limit =
        limit.map(|(context, output)| Value::table([("context", context), ("output", output)]));
    table_of([("name", Some(Value::text(&model.name))), ("limit", limit)])
}

pub(super) fn provider_address(docs: &Docs<'_>) -> Option<String> {
    let model = docs.text(CONFIG, &KeyPath::keys(["model"]))?;
    let (provider, _) = model.split_once('/')?;
    let path = KeyPath::keys(["provider"]).key(provider).key("options").key("baseURL");
    docs.text(CONFIG, &path)
}

/// Settings of the user in the same file that lead elsewhere.
pub(super) fn provider_settings(docs: &Docs<'_>) -> Vec<ToolConflict> {
    let mut found = Vec::new();
    let refused = docs.get(CONFIG, &KeyPath::keys(["disabled_providers"]));
    let refused = refused.as_ref().and_then(Value::as_list).unwrap_or_default();
    if refused.iter().any(|name| name.as_text() == Some(PROVIDER)) {
        found.push(setting("disabled_providers", "names switchyard: take it out of the list"));
    }
    for group in ["agent", "mode"] {
        for name in keys_of(docs, CONFIG, &KeyPath::keys([group])) {
            let path = KeyPath::keys([group]).key(name).key("model");
            if docs.text(CONFIG, &path).is_some_and(|model| !model.starts_with("switchyard/")) {
                found.push(setting(path.to_string(), "keeps a model of its own"));
            }
        }
    }
    found
}

/// What leads elsewhere when it stands in another file.
pub(super) fn deciding_keys() -> [KeyPath; 4] {
    [
        KeyPath::keys(["model"]),
        KeyPath::keys(["provider", PROVIDER]),
        KeyPath::keys(["enabled_providers"]),
        KeyPath::keys(["disabled_providers"]),
    ]
}

fn conflicts(look: &Look<'_>, docs: &Docs<'_>) -> Vec<ToolConflict> {
    let names = ["OPENCODE_CONFIG", "OPENCODE_CONFIG_CONTENT", "OPENCODE_CONFIG_DIR"];
    let message = "what it names is merged over OpenCode's global file";
    let mut found = conflict::variables(look, &names, message);
    found.extend(provider_settings(docs));
    let keys = deciding_keys();
    let project: [&[&str]; 4] = [
        &["opencode.json"],
        &["opencode.jsonc"],
        &[".opencode", "opencode.json"],
        &[".opencode", "opencode.jsonc"],
    ];
    let global = ["opencode.json", "opencode.jsonc"].map(|name| folder(look.places, &[name]));
    found.extend(project_files(look, &project, Format::Jsonc, &keys, &global));
    let managed = ["opencode.json", "opencode.jsonc"].map(|name| managed(look.places, name));
    found.extend(managed.into_iter().flatten().filter_map(|path| {
        let kind = ToolConflictKind::ManagedFile;
        conflict::other_file(look, kind, (path, Format::Jsonc), &keys)
    }));
    found
}

fn managed(places: &Places, name: &str) -> Option<PathBuf> {
    let folder = match places.os {
        Os::Linux => "/etc/opencode",
        Os::Mac => "/Library/Application Support/opencode",
        Os::Windows => return None,
    };
    Some(places.join(folder.as_ref(), &[name]))
}
