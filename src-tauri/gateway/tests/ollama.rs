//! Ollama's paths, which share `/api` with the dashboard's.
#![cfg(test)]

mod world;

use serde_json::{Value, json};
use switchyard_simulator::{Call, Fault, Refusal, Turn, Vendor, When};
use switchyard_types::Dialect;
use world::{Heard, Stream, World};

async fn ask(world: &World, path: &str, body: &Value) -> Heard {
    Heard::from(world.post(path, body.to_string()).send().await.unwrap()).await
}

#[tokio::test]
async fn a_stream_comes_unless_it_is_refused() {
    for vendor in Dialect::ALL {
        let world = World::start(&[("v", vendor, Vendor::default())]).await;
        let mut body = json!({ "model": "v/m", "messages": [{ "role": "user", "content": "hi" }] });
        for path in ["/api/chat", "/v1/api/chat"] {
            let heard = ask(&world, path, &body).await;
            assert_eq!(heard.headers["content-type"], "application/x-ndjson", "{vendor:?}");
            let lines = heard.lines();
            assert!(lines.len() > 2 && lines.last().unwrap()["done"] == true, "{vendor:?}");
            assert!(lines.last().unwrap()["eval_count"].as_u64().unwrap() > 0, "{vendor:?}");
        }
        body["stream"] = json!(false);
        let heard = ask(&world, "/api/chat", &body).await;
        assert_eq!(heard.headers["content-type"], "application/json", "{vendor:?}");
        let said = heard.json()["message"]["content"].as_str().unwrap().to_owned();
        assert!(said.starts_with("This is v speaking as m"), "{vendor:?}: {said}");
    }
}

#[tokio::test]
async fn a_bare_prompt_passes_to_ollama_and_is_a_turn_for_everyone_else() {
    for vendor in Dialect::ALL {
        let world = World::start(&[("v", vendor, Vendor::default())]).await;
        for stream in [false, true] {
            let body = json!({ "model": "v/m", "prompt": "hello", "system": "Be brief.", "stream": stream });
            let heard = ask(&world, "/api/generate", &body).await;
            let said: String =
                heard.lines().iter().filter_map(|line| line["response"].as_str()).collect();
            assert!(said.contains("You said: hello"), "{vendor:?}: {}", heard.text);
            assert_eq!(heard.lines().last().unwrap()["done"], true);
        }
        let seen = world.simulator.take_requests().pop().unwrap();
        assert_eq!(
            seen.path.ends_with("/api/generate"),
            vendor == Dialect::Ollama,
            "{}",
            seen.path
        );
    }
}

#[tokio::test]
async fn a_request_that_only_loads_a_model_asks_nobody() {
    let world = World::start(&[("v", Dialect::Ollama, Vendor::default())]).await;
    for (path, body) in [
        ("/api/generate", json!({ "model": "v/m" })),
        ("/api/chat", json!({ "model": "v/m", "messages": [] })),
    ] {
        let heard = ask(&world, path, &body).await;
        assert_eq!(heard.json()["done_reason"], "load", "{}", heard.text);
    }
    assert!(world.simulator.requests().is_empty());
}

#[tokio::test]
async fn a_tool_loop_goes_through_every_vendor_with_arguments_as_an_object() {
    let arguments = json!({ "path": "/tmp", "deep": { "n": [1, 2] } });
    for vendor in Dialect::ALL {
        for stream in [false, true] {
            let turn = Turn::default().and_call(Call::function("look", &arguments));
            let simulated = Vendor::default().turn_for("m", turn);
            let world = World::start(&[("v", vendor, simulated)]).await;
            let tools = json!([{ "type": "function", "function": {
                "name": "look", "parameters": { "type": "object", "properties": {} } } }]);
            let mut messages = json!([{ "role": "user", "content": "look" }]);
            let body =
                json!({ "model": "v/m", "messages": messages, "tools": tools, "stream": stream });
            let heard = ask(&world, "/api/chat", &body).await;
            let message = heard
                .lines()
                .into_iter()
                .find(|line| line["message"]["tool_calls"].is_array())
                .unwrap_or_else(|| panic!("{vendor:?}: {}", heard.text))["message"]
                .clone();
            assert_eq!(message["tool_calls"][0]["function"]["arguments"], arguments, "{vendor:?}");
            let list = messages.as_array_mut().unwrap();
            list.push(message);
            list.push(json!({ "role": "tool", "tool_name": "look", "content": "nothing" }));
            let body =
                json!({ "model": "v/m", "messages": messages, "tools": tools, "stream": stream });
            assert_eq!(ask(&world, "/api/chat", &body).await.status, 200, "{vendor:?}");
            let sent = world.simulator.take_requests().pop().unwrap();
            let text = String::from_utf8(sent.body.to_vec()).unwrap();
            assert!(text.contains("nothing"), "{vendor:?}: {text}");
        }
    }
}

