//! Gemini, read and written.
#![cfg(test)]

mod support;

use serde_json::{Value, json};
use support::{broken, frames, frames_of};
use switchyard_dialect::{
    Addressee, BodyError, Frame, Keepsake, PathDelivery, PathModel, Seen, StreamTranslator, Terms,
    Watch, WayBack, estimate_input_tokens, fold, glance_as, inspect_reply, letters,
    needs_kept_state, translate_reply, translate_request, translate_request_to, unfold,
};
use switchyard_types::Dialect::{self, Chat, Gemini, Messages, Ollama, Responses};
use switchyard_types::Usage;

const OTHERS: [Dialect; 4] = [Chat, Messages, Responses, Ollama];

/// The shapes of ai.google.dev, "Generating content" and "Function calling": thoughts, text in pieces, a
/// signed call, one beside it, and counts in every piece.
fn stream() -> Vec<u8> {
    let usage = json!({"promptTokenCount": 100, "cachedContentTokenCount": 60, "candidatesTokenCount": 15,
        "thoughtsTokenCount": 5, "totalTokenCount": 120});
    let pieces = [
        json!({"text": "Let me ", "thought": true}),
        json!({"text": "think. 思", "thought": true}),
        json!({"text": "I will "}),
        json!({"text": "look."}),
        json!({"functionCall": {"name": "look", "args": {"path": "/tmp"}}, "thoughtSignature": "c2ln+/=="}),
        json!({"functionCall": {"name": "look", "args": {}, "id": "own-id"}}),
    ];
    let mut out = String::new();
    for piece in pieces {
        let event = json!({"candidates": [{"content": {"parts": [piece], "role": "model"}, "index": 0}],
            "usageMetadata": usage, "modelVersion": "gemini-3", "responseId": "r1"});
        out.extend(["data: ", &event.to_string(), "\r\n\r\n"]);
    }
    let end = json!({"candidates": [{"content": {"parts": [{"text": ""}], "role": "model"},
        "finishReason": "STOP", "index": 0}], "usageMetadata": usage, "responseId": "r1"});
    (out + &format!("data: {end}\r\n\r\n")).into_bytes()
}

fn told(client: Dialect, frames: &[Frame]) -> (String, bool) {
    let mut translator = StreamTranslator::new(Gemini, client, "combo", &WayBack::default());
    let mut out = Vec::new();
    for frame in frames {
        translator.push(frame, &mut out);
    }
    translator.finish(&mut out);
    let ended = translator.ended();
    translator.fail(&broken(), &mut out);
    (String::from_utf8(out).unwrap(), ended)
}

fn to(vendor: Dialect, body: &Value, model: &str) -> (Value, Vec<String>) {
    let told = translate_request(Gemini, vendor, body.to_string().as_bytes(), model).unwrap();
    (serde_json::from_slice(&told.body).unwrap(), told.losses)
}

fn from_chat(body: &Value, model: &str) -> (Value, Vec<String>) {
    let told = translate_request(Chat, Gemini, body.to_string().as_bytes(), model).unwrap();
    (serde_json::from_slice(&told.body).unwrap(), told.losses)
}

#[test]
fn the_tap_sees_content_and_an_end_that_nothing_marks() {
    let mut watch = Watch::new(Gemini);
    let seen: Vec<Seen> = frames(&stream()).iter().map(|frame| watch.see(frame)).collect();
    assert!(seen[..6].iter().all(|seen| *seen == Seen::Content), "{seen:?}");
    assert_eq!(seen[6], Seen::Handshake);
    assert!(watch.ended());
    let usage = Usage { input: 40, output: 20, cache_read: 60, cache_write: 0, reasoning: 5 };
    assert_eq!(watch.usage(), Some(usage));
}

#[test]
fn counts_are_known_before_the_end() {
    let mut watch = Watch::new(Gemini);
    for frame in &frames(&stream())[..3] {
        watch.see(frame);
    }
    assert!(!watch.ended());
    assert_eq!(watch.usage().unwrap().output, 20);
}

