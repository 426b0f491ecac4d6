//! What may be spent, and what happens then.

use crate::scene::*;
use proptest::prelude::*;
use switchyard_routing::{
    Ask, Budget, BudgetOf, Combo, Limit, Notice, Offset, Period, SkipReason, SnapshotParts,
    Spending, Strictness,
};
use switchyard_types::{Dialect, KeyId};

fn budget(of: BudgetOf, limit: Limit) -> Budget {
    let strictness = Strictness::Hard;
    Budget { id: "purse".to_owned(), of, period: Period::Day, limit, strictness }
}

fn with(budget: Budget) -> Scene {
    Scene::new(SnapshotParts { budgets: vec![budget], ..parts() })
}

fn spend(scene: &mut Scene, money: i64, at: i64) {
    scene.core.spent("purse", Spending { money, tokens: 1_000 }, at);
}

#[test]
fn a_spent_budget_passes_over_what_costs_money_until_it_starts_over() {
    let mut scene = with(budget(BudgetOf::All, Limit::Money(5_000)));
    spend(&mut scene, 5_000, NOW + HOUR);
    let plan = scene.plan("all", NOW + HOUR);
    assert_eq!(accounts(&plan), ["s1", "s2", "f1"]);
    assert_eq!(plan.skipped[0].reason, SkipReason::OverBudget { budget: "purse".to_owned() });
    assert_eq!(plan.skipped[0].until, Some(NOW + DAY));
    assert_eq!(accounts(&scene.plan("all", NOW + DAY)).len(), 4);
}

#[test]
fn a_budget_of_tokens_counts_whoever_answers() {
    let mut scene = with(budget(BudgetOf::All, Limit::Tokens(1_000)));
    spend(&mut scene, 0, NOW);
    assert!(scene.plan("all", NOW).candidates.is_empty());
}

#[test]
fn a_budget_starts_over_at_local_midnight() {
    let mut scene = with(budget(BudgetOf::All, Limit::Money(5_000)));
    scene.core.set_offset(Offset::from_minutes(-300));
    spend(&mut scene, 5_000, NOW);
    assert_eq!(accounts(&scene.plan("all", NOW + 4 * HOUR)).len(), 3);
    assert_eq!(accounts(&scene.plan("all", NOW + 5 * HOUR)).len(), 4);
}

#[test]
fn budgets_of_an_account_a_combo_a_key_and_an_entry_reach_no_further() {
    let money = Limit::Money(100);
    let of_account = budget(BudgetOf::Account { account: place("p1", "").account }, money);
    let mut scene = with(of_account);
    spend(&mut scene, 100, NOW);
    assert!(!accounts(&scene.plan("all", NOW)).contains(&"p1"));
    assert!(!accounts(&scene.plan("paid/big", NOW)).contains(&"p1"));

    let mut scene = with(budget(BudgetOf::Combo { name: "all".to_owned() }, money));
    spend(&mut scene, 100, NOW);
    assert!(!accounts(&scene.plan("all", NOW)).contains(&"p1"));
    assert!(accounts(&scene.plan("paid/big", NOW)).contains(&"p1"));

    let key = KeyId::new("key_1");
    let mut scene = with(budget(BudgetOf::Client { key: key.clone() }, money));
    spend(&mut scene, 100, NOW);
    let ask = Ask { client: Some(&key), ..Ask::new("all", &[Dialect::Chat]) };
    assert!(!accounts(&scene.core.foresee(&ask, NOW).unwrap()).contains(&"p1"));
    assert!(accounts(&scene.plan("all", NOW)).contains(&"p1"));

    let mut combo = Combo::listed("all", &["paid/big", "paid/small"]);
    combo.entries[0].budget = Some((Period::Month, money));
    let mut scene = Scene::new(SnapshotParts { combos: vec![combo], ..parts() });
    scene.core.spent("all: paid/big", Spending { money: 100, tokens: 0 }, NOW);
    assert_eq!(order(&scene.plan("all", NOW)), ["p1 small"]);
}

#[test]
fn a_soft_budget_is_told_and_passes_over_nobody() {
    let soft =
        Budget { strictness: Strictness::Soft, ..budget(BudgetOf::All, Limit::Tokens(2_000)) };
    let mut scene = with(soft);
    let mut told = Vec::new();
    for n in 0..4 {
        let (request, plan) = scene.ask(None, NOW + n);
        scene.core.trying(&request, &plan.candidates[0], NOW + n).unwrap();
        told.extend(scene.core.ended(&request, Some(usage(800, 0)), None, NOW + n).notices);
    }
    assert!(
        matches!(&told[..], [Notice::BudgetLow { .. }, Notice::BudgetSpent { .. }]),
        "{told:?}"
    );
}

