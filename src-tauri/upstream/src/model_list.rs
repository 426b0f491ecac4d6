//! What models a vendor lists, in any of the shapes that vendors have for it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use serde_json::{Value, json};
use switchyard_catalog::{Endpoint, ListShape, Vendor};
use switchyard_dialect::read_fault;
use switchyard_types::{LoginFacts, Secret, SeenModel};

use crate::pool::{Pool, WayOut};
use crate::shipment::{Shipment, credential};

/// How long a vendor may take to list its models.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest list, in bytes: routers of hundreds of models describe each at length.
const LARGEST: usize = 8 * 1024 * 1024;

/// More models than this are no list that anybody reads.
const MOST_MODELS: usize = 2_000;

/// Why a vendor's models are not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelListError {
    /// It lists none.
    #[error("{vendor} does not list its models")]
    None {
        /// The vendor's name.
        vendor: String,
    },
    /// It could not be asked.
    #[error("{vendor} could not be asked for its models: {reason}", reason = .words)]
    Unheard {
        /// The vendor's name.
        vendor: String,
        /// Why.
        words: String,
    },
    /// It answered with something else than a list.
    #[error("{vendor} answered {status} to the question for its models: {words}")]
    Answered {
        /// The vendor's name.
        vendor: String,
        /// The status.
        status: u16,
        /// Its words, or that they hold no model.
        words: String,
    },
}

/// A question for the models of a vendor.
#[derive(Debug)]
pub struct ModelListAsk<'a> {
    /// The vendor, as the account reaches it.
    pub vendor: &'a Vendor,
    /// What it is asked with.
    pub key: Option<&'a Secret>,
    /// What is known of the login; empty for a key.
    pub facts: &'a LoginFacts,
    /// How the question leaves this machine.
    pub way_out: Option<WayOut>,
}

