//! Each dialect's grammar, streaming and not, and that both say the same.

use std::net::SocketAddr;
use std::time::Duration;

use crate::wire::{End, Reply, ask, post};
use serde_json::{Value, json};
use switchyard_simulator::{
    Call, CallKind, Chunking, Script, Simulator, Stop, Turn, Usage, Vendor,
};

const THOUGHT: &str = "Erst denken wir nach, über 世界.";
const SAID: &str = "Here \"quoted\" 🦀 text\nwith a line.";

fn arguments() -> Value {
    json!({ "command": "ls -l", "note": "ü" })
}

fn full_turn() -> Turn {
    Turn::default()
        .and_thinking(THOUGHT, "c2ln")
        .and_text(SAID)
        .and_call(Call::function("Bash", &arguments()))
        .and_call(Call::function("Read", &json!({})))
        .usage(Usage { input: 10, cache_read: 100, cache_write: 7, output: 30, reasoning: 12 })
        .chunking(Chunking::Size(4))
}

async fn start(turn: Turn) -> Simulator {
    Simulator::start(Script::default().vendor("v", Vendor::default().turn_for("m", turn)))
        .await
        .unwrap()
}

async fn stream(at: SocketAddr, path: &str, mut body: Value) -> Reply {
    body["stream"] = true.into();
    body["model"] = "m".into();
    let reply = post(at, path, &body).await;
    assert_eq!((reply.status, reply.end), (200, End::Proper));
    assert!(reply.header("content-type").starts_with("text/event-stream"));
    reply
}

fn joined(datas: &[Value], kind: &str, pointer: &str) -> String {
    let of_kind = datas.iter().filter(|data| kind.is_empty() || data["type"] == kind);
    of_kind.filter_map(|data| data.pointer(pointer)?.as_str()).collect()
}

#[tokio::test]
async fn a_chat_stream_gives_role_content_calls_finish_usage_and_done_in_order() {
    let simulator = start(full_turn()).await;
    let body = json!({ "stream_options": { "include_usage": true } });
    let reply = stream(simulator.address(), "/v/v1/chat/completions", body).await;
    let datas = reply.datas();
    assert_eq!(reply.events().last().unwrap().1, "[DONE]");
    assert_eq!(datas[0]["choices"][0]["delta"]["role"], "assistant");
    assert!(datas.iter().all(|data| data["object"] == "chat.completion.chunk"));
    assert!(datas.iter().all(|data| data["id"] == datas[0]["id"]));
    assert_eq!(joined(&datas, "", "/choices/0/delta/reasoning_content"), THOUGHT);
    assert_eq!(joined(&datas, "", "/choices/0/delta/content"), SAID);
    let usage = datas.last().unwrap();
    assert_eq!(usage["choices"], json!([]));
    assert_eq!(usage["usage"]["prompt_tokens"], 117);
    assert_eq!(usage["usage"]["prompt_tokens_details"]["cached_tokens"], 100);
    assert_eq!(usage["usage"]["completion_tokens_details"]["reasoning_tokens"], 12);
    let finish = &datas[datas.len() - 2];
    assert_eq!(finish["choices"][0]["finish_reason"], "tool_calls");
    assert!(datas[..datas.len() - 1].iter().all(|data| data["usage"].is_null()));
}

#[tokio::test]
async fn chat_tool_calls_open_with_id_and_name_and_their_arguments_join() {
    let simulator = start(full_turn()).await;
    let reply = stream(simulator.address(), "/v/v1/chat/completions", json!({})).await;
    let datas = reply.datas();
    assert!(datas.iter().all(|data| data.get("usage").is_none()), "usage only when asked for");
    for (index, name, wanted) in [(0, "Bash", arguments()), (1, "Read", json!({}))] {
        let calls: Vec<&Value> = datas
            .iter()
            .filter_map(|data| data.pointer("/choices/0/delta/tool_calls/0"))
            .filter(|call| call["index"] == index)
            .collect();
        assert_eq!(calls[0]["function"]["name"], name);
        assert!(calls[0]["id"].as_str().unwrap().starts_with("call_"));
        assert!(calls[1..].iter().all(|call| call.get("id").is_none()));
        let text: String =
            calls.iter().filter_map(|call| call["function"]["arguments"].as_str()).collect();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), wanted);
    }
}

