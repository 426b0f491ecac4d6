//! Paths of the three systems, whichever this one is.
use std::collections::BTreeMap;
use std::path::PathBuf;

use switchyard_toolkit::{Os, Places};

fn places(os: Os, home: &str, env: &[(&str, &str)]) -> Places {
    let env: BTreeMap<_, _> =
        env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Places { home: PathBuf::from(home), data: PathBuf::new(), os, env, projects: Vec::new() }
}

fn shown(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap()
}

#[test]
fn folders_are_where_each_system_has_them() {
    let linux = places(Os::Linux, "/home/me", &[]);
    assert_eq!(shown(linux.home(&[".claude", "settings.json"])), "/home/me/.claude/settings.json");
    assert_eq!(shown(linux.application(&["Code"])), "/home/me/.config/Code");
    let moved = places(Os::Linux, "/home/me", &[("XDG_CONFIG_HOME", "/cfg/")]);
    assert_eq!(shown(moved.application(&["Code"])), "/cfg/Code");
    let mac = places(Os::Mac, "/Users/me/", &[]);
    let support = "/Users/me/Library/Application Support/Code";
    assert_eq!(shown(mac.application(&["Code"])), support);
    assert_eq!(shown(mac.xdg_config(&["opencode"])), "/Users/me/.config/opencode");
    let windows = places(Os::Windows, "C:\\Users\\me", &[("AppData", "D:\\Roaming\\")]);
    assert_eq!(
        shown(windows.home(&[".codex", "config.toml"])),
        "C:\\Users\\me\\.codex\\config.toml"
    );
    assert_eq!(shown(windows.application(&["Code"])), "D:\\Roaming\\Code");
    assert_eq!(
        shown(windows.local_application(&["hermes"])),
        "C:\\Users\\me\\AppData\\Local\\hermes"
    );
}

#[test]
fn a_folder_that_a_variable_names_wins_unless_it_is_empty() {
    let set = places(Os::Linux, "/home/me", &[("CODEX_HOME", "~/work")]);
    assert_eq!(shown(set.home_or("CODEX_HOME", ".codex", &["a"])), "/home/me/work/a");
    let empty = places(Os::Linux, "/home/me", &[("CODEX_HOME", "")]);
    assert_eq!(shown(empty.home_or("CODEX_HOME", ".codex", &["a"])), "/home/me/.codex/a");
}

#[test]
fn programs_are_looked_for_as_each_system_does() {
    let linux = places(Os::Linux, "/", &[("PATH", "/bin::/opt/x")]);
    let found: Vec<_> = linux.binaries("claude").into_iter().map(shown).collect();
    assert_eq!(found, ["/bin/claude", "/opt/x/claude"]);
    let windows = places(Os::Windows, "C:\\", &[("Path", "C:\\a;D:\\b"), ("PATHEXT", ".EXE;.CMD")]);
    let found: Vec<_> = windows.binaries("claude").into_iter().map(shown).collect();
    let all = ["C:\\a\\claude.exe", "C:\\a\\claude.cmd", "D:\\b\\claude.exe", "D:\\b\\claude.cmd"];
    assert_eq!(found, all);
}
