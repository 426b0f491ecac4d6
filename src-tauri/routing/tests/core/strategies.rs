//! In which order a combo's entries and a vendor's accounts are asked.

use crate::scene::*;
use switchyard_routing::{
    Ability, AccountOrder, Combo, ComboEntry, Conditions, Grouping, Hours, Needs, Offset,
    PlanError, Rule, RuleOf, Skill, SkipReason, SnapshotParts, Standing, Strategy, Target, Want,
    combo_cycle,
};
use switchyard_types::{AccountId, Dialect, FailureClass, KeyId, Tier};

fn with(combo: Combo) -> Scene {
    Scene::new(SnapshotParts { combos: vec![combo], ..parts() })
}

#[test]
fn a_combo_may_hold_combos_accounts_and_aliases() {
    let bound = ComboEntry {
        target: Target::Account { account: AccountId::new("s2"), model: "small".to_owned() },
        ..entry("")
    };
    let mut outer = Combo::listed("all", &["inner", "nickname"]);
    outer.entries.insert(0, bound);
    let scene = Scene::new(SnapshotParts {
        combos: vec![outer, Combo::listed("inner", &["free/big", "sub/big"])],
        aliases: vec![("nickname".to_owned(), "paid/small".to_owned())],
        ..parts()
    });
    let plan = scene.plan("all", NOW);
    assert_eq!(order(&plan), ["s2 small", "f1 big", "s1 big", "s2 big", "p1 small"]);
}

#[test]
fn a_star_stands_for_the_model_asked_for_or_for_every_vendor() {
    let asked = Scene::new(SnapshotParts {
        combos: vec![Combo::listed("all", &["paid/*", "free/*"])],
        rules: vec![Rule {
            of: RuleOf::Path { name: "p".to_owned() },
            combo: Some("all".to_owned()),
            models: Vec::new(),
            mapping: Vec::new(),
            per_minute: None,
        }],
        ..parts()
    });
    let ask = |model| switchyard_routing::Ask {
        path: Some("p"),
        ..switchyard_routing::Ask::new(model, &[Dialect::Chat])
    };
    assert_eq!(order(&asked.core.foresee(&ask("small"), NOW).unwrap()), ["p1 small", "f1 small"]);
    assert_eq!(order(&asked.core.foresee(&ask("small[1m]"), NOW).unwrap())[0], "p1 small");
    let none = asked.core.foresee(&ask("huge"), NOW).unwrap();
    assert!(matches!(none.skipped[0].reason, SkipReason::NoSuchModel { .. }));
    let everywhere = with(Combo::listed("all", &["*/small"]));
    assert_eq!(
        order(&everywhere.plan("all", NOW)),
        ["s1 small", "s2 small", "p1 small", "f1 small"]
    );
}

#[test]
fn a_cycle_is_named_and_never_hangs_a_request() {
    let combos = vec![
        Combo::listed("a", &["b", "sub/big"]),
        Combo::listed("b", &["nick"]),
        Combo::listed("c", &["a"]),
    ];
    let aliases = vec![("nick".to_owned(), "a".to_owned())];
    assert_eq!(combo_cycle(&combos, &aliases).unwrap(), ["a", "b", "a"]);
    assert_eq!(combo_cycle(&combos[..1], &aliases), None);
    let scene = Scene::new(SnapshotParts { combos, aliases, ..parts() });
    let plan = scene.plan("c", NOW);
    assert_eq!(order(&plan), ["s1 big", "s2 big"]);
    assert!(plan.skipped.iter().any(|s| matches!(s.reason, SkipReason::ComboCycle { .. })));
}

#[test]
fn round_robin_gives_each_entry_its_requests_in_a_row() {
    let strategy = Strategy::RoundRobin { sticky: 2 };
    let mut scene = with(by(strategy, &["sub/big", "paid/big", "free/big"]));
    let row: Vec<String> = (0..8).map(|n| scene.serve(None, NOW + n)).collect();
    assert_eq!(
        row,
        ["s1 big", "s1 big", "p1 big", "p1 big", "f1 big", "f1 big", "s1 big", "s1 big"]
    );
}

