//! Each trigger of a fall-over makes the documented move, the trace says so, and each notice is told once.
#![cfg(test)]

mod world;

use std::time::Duration;

use switchyard_engine::{Clock, Config};
use switchyard_simulator::{Fault, Position, Refusal, Signal, Vendor, When};
use switchyard_types::{
    BudgetBody, BudgetOf, Dialect, Event, FailureClass, Limit, Outcome, Period, RequestView,
    Strictness, Unaided,
};
use tokio::sync::broadcast::Receiver;
use world::{Stream, World};

/// What happens to the account that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// It is passed over until then.
    Closed,
    /// Nothing: the next request asks it again.
    Open,
}

/// One trigger at the first of two vendors, and what is to come of it.
struct Trigger {
    name: &'static str,
    first: Vendor,
    class: FailureClass,
    status: Option<u16>,
    after: After,
    notices: &'static [&'static str],
}

fn refused(refusal: Refusal) -> Vendor {
    fails(Fault::Refuse(refusal))
}

fn fails(fault: Fault) -> Vendor {
    Vendor::default().fault(When::Always, fault)
}

fn trigger(
    name: &'static str,
    first: Vendor,
    class: FailureClass,
    status: Option<u16>,
    notices: &'static [&'static str],
) -> Trigger {
    Trigger { name, first, class, status, after: After::Closed, notices }
}

fn triggers() -> Vec<Trigger> {
    use FailureClass::{Billing, ContextTooLong, ModelMissing, SignIn, Transient, Transport};
    const FELL: &[&str] = &["fell_over"];
    vec![
        trigger("402", refused(Refusal::Credit), Billing, Some(402), FELL),
        trigger(
            "401",
            refused(Refusal::SignIn),
            SignIn,
            Some(401),
            &["signin.needed", "fell_over"],
        ),
        trigger("404", refused(Refusal::ModelMissing), ModelMissing, Some(404), FELL),
        trigger("500", refused(Refusal::Server), Transient, Some(500), FELL),
        trigger("529", refused(Refusal::Overloaded), Transient, Some(529), FELL),
        trigger("hang-up", fails(Fault::HangUp), Transport, None, FELL),
        trigger("slow", fails(Fault::Slow(Duration::from_secs(30))), Transport, None, FELL),
        trigger("stall", fails(Fault::Stall(Position::Handshake)), Transport, Some(200), FELL),
        trigger("cut", fails(Fault::Cut(Position::Events(1))), Transport, Some(200), FELL),
        Trigger {
            after: After::Open,
            ..trigger("overflow", refused(Refusal::ContextTooLong), ContextTooLong, Some(400), &[])
        },
    ]
}

/// Two vendors, the second with the larger context window.
async fn world(first: Vendor) -> World {
    const ENDPOINT: &str = "\n[[endpoints]]\ndialect = \"messages\"\nurl = \"{base}/v1/messages\"\nauth = { header = \"x-api-key\" }\n";
    let model = |context: u64| format!("{ENDPOINT}\n[[models]]\nid = \"m\"\ncontext = {context}\n");
    let (small, large) = (model(100_000), model(1_000_000));
    let vendors = [("first", &*small, first), ("second", &*large, Vendor::default())];
    let world = World::start_files_with(&vendors, |config: &mut Config| {
        config.timers.first_byte = Duration::from_secs(2);
        config.timers.idle = Duration::from_secs(2);
    })
    .await;
    world.combo("main", &["first/m", "second/m"]).await;
    world
}

fn vendor_of(row: &RequestView) -> &str {
    row.served_by.as_ref().map_or("nobody", |by| &by.vendor)
}

/// The kinds of the notices that were told meanwhile, in order.
fn told(events: &mut Receiver<Event>) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let Event::Notice { told } = event {
            kinds.push(told.notice.kind().as_str());
        }
    }
    kinds
}

