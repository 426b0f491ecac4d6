//! Whole replies told as streams, and streams told as whole replies.
#![cfg(test)]

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::grammar::{self, Ending};
use support::{data, fixtures, others, path, stream_ending, translate};
use switchyard_dialect::{WayBack, fold, inspect_reply, looks_streamed, translate_reply, unfold};
use switchyard_types::Dialect;
use switchyard_types::Dialect::{Chat, Gemini, Messages, Ollama, Responses};

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
        Responses => vec![
            value(&data("responses/reply_calls.reply.json")),
            value(&data("responses/reply_short.reply.json")),
        ],
        Gemini => vec![
            json!({"candidates": [{"content": {"parts": [
                {"text": "Hm.", "thought": true},
                {"text": "Größe 漢字\n", "thoughtSignature": "c2ln"},
                {"functionCall": {"id": "a", "name": "read", "args": {"n": 1.5}}, "thoughtSignature": "c2lnMg=="},
                {"functionCall": {"id": "b", "name": "list", "args": {}}},
            ], "role": "model"}, "finishReason": "STOP", "index": 0, "groundingMetadata": {"webSearchQueries": ["x"]}}],
                "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5}, "modelVersion": "m", "responseId": "r"}),
            value(&data("gemini/grounded.reply.json")),
        ],
        Ollama => vec![
            json!({"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": "Größe 漢字\n", "thinking": "Hm.", "tool_calls": [
                {"id": "a", "function": {"index": 0, "name": "read", "arguments": {"n": 1.5}}},
            ]}, "done": true, "done_reason": "stop", "total_duration": 9, "prompt_eval_count": 3, "eval_count": 2}),
            value(&data("ollama/prompt.reply.json")),
        ],
    }
}

#[test]
fn a_reply_told_as_a_stream_and_folded_is_the_same_reply() {
    for dialect in Dialect::ALL {
        for reply in replies(dialect) {
            let stream = unfold(dialect, reply.to_string().as_bytes()).unwrap();
            // A stream of Ollama's that has one line is the reply itself.
            assert!(looks_streamed(&stream) || dialect == Ollama);
            assert!(!looks_streamed(reply.to_string().as_bytes()));
            // The grammars know one choice, and neither hosted tools nor pictures.
            let told = reply.to_string();
            if !told.contains("\"index\":1") && !told.contains("server_tool_use") {
                assert_eq!(grammar::check(dialect, &stream), Ok(Ending::Good), "{reply}");
            }
            assert_eq!(value(&fold(dialect, &stream).unwrap()), reply);
        }
    }
}

#[test]
fn a_reply_written_over_many_lines_is_told_as_the_same_stream() {
    for dialect in Dialect::ALL {
        for reply in replies(dialect) {
            let many_lines = serde_json::to_string_pretty(&reply).unwrap().replace('\n', "\r\n");
            let stream = unfold(dialect, many_lines.as_bytes()).unwrap();
            assert_eq!(value(&fold(dialect, &stream).unwrap()), reply);
        }
    }
}

