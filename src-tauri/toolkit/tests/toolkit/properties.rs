//! Whatever a file holds: applying twice is applying once, reverting is going back, and what is not
//! ours survives.
use proptest::prelude::*;
use switchyard_toolkit::edit::{Document, Format, KeyPath, Value};
use switchyard_toolkit::{Purpose, ToolkitError};

use crate::generate::{env, json, toml, yaml};
use crate::world::{CLAUDE, CODEX, World, ask};

/// Collected in the manner of files found in the wild: comments, odd indentation, line ends, marks.
const WILD: [(&str, &str, &[u8]); 14] = [
    ("claude-code", CLAUDE, include_bytes!("../data/claude/tabs.json")),
    ("claude-code", CLAUDE, include_bytes!("../data/claude/windows.json")),
    ("claude-code", CLAUDE, include_bytes!("../data/claude/hooks.json")),
    ("claude-code", CLAUDE, include_bytes!("../data/claude/one-line.json")),
    ("claude-code", CLAUDE, b"{}"),
    ("claude-code", CLAUDE, b""),
    ("claude-code", CLAUDE, b"{ \n\n }\n\n\n"),
    ("claude-code", CLAUDE, b"\xef\xbb\xbf{\"env\":{}}"),
    ("codex", CODEX, include_bytes!("../data/codex/full.toml")),
    ("codex", CODEX, include_bytes!("../data/codex/tables-only.toml")),
    ("codex", CODEX, include_bytes!("../data/codex/dotted.toml")),
    ("codex", CODEX, b"# only a comment"),
    ("codex", CODEX, b"[model_providers]\r\n"),
    ("codex", CODEX, b"model_providers = {}\n"),
];

const MANY: [(&str, &str); 5] = [
    (".many/main.json", include_str!("../data/many/main.json5")),
    (".many/more.jsonc", include_str!("../data/many/more.jsonc")),
    (".many/old.toml", include_str!("../data/many/old.toml")),
    (".many/config.yaml", include_str!("../data/many/config.yaml")),
    (".many/.env", include_str!("../data/many/env")),
];

fn apply_and_revert(tool: &str, file: &str, before: &[u8]) {
    let world = World::with(file, before);
    world.apply(tool);
    let once = world.read(file);
    assert!(world.toolkit().plan(tool, &ask("auto")).unwrap().is_empty(), "apply twice");
    world.apply(tool);
    assert_eq!(world.read(file), once);
    assert!(world.toolkit().verify(tool).unwrap().is_empty());
    world.apply_model(tool, "other");
    world.toolkit().revert(tool).unwrap();
    assert_eq!(std::fs::read(world.home(file)).unwrap(), before);
    assert!(matches!(world.toolkit().plan_revert(tool), Err(ToolkitError::NothingToRevert { .. })));
}

#[test]
fn files_from_the_wild_come_back_byte_for_byte() {
    for (tool, file, before) in WILD {
        apply_and_revert(tool, file, before);
    }
}

#[test]
fn five_files_of_five_manners_come_back_byte_for_byte() {
    let world = World::new();
    for (file, text) in MANY {
        world.write(file, text);
    }
    world.apply("many");
    for (file, text) in MANY {
        let now = world.read(file).unwrap();
        assert_ne!(now, text, "{file}");
        let comments = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| line.contains(['#', '/']));
            lines.filter_map(|line| Some(line.split_once("say ")?.1.to_owned())).collect()
        };
        assert_eq!(comments(&now), comments(text), "{file}");
    }
    assert!(world.toolkit().plan("many", &ask("auto")).unwrap().is_empty());
    world.toolkit().revert("many").unwrap();
    for (file, text) in MANY {
        assert_eq!(world.read(file).unwrap(), text, "{file}");
    }
}

#[test]
fn key_by_key_the_same_bytes_come_back_around_what_the_user_added() {
    let added = [
        ("  // first", "main.json", "{\n", "{\n  // first\n"),
        ("// tail", "more.jsonc", "", "// tail\n"),
        ("# tail", "old.toml", "", "# tail\n"),
        ("later: 1", "config.yaml", "", "later: 1\n"),
        ("LATER=1", ".env", "", "LATER=1\n"),
    ];
    let world = World::new();
    for (file, text) in MANY {
        world.write(file, text);
    }
    world.apply("many");
    let add = |text: &str, name: &str| {
        let (_, _, at, with) = added.iter().find(|(_, file, ..)| *file == name).unwrap();
        if at.is_empty() { format!("{text}{with}") } else { text.replacen(at, with, 1) }
    };
    for (file, _) in MANY {
        let name = file.strip_prefix(".many/").unwrap();
        world.write(file, add(&world.read(file).unwrap(), name));
    }
    let plan = world.toolkit().revert("many").unwrap();
    assert_eq!(plan.purpose, Purpose::Revert);
    assert!(plan.left.is_empty(), "{:?}", plan.left);
    for (file, text) in MANY {
        let name = file.strip_prefix(".many/").unwrap();
        // A key that we took out comes back at the end; everything else is where it was.
        let sorted = |text: &str| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            if name == ".env" {
                lines.sort();
            }
            lines
        };
        assert_eq!(sorted(&world.read(file).unwrap()), sorted(&add(text, name)), "{file}");
    }
}

