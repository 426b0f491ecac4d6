use std::time::Duration;

use anyhow::Context;
use switchyard_engine::{Config, Engine};
use switchyard_gateway::Options;
use switchyard_simulator::{Quota, Script, Signal, Simulator, Vendor};
use switchyard_types::{ComboBody, Dialect, NewAccount, NewKey, NewVendor, Secret, Tier};

use crate::serve::until_stopped;
use crate::words::{notice, say};

/// One simulated vendor of the demo.
struct Part {
    prefix: &'static str,
    name: &'static str,
    model: &'static str,
    tier: Tier,
    dialect: Dialect,
    vendor: Vendor,
}

/// Runs the program against simulated vendors whose quotas run out, in a folder that is gone
/// afterwards.
pub(crate) async fn demo(mut config: Config) -> anyhow::Result<()> {
    for text in config.notices() {
        notice(&text);
    }
    let folder = tempfile::Builder::new().prefix("switchyard-demo-").tempdir()?;
    config.data_dir = folder.path().to_owned();
    config.data_key = None;
    config.demo = true;
    let parts = parts();
    let script = parts
        .iter()
        .fold(Script::default(), |script, part| script.vendor(part.prefix, part.vendor.clone()));
    let simulator = Simulator::start(script).await.context("starting the simulated vendors")?;
    let engine = Engine::open(config).await?;
    for part in &parts {
        connect(&engine, &simulator, part).await?;
    }
    let candidates =
        parts.iter().map(|part| format!("{}/{}", part.prefix, part.model).into()).collect();
    engine.put_combo("demo", &ComboBody { candidates, ..ComboBody::default() }).await?;
    let key = engine.add_key(&NewKey::named("demo")).await?;
    let server = match switchyard_gateway::serve(engine.clone(), Options::default()).await {
        Ok(server) => server,
        Err(error) => {
            engine.close().await;
            return Err(error.into());
        }
    };
    let link = server.one_time_link()?.url;
    introduce(server.address(), &link, &key.text);
    until_stopped(engine, server).await
}

fn parts() -> Vec<Part> {
    let limited = |requests, window, signal| {
        Vendor::default().pace(Duration::from_millis(40)).limited_by(Quota {
            model: None,
            requests,
            window,
            signal,
        })
    };
    vec![
        Part {
            prefix: "plan",
            name: "Demo subscription",
            model: "opus-demo",
            tier: Tier::Subscription,
            dialect: Dialect::Messages,
            vendor: limited(3, Duration::from_mins(2), Signal::AnthropicUnified),
        },
        Part {
            prefix: "thrift",
            name: "Demo cheap vendor",
            model: "coder-demo",
            tier: Tier::Cheap,
            dialect: Dialect::Chat,
            vendor: limited(3, Duration::from_mins(1), Signal::OpenAiRequests),
        },
        Part {
            prefix: "gratis",
            name: "Demo free vendor",
            model: "open-demo",
            tier: Tier::Free,
            dialect: Dialect::Chat,
            vendor: Vendor::default().pace(Duration::from_millis(40)),
        },
    ]
}

async fn connect(engine: &Engine, simulator: &Simulator, part: &Part) -> anyhow::Result<()> {
    let vendor = NewVendor {
        name: part.name.to_owned(),
        prefix: part.prefix.to_owned(),
        dialect: part.dialect,
        base_url: simulator.url(part.prefix),
        allow_private: true,
        models: vec![part.model.to_owned()],
        tier: part.tier,
    };
    let vendor = engine.add_vendor(&vendor).await?;
    let account = NewAccount {
        vendor: vendor.id,
        name: part.name.to_owned(),
        key: Secret::new(format!("simulated-key-of-{}", part.prefix)),
        check: false,
        ..NewAccount::default()
    };
    engine.add_account(account).await?;
    Ok(())
}

fn introduce(address: &str, link: &str, key: &str) {
    say(&format!(
        "Switchyard's demo: three simulated vendors, no account, nothing leaves this machine.

  Dashboard  {link}

The combo \"demo\" tries a subscription (3 requests, then spent for 2 minutes), a cheap vendor
(3 requests a minute) and a free one. Send this a few times and watch who answers:

  curl -s {address}/v1/chat/completions \\
    -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
    -d '{{\"model\": \"auto\", \"messages\": [{{\"role\": \"user\", \"content\": \"Hello\"}}]}}'

Or point a coding agent at it:

  ANTHROPIC_BASE_URL={address} ANTHROPIC_AUTH_TOKEN={key} ANTHROPIC_MODEL=auto claude

Ctrl-C ends the demo and removes what it stored."
    ));
}
