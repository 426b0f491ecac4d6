//! The admin API of coding tools: over HTTP, in a home folder of its own.
#![cfg(test)]

mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};
use switchyard_engine::Machine;
use switchyard_simulator::Vendor;
use switchyard_types::{Dialect, Event};
use tempfile::TempDir;
use world::{World, files_below};

const SETTINGS: &str = ".claude/settings.json";
const BEFORE: &str =
    "{\n\t\"permissions\": { \"allow\": [\"Bash(ls:*)\"] },\n\t\"env\": { \"DEBUG\": \"1\" }\n}";

struct Home {
    world: World,
    folder: TempDir,
    token: String,
}

impl Home {
    async fn with(files: &[(&str, &str)]) -> Self {
        Self::start(files, BTreeSet::new).await
    }

    async fn start(files: &[(&str, &str)], running: fn() -> BTreeSet<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (file, content) in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let home = folder.path().to_owned();
        let vendors = [("v", Dialect::Chat, Vendor::default())];
        let world = World::start_with(&vendors, |config| {
            let env = [("HOME".to_owned(), home.to_str().unwrap().to_owned())];
            let machine = Machine::this(env.into_iter(), &config.data_dir, None).unwrap();
            config.machine = Some(Machine { running, ..machine });
        })
        .await;
        world.combo("work", &["v/m"]).await;
        world.combo("small", &["v/m"]).await;
        let token = world.server.desktop_session().unwrap().token;
        Self { world, folder, token }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request =
            self.world.http.request(method, self.world.url(path)).bearer_auth(&self.token);
        let request = request.header("content-type", "application/json").body(body.to_string());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.call(Method::GET, path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    async fn refused(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, body).await;
        assert!(status >= 400, "{path}: {answer}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
        answer
    }

    async fn apply(&self, tool: &str, choice: Value) -> Value {
        let plan = self.post(&format!("/api/tools/{tool}/plan"), choice.clone()).await;
        let mut apply = choice;
        apply["fingerprint"] = plan["fingerprint"].clone();
        self.post(&format!("/api/tools/{tool}/apply"), apply).await
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    fn settings(&self) -> Value {
        serde_json::from_str(&self.read(SETTINGS)).unwrap()
    }

    fn token_in_settings(&self) -> String {
        self.settings()["env"]["ANTHROPIC_AUTH_TOKEN"].as_str().unwrap().to_owned()
    }

    async fn key_names(&self) -> Vec<String> {
        let keys = self.get("/api/keys").await;
        keys.as_array()
            .unwrap()
            .iter()
            .map(|key| key["name"].as_str().unwrap().to_owned())
            .collect()
    }

    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files_below(self.folder.path())
    }
}

fn choice() -> Value {
    json!({ "model": "work", "slots": { "haiku": "small" } })
}

#[tokio::test]
async fn every_tool_is_listed_with_its_state_slots_and_way() {
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    let tools = home.get("/api/tools").await;
    let claude = &tools[0];
    assert_eq!(
        (claude["id"].as_str(), claude["way"].as_str()),
        (Some("claude-code"), Some("writer"))
    );
    assert_eq!(claude["status"]["state"]["is"], "untouched");
    assert_eq!(claude["key"]["is"], "none");
    assert!(claude["slots"].as_array().unwrap().iter().any(|slot| slot["id"] == "opus"));
    let states: BTreeSet<_> = tools
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["status"]["state"]["is"].to_string())
        .collect();
    assert!(states.contains("\"not_installed\""), "{states:?}");
    assert!(tools.as_array().unwrap().iter().any(|tool| tool["way"] == "guide"));
    let before = home.files();
    assert_eq!(home.get("/api/tools/claude-code").await, *claude);
    assert_eq!(home.files(), before, "looking changes nothing");
}

#[tokio::test]
async fn a_plan_shows_everything_and_changes_nothing() {
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    let before = home.files();
    let plan = home.post("/api/tools/claude-code/plan", choice()).await;
    let file = &plan["files"][0];
    assert_eq!(file["fate"], "changed");
    let edit = |path: &str| {
        let edits = file["edits"].as_array().unwrap();
        edits.iter().find(|edit| edit["path"] == path).unwrap()["new"].as_str().unwrap().to_owned()
    };
    let address = home.world.server.address();
    assert!(address.starts_with("http://127.0.0.1:"));
    assert!(edit("env.ANTHROPIC_BASE_URL").contains(address));
    assert!(edit("env.ANTHROPIC_DEFAULT_HAIKU_MODEL").contains("small"));
    assert!(edit("env.ANTHROPIC_AUTH_TOKEN").contains("••••"));
    assert!(file["diff"].as_str().unwrap().contains("ANTHROPIC_BASE_URL"));
    assert!(!plan.to_string().contains("sy-"), "{plan}");
    assert_eq!(home.files(), before);
    assert_eq!(home.key_names().await, ["tests"]);
}

#[tokio::test]
async fn an_apply_gives_the_tool_a_key_that_serves_and_a_revert_takes_both_back() {
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    let mut events = home.world.engine.events();
    let applied = home.apply("claude-code", choice()).await;
    assert_eq!(applied["tool"]["status"]["state"]["is"], "ours");
    assert_eq!(applied["tool"]["key"]["key"]["name"], "Claude Code");
    assert_eq!(applied["tool"]["choice"], choice());
    let key = home.token_in_settings();
    assert_eq!(home.world.engine.client(&key).unwrap().name, "Claude Code");
    assert!(!applied.to_string().contains(&key));
    let changed = std::iter::from_fn(|| events.try_recv().ok()).any(|e| e == Event::ToolsChanged);
    assert!(changed);

    let plan = home.post("/api/tools/claude-code/plan-revert", Value::Null).await;
    let revert = json!({ "fingerprint": plan["fingerprint"] });
    let reverted = home.post("/api/tools/claude-code/revert", revert).await;
    assert_eq!(reverted["revoked"], json!(["Claude Code"]));
    assert_eq!(reverted["tool"]["status"]["state"]["is"], "untouched");
    assert_eq!(home.read(SETTINGS), BEFORE);
    assert_eq!(home.world.engine.client(&key), None);
    assert_eq!(home.key_names().await, ["tests"]);
}

#[tokio::test]
async fn applying_again_keeps_the_tools_key_and_changes_only_the_model() {
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    home.apply("claude-code", choice()).await;
    let key = home.token_in_settings();
    let plan = home.post("/api/tools/claude-code/plan", choice()).await;
    assert_eq!(plan["files"], json!([]), "all stands as wanted");
    home.apply("claude-code", json!({ "model": "small" })).await;
    assert_eq!(home.token_in_settings(), key);
    assert_eq!(home.settings()["env"]["ANTHROPIC_MODEL"], "small");
    assert_eq!(home.key_names().await, ["tests", "Claude Code"]);
}

#[tokio::test]
async fn a_file_that_changed_after_the_plan_is_not_written_and_leaves_no_key() {
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    let plan = home.post("/api/tools/claude-code/plan", choice()).await;
    std::fs::write(home.path(SETTINGS), "{\"env\": {}}").unwrap();
    let mut apply = choice();
    apply["fingerprint"] = plan["fingerprint"].clone();
    let error = home.refused("/api/tools/claude-code/apply", apply).await;
    assert_eq!(error["code"], "conflict");
    assert!(error["hint"].as_str().unwrap().contains("new plan"));
    assert_eq!(home.read(SETTINGS), "{\"env\": {}}");
    assert_eq!(home.key_names().await, ["tests"]);
}

#[cfg(unix)]
#[tokio::test]
async fn an_apply_that_fails_on_the_disk_leaves_no_key_behind() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    let plan = home.post("/api/tools/claude-code/plan", choice()).await;
    let readonly = std::fs::Permissions::from_mode(0o444);
    std::fs::set_permissions(home.path(SETTINGS), readonly).unwrap();
    let mut apply = choice();
    apply["fingerprint"] = plan["fingerprint"].clone();
    let error = home.refused("/api/tools/claude-code/apply", apply).await;
    assert!(error["message"].as_str().unwrap().contains("write-protected"), "{error}");
    assert_eq!(home.read(SETTINGS), BEFORE);
    assert_eq!(home.key_names().await, ["tests"]);
    assert_eq!(home.get("/api/tools/claude-code").await["status"]["applied_at"], Value::Null);
}

