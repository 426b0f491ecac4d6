use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri, header};
use rust_embed::{EmbeddedFile, RustEmbed};

/// The dashboard as the build made it; empty where it was not built.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Dashboard;

/// Nothing but our own files may run, and nobody may frame the page.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Switchyard</title>\
     <h1>The dashboard is not in this build</h1>\
     <p>The gateway runs. Build the dashboard with <code>scripts/run --headless</code>.</p>";

/// The dashboard's page, the same for each of its addresses.
pub(crate) async fn page(headers: HeaderMap) -> Response {
    match Dashboard::get("index.html") {
        Some(file) => respond("index.html", file, &headers),
        None => (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT)
            .into_response(),
    }
}

/// One of its files.
pub(crate) async fn file(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    match Dashboard::get(path) {
        Some(file) => respond(path, file, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn respond(path: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    let tag = tag(&file);
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(tag.as_str()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    (
        [
            (header::CONTENT_TYPE, content_type(path)),
            (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
            // Asked again each time, and answered without a body while the build is the same.
            (header::CACHE_CONTROL, "no-cache"),
        ],
        [(header::ETAG, tag)],
        file.data.into_owned(),
    )
        .into_response()
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let start = hash.first_chunk::<8>().copied().unwrap_or_default();
    format!("\"{:016x}\"", u64::from_be_bytes(start))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
