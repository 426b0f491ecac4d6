//! `switchyard requests`: one request, what was said in it, and whether that is kept.

use clap::{Args, Subcommand};
use http::Method;
use switchyard_engine::Config;
use switchyard_types::{
    BodiesChange, BodiesDeleted, BodiesView, KeptBody, RequestBodies, RequestView,
};

use crate::ask::call;
use crate::routing::{newest, print, summary};
use crate::words::say;

/// What `switchyard requests` is told.
#[derive(Debug, Subcommand)]
pub(crate) enum Requests {
    /// Show one request, and what was said in it
    Show(Show),
    /// Keep what agents and models say, or no longer; off from the start
    ///
    /// What is kept is cut to its first 256 KB, cleaned of secrets that are known or look like it, sealed, and removed
    /// after some days. Headers are never kept.
    Bodies {
        #[command(subcommand)]
        what: Option<Bodies>,
    },
}

/// What `switchyard requests show` is told.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The request's id, as in the header x-switchyard-request [default: the newest request]
    request: Option<String>,
    /// Show what was said, where it was kept
    #[arg(long)]
    bodies: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `switchyard requests bodies` is told.
#[derive(Debug, Subcommand)]
pub(crate) enum Bodies {
    /// Keep what is said from now on
    On {
        /// Remove it after this many days: 1 to 90
        #[arg(long)]
        days: Option<u16>,
    },
    /// Keep nothing more; what is kept stays until it expires
    Off,
    /// Delete all that is kept, at once
    Delete,
}

/// Carries out `switchyard requests`.
pub(crate) async fn requests(config: &Config, asked: Requests) -> anyhow::Result<()> {
    match asked {
        Requests::Show(asked) => show(config, asked).await,
        Requests::Bodies { what: None } => {
            tell(&call(config, Method::GET, "/api/bodies", None::<&()>).await?);
            Ok(())
        }
        Requests::Bodies { what: Some(Bodies::On { days }) } => {
            change(config, BodiesChange { keep: true, days }).await
        }
        Requests::Bodies { what: Some(Bodies::Off) } => {
            change(config, BodiesChange { keep: false, days: None }).await
        }
        Requests::Bodies { what: Some(Bodies::Delete) } => {
            let deleted: BodiesDeleted =
                call(config, Method::DELETE, "/api/bodies", None::<&()>).await?;
            say(&format!("Deleted what was said in {} request(s).", deleted.requests));
            Ok(())
        }
    }
}

async fn show(config: &Config, asked: Show) -> anyhow::Result<()> {
    let id = match asked.request {
        Some(id) => id,
        None => newest(config).await?,
    };
    if asked.bodies {
        let path = format!("/api/requests/{id}/bodies");
        let bodies: RequestBodies = call(config, Method::GET, &path, None::<&()>).await?;
        if asked.json {
            return print(&bodies);
        }
        said("The client sent", bodies.from_client.as_ref());
        said("The vendor was sent", bodies.to_vendor.as_ref());
        said("The vendor answered", bodies.from_vendor.as_ref());
        said("The client got", bodies.to_client.as_ref());
        return Ok(());
    }
    let path = format!("/api/requests/{id}");
    let request: RequestView = call(config, Method::GET, &path, None::<&()>).await?;
    if asked.json {
        return print(&request);
    }
    summary(&request);
    Ok(())
}

fn said(whose: &str, body: Option<&KeptBody>) {
    let Some(body) = body else { return };
    let cut = if body.cut { ", cut" } else { "" };
    say(&format!("--- {whose} {} bytes{cut}:\n{}", body.bytes, printable(&body.text)));
}

/// Without what would steer a terminal: models and pages that they read wrote it.
fn printable(text: &str) -> String {
    let shown = |letter: char| match letter {
        '\n' | '\t' => letter,
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    };
    text.replace("\r\n", "\n").chars().map(shown).collect()
}

async fn change(config: &Config, change: BodiesChange) -> anyhow::Result<()> {
    tell(&call(config, Method::PUT, "/api/bodies", Some(&change)).await?);
    Ok(())
}

fn tell(view: &BodiesView) {
    let BodiesView { keep, by_environment, days, requests, bytes, most_bytes, largest } = view;
    let why = if *by_environment { " (ENABLE_REQUEST_LOGS)" } else { "" };
    say(&match keep {
        true => format!(
            "What agents and models say is kept{why}: the first {} KB of each body, for {days} day(s) and up to {} MB.",
            largest / 1024,
            most_bytes >> 20
        ),
        false => format!("What agents and models say is not kept{why}."),
    });
    if *requests > 0 {
        let size = bytes.div_ceil(1024);
        say(&format!(
            "Of {requests} request(s) it is there, {size} KB; `switchyard requests bodies delete` deletes it."
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_cannot_steer_the_terminal() {
        assert_eq!(
            printable("a\r\nb\t\u{1b}[2Jß\u{9b}0m\0"),
            "a\nb\t\u{fffd}[2Jß\u{fffd}0m\u{fffd}"
        );
    }
}
