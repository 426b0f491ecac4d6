//! From one dialect to another, always by way of the neutral form.

use bytes::Bytes;
use switchyard_types::{Dialect, Usage};

use crate::chat::{self, stream::Closing};
use crate::fault::{ClientError, VendorFault};
use crate::neutral::event::{Event, Notes};
use crate::neutral::keepsake::{self, Keeper, Keepsake};
use crate::neutral::loss::Losses;
use crate::neutral::names::Names;
use crate::neutral::proof::{self, Issuer};
use crate::neutral::request::{Delivery, Request, What};
use crate::responses::shape::Shape;
use crate::{BodyError, Frame, Seen, Watch, glance, inspect_reply, messages, responses};

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
    names: Names,
    closing: Closing,
    shape: Shape,
    /// The vendor whose reply it will be.
    vendor: String,
}

/// Whom a request goes to.
#[derive(Clone, Copy, Debug)]
pub struct Addressee<'a> {
    /// What the vendor speaks.
    pub dialect: Dialect,
    /// The vendor's id: proofs of reasoning go back only to the one that gave them.
    pub vendor: &'a str,
    /// The model to ask for.
    pub model: &'a str,
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
    /// What the client cannot hold and will be needed when the conversation goes on.
    pub keepsakes: Vec<Keepsake>,
}

/// How a pair of dialects is served.
enum Route {
    /// The bytes pass.
    Same,
    Codecs {
        client: Codec,
        vendor: Codec,
    },
    None,
}

/// The dialects that have codecs.
#[derive(Clone, Copy)]
enum Codec {
    Chat,
    Messages,
    Responses,
}

impl Codec {
    fn of(dialect: Dialect) -> Option<Self> {
        match dialect {
            Dialect::Chat => Some(Self::Chat),
            Dialect::Messages => Some(Self::Messages),
            Dialect::Responses => Some(Self::Responses),
            Dialect::Gemini | Dialect::Ollama => None,
        }
    }

    /// Whether a client of this dialect holds a proof of reasoning and sends it back.
    fn holds_proofs(self) -> bool {
        match self {
            Self::Messages | Self::Responses => true,
            Self::Chat => false,
        }
    }
}

impl Route {
    fn of(client: Dialect, vendor: Dialect) -> Self {
        match (Codec::of(client), Codec::of(vendor)) {
            _ if client == vendor => match client {
                Dialect::Chat | Dialect::Messages | Dialect::Responses => Self::Same,
                // Nothing watches their streams yet.
                Dialect::Gemini | Dialect::Ollama => Self::None,
            },
            (Some(client), Some(vendor)) => Self::Codecs { client, vendor },
            (None, _) | (_, None) => Self::None,
        }
    }
}

/// Whether a client's requests can be served by a vendor that speaks `vendor`: because both speak the same,
/// or because there are codecs for both.
pub fn can_translate(client: Dialect, vendor: Dialect) -> bool {
    !matches!(Route::of(client, vendor), Route::None)
}

/// Writes the client's request in the vendor's dialect, asking for `model`, where no vendor's proofs of
/// reasoning are at hand.
pub fn translate_request(
    client: Dialect,
    vendor: Dialect,
    body: &[u8],
    model: &str,
) -> Result<Translated, BodyError> {
    translate_request_to(client, Addressee { dialect: vendor, vendor: "", model }, body, &|_| None)
}

