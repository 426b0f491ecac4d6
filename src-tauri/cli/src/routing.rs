//! `plan`, `explain` and `unlock`: why requests go where they go, asked of the running server.

use clap::Args;
use http::Method;
use serde::Serialize;
use switchyard_engine::Config;
use switchyard_types::{
    AccountView, Dialect, Explanation, Needs, Outcome, PlanAsk, PlanView, PlannedView, RequestPage,
    RequestView, SkippedView, Standing, Status, Unaided,
};

use crate::ask::call;
use crate::words::{say, span};

/// What `switchyard plan` is told.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Plan {
    /// The model name, as a client writes it: `auto`, a combo, an alias or prefix/model
    model: String,
    /// What the client speaks: chat, messages, responses, gemini or ollama
    #[arg(long, default_value = "chat", value_parser = dialect)]
    dialect: Dialect,
    /// Tokens of the prompt
    #[arg(long)]
    tokens: Option<u64>,
    /// The request shows images
    #[arg(long)]
    images: bool,
    /// The request offers tools
    #[arg(long = "with-tools")]
    tools: bool,
    /// The request asks the model to think
    #[arg(long)]
    thinking: bool,
    /// The id of the client key that it carries
    #[arg(long)]
    key: Option<String>,
    /// The name in its address /k/NAME/v1
    #[arg(long, value_name = "NAME")]
    path: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `switchyard explain` is told.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The request's id, as in the header x-switchyard-request [default: the newest request]
    request: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `switchyard unlock` is told.
#[derive(Debug, Args)]
pub(crate) struct Unlock {
    /// The account's id or name
    account: String,
    /// Only this model's lock; without it all locks go, and what is known of the account's quota
    #[arg(long)]
    model: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn dialect(word: &str) -> Result<Dialect, String> {
    let known = || Dialect::ALL.map(Dialect::as_str).join(", ");
    let found = Dialect::ALL.into_iter().find(|dialect| dialect.as_str() == word);
    found.ok_or_else(|| format!("use one of {}", known()))
}

/// Prints whom a request would ask.
pub(crate) async fn plan(config: &Config, asked: Plan) -> anyhow::Result<()> {
    let ask = PlanAsk {
        model: asked.model,
        dialect: asked.dialect,
        needs: Needs {
            tokens: asked.tokens,
            images: asked.images,
            tools: asked.tools,
            thinking: asked.thinking,
        },
        key: asked.key.map(switchyard_types::KeyId::new),
        path: asked.path,
    };
    let plan: PlanView = call(config, Method::POST, "/api/plan", Some(&ask)).await?;
    if asked.json {
        print(&plan)?;
    }
    // A name that leads nowhere is a failure: scripts hear it by the exit code.
    if let Some(error) = plan.error {
        anyhow::bail!(error);
    }
    if asked.json {
        return Ok(());
    }
    let now = now(config).await?;
    match &plan.combo {
        Some(combo) => say(&format!("{} means the combo {combo}.", plan.model)),
        None => say(&format!("{} is asked for by its own name.", plan.model)),
    }
    if plan.candidates.is_empty() {
        say("Nobody can serve it now.");
    }
    for (place, candidate) in plan.candidates.iter().enumerate() {
        say(&format!("{:>3}. {}", place + 1, told(candidate)));
    }
    if plan.more {
        say("     … and more, once all of these have failed");
    }
    skipped(&plan.skipped, now);
    if plan.unlisted > 0 {
        say(&format!("     … and {} more", plan.unlisted));
    }
    Ok(())
}

fn told(candidate: &PlannedView) -> String {
    let PlannedView { to, standing, budgets } = candidate;
    let why = match standing {
        Standing::Home => ", where the session goes back to",
        Standing::Bound => ", where the session's prompt is cached",
        Standing::Ordered => "",
        Standing::NearEdge => ", last, since its quota is nearly used up",
        Standing::Probed => ", last, since another request is finding out whether it serves again",
        Standing::TightContext => ", last, since the prompt may be too long for it",
    };
    let spends = if budgets.is_empty() {
        String::new()
    } else {
        format!(" [budget: {}]", budgets.join(", "))
    };
    format!("{}/{} ({}){why}{spends}", to.vendor, to.model, to.account_name)
}

fn skipped(skipped: &[SkippedView], now: i64) {
    if skipped.is_empty() {
        return;
    }
    say("Passed over:");
    for SkippedView { model, reason, until, .. } in skipped {
        let until = until.filter(|until| *until > now);
        let until = until.map_or_else(String::new, |until| format!(", for {}", span(until - now)));
        say(&format!("     {model}: {}{until}", reason.trim_end_matches('.')));
    }
}

/// Prints why a request went as it did.
pub(crate) async fn explain(config: &Config, asked: Explain) -> anyhow::Result<()> {
    let id = match asked.request {
        Some(id) => id,
        None => newest(config).await?,
    };
    let path = format!("/api/requests/{id}/explain");
    let explained: Explanation = call(config, Method::GET, &path, None::<&()>).await?;
    if asked.json {
        return print(&explained);
    }
    summary(&explained.request);
    without_fallback(&explained);
    Ok(())
}

/// Prints a request and the way that it went.
pub(crate) fn summary(request: &RequestView) {
    let combo = request.combo.as_ref().map_or_else(String::new, |c| format!(" (combo {c})"));
    say(&format!("{} asked for {}{combo}: {}", request.id, request.model, ended(request.outcome)));
    if let Some(plan) = &request.plan {
        say("Candidates:");
        for (place, candidate) in plan.candidates.iter().enumerate() {
            say(&format!("{:>3}. {}", place + 1, told(candidate)));
        }
    }
    skipped(&request.skipped, request.at);
    say("Attempts:");
    for attempt in &request.attempts {
        let status = attempt.status.map_or_else(|| "no status".to_owned(), |s| s.to_string());
        let words = match (&attempt.failure, &attempt.message) {
            (None, _) => "answered".to_owned(),
            (Some(_), Some(words)) => words.clone(),
            (Some(_), None) => "failed".to_owned(),
        };
        let until = attempt
            .locked_until
            .map_or_else(String::new, |until| format!(", closed for {}", span(until - request.at)));
        let to = &attempt.to;
        say(&format!(
            "     {} ms: {}/{} ({}): {status}, {words}{until}, after {} ms",
            attempt.started, to.vendor, to.model, to.account_name, attempt.millis
        ));
    }
    for loss in &request.losses {
        say(&format!("Lost in translation: {loss}"));
    }
    if let Some(usage) = request.usage {
        let cost = request.cost.map_or_else(|| "price not known".to_owned(), money);
        let saved = request.saved.filter(|saved| *saved > 0);
        let saved = saved
            .map_or_else(String::new, |saved| format!(", and the cache saved {}", money(saved)));
        say(&format!(
            "{} tokens in ({} of them from the cache), {} out; {cost}{saved}",
            usage.input_total(),
            usage.cache_read,
            usage.output
        ));
    }
}

fn without_fallback(explained: &Explanation) {
    match &explained.unaided {
        Unaided::Same => say("Without fallback it would have been the same."),
        Unaided::Failed { place, reason, until, cost } => {
            let until = until
                .filter(|until| *until > explained.request.at)
                .map_or_else(String::new, |until| {
                    format!(", and would have for {}", span(until - explained.request.at))
                });
            let cost = cost.map_or_else(String::new, |cost| {
                format!(" There it would have cost {}.", money(cost))
            });
            say(&format!(
                "Without fallback it would have failed at {} ({}){until}.{cost}",
                place.model,
                reason.trim_end_matches('.')
            ));
        }
    }
}

fn ended(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Broken => "broke off after its first content",
        Outcome::Refused => "refused",
        Outcome::Exhausted => "nobody could answer",
        Outcome::Cancelled => "the client went away",
    }
}

