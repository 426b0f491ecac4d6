//! Qwen Code: an entry of its list of OpenAI-compatible models in `settings.json`.
//!
//! Facts: Qwen Code 0.24.4 from npm, run (2026-11). Keys are named by `envKey` and stand in the file's `env`
//! table, which a variable of the shell or of a project's `.env` beats. `QWEN_HOME` moves the folder. The
//! client adds `$version` to a file without it.

use std::path::PathBuf;

use switchyard_types::{ToolConflict, ToolConflictKind};

use super::beside::{count, project_files, table_of};
use crate::ask::{Ask, OfferedModel};
use crate::conflict;
use crate::edit::{Format, KeyPath, Value};
use crate::places::{Look, Os, Places};
use crate::tool::{ConfigFile, Docs, Tool, Way, Wish, Writer};

/// Qwen Code.
pub(super) const TOOL: Tool = Tool {
    id: "qwen-code",
    name: "Qwen Code",
    binaries: &["qwen"],
    marks,
    way: Way::Writer(Writer {
        slots: &[],
        files,
        wishes,
        address,
        conflicts,
        check: &[],
        notes: &["Qwen Code reads its settings when it starts: start it again."],
    }),
};

const SETTINGS: &str = "settings";
const KEY: &str = "SWITCHYARD_API_KEY";

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    places.home_or("QWEN_HOME", ".qwen", parts)
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![folder(places, &[])]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![ConfigFile::new(SETTINGS, folder(look.places, &["settings.json"]), Format::Jsonc)]
}

fn auth() -> KeyPath {
    KeyPath::keys(["security", "auth", "selectedType"])
}

fn model_name() -> KeyPath {
    KeyPath::keys(["model", "name"])
}

fn models() -> KeyPath {
    KeyPath::keys(["modelProviders", "openai"])
}

fn wishes(ask: &Ask, _docs: &Docs<'_>) -> Vec<Wish> {
    let mut wishes = vec![Wish::set(SETTINGS, KeyPath::keys(["env", KEY]), ask.key.clone())];
    for model in ask.offered() {
        let path = models().item("id", &model.id);
        wishes.push(Wish::set(SETTINGS, path, entry(ask, &model)));
    }
    wishes.push(Wish::set(SETTINGS, auth(), "openai"));
    wishes.push(Wish::set(SETTINGS, model_name(), ask.model.as_str()));
    wishes
}

fn entry(ask: &Ask, model: &OfferedModel) -> Value {
    let window = count(model.context).map(|size| Value::table([("contextWindowSize", size)]));
    table_of([
        ("id", Some(Value::text(&model.id))),
        ("name", Some(Value::text(format!("Switchyard: {}", model.name)))),
        ("envKey", Some(KEY.into())),
        ("baseUrl", Some(ask.address.v1().into())),
        ("generationConfig", window),
    ])
}

fn address(docs: &Docs<'_>) -> Option<String> {
    if docs.text(SETTINGS, &auth())? != "openai" {
        return None;
    }
    let model = docs.text(SETTINGS, &model_name())?;
    docs.text(SETTINGS, &models().item("id", model).key("baseUrl"))
}

fn conflicts(look: &Look<'_>, _docs: &Docs<'_>) -> Vec<ToolConflict> {
    let message = "it wins over the key in Qwen Code's settings; unset it where it is set";
    let mut found = conflict::variables(look, &[KEY], message);
    let keys = [auth(), model_name(), models()];
    let own = folder(look.places, &["settings.json"]);
    let settings = &[&[".qwen", "settings.json"][..]];
    found.extend(project_files(look, settings, Format::Jsonc, &keys, &[own]));
    let env = [&[".env"][..], &[".qwen", ".env"]];
    found.extend(project_files(look, &env, Format::Dotenv, &[KeyPath::keys([KEY])], &[]));
    let managed = match look.places.os {
        Os::Linux => Some("/etc/qwen-code/settings.json"),
        Os::Windows => Some("C:\\ProgramData\\qwen-code\\settings.json"),
        Os::Mac => None,
    };
    found.extend(managed.and_then(|path| {
        let file = (PathBuf::from(path), Format::Jsonc);
        conflict::other_file(look, ToolConflictKind::ManagedFile, file, &keys)
    }));
    found
}
