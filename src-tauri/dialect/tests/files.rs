//! Files named by address: left to vendors that fetch them, put in as bytes for those that do not.
#![cfg(test)]

mod support;

use serde_json::{Value, json};
use switchyard_dialect::{Addressee, ClientRequest, FetchedFile, Sources, Terms, Tongue};
use switchyard_types::Accent;
use switchyard_types::Dialect::{self, Chat, Gemini, Messages, Ollama, Responses};

const PNG: &str = "https://h.example/a.png";
const NAMELESS: &str = "https://h.example/picture";
const PDF: &str = "https://h.example/a.pdf";

/// A user's question about a file, as a client of this dialect asks it.
fn asking(client: Dialect, image: &str) -> Value {
    let messages = |part: Value| json!([{ "role": "user", "content": [part] }]);
    match client {
        Chat => {
            json!({ "messages": messages(json!({ "type": "image_url", "image_url": { "url": image } })) })
        }
        Messages => json!({ "max_tokens": 9, "messages": messages(
            json!({ "type": "image", "source": { "type": "url", "url": image } })) }),
        Responses => {
            json!({ "input": messages(json!({ "type": "input_image", "image_url": image })) })
        }
        Gemini => json!({ "contents": [{ "role": "user", "parts": [
            { "fileData": { "mimeType": "image/png", "fileUri": image } }] }] }),
        Ollama => json!({ "messages": [] }),
    }
}

fn read(client: Dialect, body: &Value) -> ClientRequest {
    ClientRequest::read(client, body.to_string().as_bytes()).unwrap()
}

fn wanted(client: Dialect, tongue: impl Into<Tongue>, body: &Value) -> Vec<String> {
    read(client, body).wanted_files(tongue.into())
}

fn written(
    client: Dialect,
    vendor: Dialect,
    body: &Value,
    file: Result<(&str, &str), &str>,
) -> (Value, Vec<String>) {
    let to = Addressee {
        dialect: vendor,
        accent: None,
        vendor: "v",
        model: "m",
        delivery: None,
        terms: Terms::default(),
    };
    let file = file.map(|(kind, base64)| FetchedFile {
        media_type: kind.to_owned(),
        base64: base64.to_owned(),
    });
    let files = |_: &str| Some(file.clone().map_err(str::to_owned));
    let told = read(client, body).write(to, Sources { recall: &|_| None, files: &files });
    (serde_json::from_slice(&told.body).unwrap(), told.losses)
}

#[test]
fn only_vendors_that_take_bytes_alone_want_a_file_fetched() {
    let accented = |dialect, accent| Tongue { dialect, accent: Some(accent) };
    for client in [Chat, Messages, Responses, Gemini] {
        let body = asking(client, PNG);
        for able in [Chat, Responses, Messages, Gemini] {
            assert!(wanted(client, able, &body).is_empty(), "{client:?} to {able:?}");
        }
        for unable in [
            Ollama.into(),
            accented(Messages, Accent::Kiro),
            accented(Gemini, Accent::CodeAssist),
            accented(Chat, Accent::Copilot),
        ] {
            assert_eq!(wanted(client, unable, &body), [PNG], "{client:?} to {unable:?}");
        }
        // Google has to be told the kind, and its name does not tell it.
        assert_eq!(wanted(client, Gemini, &asking(client, NAMELESS)), [NAMELESS]);
    }
    assert_eq!(wanted(Chat, Messages, &asking(Chat, "http://h.example/a.png")).len(), 1);
    assert!(wanted(Chat, Ollama, &asking(Chat, "gs://bucket/a.png")).is_empty());
    assert!(wanted(Chat, Ollama, &asking(Chat, "data:image/png;base64,aW1n")).is_empty());
}

#[test]
fn an_address_that_stands_twice_is_fetched_once() {
    let mut body = asking(Chat, PNG);
    let turn = body["messages"][0].clone();
    body["messages"].as_array_mut().unwrap().push(turn);
    assert_eq!(wanted(Chat, Ollama, &body), [PNG]);
}