/// The kinds of the notices that are kept, in order, once there are so many: they are written behind the answer.
async fn kept(world: &World, so_many: usize) -> Vec<&'static str> {
    for _ in 0..6_000 {
        let kept = world.engine.notices(10).await.unwrap();
        if kept.len() >= so_many {
            return kept.iter().rev().map(|kept| kept.notice.kind().as_str()).collect();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no {so_many} notices were kept")
}

async fn ask(world: &World, number: usize) -> RequestView {
    let heard = world.ask_anew(Dialect::Messages, "main", Stream::Yes, number).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    let row = world.last_of(number + 1).await;
    assert_eq!(row.outcome, Outcome::Answered);
    row
}

#[tokio::test]
async fn each_trigger_makes_its_move_is_seen_in_the_trace_and_is_told_once() {
    for Trigger { name, first, class, status, after, notices } in triggers() {
        let world = world(first).await;
        let mut events = world.engine.events();
        let row = ask(&world, 0).await;
        assert_eq!(vendor_of(&row), "second", "{name}");
        let failed = &row.attempts[0];
        assert_eq!((failed.failure, failed.status), (Some(class), status), "{name}: {failed:?}");
        assert_eq!(failed.locked_until.is_some(), after == After::Closed, "{name}");
        let unaided = world.engine.explain(&row.id).await.unwrap().unaided;
        assert!(matches!(unaided, Unaided::Failed { .. }), "{name}: {unaided:?}");
        let row = ask(&world, 1).await;
        assert_eq!(vendor_of(&row), "second", "{name}");
        match after {
            After::Closed => {
                assert_eq!(row.attempts.len(), 1, "{name}: {:?}", row.attempts);
                assert!(row.skipped[0].until.is_some(), "{name}: {:?}", row.skipped);
                assert!(row.plan.unwrap().passed_over.is_some(), "{name}");
            }
            After::Open => assert_eq!(row.attempts.len(), 2, "{name}"),
        }
        assert_eq!(told(&mut events), notices, "{name}");
        let kept = kept(&world, notices.len()).await;
        assert_eq!(kept, notices, "{name}: kept for whoever was away");
    }
}

#[tokio::test]
async fn a_429_in_every_shape_closes_until_the_vendors_own_time_and_is_told_once() {
    for signal in Signal::ALL {
        let world = world(fails(Fault::limited(signal, Duration::from_hours(2)))).await;
        let mut events = world.engine.events();
        let row = ask(&world, 0).await;
        let failed = &row.attempts[0];
        assert_eq!(failed.status, Some(429), "{signal:?}");
        let left = failed.locked_until.unwrap() - row.at;
        if signal != Signal::Silent {
            assert!((7_190_000..=7_260_000).contains(&left), "{signal:?}: {left} ms");
        }
        let row = ask(&world, 1).await;
        assert_eq!((vendor_of(&row), row.attempts.len()), ("second", 1), "{signal:?}");
        let kinds = told(&mut events);
        let quota = failed.failure == Some(FailureClass::Quota);
        let spent = kinds.iter().filter(|kind| **kind == "quota.spent").count();
        assert_eq!(spent, usize::from(quota), "{signal:?}: {kinds:?}");
        let fell = kinds.iter().filter(|kind| **kind == "fell_over").count();
        assert_eq!(fell, 1, "{signal:?}: {kinds:?}");
    }
}

#[tokio::test]
async fn a_quota_header_on_a_good_answer_closes_before_the_first_refusal() {
    let first = Vendor::default()
        .header("x-codex-primary-used-percent", "100")
        .header("x-codex-primary-window-minutes", "300")
        .header("x-codex-primary-reset-after-seconds", "7200");
    let world = world(first).await;
    let mut events = world.engine.events();
    assert_eq!(vendor_of(&ask(&world, 0).await), "first");
    for number in 1..3 {
        let row = ask(&world, number).await;
        assert_eq!((vendor_of(&row), row.attempts.len()), ("second", 1));
        let left = row.skipped[0].until.unwrap() - row.at;
        assert!((7_100_000..=7_200_000).contains(&left), "{left}");
    }
    assert_eq!(told(&mut events), ["quota.spent", "fell_over"]);
}

#[tokio::test]
async fn a_window_that_starts_over_is_told_once_on_the_stream_of_events() {
    let clock = Clock::manual(1_800_000_000_000);
    let moved = clock.clone();
    let spent = Vendor::default()
        .header("x-codex-primary-used-percent", "100")
        .header("x-codex-primary-window-minutes", "300")
        .header("x-codex-primary-reset-after-seconds", "7200");
    let vendors = [("a", Dialect::Chat, spent), ("b", Dialect::Chat, Vendor::default())];
    let world = World::start_with(&vendors, |config| config.clock = clock).await;
    world.combo("main", &["a/m", "b/m"]).await;
    let session = world.session().await;
    let stream = world.http.get(world.url("/api/events")).bearer_auth(session);
    let mut stream = stream.send().await.unwrap();
    let mut text = String::new();
    let mut hear = async |word: &str| {
        while !text.contains(word) {
            let heard = tokio::time::timeout(Duration::from_mins(1), stream.chunk()).await;
            let heard = heard.unwrap_or_else(|_| panic!("{word} did not come: {text}"));
            text.push_str(std::str::from_utf8(&heard.unwrap().unwrap()).unwrap());
        }
        text.matches(word).count()
    };
    hear(": here").await;
    let heard = world.ask_anew(Dialect::Chat, "main", Stream::No, 0).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    assert_eq!(hear("\"quota.spent\"").await, 1);
    moved.advance(7_260_000);
    assert_eq!(hear("\"quota.reset\"").await, 1);
    let kept = world.engine.notices(10).await.unwrap();
    let kept: Vec<&str> = kept.iter().rev().map(|kept| kept.notice.kind().as_str()).collect();
    assert_eq!(kept, ["quota.spent", "quota.reset"]);
}

#[tokio::test]
async fn a_spent_budget_moves_on_and_is_told_once() {
    let world = world(Vendor::default()).await;
    let account = world.engine.accounts().await.unwrap().remove(0).id;
    let budget = BudgetBody {
        of: BudgetOf::Account { account },
        period: Period::Day,
        limit: Limit::Tokens(2),
        strictness: Strictness::Hard,
    };
    world.engine.put_budget("small", budget).await.unwrap();
    let mut events = world.engine.events();
    assert_eq!(vendor_of(&ask(&world, 0).await), "first");
    for number in 1..3 {
        let row = ask(&world, number).await;
        assert_eq!((vendor_of(&row), row.attempts.len()), ("second", 1));
        assert!(row.skipped[0].reason.contains("over budget (small)"), "{:?}", row.skipped);
    }
    assert_eq!(told(&mut events), ["budget.spent", "fell_over"]);
}

#[tokio::test]
async fn what_recovers_is_returned_to_and_told_once() {
    let first = Vendor::default().fault(When::First(1), Fault::Refuse(Refusal::SignIn));
    let world = world(first).await;
    let mut events = world.engine.events();
    assert_eq!(vendor_of(&ask(&world, 0).await), "second");
    assert_eq!(vendor_of(&ask(&world, 1).await), "second");
    let account = world.engine.accounts().await.unwrap().remove(0).id;
    world.engine.unlock_account(&account).await.unwrap();
    assert_eq!(vendor_of(&ask(&world, 2).await), "first");
    assert_eq!(vendor_of(&ask(&world, 3).await), "first");
    assert_eq!(told(&mut events), ["signin.needed", "fell_over", "recovered"]);
}

#[tokio::test]
async fn the_users_own_command_and_webhook_get_each_notice_once() {
    let folder = tempfile::tempdir().unwrap();
    let (data, told) = (folder.path().join("data"), folder.path().join("told.json"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    std::fs::create_dir(&data).unwrap();
    let hooks = format!(
        "[[command]]\nrun = [\"tee\", \"-a\", {told:?}]\nevents = [\"signin.*\"]\n\n\
         [[webhook]]\nurl = \"http://{}/hook\"\nallow_private = true\nevents = [\"fell_over\"]\n",
        listener.local_addr().unwrap()
    );
    std::fs::write(data.join("events.toml"), hooks).unwrap();
    let vendors = [
        ("first", Dialect::Messages, refused(Refusal::SignIn)),
        ("second", Dialect::Messages, Vendor::default()),
    ];
    let world = World::start_with(&vendors, |config| config.data_dir.clone_from(&data)).await;
    world.combo("main", &["first/m", "second/m"]).await;
    ask(&world, 0).await;
    ask(&world, 1).await;
    let (mut posted, _) =
        tokio::time::timeout(Duration::from_mins(1), listener.accept()).await.unwrap().unwrap();
    let mut head = vec![0; 4_096];
    let read = tokio::io::AsyncReadExt::read(&mut posted, &mut head).await.unwrap();
    let head = String::from_utf8_lossy(&head[..read]).into_owned();
    assert!(head.starts_with("POST /hook HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("application/json") && !head.contains("vendor-secret"), "{head}");
    let mut text = String::new();
    for _ in 0..3_000 {
        text = std::fs::read_to_string(&told).unwrap_or_default();
        if !text.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let notice: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(notice["type"], "signin.needed");
    assert!(notice["at"].is_i64());
}
