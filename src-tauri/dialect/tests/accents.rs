//! Vendors that speak a dialect with an accent: requests dressed, replies undressed.
#![cfg(test)]

use bytes::Bytes;
use serde_json::{Value, json};
use switchyard_dialect::{
    Addressee, Asks, BodyError, Dressed, FrameError, Occasion, Seen, Splitter, StreamTranslator,
    Terms, Tongue, dress, fold, translate_reply, translate_request_to, undress,
};
use switchyard_types::{Accent, Dialect};

fn tongue(dialect: Dialect, accent: Accent) -> Tongue {
    Tongue { dialect, accent: Some(accent) }
}

fn occasion() -> Occasion<'static> {
    Occasion { model: "m", project: None, session: "s-1", request: "r-1", asks: Asks::Answer }
}

fn dressed(tongue: Tongue, body: &Value) -> Dressed {
    dress(tongue, Bytes::from(body.to_string()), &occasion()).unwrap()
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

mod codex {
    use super::*;

    const CODEX: Tongue = Tongue { dialect: Dialect::Responses, accent: Some(Accent::Codex) };

    #[test]
    fn a_request_of_codex_itself_passes_untouched() {
        let body = Bytes::from_static(
            br#"{ "model":"m", "instructions":"Be Codex.", "input":[{"type":"message","role":"user","content":[]},
               {"type":"reasoning","encrypted_content":"x","summary":[]}], "store":false, "stream":true,
               "include":["reasoning.encrypted_content"], "prompt_cache_key":"k", "tools":[] }"#,
        );
        let dressed = dress(CODEX, body.clone(), &occasion()).unwrap();
        assert_eq!(dressed.body, body);
        assert!(dressed.losses.is_empty());
        assert!(dressed.always_streams);
    }

    #[test]
    fn what_the_backend_refuses_is_left_out_and_named() {
        let body = json!({
            "model": "m", "input": "Hi", "temperature": 0.5, "max_output_tokens": 9, "user": null,
            "store": true, "metadata": { "a": "b" },
        });
        let Dressed { body, losses, .. } = dressed(CODEX, &body);
        let body = value(&body);
        let names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        let expected =
            ["include", "input", "instructions", "model", "prompt_cache_key", "store", "stream"];
        assert_eq!(names, expected);
        assert_eq!(body["store"], false);
        assert_eq!(body["stream"], true);
        assert_eq!(body["include"], json!(["reasoning.encrypted_content"]));
        assert_eq!(body["input"][0]["content"][0]["text"], "Hi");
        assert_eq!(body["prompt_cache_key"], "s-1");
        let of = |name: &str| losses.iter().filter(|loss| loss.starts_with(name)).count();
        for (name, count) in [
            ("temperature", 1),
            ("max_output_tokens", 1),
            ("store", 1),
            ("metadata", 1),
            ("user", 0),
        ] {
            assert_eq!(of(name), count, "{name}: {losses:?}");
        }
    }

    #[test]
    fn system_messages_become_the_developers_and_unsealed_reasoning_is_left_out() {
        let body = json!({ "model": "m", "input": [
            { "role": "system", "content": "Be brief." },
            { "type": "reasoning", "id": "rs_1", "summary": [] },
            { "type": "item_reference", "id": "msg_1" },
            { "role": "user", "content": "Hi" },
        ]});
        let Dressed { body, losses, .. } = dressed(CODEX, &body);
        let input = &value(&body)["input"];
        assert_eq!(input.as_array().unwrap().len(), 2);
        assert_eq!(input[0]["role"], "developer");
        assert_eq!(losses.len(), 2);
    }

    #[test]
    fn no_sealed_reasoning_is_asked_for_where_there_is_none() {
        let body = json!({ "model": "m", "input": [], "reasoning": { "effort": "none" } });
        assert!(value(&dressed(CODEX, &body).body).get("include").is_none());
    }

    #[test]
    fn what_builds_on_kept_answers_is_refused() {
        let body = json!({ "model": "m", "input": "Hi", "previous_response_id": "resp_1" });
        let refused = dress(CODEX, Bytes::from(body.to_string()), &occasion()).unwrap_err();
        assert!(matches!(refused, BodyError::KeptElsewhere { .. }));
    }

    #[test]
    fn a_compaction_passes_as_it_is() {
        let body = Bytes::from_static(b"{\"model\":\"m\",\"input\":[],\"new\":1}");
        let occasion = Occasion { asks: Asks::Compaction, ..occasion() };
        let dressed = dress(CODEX, body.clone(), &occasion).unwrap();
        assert_eq!(dressed.body, body);
        assert!(!dressed.always_streams);
    }
}

