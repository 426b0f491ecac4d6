//! Images by address, for vendors that take bytes only: fetched, vetted, kept for a while.
#![cfg(test)]

mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::Redirect;
use axum::routing::get;
use serde_json::{Value, json};
use switchyard_simulator::Vendor;
use switchyard_types::Dialect;
use world::{Heard, World};

/// The smallest PNG: one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// A server of files; it counts how often the image was asked for.
async fn files() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let image = get(async move || {
        counter.fetch_add(1, Ordering::SeqCst);
        // Servers are often wrong about the kind.
        ([(header::CONTENT_TYPE, "application/octet-stream")], PIXEL)
    });
    let app = Router::new()
        .route("/image", image)
        .route("/moved", get(async || Redirect::temporary("/image")))
        .route("/inside", get(async || Redirect::temporary("http://169.254.169.254/latest")))
        .route("/round", get(async || Redirect::temporary("/round")))
        .route("/page", get(async || "<!doctype html>"))
        .route("/huge", get(async || vec![0; 21 * 1024 * 1024]))
        .route("/gone", get(async || StatusCode::NOT_FOUND));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, app).await });
    (base, asked)
}

async fn world(private_files: bool) -> World {
    World::start_with(&[("local", Dialect::Ollama, Vendor::default())], |config| {
        config.private_files = private_files;
    })
    .await
}

async fn ask(world: &World, address: &str) -> (Value, Vec<String>) {
    let body = json!({ "model": "local/m", "messages": [{ "role": "user", "content": [
        { "type": "text", "text": "What is this?" },
        { "type": "image_url", "image_url": { "url": address } },
    ] }] });
    let response = world.post("/v1/chat/completions", body.to_string()).send().await.unwrap();
    let heard = Heard::from(response).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    let sent = world.simulator.requests().pop().unwrap();
    let sent = serde_json::from_slice(&sent.body).unwrap();
    (sent, world.last().await.losses)
}

#[tokio::test]
async fn an_image_is_fetched_once_for_a_conversation() {
    let (base, asked) = files().await;
    let world = world(true).await;
    for _ in 0..3 {
        let (sent, losses) = ask(&world, &format!("{base}/image")).await;
        let image = sent["messages"][0]["images"][0].as_str().unwrap();
        assert!(image.starts_with("iVBORw0KGgo"), "{sent}");
        assert!(losses.is_empty(), "{losses:?}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_redirect_is_followed_and_vetted() {
    let (base, _) = files().await;
    let world = world(true).await;
    let (sent, _) = ask(&world, &format!("{base}/moved")).await;
    assert!(sent["messages"][0]["images"][0].is_string(), "{sent}");
    for (path, reason) in [("inside", "never a vendor's address"), ("round", "pointed elsewhere")] {
        let (sent, losses) = ask(&world, &format!("{base}/{path}")).await;
        assert!(sent["messages"][0].get("images").is_none(), "{sent}");
        assert!(losses.iter().any(|loss| loss.contains(reason)), "{path}: {losses:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_had_is_told_and_the_question_goes_on() {
    let (base, _) = files().await;
    let world = world(true).await;
    for (path, reason) in
        [("gone", "status 404"), ("page", "neither an image nor a PDF"), ("huge", "larger than")]
    {
        let (sent, losses) = ask(&world, &format!("{base}/{path}")).await;
        let said = sent["messages"][0]["content"].as_str().unwrap();
        assert!(said.contains("What is this?") && said.contains(reason), "{path}: {said}");
        assert!(losses.iter().any(|loss| loss.contains(reason)), "{path}: {losses:?}");
    }
}

#[tokio::test]
async fn addresses_of_the_own_network_are_not_fetched_without_consent() {
    let (base, asked) = files().await;
    let world = world(false).await;
    let by_name = base.replace("127.0.0.1", "localhost");
    for address in [format!("{base}/image"), format!("{by_name}/image")] {
        let (sent, losses) = ask(&world, &address).await;
        assert!(sent["messages"][0].get("images").is_none(), "{sent}");
        assert!(losses.iter().any(|loss| loss.contains("private")), "{losses:?}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}
