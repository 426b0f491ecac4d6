//! The flows of RFC 6749 and RFC 8628, with GitHub's way of saying "pending".

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::state::{Grant, Issued};
use super::{Ask, LoginState, Poll, Said, User};
use crate::clock::{Clock, unix_ceil};

const ASSERTION: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) fn say(state: &LoginState, ask: &Ask<'_>) -> Option<Said> {
    if ask.gets("oauth/authorize") || ask.gets("oauth2/v2/auth") {
        return Some(page(state, ask));
    }
    let device = ["device/code", "oauth/device_authorization"];
    if device.iter().any(|ending| ask.posts(ending)) {
        return Some(device_code(state, ask));
    }
    // Kiro's social logins have a token endpoint of the same name and another shape.
    let token = ["/token", "oauth/access_token"];
    if token.iter().any(|ending| ask.posts(ending)) && ask.field("grant_type").is_some() {
        return Some(token_endpoint(state, ask));
    }
    if ask.gets("copilot_internal/v2/token") {
        return Some(copilot_token(state, ask));
    }
    if ask.gets("user") || ask.gets("userinfo") {
        return Some(identity(state, ask));
    }
    None
}

fn page(state: &LoginState, ask: &Ask<'_>) -> Said {
    let (Some(redirect), Some(login)) = (ask.query("redirect_uri"), ask.query("state")) else {
        return Said::error(400, "invalid_request");
    };
    let Ok(mut back) = url::Url::parse(&redirect) else {
        return Said::error(400, "invalid_request");
    };
    match state.script.user {
        User::Refuses => {
            back.query_pairs_mut()
                .append_pair("error", "access_denied")
                .append_pair("error_description", "the user refused");
        }
        User::Agrees => {
            let code = state.new_code(Grant {
                challenge: ask.query("code_challenge"),
                redirect,
                client: ask.query("client_id"),
            });
            back.query_pairs_mut().append_pair("code", &code);
        }
    }
    back.query_pairs_mut().append_pair("state", &login);
    Said::redirect(back.into())
}

fn device_code(state: &LoginState, ask: &Ask<'_>) -> Said {
    if ask.field("client_id").is_none() {
        return Said::error(400, "invalid_client");
    }
    Said::ok(json!({
        "device_code": state.new_device(),
        "user_code": "SIMU-LATE",
        "verification_uri": "https://example.com/device",
        "expires_in": 900,
        "interval": 1,
    }))
}

fn token_endpoint(state: &LoginState, ask: &Ask<'_>) -> Said {
    if let Some(secret) = &state.script.client_secret
        && ask.field("client_secret").as_ref() != Some(secret)
    {
        return Said::error(401, "invalid_client");
    }
    let id_token = state.id_token();
    let life = state.script.life.as_secs();
    state.tokens(
        |state| match ask.field("grant_type").as_deref() {
            Some("authorization_code") => by_code(state, ask),
            Some("refresh_token") => by_refresh(state, ask),
            Some(DEVICE) => by_device(state, ask),
            Some(ASSERTION) => {
                let assertion = ask.field("assertion").unwrap_or_default();
                super::service_account::vouches(&assertion, ask.path).map(|()| state.issue())
            }
            _ => Err(Said::error(400, "unsupported_grant_type")),
        },
        |issued| written(issued, life, &id_token),
    )
}

fn written(issued: &Issued, life: u64, id_token: &str) -> Value {
    let mut body = json!({
        "access_token": issued.access,
        "token_type": "bearer",
        "expires_in": life,
        "scope": "simulated",
        "id_token": id_token,
    });
    if let (Some(refresh), Some(fields)) = (&issued.refresh, body.as_object_mut()) {
        fields.insert("refresh_token".to_owned(), json!(refresh));
    }
    body
}

fn by_code(state: &LoginState, ask: &Ask<'_>) -> Result<Issued, Said> {
    let invalid = || Said::error(400, "invalid_grant");
    let grant = ask.field("code").and_then(|code| state.redeem(&code)).ok_or_else(invalid)?;
    let proven = match &grant.challenge {
        None => true,
        Some(challenge) => ask.field("code_verifier").is_some_and(|verifier| {
            URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == *challenge
        }),
    };
    let same = ask.field("redirect_uri").as_ref() == Some(&grant.redirect)
        && ask.field("client_id") == grant.client;
    if proven && same { Ok(state.issue()) } else { Err(invalid()) }
}

fn by_refresh(state: &LoginState, ask: &Ask<'_>) -> Result<Issued, Said> {
    ask.field("refresh_token")
        .and_then(|token| state.renew(&token))
        .ok_or_else(|| Said::error(400, "invalid_grant"))
}

fn by_device(state: &LoginState, ask: &Ask<'_>) -> Result<Issued, Said> {
    let device = ask.field("device_code").unwrap_or_default();
    // GitHub answers 200 while the user has not agreed.
    let status = if ask.path.ends_with("oauth/access_token") { 200 } else { 400 };
    match state.poll(&device) {
        Err(()) => Err(Said::error(status, "invalid_grant")),
        Ok(Some(poll)) => Err(Said::error(status, pending(poll))),
        Ok(None) => Ok(state.issue()),
    }
}

pub(super) fn pending(poll: Poll) -> &'static str {
    match poll {
        Poll::Pending => "authorization_pending",
        Poll::SlowDown => "slow_down",
        Poll::Denied => "access_denied",
        Poll::Expired => "expired_token",
    }
}

/// Copilot's own token for GitHub's: here each is a renewal of the login.
fn copilot_token(state: &LoginState, ask: &Ask<'_>) -> Said {
    if !state.accepts(ask.bearer()) {
        return Said::error(401, "bad_credentials");
    }
    let issued = state.issue();
    let life = state.script.life.as_secs();
    Said::ok(json!({
        "token": issued.access,
        "expires_at": unix_ceil(Clock::default().now()) + life,
        "refresh_in": life.saturating_sub(300),
        "endpoints": { "api": state.script.base },
        "sku": "copilot_pro",
    }))
}

fn identity(state: &LoginState, ask: &Ask<'_>) -> Said {
    if !state.accepts(ask.bearer()) {
        return Said::error(401, "bad_credentials");
    }
    Said::ok(json!({ "email": state.script.identity, "login": "ada", "id": 1 }))
}
