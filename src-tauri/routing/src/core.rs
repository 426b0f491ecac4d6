use serde::{Deserialize, Serialize};
use switchyard_types::{AccountId, FailureClass, Millis, NanoDollars, RequestId, Usage};

use crate::budget::period_end;
use crate::desk::{Desk, Flight};
use crate::notice::{self, Notices};
use crate::plan::{Pick, Plan, plan, plan_besides};
use crate::resolve::rules;
use crate::{
    Ask, Asked, Bound, Candidate, Displaced, Failure, Kept, Learnt, Lock, Notice, Offset, Place,
    PlanError, QuotaTable, Scope, SessionKey, SkipReason, Skipped, Snapshot, SnapshotParts,
    Spending, Spent, Standing, Strictness, Window, lock_after,
};

/// What happens to routing. A run is a list of these with their times: the same list gives the same
/// decisions again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening {
    /// The user changed the configuration. Locks and quotas stay as they are.
    Configured {
        /// All of it; its own locks and quotas are not read.
        parts: Box<SnapshotParts>,
    },
    /// Local time is this far ahead of UTC from now on.
    Zone {
        /// How far.
        offset: Offset,
    },
    /// A request came in and wants to know whom to ask.
    Asked {
        /// The request.
        request: RequestId,
        /// What it asks for.
        ask: Asked,
        /// Where it was already: its first plan did not suffice.
        #[serde(default)]
        tried: Vec<Place>,
    },
    /// A request is about to be sent to a candidate of its plan.
    Trying {
        /// The request.
        request: RequestId,
        /// The candidate.
        candidate: Candidate,
    },
    /// A candidate failed.
    Failed {
        /// The request.
        request: RequestId,
        /// The account.
        account: AccountId,
        /// The vendor's model id.
        model: String,
        /// How.
        failure: Failure,
        /// What lengthens the lock, in thousandths between nothing and a thousand.
        jitter: u16,
    },
    /// A candidate's first content came.
    Answered {
        /// The request.
        request: RequestId,
        /// After so many milliseconds.
        millis: u64,
    },
    /// A request ended, well or not.
    Ended {
        /// The request.
        request: RequestId,
        /// What it used, where the vendor said so.
        usage: Option<Usage>,
        /// What that costs, where the price is known, at a vendor that is paid by use.
        cost: Option<NanoDollars>,
    },
    /// Quota windows were read.
    Read {
        /// The windows.
        windows: Vec<Window>,
    },
    /// The user wants an account tried again: for one model, or for all and whatever its quota.
    Cleared {
        /// The account.
        account: AccountId,
        /// The vendor's model id.
        model: Option<String>,
    },
    /// What was spent before the program started.
    Spent {
        /// The budget's id.
        budget: String,
        /// When.
        at: Millis,
        /// How much.
        spending: Spending,
    },
    /// The program has started again.
    Restored {
        /// What was known before.
        learnt: Box<Learnt>,
    },
    /// A newer version of the program was found.
    UpdateFound {
        /// Its version.
        version: String,
    },
    /// Time passed.
    Passed,
}

/// What follows from a happening.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Whom to ask: for [`Happening::Asked`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// Why the name that was asked for cannot be followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Why a candidate of the plan is not to be tried after all: for [`Happening::Trying`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<Skipped>,
    /// The session whose place is another now, or is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<SessionKey>,
    /// The lock that a failure set, or the one that holds longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    /// What the user may want to know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// The decisions' whole state: what is configured and known, and what changes with every request.
///
/// It does no IO and reads no clock. The engine feeds it what happens and does what it decides.
#[derive(Clone, Debug)]
pub struct Core {
    snapshot: Snapshot,
    desk: Desk,
}

impl Core {
    /// A core that has seen no request. `notices` is what was told before a restart.
    pub fn new(snapshot: Snapshot, notices: Notices) -> Self {
        Self { snapshot, desk: Desk { notices, ..Desk::default() } }
    }

    /// What is configured and known.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What changes with every request.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// What was told, to be kept over a restart.
    pub fn notices(&self) -> &Notices {
        &self.desk.notices
    }

    /// When [`Happening::Passed`] is next worth telling.
    pub fn next_due(&self) -> Option<Millis> {
        self.desk.notices.next_due()
    }

