//! Logins from the sign-in to the request: renewals that many wait for, crashes, endings, restrictions.
#![cfg(test)]

mod world;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use switchyard_engine::{Clock, Config, Engine};
use switchyard_simulator::{Login, Rotation, Script, Simulator, TokenFault, Vendor};
use switchyard_types::{
    AccountChange, AccountView, Event, ImportLogin, LinkView, LoginState, LoginStep, NewKey,
    NewLogin, Secret,
};
use tempfile::TempDir;
use world::{Heard, Stream, place_row, question};

const HOUR: i64 = 3_600_000;

/// A Switchyard whose vendor `claude` is the row that ships, at a simulated address.
struct Scene {
    simulator: Simulator,
    folder: TempDir,
    engine: Engine,
    server: switchyard_gateway::Server,
    clock: Clock,
    key: String,
    http: reqwest::Client,
}

fn config(folder: &TempDir, clock: &Clock) -> Config {
    let mut config = Config::new(folder.path());
    config.port = 0;
    config.clock = clock.clone();
    config.places.home = Some(folder.path().join("home"));
    config.places.claude = Some(folder.path().join("home/.claude"));
    config
}

impl Scene {
    async fn start(login: Login) -> Self {
        let vendor = Vendor::default().login(login);
        let simulator = Simulator::start(Script::default().vendor("claude", vendor)).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        place_row(folder.path(), "claude", &simulator.root("claude"));
        let clock = Clock::manual(1_790_000_000_000);
        let engine = Engine::open(config(&folder, &clock)).await.unwrap();
        let key = engine.add_key(&NewKey::named("tests")).await.unwrap().text;
        let server =
            switchyard_gateway::serve(engine.clone(), switchyard_gateway::Options::default())
                .await
                .unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { simulator, folder, engine, server, clock, key, http }
    }

