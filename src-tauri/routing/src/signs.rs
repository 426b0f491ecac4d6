use switchyard_types::{FailureClass, Millis};

use crate::classify::{Evidence, LimitRule, Scope};
use crate::error_body::ErrorBody;
use crate::reset::Hints;

/// What a failure shows, made comparable.
pub(crate) struct Signs<'a> {
    status: Option<u16>,
    /// The error's type and code in lower case: short words meant for programs.
    kind: String,
    code: String,
    /// The reasons in lower case: Google's and Kiro's short words beside the code.
    reasons: Vec<String>,
    /// The message in lower case, cut: the rest may be somebody's content.
    words: String,
    /// The names of spent quotas in lower case.
    quotas: String,
    /// The message as it came; empty for a web page.
    pub(crate) message: &'a str,
    /// Whether the body is a web page: a firewall or a wrong address, not the vendor's API.
    pub(crate) web_page: bool,
}

impl<'a> Signs<'a> {
    pub(crate) fn of(evidence: &'a Evidence<'_>, body: &'a ErrorBody) -> Self {
        let web_page = is_web_page(evidence.body) || is_web_page(evidence.message.as_bytes());
        let message = match evidence.message {
            _ if web_page => "",
            "" => body.message.as_deref().unwrap_or_default(),
            message => message,
        };
        let name = |given: Option<&str>, read: &Option<String>| {
            let name = given.or(read.as_deref()).unwrap_or_default();
            name.chars().take(100).flat_map(char::to_lowercase).collect()
        };
        Self {
            status: evidence.status,
            kind: name(evidence.kind, &body.kind),
            code: name(evidence.code, &body.code),
            words: message.chars().take(2_000).flat_map(char::to_lowercase).collect(),
            reasons: body.reasons.iter().map(|reason| reason.to_lowercase()).collect(),
            quotas: body.quota_ids.join(" ").to_lowercase(),
            message,
            web_page,
        }
    }

    fn named(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is_named(name))
    }

    fn is_named(&self, name: &str) -> bool {
        self.kind == name || self.code == name || self.reasons.iter().any(|reason| reason == name)
    }

    /// What the vendor itself means by it. Of a server's fault nothing is believed.
    pub(crate) fn ruled<'r>(&self, rules: &'r [LimitRule<'r>]) -> Option<&'r LimitRule<'r>> {
        let fits = |rule: &&LimitRule<'_>| {
            let says = |part: &String| {
                self.words.contains(part.as_str()) || self.quotas.contains(part.as_str())
            };
            (rule.named.is_empty() || rule.named.iter().any(|name| self.is_named(name)))
                && (rule.says.is_empty() || rule.says.iter().any(says))
        };
        if self.is_server_fault() { None } else { rules.iter().find(fits) }
    }

    /// The window that the words or the names of quotas tell, where they tell one alone.
    pub(crate) fn window(&self) -> Option<&'static str> {
        [&self.quotas, &self.words].into_iter().find_map(|text| {
            let told = |(_, parts): &&(_, &[&str])| parts.iter().any(|part| text.contains(part));
            let mut told = WINDOWS.iter().filter(told);
            let (name, _) = told.next()?;
            told.next().is_none().then_some(*name)
        })
    }

    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.words.contains(phrase))
    }

    /// Whether the status is one of a vendor's own failure.
    fn is_server_fault(&self) -> bool {
        self.status.is_some_and(|status| status >= 500)
    }

    /// Whether the status blames the request, or there is none because the error came in a stream.
    fn may_blame_request(&self) -> bool {
        !matches!(self.status, Some(401 | 402 | 403 | 408 | 429 | 500..))
    }
}

/// Reads the signs in order: what a name meant for programs says, then what the words say as far
/// as the status allows it, then the status alone.
pub(crate) fn sort(signs: &Signs<'_>, hints: &Hints, now: Millis) -> (FailureClass, Scope) {
    let class = by_name(signs).or_else(|| by_words(signs)).unwrap_or_else(|| by_status(signs));
    let class = match class {
        FailureClass::Rate if is_quota(signs, hints, now) => FailureClass::Quota,
        class => class,
    };
    (class, scope(class, signs, hints))
}

