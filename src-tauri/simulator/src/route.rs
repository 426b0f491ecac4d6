//! Paths: which vendor is asked for what, in which dialect.

use http::{HeaderMap, Method, Uri};

use crate::dialect::Dialect;
use crate::role::Role;
use crate::script::DEFAULT_VENDOR;

/// What a path asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// An answer; Gemini, and Messages on Vertex AI, name the model and the way of streaming in the path.
    Answer { dialect: Dialect, named: Option<Named>, role: Role },
    /// An answer to a bare prompt (Ollama).
    Completion,
    /// A token count.
    Count(Dialect, Role),
    /// A shorter form of a conversation (Responses).
    Compact(Dialect),
    /// The list of models.
    Models(Dialect, Role),
    /// Is somebody there? (`HEAD /`, `GET /`)
    Presence,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) model: String,
    pub(crate) manner: Manner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Whole,
    Events,
    Array,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) vendor: String,
    pub(crate) wish: Option<Wish>,
}

/// Reads a path. A first part that is none of the dialects' own names the vendor; what stands between it
/// and the dialect's ending is free, since vendors put their interfaces under all sorts of paths.
pub(crate) fn route(method: &Method, uri: &Uri, headers: &HeaderMap) -> Route {
    let path = uri.path().trim_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    let own =
        ["", "v1", "v1beta", "api", "chat", "responses", "messages", "models"].contains(&first);
    let (vendor, rest) = if own {
        (DEFAULT_VENDOR, path)
    } else {
        (first, path.strip_prefix(first).unwrap_or_default().trim_start_matches('/'))
    };
    Route {
        vendor: vendor.to_owned(),
        wish: wish(method, rest, uri.query().unwrap_or_default(), headers),
    }
}

