//! What vendors tell of quotas, by the rows that ship and in each vendor's own shape.
#![cfg(test)]

mod rows;

use rows::moved;
use switchyard_catalog::Vendor;
use switchyard_simulator::{Login, QuotaPage, QuotaShape, Script, Simulator};
use switchyard_types::{LoginFacts, QuotaAmount, QuotaSource, QuotaWindow, Secret};
use switchyard_upstream::{Pool, QuotaAsk, QuotaError, QuotaReading, Timers, read_quota};

const NOW: i64 = 1_790_000_000_000;
const RESETS: u64 = 1_790_003_600;
const HOUR: i64 = 3_600_000;

/// Each row that tells, and the shape of it.
const ROWS: [(&str, QuotaShape); 13] = [
    ("claude", QuotaShape::Claude),
    ("codex", QuotaShape::Codex),
    ("github", QuotaShape::Copilot),
    ("antigravity", QuotaShape::Antigravity),
    ("kiro", QuotaShape::Kiro),
    ("glm", QuotaShape::Glm),
    ("glm-cn", QuotaShape::Glm),
    ("minimax", QuotaShape::MiniMax),
    ("minimax-cn", QuotaShape::MiniMax),
    ("kimi", QuotaShape::Kimi),
    ("kimi-coding", QuotaShape::Kimi),
    ("openrouter", QuotaShape::OpenRouter),
    ("deepseek", QuotaShape::DeepSeek),
];

struct Scene {
    simulator: Simulator,
    vendor: Vendor,
}

impl Scene {
    async fn start(id: &str, shape: QuotaShape) -> Self {
        let page = QuotaPage { shape, short: 42, long: 7, resets: RESETS };
        let vendor = switchyard_simulator::Vendor::default().login(Login::default().quota(page));
        let simulator = Simulator::start(Script::default().vendor(id, vendor)).await.unwrap();
        let path = format!("{}/../catalog/vendors/{id}.toml", env!("CARGO_MANIFEST_DIR"));
        let row = std::fs::read_to_string(path).unwrap();
        let vendor = moved(id, &row, &simulator.root(id));
        Self { simulator, vendor }
    }

    async fn read(&self) -> Result<QuotaReading, QuotaError> {
        let facts = LoginFacts {
            project: Some("a-project".to_owned()),
            profile: Some("arn:aws:a-profile".to_owned()),
            vendor_account: Some("a-workspace".to_owned()),
            ..LoginFacts::default()
        };
        let key = Secret::new("the-key-of-an-account");
        let pool = Pool::new(&Timers::default()).unwrap();
        let ask = QuotaAsk {
            vendor: &self.vendor,
            quota: self.vendor.quota.as_ref().unwrap(),
            key: Some(&key),
            facts: &facts,
            way_out: None,
            now: NOW,
        };
        read_quota(&pool, &ask).await
    }
}

fn used(share: u32) -> QuotaAmount {
    QuotaAmount::Share { used: share }
}

fn of(used: u64, limit: u64, unit: &str) -> QuotaAmount {
    QuotaAmount::Count { used, limit, unit: unit.to_owned() }
}

fn told(windows: &[QuotaWindow]) -> Vec<(&str, QuotaAmount)> {
    windows.iter().map(|window| (window.name.as_str(), window.amount.clone())).collect()
}

#[tokio::test]
async fn every_row_that_tells_is_read() {
    for (id, shape) in ROWS {
        let scene = Scene::start(id, shape).await;
        let reading = scene.read().await.unwrap();
        let expected = match shape {
            QuotaShape::Claude | QuotaShape::Codex => vec![("5h", used(4_200)), ("7d", used(700))],
            QuotaShape::Copilot => {
                vec![("premium", of(21, 300, "requests")), ("chat", QuotaAmount::Unlimited)]
            }
            QuotaShape::Antigravity => {
                vec![("claude-opus-4-6", used(10_000)), ("gemini-3-pro", used(4_200))]
            }
            QuotaShape::Kiro => vec![("credit", of(70, 1000, "credits"))],
            QuotaShape::Glm => vec![("5h", used(4_200)), ("tools", of(70, 1000, "uses"))],
            QuotaShape::MiniMax => vec![("5h", of(630, 1500, "requests"))],
            QuotaShape::Kimi => {
                vec![("7d", of(7, 100, "requests")), ("5h", of(42, 100, "requests"))]
            }
            QuotaShape::OpenRouter => vec![(
                "credit",
                QuotaAmount::Balance { left_micros: 9_300_000, currency: "USD".to_owned() },
            )],
            QuotaShape::DeepSeek => vec![(
                "balance USD",
                QuotaAmount::Balance { left_micros: 93_500_000, currency: "USD".to_owned() },
            )],
        };
        assert_eq!(told(&reading.windows), expected, "{id}");
        for window in &reading.windows {
            assert_eq!((window.source, window.observed_at), (QuotaSource::Reader, NOW), "{id}");
            let day = id == "github";
            let resets_at = window.resets_at.unwrap_or(NOW + HOUR);
            assert!(day || resets_at == NOW + HOUR, "{id}: {resets_at}");
        }
    }
}

