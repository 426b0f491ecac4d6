//! What vendors mean by refusals of their own, as routing reads it.

use switchyard_catalog::{LimitReach, Vendor};
use switchyard_routing::{LimitRule, Scope};
use switchyard_types::Millis;

/// A vendor's rules. `told` is when a window starts over by what the vendor told of it last.
pub(super) fn rules(
    vendor: &Vendor,
    told: impl Fn(&str) -> Option<Millis>,
    now: Millis,
) -> Vec<LimitRule<'_>> {
    let rules = vendor.limits.iter().map(|limit| {
        let window = limit.window.as_deref();
        LimitRule {
            named: &limit.named,
            says: &limit.says,
            class: limit.class,
            scope: match limit.reach {
                LimitReach::Model => Scope::Model,
                LimitReach::Account => Scope::Account,
            },
            window,
            resets_at: match limit.starts_over {
                Some(run) => Some(run.ends(now)),
                None => window.and_then(&told),
            },
        }
    });
    rules.collect()
}

#[cfg(test)]
mod tests {
    use switchyard_catalog::Catalog;
    use switchyard_dialect::read_fault;
    use switchyard_routing::{Evidence, Failure, classify};
    use switchyard_types::FailureClass::{self, *};

    use super::*;

    /// 2026-11-23 00:00:00 UTC.
    const NOW: Millis = 1_795_392_000_000;
    const SECOND: Millis = 1_000;
    const MINUTE: Millis = 60 * SECOND;
    const HOUR: Millis = 60 * MINUTE;
    const DAY: Millis = 24 * HOUR;

