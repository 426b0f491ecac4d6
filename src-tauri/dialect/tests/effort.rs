//! How much to reason and to answer, as each model takes it.
#![cfg(test)]

use bytes::Bytes;
use serde_json::{Value, json};
use switchyard_dialect::{Addressee, Effort, Terms, translate_request_to, with_effort};
use switchyard_types::Dialect::{self, Chat, Gemini, Messages, Ollama, Responses};

fn asked(client: Dialect, fields: &Value) -> Value {
    let mut body = match client {
        Responses => json!({"model": "m", "input": "hi"}),
        Gemini => json!({"contents": [{"parts": [{"text": "hi"}]}]}),
        _ => json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]}),
    };
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn sent(
    client: Dialect,
    vendor: Dialect,
    model: &str,
    terms: Terms,
    fields: &Value,
) -> (Value, Vec<String>) {
    let to = Addressee { dialect: vendor, accent: None, vendor: "v", model, delivery: None, terms };
    let body = asked(client, fields).to_string();
    let told = translate_request_to(client, to, body.as_bytes(), &|_| None).unwrap();
    (serde_json::from_slice(&told.body).unwrap(), told.losses)
}

#[test]
fn claude_reasons_by_budget_or_as_it_sees_fit() {
    for (model, word, thinking, effort) in [
        (
            "claude-sonnet-4-5-20250929",
            "medium",
            json!({"type": "enabled", "budget_tokens": 8192}),
            Value::Null,
        ),
        ("claude-opus-4-6", "medium", json!({"type": "adaptive"}), json!("medium")),
        ("claude-opus-4-6", "xhigh", json!({"type": "adaptive"}), json!("high")),
        ("claude-opus-4-7", "xhigh", json!({"type": "adaptive"}), json!("xhigh")),
        ("claude-opus-5", "none", json!({"type": "disabled"}), Value::Null),
        ("claude-fable-5-1", "none", Value::Null, json!("low")),
        ("claude-opus-5-5", "minimal", json!({"type": "adaptive"}), json!("low")),
        ("glm-5", "high", json!({"type": "enabled", "budget_tokens": 16384}), Value::Null),
    ] {
        let fields = json!({"reasoning_effort": word, "temperature": 0.5, "max_tokens": 60000});
        let (body, losses) = sent(Chat, Messages, model, Terms::default(), &fields);
        assert_eq!(body["thinking"], thinking, "{model} {word}");
        assert_eq!(body["output_config"]["effort"], effort, "{model} {word}");
        let sampled = !body["temperature"].is_null();
        let old = matches!(model, "claude-sonnet-4-5-20250929" | "claude-opus-4-6" | "glm-5");
        assert!(!sampled || old, "{model} {word}: {body}");
        assert_eq!(sampled, !losses.iter().any(|loss| loss.starts_with("temperature")), "{model}");
    }
}

#[test]
fn openais_models_get_the_words_that_they_know() {
    for (model, budget, word) in [
        ("gpt-5", 1024, json!("minimal")),
        ("gpt-5.2", 1024, json!("low")),
        ("gpt-5.2", 40_000, json!("xhigh")),
        ("gpt-5.1", 40_000, json!("high")),
        ("gpt-5.1-codex-max", 40_000, json!("xhigh")),
        ("o3", 2000, json!("low")),
        ("gpt-6-astra", 31_999, json!("high")),
    ] {
        let fields =
            json!({"max_tokens": 60000, "thinking": {"type": "enabled", "budget_tokens": budget}});
        let (chat, _) = sent(Messages, Chat, model, Terms::default(), &fields);
        assert_eq!(chat["reasoning_effort"], word, "{model} {budget}");
        let (responses, _) = sent(Messages, Responses, model, Terms::default(), &fields);
        assert_eq!(responses["reasoning"]["effort"], word, "{model} {budget}");
    }
    for (model, word) in [
        ("gpt-5.2", json!("none")),
        ("gpt-5", json!("minimal")),
        ("o3", json!("low")),
        ("m", Value::Null),
    ] {
        let fields = json!({"max_tokens": 9, "thinking": {"type": "disabled"}});
        let (chat, losses) = sent(Messages, Chat, model, Terms::default(), &fields);
        assert_eq!(chat["reasoning_effort"], word, "{model}");
        assert_eq!(losses.is_empty(), model == "gpt-5.2", "{model}: {losses:?}");
    }
}

