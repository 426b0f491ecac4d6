//! Aider: the address, key and models in `~/.aider.conf.yml`.
//!
//! Facts: Aider 0.86.2 from its Python package, run and read (2026-11). The file's key and address beat `OPENAI_API_KEY` and
//! `OPENAI_API_BASE` of the shell and of `.env` files; variables `AIDER_…` and a project's own
//! `.aider.conf.yml` beat the file.

use std::path::PathBuf;

use switchyard_types::ToolConflict;

use super::beside::project_files;
use crate::ask::Ask;
use crate::conflict;
use crate::edit::{Format, KeyPath};
use crate::places::{Look, Places};
use crate::tool::{ConfigFile, Docs, Slot, Tool, Way, Wish, Writer};

/// Aider.
pub(super) const TOOL: Tool = Tool {
    id: "aider",
    name: "Aider",
    binaries: &["aider"],
    marks,
    way: Way::Writer(Writer {
        slots: &[
            Slot { id: "weak", name: "Weak: commit messages and summaries" },
            Slot { id: "editor", name: "Editor: carries out what the architect planned" },
        ],
        files,
        wishes,
        address,
        conflicts,
        check: &[],
        notes: &["Aider reads its file when it starts: start it again."],
    }),
};

const CONFIG: &str = "config";
const MODEL: &str = "model";
const WEAK: &str = "weak-model";
const EDITOR: &str = "editor-model";
const BASE: &str = "openai-api-base";
const KEY: &str = "openai-api-key";

fn own(places: &Places) -> PathBuf {
    places.home(&[".aider.conf.yml"])
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![own(places), places.home(&[".aider"])]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![ConfigFile::new(CONFIG, own(look.places), Format::Yaml)]
}

fn at(key: &str) -> KeyPath {
    KeyPath::keys([key])
}

fn wishes(ask: &Ask, docs: &Docs<'_>) -> Vec<Wish> {
    // How Aider names models of an endpoint that speaks as OpenAI's.
    let chosen = |model: Option<&str>| format!("openai/{}", model.unwrap_or(&ask.model));
    let mut wishes = vec![
        Wish::set(CONFIG, at(BASE), ask.address.v1()),
        Wish::set(CONFIG, at(KEY), ask.key.clone()),
        Wish::set(CONFIG, at(MODEL), chosen(None)),
        Wish::set(CONFIG, at(WEAK), chosen(ask.slot("weak"))),
    ];
    // One named for its own vendor would be asked of us under that name.
    if ask.slot("editor").is_some() || docs.get(CONFIG, &at(EDITOR)).is_some() {
        wishes.push(Wish::set(CONFIG, at(EDITOR), chosen(ask.slot("editor"))));
    }
    wishes
}

fn address(docs: &Docs<'_>) -> Option<String> {
    let base = docs.text(CONFIG, &at(BASE))?;
    let model = docs.text(CONFIG, &at(MODEL));
    model.is_none_or(|model| model.starts_with("openai/")).then_some(base)
}

fn conflicts(look: &Look<'_>, _docs: &Docs<'_>) -> Vec<ToolConflict> {
    let names =
        ["AIDER_OPENAI_API_BASE", "AIDER_OPENAI_API_KEY", "AIDER_MODEL", "AIDER_WEAK_MODEL"];
    let message = "it wins over Aider's file; unset it where it is set";
    let mut found = conflict::variables(look, &names, message);
    let keys = [BASE, KEY, MODEL, WEAK, EDITOR].map(at);
    let own = own(look.places);
    found.extend(project_files(look, &[&[".aider.conf.yml"]], Format::Yaml, &keys, &[own]));
    let variables = names.map(|name| KeyPath::keys([name]));
    found.extend(project_files(look, &[&[".env"]], Format::Dotenv, &variables, &[]));
    found
}
