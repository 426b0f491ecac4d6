//! AWS SSO OIDC and Kiro's own login server, which speak JSON in camel case.

use serde_json::{Value, json};

use super::oauth::pending;
use super::state::{Grant, Issued};
use super::{Ask, LoginState, Said, User};

pub(super) fn say(state: &LoginState, ask: &Ask<'_>) -> Option<Said> {
    if ask.posts("client/register") {
        return Some(Said::ok(json!({
            "clientId": "simulated-client",
            "clientSecret": "simulated-client-secret",
            "clientSecretExpiresAt": 4_000_000_000_u64,
        })));
    }
    if ask.posts("device_authorization") && ask.field("clientSecret").is_some() {
        return Some(Said::ok(json!({
            "deviceCode": state.new_device(),
            "userCode": "AWS-CODE",
            "verificationUri": "https://example.com/device",
            "verificationUriComplete": "https://example.com/device?user_code=AWS-CODE",
            "expiresIn": 600,
            "interval": 1,
        })));
    }
    if ask.posts("refreshToken") {
        return Some(state.tokens(|state| by_refresh(state, ask), |issued| tokens(state, issued)));
    }
    if ask.posts("oauth/token") && ask.field("code_verifier").is_some() {
        return Some(state.tokens(|state| by_code(state, ask), |issued| tokens(state, issued)));
    }
    if ask.posts("token") && ask.field("grantType").is_some() {
        return Some(state.tokens(|state| aws(state, ask), |issued| tokens(state, issued)));
    }
    if ask.gets("login") && ask.query("idp").is_some() {
        return Some(page(state, ask));
    }
    None
}

fn tokens(state: &LoginState, issued: &Issued) -> Value {
    json!({
        "accessToken": issued.access,
        "refreshToken": issued.refresh,
        "expiresIn": state.script.life.as_secs(),
        "profileArn": "arn:aws:codewhisperer:us-east-1:1:profile/SIMULATED",
        "tokenType": "Bearer",
    })
}

fn aws(state: &LoginState, ask: &Ask<'_>) -> Result<Issued, Said> {
    if ask.field("clientSecret").as_deref() != Some("simulated-client-secret") {
        return Err(Said::error(401, "invalid_client"));
    }
    if ask.field("grantType").as_deref() == Some("refresh_token") {
        return by_refresh(state, ask);
    }
    match state.poll(&ask.field("deviceCode").unwrap_or_default()) {
        Err(()) => Err(Said::error(400, "invalid_grant")),
        Ok(Some(poll)) => Err(Said::error(400, pending(poll))),
        Ok(None) => Ok(state.issue()),
    }
}

fn by_refresh(state: &LoginState, ask: &Ask<'_>) -> Result<Issued, Said> {
    ask.field("refreshToken")
        .and_then(|token| state.renew(&token))
        .ok_or_else(|| Said::error(400, "invalid_grant"))
}

fn by_code(state: &LoginState, ask: &Ask<'_>) -> Result<Issued, Said> {
    let grant = ask.field("code").and_then(|code| state.redeem(&code));
    match grant {
        Some(grant) if ask.field("redirect_uri").as_ref() == Some(&grant.redirect) => {
            Ok(state.issue())
        }
        _ => Err(Said::error(400, "invalid_grant")),
    }
}

fn page(state: &LoginState, ask: &Ask<'_>) -> Said {
    let redirect = ask.query("redirect_uri").unwrap_or_default();
    let login = ask.query("state").unwrap_or_default();
    match state.script.user {
        User::Refuses => Said::redirect(format!("{redirect}?error=access_denied&state={login}")),
        User::Agrees => {
            let code = state.new_code(Grant { redirect: redirect.clone(), ..Grant::default() });
            Said::redirect(format!("{redirect}?code={code}&state={login}"))
        }
    }
}
