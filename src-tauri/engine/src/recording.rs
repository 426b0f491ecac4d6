//! What happens to routing, written down line by line on wish, so that it can be decided again in a test:
//! events and times in, decisions out. Bodies and keys are no part of it; names of accounts and models are.

use std::path::Path;

use switchyard_routing::{Decision, Happening, Head, Line, SnapshotParts, Timed};
use switchyard_types::Millis;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

/// Lines waiting for the disk. When one finds no room the recording ends: one with a gap cannot be replayed.
const BACKLOG: usize = 4_096;

/// A recording ends before it fills the disk.
const LARGEST: usize = 256 * 1024 * 1024;

/// A recording under way.
#[derive(Debug)]
pub(crate) struct Recording(std::sync::Mutex<Option<mpsc::Sender<String>>>);

impl Recording {
    /// Starts a recording in a new file.
    pub(crate) async fn start(
        path: &Path,
        parts: &SnapshotParts,
    ) -> std::io::Result<(Self, impl Future<Output = ()> + Send + use<>)> {
        let mut file = File::create(path).await?;
        let head = text(&Head { parts: parts.clone() }).unwrap_or_default();
        file.write_all(head.as_bytes()).await?;
        let (sender, queue) = mpsc::channel(BACKLOG);
        tracing::warn!("routing is recorded in {}", path.display());
        Ok((Self(std::sync::Mutex::new(Some(sender))), write(file, queue)))
    }

    /// Notes a happening. The caller holds the core, so that the order is the one in which it decided.
    pub(crate) fn note(&self, at: Millis, happening: Happening, decided: Decision) {
        let mut sender = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(open) = &*sender else { return };
        let line = Line { timed: Timed { at, happening }, decided };
        let sent = text(&line).is_some_and(|text| open.try_send(text).is_ok());
        if !sent {
            tracing::warn!(
                "the recording of routing ends here: the disk is too slow or it is full"
            );
            *sender = None;
        }
    }

    /// Ends it.
    pub(crate) fn end(&self) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }
}

fn text(line: &impl serde::Serialize) -> Option<String> {
    let mut text = serde_json::to_string(line).ok()?;
    text.push('\n');
    Some(text)
}

async fn write(mut file: File, mut queue: mpsc::Receiver<String>) {
    let mut written = 0;
    while let Some(line) = queue.recv().await {
        written += line.len();
        if written > LARGEST {
            tracing::warn!("the recording of routing ends here: it is large enough");
            break;
        }
        if let Err(error) = file.write_all(line.as_bytes()).await {
            tracing::warn!("the recording of routing ends here: {error}");
            break;
        }
    }
    if let Err(error) = file.flush().await {
        tracing::warn!("the end of the recording of routing was not written: {error}");
    }
}
