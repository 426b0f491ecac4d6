//! After the commit: the vendor's events go to the client as they come, and whatever happens the
//! client gets exactly one legal ending.

use std::time::Duration;

use bytes::Bytes;
use switchyard_dialect::{ClientError, ErrorKind, Opening, Seen, keep_alive};
use switchyard_routing::{Failure, TransportFault};
use switchyard_types::{Dialect, Outcome};
use switchyard_upstream::FaultKind;
use tokio::time::{Instant, timeout_at};

use super::ReplyStream;
use super::attempt::{spoken, transport};
use super::hold::Opened;
use super::ledger::Ledger;
use crate::Engine;

/// How long a vendor may linger after its last event before its connection is given up: long
/// enough for the end of the body to arrive, so that the connection can be used again.
const LINGER: Duration = Duration::from_millis(50);

/// Why the vendor's events stopped.
enum Stop {
    /// Its terminal event came.
    Ended,
    /// It told of an error, fell silent, or broke off.
    Failed(Failure),
    /// This program stops, and waits no longer.
    Stopping,
}

pub(super) fn forward(
    engine: Engine,
    client: Dialect,
    mut opened: Opened,
    mut ledger: Ledger,
) -> ReplyStream {
    Box::pin(async_stream::stream! {
        if let Some(first) = opened.held.take() {
            yield first;
        }
        let timers = engine.config().timers;
        let mut stop = if opened.empty { Some(Stop::Ended) } else { None };
        let mut heard = Instant::now();
        while stop.is_none() {
            stop = drain(&engine, &mut opened);
            if stop.is_some() {
                break;
            }
            if let Some(bytes) = opened.held.take() {
                yield bytes;
            }
            let idle = heard + timers.idle;
            let quiet = Instant::now() + timers.keep_alive;
            let next = tokio::select! {
                biased;
                () = engine.inner.cutting.cancelled() => {
                    stop = Some(Stop::Stopping);
                    break;
                }
                next = timeout_at(idle.min(quiet), opened.answer.chunk()) => next,
            };
            match next {
                Ok(Ok(Some(chunk))) => {
                    heard = Instant::now();
                    ledger.heard(&chunk);
                    opened.splitter.push(chunk);
                }
                Ok(Ok(None)) => stop = Some(at_end(&engine, &mut opened)),
                // Nothing of the answer was lost.
                Ok(Err(_)) if opened.path.ended() => stop = Some(Stop::Ended),
                Ok(Err(fault)) => {
                    let kind = match fault.kind {
                        FaultKind::Connect => TransportFault::Connect,
                        FaultKind::Cut | FaultKind::Unread | FaultKind::TooLarge => {
                            TransportFault::Cut
                        }
                    };
                    stop = Some(Stop::Failed(transport(kind, &fault.message, engine.now())));
                }
                Err(_) if Instant::now() >= idle && settled(&mut opened) => {
                    stop = Some(Stop::Ended);
                }
                Err(_) if Instant::now() >= idle => {
                    let failure = transport(TransportFault::IdleTimeout, "", engine.now());
                    stop = Some(Stop::Failed(failure));
                }
                Err(_) => {
                    let alive = keep_alive(client, Opening::Sent);
                    if !alive.is_empty() {
                        yield Bytes::from_static(alive);
                    }
                }
            }
        }
        let ended = settle(&engine, &mut opened, &mut ledger, stop.unwrap_or(Stop::Ended));
        let answered = ended.outcome == Outcome::Answered;
        // A client may hang up on the terminal event itself: what it was given counts, so the row is
        // closed before that event leaves.
        ledger.close(ended.outcome, 200, ended.error);
        if let Some(last) = opened.held.take() {
            yield last;
        }
        if answered {
            let _ = tokio::time::timeout(LINGER, opened.answer.chunk()).await;
        }
    })
}

