//! The tools that are set up by hand.
use switchyard_toolkit::ToolkitError;
use switchyard_types::ToolState;

use crate::world::{KEY, World, address, ask};

const GUIDES: [&str; 8] =
    ["cline", "vscode-copilot", "zed", "roo-code", "jetbrains", "cursor", "amp", "generic"];

#[test]
fn a_guide_is_filled_for_the_user_but_for_the_key() {
    for tool in GUIDES {
        let guide = World::new().toolkit().guide(tool, &ask("my-combo")).unwrap().unwrap();
        let keyless = guide.text.replace("{{key}}", "");
        assert!(!keyless.contains("{{") && !keyless.contains("}}"), "{tool}: {keyless}");
        assert!(!guide.text.contains(KEY) && !guide.text.contains("localhost:"), "{tool}");
        if tool != "amp" {
            assert!(guide.text.contains("my-combo") && guide.text.contains("{{key}}"), "{tool}");
            assert!(guide.text.contains("http://127.0.0.1:20128"), "{tool}");
        }
    }
}

#[test]
fn the_snippets_of_a_guide_are_json() {
    let guide = World::new().toolkit().guide("zed", &ask("a")).unwrap().unwrap();
    let snippet = guide.text.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let parsed: serde_json::Value = serde_json::from_str(snippet).unwrap();
    let provider = &parsed["language_models"]["openai_compatible"]["Switchyard"];
    assert_eq!(provider["api_url"], "http://127.0.0.1:20128/v1");
}

#[test]
fn what_cannot_work_is_said_first() {
    for (tool, word) in [("cursor", "its own servers"), ("amp", "cannot be pointed")] {
        let guide = World::new().toolkit().guide(tool, &ask("a")).unwrap().unwrap();
        assert!(guide.caution.unwrap().contains(word), "{tool}");
    }
}

#[test]
fn a_tool_with_a_guide_is_found_and_never_written() {
    for (tool, folder) in [
        ("cline", ".cline/data/settings/providers.json"),
        ("vscode-copilot", ".config/Code/User/settings.json"),
        ("zed", ".config/zed/settings.json"),
        ("jetbrains", ".config/JetBrains/IntelliJIdea/options"),
        ("cursor", ".cursor/mcp.json"),
        ("amp", ".config/amp/settings.json"),
    ] {
        let world = World::new();
        let state = |world: &World| world.toolkit().status(tool, &address()).unwrap().state;
        assert_eq!(state(&world), ToolState::NotInstalled, "{tool}");
        world.write(folder, "{}");
        assert_eq!(state(&world), ToolState::Untouched, "{tool}");
        let refused = world.toolkit().plan(tool, &ask("a")).unwrap_err();
        assert!(matches!(refused, ToolkitError::ByHand { .. }), "{tool}");
    }
}
