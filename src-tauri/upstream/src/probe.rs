use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode, header};
use switchyard_catalog::{Endpoint, Probe, Vendor};
use switchyard_dialect::{Occasion, Tongue, dress, read_fault};
use switchyard_types::{Accent, Dialect, Secret};

use crate::answer::{Answer, Fault};
use crate::header::ForwardedHeaders;
use crate::pool::{Pool, WayOut};
use crate::shipment::{Form, Purpose, Question, Shipment, ShipmentError, credential, shipment};

/// How long a vendor may take to say whether a key works.
const PATIENCE: Duration = Duration::from_secs(15);

/// The conversation in which keys are checked, for the endpoints that ask for a name of it.
const SESSION: &str = "switchyard-key-check";

/// What a vendor said to a key, before the engine words it.
#[derive(Debug)]
pub enum Verdict {
    /// The key works.
    Works,
    /// The vendor does not accept it; its words.
    Refused(String),
    /// The vendor answered something that says nothing about the key; status and words.
    Unclear(u16, String),
    /// The vendor could not be heard.
    Unreachable(String),
}

/// Asks a vendor whether a key works, by the cheapest question that it answers honestly.
pub async fn probe(
    pool: &Pool,
    vendor: &Vendor,
    key: Option<&Secret>,
    way_out: Option<WayOut>,
) -> Verdict {
    let shipment = match question(vendor, key) {
        Ok(shipment) => shipment.by(way_out),
        Err(error) => return Verdict::Refused(error.to_string()),
    };
    let asked = tokio::time::timeout(PATIENCE, async {
        let mut answer = pool.send(shipment).await?;
        // A vendor's own words fit in far less; a larger page is no explanation.
        let body = answer.whole(1_000_000).await.unwrap_or_default();
        Ok::<(Answer, Bytes), Fault>((answer, body))
    });
    match asked.await {
        Ok(Ok((answer, body))) => judge(answer.status(), &body, &vendor.probe),
        Ok(Err(fault)) => Verdict::Unreachable(fault.to_string()),
        Err(_) => Verdict::Unreachable(format!(
            "{} did not answer within {} seconds",
            vendor.name,
            PATIENCE.as_secs()
        )),
    }
}

fn judge(status: StatusCode, body: &[u8], probe: &Probe) -> Verdict {
    let words = || read_fault(status.as_u16(), body).message;
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Verdict::Refused(words()),
        status if status.is_success() => Verdict::Works,
        // The one-token question may well be wrong for the account (a model it lacks, no credit):
        // the key itself was accepted before that was found out.
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::TOO_MANY_REQUESTS
            if matches!(probe, Probe::Message { .. }) =>
        {
            Verdict::Works
        }
        status => Verdict::Unclear(status.as_u16(), words()),
    }
}

fn question(vendor: &Vendor, key: Option<&Secret>) -> Result<Shipment, ShipmentError> {
    match &vendor.probe {
        Probe::Models { url, auth } => {
            let mut headers =
                vec![(header::ACCEPT, header::HeaderValue::from_static("application/json"))];
            headers.extend(credential(vendor, auth, key)?);
            if let Some(endpoint) = vendor.endpoints.first() {
                headers.extend(endpoint.headers.iter().filter_map(|(name, value)| {
                    let value = Endpoint::header_in(value, SESSION);
                    Some((name.parse().ok()?, header::HeaderValue::from_str(&value).ok()?))
                }));
            }
            Ok(Shipment {
                method: Method::GET,
                url: url.as_str().to_owned(),
                headers,
                body: None,
                allow_private: vendor.allow_private,
                way_out: None,
            })
        }
        Probe::Message { model } => {
            let endpoint = vendor
                .endpoints
                .first()
                .ok_or_else(|| ShipmentError::NoCounter { vendor: vendor.name.clone() })?;
            let body = match endpoint.accent {
                Some(Accent::Kiro) => one_turn_of_kiro(model),
                Some(_) | None => one_token(endpoint.dialect, model),
            };
            let tongue = Tongue { dialect: endpoint.dialect, accent: endpoint.accent };
            let occasion = Occasion { model, request: "probe", ..Occasion::default() };
            // One that cannot be dressed goes as it is: what the vendor says to it is still its word.
            let dressed = dress(tongue, body.clone(), &occasion);
            let (body, headers) = dressed.map_or((body, Vec::new()), |d| (d.body, d.headers));
            let form = Form::Turns;
            let (purpose, session) = (Purpose::Whole, SESSION);
            let question = Question { purpose, model, form, body, headers, session };
            shipment(vendor, endpoint, key, &ForwardedHeaders::default(), question)
        }
    }
}

/// The smallest request that a dialect knows.
fn one_token(dialect: Dialect, model: &str) -> Bytes {
    // A model id comes from the vendor's file; as a JSON string it needs its quotes escaped.
    let model = model.replace('\\', "\\\\").replace('"', "\\\"");
    let text = match dialect {
        Dialect::Responses => {
            format!(r#"{{"model":"{model}","input":"hi","max_output_tokens":16}}"#)
        }
        Dialect::Gemini => concat!(
            r#"{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"#,
            r#""generationConfig":{"maxOutputTokens":1}}"#
        )
        .to_owned(),
        Dialect::Ollama => format!(
            r#"{{"model":"{model}","stream":false,"options":{{"num_predict":1}},"messages":[{{"role":"user","content":"hi"}}]}}"#
        ),
        Dialect::Chat | Dialect::Messages => format!(
            r#"{{"model":"{model}","max_tokens":1,"messages":[{{"role":"user","content":"hi"}}]}}"#
        ),
    };
    Bytes::from(text)
}

/// A conversation state of one word; Kiro has no limit that could be set.
fn one_turn_of_kiro(model: &str) -> Bytes {
    let model = model.replace('\\', "\\\\").replace('"', "\\\"");
    let turn = format!(r#"{{"content":"hi","modelId":"{model}","origin":"AI_EDITOR"}}"#);
    Bytes::from(format!(r#"{{"currentMessage":{{"userInputMessage":{turn}}}}}"#))
}