    /// What a vendor answers to a request that one of its limits refuses.
    struct Refusal<'a> {
        vendor: &'a str,
        status: u16,
        headers: &'a [(&'a str, &'a str)],
        body: &'a str,
    }

    impl Refusal<'_> {
        fn classify(&self) -> Failure {
            let catalog = Catalog::builtin().unwrap();
            let vendor = catalog.vendor(self.vendor).unwrap();
            // What the quota page told of the month's window before.
            let told =
                |window: &str| ["premium", "credit"].contains(&window).then_some(NOW + 8 * DAY);
            let limits = rules(vendor, told, NOW);
            let fault = read_fault(self.status, self.body.as_bytes());
            let header = |name: &str| {
                self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
            };
            let evidence = Evidence {
                status: fault.status,
                kind: fault.kind.as_deref(),
                code: fault.code.as_deref(),
                message: &fault.message,
                body: self.body.as_bytes(),
                headers: &header,
                transport: None,
                limits: &limits,
            };
            classify(&evidence, NOW)
        }
    }

    /// Class, reach, window and milliseconds until the reset.
    type Told<'a> = (FailureClass, Scope, Option<&'a str>, Option<Millis>);

    /// Vendor, status, headers and body of a refusal, and what it tells.
    type WithHeaders<'a> = (&'a str, u16, &'a [(&'a str, &'a str)], &'a str, Told<'a>);

    fn assert_told(refusal: &Refusal<'_>, expected: Told<'_>) {
        let failure = refusal.classify();
        let reset = failure.reset.map(|at| at - NOW);
        let told = (failure.class, failure.scope, failure.window.as_deref(), reset);
        assert_eq!(told, expected, "{} {} {}", refusal.vendor, refusal.status, refusal.body);
    }

    #[test]
    fn plans_with_headers_tell_class_window_and_reset() {
        let unified = [
            ("anthropic-ratelimit-unified-status", "rejected"),
            ("anthropic-ratelimit-unified-reset", "1795402800"),
            ("anthropic-ratelimit-unified-5h-status", "rejected"),
            ("anthropic-ratelimit-unified-5h-reset", "1795402800"),
            ("anthropic-ratelimit-unified-7d-status", "allowed_warning"),
            ("anthropic-ratelimit-unified-7d-utilization", "0.8"),
            ("anthropic-ratelimit-unified-7d-reset", "1795910400"),
            ("retry-after", "30"),
        ];
        let of_opus = [
            ("anthropic-ratelimit-unified-7d_opus-status", "rejected"),
            ("anthropic-ratelimit-unified-7d_opus-reset", "1795564800"),
            ("anthropic-ratelimit-unified-representative-claim", "seven_day_opus"),
        ];
        let week_of_codex = [
            ("x-codex-primary-used-percent", "40"),
            ("x-codex-primary-window-minutes", "300"),
            ("x-codex-secondary-used-percent", "100"),
            ("x-codex-secondary-window-minutes", "10080"),
            ("x-codex-secondary-reset-after-seconds", "86400"),
        ];
        let by_tokens = [
            ("anthropic-ratelimit-requests-remaining", "12"),
            ("anthropic-ratelimit-requests-reset", "2026-11-23T05:00:00Z"),
            ("anthropic-ratelimit-input-tokens-remaining", "0"),
            ("anthropic-ratelimit-input-tokens-reset", "2026-11-23T00:00:42Z"),
        ];
        let durations = [
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "6m0s"),
            ("x-ratelimit-remaining-tokens", "900"),
            ("x-ratelimit-reset-tokens", "6ms"),
        ];
        let limited = r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your account's rate limit. Please try again later."}}"#;
        let rows: [WithHeaders<'_>; 10] = [
            ("claude", 429, &unified, limited, (Quota, Scope::Account, Some("5h"), Some(3 * HOUR))),
            (
                "claude",
                429,
                &of_opus,
                limited,
                (Quota, Scope::Model, Some("7d opus"), Some(2 * DAY)),
            ),
            (
                "claude",
                429,
                &[("retry-after", "30")],
                limited,
                (Rate, Scope::Model, None, Some(30 * SECOND)),
            ),
            (
                "claude",
                529,
                &[],
                r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                (Transient, Scope::Model, None, None),
            ),
            (
                "anthropic",
                400,
                &[],
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#,
                (Billing, Scope::Account, None, None),
            ),
            (
                "anthropic",
                429,
                &by_tokens,
                limited,
                (Rate, Scope::Model, Some("input-tokens"), Some(42 * SECOND)),
            ),
            (
                "codex",
                429,
                &week_of_codex,
                r#"{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_in_seconds":86400}}"#,
                (Quota, Scope::Account, Some("7d"), Some(DAY)),
            ),
            (
                "codex",
                429,
                &[],
                r#"{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_at":1795395600}}"#,
                (Quota, Scope::Account, None, Some(HOUR)),
            ),
            (
                "openai",
                429,
                &durations,
                r#"{"error":{"type":"requests","code":"rate_limit_exceeded","message":"Rate limit reached"}}"#,
                (Rate, Scope::Model, Some("requests"), Some(6 * MINUTE)),
            ),
            (
                "openai",
                429,
                &[],
                r#"{"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"You exceeded your current quota, please check your plan and billing details."}}"#,
                (Billing, Scope::Account, None, None),
            ),
        ];
        for (vendor, status, headers, body, expected) in rows {
            assert_told(&Refusal { vendor, status, headers, body }, expected);
        }
    }

    #[test]
    fn google_tells_by_details_and_words() {
        let per = |period: &str, retry: &str| {
            format!(
                r#"{{"error":{{"code":429,"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current quota, please check your plan and billing details.","details":[{{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{{"quotaId":"GenerateRequests{period}PerProjectPerModel-FreeTier"}}]}},{{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{retry}"}}]}}}}"#
            )
        };
        let reason = |reason: &str, message: &str| {
            format!(
                r#"{{"error":{{"code":429,"status":"RESOURCE_EXHAUSTED","message":"{message}","details":[{{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{reason}","domain":"cloudcode-pa.googleapis.com"}}]}}}}"#
            )
        };
        let minute = || (Rate, Scope::Model, Some("minute"), Some(27 * SECOND));
        for (vendor, body, expected) in [
            ("gemini", per("PerDay", "27s"), (Quota, Scope::Model, Some("day"), Some(8 * HOUR))),
            ("gemini", per("PerMinute", "27s"), minute()),
            ("vertex", per("PerMinute", "27s"), minute()),
            (
                "gemini-cli",
                reason("QUOTA_EXHAUSTED", "Your quota will reset after 2h52m39s."),
                (Quota, Scope::Model, None, Some(2 * HOUR + 52 * MINUTE + 39 * SECOND)),
            ),
            (
                "gemini-cli",
                reason("RATE_LIMIT_EXCEEDED", "Please retry in 58.2s."),
                (Rate, Scope::Model, None, Some(58_200)),
            ),
            (
                "antigravity",
                reason(
                    "QUOTA_EXHAUSTED",
                    "You have exhausted your capacity on this model. Your quota will reset after 161h39m41s.",
                ),
                (Quota, Scope::Model, None, Some(161 * HOUR + 39 * MINUTE + 41 * SECOND)),
            ),
            (
                "antigravity",
                reason("MODEL_CAPACITY_EXHAUSTED", "No capacity available for this model."),
                (Transient, Scope::Model, None, None),
            ),
        ] {
            assert_told(&Refusal { vendor, status: 429, headers: &[], body: &body }, expected);
        }
    }

    #[test]
    fn each_vendors_own_words_become_class_window_and_reset() {
        let openrouter = format!(
            r#"{{"error":{{"code":429,"message":"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day","metadata":{{"headers":{{"X-RateLimit-Limit":"50","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"{}"}}}}}}}}"#,
            NOW + DAY
        );
        let kimi = |window: &str| {
            format!(
                r#"{{"error":{{"message":"You've reached your {window}. Your quota will reset when the current window ends. To continue now, purchase extra usage or upgrade your plan","type":"access_terminated_error"}}}}"#
            )
        };
        let rows: [(&str, u16, &str, Told<'_>); 29] = [
            ("openrouter", 429, &openrouter, (Quota, Scope::Account, Some("free day"), Some(DAY))),
            (
                "openrouter",
                429,
                r#"{"error":{"code":429,"message":"Rate limit exceeded: free-models-per-day"}}"#,
                (Quota, Scope::Account, Some("free day"), Some(DAY)),
            ),
            (
                "openrouter",
                429,
                r#"{"error":{"code":429,"message":"Rate limit exceeded: free-models-per-min. "}}"#,
                (Rate, Scope::Model, Some("minute"), None),
            ),
            (
                "openrouter",
                402,
                r#"{"error":{"code":402,"message":"Insufficient credits. Add more to continue"}}"#,
                (Billing, Scope::Account, None, None),
            ),
            (
                "github",
                402,
                r#"{"error":{"message":"You have no quota","code":"quota_exceeded"}}"#,
                (Quota, Scope::Model, Some("premium"), Some(8 * DAY)),
            ),
            (
                "github",
                429,
                r#"{"error":{"message":"Sorry, you have exceeded your rate limit. Please try again in 58 hours.","code":"rate_limited"}}"#,
                (Rate, Scope::Model, None, Some(DAY)),
            ),
            (
                "kiro",
                402,
                r#"{"__type":"ServiceQuotaExceededException","message":"You have reached the limit.","reason":"MONTHLY_REQUEST_COUNT"}"#,
                (Quota, Scope::Account, Some("credit"), Some(8 * DAY)),
            ),
            (
                "kiro",
                429,
                r#"{"__type":"ThrottlingException","message":"Too many requests, please wait before trying again."}"#,
                (Rate, Scope::Model, None, None),
            ),
            (
                "kiro",
                400,
                r#"{"__type":"ValidationException","message":"Input is too large.","reason":"CONTENT_LENGTH_EXCEEDS_THRESHOLD"}"#,
                (ContextTooLong, Scope::Model, None, None),
            ),
            (
                "glm",
                429,
                r#"{"error":{"code":"1308","message":"Usage limit reached for 5 hour. Your limit will reset at 2026-11-23 12:00:00"}}"#,
                (Quota, Scope::Account, Some("5h"), Some(4 * HOUR)),
            ),
            (
                "glm",
                429,
                r#"{"error":{"code":"1310","message":"Weekly/Monthly Limit Exhausted. Your limit will reset at 2026-11-26 08:00:00"}}"#,
                (Quota, Scope::Account, None, Some(3 * DAY)),
            ),
            (
                "glm-cn",
                429,
                r#"{"error":{"code":"1308","message":"已达到 5 小时的使用上限。您的限额将在 2026-11-23 09:00:00 重置。"}}"#,
                (Quota, Scope::Account, Some("5h"), Some(HOUR)),
            ),
            (
                "minimax",
                200,
                r#"{"base_resp":{"status_code":2056,"status_msg":"usage limit exceeded, 5-hour usage limit reached"}}"#,
                (Quota, Scope::Account, Some("5h"), None),
            ),
            (
                "minimax",
                200,
                r#"{"base_resp":{"status_code":1039,"status_msg":"token limit"}}"#,
                (Rate, Scope::Model, None, None),
            ),
            (
                "kimi",
                403,
                &kimi("weekly (7-day) usage limit"),
                (Quota, Scope::Account, Some("7d"), None),
            ),
            (
                "kimi-coding",
                403,
                &kimi("monthly usage limit for this billing cycle"),
                (Quota, Scope::Account, Some("month"), None),
            ),
            (
                "kimi",
                403,
                &kimi("usage limit for this billing cycle"),
                (Quota, Scope::Account, None, None),
            ),
            (
                "kimi",
                429,
                r#"{"error":{"type":"rate_limit_reached_error","message":"We're receiving too many requests at the moment. Please wait a moment and try again."}}"#,
                (Rate, Scope::Model, None, None),
            ),
            (
                "alicode",
                429,
                r#"{"error":{"code":"insufficient_quota","message":"hour allocated quota exceeded"}}"#,
                (Quota, Scope::Account, Some("5h"), None),
            ),
            (
                "alicode-intl",
                429,
                r#"{"error":{"code":"insufficient_quota","message":"week allocated quota exceeded"}}"#,
                (Quota, Scope::Account, Some("7d"), None),
            ),
            (
                "alicode",
                429,
                r#"{"error":{"code":"Throttling","message":"concurrency allocated quota exceeded"}}"#,
                (Rate, Scope::Account, None, None),
            ),
            (
                "volcengine-ark",
                429,
                r#"{"error":{"code":"AccountQuotaExceeded","message":"You have exceeded the 5-hour usage quota. It will reset at 2026-11-23 10:00:00 +0800 CST."}}"#,
                (Quota, Scope::Account, Some("5h"), Some(2 * HOUR)),
            ),
            (
                "byteplus",
                429,
                r#"{"error":{"message":"You have exceeded the monthly usage quota. It will reset at 2026-11-29 08:00:00 +0800 CST."}}"#,
                (Quota, Scope::Account, Some("month"), Some(6 * DAY)),
            ),
            (
                "ollama",
                429,
                r#"{"error":"you (someone) have reached your session usage limit, upgrade for higher limits"}"#,
                (Quota, Scope::Account, Some("5h"), None),
            ),
            (
                "ollama",
                429,
                r#"{"error":"you've reached your weekly usage limit, please wait or upgrade to continue"}"#,
                (Quota, Scope::Account, Some("7d"), None),
            ),
            (
                "cloudflare-ai",
                429,
                r#"{"errors":[{"code":4006,"message":"you have used up your daily free allocation of 10,000 neurons"}],"success":false}"#,
                (Quota, Scope::Account, Some("day"), Some(DAY)),
            ),
            (
                "groq",
                429,
                r#"{"error":{"message":"Rate limit reached for model `m` on requests per day (RPD): Limit 1000, Used 1000. Please try again in 7m12s.","type":"requests","code":"rate_limit_exceeded"}}"#,
                (Quota, Scope::Model, Some("day"), Some(7 * MINUTE + 12 * SECOND)),
            ),
            (
                "qwen",
                429,
                r#"{"error":{"code":"insufficient_quota","message":"Free allocated quota exceeded."}}"#,
                (Quota, Scope::Account, Some("day"), Some(16 * HOUR)),
            ),
            (
                "iflow",
                200,
                r#"{"status":"449","msg":"You exceeded your current rate limit"}"#,
                (Rate, Scope::Model, None, None),
            ),
        ];
        for (vendor, status, body, expected) in rows {
            assert_told(&Refusal { vendor, status, headers: &[], body }, expected);
        }
    }

    #[test]
    fn a_servers_own_fault_spends_no_window_whatever_it_says() {
        let body =
            r#"{"error":{"code":"insufficient_quota","message":"week allocated quota exceeded"}}"#;
        let refusal = Refusal {
            vendor: "kiro",
            status: 500,
            headers: &[],
            body: r#"{"reason":"MONTHLY_REQUEST_COUNT"}"#,
        };
        assert_eq!(refusal.classify().reset, None);
        let refusal = Refusal { vendor: "alicode", status: 502, headers: &[], body };
        assert_eq!(refusal.classify().reset, None);
    }
}
