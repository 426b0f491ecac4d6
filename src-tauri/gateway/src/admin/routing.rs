//! Budgets, rules, templates, and how accounts are chosen.

use axum::Json;
use axum::extract::{Path, State};
use switchyard_types::{
    BudgetBody, BudgetView, ComboTemplate, ComboView, KeyId, RoutingSettings, Rule, RuleBody,
    RuleOf, TemplateUse,
};

use super::{Answer, Body, Done, done};
use crate::serve::App;

pub(crate) async fn budgets(State(app): State<App>) -> Json<Vec<BudgetView>> {
    Json(app.engine.budgets())
}

pub(crate) async fn put_budget(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(body): Body<BudgetBody>,
) -> Answer<BudgetView> {
    Ok(Json(app.engine.put_budget(&id, body).await?))
}

pub(crate) async fn remove_budget(State(app): State<App>, Path(id): Path<String>) -> Answer<Done> {
    app.engine.remove_budget(&id).await?;
    Ok(done())
}

pub(crate) async fn rules(State(app): State<App>) -> Answer<Vec<Rule>> {
    Ok(Json(app.engine.rules().await?))
}

pub(crate) async fn put_key_rule(
    State(app): State<App>,
    Path(key): Path<KeyId>,
    Body(body): Body<RuleBody>,
) -> Answer<Rule> {
    Ok(Json(app.engine.put_rule(RuleOf::Client { key }, body).await?))
}

pub(crate) async fn remove_key_rule(
    State(app): State<App>,
    Path(key): Path<KeyId>,
) -> Answer<Done> {
    app.engine.remove_rule(&RuleOf::Client { key }).await?;
    Ok(done())
}

pub(crate) async fn put_path_rule(
    State(app): State<App>,
    Path(name): Path<String>,
    Body(body): Body<RuleBody>,
) -> Answer<Rule> {
    Ok(Json(app.engine.put_rule(RuleOf::Path { name }, body).await?))
}

pub(crate) async fn remove_path_rule(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Answer<Done> {
    app.engine.remove_rule(&RuleOf::Path { name }).await?;
    Ok(done())
}

pub(crate) async fn settings(State(app): State<App>) -> Answer<RoutingSettings> {
    Ok(Json(app.engine.routing_settings().await?))
}

pub(crate) async fn put_settings(
    State(app): State<App>,
    Body(settings): Body<RoutingSettings>,
) -> Answer<RoutingSettings> {
    Ok(Json(app.engine.put_routing_settings(&settings).await?))
}

pub(crate) async fn templates(State(app): State<App>) -> Json<Vec<ComboTemplate>> {
    Json(app.engine.combo_templates())
}

pub(crate) async fn use_template(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<TemplateUse>,
) -> Answer<ComboView> {
    Ok(Json(app.engine.use_template(&id, asked.name.as_deref()).await?))
}
