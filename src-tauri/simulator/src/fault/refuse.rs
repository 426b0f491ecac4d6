//! Refusals in each dialect's own words.
//!
//! Shapes after the vendors' public error references: `OpenAI` "Error codes", Anthropic "Errors",
//! Google "Troubleshooting" for the Gemini API (all 2025).

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{Limit, Refusal, limit};
use crate::dialect::Dialect;

/// A refusal as it goes out.
#[derive(Debug)]
pub(crate) struct Spoken {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Spoken {
    pub(super) fn header(&mut self, name: &str, value: String) {
        self.headers.push((name.to_owned(), value));
    }

    /// Where the words stand: Ollama's error is nothing else.
    fn message(&mut self) -> Option<&mut Value> {
        if self.body.pointer("/error/message").is_some() {
            return self.body.pointer_mut("/error/message");
        }
        if self.body.get("message").is_some() {
            return self.body.get_mut("message");
        }
        self.body.get_mut("error").filter(|error| error.is_string())
    }

    /// Says one sentence more in the error's message.
    pub(super) fn add_words(&mut self, words: &str) {
        if let Some(message) = self.message() {
            let before = message.as_str().unwrap_or_default();
            *message = json!(format!("{before} {words}"));
        }
    }
}

/// What a refusal may name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) model: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) now: SystemTime,
    /// Words of ours in place of the vendor's, where the script itself is at fault.
    pub(crate) words: Option<&'a str>,
}

pub(crate) fn speak(refusal: &Refusal, dialect: Dialect, about: About<'_>) -> Spoken {
    let exact = match refusal {
        Refusal::Status(status) => Some(*status),
        _ => None,
    };
    let (kind, limit) = kind_of(refusal);
    let (status, body) = match dialect {
        Dialect::Chat | Dialect::Responses => openai(kind, dialect, about),
        Dialect::Messages => anthropic(kind, about),
        Dialect::Gemini => gemini(kind, about),
        Dialect::Ollama => ollama(kind, about),
        Dialect::Kiro => kiro(kind),
    };
    let mut spoken = Spoken { status: exact.unwrap_or(status), headers: Vec::new(), body };
    if let (Dialect::Gemini, Some(status)) = (dialect, exact)
        && let Some(code) = spoken.body.pointer_mut("/error/code")
    {
        *code = json!(status);
    }
    if let Some(words) = about.words
        && let Some(message) = spoken.message()
    {
        *message = json!(words);
    }
    if let Some(limit) = limit {
        limit::tell(&mut spoken, limit, about.now);
    }
    spoken
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invalid,
    SignIn,
    Credit,
    Quota,
    Forbidden,
    ModelMissing,
    ContextTooLong,
    ContentPolicy,
    Limited,
    Server,
    Overloaded,
}

fn kind_of(refusal: &Refusal) -> (Kind, Option<Limit>) {
    let kind = match refusal {
        Refusal::Limited(limit) => return (Kind::Limited, Some(*limit)),
        Refusal::Invalid => Kind::Invalid,
        Refusal::SignIn => Kind::SignIn,
        Refusal::Credit => Kind::Credit,
        Refusal::Quota => Kind::Quota,
        Refusal::Forbidden => Kind::Forbidden,
        Refusal::ModelMissing => Kind::ModelMissing,
        Refusal::ContextTooLong => Kind::ContextTooLong,
        Refusal::ContentPolicy => Kind::ContentPolicy,
        Refusal::Server => Kind::Server,
        Refusal::Overloaded => Kind::Overloaded,
        Refusal::Status(status) => match status {
            401 => Kind::SignIn,
            402 => Kind::Credit,
            403 => Kind::Forbidden,
            404 => Kind::ModelMissing,
            413 => Kind::ContextTooLong,
            429 => Kind::Limited,
            503 | 529 => Kind::Overloaded,
            500.. => Kind::Server,
            _ => Kind::Invalid,
        },
    };
    (kind, None)
}

