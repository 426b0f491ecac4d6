//! Errors: a vendor's, read from whatever it sent; ours, written in the client's dialect.

use serde_json::Value;
use switchyard_types::Dialect;

use crate::{chat, gemini, messages, ollama, responses};

/// What a vendor said was wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VendorFault {
    /// The HTTP status, or the one that the body itself names.
    pub status: Option<u16>,
    /// The vendor's word for the kind of error (`error.type`, or Google's `error.status`).
    pub kind: Option<String>,
    /// The vendor's code.
    pub code: Option<String>,
    /// A short message; never a whole page.
    pub message: String,
}

/// What kind of error a client gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request itself is wrong.
    InvalidRequest,
    /// The key is missing or not accepted.
    Authentication,
    /// The account cannot pay.
    Billing,
    /// The key may not do this.
    Permission,
    /// There is no such model or address.
    NotFound,
    /// The request goes on with a conversation that no vendor at hand holds; sent whole, it can be answered.
    ConversationElsewhere,
    /// The body is larger than allowed.
    TooLarge,
    /// Too many requests, or a quota is spent.
    RateLimit,
    /// The prompt exceeds the context window of every candidate.
    ContextTooLong,
    /// Nobody answered in time.
    Timeout,
    /// The vendor has too much to do.
    Overloaded,
    /// The vendor failed, or we did.
    Server,
}

/// An error on its way to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientError {
    /// The HTTP status.
    pub status: u16,
    /// What kind it is.
    pub kind: ErrorKind,
    /// A sentence or two for a person: what happened, what to do.
    pub message: String,
    /// After how many seconds trying again makes sense.
    pub retry_after: Option<u64>,
}

/// How much of an answer a client has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Headers at most.
    Awaited,
    /// The handshake event, or more.
    Sent,
}

/// Messages are cut here, in characters: a log line, not a page.
const LONGEST: usize = 600;

/// Bodies beyond this many bytes are not parsed: no vendor's error is that long.
const PARSED: usize = 1 << 20;

/// Reads an error reply, whatever it is: any vendor's envelope, a web page, text, nothing.
pub fn read_fault(status: u16, body: &[u8]) -> VendorFault {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
    let parsed = if body.len() <= PARSED { serde_json::from_slice(body).ok() } else { None };
    let fault = match parsed {
        Some(value) => read_value(&value),
        None => VendorFault { message: page(body), ..VendorFault::default() },
    };
    let message = match fault.message.trim() {
        "" => format!("the vendor gave no reason (status {status})"),
        said => cut(said),
    };
    VendorFault { status: Some(status), message, ..fault }
}

/// Reads an error that stands inside a stream or a reply with status 200.
pub(crate) fn read_inner(json: &[u8]) -> VendorFault {
    let mut fault = serde_json::from_slice(json).map_or_else(
        |_| VendorFault { message: page(json), ..VendorFault::default() },
        |value| read_value(&value),
    );
    if fault.message.trim().is_empty() {
        "the vendor reported an error and gave no reason".clone_into(&mut fault.message);
    }
    fault.message = cut(&fault.message);
    fault
}

/// What is not JSON: a page's title, or the first line of a text.
fn page(body: &[u8]) -> String {
    // A page is only quoted, so bytes that are no text may be left out.
    let start = body.get(..4096).unwrap_or(body);
    let start: String = start.utf8_chunks().map(|chunk| chunk.valid()).collect();
    let lower = start.to_ascii_lowercase();
    if lower.starts_with("<!doctype") || lower.starts_with("<html") || lower.starts_with("<?xml") {
        let title = lower.find("<title>").and_then(|open| {
            let from = open + "<title>".len();
            let length = lower.get(from..)?.find("</title>")?;
            start.get(from..from + length)
        });
        return match title.map(str::trim).filter(|title| !title.is_empty()) {
            Some(title) => format!("the vendor answered with a web page: {title}"),
            None => "the vendor answered with a web page instead of JSON".to_owned(),
        };
    }
    start.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

fn cut(message: &str) -> String {
    let message = message.trim();
    match message.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", message.get(..at).unwrap_or_default()),
        None => message.to_owned(),
    }
}

