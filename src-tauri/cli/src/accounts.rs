//! `login`, `accounts` and `models`: questions about accounts to the running server.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use clap::Args;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use switchyard_engine::Config;
use switchyard_types::{
    AccountView, LoginProgress, LoginState, LoginStep, ModelChoice, ModelsRead, NewLogin, Status,
    VendorProblem,
};

use crate::ask::call_within;
use crate::words::{say, span};

/// A sign-in begins with a question to the vendor.
const PATIENCE: Duration = Duration::from_secs(40);

/// How often is asked whether the user has finished.
const PAUSE: Duration = Duration::from_secs(1);

/// What `switchyard login` is told.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// The vendor's id, as in `switchyard models`: claude, codex, github, …
    vendor: String,
    /// The way of signing in, where the vendor offers several
    #[arg(long)]
    way: Option<String>,
    /// A name for the account [default: who signed in]
    #[arg(long, default_value = "")]
    name: String,
    /// I have read that the vendor restricts this login to its own clients
    #[arg(long)]
    understood: bool,
    /// The organisation's start page (AWS IAM Identity Center)
    #[arg(long, value_name = "URL")]
    start_url: Option<String>,
    /// The region of that start page
    #[arg(long)]
    region: Option<String>,
    /// Print each step as a line of JSON
    #[arg(long)]
    json: bool,
}

/// Leads through a sign-in until it ends.
pub(crate) async fn login(config: &Config, login: Login) -> anyhow::Result<()> {
    let new = NewLogin {
        vendor: login.vendor,
        way: login.way,
        name: login.name,
        understood: login.understood,
        start_url: login.start_url,
        region: login.region,
        account: None,
    };
    let mut progress: LoginProgress = post(config, "/api/logins", &new).await?;
    let path = format!("/api/logins/{}", progress.id);
    show(&progress, login.json)?;
    let mut pasted = lines();
    loop {
        let text = tokio::select! {
            text = next(&mut pasted) => Some(text),
            () = tokio::time::sleep(PAUSE) => None,
        };
        if let Some(text) = text {
            let body = json!({ "text": text });
            let took: anyhow::Result<LoginProgress> =
                post(config, &format!("{path}/paste"), &body).await;
            if let Err(error) = took {
                say(&format!("{error:#}"));
            }
        }
        let now: LoginProgress = get(config, &path).await?;
        if now.step != progress.step {
            show(&now, login.json)?;
        }
        progress = now;
        match progress.step {
            LoginStep::Open { .. } | LoginStep::Code { .. } => {}
            LoginStep::Done { .. } => return Ok(()),
            LoginStep::Failed { error } => {
                let hint = error.hint.map_or_else(String::new, |hint| format!(" ({hint})"));
                anyhow::bail!("{}{hint}", error.message);
            }
        }
    }
}

fn show(progress: &LoginProgress, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        say(&serde_json::to_string(progress)?);
        return Ok(());
    }
    match &progress.step {
        LoginStep::Open { url, returns, note } => {
            say(&format!("Open this page and sign in:\n\n  {url}\n"));
            if let Some(note) = note {
                say(&format!("note: {note}"));
            }
            say(if *returns {
                "Waiting. If the browser runs on another machine, paste the address on which it ends here."
            } else {
                "Paste the address on which the page ends here:"
            });
        }
        LoginStep::Code { url, code } => {
            say(&format!("Open {url} and type the code {code}. Waiting."));
        }
        LoginStep::Done { name, .. } => say(&format!("Signed in: {name}")),
        LoginStep::Failed { .. } => {}
    }
    Ok(())
}

/// What is typed, a line each; nothing where nobody types.
fn lines() -> tokio::sync::mpsc::Receiver<String> {
    let (sender, lines) = tokio::sync::mpsc::channel(4);
    if std::io::stdin().is_terminal() {
        // Ends with the program: a thread that waits for a keyboard cannot be called off.
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                let line = line.trim().to_owned();
                if !line.is_empty() && sender.blocking_send(line).is_err() {
                    return;
                }
            }
        });
    }
    lines
}

