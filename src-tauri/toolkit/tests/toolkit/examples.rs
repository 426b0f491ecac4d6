//! The two tools that prove the contract, from end to end.

use crate::world::{CLAUDE, CODEX, World, address, ask, toolkit};
use switchyard_toolkit::file::RealDisk;
use switchyard_types::{ToolConflictKind, ToolState};

const SETTINGS: &str = "{\n    \"model\": \"opus\",\n    \"env\": {\n        \"DEBUG\": \"1\",\n        \"ANTHROPIC_API_KEY\": \"sk-ant-user-0123456789abcdef\",\n        \"NUMBER\": 5\n    },\n    \"permissions\": { \"allow\": [\"Bash(ls:*)\"] }\n}\n";

const CONFIG: &str = "# my codex\nmodel = \"gpt-5\" # the good one\napproval_policy = \"on-request\"\n\n[mcp_servers.docs]\ncommand = \"npx\"\nargs = [\"-y\", \"docs\"]\n\n[model_providers.azure]\nname = \"Azure\"\nbase_url = \"https://example.test/v1\"\n";

#[test]
fn claude_code_gets_its_variables_and_keeps_everything_else() {
    let world = World::with(CLAUDE, SETTINGS);
    world.apply("claude-code");
    let written = world.read(CLAUDE).unwrap();
    let expected = "{\n    \"model\": \"opus\",\n    \"env\": {\n        \"DEBUG\": \"1\",\n        \"NUMBER\": 5,\n        \"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:20128\",\n        \"ANTHROPIC_AUTH_TOKEN\": \"sy-canary-0123456789abcdefghij\",\n        \"ANTHROPIC_MODEL\": \"auto\",\n        \"ANTHROPIC_DEFAULT_FABLE_MODEL\": \"auto\",\n        \"ANTHROPIC_DEFAULT_OPUS_MODEL\": \"auto\",\n        \"ANTHROPIC_DEFAULT_SONNET_MODEL\": \"auto\",\n        \"ANTHROPIC_DEFAULT_HAIKU_MODEL\": \"auto\",\n        \"ANTHROPIC_SMALL_FAST_MODEL\": \"auto\",\n        \"CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY\": \"1\"\n    },\n    \"permissions\": { \"allow\": [\"Bash(ls:*)\"] }\n}\n";
    assert_eq!(written, expected);
    world.toolkit().revert("claude-code").unwrap();
    assert_eq!(world.read(CLAUDE).unwrap(), SETTINGS);
}

#[test]
fn codex_gets_a_provider_table_and_its_login_stays_untouched() {
    let world = World::with(CODEX, CONFIG);
    let login = "{\"tokens\": {\"access_token\": \"user\"}}";
    world.write(".codex/auth.json", login);
    world.apply("codex");
    let written = world.read(CODEX).unwrap();
    let expected = CONFIG.replace("model = \"gpt-5\" #", "model = \"auto\" #").replace(
        "approval_policy = \"on-request\"\n",
        "approval_policy = \"on-request\"\nmodel_provider = \"switchyard\"\n",
    ) + "\n[model_providers.switchyard]\nname = \"Switchyard\"\nbase_url = \"http://127.0.0.1:20128/v1\"\nwire_api = \"responses\"\nexperimental_bearer_token = \"sy-canary-0123456789abcdefghij\"\n";
    assert_eq!(written, expected);
    assert_eq!(world.read(".codex/auth.json").unwrap(), login);
    world.toolkit().revert("codex").unwrap();
    assert_eq!(world.read(CODEX).unwrap(), CONFIG);
    assert_eq!(world.read(".codex/auth.json").unwrap(), login);
}

#[test]
fn a_file_that_we_made_is_private_and_goes_with_its_folder() {
    let world = World::new();
    for (tool, file) in [("claude-code", CLAUDE), ("codex", CODEX)] {
        world.apply(tool);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            assert_eq!(std::fs::metadata(world.home(file)).unwrap().mode() & 0o777, 0o600);
        }
        world.toolkit().revert(tool).unwrap();
        assert_eq!(world.read(file), None);
        assert!(!world.home(file).parent().unwrap().exists());
    }
}

