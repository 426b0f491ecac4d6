//! A question in any dialect: the path of the model API that it goes to, and its body.

use serde_json::{Map, Value};
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
    /// A number.
    pub(crate) temperature: Option<Value>,
    /// How many tokens the answer may have.
    pub(crate) limit: Option<Value>,
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
                let model = encode(&self.model).replace("%2F", "/");
                let action =
                    if self.stream { "streamGenerateContent?alt=sse" } else { "generateContent" };
                ["/v1beta/models/", &model, ":", action].concat()
            }
        }
    }

    /// The body.
    pub(crate) fn body(&self) -> Value {
        let system = || (!self.system.is_empty()).then(|| Value::from(self.system.as_str()));
        let (model, stream) = (Some(self.model.as_str().into()), Some(self.stream.into()));
        let (temperature, limit) = (self.temperature.clone(), self.limit.clone());
        match self.dialect {
            Dialect::Chat => {
                let usage = || object([("include_usage", Some(true.into()))]);
                object([
                    ("model", model),
                    ("stream", stream),
                    ("stream_options", self.stream.then(usage)),
                    ("temperature", temperature),
                    ("max_tokens", limit),
                    ("messages", Some(self.turns(system(), "assistant"))),
                ])
            }
            Dialect::Responses => object([
                ("model", model),
                ("stream", stream),
                // Nothing of it is to stay with the vendor.
                ("store", Some(false.into())),
                ("instructions", system()),
                ("temperature", temperature),
                ("max_output_tokens", limit),
                ("input", Some(self.turns(None, "assistant"))),
            ]),
            Dialect::Messages => object([
                ("model", model),
                ("stream", stream),
                ("system", system()),
                ("temperature", temperature),
                ("max_tokens", limit.or(Some(LONGEST.into()))),
                ("messages", Some(self.turns(None, "assistant"))),
            ]),
            Dialect::Ollama => object([
                ("model", model),
                ("stream", stream),
                ("options", given([("temperature", temperature), ("num_predict", limit)])),
                ("messages", Some(self.turns(system(), "assistant"))),
            ]),
            Dialect::Gemini => object([
                ("systemInstruction", system().map(|text| object([("parts", Some(parts(text)))]))),
                (
                    "generationConfig",
                    given([("temperature", temperature), ("maxOutputTokens", limit)]),
                ),
                ("contents", Some(self.turns(None, "model"))),
            ]),
        }
    }

    /// What was said in order, the question last; `model` is what the model is called.
    fn turns(&self, system: Option<Value>, model: &str) -> Value {
        let mut turns = Vec::new();
        let mut say = |who: &str, text: Value| {
            let said = match self.dialect {
                Dialect::Gemini => ("parts", parts(text)),
                Dialect::Chat | Dialect::Responses | Dialect::Messages | Dialect::Ollama => {
                    ("content", text)
                }
            };
            turns.push(object([("role", Some(who.into())), (said.0, Some(said.1))]));
        };
        if let Some(system) = system {
            say("system", system);
        }
        for (question, answer) in &self.before {
            say("user", question.as_str().into());
            say(model, answer.as_str().into());
        }
        say("user", self.text.as_str().into());
        Value::Array(turns)
    }
}

/// A text as Gemini takes it.
fn parts(text: Value) -> Value {
    Value::Array(vec![object([("text", Some(text))])])
}

/// An object of what is given.
fn object<const N: usize>(all: [(&str, Option<Value>); N]) -> Value {
    collected(&mut all.into_iter())
}

fn collected(all: &mut dyn Iterator<Item = (&str, Option<Value>)>) -> Value {
    let mut object = Map::new();
    for (name, value) in all {
        if let Some(value) = value {
            object.insert(name.to_owned(), value);
        }
    }
    Value::Object(object)
}

/// The same, where anything is given.
fn given(all: [(&str, Option<Value>); 2]) -> Option<Value> {
    all.iter().any(|(_, value)| value.is_some()).then(|| object(all))
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
    use serde_json::json;

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
            temperature: Some(json!(0.5)),
            limit: Some(json!(9)),
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
