//! Failures known of other gateways, each as a test that it cannot happen here.
//!
//! What has no test, and why it cannot occur:
//! - *A missing translator passes bytes unchanged*: `translate` matches every pair of dialects at compile time.
//! - *The dialect is guessed from the body, or the client from its name*: the caller says it, from the path.
//! - *JSON is passed on as a stream, or one dialect's events are read as another's*: the vendor's dialect is declared,
//!   and what comes in the other form is told in the one that was asked for (`tests/folding.rs`; the gateway's
//!   `forms.rs`).
//! - *The end of a line that the network cut is lost*: `tests/pairs.rs` cuts every stream at every byte.
//! - *Usage is padded, or estimated into a reply*: counts come from the vendor's own report or not at all.
//! - *A stream is split at LF only, or text is decoded by chunks*: `tests/frames.rs` cuts at every byte.
//! - *Tool schemas lose properties named like keywords* (Chat, Messages, Responses): schemas are carried as bytes.
//! - *Prompt text is added for another product, thinking is made up, cache marks are set anew*: nothing writes any.
//! - *Token counts leave tools and images out*: `tests/requests.rs`, `the_estimate_counts_everything…`.
//! - *Audio, images and logprobs deltas vanish in passing streams*: passing bytes are never rebuilt.
//! - *A hosted tool, a citation or a setting vanishes*: `tests/fates.rs`, for every field of every dialect.
//! - *A vendor of Cursor's or of a web page's kind*: neither is spoken.
//!
//! And tested where their owner is: signatures overwritten or lost (`tests/proofs.rs`), results that match no call
//! (`tests/properties.rs`), names not changed back and blocked prompts (`tests/gemini.rs`), limits and budgets above
//! what a model takes (`tests/effort.rs`), schemas whose properties are named like keywords or refer to others
//! (`src/gemini/schema.rs`), answers that build on what another vendor keeps (`tests/responses.rs`), a good status over
//! an error (`tests/requests.rs`, `a_reply_that_is_none…`).
#![cfg(test)]

mod support;

use serde_json::{Value, json};
use support::{Out, data, frames, grammar, others, translate};
use switchyard_dialect::{WayBack, fold, glance, translate_reply, translate_request, unfold};
use switchyard_types::Dialect;
use switchyard_types::Dialect::{Chat, Gemini, Messages, Ollama, Responses};

fn told(client: Dialect, vendor: Dialect, body: &Value) -> Value {
    let told = translate_request(client, vendor, body.to_string().as_bytes(), "v").unwrap();
    serde_json::from_slice(&told.body).unwrap()
}

fn losses(client: Dialect, vendor: Dialect, body: &Value) -> Vec<String> {
    translate_request(client, vendor, body.to_string().as_bytes(), "v").unwrap().losses
}

fn replied(vendor: Dialect, client: Dialect, body: &Value) -> Value {
    let told =
        translate_reply(vendor, client, body.to_string().as_bytes(), "m", &WayBack::default());
    serde_json::from_slice(&told.unwrap().body).unwrap()
}

fn streamed(vendor: Dialect, client: Dialect, events: &[Value]) -> String {
    let event = |event: &Value| match event["type"].as_str() {
        Some(kind) if vendor != Chat => format!("event: {kind}\ndata: {event}\n\n"),
        _ => format!("data: {event}\n\n"),
    };
    let mut stream: String = events.iter().map(event).collect();
    if vendor == Chat {
        stream.push_str("data: [DONE]\n\n");
    }
    translate(vendor, client, &frames(stream.as_bytes()), &WayBack::default()).text
}

