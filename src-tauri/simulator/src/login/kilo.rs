//! Kilo's device codes: a code that is asked for until it is a key.

use serde_json::json;

use super::{Ask, LoginState, Poll, Said};

pub(super) fn say(state: &LoginState, ask: &Ask<'_>) -> Option<Said> {
    if ask.posts("device-auth/codes") {
        let code = state.new_device();
        return Some(Said::ok(json!({
            "verificationUrl": format!("https://example.com/device?code={code}"),
            "code": code,
            "expiresIn": 600,
        })));
    }
    let (before, code) = ask.path.rsplit_once('/')?;
    if !before.ends_with("device-auth/codes") {
        return None;
    }
    Some(match state.poll(code) {
        Err(()) | Ok(Some(Poll::Expired)) => Said::json(410, json!({ "status": "expired" })),
        Ok(Some(Poll::Pending | Poll::SlowDown)) => Said::json(202, json!({ "status": "pending" })),
        Ok(Some(Poll::Denied)) => Said::json(403, json!({ "status": "denied" })),
        Ok(None) => Said::ok(json!({
            "status": "approved",
            "token": state.issue().access,
            "userEmail": state.script.identity,
        })),
    })
}
