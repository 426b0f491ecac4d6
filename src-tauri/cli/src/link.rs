//! `switchyard:` links, without the tray app.

use clap::Args;
use http::Method;
use switchyard_engine::Config;
use switchyard_types::{CandidateSpec, ComboBody, ComboOffer, ComboView, LinkView, SharedLink};

use crate::ask::call;
use crate::words::say;

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The link, in quotes
    link: String,
    /// Make the combo that it offers; without this it is only shown
    #[arg(long)]
    add: bool,
}

pub(crate) async fn share(config: &Config, combo: &str) -> anyhow::Result<()> {
    let path = format!("/api/combos/{combo}/link");
    let shared: SharedLink = call(config, Method::GET, &path, None::<&()>).await?;
    say(&shared.link);
    Ok(())
}

pub(crate) async fn open(config: &Config, asked: Open) -> anyhow::Result<()> {
    let followed = serde_json::json!({ "link": asked.link });
    match call(config, Method::POST, "/api/open", Some(&followed)).await? {
        LinkView::Login { progress } => {
            say(&format!("the answer was handed to the sign-in at {}", progress.vendor));
            Ok(())
        }
        LinkView::Combo { offer } => {
            show(&offer);
            if let Some(problem) = offer.problem {
                let hint = problem.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
                anyhow::bail!("it cannot be made here: {}{hint}", problem.message);
            }
            if !asked.add {
                say("nothing was changed; `--add` makes it");
                return Ok(());
            }
            let path = format!("/api/combos/{}", offer.name);
            let body = ComboBody::from(offer);
            let made: ComboView = call(config, Method::PUT, &path, Some(&body)).await?;
            say(&format!("made: ask for the model {}", made.name));
            Ok(())
        }
    }
}

fn show(offer: &ComboOffer) {
    say(&format!("a shared combo: {}", offer.name));
    if let Some(taken) = &offer.shared_as {
        say(&format!("  {taken} is here already, so it takes another name"));
    }
    for spec in &offer.candidates {
        let terms = if *spec == CandidateSpec::plain(&spec.model) { "" } else { "  (with terms)" };
        say(&format!("  {}{terms}", spec.model));
    }
}
