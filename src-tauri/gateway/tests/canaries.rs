//! Secrets planted everywhere are found nowhere that a person, a file or a network could read them.
#![cfg(test)]

mod world;

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::{Value, json};
use switchyard_engine::{Config, Redactor};
use switchyard_gateway::{Access, route_list};
use switchyard_simulator::Vendor;
use switchyard_types::{BodiesChange, Dialect, ExportAsk, NewAccount, NewVendor, Secret, Tier};
use world::{Stream, World, files_below, vendor_key};

const PASSWORD: &str = "a-password-that-nobody-guesses";
const PASSPHRASE: &str = "a-passphrase-that-nobody-guesses";

/// Every line that anything in this process logs, down to the last detail.
fn listen(redactor: &Redactor) -> Arc<Mutex<Vec<u8>>> {
    #[derive(Clone)]
    struct Heard(Arc<Mutex<Vec<u8>>>);
    impl Write for Heard {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (out, redactor) = (Heard(Arc::clone(&heard)), redactor.clone());
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || redactor.writer(out.clone()))
        .init();
    heard
}

/// What is planted, by its name.
struct Planted(Vec<(String, String)>);

impl Planted {
    fn search(&self, place: &str, found: &[u8]) {
        for (name, secret) in &self.0 {
            let at = found.windows(secret.len()).position(|window| window == secret.as_bytes());
            if let Some(at) = at {
                let around =
                    &found[at.saturating_sub(200)..(at + secret.len() + 100).min(found.len())];
                panic!("{name} stands in {place}: {}", String::from_utf8_lossy(around));
            }
        }
    }

    /// Every file of the folder, but for the one whose purpose is to hold one of them.
    fn search_folder(&self, folder: &Path) -> usize {
        let mut count = 0;
        for (path, bytes) in files_below(folder) {
            if !path.ends_with("server.json") {
                self.search(&path.to_string_lossy(), &bytes);
                count += 1;
            }
        }
        count
    }
}

/// A vendor that begins to answer and then breaks off with an error that quotes the key it was asked with.
async fn breaking_off() -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut asked = Vec::new();
            // The question ends with its body, which is an object.
            while !asked.ends_with(b"}") {
                connection.read_buf(&mut asked).await.unwrap();
            }
            let asked = String::from_utf8(asked).unwrap();
            let header = |name: &str| {
                let line = asked.lines().find_map(|line| line.strip_prefix(name));
                line.map(|value| value.trim().trim_start_matches("Bearer ").to_owned())
            };
            let key = header("authorization:").or_else(|| header("x-api-key:")).unwrap();
            let events = if asked.starts_with("POST /v1/messages") {
                format!(
                    "event: message_start\ndata: {}\n\nevent: content_block_start\ndata: {}\n\n\
                     event: content_block_delta\ndata: {}\n\nevent: error\ndata: {}\n\n",
                    json!({"type": "message_start", "message": {"id": "m", "content": []}}),
                    json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
                    json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "So"}}),
                    json!({"type": "error", "error": {"type": "authentication_error", "message": format!("no more of {key}")}}),
                )
            } else {
                let delta =
                    json!({"id": "c", "choices": [{"index": 0, "delta": {"content": "So"}}]});
                let fault = json!({"error": {"message": format!("no more of {key}")}});
                format!("data: {delta}\n\ndata: {delta}\n\ndata: {fault}\n\n")
            };
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
            connection.write_all(format!("{head}{events}").as_bytes()).await.unwrap();
        }
    });
    format!("http://{address}/v1")
}