/// A fixture's stream as a client hears it.
fn passed_on(vendor: Dialect, client: Dialect, name: &str) -> Out {
    translate(vendor, client, &grammar::split(vendor, &[&data(name)]), &WayBack::default())
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn chat(messages: impl Into<Value>) -> Value {
    let messages: Value = messages.into();
    json!({"model": "m", "messages": messages})
}

/// A missing `stream` means a whole answer, and the vendor is told so in words.
#[test]
fn a_missing_stream_is_not_a_stream() {
    assert!(!glance(br#"{"model":"m","messages":[]}"#).unwrap().stream);
    let body = chat(json!([{"role": "user", "content": "hi"}]));
    assert_eq!(told(Chat, Messages, &body)["stream"], false);
    assert_eq!(told(Chat, Responses, &body)["stream"], false);
    assert_eq!(told(Chat, Ollama, &body)["stream"], false);
}

/// An agent's step ends with a tool's result; its reasoning setting is not thrown away for that.
#[test]
fn a_last_message_of_a_tool_keeps_the_reasoning_setting() {
    let mut body = chat(json!([
        {"role": "user", "content": "hi"},
        {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "a", "content": "x"},
    ]));
    body["reasoning_effort"] = "high".into();
    assert_eq!(told(Chat, Responses, &body)["reasoning"]["effort"], "high");
    assert!(losses(Chat, Messages, &body).iter().any(|loss| loss.starts_with("reasoning_effort")));
}

/// An id that has to be changed is changed alike in the call and in its result.
#[test]
fn a_regenerated_tool_id_is_the_same_on_both_sides() {
    let long = format!("call {}", "x".repeat(90));
    for id in ["!!!", "functions.read:0", long.as_str()] {
        let body = chat(json!([
            {"role": "user", "content": "hi"},
            {"role": "assistant", "tool_calls": [{"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": id, "content": "x"},
        ]));
        let sent = told(Chat, Messages, &body);
        let call = &sent["messages"][1]["content"][0]["id"];
        assert_eq!(call, &sent["messages"][2]["content"][0]["tool_use_id"]);
        let sent = told(Chat, Responses, &body);
        let (call, result) = (&sent["input"][1]["call_id"], &sent["input"][2]["call_id"]);
        assert_eq!(call, result);
        assert!(call.as_str().unwrap().len() <= 64 && !call.as_str().unwrap().is_empty());
    }
}

/// Some calls answered and others not: only what is missing is made up, and said.
#[test]
fn partly_answered_calls_are_completed() {
    let call = |id: &str| json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let body = chat(json!([
        {"role": "user", "content": "hi"},
        {"role": "assistant", "tool_calls": [call("a"), call("b")]},
        {"role": "tool", "tool_call_id": "b", "content": "x"},
        {"role": "user", "content": "go on"},
    ]));
    let sent = told(Chat, Responses, &body);
    let results: Vec<&str> = sent["input"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["type"] == "function_call_output")
        .map(|item| item["call_id"].as_str().unwrap())
        .collect();
    assert_eq!(results, ["a", "b"]);
}

/// A part that has no place is named, never silently lost.
#[test]
fn unknown_parts_are_named() {
    let body = chat(
        json!([{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}, {"type": "text", "text": "x"}]}]),
    );
    for vendor in others(Chat) {
        assert!(losses(Chat, vendor, &body).iter().any(|loss| loss.contains("input_audio")));
    }
    for (part, words, name) in [
        (
            json!({"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}),
            "UklGRg==",
            "input_audio",
        ),
        (
            json!({"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}}),
            "JVBERi0=",
            "documents",
        ),
        (json!({"type": "refusal", "refusal": "Never."}), "Never.", "refusal"),
    ] {
        let role = if name == "refusal" { "assistant" } else { "user" };
        let body = chat(json!([
            {"role": "user", "content": "hi"},
            {"role": role, "content": [{"type": "text", "text": "x"}, part]},
            {"role": "user", "content": "go on"},
        ]));
        for vendor in others(Chat) {
            let carried = told(Chat, vendor, &body).to_string().contains(words);
            let named = losses(Chat, vendor, &body).iter().any(|loss| loss.contains(name));
            assert!(carried != named, "{name} for {vendor:?}: {carried} {named}");
        }
    }
}

/// `max_completion_tokens` counts as the limit that it is, and nothing exceeds it.
#[test]
fn the_new_word_for_the_limit_is_read() {
    let mut body = chat(json!([{"role": "user", "content": "hi"}]));
    body["max_completion_tokens"] = 77.into();
    assert_eq!(told(Chat, Messages, &body)["max_tokens"], 77);
    assert_eq!(told(Chat, Responses, &body)["max_output_tokens"], 77);
}

/// Thinking, its budget and the limit fit together, and temperature steps back.
#[test]
fn thinking_never_exceeds_the_limit_nor_meets_a_temperature() {
    let mut body = chat(json!([{"role": "user", "content": "hi"}]));
    body["reasoning_effort"] = "xhigh".into();
    body["max_tokens"] = 32_000.into();
    body["temperature"] = json!(0.3);
    let sent = told(Chat, Messages, &body);
    assert!(
        sent["thinking"]["budget_tokens"].as_u64().unwrap() < sent["max_tokens"].as_u64().unwrap()
    );
    assert!(sent["temperature"].is_null());
}

/// Developer messages are instructions in every dialect, in any number.
#[test]
fn developer_messages_are_instructions_and_all_of_them_survive() {
    let messages = json!([{"role": "system", "content": "one"}, {"role": "developer", "content": [{"type": "text", "text": "two"}]}, {"role": "system", "content": "three"}, {"role": "user", "content": "hi"}]);
    let body = chat(messages.clone());
    assert_eq!(told(Chat, Responses, &body)["instructions"], "one\n\ntwo\n\nthree");
    assert_eq!(told(Chat, Messages, &body)["system"].as_array().unwrap().len(), 3);
    let parts = told(Chat, Gemini, &body)["systemInstruction"]["parts"].clone();
    assert_eq!(parts, json!([{"text": "one"}, {"text": "two"}, {"text": "three"}]));
    let first = &told(Chat, Ollama, &body)["messages"][0];
    assert_eq!(*first, json!({"role": "system", "content": "one\n\ntwo\n\nthree"}));
    let body = json!({"model": "m", "instructions": "one", "input": messages});
    assert_eq!(
        told(Responses, Chat, &body)["messages"][0]["content"],
        "one\n\none\n\ntwo\n\nthree"
    );
}

/// Arguments that are no JSON do not become an illegal input.
#[test]
fn broken_arguments_stay_legal_in_messages() {
    let body = chat(json!([
        {"role": "user", "content": "hi"},
        {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x"}}]},
        {"role": "tool", "tool_call_id": "a", "content": "x"},
    ]));
    assert!(told(Chat, Messages, &body)["messages"][1]["content"][0]["input"].is_object());
}

/// Images inside tool results reach every dialect.
#[test]
fn images_inside_results_survive() {
    let image = json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}});
    let body = json!({"model": "m", "max_tokens": 9, "messages": [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "is_error": true, "content": [image]}]},
    ]});
    for vendor in others(Messages) {
        let sent = told(Messages, vendor, &body).to_string();
        assert!(sent.contains("AAAA") && sent.contains("error"), "{vendor:?}: {sent}");
        let address = sent.contains("data:image/png;base64,AAAA");
        assert_eq!(address, matches!(vendor, Chat | Responses), "{vendor:?}: {sent}");
    }
    let body = chat(json!([
        {"role": "user", "content": "hi"},
        {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "a", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
    ]));
    for vendor in others(Chat) {
        assert!(told(Chat, vendor, &body).to_string().contains("AAAA"), "{vendor:?}");
    }
}

/// A message of images alone is a message.
#[test]
fn a_message_of_images_alone_is_not_dropped() {
    for url in ["data:image/png;base64,AAAA", "https://example.com/a.png"] {
        let body = chat(
            json!([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]),
        );
        assert_eq!(told(Chat, Messages, &body)["messages"][0]["content"][0]["type"], "image");
        assert_eq!(told(Chat, Responses, &body)["input"][0]["content"][0]["image_url"], url);
        assert_eq!(told(Chat, Gemini, &body)["contents"][0]["parts"].as_array().unwrap().len(), 1);
        let asked = &told(Chat, Ollama, &body)["messages"][0];
        let named = losses(Chat, Ollama, &body).iter().any(|loss| loss.contains("images"));
        assert_eq!(
            (asked["images"] == json!(["AAAA"]), named),
            (url.starts_with("data"), !url.starts_with("data"))
        );
        let body = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}]}]});
        assert!(told(Messages, Chat, &body).to_string().contains("https://example.com/a.png"));
    }
}