/// Names meant for programs. Names that say only "bad request" or "error" decide nothing.
///
/// Sources: the error pages of `OpenAI`, Anthropic, Google, Kimi, `DeepSeek`, z.ai (docs.z.ai
/// "Errors", 2026-08) and `MiniMax` (platform.minimax.io "Error Codes", 2026), read 2026-11.
fn by_name(signs: &Signs<'_>) -> Option<FailureClass> {
    const QUOTA: &[&str] = &[
        "usage_limit_reached",
        "usage_limit_exceeded",
        "quota_exceeded",
        // Google's code assist.
        "quota_exhausted",
        "quote_exceeded",
        "monthly_request_count",
        "usage_not_included",
        // z.ai: the plan's 5-hour, weekly or monthly limit, and its daily call limit.
        "1304",
        "1308",
        "1310",
        // MiniMax: the plan's window.
        "2056",
    ];
    const BILLING: &[&str] = &[
        "insufficient_quota",
        "insufficient_balance",
        "insufficient_credits",
        "insufficient_credit",
        "insufficient_funds",
        "billing_error",
        "billing_not_active",
        "billing_hard_limit_reached",
        "payment_required",
        // Kimi says so of an account without balance.
        "exceeded_current_quota_error",
        "arrearage",
        // z.ai: in arrears; the plan has expired.
        "1113",
        "1309",
        // MiniMax: insufficient balance.
        "1008",
    ];
    const RATE: &[&str] = &[
        "rate_limit_exceeded",
        "rate_limit_error",
        "rate_limit_reached_error",
        "rate_limit",
        "rate_limited",
        "too_many_requests",
        "throttlingexception",
        "throttling",
        "resource_exhausted",
        "concurrency_limit_exceeded",
        // MiniMax: tokens a minute.
        "1039",
        // z.ai: concurrency, frequency, load.
        "1302",
        "1303",
        "1305",
    ];
    const SIGN_IN: &[&str] = &[
        "authentication_error",
        "invalid_authentication_error",
        "incorrect_api_key_error",
        "invalid_api_key",
        "api_key_invalid",
        "token_expired",
        "token_revoked",
        "account_deactivated",
        "unauthenticated",
        // z.ai and MiniMax: the key is refused; MiniMax: it is invalid.
        "1004",
        "2049",
    ];
    const CONTEXT: &[&str] = &[
        "context_length_exceeded",
        "context_window_exceeded",
        "model_max_prompt_tokens_exceeded",
        "tokens_too_long",
        "input_too_long",
        // llama.cpp's server.
        "exceed_context_size_error",
        // Kiro.
        "content_length_exceeds_threshold",
        // z.ai.
        "1261",
    ];
    const MISSING: &[&str] = &[
        "model_not_found",
        "model_not_supported",
        "model_not_available",
        "model_decommissioned",
        "model_deprecated",
        "unsupported_model",
        "invalid_model",
        "unknown_model",
        "invalid_model_id",
        "modelnotopen",
        // z.ai: no such model; not in this plan.
        "1211",
        "1311",
    ];
    const CONTENT: &[&str] = &[
        "content_policy_violation",
        "content_filter",
        "content_filtered",
        "safety_check_failed",
        "data_inspection_failed",
        "datainspectionfailed",
        "cyber_policy_violation",
        "sensitive_content_error",
        // z.ai; MiniMax for input and for output.
        "1301",
        "1026",
        "1027",
    ];
    const TRANSIENT: &[&str] = &[
        "overloaded_error",
        "engine_overloaded_error",
        "server_is_overloaded",
        "slow_down",
        "server_error",
        "internal_server_error",
        "service_unavailable",
        "unavailable",
        "deadline_exceeded",
        "timeout_error",
        // z.ai: the model is under heavy load.
        "1312",
    ];
    // Google says so of a crowd at the model, in the words of a spent quota; Kiro too.
    if signs.named(&["model_capacity_exhausted", "insufficient_model_capacity"]) {
        return Some(FailureClass::Transient);
    }
    if signs.named(QUOTA) {
        return Some(FailureClass::Quota);
    }
    if signs.named(BILLING) {
        return Some(FailureClass::Billing);
    }
    if signs.named(RATE) {
        // Zhipu and others send a lack of money under a name for haste.
        return Some(if lacks_money(signs) { FailureClass::Billing } else { FailureClass::Rate });
    }
    // On a server's fault nothing else is believed: routers wrap whatever they meet into a 500.
    if signs.is_server_fault() {
        return None;
    }
    if signs.named(CONTEXT) {
        return Some(FailureClass::ContextTooLong);
    }
    if signs.named(CONTENT) {
        return Some(FailureClass::ContentPolicy);
    }
    if signs.named(MISSING) {
        return Some(FailureClass::ModelMissing);
    }
    if signs.named(SIGN_IN) {
        return Some(FailureClass::SignIn);
    }
    signs.named(TRANSIENT).then_some(FailureClass::Transient)
}

