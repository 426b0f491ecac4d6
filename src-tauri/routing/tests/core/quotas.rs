//! Quota windows, sessions and what is told of them.

use crate::scene::*;
use switchyard_routing::{
    AccountOrder, Combo, Forecast, Notice, Share, SkipReason, SnapshotParts, Standing,
};
use switchyard_types::{AccountId, FailureClass};

#[test]
fn a_spent_window_is_a_lock_until_its_reset_and_then_returned_to() {
    let mut scene = Scene::new(parts());
    scene.read(window("s1", "5h", 100, NOW + HOUR, NOW));
    let plan = scene.plan("all", NOW);
    assert_eq!(accounts(&plan), ["s2", "p1", "f1"]);
    assert!(
        matches!(&plan.skipped[0].reason, SkipReason::WindowSpent { window, .. } if window == "5h")
    );
    assert_eq!(plan.skipped[0].until, Some(NOW + HOUR));
    assert_eq!(accounts(&scene.plan("all", NOW + HOUR)), ["s1", "s2", "p1", "f1"]);
}

#[test]
fn of_two_spent_windows_the_later_reset_counts() {
    let mut scene = Scene::new(parts());
    scene.read(window("s1", "5h", 100, NOW + HOUR, NOW));
    scene.read(window("s1", "weekly", 100, NOW + DAY, NOW));
    assert_eq!(scene.plan("all", NOW).skipped[0].until, Some(NOW + DAY));
}

#[test]
fn a_window_of_some_models_leaves_the_others_alone() {
    let mut scene = Scene::new(parts());
    let mut opus = window("s1", "7d", 100, NOW + DAY, NOW);
    opus.models = Some("big".to_owned());
    scene.read(opus);
    assert_eq!(accounts(&scene.plan("sub/big", NOW)), ["s2"]);
    assert_eq!(accounts(&scene.plan("sub/small", NOW)), ["s1", "s2"]);
}

#[test]
fn unknown_quota_never_blocks() {
    let mut scene = Scene::new(parts());
    let mut unknown = window("s1", "5h", 100, NOW + HOUR, NOW);
    unknown.used = None;
    scene.read(unknown);
    let mut no_reset = window("s2", "5h", 100, NOW, NOW);
    no_reset.resets_at = None;
    scene.read(no_reset);
    assert_eq!(accounts(&scene.plan("sub/big", NOW)), ["s1", "s2"], "s2 comes last, but comes");
    let absurd = window("p1", "5h", 100, NOW + 400 * DAY, NOW);
    scene.read(absurd);
    assert_eq!(accounts(&scene.plan("paid/big", NOW)), ["p1"]);
}

#[test]
fn a_reading_without_a_reset_ages_out() {
    let mut scene = Scene::new(parts());
    let mut spent = window("s1", "5h", 100, NOW, NOW);
    spent.resets_at = None;
    scene.read(spent);
    assert_eq!(scene.plan("sub/big", NOW).candidates[1].standing, Standing::NearEdge);
    assert_eq!(accounts(&scene.plan("sub/big", NOW + HOUR)), ["s1", "s2"]);
}

#[test]
fn an_older_reading_changes_nothing() {
    let mut scene = Scene::new(parts());
    scene.read(window("s1", "5h", 100, NOW + HOUR, NOW));
    scene.read(window("s1", "5h", 40, NOW + HOUR, NOW - 1));
    assert_eq!(accounts(&scene.plan("sub/big", NOW)), ["s2"]);
}

#[test]
fn a_clock_that_went_back_does_not_make_windows_of_the_future_count() {
    let mut scene = Scene::new(parts());
    scene.read(window("s1", "5h", 100, NOW + HOUR, NOW));
    assert_eq!(accounts(&scene.plan("sub/big", NOW - 2 * HOUR)), ["s1", "s2"]);
}

