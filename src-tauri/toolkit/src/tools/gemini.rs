//! Gemini CLI: the key and the address in `.gemini/.env`, the manner of signing in and the model in
//! `.gemini/settings.json`.
//!
//! Facts: Gemini CLI 0.61.0 from npm, run and read (2026-11). `GEMINI_CLI_HOME` stands for the home folder.
//! Without `security.auth.selectedType` it does not start. Variables of the shell win over the file.
//! Only one `.env` is read, the first from the working folder upward; `.gemini/.env` of a folder goes
//! before its `.env`, and the one of the home folder comes last. A folder that is not trusted reads none
//! below `.gemini`. `GEMINI_MODEL` wins over `model.name`. The client appends `/v1beta/models/…`.

use std::path::PathBuf;

use switchyard_types::{ToolConflict, ToolConflictKind};

use super::beside::{project_files, setting};
use crate::ask::Ask;
use crate::conflict;
use crate::edit::{Format, KeyPath};
use crate::places::{Look, Os, Places};
use crate::tool::{ConfigFile, Docs, Tool, Way, Wish, Writer};

/// Gemini CLI.
pub(super) const TOOL: Tool = Tool {
    id: "gemini-cli",
    name: "Gemini CLI",
    binaries: &["gemini"],
    marks,
    way: Way::Writer(Writer {
        slots: &[],
        files,
        wishes,
        address,
        conflicts,
        check: &[],
        notes: &[
            "Gemini CLI reads its files when it starts: start it again.",
            "In a folder that it was not told to trust, it does not read the key and asks for one.",
        ],
    }),
};

const SETTINGS: &str = "settings";
const ENV: &str = "env";
const KEY: &str = "GEMINI_API_KEY";
const BASE: &str = "GOOGLE_GEMINI_BASE_URL";
const MODEL: &str = "GEMINI_MODEL";

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    let home = places.home_or("GEMINI_CLI_HOME", "", &[".gemini"]);
    places.join(&home, parts)
}

/// Other programs keep a folder in `.gemini` too: only its own files tell.
fn marks(places: &Places) -> Vec<PathBuf> {
    ["settings.json", "projects.json", "installation_id"].map(|name| folder(places, &[name])).into()
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![
        ConfigFile::new(ENV, folder(look.places, &[".env"]), Format::Dotenv),
        ConfigFile::new(SETTINGS, folder(look.places, &["settings.json"]), Format::Jsonc),
    ]
}

fn auth() -> KeyPath {
    KeyPath::keys(["security", "auth", "selectedType"])
}

fn wishes(ask: &Ask, _docs: &Docs<'_>) -> Vec<Wish> {
    vec![
        Wish::set(ENV, KeyPath::keys([KEY]), ask.key.clone()),
        Wish::set(ENV, KeyPath::keys([BASE]), ask.address.root()),
        // It would win over the model in the settings.
        Wish::remove(ENV, KeyPath::keys([MODEL])),
        Wish::set(SETTINGS, auth(), "gemini-api-key"),
        Wish::set(SETTINGS, KeyPath::keys(["model", "name"]), ask.model.as_str()),
    ]
}

fn address(docs: &Docs<'_>) -> Option<String> {
    docs.text(ENV, &KeyPath::keys([BASE]))
}

fn conflicts(look: &Look<'_>, docs: &Docs<'_>) -> Vec<ToolConflict> {
    let message = "it wins over Gemini CLI's own files; unset it where it is set";
    let mut found = conflict::variables(look, &[KEY, BASE, MODEL], message);
    let enforced = KeyPath::keys(["security", "auth", "enforcedType"]);
    if docs.text(SETTINGS, &enforced).is_some_and(|way| way != "gemini-api-key") {
        found.push(setting(enforced.to_string(), "allows another way of signing in only"));
    }
    found.extend(nearer_env(look));
    let keys = [auth(), enforced, KeyPath::keys(["model", "name"])];
    let own = folder(look.places, &["settings.json"]);
    let project = &[&[".gemini", "settings.json"][..]];
    found.extend(project_files(look, project, Format::Jsonc, &keys, &[own]));
    let managed = (managed(look.places), Format::Jsonc);
    found.extend(conflict::other_file(look, ToolConflictKind::ManagedFile, managed, &keys));
    found
}

/// A `.env` on the way from a project's folder to the home folder: ours is not read then.
fn nearer_env(look: &Look<'_>) -> Vec<ToolConflict> {
    let own = folder(look.places, &[".env"]);
    let first = |project: &PathBuf| {
        let above = project.ancestors();
        let mut all = above.flat_map(|folder| {
            [&[".gemini", ".env"][..], &[".env"]].map(|parts| look.places.join(folder, parts))
        });
        all.find(|path| *path == own || look.exists(path)).filter(|path| *path != own)
    };
    let mut found: Vec<PathBuf> = look.places.projects.iter().filter_map(first).collect();
    found.dedup();
    let told = found.into_iter().map(|path| {
        let place = path.display().to_string();
        let message = format!(
            "{place} is read in place of {}: Gemini CLI takes the nearest .env file only",
            own.display()
        );
        ToolConflict { kind: ToolConflictKind::ProjectFile, place, message }
    });
    told.collect()
}

fn managed(places: &Places) -> PathBuf {
    let usual = match places.os {
        Os::Linux => "/etc/gemini-cli/settings.json",
        Os::Mac => "/Library/Application Support/GeminiCli/settings.json",
        Os::Windows => "C:\\ProgramData\\gemini-cli\\settings.json",
    };
    PathBuf::from(places.variable("GEMINI_CLI_SYSTEM_SETTINGS_PATH").unwrap_or(usual))
}