#[tokio::test]
async fn a_messages_stream_nests_its_blocks_one_after_the_other() {
    let simulator = start(full_turn()).await;
    let reply = stream(simulator.address(), "/v/v1/messages", json!({})).await;
    let (names, datas) = (reply.names(), reply.datas());
    for (name, data) in names.iter().zip(&datas) {
        assert_eq!(*name, data["type"], "the event line repeats the type");
    }
    assert_eq!(names[..2], ["message_start", "ping"]);
    assert_eq!(names[names.len() - 2..], ["message_delta", "message_stop"]);
    let (mut open, mut next) = (None, 0);
    for data in &datas {
        match data["type"].as_str().unwrap() {
            "content_block_start" => {
                assert_eq!((open, data["index"].as_u64()), (None, Some(next)));
                open = Some(next);
                next += 1;
            }
            "content_block_delta" => assert_eq!(open, data["index"].as_u64()),
            "content_block_stop" => {
                assert_eq!(open, data["index"].as_u64());
                open = None;
            }
            "message_delta" | "message_stop" => assert_eq!(open, None),
            _ => {}
        }
    }
    assert_eq!(next, 4);
    assert_eq!(joined(&datas, "", "/delta/thinking"), THOUGHT);
    assert_eq!(joined(&datas, "", "/delta/signature"), "c2ln");
    assert_eq!(joined(&datas, "", "/delta/text"), SAID);
    let bash: Vec<Value> = datas.iter().filter(|data| data["index"] == 2).cloned().collect();
    let text = joined(&bash, "", "/delta/partial_json");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), arguments());
    let end = &datas[datas.len() - 2];
    assert_eq!(end["delta"]["stop_reason"], "tool_use");
    let usage = &end["usage"];
    assert_eq!(
        [
            &usage["input_tokens"],
            &usage["cache_read_input_tokens"],
            &usage["cache_creation_input_tokens"],
            &usage["output_tokens"]
        ],
        [10, 100, 7, 30]
    );
}

#[tokio::test]
async fn a_responses_stream_numbers_its_events_and_announces_every_item() {
    let simulator = start(full_turn()).await;
    let reply = stream(simulator.address(), "/v/v1/responses", json!({})).await;
    let (names, datas) = (reply.names(), reply.datas());
    for (number, (name, data)) in names.iter().zip(&datas).enumerate() {
        assert_eq!(*name, data["type"]);
        assert_eq!(data["sequence_number"], number);
    }
    let mut order = names.clone();
    order.dedup();
    let item = |inner: &[&str]| {
        let mut names = vec!["response.output_item.added".to_owned()];
        names.extend(inner.iter().map(|name| format!("response.{name}")));
        names.push("response.output_item.done".to_owned());
        names
    };
    let mut wanted = vec!["response.created".to_owned(), "response.in_progress".to_owned()];
    wanted.extend(item(&[
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
    ]));
    wanted.extend(item(&[
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
    ]));
    let call = item(&["function_call_arguments.delta", "function_call_arguments.done"]);
    wanted.extend(call.clone());
    wanted.extend(call);
    wanted.push("response.completed".to_owned());
    assert_eq!(order, wanted);
    assert_eq!(joined(&datas, "response.output_text.delta", "/delta"), SAID);
    assert_eq!(joined(&datas, "response.reasoning_summary_text.delta", "/delta"), THOUGHT);
    let done: Vec<&Value> = datas
        .iter()
        .filter(|data| data["type"] == "response.output_item.done")
        .map(|data| &data["item"])
        .collect();
    let completed = &datas.last().unwrap()["response"];
    assert_eq!(completed["output"].as_array().unwrap().iter().collect::<Vec<_>>(), done);
    assert_eq!(completed["status"], "completed");
    assert_eq!(completed["usage"]["input_tokens_details"]["cached_tokens"], 100);
    assert_eq!(completed["usage"]["output_tokens_details"]["reasoning_tokens"], 12);
    assert_eq!(done[0]["encrypted_content"], "c2ln");
    assert_eq!(done[2]["arguments"], arguments().to_string());
    let added = datas
        .iter()
        .find(|data| data["type"] == "response.output_item.added" && data["output_index"] == 1);
    assert_eq!(added.unwrap()["item"]["content"], json!([]));
    let items = datas.iter().filter(|data| data.get("item_id").is_some());
    for event in items {
        let index = usize::try_from(event["output_index"].as_u64().unwrap()).unwrap();
        assert_eq!(event["item_id"], done[index]["id"]);
    }
}

