//! What vendors answer to the questions of our own: for models, quotas, tokens and codes. They are asked over a
//! connection, as ever; at its other end the bytes answer.

#[path = "../../upstream/tests/rows/mod.rs"]
mod rows;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::{fs, thread};

use switchyard_catalog::{Flow, SignIn, Vendor};
use switchyard_types::{LoginFacts, LoginTokens, Millis, Secret};
use switchyard_upstream::login::{Desk, LoginError, Organisation, SignedIn};
use switchyard_upstream::{ModelListAsk, Pool, QuotaAsk, Timers, probe, read_models, read_quota};
use tokio::runtime::{Builder, Runtime};

/// 2026-01-01.
const NOW: Millis = 1_767_225_600_000;
const KEY: &str = "sk-0123456789abcdef0123456789";
const STATUSES: [&str; 6] = ["200 OK", "201 Made", "400 Bad", "401 Who", "429 Slow", "503 Later"];

/// What the next questions are answered with.
static ANSWER: Mutex<Answer> = Mutex::new(Answer { bytes: Vec::new(), then: Then::Listen });

#[derive(Clone)]
struct Answer {
    bytes: Vec<u8>,
    then: Then,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Listen,
    HangUp,
}

/// The vendors that ship and are asked for more than their models, their addresses led to the bytes.
static VENDORS: LazyLock<Vec<Vendor>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog/vendors");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let root = format!("http://{}", serve());
    let vendors = paths.iter().filter_map(|path| {
        let id = path.file_stem().unwrap_or_default().to_string_lossy();
        let row = fs::read_to_string(path).unwrap();
        let is_asked = row.contains("[quota]") || row.contains("[[sign_in]]");
        is_asked.then(|| rows::moved(&id, &row, &root))
    });
    vendors.collect()
});

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().unwrap());

fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    address
}

/// Answers each request of a connection, however it is asked.
fn answer(mut stream: TcpStream) -> Option<()> {
    let (mut heard, mut piece) = (Vec::new(), [0; 16_384]);
    loop {
        let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
        heard.extend_from_slice(&piece[..length]);
        while let Some(end) = heard.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&heard[..end]).to_ascii_lowercase();
            let body = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let whole = end + 4 + body.unwrap_or(0_usize);
            if heard.len() < whole {
                break;
            }
            heard.drain(..whole);
            let answer = ANSWER.lock().unwrap_or_else(PoisonError::into_inner).clone();
            stream.write_all(&answer.bytes).ok()?;
            if answer.then == Then::HangUp {
                return None;
            }
        }
    }
}

/// The first byte chooses the vendor, the second the status and whether the bytes are the body or all of the answer.
pub fn ask(bytes: &[u8]) {
    let [vendor, kind, bytes @ ..] = bytes else { return };
    let vendor = &VENDORS[usize::from(*vendor) % VENDORS.len()];
    let status = STATUSES[usize::from(*kind) % STATUSES.len()];
    let answer = if *kind < 0xfc {
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", bytes.len());
        Answer { bytes: [head.as_bytes(), bytes].concat(), then: Then::Listen }
    } else {
        Answer { bytes: bytes.to_vec(), then: Then::HangUp }
    };
    *ANSWER.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    RUNTIME.block_on(questions(vendor));
}

async fn questions(vendor: &Vendor) {
    static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(&Timers::default()).unwrap());
    let (key, facts) = (Secret::new(KEY), LoginFacts::default());
    let key = Some(&key);
    if let Ok(models) =
        read_models(&POOL, ModelListAsk { vendor, key, facts: &facts, way_out: None }).await
    {
        assert!(!models.is_empty() && models.len() <= 2_000, "{} models", models.len());
        for model in &models {
            assert!(
                !model.id.trim().is_empty() && !model.id.chars().any(char::is_control),
                "{model:?}"
            );
        }
    }
    if let Some(quota) = &vendor.quota {
        let ask = QuotaAsk { vendor, quota, key, facts: &facts, way_out: None, now: NOW };
        match read_quota(&POOL, &ask).await {
            Ok(reading) => {
                for window in &reading.windows {
                    assert!(!window.name.is_empty(), "{window:?}");
                }
            }
            Err(error) => assert!(!error.to_string().contains(KEY), "{error}"),
        }
    }
    probe(&POOL, vendor, key, None).await;
    for way in &vendor.sign_in {
        sign_in(&POOL, vendor, way).await;
    }
}

async fn sign_in(pool: &Pool, vendor: &Vendor, way: &SignIn) {
    // An account without a project is asked after for many seconds.
    let way = SignIn { project_url: None, ..way.clone() };
    let flow = way.flow;
    let desk = Desk {
        pool: pool.clone(),
        vendor: vendor.clone(),
        way,
        client_secret: Some(Secret::new(KEY)),
        way_out: None,
        now: NOW,
    };
    let old = SignedIn {
        tokens: LoginTokens { refresh: Some(Secret::new(KEY)), ..LoginTokens::default() },
        facts: LoginFacts { client_id: Some("client".to_owned()), ..LoginFacts::default() },
    };
    match desk.refresh(&old).await {
        Ok(signed_in) => assert_eq!(signed_in.facts.client_id, old.facts.client_id),
        Err(error) => told(&error),
    }
    if flow != Flow::ServiceAccount
        && let Err(error) = desk.device(&Organisation::default()).await
    {
        told(&error);
    }
}

/// An error is one sentence for a person, without what the question was sent with.
fn told(error: &LoginError) {
    assert!(!error.to_string().contains(KEY), "{error}");
}
