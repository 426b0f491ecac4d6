use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use switchyard_engine::Grain;
use switchyard_types::{
    ExportAsk, ExportPart, Exported, ImportAsk, ImportPreview, Millis, UsageAsk, UsageRow, UsageSum,
};

use super::{Answer, Body};
use crate::serve::App;

pub(crate) async fn export(State(app): State<App>, Body(ask): Body<ExportAsk>) -> Answer<Exported> {
    Ok(Json(app.engine.export(ask).await?))
}

pub(crate) async fn export_part(
    State(app): State<App>,
    Body(part): Body<ExportPart>,
) -> Answer<Exported> {
    Ok(Json(app.engine.export_part(&part).await?))
}

pub(crate) async fn preview(
    State(app): State<App>,
    Body(ask): Body<ImportAsk>,
) -> Answer<ImportPreview> {
    Ok(Json(app.engine.preview_import(ask).await?))
}

pub(crate) async fn import(
    State(app): State<App>,
    Body(ask): Body<ImportAsk>,
) -> Answer<ImportPreview> {
    Ok(Json(app.engine.import(ask).await?))
}

#[derive(Deserialize)]
pub(crate) struct Span {
    from: Millis,
    until: Millis,
    #[serde(default)]
    by: By,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum By {
    Hour,
    #[default]
    Day,
}

pub(crate) async fn usage(
    State(app): State<App>,
    Query(span): Query<Span>,
) -> Answer<Vec<UsageSum>> {
    let grain = match span.by {
        By::Hour => Grain::Hour,
        By::Day => Grain::Day,
    };
    Ok(Json(app.engine.usage(span.from, span.until, grain).await?))
}

pub(crate) async fn usage_sums(
    State(app): State<App>,
    Query(asked): Query<UsageAsk>,
) -> Answer<Vec<UsageRow>> {
    Ok(Json(app.engine.usage_sums(&asked).await?))
}
