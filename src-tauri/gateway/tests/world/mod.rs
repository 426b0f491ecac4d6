//! A whole Switchyard over simulated vendors, on loopback and in a temporary folder.
#![allow(dead_code, reason = "each test file uses its own part of the harness")]
#![allow(unreachable_pub, missing_docs, reason = "a harness, not a library")]

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use switchyard_engine::{Config, Engine};
use switchyard_gateway::{Options, Server};
use switchyard_simulator::{Script, Simulator, Vendor};
use switchyard_types::{
    ComboBody, Dialect, NewAccount, NewKey, NewVendor, RequestId, RequestView, Secret, Tier,
};
use tempfile::TempDir;

pub struct World {
    pub simulator: Simulator,
    pub engine: Engine,
    pub server: Server,
    pub key: String,
    pub http: reqwest::Client,
    folder: TempDir,
}

/// The key of a vendor's account: long enough to be recognised wherever it leaks.
pub fn vendor_key(vendor: &str) -> String {
    format!("vendor-secret-of-{vendor}-0123456789")
}

fn account(vendor: &str) -> NewAccount {
    NewAccount {
        vendor: vendor.to_owned(),
        name: format!("{vendor} account"),
        key: Secret::new(vendor_key(vendor)),
        check: false,
        ..NewAccount::default()
    }
}

