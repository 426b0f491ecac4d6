//! The two forms of a reply, and what is said in both.

use serde_json::{Value, json};
use switchyard_types::Usage;

use crate::json::{Json, list, to_vec};

/// Which of the two endpoints is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// `/api/chat`: a message.
    #[default]
    Message,
    /// `/api/generate`: the text alone.
    Response,
}

/// A moment as Ollama writes it (RFC 3339), from Unix seconds.
pub(crate) fn moment(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Days to a date in the proleptic Gregorian calendar; years begin in March, so that the leap day is last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest % 3600 / 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Counts in Ollama's words; the prompt includes what a cache gave and took.
pub(crate) fn count(usage: &Usage, into: &mut Value) {
    into["prompt_eval_count"] = usage.input_total().into();
    into["eval_count"] = usage.output.into();
}

/// The reply to a request that only loads a model, or unloads it: one without anything said. There is
/// nothing to load here, so it is answered at once; `None` for every other request.
pub fn load_reply(body: &[u8], now: u64) -> Option<Vec<u8>> {
    let document = Json::of_body(body).ok()?;
    let mut fields = document.fields().ok()?;
    let model = fields.take_text("model", "").ok()??;
    let mut reply = json!({
        "model": model, "created_at": moment(now), "done": true, "done_reason": "load",
    });
    match fields.take("messages") {
        Some(messages) if list(messages, "").is_ok_and(|list| list.is_empty()) => {
            reply["message"] = json!({"role": "assistant", "content": ""});
        }
        None if fields.take("prompt").is_none_or(|prompt| prompt.get() == "\"\"")
            && fields.take("images").is_none() =>
        {
            reply["response"] = "".into();
        }
        Some(_) | None => return None,
    }
    if fields.take("keep_alive").is_some_and(|keep| matches!(keep.get(), "0" | "\"0\"")) {
        reply["done_reason"] = "unload".into();
    }
    Some(to_vec(&reply))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_dates() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
        ] {
            assert_eq!(moment(seconds), text);
        }
    }

    #[test]
    fn only_a_request_that_says_nothing_loads() {
        for (body, reason) in [
            (r#"{"model":"m"}"#, Some("load")),
            (r#"{"model":"m","prompt":""}"#, Some("load")),
            (r#"{"model":"m","messages":[]}"#, Some("load")),
            (r#"{"model":"m","messages":[],"keep_alive":0}"#, Some("unload")),
            (r#"{"model":"m","prompt":"hi"}"#, None),
            (r#"{"model":"m","images":["aGk="]}"#, None),
            (r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#, None),
            (r#"{"messages":[]}"#, None),
            ("[]", None),
        ] {
            let reply = load_reply(body.as_bytes(), 0);
            let value = reply.map(|reply| serde_json::from_slice::<Value>(&reply).unwrap());
            let told = value.as_ref().and_then(|value| value["done_reason"].as_str());
            assert_eq!(told, reason, "{body}");
        }
    }
}
