//! A question in any dialect: the path of the model API that it goes to, and its body.

use serde_json::{Map, Value, json};
use switchyard_types::Dialect;

use super::path::encode;

/// Anthropic's dialect must be told how long an answer may be.
const LONGEST: u64 = 4_096;

/// What is asked, and of whom.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Question {
    pub(crate) dialect: Dialect,
    pub(crate) model: String,
    /// Empty says nothing.
    pub(crate) system: String,
    pub(crate) temperature: Option<f64>,
    /// How many tokens the answer may have.
    pub(crate) limit: Option<u64>,
    pub(crate) stream: bool,
    /// What was said before: each question with its answer.
    pub(crate) before: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Question {
    /// The path of the model API.
    pub(crate) fn path(&self) -> String {
        match self.dialect {
            Dialect::Chat => "/v1/chat/completions".to_owned(),
            Dialect::Responses => "/v1/responses".to_owned(),
            Dialect::Messages => "/v1/messages".to_owned(),
            Dialect::Ollama => "/api/chat".to_owned(),
            Dialect::Gemini => {
                let model: Vec<String> = self.model.split('/').map(encode).collect();
                let model = model.join("/");
                let action =
                    if self.stream { "streamGenerateContent?alt=sse" } else { "generateContent" };
                format!("/v1beta/models/{model}:{action}")
            }
        }
    }

    /// The body.
    pub(crate) fn body(&self) -> Value {
        let mut body = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        let system = Some(&self.system).filter(|system| !system.is_empty());
        let temperature = self.temperature.map(Value::from);
        let limit = self.limit.map(Value::from);
        if self.dialect != Dialect::Gemini {
            put("model", Some(json!(self.model)));
            put("stream", Some(json!(self.stream)));
        }
        match self.dialect {
            Dialect::Chat => {
                put("stream_options", self.stream.then(|| json!({ "include_usage": true })));
                put("temperature", temperature);
                put("max_tokens", limit);
                put("messages", Some(self.turns(system, "assistant")));
            }
            Dialect::Responses => {
                // Nothing of it is to stay with the vendor.
                put("store", Some(json!(false)));
                put("instructions", system.map(|system| json!(system)));
                put("temperature", temperature);
                put("max_output_tokens", limit);
                put("input", Some(self.turns(None, "assistant")));
            }
            Dialect::Messages => {
                put("system", system.map(|system| json!(system)));
                put("temperature", temperature);
                put("max_tokens", limit.or(Some(json!(LONGEST))));
                put("messages", Some(self.turns(None, "assistant")));
            }
            Dialect::Ollama => {
                put("options", options([("temperature", temperature), ("num_predict", limit)]));
                put("messages", Some(self.turns(system, "assistant")));
            }
            Dialect::Gemini => {
                let parts = |system| json!({ "parts": [{ "text": system }] });
                put("systemInstruction", system.map(parts));
                let config = [("temperature", temperature), ("maxOutputTokens", limit)];
                put("generationConfig", options(config));
                put("contents", Some(self.turns(None, "model")));
            }
        }
        Value::Object(body)
    }

    /// What was said in order, the question last; `model` is what the model is called.
    fn turns(&self, system: Option<&String>, model: &str) -> Value {
        let said = |who: &str, text: &str| match self.dialect {
            Dialect::Gemini => json!({ "role": who, "parts": [{ "text": text }] }),
            Dialect::Chat | Dialect::Responses | Dialect::Messages | Dialect::Ollama => {
                json!({ "role": who, "content": text })
            }
        };
        let mut turns: Vec<Value> = system.iter().map(|text| said("system", text)).collect();
        for (question, answer) in &self.before {
            turns.push(said("user", question));
            turns.push(said(model, answer));
        }
        turns.push(said("user", &self.text));
        Value::Array(turns)
    }
}

/// An object of what is given; nothing where nothing is.
fn options(all: [(&str, Option<Value>); 2]) -> Option<Value> {
    let given = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let given: Map<String, Value> = given.collect();
    (!given.is_empty()).then_some(Value::Object(given))
}

