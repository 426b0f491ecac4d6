use std::collections::HashMap;

use switchyard_types::{AccountId, Millis, RequestId};

use crate::{Lock, LockTable};

/// How long a probe may stay unanswered before another may go: the longest that a vendor may take to
/// its first byte.
const PATIENCE: Millis = 10 * 60_000;

/// The requests that try accounts whose lock has just opened: one at a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Probes {
    under_way: HashMap<AccountId, Vec<Probe>>,
}

#[derive(Clone, Debug)]
struct Probe {
    model: Option<String>,
    request: RequestId,
    since: Millis,
}

impl Probes {
    /// Whether another request is just finding out if this account serves this model again.
    pub(crate) fn busy(&self, account: &AccountId, model: &str, now: Millis) -> bool {
        self.under_way.get(account).is_some_and(|probes| {
            probes.iter().any(|probe| {
                probe.model.as_deref().is_none_or(|probed| probed == model)
                    && (0..PATIENCE).contains(&now.saturating_sub(probe.since))
            })
        })
    }

    /// A request is on its way to an account; if a lock of that account has just opened, it is the probe.
    pub(crate) fn began(
        &mut self,
        locks: &LockTable,
        account: &AccountId,
        model: &str,
        request: &RequestId,
        now: Millis,
    ) {
        let half_open = |lock: &&Lock| {
            !lock.holds(now)
                && lock.matters(now)
                && lock.model.as_deref().is_none_or(|locked| locked == model)
        };
        for lock in locks.of(account).iter().filter(half_open) {
            let probes = self.under_way.entry(account.clone()).or_default();
            probes.retain(|probe| probe.model != lock.model);
            let probe = Probe { model: lock.model.clone(), request: request.clone(), since: now };
            probes.push(probe);
        }
    }

    /// A request knows what it wanted to know, or has ended.
    pub(crate) fn ended(&mut self, account: &AccountId, request: &RequestId) {
        if let Some(probes) = self.under_way.get_mut(account) {
            probes.retain(|probe| probe.request != *request);
            if probes.is_empty() {
                self.under_way.remove(account);
            }
        }
    }
}
