//! `quota`: what is left of every account's quota.

use std::time::Duration;

use http::Method;
use serde_json::json;
use switchyard_engine::Config;
use switchyard_types::{Forecast, QuotaAmount, QuotaSource, QuotaView, QuotaWindow, Status};

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
    line + &foretold(&window.forecast, now)
}

/// When it runs out at today's pace, and how sure that is.
fn foretold(forecast: &Forecast, now: i64) -> String {
    let ahead = |at: &i64| span(at - now);
    match forecast {
        // What is spent says so already.
        Forecast::Unknown | Forecast::Spent => String::new(),
        Forecast::Lasts => "; lasts at today's pace".to_owned(),
        Forecast::RunsOut { at, earliest, latest } => {
            let (at, earliest) = (ahead(at), ahead(earliest));
            let sure = match latest.as_ref().map(ahead) {
                Some(latest) if latest == earliest => String::new(),
                Some(latest) => format!(" (between {earliest} and {latest})"),
                None => format!(" (in {earliest} at the earliest; it may also last)"),
            };
            format!("; runs out in {at} at today's pace{sure}")
        }
        Forecast::MayRunOut { earliest } => {
            format!("; may run out, in {} at the earliest", ahead(earliest))
        }
    }
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
            forecast: Forecast::Unknown,
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
    fn a_forecast_says_how_sure_it_is() {
        let minutes = |minutes: i64| minutes * 60_000;
        let runs_out = |earliest, latest| Forecast::RunsOut { at: minutes(90), earliest, latest };
        let told = |forecast| foretold(&forecast, 0);
        assert_eq!(
            told(runs_out(minutes(60), Some(minutes(120)))),
            "; runs out in 1 h 30 min at today's pace (between 1 h 0 min and 2 h 0 min)"
        );
        assert_eq!(
            told(runs_out(minutes(60), None)),
            "; runs out in 1 h 30 min at today's pace (in 1 h 0 min at the earliest; it may also last)"
        );
        assert_eq!(
            told(runs_out(minutes(90), Some(minutes(90)))),
            "; runs out in 1 h 30 min at today's pace"
        );
        assert_eq!(
            told(Forecast::MayRunOut { earliest: minutes(50) }),
            "; may run out, in 50 min at the earliest"
        );
        assert_eq!(told(Forecast::Lasts), "; lasts at today's pace");
        assert_eq!(told(Forecast::Unknown), "");
    }

    #[test]
    fn money_is_written_with_its_cents_and_what_is_owed_with_a_sign() {
        let money =
            |left_micros| amount(&QuotaAmount::Balance { left_micros, currency: "USD".to_owned() });
        assert_eq!(money(12_345_678), "12.34 USD left");
        assert_eq!(money(-50_000), "-0.05 USD left");
    }
}