fn wish(method: &Method, path: &str, query: &str, headers: &HeaderMap) -> Option<Wish> {
    let post = *method == Method::POST;
    let get = *method == Method::GET || *method == Method::HEAD;
    let ends = |ending: &str| {
        path.strip_suffix(ending).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    let role = match () {
        () if ends("backend-api/codex/responses") => Role::Codex,
        () if path.starts_with("copilot/") => Role::Copilot,
        () => Role::Plain,
    };
    let answer = |dialect| Some(Wish::Answer { dialect, named: None, role });
    match () {
        () if post && ends("api/chat") => answer(Dialect::Ollama),
        () if post && ends("api/generate") => Some(Wish::Completion),
        () if get && ends("api/tags") => Some(Wish::Models(Dialect::Ollama, role)),
        () if post && ends("chat/completions") => answer(Dialect::Chat),
        () if post && ends("responses") => answer(Dialect::Responses),
        () if post && ends("messages") => answer(Dialect::Messages),
        () if post && ends("messages/count_tokens") => Some(Wish::Count(Dialect::Messages, role)),
        () if post && ends("responses/input_tokens") => Some(Wish::Count(Dialect::Responses, role)),
        () if post && ends("responses/compact") => Some(Wish::Compact(Dialect::Responses)),
        () if post && ends("generateAssistantResponse") => answer(Dialect::Kiro),
        () if post && names_operation(headers, "ListAvailableModels") => {
            Some(Wish::Models(Dialect::Kiro, role))
        }
        () if post && path.contains("v1internal:") => code_assist(path, query),
        () if post => gemini(path, query),
        () if get && path.is_empty() => Some(Wish::Presence),
        () if get && ends("publishers/google/models") => {
            Some(Wish::Models(Dialect::Gemini, Role::Vertex))
        }
        () if get && ends("models") => Some(Wish::Models(listing_dialect(path, headers), role)),
        () => None,
    }
}

/// Whether Amazon's header names this operation.
fn names_operation(headers: &HeaderMap, name: &str) -> bool {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    target.and_then(|target| target.split_once('.')).is_some_and(|(_, named)| named == name)
}

fn listing_dialect(path: &str, headers: &HeaderMap) -> Dialect {
    if path.contains("v1beta") {
        Dialect::Gemini
    } else if headers.contains_key("anthropic-version") || headers.contains_key("x-api-key") {
        Dialect::Messages
    } else {
        Dialect::Chat
    }
}

fn gemini(path: &str, query: &str) -> Option<Wish> {
    let at = path.find("models/")?;
    let (model, action) = path.get(at + "models/".len()..)?.rsplit_once(':')?;
    let raw = |manner| {
        let named = Some(Named { model: percent_decoded(model), manner });
        Some(Wish::Answer { dialect: Dialect::Messages, named, role: Role::Vertex })
    };
    let manner = match action {
        "rawPredict" if model == "count-tokens" => {
            return Some(Wish::Count(Dialect::Messages, Role::VertexCount));
        }
        "rawPredict" => return raw(Manner::Whole),
        "streamRawPredict" => return raw(Manner::Events),
        "countTokens" => return Some(Wish::Count(Dialect::Gemini, Role::Plain)),
        "generateContent" => Manner::Whole,
        "streamGenerateContent" if query.split('&').any(|pair| pair == "alt=sse") => Manner::Events,
        "streamGenerateContent" => Manner::Array,
        _ => return None,
    };
    let named = Named { model: percent_decoded(model), manner };
    Some(Wish::Answer { dialect: Dialect::Gemini, named: Some(named), role: Role::Plain })
}

/// Google's code assist, whose envelope names the model.
fn code_assist(path: &str, query: &str) -> Option<Wish> {
    let (_, action) = path.rsplit_once("v1internal:")?;
    let manner = match action {
        "countTokens" => return Some(Wish::Count(Dialect::Gemini, Role::CodeAssist)),
        "fetchAvailableModels" => return Some(Wish::Models(Dialect::Gemini, Role::CodeAssist)),
        "generateContent" => Manner::Whole,
        "streamGenerateContent" if query.split('&').any(|pair| pair == "alt=sse") => Manner::Events,
        "streamGenerateContent" => Manner::Array,
        _ => return None,
    };
    let named = Some(Named { model: String::new(), manner });
    Some(Wish::Answer { dialect: Dialect::Gemini, named, role: Role::CodeAssist })
}

/// Clients escape `+` and `@` of a model's name in a path.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digits = [ahead.next(), ahead.next()]
            .map(|digit| char::from(digit.unwrap_or(b'-')).to_digit(16));
        match (byte, digits) {
            (b'%', [Some(high), Some(low)]) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The key of a request, wherever its dialect puts it.
pub(crate) fn key<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = || {
        let (scheme, key) = header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    };
    let query = || uri.query()?.split('&').find_map(|pair| pair.strip_prefix("key="));
    header("x-api-key")
        .or_else(|| header("api-key"))
        .or_else(|| header("x-goog-api-key"))
        .or_else(bearer)
        .or_else(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: &Method, uri: &str) -> Route {
        route(method, &uri.parse().unwrap(), &HeaderMap::new())
    }

    #[test]
    fn the_first_part_names_the_vendor_unless_it_is_a_dialects_own() {
        let post = Method::POST;
        let as_role = |dialect, role| Some(Wish::Answer { dialect, named: None, role });
        let answer = |dialect| as_role(dialect, Role::Plain);
        for (uri, vendor, wish) in [
            ("/v1/chat/completions", "default", answer(Dialect::Chat)),
            ("/sub/v1/responses", "sub", answer(Dialect::Responses)),
            ("/sub/backend-api/codex/responses", "sub", as_role(Dialect::Responses, Role::Codex)),
            ("/sub/copilot/chat/completions", "sub", as_role(Dialect::Chat, Role::Copilot)),
            ("/sub/generateAssistantResponse", "sub", answer(Dialect::Kiro)),
            (
                "/sub/v1internal:countTokens",
                "sub",
                Some(Wish::Count(Dialect::Gemini, Role::CodeAssist)),
            ),
            ("/sub/v1/responses/compact", "sub", Some(Wish::Compact(Dialect::Responses))),
            ("/sub/v1/messages?beta=true", "sub", answer(Dialect::Messages)),
            (
                "/sub/v1/messages/count_tokens",
                "sub",
                Some(Wish::Count(Dialect::Messages, Role::Plain)),
            ),
            ("/sub/api/chat", "sub", answer(Dialect::Ollama)),
            ("/sub/v1/api/chat", "sub", answer(Dialect::Ollama)),
            ("/api/generate", "default", Some(Wish::Completion)),
            ("/sub/v1/completions", "sub", None),
            ("/sub/v1/old-messages", "sub", None),
        ] {
            assert_eq!(read(&post, uri), Route { vendor: vendor.into(), wish }, "{uri}");
        }
    }

    #[test]
    fn a_gemini_path_gives_model_and_manner() {
        let named = |uri: &str| match read(&Method::POST, uri).wish {
            Some(Wish::Answer { named: Some(named), .. }) => (named.model, named.manner),
            other => panic!("{other:?}"),
        };
        assert_eq!(named("/v1beta/models/g-1:generateContent"), ("g-1".into(), Manner::Whole));
        assert_eq!(
            named("/x/v1beta/models/g%2B401:streamGenerateContent?alt=sse"),
            ("g+401".into(), Manner::Events)
        );
        assert_eq!(named("/v1beta/models/g%:streamGenerateContent"), ("g%".into(), Manner::Array));
    }
}
