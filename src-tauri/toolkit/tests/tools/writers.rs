//! What holds for every tool that we write for. Its files before and after stand in `tests/data/tools`.
use switchyard_toolkit::ToolkitError;
use switchyard_types::ToolState;

use crate::world::{KEY, World, address, ask, samples, writers};

#[test]
fn each_tool_gets_its_keys_and_keeps_everything_else() {
    for tool in writers() {
        let world = World::of(tool);
        world.apply(tool, &ask("auto"));
        assert_eq!(world.files(), samples(tool, "after"), "{tool}");
        assert!(world.toolkit().verify(tool).unwrap().is_empty(), "{tool}");
    }
}

#[test]
fn applying_twice_is_applying_once_and_a_revert_brings_every_byte_back() {
    for tool in writers() {
        let world = World::of(tool);
        let before = world.files();
        world.apply(tool, &ask("auto"));
        assert!(world.toolkit().plan(tool, &ask("auto")).unwrap().is_empty(), "{tool}");
        world.apply(tool, &ask("other"));
        world.apply(tool, &ask("auto"));
        assert_eq!(world.files(), samples(tool, "after"), "{tool}");
        world.revert(tool);
        assert_eq!(world.files(), before, "{tool}");
    }
}

#[test]
fn key_by_key_as_well_a_revert_leaves_only_what_came_since() {
    for tool in writers() {
        let world = World::of(tool);
        world.apply(tool, &ask("auto"));
        let file = samples(tool, "before").into_keys().next().unwrap();
        let comment = match file.rsplit('.').next().unwrap() {
            "json" | "jsonc" => "\n",
            _ => "# since\n",
        };
        world.write(&file, comment.to_owned() + &world.read(&file));
        world.revert(tool);
        let mut expected = samples(tool, "before");
        expected.get_mut(&file).unwrap().insert_str(0, comment);
        assert_eq!(world.files(), expected, "{tool}");
    }
}

#[test]
fn without_files_of_its_own_each_tool_gets_private_ones_that_go_again() {
    for tool in writers() {
        let world = World::new();
        world.apply(tool, &ask("auto"));
        let files = world.files();
        assert!(files.values().any(|text| text.contains(KEY)), "{tool}");
        #[cfg(unix)]
        for (file, _) in files.iter().filter(|(_, text)| text.contains(KEY)) {
            use std::os::unix::fs::MetadataExt as _;
            let mode = std::fs::metadata(world.home(file)).unwrap().mode();
            assert_eq!(mode & 0o777, 0o600, "{tool}: {file}");
        }
        world.revert(tool);
        assert!(world.files().is_empty(), "{tool}");
        assert_eq!(std::fs::read_dir(world.home("")).unwrap().count(), 0, "{tool}");
    }
}

#[test]
fn no_key_shows_in_a_plan_or_its_diff() {
    for tool in writers() {
        let world = World::of(tool);
        let plan = world.toolkit().plan(tool, &ask("auto")).unwrap();
        let shown = format!("{plan:?} {:?}", plan.view());
        for secret in [KEY, "sk-user-0123456789abcdef"] {
            assert!(!shown.contains(secret), "{tool}: {shown}");
        }
        assert!(shown.contains("••••"), "{tool}");
    }
}

#[test]
fn each_tool_is_told_apart_before_while_and_after_it_is_ours() {
    for tool in writers() {
        let absent = World::new();
        let state = |world: &World| world.toolkit().status(tool, &address()).unwrap().state;
        assert_eq!(state(&absent), ToolState::NotInstalled, "{tool}");
        let world = World::of(tool);
        let before = state(&world);
        assert!(matches!(before, ToolState::Untouched | ToolState::ForeignGateway), "{tool}");
        world.apply(tool, &ask("auto"));
        assert_eq!(state(&world), ToolState::Ours, "{tool}");
        world.revert(tool);
        assert_eq!(state(&world), before, "{tool}");
    }
}

#[test]
fn whom_a_tool_was_pointed_at_before_is_told() {
    for (tool, foreign) in [
        ("claude-code", Some("https://gateway.example")),
        ("codex", Some("https://azure.example/v1")),
        ("qwen-code", Some("https://dashscope.example/v1")),
        ("pi", Some("http://localhost:11434/v1")),
        ("hermes", Some("https://openrouter.example/v1")),
        ("opencode", None),
        ("openclaw", None),
        ("droid", None),
        ("grok", None),
        ("aider", None),
    ] {
        let status = World::of(tool).toolkit().status(tool, &address()).unwrap();
        assert_eq!(status.address.as_deref(), foreign, "{tool}");
    }
}

#[test]
fn a_file_that_does_not_parse_is_refused_with_its_place_and_stays() {
    for tool in writers() {
        let world = World::of(tool);
        for file in samples(tool, "before").into_keys() {
            let world = World::of(tool);
            let broken = match file.rsplit('.').next().unwrap() {
                "env" => "A=\"open\n",
                "yaml" | "yml" => "a: [1\nb: 2\n",
                _ => "{ \"a\": [1 }",
            };
            world.write(&file, broken);
            let before = world.files();
            let error = world.toolkit().plan(tool, &ask("auto")).unwrap_err();
            assert!(matches!(error, ToolkitError::Broken { .. }), "{tool}: {error}");
            assert!(error.to_string().contains("line "), "{tool}: {error}");
            assert_eq!(world.files(), before, "{tool}");
        }
        assert!(world.toolkit().plan_revert(tool).is_err());
    }
}
