//! What is changed in a request that otherwise passes.

use bytes::Bytes;
use serde_json::Value;
use switchyard_types::Dialect;

use crate::json::Object;
use crate::messages::thinking::Thinking;
use crate::neutral::effort::{Effort, word_for};
use crate::neutral::loss::Losses;
use crate::{gemini, ollama};

/// The same request with another effort, because the model's name said so. Every other value stays as it was
/// written; a body that is no object stays as it is.
pub fn with_effort(dialect: Dialect, body: &Bytes, model: &str, effort: Effort) -> Bytes {
    let Ok(text) = std::str::from_utf8(body) else { return body.clone() };
    let mut request = Object::of(text.trim_start_matches('\u{feff}'));
    if request.fields().next().is_none() {
        return body.clone();
    }
    // What the model takes instead is not a loss of the client's words: its own setting gives way.
    let mut losses = Losses::default();
    match dialect {
        Dialect::Chat => match word_for(effort, model, &mut losses) {
            Some(word) => request.set_text("reasoning_effort", word),
            None => request.remove("reasoning_effort"),
        },
        Dialect::Responses => {
            let word = word_for(effort, model, &mut losses);
            inner(&mut request, "reasoning", |reasoning| match word {
                Some(word) => reasoning.set_text("effort", word),
                None => reasoning.remove("effort"),
            });
        }
        Dialect::Messages => {
            let limit = request.number("max_tokens");
            let Thinking { thinking, effort } =
                Thinking::passing(effort, model, limit, &mut losses);
            match thinking {
                Some(thinking) => request.set("thinking", thinking.to_string()),
                None => request.remove("thinking"),
            }
            inner(&mut request, "output_config", |config| match effort {
                Some(level) => config.set_text("effort", level),
                None => config.remove("effort"),
            });
        }
        Dialect::Gemini => {
            let name = if request.get("generation_config").is_some() {
                "generation_config"
            } else {
                "generationConfig"
            };
            let thinking = gemini::write::thinking(effort, model, &mut losses);
            inner(&mut request, name, |config| {
                config.remove("thinking_config");
                match thinking {
                    Some(thinking) => config.set("thinkingConfig", thinking.to_string()),
                    None => config.remove("thinkingConfig"),
                }
            });
        }
        Dialect::Ollama => {
            let think: Value = ollama::write::think(effort, model, &mut losses);
            request.set("think", think.to_string());
        }
    }
    Bytes::from(request.to_json())
}

/// Changes an object inside; it is left out where nothing is in it.
fn inner(request: &mut Object, name: &str, change: impl FnOnce(&mut Object)) {
    let mut inside = request.get(name).map_or_else(Object::default, |raw| Object::of(raw.get()));
    change(&mut inside);
    if inside.fields().next().is_some() {
        request.set(name, inside.to_json());
    } else {
        request.remove(name);
    }
}