#[test]
fn thoughts_are_counted_once() {
    for (counts, output) in [
        (
            json!({"candidatesTokenCount": 15, "thoughtsTokenCount": 5, "promptTokenCount": 1, "totalTokenCount": 21}),
            20,
        ),
        (
            json!({"candidatesTokenCount": 20, "thoughtsTokenCount": 5, "promptTokenCount": 1, "totalTokenCount": 21}),
            20,
        ),
        (json!({"thoughtsTokenCount": 5, "promptTokenCount": 1, "totalTokenCount": 6}), 5),
    ] {
        let reply = json!({"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}],
            "usageMetadata": counts});
        let usage = inspect_reply(Gemini, reply.to_string().as_bytes()).unwrap().unwrap();
        assert_eq!((usage.output, usage.reasoning), (output, 5), "{counts}");
    }
}

#[test]
fn network_cuts_at_every_byte_change_nothing() {
    let bytes = stream();
    for client in OTHERS {
        let whole = told(client, &frames(&bytes));
        assert!(whole.1, "{client:?}");
        for cut in 0..bytes.len() {
            assert_eq!(
                told(client, &frames_of(&[&bytes[..cut], &bytes[cut..]])),
                whole,
                "{client:?} at {cut}"
            );
        }
    }
}

#[test]
fn a_stream_without_its_finish_reason_is_not_whole() {
    let all = frames(&stream());
    for client in OTHERS {
        for cut in 0..all.len() {
            assert!(!told(client, &all[..cut]).1, "{client:?} after {cut}");
        }
    }
}

#[test]
fn a_folded_stream_translates_to_what_the_whole_reply_does() {
    let reply = json!({"candidates": [{"content": {"role": "model", "parts": [
            {"text": "Let me think. 思", "thought": true}, {"text": "I will look."},
            {"functionCall": {"name": "look", "args": {"path": "/tmp"}}, "thoughtSignature": "c2ln+/=="},
            {"functionCall": {"name": "look", "args": {}, "id": "own-id"}}]},
            "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 100, "cachedContentTokenCount": 60, "candidatesTokenCount": 15,
            "thoughtsTokenCount": 5, "totalTokenCount": 120},
        "modelVersion": "gemini-3", "responseId": "r1"});
    let folded: Value = serde_json::from_slice(&fold(Gemini, &stream()).unwrap()).unwrap();
    assert_eq!(folded, reply);
    let again = fold(Gemini, &unfold(Gemini, reply.to_string().as_bytes()).unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&again).unwrap(), reply);
    for client in OTHERS {
        let whole = translate_reply(
            Gemini,
            client,
            reply.to_string().as_bytes(),
            "combo",
            &WayBack::default(),
        );
        let streamed = fold(client, told(client, &frames(&stream())).0.as_bytes()).unwrap();
        let mut whole: Value = serde_json::from_slice(&whole.unwrap().body).unwrap();
        let mut streamed: Value = serde_json::from_slice(&streamed).unwrap();
        // A stream of Chat's tells no counts unless they are asked for.
        for value in [&mut whole, &mut streamed] {
            value.as_object_mut().unwrap().remove("usage");
        }
        assert_eq!(streamed, whole, "{client:?}");
    }
}

#[test]
fn an_array_without_sse_is_told_as_events() {
    let array = br#"[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},
{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}]}]"#;
    let events = unfold(Gemini, array).unwrap();
    assert!(told(Chat, &frames(&events)).1);
    assert_eq!(frames(&events).len(), 2);
}

#[test]
fn what_is_no_answer_is_a_fault() {
    for (body, words) in [
        (r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#, "content policy"),
        (r#"{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}"#, "busy"),
        (
            r#"{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"half"}]}"#,
            "half",
        ),
        ("{}", "no reason"),
    ] {
        let whole = inspect_reply(Gemini, body.as_bytes()).unwrap_err();
        assert!(whole.message.contains(words), "{body}: {}", whole.message);
        let event = frames(format!("data: {body}\r\n\r\n").as_bytes());
        let mut watch = Watch::new(Gemini);
        assert!(matches!(watch.see(&event[0]), Seen::Fault(_)), "{body}");
        for client in OTHERS {
            assert!(
                translate_reply(Gemini, client, body.as_bytes(), "m", &WayBack::default()).is_err()
            );
            let mut translator = StreamTranslator::new(Gemini, client, "m", &WayBack::default());
            assert!(
                matches!(translator.push(&event[0], &mut Vec::new()), Seen::Fault(_)),
                "{body}"
            );
        }
    }
}

#[test]
fn every_finish_reason_has_its_word() {
    for (reason, word) in [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "content_filter"),
        ("RECITATION", "content_filter"),
        ("OTHER", "stop"),
    ] {
        let reply = json!({"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": reason}]});
        let reply =
            translate_reply(Gemini, Chat, reply.to_string().as_bytes(), "m", &WayBack::default())
                .unwrap();
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(body["choices"][0]["finish_reason"], word, "{reason}");
        assert_eq!(reply.losses.is_empty(), reason != "OTHER");
    }
}

