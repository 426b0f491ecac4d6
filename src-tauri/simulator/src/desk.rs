//! A vendor's desk: who may ask, what is asked, and how the vendor says no.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use serde::Deserialize;
use serde_json::Value;

use crate::body::Steps;
use crate::dialect::Dialect;
use crate::fault::Refusal;
use crate::fault::refuse::{About, Spoken, speak};
use crate::live::{Live, LiveVendor};
use crate::record::UnderWay;
use crate::role::{self, No, Opened, Role};
use crate::route::{Manner, Named, Wish, key};
use crate::seen::Seen;
use crate::serve::{Answer, JSON, path_of, plain, set};
use crate::talk::Talk;
use crate::turn::estimate;
use crate::wire::{self, Framing};

/// All that the plain path reads of a body; the rest is skipped unbuilt.
#[derive(Deserialize)]
struct Glance {
    model: Option<String>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
}

#[derive(Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

/// What a client asked for, read from path and body.
struct Asked {
    model: String,
    manner: Manner,
    framing: Framing,
}

fn read(dialect: Dialect, named: Option<Named>, body: &[u8]) -> Result<Asked, String> {
    if dialect == Dialect::Kiro {
        return kiro(body);
    }
    let glance: Glance = serde_json::from_slice(body)
        .map_err(|error| format!("the body is no JSON request: {error}"))?;
    if let Some(Named { model, manner }) = named {
        let framing = if manner == Manner::Array { Framing::Array } else { Framing::Events };
        return Ok(Asked { model, manner, framing });
    }
    let model = glance.model.ok_or("you must provide a model parameter")?;
    let streams = glance.stream.unwrap_or(dialect == Dialect::Ollama);
    let manner = if streams { Manner::Events } else { Manner::Whole };
    let with_usage = glance.stream_options.and_then(|options| options.include_usage) == Some(true);
    let framing = if with_usage { Framing::EventsWithUsage } else { Framing::Events };
    Ok(Asked { model, manner, framing })
}

/// Kiro's state, as strictly as the vendor reads it: turns that alternate, results that answer the calls
/// of the turn before, calls only of tools that are offered.
fn kiro(body: &[u8]) -> Result<Asked, String> {
    let improper = || "Improperly formed request.".to_owned();
    let body: Value = serde_json::from_slice(body).map_err(|_| improper())?;
    let state = body.get("conversationState").ok_or_else(improper)?;
    if !["chatTriggerType", "conversationId"].iter().all(|name| state[name].is_string()) {
        return Err(improper());
    }
    let current = state.pointer("/currentMessage/userInputMessage").ok_or_else(improper)?;
    let model = current.get("modelId").and_then(Value::as_str).ok_or_else(improper)?;
    let offered: Vec<&str> = current
        .pointer("/userInputMessageContext/tools")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|tool| tool.pointer("/toolSpecification/name")?.as_str())
        .collect();
    let none = Vec::new();
    let history = state.get("history").and_then(Value::as_array).unwrap_or(&none);
    let mut due: Vec<&str> = Vec::new();
    for (place, turn) in history.iter().chain(state.get("currentMessage")).enumerate() {
        let name = if place % 2 == 0 { "userInputMessage" } else { "assistantResponseMessage" };
        let said = turn.get(name).ok_or_else(improper)?;
        if !said["content"].is_string() {
            return Err(improper());
        }
        let ids = |list: Option<&'_ Value>| -> Vec<String> {
            let items = list.and_then(Value::as_array).into_iter().flatten();
            items.filter_map(|item| Some(item.get("toolUseId")?.as_str()?.to_owned())).collect()
        };
        let answered = ids(said.pointer("/userInputMessageContext/toolResults"));
        if place % 2 == 0 && answered != due {
            return Err(improper());
        }
        due.clear();
        for used in said.get("toolUses").and_then(Value::as_array).into_iter().flatten() {
            let name = used["name"].as_str().unwrap_or_default();
            if !offered.contains(&name) || !used["input"].is_object() {
                return Err(improper());
            }
            due.extend(used["toolUseId"].as_str());
        }
    }
    if history.len() % 2 != 0 {
        return Err(improper());
    }
    Ok(Asked { model: model.to_owned(), manner: Manner::Events, framing: Framing::Events })
}

/// One vendor at one request.
pub(crate) struct Desk<'a> {
    pub(crate) live: &'a Live,
    pub(crate) name: &'a Arc<str>,
    pub(crate) vendor: &'a LiveVendor,
    /// Unique for each request.
    pub(crate) number: u64,
}

