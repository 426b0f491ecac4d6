//! The ways in which other programs lose users' data, each a test: ours does not.
use switchyard_toolkit::file::RealDisk;
use switchyard_toolkit::{Ask, ToolkitError};
use switchyard_types::{Secret, ToolConflictKind, ToolState};

use crate::world::{CLAUDE, CODEX, KEY, World, address, ask, files_below, toolkit};

#[test]
fn way_1_a_file_that_does_not_parse_is_never_taken_for_empty() {
    for (tool, file, text) in [
        ("claude-code", CLAUDE, "{\n  \"env\": {\n    \"A\": \"1\",\n  }\n}\n"),
        ("codex", CODEX, "model = \"x\"\n[broken\n"),
        ("many", ".many/main.json", "{a: }"),
        ("many", ".many/config.yaml", "a: [1\nb: 2\n"),
        ("many", ".many/.env", "A=\"open\n"),
    ] {
        let world = World::with(file, text);
        let error = world.toolkit().plan(tool, &ask("auto")).unwrap_err();
        assert!(matches!(error, ToolkitError::Broken { .. }), "{error}");
        assert!(error.to_string().contains("line "), "{error}");
        assert_eq!(world.read(file).unwrap(), text);
        let state = world.toolkit().status(tool, &address()).unwrap().state;
        assert!(matches!(state, ToolState::BrokenFile { .. }), "{state:?}");
    }
}

#[test]
fn way_1_a_broken_file_among_several_leaves_all_of_them() {
    let world = World::with(".many/main.json", "{ok: 1}");
    world.write(".many/.env", "A=\"open\n");
    assert!(world.toolkit().plan("many", &ask("auto")).is_err());
    assert_eq!(files_below(&world.home("")).len(), 2);
    assert_eq!(world.read(".many/main.json").unwrap(), "{ok: 1}");
}

#[test]
fn way_2_json5_and_comments_are_read_in_their_own_manner() {
    let text = "// top\n{\n  agents: { model: { primary: 'a', fallbacks: ['b'] } }, /* x */\n}\n";
    let world = World::with(".many/main.json", text);
    world.apply("many");
    let now = world.read(".many/main.json").unwrap();
    assert!(
        now.starts_with("// top\n{\n  agents: { model: { primary: 'auto', fallbacks: ['b'] } },")
    );
    world.toolkit().revert("many").unwrap();
    assert_eq!(world.read(".many/main.json").unwrap(), text);
}

#[test]
fn way_3_what_was_added_since_survives_the_next_apply_and_the_revert() {
    let world = World::with(CLAUDE, "{\n  \"model\": \"opus\"\n}\n");
    world.apply("claude-code");
    let now = world.read(CLAUDE).unwrap();
    world.write(CLAUDE, now.replace("\"opus\"", "\"opus\",\n  \"hooks\": {}"));
    world.apply_model("claude-code", "other");
    assert!(world.read(CLAUDE).unwrap().contains("\"hooks\": {}"));
    world.toolkit().revert("claude-code").unwrap();
    assert_eq!(world.read(CLAUDE).unwrap(), "{\n  \"model\": \"opus\",\n  \"hooks\": {}\n}\n");
}

#[test]
fn way_4_variables_that_are_no_texts_survive() {
    let text = "{\"env\": {\"A\": 1, \"B\": null, \"C\": [true], \"D\": {\"E\": 1.0}}}";
    let world = World::with(CLAUDE, text);
    world.apply("claude-code");
    let kept = "{\"env\": {\"A\": 1, \"B\": null, \"C\": [true], \"D\": {\"E\": 1.0}, \"ANTHROPIC";
    assert!(world.read(CLAUDE).unwrap().starts_with(kept));
}

#[test]
fn way_5_a_list_gets_our_entry_and_keeps_the_others() {
    let text = include_str!("../data/many/more.jsonc");
    let world = World::with(".many/more.jsonc", text);
    world.apply("many");
    world.apply_model("many", "again");
    let now = world.read(".many/more.jsonc").unwrap();
    assert!(now.contains("\"id\": \"mine\"") && now.contains("// say own"), "{now}");
    assert_eq!(now.matches("\"id\": \"switchyard\"").count(), 1, "{now}");
}

