#![cfg(test)]
//! Whom to ask, in what order, and whom not.

use proptest::prelude::*;
use switchyard_routing::{
    AccountFacts, AccountOrder, Ask, Combo, Desk, Lock, LockTable, Plan, PlanError, SkipReason,
    Snapshot, SnapshotParts, VendorFacts, plan, soonest,
};
use switchyard_types::{AccountId, CandidateState, Dialect, FailureClass, SkippedView, Tier};

const NOW: i64 = 1_000_000_000;

fn vendor(id: &str, prefix: &str, dialects: &[Dialect]) -> VendorFacts {
    let prefixes = vec![prefix.to_owned()];
    VendorFacts {
        id: id.to_owned(),
        prefixes,
        dialects: dialects.to_vec(),
        usable: true,
        tier: Tier::Cheap,
        models: Vec::new(),
        accounts: AccountOrder::FillFirst,
    }
}

fn account(id: &str, vendor: &str, priority: i64) -> AccountFacts {
    AccountFacts {
        id: AccountId::new(id),
        name: format!("name of {id}"),
        vendor: vendor.to_owned(),
        enabled: true,
        priority,
        leave_at: None,
    }
}

fn lock(account: &str, model: Option<&str>, until: i64) -> Lock {
    Lock {
        account: AccountId::new(account),
        model: model.map(str::to_owned),
        class: FailureClass::Quota,
        message: "come back tomorrow".to_owned(),
        since: NOW - 10,
        until,
        from_vendor: true,
        step: 0,
    }
}

fn parts() -> SnapshotParts {
    use Dialect::{Chat, Messages, Responses};
    let mut old = vendor("old", "old", &[Chat]);
    old.usable = false;
    let mut off = account("acc_off", "glm", 0);
    off.enabled = false;
    SnapshotParts {
        vendors: vec![
            vendor("glm", "glm", &[Messages, Chat]),
            vendor("deepseek", "ds", &[Chat]),
            vendor("groq", "groq", &[Chat]),
            vendor("codex", "cx", &[Responses]),
            old,
        ],
        accounts: vec![
            account("acc_b", "glm", 1),
            off,
            account("acc_c", "glm", 2),
            account("acc_a", "glm", 1),
            account("acc_d", "deepseek", 5),
            account("acc_o", "old", 0),
            account("acc_x", "codex", 0),
        ],
        combos: vec![
            Combo::listed("coding", &["glm/glm-5", "ds/deepseek-flash"]),
            Combo::listed("cheap[fast]", &["ds/deepseek-flash"]),
            Combo::listed::<&str>("empty", &[]),
            Combo::listed(
                "mixed",
                &["groq/x", "old/x", "nobody/x", "empty", "gone", "cx/y", "ds/z", "deepseek/z"],
            ),
            Combo::listed("both", &["ds/combo"]),
        ],
        aliases: vec![
            ("sonnet".to_owned(), "coding".to_owned()),
            ("opus".to_owned(), "sonnet".to_owned()),
            ("fast".to_owned(), "ds/deepseek-flash".to_owned()),
            ("both".to_owned(), "ds/alias".to_owned()),
            ("round".to_owned(), "about".to_owned()),
            ("about".to_owned(), "round".to_owned()),
            ("self".to_owned(), "self".to_owned()),
            ("lost".to_owned(), "codign".to_owned()),
            ("auto-ish".to_owned(), "auto".to_owned()),
        ],
        active_combo: Some("coding".to_owned()),
        ..SnapshotParts::default()
    }
}

fn plan_of(
    snapshot: &Snapshot,
    model: &str,
    speaks: &[Dialect],
    now: i64,
) -> Result<Plan, PlanError> {
    plan(snapshot, &Desk::default(), &Ask::new(model, speaks), now)
}

fn ask_of(parts: SnapshotParts, model: &str) -> Result<Plan, PlanError> {
    plan_of(&Snapshot::new(parts), model, &[Dialect::Messages, Dialect::Chat], NOW)
}

fn ask(model: &str) -> Result<Plan, PlanError> {
    ask_of(parts(), model)
}

fn tried(plan: &Plan) -> Vec<String> {
    plan.candidates.iter().map(|c| format!("{} {}", c.account, c.model)).collect()
}

const CODING: [&str; 4] = ["acc_a glm-5", "acc_b glm-5", "acc_c glm-5", "acc_d deepseek-flash"];

#[test]
fn a_combo_is_tried_in_order_and_accounts_by_priority_then_id() {
    let plan = ask("coding").unwrap();
    assert_eq!(tried(&plan), CODING);
    assert_eq!(plan.combo.as_deref(), Some("coding"));
    let first = &plan.candidates[0];
    assert_eq!((first.vendor.as_str(), first.account_name.as_str()), ("glm", "name of acc_a"));
}

