#![cfg(test)]
//! What a failure is, in the vendors' own words.

mod evidence;

use evidence::{NOW, Reply};
use proptest::prelude::*;
use switchyard_routing::{Evidence, NextStep, Scope, TransportFault, classify, next_step};
use switchyard_types::FailureClass::{self, *};

const DAY: i64 = 86_400_000;

fn class_of(status: u16, body: &str) -> FailureClass {
    Reply::new(status, body).classify().class
}

#[test]
fn each_vendor_is_understood() {
    for (class, status, body) in [
        // Client faults.
        (
            ClientFault,
            400,
            r#"{"error":{"type":"invalid_request_error","message":"messages: at least one message is required"}}"#,
        ),
        (
            ClientFault,
            400,
            r#"{"error":{"type":"invalid_request_error","code":"unsupported_parameter","message":"Unsupported parameter: 'max_tokens'"}}"#,
        ),
        (
            ClientFault,
            400,
            r#"{"error":{"code":400,"message":"Invalid JSON payload received.","status":"INVALID_ARGUMENT"}}"#,
        ),
        (
            ClientFault,
            400,
            r#"{"error":{"type":"invalid_request_error","message":"max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens"}}"#,
        ),
        (ClientFault, 422, r#"{"detail":[{"loc":["body","messages"],"msg":"field required"}]}"#),
        (
            ClientFault,
            413,
            r#"{"error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
        ),
        (
            ClientFault,
            404,
            r#"{"error":{"type":"invalid_request_error","code":"previous_response_not_found","message":"Previous response with id 'r' not found."}}"#,
        ),
        (
            ClientFault,
            404,
            r#"{"type":"error","error":{"type":"not_found_error","message":"No usable state was found.","details":{"error_code":"thread_not_found"}}}"#,
        ),
        (
            ClientFault,
            404,
            r#"{"error":{"code":404,"message":"No endpoints found that support tool use."}}"#,
        ),
        (ClientFault, 415, ""),
        // Sign-in.
        (SignIn, 401, r#"{"error":{"type":"authentication_error","message":"invalid x-api-key"}}"#),
        (SignIn, 401, ""),
        (
            SignIn,
            403,
            r#"{"error":{"type":"permission_error","message":"Your API key does not have permission to use the specified resource."}}"#,
        ),
        (SignIn, 403, ""),
        (
            SignIn,
            400,
            r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
        ),
        (
            SignIn,
            400,
            r#"{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***."}"#,
        ),
        (SignIn, 200, r#"{"base_resp":{"status_code":2049,"status_msg":"invalid api key"}}"#),
        // Billing.
        (
            Billing,
            402,
            r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}"#,
        ),
        (Billing, 402, ""),
        (
            Billing,
            429,
            r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}"#,
        ),
        (
            Billing,
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#,
        ),
        (
            Billing,
            429,
            r#"{"error":{"code":"1113","message":"Insufficient balance or no resource package. Please recharge."}}"#,
        ),
        (
            Billing,
            429,
            r#"{"error":{"type":"exceeded_current_quota_error","message":"Your account is suspended"}}"#,
        ),
        (Billing, 200, r#"{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#),
        (
            Billing,
            403,
            r#"{"error":"Your team has run out of credits or reached its monthly spending limit."}"#,
        ),
        // Quota windows.
        (
            Quota,
            429,
            r#"{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_in_seconds":3600}}"#,
        ),
        (
            Quota,
            429,
            r#"{"error":{"code":"1308","message":"Usage limit reached for 5 hour. Your limit will reset at 2026-11-23 12:00:00"}}"#,
        ),
        (
            Quota,
            429,
            r#"{"error":{"code":"1310","message":"Weekly/Monthly Limit Exhausted. Your limit will reset at 2026-11-26 22:19:54"}}"#,
        ),
        (
            Quota,
            429,
            r#"{"error":{"code":"1308","message":"已达到 5 小时的使用上限。您的限额将在 2026-11-25 07:41:44 重置。"}}"#,
        ),
        (
            Quota,
            429,
            r#"{"error":{"message":"Rate limit reached for m on requests per day (RPD): Limit 200, Used 200. Please try again in 7m12s.","code":"rate_limit_exceeded"}}"#,
        ),
        (
            Quota,
            429,
            r#"{"error":{"code":429,"message":"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day"}}"#,
        ),
        (
            Quota,
            429,
            r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current quota, please check your plan and billing details.","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}}"#,
        ),
        (
            Quota,
            402,
            r#"{"reason":"MONTHLY_REQUEST_COUNT","message":"You have reached the limit: monthly request count."}"#,
        ),
        (
            Quota,
            403,
            r#"{"error":{"type":"permission_error","message":"You've reached your usage limit for this period."}}"#,
        ),
        (Quota, 200, r#"{"base_resp":{"status_code":2056,"status_msg":"usage limit exceeded"}}"#),
        // Rates.
        (
            Rate,
            429,
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"Number of requests has exceeded your rate limit"}}"#,
        ),
        (
            Rate,
            429,
            r#"{"error":{"message":"Rate limit reached for gpt on tokens per min (TPM). Please try again in 20ms.","type":"tokens","code":"rate_limit_exceeded"}}"#,
        ),
        (
            Rate,
            429,
            r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current quota, please check your plan and billing details. Please retry in 58.2s.","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}]}]}}"#,
        ),
        (Rate, 429, r#"{"error":{"code":"1302","message":"High concurrency usage of this API"}}"#),
        (Rate, 429, "slow down"),
        (Rate, 429, ""),
        // Groq: too large for the minute's tokens, which is no matter of the context window.
        (
            Rate,
            413,
            r#"{"error":{"message":"Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 8000","type":"tokens","code":"rate_limit_exceeded"}}"#,
        ),
        (Rate, 500, r#"{"error":{"code":"rate_limit_exceeded","message":"wrapped by a router"}}"#),
        // Missing models.
        (
            ModelMissing,
            404,
            r#"{"type":"error","error":{"type":"not_found_error","message":"model: claude-nope"}}"#,
        ),
        (
            ModelMissing,
            404,
            r#"{"error":{"message":"The model `gpt-9` does not exist or you do not have access to it.","type":"invalid_request_error","code":"model_not_found"}}"#,
        ),
        (
            ModelMissing,
            404,
            r#"{"error":{"code":404,"message":"models/gemini-9 is not found for API version v1beta","status":"NOT_FOUND"}}"#,
        ),
        (
            ModelMissing,
            404,
            r#"{"error":{"message":"No endpoints found for acme/model.","code":404}}"#,
        ),
        (ModelMissing, 400, r#"{"error":{"message":"acme/x is not a valid model ID","code":400}}"#),
        (
            ModelMissing,
            400,
            r#"{"error":{"message":"The model `mixtral` has been decommissioned","code":"model_decommissioned"}}"#,
        ),
        (
            ModelMissing,
            400,
            r#"{"error":{"code":"1211","message":"Unknown Model, please check the model code."}}"#,
        ),
        (
            ModelMissing,
            403,
            r#"{"error":{"message":"Project does not have access to model gpt-5"}}"#,
        ),
        (ModelMissing, 404, "404 page not found"),
        // Content.
        (
            ContentPolicy,
            400,
            r#"{"error":{"code":"content_policy_violation","message":"rejected"}}"#,
        ),
        (
            ContentPolicy,
            400,
            r#"{"error":{"code":"content_filter","message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy."}}"#,
        ),
        (
            ContentPolicy,
            400,
            r#"{"error":{"code":"1301","message":"System detected potentially unsafe or sensitive content in input or generation."}}"#,
        ),
        (
            ContentPolicy,
            403,
            r#"{"error":{"message":"Your input was flagged by moderation","code":403}}"#,
        ),
        // The vendor's own failures.
        (
            Transient,
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        ),
        (
            Transient,
            429,
            r#"{"error":{"type":"engine_overloaded_error","message":"The engine is currently overloaded"}}"#,
        ),
        (
            Transient,
            200,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        ),
        (
            Transient,
            500,
            r#"{"error":{"code":500,"status":"INTERNAL","message":"An internal error has occurred."}}"#,
        ),
        (
            Transient,
            503,
            r#"{"error":{"code":"model_not_found","message":"no available channel for model gpt-5"}}"#,
        ),
        (Transient, 502, "<html><body>Bad Gateway</body></html>"),
        (Transient, 403, "<!DOCTYPE html><title>Just a moment...</title>"),
        (Transient, 408, ""),
        (Transient, 302, ""),
        (Transient, 200, ""),
        (Transient, 200, "<!doctype html>"),
    ] {
        assert_eq!(class_of(status, body), class, "{status} {body}");
    }
}

#[test]
fn a_prompt_that_is_too_long_is_recognised_in_every_vendors_words() {
    for message in [
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
        "prompt is too long: 212345 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "Prompt exceeds max length",
        "Invalid request: Your request exceeded model token limit: 262144",
        "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
        "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]",
        "Input is too long for requested model.",
        "`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000",
        "the request exceeds the available context size. try increasing the context size",
        "Please reduce the length of the messages or completion.",
        "invalid params, context window exceeds limit (2013)",
        "prompt token count of 140000 exceeds the limit of 128000",
    ] {
        let body =
            format!(r#"{{"error":{{"message":{message:?},"type":"invalid_request_error"}}}}"#);
        assert_eq!(class_of(400, &body), ContextTooLong, "{message}");
        assert_eq!(class_of(500, &body), Transient, "not believed of a server's fault: {message}");
    }
    let named = r#"{"error":{"code":"context_length_exceeded","message":"too big"}}"#;
    assert_eq!(class_of(400, named), ContextTooLong);
    assert_eq!(class_of(200, named), ContextTooLong, "as an event of a stream");
    assert_eq!(class_of(502, named), Transient);
}

#[test]
fn what_broke_below_http_outranks_the_rest() {
    for fault in [
        TransportFault::Connect,
        TransportFault::ConnectTimeout,
        TransportFault::FirstByteTimeout,
        TransportFault::IdleTimeout,
        TransportFault::Cut,
    ] {
        let reply = Reply::new(401, "").transport(fault);
        let failure = reply.classify();
        assert_eq!((failure.class, failure.scope), (Transport, Scope::Model));
        assert!(failure.message.contains("vendor"), "{}", failure.message);
    }
}

#[test]
fn the_account_is_blamed_only_where_all_its_models_share_the_trouble() {
    for (scope, status, body) in [
        (Scope::Account, 401, ""),
        (Scope::Account, 402, ""),
        (
            Scope::Account,
            429,
            r#"{"error":{"code":"1308","message":"Usage limit reached for 5 hour."}}"#,
        ),
        (Scope::Account, 429, r#"{"error":{"type":"usage_limit_reached"}}"#),
        (Scope::Model, 429, r#"{"error":{"message":"requests per day (RPD)"}}"#),
        (Scope::Model, 429, ""),
        (Scope::Model, 404, ""),
        (Scope::Model, 500, ""),
        (
            Scope::Model,
            402,
            r#"{"error":{"message":"This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 900."}}"#,
        ),
    ] {
        assert_eq!(Reply::new(status, body).classify().scope, scope, "{status} {body}");
    }
}

#[test]
fn a_spent_window_in_a_plans_headers_is_a_quota() {
    let body = r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your account's rate limit."}}"#;
    let reset = (NOW + DAY) / 1000;
    let of_all = Reply::new(429, body)
        .header("anthropic-ratelimit-unified-status", "rejected")
        .header("anthropic-ratelimit-unified-reset", &reset.to_string())
        .header("retry-after", "30");
    let failure = of_all.classify();
    assert_eq!((failure.class, failure.scope), (Quota, Scope::Account));
    assert_eq!(failure.reset, Some(reset * 1000), "the window outlasts the pause");
    let of_one =
        of_all.header("anthropic-ratelimit-unified-representative-claim", "seven_day_opus");
    assert_eq!(of_one.classify().scope, Scope::Model);
    let warned = Reply::new(429, body)
        .header("anthropic-ratelimit-unified-status", "allowed_warning")
        .header("anthropic-ratelimit-unified-reset", &reset.to_string());
    assert_eq!(warned.classify().class, Rate);
}

#[test]
fn a_quota_that_resets_far_away_is_told_from_haste() {
    let body = r#"{"error":{"message":"Quota reached for this model."}}"#;
    assert_eq!(Reply::new(429, body).header("retry-after", "7200").classify().class, Quota);
    assert_eq!(Reply::new(429, body).header("retry-after", "30").classify().class, Rate);
}

#[test]
fn the_message_is_the_vendors_on_one_line_and_cut() {
    let body = r#"{"error":{"message":"first\nsecond\u0007  third"}}"#;
    assert_eq!(Reply::new(500, body).classify().message, "first second third");
    let long = format!(r#"{{"error":{{"message":"{}"}}}}"#, "é".repeat(100_000));
    assert_eq!(Reply::new(500, &long).classify().message.chars().count(), 501);
    assert_eq!(
        Reply::new(503, "").classify().message,
        "The vendor answered 503 and gave no reason."
    );
    assert_eq!(
        Reply::new(502, "<html>").classify().message,
        "The vendor answered 502 with a web page instead of an API's reply."
    );
}

#[test]
fn what_the_caller_read_outranks_the_body() {
    let reply = Reply::new(429, r#"{"error":{"code":"x","message":"y"}}"#);
    let none = |_: &str| None;
    let evidence = Evidence {
        kind: Some("insufficient_quota"),
        message: "out of money",
        ..reply.evidence(&none)
    };
    let failure = classify(&evidence, NOW);
    assert_eq!((failure.class, failure.message.as_str()), (Billing, "out of money"));
}

#[test]
fn each_class_has_its_next_step() {
    for (class, step) in [
        (ClientFault, NextStep::GiveUp),
        (Cancelled, NextStep::GiveUp),
        (ContextTooLong, NextStep::LargerWindowOnly),
        (SignIn, NextStep::NextCandidate),
        (Billing, NextStep::NextCandidate),
        (Quota, NextStep::NextCandidate),
        (Rate, NextStep::NextCandidate),
        (ModelMissing, NextStep::NextCandidate),
        (ContentPolicy, NextStep::NextCandidate),
        (Transient, NextStep::NextCandidate),
        (Transport, NextStep::NextCandidate),
    ] {
        assert_eq!(next_step(class), step, "{class:?}");
    }
}

#[test]
fn a_body_of_any_depth_or_size_is_survived() {
    let deep = "[".repeat(100_000);
    assert_eq!(class_of(500, &deep), Transient);
    let deep = format!("{{\"error\":{}", "{\"details\":[".repeat(10_000));
    assert_eq!(class_of(429, &deep), Rate);
    let huge = format!(r#"{{"error":{{"message":"{}"}}}}"#, "x".repeat(5_000_000));
    assert_eq!(class_of(400, &huge), ClientFault);
}

#[test]
fn a_field_of_another_type_counts_as_absent() {
    let body = r#"{"error":{"type":7,"code":["x"],"message":{"a":1},"details":"none","resets_at":null,"metadata":[]},"message":false}"#;
    assert_eq!(class_of(429, body), Rate);
    let body = r#"{"error":{"code":"insufficient_quota","message":null,"details":[null,3,{"retryDelay":5}]}}"#;
    assert_eq!(class_of(429, body), Billing);
}

proptest! {
    #[test]
    fn no_bytes_are_a_panic(
        status in proptest::option::of(any::<u16>()),
        body in proptest::collection::vec(any::<u8>(), 0..400),
        words in "\\PC{0,200}",
        header in "\\PC{0,40}",
        now in any::<i64>(),
    ) {
        let headers = |_: &str| Some(header.as_str());
        let evidence = Evidence {
            status, kind: Some(&words), code: Some(&header), message: &words, body: &body,
            headers: &headers, transport: None, limits: &[],
        };
        let failure = classify(&evidence, now);
        prop_assert!(!failure.message.is_empty());
        if let Some(reset) = failure.reset {
            prop_assert!(reset > now);
            prop_assert!(reset <= now.saturating_add(35 * DAY));
        }
        if status.is_some_and(|status| status >= 500) {
            prop_assert!(failure.class != ContextTooLong && failure.class != ClientFault);
        }
    }

    #[test]
    fn no_json_is_a_panic(
        key in "(retryDelay|resets_at|resets_in_seconds|retry_after|code|type|message|details|metadata)",
        value in "(-?[0-9]{1,40}|-?[0-9]{1,18}\\.[0-9]{1,9}|\"[0-9hmsT:Z. -]{0,30}\"|null|\\[\\]|\\{\\})",
    ) {
        let body = format!(r#"{{"error":{{"{key}":{value},"details":[{{"{key}":{value}}}]}}}}"#);
        let failure = Reply::new(429, &body).classify();
        prop_assert!(failure.reset.is_none_or(|reset| reset > NOW));
    }
}
