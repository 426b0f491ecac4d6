//! The shallow look at a request: one pass over the bytes, no JSON tree.

use std::ops::Range;

use bytes::Bytes;

use switchyard_types::Dialect;

use crate::BodyError;
use crate::scan::{Flaw, Scanner, Text, string_at};

/// What routing needs to know of a request, and where the model's name stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The model as the client wrote it, suffixes such as `[1m]` included.
    pub model: String,
    /// Whether the client asked for a stream; absent means no, but yes to Ollama.
    pub stream: bool,
    /// What the client calls its session, where the body says so.
    pub session: Option<String>,
    /// Whether it goes on with a thread that a vendor holds (`thread` of Messages).
    pub continues_thread: bool,
    models: Vec<Range<usize>>,
    opening: Option<Range<usize>>,
}

/// The names under which clients carry their session, the surest first.
const SESSIONS: [&str; 6] =
    ["prompt_cache_key", "session_id", "sessionId", "conversation_id", "conversation", "metadata"];

/// What a path says of a request, in the dialect that names the model there (Gemini).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathModel {
    /// The model as the client wrote it.
    pub model: String,
    /// How the answer is to come.
    pub delivery: PathDelivery,
}

/// How an answer is to come, by the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathDelivery {
    /// In one piece: `generateContent`.
    Whole,
    /// As events: `streamGenerateContent?alt=sse`.
    Events,
    /// As one array whose items come one after the other: `streamGenerateContent`.
    Array,
}

/// Looks at a request's body where the model stands in it and a stream comes only if asked for.
pub fn glance(body: &[u8]) -> Result<Glance, BodyError> {
    glance_as(Dialect::Chat, body, None)
}

/// Looks at a request's body, and at its path where that names the model.
///
/// Where a key stands twice, the last one counts, as for most JSON readers.
pub fn glance_as(
    client: Dialect,
    body: &[u8],
    path: Option<&PathModel>,
) -> Result<Glance, BodyError> {
    let mut look = Look { stream: client == Dialect::Ollama, ..Look::default() };
    let mut scanner = Scanner::new(body);
    scanner.space();
    if scanner.peek() != Some(b'{') {
        scanner.value()?;
        return Err(BodyError::NotAnObject);
    }
    scanner.object(|scanner, key| look.entry(scanner, key))?;
    scanner.space();
    if scanner.peek().is_some() {
        return Err(scanner.flaw("something follows the object").into());
    }
    if let Some(PathModel { model, delivery }) = path {
        look.model = Named::As(model.clone());
        // A model in the body says nothing then, and stays.
        look.models.clear();
        look.stream = *delivery != PathDelivery::Whole;
    }
    look.finish()
}

/// What stands under `model`.
#[derive(Default)]
enum Named {
    #[default]
    Not,
    NotText,
    As(String),
}

#[derive(Default)]
struct Look {
    model: Named,
    models: Vec<Range<usize>>,
    stream: bool,
    sessions: [Option<String>; SESSIONS.len()],
    continues_thread: bool,
    opening: Option<Range<usize>>,
}

impl Look {
    fn entry(&mut self, scanner: &mut Scanner<'_>, key: &Text) -> Result<(), Flaw> {
        if scanner.is(key, "model") {
            return self.model(scanner);
        }
        if scanner.is(key, "stream") {
            self.stream = scanner.peek() == Some(b't');
            return scanner.value().map(|_| ());
        }
        if ["messages", "input", "contents"].iter().any(|name| scanner.is(key, name)) {
            self.opening = opening(scanner)?;
            return Ok(());
        }
        if scanner.is(key, "thread") {
            let thread = scanner.value()?;
            let kind = string_at(scanner.slice(thread), "type");
            self.continues_thread = kind.is_some_and(|kind| kind == "continue");
            return Ok(());
        }
        for (name, place) in SESSIONS.iter().zip(&mut self.sessions) {
            if scanner.is(key, name) {
                *place = session(scanner)?;
                return Ok(());
            }
        }
        scanner.value().map(|_| ())
    }

