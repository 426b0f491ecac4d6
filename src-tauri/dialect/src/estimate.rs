//! Counting tokens without the vendor's tokenizer.

use serde_json::Value;
use switchyard_types::Dialect;

use crate::BodyError;
use crate::gemini::write::{counted, counted_request};
use crate::json::Json;

/// An image, whatever its size: what a picture of 1 megapixel costs at Anthropic and `OpenAI`, roughly.
const IMAGE: u64 = 1_500;

/// What a turn, a tool or a block costs beside its text.
const FRAME: u64 = 3;

/// Estimates the tokens of a request: instructions, tools, turns, calls and results.
///
/// An estimate, and no more: four letters a token, one for each wide (CJK) character, half of one for other
/// letters beyond ASCII, and a flat figure for each image or file. Vendors' own counts differ by a tenth or two.
pub fn estimate_input_tokens(client: Dialect, body: &[u8]) -> Result<u64, BodyError> {
    let names: &[&str] = match client {
        Dialect::Messages => &["system", "messages", "tools", "tool_choice"],
        Dialect::Chat => &["messages", "tools", "functions", "tool_choice", "response_format"],
        Dialect::Responses => &["instructions", "input", "tools", "tool_choice", "text"],
        Dialect::Gemini => &["systemInstruction", "system_instruction", "contents", "tools"],
        Dialect::Ollama => &["system", "prompt", "messages", "tools", "format"],
    };
    let inner = if client == Dialect::Gemini { counted_request(body) } else { None };
    let document = Json::of_body(inner.unwrap_or(body))?;
    let mut fields = document.fields()?;
    let mut weight = Weight::default();
    for name in names {
        let Some(raw) = fields.take(name) else { continue };
        let value: Value = crate::json::parse(raw, name, "JSON that nests less deep")?;
        weight.value("", &value);
    }
    Ok(weight.tokens())
}

/// The answer to a client that asked for a count.
pub fn write_count(client: Dialect, tokens: u64) -> Vec<u8> {
    match client {
        Dialect::Gemini => counted(tokens),
        Dialect::Chat | Dialect::Responses | Dialect::Messages | Dialect::Ollama => {
            format!(r#"{{"input_tokens":{tokens}}}"#).into_bytes()
        }
    }
}

#[derive(Default)]
struct Weight {
    /// Quarters of a token.
    quarters: u64,
    tokens: u64,
}

impl Weight {
    fn tokens(&self) -> u64 {
        self.tokens.saturating_add(self.quarters.div_ceil(4))
    }

    fn value(&mut self, key: &str, value: &Value) {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => self.tokens += 1,
            Value::String(text) if is_binary(key, text) => self.tokens += IMAGE,
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().for_each(|item| self.value(key, item)),
            Value::Object(fields) => {
                self.tokens += FRAME;
                for (name, inner) in fields {
                    // Words of the wire format, which no model reads.
                    if matches!(name.as_str(), "type" | "role" | "cache_control" | "signature") {
                        continue;
                    }
                    self.text(name);
                    self.value(name, inner);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            self.quarters += match letter {
                '\0'..='\u{7f}' => 1,
                '\u{80}'..='\u{2e7f}' => 2,
                _ => 4,
            };
        }
    }
}

/// Base64 is not read as text by any model.
fn is_binary(key: &str, text: &str) -> bool {
    text.starts_with("data:") && text.contains(";base64,")
        || (matches!(key, "data" | "file_data" | "images")
            && text.len() > 256
            && !text.contains(' '))
}
