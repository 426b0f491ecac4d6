//! Vendors that speak a dialect with an accent, asked by clients of every dialect.
#![cfg(test)]

mod world;

use serde_json::{Value, json};
use switchyard_simulator::{Call, Fault, Limit, Position, Refusal, Signal, Turn, Vendor, When};
use switchyard_types::{Dialect, FailureClass, Outcome};
use world::{Heard, Stream, World, accents, question_in};

/// An answer with each kind of block.
fn rich() -> Turn {
    Turn::default()
        .and_thinking("Let me think about it for a while.", "c2lnbmF0dXJl")
        .and_text("Here is what I found, in several pieces.")
        .and_call(Call::function("look", &json!({ "path": "/tmp/x" })))
}

/// The model under which a vendor is asked: Copilot serves some models in some dialects only.
fn model(vendor: &str) -> &'static str {
    if vendor == "copilot" { "chat-only" } else { "m" }
}

fn words(client: Dialect, stream: Stream, heard: &Heard) -> String {
    let text = |value: &Value, place: &str| {
        value.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let parts = |value: &Value, list: &str, kind: &str, field: &str| -> String {
        let items = value.pointer(list).and_then(Value::as_array).cloned().unwrap_or_default();
        let of_kind = |item: &&Value| kind.is_empty() || item["type"] == kind;
        items.iter().filter(of_kind).map(|item| text(item, field)).collect()
    };
    let whole = |value: &Value| match client {
        Dialect::Chat => text(value, "/choices/0/message/content"),
        Dialect::Messages => parts(value, "/content", "text", "/text"),
        Dialect::Responses => parts(value, "/output", "message", "/content/0/text"),
        Dialect::Gemini => {
            let items = value.pointer("/candidates/0/content/parts").and_then(Value::as_array);
            let said = |part: &&Value| part.get("thought").is_none();
            items.into_iter().flatten().filter(said).map(|part| text(part, "/text")).collect()
        }
        Dialect::Ollama => text(value, "/message/content"),
    };
    if stream == Stream::No {
        return whole(&heard.json());
    }
    if client == Dialect::Ollama {
        return heard.lines().iter().map(&whole).collect();
    }
    let events: Vec<Value> =
        heard.events().iter().filter_map(|data| serde_json::from_str(data).ok()).collect();
    let piece = |event: &Value| match client {
        Dialect::Chat => text(event, "/choices/0/delta/content"),
        Dialect::Messages => text(event, "/delta/text"),
        Dialect::Responses if event["type"] == "response.output_text.delta" => {
            text(event, "/delta")
        }
        Dialect::Responses | Dialect::Ollama => String::new(),
        Dialect::Gemini => whole(event),
    };
    events.iter().map(piece).collect()
}

#[tokio::test]
async fn every_client_gets_text_streamed_and_not() {
    for (name, endpoints) in accents::ALL {
        let vendor =
            Vendor::default().turn_for(model(name), Turn::text("Certainly, with pleasure."));
        let world = World::start_files(&[(name, endpoints, vendor)]).await;
        for client in Dialect::ALL {
            for stream in [Stream::No, Stream::Yes] {
                let place = format!("{client:?} {stream:?} of {name}");
                let heard = world.ask(client, &format!("{name}/{}", model(name)), stream).await;
                assert_eq!(heard.status, 200, "{place}: {}", heard.text);
                assert_eq!(words(client, stream, &heard), "Certainly, with pleasure.", "{place}");
                let row = world.last().await;
                assert_eq!(row.outcome, Outcome::Answered, "{place}");
                // Chat reports usage in a stream only where the client asks for it.
                let unasked = (client, stream, name) == (Dialect::Chat, Stream::Yes, "copilot");
                assert!(unasked || row.usage.is_some_and(|usage| usage.output > 0), "{place}");
            }
        }
    }
}

/// A conversation in which a tool was called and has answered.
fn tool_loop(client: Dialect, model: &str) -> Value {
    let schema = json!({ "type": "object", "properties": { "path": { "type": "string" } } });
    let mut body = question_in(client, model, Stream::No);
    match client {
        Dialect::Chat | Dialect::Ollama => {
            let arguments = json!({ "path": "/a" });
            let written =
                if client == Dialect::Chat { arguments.to_string().into() } else { arguments };
            body["messages"] = json!([
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "Look at /a" },
                { "role": "assistant", "content": "Looking.", "tool_calls": [
                    { "id": "c1", "type": "function", "function": { "name": "look", "arguments": written } },
                ]},
                { "role": "tool", "tool_call_id": "c1", "tool_name": "look", "content": "it is red" },
            ]);
            body["tools"] = json!([{ "type": "function", "function": {
                "name": "look", "description": "Looks", "parameters": schema,
            }}]);
        }
        Dialect::Messages => {
            body = json!({ "model": model, "max_tokens": 200, "system": "Be brief.", "messages": [
                { "role": "user", "content": "Look at /a" },
                { "role": "assistant", "content": [
                    { "type": "text", "text": "Looking." },
                    { "type": "tool_use", "id": "c1", "name": "look", "input": { "path": "/a" } },
                ]},
                { "role": "user", "content": [
                    { "type": "tool_result", "tool_use_id": "c1", "content": "it is red" },
                ]},
            ], "tools": [{ "name": "look", "description": "Looks", "input_schema": schema }]});
        }
        Dialect::Responses => {
            body = json!({ "model": model, "instructions": "Be brief.", "input": [
                { "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "Look at /a" }] },
                { "type": "function_call", "call_id": "c1", "name": "look", "arguments": "{\"path\":\"/a\"}" },
                { "type": "function_call_output", "call_id": "c1", "output": "it is red" },
            ], "tools": [{ "type": "function", "name": "look", "parameters": schema }]});
        }
        Dialect::Gemini => {
            body["systemInstruction"] = json!({ "parts": [{ "text": "Be brief." }] });
            body["contents"] = json!([
                { "role": "user", "parts": [{ "text": "Look at /a" }] },
                { "role": "model", "parts": [{ "functionCall": { "name": "look", "args": { "path": "/a" } } }] },
                { "role": "user", "parts": [{ "functionResponse": {
                    "name": "look", "response": { "output": "it is red" },
                }}]},
            ]);
            body["tools"] = json!([{ "functionDeclarations": [
                { "name": "look", "description": "Looks", "parameters": schema },
            ]}]);
        }
    }
    body
}

#[tokio::test]
async fn a_tool_loop_reaches_every_vendor_and_its_next_call_comes_back() {
    for (name, endpoints) in accents::ALL {
        let model = model(name);
        let vendor = Vendor::default().turn_for(model, rich());
        let world = World::start_files(&[(name, endpoints, vendor)]).await;
        for client in Dialect::ALL {
            let place = format!("{client:?} of {name}");
            let asked = format!("{name}/{model}");
            let body = tool_loop(client, &asked).to_string();
            let path = world::path_for(client, &asked, Stream::No);
            let heard = Heard::from(world.post(&path, body).send().await.unwrap()).await;
            assert_eq!(heard.status, 200, "{place}: {}", heard.text);
            let sent = world.simulator.requests().pop().unwrap();
            let sent = String::from_utf8(sent.body.to_vec()).unwrap();
            for word in ["it is red", "Look at /a", "look", "Be brief."] {
                assert!(sent.contains(word), "{place}: {word} is missing in {sent}");
            }
            let answer = heard.json();
            let (named, argument) = call_of(client, &answer);
            assert_eq!(
                (named.as_str(), argument.as_str()),
                ("look", "/tmp/x"),
                "{place}: {answer}"
            );
        }
    }
}

/// The name and the argument of the call in an answer.
fn call_of(client: Dialect, answer: &Value) -> (String, String) {
    let find = |list: &str, field: &str| {
        let items = answer.pointer(list).and_then(Value::as_array).cloned().unwrap_or_default();
        let found = items.into_iter().find_map(|item| item.pointer(field).cloned());
        found.unwrap_or_default()
    };
    let (name, arguments) = match client {
        Dialect::Chat => (
            find("/choices/0/message/tool_calls", "/function/name"),
            find("/choices/0/message/tool_calls", "/function/arguments"),
        ),
        Dialect::Messages => (find("/content", "/name"), find("/content", "/input")),
        Dialect::Responses => (find("/output", "/name"), find("/output", "/arguments")),
        Dialect::Gemini => (
            find("/candidates/0/content/parts", "/functionCall/name"),
            find("/candidates/0/content/parts", "/functionCall/args"),
        ),
        Dialect::Ollama => (
            find("/message/tool_calls", "/function/name"),
            find("/message/tool_calls", "/function/arguments"),
        ),
    };
    let arguments = match &arguments {
        Value::String(text) => serde_json::from_str(text).unwrap(),
        other => other.clone(),
    };
    (
        name.as_str().unwrap_or_default().into(),
        arguments["path"].as_str().unwrap_or_default().into(),
    )
}

#[tokio::test]
async fn a_stream_cut_at_any_event_falls_over_or_ends_in_order() {
    for (name, endpoints) in accents::ALL {
        let first = Vendor::default().turn_for(model(name), rich());
        let second = Vendor::default().turn_for("m", Turn::text("The second one speaks."));
        let plain = r#"
[[endpoints]]
dialect = "chat"
url = "{base}/v1/chat/completions"
auth = "bearer"
"#;
        let world =
            World::start_files(&[(name, endpoints, first), ("second", plain, second)]).await;
        let mut rows = 0;
        for client in [Dialect::Messages, Dialect::Gemini, Dialect::Responses] {
            let (mut fell_over, mut broke) = (0, 0);
            for boundary in 0..60 {
                let asked = format!("{name}/{}+cut@{boundary}", model(name));
                world.combo("main", &[&asked, "second/m"]).await;
                let heard = world.ask_anew(client, "main", Stream::Yes, rows).await;
                rows += 1;
                let row = world.last_of(rows).await;
                let place = format!("{client:?} from {name} cut after {boundary} events");
                assert_eq!(heard.status, 200, "{place}: {}", heard.text);
                assert!(!heard.broke, "{place}");
                // A lock that an earlier client's cut has set would hide the vendor from the next one.
                for account in world.engine.accounts().await.unwrap() {
                    world.engine.unlock_account(&account.id).await.unwrap();
                }
                match row.outcome {
                    Outcome::Answered if row.served_by.as_ref().unwrap().vendor == "second" => {
                        fell_over += 1;
                        assert!(!heard.text.contains("found"), "{place}: {}", heard.text);
                    }
                    Outcome::Answered => break,
                    Outcome::Broken => {
                        broke += 1;
                        assert!(heard.text.contains("error"), "{place}: {}", heard.text);
                    }
                    other => panic!("{place}: {other:?}"),
                }
            }
            assert!(fell_over >= 1 && broke >= 5, "{client:?} {name}: {fell_over} {broke}");
        }
    }
}

#[tokio::test]
async fn each_refusal_is_understood() {
    let limited = Refusal::Limited(Limit {
        signal: Signal::RetryAfter,
        reset: std::time::Duration::from_secs(30),
    });
    let cases = [
        (Refusal::SignIn, FailureClass::SignIn),
        (Refusal::ContextTooLong, FailureClass::ContextTooLong),
        (Refusal::ModelMissing, FailureClass::ModelMissing),
        (Refusal::Overloaded, FailureClass::Transient),
        (Refusal::Server, FailureClass::Transient),
        (limited, FailureClass::Rate),
        (Refusal::Invalid, FailureClass::ClientFault),
    ];
    for (name, endpoints) in accents::ALL {
        for (refusal, class) in &cases {
            let fault = Fault::Refuse(refusal.clone());
            let vendor = Vendor::default().fault(When::Always, fault);
            let world = World::start_files(&[(name, endpoints, vendor)]).await;
            for client in [Dialect::Messages, Dialect::Gemini] {
                let heard =
                    world.ask(client, &format!("{name}/{}", model(name)), Stream::Yes).await;
                assert_ne!(heard.status, 200, "{name} {refusal:?}");
                if client == Dialect::Messages {
                    let row = world.last().await;
                    let attempt = row.attempts.last().unwrap();
                    assert_eq!(attempt.failure, Some(*class), "{name} {refusal:?}: {attempt:?}");
                    assert_eq!(heard.json()["type"], "error", "{name} {refusal:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_error_inside_a_stream_ends_it_in_order() {
    for (name, endpoints) in accents::ALL {
        let fault = Fault::RefuseInStream { refusal: Refusal::Overloaded, at: Position::Deltas(3) };
        let vendor = Vendor::default().turn_for(model(name), rich()).fault(When::Always, fault);
        let world = World::start_files(&[(name, endpoints, vendor)]).await;
        let asked = format!("{name}/{}", model(name));
        let heard = world.ask(Dialect::Messages, &asked, Stream::Yes).await;
        assert_eq!(world.last_of(1).await.outcome, Outcome::Broken, "{name}");
        assert_eq!(heard.event_types().last().unwrap(), "error", "{name}: {}", heard.text);
    }
}
