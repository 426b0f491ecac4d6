//! How likely each token of an answer was, and what might have stood there instead.
//!
//! Chat, Responses and Ollama tell it in one form (`token`, `logprob`, `bytes`, `top_logprobs`), which is
//! carried as it was written; Gemini's is turned into that and back.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::BodyError;
use crate::json::{self, Fields, Raw, in_one_line, list_of, parse, raw};

/// An entry for each token, in the form that Chat, Responses and Ollama share.
pub(crate) type Likelihoods = Vec<Box<RawValue>>;

/// How many other tokens a request wants beside each one of the answer: `flag` says whether likelihoods are
/// wanted at all, `others` how many.
pub(crate) fn wanted(
    fields: &mut Fields<'_>,
    flag: &str,
    others: &str,
    path: &str,
) -> Result<Option<u64>, BodyError> {
    let wanted = fields.take_flag(flag, path)?;
    let count = number(fields.take(others), &json::join(path, others))?;
    Ok(match wanted {
        Some(wanted) => wanted.then_some(count.unwrap_or(0)),
        // Whoever counts others wants them.
        None => count.filter(|count| *count > 0),
    })
}

/// A count of other tokens.
pub(crate) fn number(raw: Option<Raw<'_>>, path: &str) -> Result<Option<u64>, BodyError> {
    let raw = raw.filter(|raw| raw.get() != "null");
    raw.map(|raw| parse(raw, path, "a whole number of tokens")).transpose()
}

/// The entries of a list, a line each: they will stand in events. None where there is no list.
pub(crate) fn entries(list: Option<&RawValue>) -> Likelihoods {
    list.and_then(|list| serde_json::from_slice(&in_one_line(list.get().as_bytes())).ok())
        .unwrap_or_default()
}

/// The list that stands in an answer.
pub(crate) fn list(entries: &[Box<RawValue>]) -> String {
    list_of(entries.iter().map(|entry| entry.get().to_owned()))
}

/// Chat's `logprobs`: what a refusal's tokens were is told apart there.
pub(crate) fn of_chat(logprobs: Option<&RawValue>) -> Likelihoods {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Parted<'a> {
        #[serde(borrow)]
        content: Option<&'a RawValue>,
        #[serde(borrow)]
        refusal: Option<&'a RawValue>,
    }
    let told: Parted<'_> =
        logprobs.and_then(|told| serde_json::from_str(told.get()).ok()).unwrap_or_default();
    let mut all = entries(told.content);
    all.extend(entries(told.refusal));
    all
}

/// Gemini's `logprobsResult`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Told {
    chosen_candidates: Vec<Token>,
    top_candidates: Vec<Others>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Others {
    candidates: Vec<Token>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Token {
    token: String,
    log_probability: Value,
}

impl Token {
    fn entry(&self) -> Value {
        json!({
            "token": self.token,
            "logprob": self.log_probability,
            "bytes": self.token.as_bytes(),
        })
    }
}

/// What Gemini tells, in the form of the others.
pub(crate) fn of_gemini(result: Option<&RawValue>) -> Likelihoods {
    let read = |told: &RawValue| serde_json::from_str::<Told>(told.get()).ok();
    let Some(told) = result.and_then(read) else { return Vec::new() };
    let mut others = told.top_candidates.into_iter();
    let entry = |token: &Token| {
        let others = others.next().unwrap_or_default().candidates;
        let mut entry = token.entry();
        entry["top_logprobs"] = others.iter().map(Token::entry).collect();
        raw(entry.to_string())
    };
    told.chosen_candidates.iter().filter_map(entry).collect()
}

/// The entries as Gemini's `logprobsResult`.
pub(crate) fn to_gemini(entries: &[Box<RawValue>]) -> Value {
    let read = |entry: &RawValue| serde_json::from_str::<Value>(entry.get()).unwrap_or_default();
    let token =
        |entry: &Value| json!({"token": entry["token"], "logProbability": entry["logprob"]});
    let entries: Vec<Value> = entries.iter().map(|entry| read(entry)).collect();
    let others = |entry: &Value| {
        let others = entry["top_logprobs"].as_array().map(Vec::as_slice).unwrap_or_default();
        json!({ "candidates": others.iter().map(token).collect::<Vec<_>>() })
    };
    json!({
        "chosenCandidates": entries.iter().map(token).collect::<Vec<_>>(),
        "topCandidates": entries.iter().map(others).collect::<Vec<_>>(),
    })
}

/// Chat's `logprobs` around the entries; `null` where there are none.
pub(crate) fn to_chat(entries: &[Box<RawValue>]) -> String {
    match entries {
        [] => "null".to_owned(),
        entries => format!("{{\"content\":{},\"refusal\":null}}", list(entries)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gemini_tells_the_same_in_its_own_form() {
        let told = json!({
            "chosenCandidates": [{"token": "Hi", "tokenId": 7, "logProbability": -0.25}],
            "topCandidates": [{"candidates": [
                {"token": "Hi", "logProbability": -0.25}, {"token": "Yo", "logProbability": -2.5}]}],
        });
        let entries = of_gemini(raw(told.to_string()).as_deref());
        let entry: Value = serde_json::from_str(entries[0].get()).unwrap();
        assert_eq!(entry["bytes"], json!([72, 105]));
        assert_eq!(entry["top_logprobs"][1]["logprob"], json!(-2.5));
        let back = to_gemini(&entries);
        assert_eq!(back["topCandidates"], told["topCandidates"]);
        assert_eq!(back["chosenCandidates"][0]["logProbability"], json!(-0.25));
    }

    #[test]
    fn what_is_no_list_holds_nothing() {
        for told in ["null", "{}", "[]", "3", r#"{"content":null}"#] {
            assert!(of_chat(raw(told.to_owned()).as_deref()).is_empty());
            assert!(of_gemini(raw(told.to_owned()).as_deref()).is_empty());
        }
        assert!(to_gemini(&[]).to_string().contains("[]"));
    }
}
