//! Gemini's paths: the model and what is asked stand in them.
#![cfg(test)]

mod world;

use serde_json::{Value, json};
use switchyard_simulator::{Call, Fault, Refusal, Turn, Vendor, When};
use switchyard_types::{Dialect, FailureClass};
use world::{Heard, Stream, World, question_in};

const OTHERS: [Dialect; 4] =
    [Dialect::Chat, Dialect::Messages, Dialect::Responses, Dialect::Ollama];

async fn ask(world: &World, path: &str, body: &Value) -> Heard {
    Heard::from(world.post(path, body.to_string()).send().await.unwrap()).await
}

#[tokio::test]
async fn a_body_passes_byte_for_byte_and_the_vendors_path_names_its_own_model() {
    let world = World::start(&[("v", Dialect::Gemini, Vendor::default())]).await;
    world.combo("main", &["v/some-model"]).await;
    let body = "{\n \"contents\" :[{\"parts\":[{\"text\":\"\\u00e9\"}]}],\r\n\"model\":\"stray\",\"new\":1.10}";
    for (path, sent) in [
        ("/v1beta/models/main:generateContent", "/v/v1/models/some-model:generateContent"),
        (
            "/v1beta/models/main:streamGenerateContent?alt=sse",
            "/v/v1/models/some-model:streamGenerateContent?alt=sse",
        ),
        (
            "/v1beta/models/v/odd%2Bname:streamGenerateContent",
            "/v/v1/models/odd%2Bname:streamGenerateContent?alt=sse",
        ),
        ("/v1/models/main:generateContent", "/v/v1/models/some-model:generateContent"),
        ("/v1beta/models/models/main:countTokens", "/v/v1/models/some-model:countTokens"),
    ] {
        let heard = Heard::from(world.post(path, body).send().await.unwrap()).await;
        // The odd name asks the simulator for a fault that it does not know.
        assert!(heard.status == 200 || path.contains("odd"), "{path}: {}", heard.text);
        let seen = world.simulator.take_requests().pop().unwrap();
        assert_eq!((seen.path.as_str(), &seen.body[..]), (sent, body.as_bytes()), "{path}");
        assert_eq!(seen.header("x-goog-api-key").unwrap(), world::vendor_key("v"));
    }
}

#[tokio::test]
async fn the_key_may_stand_in_its_header_or_in_the_query() {
    let world = World::start(&[("v", Dialect::Gemini, Vendor::default())]).await;
    let body = question_in(Dialect::Gemini, "", Stream::No).to_string();
    let post = |path: String| {
        let request = world.http.post(world.url(&path)).body(body.clone());
        request.header("content-type", "application/json")
    };
    let path = "/v1beta/models/v/m:generateContent".to_owned();
    let header = post(path.clone()).header("x-goog-api-key", &world.key).send().await.unwrap();
    let query = post(format!("{path}?key={}", world.key)).send().await.unwrap();
    let none = Heard::from(post(path).send().await.unwrap()).await;
    assert_eq!((header.status().as_u16(), query.status().as_u16(), none.status), (200, 200, 401));
    assert_eq!(none.json()["error"]["status"], "UNAUTHENTICATED");
    // The client's key stays here.
    for seen in world.simulator.take_requests() {
        assert!(
            !seen.path.contains(&world.key) && !format!("{:?}", seen.headers).contains(&world.key)
        );
    }
}

#[tokio::test]
async fn without_sse_a_stream_is_one_json_array_of_the_same_pieces() {
    let turn = Turn::default()
        .and_text("several pieces of a text")
        .and_call(Call::function("look", &json!({ "path": "/tmp" })));
    for vendor in Dialect::ALL {
        let simulated = Vendor::default().turn_for("m", turn.clone());
        let world = World::start(&[("v", vendor, simulated)]).await;
        let body = question_in(Dialect::Gemini, "", Stream::Yes);
        let events = ask(&world, "/v1beta/models/v/m:streamGenerateContent?alt=sse", &body).await;
        let array = ask(&world, "/v1beta/models/v/m:streamGenerateContent", &body).await;
        assert_eq!(array.headers["content-type"], "application/json", "{vendor:?}");
        let items = array.json();
        let texts = |items: &[Value]| -> Vec<Value> {
            items.iter().map(|item| item["candidates"].clone()).map(without_ids).collect()
        };
        let events: Vec<Value> =
            events.events().iter().map(|data| serde_json::from_str(data).unwrap()).collect();
        assert_eq!(texts(items.as_array().unwrap()), texts(&events), "{vendor:?}");
        assert!(events.len() > 2, "{vendor:?}");
    }
}

