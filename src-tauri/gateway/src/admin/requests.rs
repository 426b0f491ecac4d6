use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use switchyard_types::{RequestId, RequestPage, RequestView};

use super::Answer;
use crate::serve::App;

#[derive(Deserialize)]
pub(crate) struct Page {
    before: Option<RequestId>,
    limit: Option<u32>,
}

pub(crate) async fn page(State(app): State<App>, Query(page): Query<Page>) -> Answer<RequestPage> {
    Ok(Json(app.engine.requests(page.before.as_ref(), page.limit.unwrap_or(50)).await?))
}

pub(crate) async fn one(State(app): State<App>, Path(id): Path<RequestId>) -> Answer<RequestView> {
    Ok(Json(app.engine.request(&id).await?))
}