#[tokio::test]
async fn what_the_user_changed_since_stays_and_is_told_and_the_key_is_revoked_all_the_same() {
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    home.apply("claude-code", choice()).await;
    let text = home
        .read(SETTINGS)
        .replace("\"ANTHROPIC_MODEL\": \"work\"", "\"ANTHROPIC_MODEL\": \"mine\"");
    std::fs::write(home.path(SETTINGS), text).unwrap();
    let tool = home.get("/api/tools/claude-code").await;
    assert_eq!(
        tool["status"]["state"],
        json!({ "is": "drifted", "changed": ["env.ANTHROPIC_MODEL"] })
    );
    let reverted = home.post("/api/tools/claude-code/revert", json!({})).await;
    assert_eq!(reverted["plan"]["left"][0]["path"], "env.ANTHROPIC_MODEL");
    assert_eq!(reverted["revoked"], json!(["Claude Code"]));
    assert_eq!(home.settings()["env"], json!({ "DEBUG": "1", "ANTHROPIC_MODEL": "mine" }));
}

#[tokio::test]
async fn a_revoked_key_is_told_and_applying_again_makes_a_new_one() {
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    let applied = home.apply("claude-code", choice()).await;
    let old = home.token_in_settings();
    let id = applied["tool"]["key"]["key"]["id"].as_str().unwrap().to_owned();
    home.call(Method::DELETE, &format!("/api/keys/{id}"), Value::Null).await;
    assert_eq!(home.get("/api/tools/claude-code").await["key"]["is"], "revoked");
    let findings = home.get("/api/doctor").await;
    assert_eq!(findings[0]["kind"], "revoked_key");
    let repaired = home.post("/api/doctor/repair", Value::Null).await;
    assert_eq!((&repaired["failed"], &repaired["left"]), (&json!([]), &json!([])), "{repaired}");
    let new = home.token_in_settings();
    assert_ne!(new, old);
    assert_eq!(home.world.engine.client(&new).unwrap().name, "Claude Code");
    assert_eq!(
        home.settings()["env"]["ANTHROPIC_DEFAULT_HAIKU_MODEL"],
        "small",
        "the choice stays"
    );
    home.post("/api/tools/claude-code/revert", json!({})).await;
    assert_eq!(home.read(SETTINGS), BEFORE);
}

