//! Ollama, read and written.
#![cfg(test)]

mod support;

use bytes::Bytes;
use serde_json::{Value, json};
use support::broken;
use switchyard_dialect::{
    BodyError, Frame, NdjsonSplitter, Seen, StreamTranslator, Watch, WayBack, fold, glance_as,
    inspect_reply, looks_streamed, translate_reply, translate_request, unfold,
};
use switchyard_types::Dialect::{self, Chat, Gemini, Messages, Ollama, Responses};
use switchyard_types::Usage;

const OTHERS: [Dialect; 4] = [Chat, Messages, Responses, Gemini];

/// The shapes of docs.ollama.com, "Generate a chat message": thinking, text in pieces, a call, the counts.
const STREAM: &str = r#"{"model":"m","created_at":"2025-07-10T21:00:00.5Z","message":{"role":"assistant","content":"","thinking":"Hm, 思"},"done":false}
{"model":"m","created_at":"2025-07-10T21:00:00.5Z","message":{"role":"assistant","content":"I will "},"done":false}
{"model":"m","created_at":"2025-07-10T21:00:00.5Z","message":{"role":"assistant","content":"look."},"done":false}
{"model":"m","created_at":"2025-07-10T21:00:00.5Z","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"look","arguments":{"path":"/tmp"}}}]},"done":false}
{"model":"m","created_at":"2025-07-10T21:00:00.5Z","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"total_duration":5,"prompt_eval_count":26,"eval_count":9}
"#;

fn lines(pieces: &[&[u8]]) -> Vec<Frame> {
    let mut splitter = NdjsonSplitter::default();
    let mut frames = Vec::new();
    for piece in pieces {
        splitter.push(&Bytes::copy_from_slice(piece));
        while let Some(frame) = splitter.next_frame().unwrap() {
            frames.push(frame);
        }
    }
    frames.extend(splitter.finish());
    frames
}

fn told(client: Dialect, frames: &[Frame]) -> (String, bool) {
    let mut translator = StreamTranslator::new(Ollama, client, "combo", &WayBack::default());
    let mut out = Vec::new();
    for frame in frames {
        translator.push(frame, &mut out);
    }
    translator.finish(&mut out);
    let ended = translator.ended();
    translator.fail(&broken(), &mut out);
    (String::from_utf8(out).unwrap(), ended)
}

#[test]
fn lines_are_split_however_they_are_cut_and_end() {
    let stream = "\u{feff}{\"a\":\"é\\n\"}\r\n\n{\"b\":2}\n{\"c\":3}";
    let whole = lines(&[stream.as_bytes()]);
    let datas: Vec<&[u8]> = whole.iter().map(|frame| &frame.data[..]).collect();
    assert_eq!(datas, ["{\"a\":\"é\\n\"}".as_bytes(), b"", b"{\"b\":2}", b"{\"c\":3}"]);
    for cut in 0..stream.len() {
        let (head, tail) = stream.as_bytes().split_at(cut);
        assert_eq!(lines(&[head, tail]), whole, "at {cut}");
    }
    let raw: Vec<u8> = whole.iter().flat_map(|frame| frame.raw.to_vec()).collect();
    assert_eq!(raw, [stream.as_bytes(), b"\n"].concat());
}

#[test]
fn half_a_line_at_the_end_is_dropped_and_an_endless_one_refused() {
    assert!(lines(&[b"{\"a\":"]).is_empty());
    let mut splitter = NdjsonSplitter::with_limit(8);
    splitter.push(&Bytes::from_static(b"{\"a\":\"long"));
    assert!(splitter.next_frame().is_err());
}

#[test]
fn the_tap_tells_content_and_end_apart() {
    let mut watch = Watch::new(Ollama);
    let seen: Vec<Seen> =
        lines(&[STREAM.as_bytes()]).iter().map(|frame| watch.see(frame)).collect();
    assert_eq!(seen[..4], [Seen::Content, Seen::Content, Seen::Content, Seen::Content]);
    assert_eq!(seen[4..], [Seen::End]);
    assert!(watch.ended());
    assert_eq!(watch.usage(), Some(Usage { input: 26, output: 9, ..Usage::default() }));
}

#[test]
fn an_answer_in_a_single_line_is_no_empty_one() {
    let line =
        br#"{"message":{"role":"assistant","content":"hi"},"done":true,"done_reason":"stop"}"#;
    let frames = lines(&[line]);
    let mut watch = Watch::new(Ollama);
    assert_eq!((watch.see(&frames[0]), watch.ended()), (Seen::Content, true));
    let mut translator = StreamTranslator::new(Ollama, Chat, "m", &WayBack::default());
    assert_eq!(translator.push(&frames[0], &mut Vec::new()), Seen::Content);
    assert!(translator.ended());
}

#[test]
fn network_cuts_at_every_byte_change_nothing() {
    let bytes = STREAM.as_bytes();
    for client in OTHERS {
        let whole = told(client, &lines(&[bytes]));
        assert!(whole.1, "{client:?}");
        for cut in 0..bytes.len() {
            let (head, tail) = bytes.split_at(cut);
            assert_eq!(told(client, &lines(&[head, tail])), whole, "{client:?} at {cut}");
        }
    }
}

#[test]
fn a_stream_without_its_last_line_is_not_whole() {
    let all = lines(&[STREAM.as_bytes()]);
    for client in OTHERS {
        for cut in 0..all.len() {
            assert!(!told(client, &all[..cut]).1, "{client:?} after {cut}");
        }
    }
}

#[test]
fn a_stream_folds_to_the_reply_and_back() {
    let folded: Value = serde_json::from_slice(&fold(Ollama, STREAM.as_bytes()).unwrap()).unwrap();
    assert_eq!(
        folded["message"],
        json!({"role": "assistant", "content": "I will look.", "thinking": "Hm, 思",
        "tool_calls": [{"function": {"name": "look", "arguments": {"path": "/tmp"}}}]})
    );
    assert_eq!((&folded["done"], &folded["eval_count"]), (&json!(true), &json!(9)));
    let again = unfold(Ollama, folded.to_string().as_bytes()).unwrap();
    assert_eq!(lines(&[&again]).len(), 1);
    assert!(looks_streamed(STREAM.as_bytes()) && !looks_streamed(folded.to_string().as_bytes()));
    assert!(!looks_streamed(serde_json::to_string_pretty(&folded).unwrap().as_bytes()));
}

#[test]
fn an_error_is_a_fault_whole_and_amid_a_stream() {
    let body = br#"{"error":"model runner has unexpectedly stopped"}"#;
    assert!(inspect_reply(Ollama, body).unwrap_err().message.contains("runner"));
    let frames = lines(&[body]);
    assert!(matches!(Watch::new(Ollama).see(&frames[0]), Seen::Fault(_)));
    for client in OTHERS {
        assert!(translate_reply(Ollama, client, body, "m", &WayBack::default()).is_err());
        let mut translator = StreamTranslator::new(Ollama, client, "m", &WayBack::default());
        assert!(matches!(translator.push(&frames[0], &mut Vec::new()), Seen::Fault(_)));
    }
}

#[test]
fn a_stream_is_asked_for_unless_it_is_refused() {
    for (body, stream) in [
        (r#"{"model":"m"}"#, true),
        (r#"{"model":"m","stream":true}"#, true),
        (r#"{"model":"m","stream":false}"#, false),
    ] {
        assert_eq!(glance_as(Ollama, body.as_bytes(), None).unwrap().stream, stream, "{body}");
    }
}

fn every_field() -> Value {
    json!({
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Look", "images": ["/9j/aW1n"]},
            {"role": "assistant", "content": "", "thinking": "Hm", "tool_calls": [
                {"function": {"name": "look", "arguments": {"n": 1.10}}},
                {"function": {"name": "look", "arguments": {}}}]},
            {"role": "tool", "tool_name": "look", "content": "first"},
            {"role": "tool", "content": "second"},
            {"role": "user", "content": "Go on."},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "description": "Looks",
            "parameters": {"type": "object", "properties": {"n": {"type": "number"}}}}}],
        "format": {"type": "object", "properties": {"a": {"type": "string"}}},
        "think": "high", "keep_alive": "5m",
        "options": {"num_ctx": 8192, "num_predict": 99, "temperature": 0.5, "top_k": 40, "top_p": 0.9,
            "stop": "END", "seed": 7, "presence_penalty": 0.1, "repeat_penalty": 1.1},
    })
}

#[test]
fn every_field_reaches_chat_or_is_named_as_lost() {
    let told = translate_request(Ollama, Chat, every_field().to_string().as_bytes(), "v").unwrap();
    let body: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(body["stream"], true);
    assert_eq!(
        body["messages"][1]["content"][0]["image_url"]["url"],
        "data:image/jpeg;base64,/9j/aW1n"
    );
    let calls = &body["messages"][2]["tool_calls"];
    assert_eq!(calls[0]["function"]["arguments"], "{\"n\":1.1}");
    assert_ne!(calls[0]["id"], calls[1]["id"]);
    // Results without ids belong to the calls in their order.
    assert_eq!(body["messages"][3]["tool_call_id"], calls[0]["id"]);
    assert_eq!(body["messages"][4]["tool_call_id"], calls[1]["id"]);
    assert_eq!(body["messages"][4]["content"], "second");
    assert_eq!(
        [
            &body["max_tokens"],
            &body["temperature"],
            &body["seed"],
            &body["stop"],
            &body["reasoning_effort"]
        ],
        [&json!(99), &json!(0.5), &json!(7), &json!(["END"]), &json!("high")]
    );
    assert_eq!(
        body["response_format"]["json_schema"]["schema"]["properties"]["a"]["type"],
        "string"
    );
    for lost in ["keep_alive", "options.num_ctx", "options.repeat_penalty", "top_k"] {
        assert!(told.losses.iter().any(|loss| loss.contains(lost)), "{lost}: {:?}", told.losses);
    }
}

#[test]
fn a_chat_request_is_said_in_ollamas_words() {
    let body = json!({
        "model": "x", "max_tokens": 50, "temperature": 1.5, "seed": 3, "stop": "END", "user": "me",
        "reasoning_effort": "low", "response_format": {"type": "json_object"}, "tool_choice": "required",
        "messages": [
            {"role": "system", "content": "One."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,aW1n"}},
                {"type": "image_url", "image_url": {"url": "https://h.example/i.png"}}]},
            {"role": "assistant", "content": null, "reasoning_content": "Hm", "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{\"n\":1}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "found"},
        ],
        "tools": [{"type": "function", "function": {"name": "look"}}],
    });
    let told =
        translate_request(Chat, Ollama, body.to_string().as_bytes(), "gpt-oss:120b").unwrap();
    let sent: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(sent["stream"], false);
    assert_eq!(sent["messages"][1], json!({"role": "user", "content": "Hi", "images": ["aW1n"]}));
    assert_eq!(sent["messages"][2]["thinking"], "Hm");
    assert_eq!(sent["messages"][2]["tool_calls"][0]["function"]["arguments"], json!({"n": 1}));
    assert_eq!(
        sent["messages"][3],
        json!({"role": "tool", "tool_name": "look", "tool_call_id": "c1", "content": "found"})
    );
    assert_eq!(
        sent["options"],
        json!({"num_predict": 50, "temperature": 1.5, "seed": 3, "stop": ["END"]})
    );
    assert_eq!((&sent["think"], &sent["format"]), (&json!("low"), &json!("json")));
    for lost in ["user:", "tool_choice:", "content:"] {
        assert!(told.losses.iter().any(|loss| loss.starts_with(lost)), "{lost} {:?}", told.losses);
    }
    let plain = translate_request(Chat, Ollama, body.to_string().as_bytes(), "qwen3").unwrap();
    let plain: Value = serde_json::from_slice(&plain.body).unwrap();
    assert_eq!(plain["think"], true);
}

#[test]
fn no_choice_means_no_tools() {
    let body = json!({"model": "x", "messages": [{"role": "user", "content": "x"}], "tool_choice": "none",
        "tools": [{"type": "function", "function": {"name": "look"}}]});
    let told = translate_request(Chat, Ollama, body.to_string().as_bytes(), "m").unwrap();
    assert!(serde_json::from_slice::<Value>(&told.body).unwrap().get("tools").is_none());
}

#[test]
fn a_bare_prompt_is_a_conversation_of_one_turn_and_is_answered_bare() {
    let body = json!({"model": "m", "prompt": "hi", "system": "Be brief.", "raw": true});
    for vendor in [Chat, Messages, Responses] {
        let told = translate_request(Ollama, vendor, body.to_string().as_bytes(), "v").unwrap();
        assert!(told.losses.iter().any(|loss| loss.starts_with("raw:")), "{:?}", told.losses);
        let text = String::from_utf8(told.body).unwrap();
        assert!(text.contains("hi") && text.contains("Be brief."), "{text}");
    }
    let back = translate_request(Ollama, Chat, body.to_string().as_bytes(), "v").unwrap().way_back;
    let reply = json!({"id": "r", "choices": [{"message": {"content": "yes"}, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 4, "completion_tokens": 2}});
    let reply = translate_reply(Chat, Ollama, reply.to_string().as_bytes(), "m", &back).unwrap();
    let reply: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((&reply["response"], &reply["done_reason"]), (&json!("yes"), &json!("length")));
    assert_eq!((&reply["prompt_eval_count"], &reply["eval_count"]), (&json!(4), &json!(2)));
    assert!(reply.get("message").is_none());
}

#[test]
fn ids_differ_from_answer_to_answer() {
    let ask = |moment: &str| {
        let body = json!({"created_at": moment, "done": true, "message": {"role": "assistant", "content": "",
            "tool_calls": [{"function": {"name": "f", "arguments": {}}}, {"function": {"name": "f"}}]}});
        let reply =
            translate_reply(Ollama, Chat, body.to_string().as_bytes(), "m", &WayBack::default())
                .unwrap();
        let reply: Value = serde_json::from_slice(&reply.body).unwrap();
        let calls = reply["choices"][0]["message"]["tool_calls"].as_array().unwrap().clone();
        assert_eq!(calls[1]["function"]["arguments"], "{}");
        calls.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut ids = ask("2025-07-10T21:00:00.1Z");
    ids.extend(ask("2025-07-10T21:00:00.2Z"));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[test]
fn wrong_forms_are_named_with_their_path() {
    for (body, path) in [
        (r#"{"model":"m","messages":{}}"#, "messages"),
        (r#"{"model":"m","messages":[{"role":"robot"}]}"#, "messages[0].role"),
        (r#"{"model":"m","messages":[],"options":{"num_predict":"x"}}"#, "options.num_predict"),
        (r#"{"model":"m","messages":[],"tools":[{}]}"#, "tools[0].function"),
        (r#"{"model":"m","messages":[],"think":7}"#, "think"),
    ] {
        let error = translate_request(Ollama, Chat, body.as_bytes(), "v").unwrap_err();
        let BodyError::Field { field, .. } = &error else { panic!("{body}: {error:?}") };
        assert_eq!(field, path, "{body}");
    }
}
