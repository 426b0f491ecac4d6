//! Combos, aliases, and the settings that name a combo.

use switchyard_store::{Combo, Settings, Store, StoreError, Thing};
use switchyard_types::{
    AccountId, AccountOrder, AliasView, Budget, BudgetOf, CandidateSpec, ComboTerms, Conditions,
    Grouping, Hours, KeyId, Limit, Period, RoutingSettings, Rule, RuleBody, RuleOf, Share,
    Strategy, Strictness, Want,
};

use crate::scene::{NOW, Scene, account};

fn combo(name: &str, candidates: &[&str]) -> Combo {
    Combo::listed(name, candidates)
}

fn active(name: Option<&str>) -> Settings {
    Settings { active_combo: name.map(str::to_owned), keys_required: false, ..Settings::default() }
}

async fn put(store: &Store, name: &str, candidates: &[&str]) {
    store.put_combo(&combo(name, candidates)).await.unwrap();
}

#[tokio::test]
async fn combos_keep_the_order_of_their_candidates() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "night", &[]).await;
    put(&store, "daily", &["z/1", "a/2", "m/3"]).await;
    let expected = [combo("daily", &["z/1", "a/2", "m/3"]), combo("night", &[])];
    assert_eq!(store.combos().await.unwrap(), expected);
}

#[tokio::test]
async fn a_combo_put_again_has_the_new_candidates_only_and_stays_active() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "daily", &["z/1", "a/2", "m/3"]).await;
    store.save_settings(&active(Some("daily"))).await.unwrap();
    put(&store, "daily", &["m/3", "z/1"]).await;
    assert_eq!(store.combos().await.unwrap(), [combo("daily", &["m/3", "z/1"])]);
    assert_eq!(store.settings().await.unwrap(), active(Some("daily")));
}

#[tokio::test]
async fn a_renamed_combo_keeps_its_candidates_its_aliases_and_its_place_as_active() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "daily", &["z/1", "a/2"]).await;
    store.save_settings(&active(Some("daily"))).await.unwrap();
    store.put_alias("best", "daily").await.unwrap();
    store.rename_combo("daily", "work").await.unwrap();
    assert_eq!(store.combos().await.unwrap(), [combo("work", &["z/1", "a/2"])]);
    assert_eq!(store.settings().await.unwrap(), active(Some("work")));
    assert_eq!(store.aliases().await.unwrap()[0].target, "work");
    store.rename_combo("work", "work").await.unwrap();
    assert_eq!(store.combos().await.unwrap(), [combo("work", &["z/1", "a/2"])]);
}

#[tokio::test]
async fn a_rename_onto_another_combo_is_refused_and_nothing_changes() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "daily", &["z/1"]).await;
    put(&store, "work", &["a/2"]).await;
    let error = store.rename_combo("daily", "work").await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { what: Thing::Combo, id, .. } if id == "work"));
    let error = store.rename_combo("missing", "other").await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Combo, .. }));
    let expected = [combo("daily", &["z/1"]), combo("work", &["a/2"])];
    assert_eq!(store.combos().await.unwrap(), expected);
}

#[tokio::test]
async fn when_the_active_combo_is_removed_none_is_active() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "daily", &["z/1"]).await;
    store.save_settings(&active(Some("daily"))).await.unwrap();
    store.remove_combo("daily").await.unwrap();
    assert_eq!(store.combos().await.unwrap(), []);
    assert_eq!(store.settings().await.unwrap(), active(None));
    let error = store.remove_combo("daily").await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Combo, .. }));
}

#[tokio::test]
async fn a_new_store_requires_keys_and_has_no_active_combo() {
    let scene = Scene::new();
    let store = scene.open().await;
    assert_eq!(store.settings().await.unwrap(), Settings::default());
    assert!(Settings::default().keys_required);
}

#[tokio::test]
async fn the_active_combo_must_be_there() {
    let scene = Scene::new();
    let store = scene.open().await;
    let error = store.save_settings(&active(Some("missing"))).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Combo, id } if id == "missing"));
    assert_eq!(store.settings().await.unwrap(), Settings::default());
}

#[tokio::test]
async fn an_alias_is_made_pointed_elsewhere_and_removed() {
    let scene = Scene::new();
    let store = scene.open().await;
    let view = |alias: &str, target: &str| AliasView {
        alias: alias.to_owned(),
        target: target.to_owned(),
    };
    store.put_alias("gpt-5", "glm/glm-5").await.unwrap();
    store.put_alias("fast", "daily").await.unwrap();
    store.put_alias("gpt-5", "daily").await.unwrap();
    let expected = [view("fast", "daily"), view("gpt-5", "daily")];
    assert_eq!(store.aliases().await.unwrap(), expected);
    store.remove_alias("fast").await.unwrap();
    assert_eq!(store.aliases().await.unwrap(), [view("gpt-5", "daily")]);
    let error = store.remove_alias("fast").await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Alias, .. }));
}

