//! The small answers: lists of models, and token counts.

use serde_json::{Map, Value, json};

use crate::dialect::Dialect;
use crate::role::Role;

/// A list of models, in the vendor's shape where it has one of its own, else in the dialect's.
pub(crate) fn listed(dialect: Dialect, role: Role, models: &[String]) -> Value {
    match role {
        Role::CodeAssist => {
            let about = |id: &String| {
                (
                    id.clone(),
                    json!({ "displayName": id, "maxTokens": 1_048_576, "maxOutputTokens": 65_535 }),
                )
            };
            json!({ "models": models.iter().map(about).collect::<Map<_, _>>() })
        }
        Role::Copilot => {
            let about = |id: &String| {
                json!({
                    "id": id, "name": id, "object": "model", "policy": { "state": "enabled" },
                    "capabilities": { "type": "chat", "limits": { "max_context_window_tokens": 128_000 } },
                })
            };
            json!({ "data": models.iter().map(about).collect::<Vec<_>>() })
        }
        Role::Vertex => {
            let about = |id: &String| json!({ "name": format!("publishers/google/models/{id}"), "versionId": "default" });
            json!({ "publisherModels": models.iter().map(about).collect::<Vec<_>>() })
        }
        Role::Plain | Role::Codex | Role::VertexCount => listed_in(dialect, models),
    }
}

fn listed_in(dialect: Dialect, models: &[String]) -> Value {
    match dialect {
        Dialect::Kiro => {
            let about = |id: &String| json!({ "modelId": id, "modelName": id, "tokenLimits": { "maxInputTokens": 200_000 } });
            json!({ "models": models.iter().map(about).collect::<Vec<_>>() })
        }
        Dialect::Chat | Dialect::Responses => {
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
