//! What a model answered, as text, from a body of any dialect: in one piece or as a stream, whole or while it
//! comes.

use serde_json::Value;
use switchyard_types::Dialect;

/// The answer's text, with the calls of tools on lines of their own; `None` where the body is no answer.
pub(crate) fn text(dialect: Dialect, body: &str) -> Option<String> {
    let mut answer = Answer::new(dialect);
    answer.push(body.as_bytes());
    answer.end();
    answer.text()
}

/// An answer while it comes: a chunk may end inside a line or a character, and is read once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    dialect: Dialect,
    /// All that came, but for half a character at its end.
    raw: String,
    /// That half.
    half: Vec<u8>,
    /// Where the line begins that is not read yet.
    line: usize,
    said: Said,
    error: Option<String>,
}

impl Answer {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            raw: String::new(),
            half: Vec::new(),
            line: 0,
            said: Said::default(),
            error: None,
        }
    }

    /// Takes what came next.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        let mut from = self.raw.len();
        self.decode(chunk);
        while let Some(at) = self.raw.get(from..).and_then(|rest| rest.find('\n')) {
            let end = from + at;
            self.read(end);
            from = end + 1;
            self.line = from;
        }
    }

    /// Adds a chunk to what came, as text. What is no UTF-8 is marked; half a character waits for the rest of it.
    fn decode(&mut self, chunk: &[u8]) {
        let mut bytes = std::mem::take(&mut self.half);
        bytes.extend_from_slice(chunk);
        let whole = match std::str::from_utf8(&bytes) {
            Ok(text) => return self.raw.push_str(text),
            Err(_) => bytes.len() - half_character(&bytes),
        };
        self.half = bytes.split_off(whole);
        self.raw.push_str(&String::from_utf8_lossy(&bytes));
    }

    /// Nothing more comes.
    pub(crate) fn end(&mut self) {
        match parsed(&self.raw) {
            // One value, however many lines it takes.
            Some(whole) => {
                (self.said, self.error) = (Said::default(), None);
                match whole {
                    Value::Array(values) => values.iter().for_each(|value| self.take(value)),
                    value => self.take(&value),
                }
            }
            None => self.read(self.raw.len()),
        }
        self.line = self.raw.len();
    }

    /// What the model has said so far, with the calls of tools on lines of their own.
    pub(crate) fn text(&self) -> Option<String> {
        (!self.is_silent()).then(|| self.said.text())
    }

    /// Whether the model has neither said nor called anything so far.
    pub(crate) fn is_silent(&self) -> bool {
        self.said.text.is_empty() && self.said.calls.is_empty()
    }

    /// What went wrong, in the words of whoever says so.
    pub(crate) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// All that came, as text; half a character at its end is left out.
    pub(crate) fn raw(&self) -> &str {
        &self.raw
    }

    /// Reads the line that ends there: a value, or an event's.
    fn read(&mut self, end: usize) {
        let line = self.raw.get(self.line..end).unwrap_or_default().trim_ascii();
        if let Some(value) = parsed(line.strip_prefix("data:").unwrap_or(line)) {
            self.take(&value);
        }
    }

    fn take(&mut self, value: &Value) {
        const PLACES: [&str; 4] =
            ["/error/message", "/response/error/message", "/error", "/message"];
        let told = PLACES.iter().find_map(|place| value.pointer(place)?.as_str());
        if let Some(told) = told {
            self.error = Some(told.to_owned());
        }
        let said = &mut self.said;
        match self.dialect {
            Dialect::Chat => chat(value, said),
            Dialect::Responses => responses(value, said),
            Dialect::Messages => messages(value, said),
            Dialect::Gemini => gemini(value, said),
            Dialect::Ollama => ollama(value, said),
        }
    }
}

/// How many bytes at the end may be the beginning of a character.
fn half_character(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().last().map_or(0, |last| {
        let cut = last.invalid();
        let waits = std::str::from_utf8(cut).is_err_and(|error| error.error_len().is_none());
        if waits { cut.len() } else { 0 }
    })
}

fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// The stretches of a text, which stand on lines of their own; every other one is code, between lines of three
/// backticks.
pub(crate) fn stretches(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in text.split_inclusive('\n') {
        let Some(last) = all.last_mut() else { continue };
        if line.trim_start().starts_with("```") {
            if last.ends_with('\n') {
                last.pop();
            }
            all.push(String::new());
        } else {
            last.push_str(line);
        }
    }
    all
}

