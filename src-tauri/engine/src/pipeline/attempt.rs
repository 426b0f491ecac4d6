use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use switchyard_catalog::{Endpoint, Vendor};
use switchyard_dialect::{
    Addressee, Asks, ClientRequest, Dressed, Occasion, Sources, Terms, Tongue, VendorFault,
    WayBack, dress, fold, inspect_reply, looks_streamed, proofs_of_reply, read_fault,
    translate_reply, undress, with_effort, without_foreign_reasoning,
};
use switchyard_routing::{Candidate, Evidence, Failure, Scope, TransportFault, classify};
use switchyard_types::{Accent, FailureClass, Secret, Usage};
use switchyard_upstream::login::LoginError;
use switchyard_upstream::{
    Answer, Fault, FaultKind, Form, ForwardedHeaders, Purpose, Question, Reach, reply_headers,
    shipment,
};
use tokio::time::{Instant, timeout_at};

use super::Ask;
use super::at_length::at_length;
use super::files::Files;
use super::hold::{Opened, hold};
use super::known::known;
use super::path::Path;
use super::run::{Job, RawReply};
use crate::Engine;
use crate::quotas::Answered;

/// The largest answer that is held in one piece.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// The most of an error's body that is read: no vendor's words are longer, and a page is none.
const LARGEST_ERROR: usize = 1024 * 1024;

/// A candidate that answers.
pub(super) enum Good {
    Whole(Whole),
    Streaming(Box<Opened>),
}

impl Good {
    /// Whether it is a legal answer that says nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Whole(_) => false,
            Self::Streaming(opened) => opened.empty,
        }
    }
}

/// An answer in one piece.
pub(super) struct Whole {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) usage: Option<Usage>,
    pub(super) losses: Vec<String>,
}

/// A candidate that failed before anything reached the client.
pub(super) struct Bad {
    pub(super) status: Option<u16>,
    pub(super) failure: Failure,
    pub(super) vendors_own: Option<RawReply>,
    /// The vendor says that it did not look at the request.
    pub(super) unread: bool,
}

/// One candidate with what it takes to speak to it.
pub(super) struct Target<'a> {
    candidate: &'a Candidate,
    vendor: &'a Vendor,
    endpoint: &'a Endpoint,
    key: Option<&'a Secret>,
    /// The model's name for the vendor, and what holds for it.
    model: &'a str,
    terms: Terms,
}

impl Target<'_> {
    pub(super) fn tongue(&self) -> Tongue {
        Tongue { dialect: self.endpoint.dialect, accent: self.endpoint.accent }
    }
}

/// A request in the vendor's dialect, and what it takes to read the answer.
struct Prepared {
    body: Bytes,
    losses: Vec<String>,
    /// There where the request was translated.
    way_back: Option<WayBack>,
}

impl Job {
    pub(super) async fn attempt(&self, candidate: &Candidate) -> Result<Good, Box<Bad>> {
        let live = arc_swap::Guard::into_inner(self.engine.live());
        let found = live.vendor_for(&candidate.vendor, &candidate.account).and_then(|vendor| {
            let endpoint = vendor.endpoints.iter().find(|e| e.dialect == candidate.dialect)?;
            Some((vendor, endpoint))
        });
        let Some((vendor, endpoint)) = found else {
            // The catalog changed between plan and attempt, or the vendor asks for more than it did.
            let gone = "the vendor was just removed, or the account lacks what it asks for";
            return Err(ours(FailureClass::ModelMissing, gone));
        };
        let ready = self.engine.secret_for(&candidate.account).await;
        let key = ready.map_err(|error| signed_out(&error))?;
        let (model, terms) = known(vendor, candidate.asked());
        let target = |key| Target { candidate, vendor, endpoint, key, model, terms };
        let mut tried = self.ask(&target(key.as_ref())).await;
        if matches!(&tried, Err(bad) if bad.unread) {
            // Its connection was just closed in order; on another one it will be read.
            tried = self.ask(&target(key.as_ref())).await;
        }
        let fresh = self.key_after(candidate, key.as_ref(), &tried).await;
        if fresh.is_some() {
            tried = self.ask(&target(fresh.as_ref())).await;
        }
        if let Err(bad) = &mut tried {
            self.clean(bad, [key.as_ref(), fresh.as_ref()]);
        }
        tried
    }

