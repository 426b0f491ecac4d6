//! Signatures and sealed reasoning: back to the letter to the vendor that gave them, and to no other.
#![cfg(test)]

mod support;

use bytes::Bytes;
use serde_json::{Value, json};
use support::frames;
use switchyard_dialect::{
    Addressee, Fingerprint, Memory, StreamTranslator, Terms, Watch, WayBack, fold, proofs_of_reply,
    translate_reply, translate_request_to, without_foreign_reasoning,
};
use switchyard_types::Dialect;
use switchyard_types::Dialect::{Chat, Messages, Responses};

const SIGNATURE: &str = "EqQBCgIYAhIM+/=signature==";
const REDACTED: &str = "EmwKAhgB+/redacted==";
const ENCRYPTED: &str = "gAAAAABo+/encrypted==";

/// What each vendor answers: reasoning with proof, then a call.
fn reply_of(vendor: Dialect) -> Value {
    match vendor {
        Messages => json!({"id": "msg_1", "type": "message", "role": "assistant", "content": [
            {"type": "thinking", "thinking": "Hm.\n ", "signature": SIGNATURE},
            {"type": "redacted_thinking", "data": REDACTED},
            {"type": "text", "text": "Reading."},
            {"type": "tool_use", "id": "toolu_1", "name": "read", "input": {"n": 1}},
        ], "stop_reason": "tool_use", "usage": {"input_tokens": 1, "output_tokens": 1}}),
        Responses => {
            json!({"id": "resp_1", "object": "response", "status": "completed", "output": [
            {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}], "encrypted_content": ENCRYPTED},
            {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [{"type": "output_text", "text": "Reading.", "annotations": []}]},
            {"type": "function_call", "id": "fc_1", "call_id": "call_abcd1234", "name": "read", "arguments": "{\"n\":1}", "status": "completed"},
        ], "usage": {"input_tokens": 1, "output_tokens": 1}})
        }
        _ => {
            json!({"id": "1", "choices": [{"message": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}]})
        }
    }
}

fn first_request(client: Dialect) -> Value {
    match client {
        Responses => {
            json!({"model": "m", "input": [{"role": "user", "content": "Look"}], "reasoning": {"effort": "medium"}, "tools": [{"type": "function", "name": "read", "parameters": {"type": "object"}}]})
        }
        Messages => {
            json!({"model": "m", "max_tokens": 20_000, "thinking": {"type": "enabled", "budget_tokens": 8192}, "messages": [{"role": "user", "content": "Look"}], "tools": [{"name": "read", "input_schema": {"type": "object"}}]})
        }
        _ => {
            json!({"model": "m", "max_tokens": 20_000, "reasoning_effort": "medium", "messages": [{"role": "user", "content": "Look"}], "tools": [{"type": "function", "function": {"name": "read", "parameters": {"type": "object"}}}]})
        }
    }
}

/// The next request as a faithful client makes it: what it got, and the tool's result.
fn next_request(client: Dialect, got: &Value) -> Value {
    let mut body = first_request(client);
    match client {
        Responses => {
            let items = body["input"].as_array_mut().unwrap();
            items.extend(got["output"].as_array().unwrap().iter().cloned());
            let call = got["output"].as_array().unwrap().last().unwrap()["call_id"].clone();
            items.push(json!({"type": "function_call_output", "call_id": call, "output": "one"}));
        }
        Messages => {
            let turns = body["messages"].as_array_mut().unwrap();
            turns.push(json!({"role": "assistant", "content": got["content"]}));
            let call = got["content"].as_array().unwrap().last().unwrap()["id"].clone();
            turns.push(json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": call, "content": "one"}]}));
        }
        _ => {
            let message = &got["choices"][0]["message"];
            let turns = body["messages"].as_array_mut().unwrap();
            turns.push(message.clone());
            let call = message["tool_calls"][0]["id"].clone();
            turns.push(json!({"role": "tool", "tool_call_id": call, "content": "one"}));
        }
    }
    body
}

fn address(dialect: Dialect, vendor: &str) -> Addressee<'_> {
    Addressee { dialect, accent: None, vendor, model: "v", delivery: None, terms: Terms::default() }
}