#[test]
fn round_robin_passes_by_what_cannot_serve() {
    let mut scene = with(by(Strategy::RoundRobin { sticky: 1 }, &["paid/big", "free/big"]));
    scene.fail(None, &failure(FailureClass::Quota, Some(NOW + HOUR)), NOW);
    let row: Vec<String> = (1..4).map(|n| scene.serve(None, NOW + n)).collect();
    assert_eq!(row, ["f1 big", "f1 big", "f1 big"]);
}

#[test]
fn weights_are_met_and_nothing_comes_last() {
    let mut combo = by(Strategy::Weighted, &["sub/big", "paid/big", "free/big"]);
    combo.entries[0].weight = 3;
    combo.entries[2].weight = 0;
    let mut scene = with(combo);
    let row: Vec<String> = (0..8).map(|n| scene.serve(None, NOW + n)).collect();
    assert_eq!(row.iter().filter(|by| *by == "s1 big").count(), 6);
    assert_eq!(row.iter().filter(|by| *by == "p1 big").count(), 2);
    assert_eq!(order(&scene.plan("all", NOW + 9)).last().unwrap(), "f1 big");
}

#[test]
fn the_cheapest_able_one_is_asked_first() {
    let scene =
        with(by(Strategy::Cheapest, &["paid/big", "paid/small", "paid/unpriced", "free/big"]));
    assert_eq!(order(&scene.plan("all", NOW)), ["f1 big", "p1 small", "p1 big", "p1 unpriced"]);
    let long = Needs { tokens: Some(100_000), ..Needs::default() };
    let plan = scene.plan_with(long, NOW);
    assert_eq!(order(&plan), ["f1 big", "p1 big", "p1 unpriced", "p1 small"]);
    assert_eq!(plan.candidates[3].standing, Standing::TightContext);
}

#[test]
fn quota_that_would_expire_unused_is_used_first() {
    let mut scene = with(by(Strategy::MostQuotaLeft, &["paid/big", "sub/big"]));
    scene.read(window("s1", "weekly", 50, NOW + 6 * DAY, NOW));
    scene.read(window("s2", "weekly", 60, NOW + DAY, NOW));
    assert_eq!(accounts(&scene.plan("all", NOW)), ["s2", "s1", "p1"]);
}

#[test]
fn two_accounts_that_are_level_do_not_take_turns() {
    let mut scene = with(by(Strategy::MostQuotaLeft, &["sub/big"]));
    let mut used = [40, 40];
    let mut moves = 0;
    let mut last = String::new();
    for n in 0..20 {
        let now = NOW + n * MINUTE;
        for (account, used) in ["s1", "s2"].iter().zip(used) {
            scene.read(window(account, "weekly", used, NOW + 3 * DAY, now));
        }
        let by = scene.serve(None, now);
        used[usize::from(by.starts_with("s2"))] += 1;
        moves += usize::from(by != last);
        last = by;
    }
    assert!(moves <= 4, "{moves} moves");
    assert!(used[0].abs_diff(used[1]) <= 12, "{used:?}");
}

#[test]
fn the_fastest_is_found_by_asking_each_and_kept_until_another_is_clearly_faster() {
    let mut scene = with(by(Strategy::Fastest, &["sub/big", "free/big"]));
    let mut serve = |millis: [u64; 2], now| {
        let (request, plan) = scene.ask(None, now);
        let candidate = plan.candidates[0].clone();
        scene.core.trying(&request, &candidate, now).unwrap();
        let free = candidate.account.as_str() == "f1";
        scene.core.answered(&request, millis[usize::from(free)], now);
        scene.core.ended(&request, None, None, now);
        candidate.account.as_str().to_owned()
    };
    assert_eq!(serve([800, 400], NOW), "s1");
    assert_eq!(serve([800, 400], NOW + 1), "f1");
    assert_eq!(serve([800, 900], NOW + 2), "f1");
    assert_eq!(serve([800, 900], NOW + 3), "f1");
    let row: Vec<String> = (4..20).map(|n| serve([800, 2_000], NOW + n)).collect();
    assert_eq!(row.last().unwrap(), "s1", "{row:?}");
}

#[test]
fn tiers_group_what_the_strategy_orders() {
    let mut combo = by(Strategy::RoundRobin { sticky: 1 }, &["free/big", "paid/big", "sub/big"]);
    combo.grouping = Grouping::ByTier;
    let scene = with(combo);
    assert_eq!(accounts(&scene.plan("all", NOW)), ["s1", "s2", "p1", "f1"]);
}

