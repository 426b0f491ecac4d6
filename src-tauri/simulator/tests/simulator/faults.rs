//! Each fault does on the wire what its name says.

use std::net::SocketAddr;
use std::time::{Duration, Instant, UNIX_EPOCH};

use crate::wire::{End, Reply, ask, open, post};
use serde_json::{Value, json};
use switchyard_simulator::{How, Script, Simulator, Vendor};
use tokio::io::AsyncReadExt;

const CHAT: &str = "/v1/chat/completions";
const MESSAGES: &str = "/v1/messages";
const RESPONSES: &str = "/v1/responses";
const POSTED: [&str; 3] = [CHAT, MESSAGES, RESPONSES];
/// 2025-06-15 00:00:00 UTC.
const NOW: u64 = 1_749_945_600;

async fn start() -> Simulator {
    let script = Script::default().wall_clock(|| UNIX_EPOCH + Duration::from_secs(NOW));
    Simulator::start(script).await.unwrap()
}

async fn plain(at: SocketAddr, path: &str, model: &str) -> Reply {
    post(at, path, &json!({ "model": model })).await
}

async fn streamed(at: SocketAddr, path: &str, model: &str) -> Reply {
    post(at, path, &json!({ "model": model, "stream": true })).await
}

async fn gemini(at: SocketAddr, model: &str) -> Reply {
    post(at, &format!("/v1beta/models/{model}:streamGenerateContent?alt=sse"), &json!({})).await
}

#[tokio::test]
async fn every_refusal_has_the_native_status_and_words_of_each_dialect() {
    let simulator = start().await;
    let at = simulator.address();
    // Fault; then status and the error's code (OpenAI), type (Anthropic), status (Google).
    for (fault, openai, anthropic, google) in [
        ("invalid", (400, Value::Null), (400, "invalid_request_error"), (400, "INVALID_ARGUMENT")),
        (
            "401",
            (401, "invalid_api_key".into()),
            (401, "authentication_error"),
            (401, "UNAUTHENTICATED"),
        ),
        (
            "402",
            (402, "insufficient_credits".into()),
            (402, "billing_error"),
            (402, "FAILED_PRECONDITION"),
        ),
        (
            "quota",
            (429, "insufficient_quota".into()),
            (400, "invalid_request_error"),
            (429, "RESOURCE_EXHAUSTED"),
        ),
        (
            "403",
            (403, "unsupported_country_region_territory".into()),
            (403, "permission_error"),
            (403, "PERMISSION_DENIED"),
        ),
        ("404", (404, "model_not_found".into()), (404, "not_found_error"), (404, "NOT_FOUND")),
        (
            "context",
            (400, "context_length_exceeded".into()),
            (400, "invalid_request_error"),
            (400, "INVALID_ARGUMENT"),
        ),
        (
            "429",
            (429, "rate_limit_exceeded".into()),
            (429, "rate_limit_error"),
            (429, "RESOURCE_EXHAUSTED"),
        ),
        ("500", (500, "server_error".into()), (500, "api_error"), (500, "INTERNAL")),
        (
            "overloaded",
            (503, "server_is_overloaded".into()),
            (529, "overloaded_error"),
            (503, "UNAVAILABLE"),
        ),
        (
            "529",
            (529, "server_is_overloaded".into()),
            (529, "overloaded_error"),
            (529, "UNAVAILABLE"),
        ),
        ("418", (418, Value::Null), (418, "invalid_request_error"), (418, "INVALID_ARGUMENT")),
    ] {
        let model = format!("m+{fault}");
        for path in [CHAT, RESPONSES] {
            let reply = streamed(at, path, &model).await;
            assert_eq!(
                (reply.status, reply.json()["error"]["code"].clone()),
                openai,
                "{fault} {path}"
            );
        }
        let reply = plain(at, MESSAGES, &model).await;
        let body = reply.json();
        assert_eq!((reply.status, body["error"]["type"].as_str().unwrap()), anthropic, "{fault}");
        assert_eq!(
            (&body["type"], body["request_id"].as_str()),
            (&json!("error"), reply.find("request-id"))
        );
        let reply = gemini(at, &model).await;
        let body = reply.json();
        assert_eq!((reply.status, body["error"]["status"].as_str().unwrap()), google, "{fault}");
        assert_eq!(body["error"]["code"], reply.status);
    }
}

