use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, header};
use serde::Serialize;
use switchyard_engine::{Language, tell_answer};
use switchyard_types::{Event, UnderWay};
use tokio::sync::broadcast::error::RecvError;

use crate::serve::App;
use crate::tongue;

/// How often a silent stream shows that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// `GET /api/events`: what runs, then what moves, as it moves.
pub(crate) async fn stream(State(app): State<App>, headers: HeaderMap) -> Response {
    let language = tongue::language(&headers);
    let (mut running, mut events) = app.engine.listen();
    let stopping = app.stopping.clone();
    let lines = async_stream::stream! {
        // The first bytes tell the browser that the stream stands.
        yield Ok::<_, Infallible>(Bytes::from_static(b": here\n\n"));
        yield Ok(line(&UnderWay { under_way: std::mem::take(&mut running) }, language));
        loop {
            let heard = tokio::select! {
                () = stopping.cancelled() => break,
                heard = tokio::time::timeout(KEEP_ALIVE, events.recv()) => heard,
            };
            match heard {
                Err(_) => yield Ok(Bytes::from_static(b": still here\n\n")),
                Ok(Ok(event)) => yield Ok(line(&event, language)),
                Ok(Err(RecvError::Lagged(_))) => {
                    // What still waits is older than what runs now.
                    (running, events) = app.engine.listen();
                    yield Ok(line(&Event::Lagged, language));
                    yield Ok(line(&UnderWay { under_way: std::mem::take(&mut running) }, language));
                }
                Ok(Err(RecvError::Closed)) => break,
            }
        }
    };
    let headers =
        [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-cache")];
    (headers, Body::from_stream(lines)).into_response()
}

fn line(event: &impl Serialize, language: Language) -> Bytes {
    match serde_json::to_string(event) {
        Ok(json) => Bytes::from(format!("data: {}\n\n", tell_answer(language, &json))),
        Err(error) => {
            tracing::error!("an event could not be written: {error}");
            Bytes::from_static(b": lost\n\n")
        }
    }
}
