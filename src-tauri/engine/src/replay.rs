//! Asking again what was asked before, of another model.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use switchyard_dialect::{PathDelivery, PathModel, glance_as};
use switchyard_types::{Dialect, ReplayAsk, RequestId, RequestView};

use crate::pipeline::{Ask, Call, Reply};
use crate::{Engine, EngineError};

impl Engine {
    /// Asks again what a client sent in a request, of another model or combo. It goes the way of any
    /// request and is recorded and counted as one that repeats this; it carries nobody's key, takes no
    /// session's place, and is held to no key's rule or budget. The answer comes in the client's dialect,
    /// in one piece or as a stream, as the client wanted it.
    pub async fn replay(&self, id: &RequestId, ask: &ReplayAsk) -> Result<Reply, EngineError> {
        let model = ask.model.trim();
        if model.is_empty() {
            return Err(EngineError::invalid(
                "nobody is named to ask",
                "give a model as prefix/model, or the name of a combo",
            ));
        }
        let request = self.request(id).await?;
        let sent =
            self.request_bodies(id).await?.from_client.ok_or_else(|| EngineError::Missing {
                message: format!("what the client sent in {id} is not kept"),
                hint: "a request that comes while bodies are kept can be asked again".to_owned(),
            })?;
        if sent.cut {
            return Err(EngineError::conflict(
                format!("only the beginning of what the client sent in {id} is kept"),
                "it was too long to be kept whole, so that it cannot be asked again",
            ));
        }
        let call = repeated(&request, Bytes::from(sent.text), model)?;
        Ok(self.relay(call).await)
    }
}

/// The call that asks it again.
fn repeated(request: &RequestView, sent: Bytes, model: &str) -> Result<Call, EngineError> {
    let named = (request.dialect == Dialect::Gemini).then(|| PathModel {
        model: model.to_owned(),
        delivery: if request.stream { PathDelivery::Events } else { PathDelivery::Whole },
    });
    let glance = glance_as(request.dialect, &sent, named.as_ref()).map_err(|error| {
        EngineError::conflict(
            format!("what the client sent in {} cannot be read: {error}", request.id),
            "it was refused for that, and cannot be asked again",
        )
    })?;
    let body = if named.is_some() { sent } else { glance.with_model(&sent, model) };
    // Ollama's two ways to ask differ in their address alone, which is not kept.
    let bare = request.dialect == Dialect::Ollama && glance.opening(&body).is_none();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(Call {
        dialect: request.dialect,
        ask: if bare { Ask::Completion } else { Ask::Answer },
        headers,
        named,
        body,
        client: None,
        project: None,
        replay_of: Some(request.id.clone()),
    })
}