    /// Puts another configuration in place; locks, quotas and sessions stay.
    pub fn configure(&mut self, fresh: &Snapshot) {
        self.snapshot = fresh
            .with_locks(self.snapshot.locks().clone())
            .with_quotas(self.snapshot.quotas().clone());
        let config = self.snapshot.config();
        self.desk.turns.keep_combos(|name| config.route(name).is_some());
    }

    /// What would be decided for a request, changing nothing.
    pub fn foresee(&self, ask: &Ask<'_>, now: Millis) -> Result<Plan, PlanError> {
        plan(&self.snapshot, &self.desk, ask, now)
    }

    /// Decides whom a request asks, and takes note of it.
    pub fn ask(
        &mut self,
        request: &RequestId,
        ask: &Ask<'_>,
        tried: &[Place],
        now: Millis,
    ) -> Result<Plan, PlanError> {
        let plan = plan_besides(&self.snapshot, &self.desk, ask, tried, now)?;
        if tried.is_empty() {
            for rule in rules(self.snapshot.config(), ask) {
                self.desk.rates.came(rule, now);
            }
        }
        for pick in &plan.picks {
            self.took(pick);
        }
        let flight = self.desk.flights.entry(request.clone()).or_insert_with(|| Flight {
            since: now,
            tokens: ask.needs.tokens,
            ..Flight::default()
        });
        flight.combo.clone_from(&plan.combo);
        flight.session = plan.session;
        flight.displaced = flight.displaced.take().or_else(|| plan.displaced.clone());
        Ok(plan)
    }

    fn took(&mut self, pick: &Pick) {
        match pick {
            Pick::Entry { combo, entry } => {
                let config = self.snapshot.config();
                if let Some(route) = config.route(combo).or_else(|| config.auto()) {
                    self.desk.turns.chose_entry(combo, *entry, &route.weights);
                }
            }
            Pick::Account { among, account } => self.desk.turns.chose_account(among, account),
        }
    }

    /// A request is about to be sent to a candidate. Others may have locked or spent it since the plan;
    /// what is returned says so, and nothing is to be sent then.
    pub fn trying(
        &mut self,
        request: &RequestId,
        candidate: &Candidate,
        now: Millis,
    ) -> Result<(), Box<Skipped>> {
        self.let_go(request);
        self.check(candidate, now)?;
        let expected = self.expected(request, candidate);
        let desk = &mut self.desk;
        let mut reserved = Vec::new();
        for id in &candidate.budgets {
            if let Some(budget) = self.snapshot.config().budget(id) {
                reserved.push(desk.purses.reserve(budget, expected));
            }
        }
        let Candidate { account, model, .. } = candidate;
        desk.probes.began(self.snapshot.locks(), account, model, request, now);
        desk.loads.began(account, now);
        let flight = desk.flights.entry(request.clone()).or_default();
        flight.since = now;
        flight.reserved = reserved;
        flight.at = Some(candidate.clone());
        Ok(())
    }

    /// Whether a candidate can still serve: its plan may be seconds old.
    fn check(&self, candidate: &Candidate, now: Millis) -> Result<(), Box<Skipped>> {
        let Candidate { vendor, account, account_name, model, .. } = candidate;
        let skipped = |reason, until| {
            let model = format!("{vendor}/{model}");
            Err(Box::new(Skipped {
                model,
                account: Some(account.clone()),
                reason,
                until: Some(until),
            }))
        };
        let account_name = account_name.clone();
        if let Some(lock) = self.snapshot.locks().get(account, model, now) {
            let (class, message) = (lock.class, lock.message.clone());
            return skipped(SkipReason::Locked { account_name, class, message }, lock.until);
        }
        let window = self.snapshot.quotas().worst(account, model, now);
        if let Some((kept, crate::WindowState::Spent(until))) = window {
            let window = kept.window.name.clone();
            return skipped(SkipReason::WindowSpent { account_name, window }, until);
        }
        let offset = self.desk.offset;
        for id in &candidate.budgets {
            let Some(budget) = self.snapshot.config().budget(id) else { continue };
            if budget.strictness == Strictness::Hard
                && self.desk.purses.exhausted(budget, now, offset)
            {
                let until = period_end(budget.period, now, offset);
                return skipped(SkipReason::OverBudget { budget: id.clone() }, until);
            }
        }
        Ok(())
    }

