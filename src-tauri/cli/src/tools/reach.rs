use std::net::TcpStream;
use std::time::Duration;

use anyhow::Context;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use switchyard_engine::{Asker, Config, Engine, EngineError, tool_from_here};
use switchyard_gateway::ControlFile;
use switchyard_types::{
    ComboView, CreatedKey, Finding, Repaired, SafeModeView, Status, ToolApplied, ToolApply,
    ToolCheck, ToolChoice, ToolGuideView, ToolPlanView, ToolRevert, ToolReverted, ToolStatusView,
    ToolView, ToolsReverted,
};

use crate::ask::{self, call_within};
use crate::serve::environment;

/// A server on this machine takes a connection or refuses it at once.
const PATIENCE: Duration = Duration::from_millis(500);
/// A tool's own check may take half a minute.
const WORK: Duration = Duration::from_mins(1);
const NOTHING: Option<&()> = None;

/// Who does the work.
pub(super) enum Reach {
    /// The server that holds the data folder.
    Server { config: Box<Config>, address: String, safe_mode: Option<Box<SafeModeView>> },
    /// No server does: this process opens it. `address` is where one would listen.
    Alone { engine: Engine, address: String },
}

impl Reach {
    pub(super) async fn find(config: Config) -> anyhow::Result<Self> {
        let there = ControlFile::read(&config.data_dir).ok();
        if there.is_some_and(|(socket, _)| TcpStream::connect_timeout(&socket, PATIENCE).is_ok()) {
            let status: Status = ask::call(&config, Method::GET, "/api/status", NOTHING).await?;
            let Status { address, safe_mode, .. } = status;
            let config = config.with_tools(environment(), std::env::current_dir().ok());
            let safe_mode = safe_mode.map(Box::new);
            return Ok(Self::Server { config: Box::new(config), address, safe_mode });
        }
        let address = format!("http://127.0.0.1:{}", config.port);
        let project = std::env::current_dir().ok();
        let engine = Engine::open(config.with_tools(environment(), project)).await?;
        Ok(Self::Alone { engine, address })
    }

    /// Lets go of the data folder.
    pub(super) async fn end(&self) {
        match self {
            Self::Server { .. } => {}
            Self::Alone { engine, .. } => engine.close().await,
        }
    }

    pub(super) fn is_alone(&self) -> bool {
        match self {
            Self::Server { .. } => false,
            Self::Alone { .. } => true,
        }
    }

    pub(super) fn address(&self) -> &str {
        match self {
            Self::Server { address, .. } | Self::Alone { address, .. } => address,
        }
    }

    /// Why a copy of the configuration stands in for the database, if it does.
    pub(super) fn safe_mode(&self) -> Option<&SafeModeView> {
        match self {
            Self::Server { safe_mode, .. } => safe_mode.as_deref(),
            Self::Alone { engine, .. } => engine.safe_mode(),
        }
    }

    /// How a tool stands with this process's environment, if that is not the server's.
    pub(super) fn seen_here(&self, tool: &str) -> anyhow::Result<Option<ToolStatusView>> {
        match self {
            Self::Server { config, address, .. } => told(tool_from_here(config, tool, address)),
            Self::Alone { .. } => Ok(None),
        }
    }

    pub(super) async fn tools(&self) -> anyhow::Result<Vec<ToolView>> {
        match self {
            Self::Server { config, .. } => call(config, Method::GET, "/api/tools", NOTHING).await,
            Self::Alone { engine, address } => told(engine.tools(address).await),
        }
    }

    /// What a tool uses unless the user says otherwise.
    pub(super) async fn usual_model(&self) -> anyhow::Result<String> {
        let usual = match self {
            Self::Alone { engine, .. } => engine.usual_model(),
            Self::Server { config, .. } => {
                let combos: Vec<ComboView> =
                    call(config, Method::GET, "/api/combos", NOTHING).await?;
                let active = combos.iter().any(|combo| combo.active);
                let first = combos.into_iter().next().map(|combo| combo.name);
                if active { Some("auto".to_owned()) } else { first }
            }
        };
        usual.context("there is no combo yet: make one on the dashboard (`switchyard link`), or name a model with --model")
    }

