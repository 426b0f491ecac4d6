//! One question to a login server.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;
use switchyard_types::{Millis, Secret};
use time::OffsetDateTime;

use super::{Desk, LoginError};
use crate::shipment::Shipment;

/// How long a login server may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// No login server has more to say.
const LARGEST: usize = 1_000_000;

/// What a login server is asked.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) url: &'a str,
    pub(super) bearer: Option<&'a Secret>,
    pub(super) kind: &'static str,
    pub(super) body: Vec<u8>,
}

impl<'a> Ask<'a> {
    pub(super) fn get(url: &'a str, bearer: Option<&'a Secret>) -> Self {
        Self { method: Method::GET, url, bearer, kind: "application/json", body: Vec::new() }
    }

    pub(super) fn post(url: &'a str, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { method: Method::POST, url, bearer: None, kind: "application/json", body }
    }
}

/// What it answered.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Desk {
    /// Asks, and gives back any answer but "not now".
    pub(super) async fn ask(&self, ask: Ask<'_>) -> Result<Reply, LoginError> {
        let unreachable =
            |words: String| LoginError::Unreachable { vendor: self.vendor.name.clone(), words };
        let mut headers: Vec<(HeaderName, HeaderValue)> = vec![
            (ACCEPT, HeaderValue::from_static("application/json")),
            (CONTENT_TYPE, HeaderValue::from_static(ask.kind)),
        ];
        if let Some(token) = ask.bearer {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
                .map_err(|_| unreachable("the token cannot be sent".to_owned()))?;
            value.set_sensitive(true);
            headers.push((AUTHORIZATION, value));
        }
        let shipment = Shipment {
            method: ask.method,
            url: ask.url.to_owned(),
            headers,
            body: (!ask.body.is_empty()).then(|| Bytes::from(ask.body)),
            allow_private: self.vendor.allow_private,
            way_out: self.way_out.clone(),
        };
        let asked = tokio::time::timeout(PATIENCE, async {
            let mut answer = self.pool.send(shipment).await?;
            let body = answer.whole(LARGEST).await?;
            Ok::<_, crate::Fault>(Reply {
                status: answer.status(),
                headers: answer.headers().clone(),
                body,
            })
        });
        let reply = match asked.await {
            Ok(Ok(reply)) => reply,
            Ok(Err(fault)) => return Err(unreachable(fault.message)),
            Err(_) => {
                return Err(unreachable(format!("silent for {} seconds", PATIENCE.as_secs())));
            }
        };
        let vendor = self.vendor.name.clone();
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            return Err(LoginError::Busy { vendor, wait: retry_after(&reply.headers, self.now) });
        }
        if reply.status.is_server_error() {
            let words = words_of(&reply.json());
            return Err(LoginError::Answered { vendor, status: reply.status.as_u16(), words });
        }
        Ok(reply)
    }

    /// The JSON of a good answer; else what the vendor says is wrong.
    pub(super) fn good(&self, reply: &Reply) -> Result<Value, LoginError> {
        let body = reply.json();
        if reply.status.is_success() && body.get("error").is_none_or(Value::is_null) {
            return Ok(body);
        }
        Err(self.refusal(reply.status.as_u16(), &body))
    }

    /// What an answer says that is no good one.
    pub(super) fn refusal(&self, status: u16, body: &Value) -> LoginError {
        let vendor = self.vendor.name.clone();
        let code = body.get("error").and_then(Value::as_str).unwrap_or_default();
        let words = words_of(body);
        match code {
            "invalid_grant" | "InvalidGrantException" => LoginError::Ended { vendor, words },
            "access_denied" => LoginError::Refused(words),
            "expired_token" => LoginError::Expired,
            _ => LoginError::Answered { vendor, status, words },
        }
    }

    pub(super) fn malformed(&self, what: &'static str) -> LoginError {
        LoginError::Malformed { vendor: self.vendor.name.clone(), what }
    }
}

/// The vendor's words, in any of the shapes that login servers have.
pub(super) fn words_of(body: &Value) -> String {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let found = ["error_description", "message", "error_message", "detail"]
        .iter()
        .find_map(|name| body.get(name).and_then(text))
        .or_else(|| body.pointer("/error/message").and_then(text))
        .or_else(|| body.get("error").and_then(text));
    let words = found.unwrap_or_else(|| "it gave no reason".to_owned());
    words.chars().filter(|letter| !letter.is_control()).take(300).collect()
}

/// `retry-after` as seconds or as a date, in milliseconds.
pub(crate) fn retry_after(headers: &HeaderMap, now: Millis) -> Option<Millis> {
    let text = headers.get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Millis::from(seconds) * 1000);
    }
    let date = OffsetDateTime::parse(text, &time::format_description::well_known::Rfc2822).ok()?;
    Some((date.unix_timestamp() * 1000 - now).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_date() {
        let wait = |text: &'static str| {
            let headers =
                HeaderMap::from_iter([(http::header::RETRY_AFTER, HeaderValue::from_static(text))]);
            retry_after(&headers, 1_445_412_480_000 - 5_000)
        };
        assert_eq!(wait("12"), Some(12_000));
        assert_eq!(wait("Wed, 21 Oct 2015 07:28:00 GMT"), Some(5_000));
        assert_eq!(wait("soon"), None);
    }

    #[test]
    fn words_of_a_login_server_are_short_and_plain() {
        let body = serde_json::json!({ "error": "x", "error_description": "no\nway" });
        assert_eq!(words_of(&body), "noway");
        assert_eq!(words_of(&Value::Null), "it gave no reason");
    }
}
