//! The owner of what vendors tell of quotas: [`read_quota`] asks, and one small module a shape reads.
//!
//! It keeps nothing and decides nothing: a page that says something else than expected is an error, never
//! an empty quota.

mod credit;
mod figures;
mod plans;
mod subscriptions;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};
use switchyard_catalog::{Quota, QuotaShape, Vendor};
use switchyard_dialect::read_fault;
use switchyard_types::{LoginFacts, Millis, QuotaSource, QuotaWindow, Secret};

use crate::pool::{Pool, WayOut};
use crate::shipment::{Shipment, credential};

/// How long a vendor may take to tell.
const PATIENCE: Duration = Duration::from_secs(20);

/// No vendor tells more, in bytes.
const LARGEST: usize = 1_000_000;

/// Whose quota is asked for.
#[derive(Debug)]
pub struct QuotaAsk<'a> {
    /// The vendor.
    pub vendor: &'a Vendor,
    /// Where it tells.
    pub quota: &'a Quota,
    /// What the question is sent with: for Copilot the token that outlives the others, else what requests
    /// are sent with.
    pub key: Option<&'a Secret>,
    /// What is known of the login; empty for a key.
    pub facts: &'a LoginFacts,
    /// How the question leaves this machine.
    pub way_out: Option<WayOut>,
    /// The time.
    pub now: Millis,
}

/// What a vendor told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaReading {
    /// What the user pays for, where it is told.
    pub plan: Option<String>,
    /// The windows; none where the account has none of this kind.
    pub windows: Vec<QuotaWindow>,
}

/// Why a quota could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuotaError {
    /// The key or token was not accepted.
    #[error("{vendor} did not accept the key for its quota page: {words}")]
    SignIn {
        /// The vendor's name.
        vendor: String,
        /// Its words.
        words: String,
    },
    /// The vendor wants to be left alone.
    #[error("{vendor} wants to be asked later for its quota")]
    Busy {
        /// The vendor's name.
        vendor: String,
        /// For how long, in milliseconds, where it says so.
        wait: Option<Millis>,
    },
    /// The vendor answered something else.
    #[error("{vendor} answered {status} to the question for its quota: {words}")]
    Answered {
        /// The vendor's name.
        vendor: String,
        /// The status.
        status: u16,
        /// Its words.
        words: String,
    },
    /// The page is not of the shape that it used to have.
    #[error("{vendor}'s quota page is of a new shape: it tells no {what}")]
    Shape {
        /// The vendor's name.
        vendor: String,
        /// What was looked for.
        what: &'static str,
    },
    /// The vendor could not be heard.
    #[error("{vendor} could not be asked for its quota: {reason}", reason = .words)]
    Unreachable {
        /// The vendor's name.
        vendor: String,
        /// Why.
        words: String,
    },
}

/// Asks a vendor for the quota of an account.
pub async fn read_quota(pool: &Pool, ask: &QuotaAsk<'_>) -> Result<QuotaReading, QuotaError> {
    let vendor = || ask.vendor.name.clone();
    let unreachable = |words: String| QuotaError::Unreachable { vendor: vendor(), words };
    let shipment = question(ask)?;
    let asked = tokio::time::timeout(PATIENCE, async {
        let mut answer = pool.send(shipment).await?;
        let body = answer.whole(LARGEST).await?;
        Ok::<_, crate::Fault>((answer.status(), answer.headers().clone(), body))
    });
    let (status, headers, body) = match asked.await {
        Ok(Ok(heard)) => heard,
        Ok(Err(fault)) => return Err(unreachable(fault.message)),
        Err(_) => return Err(unreachable(format!("silent for {} seconds", PATIENCE.as_secs()))),
    };
    let words = || hidden(read_fault(status.as_u16(), &body).message, ask.key);
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return Err(QuotaError::SignIn { vendor: vendor(), words: words() });
        }
        StatusCode::TOO_MANY_REQUESTS => {
            let wait = crate::login::retry_after(&headers, ask.now);
            return Err(QuotaError::Busy { vendor: vendor(), wait });
        }
        status if status.is_success() => {}
        status => {
            let status = status.as_u16();
            return Err(QuotaError::Answered { vendor: vendor(), status, words: words() });
        }
    }
    let page: Value = serde_json::from_slice(&body)
        .map_err(|_| QuotaError::Shape { vendor: vendor(), what: "JSON" })?;
    read(ask.quota.shape, &page, ask.now)
        .map_err(|what| QuotaError::Shape { vendor: vendor(), what })
}