    pub(super) async fn plan(
        &self,
        tool: &str,
        choice: &ToolChoice,
    ) -> anyhow::Result<ToolPlanView> {
        match self {
            Self::Server { config, .. } => {
                call(config, Method::POST, &of(tool, "plan"), Some(choice)).await
            }
            Self::Alone { engine, address } => told(engine.plan_tool(tool, choice, address).await),
        }
    }

    pub(super) async fn apply(&self, tool: &str, apply: &ToolApply) -> anyhow::Result<ToolApplied> {
        match self {
            Self::Server { config, .. } => {
                call(config, Method::POST, &of(tool, "apply"), Some(apply)).await
            }
            Self::Alone { engine, address } => {
                told(engine.apply_tool(tool, apply.clone(), address).await)
            }
        }
    }

    pub(super) async fn verify(&self, tool: &str) -> anyhow::Result<ToolCheck> {
        match self {
            Self::Server { config, .. } => {
                call(config, Method::POST, &of(tool, "verify"), Some(&())).await
            }
            Self::Alone { engine, .. } => told(engine.verify_tool(tool).await),
        }
    }

    pub(super) async fn plan_revert(&self, tool: &str) -> anyhow::Result<ToolPlanView> {
        match self {
            Self::Server { config, .. } => {
                call(config, Method::POST, &of(tool, "plan-revert"), Some(&())).await
            }
            Self::Alone { engine, .. } => told(engine.plan_tool_revert(tool).await),
        }
    }

    pub(super) async fn revert(&self, tool: &str) -> anyhow::Result<ToolReverted> {
        let revert = ToolRevert::default();
        match self {
            Self::Server { config, .. } => {
                call(config, Method::POST, &of(tool, "revert"), Some(&revert)).await
            }
            Self::Alone { engine, address } => {
                told(engine.revert_tool(tool, revert, address).await)
            }
        }
    }

    pub(super) async fn revert_all(&self) -> anyhow::Result<ToolsReverted> {
        match self {
            Self::Server { config, .. } => {
                call(config, Method::POST, "/api/revert-tools", Some(&())).await
            }
            Self::Alone { engine, address } => told(engine.revert_all_tools(address).await),
        }
    }

    pub(super) async fn guide(
        &self,
        tool: &str,
        model: Option<&str>,
    ) -> anyhow::Result<ToolGuideView> {
        match self {
            Self::Server { config, .. } => {
                let path = match model {
                    // A model's name has no character that a query would need to mask but these.
                    Some(model) => {
                        let model =
                            model.replace('%', "%25").replace('&', "%26").replace('+', "%2B");
                        of(tool, &format!("guide?model={model}"))
                    }
                    None => of(tool, "guide"),
                };
                call(config, Method::GET, &path, NOTHING).await
            }
            Self::Alone { engine, address } => told(engine.tool_guide(tool, model, address).await),
        }
    }

    pub(super) async fn make_key(&self, tool: &str) -> anyhow::Result<CreatedKey> {
        match self {
            Self::Server { config, .. } => {
                call(config, Method::POST, &of(tool, "key"), Some(&())).await
            }
            Self::Alone { engine, .. } => told(engine.make_tool_key(tool).await),
        }
    }

    pub(super) async fn doctor(&self) -> anyhow::Result<Vec<Finding>> {
        match self {
            Self::Server { config, .. } => call(config, Method::GET, "/api/doctor", NOTHING).await,
            Self::Alone { engine, address } => told(engine.doctor(address, Asker::Alone).await),
        }
    }

    pub(super) async fn repair(&self) -> anyhow::Result<Repaired> {
        match self {
            Self::Server { config, .. } => {
                call(config, Method::POST, "/api/doctor/repair", Some(&())).await
            }
            Self::Alone { engine, address } => told(engine.repair(address, Asker::Alone).await),
        }
    }
}

async fn call<T: DeserializeOwned>(
    config: &Config,
    method: Method,
    path: &str,
    body: Option<&impl Serialize>,
) -> anyhow::Result<T> {
    call_within(WORK, config, method, path, body).await
}

fn of(tool: &str, what: &str) -> String {
    format!("/api/tools/{tool}/{what}")
}

/// An error with what to do, as the server tells it.
fn told<T>(outcome: Result<T, EngineError>) -> anyhow::Result<T> {
    outcome.map_err(|error| {
        let body = error.body();
        match body.hint {
            Some(hint) => anyhow::anyhow!("{} ({hint})", body.message),
            None => anyhow::anyhow!("{}", body.message),
        }
    })
}
