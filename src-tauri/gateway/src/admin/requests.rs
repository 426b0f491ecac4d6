use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use switchyard_types::{
    Explanation, NoticeView, PlanAsk, PlanView, ReplayAsk, RequestFilter, RequestId, RequestPage,
    RequestView,
};

use super::{Answer, Body, Failure};
use crate::model_api::respond;
use crate::serve::App;

#[derive(Deserialize)]
pub(crate) struct Page {
    before: Option<RequestId>,
    limit: Option<u32>,
}

pub(crate) async fn page(
    State(app): State<App>,
    Query(page): Query<Page>,
    Query(filter): Query<RequestFilter>,
) -> Answer<RequestPage> {
    let limit = page.limit.unwrap_or(50);
    Ok(Json(app.engine.find_requests(&filter, page.before.as_ref(), limit).await?))
}

pub(crate) async fn one(State(app): State<App>, Path(id): Path<RequestId>) -> Answer<RequestView> {
    Ok(Json(app.engine.request(&id).await?))
}

pub(crate) async fn explain(
    State(app): State<App>,
    Path(id): Path<RequestId>,
) -> Answer<Explanation> {
    Ok(Json(app.engine.explain(&id).await?))
}

/// Answers as the model API does: in the dialect of the request that is asked again.
pub(crate) async fn replay(
    State(app): State<App>,
    Path(id): Path<RequestId>,
    Body(asked): Body<ReplayAsk>,
) -> Result<Response, Failure> {
    Ok(respond(app.engine.replay(&id, &asked).await?))
}

pub(crate) async fn plan(State(app): State<App>, Body(asked): Body<PlanAsk>) -> Json<PlanView> {
    Json(app.engine.plan_view(&asked))
}

#[derive(Deserialize)]
pub(crate) struct Most {
    limit: Option<u32>,
}

pub(crate) async fn notices(
    State(app): State<App>,
    Query(most): Query<Most>,
) -> Answer<Vec<NoticeView>> {
    Ok(Json(app.engine.notices(most.limit.unwrap_or(50)).await?))
}