#[tokio::test]
async fn a_key_that_the_user_made_by_hand_is_neither_taken_over_nor_revoked() {
    let home = Home::with(&[]).await;
    let mine = home.post("/api/keys", json!({ "name": "Claude Code" })).await["text"].clone();
    let text = json!({ "env": {
        "ANTHROPIC_BASE_URL": home.world.server.address(), "ANTHROPIC_AUTH_TOKEN": mine,
    } });
    std::fs::create_dir(home.path(".claude")).unwrap();
    std::fs::write(home.path(SETTINGS), text.to_string()).unwrap();
    let tool = home.get("/api/tools/claude-code").await;
    assert_eq!(tool["key"], json!({ "is": "other", "name": "Claude Code" }));
    let applied = home.apply("claude-code", choice()).await;
    assert_eq!(applied["tool"]["key"]["key"]["name"], "Claude Code 2");
    home.post("/api/tools/claude-code/revert", json!({})).await;
    assert_eq!(home.read(SETTINGS), text.to_string());
    assert!(home.world.engine.client(mine.as_str().unwrap()).is_some());
}

#[tokio::test]
async fn unknown_tools_models_and_slots_are_refused_with_what_to_do() {
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    for (path, body, code) in [
        ("/api/tools/nothing/plan", choice(), "not_found"),
        ("/api/tools/claude-code/plan", json!({ "model": "nothing" }), "invalid"),
        ("/api/tools/claude-code/plan", json!({ "model": "" }), "invalid"),
        (
            "/api/tools/claude-code/plan",
            json!({ "model": "work", "slots": { "giant": "work" } }),
            "invalid",
        ),
        ("/api/tools/cursor/plan", choice(), "invalid"),
        ("/api/tools/claude-code/apply", choice(), "invalid"),
        ("/api/tools/codex/revert", json!({}), "conflict"),
        ("/api/tools/claude-code/key", json!({}), "invalid"),
        ("/api/tool-backups/b9/restore", json!({}), "not_found"),
    ] {
        let error = home.refused(path, body).await;
        assert_eq!(error["code"], code, "{path}: {error}");
    }
    assert_eq!(home.read(SETTINGS), BEFORE);
    assert_eq!(home.key_names().await, ["tests"]);
}

#[tokio::test]
async fn a_broken_file_is_told_with_its_place_and_never_touched() {
    let home = Home::with(&[(SETTINGS, "{\n  \"env\": {,}\n}")]).await;
    let tool = home.get("/api/tools/claude-code").await;
    assert_eq!(tool["status"]["state"]["is"], "broken_file");
    let error = home.refused("/api/tools/claude-code/plan", choice()).await;
    assert!(error["message"].as_str().unwrap().contains("line 2"), "{error}");
    assert_eq!(home.get("/api/doctor").await[0]["kind"], "broken_file");
    assert_eq!(home.read(SETTINGS), "{\n  \"env\": {,}\n}");
}

