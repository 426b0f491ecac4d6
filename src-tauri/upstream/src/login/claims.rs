//! What an identity token says. Its signature is not checked: it came from the vendor itself over TLS.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use switchyard_types::{LoginFacts, LoginTokens, Secret};

/// Adds to the facts what the token says of its user.
pub(super) fn read(token: &Secret, facts: &mut LoginFacts) {
    let Some(claims) = claims(token) else { return };
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    if let Some(email) = text(claims.get("email")) {
        facts.identity = Some(email);
    }
    // Where ChatGPT's tokens name the workspace and the plan (github.com/openai/codex, 2026-06).
    let own = claims.get("https://api.openai.com/auth");
    let own = |name: &str| text(own.and_then(|own| own.get(name)));
    facts.vendor_account = own("chatgpt_account_id").or_else(|| facts.vendor_account.take());
    facts.plan = own("chatgpt_plan_type").or_else(|| facts.plan.take());
}

/// Adds to the facts what a login's tokens say by themselves: who signed in, and until when they are good.
pub fn facts_of_id_token(tokens: &LoginTokens, facts: &mut LoginFacts) {
    if let Some(id) = &tokens.id {
        read(id, facts);
    }
    facts.expires_at = facts.expires_at.or_else(|| expiry(&tokens.access));
}

/// When a token says that it ends, in milliseconds.
pub(crate) fn expiry(token: &Secret) -> Option<i64> {
    claims(token)?.get("exp")?.as_i64()?.checked_mul(1000)
}

fn claims(token: &Secret) -> Option<Value> {
    let middle = token.expose().split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle.trim_end_matches('=')).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> Secret {
        Secret::new(format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims)))
    }

    #[test]
    fn an_identity_token_says_who_signed_in() {
        let mut facts = LoginFacts::default();
        let auth = r#"{"chatgpt_account_id":"w","chatgpt_plan_type":"pro"}"#;
        let text = format!(r#"{{"email":"a@b.c","exp":7,"https://api.openai.com/auth":{auth}}}"#);
        read(&token(&text), &mut facts);
        assert_eq!(facts.identity.as_deref(), Some("a@b.c"));
        assert_eq!(
            (facts.vendor_account.as_deref(), facts.plan.as_deref()),
            (Some("w"), Some("pro"))
        );
        assert_eq!(expiry(&token(&text)), Some(7_000));
    }

    #[test]
    fn a_token_that_is_none_says_nothing() {
        for text in ["", "a.b", "a.!!.c", "e30.e30"] {
            let mut facts = LoginFacts::default();
            read(&Secret::new(text), &mut facts);
            assert_eq!(facts, LoginFacts::default());
        }
    }
}
