//! Signing in with a code that is typed elsewhere.

use std::time::Duration;

use http::{Method, StatusCode};
use oauth2::{DeviceAuthorizationUrl, Scope, StandardDeviceAuthorizationResponse};
use serde_json::{Value, json};
use switchyard_catalog::Flow;
use switchyard_types::{LoginTokens, Millis, Secret};
use tokio::time::{Instant, sleep};

use super::kiro::AwsClient;
use super::wire::{Ask, words_of};
use super::{Desk, LoginError, Organisation, SignedIn};

/// A sign-in that waits for its code to be typed.
#[derive(Debug)]
pub struct DeviceLogin {
    /// The page on which the code is typed.
    pub url: String,
    /// The code.
    pub code: String,
    wait: Wait,
}

/// How a device learns that its user has agreed.
#[derive(Debug)]
enum Wait {
    Standard(Box<StandardDeviceAuthorizationResponse>),
    Aws { client: AwsClient, device: Secret, pace: Pace },
    Kilo { device: Secret, pace: Pace },
}

/// How often a device may ask, and until when.
#[derive(Clone, Copy, Debug)]
struct Pace {
    interval: Duration,
    until: Instant,
}

impl Pace {
    fn new(interval: Option<u64>, life: Option<u64>) -> Self {
        // RFC 8628, 3.5: five seconds where the vendor says nothing.
        let interval = Duration::from_secs(interval.unwrap_or(5).clamp(1, 60));
        let life = Duration::from_secs(life.unwrap_or(300).min(3600));
        Self { interval, until: Instant::now() + life }
    }

    /// Waits for the next turn.
    async fn next(&self) -> Result<(), LoginError> {
        if Instant::now() + self.interval > self.until {
            return Err(LoginError::Expired);
        }
        sleep(self.interval).await;
        Ok(())
    }

    /// RFC 8628, 3.5: five seconds more for this and all later polls.
    fn slow_down(&mut self) {
        self.interval += Duration::from_secs(5);
    }
}

impl Desk {
    /// Asks for a code.
    pub async fn device(&self, organisation: &Organisation) -> Result<DeviceLogin, LoginError> {
        match self.way.flow {
            Flow::AwsDevice => self.aws_device(organisation).await,
            Flow::Kilo => self.kilo_device().await,
            Flow::Code | Flow::Pasted | Flow::Device | Flow::Cline | Flow::ServiceAccount => {
                self.standard_device().await
            }
        }
    }

    /// Waits until the user has agreed. Dropping it gives the sign-in up.
    pub async fn agreed(&self, login: &DeviceLogin) -> Result<SignedIn, LoginError> {
        let signed_in = match &login.wait {
            Wait::Standard(details) => {
                let client = self.client(&self.way.token_url);
                let reply = client
                    .exchange_device_access_token(details)
                    .request_async(&|request| self.clone().call(request), sleep, None)
                    .await;
                self.signed_in(&reply.map_err(|error| self.device_worded(error))?)
            }
            Wait::Aws { client, device, pace } => self.aws_agreed(client, device, *pace).await?,
            Wait::Kilo { device, pace } => self.kilo_agreed(device, *pace).await?,
        };
        self.settle(signed_in).await
    }