#[tokio::test]
async fn responses_carry_custom_and_local_shell_calls_in_their_own_items() {
    let custom = Call {
        kind: CallKind::Custom,
        arguments: "*** Begin".into(),
        ..Call::function("apply_patch", &Value::Null)
    };
    let shell = Call {
        kind: CallKind::LocalShell,
        arguments: r#"["ls"]"#.into(),
        ..Call::function("local_shell", &Value::Null)
    };
    let simulator = start(Turn::default().and_call(custom).and_call(shell)).await;
    let reply = stream(simulator.address(), "/v/v1/responses", json!({})).await;
    let datas = reply.datas();
    assert_eq!(joined(&datas, "response.custom_tool_call_input.delta", "/delta"), "*** Begin");
    let output = &datas.last().unwrap()["response"]["output"];
    assert_eq!(
        (output[0]["type"].as_str(), output[0]["input"].as_str()),
        (Some("custom_tool_call"), Some("*** Begin"))
    );
    assert_eq!(output[1]["action"]["command"], json!(["ls"]));
}

#[tokio::test]
async fn a_gemini_stream_gives_parts_and_finishes_once() {
    let simulator = start(full_turn()).await;
    let path = "/v/v1beta/models/m:streamGenerateContent?alt=sse";
    let reply = stream(simulator.address(), path, json!({})).await;
    assert!(reply.text().ends_with("\r\n\r\n"));
    let datas = reply.datas();
    let parts: Vec<&Value> =
        datas.iter().map(|data| &data["candidates"][0]["content"]["parts"][0]).collect();
    let text = |thought: bool| -> String {
        let chosen = parts.iter().filter(|part| (part["thought"] == true) == thought);
        chosen.filter_map(|part| part["text"].as_str()).collect()
    };
    assert_eq!((text(true), text(false)), (THOUGHT.to_owned(), SAID.to_owned()));
    let calls: Vec<&Value> = parts.iter().filter_map(|part| part.get("functionCall")).collect();
    assert_eq!(calls[0], &json!({ "name": "Bash", "args": arguments() }));
    let signed: Vec<&&Value> =
        parts.iter().filter(|part| part.get("thoughtSignature").is_some()).collect();
    assert_eq!(signed.len(), 1);
    let finishes = datas.iter().filter(|data| data["candidates"][0].get("finishReason").is_some());
    assert_eq!(finishes.count(), 1);
    let last = datas.last().unwrap();
    assert_eq!(last["candidates"][0]["finishReason"], "STOP");
    let usage = &last["usageMetadata"];
    assert_eq!(
        [
            &usage["promptTokenCount"],
            &usage["cachedContentTokenCount"],
            &usage["candidatesTokenCount"],
            &usage["thoughtsTokenCount"],
            &usage["totalTokenCount"]
        ],
        [117, 100, 18, 12, 147]
    );
}

#[tokio::test]
async fn gemini_without_sse_streams_one_json_array() {
    let simulator = start(full_turn()).await;
    let reply =
        post(simulator.address(), "/v/v1beta/models/m:streamGenerateContent", &json!({})).await;
    let list = reply.json();
    assert_eq!(list.as_array().unwrap().last().unwrap()["candidates"][0]["finishReason"], "STOP");
    let torn = post(
        simulator.address(),
        "/v/v1beta/models/m+overloaded@1:streamGenerateContent",
        &json!({}),
    )
    .await;
    assert!(torn.text().starts_with("[{") && torn.text().contains("UNAVAILABLE"));
}

