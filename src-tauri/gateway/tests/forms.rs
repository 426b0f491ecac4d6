//! A vendor that answers in the other form than it was asked in: a stream for one piece, or one piece for
//! a stream.
#![cfg(test)]

mod world;

use std::net::SocketAddr;

use serde_json::Value;
use switchyard_simulator::Vendor;
use switchyard_types::{Dialect, NewAccount, NewVendor, Secret, Tier};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use world::{Heard, Stream, World};

/// What a stream of a dialect calls itself.
fn streamed(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Ollama => "application/x-ndjson",
        Dialect::Chat | Dialect::Messages | Dialect::Responses | Dialect::Gemini => {
            "text/event-stream"
        }
    }
}

/// A vendor that gives every request this answer.
async fn stubborn(content_type: &'static str, body: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut piece = [0; 4096];
            while !is_whole(&request) {
                match socket.read(&mut piece).await {
                    Ok(0) | Err(_) => break,
                    Ok(size) => request.extend_from_slice(&piece[..size]),
                }
            }
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = socket.write_all((head + &body).as_bytes()).await;
        }
    });
    address
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

/// What a well-behaved vendor says, in that form.
async fn answer(dialect: Dialect, stream: Stream) -> String {
    let world = World::start(&[("v", dialect, Vendor::default())]).await;
    world.ask(dialect, "v/m", stream).await.text
}

/// A server whose only vendor is the stubborn one.
async fn before(vendor: Dialect, at: SocketAddr) -> World {
    let world = World::start(&[]).await;
    let new = NewVendor {
        name: "stubborn".to_owned(),
        prefix: "stubborn".to_owned(),
        dialect: vendor,
        base_url: format!("http://{at}/v1"),
        allow_private: true,
        models: vec!["m".to_owned()],
        tier: Tier::Cheap,
    };
    world.engine.add_vendor(&new).await.unwrap();
    let account = NewAccount {
        vendor: "stubborn".to_owned(),
        name: "mine".to_owned(),
        key: Secret::new("a-key-of-some-length".to_owned()),
        check: false,
        ..NewAccount::default()
    };
    world.engine.add_account(account).await.unwrap();
    world
}

/// The words of a whole answer.
fn words(client: Dialect, answer: &str) -> String {
    let answer: Value = serde_json::from_str(answer).unwrap();
    let place = match client {
        Dialect::Chat => "/choices/0/message/content",
        Dialect::Messages => "/content/0/text",
        Dialect::Responses => "/output/0/content/0/text",
        Dialect::Gemini => "/candidates/0/content/parts/0/text",
        Dialect::Ollama => "/message/content",
    };
    answer.pointer(place).and_then(Value::as_str).unwrap().to_owned()
}

#[tokio::test]
async fn a_client_that_asked_for_one_piece_gets_it_though_the_vendor_streams() {
    for vendor in Dialect::ALL {
        let at = stubborn(streamed(vendor), answer(vendor, Stream::Yes).await).await;
        let world = before(vendor, at).await;
        let well = answer(vendor, Stream::No).await;
        for client in Dialect::ALL {
            let heard = world.ask(client, "stubborn/m", Stream::No).await;
            assert_eq!(heard.status, 200, "{client:?} {vendor:?}: {}", heard.text);
            assert_eq!(heard.headers["content-type"], "application/json");
            assert_eq!(words(client, &heard.text), words(vendor, &well), "{client:?} {vendor:?}");
        }
    }
}

#[tokio::test]
async fn a_client_that_asked_for_a_stream_gets_it_though_the_vendor_answers_in_one_piece() {
    for vendor in Dialect::ALL {
        let at = stubborn("application/json", answer(vendor, Stream::No).await).await;
        let world = before(vendor, at).await;
        for client in Dialect::ALL {
            let heard = world.ask(client, "stubborn/m", Stream::Yes).await;
            assert_eq!(heard.status, 200, "{client:?} {vendor:?}: {}", heard.text);
            assert_eq!(heard.headers["content-type"], streamed(client));
            assert!(!heard.broke);
            assert!(ends_well(client, &heard), "{client:?} {vendor:?}: {}", heard.text);
        }
    }
}

/// Whether the last event of a stream is its end.
fn ends_well(client: Dialect, heard: &Heard) -> bool {
    let end = match client {
        Dialect::Chat => "[DONE]",
        Dialect::Messages => "message_stop",
        Dialect::Responses => "response.completed",
        Dialect::Gemini => "\"finishReason\":\"STOP\"",
        Dialect::Ollama => return heard.lines().last().is_some_and(|line| line["done"] == true),
    };
    heard.events().pop().is_some_and(|last| last.contains(end))
}

#[tokio::test]
async fn a_stream_under_another_name_is_still_a_stream() {
    for vendor in Dialect::ALL {
        let at = stubborn("application/json", answer(vendor, Stream::Yes).await).await;
        let world = before(vendor, at).await;
        let well = answer(vendor, Stream::No).await;
        for client in Dialect::ALL {
            let heard = world.ask(client, "stubborn/m", Stream::Yes).await;
            assert!(ends_well(client, &heard), "{client:?} {vendor:?}: {}", heard.text);
            let heard = world.ask(client, "stubborn/m", Stream::No).await;
            assert_eq!(words(client, &heard.text), words(vendor, &well), "{client:?} {vendor:?}");
        }
    }
}
