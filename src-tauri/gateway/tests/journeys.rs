//! Every vendor row that ships, from the sign-in or the key to the quota's reset: only its addresses lead to a
//! simulator that speaks as the vendor does.
#![cfg(test)]

mod world;

use std::collections::HashSet;
use std::time::Duration;

use switchyard_engine::{Clock, Config, Engine};
use switchyard_simulator::{
    Fault, Login, QuotaPage, QuotaShape, Refusal, Script, Signal, Simulator, Vendor, When,
    service_account_file,
};
use switchyard_types::{
    AccountChange, AccountId, Dialect, Login as SignsIn, LoginStep, NewAccount, NewKey, NewLogin,
    QuotaSource, Secret, VendorStatus, VendorView,
};
use tempfile::TempDir;
use world::{Heard, Stream, path, place_row, question_in, vendor_key};

const HOUR: i64 = 3_600_000;

/// A model that vendors list, and no row knows.
const LISTED: &str = "gemini-seen-live";

/// A model that runs out by an answer, where the vendor tells of no quota.
const SPENT: &str = "a-model-that-runs-out";

struct Journey {
    id: &'static str,
    simulator: Simulator,
    engine: Engine,
    server: switchyard_gateway::Server,
    clock: Clock,
    key: String,
    http: reqwest::Client,
    model: String,
    _folder: TempDir,
}

/// In milliseconds: some vendors say when a token ends by the time of day.
fn now() -> i64 {
    Clock::system().now()
}

fn page(shape: QuotaShape, short: u8) -> QuotaPage {
    QuotaPage { shape, short, long: short, resets: u64::try_from((now() + HOUR) / 1000).unwrap() }
}

impl Journey {
    async fn start(id: &'static str, shape: Option<QuotaShape>) -> Self {
        let limited = Fault::limited(Signal::RetryAfter, Duration::from_hours(1));
        let vendor = Vendor::default().fault_for(SPENT, When::First(1), limited);
        Self::start_with(id, shape, vendor, |row| row).await
    }

