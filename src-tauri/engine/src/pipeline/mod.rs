//! The way of one request: look, plan, try until one answers, relay, record.
//!
//! Nothing is sent to the client before the first content of an answer, except keep-alives once
//! the vendor has been silent for long; so a dead start falls over unseen.

mod at_length;
mod attempt;
mod count;
mod ending;
mod exhaustion;
pub(crate) mod files;
mod forward;
mod hold;
mod known;
mod ledger;
mod path;
pub(crate) mod room;
mod run;

use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use switchyard_dialect::{
    ClientError, ErrorKind, JsonArray, Opening, PathDelivery, PathModel, glance_as, keep_alive,
    stream_type, write_fault, write_fault_event,
};
use switchyard_types::{Dialect, RequestId};

use self::ledger::Ledger;
pub(crate) use self::ledger::cost;
pub(crate) use self::run::speaks;
use self::run::{Job, Settled};
use crate::{ClientKey, Engine};

/// A client's request, after the gateway knows who asks and in which dialect.
#[derive(Debug)]
pub struct Call {
    /// What the client speaks.
    pub dialect: Dialect,
    /// What it asks for.
    pub ask: Ask,
    /// Its headers; which of them travel on is upstream's decision.
    pub headers: HeaderMap,
    /// The model and the way of delivery, where the dialect writes them in the path.
    pub named: Option<PathModel>,
    /// Its body, as it came.
    pub body: Bytes,
    /// The key that it showed.
    pub client: Option<ClientKey>,
    /// The name in its path `/k/NAME/…`.
    pub project: Option<String>,
    /// The request that it repeats, where the user had one asked again.
    pub replay_of: Option<RequestId>,
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// An answer of the model.
    Answer,
    /// An answer to a bare prompt, which Ollama asks for at an address of its own.
    Completion,
    /// How many tokens the request would take.
    TokenCount,
    /// A shorter form of the conversation, sealed by the vendor that will be asked again (Responses).
    Compaction,
}

/// What the client gets.
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers, content type included.
    pub headers: HeaderMap,
    /// The body.
    pub body: ReplyBody,
}

/// A reply's body.
pub enum ReplyBody {
    /// In one piece.
    Whole(Bytes),
    /// As it comes. Dropping it cancels the vendor's work.
    Stream(ReplyStream),
}

/// Pieces of a streamed reply.
pub type ReplyStream = Pin<Box<dyn Stream<Item = Bytes> + Send>>;

/// The header that names the request, so that its trace can be found.
const REQUEST_HEADER: HeaderName = HeaderName::from_static("x-switchyard-request");

impl Engine {
    /// Takes a request all the way to its reply.
    pub async fn relay(&self, call: Call) -> Reply {
        let glance = match glance_as(call.dialect, &call.body, call.named.as_ref()) {
            Ok(glance) => glance,
            Err(error) => {
                let fault = ClientError {
                    status: 400,
                    kind: ErrorKind::InvalidRequest,
                    message: error.to_string(),
                    retry_after: None,
                };
                return error_reply(call.dialect, &fault);
            }
        };
        if call.ask == Ask::TokenCount {
            return self.count_tokens(call, glance).await;
        }
        let streaming = glance.stream;
        let dialect = call.dialect;
        let array = call.named.as_ref().is_some_and(|named| named.delivery == PathDelivery::Array);
        let ledger = Ledger::open(self, &call, &glance);
        let id = ledger.id().clone();
        let listener = ledger.listener().cloned();
        let job = Job::new(self.clone(), call, glance, ledger);
        let mut reply = if streaming {
            ending::ended_legally(self.relay_stream(job, dialect).await, dialect)
        } else {
            let settled = tokio::select! {
                settled = Box::pin(job.run()) => settled,
                () = self.inner.cutting.cancelled() => Settled::stopping(),
            };
            into_reply(settled, dialect)
        };
        if array {
            reply = as_array(reply);
        }
        if let Some(listener) = listener {
            reply = listener.listen(reply);
        }
        name_request(&mut reply.headers, &id);
        reply
    }

    /// Waits for the commit as long as the client may hear nothing; then opens the client's stream
    /// with keep-alives and goes on trying behind it.
    async fn relay_stream(&self, job: Job, dialect: Dialect) -> Reply {
        let quiet = self.config().timers.keep_alive;
        let cutting = self.inner.cutting.clone();
        let mut run = Box::pin(async move {
            tokio::select! {
                settled = job.run() => settled,
                () = cutting.cancelled() => Settled::stopping(),
            }
        });
        if let Ok(settled) = tokio::time::timeout(quiet, &mut run).await {
            return into_reply(settled, dialect);
        }
        let body = async_stream::stream! {
            let settled = loop {
                let alive = keep_alive(dialect, Opening::Awaited);
                if !alive.is_empty() {
                    yield Bytes::from_static(alive);
                }
                if let Ok(settled) = tokio::time::timeout(quiet, &mut run).await {
                    break settled;
                }
            };
            match settled {
                Settled::Streaming { body, .. } => {
                    for await piece in body {
                        yield piece;
                    }
                }
                Settled::Whole { body, .. } => yield body,
                Settled::Failed { error, .. } => {
                    yield Bytes::from(write_fault_event(dialect, &error));
                }
            }
        };
        Reply {
            status: StatusCode::OK,
            headers: stream_headers(dialect),
            body: ReplyBody::Stream(Box::pin(body)),
        }
    }
}

fn into_reply(settled: Settled, dialect: Dialect) -> Reply {
    match settled {
        Settled::Whole { status, headers, body } => {
            Reply { status, headers, body: ReplyBody::Whole(body) }
        }
        Settled::Streaming { headers, body } => {
            Reply { status: StatusCode::OK, headers, body: ReplyBody::Stream(body) }
        }
        Settled::Failed { error, vendors_own } => match vendors_own {
            Some((status, headers, body)) => {
                Reply { status, headers, body: ReplyBody::Whole(body) }
            }
            None => error_reply(dialect, &error),
        },
    }
}

/// An error in the client's own dialect.
fn error_reply(dialect: Dialect, error: &ClientError) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = error.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Reply {
        status: StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        headers,
        body: ReplyBody::Whole(Bytes::from(write_fault(dialect, error))),
    }
}

/// A stream of events as one JSON array; an answer in one piece is an error, and stays.
fn as_array(reply: Reply) -> Reply {
    let Reply { status, mut headers, body } = reply;
    let ReplyBody::Stream(mut events) = body else { return Reply { status, headers, body } };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let body = async_stream::stream! {
        let mut array = JsonArray::default();
        while let Some(piece) = events.next().await {
            match array.push(piece) {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => yield Bytes::from(bytes),
                // Nothing that the pipeline has let through is too large.
                Err(error) => tracing::error!("an answer could not be written as an array: {error}"),
            }
        }
        yield Bytes::from(array.finish());
    };
    Reply { status, headers, body: ReplyBody::Stream(Box::pin(body)) }
}

/// The headers of a stream in the client's dialect.
fn stream_headers(client: Dialect) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(stream_type(client)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers
}

fn name_request(headers: &mut HeaderMap, id: &RequestId) {
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_HEADER, value);
    }
}
