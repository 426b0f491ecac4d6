//! The request list as events move it.
//!
//! A row keeps its place from the moment that its request starts: it fills in, and never jumps.

use std::sync::Arc;

use switchyard_types::{
    AccountView, Event, LockView, LoginProgress, Millis, NoticeView, RequestId, RequestPage,
    RequestView, RunningView,
};

/// How many finished rows are kept until the user asks for more.
pub(crate) const KEPT: usize = 200;

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Running(Arc<RunningView>),
    Done(Arc<RequestView>),
}

impl Entry {
    pub(crate) fn id(&self) -> &RequestId {
        match self {
            Self::Running(running) => &running.id,
            Self::Done(done) => &done.id,
        }
    }
}

/// What an event asks for beyond the list itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Follow {
    /// Nothing: the list has it all.
    Nothing,
    /// Today's sums moved.
    Sums,
    /// An account is locked: put it into the accounts, and ask for the combos' states.
    Lock(LockView),
    /// Accounts, combos, aliases or keys moved.
    Lists,
    /// Coding tools moved, or their copies.
    Tools,
    /// A sign-in took a step.
    Login(Box<LoginProgress>),
    /// An account's quota windows were read.
    Quotas,
    /// Something was told.
    Notice(Box<NoticeView>),
    /// Events were lost.
    Everything,
}

/// The requests known here, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Live {
    rows: Vec<Entry>,
    /// Where the page after the last row begins.
    older: Option<RequestId>,
    kept: usize,
    reading: Reading,
    /// What ended since the newest page was asked for: the page may have been written before.
    ended: Vec<RequestId>,
}

/// Which asking for the newest page an answer belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading(u32);

impl Default for Live {
    fn default() -> Self {
        let reading = Reading::default();
        Self { rows: Vec::new(), older: None, kept: KEPT, reading, ended: Vec::new() }
    }
}

impl Live {
    pub(crate) fn rows(&self) -> &[Entry] {
        &self.rows
    }

    /// Whether the server has rows before the last one.
    pub(crate) fn older(&self) -> Option<&RequestId> {
        self.older.as_ref()
    }

    pub(crate) fn find(&self, id: &RequestId) -> Option<&Entry> {
        self.place(id).ok().and_then(|at| self.rows.get(at))
    }

    pub(crate) fn running(&self) -> impl Iterator<Item = &Arc<RunningView>> {
        self.rows.iter().filter_map(|row| match row {
            Entry::Running(running) => Some(running),
            Entry::Done(_) => None,
        })
    }

    /// Moves the list by one event and says what else must follow.
    pub(crate) fn apply(&mut self, event: Event) -> Follow {
        match event {
            Event::RequestStarted { id, at, dialect, model, combo, key } => {
                let failed = Vec::new();
                let running = RunningView { id, at, dialect, model, combo, key, failed, by: None };
                self.put_if_new(Entry::Running(Arc::new(running)));
                Follow::Nothing
            }
            Event::AttemptFailed { id, attempt } => {
                self.change(&id, |running| running.failed.push(attempt));
                Follow::Nothing
            }
            Event::RequestServed { id, by } => {
                self.change(&id, |running| running.by = Some(by));
                Follow::Nothing
            }
            Event::RequestFinished { request } => {
                self.ended.push(request.id.clone());
                if self.ended.len() > KEPT {
                    self.ended.remove(0);
                }
                self.put(Entry::Done(Arc::from(request)));
                self.trim();
                Follow::Sums
            }
            Event::Locked { lock } => Follow::Lock(lock),
            Event::ConfigChanged | Event::LoginChanged { .. } => Follow::Lists,
            Event::ToolsChanged => Follow::Tools,
            Event::QuotaRead { .. } => Follow::Quotas,
            Event::Notice { told } => Follow::Notice(Box::new(told)),
            Event::LoginStepped { progress } => Follow::Login(Box::new(progress)),
            Event::Lagged => Follow::Everything,
        }
    }

    /// Takes what runs now: what is not among it has ended unseen, and stands in the newest page.
    pub(crate) fn take_running(&mut self, running: Vec<RunningView>) {
        self.rows.retain(|row| matches!(row, Entry::Done(_)));
        for one in running {
            self.put_if_new(Entry::Running(Arc::new(one)));
        }
    }

