//! From one dialect to another, always by way of the neutral form.

use switchyard_types::{Dialect, Usage};

use crate::{BodyError, ClientError, Frame, Seen, VendorFault};

/// A request in the vendor's dialect.
#[derive(Clone, Debug)]
pub struct Translated {
    /// The body to send.
    pub body: Vec<u8>,
    /// What could not be carried, a sentence each.
    pub losses: Vec<String>,
    /// What the reply's translation has to know of the request.
    pub way_back: WayBack,
}

/// What the translation of a reply has to know of the request.
#[derive(Clone, Debug, Default)]
pub struct WayBack {
    /// When the request was made, in Unix seconds: Chat replies carry it. Zero unless the caller sets it.
    pub created: u64,
}

/// A reply in the client's dialect.
#[derive(Clone, Debug)]
pub struct TranslatedReply {
    /// The body to send.
    pub body: Vec<u8>,
    /// What the vendor counted.
    pub usage: Option<Usage>,
    /// What could not be carried, a sentence each.
    pub losses: Vec<String>,
}

/// Whether a client's requests can be served by a vendor that speaks another dialect.
pub fn can_translate(client: Dialect, vendor: Dialect) -> bool {
    client == vendor && matches!(client, Dialect::Chat | Dialect::Messages | Dialect::Responses)
}

/// Writes the client's request in the vendor's dialect, asking for `model`.
pub fn translate_request(
    client: Dialect,
    vendor: Dialect,
    body: &[u8],
    model: &str,
) -> Result<Translated, BodyError> {
    let _ = (body, model);
    Err(BodyError::NoTranslation { client, vendor })
}

/// Writes a vendor's reply in the client's dialect, as if `model` had given it.
pub fn translate_reply(
    vendor: Dialect,
    client: Dialect,
    body: &[u8],
    model: &str,
    way_back: &WayBack,
) -> Result<TranslatedReply, VendorFault> {
    let _ = (vendor, client, body, model, way_back);
    Err(VendorFault::default())
}

/// Writes a vendor's stream in the client's dialect, event by event.
#[derive(Debug)]
pub struct StreamTranslator {
    ended: bool,
}

impl StreamTranslator {
    /// A translator at the start of a stream; `model` is the name that the client asked for.
    pub fn new(vendor: Dialect, client: Dialect, model: &str, way_back: &WayBack) -> Self {
        let _ = (vendor, client, model, way_back);
        Self { ended: false }
    }

    /// Takes the vendor's next event and appends what the client gets for it.
    pub fn push(&mut self, frame: &Frame, out: &mut Vec<u8>) -> Seen {
        out.extend_from_slice(&frame.raw);
        Seen::Other
    }

    /// The vendor has closed: appends the client's terminal event if that end was legal. If not,
    /// [`ended`](Self::ended) stays false, and [`fail`](Self::fail) is due.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let _ = out;
    }

    /// Whether the client has got its terminal event.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Ends the client's stream with an error: open blocks are closed, no stop reason is made up.
    pub fn fail(&mut self, error: &ClientError, out: &mut Vec<u8>) {
        let _ = (error, out);
        self.ended = true;
    }

    /// What the vendor has counted so far.
    pub fn usage(&self) -> Option<Usage> {
        None
    }

    /// What could not be carried so far, a sentence each.
    pub fn losses(&self) -> &[String] {
        &[]
    }
}

/// Counts the tokens of a request roughly.
pub fn estimate_input_tokens(client: Dialect, body: &[u8]) -> Result<u64, BodyError> {
    let _ = client;
    Ok(body.len() as u64 / 4)
}