#[test]
fn the_dialect_is_the_clients_best_that_the_vendor_has() {
    let plan = ask("coding").unwrap();
    assert_eq!(plan.candidates[0].dialect, Dialect::Messages);
    assert_eq!(plan.candidates[3].dialect, Dialect::Chat);
}

#[test]
fn names_are_followed() {
    for (name, combo, first) in [
        ("auto", Some("coding"), "acc_a glm-5"),
        ("auto[1m]", Some("coding"), "acc_a glm-5"),
        ("coding[1m]", Some("coding"), "acc_a glm-5"),
        ("sonnet", Some("coding"), "acc_a glm-5"),
        ("opus", Some("coding"), "acc_a glm-5"),
        ("opus[1m]", Some("coding"), "acc_a glm-5"),
        ("auto-ish", Some("coding"), "acc_a glm-5"),
        ("fast", None, "acc_d deepseek-flash"),
        ("both", Some("both"), "acc_d combo"),
        ("cheap[fast]", Some("cheap[fast]"), "acc_d deepseek-flash"),
        ("ds/unlisted", None, "acc_d unlisted"),
        ("deepseek/unlisted", None, "acc_d unlisted"),
        ("ds/with/more/slashes", None, "acc_d with/more/slashes"),
        ("glm/glm-5[1m]", None, "acc_a glm-5[1m]"),
    ] {
        let plan = ask(name).unwrap();
        assert_eq!(plan.combo.as_deref(), combo, "{name}");
        assert_eq!(tried(&plan)[0], first, "{name}");
    }
}

#[test]
fn what_cannot_be_followed_says_what_to_do() {
    for (name, hint) in [
        ("codign", "Did you mean “coding”?"),
        ("claude-sonnet-5", "make an alias"),
        ("", "make an alias"),
        ("gpt-5", "make an alias"),
        ("glm", "make an alias"),
        ("glm/", "not known"),
        ("/x", "not known"),
        ("[1m]", "not known"),
        ("glmm/x", "Did you mean “glm”?"),
        ("somebody/x", "Vendors page"),
        ("empty", "Add a model to it"),
        ("round", "leads back to itself"),
        ("self", "leads back to itself"),
        ("lost", "Did you mean “coding”?"),
    ] {
        let error = ask(name).expect_err(name).to_string();
        assert!(error.contains(hint), "{name}: {error}");
    }
}

#[test]
fn auto_needs_an_active_combo_that_exists() {
    let none = SnapshotParts { active_combo: None, ..parts() };
    assert_eq!(ask_of(none, "auto"), Err(PlanError::NoActiveCombo));
    let gone = SnapshotParts { active_combo: Some("gone".to_owned()), ..parts() };
    assert_eq!(ask_of(gone, "auto"), Err(PlanError::ActiveComboGone { name: "gone".to_owned() }));
}

#[test]
fn every_candidate_passed_over_says_why() {
    let plan = ask("mixed").unwrap();
    assert_eq!(tried(&plan), ["acc_d z"], "two prefixes of one vendor are one candidate");
    let skipped: Vec<String> =
        plan.skipped.iter().map(|s| format!("{}: {}", s.model, s.reason)).collect();
    assert_eq!(
        skipped,
        [
            "groq/x: No account for groq. Add one first.",
            "old/x: old is no longer offered.",
            "nobody/x: “nobody” names no vendor. Correct the combo, or add that vendor.",
            "empty: the combo “empty” is empty.",
            "gone: “gone” names no vendor. Correct the combo, or add that vendor.",
            "cx/y: codex cannot serve this kind of request; it speaks only responses.",
        ]
    );
}

#[test]
fn an_account_that_is_off_is_named() {
    let plan = ask("glm/x").unwrap();
    assert_eq!(plan.skipped.len(), 1);
    assert_eq!(plan.skipped[0].account, Some(AccountId::new("acc_off")));
    assert_eq!(plan.skipped[0].reason.to_string(), "name of acc_off is switched off.");
}

#[test]
fn a_locked_account_is_passed_over_until_its_lock_opens() {
    let locks: LockTable = [lock("acc_a", Some("glm-5"), NOW + 50), lock("acc_c", None, NOW + 70)]
        .into_iter()
        .collect();
    let snapshot = Snapshot::new(SnapshotParts { locks, ..parts() });
    let at = |model: &str, now| plan_of(&snapshot, model, &[Dialect::Chat], now).unwrap();
    let plan_now = at("coding", NOW);
    assert_eq!(tried(&plan_now), ["acc_b glm-5", "acc_d deepseek-flash"]);
    let locked: Vec<_> = plan_now.skipped.iter().filter(|s| s.until.is_some()).collect();
    assert_eq!(locked.len(), 2);
    assert_eq!(
        locked[0].reason.to_string(),
        "name of acc_a: its quota is spent (come back tomorrow)"
    );
    assert_eq!(soonest(&plan_now.skipped, []), Some(NOW + 50));
    assert_eq!(tried(&at("coding", NOW + 50)).len(), 3);
    assert_eq!(tried(&at("coding", NOW + 70)), CODING);
    assert_eq!(tried(&at("glm/glm-4", NOW)), ["acc_a glm-4", "acc_b glm-4"]);
}

