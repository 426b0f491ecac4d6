//! From one dialect to another, always by way of the neutral form.

use bytes::Bytes;
use switchyard_types::{Accent, Dialect, Usage};

use crate::accent::unreadable;
use crate::chat::{self, stream::Closing};
use crate::fault::{ClientError, VendorFault};
use crate::frame::frames;
use crate::neutral::calls::{self, Calls};
use crate::neutral::effort::Effort;
use crate::neutral::event::{Event, Notes};
use crate::neutral::files::{self, FetchedFiles};
use crate::neutral::keepsake::{self, Keeper, Keepsake};
use crate::neutral::loss::Losses;
use crate::neutral::names::Names;
use crate::neutral::proof::{self, Issuer};
use crate::neutral::request::{Delivery, Image, Part, Request, Tool, What};
use crate::neutral::schema;
use crate::ollama::form::Form;
use crate::responses::shape::Shape;
use crate::{
    BodyError, Frame, Glance, PathDelivery, Seen, Tongue, Watch, fold, gemini, glance_as,
    inspect_reply, kiro, messages, ollama, responses,
};

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
    form: Form,
    /// The vendor whose reply it will be.
    vendor: String,
    /// How that vendor departs from its dialect.
    accent: Option<Accent>,
}

/// Whom a request goes to, and what is asked of it.
#[derive(Clone, Copy, Debug)]
pub struct Addressee<'a> {
    /// What the vendor speaks.
    pub dialect: Dialect,
    /// How the vendor departs from that; what it calls for beside a translation is [`dress`](crate::dress)'s.
    pub accent: Option<Accent>,
    /// The vendor's id: proofs of reasoning go back only to the one that gave them.
    pub vendor: &'a str,
    /// The model to ask for.
    pub model: &'a str,
    /// How the answer is to come, where the client says so in the path and not in the body.
    pub delivery: Option<PathDelivery>,
    /// What is known of the model beside its name.
    pub terms: Terms,
}

impl Addressee<'_> {
    /// What the vendor speaks.
    fn tongue(&self) -> Tongue {
        Tongue { dialect: self.dialect, accent: self.accent }
    }
}

/// What holds for a model beside what the request says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The most tokens that it answers with, where that is known.
    pub output_limit: Option<u64>,
    /// How much it is to reason, where its name says so: that counts more than what the request says.
    pub effort: Option<Effort>,
}

impl Terms {
    /// Holds a request to the terms.
    fn hold(self, request: &mut Request, vendor: Dialect, losses: &mut Losses) {
        request.effort = self.effort.or(request.effort);
        let Some(limit) = self.output_limit else { return };
        match request.max_output {
            Some(asked) if asked > limit => {
                losses.note(format!("max_tokens: this model answers with at most {limit} tokens"));
                request.max_output = Some(limit);
            }
            // Messages wants a limit where the client gives none.
            None if vendor == Dialect::Messages => request.max_output = Some(limit),
            Some(_) | None => {}
        }
    }
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

/// Whether a client of this dialect holds a proof of reasoning and sends it back.
fn holds_proofs(client: Dialect) -> bool {
    match client {
        Dialect::Messages | Dialect::Responses => true,
        // Gemini's clients hold signatures of their own vendor, which have to be base64.
        Dialect::Chat | Dialect::Gemini | Dialect::Ollama => false,
    }
}

/// Writes the client's request in the vendor's dialect, asking for `model`, where no vendor's proofs of
/// reasoning are at hand.
pub fn translate_request(
    client: Dialect,
    vendor: Dialect,
    body: &[u8],
    model: &str,
) -> Result<Translated, BodyError> {
    let to = Addressee {
        dialect: vendor,
        accent: None,
        vendor: "",
        model,
        delivery: None,
        terms: Terms::default(),
    };
    translate_request_to(client, to, body, &|_| None)
}

/// Writes the client's request in the vendor's dialect. `recall` gives what was kept for a tool call of
/// this client ([`Memory::recall`](crate::Memory::recall)); no file is fetched.
pub fn translate_request_to(
    client: Dialect,
    to: Addressee<'_>,
    body: &[u8],
    recall: &dyn Fn(&str) -> Option<Keepsake>,
) -> Result<Translated, BodyError> {
    if to.tongue().passes(client) {
        let looked = glance_as(client, body, None)?;
        let body = looked.with_model(&Bytes::copy_from_slice(body), to.model);
        let body = match to.terms.effort {
            Some(effort) => crate::passing::with_effort(client, &body, to.model, effort),
            None => body,
        };
        let (body, losses) = (body.into(), Vec::new());
        return Ok(Translated { body, losses, way_back: WayBack::default() });
    }
    let sources = Sources { recall, files: &|_| None };
    Ok(ClientRequest::read(client, body)?.write(to, sources))
}

/// What a request needs that does not stand in it.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// What was kept for a tool call of this client.
    pub recall: &'a dyn Fn(&str) -> Option<Keepsake>,
    /// The files at the addresses that [`ClientRequest::wanted_files`] names.
    pub files: FetchedFiles<'a>,
}

