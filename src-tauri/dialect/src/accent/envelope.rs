//! Google's code-assist envelope around Gemini: `{model, project, user_prompt_id, request}` out,
//! `{response, traceId}` back. What is inside passes byte for byte, fields of tomorrow among it.
//!
//! Sources: the public client's `code_assist/converter.ts` (github.com/google-gemini/gemini-cli, 2026-06).

use bytes::Bytes;
use serde_json::Value;

use super::{Asks, Occasion};
use crate::Frame;
use crate::gemini::write::counted_request;
use crate::json::{Json, Raw};
use crate::scan::{Flaw, Scanner, is_whole};

/// The envelope as Gemini CLI's endpoint reads it.
pub(super) fn wrap(body: &Bytes, occasion: &Occasion<'_>) -> Bytes {
    if occasion.asks == Asks::Count {
        return wrap_count(body, occasion);
    }
    let mut head = String::from("{\"model\":");
    head.push_str(&quoted(occasion.model));
    project(&mut head, occasion);
    head.push_str(",\"user_prompt_id\":");
    head.push_str(&quoted(occasion.request));
    around(&head, body)
}

/// The envelope as Antigravity's endpoint reads it: who asks stands in the body there.
pub(super) fn wrap_as_agent(body: &Bytes, occasion: &Occasion<'_>) -> Bytes {
    if occasion.asks == Asks::Count {
        return wrap_count(body, occasion);
    }
    let mut head = String::from("{\"model\":");
    head.push_str(&quoted(occasion.model));
    project(&mut head, occasion);
    head.push_str(",\"userAgent\":\"switchyard\",\"requestType\":\"agent\",\"requestId\":");
    head.push_str(&quoted(occasion.request));
    around(&head, body)
}

/// Counts are asked with the model inside, and of turns alone.
fn wrap_count(body: &Bytes, occasion: &Occasion<'_>) -> Bytes {
    let inner = counted_request(body).unwrap_or(body);
    let document = Json::of_body(inner).ok();
    let fields = document.as_ref().and_then(|document| document.fields().ok()).unwrap_or_default();
    let contents = fields.peek("contents").map_or("[]", Raw::get);
    let model = quoted(&format!("models/{}", occasion.model));
    Bytes::from(format!("{{\"request\":{{\"model\":{model},\"contents\":{contents}}}}}"))
}

/// Whether a request for a count holds what the envelope's count leaves out: then that count would be wrong.
pub fn counts_turns_only(body: &[u8]) -> bool {
    let inner = counted_request(body).unwrap_or(body);
    let Ok(document) = Json::of_body(inner) else { return false };
    let Ok(fields) = document.fields() else { return false };
    ["systemInstruction", "system_instruction", "tools", "cachedContent", "cached_content"]
        .iter()
        .all(|name| fields.peek(name).is_none())
}

fn project(head: &mut String, occasion: &Occasion<'_>) {
    if let Some(project) = occasion.project {
        head.push_str(",\"project\":");
        head.push_str(&quoted(project));
    }
}

fn around(head: &str, body: &Bytes) -> Bytes {
    let mut wrapped = Vec::with_capacity(head.len() + body.len() + 16);
    wrapped.extend_from_slice(head.as_bytes());
    wrapped.extend_from_slice(b",\"request\":");
    wrapped.extend_from_slice(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body));
    wrapped.push(b'}');
    Bytes::from(wrapped)
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// What is inside a reply's envelope; errors and what has no envelope stay as they are.
pub(super) fn unwrap(reply: &Bytes) -> Bytes {
    let bare = reply.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(reply).trim_ascii();
    if !bare.starts_with(b"[") {
        return response_of(bare).map_or_else(|| reply.clone(), |inner| reply.slice_ref(inner));
    }
    // A stream without `alt=sse` is a list of replies.
    let mut items: Vec<&[u8]> = Vec::new();
    let walked = Scanner::new(bare).array(|scanner| {
        let item = scanner.value()?;
        let item = scanner.slice(item);
        items.push(response_of(item).unwrap_or(item));
        Ok(())
    });
    if walked.is_err() {
        return reply.clone();
    }
    let mut list = Vec::with_capacity(bare.len());
    list.push(b'[');
    list.extend_from_slice(&items.join(b",".as_slice()));
    list.push(b']');
    Bytes::from(list)
}

