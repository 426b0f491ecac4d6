use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use switchyard_toolkit::{Os, Places};

/// The user's machine, as far as coding tools are concerned. Tests bring one of their own, so that no
/// test touches a real home folder.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Where things are, and the environment.
    pub places: Places,
    /// The names of programs that run now.
    pub running: fn() -> BTreeSet<String>,
}

impl Machine {
    /// This machine, for the user of this environment; `None` where nothing says where the home is.
    /// `project` is the folder whose own settings may win over the user's.
    pub fn this(
        env: impl Iterator<Item = (String, String)>,
        data: &Path,
        project: Option<PathBuf>,
    ) -> Option<Self> {
        let os = Os::current();
        let env: BTreeMap<String, String> = env.collect();
        let home = match os {
            Os::Linux | Os::Mac => env.get("HOME"),
            Os::Windows => env.get("USERPROFILE"),
        };
        let home = home.filter(|home| !home.is_empty()).map(PathBuf::from)?;
        let projects = project.into_iter().collect();
        let places = Places { home, data: data.to_owned(), os, env, projects };
        Some(Self { places, running: running_programs })
    }
}

/// The names of the programs that run, scripts by their own name: `codex`, `claude`. A system that does
/// not tell has none.
#[cfg(target_os = "linux")]
fn running_programs() -> BTreeSet<String> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let command = |entry: std::fs::DirEntry| std::fs::read(entry.path().join("cmdline")).ok();
    let commands = processes.filter_map(command);
    commands
        .flat_map(|line| {
            let line = String::from_utf8_lossy(&line).into_owned();
            line.split('\0').take(2).filter_map(name_of).collect::<Vec<_>>()
        })
        .collect()
}

/// As on Linux, asked of the system's own command.
#[cfg(not(target_os = "linux"))]
fn running_programs() -> BTreeSet<String> {
    let (program, arguments): (_, &[&str]) = if cfg!(windows) {
        ("tasklist", &["/fo", "csv", "/nh"])
    } else {
        ("/bin/ps", &["-axo", "args="])
    };
    let Ok(told) = std::process::Command::new(program).args(arguments).output() else {
        return BTreeSet::new();
    };
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    let words = |line: &str| -> Vec<String> {
        if cfg!(windows) {
            line.split(',').take(1).filter_map(|name| name_of(name.trim_matches('"'))).collect()
        } else {
            line.split_whitespace().take(2).filter_map(name_of).collect()
        }
    };
    text.lines().flat_map(words).collect()
}

/// A program's name without its folder and ending.
fn name_of(argument: &str) -> Option<String> {
    let name = argument.rsplit(['/', '\\']).next()?;
    let endings = [".exe", ".cmd", ".mjs", ".cjs", ".js", ".py"];
    let plain = endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    (!plain.is_empty() && !plain.starts_with('-')).then(|| plain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_known_by_its_name_alone() {
        for (argument, name) in [
            ("/usr/local/bin/codex", Some("codex")),
            ("C:\\npm\\openclaw.mjs", Some("openclaw")),
            ("claude.exe", Some("claude")),
            ("--version", None),
            ("", None),
        ] {
            assert_eq!(name_of(argument).as_deref(), name, "{argument}");
        }
    }

    #[test]
    fn this_very_test_is_seen_to_run() {
        let own = std::env::current_exe().unwrap();
        let own = name_of(own.to_str().unwrap()).unwrap();
        assert!(running_programs().contains(&own), "{own}");
    }
}