fn with_terms() -> Combo {
    let candidates = vec![
        CandidateSpec {
            account: Some(AccountId::new("acc_1")),
            weight: 3,
            conditions: Conditions {
                min_tokens: Some(10),
                max_tokens: Some(200_000),
                images: Want::With,
                tools: Want::Without,
                thinking: Want::Any,
            },
            hours: Some(Hours { days: 0b1_1111, from: 9 * 60, to: 17 * 60 }),
            budget: Some((Period::Day, Limit::Money(5_000_000_000))),
            ..CandidateSpec::plain("glm/glm-5")
        },
        CandidateSpec {
            budget: Some((Period::Month, Limit::Tokens(7))),
            ..CandidateSpec::plain("@free")
        },
    ];
    let terms = ComboTerms {
        strategy: Strategy::RoundRobin { sticky: 4 },
        grouping: Grouping::ByTier,
        accounts: Some(AccountOrder::LeastUsed),
    };
    Combo { name: "daily".to_owned(), terms, candidates }
}

#[tokio::test]
async fn all_terms_of_a_combo_are_kept() {
    let scene = Scene::new();
    let store = scene.open().await;
    let combo = with_terms();
    store.put_combo(&combo).await.unwrap();
    assert_eq!(store.combos().await.unwrap(), std::slice::from_ref(&combo));
    let strategies = [
        Strategy::Fallback,
        Strategy::Weighted,
        Strategy::Cheapest,
        Strategy::MostQuotaLeft,
        Strategy::Fastest,
    ];
    for strategy in strategies {
        let terms = ComboTerms { strategy, ..combo.terms };
        let combo = Combo { terms, ..combo.clone() };
        store.put_combo(&combo).await.unwrap();
        assert_eq!(store.combos().await.unwrap(), [combo]);
    }
}

#[tokio::test]
async fn what_names_a_combo_follows_its_new_name() {
    let scene = Scene::new();
    let store = scene.open().await;
    put(&store, "inner", &["glm/a"]).await;
    put(&store, "outer", &["inner", "glm/b"]).await;
    let budget = Budget {
        id: "small".to_owned(),
        of: BudgetOf::Combo { name: "inner".to_owned() },
        period: Period::Day,
        limit: Limit::Tokens(9),
        strictness: Strictness::Soft,
    };
    store.put_budget(&budget).await.unwrap();
    let of = RuleOf::Path { name: "work".to_owned() };
    let rule = RuleBody { combo: Some("inner".to_owned()), ..RuleBody::default() };
    store.put_rule(&Rule::new(of, rule)).await.unwrap();
    store.rename_combo("inner", "core").await.unwrap();
    let combos = store.combos().await.unwrap();
    assert_eq!(combos[1], combo("outer", &["core", "glm/b"]));
    assert_eq!(store.budgets().await.unwrap()[0].of, BudgetOf::Combo { name: "core".to_owned() });
    assert_eq!(store.rules().await.unwrap()[0].combo.as_deref(), Some("core"));
    store.remove_combo("core").await.unwrap();
    assert_eq!(store.budgets().await.unwrap(), []);
    assert_eq!(store.rules().await.unwrap()[0].combo.as_deref(), Some("core"), "it refuses then");
}

#[tokio::test]
async fn budgets_and_rules_go_with_what_they_are_for() {
    let scene = Scene::new();
    let store = scene.open().await;
    let account = store.add_account(account("Work", Some("secret"))).await.unwrap().id;
    let key = store.add_key("Claude Code", NOW).await.unwrap().key.id;
    let budget = |id: &str, of| Budget {
        id: id.to_owned(),
        of,
        period: Period::Month,
        limit: Limit::Money(1),
        strictness: Strictness::Hard,
    };
    let budgets = [
        budget("a", BudgetOf::Account { account: account.clone() }),
        budget("b", BudgetOf::Client { key: key.clone() }),
        budget("c", BudgetOf::All),
    ];
    for budget in &budgets {
        store.put_budget(budget).await.unwrap();
    }
    let rule = Rule::new(
        RuleOf::Client { key: key.clone() },
        RuleBody {
            models: vec!["claude-*".to_owned()],
            mapping: vec![("opus".to_owned(), "glm/a".to_owned())],
            per_minute: Some(3),
            combo: None,
        },
    );
    store.put_rule(&rule).await.unwrap();
    let settings = RoutingSettings {
        leave_at: Some(Share::of(9_500)),
        vendors: [("glm".to_owned(), AccountOrder::RoundRobin { sticky: 2 })].into(),
        accounts: [(account.clone(), Share::of(8_000))].into(),
    };
    store.save_routing_settings(&settings).await.unwrap();
    assert_eq!(store.budgets().await.unwrap(), budgets);
    assert_eq!(store.rules().await.unwrap(), [rule]);
    assert_eq!(store.routing_settings().await.unwrap(), settings);
    store.remove_account(&account).await.unwrap();
    store.remove_key(&key).await.unwrap();
    assert_eq!(store.budgets().await.unwrap(), [budget("c", BudgetOf::All)]);
    assert_eq!(store.rules().await.unwrap(), []);
    assert!(store.routing_settings().await.unwrap().accounts.is_empty());
    let gone = budget("d", BudgetOf::Client { key: KeyId::new("key_gone") });
    let error = store.put_budget(&gone).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: Thing::Key, .. }), "{error}");
}
