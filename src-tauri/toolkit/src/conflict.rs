//! The usual things beside a tool's own files that keep it from coming here.

use std::path::PathBuf;

use switchyard_types::{ToolConflict, ToolConflictKind};

use crate::edit::{Document, Format, KeyPath};
use crate::places::{Look, Os};

/// Variables of the environment and of the shells' start files. `why` says what one does; its name
/// is put before it.
pub fn variables(look: &Look<'_>, names: &[&str], why: &str) -> Vec<ToolConflict> {
    let mut found = Vec::new();
    for name in names {
        if look.places.variable(name).is_some() {
            found.push(ToolConflict {
                kind: ToolConflictKind::Variable,
                place: (*name).to_owned(),
                message: format!("{name} is set in the environment: {why}"),
            });
        }
    }
    for path in shell_files(look) {
        let Some(bytes) = look.read(&path) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let set = names.iter().filter(|name| text.lines().any(|line| sets(line, name)));
        found.extend(set.map(|name| ToolConflict {
            kind: ToolConflictKind::ShellFile,
            place: path.display().to_string(),
            message: format!("{} sets {name}: {why}", path.display()),
        }));
    }
    found
}

/// A setting of another file that wins over ours: a project's, an administrator's.
pub fn other_file(
    look: &Look<'_>,
    kind: ToolConflictKind,
    (path, format): (PathBuf, Format),
    keys: &[KeyPath],
) -> Option<ToolConflict> {
    let document = Document::parse(&look.read(&path)?, format).ok()?;
    let set: Vec<String> =
        keys.iter().filter(|key| document.get(key).is_some()).map(KeyPath::to_string).collect();
    let place = path.display().to_string();
    (!set.is_empty()).then(|| ToolConflict {
        kind,
        message: format!("{place} sets {} and wins over the user's settings", set.join(", ")),
        place,
    })
}

/// Files that shells read when they start.
fn shell_files(look: &Look<'_>) -> Vec<PathBuf> {
    let places = look.places;
    if places.os == Os::Windows {
        let profile = "Microsoft.PowerShell_profile.ps1";
        return ["PowerShell", "WindowsPowerShell"]
            .map(|shell| places.home(&["Documents", shell, profile]))
            .to_vec();
    }
    let names = [
        ".profile",
        ".bash_profile",
        ".bash_login",
        ".bashrc",
        ".zshenv",
        ".zprofile",
        ".zshrc",
        ".zlogin",
    ];
    let mut files: Vec<PathBuf> = names.iter().map(|name| places.home(&[name])).collect();
    if let Some(folder) = places.variable("ZDOTDIR") {
        let folder = places.expand(folder);
        files.extend([".zshenv", ".zshrc"].map(|name| places.join(&folder, &[name])));
    }
    files.push(places.xdg_config(&["fish", "config.fish"]));
    files.push(places.xdg_config(&["environment.d", "envvars.conf"]));
    files
}

/// Whether a line of a shell's file gives a variable a value.
fn sets(line: &str, name: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with('#') || line.starts_with("unset ") {
        return false;
    }
    let mut rest = line;
    while let Some(at) = rest.find(name) {
        let before = rest.get(..at).and_then(|text| text.chars().next_back());
        let after = rest.get(at + name.len()..).unwrap_or_default();
        let begins = before.is_none_or(|c| c.is_whitespace() || matches!(c, ';' | ':' | '&'));
        let by_sign =
            after.trim_start_matches(' ').starts_with('=') && !after.trim_start().starts_with("==");
        let fish = line.starts_with("set ") && after.starts_with([' ', '\t']);
        if begins && (by_sign || fish) {
            return true;
        }
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_line_that_sets_a_variable_is_told_from_one_that_names_it() {
        for line in [
            "export A_KEY=1",
            "A_KEY=1",
            "  export B=2 A_KEY='x'",
            "set -gx A_KEY 1",
            "$env:A_KEY = 'x'",
            "true; A_KEY=1",
        ] {
            assert!(sets(line, "A_KEY"), "{line}");
        }
        for line in
            ["# export A_KEY=1", "export MY_A_KEY=1", "echo $A_KEY", "unset A_KEY", "A_KEYS=1"]
        {
            assert!(!sets(line, "A_KEY"), "{line}");
        }
    }
}