/// One turn of a client with a vendor; gives the client's next request.
fn turn(client: Dialect, vendor: Dialect, id: &str, memory: &mut Memory) -> Vec<u8> {
    let body = first_request(client).to_string();
    let told =
        translate_request_to(client, address(vendor, id), body.as_bytes(), &|_| None).unwrap();
    let reply = reply_of(vendor).to_string();
    let got = translate_reply(vendor, client, reply.as_bytes(), "m", &told.way_back).unwrap();
    memory.keep("me", got.keepsakes);
    let got: Value = serde_json::from_slice(&got.body).unwrap();
    next_request(client, &got).to_string().into_bytes()
}

fn sent(client: Dialect, to: Addressee<'_>, body: &[u8], memory: &Memory) -> Value {
    let recall = |call: &str| memory.recall("me", call);
    let told = translate_request_to(client, to, body, &recall).unwrap();
    serde_json::from_slice(&told.body).unwrap()
}

fn pairs() -> impl Iterator<Item = (Dialect, Dialect)> {
    [Chat, Messages, Responses]
        .into_iter()
        .flat_map(|client| [Messages, Responses].map(|vendor| (client, vendor)))
        .filter(|(client, vendor)| client != vendor)
}

fn assert_whole(vendor: Dialect, body: &Value, label: &str) {
    if vendor == Messages {
        let turn = &body["messages"][1]["content"];
        let expected = json!([
            {"type": "thinking", "thinking": "Hm.\n ", "signature": SIGNATURE},
            {"type": "redacted_thinking", "data": REDACTED},
        ]);
        assert_eq!(json!([turn[0], turn[1]]), expected, "{label}");
        assert_eq!(turn[2]["type"], "text", "{label}");
        assert_eq!(turn[3]["type"], "tool_use", "{label}");
        assert_eq!(body["thinking"]["type"], "enabled", "{label}: it may go on reasoning");
    } else {
        let item = &body["input"][1];
        assert_eq!(item["type"], "reasoning", "{label}: {body}");
        assert_eq!(
            (&item["id"], &item["encrypted_content"]),
            (&json!("rs_1"), &json!(ENCRYPTED)),
            "{label}"
        );
        assert_eq!(item["summary"], json!([{"type": "summary_text", "text": "Hm."}]), "{label}");
    }
}

fn assert_bare_of_proofs(body: &Value, label: &str) {
    let text = body.to_string();
    for proof in [SIGNATURE, REDACTED, ENCRYPTED, "switchyard.1:"] {
        assert!(!text.contains(proof), "{label}: {proof} in {text}");
    }
}

#[test]
fn proofs_come_back_to_the_letter_to_the_vendor_that_gave_them() {
    for (client, vendor) in pairs() {
        let mut memory = Memory::new(1 << 20);
        let next = turn(client, vendor, "house:1", &mut memory);
        let body = sent(client, address(vendor, "house:1"), &next, &memory);
        assert_whole(vendor, &body, &format!("{client:?} with {vendor:?}"));
    }
}

#[test]
fn proofs_never_reach_another_vendor() {
    for (client, vendor) in pairs() {
        let mut memory = Memory::new(1 << 20);
        let next = turn(client, vendor, "house", &mut memory);
        for dialect in Dialect::ALL.into_iter().filter(|dialect| *dialect != client) {
            let body = sent(client, address(dialect, "other"), &next, &memory);
            assert_bare_of_proofs(&body, &format!("{client:?}, {vendor:?}, {dialect:?}"));
        }
        // And where the client's bytes pass.
        let next = Bytes::from(next);
        let passed = without_foreign_reasoning(client, &next, &|_| false).unwrap_or(next);
        let passed: Value = serde_json::from_slice(&passed).unwrap();
        assert_bare_of_proofs(&passed, &format!("{client:?} passing after {vendor:?}"));
    }
}

#[test]
fn a_client_that_holds_nothing_gets_only_its_own_keepsakes() {
    let mut memory = Memory::new(1 << 20);
    let next = turn(Chat, Messages, "house", &mut memory);
    let recall = |call: &str| memory.recall("somebody else", call);
    let told = translate_request_to(Chat, address(Messages, "house"), &next, &recall).unwrap();
    assert_bare_of_proofs(&serde_json::from_slice(&told.body).unwrap(), "another client");
}