fn every_field() -> Value {
    json!({
        "systemInstruction": {"parts": [{"text": "Be brief."}, {"text": "And kind."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Look"}, {"inlineData": {"mimeType": "image/png", "data": "aW1n"}},
                {"inline_data": {"mime_type": "application/pdf", "data": "cGRm"}},
                {"inlineData": {"mimeType": "audio/wav", "data": "d2F2"}},
                {"fileData": {"mimeType": "image/jpeg", "fileUri": "https://h.example/i.jpg"}}]},
            {"role": "model", "parts": [{"text": "Hm", "thought": true},
                {"functionCall": {"name": "look", "args": {"n": 1}}, "thoughtSignature": "c2ln"},
                {"functionCall": {"name": "see", "args": {}}}]},
            {"role": "user", "parts": [
                {"functionResponse": {"name": "see", "response": {"error": "gone"}}},
                {"functionResponse": {"name": "look", "response": {"output": "found"}}},
                {"text": "Go on."}]},
        ],
        "tools": [{"functionDeclarations": [
            {"name": "look", "description": "Looks", "parameters": {"type": "OBJECT",
                "properties": {"n": {"type": "INTEGER", "nullable": true}}}},
            {"name": "see", "parametersJsonSchema": {"type": "object", "properties": {"type": {"type": "string"}}}}]},
            {"googleSearch": {}}],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["look"]}},
        "generationConfig": {"temperature": 0.50, "topP": 0.9, "topK": 40, "maxOutputTokens": 99,
            "stopSequences": ["END"], "seed": 7, "presencePenalty": 0.1, "frequencyPenalty": 0.2,
            "candidateCount": 2, "responseMimeType": "application/json",
            "responseSchema": {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}},
            "thinkingConfig": {"thinkingBudget": 9000, "includeThoughts": true}, "mediaResolution": "LOW"},
        "safetySettings": [{"category": "X", "threshold": "OFF"}],
    })
}

#[test]
fn every_field_reaches_chat_or_is_named_as_lost() {
    let (body, losses) = to(Chat, &every_field(), "m");
    assert_eq!(body["messages"][0]["content"], "Be brief.\n\nAnd kind.");
    let shown = &body["messages"][1]["content"];
    assert_eq!(shown[1]["image_url"]["url"], "data:image/png;base64,aW1n");
    assert_eq!(shown[2]["file"]["file_data"], "data:application/pdf;base64,cGRm");
    assert_eq!(shown[3]["input_audio"]["format"], "wav");
    assert_eq!(shown[4]["image_url"]["url"], "https://h.example/i.jpg");
    let calls = &body["messages"][2]["tool_calls"];
    assert_eq!(calls[0]["function"]["arguments"], "{\"n\":1}");
    // Results without ids find their calls by name, and stand in the order of the calls.
    assert_eq!(body["messages"][3]["tool_call_id"], calls[0]["id"]);
    assert_eq!(body["messages"][3]["content"], "found");
    assert_eq!(body["messages"][4]["tool_call_id"], calls[1]["id"]);
    assert!(body["messages"][4]["content"].as_str().unwrap().contains("gone"));
    assert_eq!(body["messages"][5]["content"], "Go on.");
    assert_eq!(
        body["tools"][0]["function"]["parameters"]["properties"]["n"]["type"],
        json!(["integer", "null"])
    );
    assert_eq!(body["tools"][1]["function"]["parameters"]["properties"]["type"]["type"], "string");
    assert_eq!(body["tool_choice"]["function"]["name"], "look");
    assert_eq!(
        body["response_format"]["json_schema"]["schema"]["properties"]["a"]["type"],
        "string"
    );
    assert_eq!(
        [
            &body["max_tokens"],
            &body["seed"],
            &body["stop"],
            &body["presence_penalty"],
            &body["reasoning_effort"]
        ],
        [&json!(99), &json!(7), &json!(["END"]), &json!(0.1), &json!("medium")]
    );
    for lost in [
        "candidateCount",
        "mediaResolution",
        "safetySettings",
        "googleSearch",
        "top_k",
        "thoughtSignature",
    ] {
        assert!(losses.iter().any(|loss| loss.contains(lost)), "{lost}: {losses:?}");
    }
}

