use axum::Json;
use axum::extract::{Path, State};
use switchyard_types::{AccountChange, AccountId, AccountView, NewAccount, ProbeResult};

use super::{Answer, Body, Done, done};
use crate::serve::App;

pub(crate) async fn list(State(app): State<App>) -> Answer<Vec<AccountView>> {
    Ok(Json(app.engine.accounts().await?))
}

pub(crate) async fn add(
    State(app): State<App>,
    Body(new): Body<NewAccount>,
) -> Answer<AccountView> {
    Ok(Json(app.engine.add_account(new).await?))
}

pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<AccountId>,
    Body(change): Body<AccountChange>,
) -> Answer<AccountView> {
    Ok(Json(app.engine.change_account(&id, &change).await?))
}

pub(crate) async fn remove(State(app): State<App>, Path(id): Path<AccountId>) -> Answer<Done> {
    app.engine.remove_account(&id).await?;
    Ok(done())
}

pub(crate) async fn test(State(app): State<App>, Path(id): Path<AccountId>) -> Answer<ProbeResult> {
    Ok(Json(app.engine.test_account(&id).await?))
}

pub(crate) async fn unlock(
    State(app): State<App>,
    Path(id): Path<AccountId>,
) -> Answer<AccountView> {
    Ok(Json(app.engine.unlock_account(&id).await?))
}

pub(crate) async fn unlock_model(
    State(app): State<App>,
    Path((id, model)): Path<(AccountId, String)>,
) -> Answer<AccountView> {
    Ok(Json(app.engine.unlock_model(&id, &model).await?))
}