    /// What a request is expected to spend at a candidate: its prompt, and an answer of usual length.
    fn expected(&self, request: &RequestId, candidate: &Candidate) -> Spending {
        const USUAL_PROMPT: u64 = 10_000;
        const USUAL_ANSWER: u64 = 1_000;
        let flight = self.desk.flights.get(request);
        let prompt = flight.and_then(|flight| flight.tokens).unwrap_or(USUAL_PROMPT);
        let vendor = self.snapshot.config().vendor_of(&candidate.account);
        let price = vendor
            .filter(|vendor| vendor.is_paid_by_use())
            .and_then(|vendor| vendor.model(&candidate.model)?.price)
            .unwrap_or_default();
        let part = |tokens: u64, each: NanoDollars| {
            i64::try_from(tokens).unwrap_or(i64::MAX).saturating_mul(each)
        };
        let money = part(prompt, price.input).saturating_add(part(USUAL_ANSWER, price.output));
        Spending { money, tokens: prompt.saturating_add(USUAL_ANSWER) }
    }

    /// A candidate failed: what that locks, and what the user may want to know.
    pub fn failed(
        &mut self,
        request: &RequestId,
        place: &Place,
        failure: &Failure,
        jitter: u16,
        now: Millis,
    ) -> Decision {
        let mut decision = Decision::default();
        let locks = self.snapshot.locks();
        let reach = match failure.scope {
            Scope::Model => Some(place.model.as_str()),
            Scope::Account => None,
        };
        let last = locks.last(&place.account, reach);
        let jitter = f64::from(jitter.min(1000)) / 1000.0;
        let lock = lock_after(last, failure, &place.account, &place.model, now, jitter);
        if let Some(lock) = &lock {
            self.snapshot = self.snapshot.with_locks(locks.with(lock.clone()));
        }
        let notices = &mut self.desk.notices;
        if notice::asks_for_sign_in(failure.class) {
            notices.sign_in(&place.account, &failure.message, now, &mut decision.notices);
        }
        if failure.class == FailureClass::Quota {
            let until = lock.as_ref().filter(|lock| lock.from_vendor).map(|lock| lock.until);
            let known = self.snapshot.quotas().worst(&place.account, &place.model, now);
            let known = known.map(|(kept, _)| kept.window.name.as_str());
            let named = known.or(failure.window.as_deref()).unwrap_or(notice::REFUSED).to_owned();
            self.desk.notices.spent(&place.account, &named, until, now, &mut decision.notices);
        }
        self.displace(request, place, failure.class, lock.as_ref());
        self.let_go(request);
        decision.lock = lock;
        decision
    }

    /// The first that fails is the one from which the request falls over, unless the plan had passed over
    /// one before.
    fn displace(
        &mut self,
        request: &RequestId,
        place: &Place,
        class: FailureClass,
        lock: Option<&Lock>,
    ) {
        let tier = self.snapshot.config().vendor_of(&place.account).map(|vendor| vendor.tier);
        let Some(flight) = self.desk.flights.get_mut(request) else { return };
        let ordered = flight.at.as_ref().is_some_and(|at| at.standing <= Standing::Ordered);
        if let (None, Some(lock), Some(tier), true) = (&flight.displaced, lock, tier, ordered) {
            flight.displaced = Some(Displaced {
                place: place.clone(),
                tier,
                quota: class == FailureClass::Quota,
                preferred: true,
                until: lock.until,
            });
        }
    }