/// Passes on every whole event that has arrived.
fn drain(engine: &Engine, opened: &mut Opened) -> Option<Stop> {
    loop {
        let frame = match opened.splitter.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => return None,
            Err(error) => {
                let failure = transport(TransportFault::Cut, &error.to_string(), engine.now());
                return Some(Stop::Failed(failure));
            }
        };
        let Opened { path, held, key, .. } = &mut *opened;
        match path.see(frame, held, |raw| engine.clean_bytes(raw, key.as_ref())) {
            Seen::Content | Seen::Handshake | Seen::Silence | Seen::Other => {}
            Seen::End => return Some(Stop::Ended),
            Seen::Fault(fault) => {
                let failure = spoken(engine, opened.candidate.as_ref(), &fault);
                return Some(Stop::Failed(failure));
            }
        }
    }
}

/// Whether the answer is whole, as far as it has come.
fn settled(opened: &mut Opened) -> bool {
    opened.path.finish(&mut opened.held);
    opened.path.ended()
}

/// The vendor closed the connection in order.
fn at_end(engine: &Engine, opened: &mut Opened) -> Stop {
    if let Some(frame) = opened.splitter.finish() {
        // An event that lacks only its blank line is whole all the same.
        let Opened { path, held, key, .. } = &mut *opened;
        let seen = path.see(frame, held, |raw| engine.clean_bytes(raw, key.as_ref()));
        if let Seen::Fault(fault) = seen {
            return Stop::Failed(spoken(engine, opened.candidate.as_ref(), &fault));
        }
    }
    // A dialect without a terminal event is whole only now.
    if settled(opened) {
        return Stop::Ended;
    }
    let message = "the answer broke off in the middle";
    Stop::Failed(transport(TransportFault::Cut, message, engine.now()))
}

/// Keeps what later requests of this conversation will need to have their reasoning told apart.
fn remember(engine: &Engine, opened: &mut Opened) {
    let (proofs, keepsakes) = opened.path.take_proofs();
    if let Some(candidate) = &opened.candidate {
        engine.issued(&candidate.vendor, &proofs);
    }
    if !keepsakes.is_empty() {
        engine.memory().keep(&opened.whose, keepsakes);
    }
}

struct Ended {
    outcome: Outcome,
    error: Option<String>,
}

/// Writes the ending that the client is owed, and what the ledger must know.
fn settle(engine: &Engine, opened: &mut Opened, ledger: &mut Ledger, stop: Stop) -> Ended {
    let failure = match stop {
        Stop::Ended => {
            opened.path.finish(&mut opened.held);
            None
        }
        Stop::Stopping => {
            opened.path.fail(&stopping(), &mut opened.held);
            ledger.used(opened.path.usage());
            return Ended { outcome: Outcome::Broken, error: Some(stopping().message) };
        }
        Stop::Failed(mut failure) => {
            failure.message = engine.clean_of(failure.message, opened.key.as_ref());
            opened.path.fail(&client_error(&failure), &mut opened.held);
            Some(failure)
        }
    };
    remember(engine, opened);
    ledger.used(opened.path.usage());
    let mut losses = std::mem::take(&mut opened.losses);
    losses.extend(opened.path.losses());
    ledger.lost(losses);
    let Some(failure) = failure else {
        if let Some(candidate) = &opened.candidate {
            ledger.answered(&candidate.place());
        }
        return Ended { outcome: Outcome::Answered, error: None };
    };
    let lock = opened
        .candidate
        .as_ref()
        .and_then(|candidate| engine.failed(ledger.id(), &failure, candidate));
    ledger.broke(&failure, lock.as_ref());
    Ended { outcome: Outcome::Broken, error: Some(failure.message) }
}

/// What those hear whose answers are cut because this program stops.
pub(super) fn stopping() -> ClientError {
    ClientError {
        status: 503,
        kind: ErrorKind::Overloaded,
        message: "Switchyard was stopped before the answer was whole; ask again".to_owned(),
        retry_after: None,
    }
}

fn client_error(failure: &Failure) -> ClientError {
    ClientError {
        status: 502,
        kind: ErrorKind::Server,
        message: format!("the vendor's answer broke off: {words}", words = failure.message),
        retry_after: None,
    }
}
