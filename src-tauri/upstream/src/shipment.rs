use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use switchyard_catalog::{Auth, Endpoint, Vendor};
use switchyard_dialect::{Tongue, stream_type};
use switchyard_types::{Dialect, Secret};

use crate::header::ForwardedHeaders;
use crate::pool::WayOut;

/// A request as it leaves for a vendor.
#[derive(Debug)]
pub struct Shipment {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<Bytes>,
    pub(crate) allow_private: bool,
    pub(crate) way_out: Option<WayOut>,
}

impl Shipment {
    /// The same, leaving this machine by a way of its own.
    #[must_use]
    pub fn by(mut self, way_out: Option<WayOut>) -> Self {
        self.way_out = way_out;
        self
    }
}

/// What is asked of a vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An answer in one piece.
    Whole,
    /// An answer as a stream of events.
    Stream,
    /// How many tokens a request would take.
    CountTokens,
    /// A shorter form of a conversation (Responses).
    Compact,
}

/// A question to a vendor, its body in the endpoint's dialect.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// What is asked.
    pub purpose: Purpose,
    /// The model, for the addresses that name it.
    pub model: &'a str,
    /// What the body holds.
    pub form: Form,
    /// The body.
    pub body: Bytes,
    /// Headers that the body calls for, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// A name that stays the same while the conversation goes on, for the endpoints that ask for one.
    pub session: &'a str,
}

/// What a question holds: Ollama has an address for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A conversation.
    #[default]
    Turns,
    /// A bare prompt.
    Prompt,
}

/// Why a request cannot be made for this account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShipmentError {
    /// The key holds what no header may hold: usually a line break that was pasted with it.
    #[error("the key holds characters that cannot be sent; paste it again without line breaks")]
    KeyNotSendable,
    /// A vendor needs a key and the account has none.
    #[error("{vendor} needs a key and this account has none")]
    NoKey {
        /// The vendor's name.
        vendor: String,
    },
    /// The vendor's file names a header that is none.
    #[error("{vendor}: {header:?} is not the name of a header")]
    BadHeader {
        /// The vendor's name.
        vendor: String,
        /// The header's name as written.
        header: String,
    },
    /// The endpoint cannot count tokens.
    #[error("{vendor} does not count tokens")]
    NoCounter {
        /// The vendor's name.
        vendor: String,
    },
    /// The endpoint cannot compact conversations.
    #[error("{vendor} does not compact conversations")]
    NoCompaction {
        /// The vendor's name.
        vendor: String,
    },
}

/// Puts address, credentials and headers around a body.
pub fn shipment(
    vendor: &Vendor,
    endpoint: &Endpoint,
    key: Option<&Secret>,
    forwarded: &ForwardedHeaders,
    question: Question<'_>,
) -> Result<Shipment, ShipmentError> {
    let url = address(vendor, endpoint, &question)?;
    let session = question.session;
    let accept = match question.purpose {
        Purpose::Stream => {
            stream_type(Tongue { dialect: endpoint.dialect, accent: endpoint.accent })
        }
        Purpose::Whole | Purpose::CountTokens | Purpose::Compact => "application/json",
    };
    let mut headers = Vec::with_capacity(8);
    headers.push((CONTENT_TYPE, HeaderValue::from_static("application/json")));
    headers.push((ACCEPT, HeaderValue::from_static(accept)));
    // Compressed events could not be read as they come.
    headers.push((ACCEPT_ENCODING, HeaderValue::from_static("identity")));
    headers.extend(forwarded.iter().cloned());
    for (name, value) in question.headers {
        let name = HeaderName::from_static(name);
        if !forwarded.has(&name)
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            headers.push((name, value));
        }
    }
    for (name, value) in &endpoint.headers {
        let bad = || ShipmentError::BadHeader { vendor: vendor.name.clone(), header: name.clone() };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        // What the client asked for in its own dialect wins over the vendor's default; but a list of what
        // shall be allowed only grows.
        if !forwarded.has(&name) || name == "anthropic-beta" {
            let value = Endpoint::header_in(value, session);
            headers.push((name, HeaderValue::from_str(&value).map_err(|_| bad())?));
        }
    }
    if let Some(credential) = credential(vendor, &endpoint.auth, key)? {
        headers.push(credential);
    }
    Ok(Shipment {
        method: Method::POST,
        url,
        headers,
        body: Some(question.body),
        allow_private: vendor.allow_private,
        way_out: None,
    })
}

/// The address of a question: some dialects write the model and what is asked into it.
fn address(
    vendor: &Vendor,
    endpoint: &Endpoint,
    question: &Question<'_>,
) -> Result<String, ShipmentError> {
    let (action, query) = match (endpoint.dialect, question.purpose, question.form) {
        (Dialect::Gemini, Purpose::Whole, _) => ("generateContent", ""),
        (Dialect::Gemini, Purpose::Stream, _) => ("streamGenerateContent", "?alt=sse"),
        (Dialect::Gemini, Purpose::CountTokens, _) => ("countTokens", ""),
        (Dialect::Messages, Purpose::Whole, _) if endpoint.url.names_action() => ("rawPredict", ""),
        (Dialect::Messages, Purpose::Stream, _) if endpoint.url.names_action() => {
            ("streamRawPredict", "")
        }
        (Dialect::Ollama, Purpose::Whole | Purpose::Stream, Form::Turns) => ("chat", ""),
        (Dialect::Ollama, Purpose::Whole | Purpose::Stream, Form::Prompt) => ("generate", ""),
        (_, Purpose::Compact, _) => {
            let compact = endpoint.compact.as_ref();
            return compact
                .map(|url| url.as_str().to_owned())
                .ok_or_else(|| ShipmentError::NoCompaction { vendor: vendor.name.clone() });
        }
        (_, Purpose::CountTokens, _) => {
            let counter = endpoint.count_tokens.as_ref();
            return counter
                .map(|url| url.as_str().to_owned())
                .ok_or_else(|| ShipmentError::NoCounter { vendor: vendor.name.clone() });
        }
        (Dialect::Chat | Dialect::Responses | Dialect::Messages, _, _) => ("", ""),
    };
    Ok(endpoint.url.fill(question.model, action) + query)
}

/// The header that proves who pays, marked so that no log prints it.
pub(crate) fn credential(
    vendor: &Vendor,
    auth: &Auth,
    key: Option<&Secret>,
) -> Result<Option<(HeaderName, HeaderValue)>, ShipmentError> {
    let (key, auth) = match (key.filter(|key| !key.expose().is_empty()), auth) {
        (_, Auth::None) => return Ok(None),
        // Many servers on one's own network ask for no key.
        (None, Auth::Bearer | Auth::Header(_)) if vendor.custom => return Ok(None),
        (None, Auth::Bearer | Auth::Header(_)) => {
            return Err(ShipmentError::NoKey { vendor: vendor.name.clone() });
        }
        (Some(key), auth) => (key, auth),
    };
    let (name, text) = match auth {
        Auth::None => return Ok(None),
        Auth::Bearer => (AUTHORIZATION, format!("Bearer {}", key.expose())),
        Auth::Header(header) => {
            let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| {
                ShipmentError::BadHeader { vendor: vendor.name.clone(), header: header.clone() }
            })?;
            (name, key.expose().to_owned())
        }
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| ShipmentError::KeyNotSendable)?;
    value.set_sensitive(true);
    Ok(Some((name, value)))
}