#[test]
fn proofs_survive_streams_as_they_survive_whole_replies() {
    let stream_of = |vendor| {
        let bytes = switchyard_dialect::unfold(vendor, reply_of(vendor).to_string().as_bytes());
        frames(&bytes.unwrap())
    };
    for (client, vendor) in pairs() {
        let mut memory = Memory::new(1 << 20);
        let body = first_request(client).to_string();
        let there = address(vendor, "house");
        let told = translate_request_to(client, there, body.as_bytes(), &|_| None).unwrap();
        let mut translator = StreamTranslator::new(vendor, client, "m", &told.way_back);
        let mut out = Vec::new();
        for frame in stream_of(vendor) {
            translator.push(&frame, &mut out);
        }
        assert!(translator.ended());
        memory.keep("me", translator.take_keepsakes());
        let got = switchyard_dialect::fold(client, &out).unwrap();
        let next = next_request(client, &serde_json::from_slice(&got).unwrap()).to_string();
        let body = sent(client, there, next.as_bytes(), &memory);
        assert_whole(vendor, &body, &format!("{client:?} streaming from {vendor:?}"));
    }
}

/// Two vendors of the same dialect: the client holds bare proofs, and only the memory knows whose they are.
#[test]
fn a_passing_history_loses_only_what_another_vendor_of_the_dialect_gave() {
    for dialect in [Messages, Responses] {
        let reply = reply_of(dialect);
        let mut memory = Memory::new(1 << 20);
        memory.issued("house", &proofs_of_reply(dialect, reply.to_string().as_bytes()));
        let next = Bytes::from(next_request(dialect, &reply).to_string());
        let passed = |vendor: &str| {
            let foreign = |proof| memory.issuer(proof).is_some_and(|issuer| issuer != vendor);
            without_foreign_reasoning(dialect, &next, &foreign)
        };
        assert_eq!(passed("house"), None, "{dialect:?}: at home not a byte changes");
        let elsewhere: Value = serde_json::from_slice(&passed("other").unwrap()).unwrap();
        assert_bare_of_proofs(&elsewhere, "elsewhere");
        assert_eq!(
            without_foreign_reasoning(dialect, &next, &|_| false),
            None,
            "nobody knows better"
        );
    }
}

