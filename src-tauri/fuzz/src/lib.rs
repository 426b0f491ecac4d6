//! What the targets do with bytes that nobody wrote.
//!
//! Those of a dialect are taken for a request, a reply and a stream, and written in every other one. It must hold
//! for any bytes: nothing panics; what is written can be read again; a stream is the same
//! however it is cut; and a client gets a stream that its dialect's grammar allows, with one end.

pub mod accents;
pub mod refusals;
pub mod taken_in;
pub mod tool_files;
pub mod vendor_answers;
pub mod vendor_files;

#[path = "../../dialect/tests/support/grammar/mod.rs"]
mod grammar;

use std::sync::OnceLock;

use bytes::Bytes;
use grammar::Ending;
use serde_json::value::RawValue;
use switchyard_dialect::{
    Addressee, BodyError, ClientError, ErrorKind, Frame, JsonArray, Opening, PathDelivery,
    PathModel, Splitter, StreamTranslator, Terms, Watch, WayBack, estimate_input_tokens, fold,
    glance_as, inspect_reply, keep_alive, letters, load_reply, looks_streamed, needs_kept_state,
    proofs_of_reply, read_fault, translate_reply, translate_request_to, unfold,
    without_foreign_reasoning, write_fault,
};
use switchyard_types::Dialect;

/// Models of each kind that a writer tells apart.
const MODELS: [&str; 6] =
    ["m", "gpt-5.2", "gpt-oss:20b", "claude-opus-5-5", "gemini-2.5-pro", "gemini-3-flash-preview"];

/// Requests that leave something behind for the way back: tools of every form, names that have to be changed.
const ASKS: [(Dialect, &str); 7] = [
    (
        Dialect::Chat,
        r#"{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a.b"}}]}"#,
    ),
    (Dialect::Chat, r#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#),
    (
        Dialect::Messages,
        r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"a.b","input_schema":{"type":"object"}}]}"#,
    ),
    (
        Dialect::Responses,
        r#"{"model":"m","input":"x","tools":[{"type":"custom","name":"look"},{"type":"local_shell"},{"type":"namespace","name":"n","tools":[{"type":"function","name":"read"}]}]}"#,
    ),
    (
        Dialect::Gemini,
        r#"{"contents":[{"parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"a.b"}]}]}"#,
    ),
    (Dialect::Ollama, r#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#),
    (Dialect::Ollama, r#"{"model":"m","prompt":"x"}"#),
];

/// What the translation of a reply of `vendor` for `client` knows of the request.
fn way(client: Dialect, vendor: Dialect, mark: usize) -> &'static WayBack {
    static WAYS: OnceLock<Vec<(Dialect, Dialect, WayBack)>> = OnceLock::new();
    let ways = WAYS.get_or_init(|| {
        let pairs = ASKS.into_iter().flat_map(|ask| others(ask.0).map(move |vendor| (ask, vendor)));
        let way = |((client, body), vendor)| {
            let to = addressed(vendor, "m");
            let told = translate_request_to(client, to, str::as_bytes(body), &|_| None);
            (client, vendor, told.expect("a request of our own").way_back)
        };
        pairs.map(way).collect()
    });
    let fitting: Vec<&WayBack> = ways
        .iter()
        .filter(|(one, other, _)| (*one, *other) == (client, vendor))
        .map(|(_, _, way)| way)
        .collect();
    fitting[mark % fitting.len()]
}

/// Takes bytes for whatever `dialect` may say.
pub fn speak(dialect: Dialect, bytes: &[u8]) {
    request(dialect, bytes);
    reply(dialect, bytes);
    stream(dialect, bytes);
}

/// A number that follows from the bytes: it chooses models and cuts.
fn mark(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(bytes.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)))
}

fn others(dialect: Dialect) -> impl Iterator<Item = Dialect> {
    Dialect::ALL.into_iter().filter(move |other| *other != dialect)
}

fn addressed(dialect: Dialect, model: &str) -> Addressee<'_> {
    Addressee {
        accent: None,
        dialect,
        vendor: "v",
        model,
        delivery: (dialect == Dialect::Gemini).then_some(PathDelivery::Events),
        terms: Terms { output_limit: (model.len() % 2 == 0).then_some(4096), effort: None },
    }
}

fn is_object(bytes: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(bytes).is_ok_and(|raw| raw.get().starts_with('{'))
}

fn request(client: Dialect, bytes: &[u8]) {
    let body = Bytes::copy_from_slice(bytes);
    let model = MODELS[mark(bytes) % MODELS.len()];
    let _ = (estimate_input_tokens(client, client, bytes, &letters), load_reply(bytes, 0));
    let kept = without_foreign_reasoning(client, &body, &|_| true).unwrap_or_else(|| body.clone());
    // What passes unread may hold text that is none.
    let readable = is_object(bytes);
    assert!(!readable || is_object(&kept), "a body without foreign reasoning is none");
    if let Ok(glance) = glance_as(client, bytes, None) {
        let _ = needs_kept_state(client, &glance, bytes);
        assert!(!readable || is_object(&glance.with_model(&body, "other \"model\"")));
    }
    for vendor in others(client) {
        let Ok(told) = translate_request_to(client, addressed(vendor, model), bytes, &|_| None)
        else {
            continue;
        };
        assert!(is_object(&told.body), "no object for {vendor:?}");
        if vendor != Dialect::Gemini {
            let looked = glance_as(vendor, &told.body, None).expect("what is written has a model");
            assert_eq!(looked.model, model);
        }
        for next in others(vendor) {
            match translate_request_to(vendor, addressed(next, model), &told.body, &|_| None) {
                Ok(again) => assert!(is_object(&again.body)),
                Err(BodyError::Field { field, problem }) => {
                    panic!("{vendor:?} cannot read its own {field}: {problem}")
                }
                Err(error) => panic!("{vendor:?}: {error}"),
            }
        }
    }
}