    /// The newest page is asked for; to be called before it is.
    pub(crate) fn begin_reading(&mut self) -> Reading {
        self.reading = Reading(self.reading.0.wrapping_add(1));
        self.ended.clear();
        self.reading
    }

    /// Takes the newest page, unless it was asked for again. Rows that came by event meanwhile stay;
    /// when the page does not reach down to the rows known before, those are dropped rather than
    /// leaving a hole.
    pub(crate) fn take_newest(&mut self, reading: Reading, page: RequestPage) {
        if reading != self.reading {
            return;
        }
        let oldest = page.requests.iter().map(|row| row.id.clone()).min();
        let newest_known = self.rows.iter().find(|row| matches!(row, Entry::Done(_)));
        let joins = match (&oldest, newest_known) {
            (Some(oldest), Some(known)) => known.id() >= oldest,
            (None, _) | (_, None) => false,
        };
        if !joins {
            let ended = &self.ended;
            self.rows.retain(|row| match (row, &oldest) {
                (Entry::Running(_), _) => true,
                (Entry::Done(done), Some(edge)) => done.id > *edge,
                (Entry::Done(done), None) => ended.contains(&done.id),
            });
            self.older.clone_from(&page.next);
            self.kept = KEPT;
        }
        for request in page.requests {
            self.put(Entry::Done(Arc::new(request)));
        }
        self.trim();
    }

    /// Takes the page below the last row.
    pub(crate) fn take_older(&mut self, page: RequestPage) {
        self.older = page.next;
        self.kept = self.rows.len().max(KEPT) + page.requests.len();
        for request in page.requests {
            self.put(Entry::Done(Arc::new(request)));
        }
    }

    fn change(&mut self, id: &RequestId, change: impl FnOnce(&mut RunningView)) {
        let Ok(at) = self.place(id) else { return };
        if let Some(Entry::Running(running)) = self.rows.get_mut(at) {
            change(Arc::make_mut(running));
        }
    }

    fn put(&mut self, row: Entry) {
        match self.place(row.id()) {
            Ok(at) => self.rows[at] = row,
            Err(at) => self.rows.insert(at, row),
        }
    }

    fn put_if_new(&mut self, row: Entry) {
        if let Err(at) = self.place(row.id()) {
            self.rows.insert(at, row);
        }
    }

    fn trim(&mut self) {
        while self.rows.len() > self.kept {
            let Some(at) = self.rows.iter().rposition(|row| matches!(row, Entry::Done(_))) else {
                return;
            };
            self.rows.remove(at);
            let last = self.rows.iter().rev().find(|row| matches!(row, Entry::Done(_)));
            self.older = last.map(|row| row.id().clone());
        }
    }

    /// Later ids sort after earlier ones, and the list is newest first.
    fn place(&self, id: &RequestId) -> Result<usize, usize> {
        self.rows.binary_search_by(|row| id.cmp(row.id()))
    }
}

/// Puts a lock into the account that it belongs to, in place of an older one for the same model.
pub(crate) fn lock_account(accounts: &mut [AccountView], lock: &LockView) {
    let Some(account) = accounts.iter_mut().find(|account| account.id == lock.account) else {
        return;
    };
    account.locks.retain(|held| held.model != lock.model);
    account.locks.push(lock.clone());
}

/// Whether one of these moments passed since the clock was last looked at.
pub(crate) fn passed(moments: impl IntoIterator<Item = Millis>, last: Millis, now: Millis) -> bool {
    moments.into_iter().any(|at| last < at && at <= now)
}

#[cfg(test)]
mod tests {
    use switchyard_types::{AccountId, AttemptView, Dialect, FailureClass, Outcome, ServedBy};

    use super::*;

    fn started(id: &str) -> Event {
        Event::RequestStarted {
            id: RequestId::new(id),
            at: 1,
            dialect: Dialect::Messages,
            model: "auto".into(),
            combo: Some("coding".into()),
            key: None,
        }
    }

    fn read(live: &mut Live, page: RequestPage) {
        let reading = live.begin_reading();
        live.take_newest(reading, page);
    }

    fn by(model: &str) -> ServedBy {
        ServedBy {
            vendor: "glm".into(),
            account: AccountId::new("acc_1"),
            account_name: "main".into(),
            model: model.into(),
            dialect: Dialect::Chat,
        }
    }

    fn attempt() -> AttemptView {
        AttemptView {
            to: by("glm-4.6"),
            started: 0,
            millis: 80,
            status: Some(429),
            failure: Some(FailureClass::Quota),
            message: Some("limit reached".into()),
            locked_until: Some(9),
        }
    }