/// The signatures that a Gemini reply holds, in both ways in which it is told.
fn gemini_signed(signs: [&str; 3]) -> (Vec<u8>, Vec<u8>) {
    let parts = json!([
        {"text": "Hm.", "thought": true, "thoughtSignature": signs[0]},
        {"functionCall": {"name": "read", "args": {}}, "thoughtSignature": signs[1]},
        {"text": "", "thoughtSignature": signs[2]},
    ]);
    let answer = |parts: Value| json!({"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0}]});
    let mut pieces: Vec<Value> =
        parts.as_array().unwrap().iter().map(|part| answer(json!([part]))).collect();
    pieces[2]["candidates"][0]["finishReason"] = "STOP".into();
    let stream: Vec<String> = pieces.iter().map(|piece| format!("data: {piece}\r\n\r\n")).collect();
    let stream = stream.concat();
    (answer(parts).to_string().into_bytes(), stream.into_bytes())
}

#[test]
fn a_gemini_history_loses_only_the_signatures_of_another_vendor() {
    let (reply, stream) = gemini_signed(["c2lnb/+uMQ==", "c2lnbm+/Mg==", "c2lnMw=="]);
    let mut watch = Watch::new(Dialect::Gemini);
    for frame in frames(&stream) {
        watch.see(&frame);
    }
    let proofs = proofs_of_reply(Dialect::Gemini, &reply);
    assert_eq!(proofs.len(), 3);
    assert_eq!(watch.take_proofs(), proofs, "the tap sees what the whole reply holds");
    let mut memory = Memory::new(1 << 20);
    memory.issued("house", &proofs);
    let passed = |vendor: &str, body: &Bytes| {
        let foreign = |proof| memory.issuer(proof).is_some_and(|issuer| issuer != vendor);
        without_foreign_reasoning(Dialect::Gemini, body, &foreign)
    };
    // As its libraries send it back: in either case of names, either alphabet, and escaped.
    let history = |parts: &str| {
        Bytes::from(format!(
            r#"{{"contents":[{{"role":"user","parts":[{{"text":"\"thoughtSignature\":"}}]}} , {{"role":"model","parts":{parts}}}],"x": 1.10}}"#
        ))
    };
    let told = history(
        r#"[ {"text":"Hm.","thought":true,"thoughtSignature":"c2lnb/+uMQ=="}, {"thought_signature": "c2lnbm-_Mg\u003d\u003d","functionCall":{"name":"read","args":{"a": 1.0}}},{"functionCall":{"name":"unsigned","args":{}}},{"text":"","thoughtSignature":"c2lnMw=="},{"text":"Own.","thoughtSignature":"b3du"}]"#,
    );
    assert_eq!(passed("house", &told), None, "at home not a byte changes");
    let cut = history(
        r#"[{"text":"Hm.","thought":true},{"functionCall":{"name":"read","args":{"a": 1.0}},"thoughtSignature":"skip_thought_signature_validator"},{"functionCall":{"name":"unsigned","args":{}}},{"text":"Own.","thoughtSignature":"b3du"}]"#,
    );
    assert_eq!(passed("other", &told).unwrap(), cut);
    let alone = history(r#"[{"text":"","thoughtSignature":"c2lnMw=="}]"#);
    let stood_in = history(r#"[{"text":"(no visible answer)"}]"#);
    assert_eq!(passed("other", &alone).unwrap(), stood_in);
    let counted = Bytes::from([br#"{"generateContentRequest":"#.as_slice(), &told, b"}"].concat());
    let expected = [br#"{"generateContentRequest":"#.as_slice(), &cut, b"}"].concat();
    assert_eq!(passed("other", &counted).unwrap(), expected);
}

#[test]
fn the_tap_sees_the_same_proofs_as_the_whole_reply_holds() {
    for dialect in [Messages, Responses] {
        let reply = reply_of(dialect).to_string();
        let stream = switchyard_dialect::unfold(dialect, reply.as_bytes()).unwrap();
        let mut watch = Watch::new(dialect);
        for frame in frames(&stream) {
            watch.see(&frame);
        }
        let mut seen = watch.take_proofs();
        let mut held = proofs_of_reply(dialect, reply.as_bytes());
        let order = |proof: &Fingerprint| format!("{proof:?}");
        seen.sort_by_key(order);
        held.sort_by_key(order);
        assert_eq!(seen, held);
        assert_eq!(held.len(), if dialect == Messages { 2 } else { 1 });
    }
}

#[test]
fn a_signature_in_pieces_and_one_without_words_are_kept_whole() {
    let event =
        |data: Value| format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap());
    let delta =
        |delta: Value| event(json!({"type": "content_block_delta", "index": 0, "delta": delta}));
    let stream = [
        event(json!({"type": "message_start", "message": {"id": "msg_1"}})),
        event(json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}})),
        delta(json!({"type": "signature_delta", "signature": "EqQB"})),
        delta(json!({"type": "signature_delta", "signature": "Cg=="})),
        event(json!({"type": "content_block_stop", "index": 0})),
        event(json!({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "toolu_1", "name": "read", "input": {}}})),
        event(json!({"type": "content_block_stop", "index": 1})),
        event(json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}})),
        event(json!({"type": "message_stop"})),
    ]
    .concat();
    for client in [Chat, Responses] {
        let out =
            support::translate(Messages, client, &frames(stream.as_bytes()), &WayBack::default());
        assert!(out.ended);
        let mut translator = StreamTranslator::new(Messages, client, "m", &WayBack::default());
        for frame in frames(stream.as_bytes()) {
            translator.push(&frame, &mut Vec::new());
        }
        let mut memory = Memory::new(1 << 20);
        memory.keep("me", translator.take_keepsakes());
        let got = switchyard_dialect::fold(client, out.text.as_bytes()).unwrap();
        let next = next_request(client, &serde_json::from_slice(&got).unwrap()).to_string();
        let body = sent(client, address(Messages, ""), next.as_bytes(), &memory);
        let block = &body["messages"][1]["content"][0];
        assert_eq!(
            block,
            &json!({"type": "thinking", "thinking": "", "signature": "EqQBCg=="}),
            "{client:?}"
        );
    }
}