#[test]
fn a_tool_is_told_apart_in_all_six_states() {
    let world = World::new();
    let state = || world.toolkit().status("claude-code", &address()).unwrap().state;
    assert_eq!(state(), ToolState::NotInstalled);
    world.write(CLAUDE, "{}");
    assert_eq!(state(), ToolState::Untouched);
    world.write(CLAUDE, "{\"env\": {\"ANTHROPIC_BASE_URL\": \"https://other.test\"}}");
    assert_eq!(state(), ToolState::ForeignGateway);
    world.apply("claude-code");
    assert_eq!(state(), ToolState::Ours);
    let written = world.read(CLAUDE).unwrap();
    world.write(
        CLAUDE,
        written.replace("\"ANTHROPIC_MODEL\": \"auto\"", "\"ANTHROPIC_MODEL\": \"x\""),
    );
    assert_eq!(state(), ToolState::Drifted { changed: vec!["env.ANTHROPIC_MODEL".into()] });
    world.write(CLAUDE, "{\n  \"env\": {\n    oops\n");
    let ToolState::BrokenFile { message, .. } = state() else { panic!("{:?}", state()) };
    assert!(message.starts_with("line 3, column 5"), "{message}");
}

#[test]
fn slots_go_to_their_models_and_an_unknown_slot_is_refused() {
    let world = World::new();
    let toolkit = world.toolkit();
    let mut asked = ask("auto");
    asked.slots.insert("haiku".into(), "tiny".into());
    toolkit.apply(&toolkit.plan("claude-code", &asked).unwrap()).unwrap();
    let written = world.read(CLAUDE).unwrap();
    assert!(written.contains("\"ANTHROPIC_DEFAULT_HAIKU_MODEL\": \"tiny\""), "{written}");
    assert!(written.contains("\"ANTHROPIC_DEFAULT_OPUS_MODEL\": \"auto\""), "{written}");
    asked.slots.insert("giant".into(), "x".into());
    assert!(toolkit.plan("claude-code", &asked).is_err());
}

#[test]
fn variables_that_win_are_found_in_the_environment_and_in_shell_files() {
    let world = World::with(CLAUDE, "{}");
    world.write(".zshrc", "# export ANTHROPIC_API_KEY=old\nexport ANTHROPIC_API_KEY='sk'\n");
    world.write("work/.claude/settings.local.json", "{\"env\": {\"ANTHROPIC_BASE_URL\": \"x\"}}");
    let mut places = world.places();
    places.env.insert("ANTHROPIC_API_KEY".into(), "sk".into());
    places.projects.push(world.home("work"));
    let toolkit = toolkit(places, Box::new(RealDisk));
    let plan = toolkit.plan("claude-code", &ask("auto")).unwrap();
    let kinds: Vec<_> = plan.conflicts.iter().map(|conflict| conflict.kind).collect();
    assert_eq!(
        kinds,
        [ToolConflictKind::Variable, ToolConflictKind::ShellFile, ToolConflictKind::ProjectFile]
    );
}

#[test]
fn variables_that_move_the_folder_are_followed() {
    let world = World::new();
    let mut places = world.places();
    places.env.insert("CLAUDE_CONFIG_DIR".into(), world.home("elsewhere").display().to_string());
    places.env.insert("CODEX_HOME".into(), "~/codex-home".into());
    let toolkit = toolkit(places, Box::new(RealDisk));
    for tool in ["claude-code", "codex"] {
        toolkit.apply(&toolkit.plan(tool, &ask("auto")).unwrap()).unwrap();
    }
    assert!(world.read("elsewhere/settings.json").is_some());
    assert!(world.read("codex-home/config.toml").is_some());
    assert!(world.read(CLAUDE).is_none() && world.read(CODEX).is_none());
}