/// Sets a new key, sets it again, sets another value, takes it out; all else is checked by hand.
fn set_and_remove(format: Format, text: &str, path: &KeyPath) -> Result<(), TestCaseError> {
    let before = Document::parse(text.as_bytes(), format).unwrap();
    let mut document = before.clone();
    let said = |document: &Document| {
        let text = String::from_utf8(document.bytes()).unwrap();
        text.matches("say ").count()
    };
    document.set(path, &Value::text("v")).unwrap();
    prop_assert_eq!(document.get(path), Some(Value::text("v")));
    let once = document.bytes();
    document.set(path, &Value::text("v")).unwrap();
    prop_assert_eq!(&document.bytes(), &once);
    document.set(path, &Value::text("w w")).unwrap();
    prop_assert_eq!(said(&document), said(&before));
    prop_assert!(document.remove(path).unwrap());
    prop_assert_eq!(said(&document), said(&before));
    for (key, value) in before.value().as_table().unwrap() {
        let now = document.get(&KeyPath::root().key(key));
        prop_assert_eq!(now.as_ref(), Some(value));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 192, ..Default::default() })]

    #[test]
    fn any_json_keeps_all_but_the_key_that_is_set(text in json(false)) {
        set_and_remove(Format::Json, &text, &KeyPath::keys(["env", "NEW"]))?;
    }

    #[test]
    fn any_json_with_comments_keeps_them(text in json(true)) {
        set_and_remove(Format::Jsonc, &text, &KeyPath::keys(["env", "NEW"]))?;
        set_and_remove(Format::Json5, &text, &KeyPath::keys(["new", "sub", "NEW"]))?;
    }

    #[test]
    fn any_toml_keeps_all_but_the_key_that_is_set(text in toml()) {
        set_and_remove(Format::Toml, &text, &KeyPath::keys(["NEW"]))?;
        set_and_remove(Format::Toml, &text, &KeyPath::keys(["t1", "x", "NEW"]))?;
        set_and_remove(Format::Toml, &text, &KeyPath::keys(["new", "sub", "NEW"]))?;
    }

    #[test]
    fn any_yaml_keeps_all_but_the_key_that_is_set(text in yaml()) {
        set_and_remove(Format::Yaml, &text, &KeyPath::keys(["NEW"]))?;
        set_and_remove(Format::Yaml, &text, &KeyPath::keys(["new", "NEW"]))?;
    }

    #[test]
    fn any_env_file_keeps_all_but_the_variable_that_is_set(text in env()) {
        set_and_remove(Format::Dotenv, &text, &KeyPath::keys(["NEW"]))?;
    }

    #[test]
    fn any_bytes_are_read_or_refused_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for format in [Format::Json, Format::Jsonc, Format::Json5, Format::Toml, Format::Yaml, Format::Dotenv] {
            if let Ok(mut document) = Document::parse(&bytes, format) {
                prop_assert_eq!(&document.bytes(), &bytes);
                let refused = document.set(&KeyPath::keys(["env", "k"]), &Value::text("v")).is_err();
                if refused {
                    prop_assert_eq!(&document.bytes(), &bytes);
                }
            }
        }
    }

    #[test]
    fn any_text_that_looks_like_a_file_is_read_or_refused(text in "[{}\\[\\]:,\"'#/*a-c0-9=.\\-&!|> \n\t\\\\]{0,40}") {
        for format in [Format::Json, Format::Jsonc, Format::Json5, Format::Toml, Format::Yaml, Format::Dotenv] {
            if let Ok(mut document) = Document::parse(text.as_bytes(), format) {
                for path in [KeyPath::keys(["k"]), KeyPath::keys(["a"]), KeyPath::keys(["a", "b"])] {
                    let before = document.bytes();
                    if document.set(&path, &Value::text("v")).is_err() {
                        prop_assert_eq!(document.bytes(), before);
                    } else {
                        prop_assert_eq!(document.get(&path), Some(Value::text("v")));
                        let again = Document::parse(&document.bytes(), format).unwrap();
                        prop_assert_eq!(again.get(&path), Some(Value::text("v")));
                    }
                    let _ = document.remove(&path);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..Default::default() })]

    #[test]
    fn any_settings_come_back_byte_for_byte(text in json(false)) {
        apply_and_revert("claude-code", CLAUDE, text.as_bytes());
    }

    #[test]
    fn any_toml_configuration_comes_back_byte_for_byte(text in toml()) {
        apply_and_revert("codex", CODEX, text.as_bytes());
    }

    #[test]
    fn any_malformed_file_stays_untouched(text in json(false), cut in 1usize..40) {
        let cut = text.char_indices().rev().nth(cut).map_or(0, |(at, _)| at);
        let broken = format!("{}\u{1}", text.get(..cut).unwrap());
        let world = World::with(CLAUDE, &broken);
        let error = world.toolkit().plan("claude-code", &ask("auto")).unwrap_err();
        prop_assert!(matches!(error, ToolkitError::Broken { .. }), "{error}");
        prop_assert_eq!(world.read(CLAUDE).unwrap(), broken);
    }
}