/// Asks a vendor for its models; there is at least one.
pub async fn read_models(
    pool: &Pool,
    ask: ModelListAsk<'_>,
) -> Result<Vec<SeenModel>, ModelListError> {
    let ModelListAsk { vendor, key, facts, way_out } = ask;
    let name = || vendor.name.clone();
    let unheard = |words: String| ModelListError::Unheard { vendor: name(), words };
    let list = vendor.model_list.as_ref().ok_or_else(|| ModelListError::None { vendor: name() })?;
    let mut headers = vec![(header::ACCEPT, HeaderValue::from_static("application/json"))];
    let sent = credential(vendor, &list.auth, key).map_err(|error| unheard(error.to_string()))?;
    headers.extend(sent);
    if let Some(endpoint) = vendor.endpoints.first() {
        headers.extend(endpoint.headers.iter().filter_map(|(name, value)| {
            let value = Endpoint::header_in(value, "switchyard-models");
            Some((name.parse().ok()?, HeaderValue::from_str(&value).ok()?))
        }));
    }
    let body = match list.shape {
        ListShape::Page => None,
        ListShape::CodeAssist => {
            headers.push((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
            Some(json!({ "project": facts.project.as_deref().unwrap_or_default() }))
        }
        ListShape::Kiro => {
            let amazon = HeaderValue::from_static("application/x-amz-json-1.0");
            headers.push((header::CONTENT_TYPE, amazon));
            headers.push((
                HeaderName::from_static("x-amz-target"),
                HeaderValue::from_static("AmazonCodeWhispererService.ListAvailableModels"),
            ));
            let mut body = json!({ "origin": "AI_EDITOR" });
            if let Some(profile) = &facts.profile {
                body["profileArn"] = profile.as_str().into();
            }
            Some(body)
        }
    };
    let shipment = Shipment {
        method: if body.is_some() { Method::POST } else { Method::GET },
        url: list.url.as_str().to_owned(),
        headers,
        body: body.map(|body| Bytes::from(body.to_string())),
        allow_private: vendor.allow_private,
        way_out,
    };
    let asked = tokio::time::timeout(PATIENCE, async {
        let mut answer = pool.send(shipment).await?;
        let body = answer.whole(LARGEST).await?;
        Ok::<_, crate::Fault>((answer.status(), body))
    });
    let (status, body) = match asked.await {
        Ok(Ok(answered)) => answered,
        Ok(Err(fault)) => return Err(unheard(fault.to_string())),
        Err(_) => return Err(unheard(format!("silent for {} seconds", PATIENCE.as_secs()))),
    };
    let answered = |words: String| {
        let status = status.as_u16();
        ModelListError::Answered { vendor: name(), status, words }
    };
    if !status.is_success() {
        return Err(answered(read_fault(status.as_u16(), &body).message));
    }
    let models = serde_json::from_slice(&body).map(|body| models(&body)).unwrap_or_default();
    if models.is_empty() {
        return Err(answered("it names no model".to_owned()));
    }
    Ok(models)
}

/// The models of a list: `data` of `OpenAI`'s and Anthropic's, `models` of Gemini's and Ollama's, `result` of
/// Cloudflare's, `publisherModels` of Vertex AI's, or the list alone; code assist's are named by the fields of
/// an object.
fn models(body: &Value) -> Vec<SeenModel> {
    let within = ["data", "models", "result", "publisherModels"];
    let within = within.iter().find_map(|name| body.get(name)?.as_array());
    let listed = within.or_else(|| body.as_array()).into_iter().flatten().filter_map(model);
    let by_name = body.get("models").and_then(Value::as_object).into_iter().flatten();
    let by_name = by_name.filter_map(|(id, about)| code_assist(id, about));
    let mut models: Vec<SeenModel> = Vec::new();
    for model in listed.chain(by_name) {
        if models.len() < MOST_MODELS && models.iter().all(|known| known.id != model.id) {
            models.push(model);
        }
    }
    models
}

fn model(listed: &Value) -> Option<SeenModel> {
    let text = |name: &str| listed.get(name).and_then(Value::as_str).filter(|it| !it.is_empty());
    let number = |names: &[&str]| {
        let found = names.iter().find_map(|name| listed.get(name)?.as_u64());
        found.filter(|tokens| *tokens > 0)
    };
    // Cloudflare's ids are numbers of its own; requests name the model by its name.
    let task = listed.pointer("/task/name").and_then(Value::as_str);
    let id = match task {
        Some(_) => text("name"),
        None => ["id", "modelId", "name", "model"].iter().find_map(|name| text(name)),
    };
    let id = id.or_else(|| listed.as_str())?.trim();
    let published = id.strip_prefix("publishers/google/models/");
    let id = published.or_else(|| id.strip_prefix("models/")).unwrap_or(id);
    // Google publishes much there that answers in other ways.
    if published.is_some() && !id.starts_with("gemini") {
        return None;
    }
    // Copilot lists what completes and embeds too, and what the account's organisation has switched off.
    let said = |at: &str| listed.pointer(at).and_then(Value::as_str);
    if said("/capabilities/type").is_some_and(|kind| kind != "chat")
        || said("/policy/state") == Some("disabled")
    {
        return None;
    }
    let methods = listed.get("supportedGenerationMethods").and_then(Value::as_array);
    let generates = methods.is_none_or(|all| all.iter().any(|one| one == "generateContent"));
    let talks = task.is_none_or(|task| task == "Text Generation");
    if !sound(id) || !generates || !talks {
        return None;
    }
    let within = |at: &str| listed.pointer(at).and_then(Value::as_u64).filter(|tokens| *tokens > 0);
    let name = ["display_name", "displayName", "modelName"].iter().find_map(|name| text(name));
    let name = name.or_else(|| said("/capabilities/type").and_then(|_| text("name")));
    Some(SeenModel {
        id: id.to_owned(),
        name: shown(name.unwrap_or(id)),
        context: number(&["context_length", "context_window", "inputTokenLimit", "max_model_len"])
            .or_else(|| within("/capabilities/limits/max_context_window_tokens"))
            .or_else(|| within("/tokenLimits/maxInputTokens")),
        output_limit: number(&["outputTokenLimit", "max_completion_tokens"])
            .or_else(|| within("/capabilities/limits/max_output_tokens")),
    })
}

/// A model of code assist's list; `isInternal` are those that complete lines.
fn code_assist(id: &str, about: &Value) -> Option<SeenModel> {
    if !sound(id) || about.get("isInternal").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let name = about.get("displayName").and_then(Value::as_str).filter(|name| !name.is_empty());
    let number = |name: &str| about.get(name).and_then(Value::as_u64).filter(|tokens| *tokens > 0);
    Some(SeenModel {
        id: id.to_owned(),
        name: shown(name.unwrap_or(id)),
        context: number("maxTokens"),
        output_limit: number("maxOutputTokens"),
    })
}

/// Whether it is the id of something that talks.
fn sound(id: &str) -> bool {
    let plain = !id.is_empty() && id.len() <= 200 && !id.chars().any(char::is_control);
    plain && !does_something_else(id)
}

fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(120).collect()
}

/// Whether a model's id says that it does not talk.
fn does_something_else(id: &str) -> bool {
    const ELSE: [&str; 15] = [
        "embed",
        "whisper",
        "tts",
        "dall-e",
        "moderation",
        "rerank",
        "transcribe",
        "realtime",
        "sora",
        "gpt-image",
        "imagen",
        "veo-",
        "bge-",
        "stable-diffusion",
        "flux",
    ];
    let id = id.to_ascii_lowercase();
    ELSE.iter().any(|part| id.contains(part))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_shape_of_a_list_is_read_and_what_does_not_talk_left_out() {
        let ids = |body: Value| -> Vec<String> {
            models(&body).into_iter().map(|model| model.id).collect()
        };
        for body in [
            json!({ "data": [{ "id": "a" }, { "id": "a" }, { "id": "text-embedding-3" }, { "id": 7 }] }),
            json!({ "models": [
                { "name": "models/a", "supportedGenerationMethods": ["generateContent"] },
                { "name": "models/b", "supportedGenerationMethods": ["embedContent"] },
            ] }),
            json!({ "models": [{ "name": "a", "model": "a" }] }),
            json!({ "result": [
                { "id": "7", "name": "a", "task": { "name": "Text Generation" } },
                { "id": "8", "name": "b", "task": { "name": "Translation" } },
            ] }),
            json!(["a", "", "x\u{7}y"]),
            // Copilot.
            json!({ "data": [
                { "id": "a", "capabilities": { "type": "chat" }, "policy": { "state": "enabled" } },
                { "id": "b", "capabilities": { "type": "chat" }, "policy": { "state": "disabled" } },
                { "id": "c", "capabilities": { "type": "completion" } },
            ] }),
            // Code assist.
            json!({ "models": { "a": { "displayName": "A" }, "b": { "isInternal": true } } }),
            // Kiro.
            json!({ "models": [{ "modelId": "a", "modelName": "A", "rateUnit": "credit" }] }),
        ] {
            assert_eq!(ids(body.clone()), ["a"], "{body}");
        }
        let vertex = json!({ "publisherModels": [
            { "name": "publishers/google/models/gemini-9", "versionId": "default" },
            { "name": "publishers/google/models/imagetext" },
            { "name": "publishers/google/models/gemini-embedding-1" },
        ] });
        assert_eq!(ids(vertex), ["gemini-9"]);
        assert!(ids(json!({ "error": "x" })).is_empty());
    }

    #[test]
    fn what_a_list_tells_of_limits_is_kept() {
        let listed = json!({ "name": "models/g", "displayName": "G", "inputTokenLimit": 9, "outputTokenLimit": 0 });
        let seen = model(&listed).unwrap();
        assert_eq!((seen.name.as_str(), seen.context, seen.output_limit), ("G", Some(9), None));
        let of_copilot = json!({ "id": "gpt", "name": "GPT", "capabilities": {
            "type": "chat", "limits": { "max_context_window_tokens": 9, "max_output_tokens": 3 },
        } });
        let seen = model(&of_copilot).unwrap();
        assert_eq!(
            (seen.name.as_str(), seen.context, seen.output_limit),
            ("GPT", Some(9), Some(3))
        );
        let of_kiro =
            json!({ "modelId": "k", "modelName": "K", "tokenLimits": { "maxInputTokens": 9 } });
        let seen = model(&of_kiro).unwrap();
        assert_eq!((seen.id.as_str(), seen.name.as_str(), seen.context), ("k", "K", Some(9)));
        let of_code_assist = json!({ "models": { "g": { "maxTokens": 9, "maxOutputTokens": 3 } } });
        let seen = models(&of_code_assist).remove(0);
        assert_eq!((seen.name.as_str(), seen.context, seen.output_limit), ("g", Some(9), Some(3)));
    }
}
