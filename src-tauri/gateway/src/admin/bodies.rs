use axum::Json;
use axum::extract::{Path, State};
use switchyard_types::{BodiesChange, BodiesDeleted, BodiesView, RequestBodies, RequestId};

use super::{Answer, Body};
use crate::serve::App;

pub(crate) async fn show(State(app): State<App>) -> Answer<BodiesView> {
    Ok(Json(app.engine.bodies().await?))
}

pub(crate) async fn change(
    State(app): State<App>,
    Body(change): Body<BodiesChange>,
) -> Answer<BodiesView> {
    Ok(Json(app.engine.change_bodies(change).await?))
}

pub(crate) async fn delete(State(app): State<App>) -> Answer<BodiesDeleted> {
    Ok(Json(app.engine.delete_bodies().await?))
}

pub(crate) async fn of_request(
    State(app): State<App>,
    Path(id): Path<RequestId>,
) -> Answer<RequestBodies> {
    Ok(Json(app.engine.request_bodies(&id).await?))
}

pub(crate) async fn delete_of_request(
    State(app): State<App>,
    Path(id): Path<RequestId>,
) -> Answer<BodiesDeleted> {
    Ok(Json(app.engine.delete_request_bodies(&id).await?))
}
