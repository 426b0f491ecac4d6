//! A script while it runs: what has been counted, what is left of the queues.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::fault::{Fault, Limit, Refusal};
use crate::login::LoginState;
use crate::script::{Script, Vendor};
use crate::seen::Seen;
use crate::source::echo;
use crate::turn::Turn;

/// A lock whose holder panicked still guards counters that are good enough to go on with.
pub(crate) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) script: Script,
    pub(crate) vendors: BTreeMap<Arc<str>, Arc<LiveVendor>>,
}

impl Live {
    pub(crate) fn new(script: Script) -> Self {
        let vendors = script
            .vendors
            .iter()
            .map(|(name, vendor)| {
                (Arc::from(name.as_str()), Arc::new(LiveVendor::new(vendor.clone())))
            })
            .collect();
        Self { script, vendors }
    }

    /// The same with one vendor begun anew; the others keep their counts.
    pub(crate) fn with(&self, name: &str, vendor: Vendor) -> Self {
        let mut vendors = self.vendors.clone();
        vendors.insert(Arc::from(name), Arc::new(LiveVendor::new(vendor.clone())));
        Self { script: self.script.clone().vendor(name, vendor), vendors }
    }
}

#[derive(Debug)]
pub(crate) struct LiveVendor {
    pub(crate) vendor: Vendor,
    pub(crate) login: Option<LoginState>,
    tally: Mutex<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    queue: VecDeque<Turn>,
    /// How many requests each rule has seen.
    rules: Vec<u64>,
    windows: HashMap<(usize, String), Window>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    began: Instant,
    used: u64,
}

/// How a quota stands after a request was let through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) limit: u64,
    pub(crate) remaining: u64,
    pub(crate) reset: Duration,
}

impl LiveVendor {
    fn new(vendor: Vendor) -> Self {
        let tally = Tally {
            queue: vendor.queue.clone().into(),
            rules: vec![0; vendor.rules.len()],
            windows: HashMap::new(),
        };
        let login = vendor.login.clone().map(LoginState::new);
        Self { vendor, login, tally: Mutex::new(tally) }
    }

    pub(crate) fn accepts(&self, key: Option<&str>) -> bool {
        let among = |list: &[String]| key.is_some_and(|key| list.iter().any(|one| one == key));
        // A vendor may have pages about its accounts and take keys all the same.
        if let Some(login) = &self.login {
            return among(&self.vendor.keys) || login.accepts(key);
        }
        !among(&self.vendor.bad_keys) && (self.vendor.keys.is_empty() || among(&self.vendor.keys))
    }

    /// The faults that rules let befall this request, which is counted by this.
    pub(crate) fn faults(&self, model: &str) -> Vec<Fault> {
        if self.vendor.rules.is_empty() {
            return Vec::new();
        }
        let mut tally = hold(&self.tally);
        let rules = self.vendor.rules.iter().zip(&mut tally.rules);
        rules
            .filter(|(rule, _)| rule.model.as_deref().is_none_or(|name| name == model))
            .filter_map(|(rule, count)| {
                *count += 1;
                rule.when.befalls(*count).then(|| rule.fault.clone())
            })
            .collect()
    }

    /// Takes one request from every quota that concerns it, or from none and tells which is used up.
    pub(crate) fn spend(
        &self,
        key: Option<&str>,
        model: &str,
    ) -> Result<Option<Standing>, Refusal> {
        if self.vendor.quotas.is_empty() {
            return Ok(None);
        }
        let (now, key) = (Instant::now(), key.unwrap_or_default());
        let mut tally = hold(&self.tally);
        let concerned: Vec<_> = self
            .vendor
            .quotas
            .iter()
            .enumerate()
            .filter(|(_, quota)| quota.model.as_deref().is_none_or(|name| name == model))
            .collect();
        for (index, quota) in &concerned {
            let window = tally
                .windows
                .entry((*index, key.to_owned()))
                .or_insert(Window { began: now, used: 0 });
            if now.duration_since(window.began) >= quota.window {
                *window = Window { began: now, used: 0 };
            }
            if window.used >= quota.requests {
                let reset = (window.began + quota.window).saturating_duration_since(now);
                return Err(Refusal::Limited(Limit { signal: quota.signal, reset }));
            }
        }
        let mut standing = None;
        for (index, quota) in concerned {
            if let Some(window) = tally.windows.get_mut(&(index, key.to_owned())) {
                window.used += 1;
                standing.get_or_insert(Standing {
                    limit: quota.requests,
                    remaining: quota.requests - window.used,
                    reset: (window.began + quota.window).saturating_duration_since(now),
                });
            }
        }
        Ok(standing)
    }

    /// The answer: from the queue, else the model's own, else the first source that has one, else the echo.
    pub(crate) fn turn(&self, seen: &Seen, base: &str) -> Turn {
        if let Some(turn) = hold(&self.tally).queue.pop_front() {
            return turn;
        }
        let by_model = &self.vendor.by_model;
        if let Some(turn) = by_model.get(&seen.model).or_else(|| by_model.get(base)) {
            return turn.clone();
        }
        self.vendor
            .sources
            .iter()
            .find_map(|source| source.turn(seen))
            .unwrap_or_else(|| echo(seen))
    }
}
