//! What vendors tell of their quotas, each in its own shape.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Ask, LoginState, Said};
use crate::clock::rfc3339;

/// What a vendor tells of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaPage {
    /// In whose shape.
    pub shape: QuotaShape,
    /// How much of the shorter window is used, in percent.
    pub short: u8,
    /// How much of the longer window is used, in percent.
    pub long: u8,
    /// When both start over, in seconds since 1970.
    pub resets: u64,
}

/// Whose shape a quota is told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaShape {
    /// Claude's `/api/oauth/usage`.
    Claude,
    /// Codex' `/wham/usage`.
    Codex,
    /// Copilot's `/copilot_internal/user`.
    Copilot,
    /// Code assist's `:fetchAvailableModels`.
    Antigravity,
    /// Kiro's `/getUsageLimits`.
    Kiro,
    /// GLM's `/api/monitor/usage/quota/limit`.
    Glm,
    /// `MiniMax`' `/coding_plan/remains`.
    MiniMax,
    /// Kimi's `/usages`.
    Kimi,
    /// `OpenRouter`'s `/api/v1/key`.
    OpenRouter,
    /// `DeepSeek`'s `/user/balance`.
    DeepSeek,
}

pub(super) fn say(state: &LoginState, ask: &Ask<'_>) -> Option<Said> {
    let page = state.quota()?;
    let ending = match page.shape {
        QuotaShape::Claude => "api/oauth/usage",
        QuotaShape::Codex => "wham/usage",
        QuotaShape::Copilot => "copilot_internal/user",
        QuotaShape::Antigravity => ":fetchAvailableModels",
        QuotaShape::Kiro => "getUsageLimits",
        QuotaShape::Glm => "monitor/usage/quota/limit",
        QuotaShape::MiniMax => "coding_plan/remains",
        QuotaShape::Kimi => "usages",
        QuotaShape::OpenRouter => "api/v1/key",
        QuotaShape::DeepSeek => "user/balance",
    };
    ask.path.ends_with(ending).then(|| {
        if state.knows(ask.bearer()) {
            Said::ok(page.written())
        } else {
            Said::error(401, "unauthorized")
        }
    })
}

impl QuotaPage {
    fn written(self) -> Value {
        let Self { short, long, resets, .. } = self;
        let date = rfc3339(UNIX_EPOCH + Duration::from_secs(resets));
        let share = |used: u8| f64::from(100 - used.min(100)) / 100.0;
        match self.shape {
            QuotaShape::Claude => json!({
                "five_hour": { "utilization": f64::from(short), "resets_at": date },
                "seven_day": { "utilization": f64::from(long), "resets_at": date },
                "seven_day_opus": null,
                "extra_usage": { "is_enabled": false },
            }),
            QuotaShape::Codex => json!({
                "plan_type": "plus",
                "rate_limit": {
                    "allowed": true,
                    "limit_reached": short >= 100,
                    "primary_window": {
                        "used_percent": short, "limit_window_seconds": 18_000, "reset_at": resets,
                    },
                    "secondary_window": {
                        "used_percent": long, "limit_window_seconds": 604_800, "reset_at": resets,
                    },
                },
            }),
            QuotaShape::Copilot => json!({
                "copilot_plan": "individual",
                "quota_reset_date": date.split('T').next(),
                "quota_snapshots": {
                    "chat": { "unlimited": true, "entitlement": 0, "remaining": 0 },
                    "premium_interactions": {
                        "unlimited": false, "entitlement": 300,
                        "remaining": 3 * u16::from(100 - long.min(100)),
                    },
                },
            }),
            QuotaShape::Antigravity => json!({ "models": {
                "gemini-3-pro": { "quotaInfo": {
                    "remainingFraction": share(short), "resetTime": date,
                } },
                "claude-opus-4-6": { "quotaInfo": { "resetTime": date } },
            } }),
            QuotaShape::Kiro => json!({
                "nextDateReset": resets,
                "subscriptionInfo": { "subscriptionTitle": "KIRO PRO" },
                "usageBreakdownList": [{
                    "resourceType": "CREDIT",
                    "currentUsageWithPrecision": f64::from(long) * 10.0,
                    "usageLimitWithPrecision": 1000.0,
                }],
            }),
            QuotaShape::Glm => json!({ "code": 200, "success": true, "data": {
                "level": "pro",
                "limits": [
                    { "type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": short,
                      "nextResetTime": resets * 1000 },
                    { "type": "TIME_LIMIT", "unit": 5, "number": 1, "percentage": long,
                      "usage": 1000, "currentValue": u16::from(long) * 10,
                      "nextResetTime": resets * 1000 },
                ],
            } }),
            QuotaShape::MiniMax => json!({
                "model_remains": [{
                    "model_name": "MiniMax-M2",
                    "current_interval_total_count": 1500,
                    // What is left, in spite of its name.
                    "current_interval_usage_count": 15 * u16::from(100 - short.min(100)),
                    "start_time": (resets - 18_000) * 1000,
                    "end_time": resets * 1000,
                }],
                "base_resp": { "status_code": 0, "status_msg": "success" },
            }),
            QuotaShape::Kimi => json!({
                "usage": {
                    "limit": "100", "used": long.to_string(), "resetTime": date,
                },
                "limits": [{
                    "window": { "duration": 300, "timeUnit": "TIME_UNIT_MINUTE" },
                    "detail": {
                        "limit": "100", "remaining": (100 - short.min(100)).to_string(),
                        "resetTime": date,
                    },
                }],
            }),
            QuotaShape::OpenRouter => json!({ "data": {
                "label": "simulated", "usage": f64::from(long) / 10.0, "limit": 10.0,
                "limit_remaining": 10.0 - f64::from(long) / 10.0, "is_free_tier": false,
            } }),
            QuotaShape::DeepSeek => json!({
                "is_available": long < 100,
                "balance_infos": [{
                    "currency": "USD", "total_balance": match long {
                        100.. => "0.00".to_owned(),
                        long => format!("{}.50", 100 - long),
                    },
                }],
            }),
        }
    }
}
