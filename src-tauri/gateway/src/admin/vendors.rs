use axum::Json;
use axum::extract::{Path, State};
use switchyard_types::{ModelsRead, NewVendor, VendorProblem, VendorView};

use super::{Answer, Body, Done, done};
use crate::serve::App;

pub(crate) async fn list(State(app): State<App>) -> Json<Vec<VendorView>> {
    Json(app.engine.vendors())
}

pub(crate) async fn problems(State(app): State<App>) -> Json<Vec<VendorProblem>> {
    Json(app.engine.vendor_problems())
}

pub(crate) async fn add(State(app): State<App>, Body(new): Body<NewVendor>) -> Answer<VendorView> {
    Ok(Json(app.engine.add_vendor(&new).await?))
}

pub(crate) async fn one(State(app): State<App>, Path(id): Path<String>) -> Answer<NewVendor> {
    Ok(Json(app.engine.custom_vendor(&id).await?))
}

pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(vendor): Body<NewVendor>,
) -> Answer<VendorView> {
    Ok(Json(app.engine.change_vendor(&id, &vendor).await?))
}

pub(crate) async fn read_models(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Answer<ModelsRead> {
    Ok(Json(app.engine.read_models(&id).await?))
}

pub(crate) async fn remove(State(app): State<App>, Path(id): Path<String>) -> Answer<Done> {
    app.engine.remove_vendor(&id).await?;
    Ok(done())
}