    /// A candidate's first content came after so many milliseconds.
    pub fn answered(&mut self, request: &RequestId, millis: u64, now: Millis) -> Decision {
        let mut decision = Decision::default();
        let Some(flight) = self.desk.flights.get(request) else { return decision };
        let Some(at) = &flight.at else { return decision };
        let place = at.place();
        let (session, displaced) = (flight.session, flight.displaced.clone());
        let combo = flight.combo.clone();
        let locks = self.snapshot.locks();
        if !locks.of(&place.account).is_empty() {
            let locks = locks.after_success(&place.account, &place.model, now);
            self.snapshot = self.snapshot.with_locks(locks);
        }
        self.desk.probes.ended(&place.account, request);
        self.desk.speeds.measured(&place, millis, now);
        let notices = &mut self.desk.notices;
        notices.answered(&place, &mut decision.notices);
        if let Some(from) = displaced.as_ref().filter(|from| from.place != place) {
            notices.fell_over(combo.as_deref(), from, &place, now, &mut decision.notices);
        }
        decision.bound = session;
        if let Some(session) = session {
            let home = self.home(session, displaced.as_ref(), &place, now);
            self.desk.affinity.bind(session, place, home, now);
        }
        decision
    }

    /// Where a session goes back to once it can: to what it left for spent quota, and to what costs less
    /// than where it is. What it left for passing trouble is not worth a second loss of its prompt cache.
    fn home(
        &self,
        session: SessionKey,
        displaced: Option<&Displaced>,
        place: &Place,
        now: Millis,
    ) -> Option<Place> {
        let bound = self.desk.affinity.get(session, now);
        if let Some(home) = bound.and_then(|bound| bound.home.clone()) {
            return Some(home);
        }
        let displaced = displaced.filter(|displaced| displaced.preferred)?;
        let here = self.snapshot.config().vendor_of(&place.account)?.tier;
        let dearer = here == switchyard_types::Tier::Cheap && displaced.tier != here;
        (displaced.quota || dearer).then(|| displaced.place.clone())
    }

    /// A request ended.
    pub fn ended(
        &mut self,
        request: &RequestId,
        usage: Option<Usage>,
        cost: Option<NanoDollars>,
        now: Millis,
    ) -> Decision {
        let mut decision = Decision::default();
        let Some(flight) = self.desk.flights.remove(request) else { return decision };
        for reserved in &flight.reserved {
            self.desk.purses.release(reserved);
        }
        let tokens = usage.map_or(0, |usage| usage.input_total().saturating_add(usage.output));
        if let Some(at) = &flight.at {
            self.desk.probes.ended(&at.account, request);
            self.desk.loads.ended(&at.account, tokens, now);
        }
        // An answer that broke off has used something all the same.
        let Some(at) = flight.at.or(flight.left) else { return decision };
        let spending = Spending { money: cost.unwrap_or(0), tokens };
        for id in &at.budgets {
            self.spend(id, spending, now, &mut decision.notices);
        }
        decision
    }

    fn spend(&mut self, id: &str, spending: Spending, now: Millis, out: &mut Vec<Notice>) {
        let Some(budget) = self.snapshot.config().budget(id) else { return };
        let desk = &mut self.desk;
        desk.purses.spend(budget, spending, now, desk.offset);
        let share = desk.purses.share(budget, now, desk.offset);
        let until = period_end(budget.period, now, desk.offset);
        desk.notices.budget(id, budget.limit, share, until, now, out);
    }

    /// Quota windows were read.
    pub fn read(&mut self, windows: Vec<Window>, now: Millis) -> Decision {
        let mut decision = Decision::default();
        for window in windows {
            let leave_at = self.snapshot.config().leave_at(&window.account);
            let (quotas, change) = self.snapshot.quotas().with(window.clone(), leave_at);
            let Some(change) = change else { continue };
            self.snapshot = self.snapshot.with_quotas(quotas);
            self.desk.notices.read(&window, &change, now, &mut decision.notices);
        }
        decision
    }

    /// The user wants an account tried again.
    pub fn clear(&mut self, account: &AccountId, model: Option<&str>) {
        let locks = self.snapshot.locks().without(account, model);
        self.snapshot = self.snapshot.with_locks(locks);
        if model.is_none() {
            self.snapshot = self.snapshot.with_quotas(self.snapshot.quotas().without(account));
        }
    }

    /// A newer version of the program was found.
    pub fn update_found(&mut self, version: &str) -> Decision {
        let mut decision = Decision::default();
        self.desk.notices.update(version, &mut decision.notices);
        decision
    }

