//! `quota`: what is left of every account's quota.

use std::time::Duration;

use http::Method;
use serde_json::json;
use switchyard_engine::Config;
use switchyard_types::{QuotaAmount, QuotaSource, QuotaView, QuotaWindow, Status};

use crate::ask::call_within;
use crate::words::{say, span};

/// Every vendor is asked, and some are slow.
const PATIENCE: Duration = Duration::from_mins(1);

/// Asks the vendors through the running server, and lists what they told.
pub(crate) async fn quota(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let quotas: Vec<QuotaView> =
        call_within(PATIENCE, config, Method::POST, "/api/quotas/read", Some(&json!({}))).await?;
    if as_json {
        say(&serde_json::to_string(&quotas)?);
        return Ok(());
    }
    if quotas.is_empty() {
        say("No account yet: `switchyard login VENDOR`, or add a key on the dashboard.");
        return Ok(());
    }
    let status: Status =
        call_within(PATIENCE, config, Method::GET, "/api/status", None::<&()>).await?;
    for view in &quotas {
        let plan = view.plan.as_deref().map_or_else(String::new, |plan| format!(" ({plan})"));
        say(&format!("{}: {}{plan}", view.vendor, view.name));
        for window in &view.windows {
            say(&format!("  {}", line(window, status.now)));
        }
        if let Some(problem) = &view.problem {
            say(&format!("  not read: {problem}"));
        } else if view.windows.is_empty() {
            say(if view.readable {
                "  the vendor tells of no limit"
            } else {
                "  the vendor does not tell; what its answers say shows here"
            });
        }
    }
    Ok(())
}

fn line(window: &QuotaWindow, now: i64) -> String {
    let mut line = format!("{:<12} {}", window.name, amount(&window.amount));
    match window.resets_at.map(|at| at - now) {
        Some(left @ 1..) => line = format!("{line}, starts over in {}", span(left)),
        Some(_) => line.push_str(", has started over"),
        None => {}
    }
    if window.source == QuotaSource::Counted {
        line.push_str(", counted here");
    }
    line
}

fn amount(amount: &QuotaAmount) -> String {
    match amount {
        QuotaAmount::Share { used } => {
            format!("{} {}.{:02} % used", bar(*used), used / 100, used % 100)
        }
        QuotaAmount::Count { used, limit, unit } => {
            let share = amount.used_share().unwrap_or_default();
            format!("{} {used} of {limit} {unit} used", bar(share))
        }
        QuotaAmount::Used { used, unit } => format!("{used} {unit} used"),
        QuotaAmount::Balance { left_micros, currency } => {
            let sign = if *left_micros < 0 { "-" } else { "" };
            let left = left_micros.unsigned_abs();
            format!("{sign}{}.{:02} {currency} left", left / 1_000_000, left % 1_000_000 / 10_000)
        }
        QuotaAmount::Unlimited => "no limit".to_owned(),
    }
}

/// Ten places, one for each tenth that is used.
fn bar(used: u32) -> String {
    let full = usize::try_from(used.div_ceil(1_000).min(10)).unwrap_or(10);
    format!("[{}{}]", "#".repeat(full), ".".repeat(10 - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_one_line_that_says_when_it_starts_over_and_who_counted() {
        let mut window = QuotaWindow {
            name: "5h".to_owned(),
            models: None,
            amount: QuotaAmount::Share { used: 4_250 },
            closes: true,
            resets_at: Some(3_600_000),
            length: None,
            source: QuotaSource::Reader,
            observed_at: 0,
        };
        assert_eq!(
            line(&window, 0),
            "5h           [#####.....] 42.50 % used, starts over in 1 h 0 min"
        );
        window.source = QuotaSource::Counted;
        window.amount = QuotaAmount::Count { used: 7, limit: 50, unit: "requests".to_owned() };
        assert_eq!(
            line(&window, 3_600_000),
            "5h           [##........] 7 of 50 requests used, has started over, counted here"
        );
    }

    #[test]
    fn money_is_written_with_its_cents_and_what_is_owed_with_a_sign() {
        let money =
            |left_micros| amount(&QuotaAmount::Balance { left_micros, currency: "USD".to_owned() });
        assert_eq!(money(12_345_678), "12.34 USD left");
        assert_eq!(money(-50_000), "-0.05 USD left");
    }
}