#[tokio::test]
async fn an_ollama_stream_is_a_value_a_line_and_the_last_one_is_done() {
    let simulator = start(full_turn()).await;
    let question = json!({ "model": "m", "messages": [] });
    let reply = post(simulator.address(), "/v/api/chat", &question).await;
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> =
        reply.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let joined = |field: &str| -> String {
        lines.iter().filter_map(|line| line["message"][field].as_str()).collect()
    };
    assert_eq!((joined("thinking"), joined("content")), (THOUGHT.to_owned(), SAID.to_owned()));
    let calls = lines.iter().find_map(|line| line["message"]["tool_calls"].as_array()).unwrap();
    assert_eq!(calls[0]["function"]["arguments"], arguments());
    assert_eq!(lines.iter().filter(|line| line["done"] == true).count(), 1);
    let last = lines.last().unwrap();
    assert_eq!(
        [&last["done_reason"], &last["prompt_eval_count"], &last["eval_count"]],
        [&json!("stop"), &json!(117), &json!(30)]
    );
}

#[tokio::test]
async fn a_bare_prompt_is_answered_without_a_message() {
    let simulator =
        Simulator::start(Script::default().vendor("v", Vendor::default())).await.unwrap();
    let question = json!({ "model": "m", "prompt": "hi there", "stream": false });
    let reply = post(simulator.address(), "/v/api/generate", &question).await.json();
    assert_eq!(reply["response"], "This is v speaking as m. You said: hi there");
    assert!(reply.get("message").is_none() && reply["done"] == true);
}

#[tokio::test]
async fn unstreamed_answers_have_each_dialects_shape() {
    let simulator = start(full_turn()).await;
    let at = simulator.address();
    let body = json!({ "model": "m" });
    let chat = post(at, "/v/v1/chat/completions", &body).await.json();
    let message = &chat["choices"][0]["message"];
    assert_eq!(
        (message["content"].as_str(), message["reasoning_content"].as_str()),
        (Some(SAID), Some(THOUGHT))
    );
    assert_eq!(message["tool_calls"][0]["function"]["arguments"], arguments().to_string());
    assert_eq!(chat["usage"]["total_tokens"], 147);

    let messages = post(at, "/v/v1/messages", &body).await.json();
    assert_eq!(
        messages["content"][0],
        json!({ "type": "thinking", "thinking": THOUGHT, "signature": "c2ln" })
    );
    assert_eq!(messages["content"][2]["input"], arguments());
    assert_eq!(messages["stop_reason"], "tool_use");

    let responses = post(at, "/v/v1/responses", &body).await.json();
    assert_eq!(responses["output"][1]["content"][0]["text"], SAID);
    assert_eq!(responses["status"], "completed");

    let body = json!({ "model": "m", "stream": false });
    let ollama = post(at, "/v/api/chat", &body).await.json();
    assert_eq!(ollama["message"]["content"], SAID);
    assert_eq!(ollama["message"]["tool_calls"][0]["function"]["arguments"], arguments());

    let gemini = post(at, "/v/v1beta/models/m:generateContent", &json!({})).await.json();
    assert_eq!(gemini["candidates"][0]["content"]["parts"][1]["text"], SAID);
    assert_eq!(gemini["candidates"][0]["content"]["parts"][1]["thoughtSignature"], "c2ln");
}

