use std::sync::Arc;

use serde::{Deserialize, Serialize};
use switchyard_types::{AccountId, Millis};

use crate::by_account::ByAccount;
use crate::{Readings, Share};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;

/// For how long a reading counts that names no reset.
const AGE_WITHOUT_RESET: Millis = HOUR;

/// No vendor's window is longer; a reset further away is a mistake and is not believed.
const LONGEST: Millis = 35 * 24 * HOUR;

/// How far a reading may lie in the future before the clock must have gone back since.
const CLOCK_SLACK: Millis = MINUTE;

/// How far under the early leaving a window must fall before it is returned to: readings of a rolling
/// window waver, and each move costs the user's prompt cache.
const HYSTERESIS: u32 = 500;

/// A quota window of an account, as last read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The account.
    pub account: AccountId,
    /// The vendor's or our name for it: `5h`, `weekly`, `requests`.
    pub name: String,
    /// A part of the ids of the models that it counts; `None` counts all.
    #[serde(default)]
    pub models: Option<String>,
    /// What is used of it; `None` is not known.
    pub used: Option<Share>,
    /// When it starts over, where the vendor says so.
    pub resets_at: Option<Millis>,
    /// How long it is, where known, in milliseconds.
    #[serde(default)]
    pub length: Option<Millis>,
    /// Where this was read.
    pub source: Source,
    /// When it was read.
    pub observed_at: Millis,
}

/// Where a quota window was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The headers of an answer.
    Headers,
    /// The vendor's own account of its quotas.
    Reader,
    /// Our own count of what passed; others may have used the account besides.
    Counted,
}

/// What a window says of its account now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowState {
    /// Nothing: it has started over since, or the reading is too old. It keeps nobody from trying.
    Unknown,
    /// There is some left.
    Open,
    /// There is some left, but the user wants others asked first.
    NearEdge,
    /// Nothing is left until then.
    Spent(Millis),
}

/// A window as the table keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The last reading.
    pub window: Window,
    /// Whether it was left early, and not yet returned to.
    #[serde(default)]
    pub left_early: bool,
    /// What was read of this run of it of late.
    #[serde(default)]
    pub readings: Readings,
}

impl Window {
    /// Whether it counts a model.
    pub fn counts(&self, model: &str) -> bool {
        self.models.as_deref().is_none_or(|part| model.contains(part))
    }

    /// When it starts over, if that is still to come and can be believed.
    pub fn reset_ahead(&self, now: Millis) -> Option<Millis> {
        self.resets_at.filter(|at| *at > now && *at <= self.observed_at.saturating_add(LONGEST))
    }

    /// What is used of it, as far as that is still known. Use only grows until the reset, so that an
    /// older reading is what is used at least.
    pub fn used_now(&self, now: Millis) -> Option<Share> {
        if self.observed_at > now.saturating_add(CLOCK_SLACK) {
            return None;
        }
        match self.resets_at {
            Some(_) => self.reset_ahead(now).and(self.used),
            None => self.used.filter(|_| now < self.observed_at.saturating_add(AGE_WITHOUT_RESET)),
        }
    }

    /// Whether two readings are of the same run of the window: some vendors say when it resets by a
    /// delay, which wavers.
    fn same_run(&self, other: &Self) -> bool {
        match (self.resets_at, other.resets_at) {
            (Some(a), Some(b)) => {
                let slack = self.length.map_or(10 * MINUTE, |length| length / 20);
                (a - b).abs() <= slack.clamp(MINUTE, HOUR)
            }
            (None, None) => self.used <= other.used,
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    /// How urgently it wants using, in thousandths: the part that is left of it over the part of its
    /// time that is left. A thousand is use at just the pace that empties it at its reset; more would
    /// expire unused. `None` where either is not known.
    pub(crate) fn urgency(&self, now: Millis) -> Option<u64> {
        let length = self.length.filter(|length| *length > 0)?;
        let (left, time_left) = match (self.used_now(now), self.reset_ahead(now)) {
            (Some(used), Some(reset)) => (used.left(), reset - now),
            // It started over: a new run begins with the first request.
            _ => (Share::FULL, length),
        };
        // The last twentieth of a window is as urgent as any part of it can be.
        let time_left = time_left.clamp(length / 20 + 1, length);
        let part = i64::from(left.hundredths()).saturating_mul(length) / time_left;
        u64::try_from(part / 10).ok()
    }
}

impl Kept {
    /// What it says now.
    pub fn state(&self, now: Millis) -> WindowState {
        let window = &self.window;
        match window.used_now(now) {
            None => WindowState::Unknown,
            Some(used) if used >= Share::FULL => match window.reset_ahead(now) {
                Some(reset) => WindowState::Spent(reset),
                // Without a word on when it resets, only a refusal can tell.
                None => WindowState::NearEdge,
            },
            Some(_) if self.left_early => WindowState::NearEdge,
            Some(_) => WindowState::Open,
        }
    }
}

/// What a new reading changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What was known of the run before; `None` at the first reading and when the run is a new one.
    pub before: Option<Share>,
    /// Whether the window started over since the last reading.
    pub restarted: bool,
}

/// The quota windows of all accounts.
///
/// Immutable and cheap to clone, as [`crate::LockTable`] is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Kept>", into = "Vec<Kept>")]
pub struct QuotaTable {
    by_account: Arc<ByAccount<Arc<[Kept]>>>,
}

impl QuotaTable {
    /// Whether it is the very same table.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.by_account, &other.by_account)
    }