#[test]
fn new_locks_leave_the_old_snapshot_as_it_was() {
    let old = Snapshot::new(parts());
    let new = old.with_locks(old.locks().with(lock("acc_a", None, NOW + 50)));
    let count =
        |snapshot| plan_of(snapshot, "glm/x", &[Dialect::Chat], NOW).unwrap().candidates.len();
    assert_eq!((count(&old), count(&new)), (3, 2));
}

#[test]
fn the_soonest_time_counts_what_just_failed() {
    assert_eq!(soonest(&[], [None, Some(7), Some(5)]), Some(5));
    assert_eq!(soonest(&[], [None]), None);
}

#[test]
fn the_dashboard_sees_what_would_happen_now() {
    let locks: LockTable = ["acc_a", "acc_b", "acc_c"]
        .into_iter()
        .zip([90, 40, 60])
        .map(|(id, left)| lock(id, None, NOW + left))
        .collect();
    let snapshot = Snapshot::new(SnapshotParts { locks, ..parts() });
    let state = |model: &str| snapshot.candidate_view(model, NOW).state;
    assert_eq!(state("ds/x"), CandidateState::Clear);
    assert_eq!(state("groq/x"), CandidateState::NoAccount);
    assert_eq!(state("old/x"), CandidateState::Unknown);
    assert_eq!(state("nobody/x"), CandidateState::Unknown);
    assert_eq!(state("gone"), CandidateState::Unknown);
    assert_eq!(state("coding"), CandidateState::Clear, "its other model is");
    let CandidateState::Locked { lock } = state("glm/x") else { panic!("not locked") };
    assert_eq!((lock.account.as_str(), lock.until), ("acc_b", NOW + 40));
    assert_eq!(snapshot.candidate_view("ds/x", NOW).vendor.as_deref(), Some("deepseek"));
}

#[test]
fn the_trace_keeps_the_sentence_and_the_time() {
    let locks: LockTable = [lock("acc_d", None, NOW + 5)].into_iter().collect();
    let plan = ask_of(SnapshotParts { locks, ..parts() }, "ds/x").unwrap();
    assert!(matches!(
        plan.skipped[0].reason,
        SkipReason::Locked { class: FailureClass::Quota, .. }
    ));
    let view = SkippedView::from(&plan.skipped[0]);
    assert_eq!((view.model.as_str(), view.until), ("ds/x", Some(NOW + 5)));
    assert!(view.reason.contains("quota"));
}

proptest! {
    #[test]
    fn a_plan_keeps_order_and_holds_nothing_locked(
        priorities in proptest::collection::vec(-2_i64..3, 6),
        locked in proptest::collection::vec((0_usize..6, 0_usize..4, -50_i64..50), 0..12),
        order in proptest::sample::subsequence(vec!["v0/m0", "v1/m1", "v0/m2", "v1/m0"], 1..=4),
    ) {
        let parts = SnapshotParts {
            vendors: vec![vendor("v0", "v0", &[Dialect::Chat]), vendor("v1", "v1", &[Dialect::Chat])],
            accounts: priorities.iter().enumerate()
                .map(|(n, p)| account(&format!("a{n}"), &format!("v{}", n % 2), *p)).collect(),
            combos: vec![Combo::listed("c", &order)],
            locks: locked.iter().map(|(account, model, left)| {
                let model = format!("m{model}");
                lock(&format!("a{account}"), (model != "m3").then_some(model.as_str()), NOW + left)
            }).collect(),
            ..SnapshotParts::default()
        };
        let snapshot = Snapshot::new(parts);
        let made = plan_of(&snapshot, "c", &[Dialect::Chat], NOW).unwrap();
        // Where in the order a candidate belongs: its model's place, its priority, its id.
        let place = |candidate: &switchyard_routing::Candidate| {
            let model = format!("{}/{}", candidate.vendor, candidate.model);
            let number: usize = candidate.account.as_str().trim_start_matches('a').parse().unwrap();
            (order.iter().position(|name| *name == model).unwrap(), priorities[number], number)
        };
        prop_assert!(made.candidates.iter().map(place).is_sorted());
        for candidate in &made.candidates {
            prop_assert!(snapshot.locks().get(&candidate.account, &candidate.model, NOW).is_none());
        }
        prop_assert_eq!(made.candidates.len() + made.skipped.len(), order.len() * 3);
        prop_assert!(made.skipped.iter().all(|skipped| skipped.until.is_some_and(|until| until > NOW)));
    }

    #[test]
    fn no_name_is_a_panic(model in "\\PC{0,80}") {
        let _ = ask(&model);
    }
}