#[test]
fn way_6_toml_and_yaml_keep_their_comments_and_order() {
    for (file, text) in [
        (".many/old.toml", include_str!("../data/many/old.toml")),
        (".many/config.yaml", include_str!("../data/many/config.yaml")),
    ] {
        let world = World::with(file, text);
        world.apply("many");
        let now = world.read(file).unwrap();
        let mut lines = now.lines();
        for line in text.lines().filter(|line| !line.contains("default:")) {
            assert!(lines.any(|now| now == line), "{file}: {line} in {now}");
        }
    }
}

#[test]
fn way_7_an_env_file_keeps_every_other_line() {
    let text = include_str!("../data/many/env");
    let world = World::with(".many/.env", text);
    world.apply("many");
    let now = world.read(".many/.env").unwrap();
    assert_eq!(
        now,
        format!(
            "# say top\nBASE_URL=http://127.0.0.1:20128 # say base\nEMPTY=\nMANY_API_KEY={KEY}\n"
        )
    );
}

#[test]
fn way_8_login_stores_are_not_touched() {
    let world = World::with(CODEX, include_str!("../data/codex/full.toml"));
    world.write(".codex/auth.json", "{ not even json");
    world.write(".claude/.credentials.json", "{\"claudeAiOauth\": {}}");
    world.write(".claude.json", "{\"oauthAccount\": {}}");
    for tool in ["codex", "claude-code"] {
        world.apply(tool);
        world.toolkit().revert(tool).unwrap();
    }
    assert_eq!(world.read(".codex/auth.json").unwrap(), "{ not even json");
    assert_eq!(world.read(".claude/.credentials.json").unwrap(), "{\"claudeAiOauth\": {}}");
    assert_eq!(world.read(".claude.json").unwrap(), "{\"oauthAccount\": {}}");
}

#[test]
fn way_9_a_copy_is_taken_before_each_write_and_any_can_be_restored() {
    let world = World::with(CLAUDE, "{\"a\": 1}");
    world.apply("claude-code");
    let edited = world.read(CLAUDE).unwrap().replace("\"a\": 1", "\"a\": 2");
    world.write(CLAUDE, &edited);
    world.apply_model("claude-code", "other");
    let toolkit = world.toolkit();
    let copies = toolkit.backups().unwrap();
    assert_eq!(copies.len(), 2);
    let before_restore = world.read(CLAUDE).unwrap();
    toolkit.restore(&copies[0].id).unwrap();
    assert_eq!(world.read(CLAUDE).unwrap(), edited);
    let newest = toolkit.backups().unwrap()[0].clone();
    toolkit.restore(&newest.id).unwrap();
    assert_eq!(world.read(CLAUDE).unwrap(), before_restore, "a restore is itself undone");
    toolkit.restore(&copies[1].id).unwrap();
    assert_eq!(world.read(CLAUDE).unwrap(), "{\"a\": 1}");
}

#[test]
fn way_10_the_original_outlives_any_number_of_copies_of_our_own_work() {
    let world = World::with(CLAUDE, "{\"a\": 1}");
    for round in 0..40 {
        world.apply_model("claude-code", &format!("model-{round}"));
    }
    let copies = world.toolkit().backups().unwrap();
    assert!(copies.len() < 25, "{} copies: capped", copies.len());
    let originals: Vec<_> = copies.iter().filter(|copy| !copy.ours).collect();
    assert_eq!(originals.len(), 1);
    world.toolkit().revert("claude-code").unwrap();
    assert_eq!(world.read(CLAUDE).unwrap(), "{\"a\": 1}");
}

#[test]
fn way_11_a_new_process_knows_what_a_dead_one_wrote() {
    let world = World::with(CLAUDE, "{}");
    world.apply("claude-code");
    let status = world.toolkit().status("claude-code", &address()).unwrap();
    assert_eq!(status.state, ToolState::Ours);
    assert_eq!(status.address.as_deref(), Some("http://127.0.0.1:20128"));
    assert!(status.applied_at.is_some(), "there is something to revert");
    world.toolkit().revert("claude-code").unwrap();
    assert_eq!(world.read(CLAUDE).unwrap(), "{}");
}

#[cfg(unix)]
#[test]
fn way_12_a_link_stays_a_link_and_its_file_keeps_its_mode() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let world = World::with("dotfiles/claude.json", "{}");
    world.write(".claude/keep", "");
    symlink("../dotfiles/claude.json", world.home(CLAUDE)).unwrap();
    let target = world.home("dotfiles/claude.json");
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).unwrap();
    world.apply("claude-code");
    assert!(world.home(CLAUDE).is_symlink());
    assert!(world.read("dotfiles/claude.json").unwrap().contains("ANTHROPIC_BASE_URL"));
    let mode = || std::fs::metadata(&target).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o640);
    world.toolkit().revert("claude-code").unwrap();
    assert!(world.home(CLAUDE).is_symlink());
    assert_eq!((world.read("dotfiles/claude.json").unwrap().as_str(), mode()), ("{}", 0o640));
}

