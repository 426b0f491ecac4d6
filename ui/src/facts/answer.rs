//! What a model answered, as text, from a body of any dialect: in one piece or as a stream.

use serde_json::Value;
use switchyard_types::Dialect;

/// The answer's text, with the calls of tools on lines of their own; `None` where the body is no answer.
pub(crate) fn text(dialect: Dialect, body: &str) -> Option<String> {
    let values = values(body);
    let mut said = Said::default();
    for value in &values {
        match dialect {
            Dialect::Chat => chat(value, &mut said),
            Dialect::Responses => responses(value, &mut said),
            Dialect::Messages => messages(value, &mut said),
            Dialect::Gemini => gemini(value, &mut said),
            Dialect::Ollama => ollama(value, &mut said),
        }
    }
    said.finish()
}

/// A body for people: JSON with its lines apart, events as they came.
pub(crate) fn pretty(body: &str) -> String {
    let parsed = serde_json::from_str::<Value>(body).ok();
    parsed
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| body.to_owned())
}

/// The JSON values of a body: one, or one a line or event.
fn values(body: &str) -> Vec<Value> {
    match serde_json::from_str(body) {
        Ok(Value::Array(values)) => values,
        Ok(value) => vec![value],
        Err(_) => {
            let data = |line: &str| line.strip_prefix("data:").unwrap_or(line).trim().to_owned();
            body.lines().filter_map(|line| serde_json::from_str(&data(line)).ok()).collect()
        }
    }
}

/// What is gathered of an answer.
#[derive(Default)]
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

    fn finish(self) -> Option<String> {
        let mut text = self.text;
        for (_, name, arguments) in self.calls {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text += &["→ ", &name, "(", &arguments, ")"].concat();
        }
        (!text.is_empty()).then_some(text)
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

    #[test]
    fn json_gets_lines_and_all_else_stays() {
        assert_eq!(pretty("{\"a\":[1]}"), "{\n  \"a\": [\n    1\n  ]\n}");
        assert_eq!(pretty("data: {}\n\n"), "data: {}\n\n");
    }
}
