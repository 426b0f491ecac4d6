//! Claude Code: the `env` block of `settings.json`.
//!
//! Facts: Claude Code documentation, "Settings", "Environment variables", "LLM gateways" (2026-07). A value
//! in the settings' `env` beats the same variable of the shell; variables that the file omits still
//! come from the shell. The client appends `/v1/messages` to the base address. A bearer token
//! outranks a stored login; an API key besides it makes the client warn and send both. The context
//! window of names that it does not know, and the picker's models: Claude Code 2.1.330 from npm, read (2026-11).

use std::path::{Path, PathBuf};

use switchyard_types::{ToolConflict, ToolConflictKind};

use crate::ask::Ask;
use crate::conflict;
use crate::edit::{Format, KeyPath};
use crate::places::{Look, Os, Places};
use crate::tool::{ConfigFile, Docs, Slot, Tool, Way, Wish, Writer};

/// Claude Code.
pub(super) const TOOL: Tool = Tool {
    id: "claude-code",
    name: "Claude Code",
    binaries: &["claude"],
    marks,
    way: Way::Writer(Writer {
        slots: &[
            Slot { id: "fable", name: "Fable: the longest and hardest work" },
            Slot { id: "opus", name: "Opus: hard work" },
            Slot { id: "sonnet", name: "Sonnet: everyday work" },
            Slot { id: "haiku", name: "Haiku: small tasks in the background" },
            Slot { id: "subagent", name: "Subagents" },
        ],
        files,
        wishes,
        address,
        conflicts,
        check: &[],
        notes: &[
            "Claude Code reads its settings when it starts: start it again.",
            "The VS Code extension wants the same variables in its own setting `claudeCode.environmentVariables`.",
        ],
    }),
};

const SETTINGS: &str = "settings";
const BASE: &str = "ANTHROPIC_BASE_URL";
const TOKEN: &str = "ANTHROPIC_AUTH_TOKEN";
const KEY: &str = "ANTHROPIC_API_KEY";

fn folder(places: &Places, parts: &[&str]) -> PathBuf {
    places.home_or("CLAUDE_CONFIG_DIR", ".claude", parts)
}

fn marks(places: &Places) -> Vec<PathBuf> {
    vec![folder(places, &[]), places.home(&[".claude.json"])]
}

fn files(look: &Look<'_>) -> Vec<ConfigFile> {
    vec![ConfigFile::new(SETTINGS, folder(look.places, &["settings.json"]), Format::Json)]
}

fn env(name: &str) -> KeyPath {
    KeyPath::keys(["env", name])
}

fn wishes(ask: &Ask, _docs: &Docs<'_>) -> Vec<Wish> {
    let set = |name: &str, value: &str| Wish::set(SETTINGS, env(name), value);
    let slot = |id: &str| ask.slot(id).unwrap_or(&ask.model);
    let mut wishes = vec![
        set(BASE, ask.address.root()),
        Wish::set(SETTINGS, env(TOKEN), ask.key.clone()),
        // Beside a token it makes the client warn and send both.
        Wish::remove(SETTINGS, env(KEY)),
        set("ANTHROPIC_MODEL", &ask.model),
        set("ANTHROPIC_DEFAULT_FABLE_MODEL", slot("fable")),
        set("ANTHROPIC_DEFAULT_OPUS_MODEL", slot("opus")),
        set("ANTHROPIC_DEFAULT_SONNET_MODEL", slot("sonnet")),
        set("ANTHROPIC_DEFAULT_HAIKU_MODEL", slot("haiku")),
        // The name that releases before 2.0 read for the haiku slot.
        set("ANTHROPIC_SMALL_FAST_MODEL", slot("haiku")),
    ];
    // Its picker then lists what `/v1/models` does, of which it takes names that begin with `claude`.
    wishes.push(set("CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY", "1"));
    // A name that the client does not know stands for a window of a million tokens, unless this says
    // otherwise; it is one for all such names, so the smallest counts.
    if let Some(window) = ask.smallest_context() {
        wishes.push(set("CLAUDE_CODE_MAX_CONTEXT_TOKENS", &window.to_string()));
    }
    wishes.extend(ask.slot("subagent").map(|model| set("CLAUDE_CODE_SUBAGENT_MODEL", model)));
    wishes
}

fn address(docs: &Docs<'_>) -> Option<String> {
    docs.text(SETTINGS, &env(BASE)).filter(|found| !found.contains("://api.anthropic.com"))
}

fn conflicts(look: &Look<'_>, docs: &Docs<'_>) -> Vec<ToolConflict> {
    let mut found = conflict::variables(
        look,
        &[KEY],
        "Claude Code would send it besides Switchyard's token, and ask about it. Take it out there.",
    );
    found.extend(conflict::variables(
        look,
        &["CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY"],
        "Claude Code would go to that cloud instead of Switchyard. Take it out there.",
    ));
    for name in ["CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY"] {
        if docs.get(SETTINGS, &env(name)).is_some() {
            found.push(setting(&format!("env.{name}"), "sends Claude Code to that cloud instead"));
        }
    }
    if docs.get(SETTINGS, &KeyPath::keys(["apiKeyHelper"])).is_some() {
        found.push(setting(
            "apiKeyHelper",
            "also supplies a key, which the client may send instead",
        ));
    }
    if docs.get(SETTINGS, &KeyPath::keys(["model"])).is_some() {
        found.push(setting("model", "may choose another model than ANTHROPIC_MODEL"));
    }
    let keys = [env(BASE), env(TOKEN), env(KEY), env("ANTHROPIC_MODEL")];
    let managed =
        managed(look.places).into_iter().map(|path| (ToolConflictKind::ManagedFile, path));
    let projects = look.places.projects.iter().flat_map(|project| {
        ["settings.json", "settings.local.json"].map(|name| {
            let path = look.places.join(project, &[".claude", name]);
            (ToolConflictKind::ProjectFile, path)
        })
    });
    let own = folder(look.places, &["settings.json"]);
    let others = managed.chain(projects).filter(|(_, path)| *path != own);
    found.extend(
        others.filter_map(|(kind, path)| {
            conflict::other_file(look, kind, (path, Format::Json), &keys)
        }),
    );
    found
}

fn setting(place: &str, what: &str) -> ToolConflict {
    ToolConflict {
        kind: ToolConflictKind::Setting,
        place: place.to_owned(),
        message: format!("`{place}` in settings.json {what}"),
    }
}

fn managed(places: &Places) -> Vec<PathBuf> {
    let folder = match places.os {
        Os::Linux => "/etc/claude-code",
        Os::Mac => "/Library/Application Support/ClaudeCode",
        Os::Windows => "C:\\Program Files\\ClaudeCode",
    };
    vec![places.join(Path::new(folder), &["managed-settings.json"])]
}
