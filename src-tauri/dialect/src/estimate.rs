//! Counting tokens where the vendor does not: by a tokenizer that the caller brings, and by the vendors'
//! published figures for images.

mod picture;

use serde_json::Value;
use switchyard_types::Dialect;

use crate::BodyError;
use crate::gemini::write::{counted, counted_request};
use crate::json::{Fields, Json, Object, Raw};
use picture::weight_of;

/// What a turn, a tool or a block costs beside its text.
const FRAME: u64 = 3;

/// A tokenizer, as far as it matters here: how many tokens a text takes.
pub type CountTokens<'a> = &'a dyn Fn(&str) -> u64;

/// Estimates the tokens of a request: instructions, tools, turns, calls, results and images.
///
/// `vendor` is what the vendor speaks that would answer: each has its own measure for images. `count` is the
/// tokenizer for texts; [`letters`] stands in where there is none.
pub fn estimate_input_tokens(
    client: Dialect,
    vendor: Dialect,
    body: &[u8],
    count: CountTokens<'_>,
) -> Result<u64, BodyError> {
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
    let mut weight = Weight { tokens: 0, vendor, count };
    for name in names {
        let Some(raw) = fields.take(name) else { continue };
        let value: Value = crate::json::parse(raw, name, "JSON that nests less deep")?;
        weight.value("", &value);
    }
    Ok(weight.tokens)
}

/// Tokens by letters alone: four a token, one for each wide (CJK) character, half of one for other letters
/// beyond ASCII.
pub fn letters(text: &str) -> u64 {
    let quarters: u64 = text
        .chars()
        .map(|letter| match letter {
            '\0'..='\u{7f}' => 1,
            '\u{80}'..='\u{2e7f}' => 2,
            _ => 4,
        })
        .sum();
    quarters.div_ceil(4)
}

/// The answer to a client that asked for a count.
pub fn write_count(client: Dialect, tokens: u64) -> Vec<u8> {
    match client {
        Dialect::Gemini => counted(tokens),
        Dialect::Responses => {
            format!(r#"{{"object":"response.input_tokens","input_tokens":{tokens}}}"#).into_bytes()
        }
        Dialect::Chat | Dialect::Messages | Dialect::Ollama => {
            format!(r#"{{"input_tokens":{tokens}}}"#).into_bytes()
        }
    }
}

/// What a vendor says to a request for a count.
pub fn read_count(vendor: Dialect, reply: &[u8]) -> Option<u64> {
    let name = if vendor == Dialect::Gemini { "totalTokens" } else { "input_tokens" };
    Object::of(std::str::from_utf8(reply).ok()?).number(name)
}

/// A request in the vendor's dialect as its counter takes it: the counters refuse fields that say nothing
/// about the input. `None` where the dialect has no counter.
///
/// Sources: docs.claude.com, "Count tokens"; ai.google.dev, "models.countTokens"; developers.openai.com,
/// "Get input token counts" (2026).
pub fn as_count_request(vendor: Dialect, model: &str, body: &[u8]) -> Option<Vec<u8>> {
    let taken: &[&str] = match vendor {
        Dialect::Messages => {
            &["model", "system", "messages", "tools", "tool_choice", "thinking", "output_config"]
        }
        Dialect::Responses => &[
            "model",
            "instructions",
            "input",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "reasoning",
            "text",
            "truncation",
        ],
        Dialect::Gemini => {
            let path = Value::from(format!("models/{model}"));
            let mut inner = Object::of(std::str::from_utf8(body).ok()?);
            inner.set("model", path.to_string());
            return Some(
                format!("{{\"generateContentRequest\":{}}}", inner.to_json()).into_bytes(),
            );
        }
        Dialect::Chat | Dialect::Ollama => return None,
    };
    let document = Json::of_body(body).ok()?;
    let fields: Fields<'_> = document.fields().ok()?;
    let kept = taken.iter().filter_map(|name| {
        let value = fields.peek(name).map(Raw::get)?;
        Some(format!("\"{name}\":{value}"))
    });
    Some(format!("{{{}}}", kept.collect::<Vec<_>>().join(",")).into_bytes())
}

/// The request that a client wants counted: Gemini may wrap it.
pub fn counted_inner(client: Dialect, body: &[u8]) -> &[u8] {
    if client == Dialect::Gemini { counted_request(body).unwrap_or(body) } else { body }
}

struct Weight<'a> {
    tokens: u64,
    vendor: Dialect,
    count: CountTokens<'a>,
}

impl Weight<'_> {
    fn value(&mut self, key: &str, value: &Value) {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => self.tokens += 1,
            Value::String(text) if is_binary(key, text) => {
                self.tokens += weight_of(self.vendor, text);
            }
            Value::String(text) => self.tokens += (self.count)(text),
            Value::Array(items) => items.iter().for_each(|item| self.value(key, item)),
            Value::Object(fields) => {
                self.tokens += FRAME;
                for (name, inner) in fields {
                    // Words of the wire format, which no model reads.
                    if matches!(
                        name.as_str(),
                        "type"
                            | "role"
                            | "cache_control"
                            | "signature"
                            | "thoughtSignature"
                            | "encrypted_content"
                    ) {
                        continue;
                    }
                    self.tokens += (self.count)(name);
                    self.value(name, inner);
                }
            }
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