#[test]
fn a_plan_made_before_others_spent_the_budget_is_checked_again() {
    let mut scene = with(budget(BudgetOf::All, Limit::Money(100)));
    let paid = |plan: &switchyard_routing::Plan| {
        plan.candidates.iter().find(|c| c.vendor == "paid").unwrap().clone()
    };
    let (one, plan_one) = scene.ask(None, NOW);
    let (two, plan_two) = scene.ask(None, NOW);
    scene.core.trying(&one, &paid(&plan_one), NOW).unwrap();
    let denied = scene.core.trying(&two, &paid(&plan_two), NOW).unwrap_err();
    assert_eq!(denied.reason, SkipReason::OverBudget { budget: "purse".to_owned() });
    scene.core.ended(&one, None, Some(0), NOW);
    scene.core.trying(&two, &paid(&plan_two), NOW).expect("what was set aside was given back");
}

#[test]
fn an_answer_that_broke_off_has_spent_what_it_used() {
    let mut scene = with(budget(BudgetOf::All, Limit::Money(100)));
    let (request, plan) = scene.ask(None, NOW);
    let paid = plan.candidates.iter().find(|c| c.vendor == "paid").unwrap();
    scene.core.trying(&request, paid, NOW).unwrap();
    let cut = failure(switchyard_types::FailureClass::ContentPolicy, None);
    scene.core.failed(&request, &paid.place(), &cut, 0, NOW);
    scene.core.ended(&request, Some(usage(10, 10)), Some(100), NOW);
    assert!(!accounts(&scene.plan("all", NOW)).contains(&"p1"));
}

proptest! {
    /// Requests come and go; each costs what it costs. However they overlap, what is spent passes the
    /// limit by no more than what the requests under way at that moment cost beyond what was set aside
    /// for them, and by one request.
    #[test]
    fn budgets_never_overshoot_past_the_bound(
        costs in proptest::collection::vec((0_i64..400, 0_usize..6, any::<bool>()), 1..80),
    ) {
        let limit = 1_000;
        let mut parts = parts();
        parts.vendors[1].models[0].price = Some(switchyard_types::Price { input: 0, output: 0, cache_read: 0, cache_write: 0 });
        parts.combos = vec![Combo::listed("all", &["paid/big"])];
        parts.budgets = vec![budget(BudgetOf::All, Limit::Money(limit))];
        let mut scene = Scene::new(parts);
        let mut under_way: Vec<(switchyard_types::RequestId, i64)> = Vec::new();
        let mut spent = 0;
        let mut most_at_once = 0;
        for (cost, end, ends_first) in costs {
            if ends_first && !under_way.is_empty() {
                let (request, cost) = under_way.remove(end % under_way.len());
                scene.core.ended(&request, None, Some(cost), NOW);
                spent += cost;
            }
            let (request, plan) = scene.ask(None, NOW);
            let Some(candidate) = plan.candidates.first() else {
                scene.core.ended(&request, None, None, NOW);
                continue;
            };
            prop_assert!(spent < limit);
            if scene.core.trying(&request, candidate, NOW).is_ok() {
                under_way.push((request, cost));
                most_at_once = most_at_once.max(under_way.len());
            }
        }
        for (request, cost) in under_way {
            scene.core.ended(&request, None, Some(cost), NOW);
            spent += cost;
        }
        let bound = limit + i64::try_from(most_at_once).unwrap() * 400;
        prop_assert!(spent <= bound, "{spent} past {bound}");
        prop_assert_eq!(scene.core.desk().under_way(), 0);
    }

    /// Where what is set aside is what is spent, no more than one request passes the limit.
    #[test]
    fn an_expected_cost_is_overshot_by_one_request_only(at_once in 1_usize..60, tokens in 1_u64..5_000) {
        let each = 1_000 * (i64::try_from(tokens).unwrap() + 5_000);
        let limit = 10 * each + each / 2;
        let mut parts = parts();
        parts.combos = vec![Combo::listed("all", &["paid/small"])];
        parts.budgets = vec![budget(BudgetOf::All, Limit::Money(limit))];
        let mut scene = Scene::new(parts);
        let mut admitted = 0;
        for _ in 0..at_once {
            let request = scene.request();
            let needs = switchyard_routing::Needs { tokens: Some(tokens), ..Default::default() };
            let ask = Ask { needs, ..Ask::new("all", &[Dialect::Chat]) };
            let plan = scene.core.ask(&request, &ask, &[], NOW).unwrap();
            let Some(candidate) = plan.candidates.first() else { continue };
            admitted += i64::from(scene.core.trying(&request, candidate, NOW).is_ok());
        }
        prop_assert!(admitted * each <= limit + each);
        prop_assert_eq!(admitted, i64::try_from(at_once).unwrap().min(11));
    }
}
