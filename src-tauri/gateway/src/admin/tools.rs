use axum::Json;
use axum::extract::{Path, Query, State};
use http::HeaderMap;
use serde::Deserialize;
use switchyard_engine::{Asker, tell};
use switchyard_types::{
    CreatedKey, Finding, Repaired, ToolApplied, ToolApply, ToolBackupView, ToolCheck, ToolChoice,
    ToolGuideView, ToolPlanView, ToolRevert, ToolReverted, ToolSettings, ToolView, ToolsReverted,
};

use super::{Answer, Body};
use crate::serve::App;
use crate::tongue;

pub(crate) async fn list(State(app): State<App>) -> Answer<Vec<ToolView>> {
    Ok(Json(app.engine.tools(&app.address).await?))
}

pub(crate) async fn one(State(app): State<App>, Path(id): Path<String>) -> Answer<ToolView> {
    Ok(Json(app.engine.tool(&id, &app.address).await?))
}

pub(crate) async fn plan(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(choice): Body<ToolChoice>,
) -> Answer<ToolPlanView> {
    Ok(Json(app.engine.plan_tool(&id, &choice, &app.address).await?))
}

pub(crate) async fn apply(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(apply): Body<ToolApply>,
) -> Answer<ToolApplied> {
    Ok(Json(app.engine.apply_tool(&id, apply, &app.address).await?))
}

pub(crate) async fn plan_revert(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Answer<ToolPlanView> {
    Ok(Json(app.engine.plan_tool_revert(&id).await?))
}

pub(crate) async fn revert(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(revert): Body<ToolRevert>,
) -> Answer<ToolReverted> {
    Ok(Json(app.engine.revert_tool(&id, revert, &app.address).await?))
}

pub(crate) async fn revert_all(State(app): State<App>) -> Answer<ToolsReverted> {
    Ok(Json(app.engine.revert_all_tools(&app.address).await?))
}

pub(crate) async fn verify(State(app): State<App>, Path(id): Path<String>) -> Answer<ToolCheck> {
    Ok(Json(app.engine.verify_tool(&id).await?))
}

#[derive(Deserialize)]
pub(crate) struct ForModel {
    model: Option<String>,
}

pub(crate) async fn guide(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<ForModel>,
    headers: HeaderMap,
) -> Answer<ToolGuideView> {
    let mut guide = app.engine.tool_guide(&id, asked.model.as_deref(), &app.address).await?;
    guide.text = tell(tongue::language(&headers), &guide.text).into_owned();
    Ok(Json(guide))
}

pub(crate) async fn make_key(State(app): State<App>, Path(id): Path<String>) -> Answer<CreatedKey> {
    Ok(Json(app.engine.make_tool_key(&id).await?))
}

pub(crate) async fn backups(State(app): State<App>) -> Answer<Vec<ToolBackupView>> {
    Ok(Json(app.engine.tool_backups().await?))
}

pub(crate) async fn restore(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Answer<ToolBackupView> {
    Ok(Json(app.engine.restore_tool_backup(&id).await?))
}

pub(crate) async fn settings(State(app): State<App>) -> Json<ToolSettings> {
    Json(app.engine.tool_settings())
}

pub(crate) async fn put_settings(
    State(app): State<App>,
    Body(settings): Body<ToolSettings>,
) -> Answer<ToolSettings> {
    Ok(Json(app.engine.put_tool_settings(settings).await?))
}

pub(crate) async fn doctor(State(app): State<App>) -> Answer<Vec<Finding>> {
    Ok(Json(app.engine.doctor(&app.address, Asker::Server).await?))
}

pub(crate) async fn repair(State(app): State<App>) -> Answer<Repaired> {
    Ok(Json(app.engine.repair(&app.address, Asker::Server).await?))
}
