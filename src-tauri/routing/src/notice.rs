use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};
use switchyard_types::{AccountId, FailureClass, Limit, Millis, Notice, Place, Share};

use crate::{Change, Displaced, Window};

const DAY: Millis = 24 * 60 * 60_000;

/// The uses of a window or a budget that are worth a word, the worst first.
const LOW: [Share; 2] = [Share::of(9_500), Share::LOW];

/// How long a notice without an end of its own is remembered.
const REMEMBERED: Millis = 35 * DAY;

/// What was told already, so that nothing is told twice. It is kept over restarts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    /// What was told, and until when that is remembered.
    told: BTreeMap<String, Millis>,
    /// Spent windows whose reset is still to be told: by account and window, when that is.
    awaited: BTreeMap<String, (AccountId, String, Millis)>,
}

impl Notices {
    /// What was told before, and the resets that are still to be told: by run, account, window and time.
    pub fn new(
        told: impl IntoIterator<Item = (String, Millis)>,
        awaited: impl IntoIterator<Item = (String, AccountId, String, Millis)>,
    ) -> Self {
        let awaited = awaited.into_iter();
        Self {
            told: told.into_iter().collect(),
            awaited: awaited
                .map(|(run, account, window, at)| (run, (account, window, at)))
                .collect(),
        }
    }

    /// What was told, and until when that is remembered.
    pub fn told(&self) -> impl Iterator<Item = (&str, Millis)> {
        self.told.iter().map(|(key, until)| (key.as_str(), *until))
    }

    /// The resets that are still to be told.
    pub fn awaited(&self) -> impl Iterator<Item = (&str, &AccountId, &str, Millis)> {
        let awaited = self.awaited.iter();
        awaited.map(|(run, (account, window, at))| (run.as_str(), account, window.as_str(), *at))
    }

    /// A window was read.
    pub(crate) fn read(
        &mut self,
        window: &Window,
        change: &Change,
        now: Millis,
        out: &mut Vec<Notice>,
    ) {
        let name = name_of(window);
        let run = format!("{}|{name}", window.account);
        if change.restarted {
            self.restarted(&run, out);
        }
        let Some(used) = window.used_now(now) else { return };
        let resets_at = window.reset_ahead(now);
        if used >= Share::FULL {
            return self.spent(&window.account, &name, resets_at, now, out);
        }
        let crossed = |before: Option<Share>| {
            LOW.into_iter().find(|low| used >= *low && before.is_none_or(|before| before < *low))
        };
        // The worst threshold that was passed speaks for all.
        if let Some(low) = crossed(change.before)
            && self.first(&format!("low|{run}|{low}"), resets_at, now)
        {
            for milder in LOW.into_iter().filter(|milder| *milder < low) {
                self.first(&format!("low|{run}|{milder}"), resets_at, now);
            }
            out.push(Notice::QuotaLow {
                account: window.account.clone(),
                window: name,
                used,
                resets_at,
            });
        }
    }

    /// A window is spent, by its reading or by the vendor's refusal.
    pub(crate) fn spent(
        &mut self,
        account: &AccountId,
        window: &str,
        resets_at: Option<Millis>,
        now: Millis,
        out: &mut Vec<Notice>,
    ) {
        let run = format!("{account}|{window}");
        if !self.first(&format!("spent|{run}"), resets_at, now) {
            return;
        }
        if let Some(reset) = resets_at {
            self.awaited.insert(run, (account.clone(), window.to_owned(), reset));
        }
        let (account, window) = (account.clone(), window.to_owned());
        out.push(Notice::QuotaSpent { account, window, resets_at });
    }

    /// An account refused to sign in.
    pub(crate) fn sign_in(
        &mut self,
        account: &AccountId,
        message: &str,
        now: Millis,
        out: &mut Vec<Notice>,
    ) {
        if self.first(&format!("signin|{account}"), None, now) {
            let (account, message) = (account.clone(), message.to_owned());
            out.push(Notice::SignInNeeded { account, message });
        }
    }

