//! Requests and whole replies, translated.
#![cfg(test)]

mod support;

use bytes::Bytes;
use serde_json::{Value, json};
use support::{data, others};
use switchyard_dialect::{
    BodyError, WayBack, estimate_input_tokens, inspect_reply, letters, translate_reply,
    translate_request, without_foreign_reasoning,
};
use switchyard_types::Dialect;
use switchyard_types::Dialect::{Chat, Messages, Responses};

const CHAT: [&str; 6] = [
    "every_field",
    "tool_loop",
    "images_and_files",
    "cut_history",
    "only_instructions",
    "functions_of_old",
];
const MESSAGES: [&str; 3] = ["every_field", "agent_turns", "cut_history"];

fn other(dialect: Dialect) -> Dialect {
    if dialect == Chat { Messages } else { Chat }
}

fn cases() -> impl Iterator<Item = (Dialect, String)> {
    let named = |dialect: Dialect, cases: &'static [&str]| {
        cases.iter().map(move |case| (dialect, format!("{}/{case}", dialect.as_str())))
    };
    named(Chat, &CHAT).chain(named(Messages, &MESSAGES))
}

fn to(client: Dialect, body: &[u8]) -> (Value, Vec<String>) {
    let told = translate_request(client, other(client), body, "vendor-model").unwrap();
    (serde_json::from_slice(&told.body).unwrap(), told.losses)
}

fn chat(body: &Value) -> (Value, Vec<String>) {
    to(Chat, body.to_string().as_bytes())
}

fn messages(body: &Value) -> (Value, Vec<String>) {
    to(Messages, body.to_string().as_bytes())
}

/// Both dialects' rule: each call is answered right after it, each answer has its call, ids are unique.
#[test]
fn every_translated_history_pairs_its_calls() {
    for (client, name) in cases() {
        let (body, _) = to(client, &data(&format!("{name}.json")));
        let turns = body["messages"].as_array().unwrap();
        match other(client) {
            Messages => messages_pairs(&name, turns),
            _ => chat_pairs(&name, turns),
        }
    }
}

/// Cutting away the beginning or the end of a history, anywhere, still gives a legal one.
#[test]
fn any_part_of_a_history_translates_to_legal_pairs() {
    for (client, name) in cases() {
        let whole: Value = serde_json::from_slice(&data(&format!("{name}.json"))).unwrap();
        let turns = whole["messages"].as_array().unwrap();
        for from in 0..turns.len() {
            for until in from + 1..=turns.len() {
                let mut part = whole.clone();
                part["messages"] = json!(turns[from..until]);
                let (body, _) = to(client, part.to_string().as_bytes());
                let told = body["messages"].as_array().unwrap();
                let label = format!("{name} {from}..{until}");
                match other(client) {
                    Messages => messages_pairs(&label, told),
                    _ => chat_pairs(&label, told),
                }
            }
        }
    }
}

