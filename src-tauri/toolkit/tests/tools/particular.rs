//! What one tool has and the others have not.
use crate::world::{World, ask};

const OPENCODE: &str = ".config/opencode/opencode.json";
const OPENCLAW: &str = ".openclaw/openclaw.json";

#[test]
fn opencode_is_written_where_it_reads_last() {
    let world = World::of("opencode");
    world.write(".config/opencode/opencode.jsonc", "{ /* last */ }\n");
    let before = world.read(OPENCODE);
    world.apply("opencode", &ask("auto"));
    assert_eq!(world.read(OPENCODE), before);
    assert!(world.read(".config/opencode/opencode.jsonc").contains("switchyard/auto"));
    world.revert("opencode");
    assert_eq!(world.read(".config/opencode/opencode.jsonc"), "{ /* last */ }\n");
}

#[test]
fn a_slot_that_is_chosen_no_more_goes_back_to_what_it_was() {
    let before = "{ \"small_model\": \"anthropic/haiku\" }\n";
    let world = World::with(&[(OPENCODE, before)]);
    let mut small = ask("auto");
    small.slots.insert("small".into(), "tiny".into());
    world.apply("opencode", &small);
    assert!(world.read(OPENCODE).contains("\"small_model\": \"switchyard/tiny\""));
    world.apply("opencode", &ask("auto"));
    assert!(world.read(OPENCODE).contains("\"small_model\": \"anthropic/haiku\""));
    world.revert("opencode");
    assert_eq!(world.read(OPENCODE), before);
}

#[test]
fn a_list_of_providers_that_is_not_there_or_empty_is_not_made() {
    for before in ["{}\n", "{ \"enabled_providers\": [] }\n"] {
        let world = World::with(&[(OPENCODE, before)]);
        world.apply("opencode", &ask("auto"));
        assert!(!world.read(OPENCODE).contains("\"switchyard\"]"));
    }
}

#[test]
fn a_provider_that_the_user_allowed_before_us_stays_allowed_after_us() {
    let before = "{ \"enabled_providers\": [\"switchyard\", \"ollama\"] }\n";
    let world = World::with(&[(OPENCODE, before)]);
    world.apply("opencode", &ask("auto"));
    world.revert("opencode");
    assert_eq!(world.read(OPENCODE), before);
}

#[test]
fn openclaws_model_stays_a_text_where_it_is_one() {
    let before = "{ agents: { defaults: { model: 'anthropic/opus' } } }\n";
    let world = World::with(&[(OPENCLAW, before)]);
    world.apply("openclaw", &ask("auto"));
    let written = world.read(OPENCLAW);
    assert!(written.contains("model: 'switchyard/auto'"), "{written}");
    world.apply("openclaw", &ask("tiny"));
    world.revert("openclaw");
    assert_eq!(world.read(OPENCLAW), before);
}

#[test]
fn openclaws_fallbacks_and_the_users_word_on_a_model_stay() {
    let world = World::of("openclaw");
    world.apply("openclaw", &ask("auto"));
    let written = world.read(OPENCLAW);
    assert!(written.contains("fallbacks: ['openai/gpt', 'google/pro']"), "{written}");
    let aliased = written.replace("\"switchyard/auto\": {}", "\"switchyard/auto\": { alias: 'A' }");
    assert_ne!(aliased, written);
    world.write(OPENCLAW, aliased);
    world.apply("openclaw", &ask("auto"));
    assert!(world.read(OPENCLAW).contains("\"switchyard/auto\": { alias: 'A' }"));
}

#[test]
fn a_model_of_the_same_id_at_another_vendor_is_given_back_to_qwen_code() {
    let file = ".qwen/settings.json";
    let before = "{\n  \"modelProviders\": { \"openai\": [{ \"id\": \"auto\", \"baseUrl\": \"https://a.test\" }, { \"id\": \"b\" }] }\n}\n";
    let world = World::with(&[(file, before)]);
    world.apply("qwen-code", &ask("auto"));
    assert_eq!(world.read(file).matches("\"auto\"").count(), 2, "{}", world.read(file));
    assert!(world.read(file).contains("{ \"id\": \"b\" }"));
    world.revert("qwen-code");
    assert_eq!(world.read(file), before);
}

#[test]
fn aiders_editor_model_is_written_only_where_there_is_one() {
    let world = World::with(&[(".aider.conf.yml", "dark-mode: true\n")]);
    world.apply("aider", &ask("auto"));
    assert!(!world.read(".aider.conf.yml").contains("editor-model"));
    let mut editor = ask("auto");
    editor.slots.insert("editor".into(), "tiny".into());
    world.apply("aider", &editor);
    assert!(world.read(".aider.conf.yml").contains("editor-model: openai/tiny"));
    world.revert("aider");
    assert_eq!(world.read(".aider.conf.yml"), "dark-mode: true\n");
}

#[test]
fn logins_beside_a_tools_files_are_not_touched() {
    for (tool, login) in [
        ("gemini-cli", ".gemini/oauth_creds.json"),
        ("pi", ".pi/agent/auth.json"),
        ("hermes", ".hermes/auth.json"),
        ("hermes", ".hermes/.env"),
        ("grok", ".grok/auth.json"),
        ("qwen-code", ".qwen/oauth_creds.json"),
    ] {
        let world = World::of(tool);
        world.write(login, "{\"access\": \"user\"}");
        world.apply(tool, &ask("auto"));
        assert_eq!(world.read(login), "{\"access\": \"user\"}", "{login}");
    }
}

#[test]
fn a_folder_of_another_program_does_not_make_gemini_cli_or_grok_installed() {
    use switchyard_types::ToolState;
    for (tool, other) in
        [("gemini-cli", ".gemini/antigravity-cli/a"), ("grok", ".grok/user-settings.json")]
    {
        let world = World::with(&[(other, "x")]);
        let status = world.toolkit().status(tool, &crate::world::address()).unwrap();
        assert_eq!(status.state, ToolState::NotInstalled, "{tool}");
    }
}
