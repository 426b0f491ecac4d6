//! Google's code assist: which project an account's requests are counted on.

use serde_json::json;

use super::{Ask, LoginState, Said};

pub(super) fn say(state: &LoginState, ask: &Ask<'_>) -> Option<Said> {
    let loads = ask.posts(":loadCodeAssist");
    if !loads && !ask.posts(":onboardUser") {
        return None;
    }
    if !state.accepts(ask.bearer()) {
        return Some(Said::error(401, "unauthenticated"));
    }
    let tier = json!({ "id": "standard-tier", "name": "Standard", "isDefault": true });
    let said = match (&state.script.project, loads) {
        (Some(project), true) => {
            json!({ "cloudaicompanionProject": project, "currentTier": tier })
        }
        (None, true) => json!({ "allowedTiers": [tier] }),
        (_, false) => json!({
            "done": true,
            "response": { "cloudaicompanionProject": { "id": "onboarded-project" } },
        }),
    };
    Some(Said::ok(said))
}
