//! Small questions to the server that runs on the data folder.

use std::time::Duration;

use anyhow::Context;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use switchyard_engine::Config;
use switchyard_gateway::ControlFile;
use switchyard_types::{
    ActiveCombo, BodiesView, CandidateState, ComboView, ErrorBody, OneTimeLink, Paused, Status,
    Today,
};
use switchyard_upstream::own_server_client;

use crate::routing::money;
use crate::words::{say, span};

/// A server on this machine answers small questions at once.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn link(config: &Config) -> anyhow::Result<()> {
    let link: OneTimeLink = call(config, Method::POST, "/api/links", None::<&()>).await?;
    say(&link.url);
    Ok(())
}

pub(crate) async fn status(config: &Config) -> anyhow::Result<()> {
    let status: Status = call(config, Method::GET, "/api/status", None::<&()>).await?;
    let combos: Vec<ComboView> = call(config, Method::GET, "/api/combos", None::<&()>).await?;
    say(&format!("Switchyard {} listens on {}", status.version, status.address));
    if let Some(safe) = &status.safe_mode {
        say(&format!("SAFE MODE, nothing can be changed: {}", safe.message));
        if let Some(hint) = &safe.hint {
            say(&format!("  {hint}"));
        }
    }
    if status.paused {
        say("PAUSED, requests are refused: `switchyard resume` serves them again");
    }
    let bodies: BodiesView = call(config, Method::GET, "/api/bodies", None::<&()>).await?;
    if bodies.keep {
        say("What agents and models say is kept (`switchyard requests bodies`)");
    }
    say(&today(&status.today));
    if combos.is_empty() {
        say("No combo yet: make one on the dashboard (`switchyard link`).");
    }
    for combo in &combos {
        let mark = if combo.active { " (auto)" } else { "" };
        say(&format!("{}{mark}", combo.name));
        for candidate in &combo.candidates {
            say(&format!("  {}  {}", candidate.model, standing(&candidate.state, status.now)));
        }
    }
    Ok(())
}

pub(crate) async fn activate(config: &Config, combo: &str, json: bool) -> anyhow::Result<()> {
    let body = ActiveCombo { name: combo.to_owned() };
    let combo: ComboView = call(config, Method::PUT, "/api/active-combo", Some(&body)).await?;
    if json {
        return crate::routing::print(&combo);
    }
    say(&format!("auto means {} from the next request on", combo.name));
    Ok(())
}

/// Pauses or resumes routing.
pub(crate) async fn pause(config: &Config, wanted: Paused) -> anyhow::Result<()> {
    let now: Paused = call(config, Method::PUT, "/api/paused", Some(&wanted)).await?;
    say(if now.paused {
        "paused: requests are refused until `switchyard resume`, or until the server starts anew"
    } else {
        "requests are served"
    });
    Ok(())
}

/// What was asked and paid today, and what reading from the prompt caches saved.
fn today(today: &Today) -> String {
    let Today { requests, fell_over, failed, cost, saved, .. } = today;
    let mut line = format!("Today (UTC): {requests} requests");
    if *fell_over > 0 {
        line = format!("{line}, {fell_over} fell over");
    }
    if *failed > 0 {
        line = format!("{line}, {failed} failed");
    }
    line = format!("{line}; {} spent", money(*cost));
    if saved.money > 0 {
        line = format!("{line}, {} saved by prompt caches", money(saved.money));
    }
    if saved.unpriced > 0 {
        line = format!(
            "{line}; {} tokens more came from caches whose price is not known",
            saved.unpriced
        );
    }
    line
}

fn standing(state: &CandidateState, now: i64) -> String {
    match state {
        CandidateState::Clear => "clear".to_owned(),
        CandidateState::Locked { lock } => {
            format!("closed for {}: {}", span(lock.until - now), lock.message)
        }
        CandidateState::NoAccount => "no account".to_owned(),
        CandidateState::Unknown => "unknown vendor".to_owned(),
    }
}

pub(crate) async fn call<T: DeserializeOwned>(
    config: &Config,
    method: Method,
    path: &str,
    body: Option<&impl Serialize>,
) -> anyhow::Result<T> {
    call_within(PATIENCE, config, method, path, body).await
}

/// Asks the server and waits that long for its answer.
pub(crate) async fn call_within<T: DeserializeOwned>(
    within: Duration,
    config: &Config,
    method: Method,
    path: &str,
    body: Option<&impl Serialize>,
) -> anyhow::Result<T> {
    let (address, token) = ControlFile::read(&config.data_dir)?;
    let client = own_server_client()?;
    let body = match body {
        Some(body) => serde_json::to_vec(body).context("writing the request")?,
        None => Vec::new(),
    };
    let response = client
        .request(method, format!("http://{address}{path}"))
        .bearer_auth(token.expose())
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(body)
        .timeout(within)
        .send()
        .await
        .with_context(|| {
            format!("no server answers at {address}; start one with `switchyard serve`")
        })?;
    let failed = !response.status().is_success();
    let answer = response.bytes().await.context("reading the server's answer")?;
    if failed {
        let error: ErrorBody =
            serde_json::from_slice(&answer).context("reading the server's error")?;
        let hint = error.hint.map_or_else(String::new, |hint| format!(" ({hint})"));
        anyhow::bail!("{}{hint}", error.message);
    }
    serde_json::from_slice(&answer).context("reading the server's answer")
}

#[cfg(test)]
mod tests {
    use switchyard_types::CacheSaved;

    use super::*;

    #[test]
    fn what_caches_saved_is_told_in_money_where_the_price_is_known_and_in_tokens_elsewhere() {
        let none = Today { requests: 2, ..Today::default() };
        assert_eq!(today(&none), "Today (UTC): 2 requests; $0.0000 spent");
        let saved = CacheSaved { money: 2_000_000_000, unpriced: 700 };
        let sums = Today { fell_over: 1, failed: 1, cost: 10_000_000, saved, ..none };
        assert_eq!(
            today(&sums),
            "Today (UTC): 2 requests, 1 fell over, 1 failed; $0.0100 spent, $2.0000 saved by \
             prompt caches; 700 tokens more came from caches whose price is not known"
        );
    }
}