    /// Takes secrets out of a refusal: some vendors quote the key they refuse.
    fn clean(&self, bad: &mut Bad, keys: [Option<&Secret>; 2]) {
        let redactor = &self.engine.config().redactor;
        let clean = |text: &str| {
            let text = redactor.clean_of(text.to_owned(), keys[0]);
            redactor.clean_of(text, keys[1])
        };
        bad.failure.message = clean(&bad.failure.message);
        if let Some((_, _, body)) = &mut bad.vendors_own
            && let Ok(text) = std::str::from_utf8(body)
        {
            let cleaned = clean(text);
            if cleaned != text {
                *body = cleaned.into();
            }
        }
    }

    /// A token in place of one that the vendor just refused, where the account has a login that gives one.
    async fn key_after(
        &self,
        candidate: &Candidate,
        key: Option<&Secret>,
        tried: &Result<Good, Box<Bad>>,
    ) -> Option<Secret> {
        let Err(bad) = tried else { return None };
        let refused = bad.failure.class == FailureClass::SignIn && bad.status.is_some();
        let has_login = self.engine.live().logins.contains_key(&candidate.account);
        if !refused || !has_login {
            return None;
        }
        self.engine.renewed(&candidate.account, key?).await.ok()
    }

    async fn ask(&self, target: &Target<'_>) -> Result<Good, Box<Bad>> {
        let timers = self.engine.config().timers;
        let streaming = self.glance.stream;
        let tongue = target.tongue();
        let place = self.engine.inner.room.take(self.call.body.len()).await;
        let Prepared { body, mut losses, way_back } = self.prepare(target).await?;
        let Dressed { body, headers, always_streams, losses: more } = self.dressed(target, body)?;
        let body = place.hold(body);
        losses.extend(more);
        let purpose = match self.call.ask {
            Ask::Compaction => Purpose::Compact,
            _ if streaming || always_streams => Purpose::Stream,
            Ask::Answer | Ask::Completion | Ask::TokenCount => Purpose::Whole,
        };
        // What the client's headers say means nothing in another dialect.
        let forwarded = match way_back {
            Some(_) => ForwardedHeaders::default(),
            None => self.forwarded.clone().and_of_own_client(tongue.accent, &self.call.headers),
        };
        let form = match self.call.ask {
            // A translated prompt is a conversation of one turn.
            Ask::Completion if way_back.is_none() => Form::Prompt,
            Ask::Completion | Ask::Answer | Ask::TokenCount | Ask::Compaction => Form::Turns,
        };
        let session = if target.endpoint.names_session() { self.session() } else { String::new() };
        let (model, session) = (target.model, session.as_str());
        if let Some(listener) = self.ledger.listener() {
            listener.vendor_asked(&body, target.key);
        }
        let question = Question { purpose, model, form, body, headers, session };
        let shipment = shipment(target.vendor, target.endpoint, target.key, &forwarded, question)
            .map_err(|error| ours(FailureClass::SignIn, &error.to_string()))?
            .by(self.engine.way_out(&target.candidate.account));
        let patience = if streaming { timers.first_byte } else { timers.whole_answer };
        let deadline = Instant::now() + patience;
        let sent = timeout_at(deadline, self.engine.inner.pool.send(shipment)).await;
        let mut answer = match sent {
            Err(_) => return Err(self.broken(None, TransportFault::FirstByteTimeout, "")),
            Ok(Err(fault)) => return Err(self.unheard(None, &fault)),
            Ok(Ok(answer)) => answer,
        };
        let answered = if answer.status().is_success() { Answered::Well } else { Answered::Badly };
        self.engine.note_answer(target.candidate, answer.headers(), answered);
        if !answer.status().is_success() {
            return Err(self.refused(target, answer, deadline).await);
        }
        if streaming {
            let path = Path::new(
                target.candidate.dialect,
                self.call.dialect,
                &self.glance.model,
                way_back.as_ref(),
            );
            let mut opened = hold(self, target, answer, path, deadline).await?;
            self.whose().clone_into(&mut opened.whose);
            opened.losses = losses;
            opened.key = target.key.cloned();
            opened.candidate = Some(target.candidate.clone());
            return Ok(Good::Streaming(Box::new(opened)));
        }
        let status = answer.status();
        let read = timeout_at(deadline, answer.whole(LARGEST_ANSWER)).await;
        let bytes = match read {
            Err(_) => {
                return Err(self.broken(Some(status), TransportFault::IdleTimeout, ""));
            }
            Ok(Err(fault)) => return Err(self.unheard(Some(status), &fault)),
            Ok(Ok(bytes)) => bytes,
        };
        self.ledger.heard(&bytes);
        let length = bytes.len();
        at_length(length, || self.whole(target, &answer, bytes, losses, way_back.as_ref()))
    }