#[test]
fn gemini_and_ollama_get_levels_budgets_or_a_switch() {
    for (model, word, thinking) in [
        (
            "gemini-3-pro-preview",
            "minimal",
            json!({"thinkingLevel": "low", "includeThoughts": true}),
        ),
        (
            "gemini-3.1-pro-preview",
            "medium",
            json!({"thinkingLevel": "medium", "includeThoughts": true}),
        ),
        (
            "gemini-3-flash-preview",
            "xhigh",
            json!({"thinkingLevel": "high", "includeThoughts": true}),
        ),
        ("gemini-2.5-pro", "none", json!({"thinkingBudget": 128, "includeThoughts": true})),
        ("gemini-2.5-flash", "none", json!({"thinkingBudget": 0})),
        ("gemini-2.5-flash", "max", json!({"thinkingBudget": 24576, "includeThoughts": true})),
    ] {
        let (body, _) =
            sent(Chat, Gemini, model, Terms::default(), &json!({"reasoning_effort": word}));
        assert_eq!(body["generationConfig"]["thinkingConfig"], thinking, "{model} {word}");
    }
    for (model, word, think) in [
        ("gpt-oss:20b", "xhigh", json!("high")),
        ("gpt-oss:20b", "none", json!("low")),
        ("qwen3", "low", json!(true)),
        ("qwen3", "none", json!(false)),
    ] {
        let (body, _) =
            sent(Chat, Ollama, model, Terms::default(), &json!({"reasoning_effort": word}));
        assert_eq!(body["think"], think, "{model} {word}");
    }
}

#[test]
fn an_answers_limit_is_what_the_model_can_give() {
    let terms = |output_limit| Terms { output_limit, effort: None };
    for (vendor, field) in [
        (Messages, "/max_tokens"),
        (Responses, "/max_output_tokens"),
        (Gemini, "/generationConfig/maxOutputTokens"),
        (Ollama, "/options/num_predict"),
    ] {
        let (body, losses) =
            sent(Chat, vendor, "m", terms(Some(4096)), &json!({"max_tokens": 9000}));
        assert_eq!(body.pointer(field), Some(&json!(4096)), "{vendor:?}");
        assert!(losses.iter().any(|loss| loss.contains("at most 4096")), "{vendor:?}: {losses:?}");
        let (body, losses) =
            sent(Chat, vendor, "m", terms(Some(4096)), &json!({"max_tokens": 100}));
        assert_eq!((body.pointer(field), losses.len()), (Some(&json!(100)), 0), "{vendor:?}");
        // Only Messages has to be told one.
        let (body, _) = sent(Chat, vendor, "m", terms(Some(4096)), &json!({}));
        assert_eq!(body.pointer(field).is_some(), vendor == Messages, "{vendor:?}");
    }
    let (body, _) = sent(Chat, Messages, "m", terms(None), &json!({}));
    assert_eq!(body["max_tokens"], 32_000);
}

#[test]
fn a_level_in_the_models_name_counts_more_than_the_request() {
    let terms = Terms { output_limit: None, effort: Some(Effort::Low) };
    for (vendor, model, field, value) in [
        (Messages, "claude-opus-5", "/output_config/effort", json!("low")),
        (Responses, "gpt-5.2", "/reasoning/effort", json!("low")),
        (Gemini, "gemini-3-flash", "/generationConfig/thinkingConfig/thinkingLevel", json!("low")),
        (Ollama, "gpt-oss", "/think", json!("low")),
    ] {
        let (body, _) = sent(Chat, vendor, model, terms, &json!({"reasoning_effort": "high"}));
        assert_eq!(body.pointer(field), Some(&value), "{vendor:?}");
    }
    for (dialect, model, fields, field) in [
        (Chat, "gpt-5.2", json!({"reasoning_effort": "high"}), "/reasoning_effort"),
        (
            Responses,
            "gpt-5.2",
            json!({"reasoning": {"effort": "high", "summary": "auto"}}),
            "/reasoning/effort",
        ),
        (
            Messages,
            "claude-opus-5",
            json!({"max_tokens": 9000, "output_config": {"effort": "high"}}),
            "/output_config/effort",
        ),
        (
            Gemini,
            "gemini-3-flash",
            json!({"generation_config": {"thinking_config": {"thinkingLevel": "high"}}}),
            "/generation_config/thinkingConfig/thinkingLevel",
        ),
        (Ollama, "gpt-oss", json!({"think": "high"}), "/think"),
    ] {
        let body = Bytes::from(asked(dialect, &fields).to_string());
        let passed: Value =
            serde_json::from_slice(&with_effort(dialect, &body, model, Effort::Low)).unwrap();
        assert_eq!(passed.pointer(field), Some(&json!("low")), "{dialect:?}: {passed}");
    }
    let torn = Bytes::from_static(b"{\"model\":");
    assert_eq!(with_effort(Chat, &torn, "m", Effort::Low), torn);
}

#[test]
fn what_passes_with_another_level_keeps_its_numbers_and_order() {
    let body =
        Bytes::from_static(br#"{"model":"m","z":1.10e400,"input":[{"b":1,"a":2}],"stream":true}"#);
    let told = with_effort(Responses, &body, "gpt-5.2", Effort::High);
    assert_eq!(&told[..], br#"{"model":"m","z":1.10e400,"input":[{"b":1,"a":2}],"stream":true,"reasoning":{"effort":"high"}}"#);
}
