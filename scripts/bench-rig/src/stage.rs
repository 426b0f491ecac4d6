//! The programs under measurement, started and connected with each other.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::ask::{Delivery, Dialect, PIECE, answer, body};
use crate::child::{Memory, Running};
use crate::line::{Line, Question};
use crate::plan::{Size, Way};

/// How long Switchyard rests before its idle memory is read.
const REST: Duration = Duration::from_secs(10);

/// How long the programs may put away what the load left before their memory is read.
const SETTLE: Duration = Duration::from_secs(3);

/// The model at the vendor. The combo's name is as long, so that all ways carry the same bytes, and
/// another one, so that Switchyard has to put the vendor's name in its place.
const MODEL: &str = "answer";
const COMBO: &str = "router";

/// The combo whose vendor lets its requests wait.
const WAITING: &str = "waiter";

/// Everything that runs.
#[derive(Debug)]
pub(crate) struct Stage {
    vendor: Running,
    hop: Running,
    switchyard: Running,
    started: Instant,
    vendor_at: SocketAddr,
    hop_at: SocketAddr,
    admin: Admin,
    key: String,
    /// Holds the data folder; removed at the end.
    _folder: TempDir,
}

/// Memory of both proxies at one time, and what Switchyard wrote down.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Rest {
    pub(crate) hop: Memory,
    pub(crate) switchyard: Memory,
    pub(crate) recorded: u64,
    pub(crate) dropped: u64,
}

impl Stage {
    /// How long the vendor of [`waiting_question`](Self::waiting_question) lets a request wait.
    pub(crate) const WAIT: Duration = Duration::from_secs(5);

    pub(crate) async fn set(switchyard: &Path, simulator: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("switchyard-bench-").tempdir()?;
        let script = folder.path().join("vendor.toml");
        std::fs::write(&script, vendor_script())?;
        let script = script.to_string_lossy().into_owned();
        let (vendor, vendor_at) =
            Running::start(simulator, &["--port", "0", "--script", &script], |line| {
                line.split("http://").nth(1)?.split('/').next()?.parse::<SocketAddr>().ok()
            })
            .await?;
        let rig = std::env::current_exe().context("finding this program")?;
        let to = vendor_at.to_string();
        let (hop, hop_at) = Running::start(&rig, &["hop", "--to", &to], |line| {
            line.strip_prefix("hop ")?.parse::<SocketAddr>().ok()
        })
        .await?;
        let data = folder.path().join("data");
        let data_dir = data.to_string_lossy();
        let started = Instant::now();
        let (switchyard, ()) = Running::start(
            switchyard,
            &["serve", "--port", "0", "--data-dir", &data_dir],
            |line| line.starts_with("Switchyard listens on").then_some(()),
        )
        .await?;
        let admin = Admin::find(&data)?;
        let key = admin.connect(vendor_at).await?;
        Ok(Self {
            vendor,
            hop,
            switchyard,
            started,
            vendor_at,
            hop_at,
            admin,
            key,
            _folder: folder,
        })
    }

    /// Waits out Switchyard's first seconds and reads what it holds at rest.
    pub(crate) async fn rest(&mut self) -> anyhow::Result<Rest> {
        tokio::time::sleep_until(self.started + REST).await;
        self.read().await
    }

    /// Reads what is held after the load, when its connections are closed.
    pub(crate) async fn settle(&mut self) -> anyhow::Result<Rest> {
        tokio::time::sleep(SETTLE).await;
        self.read().await
    }

    async fn read(&mut self) -> anyhow::Result<Rest> {
        for program in [&mut self.vendor, &mut self.hop, &mut self.switchyard] {
            program.check()?;
        }
        // Memory first: the question after the day's sums reads the database.
        let (hop, switchyard) = (self.hop.memory()?, self.switchyard.memory()?);
        let status = self.admin.call(Method::GET, "/api/status", &Value::Null).await?;
        let number = |pointer: &str| status.pointer(pointer).and_then(Value::as_u64);
        Ok(Rest {
            hop,
            switchyard,
            recorded: number("/today/requests").context("no count of requests")?,
            dropped: number("/dropped_records").context("no count of dropped records")?,
        })
    }