fn by_words(signs: &Signs<'_>) -> Option<FailureClass> {
    if signs.is_server_fault() {
        return None;
    }
    if signs.may_blame_request() && too_long(signs) {
        return Some(FailureClass::ContextTooLong);
    }
    match signs.status {
        Some(400 | 403 | 404 | 410 | 422) => blamed_words(signs),
        Some(429) => lacks_money(signs).then_some(FailureClass::Billing),
        None | Some(200..=299) => in_stream(signs),
        Some(_) => None,
    }
}

/// What the words of a 4xx blame, other than the request.
fn blamed_words(signs: &Signs<'_>) -> Option<FailureClass> {
    if lacks_money(signs) {
        return Some(FailureClass::Billing);
    }
    if signs.says(&[
        "content policy",
        "content management policy",
        "content_policy",
        "usage policies",
        "safety system",
        "moderation",
        "inappropriate content",
        "sensitive content",
        "unsafe or sensitive",
        "flagged",
    ]) {
        return Some(FailureClass::ContentPolicy);
    }
    if signs.says(&[
        "api key not valid",
        "incorrect api key",
        "invalid api key",
        "api key expired",
        "api_key_invalid",
        "invalid token",
        "token has expired",
    ]) {
        return Some(FailureClass::SignIn);
    }
    if signs.status == Some(403) && limits(signs) {
        return Some(FailureClass::Quota);
    }
    model_missing(signs).then_some(FailureClass::ModelMissing)
}

/// What the words of an error inside a good status say.
fn in_stream(signs: &Signs<'_>) -> Option<FailureClass> {
    if lacks_money(signs) {
        Some(FailureClass::Billing)
    } else if signs.says(&["rate limit", "too many requests", "usage limit", "quota exceeded"]) {
        Some(FailureClass::Rate)
    } else if signs.named(&["invalid_request_error", "invalid_argument", "bad_request"]) {
        Some(FailureClass::ClientFault)
    } else {
        None
    }
}

/// The vendors' ways to say that a prompt exceeds the context window.
fn too_long(signs: &Signs<'_>) -> bool {
    signs.says(&[
        // OpenAI, DeepSeek, Mistral, vLLM, OpenRouter.
        "maximum context length",
        "context length exceeded",
        "context_length_exceeded",
        // OpenAI's Responses, MiniMax, Groq.
        "context window",
        // Anthropic: the prompt alone, or together with `max_tokens`.
        "prompt is too long",
        "exceed context limit",
        // Gemini.
        "exceeds the maximum number of tokens allowed",
        // GLM.
        "prompt exceeds max length",
        // Kimi.
        "exceeded model token limit",
        // xAI.
        "maximum prompt length",
        // Alibaba.
        "range of input length should be",
        // Bedrock, Kiro.
        "input is too long",
        // Text Generation Inference, Together.
        "`inputs` tokens + `max_new_tokens` must be",
        "`inputs` must have less than",
        // llama.cpp, Ollama.
        "available context size",
        "exceeds the context length",
        "exceeds context",
        // Groq, Fireworks.
        "reduce the length of the messages",
        "the prompt is longer than the model's context",
        // Baidu, Copilot.
        "prompt tokens too long",
        "prompt token count of",
    ])
}

fn model_missing(signs: &Signs<'_>) -> bool {
    if !signs.says(&["model", "no endpoints found", "deployment"]) {
        return false;
    }
    // "No endpoints found that support tool use": true of this request, not of the model.
    if signs.says(&["that support", "does not support"]) {
        return false;
    }
    signs.says(&[
        "not found",
        "not exist",
        "no such model",
        "unknown model",
        "invalid model",
        "not a valid model",
        "unsupported model",
        "model not supported",
        "model is not supported",
        "not available",
        "no longer available",
        "no longer supported",
        "decommissioned",
        "has been retired",
        "deprecated",
        "no endpoints found",
        "access to model",
        "access to the model",
        "have access to it",
        "permission to access the model",
    ])
}

fn lacks_money(signs: &Signs<'_>) -> bool {
    // Google says "check your plan and billing details" of every quota, free ones included.
    let google = signs.kind == "resource_exhausted";
    let plan = !google && signs.says(&["check your plan and billing"]);
    plan || signs.says(&[
        "credit balance",
        "insufficient balance",
        "insufficient credit",
        "insufficient funds",
        "insufficient_quota",
        "not enough credit",
        "out of credits",
        "requires more credits",
        "no resource package",
        "in arrears",
        "please recharge",
        "余额不足",
        "欠费",
        "billing hard limit",
        "billing is not active",
        "payment required",
        "prepayment credits",
        "spending limit",
        "spend limit",
    ])
}