    /// The request as this candidate shall get it: the same bytes but for the model's name, or a
    /// translation.
    async fn prepare(&self, target: &Target<'_>) -> Result<Prepared, Box<Bad>> {
        let candidate = target.candidate;
        let (client, tongue) = (self.call.dialect, target.tongue());
        if tongue.passes(client) {
            return Ok(self.passing(target));
        }
        let to = Addressee {
            dialect: tongue.dialect,
            accent: tongue.accent,
            vendor: &candidate.vendor,
            model: target.model,
            delivery: self.call.named.as_ref().map(|named| named.delivery),
            terms: target.terms,
        };
        let length = self.call.body.len();
        let request = at_length(length, || ClientRequest::read(client, &self.call.body))
            .map_err(|error| ours(FailureClass::ClientFault, &error.to_string()))?;
        let files = self.files(request.wanted_files(tongue)).await;
        let recall = |call: &str| self.engine.memory().recall(self.whose(), call);
        let sources = Sources { recall: &recall, files: &|address| files.get(address).cloned() };
        let mut translated = at_length(length, || request.write(to, sources));
        translated.way_back.created = u64::try_from(self.engine.now() / 1000).unwrap_or_default();
        Ok(Prepared {
            body: Bytes::from(translated.body),
            losses: translated.losses,
            way_back: Some(translated.way_back),
        })
    }

    /// What the vendor needs as bytes and the client named by address.
    async fn files(&self, addresses: Vec<String>) -> Files {
        if addresses.is_empty() {
            return Files::default();
        }
        let inner = &self.engine.inner;
        let reach = if inner.config.private_files { Reach::Private } else { Reach::Public };
        inner.files.fetch(&inner.pool, reach, addresses, self.engine.now()).await
    }

    /// The request as the vendor's accent wants it.
    fn dressed(&self, target: &Target<'_>, body: Bytes) -> Result<Dressed, Box<Bad>> {
        // Only an accent asks for it, and it is a hash over the opening of the conversation.
        let session = target.endpoint.accent.map(|_| self.session()).unwrap_or_default();
        let live = self.engine.live();
        let login = live.logins.get(&target.candidate.account);
        let project = login.and_then(|kept| kept.login.facts.project.clone());
        let occasion = Occasion {
            model: target.model,
            project: project.as_deref(),
            session: &session,
            request: self.ledger.id().as_str(),
            asks: match self.call.ask {
                Ask::Compaction => Asks::Compaction,
                Ask::TokenCount => Asks::Count,
                Ask::Answer | Ask::Completion => Asks::Answer,
            },
        };
        let mut dressed = dress(target.tongue(), body, &occasion)
            .map_err(|error| ours(FailureClass::ClientFault, &error.to_string()))?;
        let workspace = login.and_then(|kept| kept.login.facts.vendor_account.clone());
        if let (Some(Accent::Codex), Some(workspace)) = (target.tongue().accent, workspace) {
            // Which of a user's workspaces pays (github.com/openai/codex, 2026-06).
            dressed.headers.push(("chatgpt-account-id", workspace));
        }
        Ok(dressed)
    }