#[tokio::test]
async fn planted_secrets_are_found_nowhere() {
    let redactor = Redactor::default();
    let heard = listen(&redactor);
    let refusing = Vendor::default().bad_keys([vendor_key("refusing")]);
    let vendors =
        [("good", Dialect::Chat, Vendor::default()), ("refusing", Dialect::Messages, refusing)];
    let adjust = |config: &mut Config| {
        config.redactor = redactor.clone();
        switchyard_engine::keep_crash_reports(config);
    };
    let world = World::start_with(&vendors, adjust).await;
    world.engine.set_password(Secret::new(PASSWORD)).await.unwrap();
    // What is said is kept as well, so that it is searched too.
    let keep = BodiesChange { keep: true, days: None };
    world.engine.change_bodies(keep).await.unwrap();
    let session = world.session().await;
    let link = world.server.one_time_link().unwrap().url;
    let planted = Planted(vec![
        ("the key of a vendor".to_owned(), vendor_key("good")),
        ("the key that a vendor refuses and quotes".to_owned(), vendor_key("refusing")),
        ("a client's key".to_owned(), world.key.clone()),
        ("the dashboard's password".to_owned(), PASSWORD.to_owned()),
        ("the passphrase of an export".to_owned(), PASSPHRASE.to_owned()),
        ("a session".to_owned(), session.clone()),
        ("a one-time link".to_owned(), link.split_once("token=").unwrap().1.to_owned()),
    ]);

    // Requests that go well, fall over and fail, in both directions of translation.
    world.combo("both", &["refusing/m", "good/m"]).await;
    for dialect in [Dialect::Chat, Dialect::Messages] {
        for model in ["good/m", "refusing/m", "both"] {
            for stream in [Stream::Yes, Stream::No] {
                let answer = world.ask(dialect, model, stream).await;
                planted.search(&format!("the answer to {model}"), answer.text.as_bytes());
                planted.search("an answer's headers", format!("{:?}", answer.headers).as_bytes());
            }
        }
    }
    world.last_of(12).await;

    // An answer that has begun, and breaks off with a quotation.
    for dialect in [Dialect::Chat, Dialect::Messages] {
        let name = format!("quoting-{}", dialect.as_str());
        let vendor = NewVendor {
            name: name.clone(),
            prefix: name.clone(),
            dialect,
            base_url: breaking_off().await,
            allow_private: true,
            models: vec!["m".to_owned()],
            tier: Tier::Cheap,
        };
        world.engine.add_vendor(&vendor).await.unwrap();
        let key = Secret::new(vendor_key("good"));
        let account =
            NewAccount { vendor: name.clone(), name: name.clone(), key, ..NewAccount::default() };
        world.engine.add_account(NewAccount { check: false, ..account }).await.unwrap();
        for client in [Dialect::Chat, Dialect::Messages] {
            let answer = world.ask(client, &format!("{name}/m"), Stream::Yes).await;
            assert!(answer.text.contains("no more of [a secret]"), "{}", answer.text);
            planted.search("an answer that broke off", answer.text.as_bytes());
        }
    }
    world.last_of(16).await;

    // Everything that the admin API tells, and what it says to nonsense.
    let call = |method: Method, path: &str, body: Value| {
        world
            .http
            .request(method, world.url(path))
            .bearer_auth(&session)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
    };
    let accounts = world.engine.accounts().await.unwrap();
    for account in &accounts {
        let path = format!("/api/accounts/{}/test", account.id);
        let answer = call(Method::POST, &path, json!({})).await.unwrap();
        planted.search(&path, answer.text().await.unwrap().as_bytes());
    }
    let wrong = json!({ "vendor": "refusing", "key": vendor_key("refusing"), "check": true });
    let refused = call(Method::POST, "/api/accounts", wrong).await.unwrap();
    assert!(!refused.status().is_success());
    planted.search("the refusal of a key", refused.text().await.unwrap().as_bytes());
    for (pattern, access) in route_list() {
        if access != Access::Session || pattern == "/api/events" {
            continue;
        }
        let id = world.engine.requests(None, 1).await.unwrap().requests[0].id.to_string();
        let path = pattern.replace("{id}", &id).replace("{name}", "x").replace("{alias}", "x");
        let path = if path == "/api/usage" { "/api/usage?from=0&until=1".to_owned() } else { path };
        let answer = call(Method::GET, &path, json!({})).await.unwrap();
        planted.search(&path, answer.text().await.unwrap().as_bytes());
    }
    let short = json!({ "passphrase": PASSPHRASE, "password": PASSWORD });
    for path in ["/api/import", "/api/sign-in", "/api/combos/x"] {
        let answer = call(Method::POST, path, short.clone()).await.unwrap();
        planted.search(path, answer.text().await.unwrap().as_bytes());
    }

    // What leaves the machine, and what stays on it.
    let ask = ExportAsk { passphrase: Secret::new(PASSPHRASE) };
    let exported = world.engine.export(ask).await.unwrap();
    planted.search("an export", serde_json::to_string(&exported).unwrap().as_bytes());
    world.engine.back_up().await.unwrap();
    let quoting = format!("a fault that quotes {} and {}", vendor_key("good"), world.key);
    let panicked = tokio::spawn(async move { panic!("{quoting}") }).await;
    assert!(panicked.is_err());
    let _ = std::panic::take_hook();
    let folder = world.engine.config().data_dir.clone();
    assert!(folder.join("crashes").exists());
    assert!(planted.search_folder(&folder) >= 5);
    world.engine.close().await;
    planted.search_folder(&folder);
    let logged = heard.lock().unwrap();
    assert!(logged.len() > 10_000, "the log was listened to");
    planted.search("the log", &logged);
    assert!(folder.join("logs/switchyard.log").exists(), "its files are among those searched");
}

#[tokio::test]
async fn a_key_that_was_removed_is_still_cut_out_of_what_a_vendor_says_of_it() {
    let world = World::start(&[("good", Dialect::Chat, Vendor::default())]).await;
    let redactor = world.engine.config().redactor.clone();
    let quoted = format!("{} was revoked", vendor_key("good"));
    assert_eq!(redactor.clean(&quoted), "[a secret] was revoked");
    let account = world.engine.accounts().await.unwrap().remove(0).id;
    world.engine.remove_account(&account).await.unwrap();
    assert!(world.engine.accounts().await.unwrap().is_empty());
    assert_eq!(redactor.clean(&quoted), "[a secret] was revoked");
}