#[test]
fn auto_is_everything_connected_by_tier_until_a_combo_is_active() {
    let mut parts = SnapshotParts { active_combo: None, combos: Vec::new(), ..parts() };
    parts.accounts[3].enabled = false;
    let scene = Scene::new(parts);
    assert_eq!(order(&scene.plan("auto", NOW)), ["s1 big", "s2 big", "p1 big"]);
}

#[test]
fn accounts_take_turns_or_the_least_used_goes_first() {
    let combo = |order| Combo { accounts: Some(order), ..Combo::listed("all", &["sub/big"]) };
    let mut turns = with(combo(AccountOrder::RoundRobin { sticky: 2 }));
    let row: Vec<String> = (0..5).map(|n| turns.serve(None, NOW + n)).collect();
    assert_eq!(row, ["s1 big", "s1 big", "s2 big", "s2 big", "s1 big"]);
    let mut least = with(combo(AccountOrder::LeastUsed));
    let (busy, plan) = least.ask(None, NOW);
    least.core.trying(&busy, &plan.candidates[0], NOW).unwrap();
    assert_eq!(least.serve(None, NOW), "s2 big", "s1 has a request under way");
    least.core.ended(&busy, Some(usage(50_000, 100)), None, NOW);
    assert_eq!(least.serve(None, NOW), "s2 big", "s1 has used more tokens");
    assert_eq!(least.serve(None, NOW + 3 * HOUR), "s1 big", "that was long ago");
}

#[test]
fn entries_take_only_the_requests_that_they_are_meant_for() {
    let mut combo = Combo::listed("all", &["sub/big", "paid/big", "free/big"]);
    combo.entries[0].conditions =
        Conditions { max_tokens: Some(10_000), images: Want::Without, ..Conditions::default() };
    combo.entries[1].conditions = Conditions { thinking: Want::With, ..Conditions::default() };
    let scene = with(combo);
    let needs =
        |tokens, images, thinking| Needs { tokens: Some(tokens), images, tools: false, thinking };
    let of = |needs| accounts(&scene.plan_with(needs, NOW)).join(" ");
    assert_eq!(of(needs(9_000, false, false)), "s1 s2 f1");
    assert_eq!(of(needs(11_000, false, true)), "p1 f1");
    assert_eq!(of(needs(9_000, true, false)), "f1");
    let reasons: Vec<String> = scene
        .plan_with(needs(11_000, false, false), NOW)
        .skipped
        .iter()
        .map(|skipped| skipped.reason.to_string())
        .collect();
    assert_eq!(
        reasons,
        [
            "the combo uses it only for prompts of up to 10000 tokens.",
            "the combo uses it only for requests with thinking.",
        ]
    );
}

#[test]
fn a_model_declared_unable_is_not_asked() {
    let mut parts = parts();
    parts.vendors[0].models[0].abilities.images = Ability::Unable;
    let scene = Scene::new(parts);
    let plan = scene.plan_with(Needs { images: true, ..Needs::default() }, NOW);
    assert_eq!(accounts(&plan), ["p1", "f1"]);
    assert_eq!(plan.skipped[0].reason, SkipReason::Unable { what: Skill::Images });
}

#[test]
fn hours_are_local() {
    let mut combo = Combo::listed("all", &["paid/big", "free/big"]);
    combo.entries[0].hours = Some(Hours { days: Hours::DAILY, from: 18 * 60, to: 22 * 60 });
    let mut scene = with(combo);
    let at = |scene: &Scene, hour| accounts(&scene.plan("all", NOW + hour * HOUR)).join(" ");
    assert_eq!(at(&scene, 17), "f1");
    assert_eq!(at(&scene, 18), "p1 f1");
    scene.core.set_offset(Offset::from_minutes(60));
    assert_eq!(at(&scene, 17), "p1 f1");
    let plan = scene.plan("all", NOW);
    assert_eq!(plan.skipped[0].until, Some(NOW + 17 * HOUR));
}