    /// What is asked on this way.
    pub(crate) fn question(&self, way: Way, delivery: Delivery, size: Size) -> Question {
        let (address, path, bearer) = match way {
            Way::Direct => (self.vendor_at, "/bench/v1/chat/completions", None),
            Way::Hop => (self.hop_at, "/bench/v1/chat/completions", None),
            Way::Same => (self.admin.address, "/v1/chat/completions", Some(self.key.clone())),
            Way::Translated => (self.admin.address, "/v1/messages", Some(self.key.clone())),
        };
        let model = match way {
            Way::Direct | Way::Hop => MODEL,
            Way::Same | Way::Translated => COMBO,
        };
        let body = body(dialect(way), delivery, size, model);
        Question { address, method: Method::POST, path: path.to_owned(), bearer, body }
    }

    /// A long conversation for a vendor of another dialect that reads it, and lets it wait for its answer.
    pub(crate) fn waiting_question(&self) -> Question {
        let body = body(Dialect::Messages, Delivery::Stream, Size::Large, WAITING);
        Question { body, ..self.question(Way::Translated, Delivery::Stream, Size::Large) }
    }

    /// Switchyard's memory.
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        self.switchyard.memory()
    }

    /// Lets what Switchyard held at most count from now.
    pub(crate) fn forget_most(&self) -> anyhow::Result<()> {
        self.switchyard.forget_most()
    }

    /// Processor time used so far by the proxy on this way, in hundredths of a second.
    pub(crate) fn ticks(&self, way: Way) -> anyhow::Result<u64> {
        match way {
            Way::Direct => self.vendor.ticks(),
            Way::Hop => self.hop.ticks(),
            Way::Same | Way::Translated => self.switchyard.ticks(),
        }
    }
}

/// What the client speaks on this way.
pub(crate) fn dialect(way: Way) -> Dialect {
    match way {
        Way::Direct | Way::Hop | Way::Same => Dialect::Chat,
        Way::Translated => Dialect::Messages,
    }
}

fn vendor_script() -> String {
    format!(
        "[vendor.bench]\nchunk_chars = {PIECE}\n\n[[vendor.bench.turn]]\nmodel = \"{MODEL}\"\ntext = \"{}\"\n",
        answer()
    )
}

/// Switchyard's admin API, by the token that it leaves in its data folder.
#[derive(Debug)]
struct Admin {
    address: SocketAddr,
    token: String,
}

impl Admin {
    fn find(data: &Path) -> anyhow::Result<Self> {
        let path = data.join("server.json");
        let text = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        let file: Value = serde_json::from_slice(&text)?;
        let text = |name: &str| file[name].as_str().with_context(|| format!("no {name}"));
        Ok(Self { address: text("address")?.parse()?, token: text("token")?.to_owned() })
    }

    /// Makes the simulator a vendor with one account behind a combo, and returns a client's key.
    async fn connect(&self, vendor_at: SocketAddr) -> anyhow::Result<String> {
        let vendor = json!({
            "name": "Bench", "prefix": "bench", "dialect": "chat", "tier": "free",
            "base_url": format!("http://{vendor_at}/bench/v1"),
            "allow_private": true, "models": [MODEL],
        });
        let vendor = self.call(Method::POST, "/api/vendors", &vendor).await?;
        let account =
            json!({ "vendor": vendor["id"], "name": "Bench", "key": "sk-bench-0123456789" });
        self.call(Method::POST, "/api/accounts", &account).await?;
        let combo = json!({ "candidates": [format!("bench/{MODEL}")] });
        self.call(Method::PUT, &format!("/api/combos/{COMBO}"), &combo).await?;
        let waits = format!("bench/{MODEL}+slow-{}s", Stage::WAIT.as_secs());
        let waiting = json!({ "candidates": [waits] });
        self.call(Method::PUT, &format!("/api/combos/{WAITING}"), &waiting).await?;
        let key = self.call(Method::POST, "/api/keys", &json!({ "name": "bench" })).await?;
        let status = self.call(Method::GET, "/api/status", &Value::Null).await?;
        ensure!(status["keys_required"] == true, "Switchyard does not ask for keys");
        Ok(key["text"].as_str().context("the new key has no text")?.to_owned())
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let question = Question {
            address: self.address,
            method,
            path: path.to_owned(),
            bearer: Some(self.token.clone()),
            body,
        };
        let mut line = Line::open(self.address).await?;
        let answer = line.ask(&question).await?;
        let told = || String::from_utf8_lossy(&answer.body).into_owned();
        ensure!(answer.status == StatusCode::OK, "{path}: {} {}", answer.status, told());
        serde_json::from_slice(&answer.body).with_context(told)
    }
}