#[test]
fn an_account_is_left_early_and_returned_to_only_well_below_the_edge() {
    let mut scene = Scene::new(SnapshotParts { leave_at: Some(Share::of(9_500)), ..parts() });
    let mut first = |percent, minute| {
        scene.read(window("s1", "5h", percent, NOW + 4 * HOUR, NOW + minute * MINUTE));
        accounts(&scene.plan("all", NOW + minute * MINUTE))[0].to_owned()
    };
    assert_eq!(first(94, 0), "s1");
    assert_eq!(first(95, 1), "s2");
    assert_eq!(first(94, 2), "s2", "a wavering reading does not bring it back");
    assert_eq!(first(96, 3), "s2");
    assert_eq!(first(90, 4), "s1");
}

#[test]
fn near_the_edge_comes_last_and_is_not_refused() {
    let mut parts = SnapshotParts { leave_at: Some(Share::of(9_500)), ..parts() };
    parts.combos = vec![Combo::listed("all", &["sub/big"])];
    let mut scene = Scene::new(parts);
    for account in ["s1", "s2"] {
        scene.read(window(account, "5h", 97, NOW + HOUR, NOW));
    }
    let plan = scene.plan("all", NOW);
    assert_eq!(accounts(&plan), ["s1", "s2"]);
    assert!(plan.candidates.iter().all(|c| c.standing == Standing::NearEdge));
}

#[test]
fn a_session_stays_with_its_account_while_that_can_serve() {
    let mut parts = parts();
    parts.combos[0].accounts = Some(AccountOrder::RoundRobin { sticky: 1 });
    let mut scene = Scene::new(parts);
    let places: Vec<String> =
        (0..6).map(|n| scene.serve(Some(if n % 2 == 0 { "a" } else { "b" }), NOW + n)).collect();
    assert_eq!(places, ["s1 big", "s2 big", "s1 big", "s2 big", "s1 big", "s2 big"]);
    assert_eq!(scene.serve(Some("a"), NOW + HOUR + 5), "s1 big", "after an hour its place is free");
}

#[test]
fn a_session_moved_by_trouble_stays_where_its_cache_now_is() {
    let mut scene = Scene::new(parts());
    assert_eq!(scene.serve(Some("a"), NOW), "s1 big");
    scene.fail(Some("a"), &failure(FailureClass::Transient, None), NOW + 1);
    assert_eq!(scene.serve(Some("a"), NOW + 2), "s2 big");
    assert_eq!(scene.serve(Some("a"), NOW + MINUTE), "s2 big");
    assert_eq!(scene.serve(Some("new"), NOW + MINUTE), "s1 big");
}

#[test]
fn a_session_moved_by_spent_quota_goes_home_at_the_reset() {
    let mut scene = Scene::new(parts());
    assert_eq!(scene.serve(Some("a"), NOW), "s1 big");
    scene.read(window("s1", "5h", 100, NOW + 30 * MINUTE, NOW));
    assert_eq!(scene.serve(Some("a"), NOW + 1), "s2 big");
    assert_eq!(scene.serve(Some("begun meanwhile"), NOW + 1), "s2 big");
    assert_eq!(scene.serve(Some("a"), NOW + 30 * MINUTE), "s1 big");
    assert_eq!(scene.serve(Some("begun meanwhile"), NOW + 30 * MINUTE), "s1 big");
    assert_eq!(scene.serve(Some("a"), NOW + 31 * MINUTE), "s1 big");
}

#[test]
fn a_session_does_not_stay_where_it_costs_money_longer_than_it_must() {
    let mut parts = parts();
    parts.combos = vec![Combo::listed("all", &["free/big", "paid/big"])];
    let mut scene = Scene::new(parts);
    assert_eq!(scene.serve(Some("a"), NOW), "f1 big");
    scene.fail(Some("a"), &failure(FailureClass::Transient, None), NOW + 1);
    assert_eq!(scene.serve(Some("a"), NOW + 2), "p1 big");
    assert_eq!(scene.serve(Some("a"), NOW + MINUTE), "f1 big");
}

fn kinds(notices: &[Notice]) -> Vec<String> {
    let kind = |notice| serde_json::to_value(notice).unwrap()["type"].as_str().unwrap().to_owned();
    notices.iter().map(kind).collect()
}