/// `none` keeps the model from calling; a named choice names its tool.
#[test]
fn no_tool_and_one_tool_are_asked_for_in_the_right_form() {
    let mut body = json!({"model": "m", "input": "hi", "tools": [{"type": "function", "name": "f", "parameters": {}}]});
    for (choice, chat_form, messages_form) in [
        (json!("none"), json!("none"), json!({"type": "none"})),
        (json!("required"), json!("required"), json!({"type": "any"})),
        (
            json!({"type": "function", "name": "f"}),
            json!({"type": "function", "function": {"name": "f"}}),
            json!({"type": "tool", "name": "f"}),
        ),
    ] {
        body["tool_choice"] = choice.clone();
        assert_eq!(told(Responses, Chat, &body)["tool_choice"], chat_form);
        assert_eq!(told(Responses, Messages, &body)["tool_choice"], messages_form);
        let back = told(Chat, Responses, &told(Responses, Chat, &body));
        assert_eq!(back["tool_choice"], choice);
    }
}

/// A vendor's own tool is no function with an empty schema.
#[test]
fn built_in_tools_do_not_become_functions() {
    let body = json!({"model": "m", "max_tokens": 9, "tools": [{"type": "web_search_20250305", "name": "web_search"}], "messages": [{"role": "user", "content": "hi"}]});
    for vendor in [Chat, Responses] {
        assert!(told(Messages, vendor, &body)["tools"].is_null());
        assert!(losses(Messages, vendor, &body).iter().any(|loss| loss.contains("web_search")));
    }
}

/// Thinking is reasoning, never text between tags.
#[test]
fn thinking_never_pollutes_the_text() {
    for client in others(Messages) {
        let out = passed_on(Messages, client, "messages/thinking_and_calls.sse");
        assert!(!out.text.contains("<think>") && out.text.contains("Hm."), "{client:?}");
    }
}

/// A refusal is told as one.
#[test]
fn refusals_are_not_a_plain_stop() {
    let reply = json!({"id": "m", "type": "message", "content": [{"type": "text", "text": "x"}], "stop_reason": "refusal"});
    assert_eq!(replied(Messages, Chat, &reply)["choices"][0]["finish_reason"], "content_filter");
    assert_eq!(
        replied(Messages, Responses, &reply)["incomplete_details"]["reason"],
        "content_filter"
    );
    let out = translate(
        Responses,
        Messages,
        &frames(&data("responses/refusal.sse")),
        &WayBack::default(),
    );
    assert!(out.text.contains("\"stop_reason\":\"refusal\"") && out.text.contains("help."));
}

/// What only the first event counts is not lost at the end.
#[test]
fn input_counted_at_the_start_is_counted_at_the_end() {
    let out =
        translate(Messages, Responses, &frames(&data("messages/text.sse")), &WayBack::default());
    let whole: Value =
        serde_json::from_slice(&fold(Responses, out.text.as_bytes()).unwrap()).unwrap();
    assert_eq!(whole["usage"]["input_tokens"], 107);
    assert_eq!(whole["usage"]["input_tokens_details"]["cached_tokens"], 60);
    assert_eq!(whole["usage"]["total_tokens"], 127);
}

/// An error inside a stream is never a clean end, nor text.
#[test]
fn an_error_event_is_an_error() {
    for (vendor, name) in [
        (Chat, "chat/error_inside.sse"),
        (Messages, "messages/error_inside.sse"),
        (Responses, "responses/failed_inside.sse"),
        (Responses, "responses/error_event.sse"),
        (Gemini, "gemini/error_inside.sse"),
        (Ollama, "ollama/error_inside.ndjson"),
    ] {
        for client in others(vendor) {
            let out = passed_on(vendor, client, name);
            assert!(!out.ended, "{name} for {client:?}");
            assert!(!out.text.contains("[Error]") && out.text.contains("the vendor broke off"));
        }
    }
}

/// Counts that come in a chunk of their own, after the reason to stop, are counted.
#[test]
fn usage_in_a_later_chunk_is_not_lost() {
    for (client, place) in [
        (Messages, "/usage/input_tokens"),
        (Responses, "/usage/input_tokens"),
        (Gemini, "/usageMetadata/promptTokenCount"),
        (Ollama, "/prompt_eval_count"),
    ] {
        let out = passed_on(Chat, client, "chat/no_done_and_late_usage.sse");
        assert!(out.ended && out.usage.is_some_and(|usage| usage.input_total() > 0));
        let whole = value(&fold(client, out.text.as_bytes()).unwrap());
        assert!(whole.pointer(place).unwrap().as_u64() > Some(0), "{client:?}: {whole}");
    }
}

/// A vendor that repeats the id with each piece means one call; a name may come late.
#[test]
fn a_repeated_id_is_one_call_and_a_late_name_is_kept() {
    for name in ["chat/repeated_id_and_name", "chat/late_name_and_missing_index"] {
        let out =
            translate(Chat, Responses, &frames(&data(&format!("{name}.sse"))), &WayBack::default());
        let through: Value =
            serde_json::from_slice(&fold(Responses, out.text.as_bytes()).unwrap()).unwrap();
        let out =
            translate(Chat, Messages, &frames(&data(&format!("{name}.sse"))), &WayBack::default());
        let other: Value =
            serde_json::from_slice(&fold(Messages, out.text.as_bytes()).unwrap()).unwrap();
        let count = |list: &Value, kind: &str| {
            list.as_array().unwrap().iter().filter(|item| item["type"] == kind).count()
        };
        assert_eq!(
            count(&through["output"], "function_call"),
            count(&other["content"], "tool_use"),
            "{name}"
        );
        assert!(through["output"].as_array().unwrap().iter().all(|item| item["name"] != ""));
    }
}

/// Whole replies exist for every pair, in the client's own form.
#[test]
fn a_whole_reply_is_in_the_clients_form() {
    let reply = json!({"id": "1", "choices": [{"message": {"role": "assistant", "content": "```json\n{}\n```"}, "finish_reason": "length"}], "usage": {"prompt_tokens": 9, "completion_tokens": 2}});
    let messages = replied(Chat, Messages, &reply);
    assert_eq!(
        (&messages["type"], &messages["stop_reason"]),
        (&json!("message"), &json!("max_tokens"))
    );
    // Fences are the model's words and stay.
    assert_eq!(messages["content"][0]["text"], "```json\n{}\n```");
    let responses = replied(Chat, Responses, &reply);
    assert_eq!(
        (&responses["object"], &responses["status"]),
        (&json!("response"), &json!("incomplete"))
    );
    assert_eq!(responses["incomplete_details"]["reason"], "max_output_tokens");
    let candidate = &replied(Chat, Gemini, &reply)["candidates"][0];
    assert_eq!(candidate["content"]["parts"][0]["text"], "```json\n{}\n```");
    assert_eq!(candidate["finishReason"], "MAX_TOKENS");
    let line = replied(Chat, Ollama, &reply);
    assert_eq!(line["message"]["content"], "```json\n{}\n```");
    assert_eq!((&line["done"], &line["done_reason"]), (&json!(true), &json!("length")));
}

