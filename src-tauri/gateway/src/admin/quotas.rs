use axum::Json;
use axum::extract::State;
use switchyard_types::QuotaView;

use super::Answer;
use crate::serve::App;

pub(crate) async fn list(State(app): State<App>) -> Answer<Vec<QuotaView>> {
    Ok(Json(app.engine.quotas().await?))
}

pub(crate) async fn read(State(app): State<App>) -> Answer<Vec<QuotaView>> {
    Ok(Json(app.engine.read_quotas().await?))
}