    /// With a vendor of its own, and a row that is changed.
    async fn start_with(
        id: &'static str,
        shape: Option<QuotaShape>,
        vendor: Vendor,
        change: impl Fn(String) -> String,
    ) -> Self {
        let login = Login::default();
        let login = match shape {
            Some(shape) => login.quota(page(shape, 10)),
            None => login,
        };
        // A server on one's own machine knows neither keys nor logins.
        let vendor = match id {
            "ollama-local" => vendor,
            _ => vendor.keys([vendor_key(id)]).login(login),
        };
        let simulator = Simulator::start(Script::default().vendor(id, vendor)).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        place_row(folder.path(), id, &simulator.root(id));
        let file = folder.path().join(format!("vendors/{id}.toml"));
        let row = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, change(row)).unwrap();
        let mut config = Config::new(folder.path());
        config.port = 0;
        config.clock = Clock::manual(now());
        config.places.secrets.environment = ["GEMINI_CLI", "ANTIGRAVITY"]
            .map(|name| (format!("SWITCHYARD_{name}_CLIENT_SECRET"), Secret::new("simulated")))
            .to_vec();
        let clock = config.clock.clone();
        let engine = Engine::open(config).await.unwrap();
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
        let rows = engine.vendors();
        let row = rows.iter().find(|row| row.id == id).unwrap();
        let model = row.models.first().map_or("a-model", |model| &model.id);
        let model = format!("{}/{model}", row.prefix);
        Self { id, simulator, engine, server, clock, key, http, model, _folder: folder }
    }

    async fn sign_in(&self, way: Option<&str>) -> AccountId {
        let new = NewLogin {
            vendor: self.id.to_owned(),
            way: way.map(str::to_owned),
            understood: true,
            ..NewLogin::default()
        };
        let begun = self.engine.begin_login(new).await.unwrap();
        if let LoginStep::Open { url, .. } = &begun.step {
            let page = self.http.get(url).send().await.unwrap();
            let back = page.headers()["location"].to_str().unwrap();
            self.engine.paste_login(&begun.id, Secret::new(back)).unwrap();
        }
        for _ in 0..2_000 {
            match self.engine.login(&begun.id).unwrap().step {
                LoginStep::Open { .. } | LoginStep::Code { .. } => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                LoginStep::Done { account, .. } => return account,
                LoginStep::Failed { error } => panic!("{}: {error:?}", self.id),
            }
        }
        panic!("{}: the sign-in did not end", self.id)
    }

    async fn add_key(&self) {
        let rows = self.engine.vendors();
        let row = rows.iter().find(|row| row.id == self.id).unwrap();
        let key = match (row.login, self.id) {
            (SignsIn::None, _) => String::new(),
            (_, "vertex") => service_account_file(),
            (_, id) => vendor_key(id),
        };
        // What it is asked for besides; examples of addresses lead to the simulator as all others do.
        let asked = row.fields.iter().filter(|field| field.default.is_none());
        let asked = asked.filter(|field| field.name != "project");
        let fields = asked.map(|field| (field.name.clone(), field.example.clone())).collect();
        let new = NewAccount {
            vendor: self.id.to_owned(),
            key: Secret::new(key),
            check: true,
            fields,
            ..NewAccount::default()
        };
        self.engine.add_account(new).await.unwrap();
    }

    async fn ask(&self, model: &str, stream: Stream) -> Heard {
        self.send(question_in(Dialect::Chat, model, stream).to_string()).await
    }

    async fn send(&self, body: String) -> Heard {
        let sent = self
            .http
            .post(format!("{}{}", self.server.address(), path(Dialect::Chat)))
            .bearer_auth(&self.key)
            .header("content-type", "application/json")
            .body(body);
        Heard::from(sent.send().await.unwrap()).await
    }

    async fn serves(&self, model: &str) {
        let heard = self.ask(model, Stream::No).await;
        assert_eq!(heard.status, 200, "{}: {}", self.id, heard.text);
        let heard = self.ask(model, Stream::Yes).await;
        assert_eq!(heard.status, 200, "{}: {}", self.id, heard.text);
        assert!(heard.text.trim_end().ends_with("[DONE]"), "{}: {}", self.id, heard.text);
    }

    /// Each conversation has one name for the vendor, and two have two.
    async fn names_conversations(&self) {
        let names = || -> HashSet<String> {
            let requests = self.simulator.take_requests();
            let names = requests.iter().filter_map(|it| it.header("x-opencode-session"));
            names.map(str::to_owned).collect()
        };
        names();
        self.serves(&self.model).await;
        assert_eq!(names().len(), 1, "{}", self.id);
        for opening in ["Hello there", "Something else"] {
            let body = question_in(Dialect::Chat, &self.model, Stream::No).to_string();
            self.send(body.replace("Hello there", opening)).await;
        }
        assert_eq!(names().len(), 2, "{}", self.id);
    }

    /// What was sent to the vendor but for its pages about accounts.
    fn asked(&self) -> usize {
        let pages = ["usage", "user", "fetchAvailableModels", "getUsageLimits", "quota", "remains"];
        let about = |path: &str| pages.iter().any(|page| path.contains(page));
        self.simulator.requests().iter().filter(|request| !about(&request.path)).count()
    }

    /// The quota is used up, is known to be so without asking, and comes back at its reset.
    async fn runs_out_by_its_page(&self, shape: QuotaShape) {
        let before = self.engine.read_quotas().await.unwrap().remove(0);
        assert!(before.readable && before.problem.is_none(), "{}: {before:?}", self.id);
        assert!(!before.windows.is_empty(), "{}", self.id);
        assert!(before.windows.iter().all(|window| window.source == QuotaSource::Reader));
        self.simulator.set_quota(self.id, page(shape, 100));
        self.clock.advance(60_000);
        let spent = self.engine.read_quotas().await.unwrap().remove(0);
        let full = |share| share == Some(10_000);
        assert!(
            spent.windows.iter().any(|window| full(window.amount.used_share())),
            "{}: {spent:?}",
            self.id
        );
        let closes = spent.windows.iter().any(|window| {
            window.closes && full(window.amount.used_share()) && window.resets_at.is_some()
        });
        if !closes {
            return;
        }
        let model = match shape {
            QuotaShape::Antigravity => "ag/claude-opus-4-6",
            _ => &self.model,
        };
        let asked = self.asked();
        let refused = self.ask(model, Stream::No).await;
        assert_ne!(refused.status, 200, "{}: {}", self.id, refused.text);
        let wait = refused.headers.get("retry-after").unwrap().to_str().unwrap();
        let wait: u64 = wait.parse().unwrap();
        // Where a day is told, the reset may be its midnight.
        assert!((1..=86_400).contains(&wait), "{}: {wait}", self.id);
        assert_eq!(self.asked(), asked, "{}: the vendor was asked in vain", self.id);
        self.simulator.set_quota(self.id, page(shape, 0));
        self.clock.advance(HOUR + 60_000);
        self.serves(model).await;
    }

    /// The quota is used up by an answer that says when it comes back.
    async fn runs_out_by_an_answer(&self) {
        let model = format!("{}/{SPENT}", self.model.split('/').next().unwrap());
        let refused = self.ask(&model, Stream::No).await;
        assert_ne!(refused.status, 200, "{}: {}", self.id, refused.text);
        let asked = self.asked();
        let refused = self.ask(&model, Stream::No).await;
        let wait = refused.headers.get("retry-after").unwrap().to_str().unwrap();
        let wait: u64 = wait.parse().unwrap();
        assert!((3_500..=4_000).contains(&wait), "{}: {wait}", self.id);
        assert_eq!(self.asked(), asked, "{}: the vendor was asked in vain", self.id);
        self.clock.advance(HOUR + HOUR / 5);
        self.serves(&model).await;
    }
}

