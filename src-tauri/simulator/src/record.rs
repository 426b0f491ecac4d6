//! What arrived, kept for tests, and how each answer ended.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::{HeaderMap, Method};
use tokio::time::Instant;

/// One request as it arrived.
#[derive(Debug)]
pub struct Request {
    /// The vendor of the script that was asked; the path's first part where there is no such vendor.
    pub vendor: Arc<str>,
    /// The method.
    pub method: Method,
    /// The path and query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The raw body.
    pub body: Bytes,
    /// When it had arrived whole.
    pub arrived: Instant,
    pub(crate) ending: OnceLock<Ending>,
}

impl Request {
    /// How its answer ended; `None` while it is under way.
    pub fn ending(&self) -> Option<Ending> {
        self.ending.get().copied()
    }

    /// The value of a header, when it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as a JSON tree; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// How and when an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// How.
    pub how: How,
    /// When.
    pub at: Instant,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The whole of it was handed to the connection.
    Whole,
    /// A fault of the script tore it.
    Torn,
    /// The client closed the connection before (or the simulator was stopped).
    Dropped,
}

/// Lives as long as an answer is under way. Dropped early, it says that the client has gone.
#[derive(Debug)]
pub(crate) struct UnderWay {
    open: Arc<AtomicUsize>,
    request: Option<Arc<Request>>,
    how: How,
}

impl UnderWay {
    pub(crate) fn begin(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self { open: Arc::clone(open), request: None, how: How::Dropped }
    }

    pub(crate) fn watch(&mut self, request: Arc<Request>) {
        self.request = Some(request);
    }

    /// Tells what a drop from now on means.
    pub(crate) fn will_have(&mut self, how: How) {
        self.how = how;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(request) = &self.request {
            let _ = request.ending.set(Ending { how: self.how, at: Instant::now() });
        }
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}