/// The shapes of ai.google.dev, "Thought signatures": on a last, empty text; on the text itself; on a thought.
#[test]
fn a_signature_on_words_or_thoughts_goes_back_to_the_letter_through_every_client() {
    let pieces = [
        (json!([{"text": "Four."}, {"text": "", "thoughtSignature": "c2ln+/=="}]), 0),
        (json!([{"text": "Four.", "thoughtSignature": "c2ln+/=="}]), 0),
        (
            json!([{"text": "Hm.", "thought": true, "thoughtSignature": "dGg="}, {"text": "Four.", "thoughtSignature": "c2ln+/=="}]),
            1,
        ),
    ];
    for (parts, thoughts) in &pieces {
        let reply = json!({"responseId": "r", "candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]});
        let stream = format!("data: {reply}\r\n\r\n");
        for client in [Dialect::Chat, Dialect::Messages, Dialect::Responses, Dialect::Ollama] {
            let question = match client {
                Dialect::Responses => {
                    json!({"model": "m", "input": [{"role": "user", "content": "2+2?"}]})
                }
                _ => {
                    json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "2+2?"}]})
                }
            };
            let to = |vendor| Addressee {
                accent: None,
                dialect: Dialect::Gemini,
                vendor,
                model: "gemini-3-pro",
                delivery: None,
                terms: Terms::default(),
            };
            let asked = translate_request_to(
                client,
                to("google"),
                question.to_string().as_bytes(),
                &|_| None,
            )
            .unwrap();
            let mut translator =
                StreamTranslator::new(Dialect::Gemini, client, "m", &asked.way_back);
            let mut out = Vec::new();
            for frame in frames(stream.as_bytes()) {
                translator.push(&frame, &mut out);
            }
            translator.finish(&mut out);
            let whole = translate_reply(
                Dialect::Gemini,
                client,
                reply.to_string().as_bytes(),
                "m",
                &asked.way_back,
            )
            .unwrap();
            let folded = fold(client, &out).unwrap();
            for (told, kept) in
                [(folded, translator.take_keepsakes()), (whole.body, whole.keepsakes)]
            {
                let told: Value = serde_json::from_slice(&told).unwrap();
                let mut next = question.clone();
                let list = if client == Dialect::Responses { "input" } else { "messages" };
                let turns = next[list].as_array_mut().unwrap();
                match client {
                    Dialect::Chat => turns.push(told["choices"][0]["message"].clone()),
                    Dialect::Messages => {
                        turns.push(json!({"role": "assistant", "content": told["content"]}));
                    }
                    Dialect::Ollama => turns.push(told["message"].clone()),
                    _ => turns.extend(told["output"].as_array().unwrap().clone()),
                }
                turns.push(json!({"role": "user", "content": "Sure?"}));
                let recall = |key: &str| kept.iter().find(|kept| kept.call() == key).cloned();
                let again = |vendor| -> String {
                    let told = translate_request_to(
                        client,
                        to(vendor),
                        next.to_string().as_bytes(),
                        &recall,
                    )
                    .unwrap();
                    let body: Value = serde_json::from_slice(&told.body).unwrap();
                    body["contents"][1]["parts"].to_string()
                };
                let back = again("google");
                assert!(
                    back.contains(r#""text":"Four.","thoughtSignature":"c2ln+/==""#),
                    "{client:?}: {back}"
                );
                // A thought's own signature has no place with clients that hold nothing and call nothing.
                if *thoughts > 0 && matches!(client, Dialect::Messages | Dialect::Responses) {
                    assert!(back.contains("dGg="), "{client:?}: {back}");
                }
                assert!(!again("another").contains("thoughtSignature"), "{client:?}");
            }
        }
    }
}
