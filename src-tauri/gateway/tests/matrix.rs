//! Every route, asked in every wrong way: what each of them answers.
#![cfg(test)]

mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use switchyard_engine::Config;
use switchyard_gateway::{Access, route_list};
use switchyard_simulator::Vendor;
use switchyard_types::Dialect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use world::{Stream, World, question};

/// How long a body may pause here: one that comes at once never does, however busy the machine.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a head may take where it never comes.
const HEAD: Duration = Duration::from_millis(300);

async fn world() -> World {
    world_with(|_| {}).await
}

async fn world_with(adjust: impl FnOnce(&mut Config)) -> World {
    World::start_with(&[("v", Dialect::Chat, Vendor::default())], |config| {
        config.limits.body_pause = PAUSE;
        config.limits.wrong_key_pause = Duration::ZERO;
        config.limits.calls_per_second = 0;
        adjust(config);
    })
    .await
}

/// The wrong ways to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    NoKey,
    Unknown,
    OtherKind,
    Rebound,
    ForeignOrigin,
    Form,
    Oversize,
    Deep,
    Slow,
    Method,
}

/// What everybody answers: by the kind of route, to a POST, or to a method that no route has.
const EXPECTED: [(Wrong, u16, u16, u16, u16); 10] = [
    // Each for: public, client, door, session.
    (Wrong::NoKey, 405, 401, 422, 401),
    (Wrong::Unknown, 405, 401, 422, 401),
    (Wrong::OtherKind, 405, 401, 422, 401),
    (Wrong::Rebound, 421, 421, 421, 421),
    (Wrong::ForeignOrigin, 403, 403, 403, 403),
    (Wrong::Form, 405, 415, 415, 415),
    (Wrong::Oversize, 405, 413, 413, 413),
    (Wrong::Deep, 405, 400, 400, 400),
    (Wrong::Slow, 405, 408, 408, 408),
    (Wrong::Method, 405, 405, 405, 405),
];

/// Where clients only read.
const READ_ONLY: [&str; 5] =
    ["/v1/models", "/v1/v1/models", "/v1beta/models", "/api/tags", "/api/version"];

fn expected(pattern: &str, access: Access, wrong: Wrong) -> u16 {
    let row = EXPECTED.iter().find(|row| row.0 == wrong).unwrap();
    match access {
        Access::Public => row.1,
        Access::Client(_)
            if wrong == Wrong::Deep
                && READ_ONLY.contains(&pattern.trim_start_matches("/k/{project}")) =>
        {
            405
        }
        Access::Client(_) => row.2,
        Access::Door => row.3,
        Access::Session => row.4,
    }
}

/// One request, to the byte.
struct Asked {
    method: &'static str,
    host: String,
    token: Option<String>,
    origin: Option<&'static str>,
    kind: &'static str,
    length: usize,
    body: String,
}

impl Asked {
    fn new(world: &World, access: Access, session: &str, wrong: Wrong) -> Self {
        let (own, other) = match access {
            Access::Client(_) => (world.key.as_str(), session),
            Access::Session | Access::Door | Access::Public => (session, world.key.as_str()),
        };
        let token = match wrong {
            Wrong::NoKey => None,
            Wrong::Unknown => Some("sy-0123456789abcdef0123456789abcdef".to_owned()),
            Wrong::OtherKind => Some(other.to_owned()),
            _ => Some(own.to_owned()),
        };
        let body = match wrong {
            Wrong::Deep => format!("{{\"model\":\"v/m\",\"x\":{}", "[".repeat(1_000)),
            Wrong::Slow => "{\"".to_owned(),
            _ => "{}".to_owned(),
        };
        let length = match wrong {
            Wrong::Oversize => 100 * 1024 * 1024,
            Wrong::Slow => 100,
            _ => body.len(),
        };
        Self {
            method: if wrong == Wrong::Method { "PURGE" } else { "POST" },
            host: match wrong {
                Wrong::Rebound => "evil.example".to_owned(),
                _ => world.server.socket().to_string(),
            },
            token,
            origin: (wrong == Wrong::ForeignOrigin).then_some("https://evil.example"),
            kind: if wrong == Wrong::Form {
                "application/x-www-form-urlencoded"
            } else {
                "application/json"
            },
            length,
            body,
        }
    }

    /// The status of the answer.
    async fn send(&self, world: &World, path: &str) -> u16 {
        let mut head = format!(
            "{} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: {}\r\ncontent-length: {}\r\n",
            self.method, self.host, self.kind, self.length
        );
        if let Some(token) = &self.token {
            let _ = write!(head, "authorization: Bearer {token}\r\n");
        }
        if let Some(origin) = self.origin {
            let _ = write!(head, "origin: {origin}\r\n");
        }
        let mut stream = TcpStream::connect(world.server.socket()).await.unwrap();
        stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
        // Refused on its head alone, a long body may find nobody who reads it.
        let _ = stream.write_all(self.body.as_bytes()).await;
        status(&mut stream).await.unwrap_or_else(|| panic!("{path} answered nothing"))
    }
}

async fn status(stream: &mut TcpStream) -> Option<u16> {
    let mut line = [0; 12];
    stream.read_exact(&mut line).await.ok()?;
    std::str::from_utf8(&line).ok()?.strip_prefix("HTTP/1.1 ")?.parse().ok()
}

