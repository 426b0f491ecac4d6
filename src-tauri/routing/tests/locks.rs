#![cfg(test)]
//! How long a failure keeps an account from serving.

use proptest::prelude::*;
use switchyard_routing::{Failure, Lock, LockTable, Scope, lock_after};
use switchyard_types::{
    AccountId,
    FailureClass::{self, *},
    LockView,
};

const NOW: i64 = 1_795_392_000_000;
const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

const LOCKING: [FailureClass; 7] =
    [SignIn, Billing, Quota, Rate, ModelMissing, Transient, Transport];

fn failure(class: FailureClass, reset: Option<i64>) -> Failure {
    Failure { class, message: "so it said".to_owned(), reset, scope: Scope::Model, window: None }
}

fn id() -> AccountId {
    AccountId::new("acc_1")
}

fn after(previous: Option<&Lock>, failure: &Failure, now: i64) -> Option<Lock> {
    lock_after(previous, failure, &id(), "m", now, 0.0)
}

/// How long each of these failures locks, one right after the other's lock has opened.
fn climb(class: FailureClass, times: usize) -> Vec<i64> {
    let mut now = NOW;
    let mut previous: Option<Lock> = None;
    let mut delays = Vec::new();
    for _ in 0..times {
        let lock = after(previous.as_ref(), &failure(class, None), now).unwrap();
        delays.push(lock.until - now);
        now = lock.until;
        previous = Some(lock);
    }
    delays
}

#[test]
fn each_class_has_its_ladder() {
    let seconds = |delays: Vec<i64>| delays.into_iter().map(|d| d / SECOND).collect::<Vec<_>>();
    assert_eq!(seconds(climb(Rate, 8)), [5, 10, 20, 40, 80, 160, 300, 300]);
    assert_eq!(seconds(climb(Transient, 7)), [2, 10, 20, 40, 80, 120, 120]);
    assert_eq!(seconds(climb(Transport, 5)), [2, 10, 20, 40, 60]);
    assert_eq!(seconds(climb(Quota, 6)), [300, 600, 1200, 2400, 3600, 3600]);
    assert_eq!(climb(SignIn, 2), [30 * MINUTE; 2]);
    assert_eq!(climb(Billing, 2), [HOUR; 2]);
    assert_eq!(climb(ModelMissing, 2), [12 * HOUR; 2]);
}

#[test]
fn what_says_nothing_of_the_account_locks_nothing() {
    for class in [ClientFault, ContextTooLong, ContentPolicy, Cancelled] {
        assert_eq!(after(None, &failure(class, Some(NOW + HOUR)), NOW), None, "{class:?}");
    }
}

#[test]
fn a_burst_inside_one_lock_is_one_step() {
    let mut table = LockTable::default();
    for n in 0..50 {
        let now = NOW + n * 10;
        let lock = after(table.last(&id(), Some("m")), &failure(Rate, None), now).unwrap();
        table = table.with(lock);
    }
    let lock = table.last(&id(), Some("m")).unwrap();
    assert_eq!((lock.step, lock.since, lock.until), (0, NOW, NOW + 5 * SECOND));
}

#[test]
fn an_account_that_was_well_for_long_starts_at_the_foot() {
    let first = after(None, &failure(Rate, None), NOW).unwrap();
    let soon = after(Some(&first), &failure(Rate, None), first.until + 5 * MINUTE - 1).unwrap();
    assert_eq!(soon.step, 1);
    let late = after(Some(&first), &failure(Rate, None), first.until + 5 * MINUTE).unwrap();
    assert_eq!(late.step, 0);
}

#[test]
fn the_vendors_own_time_is_taken_as_it_is() {
    let lock = lock_after(None, &failure(Rate, Some(NOW + 90 * SECOND)), &id(), "m", NOW, 1.0);
    let lock = lock.unwrap();
    assert_eq!((lock.until, lock.from_vendor), (NOW + 90 * SECOND, true));
    for past in [NOW, NOW - 1, 0, i64::MIN] {
        let lock = after(None, &failure(Rate, Some(past)), NOW).unwrap();
        assert_eq!((lock.until, lock.from_vendor), (NOW + 5 * SECOND, false), "{past}");
    }
    let far = after(None, &failure(Rate, Some(i64::MAX)), NOW).unwrap();
    assert_eq!(far.until, NOW + DAY);
    let far = after(None, &failure(Quota, Some(i64::MAX)), NOW).unwrap();
    assert_eq!(far.until, NOW + 35 * DAY);
}