impl std::fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sources")
    }
}

/// A client's request that has been read and can be written for a vendor.
#[derive(Debug)]
pub struct ClientRequest {
    request: Request,
    losses: Losses,
    shape: Shape,
    form: Form,
}

impl ClientRequest {
    /// Reads the body of a client of this dialect.
    pub fn read(client: Dialect, body: &[u8]) -> Result<Self, BodyError> {
        let mut losses = Losses::default();
        let (mut shape, mut form) = (Shape::default(), Form::default());
        let request = match client {
            Dialect::Chat => chat::read::request(body, &mut losses)?,
            Dialect::Messages => messages::read::request(body, &mut losses)?,
            Dialect::Responses => responses::read::request(body, &mut shape, &mut losses)?,
            Dialect::Gemini => gemini::read::request(body, &mut losses)?,
            Dialect::Ollama => ollama::read::request(body, &mut form, &mut losses)?,
        };
        Ok(Self { request, losses, shape, form })
    }

    /// The addresses of the files that this vendor cannot fetch itself.
    pub fn wanted_files(&self, tongue: Tongue) -> Vec<String> {
        files::wanted(&self.request, tongue)
    }

    /// Writes it for a vendor.
    pub fn write(self, to: Addressee<'_>, sources: Sources<'_>) -> Translated {
        let tongue = to.tongue();
        let Addressee { dialect: vendor, accent, vendor: id, model, delivery, terms } = to;
        let Self { mut request, mut losses, shape, form } = self;
        match delivery {
            Some(PathDelivery::Whole) => request.delivery = Delivery::Whole,
            Some(PathDelivery::Events | PathDelivery::Array) => {
                request.delivery = Delivery::StreamWithUsage;
            }
            None => {}
        }
        terms.hold(&mut request, vendor, &mut losses);
        files::put(&mut request, tongue, sources.files, &mut losses);
        let issuer = Issuer { dialect: vendor, vendor: id.to_owned() };
        keepsake::restore(&mut request, &issuer, sources.recall);
        proof::keep_own(&mut request, &issuer, &mut losses);
        note_settings(&request, vendor, &mut losses);
        if vendor != Dialect::Gemini {
            schema::of_objects(&mut request, &mut losses);
        }
        let names = names_of(&request);
        let closing = match request.delivery {
            Delivery::StreamWithUsage => Closing::WithUsage,
            Delivery::Whole | Delivery::Stream => Closing::Plain,
        };
        let body = match vendor {
            _ if accent == Some(Accent::Kiro) => {
                kiro::write::request(&mut request, model, &names, &mut losses)
            }
            Dialect::Chat => chat::write::request(&mut request, model, &names, &mut losses),
            Dialect::Messages => messages::write::request(&mut request, model, &names, &mut losses),
            Dialect::Responses => {
                responses::write::request(&mut request, model, &names, &mut losses)
            }
            Dialect::Gemini => gemini::write::request(&mut request, model, &names, &mut losses),
            Dialect::Ollama => ollama::write::request(&mut request, model, &names, &mut losses),
        };
        let vendor = issuer.vendor;
        let way_back = WayBack { created: 0, names, closing, shape, form, vendor, accent };
        Translated { body, losses: losses.into_vec(), way_back }
    }
}

/// The field by which a request builds on what a vendor keeps of earlier ones, if it does: then only
/// vendors that keep it can serve it.
pub fn needs_kept_state(client: Dialect, glance: &Glance, body: &[u8]) -> Option<&'static str> {
    match client {
        Dialect::Responses => responses::read::needs_kept_state(body),
        Dialect::Messages => glance.continues_thread.then_some("thread"),
        Dialect::Gemini => gemini::read::needs_kept_state(body),
        Dialect::Chat | Dialect::Ollama => None,
    }
}

