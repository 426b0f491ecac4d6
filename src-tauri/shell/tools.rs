//! One click points a coding tool here, another puts it back: the engine's use cases as commands of the
//! window. Whatever else the dashboard does with tools, it does over HTTP.

use switchyard_engine::EngineError;
use switchyard_types::{
    ErrorBody, ToolApplied, ToolApply, ToolChoice, ToolPlanView, ToolRevert, ToolReverted, ToolView,
};
use tauri::State;

use crate::backend::Backend;

/// How one tool stands, or all of them.
#[tauri::command]
pub(crate) async fn tool_status(
    backend: State<'_, Backend>,
    tool: Option<String>,
) -> Result<Vec<ToolView>, ErrorBody> {
    let (engine, address) = (backend.engine(), backend.address());
    match tool {
        Some(tool) => told(engine.tool(&tool, address).await.map(|view| vec![view])),
        None => told(engine.tools(address).await),
    }
}

/// What would be written.
#[tauri::command]
pub(crate) async fn plan_tool(
    backend: State<'_, Backend>,
    tool: String,
    choice: ToolChoice,
) -> Result<ToolPlanView, ErrorBody> {
    told(backend.engine().plan_tool(&tool, &choice, backend.address()).await)
}

/// Writes what a plan showed.
#[tauri::command]
pub(crate) async fn apply_tool(
    backend: State<'_, Backend>,
    tool: String,
    apply: ToolApply,
) -> Result<ToolApplied, ErrorBody> {
    told(backend.engine().apply_tool(&tool, apply, backend.address()).await)
}

/// What would be taken back.
#[tauri::command]
pub(crate) async fn plan_tool_revert(
    backend: State<'_, Backend>,
    tool: String,
) -> Result<ToolPlanView, ErrorBody> {
    told(backend.engine().plan_tool_revert(&tool).await)
}

/// Takes it back.
#[tauri::command]
pub(crate) async fn revert_tool(
    backend: State<'_, Backend>,
    tool: String,
    revert: ToolRevert,
) -> Result<ToolReverted, ErrorBody> {
    told(backend.engine().revert_tool(&tool, revert, backend.address()).await)
}

fn told<T>(outcome: Result<T, EngineError>) -> Result<T, ErrorBody> {
    outcome.map_err(|error| error.body())
}
