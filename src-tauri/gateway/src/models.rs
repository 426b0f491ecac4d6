//! `GET /v1/models`: combos first, so that a picker shows what the user made.

use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use serde_json::{Value, json};

use crate::serve::App;

/// A model that a client may name.
struct Listed {
    id: String,
    name: String,
    owner: String,
}

/// Lists them as the caller's dialect does: Anthropic's clients send their version header.
pub(crate) async fn list(State(app): State<App>, headers: HeaderMap) -> Json<Value> {
    let listed = listed(&app).await;
    let created = app.now() / 1000;
    Json(if headers.contains_key("anthropic-version") {
        anthropic(&listed)
    } else {
        openai(&listed, created)
    })
}

async fn listed(app: &App) -> Vec<Listed> {
    let combos = app.engine.combos();
    let mut listed = Vec::new();
    if let Some(active) = combos.iter().find(|combo| combo.active) {
        let name = format!("The active combo: {}", active.name);
        listed.push(Listed { id: "auto".to_owned(), name, owner: "switchyard".to_owned() });
    }
    listed.extend(combos.into_iter().map(|combo| Listed {
        name: combo.name.clone(),
        id: combo.name,
        owner: "switchyard".to_owned(),
    }));
    // A list without aliases is better than no list.
    listed.extend(app.engine.aliases().await.unwrap_or_default().into_iter().map(|alias| Listed {
        name: format!("{} → {}", alias.alias, alias.target),
        id: alias.alias,
        owner: "switchyard".to_owned(),
    }));
    listed.extend(
        app.engine.models().into_iter().filter(|model| model.connected).map(|model| Listed {
            id: model.model,
            name: model.name,
            owner: model.vendor,
        }),
    );
    listed
}

fn openai(listed: &[Listed], created: i64) -> Value {
    let data: Vec<Value> = listed
        .iter()
        .map(|model| {
            json!({
                "id": model.id, "object": "model", "created": created, "owned_by": model.owner,
            })
        })
        .collect();
    json!({ "object": "list", "data": data })
}

fn anthropic(listed: &[Listed]) -> Value {
    let data: Vec<Value> = listed
        .iter()
        .map(|model| {
            json!({
                "type": "model", "id": model.id, "display_name": model.name,
                "created_at": "1970-01-01T00:00:00Z",
            })
        })
        .collect();
    json!({
        "data": data,
        "has_more": false,
        "first_id": listed.first().map(|model| &model.id),
        "last_id": listed.last().map(|model| &model.id),
    })
}