/// Every item of a Responses history is carried or named, and none leaves an empty list of calls.
#[test]
fn calls_of_every_kind_survive_a_responses_history() {
    let body: Value = serde_json::from_slice(&data("responses/history.json")).unwrap();
    let sent = told(Responses, Chat, &body);
    let calls: Vec<&str> = sent["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|message| message["tool_calls"].as_array())
        .flatten()
        .map(|call| call["function"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(calls, ["read", "apply_patch", "local_shell", "agents__spawn"]);
    assert!(losses(Responses, Chat, &body).iter().any(|loss| loss.contains("web_search_call")));
    assert!(!sent.to_string().contains("\"tool_calls\":[]"));
}

/// Effort, limit and form of answer of a Responses request are mapped, not passed on under foreign names.
#[test]
fn responses_settings_get_their_own_names() {
    let body = json!({"model": "m", "input": "hi", "reasoning": {"effort": "high"}, "max_output_tokens": 77, "text": {"format": {"type": "json_object"}}});
    let sent = told(Responses, Chat, &body);
    assert_eq!((&sent["reasoning_effort"], &sent["max_tokens"]), (&json!("high"), &json!(77)));
    assert_eq!(sent["response_format"]["type"], "json_object");
    for foreign in ["input", "reasoning", "max_output_tokens", "text"] {
        assert!(sent[foreign].is_null(), "{foreign}");
    }
    let mut body = chat(json!([{"role": "user", "content": "hi"}]));
    body["response_format"] =
        json!({"type": "json_schema", "json_schema": {"name": "a", "schema": {}}});
    body["max_tokens"] = 77.into();
    let sent = told(Chat, Responses, &body);
    assert_eq!(sent["text"]["format"]["type"], "json_schema");
    assert!(sent["max_tokens"].is_null() && sent["response_format"].is_null());
}

/// Two calls that are open at once keep their arguments apart.
#[test]
fn interleaved_calls_of_responses_do_not_mix() {
    let out = translate(
        Responses,
        Chat,
        &frames(&data("responses/interleaved_calls.sse")),
        &WayBack::default(),
    );
    let whole: Value = serde_json::from_slice(&fold(Chat, out.text.as_bytes()).unwrap()).unwrap();
    let calls = &whole["choices"][0]["message"]["tool_calls"];
    assert_eq!(calls[0]["function"]["arguments"], "{\"a\":1}");
    assert_eq!(calls[1]["function"]["arguments"], "{\"b\":2}");
}

/// Reasoning, message and calls have places of their own, and the last event repeats all with its counts.
#[test]
fn responses_places_never_collide_and_the_last_event_is_whole() {
    let out = translate(
        Chat,
        Responses,
        &frames(&data("chat/reasoning_then_parallel_calls.sse")),
        &WayBack::default(),
    );
    let mut places = Vec::new();
    let mut last = Value::Null;
    for frame in frames(out.text.as_bytes()) {
        let event: Value = serde_json::from_slice(&frame.data).unwrap();
        if event["type"] == "response.output_item.added" {
            places.push(event["output_index"].as_u64().unwrap());
        }
        last = event;
    }
    assert_eq!(places, [0, 1, 2, 3]);
    assert_eq!(last["response"]["output"].as_array().unwrap().len(), 4);
    assert!(
        last["response"]["usage"]["input_tokens"].as_u64() > Some(0)
            && last["response"]["model"] == "combo"
    );
    assert!(!out.text.contains("[DONE]"));
}

/// A stream cut short is told as one: no clean end, no hanging client.
#[test]
fn a_missing_finish_is_an_error_and_not_a_hang() {
    let event = json!({"id": "1", "choices": [{"delta": {"content": "x"}}]});
    let stream = format!("data: {event}\n\n");
    for client in others(Chat) {
        let out = translate(Chat, client, &frames(stream.as_bytes()), &WayBack::default());
        assert!(!out.ended && out.text.contains("the vendor broke off"), "{client:?}");
    }
}

/// The closing mark is written once, in the one dialect that has it.
#[test]
fn the_closing_mark_stands_once() {
    let out = streamed(
        Messages,
        Chat,
        &[
            json!({"type": "message_start", "message": {"id": "m"}}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "x"}}),
            json!({"type": "content_block_stop", "index": 0}),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
            json!({"type": "message_stop"}),
        ],
    );
    assert_eq!(out.matches("[DONE]").count(), 1);
    for client in others(Chat) {
        let out = streamed(
            Chat,
            client,
            &[
                json!({"id": "1", "choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]}),
            ],
        );
        assert!(!out.contains("[DONE]"));
    }
}

/// Empty arguments are an empty object, whole or streamed.
#[test]
fn empty_arguments_are_an_empty_object() {
    let piece = json!({"id": "1", "choices": [{"delta": {"tool_calls": [{"index": 0, "id": "abcd1234", "function": {"name": "f", "arguments": ""}}]}}]});
    let end = json!({"id": "1", "choices": [{"delta": {}, "finish_reason": "tool_calls"}]});
    let out = streamed(Chat, Responses, &[piece, end]);
    assert!(out.contains(r#""arguments":"{}""#));
    let reply = json!({"id": "1", "choices": [{"message": {"tool_calls": [{"id": "abcd1234", "function": {"name": "f"}}]}, "finish_reason": "stop"}]});
    assert_eq!(replied(Chat, Responses, &reply)["output"][0]["arguments"], "{}");
}

/// The client's cache marks stay where they are, and none are added.
#[test]
fn the_clients_own_cache_marks_are_neither_moved_nor_added_to() {
    let body = json!({"model": "m", "messages": [
        {"role": "system", "content": [{"type": "text", "text": "One."}, {"type": "text", "text": "Two.", "cache_control": {"type": "ephemeral"}}]},
        {"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}}, {"type": "text", "text": "b"}]},
    ]});
    let sent = told(Chat, Messages, &body);
    assert_eq!(sent.to_string().matches("cache_control").count(), 2, "{sent}");
    assert_eq!(sent["system"][1]["cache_control"], json!({"type": "ephemeral"}));
    assert_eq!(sent["messages"][0]["content"][0]["cache_control"]["ttl"], "1h");
}

/// A result without words is a result.
#[test]
fn an_empty_result_is_not_a_missing_one() {
    let body = json!({"model": "m", "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "a1b", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "a1b", "content": ""},
    ]});
    for vendor in others(Chat) {
        assert!(losses(Chat, vendor, &body).is_empty(), "{vendor:?}");
        let sent = told(Chat, vendor, &body).to_string();
        assert_eq!(sent.matches("a1b").count(), 2, "{vendor:?}: {sent}");
    }
}

/// Arguments that are no JSON are neither null nor a crash, whoever gets them.
#[test]
fn broken_arguments_are_an_object_where_objects_are_wanted() {
    let body = json!({"model": "m", "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "a1b", "type": "function", "function": {"name": "f", "arguments": "{\"n\": 1"}}]},
        {"role": "tool", "tool_call_id": "a1b", "content": "x"},
    ]});
    for (vendor, path) in [
        (Messages, "/messages/1/content/0/input"),
        (Gemini, "/contents/1/parts/0/functionCall/args"),
        (Ollama, "/messages/1/tool_calls/0/function/arguments"),
    ] {
        let sent = told(Chat, vendor, &body);
        let arguments = sent.pointer(path).unwrap();
        assert_eq!(*arguments, json!({"arguments_that_are_not_json": "{\"n\": 1"}), "{vendor:?}");
    }
}

/// A whole reply as each vendor writes it: cut at its limit, with the cache told apart.
fn cut_short(vendor: Dialect) -> Value {
    match vendor {
        Chat => {
            json!({"id": "r", "choices": [{"message": {"content": "Hal"}, "finish_reason": "length"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120, "prompt_tokens_details": {"cached_tokens": 60}}})
        }
        Messages => {
            json!({"id": "r", "type": "message", "content": [{"type": "text", "text": "Hal"}], "stop_reason": "max_tokens",
            "usage": {"input_tokens": 40, "output_tokens": 20, "cache_read_input_tokens": 60}})
        }
        Responses => {
            json!({"id": "r", "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"},
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hal"}]}],
            "usage": {"input_tokens": 100, "output_tokens": 20, "input_tokens_details": {"cached_tokens": 60}}})
        }
        Gemini => {
            json!({"responseId": "r", "candidates": [{"content": {"parts": [{"text": "Hal"}]}, "finishReason": "MAX_TOKENS"}],
            "usageMetadata": {"promptTokenCount": 100, "cachedContentTokenCount": 60, "candidatesTokenCount": 20, "totalTokenCount": 120}})
        }
        Ollama => {
            json!({"created_at": "1", "message": {"content": "Hal"}, "done": true, "done_reason": "length",
            "prompt_eval_count": 100, "eval_count": 20})
        }
    }
}

/// The way back of a client that wants counts, where it has to say so.
fn counting(client: Dialect) -> WayBack {
    if client != Chat {
        return WayBack::default();
    }
    let mut body = chat(json!([{"role": "user", "content": "hi"}]));
    body["stream"] = true.into();
    body["stream_options"] = json!({"include_usage": true});
    translate_request(Chat, Messages, body.to_string().as_bytes(), "v").unwrap().way_back
}

/// An answer cut at its limit is never a plain stop, and counts are neither padded nor added twice, nor does the
/// cache's part get lost on the way.
#[test]
fn a_cut_answer_and_its_counts_are_told_in_every_pair() {
    for vendor in Dialect::ALL {
        for client in others(vendor) {
            let whole = cut_short(vendor);
            let stream = unfold(vendor, whole.to_string().as_bytes()).unwrap();
            let frames = grammar::split(vendor, &[&stream]);
            let out = translate(vendor, client, &frames, &counting(client));
            let streamed = value(&fold(client, out.text.as_bytes()).unwrap());
            let cached = if vendor == Ollama { 0 } else { 60 };
            let (stop, word, counts, expected) = match client {
                Chat => (
                    "/choices/0/finish_reason",
                    "length",
                    "/usage",
                    json!({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120, "prompt_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 0}}),
                ),
                Messages => (
                    "/stop_reason",
                    "max_tokens",
                    "/usage",
                    json!({"input_tokens": 100 - cached, "output_tokens": 20, "cache_read_input_tokens": cached, "cache_creation_input_tokens": 0}),
                ),
                Responses => (
                    "/incomplete_details/reason",
                    "max_output_tokens",
                    "/usage",
                    json!({"input_tokens": 100, "output_tokens": 20, "total_tokens": 120, "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}),
                ),
                Gemini => (
                    "/candidates/0/finishReason",
                    "MAX_TOKENS",
                    "/usageMetadata",
                    json!({"promptTokenCount": 100, "cachedContentTokenCount": cached, "candidatesTokenCount": 20, "thoughtsTokenCount": 0, "totalTokenCount": 120}),
                ),
                Ollama => ("/done_reason", "length", "/eval_count", json!(20)),
            };
            for reply in [replied(vendor, client, &whole), streamed] {
                assert_eq!(reply.pointer(stop), Some(&json!(word)), "{vendor:?} {client:?}");
                assert_eq!(reply.pointer(counts), Some(&expected), "{vendor:?} {client:?}");
            }
        }
    }
}

/// A response that failed is the vendor's fault, not an answer without words.
#[test]
fn a_failed_response_is_no_empty_answer() {
    let body = json!({"id": "r", "status": "failed", "error": {"code": "server_error", "message": "busy"}, "output": []});
    for client in others(Responses) {
        let fault = translate_reply(
            Responses,
            client,
            body.to_string().as_bytes(),
            "m",
            &WayBack::default(),
        )
        .unwrap_err();
        assert_eq!(fault.message, "busy", "{client:?}");
    }
}

/// Gemini's thoughts are reasoning with or without a signature, and never what is said.
#[test]
fn unsigned_thoughts_never_leak_into_the_answer() {
    let body = json!({"responseId": "r", "candidates": [{"content": {"parts": [
        {"text": "secret", "thought": true}, {"text": "open"}]}, "finishReason": "STOP"}]});
    assert_eq!(replied(Gemini, Chat, &body)["choices"][0]["message"]["content"], "open");
    assert_eq!(replied(Gemini, Ollama, &body)["message"]["content"], "open");
    let history = json!({"contents": [{"role": "user", "parts": [{"text": "a"}]},
        {"role": "model", "parts": [{"text": "secret", "thought": true}, {"text": "open"}]}, {"role": "user", "parts": [{"text": "b"}]}]});
    assert_eq!(told(Gemini, Chat, &history)["messages"][1]["content"], "open");
}

/// A whole reply that ended at a sequence of the client's ended well.
#[test]
fn a_stop_at_a_sequence_is_a_plain_stop() {
    let reply = json!({"id": "m", "type": "message", "content": [{"type": "text", "text": "x"}],
        "stop_reason": "stop_sequence", "stop_sequence": "END", "usage": {"input_tokens": 1, "output_tokens": 1}});
    for (client, place, word) in [
        (Chat, "/choices/0/finish_reason", "stop"),
        (Responses, "/status", "completed"),
        (Gemini, "/candidates/0/finishReason", "STOP"),
        (Ollama, "/done_reason", "stop"),
    ] {
        assert_eq!(replied(Messages, client, &reply).pointer(place), Some(&json!(word)));
    }
}

/// Gemini's thoughts are a part of the answer's count, streamed and whole.
#[test]
fn thoughts_are_counted_alike_streamed_and_whole() {
    let stream = data("gemini/thoughts_and_calls.sse");
    let whole = value(&fold(Gemini, &stream).unwrap());
    for (client, place) in [
        (Chat, "/usage/completion_tokens"),
        (Messages, "/usage/output_tokens"),
        (Responses, "/usage/output_tokens"),
        (Ollama, "/eval_count"),
    ] {
        let out = translate(Gemini, client, &grammar::split(Gemini, &[&stream]), &counting(client));
        let streamed = value(&fold(client, out.text.as_bytes()).unwrap());
        for told in [replied(Gemini, client, &whole), streamed] {
            assert_eq!(told.pointer(place), Some(&json!(20)), "{client:?}: {told}");
        }
    }
}

/// No effort is no thinking, not a middling budget.
#[test]
fn no_effort_is_no_budget() {
    let mut body = chat(json!([{"role": "user", "content": "hi"}]));
    body["reasoning_effort"] = "none".into();
    let sent = translate_request(Chat, Gemini, body.to_string().as_bytes(), "gemini-2.5-flash");
    let sent = value(&sent.unwrap().body);
    assert_eq!(sent["generationConfig"]["thinkingConfig"], json!({"thinkingBudget": 0}));
}

/// Numbers that a parameter is chosen from stay numbers.
#[test]
fn a_choice_of_numbers_stays_one() {
    let schema =
        json!({"type": "object", "properties": {"n": {"type": "integer", "enum": [1, 2]}}});
    let mut body = chat(json!([{"role": "user", "content": "hi"}]));
    body["tools"] = json!([{"type": "function", "function": {"name": "f", "parameters": schema}}]);
    for vendor in others(Chat) {
        let sent = told(Chat, vendor, &body).to_string();
        assert!(sent.contains("[1,2]") && !sent.contains("\"1\""), "{vendor:?}: {sent}");
    }
}

/// Two results and words in one turn of Gemini's: all of it arrives, and each result finds its call, though neither
/// has an id.
#[test]
fn results_beside_each_other_and_beside_words_all_survive() {
    let body = json!({"contents": [
        {"role": "user", "parts": [{"text": "go"}]},
        {"role": "model", "parts": [
            {"functionCall": {"name": "f", "args": {"n": 1}}},
            {"functionCall": {"name": "g", "args": {"n": 2}}},
        ]},
        {"role": "user", "parts": [
            {"functionResponse": {"name": "g", "response": {"output": "of g"}}},
            {"functionResponse": {"name": "f", "response": {"output": "of f"}}},
            {"text": "and now?"},
        ]},
    ]});
    let sent = told(Gemini, Chat, &body);
    let (calls, results) = (&sent["messages"][1]["tool_calls"], &sent["messages"]);
    for (call, result, answer) in [(0, 2, "of f"), (1, 3, "of g")] {
        assert_eq!(calls[call]["id"], results[result]["tool_call_id"]);
        assert_eq!(results[result]["content"], answer);
    }
    for vendor in others(Gemini) {
        let sent = told(Gemini, vendor, &body).to_string();
        for words in ["of f", "of g", "and now?"] {
            assert!(sent.contains(words), "{words} for {vendor:?}: {sent}");
        }
    }
}

/// A reason to stop that nobody else knows does not pass on under its own name, and a call that Gemini itself could
/// not read is a failure, not an answer.
#[test]
fn geminis_reasons_to_stop_are_told_in_the_clients_words() {
    let stopped = |reason: &str| json!({"responseId": "r", "candidates": [{"content": {"parts": [{"text": "x"}], "role": "model"}, "finishReason": reason}]});
    for (reason, word) in
        [("LANGUAGE", "content_filter"), ("REASON_OF_TOMORROW", "stop"), ("MAX_TOKENS", "length")]
    {
        let whole = stopped(reason);
        let stream = unfold(Gemini, whole.to_string().as_bytes()).unwrap();
        for client in others(Gemini) {
            let frames = grammar::split(Gemini, &[&stream]);
            let out = translate(Gemini, client, &frames, &WayBack::default());
            assert!(out.ended, "{client:?}");
            for text in [out.text, replied(Gemini, client, &whole).to_string()] {
                assert!(text.contains(r#""x""#), "{client:?}: {text}");
                assert!(!text.contains(reason), "{client:?}: {text}");
            }
        }
        assert_eq!(replied(Gemini, Chat, &whole)["choices"][0]["finish_reason"], word, "{reason}");
    }
    let whole = stopped("MALFORMED_FUNCTION_CALL").to_string();
    let stream =
        unfold(Gemini, whole.as_bytes()).unwrap_or_else(|_| format!("data: {whole}\n\n").into());
    for client in others(Gemini) {
        let back = WayBack::default();
        assert!(translate_reply(Gemini, client, whole.as_bytes(), "m", &back).is_err());
        let out = translate(Gemini, client, &grammar::split(Gemini, &[&stream]), &back);
        assert!(!out.ended, "{client:?}: {}", out.text);
    }
}

/// Counts that stand in a piece without a candidate are counted.
#[test]
fn a_piece_of_counts_alone_is_not_dropped() {
    let said = json!({"responseId": "r", "candidates": [{"content": {"parts": [{"text": "x"}], "role": "model"}, "finishReason": "STOP"}]});
    let counts = json!({"responseId": "r", "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 2, "totalTokenCount": 11}});
    let stream = format!("data: {said}\r\n\r\ndata: {counts}\r\n\r\n");
    for client in others(Gemini) {
        let frames = grammar::split(Gemini, &[stream.as_bytes()]);
        let out = translate(Gemini, client, &frames, &WayBack::default());
        assert_eq!(out.usage.map(|usage| usage.input_total()), Some(9), "{client:?}");
    }
}

/// A call without a name leaves neither an empty list nor a message of nothing.
#[test]
fn a_call_without_a_name_is_no_empty_list_of_calls() {
    let body = json!({"model": "m", "input": [
        {"role": "user", "content": "hi"},
        {"type": "function_call", "call_id": "a", "name": "", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "a", "output": "x"},
    ]});
    for vendor in others(Responses) {
        let sent = translate_request(Responses, vendor, body.to_string().as_bytes(), "v");
        if let Ok(sent) = sent {
            let text = String::from_utf8(sent.body).unwrap();
            assert!(
                !text.contains(r#""tool_calls":[]"#) && !text.contains(r#""name":"""#),
                "{vendor:?}: {text}"
            );
        }
    }
}

/// Whether calls may come side by side is said in Responses too.
#[test]
fn a_call_at_a_time_is_asked_of_responses_too() {
    let mut body = chat(json!([{"role": "user", "content": "hi"}]));
    body["parallel_tool_calls"] = false.into();
    body["tools"] = json!([{"type": "function", "function": {"name": "f", "parameters": {}}}]);
    assert_eq!(told(Chat, Responses, &body)["parallel_tool_calls"], false);
    assert_eq!(told(Chat, Messages, &body)["tool_choice"]["disable_parallel_tool_use"], true);
    for vendor in [Gemini, Ollama] {
        assert!(
            losses(Chat, vendor, &body).iter().any(|loss| loss.contains("parallel_tool_calls"))
        );
    }
}

/// What a model of Responses tells of its reasoning is reasoning for every client.
#[test]
fn summaries_of_reasoning_are_not_left_out() {
    for client in others(Responses) {
        let out = passed_on(Responses, client, "responses/reasoning_and_calls.sse");
        assert!(out.text.contains("First.") && out.text.contains("Second."), "{client:?}");
    }
}

/// A stream for Ollama's client has one last line, which says why, counts, and may say something itself.
#[test]
fn an_ollama_stream_ends_once_and_loses_nothing_at_its_end() {
    for vendor in others(Ollama) {
        for (reply, reason) in [(cut_short(vendor), "length"), (calling(vendor), "stop")] {
            let stream = unfold(vendor, reply.to_string().as_bytes()).unwrap();
            let frames = grammar::split(vendor, &[&stream]);
            let out = translate(vendor, Ollama, &frames, &WayBack::default());
            let lines: Vec<Value> =
                out.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let done = lines.iter().filter(|line| line["done"] == true).count();
            assert_eq!((done, lines.last().unwrap()["done"].as_bool()), (1, Some(true)));
            assert_eq!(lines.last().unwrap()["done_reason"], reason, "{vendor:?}");
            assert!(lines.iter().all(|line| line["created_at"].is_string()), "{vendor:?}");
        }
    }
    let one = passed_on(Ollama, Chat, "ollama/one_line.ndjson");
    assert!(one.text.contains(r#""content":"hi""#), "{}", one.text);
}

/// A whole reply of each vendor that calls a tool.
fn calling(vendor: Dialect) -> Value {
    let reply = json!({"id": "r", "choices": [{"message": {"role": "assistant", "content": null, "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"n\":1}"}}]}, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}});
    if vendor == Chat { reply } else { replied(Chat, vendor, &reply) }
}

/// A client of Gemini's uses tools through every vendor: they are offered, called and answered.
#[test]
fn a_gemini_client_uses_tools_through_every_vendor() {
    let body = json!({
        "contents": [
            {"role": "user", "parts": [{"text": "look"}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]},
            {"role": "model", "parts": [{"functionCall": {"id": "c0", "name": "f", "args": {"n": 1}}}]},
            {"role": "user", "parts": [{"functionResponse": {"id": "c0", "name": "f", "response": {"output": "seen"}}}]},
        ],
        "tools": [{"functionDeclarations": [{"name": "f", "parameters": {"type": "OBJECT", "properties": {"n": {"type": "INTEGER"}}}}]}],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
        "generationConfig": {"maxOutputTokens": 77, "responseMimeType": "application/json", "responseSchema": {"type": "OBJECT", "properties": {"answer": {"type": "STRING"}}}, "stopSequences": ["END"]},
    });
    for vendor in others(Gemini) {
        let sent = told(Gemini, vendor, &body);
        assert_eq!(sent["tools"].as_array().unwrap().len(), 1, "{vendor:?}");
        let text = sent.to_string();
        for words in ["look", "AAAA", "c0", "seen", "77", "answer"] {
            assert!(text.contains(words), "{words} for {vendor:?}: {text}");
        }
        let stop = losses(Gemini, vendor, &body).iter().any(|loss| loss.contains("stop"));
        assert!(text.contains("END") != stop, "{vendor:?}");
        let reply = calling(vendor);
        let stream = unfold(vendor, reply.to_string().as_bytes()).unwrap();
        let frames = grammar::split(vendor, &[&stream]);
        let out = translate(vendor, Gemini, &frames, &WayBack::default());
        let streamed = value(&fold(Gemini, out.text.as_bytes()).unwrap());
        for told in [replied(vendor, Gemini, &reply), streamed] {
            let call = &told["candidates"][0]["content"]["parts"][0]["functionCall"];
            assert_eq!((&call["name"], &call["args"]), (&json!("f"), &json!({"n": 1})), "{told}");
        }
    }
}

/// What befell gateways in front of Kiro, whose conversation is a state of its own form.
mod kiro {
    use super::*;
    use aws_smithy_eventstream::frame::write_message_to;
    use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
    use switchyard_dialect::{Addressee, Terms, translate_request_to};
    use switchyard_types::Accent;

    fn to_kiro() -> Addressee<'static> {
        Addressee {
            dialect: Messages,
            accent: Some(Accent::Kiro),
            vendor: "kiro",
            model: "m",
            delivery: None,
            terms: Terms::default(),
        }
    }

    /// The history and the current turn of the user.
    fn state(messages: &Value) -> (Vec<Value>, Value) {
        let tool = json!({"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}});
        let mut body = chat(messages.clone());
        body["tools"] = json!([tool]);
        let told =
            translate_request_to(Chat, to_kiro(), body.to_string().as_bytes(), &|_| None).unwrap();
        let mut state = value(&told.body);
        let history = state["history"].take().as_array().cloned().unwrap_or_default();
        (history, state["currentMessage"]["userInputMessage"].take())
    }

    fn call(arguments: &str) -> Value {
        json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": arguments}}]})
    }

    #[test]
    fn the_developers_words_stay() {
        let (_, current) = state(
            &json!([{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "hi"}]),
        );
        assert_eq!(current["content"], "Be brief.\nhi");
    }

    #[test]
    fn turns_alternate_and_keep_their_order_whoever_spoke_last() {
        let say = |role: &str, text: &str| json!({"role": role, "content": text});
        for roles in ["ua", "uau", "aua", "uuaau", "a", "uaaua"] {
            let messages: Vec<Value> = roles
                .chars()
                .enumerate()
                .map(|(nth, role)| {
                    say(if role == 'u' { "user" } else { "assistant" }, &format!("w{nth}"))
                })
                .collect();
            let (history, current) = state(&messages.into());
            for (nth, turn) in history.iter().enumerate() {
                let expected =
                    if nth % 2 == 0 { "userInputMessage" } else { "assistantResponseMessage" };
                assert!(turn.get(expected).is_some(), "{roles}: turn {nth}: {turn}");
            }
            assert_eq!(
                history.len() % 2,
                0,
                "{roles}: the assistant speaks before the current turn"
            );
            let all = format!("{}{current}", Value::from(history));
            let places: Vec<usize> =
                (0..roles.len()).map(|nth| all.find(&format!("w{nth}")).unwrap()).collect();
            assert!(places.is_sorted(), "{roles}: {all}");
        }
    }

    /// A moment at the head of each request would make every prompt new to the cache.
    #[test]
    fn nothing_is_put_before_what_the_user_said() {
        let messages = json!([{"role": "user", "content": "hi"}]);
        let (_, current) = state(&messages);
        assert_eq!(current["content"], "hi");
        assert_eq!(state(&messages).1, current);
    }

    #[test]
    fn tools_are_offered_whoever_spoke_first() {
        for first in ["user", "assistant"] {
            let (_, current) = state(
                &json!([{"role": first, "content": "hello"}, {"role": "assistant", "content": "well"}, {"role": "user", "content": "hi"}]),
            );
            let tools = &current["userInputMessageContext"]["tools"];
            assert_eq!(tools[0]["toolSpecification"]["name"], "f", "{first}: {current}");
        }
    }

    #[test]
    fn results_in_parts_and_results_that_failed_are_told_as_they_are() {
        let parts = json!([{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]);
        let (_, current) = state(
            &json!([{"role": "user", "content": "hi"}, call("{}"), {"role": "tool", "tool_call_id": "a", "content": parts}]),
        );
        let result = &current["userInputMessageContext"]["toolResults"][0];
        assert_eq!(result["content"], json!([{"text": "one\ntwo"}]));
        assert_eq!(result["status"], "success");
        let body = json!({"model": "m", "max_tokens": 9, "tools": [{"name": "f", "input_schema": {"type": "object"}}], "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "is_error": true, "content": "gone"}]},
        ]});
        let told =
            translate_request_to(Messages, to_kiro(), body.to_string().as_bytes(), &|_| None);
        let current = &value(&told.unwrap().body)["currentMessage"]["userInputMessage"];
        assert_eq!(current["userInputMessageContext"]["toolResults"][0]["status"], "error");
    }

    #[test]
    fn joined_turns_keep_the_results_of_both() {
        let both = json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}},
            {"id": "b", "type": "function", "function": {"name": "f", "arguments": "{}"}}]});
        let (history, _) = state(&json!([
            {"role": "user", "content": "hi"},
            both,
            {"role": "tool", "tool_call_id": "a", "content": "of a"},
            {"role": "tool", "tool_call_id": "b", "content": "of b"},
            {"role": "user", "content": "and"},
            {"role": "assistant", "content": "well"},
            {"role": "user", "content": "go on"},
        ]));
        let turn = &history[2]["userInputMessage"];
        let results = turn["userInputMessageContext"]["toolResults"].as_array().unwrap();
        let said: Vec<&Value> =
            results.iter().map(|result| &result["content"][0]["text"]).collect();
        assert_eq!((json!(said), &turn["content"]), (json!(["of a", "of b"]), &json!("and")));
    }

    #[test]
    fn broken_arguments_are_no_crash() {
        let (history, _) = state(
            &json!([{"role": "user", "content": "hi"}, call("{\"n\":"), {"role": "tool", "tool_call_id": "a", "content": "x"}, {"role": "assistant", "content": "y"}, {"role": "user", "content": "z"}]),
        );
        let used = &history[1]["assistantResponseMessage"]["toolUses"][0];
        assert_eq!(used["input"], json!({"arguments_that_are_not_json": "{\"n\":"}));
    }

    #[test]
    fn the_current_turn_shows_its_images() {
        let image =
            json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}});
        let (_, current) =
            state(&json!([{"role": "user", "content": [{"type": "text", "text": "See"}, image]}]));
        assert_eq!(current["images"], json!([{"format": "png", "source": {"bytes": "AAAA"}}]));
    }

    /// An exception is a message like any other, but for its headers.
    #[test]
    fn an_exception_is_no_silent_empty_answer() {
        let headers = [(":message-type", "exception"), (":exception-type", "ThrottlingException")];
        let mut message = Message::new(br#"{"message":"Slow down"}"#.to_vec());
        for (name, text) in headers {
            message = message.add_header(Header::new(name, HeaderValue::String(text.into())));
        }
        let mut bytes = Vec::new();
        write_message_to(&message, &mut bytes).unwrap();
        let asked = chat(json!([{"role": "user", "content": "hi"}])).to_string();
        let back =
            translate_request_to(Chat, to_kiro(), asked.as_bytes(), &|_| None).unwrap().way_back;
        let fault = translate_reply(Messages, Chat, &bytes, "m", &back).unwrap_err();
        assert_eq!(fault.message, "Slow down");
    }
}