    /// The same bytes, but for the model's name and for reasoning that another vendor gave.
    fn passing(&self, target: &Target<'_>) -> Prepared {
        let candidate = target.candidate;
        let body = self.glance.with_model(&self.call.body, target.model);
        let body = match target.terms.effort {
            Some(effort) => with_effort(candidate.dialect, &body, target.model, effort),
            None => body,
        };
        let foreign = |proof| {
            let memory = self.engine.memory();
            memory.issuer(proof).is_some_and(|vendor| vendor != candidate.vendor)
        };
        let kept = without_foreign_reasoning(candidate.dialect, &body, &foreign);
        let mut losses = Vec::new();
        if kept.is_some() {
            losses
                .push("reasoning: what another vendor gave was left out of the history".to_owned());
        }
        Prepared { body: kept.unwrap_or(body), losses, way_back: None }
    }

    /// What tells the conversation from others in the body: its name there, else how it begins.
    pub(super) fn told_session(&self) -> Option<&[u8]> {
        let named = self.glance.session.as_deref().map(str::as_bytes);
        named.or_else(|| self.glance.opening(&self.call.body))
    }

    /// A name for the conversation that stays the same while it goes on, and says nothing about it.
    fn session(&self) -> String {
        let told = self.told_session().unwrap_or_default();
        let mut hash = Sha256::new();
        hash.update(self.whose());
        hash.update([0]);
        hash.update(told);
        // In the form of a UUID, which some vendors ask for; version 8 is one's own making (RFC 9562).
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
        let number = u128::from_be_bytes(bytes);
        let number = number & !(0xf << 76) & !(0b11 << 62) | (0x8 << 76) | (0b10 << 62);
        let hex = format!("{number:032x}");
        let group = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        [group(0, 8), group(8, 12), group(12, 16), group(16, 20), group(20, 32)].join("-")
    }

    /// In whose name proofs of reasoning are kept: tool-call ids are unique only for one client.
    pub(super) fn whose(&self) -> &str {
        self.call.client.as_ref().map_or("", |client| client.id.as_str())
    }

    /// An answer in one piece, though the vendor may have told it as a stream.
    fn folded(
        &self,
        target: &Target<'_>,
        answer: &Answer,
        bytes: Bytes,
    ) -> Result<Bytes, Box<Bad>> {
        let tongue = target.tongue();
        // Kiro's stream has no whole form to be folded into; its translation reads it as it is.
        if tongue.accent == Some(Accent::Kiro) {
            return Ok(bytes);
        }
        if !looks_streamed(&bytes) {
            return Ok(undress(tongue, bytes));
        }
        fold(tongue, &bytes)
            .map(Bytes::from)
            .map_err(|fault| self.faulty(target, answer, &fault, &[]))
    }

