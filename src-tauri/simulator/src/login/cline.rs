//! Cline's page, which leads back with the tokens themselves, and its refresh.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::state::Issued;
use super::{Ask, LoginState, Said, User};

pub(super) fn say(state: &LoginState, ask: &Ask<'_>) -> Option<Said> {
    if ask.gets("auth/authorize") {
        let mut back = url::Url::parse(&ask.query("callback_url")?).ok()?;
        match state.script.user {
            User::Refuses => {
                back.query_pairs_mut().append_pair("error", "access_denied");
            }
            User::Agrees => {
                let code = STANDARD.encode(tokens(state, &state.issue()).to_string());
                back.query_pairs_mut().append_pair("code", &code);
            }
        }
        return Some(Said::redirect(back.into()));
    }
    if ask.posts("auth/refresh") {
        let renewed = |state: &LoginState| {
            ask.field("refreshToken")
                .and_then(|token| state.renew(&token))
                .ok_or_else(|| Said::error(401, "invalid_grant"))
        };
        let written = |issued: &Issued| json!({ "success": true, "data": tokens(state, issued) });
        return Some(state.tokens(renewed, written));
    }
    None
}

fn tokens(state: &LoginState, issued: &Issued) -> Value {
    let ends = std::time::UNIX_EPOCH + std::time::Duration::from_secs(4_000_000_000);
    json!({
        "accessToken": issued.access,
        "refreshToken": issued.refresh,
        "email": state.script.identity,
        "expiresAt": crate::clock::rfc3339(ends),
    })
}
