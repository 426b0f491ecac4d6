//! Whatever stands in a tool's files, of every tool: applying twice is applying once, reverting is going
//! back, and what cannot be changed safely is left alone.
use std::path::Path;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use switchyard_toolkit::edit::Format;

use crate::generate::{env, json, toml, yaml};
use crate::world::{World, address, ask, writers};

/// One text for each manner in which a file may be written.
#[derive(Clone, Debug)]
struct Texts {
    json: String,
    toml: String,
    yaml: String,
    env: String,
}

fn texts(comments: bool) -> impl Strategy<Value = Texts> {
    let all = (json(comments), toml(), yaml(), env());
    all.prop_map(|(json, toml, yaml, env)| Texts { json, toml, yaml, env })
}

impl Texts {
    fn of(&self, file: &str) -> &str {
        match Format::of_path(Path::new(file)) {
            Some(Format::Json | Format::Jsonc | Format::Json5) => &self.json,
            Some(Format::Toml) => &self.toml,
            Some(Format::Yaml) => &self.yaml,
            Some(Format::Dotenv) | None => &self.env,
        }
    }
}

/// The tool's files below the home folder.
fn files(tool: &str) -> Vec<String> {
    let world = World::new();
    let files = world.toolkit().status(tool, &address()).unwrap().files;
    let home = world.home("");
    let below = files.iter().map(|file| Path::new(file).strip_prefix(&home).unwrap());
    below.map(|file| file.to_str().unwrap().to_owned()).collect()
}

/// Whether the tool's files could be written at all.
fn comes_back(tool: &str, texts: &Texts) -> Result<bool, TestCaseError> {
    let world = World::new();
    for file in files(tool) {
        world.write(&file, texts.of(&file));
    }
    let before = world.files();
    let toolkit = world.toolkit();
    let Ok(plan) = toolkit.plan(tool, &ask("auto")) else {
        prop_assert_eq!(world.files(), before, "{} was refused and touched", tool);
        return Ok(false);
    };
    toolkit.apply(&plan).unwrap();
    let once = world.files();
    prop_assert!(toolkit.plan(tool, &ask("auto")).unwrap().is_empty(), "{}: {:?}", tool, before);
    prop_assert!(toolkit.verify(tool).unwrap().is_empty(), "{}: {:?}", tool, before);
    world.apply(tool, &ask("tiny"));
    world.apply(tool, &ask("auto"));
    prop_assert!(toolkit.verify(tool).unwrap().is_empty(), "{}: {:?}", tool, before);
    prop_assert!(once.keys().eq(world.files().keys()), "{}: no file beside", tool);
    let left = toolkit.revert(tool).unwrap().left;
    prop_assert!(left.is_empty(), "{}: {:?}", tool, left);
    prop_assert_eq!(world.files(), before, "{}", tool);
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 12, ..Default::default() })]

    #[test]
    fn whatever_stands_in_any_tools_files_comes_back_byte_for_byte(texts in texts(false)) {
        for tool in writers() {
            comes_back(tool, &texts)?;
        }
    }

    #[test]
    fn comments_come_back_too_where_the_tool_takes_them(texts in texts(true)) {
        for tool in writers() {
            comes_back(tool, &texts)?;
        }
    }

    #[test]
    fn a_malformed_file_of_any_tool_stays_untouched(texts in texts(false), cut in 1usize..20) {
        let broken = |text: &str| {
            let cut = text.char_indices().rev().nth(cut).map_or(0, |(at, _)| at);
            format!("{}\u{1}\"", text.get(..cut).unwrap())
        };
        let texts = Texts {
            json: broken(&texts.json),
            toml: broken(&texts.toml),
            yaml: format!("{}\n\"open: [\n", texts.yaml),
            env: format!("{}\nA=\"open\n", texts.env),
        };
        for tool in writers() {
            prop_assert!(!comes_back(tool, &texts)?, "{} was not refused", tool);
        }
    }
}

#[test]
fn most_generated_files_can_be_written() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut written = 0;
    for _ in 0..6 {
        let texts = texts(false).new_tree(&mut runner).unwrap().current();
        let tools = writers().into_iter();
        written += tools.filter(|tool| comes_back(tool, &texts).unwrap()).count();
    }
    assert!(written * 2 > 6 * writers().len(), "{written}");
}