fn openai(kind: Kind, dialect: Dialect, about: About<'_>) -> (u16, Value) {
    let model = about.model;
    let missing = format!("The model `{model}` does not exist or you do not have access to it.");
    let limited = format!(
        "Rate limit reached for {model} on requests per min (RPM): Limit 60, Used 60, Requested 1."
    );
    let too_long = if dialect == Dialect::Responses {
        "Your input exceeds the context window of this model. Please adjust your input and try again."
    } else {
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. \
         Please reduce the length of the messages."
    };
    let input = if dialect == Dialect::Responses { "input" } else { "messages" };
    let invalid = "invalid_request_error";
    let (status, kind, code, param, message) = match kind {
        Kind::Invalid => {
            (400, invalid, None, Some(input), "Invalid value: the request is malformed.")
        }
        Kind::SignIn => (
            401,
            invalid,
            Some("invalid_api_key"),
            None,
            "Incorrect API key provided: sk-sim*****. You can find your API key in the vendor's settings.",
        ),
        Kind::Credit => (
            402,
            "billing_error",
            Some("insufficient_credits"),
            None,
            "Insufficient credits. Add more credits to continue.",
        ),
        Kind::Quota => (
            429,
            "insufficient_quota",
            Some("insufficient_quota"),
            None,
            "You exceeded your current quota, please check your plan and billing details.",
        ),
        Kind::Forbidden => (
            403,
            "request_forbidden",
            Some("unsupported_country_region_territory"),
            None,
            "Country, region, or territory not supported",
        ),
        Kind::ModelMissing => (404, invalid, Some("model_not_found"), None, missing.as_str()),
        Kind::ContextTooLong => {
            (400, invalid, Some("context_length_exceeded"), Some(input), too_long)
        }
        Kind::ContentPolicy => (
            400,
            invalid,
            Some("content_policy_violation"),
            None,
            "Your request was rejected as a result of our safety system.",
        ),
        Kind::Limited => (429, "requests", Some("rate_limit_exceeded"), None, limited.as_str()),
        Kind::Server => (
            500,
            "server_error",
            Some("server_error"),
            None,
            "The server had an error while processing your request. Sorry about that!",
        ),
        Kind::Overloaded => (
            503,
            "service_unavailable_error",
            Some("server_is_overloaded"),
            None,
            "Our servers are currently overloaded. Please try again later.",
        ),
    };
    (status, json!({ "error": { "message": message, "type": kind, "param": param, "code": code } }))
}

