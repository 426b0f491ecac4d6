//! Kilo: a provider in the global `kilo.json` or `kilo.jsonc`, as `OpenCode` has it.
//!
//! Facts: Kilo 7.7.7 from npm, run (2026-11). Below `~/.config/kilo` `kilo.json`, `kilo.jsonc`, `opencode.json` and
//! `opencode.jsonc` are merged, the later over the earlier, and `~/.kilo/kilo.json` over all of them. `kilo
//! config check` tries the files.

use std::path::PathBuf;

use switchyard_types::{ToolConflict, ToolConflictKind};

use super::beside::project_files;
use super::opencode::{
    SLOTS, deciding_keys, provider_address, provider_settings, provider_wishes, strongest,
};
use crate::conflict;
use crate::edit::Format;
use crate::places::{Look, Places};
use crate::tool::{ConfigFile, Docs, Tool, Way, Writer};

/// Kilo.
pub(super) const TOOL: Tool = Tool {
    id: "kilo",
    name: "Kilo",
    binaries: &["kilo", "kilocode"],
    marks,
    way: Way::Writer(Writer {
        slots: &SLOTS,
        files,
        wishes: provider_wishes,
        address: provider_address,
        conflicts,
        check: &["config", "check"],
        notes: &[
            "Kilo reads its files when it starts: start it again, and reload the window of your editor.",
        ],
    }),
};

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    let folder = places.xdg_config(&["kilo"]);
    places.join(&folder, parts)
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![folder(places, &[]), places.home(&[".kilo"])]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![strongest(look, ["kilo.jsonc", "kilo.json"].map(|name| folder(look.places, &[name])))]
}

fn conflicts(look: &Look<'_>, docs: &Docs<'_>) -> Vec<ToolConflict> {
    let names = ["KILO_CONFIG", "KILO_CONFIG_CONTENT", "KILO_CONFIG_DIR"];
    let message = "what it names is merged over Kilo's global file";
    let mut found = conflict::variables(look, &names, message);
    found.extend(provider_settings(docs));
    let keys = deciding_keys();
    let stronger = ["opencode.json", "opencode.jsonc"].map(|name| folder(look.places, &[name]));
    let in_home = ["kilo.json", "kilo.jsonc"].map(|name| look.places.home(&[".kilo", name]));
    found.extend(stronger.iter().chain(&in_home).filter_map(|path| {
        let kind = ToolConflictKind::Setting;
        conflict::other_file(look, kind, (path.clone(), Format::Jsonc), &keys)
    }));
    let project: [&[&str]; 4] =
        [&["kilo.json"], &["kilo.jsonc"], &[".kilo", "kilo.json"], &[".kilo", "kilo.jsonc"]];
    found.extend(project_files(look, &project, Format::Jsonc, &keys, &in_home));
    found
}
