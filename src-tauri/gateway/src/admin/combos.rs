use axum::Json;
use axum::extract::{Path, State};
use switchyard_types::{ActiveCombo, ComboBody, ComboView, SharedLink};

use super::{Answer, Body, Done, done};
use crate::serve::App;

pub(crate) async fn list(State(app): State<App>) -> Json<Vec<ComboView>> {
    Json(app.engine.combos())
}

pub(crate) async fn put(
    State(app): State<App>,
    Path(name): Path<String>,
    Body(body): Body<ComboBody>,
) -> Answer<ComboView> {
    Ok(Json(app.engine.put_combo(&name, &body).await?))
}

pub(crate) async fn remove(State(app): State<App>, Path(name): Path<String>) -> Answer<Done> {
    app.engine.remove_combo(&name).await?;
    Ok(done())
}

pub(crate) async fn link(State(app): State<App>, Path(name): Path<String>) -> Answer<SharedLink> {
    Ok(Json(app.engine.share_combo(&name)?))
}

pub(crate) async fn activate(
    State(app): State<App>,
    Body(active): Body<ActiveCombo>,
) -> Answer<ComboView> {
    Ok(Json(app.engine.set_active_combo(&active.name).await?))
}