/// Names settings of parts and tools that only Chat and Responses have.
fn note_settings(request: &Request, vendor: Dialect, losses: &mut Losses) {
    match vendor {
        Dialect::Chat | Dialect::Responses => return,
        Dialect::Messages | Dialect::Gemini | Dialect::Ollama => {}
    }
    let parts = request.turns.iter().flat_map(|turn| &turn.parts);
    let detailed = |part: &Part| match &part.what {
        What::Image(Image::Url { detail, .. } | Image::Data { detail, .. }) => {
            detail.as_ref().is_some_and(|detail| detail != "auto")
        }
        _ => false,
    };
    if parts.clone().any(detailed) {
        losses.note("content.detail: how closely an image is looked at is left to the vendor");
    }
    let strict = |tool: &Tool| matches!(tool, Tool::Function { strict: Some(true), .. });
    if vendor != Dialect::Messages && request.tools.iter().any(strict) {
        losses.note("tools.strict: the vendor does not promise to follow a schema");
    }
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
    let tongue = Tongue { dialect: vendor, accent: way_back.accent };
    if way_back.accent == Some(Accent::Kiro) {
        return told_whole(tongue, client, body, model, way_back);
    }
    if client == vendor {
        let usage = inspect_reply(vendor, body)?;
        let (losses, keepsakes) = (Vec::new(), Vec::new());
        return Ok(TranslatedReply { body: body.to_vec(), usage, losses, keepsakes });
    }
    let mut losses = Losses::default();
    let mut reply = match vendor {
        Dialect::Chat => chat::read::reply(body, &mut losses)?,
        Dialect::Messages => messages::read::reply(body, &mut losses)?,
        Dialect::Responses => responses::read::reply(body, &mut losses)?,
        Dialect::Gemini => gemini::read::reply(body, &mut losses)?,
        Dialect::Ollama => ollama::read::reply(body, &mut losses)?,
    };
    calls::settle(&mut reply)?;
    let issuer = Issuer { dialect: vendor, vendor: way_back.vendor.clone() };
    let mut keeper = Keeper::default();
    for part in &mut reply.parts {
        if let What::Thinking { signature: Some(proof), .. } | What::Sealed(proof) = &mut part.what
        {
            proof.issuer = Some(issuer.clone());
        }
        if !holds_proofs(client) {
            keeper.part(part);
        }
    }
    let usage = reply.usage;
    let WayBack { names, created, shape, form, .. } = way_back;
    let created = *created;
    let body = match client {
        Dialect::Chat => chat::write::reply(reply, model, names, created, &mut losses),
        Dialect::Messages => messages::write::reply(reply, model, names, &mut losses),
        Dialect::Responses => {
            responses::write::reply(&reply, model, names, created, shape, &mut losses)
        }
        Dialect::Gemini => gemini::write::reply(&reply, model, names, &mut losses),
        Dialect::Ollama => ollama::write::reply(&reply, model, names, created, *form, &mut losses),
    };
    Ok(TranslatedReply { body, usage, losses: losses.into_vec(), keepsakes: keeper.take() })
}

/// The reply of a vendor that only ever streams.
fn told_whole(
    tongue: Tongue,
    client: Dialect,
    body: &[u8],
    model: &str,
    way_back: &WayBack,
) -> Result<TranslatedReply, VendorFault> {
    // A whole reply has its counts, whatever a stream would have had.
    let way_back = WayBack { closing: Closing::WithUsage, ..way_back.clone() };
    let mut translator = StreamTranslator::new(tongue.dialect, client, model, &way_back);
    let mut stream = Vec::new();
    for frame in frames(tongue, body) {
        let frame = frame.map_err(|error| unreadable(&error.to_string()))?;
        if let Seen::Fault(fault) = translator.push(&frame, &mut stream) {
            return Err(fault);
        }
    }
    translator.finish(&mut stream);
    if !translator.ended() {
        return Err(unreadable("the vendor's answer broke off before its end"));
    }
    Ok(TranslatedReply {
        body: fold(client, &stream)?,
        usage: translator.usage(),
        losses: translator.losses().to_vec(),
        keepsakes: translator.take_keepsakes(),
    })
}