#[tokio::test]
async fn a_blocked_prompt_is_400_and_for_gemini_an_answer_without_candidates() {
    let simulator = start().await;
    let at = simulator.address();
    assert_eq!(
        plain(at, CHAT, "m+policy").await.json()["error"]["code"],
        "content_policy_violation"
    );
    assert_eq!(plain(at, MESSAGES, "m+policy").await.status, 400);
    let blocked = gemini(at, "m+policy").await;
    assert_eq!(blocked.status, 200);
    assert_eq!(blocked.datas()[0]["promptFeedback"]["blockReason"], "PROHIBITED_CONTENT");
    let whole = post(at, "/v1beta/models/m+policy:generateContent", &json!({})).await;
    assert!(whole.json().get("candidates").is_none());
}

#[tokio::test]
async fn each_limit_signal_tells_the_time_in_its_own_way_and_in_no_other() {
    let simulator = start().await;
    let at = simulator.address();
    for (fault, header, value) in [
        ("429-retry-after-30", "retry-after", "30"),
        ("429-retry-after-date-30", "retry-after", "Sun, 15 Jun 2025 00:00:30 GMT"),
        ("429-retry-after-ms-1500", "retry-after-ms", "1500"),
        ("429-openai-requests-6m0s", "x-ratelimit-reset-requests", "6m0s"),
        ("429-openai-tokens-90", "x-ratelimit-reset-tokens", "1m30s"),
        ("429-anthropic-requests-30", "anthropic-ratelimit-requests-reset", "2025-06-15T00:00:30Z"),
        ("429-anthropic-tokens-30", "anthropic-ratelimit-tokens-reset", "2025-06-15T00:00:30Z"),
        ("429-anthropic-unified-5h", "anthropic-ratelimit-unified-reset", "1749963600"),
        ("429-anthropic-unified-5h", "anthropic-ratelimit-unified-status", "rejected"),
        ("429-openrouter-1m", "x-ratelimit-reset", "1749945660000"),
    ] {
        for path in POSTED {
            let reply = plain(at, path, &format!("m+{fault}")).await;
            assert_eq!((reply.status, reply.header(header)), (429, value), "{fault} {path}");
            assert_eq!(reply.find("retry-after").is_some(), header == "retry-after", "{fault}");
        }
    }
    for (fault, pointer, value) in [
        ("429-codex-at-2h", "/error/resets_at", json!(NOW + 7200)),
        ("429-codex-at-2h", "/error/type", json!("usage_limit_reached")),
        ("429-codex-in-2h", "/error/resets_in_seconds", json!(7200)),
        ("429-openrouter-1m", "/error/metadata/headers/X-RateLimit-Reset", json!("1749945660000")),
    ] {
        let reply = plain(at, RESPONSES, &format!("m+{fault}")).await;
        assert_eq!(reply.json().pointer(pointer), Some(&value), "{fault}");
        assert!(reply.find("retry-after").is_none());
    }
    let details =
        gemini(at, "m+429-gemini-retry-info-58.2s").await.json()["error"]["details"].clone();
    assert_eq!(details[1]["retryDelay"], "58.2s");
    for (fault, words) in [
        ("429-text-retry-in-58.2s", "Please retry in 58.2s."),
        ("429-text-try-again-in-2h", "try again in 2 hours."),
    ] {
        let reply = plain(at, MESSAGES, &format!("m+{fault}")).await;
        assert!(reply.json()["error"]["message"].as_str().unwrap().ends_with(words));
        assert!(reply.headers.iter().all(|(name, _)| !name.contains("ratelimit")));
    }
    let silent = plain(at, CHAT, "m+429").await;
    assert!(
        silent.headers.iter().all(|(name, _)| !name.contains("limit") && !name.contains("retry"))
    );
}

