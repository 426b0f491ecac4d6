//! Whole replies told as streams, and streams told as whole replies.
#![cfg(test)]

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::grammar::{self, Ending};
use support::{data, frames};
use switchyard_dialect::{WayBack, fold, inspect_reply, looks_streamed, translate_reply, unfold};
use switchyard_types::Dialect;
use switchyard_types::Dialect::{Chat, Messages, Responses};

const OURS: [Dialect; 3] = [Chat, Messages, Responses];

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// Replies with everything that a stream of their dialect can tell.
fn replies(dialect: Dialect) -> Vec<Value> {
    match dialect {
        Chat => vec![
            json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 7, "model": "m", "system_fingerprint": "fp", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Größe 漢字\n"}, "logprobs": null, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}),
            json!({"id": "chatcmpl-2", "object": "chat.completion", "created": 7, "model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": null, "reasoning_content": "Hm.", "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "read", "arguments": "{\"n\":1.10}"}},
                {"id": "b", "type": "function", "function": {"name": "list", "arguments": ""}},
            ]}, "logprobs": null, "finish_reason": "tool_calls"}]}),
            json!({"id": "chatcmpl-3", "object": "chat.completion", "created": 7, "model": "m", "choices": [
                {"index": 0, "message": {"role": "assistant", "content": null, "refusal": "No."}, "logprobs": {"content": [{"token": "N"}]}, "finish_reason": "content_filter"},
                {"index": 1, "message": {"role": "assistant", "content": "Yes"}, "logprobs": null, "finish_reason": "length"},
            ]}),
        ],
        Messages => vec![
            json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                {"type": "redacted_thinking", "data": "c2VhbA=="},
                {"type": "text", "text": "Größe", "citations": [{"type": "char_location", "cited_text": "x"}]},
                {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {"query": "x"}},
                {"type": "web_search_tool_result", "tool_use_id": "srv_1", "content": [{"type": "web_search_result", "url": "u"}]},
                {"type": "tool_use", "id": "t", "name": "read", "input": {"n": 1.5, "t": "\u{e9}"}},
                {"type": "tool_use", "id": "u", "name": "list", "input": {}},
            ], "stop_reason": "tool_use", "stop_sequence": null, "usage": {"input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": 1}}),
            json!({"id": "msg_2", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": "stop_sequence", "stop_sequence": "END", "usage": {"input_tokens": 3, "output_tokens": 0}}),
        ],
        _ => vec![
            value(&data("responses/reply_calls.reply.json")),
            value(&data("responses/reply_short.reply.json")),
        ],
    }
}

#[test]
fn a_reply_told_as_a_stream_and_folded_is_the_same_reply() {
    for dialect in OURS {
        for reply in replies(dialect) {
            let stream = unfold(dialect, reply.to_string().as_bytes()).unwrap();
            assert!(looks_streamed(&stream) && !looks_streamed(reply.to_string().as_bytes()));
            // The grammar of Chat knows one choice only.
            if reply["choices"].as_array().is_none_or(|choices| choices.len() < 2) {
                legal(dialect, &reply, &stream);
            }
            assert_eq!(value(&fold(dialect, &stream).unwrap()), reply);
        }
    }
}

#[test]
fn a_reply_written_over_many_lines_is_told_as_the_same_stream() {
    for dialect in OURS {
        for reply in replies(dialect) {
            let many_lines = serde_json::to_string_pretty(&reply).unwrap().replace('\n', "\r\n");
            let stream = unfold(dialect, many_lines.as_bytes()).unwrap();
            assert_eq!(value(&fold(dialect, &stream).unwrap()), reply);
        }
    }
}

fn legal(dialect: Dialect, reply: &Value, stream: &[u8]) {
    let hosted = reply.to_string().contains("server_tool_use");
    if !hosted {
        assert_eq!(grammar::check(dialect, stream), Ok(Ending::Good), "{reply}");
    }
}