    fn model(&mut self, scanner: &mut Scanner<'_>) -> Result<(), Flaw> {
        let start = scanner.at();
        if scanner.peek() == Some(b'"') {
            let text = scanner.string()?;
            let Some(name) = scanner.text(&text) else {
                return Err(Flaw { offset: start, problem: "the model's name is not UTF-8" });
            };
            self.model = Named::As(name.into_owned());
        } else {
            scanner.value()?;
            self.model = Named::NotText;
        }
        self.models.push(start..scanner.at());
        Ok(())
    }

    fn finish(self) -> Result<Glance, BodyError> {
        let model = match self.model {
            Named::NotText => return Err(BodyError::ModelNotText),
            Named::As(name) if !name.is_empty() => name,
            Named::Not | Named::As(_) => return Err(BodyError::NoModel),
        };
        Ok(Glance {
            model,
            stream: self.stream,
            session: self.sessions.into_iter().flatten().next(),
            continues_thread: self.continues_thread,
            models: self.models,
            opening: self.opening,
        })
    }
}

/// A session's name: the string itself, or the telling field of an object.
fn session(scanner: &mut Scanner<'_>) -> Result<Option<String>, Flaw> {
    let named = |text: Option<std::borrow::Cow<'_, str>>| {
        text.filter(|text| !text.is_empty()).map(std::borrow::Cow::into_owned)
    };
    match scanner.peek() {
        Some(b'"') => {
            let text = scanner.string()?;
            Ok(named(scanner.text(&text)))
        }
        Some(b'{') => {
            let mut found: [Option<String>; 3] = [None, None, None];
            scanner.object(|scanner, key| {
                let place = ["session_id", "user_id", "id"]
                    .iter()
                    .position(|name| scanner.is(key, name))
                    .filter(|_| scanner.peek() == Some(b'"'));
                let Some(place) = place.and_then(|place| found.get_mut(place)) else {
                    return scanner.value().map(|_| ());
                };
                let text = scanner.string()?;
                *place = named(scanner.text(&text));
                Ok(())
            })?;
            Ok(found.into_iter().flatten().next())
        }
        _ => scanner.value().map(|_| None),
    }
}

/// Where the conversation opens: everything up to and with the first turn of the user.
fn opening(scanner: &mut Scanner<'_>) -> Result<Option<Range<usize>>, Flaw> {
    if scanner.peek() != Some(b'[') {
        let whole = scanner.value()?;
        return Ok(Some(whole));
    }
    let start = scanner.at();
    let mut found = None;
    scanner.array(|scanner| {
        let turn = scanner.value()?;
        if found.is_none() {
            let role = string_at(scanner.slice(turn.clone()), "role");
            found = role.filter(|role| role == "user").map(|_| start..turn.end);
        }
        Ok(())
    })?;
    Ok(found.or(Some(start..scanner.at())))
}

impl Glance {
    /// The same body with every top-level `model` value replaced; all other bytes stay.
    ///
    /// `body` must be the one that was glanced at.
    pub fn with_model(&self, body: &Bytes, model: &str) -> Bytes {
        if self.models.is_empty() || (model == self.model && self.models.len() == 1) {
            return body.clone();
        }
        let name = serde_json::Value::from(model).to_string();
        let mut changed = Vec::with_capacity(body.len() + name.len() * self.models.len());
        let mut from = 0;
        for span in &self.models {
            changed.extend_from_slice(body.get(from..span.start).unwrap_or_default());
            changed.extend_from_slice(name.as_bytes());
            from = span.end;
        }
        changed.extend_from_slice(body.get(from..).unwrap_or_default());
        Bytes::from(changed)
    }

    /// The bytes in which the conversation opens, up to and with the first turn of the user: they stay
    /// the same while it goes on, so their hash tells sessions apart where nothing names one.
    pub fn opening<'a>(&self, body: &'a [u8]) -> Option<&'a [u8]> {
        self.opening.clone().and_then(|span| body.get(span))
    }
}