#[tokio::test]
async fn the_prefix_form_and_the_suffix_form_mean_the_same_and_ok_is_well() {
    let simulator = start().await;
    let at = simulator.address();
    assert_eq!(plain(at, CHAT, "fault-401").await.status, 401);
    assert_eq!(plain(at, CHAT, "any+401").await.status, 401);
    assert_eq!(plain(at, CHAT, "ok").await.status, 200);
    let typo = plain(at, MESSAGES, "any+tpyo").await;
    assert_eq!(typo.status, 400);
    assert!(typo.json()["error"]["message"].as_str().unwrap().contains("`tpyo` is no fault"));
}

#[tokio::test]
async fn an_error_inside_a_stream_comes_at_its_place_and_ends_it() {
    let simulator = start().await;
    let at = simulator.address();
    let messages = streamed(at, MESSAGES, "m+overloaded@handshake").await;
    assert_eq!((messages.status, messages.end), (200, End::Proper));
    assert_eq!(messages.names(), ["message_start", "ping", "error"]);
    assert_eq!(messages.datas()[2]["error"]["type"], "overloaded_error");
    assert_eq!(streamed(at, MESSAGES, "m+overloaded@0").await.names(), ["error"]);

    let chat = streamed(at, CHAT, "m+500@2-deltas").await.datas();
    let contents = chat.iter().filter(|data| {
        data["choices"][0]["delta"]["content"].as_str().is_some_and(|text| !text.is_empty())
    });
    assert_eq!(contents.count(), 2);
    assert_eq!(chat.last().unwrap()["error"]["type"], "server_error");

    let responses = streamed(at, RESPONSES, "m+429-codex-in-2h@handshake").await;
    assert_eq!(responses.names(), ["response.created", "response.in_progress", "response.failed"]);
    let failed = &responses.datas()[2];
    assert_eq!(failed["response"]["error"]["resets_in_seconds"], 7200);
    assert_eq!(
        (&failed["response"]["status"], &failed["sequence_number"]),
        (&json!("failed"), &json!(2))
    );
    let first = streamed(at, RESPONSES, "m+429@0").await;
    assert_eq!(first.names(), ["error"]);
    assert_eq!(first.datas()[0]["code"], "rate_limit_exceeded");

    assert_eq!(gemini(at, "m+overloaded@1").await.datas()[1]["error"]["code"], 503);
}

#[tokio::test]
async fn an_error_as_a_200_body_is_json_even_for_a_stream() {
    let simulator = start().await;
    for path in POSTED {
        let reply = streamed(simulator.address(), path, "m+429-retry-after-30@body").await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
        assert!(reply.json()["error"]["message"].is_string());
    }
    let unstreamed = plain(simulator.address(), CHAT, "m+500@1").await;
    assert_eq!(unstreamed.json()["error"]["type"], "server_error");
}

#[tokio::test]
async fn a_cut_leaves_exactly_so_much_and_no_proper_end() {
    let simulator = start().await;
    let at = simulator.address();
    for path in POSTED {
        let whole = streamed(at, path, "m").await;
        for count in [0, 1, 3] {
            let cut = streamed(at, path, &format!("m+cut@{count}")).await;
            assert_eq!(
                (cut.status, cut.end, cut.events().len()),
                (200, End::Missing, count),
                "{path}"
            );
        }
        for count in [0, 1, 100, 333] {
            let cut = streamed(at, path, &format!("m+cut@{count}-bytes")).await;
            assert_eq!((cut.end, cut.body.len()), (End::Missing, count), "{path}");
        }
        assert_eq!(whole.end, End::Proper);
        let json = plain(at, path, "m+cut@10-bytes").await;
        assert_eq!((json.end, json.body.len()), (End::Missing, 10), "{path}");
    }
    let how = simulator
        .requests()
        .iter()
        .map(|request| request.ending().unwrap().how)
        .collect::<Vec<_>>();
    assert_eq!((how[0], how[1]), (How::Whole, How::Torn));
}