    /// A request was served by another than the one preferred.
    pub(crate) fn fell_over(
        &mut self,
        combo: Option<&str>,
        from: &Displaced,
        to: &Place,
        now: Millis,
        out: &mut Vec<Notice>,
    ) {
        // Until it is back: one word for one outage.
        if let Entry::Vacant(untold) = self.told.entry(out_key(&from.place)) {
            untold.insert(now.saturating_add(REMEMBERED));
            out.push(Notice::FellOver {
                combo: combo.map(str::to_owned),
                from: from.place.clone(),
                to: to.clone(),
                until: Some(from.until).filter(|until| *until > now),
            });
        }
    }

    /// An account answered.
    pub(crate) fn answered(&mut self, place: &Place, out: &mut Vec<Notice>) {
        if self.told.is_empty() {
            return;
        }
        self.told.remove(&format!("signin|{}", place.account));
        if self.told.remove(&out_key(place)).is_some() {
            out.push(Notice::Recovered { place: place.clone() });
        }
    }

    /// Spending has reached a part of a budget.
    pub(crate) fn budget(
        &mut self,
        id: &str,
        limit: Limit,
        spent: Share,
        until: Millis,
        now: Millis,
        out: &mut Vec<Notice>,
    ) {
        let run = format!("{id}|{until}");
        if spent >= Share::FULL {
            if self.first(&format!("budget|{run}"), Some(until), now) {
                for low in LOW {
                    self.first(&format!("budget|{run}|{low}"), Some(until), now);
                }
                out.push(Notice::BudgetSpent { budget: id.to_owned(), limit, until });
            }
            return;
        }
        let Some(low) = LOW.into_iter().find(|low| spent >= *low) else { return };
        if self.first(&format!("budget|{run}|{low}"), Some(until), now) {
            for milder in LOW.into_iter().filter(|milder| *milder < low) {
                self.first(&format!("budget|{run}|{milder}"), Some(until), now);
            }
            out.push(Notice::BudgetLow { budget: id.to_owned(), spent });
        }
    }

    /// A newer version of the program was found: told once, however long it is left alone.
    pub(crate) fn update(&mut self, version: &str, out: &mut Vec<Notice>) {
        if let Entry::Vacant(untold) = self.told.entry(format!("update|{version}")) {
            untold.insert(Millis::MAX);
            out.push(Notice::Update { version: version.to_owned() });
        }
    }

    /// Time has passed: spent windows may have started over, and what is over is forgotten.
    pub(crate) fn tick(&mut self, now: Millis, out: &mut Vec<Notice>) {
        let over: Vec<String> = self
            .awaited
            .iter()
            .filter(|(_, (.., reset))| *reset <= now)
            .map(|(run, _)| run.clone())
            .collect();
        for run in over {
            self.restarted(&run, out);
        }
        self.told.retain(|_, until| *until > now);
    }

    /// When something is next due by the clock alone.
    pub(crate) fn next_due(&self) -> Option<Millis> {
        self.awaited.values().map(|(.., reset)| *reset).min()
    }

    fn restarted(&mut self, run: &str, out: &mut Vec<Notice>) {
        for low in LOW {
            self.told.remove(&format!("low|{run}|{low}"));
        }
        self.told.remove(&format!("spent|{run}"));
        // A word that it is back only after the word that it was gone.
        if let Some((account, window, _)) = self.awaited.remove(run) {
            out.push(Notice::QuotaReset { account, window });
        }
    }

    /// Whether something is told for the first time; it is remembered until it cannot come again.
    fn first(&mut self, key: &str, until: Option<Millis>, now: Millis) -> bool {
        if self.told.get(key).is_some_and(|until| *until > now) {
            return false;
        }
        let until = until.unwrap_or_else(|| now.saturating_add(DAY));
        self.told.insert(key.to_owned(), until);
        true
    }
}

fn out_key(place: &Place) -> String {
    format!("out|{}|{}", place.account, place.model)
}

fn name_of(window: &Window) -> String {
    match &window.models {
        Some(part) => format!("{} ({part})", window.name),
        None => window.name.clone(),
    }
}

/// The name of the window that a refusal speaks of without naming it.
pub(crate) const REFUSED: &str = "quota";

/// Whether a failure says that the account must be signed in again.
pub(crate) fn asks_for_sign_in(class: FailureClass) -> bool {
    class == FailureClass::SignIn
}