    /// Time passed: what is over is forgotten.
    pub fn passed(&mut self, now: Millis) -> Decision {
        /// No request takes longer; one that is still noted then was lost.
        const LONGEST_REQUEST: Millis = 24 * 60 * 60_000;
        let mut decision = Decision::default();
        self.snapshot = self.snapshot.with_locks(self.snapshot.locks().pruned(now));
        self.desk.notices.tick(now, &mut decision.notices);
        let lost: Vec<RequestId> = self
            .desk
            .flights
            .iter()
            .filter(|(_, flight)| now.saturating_sub(flight.since) > LONGEST_REQUEST)
            .map(|(id, _)| id.clone())
            .collect();
        for request in lost {
            self.ended(&request, None, None, now);
        }
        decision
    }

    /// Local time is this far ahead of UTC from now on.
    pub fn set_offset(&mut self, offset: Offset) {
        self.desk.offset = offset;
    }

    /// What was spent before: the store knows it after a restart.
    pub fn spent(&mut self, id: &str, spending: Spending, at: Millis) {
        if let Some(budget) = self.snapshot.config().budget(id) {
            let offset = self.desk.offset;
            self.desk.purses.spend(budget, spending, at, offset);
        }
    }

    /// What was known before a restart is known again. What has come to be known since stays.
    pub fn restore(&mut self, learnt: Learnt) {
        let Learnt { windows, sessions, spending, notices } = learnt;
        let mut known = windows;
        known.retain(|kept| {
            let here = self.snapshot.quotas().of(&kept.window.account);
            let same = |other: &Kept| {
                (&other.window.name, &other.window.models)
                    == (&kept.window.name, &kept.window.models)
            };
            !here.iter().any(same)
        });
        known.extend(self.snapshot.quotas().iter().cloned());
        self.snapshot = self.snapshot.with_quotas(QuotaTable::from(known));
        for Bound { session, place, home, last_used } in sessions {
            self.desk.affinity.bind(session, place, home, last_used);
        }
        for Spent { budget, start, spent } in spending {
            self.desk.purses.restore(budget, start, spent);
        }
        self.desk.notices = notices;
    }

    /// Ends what a request had begun at its last candidate.
    fn let_go(&mut self, request: &RequestId) {
        let desk = &mut self.desk;
        let Some(flight) = desk.flights.get_mut(request) else { return };
        for reserved in flight.reserved.drain(..) {
            desk.purses.release(&reserved);
        }
        if let Some(at) = flight.at.take() {
            desk.probes.ended(&at.account, request);
            desk.loads.ended(&at.account, 0, flight.since);
            flight.left = Some(at);
        }
    }

    /// Takes one happening to what follows from it.
    pub fn step(&mut self, happening: &Happening, now: Millis) -> Decision {
        match happening {
            Happening::Configured { parts } => {
                self.configure(&Snapshot::new(SnapshotParts::clone(parts)));
                Decision::default()
            }
            Happening::Zone { offset } => {
                self.set_offset(*offset);
                Decision::default()
            }
            Happening::Asked { request, ask, tried } => {
                match self.ask(request, &ask.ask(), tried, now) {
                    Ok(plan) => Decision { plan: Some(plan), ..Decision::default() },
                    Err(error) => {
                        Decision { refused: Some(error.to_string()), ..Decision::default() }
                    }
                }
            }
            Happening::Trying { request, candidate } => {
                let denied = self.trying(request, candidate, now).err().map(|skipped| *skipped);
                Decision { denied, ..Decision::default() }
            }
            Happening::Failed { request, account, model, failure, jitter } => {
                let place = Place { account: account.clone(), model: model.clone() };
                self.failed(request, &place, failure, *jitter, now)
            }
            Happening::Answered { request, millis } => self.answered(request, *millis, now),
            Happening::Ended { request, usage, cost } => self.ended(request, *usage, *cost, now),
            Happening::Read { windows } => self.read(windows.clone(), now),
            Happening::Cleared { account, model } => {
                self.clear(account, model.as_deref());
                Decision::default()
            }
            Happening::Spent { budget, at, spending } => {
                self.spent(budget, *spending, *at);
                Decision::default()
            }
            Happening::Restored { learnt } => {
                self.restore(Learnt::clone(learnt));
                Decision::default()
            }
            Happening::UpdateFound { version } => self.update_found(version),
            Happening::Passed => self.passed(now),
        }
    }
}