#[tokio::test]
async fn backups_are_listed_and_restored() {
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    home.apply("claude-code", choice()).await;
    let backups = home.get("/api/tool-backups").await;
    let id = backups[0]["id"].as_str().unwrap();
    assert_eq!((&backups[0]["tool"], &backups[0]["ours"]), (&json!("claude-code"), &json!(false)));
    home.post(&format!("/api/tool-backups/{id}/restore"), Value::Null).await;
    assert_eq!(home.read(SETTINGS), BEFORE);
}

#[tokio::test]
async fn a_guide_is_filled_and_its_key_is_made_once_and_replaced_on_wish() {
    let home = Home::with(&[]).await;
    let guide = home.get("/api/tools/zed/guide?model=work").await;
    let text = guide["text"].as_str().unwrap();
    assert!(text.contains(home.world.server.address()) && text.contains("work"), "{text}");
    let first = home.post("/api/tools/zed/key", Value::Null).await;
    let second = home.post("/api/tools/zed/key", Value::Null).await;
    assert_eq!(second["key"]["name"], "Zed");
    assert_eq!(home.world.engine.client(first["text"].as_str().unwrap()), None);
    assert!(home.world.engine.client(second["text"].as_str().unwrap()).is_some());
    assert_eq!(home.get("/api/tools/zed").await["key"]["key"]["name"], "Zed");
    let cautious = home.get("/api/tools/cursor/guide").await;
    assert!(cautious["caution"].as_str().unwrap().contains("own servers"));
}

#[tokio::test]
async fn all_tools_are_taken_back_at_once_and_at_the_end_only_on_wish() {
    let toml = "# mine\nmodel = \"gpt\"\n";
    let home = Home::with(&[(SETTINGS, BEFORE), (".codex/config.toml", toml)]).await;
    let before = home.files();
    let both = async || {
        home.apply("claude-code", choice()).await;
        home.apply("codex", json!({ "model": "work" })).await;
        assert_ne!(home.files(), before);
    };
    both().await;
    let all = home.post("/api/revert-tools", Value::Null).await;
    assert_eq!(all["reverted"].as_array().unwrap().len(), 2, "{all}");
    assert_eq!(home.files(), before);

    both().await;
    let address = home.world.server.address();
    let none = home.world.engine.revert_tools_on_quit(address).await;
    assert!(none.reverted.is_empty());
    let wish = json!({ "revert_on_quit": true });
    let (status, answer) = home.call(Method::PUT, "/api/tool-settings", wish.clone()).await;
    assert_eq!((status, &answer), (200, &wish));
    assert_eq!(home.get("/api/tool-settings").await, wish);
    let all = home.world.engine.revert_tools_on_quit(address).await;
    assert_eq!(all.reverted.len(), 2);
    assert_eq!(home.files(), before);
}

#[tokio::test]
async fn the_doctor_points_a_tool_from_a_dead_port_to_where_the_server_is() {
    let home = Home::with(&[(SETTINGS, BEFORE)]).await;
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let old = format!("http://{dead}");
    let apply = |plan: switchyard_types::ToolPlanView| switchyard_types::ToolApply {
        fingerprint: plan.fingerprint,
        choice: serde_json::from_value(choice()).unwrap(),
    };
    let engine = &home.world.engine;
    let plan = engine.plan_tool("claude-code", &apply_choice(), &old).await.unwrap();
    engine.apply_tool("claude-code", apply(plan), &old).await.unwrap();
    let key = home.token_in_settings();

    let findings = home.get("/api/doctor").await;
    assert_eq!(findings.as_array().unwrap().len(), 1, "{findings}");
    assert_eq!(findings[0]["kind"], "dead_port");
    assert!(findings[0]["message"].as_str().unwrap().contains(&old));
    let repaired = home.post("/api/doctor/repair", Value::Null).await;
    assert_eq!(repaired["left"], json!([]), "{repaired}");
    let env = home.settings()["env"].clone();
    assert_eq!(env["ANTHROPIC_BASE_URL"], home.world.server.address());
    assert_eq!(env["ANTHROPIC_DEFAULT_HAIKU_MODEL"], "small");
    assert_eq!(home.token_in_settings(), key);
    home.post("/api/tools/claude-code/revert", json!({})).await;
    assert_eq!(home.read(SETTINGS), BEFORE);
}

fn apply_choice() -> switchyard_types::ToolChoice {
    serde_json::from_value(choice()).unwrap()
}