/// Ids are counted up from answer to answer.
fn without_ids(mut candidates: Value) -> Value {
    for part in candidates[0]["content"]["parts"].as_array_mut().into_iter().flatten() {
        if let Some(call) = part["functionCall"].as_object_mut() {
            call.remove("id");
        }
    }
    candidates
}

#[tokio::test]
async fn an_error_in_the_array_form_is_an_item_and_the_array_is_closed() {
    let vendor = Vendor::default()
        .fault(When::Always, Fault::Cut(switchyard_simulator::Position::Deltas(2)));
    let world = World::start(&[("v", Dialect::Gemini, vendor)]).await;
    let body = question_in(Dialect::Gemini, "", Stream::Yes);
    let heard = ask(&world, "/v1beta/models/v/m:streamGenerateContent", &body).await;
    let items = heard.json();
    assert!(items.as_array().unwrap().last().unwrap()["error"]["message"].is_string());
}

#[tokio::test]
async fn tokens_are_counted_by_a_gemini_vendor_and_estimated_otherwise() {
    let body = question_in(Dialect::Gemini, "", Stream::No);
    let wrapped = json!({ "generateContentRequest": body });
    let world = World::start(&[("v", Dialect::Gemini, Vendor::default())]).await;
    let asked = ask(&world, "/v1beta/models/v/m:countTokens", &body).await;
    assert!(asked.json()["promptTokensDetails"].is_array(), "{}", asked.text);
    for vendor in OTHERS {
        let world = World::start(&[("v", vendor, Vendor::default())]).await;
        for body in [&body, &wrapped] {
            let heard = ask(&world, "/v1beta/models/v/m:countTokens", body).await;
            assert_eq!(heard.headers["x-switchyard-estimated"], "true", "{vendor:?}");
            assert!(heard.json()["totalTokens"].as_u64().unwrap() > 2, "{}", heard.text);
        }
        assert!(world.simulator.requests().is_empty());
    }
}

#[tokio::test]
async fn a_blocked_prompt_is_told_as_an_error_of_the_client() {
    for stream in [Stream::No, Stream::Yes] {
        let vendor = Vendor::default().fault(When::Always, Fault::Refuse(Refusal::ContentPolicy));
        let world = World::start(&[("v", Dialect::Gemini, vendor)]).await;
        for client in [Dialect::Gemini, Dialect::Chat] {
            let heard = world.ask(client, "v/m", stream).await;
            assert_eq!(heard.status, 400, "{client:?}: {}", heard.text);
            assert!(heard.text.contains("PROHIBITED_CONTENT"), "{}", heard.text);
        }
        let row = world.last_of(2).await;
        assert_eq!(row.attempts[0].failure, Some(FailureClass::ContentPolicy));
    }
}

#[tokio::test]
async fn models_are_listed_and_found_by_name() {
    let world = World::start(&[("v", Dialect::Chat, Vendor::default())]).await;
    world.combo("main", &["v/m"]).await;
    let get = async |path: &str| {
        let request = world.http.get(world.url(path)).header("x-goog-api-key", &world.key);
        Heard::from(request.send().await.unwrap()).await
    };
    let list = get("/v1beta/models").await.json();
    assert_eq!(list["models"][0]["name"], "models/auto");
    assert_eq!(get("/v1beta/models/v/m").await.json()["name"], "models/v/m");
    let missing = get("/v1beta/models/nobody").await;
    assert_eq!((missing.status, &missing.json()["error"]["status"]), (404, &json!("NOT_FOUND")));
}