/// Writes the client's request in the vendor's dialect. `recall` gives what was kept for a tool call of
/// this client ([`Memory::recall`](crate::Memory::recall)).
pub fn translate_request_to(
    client: Dialect,
    to: Addressee<'_>,
    body: &[u8],
    recall: &dyn Fn(&str) -> Option<Keepsake>,
) -> Result<Translated, BodyError> {
    let Addressee { dialect: vendor, vendor: id, model } = to;
    let (from, to) = match Route::of(client, vendor) {
        Route::Codecs { client, vendor } => (client, vendor),
        Route::Same => {
            let looked = glance(body)?;
            let body = looked.with_model(&Bytes::copy_from_slice(body), model).into();
            return Ok(Translated { body, losses: Vec::new(), way_back: WayBack::default() });
        }
        Route::None => return Err(BodyError::NoTranslation { client, vendor }),
    };
    let mut losses = Losses::default();
    let mut shape = Shape::default();
    let mut request = match from {
        Codec::Chat => chat::read::request(body, &mut losses)?,
        Codec::Messages => messages::read::request(body, &mut losses)?,
        Codec::Responses => responses::read::request(body, &mut shape, &mut losses)?,
    };
    let issuer = Issuer { dialect: vendor, vendor: id.to_owned() };
    keepsake::restore(&mut request, &issuer, recall);
    proof::keep_own(&mut request, &issuer, &mut losses);
    let names = names_of(&request);
    let closing = match request.delivery {
        Delivery::StreamWithUsage => Closing::WithUsage,
        Delivery::Whole | Delivery::Stream => Closing::Plain,
    };
    let body = match to {
        Codec::Chat => chat::write::request(&mut request, model, &names, &mut losses),
        Codec::Messages => messages::write::request(&mut request, model, &names, &mut losses),
        Codec::Responses => responses::write::request(&mut request, model, &names, &mut losses),
    };
    let way_back = WayBack { created: 0, names, closing, shape, vendor: issuer.vendor };
    Ok(Translated { body, losses: losses.into_vec(), way_back })
}

/// Every tool name that goes out: those offered, and those called before.
fn names_of(request: &Request) -> Names {
    let offered = request.tools.iter().map(super::neutral::request::Tool::name);
    let parts = request.turns.iter().flat_map(|turn| &turn.parts);
    let called = parts.filter_map(|part| match &part.what {
        What::Call(call) => Some(call.name.as_str()),
        _ => None,
    });
    Names::of(offered.chain(called))
}

/// Writes a vendor's reply in the client's dialect, as if `model` had given it.
///
/// A reply that is none (an error with status 200, a web page, nothing) is the vendor's fault.
pub fn translate_reply(
    vendor: Dialect,
    client: Dialect,
    body: &[u8],
    model: &str,
    way_back: &WayBack,
) -> Result<TranslatedReply, VendorFault> {
    let (to, from) = match Route::of(client, vendor) {
        Route::Codecs { client, vendor } => (client, vendor),
        Route::Same => {
            let usage = inspect_reply(vendor, body)?;
            let (losses, keepsakes) = (Vec::new(), Vec::new());
            return Ok(TranslatedReply { body: body.to_vec(), usage, losses, keepsakes });
        }
        Route::None => return Err(no_translation(vendor, client)),
    };
    let mut losses = Losses::default();
    let mut reply = match from {
        Codec::Chat => chat::read::reply(body, &mut losses)?,
        Codec::Messages => messages::read::reply(body, &mut losses)?,
        Codec::Responses => responses::read::reply(body, &mut losses)?,
    };
    let issuer = Issuer { dialect: vendor, vendor: way_back.vendor.clone() };
    let mut keeper = Keeper::default();
    for part in &mut reply.parts {
        if let What::Thinking { signature: Some(proof), .. } | What::Sealed(proof) = &mut part.what
        {
            proof.issuer = Some(issuer.clone());
        }
        if !to.holds_proofs() {
            keeper.part(part);
        }
    }
    let usage = reply.usage;
    let names = &way_back.names;
    let body = match to {
        Codec::Chat => chat::write::reply(reply, model, names, way_back.created, &mut losses),
        Codec::Messages => messages::write::reply(reply, model, names, &mut losses),
        Codec::Responses => {
            let (created, shape) = (way_back.created, &way_back.shape);
            responses::write::reply(reply, model, names, created, shape, &mut losses)
        }
    };
    Ok(TranslatedReply { body, usage, losses: losses.into_vec(), keepsakes: keeper.take() })
}

fn no_translation(vendor: Dialect, client: Dialect) -> VendorFault {
    let message =
        format!("a {} reply cannot be translated into {}", vendor.as_str(), client.as_str());
    VendorFault { message, ..VendorFault::default() }
}

/// Writes a vendor's stream in the client's dialect, event by event.
///
/// The client always gets exactly one terminal event: from [`push`](Self::push) or
/// [`finish`](Self::finish) when the vendor ends well, from [`fail`](Self::fail) otherwise.
#[derive(Debug)]
pub struct StreamTranslator {
    client: Dialect,
    mode: Mode,
    notes: Notes,
    faulted: bool,
    failed: bool,
}

