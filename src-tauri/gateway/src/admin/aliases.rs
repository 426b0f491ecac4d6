use axum::Json;
use axum::extract::{Path, State};
use switchyard_types::AliasView;

use super::{Answer, Body, Done, done};
use crate::serve::App;

pub(crate) async fn list(State(app): State<App>) -> Answer<Vec<AliasView>> {
    Ok(Json(app.engine.aliases().await?))
}

pub(crate) async fn put(
    State(app): State<App>,
    Path(alias): Path<String>,
    Body(body): Body<AliasView>,
) -> Answer<AliasView> {
    Ok(Json(app.engine.put_alias(&alias, &body.target).await?))
}

pub(crate) async fn remove(State(app): State<App>, Path(alias): Path<String>) -> Answer<Done> {
    app.engine.remove_alias(&alias).await?;
    Ok(done())
}
