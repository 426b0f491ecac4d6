//! Proofs of reasoning through the whole of Switchyard: home to the letter, elsewhere never.
#![cfg(test)]

mod world;

use serde_json::{Value, json};
use switchyard_simulator::{Call, Turn, Vendor};
use switchyard_types::Dialect;
use world::{Heard, Stream, World, path, path_for};

const SIGNATURE: &str = "EqQBCgIYAhIMsignature0123456789==";

fn thinker() -> Vendor {
    let call = Call::function("read", &json!({"path": "a"}));
    let turn = Turn::default().and_thinking("Hm.", SIGNATURE).and_call(call);
    Vendor::default().turn_for("m", turn)
}

async fn world() -> World {
    let world = World::start(&[
        ("house", Dialect::Messages, thinker()),
        ("other", Dialect::Messages, thinker()),
        ("router", Dialect::Responses, thinker()),
        ("thrift", Dialect::Chat, Vendor::default()),
    ])
    .await;
    world.simulator.take_requests();
    world
}

async fn say(world: &World, client: Dialect, model: &str, stream: Stream, body: &Value) -> Heard {
    let mut body = body.clone();
    body["stream"] = (stream == Stream::Yes).into();
    let heard = send(world, client, model, &body).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    heard
}

async fn send(world: &World, client: Dialect, model: &str, body: &Value) -> Heard {
    let mut body = body.clone();
    body["model"] = model.into();
    Heard::from(world.post(path(client), body.to_string()).send().await.unwrap()).await
}

fn sent(world: &World) -> String {
    let request = world.simulator.take_requests().pop().unwrap();
    String::from_utf8(request.body.to_vec()).unwrap()
}

fn chat_body() -> Value {
    json!({"max_tokens": 9000, "messages": [{"role": "user", "content": "Look"}], "tools": [{"type": "function", "function": {"name": "read", "parameters": {"type": "object"}}}]})
}

/// The call's id in a Chat answer of either form.
fn chat_call(heard: &Heard, stream: Stream) -> Value {
    if stream == Stream::No {
        return heard.json()["choices"][0]["message"]["tool_calls"][0].clone();
    }
    let mut call = heard
        .events()
        .iter()
        .filter_map(|data| serde_json::from_str::<Value>(data).ok())
        .find_map(|chunk| {
            chunk["choices"][0]["delta"]["tool_calls"][0]["id"]
                .as_str()
                .map(|_| chunk["choices"][0]["delta"]["tool_calls"][0].clone())
        })
        .unwrap();
    call["function"]["arguments"] = "{\"path\":\"a\"}".into();
    call
}

