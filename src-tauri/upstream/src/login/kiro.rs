//! AWS SSO OIDC as Kiro uses it, Kiro's own login server, and Cline's: JSON in camel case, each with its
//! own names (docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference, 2026-11).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use switchyard_types::{LoginFacts, LoginTokens, Secret};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use super::device::ends_in;
use super::wire::Ask;
use super::{Desk, LoginError, Organisation, SignedIn};

/// A client that was registered for one login.
#[derive(Clone, Debug)]
pub(super) struct AwsClient {
    pub(super) id: String,
    pub(super) secret: Secret,
    region: Option<String>,
}

impl AwsClient {
    /// An address in the login's region.
    pub(super) fn address(&self, url: &Url) -> Result<String, LoginError> {
        regional(url, self.region.as_deref())
    }
}

/// The address with another region in place of the usual one.
fn regional(url: &Url, region: Option<&str>) -> Result<String, LoginError> {
    let Some(region) = region.filter(|region| !region.is_empty()) else {
        return Ok(url.to_string());
    };
    // It becomes a part of a host's name: nothing else may come of it.
    let plain = region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !plain || region.len() > 30 {
        return Err(LoginError::Refused(format!("{region:?} is no region")));
    }
    Ok(url.as_str().replacen("us-east-1", region, 1))
}

impl Desk {
    pub(super) async fn aws_register(
        &self,
        organisation: &Organisation,
    ) -> Result<AwsClient, LoginError> {
        let malformed = || self.malformed("a client");
        let url = self.way.register_url.as_ref().ok_or_else(malformed)?;
        let url = regional(url, organisation.region.as_deref())?;
        let body = json!({
            "clientName": "Switchyard",
            "clientType": "public",
            "scopes": self.way.scopes,
            "grantTypes": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
        });
        let said = self.good(&self.ask(Ask::post(&url, &body)).await?)?;
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        Ok(AwsClient {
            id: text("clientId").ok_or_else(malformed)?.to_owned(),
            secret: Secret::new(text("clientSecret").ok_or_else(malformed)?),
            region: organisation.region.clone(),
        })
    }

    pub(super) async fn aws_refresh(&self, old: &SignedIn) -> Result<SignedIn, LoginError> {
        let none = || LoginError::NoRefresh { vendor: self.vendor.name.clone() };
        let refresh = old.tokens.refresh.as_ref().ok_or_else(none)?;
        let body = json!({
            "clientId": old.facts.client_id.as_ref().ok_or_else(none)?,
            "clientSecret": old.tokens.client_secret.as_ref().ok_or_else(none)?.expose(),
            "refreshToken": refresh.expose(),
            "grantType": "refresh_token",
        });
        let url = regional(&self.way.refresh_url, old.facts.region.as_deref())?;
        let said = self.good(&self.ask(Ask::post(&url, &body)).await?)?;
        self.kiro_tokens(&said, None)
    }

    pub(super) async fn kiro_refresh(&self, old: &SignedIn) -> Result<SignedIn, LoginError> {
        let none = || LoginError::NoRefresh { vendor: self.vendor.name.clone() };
        let refresh = old.tokens.refresh.as_ref().ok_or_else(none)?;
        let body = json!({ "refreshToken": refresh.expose() });
        let said = self.good(&self.ask(Ask::post(self.way.refresh_url.as_str(), &body)).await?)?;
        self.kiro_tokens(&said, None)
    }

    pub(super) async fn kiro_redeem(
        &self,
        code: &Secret,
        verifier: &Secret,
        redirect: &str,
    ) -> Result<SignedIn, LoginError> {
        let body = json!({
            "code": code.expose(),
            "code_verifier": verifier.expose(),
            "redirect_uri": redirect,
        });
        let said = self.good(&self.ask(Ask::post(self.way.token_url.as_str(), &body)).await?)?;
        self.kiro_tokens(&said, None)
    }

    pub(super) fn kiro_tokens(
        &self,
        said: &Value,
        client: Option<&AwsClient>,
    ) -> Result<SignedIn, LoginError> {
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        let access = text("accessToken").ok_or_else(|| self.malformed("tokens"))?;
        let tokens = LoginTokens {
            access: Secret::new(access),
            refresh: text("refreshToken").map(Secret::new),
            id: None,
            client_secret: client.map(|client| client.secret.clone()),
        };
        let facts = LoginFacts {
            // Kiro's own default, where the answer says nothing.
            expires_at: ends_in(
                self.now,
                said.get("expiresIn").and_then(Value::as_i64).or(Some(3600)),
            ),
            profile: text("profileArn").map(str::to_owned),
            region: client.and_then(|client| client.region.clone()),
            client_id: client.map(|client| client.id.clone()),
            ..self.facts()
        };
        Ok(SignedIn { tokens, facts })
    }

    /// The tokens that Cline's page led back with, or those that its code becomes.
    pub(super) async fn cline_tokens(&self, code: &Secret) -> Result<SignedIn, LoginError> {
        let text = code.expose();
        let decoded = STANDARD
            .decode(text)
            .or_else(|_| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text));
        if let Ok(bytes) = decoded {
            // What stands behind the last brace is no part of it.
            let end = bytes.iter().rposition(|byte| *byte == b'}').map_or(0, |at| at + 1);
            if let Some(Ok(said)) = bytes.get(..end).map(serde_json::from_slice::<Value>)
                && said.get("accessToken").is_some()
            {
                return self.cline_read(&said);
            }
        }
        let body = json!({
            "grant_type": "authorization_code", "code": text, "client_type": "extension",
        });
        let said = self.good(&self.ask(Ask::post(self.way.token_url.as_str(), &body)).await?)?;
        self.cline_read(said.get("data").unwrap_or(&said))
    }

    pub(super) async fn cline_refresh(&self, old: &SignedIn) -> Result<SignedIn, LoginError> {
        let none = || LoginError::NoRefresh { vendor: self.vendor.name.clone() };
        let refresh = old.tokens.refresh.as_ref().ok_or_else(none)?;
        let body = json!({
            "refreshToken": refresh.expose(),
            "grantType": "refresh_token",
            "clientType": "extension",
        });
        let said = self.good(&self.ask(Ask::post(self.way.refresh_url.as_str(), &body)).await?)?;
        self.cline_read(said.get("data").unwrap_or(&said))
    }

    fn cline_read(&self, said: &Value) -> Result<SignedIn, LoginError> {
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        let access = text("accessToken").ok_or_else(|| self.malformed("tokens"))?;
        // Its API takes the token with this word before it only.
        let access = format!("workos:{}", access.trim_start_matches("workos:"));
        let ends = text("expiresAt").and_then(|date| OffsetDateTime::parse(date, &Rfc3339).ok());
        let tokens = LoginTokens {
            access: Secret::new(access),
            refresh: text("refreshToken").map(Secret::new),
            ..LoginTokens::default()
        };
        let facts = LoginFacts {
            identity: text("email").map(str::to_owned),
            expires_at: ends.map(|date| date.unix_timestamp() * 1000),
            ..self.facts()
        };
        Ok(SignedIn { tokens, facts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_moves_the_address_and_nothing_else_does() {
        let url = Url::parse("https://oidc.us-east-1.amazonaws.com/token").unwrap();
        let moved = regional(&url, Some("eu-central-1")).unwrap();
        assert_eq!(moved, "https://oidc.eu-central-1.amazonaws.com/token");
        assert_eq!(regional(&url, None).unwrap(), url.as_str());
        for region in ["evil.example/", "EU", "a@b", &"x".repeat(31)] {
            assert!(regional(&url, Some(region)).is_err(), "{region}");
        }
    }
}