fn messages_pairs(name: &str, turns: &[Value]) {
    let ids = |turn: &Value, kind: &str, field: &str| -> Vec<String> {
        let blocks = turn["content"].as_array().unwrap();
        blocks
            .iter()
            .filter(|block| block["type"] == kind)
            .map(|block| block[field].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(turns[0]["role"], "user", "{name}");
    let mut seen = Vec::new();
    let mut due = Vec::new();
    for turn in turns {
        assert!(!turn["content"].as_array().unwrap().is_empty(), "{name}: an empty turn");
        let results = ids(turn, "tool_result", "tool_use_id");
        assert_eq!(results, due, "{name}: the results do not answer the calls");
        let first = turn["content"].as_array().unwrap().iter().take(results.len());
        assert!(
            first.clone().all(|block| block["type"] == "tool_result"),
            "{name}: results come first"
        );
        due = ids(turn, "tool_use", "id");
        for id in &due {
            assert!(!seen.contains(id), "{name}: {id} twice");
            assert!(
                id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'),
                "{name}: {id}"
            );
            seen.push(id.clone());
        }
    }
    assert!(due.is_empty(), "{name}: calls without results at the end");
}

fn chat_pairs(name: &str, turns: &[Value]) {
    let mut due: Vec<String> = Vec::new();
    for turn in turns {
        if turn["role"] == "tool" {
            assert_eq!(due.first().map(String::as_str), turn["tool_call_id"].as_str(), "{name}");
            due.remove(0);
            continue;
        }
        assert!(due.is_empty(), "{name}: calls without results");
        let calls = turn["tool_calls"].as_array().into_iter().flatten();
        due = calls.map(|call| call["id"].as_str().unwrap().to_owned()).collect();
    }
    assert!(due.is_empty(), "{name}: calls without results at the end");
}

#[test]
fn there_and_back_a_request_says_the_same() {
    let chat_side = json!({
        "model": "m", "stream": true, "stream_options": {"include_usage": true}, "max_tokens": 900,
        "temperature": 0.5, "top_p": 0.9, "stop": ["END"], "user": "u-1",
        "tools": [{"type": "function", "function": {"name": "read", "description": "Reads", "parameters": {"type": "object"}}}],
        "tool_choice": {"type": "function", "function": {"name": "read"}}, "parallel_tool_calls": false,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
            {"role": "assistant", "content": "Reading.", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "read", "arguments": "{\"n\":1.10}"}}]},
            {"role": "tool", "tool_call_id": "a", "content": "one"},
            {"role": "user", "content": "Go on"},
        ],
    });
    let there = translate_request(Chat, Messages, chat_side.to_string().as_bytes(), "x").unwrap();
    assert_eq!(there.losses, Vec::<String>::new());
    let back = translate_request(Messages, Chat, &there.body, "m").unwrap();
    assert_eq!(back.losses, Vec::<String>::new());
    assert_eq!(serde_json::from_slice::<Value>(&back.body).unwrap(), chat_side);
}