#[tokio::test]
async fn a_window_closes_the_models_that_it_counts_and_no_others() {
    let closes = async |id, shape| {
        let reading = Scene::start(id, shape).await.read().await.unwrap();
        let window = |w: QuotaWindow| (w.name, w.models, w.closes);
        reading.windows.into_iter().map(window).collect::<Vec<_>>()
    };
    let name = str::to_owned;
    assert_eq!(
        closes("antigravity", QuotaShape::Antigravity).await,
        [
            (name("claude-opus-4-6"), Some(name("claude-opus-4-6")), true),
            (name("gemini-3-pro"), Some(name("gemini-3-pro")), true),
        ]
    );
    assert_eq!(
        closes("glm", QuotaShape::Glm).await,
        [(name("5h"), None, true), (name("tools"), None, false)]
    );
    // Which models spend premium requests is not told by their ids.
    assert_eq!(
        closes("github", QuotaShape::Copilot).await,
        [(name("premium"), None, false), (name("chat"), None, true)]
    );
}

#[tokio::test]
async fn a_question_says_who_asks_and_what_for_in_the_vendors_way() {
    let asked = async |id, shape| {
        let scene = Scene::start(id, shape).await;
        scene.read().await.unwrap();
        let request = scene.simulator.requests().remove(0);
        let header = |name| request.header(name).unwrap_or_default().to_owned();
        (
            format!("{} {}", request.method, request.path),
            header("authorization"),
            header("chatgpt-account-id"),
            String::from_utf8(request.body.to_vec()).unwrap(),
        )
    };
    let (path, key, workspace, _) = asked("codex", QuotaShape::Codex).await;
    assert_eq!(path, "GET /codex/backend-api/wham/usage");
    assert_eq!((key.as_str(), workspace.as_str()), ("Bearer the-key-of-an-account", "a-workspace"));
    let (path, _, workspace, body) = asked("antigravity", QuotaShape::Antigravity).await;
    assert_eq!(path, "POST /antigravity/v1internal:fetchAvailableModels");
    assert_eq!((workspace.as_str(), body.as_str()), ("", r#"{"project":"a-project"}"#));
    let (path, ..) = asked("kiro", QuotaShape::Kiro).await;
    assert_eq!(
        path,
        "GET /kiro/getUsageLimits?origin=AI_EDITOR&resourceType=AGENTIC_REQUEST\
         &profileArn=arn%3Aaws%3Aa-profile"
    );
}

#[tokio::test]
async fn a_page_of_another_shape_is_an_error_and_never_an_empty_quota() {
    for (id, shape) in ROWS {
        let other = match shape {
            QuotaShape::DeepSeek => QuotaShape::Glm,
            _ => QuotaShape::DeepSeek,
        };
        let mut scene = Scene::start(id, other).await;
        let quota = scene.vendor.quota.as_mut().unwrap();
        let page = match other {
            QuotaShape::DeepSeek => "user/balance",
            _ => "monitor/usage/quota/limit",
        };
        quota.url = format!("{}/{page}", scene.simulator.root(id)).parse().unwrap();
        let error = scene.read().await.unwrap_err();
        assert!(matches!(error, QuotaError::Shape { .. }), "{id}: {error}");
    }
}

#[tokio::test]
async fn a_vendor_that_refuses_is_told_apart_from_one_that_cannot_be_heard() {
    let scene = Scene::start("claude", QuotaShape::Codex).await;
    // The simulator tells in another shape at another address: this one is not there.
    let error = scene.read().await.unwrap_err();
    assert!(matches!(error, QuotaError::Answered { status: 404, .. }), "{error}");
    let mut scene = Scene::start("claude", QuotaShape::Claude).await;
    scene.vendor.quota.as_mut().unwrap().url = "http://127.0.0.1:1/usage".parse().unwrap();
    let error = scene.read().await.unwrap_err();
    assert!(matches!(error, QuotaError::Unreachable { .. }), "{error}");
    assert!(!error.to_string().contains("the-key-of-an-account"), "{error}");
}