/// Reads a page; what was looked for in vain is the error.
fn read(shape: QuotaShape, page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    match shape {
        QuotaShape::Claude => subscriptions::claude(page, now),
        QuotaShape::Codex => subscriptions::codex(page, now),
        QuotaShape::Copilot => subscriptions::copilot(page, now),
        QuotaShape::CodeAssist => subscriptions::code_assist(page, now),
        QuotaShape::Kiro => subscriptions::kiro(page, now),
        QuotaShape::Glm => plans::glm(page, now),
        QuotaShape::MiniMax => plans::mini_max(page, now),
        QuotaShape::Kimi => plans::kimi(page, now),
        QuotaShape::OpenRouter => credit::open_router(page, now),
        QuotaShape::DeepSeek => credit::deep_seek(page, now),
    }
}

/// A window of which nothing more is known than its name and what it holds.
fn window(
    name: impl Into<String>,
    amount: switchyard_types::QuotaAmount,
    now: Millis,
) -> QuotaWindow {
    QuotaWindow {
        name: name.into(),
        models: None,
        amount,
        closes: true,
        resets_at: None,
        length: None,
        source: QuotaSource::Reader,
        observed_at: now,
        forecast: switchyard_types::Forecast::Unknown,
    }
}

fn question(ask: &QuotaAsk<'_>) -> Result<Shipment, QuotaError> {
    let refused = |words: String| QuotaError::SignIn { vendor: ask.vendor.name.clone(), words };
    let mut headers = vec![(header::ACCEPT, HeaderValue::from_static("application/json"))];
    for (name, value) in &ask.quota.headers {
        let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        else {
            continue;
        };
        headers.push((name, value));
    }
    if let Some(workspace) = ask.facts.vendor_account.as_deref()
        && ask.quota.shape == QuotaShape::Codex
        && let Ok(workspace) = HeaderValue::from_str(workspace)
    {
        headers.push((HeaderName::from_static("chatgpt-account-id"), workspace));
    }
    let key = credential(ask.vendor, &ask.quota.auth, ask.key)
        .map_err(|error| refused(error.to_string()))?;
    headers.extend(key);
    let mut url = ask.quota.url.clone();
    let mut body = None;
    match ask.quota.shape {
        QuotaShape::CodeAssist => {
            let project = ask.facts.project.as_deref().unwrap_or_default();
            body = Some(Bytes::from(json!({ "project": project }).to_string()));
            headers.push((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
        }
        QuotaShape::Kiro => {
            let mut query = url.query_pairs_mut();
            query.append_pair("origin", "AI_EDITOR");
            query.append_pair("resourceType", "AGENTIC_REQUEST");
            if let Some(profile) = &ask.facts.profile {
                query.append_pair("profileArn", profile);
            }
        }
        QuotaShape::Claude
        | QuotaShape::Codex
        | QuotaShape::Copilot
        | QuotaShape::Glm
        | QuotaShape::MiniMax
        | QuotaShape::Kimi
        | QuotaShape::OpenRouter
        | QuotaShape::DeepSeek => {}
    }
    Ok(Shipment {
        method: if body.is_some() { Method::POST } else { Method::GET },
        url: url.into(),
        headers,
        body,
        allow_private: ask.vendor.allow_private,
        way_out: ask.way_out.clone(),
    })
}

/// Some vendors quote the key that they refuse.
fn hidden(words: String, key: Option<&Secret>) -> String {
    match key.map(Secret::expose).filter(|key| key.len() >= 8) {
        Some(key) => words.replace(key, "[the key]"),
        None => words,
    }
}
