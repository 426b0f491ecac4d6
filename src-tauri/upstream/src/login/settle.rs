//! What follows a login before it can be used: who it is, and what the vendor needs beside the token.

use std::time::Duration;

use serde_json::{Value, json};
use switchyard_types::{LoginTokens, Secret};

use super::device::ends_in;
use super::wire::Ask;
use super::{Desk, LoginError, SignedIn};

/// How often an account that is being onboarded is asked after, and how long between.
const ONBOARDING: (u32, Duration) = (10, Duration::from_secs(2));

impl Desk {
    /// Completes a fresh login.
    pub(super) async fn settle(&self, mut signed_in: SignedIn) -> Result<SignedIn, LoginError> {
        if signed_in.facts.identity.is_none()
            && let Some(url) = &self.way.identity_url
        {
            let reply = self.ask(Ask::get(url.as_str(), Some(&signed_in.tokens.access))).await?;
            let said = self.good(&reply)?;
            let text = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
            signed_in.facts.identity = text("email").or_else(|| text("login"));
        }
        if self.way.project_url.is_some() && signed_in.facts.project.is_none() {
            self.find_project(&mut signed_in).await?;
        }
        if self.way.exchange_url.is_some() {
            let long_lived = signed_in.tokens.access.clone();
            signed_in.tokens = LoginTokens { refresh: Some(long_lived), ..signed_in.tokens };
            return self.exchange(signed_in).await;
        }
        Ok(signed_in)
    }

    /// Fetches what requests are sent with for the token that outlives it (Copilot).
    pub(super) async fn exchange(&self, old: SignedIn) -> Result<SignedIn, LoginError> {
        let vendor = self.vendor.name.clone();
        let (Some(url), Some(long_lived)) = (&self.way.exchange_url, &old.tokens.refresh) else {
            return Err(LoginError::NoRefresh { vendor });
        };
        let reply = self.ask(Ask::get(url.as_str(), Some(long_lived))).await?;
        let said = reply.json();
        if reply.status == http::StatusCode::UNAUTHORIZED {
            return Err(LoginError::Ended { vendor, words: super::wire::words_of(&said) });
        }
        let said = self.good(&reply)?;
        let text = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| said.get(name).and_then(Value::as_i64);
        let token = text("token").ok_or_else(|| self.malformed("a token"))?;
        let ends = number("expires_at").map(|seconds| seconds.saturating_mul(1000));
        let mut facts = old.facts.clone();
        facts.expires_at = ends.or_else(|| ends_in(self.now, number("refresh_in")));
        facts.plan = text("sku").or(facts.plan);
        facts.base_url = said.pointer("/endpoints/api").and_then(Value::as_str).map(str::to_owned);
        let tokens = LoginTokens { access: Secret::new(token), ..old.tokens };
        Ok(SignedIn { tokens, facts })
    }

    /// Which project the account's requests are counted on; an account that has none is onboarded first.
    async fn find_project(&self, signed_in: &mut SignedIn) -> Result<(), LoginError> {
        let Some(base) = &self.way.project_url else { return Ok(()) };
        let metadata = json!({
            "ideType": "IDE_UNSPECIFIED", "platform": "PLATFORM_UNSPECIFIED", "pluginType": "GEMINI",
        });
        let said = self
            .code_assist(base, "loadCodeAssist", &json!({ "metadata": metadata }), signed_in)
            .await?;
        let tier = said.pointer("/currentTier/name").and_then(Value::as_str);
        signed_in.facts.plan = tier.map(str::to_owned).or(signed_in.facts.plan.take());
        if let Some(project) = project(&said) {
            signed_in.facts.project = Some(project);
            return Ok(());
        }
        let tiers = said.get("allowedTiers").and_then(Value::as_array);
        let tier = tiers
            .into_iter()
            .flatten()
            .find(|tier| tier.get("isDefault").and_then(Value::as_bool) == Some(true))
            .and_then(|tier| tier.get("id")?.as_str())
            .unwrap_or("legacy-tier");
        let body = json!({ "tierId": tier, "metadata": metadata });
        let (tries, pause) = ONBOARDING;
        for _ in 0..tries {
            let said = self.code_assist(base, "onboardUser", &body, signed_in).await?;
            if said.get("done").and_then(Value::as_bool) == Some(true) {
                signed_in.facts.project = said.get("response").and_then(project);
                break;
            }
            tokio::time::sleep(pause).await;
        }
        match signed_in.facts.project {
            Some(_) => Ok(()),
            None => Err(LoginError::NoProject { vendor: self.vendor.name.clone() }),
        }
    }

    async fn code_assist(
        &self,
        base: &url::Url,
        action: &str,
        body: &Value,
        signed_in: &SignedIn,
    ) -> Result<Value, LoginError> {
        let url = format!("{}:{action}", base.as_str().trim_end_matches('/'));
        let ask = Ask { bearer: Some(&signed_in.tokens.access), ..Ask::post(&url, body) };
        self.good(&self.ask(ask).await?)
    }
}

/// The project is told as a text or as an object with its id.
fn project(said: &Value) -> Option<String> {
    let project = said.get("cloudaicompanionProject")?;
    let id = project.as_str().or_else(|| project.get("id")?.as_str())?;
    (!id.is_empty()).then(|| id.to_owned())
}