impl Desk<'_> {
    pub(crate) async fn serve(
        &self,
        wish: Wish,
        parts: Parts,
        body: Bytes,
        under_way: UnderWay,
    ) -> Answer {
        let key = key(&parts.uri, &parts.headers).map(str::to_owned);
        let accepted = self.vendor.accepts(key.as_deref());
        let refuse = |dialect, refusal: &Refusal, under_way| {
            self.refused(dialect, &self.speak(refusal, dialect, "", None), under_way)
        };
        let (wish, prompt) = match wish {
            Wish::Completion => {
                let (dialect, role) = (Dialect::Ollama, Role::Plain);
                (Wish::Answer { dialect, named: None, role }, true)
            }
            wish => (wish, false),
        };
        match wish {
            Wish::Presence | Wish::Completion => {
                Ok(plain(200, "text/plain", Bytes::new(), under_way))
            }
            Wish::Models(dialect, _) | Wish::Count(dialect, _) | Wish::Compact(dialect)
                if !accepted =>
            {
                Ok(refuse(dialect, &Refusal::SignIn, under_way))
            }
            Wish::Answer { dialect, .. } if !accepted => {
                Ok(refuse(dialect, &Refusal::SignIn, under_way))
            }
            Wish::Models(dialect, role) => {
                let models = &self.vendor.vendor.models;
                let unnamed = ["ok".to_owned()];
                let models = if models.is_empty() { &unnamed[..] } else { models };
                Ok(self.good_json(dialect, &wire::listed(dialect, role, models), under_way))
            }
            Wish::Count(dialect, role) => {
                let opened = match role::open(role, dialect, &parts.headers, &body) {
                    Ok(opened) => opened,
                    Err(no) => return Ok(self.refused_by_role(dialect, &no, under_way)),
                };
                let tokens = estimate(opened.body.len()).max(1);
                Ok(self.good_json(dialect, &wire::counted(dialect, tokens), under_way))
            }
            Wish::Compact(dialect) => {
                Ok(self.good_json(dialect, &wire::compacted(self.number), under_way))
            }
            Wish::Answer { dialect, named, role } => {
                let (body, named) = match role::open(role, dialect, &parts.headers, &body) {
                    Ok(Opened { model: Some(model), body }) => {
                        (body, named.map(|named| Named { model, ..named }))
                    }
                    Ok(Opened { model: None, body }) => (body, named),
                    Err(no) => return Ok(self.refused_by_role(dialect, &no, under_way)),
                };
                let asked = match read(dialect, named, &body) {
                    Ok(asked) if prompt => Asked { framing: Framing::Prompt, ..asked },
                    Ok(asked) => asked,
                    Err(words) => {
                        let spoken = self.speak(&Refusal::Invalid, dialect, "", Some(&words));
                        return Ok(self.refused(dialect, &spoken, under_way));
                    }
                };
                let seen = Seen {
                    vendor: Arc::clone(self.name),
                    dialect,
                    model: asked.model.clone(),
                    path: path_of(&parts),
                    headers: parts.headers,
                    body,
                };
                let Asked { manner, framing, .. } = asked;
                let talk = Talk { desk: self, seen, manner, framing, role, key };
                talk.answer(under_way).await
            }
        }
    }

    pub(crate) fn speak(
        &self,
        refusal: &Refusal,
        dialect: Dialect,
        model: &str,
        words: Option<&str>,
    ) -> Spoken {
        let request_id = self.request_id();
        let about =
            About { model, request_id: &request_id, now: self.live.script.clock.now(), words };
        speak(refusal, dialect, about)
    }

    fn request_id(&self) -> String {
        format!("req_sim{:010x}", self.number)
    }

    pub(crate) fn refused(
        &self,
        dialect: Dialect,
        spoken: &Spoken,
        under_way: UnderWay,
    ) -> Response<Steps> {
        let body = Bytes::from(spoken.body.to_string());
        let mut response = plain(spoken.status, JSON, body, under_way);
        for (name, value) in &spoken.headers {
            set(&mut response, name, value);
        }
        self.name_request(dialect, &mut response);
        response
    }

    fn refused_by_role(&self, dialect: Dialect, no: &No, under_way: UnderWay) -> Response<Steps> {
        let body = no.body.clone();
        let spoken = Spoken { status: no.status, headers: Vec::new(), body };
        self.refused(dialect, &spoken, under_way)
    }

    pub(crate) fn good_json(
        &self,
        dialect: Dialect,
        body: &Value,
        under_way: UnderWay,
    ) -> Response<Steps> {
        let mut response = plain(200, JSON, Bytes::from(body.to_string()), under_way);
        self.name_request(dialect, &mut response);
        response
    }

    pub(crate) fn name_request(&self, dialect: Dialect, response: &mut Response<Steps>) {
        let name = match dialect {
            Dialect::Chat | Dialect::Responses => "x-request-id",
            Dialect::Messages => "request-id",
            Dialect::Gemini | Dialect::Ollama | Dialect::Kiro => return,
        };
        set(response, name, &self.request_id());
    }
}
