//! What a listener is told of the requests that run: whoever comes, or comes back, knows them as if it had been
//! there.
#![cfg(test)]

mod world;

use std::time::Duration;

use serde_json::Value;
use switchyard_simulator::{Fault, Position, Refusal, Turn, Vendor, When};
use switchyard_types::{Dialect, FailureClass, RunningView, UnderWay};
use world::{Stream, World};

/// The first refuses, the second begins to answer and falls silent for longer than any test.
async fn world() -> World {
    let first = Vendor::default().fault(When::Always, Fault::Refuse(Refusal::SignIn));
    let second = Vendor::default()
        .turn_for("m", Turn::text("It takes a while to say all of this."))
        .fault(When::Always, Fault::Stall(Position::Deltas(1)));
    let vendors = [("first", Dialect::Chat, first), ("second", Dialect::Chat, second)];
    let world = World::start_with(&vendors, |config| {
        config.timers.idle = Duration::from_hours(1);
        config.timers.keep_alive = Duration::from_hours(1);
        config.limits.calls_per_second = 0;
    })
    .await;
    world.combo("main", &["first/m", "second/m"]).await;
    world
}

/// A client that has heard the beginning of an answer.
async fn begun(world: &World) -> reqwest::Response {
    let question = world::question("main", Stream::Yes).to_string();
    let mut answer = world.post(world::path(Dialect::Chat), question).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.chunk().await.unwrap().is_some());
    answer
}

/// A listener at `/api/events`.
struct Listener {
    stream: reqwest::Response,
    text: String,
}

impl Listener {
    async fn begin(world: &World) -> Self {
        let session = world.session().await;
        let ask = world.http.get(world.url("/api/events")).bearer_auth(session);
        Self { stream: ask.send().await.unwrap(), text: String::new() }
    }

    /// The next thing that it is told.
    async fn next(&mut self) -> Value {
        loop {
            if let Some((line, rest)) = self.text.split_once("\n\n") {
                let told =
                    line.strip_prefix("data: ").map(|data| serde_json::from_str(data).unwrap());
                self.text = rest.to_owned();
                match told {
                    Some(told) => return told,
                    None => continue,
                }
            }
            let heard = tokio::time::timeout(Duration::from_mins(1), self.stream.chunk()).await;
            let heard = heard.expect("something is told").unwrap().expect("the stream goes on");
            self.text.push_str(std::str::from_utf8(&heard).unwrap());
        }
    }

    /// What runs, which is said first.
    async fn running(&mut self) -> Vec<RunningView> {
        let first = self.next().await;
        serde_json::from_value::<UnderWay>(first).unwrap().under_way
    }

    /// What is told until this is, which is returned.
    async fn until(&mut self, kind: &str) -> Value {
        loop {
            let told = self.next().await;
            if told["type"] == kind {
                return told;
            }
        }
    }
}

#[tokio::test]
async fn whoever_begins_to_listen_is_told_what_runs_as_far_as_it_has_come() {
    let world = world().await;
    let answer = begun(&world).await;
    let id = answer.headers()["x-switchyard-request"].to_str().unwrap().to_owned();
    let mut listener = Listener::begin(&world).await;
    let running = listener.running().await;
    assert_eq!(running.len(), 1, "{running:?}");
    let one = &running[0];
    assert_eq!((one.id.as_str(), one.model.as_str()), (id.as_str(), "main"));
    assert_eq!((one.combo.as_deref(), one.key.as_deref()), (Some("main"), Some("tests")));
    let failed: Vec<_> = one.failed.iter().map(|try_| (&*try_.to.vendor, try_.failure)).collect();
    assert_eq!(failed, [("first", Some(FailureClass::SignIn))]);
    assert_eq!(one.by.as_ref().unwrap().vendor, "second");

    drop(answer);
    let finished = listener.until("request_finished").await;
    assert_eq!(finished["request"]["id"], id);
    assert_eq!(Listener::begin(&world).await.running().await, []);
}

#[tokio::test]
async fn what_runs_at_a_listeners_beginning_is_what_events_told_to_another() {
    let world = world().await;
    let mut early = Listener::begin(&world).await;
    assert_eq!(early.running().await, []);
    let answers = [begun(&world).await, begun(&world).await];
    let mut told = Vec::new();
    while told.len() < answers.len() {
        told.push(early.until("request_served").await["id"].as_str().unwrap().to_owned());
    }
    let running = Listener::begin(&world).await.running().await;
    let ids: Vec<_> = running.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, told);
}

#[tokio::test]
async fn a_listener_that_lost_events_is_told_again_what_runs() {
    let world = world().await;
    let mut listener = Listener::begin(&world).await;
    assert_eq!(listener.running().await, []);
    // More than the sockets between hold, then more than waits for a slow listener.
    let long = "x".repeat(256 * 1024);
    let refused = (0..100).map(|_| long.as_str()).chain((0..600).map(|_| "x"));
    for model in refused {
        let heard = world.ask(Dialect::Chat, &format!("nobody/{model}"), Stream::No).await;
        assert_ne!(heard.status, 200);
    }
    let answer = begun(&world).await;
    let id = answer.headers()["x-switchyard-request"].to_str().unwrap();
    listener.until("lagged").await;
    let running = listener.running().await;
    let ids: Vec<_> = running.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, [id]);
}