async fn next(lines: &mut tokio::sync::mpsc::Receiver<String>) -> String {
    match lines.recv().await {
        Some(line) => line,
        None => std::future::pending().await,
    }
}

/// Lists the accounts and how they stand.
pub(crate) async fn accounts(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let accounts: Vec<AccountView> = get(config, "/api/accounts").await?;
    if as_json {
        say(&serde_json::to_string(&accounts)?);
        return Ok(());
    }
    if accounts.is_empty() {
        say("No account yet: `switchyard login VENDOR`, or add a key on the dashboard.");
        return Ok(());
    }
    let status: Status = get(config, "/api/status").await?;
    let rows = accounts.iter().map(|account| {
        [account.vendor.clone(), account.name.clone(), standing(account, status.now)]
    });
    table(["VENDOR", "ACCOUNT", "STANDS"], &rows.collect::<Vec<_>>());
    Ok(())
}

fn standing(account: &AccountView, now: i64) -> String {
    let login = account.login.as_ref();
    if !account.enabled {
        return "off".to_owned();
    }
    if let Some(login) = login.filter(|login| login.state == LoginState::SignInAgain) {
        let reason = login.reason.as_deref().unwrap_or("the login has ended");
        return format!("sign in again: {reason}");
    }
    match account.locks.iter().max_by_key(|lock| lock.until) {
        Some(lock) => format!("closed for {}: {}", span(lock.until - now), lock.message),
        None => match login.and_then(|login| login.expires_at) {
            Some(ends) => format!("clear, renewed within {}", span(ends - now)),
            None => "clear".to_owned(),
        },
    }
}

/// Asks a vendor for its list of models, which is kept.
pub(crate) async fn import_models(
    config: &Config,
    vendor: &str,
    as_json: bool,
) -> anyhow::Result<()> {
    let none = json!({});
    let path = format!("/api/vendors/{vendor}/models");
    let read: ModelsRead = post(config, &path, &none).await?;
    if as_json {
        say(&serde_json::to_string(&read)?);
        return Ok(());
    }
    let rows = read.models.iter().map(|model| {
        let context = model.context.map_or_else(|| "-".to_owned(), |tokens| tokens.to_string());
        [model.id.clone(), context, model.name.clone()]
    });
    table(["MODEL", "CONTEXT", "NAME"], &rows.collect::<Vec<_>>());
    say(&format!("{} models of {}, {} of them new", read.models.len(), read.vendor, read.new));
    Ok(())
}

/// Lists the models that a combo may name.
pub(crate) async fn models(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let models: Vec<ModelChoice> = get(config, "/api/models").await?;
    if as_json {
        say(&serde_json::to_string(&models)?);
        return Ok(());
    }
    let rows = models.iter().map(|choice| {
        let connected = if choice.connected { "yes" } else { "-" };
        [choice.model.clone(), connected.to_owned(), choice.name.clone()]
    });
    table(["MODEL", "CONNECTED", "NAME"], &rows.collect::<Vec<_>>());
    let problems: Vec<VendorProblem> = get(config, "/api/vendors/problems").await?;
    for VendorProblem { file, line, reason } in problems {
        say(&format!("left out: vendors/{file}, line {line}: {reason}"));
    }
    Ok(())
}

fn table(head: [&str; 3], rows: &[[String; 3]]) {
    let head = head.map(str::to_owned);
    let width = |column: usize| {
        let all = rows.iter().chain([&head]);
        all.filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    for [a, b, c] in std::iter::once(&head).chain(rows) {
        say(format!("{a:first$}  {b:second$}  {c}").trim_end());
    }
}

pub(crate) async fn get<T: DeserializeOwned>(config: &Config, path: &str) -> anyhow::Result<T> {
    call_within(PATIENCE, config, Method::GET, path, None::<&()>).await
}

pub(crate) async fn post<T: DeserializeOwned>(
    config: &Config,
    path: &str,
    body: &impl Serialize,
) -> anyhow::Result<T> {
    call_within(PATIENCE, config, Method::POST, path, Some(body)).await
}
