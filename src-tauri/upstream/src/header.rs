//! The owner of header forwarding, in both directions: what is not on a list does not pass.

use http::{HeaderMap, HeaderName, HeaderValue};
use switchyard_types::{Accent, Dialect};

/// The client's headers that its dialect gives a meaning, and nothing else: no credentials, no
/// cookies, no user agent, no address.
#[derive(Clone, Debug, Default)]
pub struct ForwardedHeaders(Vec<(HeaderName, HeaderValue)>);

impl ForwardedHeaders {
    /// Picks from a client's request what may travel to a vendor of the same dialect.
    pub fn pick(dialect: Dialect, headers: &HeaderMap) -> Self {
        let names: &[&str] = match dialect {
            Dialect::Messages => &["anthropic-version", "anthropic-beta"],
            Dialect::Chat | Dialect::Responses => &["openai-beta", "idempotency-key"],
            Dialect::Gemini | Dialect::Ollama => &[],
        };
        Self(
            names
                .iter()
                .flat_map(|name| {
                    let name = HeaderName::from_static(name);
                    headers.get_all(&name).into_iter().map(move |v| (name.clone(), v.clone()))
                })
                .collect(),
        )
    }

    /// The same for a vendor that speaks with an accent: what comes from the vendor's own client passes with
    /// that client's own headers, and what it calls itself.
    #[must_use]
    pub fn and_of_own_client(mut self, accent: Option<Accent>, headers: &HeaderMap) -> Self {
        if accent != Some(Accent::Codex) || !is_codex(headers) {
            return self;
        }
        for (name, value) in headers {
            let text = name.as_str();
            if OWN_OF_CODEX.contains(&text) || text.starts_with("x-codex-") {
                self.0.push((name.clone(), value.clone()));
            }
        }
        self
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        self.0.iter()
    }

    pub(crate) fn has(&self, name: &HeaderName) -> bool {
        self.0.iter().any(|(forwarded, _)| forwarded == name)
    }
}

/// The headers by which Codex says who and where in a conversation it is
/// (github.com/openai/codex, `codex-api`, 2026-06).
const OWN_OF_CODEX: [&str; 8] = [
    "originator",
    "user-agent",
    "version",
    "session_id",
    "session-id",
    "conversation_id",
    "thread-id",
    "x-client-request-id",
];

fn is_codex(headers: &HeaderMap) -> bool {
    headers
        .get("originator")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|name| name.to_ascii_lowercase().starts_with("codex"))
}

/// What of a vendor's headers may travel to a client of the same dialect.
pub fn reply_headers(headers: &HeaderMap) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    const EXACT: [&str; 5] =
        ["content-type", "request-id", "x-request-id", "retry-after", "retry-after-ms"];
    const PREFIXES: [&str; 3] = ["anthropic-", "openai-", "x-ratelimit-"];
    headers.iter().filter_map(|(name, value)| {
        let text = name.as_str();
        let passes = EXACT.contains(&text) || PREFIXES.iter().any(|p| text.starts_with(p));
        passes.then(|| (name.clone(), value.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn credentials_cookies_and_addresses_of_the_client_do_not_pass() {
        let headers = map(&[
            ("authorization", "Bearer sy-client"),
            ("x-api-key", "sy-client"),
            ("cookie", "session=1"),
            ("x-forwarded-for", "10.0.0.1"),
            ("user-agent", "claude-cli/2"),
            ("anthropic-beta", "context-1m"),
        ]);
        let picked = ForwardedHeaders::pick(Dialect::Messages, &headers);
        let names: Vec<_> = picked.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["anthropic-beta"]);
    }

    #[test]
    fn codex_passes_with_its_own_headers_to_its_own_vendor_only() {
        let headers = map(&[
            ("originator", "codex_cli_rs"),
            ("user-agent", "codex_cli_rs/1"),
            ("session_id", "s-1"),
            ("x-codex-turn-state", "t"),
            ("authorization", "Bearer sy-client"),
            ("chatgpt-account-id", "someone's"),
        ]);
        let to = |accent| {
            let picked = ForwardedHeaders::pick(Dialect::Responses, &headers);
            let picked = picked.and_of_own_client(accent, &headers);
            let mut names: Vec<_> =
                picked.iter().map(|(name, _)| name.as_str().to_owned()).collect();
            names.sort();
            names
        };
        let own = ["originator", "session_id", "user-agent", "x-codex-turn-state"];
        assert_eq!(to(Some(Accent::Codex)), own);
        assert!(to(None).is_empty());
        assert!(to(Some(Accent::Copilot)).is_empty());
    }

    #[test]
    fn another_client_of_the_codex_backend_says_who_we_are() {
        let headers = map(&[("user-agent", "something/2"), ("session_id", "s-1")]);
        let picked = ForwardedHeaders::pick(Dialect::Responses, &headers)
            .and_of_own_client(Some(Accent::Codex), &headers);
        assert_eq!(picked.iter().count(), 0);
    }

    #[test]
    fn cookies_and_framing_of_the_vendor_do_not_pass() {
        let headers = map(&[
            ("set-cookie", "__cf=1"),
            ("transfer-encoding", "chunked"),
            ("content-length", "12"),
            ("content-type", "application/json"),
            ("anthropic-ratelimit-requests-remaining", "3"),
        ]);
        let mut names: Vec<_> =
            reply_headers(&headers).map(|(name, _)| name.as_str().to_owned()).collect();
        names.sort();
        assert_eq!(names, ["anthropic-ratelimit-requests-remaining", "content-type"]);
    }
}
