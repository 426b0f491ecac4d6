use std::sync::Arc;

use serde::{Deserialize, Serialize};
use switchyard_types::{AccountId, FailureClass, LockView, Millis};

use crate::by_account::ByAccount;
use crate::ladder;

/// How far the clock may go back before a lock set in what is now the future counts as void, in
/// milliseconds. Trying once too early costs one refusal; a lock dated next year costs the account.
const CLOCK_SLACK: Millis = 60_000;

/// Why an account cannot serve a model for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The account.
    pub account: AccountId,
    /// The vendor's model id; `None` locks the whole account.
    pub model: Option<String>,
    /// The failure that set it.
    pub class: FailureClass,
    /// The vendor's own words.
    pub message: String,
    /// When it was set.
    pub since: Millis,
    /// When it opens again.
    pub until: Millis,
    /// Whether the vendor named that time; otherwise it is our ladder.
    pub from_vendor: bool,
    /// The rung of the ladder, from 0; kept after the lock has opened so that the next failure climbs.
    pub step: u32,
}

impl Lock {
    /// Whether it keeps the account from serving at this time.
    pub fn holds(&self, now: Millis) -> bool {
        now < self.until && self.since <= now.saturating_add(CLOCK_SLACK)
    }

    /// Whether it still says something: it holds, or the ladder still climbs from it.
    pub fn matters(&self, now: Millis) -> bool {
        self.since <= now.saturating_add(CLOCK_SLACK)
            && now < self.until.saturating_add(ladder::memory(self.class))
    }

    fn covers(&self, model: Option<&str>) -> bool {
        self.model.as_deref() == model
    }
}

impl From<&Lock> for LockView {
    fn from(lock: &Lock) -> Self {
        Self {
            account: lock.account.clone(),
            model: lock.model.clone(),
            class: lock.class,
            message: lock.message.clone(),
            since: lock.since,
            until: lock.until,
            from_vendor: lock.from_vendor,
        }
    }
}

impl From<Lock> for LockView {
    fn from(lock: Lock) -> Self {
        Self {
            account: lock.account,
            model: lock.model,
            class: lock.class,
            message: lock.message,
            since: lock.since,
            until: lock.until,
            from_vendor: lock.from_vendor,
        }
    }
}

impl From<LockView> for Lock {
    /// A lock without its place on the ladder, which starts over.
    fn from(view: LockView) -> Self {
        Self {
            account: view.account,
            model: view.model,
            class: view.class,
            message: view.message,
            since: view.since,
            until: view.until,
            from_vendor: view.from_vendor,
            step: 0,
        }
    }
}

/// All locks, one for each account and model, and one for each whole account.
///
/// Immutable and cheap to clone: the table and each account's list are shared. A change copies the
/// table's pointers and one account's list; it happens on failures only, while reads happen on
/// every request and cost one hash lookup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Lock>", into = "Vec<Lock>")]
pub struct LockTable {
    by_account: Arc<ByAccount<Arc<[Lock]>>>,
}

impl LockTable {
    /// Whether it is the very same table.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.by_account, &other.by_account)
    }

    /// The lock that keeps this account from serving this model now: of the model's and the whole
    /// account's, the one that opens later.
    pub fn get(&self, account: &AccountId, model: &str, now: Millis) -> Option<&Lock> {
        self.of(account)
            .iter()
            .filter(|lock| lock.model.as_deref().is_none_or(|locked| locked == model))
            .filter(|lock| lock.holds(now))
            .max_by_key(|lock| lock.until)
    }

    /// The last lock of exactly this reach, open again or not: what the ladder climbs from.
    pub fn last(&self, account: &AccountId, model: Option<&str>) -> Option<&Lock> {
        self.of(account).iter().find(|lock| lock.covers(model))
    }

    /// All locks of an account, those that have opened again included.
    pub fn of(&self, account: &AccountId) -> &[Lock] {
        self.by_account.get(account).map_or(&[], |locks| &locks[..])
    }

    /// All locks, those that have opened again included, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Lock> {
        self.by_account.values().flat_map(|locks| locks.iter())
    }

    /// The table with this lock in place of the last one of the same reach.
    #[must_use]
    pub fn with(&self, lock: Lock) -> Self {
        let account = lock.account.clone();
        let kept = self.of(&account).iter().filter(|old| old.model != lock.model);
        let mut locks: Vec<Lock> = kept.cloned().collect();
        locks.push(lock);
        self.replace(account, locks)
    }

    /// The table without the lock of this model; `None` clears everything of the account.
    #[must_use]
    pub fn without(&self, account: &AccountId, model: Option<&str>) -> Self {
        self.keep(account, |lock| model.is_some() && !lock.covers(model))
    }

    /// The table after this account served this model: that model's lock goes, and so do those of
    /// the account that have opened again, so that the next failure starts at the ladder's foot.
    #[must_use]
    pub fn after_success(&self, account: &AccountId, model: &str, now: Millis) -> Self {
        self.keep(account, |lock| !lock.covers(Some(model)) && lock.holds(now))
    }

    /// The table without locks that say nothing any more.
    #[must_use]
    pub fn pruned(&self, now: Millis) -> Self {
        if self.iter().all(|lock| lock.matters(now)) {
            return self.clone();
        }
        self.iter().filter(|lock| lock.matters(now)).cloned().collect()
    }

    fn keep(&self, account: &AccountId, keep: impl Fn(&Lock) -> bool) -> Self {
        let old = self.of(account);
        let kept: Vec<Lock> = old.iter().filter(|lock| keep(lock)).cloned().collect();
        if kept.len() == old.len() { self.clone() } else { self.replace(account.clone(), kept) }
    }

    fn replace(&self, account: AccountId, locks: Vec<Lock>) -> Self {
        let mut by_account = ByAccount::clone(&self.by_account);
        if locks.is_empty() {
            by_account.remove(&account);
        } else {
            by_account.insert(account, locks.into());
        }
        Self { by_account: Arc::new(by_account) }
    }
}

impl FromIterator<Lock> for LockTable {
    fn from_iter<I: IntoIterator<Item = Lock>>(locks: I) -> Self {
        let mut lists: ByAccount<Vec<Lock>> = ByAccount::default();
        for lock in locks {
            let list = lists.entry(lock.account.clone()).or_default();
            list.retain(|old| old.model != lock.model);
            list.push(lock);
        }
        let by_account = lists.into_iter().map(|(id, list)| (id, list.into())).collect();
        Self { by_account: Arc::new(by_account) }
    }
}

impl From<Vec<Lock>> for LockTable {
    fn from(locks: Vec<Lock>) -> Self {
        locks.into_iter().collect()
    }
}

impl From<LockTable> for Vec<Lock> {
    fn from(table: LockTable) -> Self {
        let mut all: Self = table.iter().cloned().collect();
        all.sort_by(|a, b| (&a.account, &a.model).cmp(&(&b.account, &b.model)));
        all
    }
}
