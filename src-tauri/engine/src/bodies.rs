//! What agents and models say, where the user wants it kept: gathered beside the way of the request, cleaned of
//! secrets and written by one task. While it is off, a request pays for one look at a flag.

use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use switchyard_store::{BodyKeeping, Store};
use switchyard_types::{
    BodiesChange, BodiesDeleted, BodiesView, KeptBody, Millis, RequestBodies, RequestId, Secret,
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::pipeline::{Reply, ReplyBody};
use crate::{Engine, EngineError, Redactor};

/// The most that is kept of one body: a long conversation's beginning, with its newest turn seldom.
const LARGEST: usize = 256 * 1024;

/// What is gathered beyond that, so that no secret is cut in two before it is found: longer than any token.
const BEYOND: usize = 16 * 1024;

/// How much room all of it may take.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// How much is written between two looks at how much there is.
const BETWEEN_LOOKS: u64 = 16 * 1024 * 1024;

/// Requests whose bodies wait while the disk stalls: each holds about one MiB at most.
const QUEUE: usize = 32;

/// The longest that bodies may be kept, in days.
const LONGEST: u16 = 90;

const DAY: Millis = 24 * 60 * 60 * 1000;

/// Whether bodies are kept, and the way to the task that writes them.
#[derive(Debug)]
pub(crate) struct Bodies {
    keep: AtomicBool,
    days: AtomicU16,
    queue: mpsc::Sender<Work>,
}

#[derive(Debug)]
enum Work {
    Keep(Box<Heard>),
    /// Answered when all that came before is written.
    Settle(oneshot::Sender<()>),
}

/// The four bodies of a request, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    FromClient,
    ToVendor,
    FromVendor,
    ToClient,
}

/// Hears what is said in one request. When the last of its clones is gone, the request has ended, and what was
/// heard is kept.
#[derive(Clone, Debug)]
pub(crate) struct Listener(Arc<Listening>);

#[derive(Debug)]
struct Listening {
    bodies: Arc<Bodies>,
    heard: Mutex<Heard>,
}

/// What was heard so far.
struct Heard {
    id: RequestId,
    at: Millis,
    pieces: [Option<Piece>; 4],
    /// What the vendors were asked with: known secrets, though they may be replaced meanwhile.
    secrets: Vec<Secret>,
}

impl std::fmt::Debug for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heard").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The beginning of a body.
#[derive(Default)]
struct Piece {
    bytes: Vec<u8>,
    length: u64,
}

impl Bodies {
    /// With what the task will read.
    pub(crate) fn new(keeping: BodyKeeping) -> (Arc<Self>, Queue) {
        let (queue, work) = mpsc::channel(QUEUE);
        let bodies =
            Self { keep: AtomicBool::new(keeping.keep), days: AtomicU16::new(keeping.days), queue };
        (Arc::new(bodies), Queue(work))
    }

    /// Somebody who listens to a request, where bodies are kept.
    pub(crate) fn listener(self: &Arc<Self>, id: &RequestId, at: Millis) -> Option<Listener> {
        if !self.keep.load(Ordering::Relaxed) {
            return None;
        }
        let pieces = [const { None }; 4];
        let heard = Heard { id: id.clone(), at, pieces, secrets: Vec::new() };
        let bodies = Arc::clone(self);
        Some(Listener(Arc::new(Listening { bodies, heard: Mutex::new(heard) })))
    }

    /// Returns when what was heard before is written.
    async fn settle(&self) {
        let (done, waiting) = oneshot::channel();
        if self.queue.send(Work::Settle(done)).await.is_ok() {
            // An error means that the task has ended.
            let _ended = waiting.await;
        }
    }

    fn expired_before(&self, now: Millis) -> Millis {
        now - Millis::from(self.days.load(Ordering::Relaxed)) * DAY
    }
}

impl Listener {
    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        // Whoever panicked holding it left it whole: bytes are only added.
        self.0.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the client sent.
    pub(crate) fn client_sent(&self, body: &[u8]) {
        self.heard().begin(Of::FromClient, body);
    }

    /// What goes to a vendor, after whom another may be asked: only the last one stays.
    pub(crate) fn vendor_asked(&self, body: &[u8], secret: Option<&Secret>) {
        let mut heard = self.heard();
        heard.begin(Of::ToVendor, body);
        heard.begin(Of::FromVendor, &[]);
        heard.secrets.extend(secret.cloned());
    }

    /// What that vendor says, piece by piece.
    pub(crate) fn vendor_said(&self, piece: &[u8]) {
        self.heard().add(Of::FromVendor, piece);
    }