    fn whole(
        &self,
        target: &Target<'_>,
        answer: &Answer,
        bytes: Bytes,
        mut losses: Vec<String>,
        way_back: Option<&WayBack>,
    ) -> Result<Good, Box<Bad>> {
        let status = answer.status();
        let (client, vendor) = (self.call.dialect, target.candidate.dialect);
        let bytes = self.folded(target, answer, bytes)?;
        let Some(way_back) = way_back else {
            let usage = inspect_reply(client, &bytes)
                .map_err(|fault| self.faulty(target, answer, &fault, &bytes))?;
            let mut headers: HeaderMap = reply_headers(answer.headers()).collect();
            if answer.is_stream_of(target.tongue()) {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            self.engine.issued(&target.candidate.vendor, &proofs_of_reply(client, &bytes));
            return Ok(Good::Whole(Whole { status, headers, body: bytes, usage, losses }));
        };
        let reply = translate_reply(vendor, client, &bytes, &self.glance.model, way_back)
            .map_err(|fault| self.faulty(target, answer, &fault, &bytes))?;
        losses.extend(reply.losses);
        if !reply.keepsakes.is_empty() {
            self.engine.memory().keep(self.whose(), reply.keepsakes);
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = Bytes::from(reply.body);
        Ok(Good::Whole(Whole { status, headers, body, usage: reply.usage, losses }))
    }

    /// The vendor said no. Its words are kept as they are for a client of the same dialect.
    async fn refused(
        &self,
        target: &Target<'_>,
        mut answer: Answer,
        deadline: Instant,
    ) -> Box<Bad> {
        let status = answer.status();
        // Words that break off are still better than none: the status alone decides then.
        let body = match timeout_at(deadline, answer.whole(LARGEST_ERROR)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) | Err(_) => Bytes::new(),
        };
        self.ledger.heard(&body);
        let fault = read_fault(status.as_u16(), &body);
        let mut bad = self.faulty(target, &answer, &fault, &body);
        if target.tongue().passes(self.call.dialect) {
            let headers = reply_headers(answer.headers()).collect();
            bad.vendors_own = Some((status, headers, body));
        }
        bad
    }

    /// A failure that the vendor put into words, in an error status or inside a 200.
    pub(super) fn faulty(
        &self,
        target: &Target<'_>,
        answer: &Answer,
        fault: &VendorFault,
        body: &[u8],
    ) -> Box<Bad> {
        let limits = self.engine.limit_rules(target.vendor, &target.candidate.account);
        let status = answer.status();
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let evidence = Evidence {
            status: fault.status.or(Some(status.as_u16())),
            kind: fault.kind.as_deref(),
            code: fault.code.as_deref(),
            message: &fault.message,
            body,
            headers: &header,
            transport: None,
            limits: &limits,
        };
        let failure = classify(&evidence, self.engine.now());
        Box::new(Bad { status: Some(status.as_u16()), failure, vendors_own: None, unread: false })
    }

    pub(super) fn unheard(&self, status: Option<StatusCode>, fault: &Fault) -> Box<Bad> {
        let kind = match fault.kind {
            FaultKind::Connect => TransportFault::Connect,
            FaultKind::Cut | FaultKind::Unread | FaultKind::TooLarge => TransportFault::Cut,
        };
        let bad = self.broken(status, kind, &fault.message);
        Box::new(Bad { unread: fault.kind == FaultKind::Unread, ..*bad })
    }

    pub(super) fn broken(
        &self,
        status: Option<StatusCode>,
        fault: TransportFault,
        message: &str,
    ) -> Box<Bad> {
        let status = status.map(|status| status.as_u16());
        let failure = transport(fault, message, self.engine.now());
        Box::new(Bad { status, failure, vendors_own: None, unread: false })
    }
}

/// A login that gave nothing to send the request with.
fn signed_out(error: &LoginError) -> Box<Bad> {
    let (class, scope) = if error.ends_the_login() {
        (FailureClass::SignIn, Scope::Account)
    } else {
        (FailureClass::Transient, Scope::Account)
    };
    let message = error.to_string();
    let failure = Failure { class, message, reset: None, scope, window: None };
    Box::new(Bad { status: None, failure, vendors_own: None, unread: false })
}

/// A failure on our side of the wire.
fn ours(class: FailureClass, message: &str) -> Box<Bad> {
    let message = message.to_owned();
    let failure = Failure { class, message, reset: None, scope: Scope::Model, window: None };
    Box::new(Bad { status: None, failure, vendors_own: None, unread: false })
}

/// A failure below HTTP.
pub(super) fn transport(fault: TransportFault, message: &str, now: i64) -> Failure {
    let evidence = Evidence {
        status: None,
        kind: None,
        code: None,
        message,
        body: &[],
        headers: &|_| None,
        transport: Some(fault),
        limits: &[],
    };
    classify(&evidence, now)
}

/// An error that a vendor told in the middle of its answer.
pub(super) fn spoken(engine: &Engine, at: Option<&Candidate>, fault: &VendorFault) -> Failure {
    let live = arc_swap::Guard::into_inner(engine.live());
    let vendor = at.and_then(|at| Some((live.catalog.vendor(&at.vendor)?, &at.account)));
    let limits = vendor.map(|(vendor, account)| engine.limit_rules(vendor, account));
    let evidence = Evidence {
        status: fault.status,
        kind: fault.kind.as_deref(),
        code: fault.code.as_deref(),
        message: &fault.message,
        body: &[],
        headers: &|_| None,
        transport: None,
        limits: limits.as_deref().unwrap_or_default(),
    };
    classify(&evidence, engine.now())
}
