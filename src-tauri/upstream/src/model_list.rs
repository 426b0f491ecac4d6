//! What models a vendor lists, in any of the shapes that vendors have for it.

use std::time::Duration;

use http::{HeaderValue, Method, header};
use serde_json::Value;
use switchyard_catalog::{Endpoint, Vendor};
use switchyard_dialect::read_fault;
use switchyard_types::{Secret, SeenModel};

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
    #[error("{vendor} could not be asked for its models: {words}")]
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

/// Asks a vendor for its models; there is at least one.
pub async fn read_models(
    pool: &Pool,
    vendor: &Vendor,
    key: Option<&Secret>,
    way_out: Option<WayOut>,
) -> Result<Vec<SeenModel>, ModelListError> {
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
    let shipment = Shipment {
        method: Method::GET,
        url: list.url.as_str().to_owned(),
        headers,
        body: None,
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
/// Cloudflare's, or the list alone.
fn models(body: &Value) -> Vec<SeenModel> {
    let within = ["data", "models", "result"].iter().find_map(|name| body.get(name)?.as_array());
    let mut models: Vec<SeenModel> = Vec::new();
    for model in within.or_else(|| body.as_array()).into_iter().flatten().filter_map(model) {
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
        None => text("id").or_else(|| text("name")).or_else(|| text("model")),
    };
    let id = id.or_else(|| listed.as_str())?.trim();
    let id = id.strip_prefix("models/").unwrap_or(id);
    let methods = listed.get("supportedGenerationMethods").and_then(Value::as_array);
    let generates = methods.is_none_or(|all| all.iter().any(|one| one == "generateContent"));
    let talks = task.is_none_or(|task| task == "Text Generation");
    let sound = !id.is_empty() && id.len() <= 200 && !id.chars().any(char::is_control);
    if !sound || !generates || !talks || does_something_else(id) {
        return None;
    }
    let name = text("display_name").or_else(|| text("displayName")).unwrap_or(id);
    Some(SeenModel {
        id: id.to_owned(),
        name: name.chars().filter(|letter| !letter.is_control()).take(120).collect(),
        context: number(&["context_length", "context_window", "inputTokenLimit", "max_model_len"]),
        output_limit: number(&["outputTokenLimit", "max_completion_tokens"]),
    })
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
        ] {
            assert_eq!(ids(body.clone()), ["a"], "{body}");
        }
        assert!(ids(json!({ "error": "x" })).is_empty());
    }

    #[test]
    fn what_a_list_tells_of_limits_is_kept() {
        let listed = json!({ "name": "models/g", "displayName": "G", "inputTokenLimit": 9, "outputTokenLimit": 0 });
        let seen = model(&listed).unwrap();
        assert_eq!((seen.name.as_str(), seen.context, seen.output_limit), ("G", Some(9), None));
    }
}