    fn done(id: &str) -> RequestView {
        RequestView {
            id: RequestId::new(id),
            at: 1,
            dialect: Dialect::Messages,
            model: "auto".into(),
            combo: None,
            stream: true,
            key: None,
            outcome: Outcome::Answered,
            status: 200,
            served_by: Some(by("glm-4.6")),
            attempts: vec![],
            skipped: vec![],
            losses: vec![],
            first_content: Some(10),
            millis: 20,
            usage: None,
            cost: None,
            saved: None,
            error: None,
            plan: None,
        }
    }

    fn finished(id: &str) -> Event {
        Event::RequestFinished { request: Box::new(done(id)) }
    }

    fn page(ids: &[&str], next: Option<&str>) -> RequestPage {
        RequestPage {
            requests: ids.iter().map(|id| done(id)).collect(),
            next: next.map(RequestId::new),
        }
    }

    fn ids(live: &Live) -> Vec<&str> {
        live.rows().iter().map(|row| row.id().as_str()).collect()
    }

    fn lock(account: &str, model: Option<&str>, until: Millis) -> LockView {
        LockView {
            account: AccountId::new(account),
            model: model.map(str::to_owned),
            class: FailureClass::Quota,
            message: "limit reached".into(),
            since: 1,
            until,
            from_vendor: true,
        }
    }

    #[test]
    fn a_request_keeps_its_row_from_start_to_end() {
        let mut live = Live::default();
        live.apply(started("req_1"));
        live.apply(started("req_2"));
        assert_eq!(live.running().count(), 2);
        assert_eq!(live.apply(finished("req_1")), Follow::Sums);
        assert_eq!(ids(&live), ["req_2", "req_1"]);
        assert!(matches!(live.find(&RequestId::new("req_1")), Some(Entry::Done(_))));
        assert_eq!(live.running().count(), 1);
    }

    #[test]
    fn a_failed_attempt_and_the_one_that_serves_stand_in_the_running_row() {
        let mut live = Live::default();
        live.apply(started("req_1"));
        live.apply(Event::AttemptFailed { id: RequestId::new("req_1"), attempt: attempt() });
        live.apply(Event::RequestServed { id: RequestId::new("req_1"), by: by("kimi-k2") });
        let running = live.running().next().unwrap();
        assert_eq!(running.failed, [attempt()]);
        assert_eq!(running.by, Some(by("kimi-k2")));
    }

    #[test]
    fn an_event_about_an_unknown_or_ended_request_changes_nothing() {
        let mut live = Live::default();
        live.apply(finished("req_1"));
        let before = live.clone();
        live.apply(Event::AttemptFailed { id: RequestId::new("req_1"), attempt: attempt() });
        live.apply(Event::RequestServed { id: RequestId::new("req_9"), by: by("x") });
        live.apply(started("req_1"));
        assert_eq!(live, before);
    }

    #[test]
    fn finished_rows_are_capped_and_running_ones_are_not_dropped() {
        let mut live = Live::default();
        live.apply(started("req_0000"));
        for n in 1..=KEPT + 5 {
            live.apply(finished(&format!("req_{n:04}")));
        }
        assert_eq!(live.rows().len(), KEPT);
        assert_eq!(live.running().count(), 1);
        assert_eq!(live.older().unwrap().as_str(), "req_0007");
    }

    #[test]
    fn the_newest_page_joins_rows_that_came_by_event() {
        let mut live = Live::default();
        live.apply(finished("req_5"));
        live.apply(started("req_6"));
        read(&mut live, page(&["req_5", "req_4"], Some("req_4")));
        assert_eq!(ids(&live), ["req_6", "req_5", "req_4"]);
    }

    #[test]
    fn a_page_after_a_long_absence_leaves_no_hole() {
        let mut live = Live::default();
        read(&mut live, page(&["req_3", "req_2"], Some("req_2")));
        read(&mut live, page(&["req_9", "req_8"], Some("req_8")));
        assert_eq!(ids(&live), ["req_9", "req_8"]);
        assert_eq!(live.older().unwrap().as_str(), "req_8");
    }