/// The windows that refusals are about, and how vendors write them.
const WINDOWS: &[(&str, &[&str])] = &[
    ("minute", &["perminute", "per_minute", "per minute", "per min", "per-min", "(rpm)", "(tpm)"]),
    ("5h", &["5-hour", "5 hour", "5h limit", "five-hour", "five hour", "5小时", "5 小时"]),
    ("day", &["perday", "per_day", "per day", "per-day", "daily", "(rpd)", "(tpd)"]),
    ("7d", &["weekly", "per week", "7-day", "每周"]),
    ("month", &["monthly", "per month", "每月"]),
];

/// Words of a window that is spent, against those of haste.
fn limits(signs: &Signs<'_>) -> bool {
    const LONG: &[&str] = &["perday", "per_day", "daily", "weekly", "monthly"];
    if LONG.iter().any(|window| signs.quotas.contains(window)) {
        return true;
    }
    signs.says(&[
        "per day",
        "per-day",
        "perday",
        "daily",
        "weekly",
        "monthly",
        "5-hour",
        "5 hour",
        "5小时",
        "5 小时",
        "每周",
        "每月",
        "usage limit",
        "limit exhausted",
        "(rpd)",
        "(tpd)",
    ])
}

/// Whether a refusal for haste is a spent window in truth.
fn is_quota(signs: &Signs<'_>, hints: &Hints, now: Millis) -> bool {
    const LONG: Millis = 10 * 60_000;
    let far = hints.best(FailureClass::Quota).is_some_and(|reset| reset - now > LONG);
    hints.plan.is_some() || limits(signs) || (far && signs.says(&["quota", "limit reached"]))
}

fn by_status(signs: &Signs<'_>) -> FailureClass {
    match signs.status {
        Some(401) => FailureClass::SignIn,
        // A web page instead of an API's refusal is a firewall's, which says nothing of the key.
        Some(403) if !signs.web_page => FailureClass::SignIn,
        Some(402) if limits(signs) => FailureClass::Quota,
        Some(402) => FailureClass::Billing,
        Some(404) if blames_client(signs) => FailureClass::ClientFault,
        // An address or a model that the vendor does not have; the next one may.
        Some(404 | 405 | 410) => FailureClass::ModelMissing,
        Some(408 | 409 | 421 | 424 | 425) => FailureClass::Transient,
        Some(429) => FailureClass::Rate,
        Some(451) => FailureClass::ContentPolicy,
        Some(400..=402 | 404..=499) => FailureClass::ClientFault,
        // Server faults, redirects, errors and nothing at all inside a good status.
        Some(_) | None => FailureClass::Transient,
    }
}

/// Whether a 404 is about something else in the request than its model or its address.
fn blames_client(signs: &Signs<'_>) -> bool {
    signs.named(&["previous_response_not_found", "thread_not_found"])
        || (signs.named(&["invalid_request_error"]) && !signs.says(&["model", "url", "path"]))
        || signs.says(&["that support", "previous response", "response with id"])
}

fn scope(class: FailureClass, signs: &Signs<'_>, hints: &Hints) -> Scope {
    match class {
        // OpenRouter of a request that costs more than what is left; a smaller one may pass.
        FailureClass::Billing if signs.says(&["can only afford"]) => Scope::Model,
        FailureClass::SignIn | FailureClass::Billing => Scope::Account,
        FailureClass::Quota => match hints.plan {
            Some(scope) => scope,
            None if of_the_plan(signs) => Scope::Account,
            None => Scope::Model,
        },
        FailureClass::Rate
        | FailureClass::ModelMissing
        | FailureClass::Transient
        | FailureClass::Transport
        | FailureClass::ClientFault
        | FailureClass::ContextTooLong
        | FailureClass::ContentPolicy
        | FailureClass::Cancelled => Scope::Model,
    }
}

/// Whether a spent window is the plan's, which all its models share.
fn of_the_plan(signs: &Signs<'_>) -> bool {
    signs.named(&[
        "usage_limit_reached",
        "usage_limit_exceeded",
        "monthly_request_count",
        "1308",
        "1310",
        "2056",
    ]) || signs.says(&["usage limit", "limit exhausted", "monthly request"])
}

fn is_web_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))
}