#[test]
fn a_lock_that_holds_is_never_shortened() {
    let quota = after(None, &failure(Quota, Some(NOW + 5 * HOUR)), NOW).unwrap();
    let burst = after(Some(&quota), &failure(Rate, Some(NOW + 2 * SECOND)), NOW + 1).unwrap();
    assert_eq!(burst, quota, "a stray refusal does not open a spent window");
    let again = after(Some(&quota), &failure(Quota, Some(NOW + HOUR)), NOW + 1).unwrap();
    assert_eq!(again, quota);
    let longer = after(Some(&quota), &failure(Quota, Some(NOW + 6 * HOUR)), NOW + 1).unwrap();
    assert_eq!(longer.until, NOW + 6 * HOUR);
    let rate = after(None, &failure(Rate, None), NOW).unwrap();
    let refused = after(Some(&rate), &failure(SignIn, None), NOW + 1).unwrap();
    assert_eq!((refused.class, refused.until), (SignIn, NOW + 1 + 30 * MINUTE));
}

#[test]
fn jitter_lengthens_the_ladder_by_a_tenth_at_most() {
    for (jitter, until) in
        [(0.0, 5_000), (0.5, 5_250), (1.0, 5_500), (7.0, 5_500), (-1.0, 5_000), (f64::NAN, 5_000)]
    {
        let lock = lock_after(None, &failure(Rate, None), &id(), "m", NOW, jitter).unwrap();
        assert_eq!(lock.until - NOW, until, "{jitter}");
    }
}

#[test]
fn a_clock_that_goes_back_does_not_lock_for_ever() {
    let lock = after(None, &failure(Quota, Some(NOW + 5 * HOUR)), NOW).unwrap();
    assert!(lock.holds(NOW - 30 * SECOND), "a small correction changes nothing");
    let year_ago = NOW - 365 * DAY;
    assert!(!lock.holds(year_ago));
    let table = LockTable::default().with(lock.clone());
    assert!(table.get(&id(), "m", year_ago).is_none());
    let again = after(Some(&lock), &failure(Quota, None), year_ago).unwrap();
    assert_eq!((again.step, again.until), (0, year_ago + 5 * MINUTE));
}

#[test]
fn a_lock_of_the_account_covers_all_its_models() {
    let of_account = Failure { scope: Scope::Account, ..failure(SignIn, None) };
    let lock = after(None, &of_account, NOW).unwrap();
    assert_eq!(lock.model, None);
    let table = LockTable::default().with(lock);
    assert!(table.get(&id(), "anything", NOW).is_some());
    assert!(table.get(&AccountId::new("acc_2"), "anything", NOW).is_none());
}

#[test]
fn of_two_locks_the_later_one_is_told() {
    let of_model = after(None, &failure(Quota, Some(NOW + HOUR)), NOW).unwrap();
    let of_account = Failure { scope: Scope::Account, ..failure(Rate, None) };
    let table = LockTable::default().with(of_model).with(after(None, &of_account, NOW).unwrap());
    assert_eq!(table.get(&id(), "m", NOW).unwrap().class, Quota);
    assert_eq!(table.get(&id(), "other", NOW).unwrap().class, Rate);
    assert_eq!(table.of(&id()).len(), 2);
}