    /// Listens to what the client gets.
    pub(crate) fn listen(self, reply: Reply) -> Reply {
        let body = match reply.body {
            ReplyBody::Whole(body) => {
                self.heard().add(Of::ToClient, &body);
                ReplyBody::Whole(body)
            }
            ReplyBody::Stream(stream) => {
                let hear = move |piece: &bytes::Bytes| self.heard().add(Of::ToClient, piece);
                ReplyBody::Stream(Box::pin(stream.inspect(hear)))
            }
        };
        Reply { body, ..reply }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // It was switched off meanwhile.
        if !self.bodies.keep.load(Ordering::Relaxed) {
            return;
        }
        let heard = self.heard.get_mut().unwrap_or_else(PoisonError::into_inner);
        let heard = Heard {
            id: heard.id.clone(),
            at: heard.at,
            pieces: std::mem::take(&mut heard.pieces),
            secrets: std::mem::take(&mut heard.secrets),
        };
        if self.bodies.queue.try_send(Work::Keep(Box::new(heard))).is_err() {
            tracing::warn!("the bodies of a request were not kept: the disk is too slow");
        }
    }
}

impl Heard {
    fn begin(&mut self, of: Of, bytes: &[u8]) {
        self.pieces[of as usize] = None;
        self.add(of, bytes);
    }

    fn add(&mut self, of: Of, bytes: &[u8]) {
        let piece = self.pieces[of as usize].get_or_insert_default();
        let room = (LARGEST + BEYOND).saturating_sub(piece.bytes.len());
        piece.bytes.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        piece.length += bytes.len() as u64;
    }

    /// As it is kept.
    fn cleaned(self, redactor: &Redactor) -> RequestBodies {
        let secrets = &self.secrets;
        let [from_client, to_vendor, from_vendor, to_client] =
            self.pieces.map(|piece| piece.map(|piece| piece.cleaned(redactor, secrets)));
        RequestBodies { id: self.id, from_client, to_vendor, from_vendor, to_client }
    }
}

impl Piece {
    fn cleaned(self, redactor: &Redactor, secrets: &[Secret]) -> KeptBody {
        let gathered = self.bytes.len();
        let mut text = String::from_utf8_lossy(&self.bytes).into_owned();
        for secret in secrets {
            text = redactor.clean_of(text, Some(secret));
        }
        text = redactor.clean_of(text, None);
        let most = if self.length > gathered as u64 {
            // What stands at the very end may be the beginning of a secret.
            LARGEST.min(text.len().saturating_sub(BEYOND))
        } else {
            LARGEST
        };
        let cut = text.len() > most || self.length > gathered as u64;
        text.truncate(text.floor_char_boundary(most));
        KeptBody { text, bytes: self.length, cut }
    }
}

/// What waits to be written.
#[derive(Debug)]
pub(crate) struct Queue(mpsc::Receiver<Work>);

impl Queue {
    /// Writes what was heard until the program stops, and then what is left.
    pub(crate) async fn write(
        mut self,
        bodies: Arc<Bodies>,
        store: Store,
        redactor: Redactor,
        stopping: CancellationToken,
    ) {
        let mut unlooked = 0;
        loop {
            let work = tokio::select! {
                biased;
                work = self.0.recv() => work,
                () = stopping.cancelled() => {
                    self.0.close();
                    self.0.recv().await
                }
            };
            let Some(work) = work else { return };
            let heard = match work {
                Work::Keep(heard) => heard,
                Work::Settle(done) => {
                    // Whoever asked may have gone.
                    let _gone = done.send(());
                    continue;
                }
            };
            if !bodies.keep.load(Ordering::Relaxed) {
                continue;
            }
            match keep(&store, &redactor, *heard).await {
                Ok(bytes) => unlooked += bytes,
                Err(error) => tracing::warn!("the bodies of a request were not kept: {error}"),
            }
            if unlooked > BETWEEN_LOOKS {
                unlooked = 0;
                if let Err(error) = store.prune_bodies(0, MOST_BYTES).await {
                    tracing::warn!("old bodies of requests were not removed: {error}");
                }
            }
        }
    }
}

async fn keep(store: &Store, redactor: &Redactor, heard: Heard) -> Result<u64, EngineError> {
    let (at, redactor) = (heard.at, redactor.clone());
    let cleaned = tokio::task::spawn_blocking(move || heard.cleaned(&redactor));
    let bodies = cleaned.await.map_err(|error| EngineError::Fault {
        message: format!("what was said could not be searched for secrets: {error}"),
    })?;
    Ok(store.keep_bodies(at, bodies).await?)
}

impl Engine {
    /// Whether bodies are kept, and how many.
    pub async fn bodies(&self) -> Result<BodiesView, EngineError> {
        let bodies = &self.inner.bodies;
        bodies.settle().await;
        let kept = self.inner.store.bodies().await?;
        Ok(BodiesView {
            keep: self.keeps_bodies(),
            by_environment: self.config().keep_bodies.is_some(),
            days: bodies.days.load(Ordering::Relaxed),
            requests: kept.requests,
            bytes: kept.bytes,
            most_bytes: MOST_BYTES,
            largest: LARGEST as u64,
        })
    }

    /// Whether what agents and models say is kept from now on.
    pub fn keeps_bodies(&self) -> bool {
        self.inner.bodies.keep.load(Ordering::Relaxed)
    }