    /// All windows of an account.
    pub fn of(&self, account: &AccountId) -> &[Kept] {
        self.by_account.get(account).map_or(&[], |windows| &windows[..])
    }

    /// All windows, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Kept> {
        self.by_account.values().flat_map(|windows| windows.iter())
    }

    /// What an account's windows say of one model now: of those that are spent the one that opens last,
    /// else the first one near its edge.
    pub fn worst(
        &self,
        account: &AccountId,
        model: &str,
        now: Millis,
    ) -> Option<(&Kept, WindowState)> {
        let mut worst: Option<(&Kept, WindowState)> = None;
        for kept in self.of(account).iter().filter(|kept| kept.window.counts(model)) {
            let state = kept.state(now);
            let worse = match (state, worst.map(|(_, state)| state)) {
                (WindowState::Unknown | WindowState::Open, _) => false,
                (WindowState::NearEdge, before) => before.is_none(),
                (WindowState::Spent(until), Some(WindowState::Spent(other))) => until > other,
                (WindowState::Spent(_), _) => true,
            };
            if worse {
                worst = Some((kept, state));
            }
        }
        worst
    }

    /// How urgently an account's quota for a model wants using: its longest window decides, since the
    /// shorter ones come back before that one does. `None` for an account without known windows.
    pub(crate) fn urgency(&self, account: &AccountId, model: &str, now: Millis) -> Option<u64> {
        self.of(account)
            .iter()
            .filter(|kept| kept.window.counts(model))
            .filter_map(|kept| Some((kept.window.length?, kept.window.urgency(now)?)))
            .max_by_key(|(length, _)| *length)
            .map(|(_, urgency)| urgency)
    }

    /// The table with a new reading. `leave_at` is the use at which its account is left early. An older
    /// reading than the last one changes nothing.
    #[must_use]
    pub fn with(&self, window: Window, leave_at: Option<Share>) -> (Self, Option<Change>) {
        let old = self.of(&window.account);
        let last = old
            .iter()
            .find(|kept| kept.window.name == window.name && kept.window.models == window.models);
        if last.is_some_and(|last| last.window.observed_at > window.observed_at) {
            return (self.clone(), None);
        }
        let same_run = last.filter(|last| last.window.same_run(&window));
        let change = Change {
            before: same_run.and_then(|last| last.window.used),
            restarted: last.is_some() && same_run.is_none(),
        };
        let was_left = same_run.is_some_and(|last| last.left_early);
        let left_early = match (leave_at, window.used) {
            (Some(leave), Some(used)) if was_left => {
                used.hundredths() > leave.hundredths().saturating_sub(HYSTERESIS)
            }
            (Some(leave), Some(used)) => used >= leave,
            (None, _) | (_, None) => false,
        };
        let readings = same_run.map(|last| last.readings.clone()).unwrap_or_default();
        let readings = readings.with(&window);
        let account = window.account.clone();
        let mut windows: Vec<Kept> = old
            .iter()
            .filter(|kept| kept.window.name != window.name || kept.window.models != window.models)
            .cloned()
            .collect();
        windows.push(Kept { window, left_early, readings });
        (self.replace(account, windows), Some(change))
    }

    /// The table without the windows of an account.
    #[must_use]
    pub fn without(&self, account: &AccountId) -> Self {
        if self.of(account).is_empty() {
            return self.clone();
        }
        self.replace(account.clone(), Vec::new())
    }

    fn replace(&self, account: AccountId, windows: Vec<Kept>) -> Self {
        let mut by_account = ByAccount::clone(&self.by_account);
        if windows.is_empty() {
            by_account.remove(&account);
        } else {
            by_account.insert(account, windows.into());
        }
        Self { by_account: Arc::new(by_account) }
    }
}

impl From<Vec<Kept>> for QuotaTable {
    fn from(kept: Vec<Kept>) -> Self {
        let mut lists: ByAccount<Vec<Kept>> = ByAccount::default();
        for kept in kept {
            lists.entry(kept.window.account.clone()).or_default().push(kept);
        }
        let by_account = lists.into_iter().map(|(id, list)| (id, list.into())).collect();
        Self { by_account: Arc::new(by_account) }
    }
}

impl From<QuotaTable> for Vec<Kept> {
    fn from(table: QuotaTable) -> Self {
        let mut all: Self = table.iter().cloned().collect();
        all.sort_by(|a, b| {
            (&a.window.account, &a.window.name, &a.window.models).cmp(&(
                &b.window.account,
                &b.window.name,
                &b.window.models,
            ))
        });
        all
    }
}