    async fn standard_device(&self) -> Result<DeviceLogin, LoginError> {
        let malformed = || self.malformed("a code to type");
        let url = self.way.device_url.clone().ok_or_else(malformed)?;
        let client = self
            .client(&self.way.token_url)
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(url));
        let details: StandardDeviceAuthorizationResponse = client
            .exchange_device_code()
            .add_scopes(self.way.scopes.iter().cloned().map(Scope::new))
            .request_async(&|request| self.clone().call(request))
            .await
            .map_err(|error| self.worded(error))?;
        let page = details
            .verification_uri_complete()
            .map_or_else(|| details.verification_uri().to_string(), |uri| uri.secret().clone());
        Ok(DeviceLogin {
            url: checked_page(&page).ok_or_else(malformed)?,
            code: details.user_code().secret().clone(),
            wait: Wait::Standard(Box::new(details)),
        })
    }

    fn device_worded(
        &self,
        error: oauth2::RequestTokenError<LoginError, oauth2::DeviceCodeErrorResponse>,
    ) -> LoginError {
        use oauth2::RequestTokenError as E;
        match error {
            E::ServerResponse(said) => {
                let code = said.error().to_string();
                let words = said.error_description().cloned().unwrap_or_else(|| code.clone());
                self.refusal(400, &json!({ "error": code, "error_description": words }))
            }
            E::Request(error) => error,
            E::Parse(_, body) => {
                self.refusal(400, &serde_json::from_slice(&body).unwrap_or_default())
            }
            E::Other(_) => self.malformed("tokens"),
        }
    }

    async fn aws_device(&self, organisation: &Organisation) -> Result<DeviceLogin, LoginError> {
        let malformed = || self.malformed("a code to type");
        let client = self.aws_register(organisation).await?;
        let url = client.address(self.way.device_url.as_ref().ok_or_else(malformed)?)?;
        let start = organisation.start_url.clone().or_else(|| self.way.start_url.clone());
        let body = json!({
            "clientId": client.id, "clientSecret": client.secret.expose(), "startUrl": start,
        });
        let said = self.good(&self.ask(Ask::post(&url, &body)).await?)?;
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        let number = |name: &str| said.get(name).and_then(Value::as_u64);
        let page = text("verificationUriComplete").or_else(|| text("verificationUri"));
        Ok(DeviceLogin {
            url: page.and_then(checked_page).ok_or_else(malformed)?,
            code: text("userCode").ok_or_else(malformed)?.to_owned(),
            wait: Wait::Aws {
                device: Secret::new(text("deviceCode").ok_or_else(malformed)?),
                pace: Pace::new(number("interval"), number("expiresIn")),
                client,
            },
        })
    }

    async fn aws_agreed(
        &self,
        client: &AwsClient,
        device: &Secret,
        mut pace: Pace,
    ) -> Result<SignedIn, LoginError> {
        loop {
            pace.next().await?;
            let body = json!({
                "clientId": client.id,
                "clientSecret": client.secret.expose(),
                "deviceCode": device.expose(),
                "grantType": "urn:ietf:params:oauth:grant-type:device_code",
            });
            let url = client.address(&self.way.token_url)?;
            let reply = match self.ask(Ask::post(&url, &body)).await {
                Ok(reply) => reply,
                // RFC 8628, 3.5: what is not heard is asked again, more slowly.
                Err(LoginError::Busy { .. } | LoginError::Unreachable { .. }) => {
                    pace.slow_down();
                    continue;
                }
                Err(error) => return Err(error),
            };
            let said = reply.json();
            match said.get("error").and_then(Value::as_str) {
                Some("authorization_pending") => {}
                Some("slow_down") => pace.slow_down(),
                _ => {
                    let said = self.good(&reply)?;
                    return self.kiro_tokens(&said, Some(client));
                }
            }
        }
    }

    async fn kilo_device(&self) -> Result<DeviceLogin, LoginError> {
        let malformed = || self.malformed("a code to type");
        let url = self.way.device_url.as_ref().ok_or_else(malformed)?;
        let said = self.good(&self.ask(Ask::post(url.as_str(), &json!({}))).await?)?;
        let code = said.get("code").and_then(Value::as_str).ok_or_else(malformed)?;
        let page = said.get("verificationUrl").and_then(Value::as_str);
        Ok(DeviceLogin {
            url: page.and_then(checked_page).ok_or_else(malformed)?,
            code: code.to_owned(),
            wait: Wait::Kilo {
                device: Secret::new(code),
                pace: Pace::new(Some(3), said.get("expiresIn").and_then(Value::as_u64)),
            },
        })
    }

    async fn kilo_agreed(&self, device: &Secret, mut pace: Pace) -> Result<SignedIn, LoginError> {
        let mut url = self.way.token_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(device.expose());
        }
        loop {
            pace.next().await?;
            let ask = Ask { method: Method::GET, ..Ask::get(url.as_str(), None) };
            let reply = match self.ask(ask).await {
                Ok(reply) => reply,
                Err(LoginError::Busy { .. } | LoginError::Unreachable { .. }) => {
                    pace.slow_down();
                    continue;
                }
                Err(error) => return Err(error),
            };
            let said = reply.json();
            match reply.status {
                StatusCode::ACCEPTED => {}
                StatusCode::FORBIDDEN => return Err(LoginError::Refused(words_of(&said))),
                StatusCode::GONE => return Err(LoginError::Expired),
                _ => {
                    let said = self.good(&reply)?;
                    let text = |name: &str| said.get(name).and_then(Value::as_str);
                    let token = text("token").ok_or_else(|| self.malformed("a key"))?;
                    let mut facts = self.facts();
                    facts.identity = text("userEmail").map(str::to_owned);
                    let access = Secret::new(token);
                    let tokens = LoginTokens { access, ..LoginTokens::default() };
                    return Ok(SignedIn { tokens, facts });
                }
            }
        }
    }
}

/// A page that a face may open: the web, and nothing that runs a program.
fn checked_page(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let web = url.scheme() == "https" || url.scheme() == "http";
    web.then(|| url.into())
}

/// When a span of seconds from now is over.
pub(super) fn ends_in(now: Millis, seconds: Option<i64>) -> Option<Millis> {
    seconds.map(|seconds| now.saturating_add(seconds.clamp(0, 400_000_000) * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_web_are_opened() {
        assert!(checked_page("https://example.com/device").is_some());
        for text in ["file:///etc/passwd", "javascript:alert(1)", "no address"] {
            assert_eq!(checked_page(text), None, "{text}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_device_that_is_told_to_slow_down_waits_five_seconds_more_from_then_on() {
        let mut pace = Pace::new(Some(2), Some(20));
        let begun = Instant::now();
        pace.next().await.unwrap();
        pace.slow_down();
        pace.next().await.unwrap();
        pace.next().await.unwrap();
        assert_eq!(begun.elapsed(), Duration::from_secs(2 + 7 + 7));
        assert_eq!(pace.next().await, Err(LoginError::Expired));
    }
}