#[tokio::test]
async fn the_doctor_leaves_what_it_did_not_write_and_removes_rests_of_a_broken_off_write() {
    let text = "{\"env\": {\"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:1\"}}";
    let home = Home::with(&[(SETTINGS, text)]).await;
    let findings = home.get("/api/doctor").await;
    assert_eq!((&findings[0]["kind"], &findings[0]["repair"]), (&json!("dead_port"), &Value::Null));
    assert!(findings[0]["hint"].as_str().unwrap().contains("elsewhere"));
    home.post("/api/doctor/repair", Value::Null).await;
    assert_eq!(home.read(SETTINGS), text);

    home.apply("claude-code", choice()).await;
    let rest = home.path(".claude/.settings.json.0123456789abcdef.switchyard");
    let foreign = home.path(".claude/.settings.json.mine.switchyard");
    std::fs::write(&rest, "{").unwrap();
    std::fs::write(&foreign, "{").unwrap();
    let findings = home.get("/api/doctor").await;
    assert_eq!(findings[0]["kind"], "leftover_file", "{findings}");
    home.post("/api/doctor/repair", Value::Null).await;
    assert!(!rest.exists() && foreign.exists());
}

#[tokio::test]
async fn a_running_tool_is_told_to_be_started_again() {
    let home = Home::start(&[(SETTINGS, BEFORE)], || ["claude".to_owned()].into()).await;
    assert_eq!(home.get("/api/tools/claude-code").await["running"], json!(["claude"]));
    let plan = home.post("/api/tools/claude-code/plan", choice()).await;
    assert!(plan["notes"].to_string().contains("running now"), "{}", plan["notes"]);
}

#[tokio::test]
async fn a_projects_own_settings_are_told_when_the_project_is_named() {
    let home = Home::with(&[
        (SETTINGS, BEFORE),
        ("work/.claude/settings.json", "{\"env\": {\"ANTHROPIC_MODEL\": \"x\"}}"),
    ])
    .await;
    let mut asked = choice();
    asked["project"] = json!(home.path("work"));
    let plan = home.post("/api/tools/claude-code/plan", asked).await;
    assert_eq!(plan["conflicts"][0]["kind"], "project_file", "{}", plan["conflicts"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_tools_own_check_is_run_and_its_words_are_shown_without_keys() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap().to_owned();
    let program = folder.path().join("openclaw");
    let script = "#!/bin/sh\necho \"checked $1 $2 with sy-0123456789abcdefghijklmnop\"\nexit 3\n";
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let world = World::start_with(&[], |config| {
        let env = [("HOME".to_owned(), home.clone()), ("PATH".to_owned(), home.clone())];
        config.machine = Machine::this(env.into_iter(), &config.data_dir, None);
    })
    .await;
    let check = world.engine.verify_tool("openclaw").await.unwrap();
    assert!(check.changed.is_empty());
    let run = check.dry_run.unwrap();
    assert_eq!((run.command.as_str(), run.ok), ("openclaw config validate", Some(false)));
    assert!(run.output.starts_with("checked config validate with"), "{}", run.output);
    assert!(!run.output.contains("0123456789abcdef"), "{}", run.output);
    assert_eq!(world.engine.verify_tool("codex").await.unwrap().dry_run, None);
}

#[tokio::test]
async fn without_a_machine_tools_are_left_alone_and_it_is_said() {
    let world = World::start(&[]).await;
    let error = world.engine.tools(world.server.address()).await.unwrap_err();
    assert!(error.to_string().contains("left alone"));
}

#[tokio::test]
async fn claude_code_sees_combos_under_names_that_its_picker_shows_and_may_use_them() {
    let home = Home::with(&[]).await;
    let request = home.world.http.get(home.world.url("/v1/models")).bearer_auth(&home.world.key);
    let listed = request.header("anthropic-version", "2023-06-01").send().await.unwrap();
    let listed: Value = serde_json::from_str(&listed.text().await.unwrap()).unwrap();
    let models = listed["data"].as_array().unwrap();
    let ids: Vec<_> = models.iter().map(|model| model["id"].as_str().unwrap()).collect();
    let shown: Vec<_> = ids.iter().filter(|id| id.starts_with("claude")).collect();
    assert_eq!(shown, [&"claude-auto", &"claude-small", &"claude-work"]);
    assert!(ids.contains(&"work"));
    let heard = home.world.ask(Dialect::Messages, "claude-work", world::Stream::No).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    assert_eq!(home.world.last().await.combo.as_deref(), Some("work"));
}
