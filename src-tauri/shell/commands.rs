//! What the window may ask of the program: the engine's use cases that a web page has no way to, and the desktop's
//! own. Whatever else the dashboard does, it does over HTTP.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use switchyard_engine::EngineError;
use switchyard_locale::{Word, word};
use switchyard_types::{Autostart, ErrorBody, ErrorCode, ToolApply, ToolChoice, ToolRevert};
use tauri::{AppHandle, Manager as _};

use crate::autostart;
use crate::backend::Backend;
use crate::terminal;
use crate::updates::{self, Updates};

/// Each has a permission in `capabilities/`, without which the window does not pass it on.
#[derive(Debug, Deserialize)]
#[serde(tag = "command", content = "arguments", rename_all = "snake_case")]
enum Command {
    /// How the window reaches the gateway.
    Session {},
    /// Shows a notification for a test, and says what came of it.
    TestNotification {},
    /// Whether the system starts the program at login.
    Autostart {},
    /// Has the system start it at login, or not.
    SetAutostart { wanted: Autostart },
    /// How one tool stands, or all of them.
    ToolStatus { tool: Option<String> },
    /// What pointing a tool here would write.
    PlanTool { tool: String, choice: ToolChoice },
    /// Writes what a plan showed.
    ApplyTool { tool: String, apply: ToolApply },
    /// What putting a tool back would write.
    PlanToolRevert { tool: String },
    /// Puts it back.
    RevertTool { tool: String, revert: ToolRevert },
    /// Opens a terminal with the tool's program in it.
    LaunchTool { tool: String },
    /// How this copy comes by newer versions.
    Update {},
    /// Looks for one now.
    LookForUpdate {},
    /// Fetches what is offered, lets the answers under way end, and starts it.
    InstallUpdate {},
}

/// What the command answers, or why it is refused.
pub(crate) async fn answer(
    app: &AppHandle,
    command: &str,
    arguments: Value,
) -> Result<Value, Value> {
    let command = serde_json::from_value(json!({ "command": command, "arguments": arguments }))
        .map_err(|error| Value::String(error.to_string()))?;
    let backend = app.state::<Backend>();
    let (engine, address) = (backend.engine(), backend.address());
    match command {
        Command::Session {} => told(backend.session()),
        Command::TestNotification {} => used(engine.test_notification().await),
        Command::Autostart {} => told(Ok(autostart::now(app))),
        Command::SetAutostart { wanted } => told(autostart::set(app, wanted)),
        Command::ToolStatus { tool: Some(tool) } => {
            used(engine.tool(&tool, address).await.map(|view| vec![view]))
        }
        Command::ToolStatus { tool: None } => used(engine.tools(address).await),
        Command::PlanTool { tool, choice } => used(engine.plan_tool(&tool, &choice, address).await),
        Command::ApplyTool { tool, apply } => used(engine.apply_tool(&tool, apply, address).await),
        Command::PlanToolRevert { tool } => used(engine.plan_tool_revert(&tool).await),
        Command::RevertTool { tool, revert } => {
            used(engine.revert_tool(&tool, revert, address).await)
        }
        Command::LaunchTool { tool } => told(launch(app, &tool).await),
        Command::Update {} => told(Ok(app.state::<Updates>().view())),
        Command::LookForUpdate {} => told(Ok(updates::look(app).await)),
        Command::InstallUpdate {} => told(updates::install(app).await),
    }
}

async fn launch(app: &AppHandle, tool: &str) -> Result<(), ErrorBody> {
    let engine = app.state::<Backend>().engine().clone();
    let refused = |message: Word, hint: Word| ErrorBody {
        code: ErrorCode::Conflict,
        message: engine.voice().word(message).to_owned(),
        hint: Some(engine.voice().word(hint).to_owned()),
        retry_at: None,
    };
    let program = engine.tool_program(tool).await.map_err(|error| error.body())?;
    let Some(program) = program else {
        return Err(refused(
            word!("the tool’s program was not found"),
            word!("install it, so that it is on your PATH"),
        ));
    };
    let home = app.path().home_dir().unwrap_or_default();
    terminal::open(&program, &home).map_err(|error| {
        tracing::warn!("no terminal could be opened: {error}");
        refused(
            word!("no terminal was found on this desktop"),
            word!("open one yourself, and type the tool’s name"),
        )
    })
}

fn used<T: Serialize>(outcome: Result<T, EngineError>) -> Result<Value, Value> {
    told(outcome.map_err(|error| error.body()))
}

fn told<T: Serialize>(outcome: Result<T, ErrorBody>) -> Result<Value, Value> {
    let said = match outcome {
        Ok(answer) => serde_json::to_value(answer).map(Ok),
        Err(error) => serde_json::to_value(error).map(Err),
    };
    said.unwrap_or_else(|error| Err(Value::String(error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_permissions_is_exactly_what_is_answered() {
        let capabilities: Value =
            serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap();
        assert_eq!(capabilities.get("remote"), None, "no other origin may call");
        assert_eq!(capabilities["windows"], json!(["main"]));
        let unknown = json!({ "command": "?", "arguments": {} });
        let unknown = serde_json::from_value::<Command>(unknown).unwrap_err().to_string();
        let (_, known) = unknown.split_once("expected one of").unwrap();
        let mut answered: Vec<String> = known
            .split('`')
            .skip(1)
            .step_by(2)
            .map(|name| format!("allow-{}", name.replace('_', "-")))
            .collect();
        // The window's own.
        answered.push("allow-page-ready".to_owned());
        let mut allowed: Vec<String> =
            serde_json::from_value(capabilities["permissions"].clone()).unwrap();
        answered.sort();
        allowed.sort();
        assert_eq!(allowed, answered);
    }
}
