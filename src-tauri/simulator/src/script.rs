//! What a simulator is told to do.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::clock::Clock;
use crate::fault::{Fault, Signal, When};
use crate::login::Login;
use crate::source::TurnSource;
use crate::turn::{Chunking, Turn};

/// The name of the vendor that answers where a path names none.
pub const DEFAULT_VENDOR: &str = "default";

/// All vendors of one simulator. The vendor `default` is always there.
#[derive(Debug, Clone)]
pub struct Script {
    pub(crate) vendors: BTreeMap<String, Vendor>,
    pub(crate) port: u16,
    pub(crate) recording: Recording,
    pub(crate) clock: Clock,
}

/// Whether requests are kept for [`crate::Simulator::requests`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// All are kept, bodies and headers, as long as the simulator lives: for tests.
    On,
    /// None is kept: for benchmarks and long runs.
    Off,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            vendors: BTreeMap::from([(DEFAULT_VENDOR.to_owned(), Vendor::default())]),
            port: 0,
            recording: Recording::On,
            clock: Clock::default(),
        }
    }
}

impl Script {
    /// Adds or replaces a vendor; its requests come under `/{name}/…`.
    #[must_use]
    pub fn vendor(mut self, name: impl Into<String>, vendor: Vendor) -> Self {
        self.vendors.insert(name.into(), vendor);
        self
    }

    /// Sets the port on 127.0.0.1; 0, the default, takes a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Whether a port was set.
    pub fn names_port(&self) -> bool {
        self.port != 0
    }

    /// The names of all vendors, in order.
    pub fn vendor_names(&self) -> impl Iterator<Item = &str> {
        self.vendors.keys().map(String::as_str)
    }

    /// Sets whether requests are kept.
    #[must_use]
    pub fn recording(mut self, recording: Recording) -> Self {
        self.recording = recording;
        self
    }

    /// Replaces the wall clock, from which dates in headers and bodies are made. Windows and delays keep
    /// to the runtime's own time.
    #[must_use]
    pub fn wall_clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Clock::new(now);
        self
    }
}

/// One vendor: who may ask, how often, what goes wrong, and what is answered.
#[derive(Clone, Default)]
pub struct Vendor {
    pub(crate) keys: Vec<String>,
    pub(crate) bad_keys: Vec<String>,
    pub(crate) models: Vec<String>,
    pub(crate) quotas: Vec<Quota>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) queue: Vec<Turn>,
    pub(crate) by_model: BTreeMap<String, Turn>,
    pub(crate) sources: Vec<Arc<dyn TurnSource>>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) chunking: Chunking,
    pub(crate) pace: Duration,
    pub(crate) login: Option<Login>,
}

/// So many requests in each window, counted for each key apart. A window begins with its first request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// The model that is counted; `None`: all together.
    pub model: Option<String>,
    /// How many requests a window allows.
    pub requests: u64,
    /// How long a window lasts.
    pub window: Duration,
    /// How the 429 tells the window's end.
    pub signal: Signal,
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) model: Option<String>,
    pub(crate) when: When,
    pub(crate) fault: Fault,
}

impl Vendor {
    /// Accepts these keys only; with none given, every key but the bad ones.
    #[must_use]
    pub fn keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.keys.extend(keys.into_iter().map(Into::into));
        self
    }

    /// Lets users sign in: what its login server issues is accepted as a key, and nothing else is.
    #[must_use]
    pub fn login(mut self, login: Login) -> Self {
        self.login = Some(login);
        self
    }

    /// Refuses these keys with 401.
    #[must_use]
    pub fn bad_keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.bad_keys.extend(keys.into_iter().map(Into::into));
        self
    }

    /// Lists these models and answers others with 404 (faults in the name apart); with none given, every
    /// name is served.
    #[must_use]
    pub fn models<M: Into<String>>(mut self, models: impl IntoIterator<Item = M>) -> Self {
        self.models.extend(models.into_iter().map(Into::into));
        self
    }

    /// Allows so many requests in each window, told by `retry-after` when used up.
    #[must_use]
    pub fn quota(self, requests: u64, window: Duration) -> Self {
        self.limited_by(Quota { model: None, requests, window, signal: Signal::RetryAfter })
    }

    /// Adds a quota; a request must find room in all that concern it.
    #[must_use]
    pub fn limited_by(mut self, quota: Quota) -> Self {
        self.quotas.push(quota);
        self
    }

    /// Lets a fault befall requests of all models.
    #[must_use]
    pub fn fault(mut self, when: When, fault: Fault) -> Self {
        self.rules.push(Rule { model: None, when, fault });
        self
    }

    /// Lets a fault befall requests of one model.
    #[must_use]
    pub fn fault_for(mut self, model: impl Into<String>, when: When, fault: Fault) -> Self {
        self.rules.push(Rule { model: Some(model.into()), when, fault });
        self
    }

    /// Answers with these turns in order, one a request, before anything else is asked.
    #[must_use]
    pub fn queue(mut self, turns: impl IntoIterator<Item = Turn>) -> Self {
        self.queue.extend(turns);
        self
    }

    /// Answers every request for this model with this turn: the lightest way, for benchmarks.
    #[must_use]
    pub fn turn_for(mut self, model: impl Into<String>, turn: Turn) -> Self {
        self.by_model.insert(model.into(), turn);
        self
    }

    /// Adds a source of turns; they are asked in order after the queue and the models' turns, and the echo
    /// answers what all leave.
    #[must_use]
    pub fn answer(mut self, source: impl TurnSource + 'static) -> Self {
        self.sources.push(Arc::new(source));
        self
    }

    /// Sends this header with every good answer (`x-codex-primary-used-percent`, …). A name or value that
    /// HTTP does not allow is left out.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets how texts are cut into deltas, where a turn does not say.
    #[must_use]
    pub fn chunking(mut self, chunking: Chunking) -> Self {
        self.chunking = chunking;
        self
    }

    /// Sets the pause before each delta, where a turn does not say.
    #[must_use]
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }
}

impl fmt::Debug for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vendor")
            .field("models", &self.models)
            .field("quotas", &self.quotas)
            .field("rules", &self.rules)
            .field("sources", &self.sources.len())
            .finish_non_exhaustive()
    }
}
