#![cfg(test)]
//! Shared combos: what a link shows, and that nothing is changed by showing it.

mod world;

use reqwest::Method;
use serde_json::{Value, json};
use switchyard_simulator::Vendor;
use switchyard_types::{ComboBody, ComboOffer, Dialect};
use world::World;

async fn admin(world: &World, method: Method, path: &str, body: Value) -> (u16, Value) {
    let asked = world.http.request(method, world.url(path)).bearer_auth(world.session().await);
    let asked = asked.header("content-type", "application/json").body(body.to_string());
    let answer = asked.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

async fn world() -> World {
    World::start(&[("good", Dialect::Chat, Vendor::default())]).await
}

async fn put(world: &World, name: &str, body: &Value) {
    let (status, made) =
        admin(world, Method::PUT, &format!("/api/combos/{name}"), body.clone()).await;
    assert_eq!(status, 200, "{made}");
}

async fn link_of(world: &World, name: &str) -> String {
    let path = format!("/api/combos/{name}/link");
    let (status, shared) = admin(world, Method::GET, &path, Value::Null).await;
    assert_eq!(status, 200, "{shared}");
    shared["link"].as_str().unwrap().to_owned()
}

async fn open(world: &World, link: &str) -> (u16, Value) {
    admin(world, Method::POST, "/api/open", json!({ "link": link })).await
}

#[tokio::test]
async fn a_shared_combo_is_shown_and_made_only_when_it_is_asked_for() {
    let (theirs, ours) = (world().await, world().await);
    let day = json!(["day", { "money": 5 }]);
    let body = json!({
        "candidates": [{ "model": "good/m", "weight": 3, "budget": day }, "@free"],
        "terms": { "strategy": { "by": "weighted" } },
    });
    put(&theirs, "work", &body).await;
    let link = link_of(&theirs, "work").await;

    let (_, before) = admin(&ours, Method::GET, "/api/combos", Value::Null).await;
    let (status, shown) = open(&ours, &link).await;
    assert_eq!(status, 200, "{shown}");
    let offer = &shown["offer"];
    assert_eq!((&shown["is"], &offer["name"]), (&json!("combo"), &json!("work")));
    assert_eq!(offer["terms"]["strategy"]["by"], "weighted");
    assert_eq!(offer["candidates"][0]["weight"], 3);
    assert_eq!(offer["candidates"][0]["budget"], Value::Null, "whose money it is stays there");
    let (_, after) = admin(&ours, Method::GET, "/api/combos", Value::Null).await;
    assert_eq!(before, after, "showing changes nothing");

    let agreed = json!({ "candidates": offer["candidates"], "terms": offer["terms"] });
    put(&ours, "work", &agreed).await;
    assert_eq!(link_of(&ours, "work").await, link, "it is the same combo");
    let (_, shown) = open(&ours, &link).await;
    let offer = &shown["offer"];
    assert_eq!((&offer["name"], &offer["shared_as"]), (&json!("work-2"), &json!("work")));
}

#[tokio::test]
async fn what_two_accounts_had_apart_is_one_candidate_of_both_their_weights() {
    let world = world().await;
    let (status, accounts) = admin(&world, Method::GET, "/api/accounts", Value::Null).await;
    assert_eq!(status, 200, "{accounts}");
    let own = json!({ "model": "good/m", "account": accounts[0]["id"], "weight": 2 });
    let any = json!({ "model": "good/m", "weight": 3 });
    put(&world, "work", &json!({ "candidates": [own, any] })).await;
    let (_, shown) = open(&world, &link_of(&world, "work").await).await;
    let offer = &shown["offer"];
    assert_eq!(offer["problem"], Value::Null, "{offer}");
    assert_eq!(offer["candidates"].as_array().unwrap().len(), 1, "{offer}");
    assert_eq!(offer["candidates"][0]["weight"], 5);
}

#[tokio::test]
async fn an_offer_takes_no_name_that_something_here_has() {
    let (theirs, ours) = (world().await, world().await);
    put(&theirs, "gpt-4o", &json!({ "candidates": ["good/m"] })).await;
    let link = link_of(&theirs, "gpt-4o").await;
    let alias = json!({ "alias": "gpt-4o", "target": "good/m" });
    let (status, said) = admin(&ours, Method::PUT, "/api/aliases/gpt-4o", alias).await;
    assert_eq!(status, 200, "{said}");
    let (_, shown) = open(&ours, &link).await;
    let offer = &shown["offer"];
    assert_eq!((&offer["name"], &offer["shared_as"]), (&json!("gpt-4o-2"), &json!("gpt-4o")));
}

#[tokio::test]
async fn an_offer_that_is_taken_up_late_replaces_no_combo_that_was_made_meanwhile() {
    let (theirs, ours) = (world().await, world().await);
    put(&theirs, "work", &json!({ "candidates": ["good/m"] })).await;
    let link = link_of(&theirs, "work").await;
    let (_, shown) = open(&ours, &link).await;
    let offer: ComboOffer = serde_json::from_value(shown["offer"].clone()).unwrap();
    assert_eq!(offer.name, "work");
    put(&ours, "work", &json!({ "candidates": ["@free"] })).await;

    let agreed = serde_json::to_value(ComboBody::from(offer)).unwrap();
    let (status, said) = admin(&ours, Method::PUT, "/api/combos/work", agreed).await;
    assert_eq!((status, &said["code"]), (409, &json!("conflict")), "{said}");
    let (_, combos) = admin(&ours, Method::GET, "/api/combos", Value::Null).await;
    assert_eq!(combos[0]["candidates"][0]["model"], "@free", "{combos}");
    let (_, shown) = open(&ours, &link).await;
    assert_eq!(shown["offer"]["name"], "work-2", "the next offer has a free name");
}

#[tokio::test]
async fn a_combo_that_cannot_be_made_here_says_why() {
    let (theirs, ours) = (world().await, World::start(&[]).await);
    put(&theirs, "work", &json!({ "candidates": ["good/m"] })).await;
    let (status, shown) = open(&ours, &link_of(&theirs, "work").await).await;
    assert_eq!(status, 200);
    let problem = shown["offer"]["problem"]["message"].as_str().unwrap();
    assert!(problem.contains("\"good/m\" names no vendor"), "{problem}");
}

#[tokio::test]
async fn a_link_that_nobody_here_asked_for_is_refused_and_not_repeated() {
    let world = world().await;
    for (link, status, words) in [
        ("https://example.com/canary", 400, "no link of Switchyard's"),
        ("switchyard://quit?canary", 400, "does not know"),
        ("switchyard://combo?v=1&data=canary", 400, "damaged"),
        ("switchyard://login?code=canary", 400, "names none"),
        ("switchyard://login?code=canary&state=of-nobody", 404, "no sign-in here waits"),
    ] {
        let (got, answer) = open(&world, link).await;
        let answer = answer.to_string();
        assert!(answer.contains(words), "{link}: {answer}");
        assert_eq!(got, status, "{link}: {answer}");
        assert!(!answer.contains("canary"), "{answer}");
    }
}
