use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::sqlite::SqlitePool;
use switchyard_types::{AccountId, Millis, RequestView};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

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

enum Question {
    Flush(oneshot::Sender<()>),
    Stop(oneshot::Sender<()>),
}

/// Takes a row per request, off the request's path: one task writes them in batches.
///
/// A row also notes when its account last answered and its client key was last used.
#[derive(Clone, Debug)]
pub struct Recorder {
    queue: Arc<Queue>,
    questions: mpsc::Sender<Question>,
}

impl Recorder {
    /// Hands a row over; never waits. When the queue is full, or the store closed, the row is
    /// dropped and counted.
    pub fn record(&self, row: RequestView) {
        self.queue.push(row);
    }

    /// Rows lost since the store was opened, because the queue was full or the disk kept failing.
    pub fn dropped(&self) -> u64 {
        self.queue.dropped.load(Ordering::Relaxed)
    }

    /// Returns when every row handed over before is written, or given up and counted.
    pub async fn flush(&self) {
        self.ask(Question::Flush).await;
    }

    /// Flushes, and ends the task.
    pub(crate) async fn stop(&self) {
        self.ask(Question::Stop).await;
    }

    async fn ask(&self, question: impl FnOnce(oneshot::Sender<()>) -> Question) {
        let (done, waiting) = oneshot::channel();
        if self.questions.send(question(done)).await.is_ok() {
            // An error means that the task has ended, and it writes all it has before it does.
            let _ended = waiting.await;
        }
    }
}

/// Rows on their way to the task. It is woken for the first row and for a full batch, not for each:
/// a request must not pay for another thread's waking.
#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    wake: Notify,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    rows: VecDeque<RequestView>,
    closed: bool,
}

impl Queue {
    fn push(&self, row: RequestView) {
        let mut waiting = self.waiting();
        if waiting.closed || waiting.rows.len() >= QUEUE {
            drop(waiting);
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        waiting.rows.push_back(row);
        let now = waiting.rows.len();
        drop(waiting);
        if now == 1 || now == BATCH {
            self.wake.notify_one();
        }
    }

    /// The next rows for one transaction.
    fn take(&self) -> Vec<RequestView> {
        let mut waiting = self.waiting();
        let most = waiting.rows.len().min(BATCH);
        waiting.rows.drain(..most).collect()
    }

    fn len(&self) -> usize {
        self.waiting().rows.len()
    }

    fn close(&self) {
        self.waiting().closed = true;
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Whoever panicked holding it left it whole: a row is there or it is not.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the writing task. It ends with [`Recorder::stop`], or when the last recorder is gone; it
/// keeps the claim on the folder until then.
pub(crate) fn start(writer: SqlitePool, claim: Option<Arc<Claim>>) -> Recorder {
    let (asking, questions) = mpsc::channel(1);
    let queue = Arc::new(Queue::default());
    let task = Task { writer, queue: Arc::clone(&queue), questions, told: 0, _claim: claim };
    tokio::spawn(task.run());
    Recorder { queue, questions: asking }
}

struct Task {
    writer: SqlitePool,
    queue: Arc<Queue>,
    questions: mpsc::Receiver<Question>,
    /// How many of the dropped rows the log was told of.
    told: u64,
    _claim: Option<Arc<Claim>>,
}

/// What ended the gathering of rows.
enum Turn {
    Due,
    Asked(oneshot::Sender<()>),
    Over(Option<oneshot::Sender<()>>),
}

impl Task {
    async fn run(mut self) {
        loop {
            let (asked, over) = match self.gather().await {
                Turn::Due => (None, false),
                Turn::Asked(asked) => (Some(asked), false),
                Turn::Over(asked) => (asked, true),
            };
            if over {
                self.queue.close();
            }
            self.write_waiting().await;
            if let Some(asked) = asked {
                // Whoever asked may have gone.
                let _gone = asked.send(());
            }
            if over {
                return;
            }
        }
    }

    /// Waits for a row, then for its company.
    async fn gather(&mut self) -> Turn {
        let mut due = None;
        loop {
            if self.queue.len() >= BATCH {
                return Turn::Due;
            }
            if self.queue.len() > 0 && due.is_none() {
                due = Some(Instant::now() + GATHER);
            }
            let company = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.queue.wake.notified() => {}
                () = company => return Turn::Due,
                question = self.questions.recv() => return match question {
                    Some(Question::Flush(asked)) => Turn::Asked(asked),
                    Some(Question::Stop(asked)) => Turn::Over(Some(asked)),
                    None => Turn::Over(None),
                },
            }
        }
    }

    /// Writes all that waits. What comes meanwhile is the next turn's.
    async fn write_waiting(&mut self) {
        let mut left = self.queue.len();
        while left > 0 {
            let rows = self.queue.take();
            left = left.saturating_sub(rows.len());
            self.write(&rows).await;
        }
        self.tell_dropped();
    }

    /// Writes rows in one transaction, and again when that may help; then gives them up.
    async fn write(&self, rows: &[RequestView]) {
        let mut pauses = PAUSES.iter();
        while let Err(error) = write_once(&self.writer, rows).await {
            let Some(pause) = pauses.next().filter(|_| error.may_pass()) else {
                tracing::error!(%error, rows = rows.len(), "requests were not recorded");
                self.queue.dropped.fetch_add(rows.len() as u64, Ordering::Relaxed);
                return;
            };
            tracing::debug!(%error, rows = rows.len(), "requests are recorded later");
            sleep(*pause).await;
        }
    }

    fn tell_dropped(&mut self) {
        let dropped = self.queue.dropped.load(Ordering::Relaxed);
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
        requests::insert(&mut transaction, rows).await?;
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