fn anthropic(kind: Kind, about: About<'_>) -> (u16, Value) {
    let missing = format!("model: {}", about.model);
    let (status, kind, message) = match kind {
        Kind::Invalid => (400, "invalid_request_error", "messages: the request is malformed"),
        Kind::SignIn => (401, "authentication_error", "invalid x-api-key"),
        Kind::Credit => {
            (402, "billing_error", "There is an issue with your billing or payment information.")
        }
        Kind::Quota => (
            400,
            "invalid_request_error",
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade \
             or purchase credits.",
        ),
        Kind::Forbidden => (
            403,
            "permission_error",
            "Your API key does not have permission to use the specified resource.",
        ),
        Kind::ModelMissing => (404, "not_found_error", missing.as_str()),
        Kind::ContextTooLong => {
            (400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum")
        }
        Kind::ContentPolicy => {
            (400, "invalid_request_error", "Output blocked by content filtering policy")
        }
        Kind::Limited => (
            429,
            "rate_limit_error",
            "This request would exceed your account's rate limit. Please try again later.",
        ),
        Kind::Server => (500, "api_error", "Internal server error"),
        Kind::Overloaded => (529, "overloaded_error", "Overloaded"),
    };
    let body = json!({
        "type": "error",
        "error": { "type": kind, "message": message },
        "request_id": about.request_id,
    });
    (status, body)
}

fn gemini(kind: Kind, about: About<'_>) -> (u16, Value) {
    if kind == Kind::ContentPolicy {
        let blocked = json!({
            "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" },
            "usageMetadata": { "promptTokenCount": 4, "totalTokenCount": 4 },
            "modelVersion": about.model,
        });
        return (200, blocked);
    }
    let missing = format!(
        "models/{} is not found for API version v1beta, or is not supported for generateContent.",
        about.model
    );
    let (code, status, message) = match kind {
        Kind::Invalid | Kind::ContentPolicy => {
            (400, "INVALID_ARGUMENT", "Invalid JSON payload received: the request is malformed.")
        }
        Kind::SignIn => (401, "UNAUTHENTICATED", "API key not valid. Please pass a valid API key."),
        Kind::Credit => {
            (402, "FAILED_PRECONDITION", "Billing is not enabled, or the balance is empty.")
        }
        Kind::Quota | Kind::Limited => (
            429,
            "RESOURCE_EXHAUSTED",
            "You exceeded your current quota, please check your plan and billing details.",
        ),
        Kind::Forbidden => (403, "PERMISSION_DENIED", "The caller does not have permission"),
        Kind::ModelMissing => (404, "NOT_FOUND", missing.as_str()),
        Kind::ContextTooLong => (
            400,
            "INVALID_ARGUMENT",
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        ),
        Kind::Server => {
            (500, "INTERNAL", "An internal error has occurred. Please retry or report.")
        }
        Kind::Overloaded => {
            (503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
        }
    };
    let mut error = json!({ "code": code, "message": message, "status": status });
    if let Some(details) = gemini_details(kind, about.model) {
        error["details"] = details;
    }
    (code, json!({ "error": error }))
}

/// Ollama's cloud and its server have words, and no codes (docs.ollama.com, "Errors").
fn ollama(kind: Kind, about: About<'_>) -> (u16, Value) {
    let missing = format!("model '{}' not found", about.model);
    let (status, message) = match kind {
        Kind::Invalid => (400, "invalid request: the request is malformed"),
        Kind::SignIn => (401, "unauthorized"),
        Kind::Credit => (402, "this model requires a subscription, upgrade for access"),
        Kind::Quota => {
            (429, "you have reached your weekly usage limit, please upgrade to continue")
        }
        Kind::Forbidden => (403, "forbidden"),
        Kind::ModelMissing => (404, missing.as_str()),
        Kind::ContextTooLong => (400, "the input length exceeds the context length"),
        Kind::ContentPolicy => (400, "the request was blocked by the content policy"),
        Kind::Limited => (429, "too many requests"),
        Kind::Server => (500, "model runner has unexpectedly stopped"),
        Kind::Overloaded => {
            (503, "server busy, please try again. maximum pending requests exceeded")
        }
    };
    (status, json!({ "error": message }))
}

/// Kiro's exceptions (`amzn-codewhisperer-streaming-client`, 2026-05); the reasons are theirs too.
fn kiro(kind: Kind) -> (u16, Value) {
    let (status, name, reason, message) = match kind {
        Kind::Invalid => (400, "ValidationException", None, "Improperly formed request."),
        Kind::SignIn => (
            403,
            "AccessDeniedException",
            None,
            "The bearer token included in the request is invalid.",
        ),
        Kind::Credit | Kind::Quota => (
            402,
            "ServiceQuotaExceededException",
            Some("MONTHLY_REQUEST_COUNT"),
            "You have reached the limit.",
        ),
        Kind::Forbidden => (
            403,
            "AccessDeniedException",
            Some("UNAUTHORIZED_CUSTOMIZATION_RESOURCE_ACCESS"),
            "You may not use this resource.",
        ),
        Kind::ModelMissing => (
            400,
            "ValidationException",
            Some("INVALID_MODEL_ID"),
            "Invalid model. Please select a different model to continue.",
        ),
        Kind::ContextTooLong => (
            400,
            "ValidationException",
            Some("CONTENT_LENGTH_EXCEEDS_THRESHOLD"),
            "Input is too long.",
        ),
        Kind::ContentPolicy => {
            (400, "ValidationException", None, "The request was blocked by the content policy.")
        }
        Kind::Limited => (
            429,
            "ThrottlingException",
            None,
            "Too many requests, please wait before trying again.",
        ),
        Kind::Server => (
            500,
            "InternalServerException",
            None,
            "Encountered an unexpected error when processing the request, please try again.",
        ),
        Kind::Overloaded => (
            503,
            "ThrottlingException",
            Some("INSUFFICIENT_MODEL_CAPACITY"),
            "I am experiencing high traffic, please try again shortly.",
        ),
    };
    (status, json!({ "__type": name, "message": message, "reason": reason }))
}

fn gemini_details(kind: Kind, model: &str) -> Option<Value> {
    let period = match kind {
        Kind::Quota => "PerDay",
        Kind::Limited => "PerMinute",
        Kind::SignIn => {
            return Some(json!([{
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
            }]));
        }
        Kind::Invalid
        | Kind::Credit
        | Kind::Forbidden
        | Kind::ModelMissing
        | Kind::ContextTooLong
        | Kind::ContentPolicy
        | Kind::Server
        | Kind::Overloaded => return None,
    };
    Some(json!([{
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{
            "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
            "quotaId": format!("GenerateRequests{period}PerProjectPerModel-FreeTier"),
            "quotaDimensions": { "location": "global", "model": model },
            "quotaValue": "60",
        }],
    }]))
}
