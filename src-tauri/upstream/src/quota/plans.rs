//! The quotas of plans for coding that are used by key.

use serde_json::Value;
use switchyard_types::{Millis, QuotaAmount};

use super::figures::{DAY, HOUR, MINUTE, called, count, field, instant, of, percent, text};
use super::{QuotaReading, window};

/// `GET /api/monitor/usage/quota/limit` (the page of Z.ai's own plugin for Claude Code, 2026-11). Its limit of
/// time counts searches and other tools: no model closes by it.
pub(super) fn glm(page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    let data = page.get("data").ok_or("data")?;
    let limits = data.get("limits").and_then(Value::as_array).ok_or("limits")?;
    let mut reading = QuotaReading { plan: text(data, "level"), windows: Vec::new() };
    for told in limits {
        let kind = text(told, "type").unwrap_or_default();
        let tokens = kind == "TOKENS_LIMIT";
        let length = length_of(told);
        let used = field(told, "percentage").ok_or("percentage")?;
        let amount = match (field(told, "currentValue"), field(told, "usage")) {
            (Some(used), Some(limit)) if limit > 0.0 && !tokens => of(used, limit, "uses"),
            _ => percent(used),
        };
        let name = if tokens { called(length, "tokens") } else { "tools".to_owned() };
        let mut read = window(name, amount, now);
        read.closes = tokens;
        read.resets_at = told.get("nextResetTime").and_then(instant);
        read.length = length;
        reading.windows.push(read);
    }
    Ok(reading)
}

/// `unit` of a limit: 3 is hours, 5 is months, 6 is weeks; `number` is how many.
fn length_of(told: &Value) -> Option<Millis> {
    let number = Millis::try_from(count(field(told, "number")?)).ok()?;
    let unit = match count(field(told, "unit")?) {
        1 => DAY,
        3 => HOUR,
        6 => 7 * DAY,
        _ => return None,
    };
    number.checked_mul(unit).filter(|length| *length > 0)
}

/// `GET /coding_plan/remains` (platform.minimax.io/docs, "Coding Plan", 2026-11). In spite of its name
/// `current_interval_usage_count` is what is left.
pub(super) fn mini_max(page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    let plan = text(page, "current_subscribe_title").or_else(|| text(page, "plan_name"));
    let mut reading = QuotaReading { plan, windows: Vec::new() };
    let told = page.get("model_remains").and_then(Value::as_array).ok_or("model_remains")?;
    // One entry is the plan's; where there are several, each is of its own models (pictures, speech).
    let several = told.len() > 1;
    for told in told {
        let Some(limit) = field(told, "current_interval_total_count") else { continue };
        let left = field(told, "current_interval_usage_count").ok_or("usage_count")?;
        // A plan without this kind of model lists it with nothing in it.
        if limit <= 0.0 {
            continue;
        }
        let (begins, ends) =
            (told.get("start_time").and_then(instant), told.get("end_time").and_then(instant));
        let length = begins.zip(ends).map(|(begins, ends)| ends - begins).filter(|l| *l > 0);
        let model = text(told, "model_name");
        let mut read = window(called(length, "interval"), of(limit - left, limit, "requests"), now);
        read.resets_at = ends;
        read.length = length;
        read.models = model.filter(|_| several).map(|model| {
            let stem = model.strip_suffix('*').unwrap_or(&model);
            let stem = stem.trim_end_matches('-');
            stem.chars().take_while(|letter| *letter != '.').collect::<String>()
        });
        if let Some(models) = &read.models
            && reading.windows.iter().any(|other| other.name == read.name)
        {
            read.name = format!("{} {models}", read.name);
        }
        reading.windows.push(read);
    }
    Ok(reading)
}

/// `GET /coding/v1/usages` (github.com/MoonshotAI/kimi-cli, 2026-11); its numbers are texts.
pub(super) fn kimi(page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    let mut reading = QuotaReading {
        plan: page.pointer("/user/membership/level").and_then(Value::as_str).map(plan_of_kimi),
        windows: Vec::new(),
    };
    let week = page.get("usage").filter(|told| told.is_object());
    let limits = page.get("limits").and_then(Value::as_array);
    if week.is_none() && limits.is_none() {
        return Err("usage");
    }
    if let Some(told) = week {
        let mut read = window("7d", used_of(told)?, now);
        read.resets_at = told.get("resetTime").and_then(instant);
        read.length = Some(7 * DAY);
        reading.windows.push(read);
    }
    for limit in limits.into_iter().flatten() {
        let Some(told) = limit.get("detail") else { continue };
        let length = limit.get("window").and_then(length_of_kimi);
        let mut read = window(called(length, "limit"), used_of(told)?, now);
        read.resets_at = told.get("resetTime").and_then(instant);
        read.length = length;
        reading.windows.push(read);
    }
    Ok(reading)
}

fn used_of(told: &Value) -> Result<QuotaAmount, &'static str> {
    let limit = field(told, "limit").ok_or("limit")?;
    let used = field(told, "used")
        .or_else(|| field(told, "remaining").map(|left| limit - left))
        .ok_or("remaining")?;
    Ok(of(used, limit, "requests"))
}

fn length_of_kimi(told: &Value) -> Option<Millis> {
    let number = Millis::try_from(count(field(told, "duration")?)).ok()?;
    let unit = match told.get("timeUnit")?.as_str()? {
        "TIME_UNIT_MINUTE" => MINUTE,
        "TIME_UNIT_HOUR" => HOUR,
        "TIME_UNIT_DAY" => DAY,
        _ => return None,
    };
    number.checked_mul(unit).filter(|length| *length > 0)
}

fn plan_of_kimi(level: &str) -> String {
    level.trim_start_matches("LEVEL_").to_lowercase()
}