#[test]
fn numbers_stay_as_they_were_written() {
    let reply = r#"{"id":"m","type":"message","content":[{"type":"tool_use","id":"t","name":"f","input":{"n":1.10e400,"big":123456789012345678901}}],"stop_reason":"tool_use"}"#;
    let stream = unfold(Messages, reply.as_bytes()).unwrap();
    let folded = String::from_utf8(fold(Messages, &stream).unwrap()).unwrap();
    assert!(folded.contains(r#""input":{"n":1.10e400,"big":123456789012345678901}"#), "{folded}");
}

/// Streams of which the reply that they fold to says something else than they do, for these clients.
const EXCEPTIONS: [(&str, &[Dialect]); 5] = [
    // Words after calls have no place in a whole reply of Chat.
    ("chat/interleaved_calls", &[Messages, Responses]),
    // Probabilities stand on pieces that say nothing, which only a whole reply carries.
    ("chat/every_field", &[Responses, Gemini, Ollama]),
    // A whole reply with half a call is refused; a stream has said by then what it had.
    ("chat/cut_arguments", &[Messages, Responses, Gemini, Ollama]),
    // The last event lists other items than were told.
    ("responses/call", &[Chat, Messages, Gemini, Ollama]),
    // Two messages are two parts, and the pieces of a stream have no borders.
    ("responses/two_messages", &[Gemini]),
];

/// The reply that a vendor's stream folds to reads as the stream itself does in every other dialect.
#[test]
fn folding_before_and_after_translation_says_the_same() {
    let back = WayBack::default();
    for vendor in Dialect::ALL {
        let mut folded = 0;
        for (name, stream) in fixtures(vendor, stream_ending(vendor)) {
            let (stem, _) = name.split_once('.').unwrap();
            let failing = ["error", "failed", "blocked"].iter().any(|word| stem.contains(word));
            let whole = fold(vendor, &stream);
            assert_eq!(whole.is_err(), failing, "{name}: {whole:?}");
            let Ok(whole) = whole else { continue };
            inspect_reply(vendor, &whole).unwrap();
            for client in others(vendor) {
                let first = translate_reply(vendor, client, &whole, "combo", &back);
                let out = translate(vendor, client, &grammar::split(vendor, &[&stream]), &back);
                let mut later = value(&fold(client, out.text.as_bytes()).unwrap());
                let mut told = first.as_ref().map_or(Value::Null, |first| value(&first.body));
                // Counts are told to a streaming Chat client only if it asks.
                if client == Chat {
                    told["usage"] = Value::Null;
                    later["usage"] = Value::Null;
                }
                let exception =
                    EXCEPTIONS.iter().any(|(of, clients)| *of == stem && clients.contains(&client));
                assert_eq!(later != told, exception, "{name} for {client:?}: {later} {told}");
                if let Ok(first) = first {
                    assert_eq!(out.usage, first.usage, "{name} for {client:?}");
                }
                folded += 1;
            }
        }
        assert!(folded >= 12, "{vendor:?}: {folded}");
    }
}

/// Content in parts (Mistral's), lists that come in pieces (`OpenRouter`'s reasoning) and functions of old add up.
#[test]
fn pieces_of_every_kind_add_up() {
    let piece = |delta: Value| {
        format!("data: {}\n\n", json!({"id": "1", "choices": [{"index": 0, "delta": delta}]}))
    };
    let thought =
        |text: &str| json!({"type": "thinking", "thinking": [{"type": "text", "text": text}]});
    let end = json!({"id": "1", "choices": [{"index": 0, "delta": {"content": "k."}, "finish_reason": "stop"}]});
    let stream = [
        piece(json!({"content": "So: "})),
        piece(json!({"content": [thought("H"), thought("m.")]})),
        piece(
            json!({"content": [{"type": "text", "text": "O"}], "reasoning_details": [{"index": 0, "text": "a"}]}),
        ),
        piece(json!({"reasoning_details": [{"index": 0, "text": "b"}]})),
        piece(json!({"function_call": {"name": "f"}})),
        piece(json!({"function_call": {"arguments": "{\"n\":"}})),
        piece(json!({"function_call": {"arguments": "1}"}})),
        format!("data: {end}\n\n"),
    ];
    let whole = value(&fold(Chat, stream.concat().as_bytes()).unwrap());
    assert_eq!(
        whole["choices"][0]["message"],
        json!({
            "role": "assistant",
            "content": [
                {"type": "text", "text": "So: "},
                {"type": "thinking", "thinking": [{"type": "text", "text": "H"}, {"type": "text", "text": "m."}]},
                {"type": "text", "text": "Ok."},
            ],
            "reasoning_details": [{"index": 0, "text": "a"}, {"index": 0, "text": "b"}],
            "function_call": {"name": "f", "arguments": "{\"n\":1}"},
        })
    );
}

#[test]
fn what_is_no_whole_answer_is_a_fault() {
    for dialect in Dialect::ALL {
        for body in ["", "<html><title>502</title>", "{\"error\":{\"message\":\"busy\"}}", "[]"] {
            assert!(unfold(dialect, body.as_bytes()).is_err(), "{dialect:?} {body}");
        }
        let stream = data(&format!("{}/text{}", dialect.as_str(), stream_ending(dialect)));
        let all = grammar::split(dialect, &[&stream]);
        // The last events of some say nothing any more.
        let ends = if matches!(dialect, Gemini | Ollama) { 1 } else { 3 };
        let cut: Vec<u8> =
            all[..all.len() - ends].iter().flat_map(|frame| frame.raw.to_vec()).collect();
        let fault = fold(dialect, &cut).unwrap_err();
        assert!(fault.message.contains("broke off"), "{dialect:?}: {fault:?}");
        assert!(fold(dialect, b": nothing\n\n").is_err());
        let fault = ["error_inside", "failed_inside"]
            .iter()
            .map(|name| path(&format!("{}/{name}{}", dialect.as_str(), stream_ending(dialect))))
            .find(|path| path.exists())
            .map(|path| fold(dialect, &std::fs::read(path).unwrap()).unwrap_err())
            .unwrap();
        assert!(!fault.message.contains("broke off"), "{dialect:?}: {fault:?}");
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
        for client in others(Messages) {
            let back = WayBack::default();
            let first = value(&translate_reply(Messages, client, reply.to_string().as_bytes(), "combo", &back).unwrap().body);
            let out = translate(Messages, client, &grammar::split(Messages, &[&stream]), &back);
            let mut later = value(&fold(client, out.text.as_bytes()).unwrap());
            if client == Chat {
                later["usage"] = first["usage"].clone();
            }
            prop_assert_eq!(later, first);
        }
    }
}
