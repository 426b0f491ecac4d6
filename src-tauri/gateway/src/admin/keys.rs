use axum::Json;
use axum::extract::{Path, State};
use switchyard_types::{CreatedKey, KeyId, KeyView, NewKey};

use super::{Answer, Body, Done, done};
use crate::serve::App;

pub(crate) async fn list(State(app): State<App>) -> Answer<Vec<KeyView>> {
    Ok(Json(app.engine.keys().await?))
}

pub(crate) async fn add(State(app): State<App>, Body(new): Body<NewKey>) -> Answer<CreatedKey> {
    Ok(Json(app.engine.add_key(&new).await?))
}

pub(crate) async fn remove(State(app): State<App>, Path(id): Path<KeyId>) -> Answer<Done> {
    app.engine.remove_key(&id).await?;
    Ok(done())
}