/// Each field changes the vendor's request or is named in a loss; none vanishes.
#[test]
fn every_field_has_a_fate() {
    let fields = [
        (
            Chat,
            json!({"frequency_penalty": 1, "presence_penalty": 1, "logit_bias": {}, "logprobs": true,
            "top_logprobs": 2, "max_tokens": 5, "max_completion_tokens": 5, "n": 3, "seed": 1, "stop": "x",
            "stream": true, "temperature": 0.1, "top_p": 0.1, "top_k": 3, "user": "u", "store": true,
            "metadata": {"a": "b"}, "modalities": ["text"], "audio": {}, "prediction": {}, "verbosity": "low",
            "service_tier": "flex", "reasoning_effort": "low", "web_search_options": {}, "prompt_cache_key": "k",
            "safety_identifier": "s", "response_format": {"type": "json_object"}, "parallel_tool_calls": false,
            "tool_choice": "required", "functions": [{"name": "g"}], "field_of_tomorrow": 1}),
        ),
        (
            Messages,
            json!({"container": "c", "context_management": {}, "mcp_servers": [], "metadata": {"user_id": "u"},
            "service_tier": "auto", "stop_sequences": ["x"], "stream": true, "system": "s", "temperature": 0.1,
            "top_p": 0.1, "top_k": 3, "thinking": {"type": "enabled", "budget_tokens": 2000}, "max_tokens": 9,
            "output_config": {"effort": "high"}, "output_format": {"type": "json_schema", "schema": {}},
            "tool_choice": {"type": "any"}, "inference_geo": "eu", "speed": "fast", "cache_control": {"type": "ephemeral"},
            "field_of_tomorrow": 1}),
        ),
    ];
    for (client, fields) in fields {
        let tool = match client {
            Chat => {
                json!({"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}})
            }
            _ => json!({"name": "f", "input_schema": {"type": "object"}}),
        };
        let plain =
            json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": [tool]});
        let before = to(client, plain.to_string().as_bytes());
        for (name, value) in fields.as_object().unwrap() {
            let mut with = plain.clone();
            with[name] = value.clone();
            let after = to(client, with.to_string().as_bytes());
            let named = after.1.iter().any(|loss| loss.contains(name.as_str()));
            assert!(
                after.0 != before.0 || named,
                "{}: {name} vanished: {after:?}",
                client.as_str()
            );
        }
    }
}

#[test]
fn tool_choice_is_said_in_every_form() {
    let tool = json!([{"type": "function", "function": {"name": "f", "parameters": {}}}]);
    for (choice, expected) in [
        (json!("auto"), json!({"type": "auto"})),
        (json!("none"), json!({"type": "none"})),
        (json!("required"), json!({"type": "any"})),
        (
            json!({"type": "function", "function": {"name": "f"}}),
            json!({"type": "tool", "name": "f"}),
        ),
        (
            json!({"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "f"}}]}}),
            json!({"type": "any"}),
        ),
        (json!({"type": "function", "function": {"name": "absent"}}), Value::Null),
    ] {
        let body = json!({"model": "m", "tools": tool, "tool_choice": choice, "messages": [{"role": "user", "content": "a"}]});
        assert_eq!(chat(&body).0["tool_choice"], expected, "{choice}");
    }
    let tool = json!([{"name": "f", "input_schema": {}}]);
    for (choice, expected) in [
        (json!({"type": "auto"}), json!("auto")),
        (json!({"type": "none"}), json!("none")),
        (json!({"type": "any"}), json!("required")),
        (
            json!({"type": "tool", "name": "f"}),
            json!({"type": "function", "function": {"name": "f"}}),
        ),
    ] {
        let body = json!({"model": "m", "max_tokens": 9, "tools": tool, "tool_choice": choice, "messages": [{"role": "user", "content": "a"}]});
        assert_eq!(messages(&body).0["tool_choice"], expected, "{choice}");
    }
}

#[test]
fn changed_tool_names_come_back_as_the_client_knows_them() {
    let name = "mcp.files/read file";
    let body = json!({"model": "m", "tools": [{"type": "function", "function": {"name": name, "parameters": {}}}], "messages": [{"role": "user", "content": "a"}]});
    let there = translate_request(Chat, Messages, body.to_string().as_bytes(), "v").unwrap();
    let sent: Value = serde_json::from_slice(&there.body).unwrap();
    let legal = sent["tools"][0]["name"].as_str().unwrap();
    assert_ne!(legal, name);
    assert!(
        legal.len() <= 64
            && legal.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    );
    let reply = json!({"type": "message", "id": "msg_1", "content": [{"type": "tool_use", "id": "t", "name": legal, "input": {}}], "stop_reason": "tool_use"});
    let back = translate_reply(Messages, Chat, reply.to_string().as_bytes(), "m", &there.way_back)
        .unwrap();
    let back: Value = serde_json::from_slice(&back.body).unwrap();
    assert_eq!(back["choices"][0]["message"]["tool_calls"][0]["function"]["name"], name);
}

#[test]
fn names_that_differ_only_in_illegal_letters_stay_apart() {
    let tools: Vec<Value> = ["a.b", "a/b", "a_b", &"x".repeat(80), &"x".repeat(81)]
        .iter()
        .map(|name| json!({"type": "function", "function": {"name": name, "parameters": {}}}))
        .collect();
    let (sent, _) = chat(
        &json!({"model": "m", "tools": tools, "messages": [{"role": "user", "content": "a"}]}),
    );
    let mut names: Vec<&str> = sent["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"a_b"));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 5);
}

#[test]
fn numbers_and_schemas_are_carried_to_the_letter() {
    let body = br#"{"model":"m","temperature":0.70,"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"maximum":1e400,"z":1.0,"a":[ 9007199254740993 ]}}}]}"#;
    let sent = translate_request(Chat, Messages, body, "v").unwrap().body;
    let sent = String::from_utf8(sent).unwrap();
    assert!(sent.contains(r#""temperature":0.70"#));
    assert!(sent.contains(r#"{"maximum":1e400,"z":1.0,"a":[ 9007199254740993 ]"#));
}

#[test]
fn reasoning_keeps_to_the_rules_of_extended_thinking() {
    let ask = |effort: &str, limit: u64| {
        chat(
            &json!({"model": "m", "reasoning_effort": effort, "max_completion_tokens": limit, "temperature": 0.2, "messages": [{"role": "user", "content": "a"}]}),
        )
    };
    let (sent, losses) = ask("medium", 60_000);
    assert_eq!(sent["thinking"], json!({"type": "enabled", "budget_tokens": 8192}));
    assert!(sent["temperature"].is_null() && losses.len() == 1);
    let (sent, _) = ask("high", 4_000);
    assert_eq!(sent["thinking"]["budget_tokens"], 3_000);
    let (sent, losses) = ask("high", 1_000);
    assert!(sent["thinking"].is_null() && losses[0].contains("reasoning_effort"));
    let (sent, _) = messages(
        &json!({"model": "m", "max_tokens": 9000, "thinking": {"type": "enabled", "budget_tokens": 8192}, "messages": [{"role": "user", "content": "a"}]}),
    );
    assert_eq!(sent["reasoning_effort"], "medium");
}

#[test]
fn a_foreign_signature_is_never_sent() {
    let (sent, losses) = to(Messages, &data("messages/agent_turns.json"));
    assert!(!sent.to_string().contains("c2ln"));
    assert_eq!(sent["messages"][1]["reasoning_content"], "Hm.");
    assert!(losses.iter().any(|loss| loss.contains("signature")));
    let (sent, _) = to(Chat, &data("chat/tool_loop.json"));
    assert!(!sent.to_string().contains("\"thinking\""));
}

#[test]
fn the_models_that_know_only_the_new_limit_get_it() {
    let body = br#"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"a"}]}"#;
    for (model, field) in
        [("openai/gpt-5-mini", "max_completion_tokens"), ("glm-4.6", "max_tokens")]
    {
        let sent = translate_request(Messages, Chat, body, model).unwrap().body;
        assert_eq!(serde_json::from_slice::<Value>(&sent).unwrap()[field], 5);
    }
}

#[test]
fn every_ordered_pair_of_dialects_translates() {
    for client in Dialect::ALL {
        let body = match client {
            Responses => json!({"model": "m", "input": "hi"}),
            Dialect::Gemini => json!({"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}),
            _ => json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]}),
        };
        for vendor in Dialect::ALL.into_iter().filter(|vendor| *vendor != client) {
            let told = translate_request(client, vendor, body.to_string().as_bytes(), "v").unwrap();
            assert!(String::from_utf8(told.body).unwrap().contains("hi"), "{client:?} {vendor:?}");
        }
    }
}

/// These refuse a request in which there is nothing to answer.
#[test]
fn instructions_alone_are_something_to_answer() {
    for messages in [json!([]), json!([{"role": "system", "content": "Say hi."}])] {
        let body = json!({"model": "m", "messages": messages}).to_string();
        for (vendor, turns) in
            [(Messages, "messages"), (Responses, "input"), (Dialect::Gemini, "contents")]
        {
            let told = translate_request(Chat, vendor, body.as_bytes(), "v").unwrap();
            let sent: Value = serde_json::from_slice(&told.body).unwrap();
            assert_eq!(sent[turns].as_array().unwrap().len(), 1, "{vendor:?}: {sent}");
            assert_eq!(sent[turns][0]["role"], "user", "{vendor:?}");
            assert!(told.losses[0].contains("no turn of a user"), "{vendor:?}: {:?}", told.losses);
        }
    }
}

#[test]
fn wrong_forms_are_named_with_their_path() {
    for (body, path) in [
        (r#"{"model":"m"}"#, "messages"),
        (r#"{"model":"m","messages":{}}"#, "messages"),
        (r#"{"model":"m","messages":[{"role":"robot"}]}"#, "messages[0].role"),
        (r#"{"model":"m","messages":[{"role":"user","content":7}]}"#, "messages[0].content"),
        (r#"{"model":"m","messages":[],"max_tokens":"x"}"#, "max_tokens"),
        (r#"{"model":"m","messages":[],"tools":[{"function":{}}]}"#, "tools[0].function"),
    ] {
        let error = translate_request(Chat, Messages, body.as_bytes(), "v").unwrap_err();
        let BodyError::Field { field, .. } = &error else { panic!("{body}: {error:?}") };
        assert_eq!(field, path, "{body}");
    }
    assert!(matches!(
        translate_request(Chat, Messages, b"{\"a\":", "v"),
        Err(BodyError::NotJson { .. })
    ));
    assert_eq!(translate_request(Chat, Messages, b"[]", "v").unwrap_err(), BodyError::NotAnObject);
}

#[test]
fn a_reply_that_is_none_is_a_fault_with_honest_words() {
    for (body, words) in [
        ("", "empty"),
        ("<!DOCTYPE html><html><head><title>502 Bad Gateway</title>", "web page: 502 Bad Gateway"),
        ("data: {\"id\":1}\n\n", "event stream"),
        ("{\"id\":\"x\",\"choices\":[]}", "no content"),
        ("{\"id\":\"x\",\"type\":\"message\"}", "no content"),
        (
            "{\"error\":{\"message\":\"out of quota\",\"type\":\"insufficient_quota\"}}",
            "out of quota",
        ),
        ("{\"status\":\"449\",\"msg\":\"slow down\"}", "slow down"),
    ] {
        // Nothing said is told from an error by each dialect's own fields; these two are of Chat and Messages.
        let vendors = Dialect::ALL.into_iter();
        let own = |vendor: &Dialect| words != "no content" || matches!(vendor, Chat | Messages);
        for vendor in vendors.filter(own) {
            let told = |client| {
                translate_reply(vendor, client, body.as_bytes(), "m", &WayBack::default())
                    .unwrap_err()
            };
            let faults = others(vendor).map(told);
            for fault in faults.chain([inspect_reply(vendor, body.as_bytes()).unwrap_err()]) {
                assert!(fault.message.contains(words), "{}: {body}: {fault:?}", vendor.as_str());
            }
        }
    }
    let cut = br#"{"id":"1","choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x"}}]},"finish_reason":"length"}]}"#;
    let fault = translate_reply(Chat, Messages, cut, "m", &WayBack::default()).unwrap_err();
    assert!(fault.message.contains("not whole"));
}

#[test]
fn the_estimate_counts_everything_and_images_flat() {
    let count = |body: Value| {
        let body = body.to_string();
        estimate_input_tokens(Messages, Messages, body.as_bytes(), &letters).unwrap()
    };
    let text = "word ".repeat(400);
    let base = count(json!({"model": "m", "messages": []}));
    for body in [
        json!({"model": "m", "messages": [], "system": text}),
        json!({"model": "m", "messages": [], "tools": [{"name": "f", "description": text}]}),
        json!({"model": "m", "messages": [{"role": "user", "content": text}]}),
        json!({"model": "m", "messages": [{"role": "user", "content": [{"type": "tool_result", "content": text}]}]}),
    ] {
        let tokens = count(body.clone()) - base;
        assert!((480..540).contains(&tokens), "{tokens}: {body}");
    }
    let image = |size: usize| {
        count(
            json!({"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "A".repeat(size)}}]}]}),
        )
    };
    assert_eq!(image(1_000), image(1_000_000));
    assert!((1_000..2_500).contains(&image(1_000)));
}

#[test]
fn only_unsigned_thinking_leaves_a_passing_history() {
    let body = |turns: &str| {
        Bytes::from(format!(
            r#"{{ "model":"m","n":1.10,"messages":[{turns}] ,"x":"\"signature\":\"\""}}"#
        ))
    };
    let signed = r#"{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":"c2ln"}, {"type":"text","text":"b"}]}"#;
    let unsigned = r#"{"role":"assistant","content":[ {"type":"thinking","thinking":"a","signature": ""}, {"type":"text","text":"b"},{"type":"tool_use","id":"t","name":"f","input":{"signature":"","type":"x"}}]}"#;
    let cut = r#"{"role":"assistant","content":[{"type":"text","text":"b"},{"type":"tool_use","id":"t","name":"f","input":{"signature":"","type":"x"}}]}"#;
    let alone =
        r#"{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":""}]}"#;
    let cut_from = |body: &Bytes| without_foreign_reasoning(Messages, body, &|_| false);
    let without = |body: &Bytes| cut_from(body).unwrap();
    assert_eq!(cut_from(&body(signed)), None);
    let both = format!("{signed} , {unsigned}");
    assert_eq!(without(&body(&both)), body(&format!("{signed} , {cut}")));
    let told: Value = serde_json::from_slice(&without(&body(alone))).unwrap();
    assert_eq!(told["messages"][0]["content"].as_array().unwrap().len(), 1);
    assert_eq!(told["messages"][0]["content"][0]["type"], "text");
    let broken =
        Bytes::from_static(br#"{"messages":[{"content":[{"type":"thinking","signature":""}"#);
    assert_eq!(cut_from(&broken), None);
}

/// A conversation with an instruction in its middle, and one between a call and its result.
fn instructed(dialect: Dialect) -> Value {
    match dialect {
        Messages => json!({"model": "m", "max_tokens": 9, "system": "One.", "messages": [
            {"role": "user", "content": "a"},
            {"role": "system", "content": "Two."},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {}}]},
            {"role": "system", "content": "Three."},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "r"}]},
        ]}),
        Dialect::Responses => json!({"model": "m", "instructions": "One.", "input": [
            {"role": "user", "content": "a"},
            {"role": "developer", "content": "Two."},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"role": "system", "content": "Three."},
            {"type": "function_call_output", "call_id": "c", "output": "r"},
        ]}),
        _ => json!({"model": "m", "messages": [
            {"role": "system", "content": "One."},
            {"role": "user", "content": "a"},
            {"role": "system", "content": "Two."},
            {"role": "assistant", "content": "", "tool_calls": [
                {"id": "c", "type": "function", "function": {"name": "f", "arguments": {}}}]},
            {"role": "system", "content": "Three."},
            {"role": "tool", "tool_call_id": "c", "tool_name": "f", "content": "r"},
        ]}),
    }
}

#[test]
fn instructions_amid_a_conversation_stay_where_they_stand() {
    for client in [Chat, Messages, Dialect::Responses, Dialect::Ollama] {
        let body = instructed(client).to_string();
        for vendor in Dialect::ALL.into_iter().filter(|vendor| *vendor != client) {
            let told = translate_request(client, vendor, body.as_bytes(), "v").unwrap();
            let text = String::from_utf8(told.body).unwrap();
            let sent: Value = serde_json::from_str(&text).unwrap();
            let order: Vec<usize> = ["\"a\"", "Two.", "\"r\"", "Three."]
                .iter()
                .map(|word| text.find(word).unwrap_or_else(|| panic!("{word}: {text}")))
                .collect();
            assert!(order.is_sorted() && text.contains("One."), "{client:?} {vendor:?}: {text}");
            let moved = told.losses.iter().any(|loss| loss.contains("amid the conversation"));
            let roles = text.matches("\"system\"").count() + text.matches("\"developer\"").count();
            match vendor {
                Messages | Dialect::Gemini => {
                    assert!(moved, "{client:?} {vendor:?}");
                    assert!(text.contains("[Instruction] Two."), "{client:?} {vendor:?}: {sent}");
                }
                Dialect::Responses => assert!(!moved && roles == 2, "{client:?}: {text}"),
                Chat | Dialect::Ollama => assert!(!moved && roles == 3, "{client:?}: {text}"),
            }
        }
    }
}

#[test]
fn a_form_of_answer_is_promised_where_the_model_promises_it_and_asked_in_words_elsewhere() {
    let closed = json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": false});
    let open = json!({"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}});
    let ask = |model: &str, schema: &Value| {
        let body = json!({"model": "m", "messages": [{"role": "user", "content": "How many?"}],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": schema, "strict": true}}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema, "strict": true}}});
        let told = translate_request(Chat, Messages, body.to_string().as_bytes(), model).unwrap();
        (serde_json::from_slice::<Value>(&told.body).unwrap(), told.losses)
    };
    let (sent, losses) = ask("claude-sonnet-4-5", &closed);
    assert_eq!(sent["output_config"]["format"], json!({"type": "json_schema", "schema": closed}));
    assert_eq!(sent["tools"][0]["strict"], true);
    assert!(sent.get("system").is_none() && losses.is_empty(), "{losses:?}");
    for (model, schema) in [("claude-opus-4-1", &closed), ("claude-sonnet-4-5", &open)] {
        let (sent, losses) = ask(model, schema);
        assert!(sent.get("output_config").is_none() && sent["tools"][0].get("strict").is_none());
        assert!(sent["system"][0]["text"].as_str().unwrap().contains("JSON schema"));
        assert_eq!(losses.len(), 2, "{losses:?}");
    }
}

/// Every string in a document.
fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn a_text_says_the_same_in_every_dialect_however_its_letters_were_escaped() {
    let ways = [
        (r"plain\nand\ttabs, \/ and \\n, \b\f\r", "plain\nand\ttabs, / and \\n, \u{8}\u{c}\r"),
        (r"in digits: \u00fc, \ud83d\ude00, \u0007", "in digits: ü, 😀, \u{7}"),
        (r#"\"\\\\\"\\"#, "\"\\\\\"\\"),
        ("üあ😀 bare", "üあ😀 bare"),
    ];
    for (written, letters) in ways {
        for client in Dialect::ALL {
            let body = match client {
                Chat | Messages | Dialect::Ollama => {
                    format!(
                        r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"{written}"}}]}}"#
                    )
                }
                Responses => format!(r#"{{"model":"m","input":"{written}"}}"#),
                Dialect::Gemini => {
                    format!(
                        r#"{{"contents":[{{"role":"user","parts":[{{"text":"{written}"}}]}}]}}"#
                    )
                }
            };
            for vendor in Dialect::ALL.into_iter().filter(|vendor| *vendor != client) {
                let told = translate_request(client, vendor, body.as_bytes(), "m").unwrap();
                let mut found = Vec::new();
                strings(&serde_json::from_slice(&told.body).unwrap(), &mut found);
                assert!(
                    found.iter().any(|text| text == letters),
                    "{client:?} {vendor:?} {found:?}"
                );
            }
        }
    }
}

#[test]
fn half_of_a_code_point_is_refused_as_text() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"half \ud83d only"}]}"#;
    let refused = translate_request(Chat, Messages, body.as_bytes(), "m");
    assert!(matches!(refused, Err(BodyError::Field { .. })), "{refused:?}");
}

/// What Chat and Responses say in the same words. Chat's other vendors refuse fields that they do not know.
#[test]
fn what_openais_two_dialects_share_is_carried_between_them() {
    let shared = json!({
        "prompt_cache_key": "k", "prompt_cache_retention": "24h", "safety_identifier": "s",
        "service_tier": "flex", "metadata": {"a": "b"}, "store": true,
    });
    let with = |mut body: Value| {
        body.as_object_mut().unwrap().extend(shared.as_object().unwrap().clone());
        body
    };
    let said = |body: &Value| {
        let names = shared.as_object().unwrap().keys();
        names.map(|name| (name.clone(), body[name].clone())).collect::<serde_json::Map<_, _>>()
    };
    let told = |from, to, body: &Value, model: &str| {
        let told = translate_request(from, to, body.to_string().as_bytes(), model).unwrap();
        (serde_json::from_slice::<Value>(&told.body).unwrap(), told.losses)
    };
    let chat = with(
        json!({"model": "m", "verbosity": "low", "messages": [{"role": "user", "content": "hi"}]}),
    );
    let (there, losses) = told(Chat, Dialect::Responses, &chat, "gpt-5");
    assert_eq!(
        (Value::from(said(&there)), &there["text"]["verbosity"]),
        (shared.clone(), &json!("low"))
    );
    assert_eq!(losses, Vec::<String>::new());

    let (back, losses) = told(Dialect::Responses, Chat, &there, "openai/gpt-5-mini");
    assert_eq!((Value::from(said(&back)), &back["verbosity"]), (shared.clone(), &json!("low")));
    assert_eq!(losses, Vec::<String>::new());

    let (elsewhere, losses) = told(Dialect::Responses, Chat, &there, "gpt-oss-120b");
    assert!(said(&elsewhere).values().all(Value::is_null) && elsewhere["verbosity"].is_null());
    for name in shared.as_object().unwrap().keys().map(String::as_str).chain(["verbosity"]) {
        assert!(
            losses.iter().any(|loss| loss.starts_with(&format!("{name}:"))),
            "{name}: {losses:?}"
        );
    }

    // Metadata of an answer that is not stored are refused by Chat.
    let mut kept_nowhere = there;
    kept_nowhere["store"] = false.into();
    let (body, losses) = told(Dialect::Responses, Chat, &kept_nowhere, "gpt-5");
    assert!(body["metadata"].is_null() && body["store"].is_null());
    assert!(losses.iter().any(|loss| loss.starts_with("metadata:")), "{losses:?}");
}