#[cfg(unix)]
#[test]
fn way_12_what_a_replacement_would_part_or_override_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::with(CLAUDE, "{}");
    std::fs::hard_link(world.home(CLAUDE), world.home("other-name")).unwrap();
    let try_it = || {
        let toolkit = world.toolkit();
        toolkit.apply(&toolkit.plan("claude-code", &ask("auto")).unwrap()).unwrap_err().to_string()
    };
    assert!(try_it().contains("other names"));
    std::fs::remove_file(world.home("other-name")).unwrap();
    let read_only = std::fs::Permissions::from_mode(0o444);
    std::fs::set_permissions(world.home(CLAUDE), read_only).unwrap();
    assert!(try_it().contains("write-protected"));
    assert_eq!(world.read(CLAUDE).unwrap(), "{}");
}

#[test]
fn way_13_an_unrelated_folder_does_not_draw_the_files_to_itself() {
    let world = World::with(".chatgpt/config.toml", "model = \"x\"\n");
    world.write(".config/codex/config.toml", "model = \"y\"\n");
    world.apply("codex");
    assert_eq!(world.read(".chatgpt/config.toml").unwrap(), "model = \"x\"\n");
    assert_eq!(world.read(".config/codex/config.toml").unwrap(), "model = \"y\"\n");
    assert!(world.read(CODEX).is_some());
}

#[test]
fn way_15_a_variable_that_wins_over_the_file_is_told() {
    let world = World::with(CLAUDE, "{}");
    let mut places = world.places();
    places.env.insert("ANTHROPIC_API_KEY".into(), "sk-shell-secret-0123456789".into());
    let toolkit = toolkit(places, Box::new(RealDisk));
    let status = toolkit.status("claude-code", &address()).unwrap();
    assert_eq!(status.conflicts[0].kind, ToolConflictKind::Variable);
    assert_eq!(status.conflicts[0].place, "ANTHROPIC_API_KEY");
    assert!(!format!("{status:?}{toolkit:?}").contains("sk-shell"));
}

#[test]
fn way_17_what_the_user_set_the_same_way_is_not_taken_for_ours() {
    let world = World::with(CODEX, "model = \"auto\"\nmodel_provider = \"azure\"\n");
    world.apply("codex");
    world.write(CODEX, format!("# touched\n{}", world.read(CODEX).unwrap()));
    world.toolkit().revert("codex").unwrap();
    let expected = "# touched\nmodel = \"auto\"\nmodel_provider = \"azure\"\n";
    assert_eq!(world.read(CODEX).unwrap(), expected);
}

#[test]
fn way_17_what_the_user_changed_after_us_stays_and_is_told() {
    let world = World::with(CODEX, "model_provider = \"azure\"\n");
    world.apply("codex");
    let now = world.read(CODEX).unwrap().replace("model = \"auto\"", "model = \"mine\"");
    world.write(CODEX, now);
    let state = world.toolkit().status("codex", &address()).unwrap().state;
    assert_eq!(state, ToolState::Drifted { changed: vec!["model".into()] });
    assert_eq!(world.toolkit().verify("codex").unwrap(), ["model"]);
    let plan = world.toolkit().revert("codex").unwrap();
    assert_eq!(plan.left.len(), 1);
    assert_eq!(plan.left[0].path, "model");
    assert_eq!(world.read(CODEX).unwrap(), "model_provider = \"azure\"\nmodel = \"mine\"\n");
}

#[test]
fn way_18_the_model_is_the_one_asked_for_and_the_fallbacks_stay() {
    let world = World::with(".many/main.json", include_str!("../data/many/main.json5"));
    world.apply_model("many", "chosen");
    let now = world.read(".many/main.json").unwrap();
    assert!(now.contains("primary: 'chosen'"), "{now}");
    assert!(now.contains("fallbacks: ['openai/gpt', 'google/gemini']"), "{now}");
}

