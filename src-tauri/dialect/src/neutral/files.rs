//! Files that a request names by their address: which of them a vendor cannot fetch itself, and their
//! bytes put in place once somebody has fetched them.

use switchyard_types::{Accent, Dialect};

use super::loss::Losses;
use super::request::{Document, Image, Part, Request, What};
use crate::Tongue;

/// A file that was fetched for a vendor that takes bytes only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedFile {
    /// What it is, by its own first bytes: an image or a PDF.
    pub media_type: String,
    /// Its bytes in base64.
    pub base64: String,
}

/// What became of an address: the file, or why it could not be had; `None` where nobody tried.
pub type FetchedFiles<'a> = &'a dyn Fn(&str) -> Option<Result<FetchedFile, String>>;

/// The addresses in a request whose files this vendor needs as bytes, each once.
pub(crate) fn wanted(request: &Request, tongue: Tongue) -> Vec<String> {
    let mut wanted = Vec::new();
    let parts = request.turns.iter().flat_map(|turn| &turn.parts);
    for part in request.system.iter().chain(parts) {
        let inner: &[Part] = match &part.what {
            What::Result(outcome) => &outcome.parts,
            _ => std::slice::from_ref(part),
        };
        for url in inner.iter().filter_map(|part| wanted_of(&part.what, tongue)) {
            if !wanted.iter().any(|known| known == url) {
                wanted.push(url.to_owned());
            }
        }
    }
    wanted
}

/// Puts the bytes where the addresses stood. Where a file could not be had, the model is told so in its
/// place: an answer that passes over an image in silence would be taken for one about it.
pub(crate) fn put(
    request: &mut Request,
    tongue: Tongue,
    files: FetchedFiles<'_>,
    losses: &mut Losses,
) {
    let parts = request.turns.iter_mut().flat_map(|turn| &mut turn.parts);
    for part in request.system.iter_mut().chain(parts) {
        let inner: &mut [Part] = match &mut part.what {
            What::Result(outcome) => &mut outcome.parts,
            _ => std::slice::from_mut(part),
        };
        for part in inner {
            let file = wanted_of(&part.what, tongue).and_then(files);
            match file {
                None => {}
                Some(Ok(file)) => put_one(&mut part.what, file),
                Some(Err(reason)) => {
                    losses.note(format!("content: a file could not be fetched: {reason}"));
                    part.what =
                        What::Text(format!("[A file here could not be fetched: {reason}]").into());
                }
            }
        }
    }
}

/// What the file turned out to be counts, not what it was taken for.
fn put_one(what: &mut What, file: FetchedFile) {
    let FetchedFile { media_type, base64 } = file;
    let (detail, name) = match what {
        What::Image(Image::Url { detail, .. }) => (detail.take(), None),
        What::Document(Document::Url { name, .. }) => (None, name.take()),
        _ => (None, None),
    };
    *what = if media_type.starts_with("image/") {
        What::Image(Image::Data { media_type, base64, detail })
    } else {
        What::Document(Document::Data { media_type, base64, name })
    };
}

fn wanted_of(what: &What, tongue: Tongue) -> Option<&str> {
    match what {
        What::Image(Image::Url { url, .. }) => {
            (is_web(url) && wants_image(tongue, url)).then_some(url)
        }
        What::Document(Document::Url { url, .. }) => {
            (is_web(url) && wants_document(tongue, url)).then_some(url)
        }
        What::Image(Image::Data { .. })
        | What::Document(Document::Data { .. })
        | What::Text(_)
        | What::Thinking { .. }
        | What::Sealed(_)
        | What::Refusal(_)
        | What::Call(_)
        | What::Result(_)
        | What::Own { .. } => None,
    }
}

/// Whether this vendor takes an image only as bytes.
fn wants_image(tongue: Tongue, url: &str) -> bool {
    match (tongue.dialect, tongue.accent) {
        // Copilot: "external image urls are not supported".
        (_, Some(Accent::Copilot | Accent::Kiro | Accent::CodeAssist | Accent::Antigravity))
        // docs.claude.com, "Vision": no URLs on Vertex AI.
        | (Dialect::Messages, Some(Accent::Vertex))
        | (Dialect::Ollama, _) => true,
        // Google fetches, but has to be told the kind (ai.google.dev, "File input methods").
        (Dialect::Gemini, _) => image_kind(url).is_none(),
        // docs.claude.com, "Vision": https only.
        (Dialect::Messages, _) => !is_https(url),
        (Dialect::Chat | Dialect::Responses, _) => false,
    }
}

/// Whether this vendor takes a document only as bytes. Those that take none get none fetched.
fn wants_document(tongue: Tongue, url: &str) -> bool {
    match (tongue.dialect, tongue.accent) {
        (_, Some(Accent::Kiro)) | (Dialect::Ollama, _) => false,
        (_, Some(Accent::CodeAssist | Accent::Antigravity | Accent::Copilot))
        | (Dialect::Messages, Some(Accent::Vertex))
        | (Dialect::Chat, _) => true,
        (Dialect::Gemini | Dialect::Messages, _) => !is_https(url),
        (Dialect::Responses, _) => false,
    }
}

fn is_web(url: &str) -> bool {
    is_https(url) || starts_with(url, "http://")
}

fn is_https(url: &str) -> bool {
    starts_with(url, "https://")
}

/// Schemes are the same in capitals (RFC 3986, 3.1).
fn starts_with(url: &str, scheme: &str) -> bool {
    url.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
}

/// The kind of an image, as far as its address tells.
pub(crate) fn image_kind(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    Some(match path.rsplit('.').next()? {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "heic" => "image/heic",
        _ => return None,
    })
}
