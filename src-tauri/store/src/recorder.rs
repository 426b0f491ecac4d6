use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::sqlite::SqlitePool;
use switchyard_types::{AccountId, Millis, RequestView};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

use crate::error::while_doing;
use crate::folder::Claim;
use crate::{StoreError, accounts, keys, requests};

/// Rows that wait while the disk stalls. At a hundred requests a second, far beyond one user's
/// agents, it rides out forty seconds; at some two KiB a row it never holds more than about ten MiB.
const QUEUE: usize = 4_096;

/// Rows in one transaction: enough that one flush to disk is shared by many.
const BATCH: usize = 256;

/// How long the first row of a batch waits for company, and so what a killed process loses at most.
const GATHER: Duration = Duration::from_millis(250);

/// Waits between tries at a batch, on top of the database's own waiting. Together with the next
/// batch's they are long enough for a backup tool to finish, and short enough for an exit.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1_600),
];

enum Message {
    Row(Box<RequestView>),
    Flush(oneshot::Sender<()>),
    Stop(oneshot::Sender<()>),
}

/// Takes a row per request, off the request's path: one task writes them in batches.
///
/// A row also notes when its account last answered and its client key was last used.
#[derive(Clone, Debug)]
pub struct Recorder {
    queue: mpsc::Sender<Message>,
    dropped: Arc<AtomicU64>,
}

impl Recorder {
    /// Hands a row over; never waits. When the queue is full, or the store closed, the row is
    /// dropped and counted.
    pub fn record(&self, row: RequestView) {
        match self.queue.try_send(Message::Row(Box::new(row))) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Closed(_)) => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Rows lost since the store was opened, because the queue was full or the disk kept failing.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Returns when every row handed over before is written, or given up and counted.
    pub async fn flush(&self) {
        self.ask(Message::Flush).await;
    }

    /// Flushes, and ends the task.
    pub(crate) async fn stop(&self) {
        self.ask(Message::Stop).await;
    }

    async fn ask(&self, question: impl FnOnce(oneshot::Sender<()>) -> Message) {
        let (done, waiting) = oneshot::channel();
        if self.queue.send(question(done)).await.is_ok() {
            // An error means that the task has ended, and it writes all it has before it does.
            let _ended = waiting.await;
        }
    }
}

/// Starts the writing task. It ends with [`Recorder::stop`], or when the last recorder is gone; it
/// keeps the claim on the folder until then.
pub(crate) fn start(writer: SqlitePool, claim: Option<Arc<Claim>>) -> Recorder {
    let (queue, rows) = mpsc::channel(QUEUE);
    let dropped = Arc::new(AtomicU64::new(0));
    let task = Task { writer, rows, dropped: Arc::clone(&dropped), told: 0, _claim: claim };
    tokio::spawn(task.run());
    Recorder { queue, dropped }
}

struct Task {
    writer: SqlitePool,
    rows: mpsc::Receiver<Message>,
    dropped: Arc<AtomicU64>,
    /// How many of `dropped` the log was told of.
    told: u64,
    _claim: Option<Arc<Claim>>,
}

/// Rows gathered for one transaction, and what ended the gathering.
struct Batch {
    rows: Vec<RequestView>,
    asked: Option<oneshot::Sender<()>>,
    then: Then,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    Stop,
}

impl Task {
    async fn run(mut self) {
        loop {
            let batch = self.gather().await;
            if batch.then == Then::Stop {
                self.rows.close();
            }
            self.write(&batch.rows).await;
            if batch.then == Then::Stop {
                self.drain().await;
            }
            if let Some(asked) = batch.asked {
                // Whoever asked may have gone.
                let _gone = asked.send(());
            }
            if batch.then == Then::Stop {
                return;
            }
        }
    }

    /// Waits for a row, then for its company.
    async fn gather(&mut self) -> Batch {
        let mut batch = Batch { rows: Vec::new(), asked: None, then: Then::GoOn };
        let mut deadline = None;
        while batch.rows.len() < BATCH {
            let next = match deadline {
                None => self.rows.recv().await,
                Some(deadline) => match timeout_at(deadline, self.rows.recv()).await {
                    Ok(next) => next,
                    Err(_elapsed) => break,
                },
            };
            match next {
                Some(Message::Row(row)) => batch.rows.push(*row),
                Some(Message::Flush(asked)) => {
                    batch.asked = Some(asked);
                    break;
                }
                Some(Message::Stop(asked)) => {
                    batch.asked = Some(asked);
                    batch.then = Then::Stop;
                    break;
                }
                None => {
                    batch.then = Then::Stop;
                    break;
                }
            }
            deadline.get_or_insert_with(|| Instant::now() + GATHER);
        }
        batch
    }

    /// Writes what came between the wish to stop and the queue's closing.
    async fn drain(&mut self) {
        let mut rows = Vec::new();
        while let Some(message) = self.rows.recv().await {
            match message {
                Message::Row(row) => rows.push(*row),
                // Their senders learn from the dropped channel that the task has ended.
                Message::Flush(_) | Message::Stop(_) => {}
            }
        }
        self.write(&rows).await;
    }

    /// Writes rows in one transaction, and again when that may help; then gives them up.
    async fn write(&mut self, rows: &[RequestView]) {
        if !rows.is_empty() {
            let mut pauses = PAUSES.iter();
            while let Err(error) = write_once(&self.writer, rows).await {
                let Some(pause) = pauses.next().filter(|_| error.may_pass()) else {
                    tracing::error!(%error, rows = rows.len(), "requests were not recorded");
                    self.dropped.fetch_add(rows.len() as u64, Ordering::Relaxed);
                    break;
                };
                tracing::debug!(%error, rows = rows.len(), "requests are recorded later");
                sleep(*pause).await;
            }
        }
        self.tell_dropped();
    }

    fn tell_dropped(&mut self) {
        let dropped = self.dropped.load(Ordering::Relaxed);
        if dropped > self.told {
            let new = dropped - self.told;
            tracing::warn!(new, dropped, "the record of some requests was dropped");
            self.told = dropped;
        }
    }
}

async fn write_once(writer: &SqlitePool, rows: &[RequestView]) -> Result<(), StoreError> {
    let written = async {
        let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
        for row in rows {
            requests::insert(&mut transaction, row).await?;
        }
        let used = Used::of(rows);
        for (account, at) in used.accounts {
            accounts::touch(&mut transaction, account, at).await?;
        }
        for (key, at) in used.keys {
            keys::touch_named(&mut transaction, key, at).await?;
        }
        transaction.commit().await
    };
    written.await.map_err(while_doing("recording requests"))
}

/// When each account last answered and each key was last used, in some rows.
#[derive(Default)]
struct Used<'a> {
    accounts: HashMap<&'a AccountId, Millis>,
    keys: HashMap<&'a str, Millis>,
}

impl<'a> Used<'a> {
    fn of(rows: &'a [RequestView]) -> Self {
        let mut used = Self::default();
        for row in rows {
            if let Some(by) = &row.served_by {
                let at = used.accounts.entry(&by.account).or_insert(row.at);
                *at = row.at.max(*at);
            }
            if let Some(key) = &row.key {
                let at = used.keys.entry(key).or_insert(row.at);
                *at = row.at.max(*at);
            }
        }
        used
    }
}
