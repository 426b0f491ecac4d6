//! The string literals of our own Rust, as far as a test of texts needs them.

use std::fs;
use std::path::{Path, PathBuf};

/// A string literal of a source that is not of its tests.
pub(crate) struct Literal {
    pub(crate) text: String,
    pub(crate) line: usize,
    /// What stands before it, up to its quote; the last part of that.
    pub(crate) before: String,
    start: usize,
    end: usize,
}

impl Literal {
    /// Whether it is the text of a `word!` or a `say!`; that may name a voice before it.
    pub(crate) fn is_word(&self) -> bool {
        let before = self.before.trim_end();
        let said = before.strip_suffix(',').map(|voiced| {
            voiced
                .trim_end_matches(|letter: char| letter.is_alphanumeric() || "_.:".contains(letter))
        });
        before.ends_with("word!(") || said.unwrap_or(before).trim_end().ends_with("say!(")
    }

    /// Whether it is what tells a text apart from the same one elsewhere.
    pub(crate) fn is_sense(&self) -> bool {
        self.before.trim_end().ends_with(", as")
    }

    /// What stands behind it.
    pub(crate) fn after<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.end..).unwrap_or_default().trim_start()
    }

    /// The function or macro of which it is an argument, as it is called: `tracing::warn!`. Empty where it is none's.
    pub(crate) fn called_by<'a>(&self, source: &'a str) -> &'a str {
        let (before, _) = source.split_at(self.start);
        let mut closed = 0;
        for (at, letter) in before.char_indices().rev() {
            match letter {
                ')' => closed += 1,
                '(' if closed == 0 => {
                    let is_of_name =
                        |letter: char| letter.is_alphanumeric() || "_:!".contains(letter);
                    let (call, _) = before.split_at(at);
                    return call.rsplit(|letter| !is_of_name(letter)).next().unwrap_or_default();
                }
                '(' => closed -= 1,
                ';' | '{' | '}' if closed == 0 => return "",
                _ => {}
            }
        }
        ""
    }

    /// What tells it apart from the same text elsewhere: `, as "…"` behind it.
    pub(crate) fn sense(&self, source: &str) -> Option<String> {
        let rest = source.get(self.end..)?.trim_start().strip_prefix(',')?.trim_start();
        let sense = rest.strip_prefix("as")?.trim_start().strip_prefix('"')?;
        Some(sense.split_once('"')?.0.to_owned())
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Every Rust file of a folder, with its path; tests in folders of their own are left out.
pub(crate) fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    add(&root().join(folder), &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn add(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            add(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The literals before the tests of the file, which end it.
pub(crate) fn literals(source: &str) -> Vec<Literal> {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap();
        at += if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(length) = character(rest) {
            length
        } else if first == '"' {
            let (_, inner) = rest.split_at(1);
            let (raw, _) = inner.split_at(closing(inner));
            let (before, _) = source.split_at(at);
            let last = before.char_indices().rev().nth(80).map_or(0, |(start, _)| start);
            found.push(Literal {
                text: unescaped(raw),
                line: before.matches('\n').count() + 1,
                before: before.split_at(last).1.to_owned(),
                start: at,
                end: at + raw.len() + 2,
            });
            raw.len() + 2
        } else {
            first.len_utf8()
        };
    }
    found
}

/// The length of a character literal, such as `'"'`; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let length = match inner.strip_prefix('\\') {
        Some(escape) => 1 + escape.find('\'').filter(|end| *end > 0).unwrap_or(1),
        None => inner.chars().next()?.len_utf8(),
    };
    inner.get(length..)?.starts_with('\'').then_some(length + 2)
}

/// Where the quote stands that closes what begins here.
fn closing(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    text.len()
}

fn unescaped(raw: &str) -> String {
    let mut text = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let escape = after.chars().next().unwrap_or_default();
        rest = after.split_at(escape.len_utf8()).1;
        match escape {
            '\n' => rest = rest.trim_start(),
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'u' => {
                let (code, after) = rest.trim_start_matches('{').split_once('}').unwrap();
                text.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
                rest = after;
            }
            other => text.push(other),
        }
    }
    text.push_str(rest);
    text
}
