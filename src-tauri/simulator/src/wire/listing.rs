//! The small answers: lists of models, and token counts.

use serde_json::{Value, json};

use crate::dialect::Dialect;

/// A list of models, in the dialect's shape.
pub(crate) fn listed(dialect: Dialect, models: &[String]) -> Value {
    match dialect {
        Dialect::Chat | Dialect::Responses | Dialect::Kiro => {
            let data: Vec<Value> = models
                .iter()
                .map(|id| {
                    json!({ "id": id, "object": "model", "created": 1_750_000_000, "owned_by": "simulator" })
                })
                .collect();
            json!({ "object": "list", "data": data })
        }
        Dialect::Messages => {
            let data: Vec<Value> = models
                .iter()
                .map(|id| {
                    json!({
                        "type": "model", "id": id, "display_name": id, "created_at": "2025-06-15T00:00:00Z",
                    })
                })
                .collect();
            json!({
                "data": data,
                "has_more": false,
                "first_id": models.first(),
                "last_id": models.last(),
            })
        }
        Dialect::Ollama => {
            let data: Vec<Value> = models
                .iter()
                .map(|id| {
                    json!({
                        "name": id, "model": id, "modified_at": "2025-06-15T00:00:00Z", "size": 1,
                        "digest": "0", "details": { "format": "gguf", "family": "simulator" },
                    })
                })
                .collect();
            json!({ "models": data })
        }
        Dialect::Gemini => {
            let data: Vec<Value> = models
                .iter()
                .map(|id| {
                    json!({
                        "name": format!("models/{id}"),
                        "version": "001",
                        "displayName": id,
                        "inputTokenLimit": 1_048_576,
                        "outputTokenLimit": 65_536,
                        "supportedGenerationMethods": ["generateContent", "countTokens"],
                    })
                })
                .collect();
            json!({ "models": data })
        }
    }
}

/// A token count, in the dialect's shape.
pub(crate) fn counted(dialect: Dialect, tokens: u64) -> Value {
    match dialect {
        Dialect::Gemini => json!({
            "totalTokens": tokens,
            "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": tokens }],
        }),
        Dialect::Responses => {
            json!({ "object": "response.input_tokens", "input_tokens": tokens })
        }
        Dialect::Chat | Dialect::Messages | Dialect::Ollama | Dialect::Kiro => {
            json!({ "input_tokens": tokens })
        }
    }
}

/// A compacted conversation (platform.openai.com, "Compact a response", 2026): what is left of it is sealed.
pub(crate) fn compacted(number: u64) -> Value {
    json!({
        "id": format!("resp_sim{number:010x}"),
        "object": "response.compaction",
        "created_at": 1_750_000_000,
        "output": [
            { "type": "compaction", "id": "cmp_sim", "encrypted_content": "c2VhbGVk" },
        ],
        "usage": { "input_tokens": 139, "output_tokens": 43, "total_tokens": 182 },
    })
}