#[test]
fn every_other_dialect_gets_the_pairs_of_calls_and_results() {
    for vendor in OTHERS {
        let (body, _) = to(vendor, &every_field(), "m");
        let text = body.to_string();
        for word in ["Be brief.", "found", "gone", "Go on.", "look"] {
            assert!(text.contains(word), "{vendor:?} lacks {word}: {text}");
        }
        assert!(!text.contains("c2ln\""), "{vendor:?}: a signature is its vendor's own");
    }
}

#[test]
fn a_chat_request_is_said_in_geminis_words() {
    let body = json!({
        "model": "x", "stream": true, "max_completion_tokens": 50, "temperature": 1.5, "seed": 3,
        "stop": ["a", "b", "c", "d", "e", "f"], "reasoning_effort": "low", "n": 2,
        "messages": [
            {"role": "system", "content": "One."}, {"role": "developer", "content": "Two."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,aW1n"}},
                {"type": "image_url", "image_url": {"url": "https://h.example/i.webp?x=1"}},
                {"type": "input_audio", "input_audio": {"data": "d2F2", "format": "wav"}}]},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "1st.tool", "arguments": "{\"big\":12345678901234567890123}"}},
                {"id": "c2", "type": "function", "function": {"name": "look", "arguments": ""}}]},
            {"role": "tool", "tool_call_id": "c2", "content": ""},
            {"role": "tool", "tool_call_id": "c1", "content": "{\"ok\":true}"},
        ],
        "tools": [{"type": "function", "function": {"name": "1st.tool", "parameters": {"type": "object",
            "properties": {"format": {"type": ["string", "null"]}, "default": {"const": "x"}}, "required": ["format"],
            "additionalProperties": false}}},
            {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}],
        "tool_choice": "required",
        "response_format": {"type": "json_schema", "json_schema": {"name": "r", "schema": {"type": "object",
            "properties": {"m": {"type": "object", "additionalProperties": {"type": "string"}}}}}},
    });
    let raw =
        translate_request(Chat, Gemini, body.to_string().as_bytes(), "gemini-3-flash").unwrap();
    assert!(String::from_utf8(raw.body).unwrap().contains("12345678901234567890123"));
    let (sent, losses) = from_chat(&body, "gemini-3-flash");
    assert!(sent.get("model").is_none() && sent.get("stream").is_none());
    assert_eq!(sent["systemInstruction"]["parts"], json!([{"text": "One."}, {"text": "Two."}]));
    let shown = &sent["contents"][0]["parts"];
    assert_eq!(shown[1]["inlineData"], json!({"mimeType": "image/png", "data": "aW1n"}));
    assert_eq!(
        shown[2]["fileData"],
        json!({"mimeType": "image/webp", "fileUri": "https://h.example/i.webp?x=1"})
    );
    assert_eq!(shown[3]["inlineData"]["mimeType"], "audio/wav");
    let calls = &sent["contents"][1]["parts"];
    let name = calls[0]["functionCall"]["name"].as_str().unwrap();
    assert!(name.starts_with("_1st_tool_"), "{name}");
    // Nobody signed the call; the first one says so in the word that Google gives for it.
    assert_eq!(calls[0]["thoughtSignature"], "skip_thought_signature_validator");
    assert!(calls[1].get("thoughtSignature").is_none());
    assert_eq!(calls[1]["functionCall"]["args"], json!({}));
    let results = &sent["contents"][2]["parts"];
    assert_eq!(
        results[0]["functionResponse"],
        json!({"id": "c1", "name": name, "response": {"output": "{\"ok\":true}"}})
    );
    assert_eq!(results[1]["functionResponse"]["response"], json!({"output": ""}));
    let declared = &sent["tools"][0]["functionDeclarations"];
    assert_eq!(declared[0]["name"], name);
    assert_eq!(
        declared[0]["parameters"]["properties"]["format"],
        json!({"type": "STRING", "nullable": true})
    );
    assert_eq!(declared[0]["parameters"]["properties"]["default"]["enum"], json!(["x"]));
    assert!(declared[1].get("parameters").is_none());
    assert_eq!(sent["toolConfig"]["functionCallingConfig"]["mode"], "ANY");
    let config = &sent["generationConfig"];
    assert_eq!(config["stopSequences"].as_array().unwrap().len(), 5);
    assert_eq!(config["thinkingConfig"], json!({"thinkingLevel": "low", "includeThoughts": true}));
    assert!(
        config["responseJsonSchema"]["properties"]["m"].is_object()
            && config.get("responseSchema").is_none()
    );
    for lost in ["stop:", "n:"] {
        assert!(losses.iter().any(|loss| loss.starts_with(lost)), "{lost} {losses:?}");
    }
}