#[test]
fn way_19_what_a_tools_newer_releases_refuse_is_told() {
    let world = World::with(CODEX, "profile = \"work\"\n[profiles.work]\nmodel = \"x\"\n");
    let plan = world.toolkit().plan("codex", &ask("auto")).unwrap();
    assert!(plan.conflicts.iter().any(|conflict| conflict.place == "profile"));
    let diff = plan.view().files[0].diff.clone();
    assert!(diff.contains("+wire_api = \"responses\""), "{diff}");
    assert!(!diff.contains("/v1/v1"), "{diff}");
}

#[test]
fn no_secret_shows_in_plan_diff_view_receipt_backup_or_error() {
    let user = ["sk-ant-user-0123456789abcdef", "other-gateway-token-1", "hunter2-hunter2"];
    let text = format!(
        "{{\n  \"env\": {{\n    \"ANTHROPIC_API_KEY\": \"{}\",\n    \"ANTHROPIC_AUTH_TOKEN\": \"{}\",\n    \"DB_PASSWORD\": \"{}\"\n  }}\n}}\n",
        user[0], user[1], user[2]
    );
    let world = World::with(CLAUDE, &text);
    let toolkit = world.toolkit();
    let plan = toolkit.plan("claude-code", &ask("auto")).unwrap();
    let shown = format!("{plan:?}{:?}{:?}", plan.view(), ask("auto"));
    assert!(plan.view().files[0].diff.contains("DB_PASSWORD"), "it stands in the context");
    toolkit.apply(&plan).unwrap();
    let status = toolkit.status("claude-code", &address()).unwrap();
    let revert = toolkit.plan_revert("claude-code").unwrap();
    let shown = format!("{shown}{status:?}{revert:?}{:?}", revert.view());
    for secret in user.into_iter().chain([KEY]) {
        assert!(!shown.contains(secret), "{secret} in {shown}");
        for (path, bytes) in files_below(&world.folder.path().join("data")) {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(secret), "{secret} in {}", path.display());
        }
    }
    toolkit.apply(&revert).unwrap();
    assert_eq!(world.read(CLAUDE).unwrap(), text, "and yet it comes back");
}

#[test]
fn a_changed_key_shows_in_the_diff_without_being_shown() {
    let world = World::with(CLAUDE, "{}");
    world.apply("claude-code");
    let other = Ask::new(address(), Secret::new("sy-another-0123456789abcdwxyz"), "auto");
    let plan = world.toolkit().plan("claude-code", &other).unwrap();
    let diff = plan.view().files[0].diff.clone();
    assert!(diff.contains("-    \"ANTHROPIC_AUTH_TOKEN\": \"••••ghij\""), "{diff}");
    assert!(diff.contains("+    \"ANTHROPIC_AUTH_TOKEN\": \"••••wxyz\""), "{diff}");
}

#[test]
fn the_fingerprint_names_the_plan_that_was_shown() {
    let world = World::with(CLAUDE, "{}");
    let print = |model| world.toolkit().plan("claude-code", &ask(model)).unwrap().fingerprint();
    let shown = print("auto");
    assert_eq!(print("auto"), shown);
    assert_ne!(print("other"), shown);
    world.write(CLAUDE, "{ }");
    assert_ne!(print("auto"), shown);
}

#[test]
fn a_damaged_record_of_ours_is_an_error_and_no_empty_one() {
    let world = World::with(CLAUDE, "{\"a\": 1}");
    world.apply("claude-code");
    let data = world.folder.path().join("data/toolkit");
    for record in ["receipts/claude-code.json", "backups/index.json"] {
        let path = data.join(record);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let toolkit = world.toolkit();
        let plan = toolkit.plan("claude-code", &ask("other"));
        let error = plan.and_then(|plan| toolkit.apply(&plan)).unwrap_err();
        assert!(matches!(error, ToolkitError::Record { .. }), "{error}");
        std::fs::write(&path, whole).unwrap();
    }
    world.toolkit().revert("claude-code").unwrap();
    assert_eq!(world.read(CLAUDE).unwrap(), "{\"a\": 1}");
}

#[test]
fn without_its_backup_a_file_is_still_taken_back_key_by_key() {
    let text = include_str!("../data/claude/tabs.json");
    let world = World::with(CLAUDE, text);
    world.apply("claude-code");
    std::fs::remove_dir_all(world.folder.path().join("data/toolkit/backups")).unwrap();
    world.toolkit().revert("claude-code").unwrap();
    let now = world.read(CLAUDE).unwrap();
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(|line| line.trim_end_matches(',')).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    assert_eq!(sorted(&now), sorted(text));
}