#[tokio::test]
async fn every_stop_has_its_word_in_every_dialect() {
    for (stop, chat, messages, responses, gemini) in [
        (Stop::EndTurn, "stop", "end_turn", "completed", "STOP"),
        (Stop::ToolUse, "tool_calls", "tool_use", "completed", "STOP"),
        (Stop::MaxTokens, "length", "max_tokens", "incomplete", "MAX_TOKENS"),
        (Stop::StopSequence("END".into()), "stop", "stop_sequence", "completed", "STOP"),
        (Stop::Refusal, "content_filter", "refusal", "incomplete", "SAFETY"),
    ] {
        let simulator = start(Turn::text("x").stop(stop)).await;
        let at = simulator.address();
        let body = json!({ "model": "m" });
        let reply = post(at, "/v/v1/chat/completions", &body).await.json();
        assert_eq!(reply["choices"][0]["finish_reason"], chat);
        assert_eq!(post(at, "/v/v1/messages", &body).await.json()["stop_reason"], messages);
        assert_eq!(post(at, "/v/v1/responses", &body).await.json()["status"], responses);
        let streamed = stream(at, "/v/v1/responses", json!({})).await;
        assert_eq!(streamed.names().last().unwrap(), &format!("response.{responses}"));
        let reply = post(at, "/v/v1beta/models/m:generateContent", &body).await.json();
        assert_eq!(reply["candidates"][0]["finishReason"], gemini);
    }
}

#[tokio::test]
async fn the_echo_names_vendor_and_model_and_quotes_the_last_user_text() {
    let simulator =
        Simulator::start(Script::default().vendor("v", Vendor::default())).await.unwrap();
    let at = simulator.address();
    let wanted = "This is v speaking as m. You said: the last";
    let turns = json!([
        { "role": "user", "content": "the first" },
        { "role": "assistant", "content": "no" },
        { "role": "user", "content": [{ "type": "text", "text": "a" }, { "type": "text", "text": "the last" }] },
        { "role": "assistant", "content": "never" },
    ]);
    let chat =
        post(at, "/v/v1/chat/completions", &json!({ "model": "m", "messages": turns })).await;
    assert_eq!(chat.json()["choices"][0]["message"]["content"], wanted);
    let messages = post(at, "/v/v1/messages", &json!({ "model": "m", "messages": turns })).await;
    assert_eq!(messages.json()["content"][0]["text"], wanted);
    for input in [json!("the last"), turns.clone()] {
        let reply = post(at, "/v/v1/responses", &json!({ "model": "m", "input": input })).await;
        assert_eq!(reply.json()["output"][0]["content"][0]["text"], wanted);
    }
    let contents = json!([{ "parts": [{ "text": "the last" }] }, { "role": "model", "parts": [{ "text": "n" }] }]);
    let gemini =
        post(at, "/v/v1beta/models/m:generateContent", &json!({ "contents": contents })).await;
    assert_eq!(gemini.json()["candidates"][0]["content"]["parts"][0]["text"], wanted);
}

#[tokio::test]
async fn models_and_token_counts_come_in_the_callers_dialect() {
    let vendor = Vendor::default().models(["a", "b"]);
    let simulator = Simulator::start(Script::default().vendor("v", vendor)).await.unwrap();
    let at = simulator.address();
    let get = async |path, headers| ask(at, "GET", path, headers, "").await.unwrap().json();
    assert_eq!(get("/v/v1/models", &[]).await["data"][1]["object"], "model");
    let anthropic = get("/v/v1/models", &[("anthropic-version", "2023-06-01")]).await;
    assert_eq!(
        (anthropic["data"][0]["type"].as_str(), anthropic["last_id"].as_str()),
        (Some("model"), Some("b"))
    );
    assert_eq!(get("/v/v1beta/models", &[]).await["models"][0]["name"], "models/a");
    let body =
        json!({ "model": "a", "messages": [{ "role": "user", "content": "x".repeat(400) }] });
    let counted = post(at, "/v/v1/messages/count_tokens", &body).await.json();
    assert!(counted["input_tokens"].as_u64().unwrap() > 100);
    assert!(post(at, "/v/v1beta/models/a:countTokens", &body).await.json()["totalTokens"].is_u64());
}

#[tokio::test]
async fn paced_deltas_arrive_apart() {
    let turn = Turn::text("abcd").chunking(Chunking::Count(4)).pace(Duration::from_millis(30));
    let simulator = start(turn).await;
    let began = std::time::Instant::now();
    stream(simulator.address(), "/v/v1/messages", json!({})).await;
    assert!(began.elapsed() >= Duration::from_millis(120));
}