#[test]
fn locks_are_taken_away_one_by_one_or_all_at_once() {
    let of_account = Failure { scope: Scope::Account, ..failure(SignIn, None) };
    let table = LockTable::default()
        .with(after(None, &failure(Rate, None), NOW).unwrap())
        .with(lock_after(None, &failure(Rate, None), &id(), "n", NOW, 0.0).unwrap())
        .with(after(None, &of_account, NOW).unwrap());
    assert_eq!(table.iter().count(), 3);
    assert_eq!(table.without(&id(), Some("m")).iter().count(), 2);
    assert_eq!(table.without(&id(), Some("z")), table);
    assert_eq!(table.without(&id(), None), LockTable::default());
    assert_eq!(table.without(&AccountId::new("acc_2"), None), table);
    assert_eq!(table.iter().count(), 3, "the table itself never changes");
}

#[test]
fn success_puts_the_ladder_back_to_its_foot() {
    let of_account = Failure { scope: Scope::Account, ..failure(Quota, None) };
    let table = LockTable::default()
        .with(after(None, &failure(Rate, None), NOW).unwrap())
        .with(lock_after(None, &failure(Rate, None), &id(), "n", NOW, 0.0).unwrap())
        .with(after(None, &of_account, NOW).unwrap());
    let early = table.after_success(&id(), "m", NOW + 1);
    assert!(early.last(&id(), Some("m")).is_none());
    assert_eq!(early.iter().count(), 2, "what still holds was said by somebody else");
    assert_eq!(table.after_success(&id(), "m", NOW + HOUR), LockTable::default());
}

#[test]
fn locks_that_say_nothing_any_more_are_pruned() {
    let table = LockTable::default().with(after(None, &failure(Rate, None), NOW).unwrap());
    assert_eq!(table.pruned(NOW + MINUTE), table, "the ladder still climbs from it");
    assert_eq!(table.pruned(NOW + HOUR), LockTable::default());
}

#[test]
fn a_lock_goes_to_the_dashboard_and_back() {
    let lock = after(None, &failure(Quota, Some(NOW + HOUR)), NOW).unwrap();
    let view = LockView::from(&lock);
    assert_eq!((view.until, view.from_vendor, view.class), (NOW + HOUR, true, Quota));
    assert_eq!(Lock::from(view), lock);
}

fn any_class() -> impl Strategy<Value = FailureClass> {
    proptest::sample::select(LOCKING.to_vec())
}

proptest! {
    #[test]
    fn the_ladder_only_climbs_and_never_past_its_top(class in any_class()) {
        let delays = climb(class, 40);
        prop_assert!(delays.is_sorted(), "{:?}", delays);
        prop_assert!(delays[0] > 0 && delays[39] <= 12 * HOUR);
    }

    #[test]
    fn a_lock_lies_ahead_and_within_its_cap(
        class in any_class(), now in 0_i64..4_000_000_000_000, reset in proptest::option::of(any::<i64>()),
        jitter in any::<f64>(), step in any::<u32>(), ago in 0_i64..100 * DAY, length in 0_i64..35 * DAY,
        before in any_class(),
    ) {
        let previous = Lock {
            account: id(), model: Some("m".to_owned()), class: before, message: String::new(),
            since: now - ago, until: now - ago + length, from_vendor: false, step,
        };
        let lock =
            lock_after(Some(&previous), &failure(class, reset), &id(), "m", now, jitter).unwrap();
        prop_assert!(lock.until > now);
        prop_assert!(lock.until - now <= 35 * DAY);
        if previous.holds(now) {
            prop_assert!(lock.until >= previous.until, "shortened");
        } else if reset.is_none_or(|reset| reset <= now) {
            prop_assert!(lock.until - now <= 12 * HOUR + 12 * HOUR / 10);
        }
    }

    #[test]
    fn no_time_at_all_is_a_panic(
        class in any_class(), now in any::<i64>(), since in any::<i64>(), until in any::<i64>(),
        reset in proptest::option::of(any::<i64>()), jitter in any::<f64>(), step in any::<u32>(),
    ) {
        let previous = Lock {
            account: id(), model: Some("m".to_owned()), class, message: String::new(),
            since, until, from_vendor: true, step,
        };
        let lock = lock_after(Some(&previous), &failure(class, reset), &id(), "m", now, jitter);
        prop_assert!(lock.is_some());
        let table = LockTable::default().with(previous).pruned(now);
        let _ = table.get(&id(), "m", now);
    }
}