#[tokio::test]
async fn what_is_not_served_is_told_in_geminis_words() {
    let world = World::start(&[("v", Dialect::Gemini, Vendor::default())]).await;
    let body = json!({});
    let action = ask(&world, "/v1beta/models/v/m:embedContent", &body).await;
    assert_eq!((action.status, &action.json()["error"]["code"]), (404, &json!(404)));
    let unknown = ask(&world, "/v1beta/models/nobody/m:generateContent", &body).await;
    assert_eq!(unknown.json()["error"]["status"], "NOT_FOUND");
}

#[tokio::test]
async fn a_quota_that_runs_out_moves_the_client_to_another_dialect() {
    for vendor in OTHERS {
        let spent =
            Vendor::default().fault(When::Always, "429-gemini-retry-info-58s".parse().unwrap());
        let world = World::start(&[
            ("first", Dialect::Gemini, spent),
            ("second", vendor, Vendor::default()),
        ])
        .await;
        world.combo("main", &["first/m", "second/m"]).await;
        for stream in [Stream::No, Stream::Yes] {
            let heard = world.ask(Dialect::Gemini, "main", stream).await;
            assert!(heard.text.contains("This is seco"), "{vendor:?}: {}", heard.text);
        }
        let row = world.last_of(2).await;
        assert_eq!(row.served_by.unwrap().dialect, vendor);
        let usage = row.usage.unwrap();
        assert!(usage.input > 0 && usage.output > 0, "{vendor:?}");
    }
}

#[tokio::test]
async fn a_signature_comes_back_to_the_letter_though_the_client_cannot_hold_it() {
    let turn = Turn::default()
        .and_thinking("", "c2lnbmF0dXJlIG9mIHRoZSBjYWxs+/8=")
        .and_call(Call::function("look", &json!({ "path": "/tmp" })));
    for stream in [false, true] {
        let vendor = Vendor::default().turn_for("gemini-3-m", turn.clone());
        let world = World::start(&[("v", Dialect::Gemini, vendor)]).await;
        let tools = json!([{ "type": "function", "function": { "name": "look", "parameters": {
            "type": "object", "properties": { "path": { "type": "string" } } } } }]);
        let mut messages = json!([{ "role": "user", "content": "look" }]);
        let body = json!({ "model": "v/gemini-3-m", "messages": messages, "tools": tools, "stream": stream });
        let heard = ask(&world, "/v1/chat/completions", &body).await;
        assert!(!heard.text.contains("c2lnbmF0dXJl"), "it stays here: {}", heard.text);
        let events: Vec<Value> =
            heard.events().iter().filter_map(|data| serde_json::from_str(data).ok()).collect();
        let id = events
            .iter()
            .find_map(|event| {
                event["choices"][0]["delta"]["tool_calls"][0]["id"].as_str().map(str::to_owned)
            })
            .unwrap_or_else(|| {
                heard.json()["choices"][0]["message"]["tool_calls"][0]["id"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            });
        let list = messages.as_array_mut().unwrap();
        list.push(json!({ "role": "assistant", "content": null, "tool_calls": [{
            "id": id, "type": "function", "function": { "name": "look", "arguments": "{\"path\":\"/tmp\"}" } }] }));
        list.push(json!({ "role": "tool", "tool_call_id": id, "content": "empty" }));
        let body = json!({ "model": "v/gemini-3-m", "messages": messages, "tools": tools, "stream": stream });
        ask(&world, "/v1/chat/completions", &body).await;
        let seen = world.simulator.take_requests().pop().unwrap();
        let sent: Value = serde_json::from_slice(&seen.body).unwrap();
        let call = &sent["contents"][1]["parts"][0];
        assert_eq!(call["thoughtSignature"], "c2lnbmF0dXJlIG9mIHRoZSBjYWxs+/8=", "{sent}");
        assert_eq!(sent["contents"][2]["parts"][0]["functionResponse"]["name"], "look");
    }
}
