//! Responses towards Chat and Messages and back: requests, replies, streams.
#![cfg(test)]

mod support;

use serde_json::{Value, json};
use support::grammar::{self, Ending};
use support::{data, frames, translate};
use switchyard_dialect::{
    BodyError, StreamTranslator, WayBack, glance, needs_kept_state, translate_reply,
    translate_request,
};
use switchyard_types::Dialect;
use switchyard_types::Dialect::{Chat, Messages, Responses};

fn to(client: Dialect, vendor: Dialect, body: &[u8]) -> (Value, Vec<String>) {
    let told = translate_request(client, vendor, body, "vendor-model").unwrap();
    (serde_json::from_slice(&told.body).unwrap(), told.losses)
}

fn responses(vendor: Dialect, body: &Value) -> (Value, Vec<String>) {
    to(Responses, vendor, body.to_string().as_bytes())
}

#[test]
fn any_part_of_a_history_translates_to_legal_pairs() {
    for name in ["history", "cut_history"] {
        let whole: Value =
            serde_json::from_slice(&data(&format!("responses/{name}.json"))).unwrap();
        let items = whole["input"].as_array().unwrap();
        for from in 0..items.len() {
            for until in from + 1..=items.len() {
                let mut part = whole.clone();
                part["input"] = json!(items[from..until]);
                let label = format!("{name} {from}..{until}");
                chat_pairs(&label, &responses(Chat, &part).0);
                messages_pairs(&label, &responses(Messages, &part).0);
            }
        }
    }
}

fn chat_pairs(label: &str, body: &Value) {
    let mut due: Vec<&str> = Vec::new();
    for turn in body["messages"].as_array().unwrap() {
        if turn["role"] == "tool" {
            assert_eq!(due.first().copied(), turn["tool_call_id"].as_str(), "{label}");
            due.remove(0);
            continue;
        }
        assert!(due.is_empty(), "{label}: calls without results");
        let calls = turn["tool_calls"].as_array().into_iter().flatten();
        due = calls.map(|call| call["id"].as_str().unwrap()).collect();
    }
    assert!(due.is_empty(), "{label}: calls without results at the end");
}

fn messages_pairs(label: &str, body: &Value) {
    let ids = |turn: &Value, kind: &str, field: &str| -> Vec<String> {
        let blocks = turn["content"].as_array().unwrap().iter();
        let blocks = blocks.filter(|block| block["type"] == kind);
        blocks.map(|block| block[field].as_str().unwrap().to_owned()).collect()
    };
    let mut due = Vec::new();
    for turn in body["messages"].as_array().unwrap() {
        assert_eq!(ids(turn, "tool_result", "tool_use_id"), due, "{label}");
        due = ids(turn, "tool_use", "id");
    }
    assert!(due.is_empty(), "{label}: calls without results at the end");
}

/// The other way: whatever Chat and Messages histories become, each output has its call before it.
#[test]
fn every_output_item_answers_a_call_before_it() {
    for (client, name) in [
        (Chat, "chat/tool_loop"),
        (Chat, "chat/cut_history"),
        (Messages, "messages/agent_turns"),
        (Messages, "messages/cut_history"),
    ] {
        let whole: Value = serde_json::from_slice(&data(&format!("{name}.json"))).unwrap();
        let turns = whole["messages"].as_array().unwrap();
        for from in 0..turns.len() {
            let mut part = whole.clone();
            part["messages"] = json!(turns[from..]);
            let (body, _) = to(client, Responses, part.to_string().as_bytes());
            let mut open: Vec<&str> = Vec::new();
            for item in body["input"].as_array().unwrap() {
                let id = item["call_id"].as_str();
                match item["type"].as_str().unwrap() {
                    "function_call" => open.push(id.unwrap()),
                    "function_call_output" => {
                        let place = open.iter().position(|known| Some(*known) == id);
                        open.remove(place.unwrap_or_else(|| panic!("{name}: an orphan")));
                    }
                    _ => {}
                }
            }
            assert!(open.is_empty(), "{name} from {from}: {open:?}");
        }
    }
}

/// Each field changes the vendor's request or is named in a loss; none vanishes, but for settings that ask
/// for what is done anyway.
#[test]
fn every_field_has_a_fate() {
    let whole: Value = serde_json::from_slice(&data("responses/every_field.json")).unwrap();
    let idle = ["stream_options", "background"];
    for vendor in [Chat, Messages] {
        let tools = json!([whole["tools"][0]]);
        let plain = json!({"model": "m", "input": "hi", "tools": tools});
        let before = responses(vendor, &plain);
        for (name, value) in whole.as_object().unwrap() {
            if idle.contains(&name.as_str()) || matches!(name.as_str(), "model" | "tools") {
                continue;
            }
            let mut with = plain.clone();
            with[name] = value.clone();
            let after = responses(vendor, &with);
            // What the fixture includes are likelihoods.
            let word = if name == "include" { "logprobs" } else { name };
            let named = after.1.iter().any(|loss| loss.contains(word));
            assert!(after.0 != before.0 || named, "{}: {name} vanished", vendor.as_str());
        }
    }
}

