//! Streams, passed and translated, held against the grammar of their dialect.
#![cfg(test)]

mod support;

use serde_json::Value;
use support::grammar::{self, Ending};
use support::{broken, data, fixtures, frames, stream_ending, translate};
use switchyard_dialect::{Frame, Seen, StreamTranslator, Watch, WayBack, translate_request};
use switchyard_types::{Dialect, Usage};

use Seen::{Content, End, Handshake, Other, Silence};

/// The way back of a Chat client that wants counts.
fn counted() -> WayBack {
    let body = br#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true}}"#;
    let mut back = translate_request(Dialect::Chat, Dialect::Messages, body, "v").unwrap().way_back;
    back.created = 1_700_000_000;
    back
}

#[test]
fn a_passing_stream_cut_after_any_event_is_legal() {
    for dialect in Dialect::ALL {
        // Those whose vendor keeps the rules itself.
        let legal: Vec<_> = fixtures(dialect, stream_ending(dialect))
            .into_iter()
            .filter(|(_, bytes)| grammar::check(dialect, bytes) == Ok(Ending::Good))
            .collect();
        assert!(legal.len() > 1, "{dialect:?}: {} of its streams are legal", legal.len());
        for (name, bytes) in legal {
            let all = grammar::split(dialect, &[&bytes]);
            for cut in 0..=all.len() {
                let mut watch = Watch::new(dialect);
                let mut out = Vec::new();
                for frame in &all[..cut] {
                    watch.see(frame);
                    out.extend_from_slice(&frame.raw);
                }
                let complete = watch.ended();
                out.extend_from_slice(&watch.ending(&broken()));
                assert!(watch.ending(&broken()).is_empty() || complete, "{name}: it ends twice");
                // A Chat stream may be whole before its last line; clients take that.
                if complete && dialect == Dialect::Chat && !out.ends_with(b"[DONE]\n\n") {
                    out.extend_from_slice(b"data: [DONE]\n\n");
                }
                let ending = grammar::check(dialect, &out)
                    .unwrap_or_else(|told| panic!("{name} cut after {cut}: {told}"));
                assert_eq!(ending == Ending::Good, complete, "{name} cut after {cut}");
            }
        }
    }
}

fn sights(dialect: Dialect, bytes: &[u8]) -> (Vec<Seen>, Watch) {
    let mut watch = Watch::new(dialect);
    let seen = frames(bytes).iter().map(|frame| watch.see(frame)).collect();
    (seen, watch)
}

#[test]
fn the_tap_tells_handshake_content_and_end_apart() {
    let chat = sights(Dialect::Chat, &data("chat/text.sse")).0;
    assert_eq!(chat, [Silence, Handshake, Content, Content, Handshake, Handshake, End]);
    let messages = sights(Dialect::Messages, &data("messages/text.sse")).0;
    let expected = [Handshake, Handshake, Silence, Content, Content, Handshake, Handshake, End];
    assert_eq!(messages, expected);
    let responses = sights(Dialect::Responses, &data("responses/text.sse")).0;
    let expected = [Handshake, Handshake, Handshake, Handshake, Content, Handshake, Handshake, End];
    assert_eq!(responses, expected);
    let call = sights(Dialect::Responses, &data("responses/call.sse")).0;
    assert_eq!(call, [Handshake, Content, Content, End]);
}

#[test]
fn the_translator_sees_the_same_as_the_tap() {
    let (mut translator, mut out) = (
        StreamTranslator::new(Dialect::Chat, Dialect::Messages, "m", &WayBack::default()),
        Vec::new(),
    );
    let seen: Vec<Seen> = frames(&data("chat/text.sse"))
        .iter()
        .map(|frame| translator.push(frame, &mut out))
        .collect();
    assert_eq!(seen, [Silence, Handshake, Content, Content, Handshake, End, Other]);
}

