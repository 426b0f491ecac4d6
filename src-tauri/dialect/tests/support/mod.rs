//! What the tests share: splitting, fixtures, and a grammar of each dialect's streams.
#![expect(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod grammar;
pub(crate) mod rules;

use std::path::PathBuf;

use serde_json::Value;
use switchyard_dialect::{ClientError, ErrorKind, Frame, StreamTranslator, WayBack};
use switchyard_types::Dialect;

/// The path of a fixture.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// A fixture's bytes.
pub(crate) fn data(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// How the fixtures of a dialect's streams end.
pub(crate) fn stream_ending(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Ollama => ".ndjson",
        Dialect::Chat | Dialect::Messages | Dialect::Responses | Dialect::Gemini => ".sse",
    }
}

pub(crate) fn others(dialect: Dialect) -> impl Iterator<Item = Dialect> {
    Dialect::ALL.into_iter().filter(move |other| *other != dialect)
}

/// The fixtures of a dialect that its clients and vendors wrote themselves, by name and in its order.
pub(crate) fn fixtures(dialect: Dialect, ending: &str) -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<String> = std::fs::read_dir(path(dialect.as_str()))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.strip_suffix(ending).is_some_and(|stem| !stem.contains('.')))
        .map(|name| format!("{}/{name}", dialect.as_str()))
        .collect();
    names.sort();
    assert!(names.len() > 1, "{dialect:?} has too few fixtures ending in {ending}");
    names.into_iter().map(|name| (name.clone(), data(&name))).collect()
}

/// Compares with the expected file; `UPDATE_FIXTURES=1` writes it instead, for a person to review.
pub(crate) fn expect(name: &str, actual: &str) {
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(path(name), actual).unwrap();
    }
    let expected = String::from_utf8(data(name)).unwrap();
    let same = lines(actual) == lines(&expected);
    assert!(same, "{name} differs; UPDATE_FIXTURES=1 rewrites it. Now:\n{actual}");
}

/// The lines with JSON read, since the order of an object's fields means nothing.
fn lines(text: &str) -> Vec<(&str, Value)> {
    let line = |line| {
        let json = str::strip_prefix(line, "data: ").unwrap_or(line);
        let data = serde_json::from_str(json).ok();
        data.map_or((line, Value::Null), |value| ("data", value))
    };
    match serde_json::from_str(text) {
        Ok(whole) => vec![("whole", whole)],
        Err(_) => text.lines().map(line).collect(),
    }
}

pub(crate) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

/// Splits events that arrive in these pieces.
pub(crate) fn frames_of(pieces: &[&[u8]]) -> Vec<Frame> {
    grammar::split(Dialect::Chat, pieces)
}

pub(crate) fn frames(bytes: &[u8]) -> Vec<Frame> {
    frames_of(&[bytes])
}

/// A whole stream translated, ended as the relay would.
pub(crate) fn translate(vendor: Dialect, client: Dialect, frames: &[Frame], back: &WayBack) -> Out {
    let mut translator = StreamTranslator::new(vendor, client, "combo", back);
    let mut out = Vec::new();
    for frame in frames {
        translator.push(frame, &mut out);
    }
    translator.finish(&mut out);
    let ended = translator.ended();
    if !ended {
        translator.fail(&broken(), &mut out);
    }
    let losses = translator.losses().to_vec();
    Out { text: String::from_utf8(out).unwrap(), ended, losses, usage: translator.usage() }
}

pub(crate) struct Out {
    pub(crate) text: String,
    pub(crate) ended: bool,
    pub(crate) losses: Vec<String>,
    pub(crate) usage: Option<switchyard_types::Usage>,
}

pub(crate) fn broken() -> ClientError {
    ClientError {
        status: 502,
        kind: ErrorKind::Server,
        message: "the vendor broke off".to_owned(),
        retry_after: None,
    }
}