/// Clears an account's locks.
pub(crate) async fn unlock(config: &Config, asked: Unlock) -> anyhow::Result<()> {
    let accounts: Vec<AccountView> =
        call(config, Method::GET, "/api/accounts", None::<&()>).await?;
    let wanted = |account: &&AccountView| {
        account.id.as_str() == asked.account || account.name == asked.account
    };
    let found: Vec<&AccountView> = accounts.iter().filter(wanted).collect();
    let [account] = found[..] else {
        let names: Vec<String> =
            accounts.iter().map(|account| format!("{} ({})", account.id, account.name)).collect();
        anyhow::bail!("no one account is {:?}; there are {}", asked.account, names.join(", "));
    };
    let mut path = format!("/api/accounts/{}/unlock", account.id);
    if let Some(model) = &asked.model {
        path = format!("{path}/{model}");
    }
    let view: AccountView = call(config, Method::POST, &path, None::<&()>).await?;
    if asked.json {
        return print(&view);
    }
    let quota = match asked.model {
        None => " What its vendor told of its quota is forgotten; `switchyard quota` asks anew.",
        Some(_) => "",
    };
    say(&format!("{} is tried again with the next request.{quota}", view.name));
    Ok(())
}

/// The id of the newest request.
pub(crate) async fn newest(config: &Config) -> anyhow::Result<String> {
    let page: RequestPage = call(config, Method::GET, "/api/requests?limit=1", None::<&()>).await?;
    match page.requests.first() {
        Some(request) => Ok(request.id.to_string()),
        None => anyhow::bail!("there was no request yet"),
    }
}

async fn now(config: &Config) -> anyhow::Result<i64> {
    let status: Status = call(config, Method::GET, "/api/status", None::<&()>).await?;
    Ok(status.now)
}

pub(crate) fn print(value: &impl Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Money as `$0.0123`, to a hundredth of a cent.
pub(crate) fn money(nanos: i64) -> String {
    let parts = (nanos.max(0) + 50_000) / 100_000;
    format!("${}.{:04}", parts / 10_000, parts % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_told_to_a_hundredth_of_a_cent() {
        assert_eq!(money(0), "$0.0000");
        assert_eq!(money(1_234_567_890), "$1.2346");
        assert_eq!(money(99_999), "$0.0001");
    }
}