#[test]
fn numbers_stay_as_they_were_written() {
    let reply = r#"{"id":"m","type":"message","content":[{"type":"tool_use","id":"t","name":"f","input":{"n":1.10e400,"big":123456789012345678901}}],"stop_reason":"tool_use"}"#;
    let stream = unfold(Messages, reply.as_bytes()).unwrap();
    let folded = String::from_utf8(fold(Messages, &stream).unwrap()).unwrap();
    assert!(folded.contains(r#""input":{"n":1.10e400,"big":123456789012345678901}"#), "{folded}");
}

/// The reply that a vendor's stream folds to reads as the stream itself does in every other dialect. (Only
/// what a whole Chat reply cannot say, words after calls, has no place here.)
#[test]
fn folding_before_and_after_translation_says_the_same() {
    for (vendor, name) in [
        (Chat, "text"),
        (Chat, "reasoning_then_parallel_calls"),
        (Chat, "repeated_id_and_name"),
        (Chat, "no_done_and_late_usage"),
        (Chat, "content_after_finish"),
        (Chat, "refusal"),
        (Messages, "text"),
        (Messages, "thinking_and_calls"),
        (Messages, "whole_input_at_once"),
        (Messages, "stop_sequence"),
        (Responses, "reasoning_and_calls"),
        (Responses, "sealed_reasoning"),
        (Responses, "refusal"),
        (Responses, "cut_short"),
        (Responses, "two_messages"),
        (Responses, "only_completed"),
        (Responses, "items_without_deltas"),
        (Responses, "interleaved_calls"),
    ] {
        let stream = data(&format!("{}/{name}.sse", vendor.as_str()));
        let whole = fold(vendor, &stream).unwrap();
        inspect_reply(vendor, &whole).unwrap();
        for client in OURS.into_iter().filter(|client| *client != vendor) {
            let back = WayBack::default();
            let first = translate_reply(vendor, client, &whole, "combo", &back).unwrap();
            let out = support::translate(vendor, client, &frames(&stream), &back);
            let mut later = value(&fold(client, out.text.as_bytes()).unwrap());
            let mut first_body = value(&first.body);
            // Counts are told to a streaming Chat client only if it asks.
            if client == Chat {
                first_body.as_object_mut().unwrap().remove("usage");
                later.as_object_mut().unwrap().remove("usage");
            }
            assert_eq!(later, first_body, "{}/{name} for {}", vendor.as_str(), client.as_str());
            assert_eq!(out.usage, first.usage, "{name}");
        }
    }
}

#[test]
fn what_is_no_whole_answer_is_a_fault() {
    for dialect in OURS {
        for body in ["", "<html><title>502</title>", "{\"error\":{\"message\":\"busy\"}}", "[]"] {
            assert!(unfold(dialect, body.as_bytes()).is_err(), "{dialect:?} {body}");
        }
        let stream = data(&format!("{}/text.sse", dialect.as_str()));
        let all = frames(&stream);
        let cut: Vec<u8> =
            all[..all.len() - 3].iter().flat_map(|frame| frame.raw.to_vec()).collect();
        let fault = fold(dialect, &cut).unwrap_err();
        assert!(fault.message.contains("broke off"), "{dialect:?}: {fault:?}");
        assert!(fold(dialect, b": nothing\n\n").is_err());
    }
    for (dialect, name) in [
        (Chat, "chat/error_inside"),
        (Messages, "messages/error_inside"),
        (Responses, "responses/failed_inside"),
    ] {
        let fault = fold(dialect, &data(&format!("{name}.sse"))).unwrap_err();
        assert!(!fault.message.contains("broke off"), "{name}: {fault:?}");
    }
}

proptest! {
    #[test]
    fn any_words_and_arguments_fold_to_what_they_were(
        thought in "\\PC{0,12}",
        text in "[\\PC\n\"\\\\]{1,24}",
        key in "[a-z\u{e9}]{1,6}",
        number in any::<i64>(),
        calls in 0_usize..4,
    ) {
        let mut content = vec![json!({"type": "thinking", "thinking": thought, "signature": "c2ln"}), json!({"type": "text", "text": text})];
        content.extend((0..calls).map(|nth| json!({"type": "tool_use", "id": format!("t{nth}"), "name": "f", "input": {(key.clone()): number}})));
        let reply = json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": content, "stop_reason": if calls > 0 { "tool_use" } else { "end_turn" }, "stop_sequence": null, "usage": {"input_tokens": 1, "output_tokens": 1}});
        let stream = unfold(Messages, reply.to_string().as_bytes()).unwrap();
        prop_assert_eq!(value(&fold(Messages, &stream).unwrap()), reply.clone());
        for client in [Chat, Responses] {
            let back = WayBack::default();
            let first = value(&translate_reply(Messages, client, reply.to_string().as_bytes(), "combo", &back).unwrap().body);
            let out = support::translate(Messages, client, &frames(&stream), &back);
            let mut later = value(&fold(client, out.text.as_bytes()).unwrap());
            if client == Chat {
                later["usage"] = first["usage"].clone();
            }
            prop_assert_eq!(later, first);
        }
    }
}
