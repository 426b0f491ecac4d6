//! Errors: read from any vendor, written for any client.
#![cfg(test)]

mod support;

use serde_json::Value;
use support::grammar::{self, Ending};
use switchyard_dialect::{
    ClientError, ErrorKind, Opening, keep_alive, read_fault, write_fault, write_fault_event,
};
use switchyard_types::Dialect;

#[test]
fn every_vendors_envelope_is_read() {
    for (body, message, kind, code) in [
        (
            r#"{"error":{"message":"m","type":"t","code":"c","param":null}}"#,
            "m",
            Some("t"),
            Some("c"),
        ),
        (
            r#"{"type":"error","error":{"type":"t","message":"m"},"request_id":"r"}"#,
            "m",
            Some("t"),
            None,
        ),
        (
            r#"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}]"#,
            "m",
            Some("RESOURCE_EXHAUSTED"),
            Some("429"),
        ),
        (r#"{"error":"m"}"#, "m", None, None),
        (r#"{"error":{"error":{"message":"m"}}}"#, "m", None, None),
        (r#"{"error":{},"message":"m"}"#, "m", None, None),
        (r#"{"message":"m","type":"t","code":"1300"}"#, "m", Some("t"), Some("1300")),
        (r#"{"detail":"m"}"#, "m", None, None),
        (r#"{"detail":[{"loc":["body"],"msg":"m","type":"x"}]}"#, "m", None, None),
        (r#"{"errors":[{"message":"m","code":1000}]}"#, "m", None, Some("1000")),
        (r#"{"base_resp":{"status_code":1008,"status_msg":"m"}}"#, "m", None, Some("1008")),
        (
            r#"{"__type":"ThrottlingException","message":"m"}"#,
            "m",
            Some("ThrottlingException"),
            None,
        ),
        (
            r#"{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"{\"error\":{\"message\":\"m\"}}"}}}"#,
            "Provider returned error: m",
            None,
            Some("429"),
        ),
        (
            r#"{"error":{"message":"{\"error\":{\"message\":\"m\",\"type\":\"t\"}}"}}"#,
            "m",
            Some("t"),
            None,
        ),
        ("plain m\nsecond line", "plain m", None, None),
        ("\"m\"", "m", None, None),
        (
            "<html>\n<head><title> 503 Service </title></head>",
            "the vendor answered with a web page: 503 Service",
            None,
            None,
        ),
        ("<!doctype html><p>x", "the vendor answered with a web page instead of JSON", None, None),
        ("", "the vendor gave no reason (status 418)", None, None),
        ("{}", "the vendor gave no reason (status 418)", None, None),
        ("null", "the vendor gave no reason (status 418)", None, None),
    ] {
        let fault = read_fault(418, body.as_bytes());
        assert_eq!(fault.message, message, "{body}");
        assert_eq!((fault.kind.as_deref(), fault.code.as_deref()), (kind, code), "{body}");
        assert_eq!(fault.status, Some(418));
    }
}

#[test]
fn a_fault_is_never_a_whole_page() {
    for body in [
        "é".repeat(100_000),
        format!("{{\"error\":\"{}\"}}", "é".repeat(100_000)),
        "\u{0}\u{1}".repeat(9_000),
    ] {
        assert!(read_fault(500, body.as_bytes()).message.chars().count() <= 601);
    }
    assert!(read_fault(500, &[0xff; 5_000]).message.chars().count() <= 601);
    assert!(read_fault(500, "[".repeat(100_000).as_bytes()).message.chars().count() <= 601);
}

const KINDS: [ErrorKind; 11] = [
    ErrorKind::InvalidRequest,
    ErrorKind::Authentication,
    ErrorKind::Billing,
    ErrorKind::Permission,
    ErrorKind::NotFound,
    ErrorKind::TooLarge,
    ErrorKind::RateLimit,
    ErrorKind::ContextTooLong,
    ErrorKind::Timeout,
    ErrorKind::Overloaded,
    ErrorKind::Server,
];

fn error(kind: ErrorKind) -> ClientError {
    ClientError {
        status: 429,
        kind,
        message: "it \"broke\"\nhere".to_owned(),
        retry_after: Some(7),
    }
}

#[test]
fn every_error_is_read_back_from_every_envelope() {
    for dialect in Dialect::ALL {
        for kind in KINDS {
            let fault = read_fault(429, &write_fault(dialect, &error(kind)));
            assert!(fault.message.contains("it \"broke\"\nhere"), "{dialect:?} {kind:?}");
        }
    }
}

#[test]
fn each_dialect_has_its_own_words() {
    let body = |dialect, kind| {
        serde_json::from_slice::<Value>(&write_fault(dialect, &error(kind))).unwrap()
    };
    let anthropic = body(Dialect::Messages, ErrorKind::ContextTooLong);
    assert_eq!(
        (&anthropic["type"], &anthropic["error"]["type"]),
        (&"error".into(), &"invalid_request_error".into())
    );
    assert!(anthropic["error"]["message"].as_str().unwrap().starts_with("prompt is too long"));
    assert_eq!(body(Dialect::Messages, ErrorKind::Overloaded)["error"]["type"], "overloaded_error");
    assert_eq!(
        body(Dialect::Chat, ErrorKind::ContextTooLong)["error"]["code"],
        "context_length_exceeded"
    );
    assert_eq!(
        body(Dialect::Responses, ErrorKind::RateLimit)["error"]["code"],
        "rate_limit_exceeded"
    );
    let google = body(Dialect::Gemini, ErrorKind::RateLimit);
    assert_eq!(google["error"]["status"], "RESOURCE_EXHAUSTED");
    assert_eq!(google["error"]["details"][0]["retryDelay"], "7s");
    assert!(body(Dialect::Ollama, ErrorKind::Server)["error"].is_string());
}

#[test]
fn an_error_alone_is_a_legal_stream() {
    for dialect in Dialect::ALL {
        for kind in KINDS {
            let stream = write_fault_event(dialect, &error(kind));
            assert_eq!(grammar::check(dialect, &stream), Ok(Ending::Error));
        }
    }
}

#[test]
fn keep_alives_are_legal_where_they_stand() {
    for dialect in Dialect::ALL {
        let ending = if dialect == Dialect::Ollama { "ndjson" } else { "sse" };
        let name = format!("{}/text.{ending}", dialect.as_str());
        let mut stream = keep_alive(dialect, Opening::Awaited).to_vec();
        for frame in grammar::split(dialect, &[&support::data(&name)]) {
            stream.extend_from_slice(&frame.raw);
            let ends = |words: &[u8]| frame.data.windows(words.len()).any(|part| part == words);
            let last = frame.data.as_ref() == b"[DONE]"
                || ends(b"\"done\": true")
                || frame.data.starts_with(b"{\"type\":\"message_stop\"");
            if !last {
                stream.extend_from_slice(keep_alive(dialect, Opening::Sent));
            }
        }
        assert_eq!(grammar::check(dialect, &stream), Ok(Ending::Good), "{dialect:?}");
    }
}

/// As Google's and Ollama's own libraries read a stream: Python's of Google takes each line that is not
/// empty for JSON, and Ollama's take every line for it.
#[test]
fn keep_alives_are_passed_over_by_libraries_that_know_no_comments() {
    for opening in [Opening::Awaited, Opening::Sent] {
        let google = std::str::from_utf8(keep_alive(Dialect::Gemini, opening)).unwrap();
        assert!(!google.is_empty() && google.lines().all(str::is_empty));
        let ollama = keep_alive(Dialect::Ollama, opening);
        let line: serde_json::Value = serde_json::from_slice(ollama).unwrap();
        assert!(ollama.ends_with(b"}\n") && line["done"] == false);
        assert_eq!((&line["message"]["content"], &line["response"]), (&"".into(), &"".into()));
    }
}

/// The grammar itself must be able to fail.
#[test]
fn the_grammar_refuses_what_is_illegal() {
    let start = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{}}\n\n";
    let open = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\"}}\n\n";
    let stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":\"m\"}}\n\n";
    for stream in [
        String::new(),
        start.to_owned(),
        format!("{start}{stop}"),
        format!("{start}{open}{error}"),
        format!("{start}{open}{open}"),
        format!("{error}{error}"),
    ] {
        assert!(grammar::check(Dialect::Messages, stream.as_bytes()).is_err(), "{stream}");
    }
    let chunk = "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"delta\":{\"role\":\"assistant\"},\"finish_reason\":null}]}\n\n";
    let done = "data: [DONE]\n\n";
    for stream in [chunk.to_owned(), done.to_owned(), format!("{chunk}{done}")] {
        assert!(grammar::check(Dialect::Chat, stream.as_bytes()).is_err(), "{stream}");
    }
    let part = |parts: &str, finish: &str| {
        format!(
            "data: {{\"responseId\":\"r\",\"candidates\":[{{\"content\":{{\"role\":\"model\",\"parts\":[{parts}]}}{finish}}}]}}\r\n\r\n"
        )
    };
    let (text, stop) = ("{\"text\":\"x\"}", ",\"finishReason\":\"STOP\"");
    let call = "{\"functionCall\":{\"id\":\"a\",\"name\":\"f\",\"args\":\"{}\"}}";
    for stream in [
        part(text, ""),
        part("", stop),
        part(call, stop),
        part(text, stop) + &part(text, stop),
        part(text, stop).replace("\r\n", "\n"),
        part(text, stop) + "data: {\"error\":{\"code\":500,\"message\":\"m\"}}\r\n\r\n",
    ] {
        assert!(grammar::check(Dialect::Gemini, stream.as_bytes()).is_err(), "{stream}");
    }
    let line = |rest: &str| {
        format!(
            "{{\"model\":\"m\",\"created_at\":\"1\",\"message\":{{\"role\":\"assistant\",\"content\":\"x\"}},{rest}}}\n"
        )
    };
    let done = line("\"done\":true,\"done_reason\":\"stop\"");
    for stream in [
        line("\"done\":false"),
        line("\"done\":true"),
        format!("{done}{done}"),
        done.trim_end().to_owned(),
        done.replace("created_at", "created"),
    ] {
        assert!(grammar::check(Dialect::Ollama, stream.as_bytes()).is_err(), "{stream}");
    }
    let created = "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r\"}}\n\n";
    for stream in [created.to_owned(), format!("{created}{created}"), format!("{created}{done}")] {
        assert!(grammar::check(Dialect::Responses, stream.as_bytes()).is_err(), "{stream}");
    }
}