    async fn sign_in(&self) -> AccountView {
        let new = NewLogin {
            vendor: "claude".to_owned(),
            understood: true,
            name: "Ada".to_owned(),
            ..NewLogin::default()
        };
        let begun = self.engine.begin_login(new).await.unwrap();
        let LoginStep::Open { url, returns: true, note: None } = begun.step else {
            panic!("{:?}", begun.step)
        };
        let page = self.http.get(url).send().await.unwrap();
        let back = page.headers()["location"].to_str().unwrap().to_owned();
        let page = self.http.get(back).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("You can close this page."), "{page}");
        let step = self.step_of(&begun.id).await;
        let LoginStep::Done { account, name } = step else { panic!("{step:?}") };
        assert_eq!(name, "Ada");
        self.engine.accounts().await.unwrap().into_iter().find(|a| a.id == account).unwrap()
    }

    async fn step_of(&self, id: &str) -> LoginStep {
        for _ in 0..6_000 {
            match self.engine.login(id).unwrap().step {
                LoginStep::Open { .. } | LoginStep::Code { .. } => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                step => return step,
            }
        }
        panic!("the sign-in did not end")
    }

    async fn ask_as(&self, agent: &str) -> Heard {
        let body = question("cc/claude-sonnet-5-5", Stream::No);
        let sent = self
            .http
            .post(format!("{}/v1/messages", self.server.address()))
            .bearer_auth(&self.key)
            .header("user-agent", agent)
            .header("content-type", "application/json")
            .body(body.to_string());
        Heard::from(sent.send().await.unwrap()).await
    }

    async fn ask(&self) -> Heard {
        self.ask_as("claude-cli/2.1.330 (external, cli)").await
    }

    async fn account(&self) -> AccountView {
        self.engine.accounts().await.unwrap().remove(0)
    }

    /// Why accounts were passed over, once so many requests are written: in a clock that stands still none is
    /// the newest.
    async fn skipped(&self, so_many: usize) -> String {
        for _ in 0..6_000 {
            let rows = self.engine.requests(None, 50).await.unwrap().requests;
            if rows.len() >= so_many {
                let skipped: Vec<_> = rows.into_iter().flat_map(|row| row.skipped).collect();
                return format!("{skipped:?}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the request was not recorded")
    }

    /// The same data folder after the program died without a word.
    async fn after_a_crash(mut self) -> Self {
        self.engine.close().await;
        self.engine = Engine::open(config(&self.folder, &self.clock)).await.unwrap();
        self.server =
            switchyard_gateway::serve(self.engine.clone(), switchyard_gateway::Options::default())
                .await
                .unwrap();
        self
    }
}

#[tokio::test]
async fn who_signed_in_is_served_with_the_token_and_never_sees_it() {
    let scene = Scene::start(Login::default()).await;
    let account = scene.sign_in().await;
    let login = account.login.unwrap();
    assert_eq!(login.state, LoginState::Ok);
    assert_eq!(login.identity.as_deref(), Some("ada@example.com"));
    let heard = scene.ask().await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    let asked = scene.simulator.requests();
    let asked = asked.iter().find(|request| request.path.contains("/v1/messages")).unwrap();
    assert!(asked.header("authorization").unwrap().starts_with("Bearer simulated-access"));
    assert!(asked.header("anthropic-beta").unwrap().contains("oauth-2025-04-20"));
}

/// A hundred requests at once.
async fn all_are_answered(scene: &Arc<Scene>) {
    let asks: Vec<_> = (0..100)
        .map(|_| {
            let scene = Arc::clone(scene);
            tokio::spawn(async move { scene.ask().await.status })
        })
        .collect();
    for ask in asks {
        assert_eq!(ask.await.unwrap(), 200);
    }
}

#[tokio::test]
async fn a_hundred_requests_over_an_expired_token_cause_one_renewal() {
    let scene = Arc::new(Scene::start(Login::default().rotation(Rotation::AtOnce)).await);
    scene.sign_in().await;
    scene.clock.advance(2 * HOUR);
    scene.simulator.expire_tokens("claude");
    all_are_answered(&scene).await;
    assert_eq!(scene.simulator.login_log("claude").refreshes, 1);
}

#[tokio::test]
async fn a_hundred_requests_that_are_refused_with_a_token_that_looked_good_cause_one_renewal() {
    let scene = Arc::new(Scene::start(Login::default().rotation(Rotation::AtOnce)).await);
    scene.sign_in().await;
    scene.simulator.expire_tokens("claude");
    all_are_answered(&scene).await;
    assert_eq!(scene.simulator.login_log("claude").refreshes, 1);
    assert!(scene.account().await.locks.is_empty());
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_its_end_though_nobody_asks() {
    let scene = Scene::start(Login::default()).await;
    scene.sign_in().await;
    scene.engine.renew_logins().await;
    assert_eq!(scene.simulator.login_log("claude").refreshes, 0);
    scene.clock.advance(HOUR * 3 / 4);
    scene.engine.renew_logins().await;
    scene.engine.renew_logins().await;
    assert_eq!(scene.simulator.login_log("claude").refreshes, 1);
    let ends = scene.account().await.login.unwrap().expires_at.unwrap();
    assert_eq!(ends, scene.clock.now() + HOUR);
}

#[tokio::test]
async fn a_crash_between_the_renewal_and_its_saving_loses_no_login() {
    let slow = TokenFault::Slow(Duration::from_mins(1));
    let scene = Scene::start(Login::default().rotation(Rotation::UntilUsed)).await;
    scene.sign_in().await;
    // The next answer of the token endpoint stays on the way: the vendor has rotated, we know of nothing.
    let before = scene.simulator.login_log("claude");
    scene.simulator.add_token_faults("claude", [slow]);
    scene.clock.advance(2 * HOUR);
    let engine = scene.engine.clone();
    let renewing = tokio::spawn(async move { engine.renew_logins().await });
    while scene.simulator.login_log("claude") == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    renewing.abort();
    let scene = scene.after_a_crash().await;
    assert_eq!(scene.ask().await.status, 200);
    assert_eq!(scene.account().await.login.unwrap().state, LoginState::Ok);
    assert_eq!(scene.simulator.login_log("claude").refreshes, 2);
}

#[tokio::test]
async fn new_tokens_survive_a_restart() {
    let scene = Scene::start(Login::default().rotation(Rotation::AtOnce)).await;
    scene.sign_in().await;
    scene.clock.advance(2 * HOUR);
    assert_eq!(scene.ask().await.status, 200);
    let scene = scene.after_a_crash().await;
    assert_eq!(scene.ask().await.status, 200);
    scene.clock.advance(2 * HOUR);
    assert_eq!(scene.ask().await.status, 200);
    assert_eq!(scene.simulator.login_log("claude").refused, 0);
}

#[tokio::test]
async fn a_login_that_the_vendor_ended_asks_its_user_to_sign_in_again_and_then_serves() {
    let scene = Scene::start(Login::default()).await;
    let account = scene.sign_in().await;
    let mut events = scene.engine.events();
    scene.simulator.revoke_logins("claude");
    scene.clock.advance(2 * HOUR);
    assert_ne!(scene.ask().await.status, 200);
    let login = scene.account().await.login.unwrap();
    assert_eq!(login.state, LoginState::SignInAgain);
    assert!(login.reason.unwrap().contains("invalid_grant"));
    let mut told = false;
    while let Ok(event) = events.try_recv() {
        told |= matches!(event, Event::LoginChanged { state: LoginState::SignInAgain, .. });
    }
    assert!(told);
    // One try was enough to know: nothing more is asked of the vendor.
    assert_ne!(scene.ask().await.status, 200);
    assert_eq!(scene.simulator.login_log("claude").refused, 1);
    let again = scene.sign_in().await;
    assert_eq!(again.id, account.id, "the same user gets no second account");
    assert_eq!(scene.ask().await.status, 200);
}

#[tokio::test]
async fn a_token_endpoint_that_is_busy_is_left_alone_for_as_long_as_it_says() {
    let busy = TokenFault::Busy(Duration::from_mins(10));
    let scene = Scene::start(Login::default()).await;
    scene.sign_in().await;
    scene.simulator.add_token_faults("claude", [busy]);
    scene.clock.advance(2 * HOUR);
    for _ in 0..3 {
        scene.engine.renew_logins().await;
    }
    let posts = |scene: &Scene| {
        let requests = scene.simulator.requests();
        requests.iter().filter(|request| request.path.contains("oauth/token")).count()
    };
    assert_eq!(posts(&scene), 2, "one for the sign-in, one that heard to wait");
    assert_eq!(scene.account().await.login.unwrap().state, LoginState::Ok);
    scene.clock.advance(601_000);
    scene.engine.renew_logins().await;
    assert_eq!(scene.simulator.login_log("claude").refreshes, 1);
}

#[tokio::test]
async fn a_restricted_login_serves_its_own_client_only_unless_its_user_says_otherwise() {
    let scene = Scene::start(Login::default()).await;
    let new = NewLogin { vendor: "claude".to_owned(), ..NewLogin::default() };
    let refused = scene.engine.begin_login(new).await.unwrap_err();
    assert!(refused.to_string().contains("Anthropic allows this login"), "{refused}");
    let account = scene.sign_in().await;
    assert_eq!(scene.ask().await.status, 200);
    let other = scene.ask_as("another-agent/1").await;
    assert_ne!(other.status, 200);
    let skipped = scene.skipped(2).await;
    assert!(skipped.contains("restricts this login to its own client"), "{skipped}");
    let change = AccountChange { any_client: Some(true), ..AccountChange::default() };
    assert!(scene.engine.change_account(&account.id, &change).await.unwrap().any_client);
    assert_eq!(scene.ask_as("another-agent/1").await.status, 200);
}

#[tokio::test]
async fn an_address_is_pasted_where_the_browser_runs_elsewhere() {
    let scene = Scene::start(Login::default()).await;
    let new = NewLogin { vendor: "claude".to_owned(), understood: true, ..NewLogin::default() };
    let begun = scene.engine.begin_login(new).await.unwrap();
    let LoginStep::Open { url, .. } = &begun.step else { panic!("{:?}", begun.step) };
    let nonsense = scene.engine.paste_login(&begun.id, Secret::new("two words")).unwrap_err();
    assert!(nonsense.to_string().contains("no code"), "{nonsense}");
    let page = scene.http.get(url).send().await.unwrap();
    let back = page.headers()["location"].to_str().unwrap().to_owned();
    scene.engine.paste_login(&begun.id, Secret::new("code-of-another#state-of-another")).unwrap();
    scene.engine.paste_login(&begun.id, Secret::new(back)).unwrap();
    let step = scene.step_of(&begun.id).await;
    assert!(matches!(step, LoginStep::Done { .. }), "{step:?}");
}

#[tokio::test]
async fn a_link_brings_the_answer_to_the_sign_in_that_waits_for_it() {
    let scene = Scene::start(Login::default()).await;
    let new = NewLogin { vendor: "claude".to_owned(), understood: true, ..NewLogin::default() };
    let begun = scene.engine.begin_login(new).await.unwrap();
    let LoginStep::Open { url, .. } = &begun.step else { panic!("{:?}", begun.step) };
    let page = scene.http.get(url).send().await.unwrap();
    let back = page.headers()["location"].to_str().unwrap().to_owned();
    let (_, query) = back.split_once('?').unwrap();
    let foreign = Secret::new(format!("switchyard://login?{}", query.replace("state=", "state=x")));
    let refused = scene.engine.follow_link(&foreign).await.unwrap_err();
    assert_eq!(refused.to_string(), "no sign-in here waits for this answer");
    let link = Secret::new(format!("switchyard://login?{query}"));
    let followed = scene.engine.follow_link(&link).await.unwrap();
    let LinkView::Login { progress } = followed else { panic!("{followed:?}") };
    assert_eq!(progress.id, begun.id);
    let step = scene.step_of(&begun.id).await;
    assert!(matches!(step, LoginStep::Done { .. }), "{step:?}");
    let again = scene.engine.follow_link(&link).await.unwrap_err();
    assert_eq!(again.to_string(), "no sign-in here waits for this answer", "it is over");
}

#[tokio::test]
async fn a_sign_in_that_is_given_up_ends_so() {
    let scene = Scene::start(Login::default()).await;
    let new = NewLogin { vendor: "claude".to_owned(), understood: true, ..NewLogin::default() };
    let begun = scene.engine.begin_login(new).await.unwrap();
    scene.engine.give_up_login(&begun.id).unwrap();
    let LoginStep::Failed { error } = scene.step_of(&begun.id).await else { panic!() };
    assert!(error.message.contains("given up") && error.hint.is_some(), "{error:?}");
}

#[tokio::test]
async fn a_page_that_nobody_comes_back_from_ends_after_five_minutes() {
    let scene = Scene::start(Login::default()).await;
    let new = NewLogin { vendor: "claude".to_owned(), understood: true, ..NewLogin::default() };
    let begun = scene.engine.begin_login(new).await.unwrap();
    let lasts = begun.expires_at - scene.clock.now();
    assert_eq!(lasts, 5 * 60_000);
    tokio::time::pause();
    let mut minutes = 0;
    while matches!(scene.engine.login(&begun.id).unwrap().step, LoginStep::Open { .. }) {
        assert!(minutes < 10, "it is kept open for ever");
        tokio::time::advance(Duration::from_mins(1)).await;
        minutes += 1;
    }
    tokio::time::resume();
    assert!(minutes >= 5, "{minutes}");
    let LoginStep::Failed { error } = scene.step_of(&begun.id).await else { panic!() };
    assert!(error.message.contains("not finished in time"), "{error:?}");
    assert!(error.hint.unwrap().contains("begin again"));
}

#[tokio::test]
async fn another_user_than_the_accounts_own_is_told_so_and_changes_nothing() {
    let scene = Scene::start(Login::default()).await;
    let account = scene.sign_in().await;
    let login = Login::default().identity("eve@example.com");
    scene.simulator.set_vendor("claude", Vendor::default().login(login));
    let new = NewLogin {
        vendor: "claude".to_owned(),
        understood: true,
        account: Some(account.id.clone()),
        ..NewLogin::default()
    };
    let begun = scene.engine.begin_login(new).await.unwrap();
    let LoginStep::Open { url, .. } = begun.step else { panic!("{:?}", begun.step) };
    let page = scene.http.get(url).send().await.unwrap();
    let back = page.headers()["location"].to_str().unwrap().to_owned();
    let page = scene.http.get(back).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("eve@example.com signed in"), "{page}");
    let LoginStep::Failed { error } = scene.step_of(&begun.id).await else { panic!() };
    assert!(error.message.contains("this account is ada@example.com"), "{error:?}");
    assert!(error.hint.unwrap().contains("sign out on the vendor's page"));
    let login = scene.account().await.login.unwrap();
    assert_eq!(login.identity.as_deref(), Some("ada@example.com"));
    assert_eq!(scene.engine.accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_logins_of_every_program_are_found_and_those_that_can_serve_are_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut config = Config::new(folder.path());
    config.places.home = Some(home.clone());
    config.places.claude = Some(home.join(".claude"));
    config.places.codex = Some(home.join(".codex"));
    config.places.config = Some(home.join(".config"));
    let engine = Engine::open(config).await.unwrap();
    let tokens = json!({ "access_token": "a-token", "refresh_token": "r-token" });
    let mut google = tokens.clone();
    google["expiry_date"] = json!(1_790_000_000_000_i64);
    let kept = [
        (
            "claude-code",
            ".claude/.credentials.json",
            json!({ "claudeAiOauth": { "accessToken": "a-token" } }),
        ),
        ("codex", ".codex/auth.json", json!({ "tokens": tokens })),
        ("gemini-cli", ".gemini/oauth_creds.json", google.clone()),
        (
            "copilot",
            ".config/github-copilot/apps.json",
            json!({ "github.com:Iv1.b507a08c87ecfe98": { "user": "ada", "oauth_token": "g-token" } }),
        ),
        (
            "kiro",
            ".aws/sso/cache/kiro-auth-token.json",
            json!({ "accessToken": "a-token", "refreshToken": "r-token", "authMethod": "social",
                "expiresAt": "2026-11-23T00:00:00Z", "profileArn": "arn:aws:profile" }),
        ),
        ("qwen", ".qwen/oauth_creds.json", google),
    ];
    for (_, path, text) in &kept {
        let file = home.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text.to_string()).unwrap();
    }
    let found = engine.found_logins().await;
    let ids: Vec<_> = found.iter().map(|login| login.id.as_str()).collect();
    assert_eq!(ids, kept.each_ref().map(|(id, ..)| *id));
    for login in found {
        let import = ImportLogin { id: login.id.clone(), understood: true, ..Default::default() };
        let taken = engine.import_login(import).await;
        assert_eq!(taken.is_ok(), login.problem.is_none(), "{}: {:?}", login.id, login.problem);
        // Qwen's sign-in has ended, and says so.
        assert_eq!(login.problem.is_some(), login.id == "qwen", "{}", login.id);
    }
    assert_eq!(engine.accounts().await.unwrap().len(), 5);
    for (_, path, text) in kept {
        assert_eq!(std::fs::read_to_string(home.join(path)).unwrap(), text.to_string());
    }
    engine.close().await;
}

#[tokio::test]
async fn a_login_that_another_program_keeps_is_taken_over_and_its_file_left_alone() {
    let scene = Scene::start(Login::default()).await;
    assert!(scene.engine.found_logins().await.is_empty());
    let folder = scene.folder.path().join("home/.claude");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(".credentials.json");
    let text = json!({ "claudeAiOauth": {
        "accessToken": "imported-access", "refreshToken": "imported-refresh",
        "expiresAt": scene.clock.now() + 9 * HOUR, "subscriptionType": "max",
        "scopes": ["user:inference"],
    } })
    .to_string();
    std::fs::write(&file, &text).unwrap();
    let found = scene.engine.found_logins().await;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].program.as_str(), &found[0].problem), ("Claude Code", &None));
    let import = ImportLogin { id: found[0].id.clone(), understood: true, ..Default::default() };
    let account = scene.engine.import_login(import).await.unwrap();
    assert_eq!(account.login.unwrap().plan.as_deref(), Some("max"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    std::fs::write(&file, "{ broken imported-secret").unwrap();
    let found = scene.engine.found_logins().await;
    let problem = found[0].problem.clone().unwrap();
    assert!(!problem.contains("imported-secret"), "{problem}");
}

/// What stands in for the keychain's tool of macOS: it writes down what it is asked, and answers with `said`.
#[cfg(unix)]
fn keychain_tool(folder: &std::path::Path, said: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let tool = folder.join("security");
    let script = format!("#!/bin/sh\necho \"$*\" >> {}/asked\n{said}\n", folder.display());
    std::fs::write(&tool, script).unwrap();
    std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
    tool
}

#[cfg(unix)]
#[tokio::test]
async fn a_login_in_the_systems_keychain_is_read_only_when_it_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let asked = || std::fs::read_to_string(folder.path().join("asked")).unwrap();
    let mut config = Config::new(folder.path());
    let login = r#"{"claudeAiOauth":{"accessToken":"a-token","subscriptionType":"max"}}"#;
    let said = format!(r#"case "$*" in *-w) echo '{login}';; *) echo 'keychain: login';; esac"#);
    config.places.keychain_tool = Some(keychain_tool(folder.path(), &said));
    config.places.claude = Some(folder.path().join("no-folder"));
    let engine = Engine::open(config).await.unwrap();
    let found = engine.found_logins().await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, "the keychain, as “Claude Code-credentials”");
    assert_eq!(asked(), "find-generic-password -s Claude Code-credentials\n", "no secret yet");
    let import = ImportLogin { id: "claude-code".into(), understood: true, ..Default::default() };
    let account = engine.import_login(import).await.unwrap();
    assert_eq!(account.login.unwrap().plan.as_deref(), Some("max"));
    assert!(asked().ends_with("find-generic-password -s Claude Code-credentials -w\n"));
    engine.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_keychain_that_gives_nothing_away_is_told_and_one_that_holds_nothing_is_passed_over() {
    for (code, word) in [(128, "allow it when the system asks"), (44, "login to import")] {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path());
        config.places.keychain_tool = Some(keychain_tool(folder.path(), &format!("exit {code}")));
        config.places.claude = Some(folder.path().join(".claude"));
        let engine = Engine::open(config).await.unwrap();
        assert!(engine.found_logins().await.is_empty());
        let import =
            ImportLogin { id: "claude-code".into(), understood: true, ..Default::default() };
        let refused = engine.import_login(import.clone()).await.unwrap_err().to_string();
        assert!(refused.contains(word), "{refused}");
        let file = folder.path().join(".claude/.credentials.json");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let kept = json!({ "claudeAiOauth": { "accessToken": "a-token" } });
        std::fs::write(&file, kept.to_string()).unwrap();
        assert_eq!(engine.import_login(import).await.is_ok(), code == 44, "the file is read then");
        engine.close().await;
    }
}

