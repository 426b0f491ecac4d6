//! What a script decides: keys, quotas, rules, turns, and the agent's part.

use std::net::SocketAddr;
use std::time::Duration;

use crate::wire::{Reply, ask, post};
use serde_json::{Value, json};
use switchyard_simulator::{
    Agent, Dialect, Fault, Quota, Recording, Refusal, Script, Seen, Signal, Simulator, Turn,
    Vendor, When,
};

const MESSAGES: &str = "/v/v1/messages";

async fn start(vendor: Vendor) -> Simulator {
    Simulator::start(Script::default().vendor("v", vendor)).await.unwrap()
}

async fn say(at: SocketAddr, model: &str) -> Reply {
    post(at, MESSAGES, &json!({ "model": model })).await
}

async fn statuses(at: SocketAddr, model: &str, count: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(say(at, model).await.status);
    }
    statuses
}

fn text(reply: &Reply) -> String {
    reply.json()["content"][0]["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_bad_key_is_401_in_each_dialect_wherever_the_key_stands() {
    let simulator = start(Vendor::default().bad_keys(["sk-bad"])).await;
    let at = simulator.address();
    for (method, path, header, value, pointer) in [
        ("GET", "/v/v1/models", "authorization", "Bearer sk-bad", "/error/code"),
        ("GET", "/v/v1/models", "x-api-key", "sk-bad", "/error/type"),
        ("GET", "/v/v1beta/models", "x-goog-api-key", "sk-bad", "/error/status"),
        ("GET", "/v/v1beta/models?key=sk-bad", "accept", "*/*", "/error/status"),
        ("POST", "/v/v1/messages", "authorization", "bearer sk-bad", "/error/type"),
        ("POST", "/v/v1/messages/count_tokens", "x-api-key", "sk-bad", "/error/type"),
    ] {
        let reply = ask(at, method, path, &[(header, value)], r#"{"model":"m"}"#).await.unwrap();
        assert_eq!(reply.status, 401, "{path}");
        assert!(reply.json().pointer(pointer).unwrap().is_string(), "{path}");
    }
    let good = ask(at, "GET", "/v/v1/models", &[("x-api-key", "sk-other")], "").await.unwrap();
    assert_eq!(good.status, 200);
}

#[tokio::test]
async fn where_good_keys_are_named_every_other_is_refused() {
    let simulator = start(Vendor::default().keys(["sk-good"])).await;
    let at = simulator.address();
    let with = async |key: &str| {
        ask(at, "GET", "/v/v1/models", &[("authorization", key)], "").await.unwrap().status
    };
    assert_eq!(
        [with("Bearer sk-good").await, with("Bearer sk-x").await, with("Basic x").await],
        [200, 401, 401]
    );
}

#[tokio::test]
async fn a_quota_ends_tells_its_reset_and_begins_anew() {
    let simulator = start(Vendor::default().quota(2, Duration::from_secs(2))).await;
    let at = simulator.address();
    let first = say(at, "m").await;
    assert_eq!(first.header("anthropic-ratelimit-requests-limit"), "2");
    assert_eq!(first.header("anthropic-ratelimit-requests-remaining"), "1");
    assert_eq!(statuses(at, "m", 2).await, [200, 429]);
    let after = say(at, "m").await;
    assert!(["1", "2"].contains(&after.header("retry-after")), "whole seconds, rounded up");
    tokio::time::sleep(Duration::from_millis(2_020)).await;
    assert_eq!(statuses(at, "m", 3).await, [200, 200, 429]);
    simulator.reset();
    assert_eq!(say(at, "m").await.status, 200);
}

#[tokio::test]
async fn quotas_count_each_key_and_each_named_model_apart() {
    let hour = Duration::from_hours(1);
    let quota = Quota {
        model: Some("big".into()),
        requests: 1,
        window: hour,
        signal: Signal::AnthropicUnified,
    };
    let simulator = start(Vendor::default().limited_by(quota).quota(4, hour)).await;
    let at = simulator.address();
    let as_key = async |key: &str, model: &str| {
        let body = json!({ "model": model }).to_string();
        ask(at, "POST", MESSAGES, &[("x-api-key", key)], &body).await.unwrap()
    };
    assert_eq!(as_key("a", "big").await.status, 200);
    let limited = as_key("a", "big").await;
    assert_eq!(
        (limited.status, limited.header("anthropic-ratelimit-unified-status")),
        (429, "rejected")
    );
    for status in [200, 200, 200, 429] {
        assert_eq!(as_key("a", "small").await.status, status, "a refused request takes nothing");
    }
    assert_eq!(as_key("b", "big").await.status, 200);
}

#[tokio::test]
async fn vendors_keep_their_quotas_keys_and_answers_apart() {
    let hour = Duration::from_hours(1);
    let script = Script::default()
        .vendor("one", Vendor::default().quota(1, hour).turn_for("m", Turn::text("one")))
        .vendor("two", Vendor::default().keys(["k"]));
    let simulator = Simulator::start(script).await.unwrap();
    let at = simulator.address();
    let body = json!({ "model": "m" });
    assert_eq!(text(&post(at, "/one/v1/messages", &body).await), "one");
    assert_eq!(post(at, "/one/v1/messages", &body).await.status, 429);
    assert_eq!(post(at, "/two/v1/messages", &body).await.status, 401);
    assert!(text(&post(at, "/v1/messages", &body).await).starts_with("This is default"));
    let nowhere = post(at, "/three/v1/messages", &body).await;
    assert_eq!(nowhere.status, 404);
    assert!(nowhere.json()["error"]["message"].as_str().unwrap().contains("`three`"));
}

#[tokio::test]
async fn rules_befall_the_requests_they_count() {
    let refuse = |refusal| Fault::Refuse(refusal);
    let vendor = Vendor::default()
        .fault(When::Nth(2), refuse(Refusal::Overloaded))
        .fault_for("big", When::After(3), refuse(Refusal::Server))
        .fault_for("small", When::First(1), refuse(Refusal::Forbidden))
        .fault_for("odd", When::Every(2), refuse(Refusal::Invalid));
    let simulator = start(vendor).await;
    let at = simulator.address();
    assert_eq!(statuses(at, "big", 5).await, [200, 529, 200, 500, 500]);
    assert_eq!(statuses(at, "small", 2).await, [403, 200]);
    assert_eq!(statuses(at, "odd", 4).await, [200, 400, 200, 400]);
}

#[tokio::test]
async fn listed_models_are_served_and_others_missing() {
    let simulator = start(Vendor::default().models(["a"])).await;
    let at = simulator.address();
    assert_eq!(say(at, "a").await.status, 200);
    assert_eq!(say(at, "a+503").await.status, 503);
    assert_eq!(say(at, "b").await.json()["error"]["message"], "model: b");
}

#[tokio::test]
async fn turns_come_from_the_queue_then_the_model_then_the_sources_then_the_echo() {
    let vendor = Vendor::default()
        .queue([Turn::text("first"), Turn::text("second")])
        .turn_for("m", Turn::text("own"))
        .answer(|seen: &Seen| {
            let fits = seen.dialect == Dialect::Messages && seen.model == "n";
            fits.then(|| Turn::text(format!("for {}", seen.vendor)))
        });
    let simulator = start(vendor).await;
    let at = simulator.address();
    let mut texts = Vec::new();
    for model in ["m", "m", "m", "n", "o"] {
        texts.push(text(&say(at, model).await));
    }
    assert_eq!(texts, ["first", "second", "own", "for v", "This is v speaking as o."]);
}

#[tokio::test]
async fn a_malformed_request_is_refused_in_the_dialects_own_envelope() {
    let simulator = start(Vendor::default()).await;
    let at = simulator.address();
    for body in ["", "{", "[]", "{}", r#"{"model":7}"#, "\u{fffd}"] {
        let reply = ask(at, "POST", MESSAGES, &[], body).await.unwrap();
        assert_eq!((reply.status, reply.json()["type"].as_str()), (400, Some("error")), "{body}");
    }
    let wrong_method = ask(at, "GET", MESSAGES, &[], "").await.unwrap();
    assert_eq!(wrong_method.status, 404);
}

#[tokio::test]
async fn requests_are_recorded_whole_and_in_order_unless_switched_off() {
    let simulator = start(Vendor::default()).await;
    let body = r#"{"model":"m", "odd" : 1.50}"#;
    ask(simulator.address(), "POST", "/v/v1/messages?beta=true", &[("X-Session", "s1")], body)
        .await
        .unwrap();
    say(simulator.address(), "n").await;
    let requests = simulator.take_requests();
    assert_eq!(
        (&*requests[0].vendor, requests[0].path.as_str()),
        ("v", "/v/v1/messages?beta=true")
    );
    assert_eq!(
        (requests[0].header("x-session"), &requests[0].body[..]),
        (Some("s1"), body.as_bytes())
    );
    assert_eq!(requests[1].json()["model"], "n");
    assert!(simulator.requests().is_empty());
    simulator
        .set_script(Script::default().vendor("v", Vendor::default()).recording(Recording::Off));
    say(simulator.address(), "m").await;
    assert!(simulator.requests().is_empty());
}

#[tokio::test]
async fn a_vendor_can_be_changed_while_the_others_keep_their_counts() {
    let hour = Duration::from_hours(1);
    let script = Script::default()
        .vendor("v", Vendor::default().quota(1, hour))
        .vendor("w", Vendor::default().quota(1, hour));
    let simulator = Simulator::start(script).await.unwrap();
    let at = simulator.address();
    let other = async || post(at, "/w/v1/messages", &json!({ "model": "m" })).await.status;
    assert_eq!((statuses(at, "m", 2).await, other().await), (vec![200, 429], 200));
    simulator.set_vendor("v", Vendor::default().header("x-codex-primary-used-percent", "40"));
    assert_eq!(say(at, "m").await.header("x-codex-primary-used-percent"), "40");
    assert_eq!(other().await, 429);
}

#[tokio::test]
async fn shutdown_frees_the_port() {
    let simulator = start(Vendor::default()).await;
    let at = simulator.address();
    simulator.shutdown().await;
    let again = Simulator::start(Script::default().port(at.port())).await.unwrap();
    assert_eq!(again.address(), at);
}

fn agent() -> Vendor {
    Vendor::default()
        .answer(Agent { command: "echo hi".into(), done_text: "It said: {result}".into() })
}

#[tokio::test]
async fn the_agent_calls_whatever_shell_the_client_offers_with_what_its_schema_requires() {
    let simulator = start(agent()).await;
    let at = simulator.address();
    let claude = json!({ "name": "Bash", "input_schema": {
        "type": "object", "required": ["command", "description", "sandbox"],
        "properties": { "command": { "type": "string" }, "description": { "type": "string" }, "sandbox": { "type": "boolean" } } } });
    let body = json!({ "model": "m", "tools": [{ "name": "Read", "input_schema": {} }, claude] });
    let reply = post(at, MESSAGES, &body).await.json();
    assert_eq!(reply["stop_reason"], "tool_use");
    assert_eq!(reply["content"][0]["name"], "Bash");
    assert_eq!(
        reply["content"][0]["input"],
        json!({ "command": "echo hi", "description": "Runs the command", "sandbox": false })
    );

    let words = json!({ "type": "object", "properties": { "command": { "type": "array" } }, "required": ["command"] });
    let cmd = json!({ "type": "object", "properties": { "cmd": { "type": "string" } }, "required": ["cmd"] });
    for (tool, wanted) in [
        (
            json!({ "type": "function", "name": "shell", "parameters": words }),
            json!({ "command": ["bash", "-lc", "echo hi"] }),
        ),
        (
            json!({ "type": "function", "name": "exec_command", "parameters": cmd }),
            json!({ "cmd": "echo hi" }),
        ),
        (
            json!({ "type": "namespace", "name": "box", "tools": [{ "type": "function", "name": "exec_command", "parameters": cmd }] }),
            json!({ "cmd": "echo hi" }),
        ),
    ] {
        let reply =
            post(at, "/v/v1/responses", &json!({ "model": "m", "tools": [tool] })).await.json();
        let arguments = reply["output"][0]["arguments"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(arguments).unwrap(), wanted);
        assert_eq!(reply["output"][0].get("namespace").is_some(), tool["type"] == "namespace");
    }
    let reply =
        post(at, "/v/v1/responses", &json!({ "model": "m", "tools": [{ "type": "local_shell" }] }))
            .await
            .json();
    assert_eq!(reply["output"][0]["action"]["command"], json!(["bash", "-lc", "echo hi"]));

    let chat = json!({ "model": "m", "tools": [{ "type": "function", "function": { "name": "shell_command", "parameters": cmd } }] });
    let reply = post(at, "/v/v1/chat/completions", &chat).await.json();
    assert_eq!(
        reply["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"],
        r#"{"cmd":"echo hi"}"#
    );

    let declared = json!([{ "functionDeclarations": [{ "name": "run_shell_command", "parameters":
        { "type": "OBJECT", "properties": { "command": { "type": "STRING" } } } }] }]);
    let reply =
        post(at, "/v/v1beta/models/m:generateContent", &json!({ "tools": declared })).await.json();
    let call = &reply["candidates"][0]["content"]["parts"][0]["functionCall"];
    assert_eq!(call, &json!({ "name": "run_shell_command", "args": { "command": "echo hi" } }));
}

#[tokio::test]
async fn the_agent_quotes_the_tools_result_once_there_is_one() {
    let simulator = start(agent()).await;
    let at = simulator.address();
    let tools =
        json!([{ "name": "Bash", "type": "function", "parameters": {}, "input_schema": {} }]);
    let ask = async |path: &str, field: &str, history: Value, pointer: &str| {
        let mut body = json!({ "model": "m", "tools": tools });
        body[field] = history;
        post(at, path, &body).await.json().pointer(pointer).cloned().unwrap()
    };
    let block = json!({ "type": "tool_result", "tool_use_id": "t", "content": [{ "type": "text", "text": "hi" }] });
    let answers = [
        ask(
            MESSAGES,
            "messages",
            json!([{ "role": "user", "content": [block] }]),
            "/content/0/text",
        )
        .await,
        ask(
            "/v/v1/chat/completions",
            "messages",
            json!([{ "role": "tool", "content": "hi" }]),
            "/choices/0/message/content",
        )
        .await,
        ask(
            "/v/v1/responses",
            "input",
            json!([{ "type": "function_call_output", "output": "hi" }]),
            "/output/0/content/0/text",
        )
        .await,
        ask(
            "/v/v1beta/models/m:generateContent",
            "contents",
            json!([{ "parts": [{ "functionResponse": { "response": { "output": "hi" } } }] }]),
            "/candidates/0/content/parts/0/text",
        )
        .await,
    ];
    assert!(answers.iter().all(|answer| answer == "It said: hi"), "{answers:?}");
}

#[tokio::test]
async fn the_agent_leaves_requests_without_a_shell_to_the_echo() {
    let simulator = start(agent()).await;
    let reply = post(
        simulator.address(),
        MESSAGES,
        &json!({ "model": "m", "tools": [{ "name": "Read" }] }),
    )
    .await;
    assert!(text(&reply).starts_with("This is v"));
}

#[tokio::test]
async fn the_documented_script_file_is_read_and_does_what_it_says() {
    let example = switchyard_simulator::SCRIPT_FORM.split_once("\n\n").unwrap().1;
    let script: Script = example.parse().unwrap();
    let simulator = Simulator::start(script.port(0)).await.unwrap();
    let body = json!({ "model": "big" }).to_string();
    let mut statuses = Vec::new();
    let mut last = None;
    for _ in 0..5 {
        let reply = ask(
            simulator.address(),
            "POST",
            "/sub/v1/messages",
            &[("x-api-key", "sk-good")],
            &body,
        )
        .await
        .unwrap();
        statuses.push(reply.status);
        last = Some(reply);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    assert_eq!(last.unwrap().header("anthropic-ratelimit-unified-status"), "rejected");
    assert_eq!(
        post(simulator.address(), "/sub/v1/messages", &json!({ "model": "big" })).await.status,
        401
    );
}

#[test]
fn a_mistaken_script_file_says_where_and_what() {
    for (text, words) in [
        ("[vendor.a]\nmodel = 1", "unknown field"),
        ("[[vendor.a.fault]]\nfault = 'nope'", "vendor `a`: `nope` is no fault"),
        (
            "[[vendor.a.fault]]\nwhen = 'never'\nfault = '401'",
            "vendor `a`: `never` is no condition",
        ),
        ("[[vendor.a.quota]]\nrequests = 1\nwindow = 'soon'", "vendor `a`: `soon` is no duration"),
        (
            "[[vendor.a.quota]]\nrequests = 1\nwindow = '1m'\nsignal = 'x'",
            "vendor `a`: `x` is no signal",
        ),
    ] {
        let error = text.parse::<Script>().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