/// A row with a sign-in: the way, whether its login is renewed, and the shape of its page of quotas.
struct Row(&'static str, Option<&'static str>, Renewal, Option<QuotaShape>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Renewal {
    /// A token that the vendor refuses is renewed.
    WhenRefused,
    /// It is fetched anew ahead of its end with a token that outlives it.
    Ahead,
    /// It does not end, and nothing renews it.
    Never,
}

const SIGN_INS: [Row; 11] = [
    Row("claude", None, Renewal::WhenRefused, Some(QuotaShape::Claude)),
    Row("codex", None, Renewal::WhenRefused, Some(QuotaShape::Codex)),
    Row("github", None, Renewal::Ahead, Some(QuotaShape::Copilot)),
    Row("gemini-cli", None, Renewal::WhenRefused, None),
    Row("antigravity", None, Renewal::WhenRefused, Some(QuotaShape::Antigravity)),
    Row("kiro", Some("aws"), Renewal::WhenRefused, Some(QuotaShape::Kiro)),
    Row("kiro", Some("google"), Renewal::WhenRefused, Some(QuotaShape::Kiro)),
    Row("kiro", Some("github"), Renewal::WhenRefused, Some(QuotaShape::Kiro)),
    Row("kimi-coding", None, Renewal::WhenRefused, Some(QuotaShape::Kimi)),
    Row("cline", None, Renewal::WhenRefused, None),
    Row("kilocode", None, Renewal::Never, None),
];

#[tokio::test]
async fn every_row_with_a_sign_in_serves_is_renewed_runs_out_and_comes_back() {
    for Row(id, way, renewal, shape) in SIGN_INS {
        let journey = Journey::start(id, shape).await;
        let account = journey.sign_in(way).await;
        let open = AccountChange { any_client: Some(true), ..AccountChange::default() };
        journey.engine.change_account(&account, &open).await.unwrap();
        journey.serves(&journey.model).await;
        let tokens = |journey: &Journey| {
            let requests = journey.simulator.requests();
            let sent = requests.iter().filter_map(|request| request.header("authorization"));
            sent.map(str::to_owned).collect::<std::collections::HashSet<_>>().len()
        };
        let before = tokens(&journey);
        match renewal {
            Renewal::WhenRefused => journey.simulator.expire_tokens(id),
            Renewal::Ahead => journey.clock.advance(2 * HOUR),
            Renewal::Never => {}
        }
        journey.serves(&journey.model).await;
        assert_eq!(tokens(&journey) > before, renewal != Renewal::Never, "{id}: {renewal:?}");
        match shape {
            Some(shape) => journey.runs_out_by_its_page(shape).await,
            None => journey.runs_out_by_an_answer().await,
        }
    }
}

/// Every row that ships.
async fn rows() -> Vec<VendorView> {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(Config::new(folder.path())).await.unwrap();
    let rows = engine.vendors();
    engine.close().await;
    rows
}

/// The page of quotas of a row that takes a key.
fn page_of(id: &str) -> Option<QuotaShape> {
    match id {
        "glm" | "glm-cn" => Some(QuotaShape::Glm),
        "minimax" | "minimax-cn" => Some(QuotaShape::MiniMax),
        "kimi" => Some(QuotaShape::Kimi),
        "openrouter" => Some(QuotaShape::OpenRouter),
        "deepseek" => Some(QuotaShape::DeepSeek),
        _ => None,
    }
}

#[tokio::test]
async fn every_row_that_takes_a_key_or_nothing_serves_runs_out_and_comes_back() {
    let rows = rows().await;
    let rows = rows.iter().filter(|vendor| vendor.login != SignsIn::Account);
    let mut tried = 0;
    for row in rows.filter(|vendor| vendor.status != VendorStatus::Retired) {
        let id: &'static str = String::leak(row.id.clone());
        let journey = Journey::start(id, page_of(id)).await;
        journey.add_key().await;
        if row.id.starts_with("opencode") {
            journey.names_conversations().await;
        }
        let readable = journey.engine.read_quotas().await.unwrap()[0].readable;
        assert_eq!(page_of(id).is_some(), readable, "{id}");
        journey.serves(&journey.model).await;
        if let Some(shape) = page_of(id) {
            journey.runs_out_by_its_page(shape).await;
        }
        journey.runs_out_by_an_answer().await;
        tried += 1;
    }
    assert!(tried >= 25, "{tried}");
}

#[tokio::test]
async fn every_way_of_signing_in_is_tried_and_what_is_not_offered_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(Config::new(folder.path())).await.unwrap();
    for row in engine.vendors() {
        for way in &row.ways {
            let usual = row.ways.first() == Some(way);
            let tried = SIGN_INS
                .iter()
                .any(|tried| tried.0 == row.id && tried.1.map_or(usual, |named| named == way.id));
            assert!(tried, "{}: no journey by {}", row.id, way.id);
        }
        let offered = row.login == SignsIn::Account && row.status != VendorStatus::Retired;
        assert_eq!(offered, !row.ways.is_empty(), "{}", row.id);
        if row.status == VendorStatus::Retired {
            let new = NewAccount { vendor: row.id.clone(), ..NewAccount::default() };
            let refused = engine.add_account(new).await.unwrap_err().body();
            assert_eq!(refused.hint, row.note, "{}", row.id);
        }
    }
    engine.close().await;
}

