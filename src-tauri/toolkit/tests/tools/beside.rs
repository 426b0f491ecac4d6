//! What keeps a tool from coming here although its own files say so.
use switchyard_types::ToolConflictKind::{self, ProjectFile, Setting, ShellFile, Variable};

use crate::world::{World, ask};

fn told(world: &World, tool: &str) -> Vec<(ToolConflictKind, String)> {
    let plan = world.toolkit().plan(tool, &ask("auto")).unwrap();
    plan.conflicts.into_iter().map(|found| (found.kind, found.message)).collect()
}

#[test]
fn nothing_is_told_where_nothing_is_in_the_way() {
    for tool in crate::world::writers() {
        assert_eq!(told(&World::of(tool), tool), [], "{tool}");
    }
}

#[test]
fn variables_that_win_over_a_tools_files_are_told() {
    for (tool, variable) in [
        ("gemini-cli", "GEMINI_API_KEY"),
        ("gemini-cli", "GOOGLE_GEMINI_BASE_URL"),
        ("gemini-cli", "GEMINI_MODEL"),
        ("opencode", "OPENCODE_CONFIG_CONTENT"),
        ("kilo", "KILO_CONFIG"),
        ("qwen-code", "SWITCHYARD_API_KEY"),
        ("openclaw", "OPENCLAW_PROFILE"),
        ("aider", "AIDER_MODEL"),
    ] {
        let found = told(&World::of(tool).variable(variable, "x"), tool);
        assert_eq!(found.len(), 1, "{variable}: {found:?}");
        assert!(found[0].0 == Variable && found[0].1.contains(variable), "{found:?}");
        let world = World::of(tool);
        world.write(".bashrc", format!("export {variable}=x\n"));
        let found = told(&world, tool);
        assert!(matches!(found.as_slice(), [(ShellFile, _)]), "{variable}: {found:?}");
    }
}

#[test]
fn files_of_a_project_that_win_are_told() {
    for (tool, file, content, named) in [
        ("gemini-cli", ".gemini/settings.json", "{\"model\": {\"name\": \"x\"}}", "model.name"),
        ("opencode", "opencode.json", "{\"model\": \"a/b\"}", "model"),
        ("opencode", ".opencode/opencode.jsonc", "{\"enabled_providers\": []}", "enabled"),
        ("kilo", "kilo.jsonc", "{\"model\": \"a/b\"}", "model"),
        ("qwen-code", ".qwen/settings.json", "{\"model\": {\"name\": \"x\"}}", "model.name"),
        ("qwen-code", ".env", "SWITCHYARD_API_KEY=x", "SWITCHYARD_API_KEY"),
        ("droid", ".factory/settings.json", "{\"model\": \"x\"}", "model"),
        ("pi", ".pi/settings.json", "{\"defaultModel\": \"x\"}", "defaultModel"),
        ("aider", ".aider.conf.yml", "model: x\n", "model"),
        ("aider", ".env", "AIDER_MODEL=x", "AIDER_MODEL"),
    ] {
        let world = World::of(tool);
        world.write(&format!("work/{file}"), content);
        let found = told(&world, tool);
        assert_eq!(found.len(), 1, "{tool} {file}: {found:?}");
        assert!(found[0].0 == ProjectFile && found[0].1.contains(named), "{found:?}");
    }
}

#[test]
fn in_the_home_folder_itself_a_tools_own_files_are_not_told() {
    for tool in crate::world::writers() {
        let world = World::of(tool).worked_in_at_home();
        world.apply(tool, &ask("auto"));
        assert_eq!(told(&world, tool), [], "{tool}");
    }
}

#[test]
fn a_nearer_env_file_hides_the_one_of_gemini_cli_whatever_it_holds() {
    let world = World::of("gemini-cli");
    world.write("work/.env", "PORT=3000\n");
    let found = told(&world, "gemini-cli");
    assert!(matches!(found.as_slice(), [(ProjectFile, _)]), "{found:?}");
    assert!(found[0].1.contains("nearest"), "{found:?}");
    let world = World::of("gemini-cli");
    world.write(".env", "PORT=3000\n");
    assert_eq!(told(&world, "gemini-cli"), [], "the home folder's .env comes after it");
}

#[test]
fn settings_of_the_same_tool_that_lead_elsewhere_are_told() {
    for (tool, file, content, named) in [
        (
            "gemini-cli",
            ".gemini/settings.json",
            "{\"security\": {\"auth\": {\"enforcedType\": \"oauth-personal\"}}}",
            "enforcedType",
        ),
        (
            "opencode",
            ".config/opencode/opencode.json",
            "{\"disabled_providers\": [\"switchyard\"]}",
            "disabled_providers",
        ),
        (
            "opencode",
            ".config/opencode/opencode.json",
            "{\"agent\": {\"plan\": {\"model\": \"a/b\"}}}",
            "agent.plan.model",
        ),
        ("kilo", ".config/kilo/opencode.json", "{\"model\": \"a/b\"}", "model"),
        ("kilo", ".kilo/kilo.json", "{\"model\": \"a/b\"}", "model"),
        (
            "openclaw",
            ".openclaw/openclaw.json",
            "{agents: {entries: {main: {model: {primary: 'a/b'}}}}}",
            "agents.entries.main.model",
        ),
        ("openclaw", ".openclaw/openclaw.json", "{agents: {$include: './a.json5'}}", "$include"),
        ("droid", ".factory/settings.local.json", "{\"model\": \"x\"}", "settings.local.json"),
        ("continue", ".continue/config.json", "{\"models\": []}", "config.json"),
        ("hermes", ".hermes/active_profile", "work\n", "profile work"),
    ] {
        let found = told(&World::with(&[(file, content)]), tool);
        assert_eq!(found.len(), 1, "{tool}: {found:?}");
        assert!(found[0].0 == Setting && found[0].1.contains(named), "{tool}: {found:?}");
    }
}