#[test]
fn each_crossing_is_told_once_a_window_and_the_worst_speaks_for_all() {
    let mut scene = Scene::new(parts());
    let mut read = |percent, minute| {
        let read = window("s1", "5h", percent, NOW + 4 * HOUR, NOW + minute * MINUTE);
        kinds(&scene.read(read).notices)
    };
    assert!(read(50, 0).is_empty());
    assert_eq!(read(97, 1), ["quota.low"]);
    assert!(read(98, 2).is_empty());
    assert!(read(85, 3).is_empty(), "a rolling window wavers");
    assert!(read(96, 4).is_empty());
    assert_eq!(read(100, 5), ["quota.spent"]);
    assert!(read(100, 6).is_empty());
    let reset = scene.core.passed(NOW + 4 * HOUR);
    assert_eq!(kinds(&reset.notices), ["quota.reset"]);
    assert!(scene.core.passed(NOW + 5 * HOUR).notices.is_empty());
    let next = window("s1", "5h", 85, NOW + 9 * HOUR, NOW + 5 * HOUR);
    assert_eq!(kinds(&scene.read(next).notices), ["quota.low"], "the next window speaks again");
}

#[test]
fn what_was_told_is_not_told_again_after_a_restart() {
    let mut scene = Scene::new(parts());
    scene.read(window("s1", "5h", 100, NOW + HOUR, NOW));
    let kept = serde_json::to_string(scene.core.notices()).unwrap();
    let mut again = Scene::new(parts());
    again.core = switchyard_routing::Core::new(
        again.core.snapshot().clone(),
        serde_json::from_str(&kept).unwrap(),
    );
    assert!(again.read(window("s1", "5h", 100, NOW + HOUR, NOW + 1)).notices.is_empty());
    assert_eq!(kinds(&again.core.passed(NOW + HOUR).notices), ["quota.reset"]);
}

#[test]
fn a_newer_version_is_told_once_however_long_it_is_left_alone() {
    let mut scene = Scene::new(parts());
    assert_eq!(kinds(&scene.core.update_found("2.0.0").notices), ["update"]);
    scene.core.passed(NOW + 400 * DAY);
    assert!(scene.core.update_found("2.0.0").notices.is_empty());
    assert_eq!(kinds(&scene.core.update_found("2.0.1").notices), ["update"]);
}

#[test]
fn falling_over_is_told_once_and_so_is_the_return() {
    let mut scene = Scene::new(parts());
    let spent = scene.fail(None, &failure(FailureClass::Quota, Some(NOW + HOUR)), NOW);
    assert_eq!(kinds(&spent.notices), ["quota.spent"]);
    let (_, first) = scene.serve_all(None, NOW + 1);
    assert_eq!(kinds(&first.notices), ["fell_over"]);
    let Notice::FellOver { from, to, until, .. } = &first.notices[0] else { panic!() };
    assert_eq!((from, to), (&place("s1", "big"), &place("s2", "big")));
    assert_eq!(*until, Some(NOW + HOUR));
    assert!(scene.serve_all(None, NOW + 2).1.notices.is_empty());
    let (by, back) = scene.serve_all(None, NOW + HOUR);
    assert_eq!((by.as_str(), kinds(&back.notices)), ("s1 big", vec!["recovered".to_owned()]));
    assert!(scene.serve_all(None, NOW + HOUR + 1).1.notices.is_empty());
}

#[test]
fn a_dead_login_is_told_once_until_it_works_again() {
    let mut scene = Scene::new(parts());
    let dead = failure(FailureClass::SignIn, None);
    assert_eq!(kinds(&scene.fail(None, &dead, NOW).notices), ["signin.needed"]);
    scene.core.clear(&AccountId::new("s1"), None);
    assert!(scene.fail(None, &dead, NOW + 1).notices.is_empty());
    scene.core.clear(&AccountId::new("s1"), None);
    scene.serve(None, NOW + 2);
    assert_eq!(kinds(&scene.fail(None, &dead, NOW + 3).notices), ["signin.needed"]);
}