mod copilot {
    use super::*;

    const CHAT: Tongue = Tongue { dialect: Dialect::Chat, accent: Some(Accent::Copilot) };

    fn header(dressed: &Dressed, name: &str) -> Option<String> {
        dressed.headers.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone())
    }

    #[test]
    fn the_initiator_is_whoever_sent_the_last_turn() {
        let messages = tongue(Dialect::Messages, Accent::Copilot);
        let responses = tongue(Dialect::Responses, Accent::Copilot);
        let user = json!({ "role": "user", "content": "Hi" });
        let tool = json!({ "role": "tool", "tool_call_id": "c", "content": "ok" });
        let result = json!({ "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "c", "content": "ok" },
        ]});
        let output = json!({ "type": "function_call_output", "call_id": "c", "output": "ok" });
        for (tongue, list, turn, expected) in [
            (CHAT, "messages", &user, "user"),
            (CHAT, "messages", &tool, "agent"),
            (messages, "messages", &user, "user"),
            (messages, "messages", &result, "agent"),
            (responses, "input", &user, "user"),
            (responses, "input", &output, "agent"),
        ] {
            let body = json!({ "model": "m", list: [user, turn] });
            let initiator = header(&dressed(tongue, &body), "x-initiator");
            assert_eq!(initiator.as_deref(), Some(expected), "{turn}");
        }
        assert_eq!(
            header(&dressed(responses, &json!({ "input": "Hi" })), "x-initiator").unwrap(),
            "user"
        );
    }

    #[test]
    fn only_a_request_with_an_image_says_so() {
        let image = json!({ "model": "m", "messages": [{ "role": "user", "content": [
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA==" } },
        ]}]});
        let talk =
            json!({ "model": "m", "messages": [{ "role": "user", "content": "an \"image_url\"" }]});
        assert!(header(&dressed(CHAT, &image), "copilot-vision-request").is_some());
        assert!(header(&dressed(CHAT, &talk), "copilot-vision-request").is_none());
    }

    #[test]
    fn text_and_calls_in_choices_of_their_own_are_one_choice() {
        let reply = json!({ "id": "chatcmpl-1", "choices": [
            { "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": "Looking." } },
            { "index": 0, "finish_reason": "tool_calls", "message": { "role": "assistant", "content": null,
                "tool_calls": [{ "function": { "name": "look", "arguments": "{}" } }] } },
        ]});
        let mended = value(&undress(CHAT, Bytes::from(reply.to_string())));
        let choices = mended["choices"].as_array().unwrap();
        assert_eq!(choices.len(), 1);
        assert_eq!(choices[0]["finish_reason"], "tool_calls");
        assert_eq!(choices[0]["message"]["content"], "Looking.");
        let call = &choices[0]["message"]["tool_calls"][0];
        assert_eq!(call["id"], "call_chatcmpl1_1");
        assert_eq!(call["type"], "function");
    }

    #[test]
    fn a_stream_whose_calls_stand_in_the_second_choice_is_one_choice() {
        let chunk =
            |choice: Value| format!("data: {}\n\n", json!({ "id": "c-1", "choices": [choice] }));
        let stream = [
            chunk(
                json!({ "index": 0, "delta": { "content": "Looking." }, "finish_reason": "stop" }),
            ),
            chunk(json!({ "index": 1, "delta": { "tool_calls": [
                { "index": 0, "id": "", "function": { "name": "look", "arguments": "" } },
            ]}})),
            chunk(json!({ "index": 1, "delta": { "tool_calls": [
                { "index": 0, "function": { "arguments": "{}" } },
            ]}})),
            chunk(json!({ "index": 1, "delta": {}, "finish_reason": "tool_calls" })),
            "data: [DONE]\n\n".to_owned(),
        ]
        .concat();
        let folded = value(&fold(CHAT, stream.as_bytes()).unwrap());
        let choices = folded["choices"].as_array().unwrap();
        assert_eq!(choices.len(), 1, "{folded}");
        assert_eq!(choices[0]["finish_reason"], "tool_calls");
        assert_eq!(choices[0]["message"]["tool_calls"][0]["id"], "call_c1_1");
        assert_eq!(choices[0]["message"]["tool_calls"][0]["function"]["arguments"], "{}");
    }

    #[test]
    fn plain_chunks_pass_byte_for_byte() {
        let chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\" : \"a\"}}]}\n\n";
        let mut splitter = Splitter::of(CHAT);
        splitter.push(Bytes::from_static(chunk.as_bytes()));
        assert_eq!(splitter.next_frame().unwrap().unwrap().raw, chunk);
    }
}