#[test]
fn the_bytes_stand_where_the_address_stood() {
    let file = Ok(("image/png", "aW1n"));
    for client in [Chat, Messages, Responses, Gemini] {
        let (sent, losses) = written(client, Ollama, &asking(client, PNG), file);
        assert_eq!(sent["messages"][0]["images"], json!(["aW1n"]), "{client:?}");
        assert!(losses.is_empty(), "{losses:?}");
    }
    let (sent, _) = written(Chat, Gemini, &asking(Chat, NAMELESS), file);
    let part = &sent["contents"][0]["parts"][0];
    assert_eq!(part["inlineData"], json!({ "mimeType": "image/png", "data": "aW1n" }));
}

#[test]
fn images_in_results_of_tools_are_fetched_too() {
    let image = json!({ "type": "image", "source": { "type": "url", "url": PNG } });
    let body = json!({ "max_tokens": 9, "messages": [
        { "role": "assistant", "content": [{ "type": "tool_use", "id": "t", "name": "see", "input": {} }] },
        { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "t", "content": [image] }] },
    ] });
    assert_eq!(wanted(Messages, Ollama, &body), [PNG]);
    let (sent, _) = written(Messages, Ollama, &body, Ok(("image/png", "aW1n")));
    assert!(sent.to_string().contains("aW1n"), "{sent}");
}

#[test]
fn a_file_that_cannot_be_had_is_told_to_model_and_user() {
    let (sent, losses) =
        written(Chat, Ollama, &asking(Chat, PNG), Err("h.example answered with status 404"));
    assert!(sent["messages"][0]["content"].as_str().unwrap().contains("status 404"), "{sent}");
    assert_eq!(
        losses,
        ["content: a file could not be fetched: h.example answered with status 404"]
    );
}

#[test]
fn documents_by_address_go_as_addresses_where_that_is_understood() {
    let clients = [
        (
            Messages,
            json!({ "max_tokens": 9, "messages": [{ "role": "user", "content": [
            { "type": "document", "title": "A", "source": { "type": "url", "url": PDF } }] }] }),
        ),
        (
            Responses,
            json!({ "input": [{ "role": "user", "content": [
            { "type": "input_file", "file_url": PDF }] }] }),
        ),
        (
            Gemini,
            json!({ "contents": [{ "role": "user", "parts": [
            { "fileData": { "mimeType": "application/pdf", "fileUri": PDF } }] }] }),
        ),
    ];
    for (client, body) in &clients {
        for (vendor, pointer, field) in [
            (Messages, "/messages/0/content/0/source/url", "document"),
            (Responses, "/input/0/content/0/file_url", "input_file"),
            (Gemini, "/contents/0/parts/0/fileData/fileUri", "application/pdf"),
        ] {
            if vendor == *client {
                continue;
            }
            assert!(wanted(*client, vendor, body).is_empty(), "{client:?} to {vendor:?}");
            let (sent, losses) = written(*client, vendor, body, Err("nobody asked"));
            assert_eq!(
                sent.pointer(pointer),
                Some(&json!(PDF)),
                "{client:?} to {vendor:?}: {sent}"
            );
            assert!(sent.to_string().contains(field), "{sent}");
            assert!(losses.is_empty(), "{losses:?}");
        }
        assert_eq!(wanted(*client, Chat, body), [PDF]);
        let (sent, losses) = written(*client, Chat, body, Ok(("application/pdf", "JVBERi0=")));
        let file = &sent["messages"][0]["content"][0]["file"];
        assert_eq!(file["file_data"], "data:application/pdf;base64,JVBERi0=", "{sent}");
        assert!(losses.is_empty(), "{losses:?}");
        // Nothing is fetched for a vendor that takes no documents at all.
        assert!(wanted(*client, Ollama, body).is_empty());
    }
}

#[test]
fn a_file_is_what_it_turned_out_to_be() {
    let (sent, _) =
        written(Chat, Gemini, &asking(Chat, NAMELESS), Ok(("application/pdf", "JVBERi0=")));
    assert_eq!(sent["contents"][0]["parts"][0]["inlineData"]["mimeType"], "application/pdf");
}