#[test]
fn a_forecast_needs_readings_and_tells_how_sure_it_is() {
    let mut scene = Scene::new(parts());
    let reset = NOW + 5 * HOUR;
    let read = |scene: &mut Scene, step: u32| {
        let now = NOW + i64::from(step) * 10 * MINUTE;
        scene.read(window("s1", "5h", 10 * step, reset, now));
        foretold(scene, "s1", now)
    };
    for step in 0..=3 {
        assert_eq!(read(&mut scene, step), Forecast::Unknown);
    }
    let runs_out = read(&mut scene, 4);
    let at = NOW + 100 * MINUTE;
    assert_eq!(runs_out, Forecast::RunsOut { at, earliest: at, latest: Some(at) });
    let slow = window("s2", "5h", 1, reset, NOW);
    for minute in [0, 10, 20, 30, 40, 50] {
        let mut read = slow.clone();
        read.used = Some(Share::of(100 + u32::try_from(minute).unwrap()));
        read.observed_at = NOW + minute * MINUTE;
        scene.read(read);
    }
    assert_eq!(foretold(&scene, "s2", NOW + 50 * MINUTE), Forecast::Lasts);
}

fn foretold(scene: &Scene, account: &str, now: i64) -> Forecast {
    scene.core.snapshot().quotas().of(&AccountId::new(account))[0].forecast(now)
}

/// Reads a weekly window each so many minutes for so many, at so many hundredths of a percent a minute.
fn work(scene: &mut Scene, from: i64, minutes: i64, pace: u32) {
    let known = scene.core.snapshot().quotas().of(&AccountId::new("s1")).first();
    let begun = known.and_then(|kept| kept.window.used).unwrap_or_default().hundredths();
    for minute in (0..=minutes).step_by(2) {
        let mut read = window("s1", "7d", 0, NOW + 100 * HOUR, from + minute * MINUTE);
        read.used = Some(Share::of(begun + pace * u32::try_from(minute).unwrap()));
        scene.read(read);
    }
}

#[test]
fn a_busy_hour_does_not_push_the_day_out() {
    let mut scene = Scene::new(parts());
    work(&mut scene, NOW, 8 * 60, 4);
    work(&mut scene, NOW + 8 * HOUR, 60, 20);
    // At the hour's pace what is left lasts six hours, at that of the eight before twenty-eight.
    let Forecast::RunsOut { at, earliest, .. } = foretold(&scene, "s1", NOW + 9 * HOUR) else {
        panic!("it runs out");
    };
    assert!(at > NOW + 9 * HOUR + 18 * HOUR, "{}", (at - NOW) / HOUR);
    assert!(earliest < at);
}

#[test]
fn of_yesterday_and_of_hours_without_a_reading_nothing_is_foretold() {
    let mut scene = Scene::new(parts());
    work(&mut scene, NOW, 60, 10);
    assert!(!foretold(&scene, "s1", NOW + 2 * HOUR).is_unknown());
    assert!(foretold(&scene, "s1", NOW + 2 * HOUR + MINUTE).is_unknown());
    let mut later = window("s1", "7d", 0, NOW + 100 * HOUR, NOW + 26 * HOUR);
    later.used = Some(Share::of(700));
    scene.read(later);
    assert!(foretold(&scene, "s1", NOW + 26 * HOUR).is_unknown(), "one reading is no pace");
}

#[test]
fn a_reading_that_wavers_keeps_the_pace_and_a_new_run_forgets_it() {
    let mut scene = Scene::new(parts());
    work(&mut scene, NOW, 60, 10);
    let now = NOW + HOUR + MINUTE;
    let mut lower = window("s1", "7d", 0, NOW + 100 * HOUR, now);
    lower.used = Some(Share::of(550));
    scene.read(lower);
    assert!(!foretold(&scene, "s1", now).is_unknown());
    scene.read(window("s1", "7d", 7, NOW + 200 * HOUR, now + MINUTE));
    assert!(foretold(&scene, "s1", now + MINUTE).is_unknown());
}