#[test]
fn empty_deltas_roles_and_signatures_are_no_content() {
    for (dialect, event) in [
        (
            Dialect::Chat,
            r#"{"id":"1","choices":[{"delta":{"role":"assistant","content":null,"tool_calls":[]}}]}"#,
        ),
        (
            Dialect::Chat,
            r#"{"id":"1","choices":[{"delta":{"content":"","reasoning_content":""}}]}"#,
        ),
        (
            Dialect::Messages,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}"#,
        ),
        (
            Dialect::Messages,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"x"}}"#,
        ),
        (
            Dialect::Messages,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
        ),
        (
            Dialect::Responses,
            r#"{"type":"response.output_item.added","item":{"type":"reasoning","summary":[]}}"#,
        ),
    ] {
        let (seen, watch) = sights(dialect, format!("data: {event}\n\n").as_bytes());
        assert_eq!(seen, [Seen::Handshake], "{event}");
        assert!(!watch.committed());
    }
}

#[test]
fn thinking_calls_and_refusals_are_content() {
    for (dialect, event) in [
        (Dialect::Chat, r#"{"choices":[{"delta":{"reasoning":"x"}}]}"#),
        (
            Dialect::Chat,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f"}}]}}]}"#,
        ),
        (Dialect::Chat, r#"{"choices":[{"delta":{"refusal":"no"}}]}"#),
        (
            Dialect::Messages,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}"#,
        ),
        (
            Dialect::Messages,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"x"}}"#,
        ),
        (Dialect::Responses, r#"{"type":"response.refusal.delta","delta":"no"}"#),
    ] {
        let (seen, watch) = sights(dialect, format!("data: {event}\n\n").as_bytes());
        assert_eq!(seen, [Seen::Content], "{event}");
        assert!(watch.committed());
    }
}

#[test]
fn an_error_inside_a_stream_is_a_fault_and_an_end() {
    for (dialect, event) in [
        (Dialect::Chat, "data: {\"error\":{\"message\":\"busy\",\"code\":503}}\n\n"),
        (Dialect::Chat, "data: {\"object\":\"error\",\"message\":\"busy\",\"code\":503}\n\n"),
        (Dialect::Chat, "event: error\ndata: {\"message\":\"busy\",\"code\":503}\n\n"),
        (
            Dialect::Messages,
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":\"busy\",\"code\":503}}\n\n",
        ),
        (Dialect::Responses, "data: {\"type\":\"error\",\"message\":\"busy\",\"code\":503}\n\n"),
        (
            Dialect::Responses,
            "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"message\":\"busy\",\"code\":503}}}\n\n",
        ),
    ] {
        let (seen, mut watch) = sights(dialect, event.as_bytes());
        let [Seen::Fault(fault)] = seen.as_slice() else { panic!("{event}: {seen:?}") };
        assert_eq!((fault.message.as_str(), fault.status), ("busy", Some(503)), "{event}");
        assert!(watch.ended() && watch.ending(&broken()).is_empty());
    }
}

#[test]
fn a_fault_amid_a_translated_stream_appends_nothing_until_it_is_told() {
    for (vendor, client) in [
        (Dialect::Chat, Dialect::Messages),
        (Dialect::Messages, Dialect::Chat),
        (Dialect::Chat, Dialect::Chat),
    ] {
        let bytes = data(&format!("{}/error_inside.sse", vendor.as_str()));
        let all: Vec<Frame> = frames(&bytes);
        let mut translator = StreamTranslator::new(vendor, client, "m", &WayBack::default());
        let mut out = Vec::new();
        let (last, before) = all.split_last().unwrap();
        for frame in before {
            translator.push(frame, &mut out);
        }
        let length = out.len();
        assert!(matches!(translator.push(last, &mut out), Seen::Fault(_)));
        assert_eq!((out.len(), translator.ended()), (length, false));
        translator.finish(&mut out);
        translator.fail(&broken(), &mut out);
        translator.fail(&broken(), &mut out);
        assert!(translator.ended());
        let whole = String::from_utf8(out).unwrap();
        assert_eq!(whole.matches("the vendor broke off").count(), 1);
    }
}

fn usage(input: u64, cache_read: u64, cache_write: u64, output: u64, reasoning: u64) -> Usage {
    Usage { input, output, cache_read, cache_write, reasoning }
}

