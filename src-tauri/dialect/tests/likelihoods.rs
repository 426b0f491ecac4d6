//! How likely each token was: asked for and told in every dialect that knows it.
#![cfg(test)]

mod support;

use serde_json::{Value, json};
use support::grammar;
use switchyard_dialect::{
    StreamTranslator, WayBack, fold, translate_reply, translate_request, unfold,
};
use switchyard_types::Dialect::{self, Chat, Gemini, Messages, Ollama, Responses};

const ABLE: [Dialect; 4] = [Chat, Responses, Gemini, Ollama];

fn pairs() -> impl Iterator<Item = (Dialect, Dialect)> {
    let all = ABLE.into_iter().flat_map(|one| ABLE.into_iter().map(move |other| (one, other)));
    all.filter(|(one, other)| one != other)
}

/// A request that wants the likelihoods, with two others beside each.
fn asking(client: Dialect) -> Value {
    let messages = json!([{ "role": "user", "content": "Hi" }]);
    match client {
        Chat => json!({ "model": "m", "messages": messages, "logprobs": true, "top_logprobs": 2 }),
        Responses => json!({ "model": "m", "input": "Hi", "top_logprobs": 2,
            "include": ["message.output_text.logprobs"] }),
        Gemini => json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }],
            "generationConfig": { "responseLogprobs": true, "logprobs": 2 } }),
        Ollama => {
            json!({ "model": "m", "messages": messages, "logprobs": true, "top_logprobs": 2 })
        }
        Messages => unreachable!("it cannot ask"),
    }
}

fn entry() -> Value {
    let other = json!({ "token": "Yo", "logprob": -2.5, "bytes": [89, 111] });
    json!({ "token": "Hi", "logprob": -0.25, "bytes": [72, 105],
        "top_logprobs": [{ "token": "Hi", "logprob": -0.25, "bytes": [72, 105] }, other] })
}

fn googles() -> Value {
    let (hi, yo) = (
        json!({ "token": "Hi", "logProbability": -0.25 }),
        json!({ "token": "Yo", "logProbability": -2.5 }),
    );
    json!({ "chosenCandidates": [hi], "topCandidates": [{ "candidates": [hi, yo] }] })
}

/// A whole reply that tells them.
fn told(vendor: Dialect) -> Value {
    match vendor {
        Chat => {
            json!({ "id": "c", "object": "chat.completion", "model": "m", "created": 1, "choices": [{
            "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": "Hi" },
            "logprobs": { "content": [entry()], "refusal": null } }] })
        }
        Responses => {
            json!({ "id": "resp_1", "object": "response", "status": "completed", "output": [{
            "type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [
            { "type": "output_text", "text": "Hi", "annotations": [], "logprobs": [entry()] }] }] })
        }
        Gemini => json!({ "responseId": "g", "candidates": [{ "index": 0, "finishReason": "STOP",
            "content": { "role": "model", "parts": [{ "text": "Hi" }] }, "logprobsResult": googles() }] }),
        Ollama => json!({ "model": "m", "created_at": "2026-01-01T00:00:00Z", "done": true,
            "done_reason": "stop", "message": { "role": "assistant", "content": "Hi" }, "logprobs": [entry()] }),
        Messages => unreachable!("it tells none"),
    }
}

/// The likelihoods in a whole reply of this dialect.
fn found(client: Dialect, reply: &Value) -> Value {
    let place = match client {
        Chat => "/choices/0/logprobs/content",
        Responses => "/output/0/content/0/logprobs",
        Gemini => "/candidates/0/logprobsResult",
        Ollama => "/logprobs",
        Messages => unreachable!("it tells none"),
    };
    reply.pointer(place).cloned().unwrap_or_default()
}

fn expected(client: Dialect) -> Value {
    if client == Gemini { googles() } else { json!([entry()]) }
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn they_are_asked_for_in_every_dialects_words() {
    for (client, vendor) in pairs() {
        let body = asking(client).to_string();
        let told = translate_request(client, vendor, body.as_bytes(), "m").unwrap();
        let sent = parsed(&told.body);
        let wanted = asking(vendor);
        for name in ["logprobs", "top_logprobs", "include", "generationConfig"] {
            assert_eq!(sent.get(name), wanted.get(name), "{client:?} to {vendor:?}: {name}");
        }
        assert!(told.losses.is_empty(), "{client:?} to {vendor:?}: {:?}", told.losses);
    }
    for client in ABLE {
        let body = asking(client).to_string();
        let told = translate_request(client, Messages, body.as_bytes(), "m").unwrap();
        assert_eq!(told.losses, ["logprobs, top_logprobs: Messages has no such field"]);
    }
}

#[test]
fn who_does_not_want_them_does_not_get_them_asked() {
    for (client, vendor) in pairs() {
        let mut body = asking(client);
        for name in ["logprobs", "top_logprobs", "include", "generationConfig"] {
            body.as_object_mut().unwrap().remove(name);
        }
        let told = translate_request(client, vendor, body.to_string().as_bytes(), "m").unwrap();
        assert!(
            !String::from_utf8(told.body).unwrap().contains("ogprobs"),
            "{client:?} to {vendor:?}"
        );
    }
}

#[test]
fn a_whole_reply_tells_them_in_the_clients_form() {
    for (client, vendor) in pairs() {
        let reply = told(vendor).to_string();
        let reply =
            translate_reply(vendor, client, reply.as_bytes(), "m", &WayBack::default()).unwrap();
        assert_eq!(
            found(client, &parsed(&reply.body)),
            expected(client),
            "{vendor:?} to {client:?}"
        );
        assert!(reply.losses.is_empty(), "{vendor:?} to {client:?}: {:?}", reply.losses);
    }
}

#[test]
fn a_stream_tells_them_with_its_text() {
    for (client, vendor) in pairs() {
        // Written over many lines, none of which may end an event.
        let whole = serde_json::to_vec_pretty(&told(vendor)).unwrap();
        let stream = unfold(vendor, &whole).unwrap();
        let mut translator = StreamTranslator::new(vendor, client, "m", &WayBack::default());
        let mut out = Vec::new();
        for frame in grammar::split(vendor, &[&stream]) {
            translator.push(&frame, &mut out);
        }
        translator.finish(&mut out);
        assert!(translator.ended(), "{vendor:?} to {client:?}");
        let whole = parsed(&fold(client, &out).unwrap());
        assert_eq!(found(client, &whole), expected(client), "{vendor:?} to {client:?}: {whole}");
    }
}