/// Writes a vendor's stream in the client's dialect, event by event.
///
/// The client always gets exactly one terminal event: from [`push`](Self::push) or
/// [`finish`](Self::finish) when the vendor ends well, from [`fail`](Self::fail) otherwise.
#[derive(Debug)]
pub struct StreamTranslator {
    mode: Mode,
    notes: Notes,
    faulted: bool,
    failed: bool,
}

#[derive(Debug)]
enum Mode {
    Same(Watch),
    Codecs(Box<Codecs>),
}

#[derive(Debug)]
struct Codecs {
    reader: Reader,
    writer: Writer,
    calls: Calls,
    issuer: Issuer,
    /// There where the client cannot hold proofs itself.
    keeper: Option<Keeper>,
}

#[derive(Debug)]
enum Reader {
    Chat(chat::stream::Decoder),
    Messages(messages::stream::Decoder),
    Responses(responses::stream::Decoder),
    Gemini(gemini::stream::Decoder),
    Ollama(ollama::stream::Decoder),
    Kiro(kiro::stream::Decoder),
}

#[derive(Debug)]
enum Writer {
    Chat(chat::stream::Encoder),
    Messages(messages::stream::Encoder),
    Responses(responses::stream::Encoder),
    Gemini(gemini::stream::Encoder),
    Ollama(ollama::stream::Encoder),
}

impl Reader {
    fn of(tongue: Tongue) -> Self {
        match tongue.dialect {
            _ if tongue.accent == Some(Accent::Kiro) => {
                Self::Kiro(kiro::stream::Decoder::default())
            }
            Dialect::Chat => Self::Chat(chat::stream::Decoder::default()),
            Dialect::Messages => Self::Messages(messages::stream::Decoder::default()),
            Dialect::Responses => Self::Responses(responses::stream::Decoder::default()),
            Dialect::Gemini => Self::Gemini(gemini::stream::Decoder::default()),
            Dialect::Ollama => Self::Ollama(ollama::stream::Decoder::default()),
        }
    }

    fn read<'a>(&mut self, frame: &'a Frame, events: &mut Vec<Event<'a>>, notes: &mut Notes) {
        match self {
            Self::Chat(decoder) => decoder.read(frame, events, notes),
            Self::Messages(decoder) => decoder.read(frame, events, notes),
            Self::Responses(decoder) => decoder.read(frame, events, notes),
            Self::Gemini(decoder) => decoder.read(frame, events, notes),
            Self::Ollama(decoder) => decoder.read(frame, events, notes),
            Self::Kiro(decoder) => decoder.read(frame, events, notes),
        }
    }

    /// The vendor has closed. Where a dialect has a last event, the stream is not whole without it.
    fn finish(&mut self, events: &mut Vec<Event<'_>>, notes: &mut Notes) {
        match self {
            Self::Chat(decoder) => decoder.finish(events, notes),
            Self::Gemini(decoder) => decoder.finish(events),
            Self::Kiro(decoder) => decoder.finish(events),
            Self::Messages(_) | Self::Responses(_) | Self::Ollama(_) => {}
        }
    }
}

impl Writer {
    fn of(client: Dialect, model: &str, way_back: &WayBack) -> Self {
        let WayBack { created, names, closing, shape, form, .. } = way_back.clone();
        match client {
            Dialect::Chat => Self::Chat(chat::stream::Encoder::new(model, created, names, closing)),
            Dialect::Messages => Self::Messages(messages::stream::Encoder::new(model, names)),
            Dialect::Responses => {
                Self::Responses(responses::stream::Encoder::new(model, created, names, shape))
            }
            Dialect::Gemini => Self::Gemini(gemini::stream::Encoder::new(model, names)),
            Dialect::Ollama => {
                Self::Ollama(ollama::stream::Encoder::new(model, created, names, form))
            }
        }
    }

    fn write(&mut self, event: &Event<'_>, notes: &mut Notes, out: &mut Vec<u8>) {
        match self {
            Self::Chat(encoder) => encoder.write(event, notes, out),
            Self::Messages(encoder) => encoder.write(event, notes, out),
            Self::Responses(encoder) => encoder.write(event, notes, out),
            Self::Gemini(encoder) => encoder.write(event, notes, out),
            Self::Ollama(encoder) => encoder.write(event, notes, out),
        }
    }