    #[test]
    fn a_page_after_a_short_absence_keeps_what_was_loaded_below() {
        let mut live = Live::default();
        read(&mut live, page(&["req_3", "req_2"], Some("req_2")));
        live.take_older(page(&["req_1"], None));
        read(&mut live, page(&["req_4", "req_3"], Some("req_3")));
        assert_eq!(ids(&live), ["req_4", "req_3", "req_2", "req_1"]);
        assert_eq!(live.older(), None);
    }

    #[test]
    fn the_first_page_says_whether_there_is_more() {
        let mut live = Live::default();
        read(&mut live, page(&["req_2", "req_1"], Some("req_1")));
        assert_eq!(live.older().unwrap().as_str(), "req_1");
        read(&mut live, page(&[], None));
        assert_eq!(live.rows().len(), 0);
        assert_eq!(live.older(), None);
    }

    #[test]
    fn what_ended_while_the_first_page_was_read_stays() {
        let mut live = Live::default();
        let reading = live.begin_reading();
        live.apply(started("req_1"));
        live.apply(finished("req_1"));
        live.take_newest(reading, page(&[], None));
        assert_eq!(ids(&live), ["req_1"]);
        read(&mut live, page(&[], None));
        assert!(ids(&live).is_empty(), "it was removed at the server since");
    }

    #[test]
    fn a_page_that_was_asked_for_again_is_not_taken() {
        let mut live = Live::default();
        let slow = live.begin_reading();
        live.apply(finished("req_1"));
        read(&mut live, page(&["req_1"], None));
        live.take_newest(slow, page(&[], None));
        assert_eq!(ids(&live), ["req_1"]);
    }

    #[test]
    fn after_missed_events_what_still_runs_is_known_as_far_as_it_came_and_nothing_else_runs() {
        let mut live = Live::default();
        live.apply(finished("req_1"));
        live.apply(started("req_2"));
        live.apply(started("req_3"));
        assert_eq!(live.apply(Event::Lagged), Follow::Everything);
        let mut other = Live::default();
        other.apply(finished("req_1"));
        other.apply(started("req_3"));
        other.apply(Event::AttemptFailed { id: RequestId::new("req_3"), attempt: attempt() });
        other.apply(Event::RequestServed { id: RequestId::new("req_3"), by: by("kimi-k2") });
        live.take_running(other.running().map(|running| (**running).clone()).collect());
        assert_eq!(live.rows(), other.rows());
    }

    #[test]
    fn what_has_ended_does_not_run_again() {
        let mut live = Live::default();
        live.apply(started("req_1"));
        let runs = live.running().map(|running| (**running).clone()).collect();
        live.apply(finished("req_1"));
        live.take_running(runs);
        assert_eq!(live.running().count(), 0);
        assert_eq!(ids(&live), ["req_1"]);
    }

    #[test]
    fn other_events_say_what_must_be_read_again() {
        let mut live = Live::default();
        assert_eq!(live.apply(Event::ConfigChanged), Follow::Lists);
        assert_eq!(live.apply(Event::ToolsChanged), Follow::Tools);
        let lock = lock("acc_1", None, 9);
        assert_eq!(live.apply(Event::Locked { lock: lock.clone() }), Follow::Lock(lock));
        assert_eq!(live, Live::default());
    }

    #[test]
    fn a_lock_replaces_the_one_for_the_same_model() {
        let account = |id: &str| AccountView {
            id: AccountId::new(id),
            vendor: "glm".into(),
            name: "main".into(),
            key_hint: None,
            enabled: true,
            priority: 0,
            locks: vec![],
            created_at: 0,
            last_used_at: None,
            login: None,
            any_client: false,
            proxy: None,
            fields: std::collections::BTreeMap::new(),
        };
        let mut accounts = vec![account("acc_1"), account("acc_2")];
        lock_account(&mut accounts, &lock("acc_1", Some("glm-4.6"), 5));
        lock_account(&mut accounts, &lock("acc_1", None, 6));
        lock_account(&mut accounts, &lock("acc_1", Some("glm-4.6"), 7));
        lock_account(&mut accounts, &lock("acc_9", None, 8));
        let untils: Vec<Millis> = accounts[0].locks.iter().map(|lock| lock.until).collect();
        assert_eq!(untils, [6, 7]);
        assert_eq!(accounts[1].locks, []);
    }

    #[test]
    fn a_moment_passes_once() {
        assert!(passed([5], 4, 5));
        assert!(!passed([5], 5, 6));
        assert!(!passed([9], 4, 5));
    }
}