/// Finds the error in a vendor's JSON. Shapes seen: `{error:{…}}`, `{error:"…"}`, `[{error:…}]`,
/// `{errors:[…]}`, `{detail:…}`, `{message,type,code}`, `{base_resp:{…}}`, `{status,msg}`.
fn read_value(value: &Value) -> VendorFault {
    match value {
        Value::String(text) => said(text),
        Value::Array(items) => items.first().map(read_value).unwrap_or_default(),
        Value::Object(fields) => {
            for name in ["error", "errors", "base_resp"] {
                if let Some(inner) = fields.get(name).filter(|inner| !is_empty(inner)) {
                    let mut fault = read_value(inner);
                    if fault.message.is_empty() {
                        fault.message = message_of(value);
                    }
                    return fault;
                }
            }
            let mut fault = said(&message_of(value));
            fault.kind = first_text(value, &["type", "__type", "status"]).or(fault.kind);
            fault.code = first_text(value, &["code", "status_code", "error_code"]).or(fault.code);
            fault.status = fault.status.or_else(|| status_of(value));
            if let Some(more) = value.pointer("/metadata/raw").and_then(Value::as_str) {
                fault.message = format!("{}: {}", fault.message, read_value(&more.into()).message);
            }
            fault
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => VendorFault::default(),
    }
}

/// A message that is itself JSON is opened once more: relays nest a vendor's envelope as text.
fn said(text: &str) -> VendorFault {
    if text.trim_start().starts_with('{')
        && let Ok(inner @ Value::Object(_)) = serde_json::from_str(text)
    {
        let fault = read_value(&inner);
        if !fault.message.is_empty() {
            return fault;
        }
    }
    VendorFault { message: text.to_owned(), ..VendorFault::default() }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Number(_) => false,
    }
}

fn message_of(value: &Value) -> String {
    const NAMES: [&str; 9] = [
        "message",
        "msg",
        "error_message",
        "error_msg",
        "status_msg",
        "error_description",
        "detail",
        "Message",
        "reason",
    ];
    let found = NAMES.iter().filter_map(|name| value.get(name)).find(|found| !is_empty(found));
    match found {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            items.iter().map(message_of).find(|text| !text.is_empty()).unwrap_or_default()
        }
        Some(inner @ Value::Object(_)) => message_of(inner),
        Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => String::new(),
    }
}

fn first_text(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match value.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    })
}

fn status_of(value: &Value) -> Option<u16> {
    ["code", "status", "status_code"].iter().find_map(|name| {
        let number = match value.get(name)? {
            Value::Number(number) => number.as_u64()?,
            Value::String(text) => text.parse().ok()?,
            _ => return None,
        };
        u16::try_from(number).ok().filter(|number| (400..600).contains(number))
    })
}

/// The error as a JSON body in the dialect's own envelope and words.
pub fn write_fault(dialect: Dialect, error: &ClientError) -> Vec<u8> {
    match dialect {
        Dialect::Chat => chat::fault::envelope(error),
        Dialect::Responses => responses::fault::envelope(error),
        Dialect::Messages => messages::fault::envelope(error),
        Dialect::Gemini => gemini::fault::envelope(error),
        Dialect::Ollama => ollama::fault::envelope(error),
    }
}

/// The error as a whole event stream, for when headers have gone and nothing of an answer has.
pub fn write_fault_event(dialect: Dialect, error: &ClientError) -> Vec<u8> {
    match dialect {
        Dialect::Chat => chat::fault::stream(error),
        Dialect::Responses => responses::fault::stream(error),
        Dialect::Messages => messages::fault::stream(error),
        Dialect::Gemini => gemini::fault::stream(error),
        Dialect::Ollama => ollama::fault::stream(error),
    }
}

/// What to send into a silence so that the client does not give up.
///
/// Google's libraries for Python and Go break on a comment, and all of Google's pass over an empty line.
/// Ollama's read every line as a piece of the answer: this one says nothing, to `/api/chat` and to
/// `/api/generate`.
pub fn keep_alive(dialect: Dialect, opening: Opening) -> &'static [u8] {
    match (dialect, opening) {
        (Dialect::Messages, Opening::Sent) => b"event: ping\ndata: {\"type\": \"ping\"}\n\n",
        (Dialect::Messages, Opening::Awaited) | (Dialect::Chat | Dialect::Responses, _) => {
            b": keep-alive\n\n"
        }
        (Dialect::Gemini, _) => b"\r\n",
        (Dialect::Ollama, _) => concat!(
            r#"{"model":"","created_at":"1970-01-01T00:00:00Z","#,
            r#""message":{"role":"assistant","content":""},"response":"","done":false}"#,
            "\n",
        )
        .as_bytes(),
    }
}
