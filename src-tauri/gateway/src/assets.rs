use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri, header};
use rust_embed::{EmbeddedFile, RustEmbed};

/// The dashboard as the build made it; empty where it was not built.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Dashboard;

/// What a release build puts behind the name of a file that it packed with gzip besides.
const PACKED: &str = ".gz";

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
        Some(file) if !path.ends_with(PACKED) => respond(path, file, &headers),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn respond(path: &str, plain: EmbeddedFile, asked: &HeaderMap) -> Response {
    let packed = if takes_gzip(asked) { Dashboard::get(&format!("{path}{PACKED}")) } else { None };
    let encoding = packed.as_ref().map(|_| [(header::CONTENT_ENCODING, "gzip")]);
    let file = packed.unwrap_or(plain);
    let tag = tag(&file);
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(tag.as_str()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, content_type(path)),
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        // Asked again each time, and answered without a body while the build is the same.
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "accept-encoding"),
    ];
    (headers, [(header::ETAG, tag)], encoding, file.data.into_owned()).into_response()
}

/// Whether the browser unpacks gzip.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let said = asked.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|it| it.to_str().ok());
    said.flat_map(|list| list.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|it| it.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_some_and(|it| it > 0.0)
    })
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
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_files_go_to_those_alone_who_unpack_them() {
        let takes = |said: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(
                header::ACCEPT_ENCODING,
                http::HeaderValue::from_static(said),
            )]))
        };
        for said in ["gzip", "gzip, deflate, br", "br;q=1.0, GZIP;q=0.5"] {
            assert!(takes(said), "{said}");
        }
        for said in ["", "identity", "gzip;q=0", "br, gzip; q=0.0", "gzipped"] {
            assert!(!takes(said), "{said}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
