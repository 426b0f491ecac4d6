//! What vendors give and users sign in with is found nowhere that a person, a file or a log could show it.
#![cfg(test)]

mod world;

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use switchyard_engine::{Clock, Config, Engine};
use switchyard_gateway::Options;
use switchyard_simulator::{Login, QuotaPage, QuotaShape, Script, Simulator, TokenFault, Vendor};
use switchyard_types::{AccountChange, LoginStep, NewLogin, Secret};
use world::{Stream, files_below, place_row, question};

const CLIENT_SECRET: &str = "a-clients-secret-that-nobody-may-see";
const PROXY_PASSWORD: &str = "a-password-of-a-proxy";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn search(place: &str, found: &[u8]) {
    // Whatever the simulator gives begins so: codes, access and refresh tokens.
    for secret in ["simulated-access", "simulated-refresh", CLIENT_SECRET, PROXY_PASSWORD] {
        let at = found.windows(secret.len()).position(|window| window == secret.as_bytes());
        if let Some(at) = at {
            let around = &found[at.saturating_sub(200)..(at + 80).min(found.len())];
            panic!("{secret} stands in {place}: {}", String::from_utf8_lossy(around));
        }
    }
}

fn search_folder(folder: &Path) -> usize {
    let files = files_below(folder);
    for (path, bytes) in &files {
        search(&path.to_string_lossy(), bytes);
    }
    files.len()
}

#[tokio::test]
async fn what_a_login_gave_is_found_nowhere() {
    let log = Log::default();
    let writer = log.clone();
    // No redactor: what never gets into the log need not be taken out of it.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let page =
        QuotaPage { shape: QuotaShape::Antigravity, short: 10, long: 10, resets: 1_790_003_600 };
    let login = Login::default().client_secret(CLIENT_SECRET).quota(page);
    let simulator =
        Simulator::start(Script::default().vendor("antigravity", Vendor::default().login(login)))
            .await
            .unwrap();
    let folder = tempfile::tempdir().unwrap();
    place_row(folder.path(), "antigravity", &simulator.root("antigravity"));
    let mut config = Config::new(folder.path());
    config.port = 0;
    config.clock = Clock::manual(1_790_000_000_000);
    let secret = ("SWITCHYARD_ANTIGRAVITY_CLIENT_SECRET".to_owned(), Secret::new(CLIENT_SECRET));
    config.places.secrets.environment = vec![secret];
    search("the configuration's debug print", format!("{config:?}").as_bytes());
    let clock = config.clock.clone();
    let engine = Engine::open(config).await.unwrap();
    let server = switchyard_gateway::serve(engine.clone(), Options::default()).await.unwrap();
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();

    // A sign-in.
    let new =
        NewLogin { vendor: "antigravity".to_owned(), understood: true, ..NewLogin::default() };
    let begun = engine.begin_login(new).await.unwrap();
    let LoginStep::Open { url, .. } = &begun.step else { panic!("{begun:?}") };
    let back =
        http.get(url).send().await.unwrap().headers()["location"].to_str().unwrap().to_owned();
    let pasted = Secret::new(back);
    search("a pasted address's debug print", format!("{pasted:?}").as_bytes());
    engine.paste_login(&begun.id, pasted).unwrap();
    let account = loop {
        let now = engine.login(&begun.id).unwrap();
        search("a sign-in's step", serde_json::to_string(&now).unwrap().as_bytes());
        match now.step {
            LoginStep::Done { account, .. } => break account,
            LoginStep::Failed { error } => panic!("{error:?}"),
            LoginStep::Open { .. } | LoginStep::Code { .. } => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    };
    let open = AccountChange { any_client: Some(true), ..AccountChange::default() };
    engine.change_account(&account, &open).await.unwrap();

    // What goes well, what is refused, what is renewed, and what cannot be renewed.
    let key = engine.add_key(&switchyard_types::NewKey::named("tests")).await.unwrap().text;
    let ask = async || {
        let body = question("ag/gemini-3-flash", Stream::No).to_string();
        let sent = http.post(format!("{}/v1/chat/completions", server.address()));
        let sent = sent.bearer_auth(&key).header("content-type", "application/json").body(body);
        let answer = sent.send().await.unwrap();
        search("an answer's headers", format!("{:?}", answer.headers()).as_bytes());
        let status = answer.status().as_u16();
        search("an answer", answer.text().await.unwrap().as_bytes());
        status
    };
    assert_eq!(ask().await, 200);
    engine.read_quotas().await.unwrap();
    simulator.expire_tokens("antigravity");
    assert_eq!(ask().await, 200);
    simulator.add_token_faults("antigravity", [TokenFault::Broken, TokenFault::InvalidGrant]);
    simulator.expire_tokens("antigravity");
    clock.advance(2 * 3_600_000);
    assert_ne!(ask().await, 200);
    engine.read_quotas().await.unwrap();
    let proxy = Secret::new(format!("http://user:{PROXY_PASSWORD}@127.0.0.1:9"));
    engine.set_account_proxy(&account, &proxy).await.unwrap();
    assert_ne!(ask().await, 200);
    let wrong = Secret::new(format!("ftp://user:{PROXY_PASSWORD}@127.0.0.1"));
    let refused = engine.set_account_proxy(&account, &wrong).await.unwrap_err();
    search("a refused proxy", format!("{refused:?} {refused}").as_bytes());

    // Everything that is told, kept and said.
    search("the accounts", json!(engine.accounts().await.unwrap()).to_string().as_bytes());
    search("the quotas", json!(engine.quotas().await.unwrap()).to_string().as_bytes());
    let rows = engine.requests(None, 50).await.unwrap();
    search("the requests", json!(rows).to_string().as_bytes());
    search("the engine's debug print", format!("{engine:?}").as_bytes());
    engine.back_up().await.unwrap();
    assert!(search_folder(folder.path()) >= 4);
    engine.close().await;
    search_folder(folder.path());
    let logged = log.0.lock().unwrap();
    assert!(!logged.is_empty(), "the log was listened to");
    search("the log", &logged);
}