#[test]
fn what_a_vendor_keeps_is_refused_elsewhere_and_passes_at_home() {
    for field in [
        json!({"previous_response_id": "resp_1"}),
        json!({"conversation": {"id": "c"}}),
        json!({"prompt": {"id": "p"}}),
        json!({"background": true}),
        json!({"input": [{"type": "item_reference", "id": "msg_1"}]}),
    ] {
        let mut body = json!({"model": "m", "input": "hi"});
        body.as_object_mut().unwrap().extend(field.as_object().unwrap().clone());
        let bytes = body.to_string();
        for vendor in [Chat, Messages] {
            let error = translate_request(Responses, vendor, bytes.as_bytes(), "v").unwrap_err();
            assert!(matches!(error, BodyError::KeptElsewhere { .. }), "{body}: {error}");
        }
        assert!(translate_request(Responses, Responses, bytes.as_bytes(), "v").is_ok());
        assert!(kept(&bytes).is_some(), "{body}");
    }
    assert_eq!(kept(r#"{"model":"m","input":"hi","background":false}"#), None);
}

fn kept(body: &str) -> Option<&'static str> {
    needs_kept_state(Responses, &glance(body.as_bytes()).unwrap(), body.as_bytes())
}

#[test]
fn tools_come_back_in_the_clients_own_form() {
    let body = data("responses/history.json");
    let there = translate_request(Responses, Chat, &body, "v").unwrap();
    let sent: Value = serde_json::from_slice(&there.body).unwrap();
    let names: Vec<&str> = sent["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["function"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["read", "apply_patch", "local_shell", "agents__spawn"]);
    let call = |id: &str, name: &str, arguments: Value| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments.to_string()}});
    let reply = json!({"id": "1", "choices": [{"message": {"role": "assistant", "tool_calls": [
        call("call_a1", "apply_patch", json!({"input": "*** \"x\"\n"})),
        call("call_b2", "local_shell", json!({"command": ["ls"]})),
        call("call_c3", "agents__spawn", json!({"n": 1})),
        call("call_d4", "read", json!({})),
    ]}, "finish_reason": "tool_calls"}]});
    let told = translate_reply(Chat, Responses, reply.to_string().as_bytes(), "m", &there.way_back);
    let told: Value = serde_json::from_slice(&told.unwrap().body).unwrap();
    let output = &told["output"];
    assert_eq!(output[0]["type"], "custom_tool_call");
    assert_eq!(output[0]["input"], "*** \"x\"\n");
    assert_eq!(output[1]["type"], "local_shell_call");
    assert_eq!(output[1]["action"], json!({"type": "exec", "command": ["ls"], "env": {}}));
    assert_eq!((&output[2]["namespace"], &output[2]["name"]), (&json!("agents"), &json!("spawn")));
    assert_eq!((&output[3]["type"], &output[3]["name"]), (&json!("function_call"), &json!("read")));

    let arguments = json!({"input": "*** \"x\"\n"}).to_string();
    let (early, late) = arguments.split_at(5);
    let piece = |index: u8, piece: Value| {
        format!(
            "data: {}\n\n",
            json!({"id": "1", "choices": [{"delta": {"tool_calls": [{"index": index, "id": format!("call_x{index}"), "function": piece}]}}]})
        )
    };
    let stream = [
        piece(0, json!({"name": "apply_patch", "arguments": early})),
        piece(0, json!({"arguments": late})),
        piece(1, json!({"name": "agents__spawn", "arguments": "{}"})),
        "data: {\"id\":\"1\",\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n".to_owned(),
    ]
    .concat();
    let out = translate(Chat, Responses, &frames(stream.as_bytes()), &there.way_back);
    assert_eq!(grammar::check(Responses, out.text.as_bytes()), Ok(Ending::Good));
    assert!(out.text.contains(r#""type":"response.custom_tool_call_input.delta""#));
    assert!(out.text.contains(r#""namespace":"agents""#));
}

#[test]
fn strictness_is_always_said_since_its_absence_means_the_opposite_here() {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}, {"type": "function", "function": {"name": "g", "parameters": {}, "strict": true}}]});
    let (sent, _) = to(Chat, Responses, body.to_string().as_bytes());
    assert_eq!(
        (&sent["tools"][0]["strict"], &sent["tools"][1]["strict"]),
        (&json!(false), &json!(true))
    );
}

#[test]
fn proofs_are_asked_only_of_models_that_reason() {
    let body = br#"{"model":"m","messages":[{"role":"user","content":"a"}]}"#;
    for (model, asked) in
        [("gpt-5.4", true), ("openai/o3-mini", true), ("gpt-4o", false), ("llama", false)]
    {
        let sent = translate_request(Chat, Responses, body, model).unwrap().body;
        let sent: Value = serde_json::from_slice(&sent).unwrap();
        assert_eq!(sent["include"].is_array(), asked, "{model}");
        assert_eq!(sent["store"], false);
    }
}

