use axum::Json;
use axum::extract::{Path, State};
use switchyard_types::{BackupView, RotateAsk, Rotated};

use super::{Answer, Body};
use crate::serve::App;

pub(crate) async fn list(State(app): State<App>) -> Answer<Vec<BackupView>> {
    Ok(Json(app.engine.backups()?))
}

pub(crate) async fn make(State(app): State<App>) -> Answer<BackupView> {
    Ok(Json(app.engine.back_up().await?))
}

pub(crate) async fn check(State(app): State<App>, Path(name): Path<String>) -> Answer<BackupView> {
    Ok(Json(app.engine.check_backup(&name).await?))
}

pub(crate) async fn rotate(State(app): State<App>, Body(ask): Body<RotateAsk>) -> Answer<Rotated> {
    Ok(Json(app.engine.rotate_data_key(ask).await?))
}
