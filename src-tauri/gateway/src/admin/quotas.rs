use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use switchyard_types::{AccountId, Millis, QuotaHistory, QuotaView};

use super::Answer;
use crate::serve::App;

pub(crate) async fn list(State(app): State<App>) -> Answer<Vec<QuotaView>> {
    Ok(Json(app.engine.quotas().await?))
}

pub(crate) async fn read(State(app): State<App>) -> Answer<Vec<QuotaView>> {
    Ok(Json(app.engine.read_quotas().await?))
}

#[derive(Deserialize)]
pub(crate) struct Since {
    from: Option<Millis>,
}

/// `GET /api/quotas/{id}/history?from=`: an account's readings, all that are kept without `from`.
pub(crate) async fn history(
    State(app): State<App>,
    Path(account): Path<AccountId>,
    Query(since): Query<Since>,
) -> Answer<Vec<QuotaHistory>> {
    Ok(Json(app.engine.quota_history(&account, since.from.unwrap_or(0)).await?))
}