#[test]
fn a_response_repeats_the_settings_of_its_request() {
    let body = json!({"model": "m", "input": "hi", "temperature": 0.5, "metadata": {"a": "b"}, "parallel_tool_calls": false, "max_output_tokens": 70, "tools": [{"type": "function", "name": "f", "parameters": {}}]});
    let there = translate_request(Responses, Chat, body.to_string().as_bytes(), "v").unwrap();
    let reply = br#"{"id":"1","choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}"#;
    let told = translate_reply(Chat, Responses, reply, "m", &there.way_back).unwrap();
    let told: Value = serde_json::from_slice(&told.body).unwrap();
    for name in ["temperature", "metadata", "parallel_tool_calls", "max_output_tokens"] {
        assert_eq!(told[name], body[name], "{name}");
    }
}

#[test]
fn wrong_forms_are_named_with_their_path() {
    for (body, path) in [
        (r#"{"model":"m"}"#, "input"),
        (r#"{"model":"m","input":{}}"#, "input"),
        (r#"{"model":"m","input":[7]}"#, "input[0]"),
        (r#"{"model":"m","input":[{"role":"robot","content":""}]}"#, "input[0].role"),
        (r#"{"model":"m","input":[{"role":"user","content":7}]}"#, "input[0].content"),
        (r#"{"model":"m","input":"a","max_output_tokens":"x"}"#, "max_output_tokens"),
        (r#"{"model":"m","input":"a","tools":[{"type":"function"}]}"#, "tools[0]"),
        (r#"{"model":"m","input":"a","text":{"format":7}}"#, "text.format"),
    ] {
        let error = translate_request(Responses, Chat, body.as_bytes(), "v").unwrap_err();
        let BodyError::Field { field, .. } = &error else { panic!("{body}: {error:?}") };
        assert_eq!(field, path, "{body}");
    }
}

#[test]
fn a_user_too_long_for_the_vendor_is_a_loss() {
    for (length, carried) in [(64, true), (65, false)] {
        let user = "u".repeat(length);
        let body = json!({"model": "m", "max_tokens": 9, "metadata": {"user_id": user}, "messages": [{"role": "user", "content": "a"}]});
        for vendor in [Chat, Responses] {
            let (sent, losses) = to(Messages, vendor, body.to_string().as_bytes());
            assert_eq!(sent["user"].is_string(), carried, "{}", vendor.as_str());
            let named = losses.iter().any(|loss| loss.contains("metadata.user_id"));
            assert_eq!(named, !carried, "{}", vendor.as_str());
        }
    }
}

#[test]
fn what_the_last_event_repeats_is_not_said_twice() {
    let back = WayBack::default();
    let out = translate(Responses, Chat, &frames(&data("responses/two_messages.sse")), &back);
    assert_eq!((out.text.matches("One").count(), out.text.matches("Two").count()), (0, 0));
    let said: String = frames(out.text.as_bytes())
        .iter()
        .filter_map(|frame| serde_json::from_slice::<Value>(&frame.data).ok())
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(said, "One.Two.");
}

#[test]
fn a_fault_appends_nothing_until_it_is_told() {
    for name in ["failed_inside", "error_event"] {
        let all = frames(&data(&format!("responses/{name}.sse")));
        let mut translator = StreamTranslator::new(Responses, Messages, "m", &WayBack::default());
        let mut out = Vec::new();
        let (last, before) = all.split_last().unwrap();
        for frame in before {
            translator.push(frame, &mut out);
        }
        let length = out.len();
        assert!(matches!(translator.push(last, &mut out), switchyard_dialect::Seen::Fault(_)));
        assert_eq!((out.len(), translator.ended()), (length, false), "{name}");
        translator.fail(&support::broken(), &mut out);
        assert_eq!(grammar::check(Messages, &out), Ok(Ending::Error), "{name}");
    }
}

/// What both dialects can say survives to the other and back.
#[test]
fn there_and_back_a_request_says_the_same() {
    let chat_side = json!({
        "model": "m", "stream": true, "stream_options": {"include_usage": true}, "max_tokens": 900,
        "temperature": 0.5, "top_p": 0.9, "user": "u-1", "reasoning_effort": "medium",
        "tools": [{"type": "function", "function": {"name": "read", "description": "Reads", "parameters": {"type": "object"}, "strict": false}}],
        "tool_choice": {"type": "function", "function": {"name": "read"}}, "parallel_tool_calls": false,
        "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}, "strict": true}},
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"}}, {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,BBBB"}}]},
            {"role": "assistant", "content": "Reading.", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "read", "arguments": "{\"n\":1.10}"}}]},
            {"role": "tool", "tool_call_id": "a", "content": "one"},
            {"role": "user", "content": "Go on"},
        ],
    });
    let there = translate_request(Chat, Responses, chat_side.to_string().as_bytes(), "x").unwrap();
    assert_eq!(there.losses, Vec::<String>::new());
    let back = translate_request(Responses, Chat, &there.body, "m").unwrap();
    assert_eq!(back.losses, Vec::<String>::new());
    assert_eq!(serde_json::from_slice::<Value>(&back.body).unwrap(), chat_side);
}
