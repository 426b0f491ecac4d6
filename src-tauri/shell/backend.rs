use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use switchyard_engine::{Config, ConfigError, Engine, EngineError, Redactor, keep_crash_reports};
use switchyard_gateway::{Options, ServeError, Server, serve};
use switchyard_locale::word;
use switchyard_types::{ErrorBody, ErrorCode};

use crate::language;

/// The engine and its gateway, for as long as the program runs.
pub(crate) struct Backend {
    engine: Engine,
    address: String,
    /// Taken when the program ends.
    server: Mutex<Option<Server>>,
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The environment says something that cannot be followed.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data could not be opened.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The address could not be listened on.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

impl Backend {
    /// Opens the engine as the environment says, and listens.
    pub(crate) async fn start(
        environment: impl Fn(&str) -> Option<String>,
        redactor: Redactor,
    ) -> Result<Self, StartError> {
        let mut config = Config::from_env(&environment)?;
        config.system_language = language::of_system(environment);
        config.redactor = redactor;
        keep_crash_reports(&config);
        for notice in config.notices() {
            tracing::warn!("{notice}");
        }
        let variables = std::env::vars_os();
        let variables = variables.filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let engine = Engine::open(config.with_tools(variables, None)).await?;
        match serve(engine.clone(), Options { desktop: true }).await {
            Ok(server) => Ok(Self {
                engine,
                address: server.address().to_owned(),
                server: Mutex::new(Some(server)),
            }),
            Err(error) => {
                engine.close().await;
                Err(error.into())
            }
        }
    }

    /// The use cases.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Where agents are pointed.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Lets the answers under way end, and puts everything on disk.
    pub(crate) async fn stop(&self) {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(server) = server {
            // First: a tool that starts now must not find nobody.
            self.engine.revert_tools_on_quit(&self.address).await;
            server.shutdown().await;
            self.engine.close().await;
        }
    }

    /// The window's session with the gateway.
    pub(crate) fn session(&self) -> Result<Session, ErrorBody> {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let server = server.as_ref().ok_or_else(|| {
            failure(self.engine.voice().word(word!("Switchyard is closing")).to_owned())
        })?;
        let session = server.desktop_session().map_err(|error| failure(error.to_string()))?;
        Ok(Session { base: session.base, token: session.token })
    }
}

/// How the dashboard reaches the gateway: it is served by the program itself, not by the gateway, so no
/// cookie signs it in.
#[derive(Serialize)]
pub(crate) struct Session {
    base: String,
    token: String,
}

fn failure(message: String) -> ErrorBody {
    ErrorBody { code: ErrorCode::Internal, message, hint: None, retry_at: None }
}
