//! Vendors that speak with an accent: what is dressed, undressed, and told as Kiro's event stream.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use switchyard_dialect::{
    Addressee, Asks, ClientRequest, Frame, Occasion, Sources, Splitter, Terms, Tongue, dress,
    translate_request_to, undress,
};
use switchyard_types::{Accent, Dialect};

use crate::grammar::{self, Ending};
use crate::{is_object, mark, pieces};

const TONGUES: [Tongue; 10] = [
    Tongue { dialect: Dialect::Gemini, accent: Some(Accent::CodeAssist) },
    Tongue { dialect: Dialect::Gemini, accent: Some(Accent::Antigravity) },
    Tongue { dialect: Dialect::Responses, accent: Some(Accent::Codex) },
    Tongue { dialect: Dialect::Chat, accent: Some(Accent::Copilot) },
    Tongue { dialect: Dialect::Responses, accent: Some(Accent::Copilot) },
    Tongue { dialect: Dialect::Messages, accent: Some(Accent::Copilot) },
    Tongue { dialect: Dialect::Messages, accent: Some(Accent::Kiro) },
    Tongue { dialect: Dialect::Messages, accent: Some(Accent::Vertex) },
    Tongue { dialect: Dialect::Gemini, accent: Some(Accent::Vertex) },
    Tongue { dialect: Dialect::Chat, accent: Some(Accent::Cohere) },
];

/// The events that Kiro tells, and one that it does not.
const EVENTS: [&str; 8] = [
    "assistantResponseEvent",
    "reasoningContentEvent",
    "toolUseEvent",
    "codeEvent",
    "metricsEvent",
    "citationEvent",
    "metadataEvent",
    "somethingNewEvent",
];

/// Takes bytes for whatever passes between us and such a vendor.
pub fn accent(bytes: &[u8]) {
    let body = Bytes::copy_from_slice(bytes);
    for tongue in TONGUES {
        dressed(tongue, &body);
        let whole = undress(tongue, body.clone());
        assert!(!is_object(bytes) || is_object(&whole), "{tongue:?} undressed to no object");
        stream(tongue, bytes);
        for client in Dialect::ALL {
            asked(client, tongue, bytes);
        }
    }
    stream(TONGUES[6], &events_of(bytes));
}

fn dressed(tongue: Tongue, body: &Bytes) {
    for asks in [Asks::Answer, Asks::Count, Asks::Compaction] {
        let occasion =
            Occasion { model: "m", project: Some("p"), session: "s", request: "r", asks };
        if let Ok(dressed) = dress(tongue, body.clone(), &occasion) {
            assert!(
                !is_object(body) || is_object(&dressed.body),
                "{tongue:?} dressed as no object"
            );
        }
    }
}

fn addressed(tongue: Tongue) -> Addressee<'static> {
    Addressee {
        dialect: tongue.dialect,
        accent: tongue.accent,
        vendor: "v",
        model: "claude-sonnet-5",
        delivery: None,
        terms: Terms::default(),
    }
}

/// A request of any client, with files that nobody could fetch.
fn asked(client: Dialect, tongue: Tongue, bytes: &[u8]) {
    if tongue.passes(client) {
        return;
    }
    let Ok(request) = ClientRequest::read(client, bytes) else { return };
    let wanted = request.wanted_files(tongue);
    let files = |address: &str| {
        assert!(wanted.iter().any(|known| known == address), "a file that nobody wanted");
        Some(Err("gone".to_owned()))
    };
    let told = request.write(addressed(tongue), Sources { recall: &|_| None, files: &files });
    assert!(is_object(&told.body), "no object for {tongue:?}");
    dressed(tongue, &Bytes::from(told.body));
}

fn frames(tongue: Tongue, pieces: &[&[u8]]) -> Vec<Frame> {
    let mut splitter = Splitter::of(tongue);
    let mut frames = Vec::new();
    for piece in pieces {
        splitter.push(Bytes::copy_from_slice(piece));
        loop {
            match splitter.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(_) => return frames,
            }
        }
    }
    if let Some(frame) = splitter.finish() {
        frames.push(frame);
    }
    frames
}

fn stream(tongue: Tongue, bytes: &[u8]) {
    let whole = frames(tongue, &[bytes]);
    assert_eq!(whole, frames(tongue, &pieces(bytes, mark(bytes))), "{tongue:?}: a cut tells");
    for client in Dialect::ALL {
        if tongue.passes(client) {
            continue;
        }
        let ask: &[u8] = match client {
            Dialect::Responses => br#"{"model":"m","input":"x"}"#,
            Dialect::Gemini => br#"{"contents":[{"parts":[{"text":"x"}]}]}"#,
            _ => br#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}]}"#,
        };
        let told = translate_request_to(client, addressed(tongue), ask, &|_| None);
        let way = told.expect("a request of our own").way_back;
        let (out, ended) = crate::told(tongue.dialect, client, &whole, &way);
        match grammar::check(client, &out) {
            Ok(ending) => assert_eq!(ending == Ending::Good, ended, "{tongue:?} for {client:?}"),
            Err(broken) => panic!("{tongue:?} for {client:?}: {broken}"),
        }
    }
}

/// Lines as events: checksums would keep what is tried from ever being read.
fn events_of(bytes: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some((first, payload)) = line.split_first() else { continue };
        let (kind, name) = match first % 9 {
            8 => ("exception", "ThrottlingException"),
            nth => ("event", EVENTS[usize::from(nth)]),
        };
        let named = if kind == "event" { ":event-type" } else { ":exception-type" };
        let header = |name: &'static str, text: &'static str| {
            Header::new(name, HeaderValue::String(text.into()))
        };
        let message = Message::new(payload.to_vec())
            .add_header(header(":message-type", kind))
            .add_header(header(named, name));
        write_message_to(&message, &mut stream).expect("a message of our own");
    }
    stream
}