#[tokio::test]
async fn a_hang_up_gives_no_answer_at_all() {
    let simulator = start().await;
    let body = json!({ "model": "m+hang-up" }).to_string();
    assert!(ask(simulator.address(), "POST", CHAT, &[], &body).await.is_none());
}

#[tokio::test]
async fn dead_200s_are_empty_comments_or_html() {
    let simulator = start().await;
    let at = simulator.address();
    for path in POSTED {
        let empty = streamed(at, path, "m+empty").await;
        assert_eq!((empty.status, empty.body.len(), empty.end), (200, 0, End::Proper));
        let comments = streamed(at, path, "m+comments").await;
        assert_eq!(
            (comments.text(), comments.end),
            (": keep-alive\n\n".repeat(3).as_str(), End::Proper)
        );
        assert!(plain(at, path, "m+comments").await.text().trim().is_empty());
        for (fault, status) in [("html", 200), ("html-502", 502)] {
            let page = streamed(at, path, &format!("m+{fault}")).await;
            assert_eq!(page.status, status);
            assert!(page.header("content-type").starts_with("text/html"));
            assert!(page.text().starts_with("<!DOCTYPE html>"));
        }
    }
}

#[tokio::test]
async fn slow_delays_the_headers_and_slow_body_only_the_body() {
    let simulator = start().await;
    let at = simulator.address();
    for (model, headers_late) in [("m+slow-1s", true), ("m+slow-body-1s", false)] {
        for stream in [true, false] {
            let began = Instant::now();
            let mut connection = open(at, CHAT, &json!({ "model": model, "stream": stream })).await;
            let mut head = [0; 15];
            connection.read_exact(&mut head).await.unwrap();
            assert_eq!(began.elapsed() >= Duration::from_secs(1), headers_late, "{model}");
            let mut rest = Vec::new();
            connection.read_to_end(&mut rest).await.unwrap();
            assert!(began.elapsed() >= Duration::from_secs(1));
        }
    }
    let began = Instant::now();
    assert_eq!(plain(at, CHAT, "m+slow-100ms+503").await.status, 503);
    assert!(began.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_stall_sends_its_events_and_is_open_until_the_client_goes() {
    let simulator = start().await;
    let within = Duration::from_mins(1);
    for (model, wanted) in [("m+stall@2", 2), ("m+stall", 2)] {
        let mut connection =
            open(simulator.address(), MESSAGES, &json!({ "model": model, "stream": true })).await;
        let mut text = String::new();
        while text.matches("event: ").count() < wanted {
            let mut bytes = [0; 4096];
            let count = connection.read(&mut bytes).await.unwrap();
            text += std::str::from_utf8(&bytes[..count]).unwrap();
        }
        let mut one = [0; 1];
        let silence =
            tokio::time::timeout(Duration::from_millis(100), connection.read(&mut one)).await;
        assert!(silence.is_err(), "nothing more, and no end");
        assert_eq!(simulator.open_streams(), 1);
        assert!(simulator.requests().last().unwrap().ending().is_none());
        drop(connection);
        assert!(simulator.has_open_streams(0, within).await);
        assert_eq!(simulator.requests().last().unwrap().ending().unwrap().how, How::Dropped);
    }
}

#[tokio::test]
async fn a_client_that_leaves_is_noticed_before_the_headers_and_while_deltas_flow() {
    let vendor = Vendor::default().pace(Duration::from_millis(20));
    let simulator = Simulator::start(Script::default().vendor("default", vendor)).await.unwrap();
    let within = Duration::from_mins(1);
    for model in ["m+slow-1h", "m"] {
        let long = json!({ "model": model, "stream": true, "messages": [{ "role": "user", "content": "x".repeat(80) }] });
        let connection = open(simulator.address(), CHAT, &long).await;
        assert!(simulator.has_open_streams(1, within).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(connection);
        assert!(simulator.has_open_streams(0, within).await);
        assert_eq!(simulator.requests().last().unwrap().ending().unwrap().how, How::Dropped);
    }
}