#[derive(Debug)]
enum Mode {
    Same(Watch),
    Codecs(Box<Codecs>),
    None(VendorFault),
}

#[derive(Debug)]
struct Codecs {
    reader: Reader,
    writer: Writer,
    issuer: Issuer,
    /// There where the client cannot hold proofs itself.
    keeper: Option<Keeper>,
}

#[derive(Debug)]
enum Reader {
    Chat(chat::stream::Decoder),
    Messages(messages::stream::Decoder),
    Responses(responses::stream::Decoder),
}

#[derive(Debug)]
enum Writer {
    Chat(chat::stream::Encoder),
    Messages(messages::stream::Encoder),
    Responses(responses::stream::Encoder),
}

impl Reader {
    fn read<'a>(&mut self, frame: &'a Frame, events: &mut Vec<Event<'a>>, notes: &mut Notes) {
        match self {
            Self::Chat(decoder) => decoder.read(frame, events, notes),
            Self::Messages(decoder) => decoder.read(frame, events, notes),
            Self::Responses(decoder) => decoder.read(frame, events, notes),
        }
    }
}

impl Writer {
    fn write(&mut self, event: &Event<'_>, notes: &mut Notes, out: &mut Vec<u8>) {
        match self {
            Self::Chat(encoder) => encoder.write(event, notes, out),
            Self::Messages(encoder) => encoder.write(event, notes, out),
            Self::Responses(encoder) => encoder.write(event, notes, out),
        }
    }

    fn fail(&mut self, error: &ClientError, out: &mut Vec<u8>) {
        match self {
            Self::Chat(encoder) => encoder.fail(error, out),
            Self::Messages(encoder) => encoder.fail(error, out),
            Self::Responses(encoder) => encoder.fail(error, out),
        }
    }

    fn is_over(&self) -> bool {
        match self {
            Self::Chat(encoder) => encoder.is_over(),
            Self::Messages(encoder) => encoder.is_over(),
            Self::Responses(encoder) => encoder.is_over(),
        }
    }
}

impl StreamTranslator {
    /// A translator at the start of a stream; `model` is the name that the client asked for.
    pub fn new(vendor: Dialect, client: Dialect, model: &str, way_back: &WayBack) -> Self {
        let names = || way_back.names.clone();
        let mode = match Route::of(client, vendor) {
            Route::Same => Mode::Same(Watch::new(vendor)),
            Route::None => Mode::None(no_translation(vendor, client)),
            Route::Codecs { client: to, vendor: from } => Mode::Codecs(Box::new(Codecs {
                issuer: Issuer { dialect: vendor, vendor: way_back.vendor.clone() },
                keeper: (!to.holds_proofs()).then(Keeper::default),
                reader: match from {
                    Codec::Chat => Reader::Chat(chat::stream::Decoder::default()),
                    Codec::Messages => Reader::Messages(messages::stream::Decoder::default()),
                    Codec::Responses => Reader::Responses(responses::stream::Decoder::default()),
                },
                writer: match to {
                    Codec::Chat => Writer::Chat(chat::stream::Encoder::new(
                        model,
                        way_back.created,
                        names(),
                        way_back.closing,
                    )),
                    Codec::Messages => {
                        Writer::Messages(messages::stream::Encoder::new(model, names()))
                    }
                    Codec::Responses => Writer::Responses(responses::stream::Encoder::new(
                        model,
                        way_back.created,
                        names(),
                        way_back.shape.clone(),
                    )),
                },
            })),
        };
        Self { client, mode, notes: Notes::default(), faulted: false, failed: false }
    }

