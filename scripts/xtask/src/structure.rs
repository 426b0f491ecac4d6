//! The house rules on files: how long one may be, what a module may not be called, and what may
//! stand at the repository's top level.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// Lines of a source file that are not tests.
const LONGEST_FILE: usize = 800;
/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 10] = [
    "utils", "util", "helpers", "helper", "common", "manager", "service", "services", "misc",
    "shared",
];
/// The top level, beside dot-files and dot-folders.
const TOP_LEVEL: [&str; 17] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "capabilities",
    "clippy.toml",
    "deny.toml",
    "icons",
    "rustfmt.toml",
    "scripts",
    "src-tauri",
    "tauri.conf.json",
    "ui",
];

/// Checks every file that git would commit, and names each breach.
pub(crate) fn check(root: &Path) -> Result<()> {
    let files = committed_files(root)?;
    let mut breaches = top_level_breaches(&files);
    for file in
        files.iter().filter(|file| Path::new(file).extension().is_some_and(|kind| kind == "rs"))
    {
        breaches.extend(name_breach(file));
        // A file that was deleted but is still in git's index is nobody's breach.
        let Ok(text) = std::fs::read_to_string(root.join(file)) else { continue };
        breaches.extend(length_breach(file, &text));
    }
    for breach in &breaches {
        println!("{breach}");
    }
    ensure!(breaches.is_empty(), "{} breach(es) of the repository's structure", breaches.len());
    println!("Structure: {} files as they should be.", files.len());
    Ok(())
}

fn committed_files(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("asking git for the repository's files")?;
    if !output.status.success() {
        bail!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let list = String::from_utf8(output.stdout).context("reading git's list of files")?;
    Ok(list.lines().map(str::to_owned).collect())
}

fn top_level_breaches(files: &[String]) -> BTreeSet<String> {
    files
        .iter()
        .filter_map(|file| file.split('/').next())
        .filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(name))
        .map(|name| format!("{name}: the repository's top level is fixed; this belongs inside one of its folders"))
        .collect()
}

fn name_breach(file: &str) -> Option<String> {
    let path = Path::new(file);
    let stem = path.file_stem()?.to_str()?;
    let folder = path.parent()?.file_name()?.to_str()?;
    [stem, folder]
        .into_iter()
        .find(|name| EMPTY_NAMES.contains(name))
        .map(|name| format!("{file}: `{name}` does not say what is inside; name the concept"))
}

fn length_breach(file: &str, text: &str) -> Option<String> {
    let is_test = file.split('/').any(|part| matches!(part, "tests" | "benches" | "tests.rs"));
    let lines = lines_before_tests(text);
    (!is_test && lines > LONGEST_FILE).then(|| {
        format!("{file}: {lines} lines of code; split it by concept at {LONGEST_FILE} at most")
    })
}

/// Unit tests stand at a file's end, in a module of their own.
fn lines_before_tests(text: &str) -> usize {
    let mut previous = "";
    for (number, line) in text.lines().enumerate() {
        if previous == "#[cfg(test)]" && line.starts_with("mod ") && line.ends_with('{') {
            return number.saturating_sub(1);
        }
        previous = line;
    }
    text.lines().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_at_the_end_of_a_file_do_not_count() {
        let code = "fn a() {}\n".repeat(700);
        let text = format!("{code}#[cfg(test)]\nmod tests {{\n{code}}}\n");
        assert_eq!(lines_before_tests(&text), 700);
        assert_eq!(length_breach("a/src/lib.rs", &text), None);
    }

    #[test]
    fn a_file_past_the_limit_is_named_with_its_length() {
        let breach = length_breach("a/src/lib.rs", &"x\n".repeat(801)).unwrap();
        assert!(breach.starts_with("a/src/lib.rs: 801 lines"), "{breach}");
        assert_eq!(length_breach("a/tests/all.rs", &"x\n".repeat(801)), None);
    }

    #[test]
    fn empty_names_are_refused_for_files_and_folders() {
        assert!(name_breach("a/src/utils.rs").is_some());
        assert!(name_breach("a/src/manager/mod.rs").is_some());
        assert!(name_breach("a/src/routing.rs").is_none());
    }

    #[test]
    fn only_known_names_stand_at_the_top_level() {
        let files = ["docs/a.md", "docs/b.md", ".ci/run", "Cargo.toml"].map(str::to_owned);
        let breaches = top_level_breaches(&files);
        assert_eq!(breaches.len(), 1);
        assert!(breaches.iter().all(|breach| breach.starts_with("docs:")));
    }
}