#[tokio::test]
async fn a_chat_clients_reasoning_returns_to_the_vendor_that_signed_it() {
    for stream in [Stream::No, Stream::Yes] {
        let world = world().await;
        for vendor in ["house", "router"] {
            let first =
                say(&world, Dialect::Chat, &format!("{vendor}/m"), stream, &chat_body()).await;
            assert!(!first.text.contains(SIGNATURE));
            let call = chat_call(&first, stream);
            let mut next = chat_body();
            let turns = next["messages"].as_array_mut().unwrap();
            turns.push(json!({"role": "assistant", "content": null, "tool_calls": [call]}));
            turns.push(json!({"role": "tool", "tool_call_id": call["id"], "content": "one"}));
            world.simulator.take_requests();
            for (target, returns) in [
                ("house", vendor == "house"),
                ("other", false),
                ("router", vendor == "router"),
                ("thrift", false),
            ] {
                say(&world, Dialect::Chat, &format!("{target}/m"), stream, &next).await;
                assert_eq!(
                    sent(&world).contains(SIGNATURE),
                    returns,
                    "{vendor} to {target}, {stream:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_passing_history_keeps_every_byte_at_home_and_no_proof_elsewhere() {
    for stream in [Stream::No, Stream::Yes] {
        let world = world().await;
        let ask = json!({"max_tokens": 9000, "messages": [{"role": "user", "content": "Look"}]});
        let first = say(&world, Dialect::Messages, "house/m", stream, &ask).await;
        assert!(first.text.contains(SIGNATURE), "it passes to the client that can hold it");
        world.simulator.take_requests();
        let history = format!(
            r#"{{"max_tokens":9000,"messages":[{{"role":"user","content":"Look"}}, {{"role":"assistant","content":[ {{"type":"thinking","thinking":"Hm.","signature":"{SIGNATURE}"}}, {{"type":"tool_use","id":"t","name":"read","input":{{}}}}]}},{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"t","content":"one"}}]}}],"model":"MODEL"}}"#
        );
        for (target, returns) in
            [("house", true), ("other", false), ("router", false), ("thrift", false)]
        {
            let body = history.replace("MODEL", &format!("{target}/m"));
            let heard = world.post(path(Dialect::Messages), body).send().await.unwrap();
            assert_eq!(heard.status(), 200);
            let sent = sent(&world);
            if returns {
                assert_eq!(sent, history.replace("MODEL", "m"));
            } else {
                assert!(!sent.contains(SIGNATURE), "{target}: {sent}");
            }
        }
        assert!(world.last_of(5).await.losses.iter().all(|loss| !loss.is_empty()));
    }
}

const TWO: [(&str, Dialect); 2] = [("house", Dialect::Gemini), ("other", Dialect::Gemini)];

/// Two vendors of Gemini's, of which the first answers at first.
async fn gemini_world() -> World {
    let world = World::start(&TWO.map(|(name, dialect)| (name, dialect, thinker()))).await;
    world.combo("both", &["house/m", "other/m"]).await;
    world
}

async fn ask_gemini(world: &World, model: &str, stream: Stream, body: &str) -> Heard {
    let path = path_for(Dialect::Gemini, model, stream);
    let heard = Heard::from(world.post(&path, body.to_owned()).send().await.unwrap()).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    heard
}

#[tokio::test]
async fn a_gemini_signature_goes_home_to_the_letter_and_to_no_other_vendor() {
    for stream in [Stream::No, Stream::Yes] {
        let world = gemini_world().await;
        let ask = r#"{"contents":[{"role":"user","parts":[{"text":"Look"}]}]}"#;
        let first = ask_gemini(&world, "both", stream, ask).await;
        assert!(first.text.contains(SIGNATURE), "{}", first.text);
        world.simulator.take_requests();
        let history = format!(
            r#"{{"contents":[{{"role":"user","parts":[{{"text":"Look"}}]}},{{"role":"model","parts":[ {{"functionCall":{{"name":"read","args":{{}}}},"thoughtSignature":"{SIGNATURE}"}}]}},{{"role":"user","parts":[{{"functionResponse":{{"name":"read","response":{{"output":"one"}}}}}}]}}]}}"#
        );
        ask_gemini(&world, "both", stream, &history).await;
        assert_eq!(sent(&world), history, "at home not a byte changes");
        // The one that gave it is gone, and the next candidate answers.
        world.combo("both", &["other/m"]).await;
        ask_gemini(&world, "both", stream, &history).await;
        let elsewhere = sent(&world);
        assert!(!elsewhere.contains(SIGNATURE), "{stream:?}: {elsewhere}");
        assert!(elsewhere.contains("skip_thought_signature_validator"), "{elsewhere}");
        let losses = world.last_of(3).await.losses;
        assert!(losses.iter().any(|loss| loss.contains("another vendor")), "{losses:?}");
    }
}

#[tokio::test]
async fn after_a_restart_it_is_still_known_who_gave_a_signature() {
    let house = [("house", Dialect::Messages), ("other", Dialect::Messages)];
    for stream in [Stream::No, Stream::Yes] {
        let world = World::start(&house.map(|(name, dialect)| (name, dialect, thinker()))).await;
        let ask = json!({"max_tokens": 9000, "messages": [{"role": "user", "content": "Look"}]});
        say(&world, Dialect::Messages, "house/m", stream, &ask).await;
        let world = world.opened_again(|_| {}).await;
        world.simulator.take_requests();
        let history = json!({"max_tokens": 9000, "messages": [
            {"role": "user", "content": "Look"},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": SIGNATURE},
                {"type": "tool_use", "id": "t", "name": "read", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "one"}]},
        ]});
        for (target, returns) in [("house", true), ("other", false)] {
            say(&world, Dialect::Messages, &format!("{target}/m"), stream, &history).await;
            assert_eq!(sent(&world).contains(SIGNATURE), returns, "{target}, {stream:?}");
        }
    }
}

#[tokio::test]
async fn what_a_vendor_keeps_is_asked_only_of_its_own_dialect() {
    let world = World::start(&[
        ("thrift", Dialect::Chat, Vendor::default()),
        ("router", Dialect::Responses, Vendor::default()),
    ])
    .await;
    world.combo("both", &["thrift/m", "router/m"]).await;
    let body = json!({"input": "hi", "previous_response_id": "resp_1"});
    say(&world, Dialect::Responses, "both", Stream::No, &body).await;
    let row = world.last().await;
    assert_eq!(row.served_by.unwrap().vendor, "router");
    assert!(
        row.skipped.iter().any(|skipped| skipped.reason.contains("keeps")),
        "{:?}",
        row.skipped
    );

    let refused = send(&world, Dialect::Responses, "thrift/m", &body).await;
    assert_eq!(refused.status, 400);
    let message = refused.json()["error"]["message"].to_string();
    assert!(message.contains("previous_response_id"), "{message}");
}

/// Anthropic's client libraries send only the newest turns of a thread, unless told that nobody holds it.
#[tokio::test]
async fn a_thread_that_nobody_holds_is_refused_by_the_code_that_makes_clients_send_it_whole() {
    for dialect in [Dialect::Chat, Dialect::Messages] {
        let world = World::start(&[("v", dialect, Vendor::default())]).await;
        let begun = json!({"thread": {"type": "create"}, "max_tokens": 100,
            "messages": [{"role": "user", "content": "hi"}]});
        assert_eq!(send(&world, Dialect::Messages, "v/m", &begun).await.status, 200);

        let mut gone_on = begun.clone();
        gone_on["thread"] = json!({"type": "continue", "previous_message_id": "msg_1"});
        let refused = send(&world, Dialect::Messages, "v/m", &gone_on).await;
        assert_eq!(refused.status, 404, "{}", refused.text);
        let error = &refused.json()["error"];
        assert_eq!(error["type"], "not_found_error");
        assert_eq!(error["details"]["error_code"], "thread_not_found");
        assert_eq!(world.simulator.requests().len(), 1, "the vendor is not asked half a question");
    }
}