/// The command that asks the same from a terminal, with a key of the user's in the environment.
pub(crate) fn curl(address: &str, path: &str, body: &str) -> String {
    let body = body.replace('\'', "'\\''");
    format!(
        "curl '{address}{path}' \\\n  -H \"authorization: Bearer $SWITCHYARD_KEY\" \\\n  \
         -H 'content-type: application/json' \\\n  -d '{body}'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(dialect: Dialect) -> Question {
        Question {
            dialect,
            model: "v/m".to_owned(),
            system: String::new(),
            temperature: None,
            limit: None,
            stream: true,
            before: Vec::new(),
            text: "Hi".to_owned(),
        }
    }

    #[test]
    fn a_bare_question_says_nothing_that_was_not_asked_for() {
        for (dialect, path, body) in [
            (
                Dialect::Chat,
                "/v1/chat/completions",
                json!({ "model": "v/m", "stream": true, "stream_options": { "include_usage": true }, "messages": [{ "role": "user", "content": "Hi" }] }),
            ),
            (
                Dialect::Responses,
                "/v1/responses",
                json!({ "model": "v/m", "stream": true, "store": false, "input": [{ "role": "user", "content": "Hi" }] }),
            ),
            (
                Dialect::Messages,
                "/v1/messages",
                json!({ "model": "v/m", "stream": true, "max_tokens": 4096, "messages": [{ "role": "user", "content": "Hi" }] }),
            ),
            (
                Dialect::Gemini,
                "/v1beta/models/v/m:streamGenerateContent?alt=sse",
                json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }] }),
            ),
            (
                Dialect::Ollama,
                "/api/chat",
                json!({ "model": "v/m", "stream": true, "messages": [{ "role": "user", "content": "Hi" }] }),
            ),
        ] {
            let question = question(dialect);
            assert_eq!((question.path().as_str(), question.body()), (path, body));
        }
    }

    #[test]
    fn all_that_can_be_said_is_said_in_the_words_of_the_dialect() {
        let full = |dialect| Question {
            system: "Be short.".to_owned(),
            temperature: Some(0.5),
            limit: Some(9),
            stream: false,
            before: vec![("One?".to_owned(), "Two.".to_owned())],
            ..question(dialect)
        };
        let turns = json!([
            { "role": "user", "content": "One?" },
            { "role": "assistant", "content": "Two." },
            { "role": "user", "content": "Hi" },
        ]);
        let mut with_system = turns.clone();
        let system = json!({ "role": "system", "content": "Be short." });
        with_system.as_array_mut().unwrap().insert(0, system);
        for (dialect, body) in [
            (
                Dialect::Chat,
                json!({ "model": "v/m", "stream": false, "temperature": 0.5, "max_tokens": 9, "messages": with_system }),
            ),
            (
                Dialect::Responses,
                json!({ "model": "v/m", "stream": false, "store": false, "instructions": "Be short.", "temperature": 0.5, "max_output_tokens": 9, "input": turns }),
            ),
            (
                Dialect::Messages,
                json!({ "model": "v/m", "stream": false, "system": "Be short.", "temperature": 0.5, "max_tokens": 9, "messages": turns }),
            ),
            (
                Dialect::Gemini,
                json!({
                    "systemInstruction": { "parts": [{ "text": "Be short." }] },
                    "generationConfig": { "temperature": 0.5, "maxOutputTokens": 9 },
                    "contents": [
                        { "role": "user", "parts": [{ "text": "One?" }] },
                        { "role": "model", "parts": [{ "text": "Two." }] },
                        { "role": "user", "parts": [{ "text": "Hi" }] },
                    ],
                }),
            ),
            (
                Dialect::Ollama,
                json!({ "model": "v/m", "stream": false, "options": { "temperature": 0.5, "num_predict": 9 }, "messages": with_system }),
            ),
        ] {
            assert_eq!(full(dialect).body(), body);
        }
        assert_eq!(full(Dialect::Gemini).path(), "/v1beta/models/v/m:generateContent");
    }

    #[test]
    fn a_models_name_stays_one_name_in_a_path() {
        let model = "ollama/llama3:8b?x#智".to_owned();
        let path = Question { model, ..question(Dialect::Gemini) }.path();
        assert_eq!(
            path,
            "/v1beta/models/ollama/llama3%3A8b%3Fx%23%E6%99%BA:streamGenerateContent?alt=sse"
        );
    }

    #[test]
    fn a_quote_does_not_end_the_commands_text() {
        let command = curl("http://127.0.0.1:1", "/v1/messages", "{\"a\":\"it's $HOME\"}");
        assert!(command.ends_with(r#"-d '{"a":"it'\''s $HOME"}'"#), "{command}");
        assert!(command.starts_with("curl 'http://127.0.0.1:1/v1/messages' \\\n"), "{command}");
    }
}