/// A body for people: JSON with its lines apart, events as they came.
pub(crate) fn pretty(body: &str) -> String {
    let parsed = serde_json::from_str::<Value>(body).ok();
    parsed
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| body.to_owned())
}

/// What is gathered of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
struct Said {
    text: String,
    /// Calls by their place: name and arguments.
    calls: Vec<(String, String, String)>,
}

impl Said {
    fn say(&mut self, text: &Value) {
        self.text.push_str(text.as_str().unwrap_or_default());
    }

    /// Adds to the call at a place.
    fn call(&mut self, place: &str, name: &Value, arguments: &Value) {
        let at = self.calls.iter().position(|(held, ..)| held == place).unwrap_or_else(|| {
            self.calls.push((place.to_owned(), String::new(), String::new()));
            self.calls.len() - 1
        });
        let Some((_, held, given)) = self.calls.get_mut(at) else { return };
        held.push_str(name.as_str().unwrap_or_default());
        match arguments {
            Value::String(text) => given.push_str(text),
            Value::Null => {}
            other => given.push_str(&other.to_string()),
        }
    }

    fn text(&self) -> String {
        let mut text = self.text.clone();
        for (_, name, arguments) in &self.calls {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text += &["→ ", name, "(", arguments, ")"].concat();
        }
        text
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn chat(value: &Value, said: &mut Said) {
    let Some(choice) = items(&value["choices"]).next() else { return };
    for part in [&choice["message"], &choice["delta"]] {
        said.say(&part["content"]);
        for (nth, call) in items(&part["tool_calls"]).enumerate() {
            let place = call["index"].as_u64().map_or_else(|| nth.to_string(), |at| at.to_string());
            said.call(&place, &call["function"]["name"], &call["function"]["arguments"]);
        }
    }
}

fn messages(value: &Value, said: &mut Said) {
    for (nth, block) in items(&value["content"]).enumerate() {
        said.say(&block["text"]);
        if block["type"] == "tool_use" {
            said.call(&nth.to_string(), &block["name"], &block["input"]);
        }
    }
    let place = value["index"].to_string();
    if value["type"] == "content_block_start" && value["content_block"]["type"] == "tool_use" {
        said.call(&place, &value["content_block"]["name"], &Value::Null);
    }
    if value["type"] == "content_block_delta" {
        said.say(&value["delta"]["text"]);
        if value["delta"]["type"] == "input_json_delta" {
            said.call(&place, &Value::Null, &value["delta"]["partial_json"]);
        }
    }
}

fn responses(value: &Value, said: &mut Said) {
    // The last event has the whole answer again: what was gathered of the deltas gives way to it.
    let whole = match value["type"].as_str() {
        Some("response.completed" | "response.incomplete") => &value["response"]["output"],
        Some("response.output_text.delta") => {
            said.say(&value["delta"]);
            return;
        }
        _ => &value["output"],
    };
    if items(whole).next().is_some() {
        *said = Said::default();
    }
    for (nth, item) in items(whole).enumerate() {
        for part in items(&item["content"]) {
            said.say(&part["text"]);
        }
        if item["type"] == "function_call" {
            said.call(&nth.to_string(), &item["name"], &item["arguments"]);
        }
    }
}

fn gemini(value: &Value, said: &mut Said) {
    let Some(candidate) = items(&value["candidates"]).next() else { return };
    for part in items(&candidate["content"]["parts"]) {
        if part["thought"] != true {
            said.say(&part["text"]);
        }
        if !part["functionCall"].is_null() {
            let place = said.calls.len().to_string();
            said.call(&place, &part["functionCall"]["name"], &part["functionCall"]["args"]);
        }
    }
}

fn ollama(value: &Value, said: &mut Said) {
    said.say(&value["message"]["content"]);
    said.say(&value["response"]);
    for call in items(&value["message"]["tool_calls"]) {
        let place = said.calls.len().to_string();
        said.call(&place, &call["function"]["name"], &call["function"]["arguments"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_answer_is_read_from_every_dialect() {
        let whole = [
            (
                Dialect::Chat,
                r#"{"choices":[{"message":{"content":"Hello","tool_calls":[{"function":{"name":"run","arguments":"{\"a\":1}"}}]}}]}"#,
            ),
            (
                Dialect::Messages,
                r#"{"content":[{"type":"text","text":"Hello"},{"type":"tool_use","name":"run","input":{"a":1}}]}"#,
            ),
            (
                Dialect::Responses,
                r#"{"output":[{"type":"message","content":[{"type":"output_text","text":"Hello"}]},{"type":"function_call","name":"run","arguments":"{\"a\":1}"}]}"#,
            ),
            (
                Dialect::Gemini,
                r#"{"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"Hello"},{"functionCall":{"name":"run","args":{"a":1}}}]}}]}"#,
            ),
            (
                Dialect::Ollama,
                r#"{"message":{"content":"Hello","tool_calls":[{"function":{"name":"run","arguments":{"a":1}}}]}}"#,
            ),
        ];
        for (dialect, body) in whole {
            assert_eq!(
                text(dialect, body).as_deref(),
                Some("Hello\n→ run({\"a\":1})"),
                "{dialect:?}"
            );
        }
        let streams = [
            (
                Dialect::Chat,
                "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"lo\",\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"run\",\"arguments\":\"{\\\"a\\\"\"}}]}}]}\n\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\":1}\"}}]}}]}\n\ndata: [DONE]\n",
            ),
            (
                Dialect::Messages,
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\ndata: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"name\":\"run\",\"input\":{}}}\n\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\":1}\"}}\n",
            ),
            (
                Dialect::Responses,
                "data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hel\"}\n\ndata: {\"type\":\"response.completed\",\"response\":{\"output\":[{\"type\":\"message\",\"content\":[{\"text\":\"Hello\"}]},{\"type\":\"function_call\",\"name\":\"run\",\"arguments\":\"{\\\"a\\\":1}\"}]}}\n",
            ),
            (
                Dialect::Ollama,
                "{\"message\":{\"content\":\"Hel\"}}\n{\"message\":{\"content\":\"lo\",\"tool_calls\":[{\"function\":{\"name\":\"run\",\"arguments\":{\"a\":1}}}]}}\n",
            ),
        ];
        for (dialect, body) in streams {
            assert_eq!(
                text(dialect, body).as_deref(),
                Some("Hello\n→ run({\"a\":1})"),
                "{dialect:?}"
            );
        }
    }

    #[test]
    fn what_is_no_answer_has_no_text() {
        for body in ["", "<html>", r#"{"error":{"message":"no"}}"#, "data: {cut", "null", "[1]"] {
            for dialect in [
                Dialect::Chat,
                Dialect::Responses,
                Dialect::Messages,
                Dialect::Gemini,
                Dialect::Ollama,
            ] {
                assert_eq!(text(dialect, body), None, "{body} {dialect:?}");
            }
        }
        assert_eq!(
            text(
                Dialect::Responses,
                "data: {\"type\":\"response.output_text.delta\",\"delta\":\"cut o\"}\n"
            )
            .as_deref(),
            Some("cut o"),
            "a stream that broke off"
        );
    }

    /// A stream of each dialect with an end of its own, and what it says.
    const STREAMS: [(Dialect, &str); 5] = [
        (
            Dialect::Chat,
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"智谱\"}}]}\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\" ü\"}}]}\r\n\r\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3}}\r\n\r\ndata: [DONE]\r\n\r\n",
        ),
        (
            Dialect::Responses,
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"智谱\"}\n\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\" ü\"}\n\ndata: {\"type\":\"response.completed\",\"response\":{\"error\":null,\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"智谱 ü\"}]}]}}\n\n",
        ),
        (
            Dialect::Messages,
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"content\":[],\"usage\":{\"input_tokens\":3}}}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"智谱\"}}\n\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" ü\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
        ),
        (
            Dialect::Gemini,
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"智谱\"}]}}]}\n\ndata: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\" ü\"}]},\"finishReason\":\"STOP\"}]}",
        ),
        (
            Dialect::Ollama,
            "{\"message\":{\"role\":\"assistant\",\"content\":\"智谱\"},\"done\":false}\n{\"message\":{\"content\":\" ü\"},\"done\":false}\n{\"message\":{\"content\":\"\"},\"done\":true}\n",
        ),
    ];

    #[test]
    fn a_stream_says_the_same_wherever_it_is_cut_and_never_more_than_it_said() {
        for (dialect, stream) in STREAMS {
            for cut in 0..=stream.len() {
                let mut answer = Answer::new(dialect);
                let (head, tail) = stream.as_bytes().split_at(cut);
                answer.push(head);
                let so_far = answer.text().unwrap_or_default();
                assert!("智谱 ü".starts_with(&so_far), "{dialect:?} at {cut}: {so_far}");
                assert!(stream.starts_with(answer.raw()), "{dialect:?} at {cut}");
                answer.push(tail);
                answer.end();
                assert_eq!(answer.text().as_deref(), Some("智谱 ü"), "{dialect:?} at {cut}");
                assert_eq!((answer.raw(), answer.error()), (stream, None));
            }
        }
    }

    #[test]
    fn a_stream_is_read_byte_by_byte_and_an_answer_over_many_lines_as_one() {
        for (dialect, stream) in STREAMS {
            let mut answer = Answer::new(dialect);
            stream.as_bytes().chunks(1).for_each(|byte| answer.push(byte));
            answer.end();
            assert_eq!(answer.text().as_deref(), Some("智谱 ü"), "{dialect:?}");
        }
        let whole = "{\n  \"choices\": [\n    {\n      \"message\": {\n        \"content\": \"Hello\"\n      }\n    }\n  ]\n}\n";
        assert_eq!(text(Dialect::Chat, whole).as_deref(), Some("Hello"));
        let array = "[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hel\"}]}}]},\n{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"lo\"}]}}]}]";
        assert_eq!(text(Dialect::Gemini, array).as_deref(), Some("Hello"));
    }

    #[test]
    fn what_is_no_text_is_marked_and_half_a_character_waits_for_its_rest() {
        let mut answer = Answer::new(Dialect::Ollama);
        let chunks: [(&[u8], &str); 5] = [
            (b"a\xE6", "a"),
            (b"\x99", "a"),
            (b"\xBA\xFFb", "a\u{667a}\u{fffd}b"),
            (b"\xF0\x9F", "a\u{667a}\u{fffd}b"),
            (b"c\xE6", "a\u{667a}\u{fffd}b\u{fffd}c"),
        ];
        for (chunk, so_far) in chunks {
            answer.push(chunk);
            assert_eq!(answer.raw(), so_far);
        }
        answer.end();
        assert_eq!(answer.raw(), "a\u{667a}\u{fffd}b\u{fffd}c");
    }

    #[test]
    fn an_error_is_found_in_the_envelope_of_every_dialect_also_after_some_text() {
        for (dialect, body) in [
            (Dialect::Chat, r#"{"error":{"message":"no quota","type":"insufficient_quota"}}"#),
            (
                Dialect::Messages,
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"no quota\"}}\n\n",
            ),
            (
                Dialect::Responses,
                "data: {\"type\":\"error\",\"code\":\"x\",\"message\":\"no quota\"}\n\n",
            ),
            (
                Dialect::Responses,
                "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"message\":\"no quota\"}}}\n\n",
            ),
            (
                Dialect::Gemini,
                r#"[{"error":{"code":429,"message":"no quota","status":"RESOURCE_EXHAUSTED"}}]"#,
            ),
            (Dialect::Ollama, "{\"error\":\"no quota\"}\n"),
        ] {
            let mut answer = Answer::new(dialect);
            answer.push(body.as_bytes());
            answer.end();
            assert_eq!((answer.error(), answer.text()), (Some("no quota"), None), "{body}");
        }
        let mut answer = Answer::new(Dialect::Chat);
        answer.push(b"data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\ndata: {\"error\":{\"message\":\"cut\"}}\n\n");
        answer.end();
        assert_eq!((answer.text().as_deref(), answer.error()), (Some("Hel"), Some("cut")));
    }

    #[test]
    fn fences_part_code_from_prose_and_one_that_is_not_closed_runs_on() {
        for (text, parts) in [
            ("", vec![""]),
            ("plain\n text", vec!["plain\n text"]),
            ("a\n```rust\nfn x() {}\n```\nb", vec!["a", "fn x() {}", "b"]),
            ("```\nhalf", vec!["", "half"]),
            ("tick `x` stays", vec!["tick `x` stays"]),
        ] {
            assert_eq!(stretches(text), parts, "{text}");
        }
    }

    #[test]
    fn json_gets_lines_and_all_else_stays() {
        assert_eq!(pretty("{\"a\":[1]}"), "{\n  \"a\": [\n    1\n  ]\n}");
        assert_eq!(pretty("data: {}\n\n"), "data: {}\n\n");
    }
}