#[tokio::test]
async fn every_route_answers_every_wrong_way_of_asking_as_the_matrix_says() {
    let world = world().await;
    let session = world.session().await;
    let (world, session) = (&world, session.as_str());
    let asked = route_list().into_iter().flat_map(|(pattern, access)| {
        EXPECTED.map(|(wrong, ..)| {
            let pattern = pattern.clone();
            async move {
                let path = pattern
                    .replace("{*path}", "m:generateContent")
                    .replace("{*model}", "m")
                    .replace("{id}", "x")
                    .replace("{project}", "x")
                    .replace("{name}", "x")
                    .replace("{alias}", "x");
                let status = Asked::new(world, access, session, wrong).send(world, &path).await;
                assert_eq!(status, expected(&pattern, access, wrong), "{wrong:?} {pattern}");
                wrong
            }
        })
    });
    // Many at once, or each slow one would be waited for alone.
    let mut seen: BTreeMap<Wrong, usize> = BTreeMap::new();
    let mut answered = stream::iter(asked).buffer_unordered(32);
    while let Some(wrong) = answered.next().await {
        *seen.entry(wrong).or_default() += 1;
    }
    assert!(seen.values().all(|count| *count == route_list().len()), "{seen:?}");
    assert!(world.simulator.requests().is_empty(), "nothing of it reached a vendor");
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let world = world_with(|config| config.limits.head = HEAD).await;
    let mut stream = TcpStream::connect(world.server.socket()).await.unwrap();
    stream.write_all(b"POST /v1/messages HTTP/1.1\r\nx-a: ").await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_mins(1), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection is still open");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let world = world().await;
    let mut stream = TcpStream::connect(world.server.socket()).await.unwrap();
    let head =
        format!("GET /health HTTP/1.1\r\nhost: localhost\r\nx-a: {}\r\n", "a".repeat(200_000));
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(b"\r\n").await;
    assert_eq!(status(&mut stream).await.unwrap_or(431), 431);
}

#[tokio::test]
async fn wrong_keys_are_answered_slowly_after_a_while_and_good_ones_as_before() {
    let world = World::start_with(&[("v", Dialect::Chat, Vendor::default())], |config| {
        config.limits.wrong_key_pause = Duration::from_secs(8);
    })
    .await;
    let wrong = || world.http.get(world.url("/v1/models")).bearer_auth("sy-wrong").send();
    for _ in 0..20 {
        assert_eq!(wrong().await.unwrap().status(), 401);
    }
    let begun = Instant::now();
    assert_eq!(wrong().await.unwrap().status(), 401);
    assert!(begun.elapsed() >= Duration::from_secs(8));

    let flood = futures_util::future::join_all((0..60).map(|_| wrong()));
    let good = async {
        let begun = Instant::now();
        for _ in 0..10 {
            let request = world.http.get(world.url("/v1/models")).bearer_auth(&world.key);
            assert_eq!(request.send().await.unwrap().status(), 200);
        }
        begun.elapsed()
    };
    let (_, took) = tokio::join!(flood, good);
    assert!(took < Duration::from_secs(8), "good keys waited: {took:?}");
}

#[tokio::test]
async fn a_key_in_a_loop_is_told_when_to_come_again() {
    let world = World::start_with(&[("v", Dialect::Chat, Vendor::default())], |config| {
        config.limits.calls_per_second = 1;
    })
    .await;
    for _ in 0..4 {
        assert_eq!(world.ask(Dialect::Messages, "v/m", Stream::No).await.status, 200);
    }
    let refused = world.ask(Dialect::Messages, "v/m", Stream::No).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(refused.json()["error"]["type"], "rate_limit_error");
    assert_eq!(world.simulator.requests().len(), 4);
}

#[tokio::test]
async fn bodies_under_way_leave_no_room_for_more_bytes_than_the_limit() {
    let slow = Vendor::default().pace(Duration::from_mins(1));
    let world = World::start_with(&[("v", Dialect::Chat, slow)], |config| {
        config.limits.body_bytes = 100_000;
        config.timers.keep_alive = Duration::from_millis(20);
    })
    .await;
    let mut long = question("v/m", Stream::Yes);
    long["messages"][0]["content"] = "a".repeat(80_000).into();
    let long = long.to_string();
    let first = world.post("/v1/chat/completions", long.clone()).send().await.unwrap();
    assert_eq!(first.status(), 200);
    let second = world.post("/v1/chat/completions", long.clone()).send().await.unwrap();
    assert_eq!(
        (second.status().as_u16(), &second.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    let short = question("v/m", Stream::Yes).to_string();
    let short = world.post("/v1/chat/completions", short).send().await.unwrap();
    assert_eq!(short.status(), 200, "short ones are let in all the same");
    drop(first);
    for _ in 0..60 {
        let again = world.post("/v1/chat/completions", long.clone()).send().await.unwrap();
        if again.status() == 200 {
            return;
        }
    }
    panic!("the client that went away still takes room");
}

#[tokio::test]
async fn what_is_under_way_leaves_no_room_for_more_than_the_limit() {
    let slow = Vendor::default().pace(Duration::from_mins(1));
    let world = World::start_with(&[("v", Dialect::Chat, slow)], |config| {
        config.limits.calls_at_once = 1;
        config.timers.keep_alive = Duration::from_millis(20);
    })
    .await;
    let body = question("v/m", Stream::Yes).to_string();
    let first = world.post("/v1/chat/completions", body.clone()).send().await.unwrap();
    assert_eq!(first.status(), 200);
    let second = world.post("/v1/chat/completions", body.clone()).send().await.unwrap();
    assert_eq!(second.status(), 503);
    drop(first);
    for _ in 0..6_000 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let again = world.post("/v1/chat/completions", body.clone()).send().await.unwrap();
        if again.status() == 200 {
            return;
        }
    }
    panic!("the client that went away still takes room");
}
