//! In which language the dashboard hears the server. Agents and the command line hear English.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::{HeaderMap, header};
use switchyard_engine::{Language, tell_answer};

use crate::refusal::Refusal;

/// The language that the page asks for; English where it says nothing, as the command line does.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let tags = wanted.unwrap_or_default().split(',');
    Language::choose(tags.map(|tag| tag.split(';').next().unwrap_or_default().trim()))
}

/// An answer to a person in their language. What an agent would be answered, which the playground and the asking
/// again bring, passes as it is.
pub(crate) async fn told(response: Response, language: Language) -> Response {
    let headers = response.headers();
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if language == Language::English || !is_json || headers.contains_key("x-switchyard-request") {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // The handlers' JSON is whole in memory already.
    let Ok(json) = to_bytes(body, usize::MAX).await else { return Refusal::Panicked.to_person() };
    let body = match std::str::from_utf8(&json) {
        Ok(text) => Body::from(tell_answer(language, text).into_owned()),
        Err(_) => Body::from(json),
    };
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, body)
}