#[test]
fn how_much_to_think_is_said_as_the_model_takes_it() {
    for (model, effort, thinking) in [
        (
            "gemini-3.1-pro-preview",
            "high",
            json!({"thinkingLevel": "high", "includeThoughts": true}),
        ),
        (
            "gemini-3.1-pro-preview",
            "none",
            json!({"thinkingLevel": "low", "includeThoughts": true}),
        ),
        (
            "gemini-3-flash-preview",
            "minimal",
            json!({"thinkingLevel": "minimal", "includeThoughts": true}),
        ),
        ("gemini-2.5-flash", "none", json!({"thinkingBudget": 0})),
        ("gemini-2.5-pro", "xhigh", json!({"thinkingBudget": 32768, "includeThoughts": true})),
        ("gemini-2.0-flash", "high", Value::Null),
        ("gemma-3", "high", Value::Null),
    ] {
        let body = json!({"model": "x", "messages": [{"role": "user", "content": "hi"}], "reasoning_effort": effort});
        let (sent, losses) = from_chat(&body, model);
        assert_eq!(sent["generationConfig"]["thinkingConfig"], thinking, "{model} {effort}");
        assert!(!thinking.is_null() || losses[0].starts_with("reasoning_effort"), "{model}");
    }
}

#[test]
fn tool_choice_is_said_in_every_form() {
    for (mode, names, choice) in [
        ("AUTO", json!([]), json!("auto")),
        ("NONE", json!([]), json!("none")),
        ("ANY", json!([]), json!("required")),
        ("ANY", json!(["a"]), json!({"type": "function", "function": {"name": "a"}})),
        ("ANY", json!(["a", "b"]), json!("required")),
        ("VALIDATED", json!([]), json!("auto")),
    ] {
        let body = json!({"contents": [{"parts": [{"text": "x"}]}],
            "tools": [{"functionDeclarations": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}],
            "toolConfig": {"functionCallingConfig": {"mode": mode, "allowedFunctionNames": names}}});
        let (sent, _) = to(Chat, &body, "m");
        assert_eq!(sent["tool_choice"], choice, "{mode} {names}");
        let offered = sent["tools"].as_array().unwrap().len();
        assert_eq!(
            offered,
            if names.as_array().unwrap().len() == 2 { 2 } else { 3 },
            "{mode} {names}"
        );
    }
}

/// Cutting away the beginning or the end of a history, anywhere, still gives one that Gemini takes: turns
/// alternate from the user on, and each call is answered in the next turn.
#[test]
fn any_part_of_a_history_is_taken() {
    let history = json!([
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b", "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
            {"id": "2", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "2", "content": "r2"},
        {"role": "tool", "tool_call_id": "1", "content": "r1"},
        {"role": "user", "content": "c"},
        {"role": "assistant", "content": "d"},
        {"role": "user", "content": ""},
    ]);
    let turns = history.as_array().unwrap();
    for from in 0..turns.len() {
        for until in from + 1..=turns.len() {
            let (sent, _) =
                from_chat(&json!({"model": "x", "messages": turns[from..until]}), "gemini-2.5-pro");
            let contents = sent["contents"].as_array().unwrap();
            let mut due = Vec::new();
            for (place, content) in contents.iter().enumerate() {
                let role = if place % 2 == 0 { "user" } else { "model" };
                assert_eq!(content["role"], role, "{from}..{until}: {sent}");
                let parts = content["parts"].as_array().unwrap();
                assert!(!parts.is_empty());
                let ids = |field: &str| -> Vec<Value> {
                    parts
                        .iter()
                        .filter(|part| part[field].is_object())
                        .map(|part| part[field]["id"].clone())
                        .collect()
                };
                assert_eq!(ids("functionResponse"), due, "{from}..{until}: {sent}");
                due = ids("functionCall");
            }
            assert!(due.is_empty(), "{from}..{until}");
        }
    }
}