    fn fail(&mut self, error: &ClientError, out: &mut Vec<u8>) {
        match self {
            Self::Chat(encoder) => encoder.fail(error, out),
            Self::Messages(encoder) => encoder.fail(error, out),
            Self::Responses(encoder) => encoder.fail(error, out),
            Self::Gemini(encoder) => encoder.fail(error, out),
            Self::Ollama(encoder) => encoder.fail(error, out),
        }
    }

    fn is_over(&self) -> bool {
        match self {
            Self::Chat(encoder) => encoder.is_over(),
            Self::Messages(encoder) => encoder.is_over(),
            Self::Responses(encoder) => encoder.is_over(),
            Self::Gemini(encoder) => encoder.is_over(),
            Self::Ollama(encoder) => encoder.is_over(),
        }
    }
}

impl StreamTranslator {
    /// A translator at the start of a stream; `model` is the name that the client asked for.
    pub fn new(vendor: Dialect, client: Dialect, model: &str, way_back: &WayBack) -> Self {
        let tongue = Tongue { dialect: vendor, accent: way_back.accent };
        let mode = if tongue.passes(client) {
            Mode::Same(Watch::new(vendor))
        } else {
            Mode::Codecs(Box::new(Codecs {
                issuer: Issuer { dialect: vendor, vendor: way_back.vendor.clone() },
                keeper: (!holds_proofs(client)).then(Keeper::default),
                reader: Reader::of(tongue),
                writer: Writer::of(client, model, way_back),
                calls: Calls::default(),
            }))
        };
        Self { mode, notes: Notes::default(), faulted: false, failed: false }
    }

    /// Takes the vendor's next event and appends what the client gets for it.
    ///
    /// For a [`Seen::Fault`] nothing is appended: either another candidate is tried, or
    /// [`fail`](Self::fail) tells the client. What comes after it is not read.
    pub fn push(&mut self, frame: &Frame, out: &mut Vec<u8>) -> Seen {
        if self.faulted || self.ended() {
            return Seen::Other;
        }
        let Codecs { reader, writer, calls, issuer, keeper } = match &mut self.mode {
            Mode::Same(watch) => {
                let seen = watch.see(frame);
                self.faulted = matches!(seen, Seen::Fault(_));
                if !self.faulted {
                    out.extend_from_slice(&frame.raw);
                }
                return seen;
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
            if !calls.admit(&mut event, &mut self.notes.losses) {
                continue;
            }
            if let Event::Proof(proof) = &mut event {
                proof.issuer = Some(issuer.clone());
            }
            if let Some(keeper) = keeper {
                keeper.see(&event);
            }
            if matches!(event, Event::End) {
                writer.write(&Event::Stop(calls.take_stop()), &mut self.notes, out);
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
        if let Mode::Codecs(codecs) = &mut self.mode {
            codecs.reader.finish(&mut events, &mut self.notes);
            for mut event in events {
                if !codecs.calls.admit(&mut event, &mut self.notes.losses) {
                    continue;
                }
                if matches!(event, Event::End) {
                    let stop = Event::Stop(codecs.calls.take_stop());
                    codecs.writer.write(&stop, &mut self.notes, out);
                }
                codecs.writer.write(&event, &mut self.notes, out);
            }
        }
    }

    /// Whether the client has got its terminal event.
    pub fn ended(&self) -> bool {
        match &self.mode {
            Mode::Same(watch) => self.failed || (watch.ended() && !self.faulted),
            Mode::Codecs(codecs) => codecs.writer.is_over(),
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
        }
    }

    /// What the vendor has counted so far.
    pub fn usage(&self) -> Option<Usage> {
        match &self.mode {
            Mode::Same(watch) => watch.usage(),
            Mode::Codecs(_) => self.notes.tally.total(),
        }
    }

    /// Takes what the client cannot hold and will be needed when the conversation goes on.
    pub fn take_keepsakes(&mut self) -> Vec<Keepsake> {
        match &mut self.mode {
            Mode::Codecs(codecs) => codecs.keeper.as_mut().map(Keeper::take).unwrap_or_default(),
            Mode::Same(_) => Vec::new(),
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
        // A short answer may come in one piece with its end.
        Event::End if before == Seen::Content => Seen::Content,
        Event::End => Seen::End,
        Event::Start { .. }
        | Event::Likelihoods(_)
        | Event::Proof(_)
        | Event::BlockEnd
        | Event::Stop(_)
        | Event::Fault(_) => before,
    }
}
