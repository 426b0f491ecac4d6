//! The dashboard's password, and secrets that are typed.

use std::io::{IsTerminal, Read};

use anyhow::Context;
use clap::Args;
use http::Method;
use serde_json::{Value, json};
use switchyard_engine::{Config, Engine};
use switchyard_types::Secret;

use crate::ask;
use crate::words::say;

#[derive(Debug, Args)]
pub(crate) struct Password {
    /// Take the password away: from then on, only links from `switchyard link` sign in
    #[arg(long)]
    remove: bool,
}

/// Sets or removes the password, in the running server if there is one.
pub(crate) async fn password(config: Config, asked: &Password) -> anyhow::Result<()> {
    let new = if asked.remove {
        None
    } else {
        let given = std::env::var("SWITCHYARD_NEW_PASSWORD").ok();
        Some(given.map_or_else(|| typed("the new password", Again::Yes), Ok)?)
    };
    // What listens elsewhere is decided when it starts; this command opens no port.
    match Engine::open(config.clone()).await {
        Ok(engine) => {
            let done = match &new {
                Some(new) => engine.set_password(Secret::new(new)).await,
                None => engine.remove_password().await,
            };
            engine.close().await;
            done?;
        }
        Err(error) if error.is_in_use() => {
            let body = json!({ "new": new });
            let _: Value = ask::call(&config, Method::PUT, "/api/password", Some(&body)).await?;
        }
        Err(error) => return Err(error.into()),
    }
    say(match new {
        Some(_) => "The dashboard's password is set; browsers that were signed in are signed out.",
        None => "The dashboard has no password now; `switchyard link` signs a browser in.",
    });
    Ok(())
}

/// Whether a secret is typed twice: where nothing else would tell of a slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    Yes,
    No,
}

/// A secret from the terminal, which does not show it, or from the first line of standard input. It is
/// never an argument, since every program of the machine can read those.
pub(crate) fn typed(what: &str, again: Again) -> anyhow::Result<String> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        let mut text = String::new();
        // A secret is a line; anything longer is a mistake.
        input.lock().take(4096).read_to_string(&mut text).context("reading it")?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    let ask = |words: String| {
        rpassword::prompt_password(words).with_context(|| format!("reading {what}"))
    };
    let text = ask(format!("Type {what} (it is not shown): "))?;
    if again == Again::Yes && ask("Once more: ".to_owned())? != text {
        anyhow::bail!("the two are not the same; nothing was changed");
    }
    Ok(text)
}