#[tokio::test]
async fn models_are_listed_and_shown() {
    let world = World::start(&[("v", Dialect::Chat, Vendor::default())]).await;
    world.combo("main", &["v/m"]).await;
    let get = async |path: &str| {
        let request = world.http.get(world.url(path)).bearer_auth(&world.key);
        Heard::from(request.send().await.unwrap()).await.json()
    };
    let tags = get("/api/tags").await;
    let names: Vec<&str> =
        tags["models"].as_array().unwrap().iter().map(|m| m["name"].as_str().unwrap()).collect();
    assert_eq!(names[..2], ["auto", "main"]);
    assert!(get("/api/version").await["version"].is_string());
    for name in ["main", "main:latest", "v/m"] {
        let shown = ask(&world, "/api/show", &json!({ "model": name })).await;
        assert_eq!(shown.json()["capabilities"], json!(["completion", "tools"]), "{name}");
    }
    let missing = ask(&world, "/api/show", &json!({ "name": "nobody" })).await;
    assert_eq!(
        (missing.status, &missing.json()["error"]),
        (404, &json!("model 'nobody' not found"))
    );
}

#[tokio::test]
async fn a_model_is_shown_with_what_it_is_declared_to_do_and_a_combo_with_what_one_of_its_models_does()
 {
    let chat = "\n[[endpoints]]\ndialect = \"chat\"\nurl = \"{base}/v1/chat/completions\"\nauth = \"bearer\"\n";
    let seeing = format!("{chat}\n[[models]]\nid = \"m\"\ncan = [\"images\", \"thinking\"]\n");
    let plain = format!("{chat}\n[[models]]\nid = \"m\"\ncannot = [\"images\", \"tools\"]\n");
    let both = [("seeing", &*seeing, Vendor::default()), ("plain", &*plain, Vendor::default())];
    let world = World::start_files(&both).await;
    world.combo("main", &["plain/m", "seeing/m"]).await;
    for (name, expected) in [
        ("plain/m", json!(["completion"])),
        ("seeing/m", json!(["completion", "tools", "vision", "thinking"])),
        ("main", json!(["completion", "tools", "vision", "thinking"])),
    ] {
        let shown = ask(&world, "/api/show", &json!({ "model": name })).await;
        assert_eq!(shown.json()["capabilities"], expected, "{name}");
    }
}

#[tokio::test]
async fn a_key_is_needed_and_the_dashboards_session_opens_no_model() {
    let world = World::start(&[("v", Dialect::Ollama, Vendor::default())]).await;
    for path in ["/api/tags", "/api/version"] {
        let heard = Heard::from(world.http.get(world.url(path)).send().await.unwrap()).await;
        assert_eq!(heard.status, 401, "{path}");
        assert!(heard.json()["error"].is_string(), "{path}: {}", heard.text);
    }
    // A client's key, in turn, opens nothing of the dashboard's.
    let status = world.http.get(world.url("/api/status")).bearer_auth(&world.key);
    assert_eq!(status.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn an_ollama_vendor_serves_clients_of_every_dialect_and_its_errors_fall_over() {
    for client in Dialect::ALL {
        let busy = Vendor::default().fault(When::Always, Fault::Refuse(Refusal::Overloaded));
        let world = World::start(&[
            ("first", Dialect::Ollama, busy),
            ("second", Dialect::Ollama, Vendor::default()),
        ])
        .await;
        world.combo("main", &["first/m", "second/m"]).await;
        for stream in [Stream::No, Stream::Yes] {
            let heard = world.ask(client, "main", stream).await;
            assert!(heard.text.contains("This is seco"), "{client:?}: {}", heard.text);
        }
        let row = world.last_of(2).await;
        assert_eq!(row.served_by.as_ref().unwrap().vendor, "second", "{client:?}");
        let usage = row.usage.unwrap();
        assert!(usage.input > 0 && usage.output > 0, "{client:?}");
    }
}