    /// Takes the vendor's next event and appends what the client gets for it.
    ///
    /// For a [`Seen::Fault`] nothing is appended: either another candidate is tried, or
    /// [`fail`](Self::fail) tells the client. What comes after it is not read.
    pub fn push(&mut self, frame: &Frame, out: &mut Vec<u8>) -> Seen {
        if self.faulted || self.ended() {
            return Seen::Other;
        }
        let Codecs { reader, writer, issuer, keeper } = match &mut self.mode {
            Mode::Same(watch) => {
                let seen = watch.see(frame);
                self.faulted = matches!(seen, Seen::Fault(_));
                if !self.faulted {
                    out.extend_from_slice(&frame.raw);
                }
                return seen;
            }
            Mode::None(fault) => {
                self.faulted = true;
                return Seen::Fault(fault.clone());
            }
            Mode::Codecs(codecs) => &mut **codecs,
        };
        let mut events = Vec::new();
        reader.read(frame, &mut events, &mut self.notes);
        let mut seen = if events.is_empty() { silence(frame) } else { Seen::Handshake };
        for mut event in events {
            if let Event::Fault(fault) = event {
                self.faulted = true;
                return Seen::Fault(fault);
            }
            if let Event::Proof(proof) = &mut event {
                proof.issuer = Some(issuer.clone());
            }
            if let Some(keeper) = keeper {
                keeper.see(&event);
            }
            writer.write(&event, &mut self.notes, out);
            seen = seen_as(&event, seen);
        }
        seen
    }

    /// The vendor has closed: appends the client's terminal event if that end was legal. If not,
    /// [`ended`](Self::ended) stays false, and [`fail`](Self::fail) is due.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.faulted {
            return;
        }
        let mut events = Vec::new();
        // Streams of Messages and Responses have their own last event and are not whole without it.
        if let Mode::Codecs(codecs) = &mut self.mode
            && let Reader::Chat(decoder) = &mut codecs.reader
        {
            decoder.finish(&mut events, &mut self.notes);
            for event in &events {
                codecs.writer.write(event, &mut self.notes, out);
            }
        }
    }

    /// Whether the client has got its terminal event.
    pub fn ended(&self) -> bool {
        match &self.mode {
            Mode::Same(watch) => self.failed || (watch.ended() && !self.faulted),
            Mode::Codecs(codecs) => codecs.writer.is_over(),
            Mode::None(_) => self.failed,
        }
    }

    /// Ends the client's stream with an error: open blocks are closed, no stop reason is made up. Appends
    /// nothing if the stream has ended.
    pub fn fail(&mut self, error: &ClientError, out: &mut Vec<u8>) {
        if self.ended() {
            return;
        }
        self.failed = true;
        match &mut self.mode {
            Mode::Same(watch) => out.extend_from_slice(&watch.cut(error)),
            Mode::Codecs(codecs) => codecs.writer.fail(error, out),
            Mode::None(_) => {
                out.extend_from_slice(&crate::write_fault_event(self.client, error));
            }
        }
    }

    /// What the vendor has counted so far.
    pub fn usage(&self) -> Option<Usage> {
        match &self.mode {
            Mode::Same(watch) => watch.usage(),
            Mode::Codecs(_) | Mode::None(_) => self.notes.tally.total(),
        }
    }

    /// Takes what the client cannot hold and will be needed when the conversation goes on.
    pub fn take_keepsakes(&mut self) -> Vec<Keepsake> {
        match &mut self.mode {
            Mode::Codecs(codecs) => codecs.keeper.as_mut().map(Keeper::take).unwrap_or_default(),
            Mode::Same(_) | Mode::None(_) => Vec::new(),
        }
    }

    /// What could not be carried so far, a sentence each.
    pub fn losses(&self) -> &[String] {
        self.notes.losses.all()
    }
}

/// A frame that says nothing: a comment or a ping, or a part that has no place in the client's dialect.
fn silence(frame: &Frame) -> Seen {
    let ping = frame.event.as_deref() == Some(b"ping");
    if frame.data.is_empty() || ping { Seen::Silence } else { Seen::Handshake }
}

fn seen_as(event: &Event<'_>, before: Seen) -> Seen {
    match event {
        Event::Text(_)
        | Event::Thinking(_)
        | Event::Refusal(_)
        | Event::CallStart { .. }
        | Event::CallArguments { .. } => Seen::Content,
        Event::End => Seen::End,
        Event::Start { .. }
        | Event::Proof(_)
        | Event::BlockEnd
        | Event::Stop(_)
        | Event::Fault(_) => before,
    }
}
