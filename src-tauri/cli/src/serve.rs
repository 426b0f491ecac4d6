use anyhow::Context;
use switchyard_engine::{Config, Engine};
use switchyard_gateway::{Options, Server};
use switchyard_types::DataKeySource;

use crate::words::{notice, say};

/// Runs the server until the first signal; a second one ends it at once.
pub(crate) async fn serve(config: Config) -> anyhow::Result<()> {
    for text in config.notices() {
        notice(&text);
    }
    switchyard_engine::keep_crash_reports(&config);
    let engine = Engine::open(config.with_tools(environment(), None)).await?;
    let server = match switchyard_gateway::serve(engine.clone(), Options::default()).await {
        Ok(server) => server,
        Err(error) => {
            engine.close().await;
            return Err(error.into());
        }
    };
    if engine.is_in_safe_mode() {
        notice("safe mode: a copy of your configuration serves; `switchyard status` says why");
    }
    if engine.data_key_source() == DataKeySource::File {
        let file = engine.config().data_dir.join("data.key");
        notice(&format!(
            "your keys are sealed with the key file {}; keep it as safe as the keys themselves",
            file.display()
        ));
    }
    say(&format!("Switchyard listens on {}", server.address()));
    say(&format!("Dashboard: {}", server.one_time_link()?.url));
    say(
        "(this address signs one browser in, once, within 10 minutes; `switchyard link` makes another)",
    );
    until_stopped(engine, server).await
}

/// The variables that can be read as text.
pub(crate) fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Waits for a signal, then lets answers end, and flushes what is not yet on disk.
pub(crate) async fn until_stopped(engine: Engine, server: Server) -> anyhow::Result<()> {
    signal().await.context("waiting for a signal")?;
    say("Stopping: answers under way may end. Once more to stop at once.");
    let address = server.address().to_owned();
    let orderly = async {
        // First: a tool that starts now must not find nobody.
        for put_back in engine.revert_tools_on_quit(&address).await.reverted {
            say(&format!("{} is as it was before.", put_back.tool.name));
        }
        server.shutdown().await;
        engine.close().await;
    };
    tokio::select! {
        () = orderly => {}
        ended = signal() => ended.context("waiting for a signal")?,
    }
    Ok(())
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