/// Puts a row that ships into a data folder, its addresses led to a simulator.
pub fn place_row(folder: &Path, id: &str, root: &str) {
    let path = format!("{}/../catalog/vendors/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    let row = std::fs::read_to_string(path).unwrap();
    let mut moved = String::from("allow_private = true\n");
    // Where a person gets a key is no address that anything is sent to.
    let kept = |line: &&str| !line.starts_with("key_url") && !line.starts_with("allow_private");
    for line in row.lines().filter(kept) {
        let mut line = line.replace("\"http://127.0.0.1:11434", "\"https://ollama");
        while let Some((before, rest)) = line.split_once("\"https://") {
            let (_, path) = rest.split_at(rest.find(['/', '"']).unwrap());
            line = format!("{before}\"{root}{path}");
        }
        moved.push_str(&line);
        moved.push('\n');
    }
    let vendors = folder.join("vendors");
    std::fs::create_dir_all(&vendors).unwrap();
    std::fs::write(vendors.join(format!("{id}.toml")), moved).unwrap();
}

/// A vendor file up to its endpoints.
fn file_head(name: &str) -> String {
    format!(
        r#"id = "{name}"
prefix = "{name}"
name = "{name}"
tier = "cheap"
hue = 1
login = "key"
status = "active"
passthrough = true
allow_private = true
probe = {{ message = {{ model = "m" }} }}
"#
    )
}

/// The endpoints of vendors that speak with an accent.
pub mod accents {
    pub const CODE_ASSIST: &str = r#"
[[endpoints]]
dialect = "gemini"
accent = "code_assist"
url = "{base}/v1internal:{action}"
auth = "bearer"
"#;
    pub const ANTIGRAVITY: &str = r#"
[[endpoints]]
dialect = "gemini"
accent = "antigravity"
url = "{base}/v1internal:{action}"
auth = "bearer"
"#;
    pub const CODEX: &str = r#"
[[endpoints]]
dialect = "responses"
accent = "codex"
url = "{base}/backend-api/codex/responses"
compact = "{base}/backend-api/codex/responses/compact"
auth = "bearer"
"#;
    pub const COPILOT: &str = r#"
[[endpoints]]
dialect = "chat"
accent = "copilot"
url = "{base}/copilot/chat/completions"
auth = "bearer"

[[endpoints]]
dialect = "responses"
accent = "copilot"
url = "{base}/copilot/responses"
auth = "bearer"

[[endpoints]]
dialect = "messages"
accent = "copilot"
url = "{base}/copilot/v1/messages"
auth = "bearer"

[[models]]
id = "chat-only"
dialects = ["chat"]

[[models]]
id = "a-codex"
dialects = ["responses"]

[[models]]
id = "a-claude"
dialects = ["messages", "chat"]
"#;
    pub const KIRO: &str = r#"
[[endpoints]]
dialect = "messages"
accent = "kiro"
url = "{base}/generateAssistantResponse"
auth = "bearer"
"#;

    /// Each with its name.
    pub const ALL: [(&str, &str); 5] = [
        ("code-assist", CODE_ASSIST),
        ("antigravity", ANTIGRAVITY),
        ("codex", CODEX),
        ("copilot", COPILOT),
        ("kiro", KIRO),
    ];
}

/// What stays when the server is stopped.
pub struct Rest {
    pub engine: Engine,
    pub http: reqwest::Client,
    _simulator: Simulator,
    _folder: TempDir,
}

impl World {
    /// The server, to be stopped, and the rest.
    pub fn split(self) -> (Server, Rest) {
        let Self { simulator, engine, server, http, folder, .. } = self;
        (server, Rest { engine, http, _simulator: simulator, _folder: folder })
    }

    /// Starts with these vendors, one account each.
    pub async fn start(vendors: &[(&str, Dialect, Vendor)]) -> Self {
        Self::start_with(vendors, |_| {}).await
    }

    pub async fn start_with(
        vendors: &[(&str, Dialect, Vendor)],
        adjust: impl FnOnce(&mut Config),
    ) -> Self {
        let script = vendors.iter().fold(Script::default(), |script, (name, _, vendor)| {
            script.vendor(*name, vendor.clone())
        });
        let simulator = Simulator::start(script).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self::on(simulator, folder, vendors, adjust).await
    }

    /// Starts with vendors that a vendor file describes: `{base}` in it is the simulator's address of that
    /// vendor, without `/v1`.
    pub async fn start_files(vendors: &[(&str, &str, Vendor)]) -> Self {
        Self::start_files_with(vendors, |_| {}).await
    }

    pub async fn start_files_with(
        vendors: &[(&str, &str, Vendor)],
        adjust: impl FnOnce(&mut Config),
    ) -> Self {
        let script = vendors.iter().fold(Script::default(), |script, (name, _, vendor)| {
            script.vendor(*name, vendor.clone())
        });
        let simulator = Simulator::start(script).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("vendors")).unwrap();
        for (name, endpoints, _) in vendors {
            let url = simulator.url(name);
            let base = url.strip_suffix("/v1").unwrap();
            let file = format!("{}{endpoints}", file_head(name)).replace("{base}", base);
            std::fs::write(folder.path().join(format!("vendors/{name}.toml")), file).unwrap();
        }
        let world = Self::on(simulator, folder, &[], adjust).await;
        for (name, _, _) in vendors {
            world.engine.add_account(account(name)).await.unwrap();
        }
        world
    }

    async fn on(
        simulator: Simulator,
        folder: TempDir,
        vendors: &[(&str, Dialect, Vendor)],
        adjust: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = Config::new(folder.path());
        config.port = 0;
        config.timers.connect = Duration::from_secs(5);
        adjust(&mut config);
        let engine = Engine::open(config).await.unwrap();
        for (name, dialect, _) in vendors {
            let vendor = NewVendor {
                name: (*name).to_owned(),
                prefix: (*name).to_owned(),
                dialect: *dialect,
                base_url: simulator.url(name),
                allow_private: true,
                models: vec!["m".to_owned()],
                tier: Tier::Cheap,
            };
            engine.add_vendor(&vendor).await.unwrap();
            engine.add_account(account(name)).await.unwrap();
        }
        let key = engine.add_key(&NewKey::named("tests")).await.unwrap().text;
        let server = switchyard_gateway::serve(engine.clone(), Options::default()).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { simulator, engine, server, key, http, folder }
    }

    /// Stops the server and starts one on the same data.
    pub async fn opened_again(self, adjust: impl FnOnce(&mut Config)) -> Self {
        let Self { simulator, engine, server, key, http, folder } = self;
        server.shutdown().await;
        engine.close().await;
        drop(engine);
        let mut config = Config::new(folder.path());
        config.port = 0;
        adjust(&mut config);
        let engine = Engine::open(config).await.unwrap();
        let server = switchyard_gateway::serve(engine.clone(), Options::default()).await.unwrap();
        Self { simulator, engine, server, key, http, folder }
    }

    pub async fn combo(&self, name: &str, candidates: &[&str]) {
        let candidates = candidates.iter().map(|c| (*c).into()).collect();
        let body = ComboBody { candidates, ..ComboBody::default() };
        self.engine.put_combo(name, &body).await.unwrap();
    }

    /// Signs in and returns the session's token.
    pub async fn session(&self) -> String {
        let link = self.server.one_time_link().unwrap().url;
        let browser = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let entered = browser.get(&link).send().await.unwrap();
        let cookie = entered.headers()["set-cookie"].to_str().unwrap();
        cookie.split([';', '=']).nth(1).unwrap().to_owned()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.address())
    }

    pub fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        self.http
            .post(self.url(path))
            .bearer_auth(&self.key)
            .header("content-type", "application/json")
            .body(body)
    }

    /// Calls the admin API in a session; an answer that is no JSON counts as null.
    pub async fn admin(&self, method: reqwest::Method, path: &str, body: Value) -> (u16, Value) {
        let request = self
            .http
            .request(method, self.url(path))
            .bearer_auth(self.session().await)
            .header("content-type", "application/json")
            .body(body.to_string());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }

    pub async fn ask(&self, dialect: Dialect, model: &str, stream: Stream) -> Heard {
        let body = question_in(dialect, model, stream).to_string();
        Heard::from(self.post(&path_for(dialect, model, stream), body).send().await.unwrap()).await
    }

    /// Asks in a conversation of its own: one that goes on stays with the account that answered it.
    pub async fn ask_anew(
        &self,
        dialect: Dialect,
        model: &str,
        stream: Stream,
        number: usize,
    ) -> Heard {
        let body = question_in(dialect, model, stream).to_string();
        let body = body.replace("Hello there", &format!("Hello there, {number}"));
        Heard::from(self.post(&path_for(dialect, model, stream), body).send().await.unwrap()).await
    }

    /// The newest request's row.
    pub async fn last(&self) -> RequestView {
        self.engine.requests(None, 1).await.unwrap().requests.remove(0)
    }

    /// The row of the request that this was the answer to.
    pub async fn row_of(&self, heard: &Heard) -> RequestView {
        let id = heard.headers["x-switchyard-request"].to_str().unwrap();
        self.engine.request(&RequestId::new(id)).await.unwrap()
    }

    /// The newest row, once there are `count` of them: a stream's row is written after its end.
    pub async fn last_of(&self, count: usize) -> RequestView {
        for _ in 0..6_000 {
            let mut rows = self.engine.requests(None, 200).await.unwrap().requests;
            if rows.len() >= count {
                return rows.remove(0);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no {count} rows were written");
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Yes,
    No,
}

/// What a client heard.
#[derive(Debug)]
pub struct Heard {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    /// The connection broke instead of ending in order.
    pub broke: bool,
}

impl Heard {
    pub async fn from(mut response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut bytes = Vec::new();
        let broke = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        Self { status, headers, text: String::from_utf8(bytes).unwrap(), broke }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// The lines of a stream that has a value a line.
    pub fn lines(&self) -> Vec<Value> {
        self.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The events of a stream: the data of each, in order.
    pub fn events(&self) -> Vec<String> {
        self.text
            .replace("\r\n", "\n")
            .split("\n\n")
            .filter_map(|frame| frame.lines().find_map(|line| line.strip_prefix("data: ")))
            .map(str::to_owned)
            .collect()
    }

    pub fn event_types(&self) -> Vec<String> {
        self.events()
            .iter()
            .filter_map(|data| serde_json::from_str::<Value>(data).ok())
            .filter_map(|event| Some(event.get("type")?.as_str()?.to_owned()))
            .collect()
    }
}

pub fn path(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat => "/v1/chat/completions",
        Dialect::Messages => "/v1/messages",
        Dialect::Responses => "/v1/responses",
        Dialect::Gemini => panic!("the model stands in the path"),
        Dialect::Ollama => "/api/chat",
    }
}

/// The path of a request, where the model may stand in it.
pub fn path_for(dialect: Dialect, model: &str, stream: Stream) -> String {
    match (dialect, stream) {
        (Dialect::Gemini, Stream::No) => format!("/v1beta/models/{model}:generateContent"),
        (Dialect::Gemini, Stream::Yes) => {
            format!("/v1beta/models/{model}:streamGenerateContent?alt=sse")
        }
        (dialect, _) => path(dialect).to_owned(),
    }
}

/// A request of any dialect.
pub fn question_in(dialect: Dialect, model: &str, stream: Stream) -> Value {
    match dialect {
        Dialect::Gemini => json!({
            "contents": [{ "role": "user", "parts": [{ "text": "Hello there" }] }],
            "generationConfig": { "maxOutputTokens": 200 },
        }),
        Dialect::Ollama => json!({
            "model": model,
            "stream": stream == Stream::Yes,
            "messages": [{ "role": "user", "content": "Hello there" }],
            "options": { "num_predict": 200 },
        }),
        Dialect::Chat | Dialect::Messages | Dialect::Responses => question(model, stream),
    }
}

/// A request that Chat and Messages both understand; Responses reads `input`.
pub fn question(model: &str, stream: Stream) -> Value {
    json!({
        "model": model,
        "stream": stream == Stream::Yes,
        "max_tokens": 200,
        "messages": [{ "role": "user", "content": "Hello there" }],
        "input": "Hello there",
    })
}

/// Every file below the folder with its bytes. The program puts files in place while this looks: a
/// look in which one was gone before it was read is not whole, and another is taken.
pub fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    loop {
        let mut found = BTreeMap::new();
        match gather(folder, &mut found) {
            Ok(()) => return found,
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
        }
    }
}

fn gather(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, found)?;
        } else {
            found.insert(path.clone(), std::fs::read(&path)?);
        }
    }
    Ok(())
}