    /// Says whether bodies are kept, and for how long.
    pub async fn change_bodies(&self, change: BodiesChange) -> Result<BodiesView, EngineError> {
        if self.config().keep_bodies.is_some_and(|keep| keep != change.keep) {
            return Err(EngineError::conflict(
                "the environment says whether bodies are kept",
                "change ENABLE_REQUEST_LOGS, or remove it, and start again",
            ));
        }
        let bodies = &self.inner.bodies;
        let days = change.days.unwrap_or_else(|| bodies.days.load(Ordering::Relaxed));
        if !(1..=LONGEST).contains(&days) {
            return Err(EngineError::invalid(
                format!("bodies cannot be kept for {days} days"),
                format!("give a number from 1 to {LONGEST}"),
            ));
        }
        let _writing = self.inner.writing.lock().await;
        self.inner.store.set_body_keeping(BodyKeeping { keep: change.keep, days }).await?;
        bodies.days.store(days, Ordering::Relaxed);
        bodies.keep.store(change.keep, Ordering::Relaxed);
        self.prune_bodies().await?;
        self.bodies().await
    }

    /// Deletes all bodies that are kept.
    pub async fn delete_bodies(&self) -> Result<BodiesDeleted, EngineError> {
        self.inner.bodies.settle().await;
        Ok(BodiesDeleted { requests: self.inner.store.delete_bodies().await? })
    }

    /// Deletes what was said in one request; the request itself stays.
    pub async fn delete_request_bodies(
        &self,
        id: &RequestId,
    ) -> Result<BodiesDeleted, EngineError> {
        let request = self.request(id).await?;
        self.inner.bodies.settle().await;
        let kept = self.inner.store.delete_bodies_of(request.at, id).await?;
        Ok(BodiesDeleted { requests: u64::from(kept) })
    }

    /// What was said in a request.
    pub async fn request_bodies(&self, id: &RequestId) -> Result<RequestBodies, EngineError> {
        let request = self.request(id).await?;
        self.inner.bodies.settle().await;
        self.inner.store.kept_bodies(request.at, id).await?.ok_or_else(|| EngineError::Missing {
            message: format!("what was said in {id} is not kept"),
            hint: "`switchyard requests bodies on` keeps what is said from then on".to_owned(),
        })
    }

    /// Removes bodies that are too old or too many.
    pub(crate) async fn prune_bodies(&self) -> Result<u64, EngineError> {
        let before = self.inner.bodies.expired_before(self.now());
        Ok(self.inner.store.prune_bodies(before, MOST_BYTES).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(bytes: &[u8]) -> Piece {
        let mut heard = Heard {
            id: RequestId::new("req_1"),
            at: 0,
            pieces: [const { None }; 4],
            secrets: Vec::new(),
        };
        for chunk in bytes.chunks(1_000) {
            heard.add(Of::ToClient, chunk);
        }
        heard.pieces[Of::ToClient as usize].take().unwrap()
    }

    #[test]
    fn a_body_within_the_limit_is_kept_whole() {
        let body = "größer".repeat(1_000);
        let kept = piece(body.as_bytes()).cleaned(&Redactor::default(), &[]);
        assert_eq!(kept, KeptBody { bytes: body.len() as u64, text: body, cut: false });
    }

    #[test]
    fn a_long_body_is_cut_between_letters_and_its_length_is_told() {
        for length in [LARGEST + 1, LARGEST + BEYOND, LARGEST * 10] {
            let body = "ß".repeat(length);
            let kept = piece(body.as_bytes()).cleaned(&Redactor::default(), &[]);
            assert!(kept.cut && kept.text.len() <= LARGEST, "{length}");
            assert!(kept.text.len() >= LARGEST - 4 && kept.text.chars().all(|c| c == 'ß'));
            assert_eq!(kept.bytes, body.len() as u64);
        }
    }

    #[test]
    fn a_secret_that_lies_across_the_cut_is_not_kept_in_part() {
        let secret = Secret::new("swordfish-of-the-deep");
        for end in [LARGEST, LARGEST + BEYOND] {
            for within in 0..secret.expose().len() {
                let mut body = "x ".repeat((end - within) / 2).into_bytes();
                body.resize(end - within, b' ');
                body.extend(secret.expose().bytes());
                body.extend(b" and so on".repeat(10_000));
                let kept =
                    piece(&body).cleaned(&Redactor::default(), std::slice::from_ref(&secret));
                assert!(!kept.text.contains("sword"), "{end} {within}");
            }
        }
    }

    #[test]
    fn many_secrets_before_the_cut_bring_no_half_of_one_into_what_is_kept() {
        let secret = Secret::new("swordfish-of-the-deep");
        let body = "swordfish-of-the-deep,".repeat(20_000);
        let kept = piece(body.as_bytes()).cleaned(&Redactor::default(), &[secret]);
        assert!(kept.cut && !kept.text.contains("sword"));
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_such() {
        let kept = piece(&[b'a', 0xff, 0x00, b'b']).cleaned(&Redactor::default(), &[]);
        assert_eq!(kept.text, "a\u{fffd}\0b");
    }
}
