//! Same dialect on both sides: bytes pass in both directions, only the model's name and the
//! credentials change.
#![cfg(test)]

mod world;

use switchyard_simulator::Vendor;
use switchyard_types::{Dialect, Outcome};
use world::{Heard, Stream, World, path, vendor_key};

const DIALECTS: [Dialect; 5] = Dialect::ALL;

/// Those that name the model in the body.
const NAMED_INSIDE: [Dialect; 4] =
    [Dialect::Chat, Dialect::Messages, Dialect::Responses, Dialect::Ollama];

/// Bodies that a JSON tree would not give back as they were.
fn odd_bodies() -> Vec<String> {
    let mega = "x".repeat(1_000_000);
    let rest = r#""messages":[{"role":"user","content":"hi"}],"input":"hi""#;
    vec![
        format!("{{\n\t\"model\" :  \"main\" ,\r\n  {rest}\n}}\n"),
        format!(r#"{{"future_field":{{"a":[1,2,{{"b":null}}]}},"model":"main",{rest}}}"#),
        format!(
            r#"{{{rest},"seed":123456789012345678901234567890,"t":1.10,"e":1E+2,"model":"main"}}"#
        ),
        format!(r#"{{"model":"main",{rest},"escapes":"\u00e9\/\ud83d\ude00 é😀 \" \\ \n"}}"#),
        format!(r#"{{"mod\u0065l":"main",{rest},"nested":{{"model":"main"}}}}"#),
        format!(r#"{{"model":"main",{rest},"padding":"{mega}"}}"#),
    ]
}

#[tokio::test]
async fn a_request_reaches_the_vendor_byte_for_byte_but_for_the_model() {
    for dialect in NAMED_INSIDE {
        let world = World::start(&[("v", dialect, Vendor::default())]).await;
        world.combo("main", &["v/some-model"]).await;
        for body in odd_bodies() {
            let heard = Heard::from(world.post(path(dialect), body.clone()).send().await.unwrap());
            let heard = heard.await;
            assert_eq!(heard.status, 200, "{dialect:?}: {}", heard.text);
            let sent = world.simulator.take_requests().pop().unwrap();
            // The one at top level, wherever it stands; the nested one stays.
            let expected = body.replacen("\"main\"", "\"some-model\"", 1);
            assert_eq!(sent.body, expected.as_bytes(), "{dialect:?}");
        }
    }
}

#[tokio::test]
async fn a_reply_reaches_the_client_byte_for_byte() {
    for dialect in DIALECTS {
        for stream in [Stream::No, Stream::Yes] {
            let world = World::start(&[("v", dialect, Vendor::default())]).await;
            let body = world::question_in(dialect, "m", stream).to_string();
            let address = world::path_for(dialect, "m", stream);
            let direct = world
                .http
                .post(format!("{}{address}", world.simulator.root("v")))
                .bearer_auth(vendor_key("v"))
                .header("content-type", "application/json")
                .body(body)
                .send()
                .await
                .unwrap();
            let direct = Heard::from(direct).await;
            let through = world.ask(dialect, "v/m", stream).await;
            assert_eq!(through.status, 200);
            assert_eq!(without_ids(&through.text), without_ids(&direct.text), "{dialect:?}");
            assert_eq!(
                through.headers.get("content-type").map(|v| v.to_str().unwrap().split(';').next()),
                direct.headers.get("content-type").map(|v| v.to_str().unwrap().split(';').next()),
            );
        }
    }
}

/// The simulator numbers its answers and dates them: digits are no part of the comparison.
fn without_ids(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_hexdigit() { '0' } else { c }).collect::<String>()
}

#[tokio::test]
async fn the_vendor_gets_its_own_key_and_nothing_of_the_client() {
    for dialect in DIALECTS {
        let world = World::start(&[("v", dialect, Vendor::default())]).await;
        let body = world::question_in(dialect, "v/m", Stream::No).to_string();
        let sent = world
            .post(&world::path_for(dialect, "v/m", Stream::No), body)
            .header("cookie", "session=1")
            .header("user-agent", "some-agent/1.0")
            .header("x-forwarded-for", "10.0.0.1")
            .send();
        assert_eq!(sent.await.unwrap().status(), 200);
        let seen = world.simulator.take_requests().pop().unwrap();
        let all = format!("{:?}", seen.headers);
        assert!(all.contains(&vendor_key("v")), "{all}");
        assert!(!all.contains(&world.key), "{all}");
        assert!(!all.contains("session=1") && !all.contains("some-agent") && !all.contains("10.0"));
        assert!(seen.header("user-agent").unwrap().starts_with("switchyard/"));
    }
}

#[tokio::test]
async fn the_row_of_a_request_says_who_answered_and_what_it_used() {
    for dialect in DIALECTS {
        for stream in [Stream::No, Stream::Yes] {
            let world = World::start(&[("v", dialect, Vendor::default())]).await;
            world.ask(dialect, "v/m", stream).await;
            let row = world.last_of(1).await;
            assert_eq!(row.outcome, Outcome::Answered, "{dialect:?} {stream:?}: {row:?}");
            assert_eq!(row.served_by.as_ref().unwrap().vendor, "v");
            assert_eq!(row.key.as_deref(), Some("tests"));
            assert_eq!(row.attempts.len(), 1);
            assert!(row.first_content.is_some());
            // Chat tells the usage of a stream only when asked to.
            if (dialect, stream) != (Dialect::Chat, Stream::Yes) {
                let usage = row.usage.unwrap();
                assert!(usage.input_total() > 0 && usage.output > 0, "{dialect:?}: {usage:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_doubled_v1_works() {
    let world = World::start(&[("v", Dialect::Chat, Vendor::default())]).await;
    let body = world::question("v/m", Stream::No).to_string();
    let heard = world.post("/v1/v1/chat/completions", body).send().await.unwrap();
    assert_eq!(heard.status(), 200);
    let models = world.http.get(world.url("/v1/v1/models")).bearer_auth(&world.key);
    assert_eq!(models.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn combos_stand_first_in_the_list_of_models() {
    let world = World::start(&[("v", Dialect::Chat, Vendor::default())]).await;
    world.combo("main", &["v/m"]).await;
    let models = world.http.get(world.url("/v1/models")).bearer_auth(&world.key);
    let heard = Heard::from(models.send().await.unwrap()).await.json();
    let ids: Vec<_> =
        heard["data"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap()).collect();
    assert_eq!(ids[..2], ["auto", "main"]);
    assert!(ids.contains(&"v/m"));
}

#[tokio::test]
async fn one_model_is_shown_as_the_callers_dialect_shows_it() {
    let world = World::start(&[("v", Dialect::Chat, Vendor::default())]).await;
    let get = async |id: &str, header: &'static str| {
        let request = world.http.get(world.url(&format!("/v1/models/{id}")));
        let request = match header {
            "" => request.bearer_auth(&world.key),
            "anthropic-version" => {
                request.header("x-api-key", &world.key).header(header, "2023-06-01")
            }
            _ => request.header(header, &world.key),
        };
        let heard = Heard::from(request.send().await.unwrap()).await;
        (heard.status, heard.json())
    };
    assert_eq!(get("v/m", "").await.1["object"], "model");
    assert_eq!(get("v/m", "anthropic-version").await.1["type"], "model");
    assert_eq!(get("v/m", "x-goog-api-key").await.1["name"], "models/v/m");
    let (status, error) = get("nothing", "anthropic-version").await;
    assert_eq!((status, &error["error"]["type"]), (404, &"not_found_error".into()));
}

#[tokio::test]
async fn headers_of_one_dialect_do_not_reach_a_vendor_of_another() {
    let world = World::start(&[("v", Dialect::Chat, Vendor::default())]).await;
    let sent = world
        .post("/v1/messages", world::question("v/m", Stream::No).to_string())
        .header("anthropic-version", "2023-06-01")
        .header("anthropic-beta", "context-1m-2025-08-07")
        .send();
    assert_eq!(sent.await.unwrap().status(), 200);
    let seen = world.simulator.take_requests().pop().unwrap();
    assert!(seen.header("anthropic-version").is_none() && seen.header("anthropic-beta").is_none());
}