#[test]
fn a_signature_goes_back_only_to_its_own_vendor_and_to_the_letter() {
    let body = json!({"model": "x", "messages": [{"role": "user", "content": "look"}],
        "tools": [{"type": "function", "function": {"name": "look"}}]});
    let asked = |vendor: &str, recall: &dyn Fn(&str) -> Option<Keepsake>, body: &Value| {
        let to = Addressee {
            dialect: Gemini,
            accent: None,
            vendor,
            model: "gemini-3-pro",
            delivery: None,
            terms: Terms::default(),
        };
        translate_request_to(Chat, to, body.to_string().as_bytes(), recall).unwrap()
    };
    let first = asked("google", &|_| None, &body);
    let mut translator = StreamTranslator::new(Gemini, Chat, "combo", &first.way_back);
    let mut out = Vec::new();
    for frame in frames(&stream()) {
        translator.push(&frame, &mut out);
    }
    translator.finish(&mut out);
    let kept = translator.take_keepsakes();
    assert_eq!(kept.len(), 1);
    let id = kept[0].call().to_owned();
    let mut next = body;
    next["messages"].as_array_mut().unwrap().extend([
        json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": id, "type": "function", "function": {"name": "look", "arguments": "{}"}}]}),
        json!({"role": "tool", "tool_call_id": id, "content": "x"}),
    ]);
    let recall = |call: &str| kept.iter().find(|kept| kept.call() == call).cloned();
    let sign = |vendor: &str| -> Value {
        let sent = asked(vendor, &recall, &next);
        let sent: Value = serde_json::from_slice(&sent.body).unwrap();
        sent["contents"][1]["parts"][0]["thoughtSignature"].clone()
    };
    assert_eq!(sign("google"), "c2ln+/==");
    assert_eq!(sign("another"), "skip_thought_signature_validator");
}

#[test]
fn changed_names_come_back_as_the_client_knows_them() {
    let body = json!({"contents": [{"parts": [{"text": "x"}]}],
        "tools": [{"functionDeclarations": [{"name": "ns:tool.one"}]}]});
    let told = translate_request(Gemini, Chat, body.to_string().as_bytes(), "m").unwrap();
    let sent: Value = serde_json::from_slice(&told.body).unwrap();
    let name = sent["tools"][0]["function"]["name"].as_str().unwrap();
    assert_ne!(name, "ns:tool.one");
    let reply = json!({"id": "r", "choices": [{"message": {"content": null, "tool_calls": [
        {"id": "c", "function": {"name": name, "arguments": "{\"a\":1.10}"}}]}, "finish_reason": "tool_calls"}]});
    let reply =
        translate_reply(Chat, Gemini, reply.to_string().as_bytes(), "m", &told.way_back).unwrap();
    let text = String::from_utf8(reply.body).unwrap();
    assert!(text.contains("\"name\":\"ns:tool.one\",\"args\":{\"a\":1.10}"), "{text}");
}

#[test]
fn interleaved_calls_of_a_stream_come_whole_and_in_order() {
    let piece = |index: u32, name: Option<&str>, arguments: &str| {
        let mut call = json!({"index": index, "function": {"arguments": arguments}});
        if let Some(name) = name {
            call["id"] = json!(format!("id{index}"));
            call["function"]["name"] = json!(name);
        }
        format!("data: {}\n\n", json!({"id": "r", "choices": [{"delta": {"tool_calls": [call]}}]}))
    };
    let chat = [
        piece(0, Some("a"), "{\"x\":"),
        piece(1, Some("b"), "{}"),
        piece(2, Some("c"), ""),
        piece(0, None, "\"}\"}"),
        "data: {\"id\":\"r\",\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n".to_owned(),
    ]
    .concat();
    for client in [Gemini, Ollama] {
        let mut translator = StreamTranslator::new(Chat, client, "m", &WayBack::default());
        let mut out = Vec::new();
        for frame in frames(chat.as_bytes()) {
            translator.push(&frame, &mut out);
        }
        assert!(translator.ended());
        let text = String::from_utf8(out).unwrap();
        let arguments: Vec<usize> = ["{\"x\":\"}\"}", "\"b\"", "\"c\""]
            .iter()
            .map(|word| text.find(word).unwrap())
            .collect();
        assert!(arguments.is_sorted(), "{client:?}: {text}");
    }
}

