//! What the tray offers and how it speaks, for the dashboard and the command line as well.

use axum::Json;
use axum::extract::State;
use switchyard_types::{FollowedLink, LanguageSetting, LinkView, NotificationSettings, Paused};

use super::{Answer, Body, Done, done};
use crate::serve::App;

pub(crate) async fn notifications(State(app): State<App>) -> Json<NotificationSettings> {
    Json(app.engine.notification_settings())
}

pub(crate) async fn put_notifications(
    State(app): State<App>,
    Body(settings): Body<NotificationSettings>,
) -> Answer<NotificationSettings> {
    Ok(Json(app.engine.put_notification_settings(settings).await?))
}

pub(crate) async fn test_notification(State(app): State<App>) -> Answer<Done> {
    app.engine.test_notification().await?;
    Ok(done())
}

pub(crate) async fn end_quiet(State(app): State<App>) -> Json<Done> {
    app.engine.end_snooze();
    done()
}

pub(crate) async fn put_language(
    State(app): State<App>,
    Body(setting): Body<LanguageSetting>,
) -> Answer<LanguageSetting> {
    Ok(Json(app.engine.put_language(setting).await?))
}

pub(crate) async fn open(
    State(app): State<App>,
    Body(followed): Body<FollowedLink>,
) -> Answer<LinkView> {
    Ok(Json(app.engine.follow_link(&followed.link).await?))
}

pub(crate) async fn pause(State(app): State<App>, Body(wanted): Body<Paused>) -> Json<Paused> {
    app.engine.set_paused(wanted);
    Json(Paused { paused: app.engine.paused() })
}
