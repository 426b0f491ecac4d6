use axum::Json;
use axum::extract::{Path, State};
use switchyard_types::{
    AccountId, AccountProxy, AccountView, FoundLogin, ImportLogin, LoginProgress, NewLogin,
    PastedLogin,
};

use super::{Answer, Body, Done, done};
use crate::serve::App;

pub(crate) async fn begin(
    State(app): State<App>,
    Body(new): Body<NewLogin>,
) -> Answer<LoginProgress> {
    Ok(Json(app.engine.begin_login(new).await?))
}

pub(crate) async fn one(State(app): State<App>, Path(id): Path<String>) -> Answer<LoginProgress> {
    Ok(Json(app.engine.login(&id)?))
}

pub(crate) async fn paste(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(pasted): Body<PastedLogin>,
) -> Answer<LoginProgress> {
    Ok(Json(app.engine.paste_login(&id, pasted.text)?))
}

pub(crate) async fn give_up(State(app): State<App>, Path(id): Path<String>) -> Answer<Done> {
    app.engine.give_up_login(&id)?;
    Ok(done())
}

pub(crate) async fn found(State(app): State<App>) -> Json<Vec<FoundLogin>> {
    Json(app.engine.found_logins().await)
}

pub(crate) async fn import(
    State(app): State<App>,
    Body(import): Body<ImportLogin>,
) -> Answer<AccountView> {
    Ok(Json(app.engine.import_login(import).await?))
}

pub(crate) async fn proxy(
    State(app): State<App>,
    Path(id): Path<AccountId>,
    Body(proxy): Body<AccountProxy>,
) -> Answer<AccountView> {
    Ok(Json(app.engine.set_account_proxy(&id, &proxy.proxy).await?))
}