#[test]
fn a_key_and_a_path_can_be_bound() {
    let key = KeyId::new("key_1");
    let rule = |of, combo: Option<&str>| Rule {
        of,
        combo: combo.map(str::to_owned),
        models: Vec::new(),
        mapping: Vec::new(),
        per_minute: None,
    };
    let of_key = Rule {
        models: vec!["claude-*".to_owned(), "all".to_owned()],
        mapping: vec![
            ("claude-*".to_owned(), "paid/small".to_owned()),
            ("claude-opus-*".to_owned(), "sub/big".to_owned()),
        ],
        per_minute: Some(2),
        ..rule(RuleOf::Client { key: key.clone() }, None)
    };
    let of_path = rule(RuleOf::Path { name: "work".to_owned() }, Some("gratis"));
    let bound = KeyId::new("key_2");
    let of_bound = rule(RuleOf::Client { key: bound.clone() }, Some("thrifty"));
    let mut scene = Scene::new(SnapshotParts {
        combos: vec![
            parts().combos.remove(0),
            Combo::listed("gratis", &["free/big"]),
            Combo::listed("thrifty", &["paid/small"]),
        ],
        rules: vec![of_key, of_path, of_bound],
        ..parts()
    });
    let ask = |model, client, path| switchyard_routing::Ask {
        client,
        path,
        ..switchyard_routing::Ask::new(model, &[Dialect::Chat])
    };
    let first =
        |scene: &Scene, ask| scene.core.foresee(&ask, NOW).map(|plan| order(&plan)[0].clone());
    assert_eq!(first(&scene, ask("claude-opus-4-6", Some(&key), None)).unwrap(), "s1 big");
    assert_eq!(first(&scene, ask("claude-haiku-4", Some(&key), None)).unwrap(), "p1 small");
    assert_eq!(first(&scene, ask("whatever", None, Some("work"))).unwrap(), "f1 big");
    assert_eq!(first(&scene, ask("whatever", None, Some("gratis"))).unwrap(), "f1 big");
    let error = first(&scene, ask("gpt-5", Some(&key), None)).unwrap_err();
    assert!(matches!(error, PlanError::NotAllowed { .. }), "{error}");
    for client in [None, Some(&bound)] {
        let error = first(&scene, ask("all", client, Some("nowhere"))).unwrap_err();
        assert!(matches!(error, PlanError::UnknownPath { .. }), "{error}");
        assert!(scene.core.snapshot().permit(client, Some("nowhere")).is_err());
    }
    let near = first(&scene, ask("all", None, Some("grati"))).unwrap_err().to_string();
    assert!(near.contains("“grati” after /k/") && near.contains("mean “gratis”"), "{near}");
    assert_eq!(first(&scene, ask("all", Some(&bound), None)).unwrap(), "p1 small");
    let named = first(&scene, ask("all", Some(&bound), Some("gratis"))).unwrap();
    assert_eq!(named, "p1 small", "a combo in the address does not set a bound key free");
    for n in 0..2 {
        let request = scene.request();
        scene.core.ask(&request, &ask("all", Some(&key), None), &[], NOW + n).unwrap();
    }
    let until = NOW + MINUTE;
    let often = |now| scene.core.foresee(&ask("all", Some(&key), None), now);
    assert_eq!(often(NOW + 2), Err(PlanError::TooOften { most: 2, until }));
    assert!(often(until).is_ok());
}

#[test]
fn aliases_may_hold_a_star() {
    let scene = Scene::new(SnapshotParts {
        aliases: vec![
            ("claude-*".to_owned(), "all".to_owned()),
            ("claude-haiku-*".to_owned(), "free/*".to_owned()),
        ],
        ..parts()
    });
    assert_eq!(order(&scene.plan("claude-opus-4", NOW))[0], "s1 big");
    assert_eq!(order(&scene.plan("claude-haiku-small", NOW)), ["f1 small"]);
    assert_eq!(order(&scene.plan("claude-opus-4[1m]", NOW))[0], "s1 big");
}

#[test]
fn a_tier_is_the_best_of_each_connected_vendor() {
    let entries = vec![
        ComboEntry { target: Target::Tier { tier: Tier::Free }, ..entry("") },
        entry("paid/small"),
    ];
    let scene = with(Combo { entries, ..Combo::listed::<&str>("all", &[]) });
    assert_eq!(order(&scene.plan("all", NOW)), ["f1 big", "p1 small"]);
}