#[tokio::test]
async fn a_service_account_serves_every_publisher_and_its_token_is_renewed() {
    let journey = Journey::start("vertex", None).await;
    journey.add_key().await;
    let account = journey.engine.accounts().await.unwrap().remove(0);
    assert_eq!(account.fields["project"], "simulated-project");
    assert!(account.login.unwrap().identity.unwrap().starts_with("robot@"));
    for model in ["gemini-2.5-flash", "claude-of-tomorrow@1", "someone/a-model-maas"] {
        journey.serves(&format!("vx/{model}")).await;
    }
    let requests = journey.simulator.take_requests();
    for path in [
        "/projects/simulated-project/locations/global/publishers/google/models/gemini-2.5-flash:streamGenerateContent",
        "/publishers/anthropic/models/claude-of-tomorrow%401:rawPredict",
        "/publishers/anthropic/models/claude-of-tomorrow%401:streamRawPredict",
        "/endpoints/openapi/chat/completions",
    ] {
        assert!(requests.iter().any(|request| request.path.contains(path)), "{path}");
    }
    // The key itself never leaves.
    let key = service_account_file();
    let key: serde_json::Value = serde_json::from_str(&key).unwrap();
    let secret = key["private_key"].as_str().unwrap().lines().nth(3).unwrap();
    assert!(requests.iter().all(|r| !String::from_utf8_lossy(&r.body).contains(secret)));
    let before = journey.simulator.login_log("vertex").exchanges;
    journey.simulator.expire_tokens("vertex");
    journey.serves("vx/gemini-2.5-flash").await;
    journey.clock.advance(2 * HOUR);
    journey.serves("vx/gemini-2.5-flash").await;
    assert_eq!(journey.simulator.login_log("vertex").exchanges, before + 2);
    for wrong in
        ["", "a-key", "{}", r#"{"type":"service_account","client_email":"a","private_key":"b"}"#]
    {
        let new = NewAccount {
            vendor: "vertex".to_owned(),
            key: Secret::new(wrong),
            ..NewAccount::default()
        };
        let refused = journey.engine.add_account(new).await.unwrap_err().body();
        assert!(refused.message.contains("no service account's key"), "{refused:?}");
    }
}

#[tokio::test]
async fn an_account_says_where_it_is_reached_and_lists_its_own_models() {
    let journey = Journey::start("azure", None).await;
    let missing = NewAccount {
        vendor: "azure".to_owned(),
        key: Secret::new(vendor_key("azure")),
        ..NewAccount::default()
    };
    let refused = journey.engine.add_account(missing).await.unwrap_err().body();
    assert!(refused.message.contains("needs “Endpoint” (address)"), "{refused:?}");
    journey.add_key().await;
    let listed = journey.engine.models();
    assert!(listed.iter().any(|model| model.model == "azure/my-gpt-5-mini" && model.connected));
    journey.serves("azure/my-gpt-5-mini").await;
    let requests = journey.simulator.take_requests();
    let path = "/openai/deployments/my-gpt-5-mini/chat/completions?api-version=2024-10-21";
    assert!(requests.iter().any(|request| request.path.ends_with(path)));
    assert!(requests.iter().all(|request| request.header("authorization").is_none()));
    let account = journey.engine.accounts().await.unwrap().remove(0);
    let mut fields = account.fields;
    fields.insert("api_version".to_owned(), "2025-04-01-preview".to_owned());
    let change = AccountChange { fields: Some(fields), ..AccountChange::default() };
    journey.engine.change_account(&account.id, &change).await.unwrap();
    journey.serves("azure/my-gpt-5-mini").await;
    let requests = journey.simulator.take_requests();
    assert!(requests.iter().any(|request| request.path.ends_with("2025-04-01-preview")));
    let wrong = [("address".to_owned(), "nowhere".to_owned())].into();
    let change = AccountChange { fields: Some(wrong), ..AccountChange::default() };
    assert!(journey.engine.change_account(&account.id, &change).await.is_err());
    let named =
        |name: &str| AccountChange { name: Some(name.to_owned()), ..AccountChange::default() };
    let renamed = journey.engine.change_account(&account.id, &named(" Work ")).await.unwrap();
    assert_eq!(renamed.name, "Work");
    assert_eq!(renamed.fields["api_version"], "2025-04-01-preview");
    let long = journey.engine.change_account(&account.id, &named(&"ü".repeat(200))).await.unwrap();
    assert_eq!(long.name.chars().count(), 80);
    let refused = journey.engine.change_account(&account.id, &named("  ")).await.unwrap_err();
    assert!(refused.to_string().contains("has a name"), "{refused}");
}

#[tokio::test]
async fn a_vendors_own_list_of_models_is_read_and_survives_its_failure() {
    let journey = Journey::start("groq", None).await;
    let named = |journey: &Journey, id: &str| {
        journey.engine.models().iter().any(|model| model.model == id && model.connected)
    };
    assert!(journey.engine.read_models("groq").await.is_err(), "nobody to ask with");
    journey.add_key().await;
    assert!(!named(&journey, "groq/seen-live"));
    let listing = |models: &[&str]| {
        let login = Login::default();
        let vendor = Vendor::default().keys([vendor_key("groq")]).login(login);
        vendor.models(models.iter().copied())
    };
    journey.simulator.set_vendor("groq", listing(&["seen-live", "whisper-1"]));
    journey.engine.model_list_round().await;
    assert!(named(&journey, "groq/seen-live") && !named(&journey, "groq/whisper-1"));
    let url = format!("{}/v1/models", journey.server.address());
    let shown = journey.http.get(url).bearer_auth(&journey.key).send().await.unwrap();
    assert!(shown.text().await.unwrap().contains("groq/seen-live"));
    // A day later the vendor does not take the key: what it listed stays known.
    journey.simulator.set_vendor("groq", Vendor::default().keys(["another-key"]));
    journey.clock.advance(25 * HOUR);
    journey.engine.model_list_round().await;
    assert!(journey.engine.read_models("groq").await.is_err());
    assert!(named(&journey, "groq/seen-live"));
    journey.simulator.set_vendor("groq", listing(&["seen-later"]));
    let read = journey.engine.read_models("groq").await.unwrap();
    assert_eq!((read.models.len(), read.new), (1, 1));
    assert!(named(&journey, "groq/seen-later") && !named(&journey, "groq/seen-live"));
}

#[tokio::test]
async fn the_lists_of_logins_and_of_vertex_are_read_in_shapes_of_their_own() {
    for id in [
        "claude",
        "github",
        "gemini-cli",
        "antigravity",
        "kiro",
        "kimi-coding",
        "kilocode",
        "vertex",
    ] {
        let listing = Vendor::default().models([LISTED]);
        let journey = Journey::start_with(id, None, listing, |row| row).await;
        let row = journey.engine.vendors().into_iter().find(|row| row.id == id).unwrap();
        match row.login {
            SignsIn::Account => drop(journey.sign_in(None).await),
            SignsIn::Key | SignsIn::None => journey.add_key().await,
        }
        let named = format!("{}/{LISTED}", row.prefix);
        let known =
            || journey.engine.models().iter().any(|one| one.model == named && one.connected);
        assert!(!known(), "{id}");
        let read = journey.engine.read_models(id).await.unwrap();
        assert_eq!((read.models.len(), read.new), (1, 1), "{id}");
        assert!(known(), "{id}");
    }
}

#[tokio::test]
async fn a_login_is_served_at_the_address_that_its_vendor_names_for_it_and_nowhere_else() {
    for (home, moved) in [("localhost", true), ("githubcopilot.com", false)] {
        let row = |row: String| row.replace("\"githubcopilot.com\"", &format!("\"{home}\""));
        let journey = Journey::start_with("github", None, Vendor::default(), row).await;
        let port = journey.simulator.address().port();
        let login = Login::default().served_at(format!("http://localhost:{port}"));
        journey.simulator.set_vendor("github", Vendor::default().keys(["none"]).login(login));
        let account = journey.sign_in(None).await;
        let open = AccountChange { any_client: Some(true), ..AccountChange::default() };
        journey.engine.change_account(&account, &open).await.unwrap();
        journey.serves(&journey.model).await;
        let requests = journey.simulator.take_requests();
        let asked = requests.iter().filter(|request| request.path.ends_with("/chat/completions"));
        let hosts: HashSet<_> = asked.filter_map(|request| request.header("host")).collect();
        let host = if moved { "localhost" } else { "127.0.0.1" };
        assert_eq!(hosts, HashSet::from([format!("{host}:{port}").as_str()]), "home {home}");
    }
}

#[tokio::test]
async fn a_spent_day_closes_its_model_until_it_starts_over_and_is_shown_though_nobody_tells_of_it()
{
    let spent = Fault::Refuse(Refusal::Quota);
    let vendor = Vendor::default().fault_for(SPENT, When::Always, spent);
    let journey = Journey::start_with("gemini", None, vendor, |row| row).await;
    journey.add_key().await;
    let url = format!("{}/v1beta/models/gemini/{SPENT}:generateContent", journey.server.address());
    let body = r#"{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}"#;
    let sent = journey.http.post(url).header("x-goog-api-key", &journey.key);
    let sent = sent.header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(sent.status(), 429);
    let day = 24 * HOUR;
    let ends = journey.clock.now() - (journey.clock.now() - 8 * HOUR).rem_euclid(day) + day;
    let read = journey.engine.known_quotas().await.unwrap().remove(0);
    let told = read.windows.iter().find(|window| window.source == QuotaSource::Headers).unwrap();
    assert_eq!((told.name.as_str(), told.models.as_deref()), ("day", Some(SPENT)));
    assert_eq!((told.resets_at, told.amount.used_share()), (Some(ends), Some(10_000)));
    let lock = journey.engine.accounts().await.unwrap().remove(0).locks.remove(0);
    assert_eq!((lock.until, lock.from_vendor), (ends, true));
    // Its other models serve on.
    journey.serves(&journey.model).await;
    let account = journey.engine.accounts().await.unwrap().remove(0);
    journey.engine.unlock_account(&account.id).await.unwrap();
    let read = journey.engine.known_quotas().await.unwrap().remove(0);
    assert!(read.windows.iter().all(|window| window.source == QuotaSource::Counted), "{read:?}");
}