fn reply(vendor: Dialect, bytes: &[u8]) {
    let _ = (inspect_reply(vendor, bytes), proofs_of_reply(vendor, bytes), looks_streamed(bytes));
    let fault = read_fault(500, bytes);
    assert!(!fault.message.is_empty(), "a fault without words");
    if let Ok(stream) = unfold(vendor, bytes) {
        if let Ok(whole) = fold(vendor, &stream) {
            assert!(is_object(&whole));
        }
    }
    if let Ok(whole) = fold(vendor, bytes) {
        assert!(is_object(&whole));
    }
    for client in others(vendor) {
        let way = way(client, vendor, mark(bytes));
        if let Ok(told) = translate_reply(vendor, client, bytes, "combo", way) {
            assert!(is_object(&told.body), "no reply for {client:?}");
            let stream = unfold(client, &told.body);
            if let Ok(stream) = stream {
                assert_eq!(grammar::check(client, &stream), Ok(Ending::Good), "{client:?}");
            }
        }
        let error = ClientError {
            status: 503,
            kind: ErrorKind::Overloaded,
            message: fault.message.clone(),
            retry_after: Some(1),
        };
        assert!(is_object(&write_fault(client, &error)), "no error for {client:?}");
    }
}

/// The pieces that a number cuts bytes into.
fn pieces(bytes: &[u8], mut mark: usize) -> Vec<&[u8]> {
    let mut rest = bytes;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        mark = mark.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (piece, more) = rest.split_at((1 + (mark >> 33) % 40).min(rest.len()));
        pieces.push(piece);
        rest = more;
    }
    pieces
}

fn broken() -> ClientError {
    ClientError {
        status: 502,
        kind: ErrorKind::Server,
        message: "broken".to_owned(),
        retry_after: None,
    }
}

/// How a stream of the other dialect is told, and whether it came to a good end.
fn told(vendor: Dialect, client: Dialect, frames: &[Frame], way: &WayBack) -> (Vec<u8>, bool) {
    let mut translator = StreamTranslator::new(vendor, client, "combo", way);
    let mut out = Vec::new();
    for frame in frames {
        translator.push(frame, &mut out);
    }
    translator.finish(&mut out);
    let ended = translator.ended();
    let error = broken();
    translator.fail(&error, &mut out);
    assert!(translator.ended(), "no end for {client:?}");
    let length = out.len();
    translator.fail(&error, &mut out);
    assert_eq!(length, out.len(), "two ends for {client:?}");
    (out, ended)
}

fn stream(vendor: Dialect, bytes: &[u8]) {
    let frames = grammar::split(vendor, &[bytes]);
    assert_eq!(frames, grammar::split(vendor, &pieces(bytes, mark(bytes))), "a cut tells");
    let mut watch = Watch::new(vendor);
    for frame in &frames {
        watch.see(frame);
        assert!(frame.raw.len() <= bytes.len() + 4);
    }
    let error = broken();
    let over = watch.ended();
    assert_eq!(watch.ending(&error).is_empty(), over, "an end too many, or none");
    for client in others(vendor) {
        let way = way(client, vendor, mark(bytes));
        let (out, ended) = told(vendor, client, &frames, way);
        match grammar::check(client, &out) {
            Ok(ending) => assert_eq!(ending == Ending::Good, ended, "{client:?}"),
            Err(broken) => panic!("{vendor:?} for {client:?}: {broken}"),
        }
        if ended && let Err(fault) = fold(client, &out) {
            panic!("{client:?} cannot fold its own stream: {fault:?}");
        }
    }
    told(vendor, vendor, &frames, &WayBack::default());
}

/// Takes bytes for a stream and for a body, whatever their dialect.
pub fn frame(bytes: &[u8]) {
    for dialect in Dialect::ALL {
        let whole = grammar::split(dialect, &[bytes]);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(whole, grammar::split(dialect, &single), "{dialect:?} byte by byte");
        assert_eq!(whole, grammar::split(dialect, &pieces(bytes, mark(bytes))), "{dialect:?} cut");
        let raw: Vec<u8> = whole.iter().flat_map(|frame| frame.raw.to_vec()).collect();
        assert!(raw.starts_with(bytes) || bytes.starts_with(&raw) || dialect == Dialect::Ollama);
        let path = PathModel { model: "m".to_owned(), delivery: PathDelivery::Array };
        for path in [None, Some(&path)] {
            if let Ok(glance) = glance_as(dialect, bytes, path) {
                let body = Bytes::copy_from_slice(bytes);
                let named = glance.with_model(&body, "x");
                assert!(!is_object(bytes) || is_object(&named), "{dialect:?} with a model");
                let _ = glance.opening(bytes);
            }
        }
        let mut splitter = Splitter::of(dialect);
        splitter.push(Bytes::copy_from_slice(bytes));
        while let Ok(Some(_)) = splitter.next_frame() {}
        let _ = (splitter.finish(), keep_alive(dialect, Opening::Sent));
    }
    let mut array = JsonArray::default();
    let pushed = array.push(Bytes::copy_from_slice(bytes));
    assert!(pushed.is_ok() && array.finish().ends_with(b"]"));
}
