//! Where each tool's files are on the three systems, whichever this one is.
use std::collections::BTreeMap;
use std::path::PathBuf;

use switchyard_toolkit::{KeySeal, Os, Places, Toolkit};

use crate::world::{NOW, address};

fn files(tool: &str, os: Os, env: &[(&str, &str)]) -> Vec<String> {
    let home = match os {
        Os::Linux => "/home/me",
        Os::Mac => "/Users/me",
        Os::Windows => "C:\\Users\\me",
    };
    let env: BTreeMap<_, _> =
        env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let data = std::env::temp_dir().join("switchyard-no-such-data");
    let places = Places { home: PathBuf::from(home), data, os, env, projects: Vec::new() };
    let toolkit = Toolkit::new(places, Box::new(KeySeal::new([7; 32])), || NOW);
    toolkit.status(tool, &address()).unwrap().files
}

#[test]
fn each_tool_has_its_files_where_it_looks_for_them() {
    for (tool, below_home) in [
        ("claude-code", &[".claude/settings.json"][..]),
        ("codex", &[".codex/config.toml"]),
        ("gemini-cli", &[".gemini/.env", ".gemini/settings.json"]),
        ("opencode", &[".config/opencode/opencode.json"]),
        ("qwen-code", &[".qwen/settings.json"]),
        ("openclaw", &[".openclaw/openclaw.json"]),
        ("droid", &[".factory/settings.json"]),
        ("kilo", &[".config/kilo/kilo.json"]),
        ("pi", &[".pi/agent/models.json", ".pi/agent/settings.json"]),
        ("grok", &[".grok/config.toml"]),
        ("continue", &[".continue/config.yaml"]),
        ("aider", &[".aider.conf.yml"]),
    ] {
        let on = |root: &str, separator: &str| -> Vec<String> {
            below_home.iter().map(|file| root.to_owned() + &file.replace('/', separator)).collect()
        };
        assert_eq!(files(tool, Os::Linux, &[]), on("/home/me/", "/"), "{tool}");
        assert_eq!(files(tool, Os::Mac, &[]), on("/Users/me/", "/"), "{tool}");
        assert_eq!(files(tool, Os::Windows, &[]), on("C:\\Users\\me\\", "\\"), "{tool}");
    }
}

#[test]
fn hermes_has_a_folder_of_its_own_on_windows() {
    assert_eq!(files("hermes", Os::Linux, &[]), ["/home/me/.hermes/config.yaml"]);
    assert_eq!(files("hermes", Os::Mac, &[]), ["/Users/me/.hermes/config.yaml"]);
    let usual = "C:\\Users\\me\\AppData\\Local\\hermes\\config.yaml";
    assert_eq!(files("hermes", Os::Windows, &[]), [usual]);
    let moved = files("hermes", Os::Windows, &[("LocalAppData", "D:\\Local")]);
    assert_eq!(moved, ["D:\\Local\\hermes\\config.yaml"]);
}

#[test]
fn the_variables_that_move_a_tools_files_are_followed() {
    for (tool, variable, value, file) in [
        ("gemini-cli", "GEMINI_CLI_HOME", "/else", "/else/.gemini/.env"),
        ("opencode", "XDG_CONFIG_HOME", "/cfg/", "/cfg/opencode/opencode.json"),
        ("kilo", "XDG_CONFIG_HOME", "/cfg", "/cfg/kilo/kilo.json"),
        ("qwen-code", "QWEN_HOME", "~/q", "/home/me/q/settings.json"),
        ("openclaw", "OPENCLAW_HOME", "/else", "/else/.openclaw/openclaw.json"),
        ("openclaw", "OPENCLAW_STATE_DIR", "/state", "/state/openclaw.json"),
        ("openclaw", "OPENCLAW_CONFIG_PATH", "~/claw.json", "/home/me/claw.json"),
        ("droid", "FACTORY_HOME_OVERRIDE", "/else", "/else/.factory/settings.json"),
        ("pi", "PI_CODING_AGENT_DIR", "/agent", "/agent/models.json"),
        ("grok", "GROK_HOME", "/grok", "/grok/config.toml"),
        ("continue", "CONTINUE_GLOBAL_DIR", "/cn", "/cn/config.yaml"),
        ("hermes", "HERMES_HOME", "/hermes", "/hermes/config.yaml"),
    ] {
        let found = files(tool, Os::Linux, &[(variable, value)]);
        assert_eq!(found.first().unwrap(), file, "{variable}");
    }
}