#[test]
fn usage_is_what_the_vendor_said() {
    let of = |dialect, name: &str| sights(dialect, &data(name)).1.usage();
    assert_eq!(of(Dialect::Chat, "chat/text.sse"), Some(usage(40, 60, 0, 20, 5)));
    assert_eq!(of(Dialect::Messages, "messages/text.sse"), Some(usage(40, 60, 7, 20, 0)));
    assert_eq!(of(Dialect::Messages, "messages/unnamed_events.sse"), Some(usage(9, 4, 0, 3, 0)));
    assert_eq!(of(Dialect::Responses, "responses/text.sse"), Some(usage(40, 60, 0, 20, 5)));
}

#[test]
fn chat_counts_are_read_in_every_vendors_words() {
    for (counts, expected) in [
        (
            r#"{"prompt_tokens":10,"completion_tokens":4,"prompt_cache_hit_tokens":6}"#,
            usage(4, 6, 0, 4, 0),
        ),
        (r#"{"prompt_tokens":10,"completion_tokens":4,"cached_tokens":6}"#, usage(4, 6, 0, 4, 0)),
        (
            r#"{"prompt_tokens":10.0,"completion_tokens":"4","prompt_tokens_details":null}"#,
            usage(10, 0, 0, 4, 0),
        ),
        // Reasoning beside the completion, as the total gives away.
        (
            r#"{"prompt_tokens":10,"completion_tokens":4,"total_tokens":17,"completion_tokens_details":{"reasoning_tokens":3}}"#,
            usage(10, 0, 0, 7, 3),
        ),
        (
            r#"{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,"completion_tokens_details":{"reasoning_tokens":3}}"#,
            usage(10, 0, 0, 4, 3),
        ),
        (
            r#"{"prompt_tokens":2,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":9}}"#,
            usage(0, 9, 0, 1, 0),
        ),
    ] {
        let event = format!("data: {{\"choices\":[],\"usage\":{counts}}}\n\n");
        assert_eq!(sights(Dialect::Chat, event.as_bytes()).1.usage(), Some(expected), "{counts}");
    }
    assert_eq!(sights(Dialect::Chat, b"data: {\"choices\":[],\"usage\":null}\n\n").1.usage(), None);
}

#[test]
fn late_usage_reaches_the_client() {
    let out = translate(
        Dialect::Chat,
        Dialect::Messages,
        &frames(&data("chat/text.sse")),
        &WayBack::default(),
    );
    let last = frames(out.text.as_bytes());
    let delta: Value = serde_json::from_slice(&last[last.len() - 2].data).unwrap();
    assert_eq!(delta["usage"]["input_tokens"], 40);
    assert_eq!(delta["usage"]["cache_read_input_tokens"], 60);
    assert_eq!(delta["usage"]["output_tokens"], 20);
}

#[test]
fn a_chat_client_gets_counts_only_if_it_asked() {
    let all = frames(&data("messages/text.sse"));
    let plain = translate(Dialect::Messages, Dialect::Chat, &all, &WayBack::default()).text;
    assert!(!plain.contains("usage"));
    let asked = translate(Dialect::Messages, Dialect::Chat, &all, &counted()).text;
    assert!(asked.contains(r#""prompt_tokens":107"#) && asked.contains(r#""total_tokens":127"#));
}

#[test]
fn a_stream_that_stops_without_reason_is_not_whole() {
    let all = frames(b"data: {\"id\":\"1\",\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n");
    assert!(!translate(Dialect::Chat, Dialect::Messages, &all, &WayBack::default()).ended);
    let (_, watch) = sights(Dialect::Chat, &all[0].raw);
    assert!(!watch.ended());
}

#[test]
fn numbers_and_escapes_in_arguments_stay_as_they_were() {
    let arguments = r#"{"n":1.10e400,"big":123456789012345678901,"t":"\u00e9\n"}"#;
    let chunk = serde_json::json!({"id": "1", "choices": [{"delta": {"tool_calls": [
        {"index": 0, "id": "a", "function": {"name": "f", "arguments": arguments}}]}, "finish_reason": "tool_calls"}]});
    let all = frames(format!("data: {chunk}\n\n").as_bytes());
    let out = translate(Dialect::Chat, Dialect::Messages, &all, &WayBack::default()).text;
    let told: String = frames(out.as_bytes())
        .iter()
        .map(|frame| serde_json::from_slice::<Value>(&frame.data).unwrap())
        .filter_map(|event| event["delta"]["partial_json"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(told, arguments);
}
