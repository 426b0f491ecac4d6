//! The quotas of subscriptions that are signed in to.

use serde_json::Value;
use switchyard_types::{Millis, QuotaAmount};

use super::figures::{DAY, HOUR, called, count, field, instant, of, percent, text};
use super::{QuotaReading, window};

/// `GET /api/oauth/usage` (the page that Claude Code's `/usage` shows, 2026-11). Windows are called as the
/// headers of answers call them, so that either reading takes the place of the other.
pub(super) fn claude(page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    const WINDOWS: [(&str, &str, Option<&str>, Millis); 4] = [
        ("five_hour", "5h", None, 5 * HOUR),
        ("seven_day", "7d", None, 7 * DAY),
        ("seven_day_opus", "7d opus", Some("opus"), 7 * DAY),
        ("seven_day_sonnet", "7d sonnet", Some("sonnet"), 7 * DAY),
    ];
    let beyond = page.pointer("/extra_usage/is_enabled").and_then(Value::as_bool) == Some(true);
    let mut reading = QuotaReading::default();
    for (field_name, name, models, length) in WINDOWS {
        let Some(told) = page.get(field_name).filter(|told| told.is_object()) else { continue };
        let used = field(told, "utilization").ok_or("utilization")?;
        let mut read = window(name, percent(used), now);
        read.models = models.map(str::to_owned);
        read.resets_at = told.get("resets_at").and_then(instant);
        read.length = Some(length);
        // What is used beyond the plan is paid for: nothing closes.
        read.closes = !beyond;
        reading.windows.push(read);
    }
    if page.get("five_hour").is_none() && reading.windows.is_empty() {
        return Err("five_hour");
    }
    Ok(reading)
}

/// `GET /backend-api/wham/usage` (github.com/openai/codex, 2026-11).
pub(super) fn codex(page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    let limits = page.get("rate_limit").ok_or("rate_limit")?;
    let mut reading = QuotaReading { plan: text(page, "plan_type"), windows: Vec::new() };
    for part in ["primary", "secondary"] {
        let Some(told) = limits.get(format!("{part}_window")).filter(|told| told.is_object())
        else {
            continue;
        };
        let used = field(told, "used_percent").ok_or("used_percent")?;
        let length = field(told, "limit_window_seconds")
            .and_then(|seconds| Millis::try_from(count(seconds)).ok()?.checked_mul(1000));
        let after = field(told, "reset_after_seconds")
            .and_then(|seconds| Millis::try_from(count(seconds * 1000.0)).ok());
        let mut read = window(called(length, part), percent(used), now);
        read.resets_at = told
            .get("reset_at")
            .and_then(instant)
            .or_else(|| after.map(|after| now.saturating_add(after)));
        read.length = length.filter(|length| *length > 0);
        reading.windows.push(read);
    }
    Ok(reading)
}

/// `GET /copilot_internal/user` (github.com/microsoft/vscode-copilot-chat, 2026-11). Premium requests are
/// spent by some models alone, which no part of their ids tells: that window closes nothing.
pub(super) fn copilot(page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    let plan = text(page, "copilot_plan");
    let mut reading = QuotaReading { plan, windows: Vec::new() };
    if let Some(told) = page.get("quota_snapshots").and_then(Value::as_object) {
        let resets_at = ["quota_reset_date_utc", "quota_reset_date"]
            .iter()
            .find_map(|name| page.get(*name).and_then(instant));
        for (field_name, name) in [("premium_interactions", "premium"), ("chat", "chat")] {
            let Some(told) = told.get(field_name) else { continue };
            let unlimited = told.get("unlimited").and_then(Value::as_bool) == Some(true);
            let amount = if unlimited {
                QuotaAmount::Unlimited
            } else {
                let limit = field(told, "entitlement").ok_or("entitlement")?;
                of(limit - field(told, "remaining").ok_or("remaining")?, limit, "requests")
            };
            let mut read = window(name, amount, now);
            read.closes = name == "chat";
            read.resets_at = resets_at;
            reading.windows.push(read);
        }
        return Ok(reading);
    }
    // The plan that costs nothing tells what is left of each month's quota.
    let left = page.get("limited_user_quotas").ok_or("quota_snapshots")?;
    let all = page.get("monthly_quotas").ok_or("monthly_quotas")?;
    if let (Some(left), Some(limit)) = (field(left, "chat"), field(all, "chat")) {
        let mut read = window("chat", of(limit - left, limit, "requests"), now);
        read.resets_at = page.get("limited_user_reset_date").and_then(instant);
        reading.windows.push(read);
    }
    Ok(reading)
}

/// `:fetchAvailableModels` of Google's code assist (Antigravity, 2026-11): a window a model. A model that is
/// used up is told by the fraction's absence.
pub(super) fn code_assist(page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    let models = page.get("models").and_then(Value::as_object).ok_or("models")?;
    let mut reading = QuotaReading::default();
    for (model, about) in models {
        let Some(told) = about.get("quotaInfo") else { continue };
        let resets_at = told.get("resetTime").and_then(instant);
        let left = match field(told, "remainingFraction") {
            Some(left) => left,
            None if resets_at.is_some() => 0.0,
            None => continue,
        };
        let mut read = window(model.clone(), percent((1.0 - left) * 100.0), now);
        read.models = Some(model.clone());
        read.resets_at = resets_at;
        reading.windows.push(read);
    }
    Ok(reading)
}

/// `GET /getUsageLimits` (Kiro, 2026-11).
pub(super) fn kiro(page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    let told = page.get("usageBreakdownList").and_then(Value::as_array);
    let resets_at = page.get("nextDateReset").and_then(instant);
    let plan = page.get("subscriptionInfo").and_then(|about| text(about, "subscriptionTitle"));
    let mut reading = QuotaReading { plan, windows: Vec::new() };
    for told in told.ok_or("usageBreakdownList")? {
        let amount = |used: &str, limit: &str, of: &Value| {
            Some((
                field(of, &format!("{used}WithPrecision")).or_else(|| field(of, used))?,
                field(of, &format!("{limit}WithPrecision")).or_else(|| field(of, limit))?,
            ))
        };
        let (mut used, mut limit) =
            amount("currentUsage", "usageLimit", told).ok_or("currentUsage")?;
        // A trial's credits come on top, and are used first.
        let trial = told.get("freeTrialInfo").filter(|trial| trial.is_object());
        if let Some(trial) = trial
            && trial.get("freeTrialStatus").and_then(Value::as_str) == Some("ACTIVE")
            && let Some((trial_used, trial_limit)) = amount("currentUsage", "usageLimit", trial)
        {
            used += trial_used;
            limit += trial_limit;
        }
        let kind = text(told, "resourceType").unwrap_or_else(|| "credits".to_owned());
        let mut read = window(kind.to_lowercase(), of(used, limit, "credits"), now);
        read.resets_at = told.get("nextDateReset").and_then(instant).or(resets_at);
        reading.windows.push(read);
    }
    Ok(reading)
}