/// The event that stands inside an event's envelope.
pub(crate) fn unwrap_frame(frame: Frame) -> Frame {
    let Some(inner) = response_of(&frame.data) else { return frame };
    let data = frame.data.slice_ref(inner);
    let mut raw = Vec::with_capacity(data.len() + 10);
    // JSON may be spread over lines; each is a line of data then.
    for line in data.split(|byte| *byte == b'\n') {
        raw.extend_from_slice(b"data: ");
        raw.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        raw.extend_from_slice(b"\r\n");
    }
    raw.extend_from_slice(b"\r\n");
    Frame { raw: Bytes::from(raw), event: frame.event, data }
}

fn response_of(json: &[u8]) -> Option<&[u8]> {
    let mut found = None;
    let mut scanner = Scanner::new(json);
    scanner.space();
    if scanner.peek() != Some(b'{') {
        return None;
    }
    let walked: Result<(), Flaw> = scanner.object(|scanner, key| {
        let wanted = scanner.is(key, "response");
        let value = scanner.value()?;
        if wanted {
            found = Some(scanner.slice(value));
        }
        Ok(())
    });
    walked.ok()?;
    found.filter(|inner| inner.starts_with(b"{") && is_whole(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn occasion(asks: Asks) -> Occasion<'static> {
        let (model, project) = ("gemini-3-pro", Some("p-1"));
        Occasion { model, project, session: "s", request: "r-1", asks }
    }

    #[test]
    fn the_request_stands_in_the_envelope_byte_for_byte() {
        let body = Bytes::from_static(b"{ \"contents\":[],\"new\" : 1.0e3 }");
        let wrapped = wrap(&body, &occasion(Asks::Answer));
        let expected = concat!(
            r#"{"model":"gemini-3-pro","project":"p-1","user_prompt_id":"r-1","#,
            r#""request":{ "contents":[],"new" : 1.0e3 }}"#
        );
        assert_eq!(wrapped, expected);
    }

    #[test]
    fn an_account_without_a_project_names_none() {
        let wrapped =
            wrap(&Bytes::from_static(b"{}"), &Occasion { project: None, ..Occasion::default() });
        assert!(!String::from_utf8_lossy(&wrapped).contains("project"));
    }

    #[test]
    fn antigravitys_envelope_says_who_we_are() {
        let wrapped = wrap_as_agent(&Bytes::from_static(b"{}"), &occasion(Asks::Answer));
        let value: Value = serde_json::from_slice(&wrapped).unwrap();
        assert_eq!(value["userAgent"], "switchyard");
        assert_eq!(value["requestId"], "r-1");
        assert_eq!(value["requestType"], "agent");
    }

    #[test]
    fn a_count_asks_for_turns_alone_and_names_the_model_inside() {
        for body in [
            r#"{"contents":[1]}"#,
            r#"{"generateContentRequest":{"model":"models/x","contents":[1]}}"#,
        ] {
            let wrapped = wrap(&Bytes::from_static(body.as_bytes()), &occasion(Asks::Count));
            let expected = r#"{"request":{"model":"models/gemini-3-pro","contents":[1]}}"#;
            assert_eq!(wrapped, expected);
            assert!(counts_turns_only(body.as_bytes()));
        }
        assert!(!counts_turns_only(br#"{"contents":[],"systemInstruction":{}}"#));
    }

    #[test]
    fn a_reply_comes_out_of_its_envelope_byte_for_byte() {
        let reply = Bytes::from_static(b"{\"traceId\":\"t\",\"response\": {\"a\" : 1e2}}\n");
        assert_eq!(unwrap(&reply), "{\"a\" : 1e2}");
        let list = Bytes::from_static(b"[{\"response\":{\"a\":1}},\n{\"response\":{\"b\":2}}]");
        assert_eq!(unwrap(&list), "[{\"a\":1},{\"b\":2}]");
    }

    #[test]
    fn what_has_no_envelope_stays() {
        for text in ["{\"error\":{\"code\":429}}", "<html>", "", "{\"response\":\"text\"}", "[{]"] {
            let reply = Bytes::from_static(text.as_bytes());
            assert_eq!(unwrap(&reply), reply);
        }
    }
}