#[test]
fn the_path_names_the_model_and_the_body_stays() {
    let body = bytes::Bytes::from_static(b"{\"contents\":[],\"model\":\"stray\"}");
    for (delivery, stream) in
        [(PathDelivery::Whole, false), (PathDelivery::Events, true), (PathDelivery::Array, true)]
    {
        let path = PathModel { model: "a/b".to_owned(), delivery };
        let glance = glance_as(Gemini, &body, Some(&path)).unwrap();
        assert_eq!((glance.model.as_str(), glance.stream), ("a/b", stream));
        assert_eq!(glance.with_model(&body, "other"), body);
    }
}

#[test]
fn a_path_that_asks_for_a_stream_makes_the_other_dialects_ask_for_one() {
    let body = br#"{"contents":[{"parts":[{"text":"x"}]}]}"#;
    for (delivery, stream) in [(PathDelivery::Whole, false), (PathDelivery::Array, true)] {
        for dialect in OTHERS {
            let to = Addressee {
                dialect,
                accent: None,
                vendor: "v",
                model: "m",
                delivery: Some(delivery),
                terms: Terms::default(),
            };
            let sent = translate_request_to(Gemini, to, body, &|_| None).unwrap();
            let sent: Value = serde_json::from_slice(&sent.body).unwrap();
            assert_eq!(sent["stream"], stream, "{dialect:?}");
        }
    }
}

#[test]
fn wrong_forms_are_named_with_their_path() {
    for (body, path) in [
        ("{}", "contents"),
        (r#"{"contents":{}}"#, "contents"),
        (r#"{"contents":[{"role":"robot"}]}"#, "contents[0].role"),
        (r#"{"contents":[{"parts":[{"text":7}]}]}"#, "contents[0].parts[0].text"),
        (
            r#"{"contents":[],"tools":[{"functionDeclarations":[{}]}]}"#,
            "tools[0].functionDeclarations[0]",
        ),
        (
            r#"{"contents":[],"generationConfig":{"maxOutputTokens":"x"}}"#,
            "generationConfig.maxOutputTokens",
        ),
    ] {
        let error = translate_request(Gemini, Chat, body.as_bytes(), "v").unwrap_err();
        let BodyError::Field { field, .. } = &error else { panic!("{body}: {error:?}") };
        assert_eq!(field, path, "{body}");
    }
}

#[test]
fn a_wrapped_request_counts_like_a_bare_one() {
    let bare = json!({"contents": [{"parts": [{"text": "x".repeat(400)}]}]});
    let wrapped = json!({"generateContentRequest": bare});
    let count = |body: &Value| {
        let body = body.to_string();
        estimate_input_tokens(Gemini, Gemini, body.as_bytes(), &letters).unwrap()
    };
    assert_eq!(count(&bare), count(&wrapped));
    assert!(count(&bare) >= 100);
}

#[test]
fn what_google_keeps_can_be_served_by_google_alone() {
    for body in [
        r#"{"contents":[],"cachedContent":"cachedContents/1"}"#,
        r#"{"contents":[],"cached_content":"cachedContents/1"}"#,
    ] {
        let glance = glance_as(
            Gemini,
            body.as_bytes(),
            Some(&PathModel { model: "m".to_owned(), delivery: PathDelivery::Whole }),
        )
        .unwrap();
        assert_eq!(needs_kept_state(Gemini, &glance, body.as_bytes()), Some("cachedContent"));
        for vendor in OTHERS {
            let refused = translate_request(Gemini, vendor, body.as_bytes(), "m").unwrap_err();
            assert_eq!(refused, BodyError::KeptElsewhere { field: "cachedContent" });
        }
    }
}

#[test]
fn a_sound_goes_between_gemini_and_chat() {
    let part = json!({"inlineData": {"mimeType": "audio/wav", "data": "UklGRg=="}});
    let (sent, losses) =
        to(Chat, &json!({"contents": [{"parts": [part, {"text": "What?"}]}]}), "m");
    let sound = &sent["messages"][0]["content"][0];
    assert_eq!(
        *sound,
        json!({"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}})
    );
    assert!(losses.is_empty(), "{losses:?}");
    let (back, _) =
        from_chat(&json!({"messages": [{"role": "user", "content": [sound]}]}), "gemini-2.5-pro");
    assert_eq!(back["contents"][0]["parts"][0], part);
}
