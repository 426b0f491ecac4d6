//! Money that is left.

use serde_json::Value;
use switchyard_types::{Millis, QuotaAmount};

use super::figures::{count, field, text};
use super::{QuotaReading, window};

/// `GET /api/v1/key` (openrouter.ai/docs, "Limits", 2026-11). A key without a limit tells what it used.
pub(super) fn open_router(page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    let data = page.get("data").ok_or("data")?;
    let free = data.get("is_free_tier").and_then(Value::as_bool) == Some(true);
    let mut reading = QuotaReading { plan: free.then(|| "free".to_owned()), windows: Vec::new() };
    let amount = if let Some(left) = field(data, "limit_remaining") {
        QuotaAmount::Balance { left_micros: micros(left), currency: "USD".to_owned() }
    } else {
        let used = field(data, "usage").ok_or("usage")?;
        QuotaAmount::Used { used: count(used * 100.0), unit: "cents".to_owned() }
    };
    // Models that cost nothing answer without credit.
    let mut read = window("credit", amount, now);
    read.closes = false;
    reading.windows.push(read);
    Ok(reading)
}

/// `GET /user/balance` (api-docs.deepseek.com, "Get User Balance", 2026-11): one balance a currency.
pub(super) fn deep_seek(page: &Value, now: Millis) -> Result<QuotaReading, &'static str> {
    let balances = page.get("balance_infos").and_then(Value::as_array).ok_or("balance_infos")?;
    let spent = page.get("is_available").and_then(Value::as_bool) == Some(false);
    let mut reading = QuotaReading::default();
    for told in balances {
        let currency = text(told, "currency").ok_or("currency")?;
        let left = field(told, "total_balance").ok_or("total_balance")?;
        let left_micros = micros(left);
        let mut read = window(
            format!("balance {currency}"),
            QuotaAmount::Balance { left_micros, currency },
            now,
        );
        // Another currency may still pay.
        read.closes = spent;
        reading.windows.push(read);
    }
    Ok(reading)
}

/// Millionths of a unit of money.
#[expect(clippy::cast_possible_truncation, reason = "a cast to an integer stops at what fits")]
fn micros(money: f64) -> i64 {
    (money * 1e6).round() as i64
}