#[tokio::test]
async fn the_admin_api_leads_through_a_sign_in_and_shows_no_secret() {
    let scene = Scene::start(Login::default()).await;
    let session = scene.server.desktop_session().unwrap();
    let call = |method: reqwest::Method, path: &str, body: Value| {
        scene
            .http
            .request(method, format!("{}{path}", scene.server.address()))
            .bearer_auth(&session.token)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
    };
    let post = reqwest::Method::POST;
    let begun = call(post.clone(), "/api/logins", json!({ "vendor": "claude" })).await.unwrap();
    assert_eq!(begun.status(), 409);
    let body = json!({ "vendor": "claude", "understood": true });
    let begun = call(post, "/api/logins", body).await.unwrap().text().await.unwrap();
    let begun: Value = serde_json::from_str(&begun).unwrap();
    assert_eq!(begun["step"]["type"], "open");
    let page = scene.http.get(begun["step"]["url"].as_str().unwrap()).send().await.unwrap();
    let back = page.headers()["location"].to_str().unwrap().to_owned();
    scene.http.get(back).send().await.unwrap();
    let id = begun["id"].as_str().unwrap();
    scene.step_of(id).await;
    let get = reqwest::Method::GET;
    let path = format!("/api/logins/{id}");
    let shown = call(get.clone(), &path, json!({})).await.unwrap().text().await.unwrap();
    assert!(shown.contains("\"done\""), "{shown}");
    let accounts = call(get, "/api/accounts", json!({})).await.unwrap().text().await.unwrap();
    assert!(accounts.contains("ada@example.com"), "{accounts}");
    let debug = format!("{:?}", scene.engine);
    for text in [&shown, &accounts, &debug] {
        assert!(
            !text.contains("simulated-access") && !text.contains("simulated-refresh"),
            "{text}"
        );
    }
}