mod code_assist {
    use super::*;

    const ASSIST: Tongue = Tongue { dialect: Dialect::Gemini, accent: Some(Accent::CodeAssist) };

    #[test]
    fn events_come_out_of_their_envelope_whatever_the_line_ends() {
        for (stream, expected) in [
            ("data: {\"response\":{\"a\":1},\"traceId\":\"t\"}\n\n", "data: {\"a\":1}\r\n\r\n"),
            ("data: {\"response\":\r\ndata: {\"a\":1}}\r\n\r\n", "data: {\"a\":1}\r\n\r\n"),
            ("data: {\"response\":{\"a\":\ndata: 1}}\n\n", "data: {\"a\":\r\ndata: 1}\r\n\r\n"),
            ("data: {\"error\":{\"code\":429}}\n\n", "data: {\"error\":{\"code\":429}}\n\n"),
            (": comment\n\n", ": comment\n\n"),
        ] {
            for cut in 0..stream.len() {
                let mut splitter = Splitter::of(ASSIST);
                let mut frames = Vec::new();
                let (head, tail) = stream.split_at(cut);
                for piece in [head, tail] {
                    splitter.push(Bytes::copy_from_slice(piece.as_bytes()));
                    while let Some(frame) = splitter.next_frame().unwrap() {
                        frames.push(frame);
                    }
                }
                assert_eq!(frames.len(), 1, "{stream} cut at {cut}");
                assert_eq!(frames[0].raw, expected, "{stream} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_stream_folds_into_the_reply_inside() {
        let stream = concat!(
            "data: {\"response\":{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}}\r\n\r\n",
            "data: {\"response\":{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]},",
            "\"finishReason\":\"STOP\"}]}}\r\n\r\n",
        );
        let folded = value(&fold(ASSIST, stream.as_bytes()).unwrap());
        assert_eq!(folded["candidates"][0]["content"]["parts"][0]["text"], "ab");
    }
}

mod kiro {
    use super::*;
    use aws_smithy_eventstream::frame::write_message_to;
    use aws_smithy_types::event_stream::{Header, HeaderValue, Message};

    const KIRO: Tongue = Tongue { dialect: Dialect::Messages, accent: Some(Accent::Kiro) };

    fn message(headers: &[(&'static str, &'static str)], payload: &Value) -> Vec<u8> {
        let mut message = Message::new(payload.to_string().into_bytes());
        for (name, text) in headers {
            message = message.add_header(Header::new(*name, HeaderValue::String((*text).into())));
        }
        let mut bytes = Vec::new();
        write_message_to(&message, &mut bytes).unwrap();
        bytes
    }

    fn event(name: &'static str, payload: &Value) -> Vec<u8> {
        message(&[(":message-type", "event"), (":event-type", name)], payload)
    }

    fn exception(name: &'static str, payload: &Value) -> Vec<u8> {
        message(&[(":message-type", "exception"), (":exception-type", name)], payload)
    }

    /// An answer with text, reasoning and two calls whose pieces alternate.
    fn answer() -> Vec<u8> {
        let used =
            |id: &str, input: &str| json!({ "toolUseId": id, "name": "look", "input": input });
        let stop = |id: &str| json!({ "toolUseId": id, "name": "look", "stop": true });
        [
            event("messageMetadataEvent", &json!({ "conversationId": "c" })),
            event("reasoningContentEvent", &json!({ "text": "Hm." })),
            event("assistantResponseEvent", &json!({ "content": "Grüße, 世界. " })),
            event("codeEvent", &json!({ "content": "let x = 1;" })),
            event("toolUseEvent", &used("t1", "{\"path\":")),
            event("toolUseEvent", &used("t2", "")),
            event("toolUseEvent", &used("t1", "\"/a\"}")),
            event("toolUseEvent", &stop("t1")),
            event("toolUseEvent", &stop("t2")),
            event(
                "metadataEvent",
                &json!({ "tokenUsage": {
                    "uncachedInputTokens": 7, "outputTokens": 5, "cacheReadInputTokens": 3,
                }}),
            ),
            event("meteringEvent", &json!({ "usage": 0.1 })),
            event("eventOfTomorrow", &json!({ "new": true })),
        ]
        .concat()
    }

    fn request(client: Dialect, body: &Value) -> (Value, Vec<String>) {
        let to = Addressee {
            dialect: Dialect::Messages,
            accent: Some(Accent::Kiro),
            vendor: "kiro",
            model: "claude-x",
            delivery: None,
            terms: Terms::default(),
        };
        let translated =
            translate_request_to(client, to, body.to_string().as_bytes(), &|_| None).unwrap();
        let dressed = dress(KIRO, Bytes::from(translated.body), &occasion()).unwrap();
        (value(&dressed.body), translated.losses)
    }

    fn read(client: Dialect, stream: &[u8]) -> Result<Value, String> {
        let way_back = way_back(client);
        translate_reply(Dialect::Messages, client, stream, "asked", &way_back)
            .map(|reply| value(&reply.body))
            .map_err(|fault| format!("{:?} {}", fault.kind, fault.message))
    }

    fn way_back(client: Dialect) -> switchyard_dialect::WayBack {
        let to = Addressee {
            dialect: Dialect::Messages,
            accent: Some(Accent::Kiro),
            vendor: "kiro",
            model: "m",
            delivery: None,
            terms: Terms::default(),
        };
        let body = match client {
            Dialect::Responses => json!({ "model": "m", "input": "Hi" }),
            Dialect::Gemini => json!({ "contents": [{ "parts": [{ "text": "Hi" }] }] }),
            Dialect::Chat | Dialect::Messages | Dialect::Ollama => json!({
                "model": "m", "max_tokens": 9, "messages": [{ "role": "user", "content": "Hi" }],
            }),
        };
        translate_request_to(client, to, body.to_string().as_bytes(), &|_| None).unwrap().way_back
    }

    #[test]
    fn an_answer_is_read_whole() {
        let message = read(Dialect::Messages, &answer()).unwrap();
        let content = message["content"].as_array().unwrap();
        let kinds: Vec<&str> =
            content.iter().map(|block| block["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["thinking", "text", "tool_use", "tool_use"], "{message}");
        assert_eq!(content[1]["text"], "Grüße, 世界. let x = 1;");
        assert_eq!(content[2]["input"], json!({ "path": "/a" }));
        assert_eq!(content[3]["input"], json!({}));
        assert_eq!(message["stop_reason"], "tool_use");
        assert_eq!(message["usage"]["input_tokens"], 7);
        assert_eq!(message["usage"]["cache_read_input_tokens"], 3);
    }

    #[test]
    fn an_answer_read_whole_has_its_counts_for_every_client() {
        for (client, place) in [
            (Dialect::Chat, "/usage/completion_tokens"),
            (Dialect::Messages, "/usage/output_tokens"),
            (Dialect::Responses, "/usage/output_tokens"),
            (Dialect::Gemini, "/usageMetadata/candidatesTokenCount"),
            (Dialect::Ollama, "/eval_count"),
        ] {
            let told = read(client, &answer()).unwrap();
            assert_eq!(told.pointer(place), Some(&json!(5)), "{client:?}: {told}");
        }
    }

    #[test]
    fn a_stream_cut_at_any_byte_gives_the_same_events() {
        let stream = answer();
        let told = |pieces: [&[u8]; 2]| {
            let mut splitter = Splitter::of(KIRO);
            let mut translator = StreamTranslator::new(
                Dialect::Messages,
                Dialect::Messages,
                "asked",
                &way_back(Dialect::Messages),
            );
            let mut out = Vec::new();
            for piece in pieces {
                splitter.push(Bytes::copy_from_slice(piece));
                while let Some(frame) = splitter.next_frame().unwrap() {
                    translator.push(&frame, &mut out);
                }
            }
            assert!(splitter.finish().is_none());
            translator.finish(&mut out);
            assert!(translator.ended());
            String::from_utf8(out).unwrap()
        };
        let whole = told([&stream, &[]]);
        assert!(whole.contains("message_stop"));
        for cut in 1..stream.len() {
            assert_eq!(told([&stream[..cut], &stream[cut..]]), whole, "cut at {cut}");
        }
    }

    #[test]
    fn a_stream_that_ends_inside_an_event_has_broken_off() {
        let stream = answer();
        let first = event("messageMetadataEvent", &json!({ "conversationId": "c" })).len();
        for length in first + 1..stream.len() {
            let told = read(Dialect::Messages, &stream[..length]);
            let boundary = boundaries(&stream).contains(&length);
            assert!(boundary || told.is_err(), "{length}: {told:?}");
        }
    }

    fn boundaries(stream: &[u8]) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut at = 0;
        while let Some(length) = stream.get(at..at + 4) {
            at += u32::from_be_bytes(length.try_into().unwrap()) as usize;
            ends.push(at);
        }
        ends
    }

    #[test]
    fn a_flipped_bit_is_noticed_and_nothing_is_read_after_it() {
        let stream = event("assistantResponseEvent", &json!({ "content": "Hi" }));
        for place in 0..stream.len() {
            let mut damaged = stream.clone();
            damaged[place] ^= 0x04;
            damaged.extend_from_slice(&stream);
            let mut splitter = Splitter::of(KIRO);
            splitter.push(Bytes::from(damaged));
            match splitter.next_frame() {
                Err(FrameError::Damaged | FrameError::TooLarge { .. }) => {
                    assert!(splitter.next_frame().is_err(), "{place}");
                }
                // A length that grew waits for what never comes.
                Ok(None) => assert!(splitter.finish().is_some(), "{place}"),
                other => panic!("{place}: {other:?}"),
            }
        }
    }

    #[test]
    fn exceptions_and_errors_are_faults_with_their_own_names() {
        for (stream, expected) in [
            (
                exception("ThrottlingException", &json!({ "message": "Slow down" })),
                "Some(\"ThrottlingException\") Slow down",
            ),
            (
                message(
                    &[
                        (":message-type", "error"),
                        (":error-code", "InternalFailure"),
                        (":error-message", "It broke"),
                    ],
                    &json!({}),
                ),
                "Some(\"InternalFailure\") It broke",
            ),
        ] {
            assert_eq!(read(Dialect::Chat, &stream).unwrap_err(), expected);
        }
    }

    #[test]
    fn an_answer_without_a_word_is_none() {
        let stream = event("messageMetadataEvent", &json!({ "conversationId": "c" }));
        assert!(read(Dialect::Messages, &stream).is_err());
        assert!(read(Dialect::Messages, b"").is_err());
    }

    #[test]
    fn an_exception_after_text_is_told_as_one() {
        let stream = [
            event("assistantResponseEvent", &json!({ "content": "Hi" })),
            exception("InternalServerException", &json!({ "message": "broke" })),
        ]
        .concat();
        let mut splitter = Splitter::of(KIRO);
        splitter.push(Bytes::from(stream));
        let mut translator = StreamTranslator::new(
            Dialect::Messages,
            Dialect::Chat,
            "asked",
            &way_back(Dialect::Chat),
        );
        let mut out = Vec::new();
        let first = splitter.next_frame().unwrap().unwrap();
        assert_eq!(translator.push(&first, &mut out), Seen::Content);
        let second = splitter.next_frame().unwrap().unwrap();
        assert!(matches!(translator.push(&second, &mut out), Seen::Fault(_)));
        translator.finish(&mut out);
        assert!(!translator.ended());
    }

    #[test]
    fn a_conversation_becomes_a_state_of_alternating_turns() {
        let body = json!({ "model": "m", "max_tokens": 9, "temperature": 0.2, "system": "Be brief.",
            "messages": [
                { "role": "user", "content": "Look" },
                { "role": "assistant", "content": [
                    { "type": "text", "text": "Looking" },
                    { "type": "tool_use", "id": "t1", "name": "look", "input": { "a": 1 } },
                ]},
                { "role": "user", "content": [
                    { "type": "tool_result", "tool_use_id": "t1", "is_error": true,
                      "content": [{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }] },
                    { "type": "image", "source":
                        { "type": "base64", "media_type": "image/png", "data": "AAAA" } },
                    { "type": "text", "text": "And now?" },
                ]},
            ],
            "tools": [{ "name": "look", "input_schema": { "type": "object" } }],
        });
        let (body, losses) = request(Dialect::Messages, &body);
        let state = &body["conversationState"];
        assert_eq!(state["chatTriggerType"], "MANUAL");
        assert_eq!(state["conversationId"], "s-1");
        let history = state["history"].as_array().unwrap();
        assert_eq!(history.len(), 2);
        assert_eq!(history[0]["userInputMessage"]["content"], "Be brief.\nLook");
        assert_eq!(history[0]["userInputMessage"]["modelId"], "claude-x");
        let answered = &history[1]["assistantResponseMessage"];
        assert_eq!(answered["content"], "Looking");
        assert_eq!(
            answered["toolUses"],
            json!([{ "toolUseId": "t1", "name": "look", "input": { "a": 1 } }])
        );
        let current = &state["currentMessage"]["userInputMessage"];
        assert_eq!(current["content"], "And now?");
        assert_eq!(current["images"], json!([{ "format": "png", "source": { "bytes": "AAAA" } }]));
        let context = &current["userInputMessageContext"];
        assert_eq!(
            context["toolResults"],
            json!([{ "toolUseId": "t1", "status": "error", "content": [{ "text": "a\nb" }] }])
        );
        assert_eq!(
            context["tools"],
            json!([{ "toolSpecification": {
                "name": "look", "description": "look", "inputSchema": { "json": { "type": "object" } },
            }}])
        );
        for name in ["max_tokens", "temperature", "system"] {
            assert!(losses.iter().any(|loss| loss.starts_with(name)), "{name}: {losses:?}");
        }
    }

    #[test]
    fn calls_of_tools_that_are_not_offered_are_told_as_text() {
        let body = json!({ "model": "m", "messages": [
            { "role": "user", "content": "Look" },
            { "role": "assistant", "tool_calls": [
                { "id": "c1", "type": "function", "function": { "name": "look", "arguments": "{}" } },
            ]},
            { "role": "tool", "tool_call_id": "c1", "content": "red" },
        ]});
        let (body, _) = request(Dialect::Chat, &body);
        let text = body.to_string();
        assert!(text.contains("[Called the tool look with {}]"), "{text}");
        assert!(text.contains("[It answered: red]"), "{text}");
        assert!(!text.contains("toolUses") && !text.contains("toolResults"), "{text}");
    }

    #[test]
    fn a_conversation_that_ends_with_the_assistant_is_given_back_to_the_user() {
        let body = json!({ "model": "m", "max_tokens": 9, "messages": [
            { "role": "assistant", "content": "Hello" },
            { "role": "user", "content": "Count" },
            { "role": "assistant", "content": "One," },
        ]});
        let (body, losses) = request(Dialect::Messages, &body);
        let state = &body["conversationState"];
        assert_eq!(state["history"].as_array().unwrap().len(), 4);
        assert_eq!(state["currentMessage"]["userInputMessage"]["content"], "(continue)");
        assert!(losses.iter().any(|loss| loss.starts_with("messages")), "{losses:?}");
    }

    /// Settings that ask for what is done anyway.
    const IDLE: [&str; 4] = ["model", "stream", "stream_options", "background"];

    #[test]
    fn no_field_of_any_client_vanishes_on_the_way_to_kiro() {
        for dialect in Dialect::ALL {
            let place = format!("tests/data/{}/every_field.json", dialect.as_str());
            let whole = value(&std::fs::read(place).unwrap());
            let plain = match dialect {
                Dialect::Responses => json!({ "model": "m", "input": "Begin." }),
                Dialect::Gemini => json!({ "contents": [{ "parts": [{ "text": "Begin." }] }] }),
                Dialect::Chat | Dialect::Messages | Dialect::Ollama => {
                    json!({ "model": "m", "messages": [{ "role": "user", "content": "Begin." }] })
                }
            };
            let before = request(dialect, &plain);
            for (name, value) in whole.as_object().unwrap() {
                if IDLE.contains(&name.as_str()) {
                    continue;
                }
                let mut with = plain.clone();
                with[name] = value.clone();
                let after = request(dialect, &with);
                assert_ne!(after, before, "{dialect:?}: {name} vanished");
            }
        }
    }
}

mod vertex {
    use super::*;

    #[test]
    fn messages_name_the_version_in_the_body_and_the_model_not_at_all() {
        let body =
            json!({ "model": "claude-x@1", "max_tokens": 5, "messages": [], "stream": true });
        let dressed = dressed(tongue(Dialect::Messages, Accent::Vertex), &body);
        let body = value(&dressed.body);
        assert_eq!(body["anthropic_version"], "vertex-2023-10-16");
        assert!(body.get("model").is_none() && body["stream"] == true);
        assert!(!dressed.always_streams);
    }

    #[test]
    fn calls_lose_their_ids_and_nothing_else_and_what_has_none_passes_untouched() {
        let gemini = tongue(Dialect::Gemini, Accent::Vertex);
        let body = json!({ "contents": [
            { "role": "user", "parts": [{ "text": "functionCall" }] },
            { "role": "model", "parts": [
                { "functionCall": { "id": "c1", "name": "f", "args": { "id": 7 } }, "thoughtSignature": "s" },
            ] },
            { "role": "user", "parts": [
                { "functionResponse": { "id": "c1", "name": "f", "response": {} } },
            ] },
        ] });
        let text = dressed(gemini, &body).body;
        let bare = value(&text);
        let call = &bare["contents"][1]["parts"][0];
        assert_eq!(call["functionCall"], json!({ "name": "f", "args": { "id": 7 } }));
        assert_eq!(call["thoughtSignature"], "s");
        assert!(bare["contents"][2]["parts"][0]["functionResponse"].get("id").is_none());
        let again = dress(gemini, text.clone(), &occasion()).unwrap().body;
        assert_eq!(again.as_ptr(), text.as_ptr());
    }
}

#[test]
fn cohere_is_not_told_of_stream_options() {
    let cohere = tongue(Dialect::Chat, Accent::Cohere);
    let body = json!({
        "model": "m", "stream": true, "stream_options": { "include_usage": true },
        "messages": [{ "role": "user", "content": "stream_options" }],
    });
    let body = value(&dressed(cohere, &body).body);
    assert!(body.get("stream_options").is_none());
    assert_eq!(body["messages"][0]["content"], "stream_options");
    let plain = Bytes::from_static(br#"{ "messages": ["stream_options"] }"#);
    assert_eq!(dress(cohere, plain.clone(), &occasion()).unwrap().body, plain);
}
