//! What the user configures of routing, over simulated vendors: strategies, conditions, combos inside
//! combos, budgets, rules of keys and paths, templates.
#![cfg(test)]

mod world;

use serde_json::{Value, json};
use switchyard_engine::{Clock, Config, Engine, Recording};
use switchyard_simulator::{Fault, Refusal, Turn, Usage, Vendor, When};
use switchyard_types::{
    AccountChange, AccountOrder, BudgetBody, BudgetOf, CandidateBody, ComboBody, Dialect,
    ErrorCode, Forecast, Limit, NewAccount, Outcome, Period, PlanAsk, RequestView, RoutingSettings,
    RuleBody, RuleOf, Secret, Strictness,
};
use world::{Stream, World};

async fn two() -> World {
    let vendors =
        [("a", Dialect::Chat, Vendor::default()), ("b", Dialect::Chat, Vendor::default())];
    World::start(&vendors).await
}

fn body(value: Value) -> ComboBody {
    serde_json::from_value(value).unwrap()
}

fn vendor_of(row: &RequestView) -> &str {
    row.served_by.as_ref().map_or("nobody", |by| &by.vendor)
}

async fn vendors(world: &World, model: &str, requests: usize) -> Vec<String> {
    let mut vendors = Vec::new();
    // Each is a conversation of its own: one that goes on stays where it is.
    let before = world.simulator.requests().len();
    for number in before..before + requests {
        let heard = world.ask_anew(Dialect::Chat, model, Stream::No, number).await;
        vendors.push(vendor_of(&world.row_of(&heard).await).to_owned());
    }
    vendors
}

#[tokio::test]
async fn a_combo_in_turn_gives_each_so_many_requests() {
    let world = two().await;
    let turns = json!({
        "candidates": ["a/m", "b/m"],
        "terms": { "strategy": { "by": "round_robin", "sticky": 2 } },
    });
    world.engine.put_combo("turns", &body(turns)).await.unwrap();
    assert_eq!(vendors(&world, "turns", 6).await, ["a", "a", "b", "b", "a", "a"]);
}

#[tokio::test]
async fn candidates_take_the_requests_that_they_are_meant_for() {
    let world = two().await;
    let sizes = json!({ "candidates": [
        { "model": "a/m", "conditions": { "min_tokens": 1000 } },
        "b/m",
    ]});
    world.engine.put_combo("sizes", &body(sizes)).await.unwrap();
    assert_eq!(vendors(&world, "sizes", 1).await, ["b"]);
    let row = world.last().await;
    assert!(row.skipped[0].reason.contains("1000 tokens"), "{:?}", row.skipped);
    let long = json!({
        "model": "sizes",
        "messages": [{ "role": "user", "content": "word ".repeat(2000) }],
    });
    world.post("/v1/chat/completions", long.to_string()).send().await.unwrap();
    assert_eq!(vendor_of(&world.last().await), "a");
}

#[tokio::test]
async fn a_combo_may_name_another_but_not_itself_by_any_way_round() {
    let world = two().await;
    world.combo("inner", &["a/m"]).await;
    world.combo("outer", &["inner", "b/m"]).await;
    assert_eq!(vendors(&world, "outer", 1).await, ["a"]);
    let error = world.engine.put_combo("inner", &body(json!({ "candidates": ["outer"] }))).await;
    assert!(error.unwrap_err().to_string().contains("contain itself"));
    world.engine.put_alias("way", "a/m").await.unwrap();
    world.combo("inner", &["way"]).await;
    let error = world.engine.put_alias("way", "outer").await.unwrap_err();
    assert!(error.to_string().contains("inner"), "{error}");
    let renamed = body(json!({ "candidates": ["way"], "rename": "core" }));
    world.engine.put_combo("inner", &renamed).await.unwrap();
    assert_eq!(vendors(&world, "outer", 1).await, ["a"], "the outer one follows the new name");
}

#[tokio::test]
async fn a_list_of_names_leaves_the_terms_as_they_are() {
    let world = two().await;
    let terms = json!({
        "candidates": [{ "model": "a/m", "weight": 7 }, "b/m"],
        "terms": { "strategy": { "by": "weighted" } },
    });
    world.engine.put_combo("kept", &body(terms)).await.unwrap();
    world.combo("kept", &["b/m", "a/m"]).await;
    let combo = world.engine.combos().remove(0);
    assert_eq!(combo.candidates[0].spec, None);
    assert_eq!(combo.candidates[1].spec.as_ref().unwrap().weight, 7);
    assert_eq!(ComboBody::from(&combo).terms, Some(combo.terms));
    let again = ComboBody::from(&combo);
    assert!(matches!(&again.candidates[1], CandidateBody::Whole(spec) if spec.weight == 7));
}

#[tokio::test]
async fn a_combo_that_is_to_be_new_never_replaces_one_that_is_there() {
    let world = two().await;
    world.combo("mine", &["a/m"]).await;
    world.combo("other", &["a/m"]).await;
    let mut new = body(json!({ "candidates": ["b/m"], "only_new": true }));
    let error = world.engine.put_combo("mine", &new).await.unwrap_err().body();
    assert_eq!(error.code, ErrorCode::Conflict);
    assert!(error.message.contains("\"mine\" already") && error.hint.is_some(), "{error:?}");
    new.rename = Some("mine".to_owned());
    assert!(world.engine.put_combo("other", &new).await.is_err(), "nor by another's new name");
    let combos = world.engine.combos();
    assert!(combos.iter().all(|combo| combo.candidates[0].model == "a/m"), "{combos:?}");
    new.rename = None;
    world.engine.put_combo("third", &new).await.unwrap();
    assert_eq!(vendors(&world, "third", 1).await, ["b"]);
}

#[tokio::test]
async fn a_combo_that_was_removed_and_is_wished_back_replaces_none() {
    let world = two().await;
    world.combo("mine", &["a/m"]).await;
    let again = ComboBody::from(&world.engine.combos()[0]);
    world.engine.remove_combo("mine").await.unwrap();
    world.combo("mine", &["b/m"]).await;
    assert!(world.engine.put_combo("mine", &again).await.is_err());
    assert_eq!(vendors(&world, "mine", 1).await, ["b"]);
    world.engine.remove_combo("mine").await.unwrap();
    world.engine.put_combo("mine", &again).await.unwrap();
    assert_eq!(vendors(&world, "mine", 1).await, ["a"]);
}

#[tokio::test]
async fn what_cannot_be_followed_is_refused_with_what_to_do() {
    let world = two().await;
    let account = world.engine.accounts().await.unwrap().remove(1);
    for (wrong, word) in [
        (json!({ "candidates": ["nowhere/m"] }), "names no vendor"),
        (json!({ "candidates": ["a/m", "a/m"] }), "twice"),
        (json!({ "candidates": [{ "model": "a/m", "account": account.id }] }), "bound"),
        (
            json!({ "candidates": [{ "model": "a/m", "hours": { "days": 0, "from": 0, "to": 60 } }] }),
            "never open",
        ),
        (
            json!({ "candidates": [{ "model": "a/m", "budget": ["day", { "money": 0 }] }] }),
            "nothing",
        ),
    ] {
        let error = world.engine.put_combo("wrong", &body(wrong.clone())).await.unwrap_err();
        assert!(error.to_string().contains(word), "{wrong}: {error}");
        assert!(error.body().hint.is_some());
    }
    let bound = json!({ "candidates": [{ "model": "b/m", "account": account.id }] });
    world.engine.put_combo("bound", &body(bound)).await.unwrap();
    assert_eq!(vendors(&world, "bound", 1).await, ["b"]);
}

#[tokio::test]
async fn a_hard_budget_passes_over_what_would_spend_more_and_a_soft_one_only_tells() {
    let world = two().await;
    world.combo("main", &["a/m", "b/m"]).await;
    let account = world.engine.accounts().await.unwrap().remove(0).id;
    let budget = |strictness| BudgetBody {
        of: BudgetOf::Account { account: account.clone() },
        period: Period::Day,
        limit: Limit::Tokens(1),
        strictness,
    };
    world.engine.put_budget("small", budget(Strictness::Soft)).await.unwrap();
    assert_eq!(vendors(&world, "main", 2).await, ["a", "a"]);
    let view = world.engine.put_budget("small", budget(Strictness::Hard)).await.unwrap();
    assert!(view.spent > 1, "{view:?}");
    assert_eq!(vendors(&world, "main", 1).await, ["b"]);
    let row = world.last().await;
    assert!(row.skipped[0].reason.contains("over budget (small)"), "{:?}", row.skipped);
    assert_eq!(row.skipped[0].until, Some(view.until));
    world.engine.remove_budget("small").await.unwrap();
    assert_eq!(vendors(&world, "main", 1).await, ["a"]);
}

#[tokio::test]
async fn accounts_of_a_vendor_take_turns_where_the_user_says_so() {
    let world = two().await;
    let second = NewAccount {
        vendor: "a".to_owned(),
        name: "second".to_owned(),
        key: Secret::new("another-secret-0123456789"),
        check: false,
        ..NewAccount::default()
    };
    world.engine.add_account(second).await.unwrap();
    let settings = RoutingSettings {
        vendors: [("a".to_owned(), AccountOrder::RoundRobin { sticky: 1 })].into(),
        ..RoutingSettings::default()
    };
    assert_eq!(world.engine.put_routing_settings(&settings).await.unwrap(), settings);
    let mut names = Vec::new();
    for number in 0..4 {
        let heard = world.ask_anew(Dialect::Chat, "a/m", Stream::No, number).await;
        names.push(world.row_of(&heard).await.served_by.unwrap().account_name);
    }
    assert_eq!(names, ["a account", "second", "a account", "second"]);
}

#[tokio::test]
async fn a_rule_of_a_key_maps_names_binds_the_rest_to_a_combo_and_limits_the_rate() {
    let world = two().await;
    world.combo("main", &["a/m"]).await;
    let key = world.engine.keys().await.unwrap().remove(0).id;
    let rule = RuleBody {
        combo: Some("main".to_owned()),
        mapping: vec![("claude-haiku-*".to_owned(), "b/m".to_owned())],
        models: vec!["claude-*".to_owned()],
        per_minute: Some(3),
    };
    let of = RuleOf::Client { key };
    world.engine.put_rule(of.clone(), rule).await.unwrap();
    assert_eq!(vendors(&world, "claude-opus-5", 1).await, ["a"]);
    let heard = world.ask(Dialect::Chat, "claude-haiku-5-5", Stream::No).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    let heard = world.ask(Dialect::Chat, "gpt-5", Stream::No).await;
    assert_eq!(heard.status, 403, "{}", heard.text);
    assert_eq!(vendors(&world, "claude-opus-5", 1).await, ["a"]);
    let heard = world.ask(Dialect::Chat, "claude-opus-5", Stream::No).await;
    assert_eq!(heard.status, 429, "{}", heard.text);
    let wait: u64 = heard.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(world.row_of(&heard).await.outcome, Outcome::Refused);
    world.engine.remove_rule(&of).await.unwrap();
    assert_eq!(vendors(&world, "main", 1).await, ["a"]);
}

#[tokio::test]
async fn a_template_becomes_a_combo_of_what_is_connected() {
    let world = two().await;
    let templates = world.engine.combo_templates();
    let ready = |id: &str| templates.iter().find(|template| template.id == id).unwrap().ready;
    assert!(ready("always-on") && ready("max-subscription"));
    assert!(!ready("zero-cost") && !ready("openclaw-free"), "nothing free is connected");
    world.engine.use_template("max-subscription", None).await.unwrap();
    assert_eq!(vendors(&world, "max-subscription", 1).await, ["a"]);
    let again = world.engine.use_template("max-subscription", None).await.unwrap_err();
    assert!(again.to_string().contains("already"));
    world.engine.use_template("always-on", Some("all")).await.unwrap();
    assert_eq!(world.engine.combos().len(), 2);
}

#[tokio::test]
async fn a_projects_address_routes_without_touching_its_key() {
    let world = two().await;
    world.combo("b-first", &["b/m", "a/m"]).await;
    let of = RuleOf::Path { name: "shop".to_owned() };
    let rule = RuleBody { combo: Some("b-first".to_owned()), ..RuleBody::default() };
    world.engine.put_rule(of, rule).await.unwrap();
    let question = world::question("a/m", Stream::No);
    for (path, vendor) in [
        ("/v1/chat/completions", "a"),
        ("/k/shop/v1/chat/completions", "b"),
        ("/k/shop/v1/messages", "b"),
        ("/k/b-first/v1/responses", "b"),
        ("/k/shop/api/chat", "b"),
        ("/k/shop/v1beta/models/anything:generateContent", "b"),
    ] {
        let body = if path.contains("v1beta") {
            world::question_in(Dialect::Gemini, "x", Stream::No)
        } else {
            question.clone()
        };
        let heard = world.post(path, body.to_string()).send().await.unwrap();
        let heard = world::Heard::from(heard).await;
        assert_eq!(heard.status, 200, "{path}: {}", heard.text);
        assert_eq!(vendor_of(&world.row_of(&heard).await), vendor, "{path}");
    }
    let heard = world.post("/k/nowhere/v1/messages", question.to_string()).send().await.unwrap();
    assert_eq!(heard.status(), 404);
    let heard = world.http.get(world.url("/k/shop/v1/models")).bearer_auth(&world.key);
    assert_eq!(heard.send().await.unwrap().status(), 200);
    let admin = world.http.get(world.url("/k/shop/api/combos")).bearer_auth(&world.key);
    assert_eq!(admin.send().await.unwrap().status(), 404, "nothing else has such an address");
}

#[tokio::test]
async fn lists_of_models_show_what_a_key_or_a_path_may_ask_for() {
    let world = two().await;
    world.combo("main", &["a/m", "b/m"]).await;
    world.combo("b-first", &["b/m", "a/m"]).await;
    let names = async |path: &str, headers: &[(&'static str, &str)]| {
        let mut asked = world.http.get(world.url(path)).bearer_auth(&world.key);
        for (name, value) in headers {
            asked = asked.header(*name, *value);
        }
        let list = world::Heard::from(asked.send().await.unwrap()).await.json();
        let list =
            list.get("data").or_else(|| list.get("models")).unwrap_or_else(|| panic!("{list}"));
        let name = |model: &Value| {
            let id = model.get("id").or_else(|| model.get("name")).unwrap().as_str().unwrap();
            id.strip_prefix("models/").unwrap_or(id).to_owned()
        };
        list.as_array().unwrap().iter().map(name).collect::<Vec<_>>()
    };
    let claude = [("anthropic-version", "2023-06-01")];
    let all = ["auto", "b-first", "main", "a/m", "b/m"];
    assert_eq!(names("/v1/models", &[]).await, all);
    for path in ["/k/b-first/v1/models", "/k/b-first/v1beta/models", "/k/b-first/api/tags"] {
        assert_eq!(names(path, &[]).await, ["b-first"], "{path}");
    }
    let shown = names("/k/b-first/v1/models", &claude).await;
    assert_eq!(shown, ["b-first", "claude-b-first"], "and as Claude Code's picker shows it");
    let key = world.engine.keys().await.unwrap().remove(0).id;
    let of = RuleOf::Client { key };
    let rule = RuleBody {
        models: vec!["main".to_owned(), "a/*".to_owned(), "opus".to_owned()],
        mapping: vec![("opus".to_owned(), "b/m".to_owned())],
        ..RuleBody::default()
    };
    world.engine.put_rule(of.clone(), rule).await.unwrap();
    for path in ["/v1/models", "/v1beta/models", "/api/tags"] {
        assert_eq!(names(path, &[]).await, ["main", "a/m", "opus"], "{path}");
    }
    let one =
        |id: &str| world.http.get(world.url(&format!("/v1/models/{id}"))).bearer_auth(&world.key);
    assert_eq!(one("a/m").send().await.unwrap().status(), 200);
    assert_eq!(one("b/m").send().await.unwrap().status(), 404, "what may not be asked for");
    let show = world.post("/api/show", json!({ "model": "b/m" }).to_string()).send().await.unwrap();
    assert_eq!(show.status(), 404);
    let nowhere = world.http.get(world.url("/k/nowhere/v1/models")).bearer_auth(&world.key);
    assert_eq!(nowhere.send().await.unwrap().status(), 404, "as a request there is answered");
    let bound = RuleBody { combo: Some("main".to_owned()), ..RuleBody::default() };
    world.engine.put_rule(of, bound).await.unwrap();
    assert_eq!(names("/v1/models", &[]).await, ["main"], "whatever is asked for means it");
}

#[tokio::test]
async fn images_tools_and_thinking_lead_to_the_candidates_that_are_meant_for_them() {
    let world = two().await;
    let meant = json!({ "candidates": [
        { "model": "a/m", "conditions": { "images": "with", "tools": "without" } },
        "b/m",
    ]});
    world.engine.put_combo("meant", &body(meant)).await.unwrap();
    let image =
        json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,aGk=" } });
    let text = json!({ "type": "text", "text": "look" });
    let tool = json!({ "type": "function", "function": { "name": "f", "parameters": {} } });
    for (parts, tools, vendor) in [
        (json!([image, text]), json!([]), "a"),
        (json!([text]), json!([]), "b"),
        (json!([text, image]), json!([tool]), "b"),
    ] {
        let mut asked = json!({
            "model": "meant",
            "messages": [{ "role": "user", "content": parts }],
        });
        if tools != json!([]) {
            asked["tools"] = tools;
        }
        let heard = world.post("/v1/chat/completions", asked.to_string()).send().await.unwrap();
        let heard = world::Heard::from(heard).await;
        assert_eq!(vendor_of(&world.row_of(&heard).await), vendor, "{asked}: {}", heard.text);
    }
}

/// A chat question that shows an image.
fn image(model: &str) -> Value {
    let url = json!({ "url": "data:image/png;base64,aGk=" });
    let parts = json!([
        { "type": "text", "text": "What is this?" },
        { "type": "image_url", "image_url": url },
    ]);
    json!({ "model": model, "messages": [{ "role": "user", "content": parts }] })
}

const CHAT: &str = "\n[[endpoints]]\ndialect = \"chat\"\nurl = \"{base}/v1/chat/completions\"\nauth = \"bearer\"\n";

#[tokio::test]
async fn a_request_with_an_image_passes_over_a_model_that_is_declared_to_read_text_only() {
    let blind = format!("{CHAT}\n[[models]]\nid = \"m\"\ncannot = [\"images\"]\n");
    let untold = format!("{CHAT}\n[[models]]\nid = \"m\"\n");
    let both = [("blind", &*blind, Vendor::default()), ("untold", &*untold, Vendor::default())];
    let world = World::start_files(&both).await;
    world.combo("main", &["blind/m", "untold/m"]).await;
    let ask = async |asked: Value| {
        let heard = world.post("/v1/chat/completions", asked.to_string()).send().await.unwrap();
        world::Heard::from(heard).await
    };
    let heard = ask(image("main")).await;
    assert_eq!(heard.status, 200, "{}", heard.text);
    let row = world.row_of(&heard).await;
    assert_eq!((vendor_of(&row), row.attempts.len()), ("untold", 1), "unknown keeps nobody away");
    assert_eq!(row.skipped[0].model, "blind/m");
    assert!(row.skipped[0].reason.contains("cannot see images"), "{:?}", row.skipped);
    assert_eq!(vendors(&world, "main", 1).await, ["blind"], "text goes where it went");
    let heard = ask(image("blind/m")).await;
    assert_eq!(heard.status, 400, "nobody can, however often it is asked: {}", heard.text);
    assert!(heard.text.contains("cannot see images"), "{}", heard.text);
}

#[tokio::test]
async fn a_model_that_is_asked_for_with_a_mark_is_locked_by_its_own_name() {
    let known = format!("{CHAT}\n[[models]]\nid = \"gpt-5.1\"\n");
    let spent = Vendor::default().quota(0, std::time::Duration::from_hours(1));
    let world = World::start_files(&[("a", &*known, spent)]).await;
    for (number, name) in ["a/gpt-5.1-high", "a/gpt-5.1", "a/gpt-5.1-low[1m]"].iter().enumerate() {
        let heard = world.ask_anew(Dialect::Chat, name, Stream::No, number).await;
        assert_eq!(heard.status, 429, "{name}: {}", heard.text);
        let row = world.row_of(&heard).await;
        assert_eq!(row.attempts.len(), usize::from(number == 0), "{name}: {:?}", row.attempts);
    }
    let account = world.engine.accounts().await.unwrap().remove(0);
    let locked: Vec<_> = account.locks.iter().map(|lock| lock.model.as_deref()).collect();
    assert_eq!(locked, [Some("gpt-5.1")]);
}

#[tokio::test]
async fn a_dry_run_says_whom_a_request_would_ask_and_asks_nobody() {
    let world = two().await;
    world.combo("main", &["a/m", "b/m"]).await;
    let ask: PlanAsk = serde_json::from_value(json!({ "model": "main" })).unwrap();
    let plan = world.engine.plan_view(&ask);
    let vendors: Vec<&str> = plan.candidates.iter().map(|one| &*one.to.vendor).collect();
    assert_eq!((plan.combo.as_deref(), vendors), (Some("main"), vec!["a", "b"]));
    let account = world.engine.accounts().await.unwrap().remove(0).id;
    let off = AccountChange { enabled: Some(false), ..AccountChange::default() };
    world.engine.change_account(&account, &off).await.unwrap();
    let plan = world.engine.plan_view(&ask);
    assert_eq!(plan.candidates.len(), 1);
    assert!(plan.skipped[0].reason.contains("switched off"), "{:?}", plan.skipped);
    let unknown = PlanAsk { model: "gpt-9".to_owned(), ..ask };
    assert!(world.engine.plan_view(&unknown).error.unwrap().contains("not known"));
    assert!(world.simulator.requests().is_empty());
}

#[tokio::test]
async fn more_candidates_than_one_plan_holds_are_tried_when_all_of_it_have_failed() {
    let broken =
        Vendor::default().bad_keys((0..40).map(|n| format!("bad-secret-{n:03}-0123456789")));
    let vendors = [("a", Dialect::Chat, broken), ("b", Dialect::Chat, Vendor::default())];
    let world = World::start(&vendors).await;
    for number in 0..40 {
        let account = NewAccount {
            vendor: "a".to_owned(),
            name: format!("bad {number}"),
            key: Secret::new(format!("bad-secret-{number:03}-0123456789")),
            check: false,
            ..NewAccount::default()
        };
        world.engine.add_account(account).await.unwrap();
    }
    let good = world.engine.accounts().await.unwrap().remove(0).id;
    let off = AccountChange { enabled: Some(false), ..AccountChange::default() };
    world.engine.change_account(&good, &off).await.unwrap();
    world.combo("main", &["a/m", "b/m"]).await;
    let heard = world.ask(Dialect::Chat, "main", Stream::No).await;
    let row = world.row_of(&heard).await;
    assert_eq!((heard.status, vendor_of(&row)), (200, "b"));
    assert_eq!(row.attempts.len(), 41);
}

#[tokio::test]
async fn what_routing_has_learnt_survives_a_restart() {
    let quota = Vendor::default()
        .header("x-codex-primary-used-percent", "100")
        .header("x-codex-primary-window-minutes", "300")
        .header("x-codex-primary-reset-after-seconds", "7200");
    let vendors = [("a", Dialect::Chat, quota), ("b", Dialect::Chat, Vendor::default())];
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::start_with(&vendors, |config| config.data_dir.clone_from(&data)).await;
    world.combo("main", &["a/m", "b/m"]).await;
    let all = BudgetBody {
        of: BudgetOf::All,
        period: Period::Month,
        limit: Limit::Tokens(1_000_000_000),
        strictness: Strictness::Soft,
    };
    world.engine.put_budget("all", all).await.unwrap();
    assert_eq!(vendors_of(&world).await, ["a", "b", "b"]);
    let spent = world.engine.budgets()[0].spent;
    assert!(spent > 0);
    world.engine.update_found("9.9.9");
    let told = world.engine.notices(10).await.unwrap();
    assert_eq!(told.len(), 3, "spent, fell over, and a newer version: {told:?}");
    let World { engine, server, simulator, .. } = world;
    server.shutdown().await;
    engine.close().await;
    drop(engine);
    let mut config = Config::new(&data);
    config.port = 0;
    let engine = Engine::open(config).await.unwrap();
    assert_eq!(engine.budgets()[0].spent, spent);
    let ask: PlanAsk = serde_json::from_value(json!({ "model": "main" })).unwrap();
    let plan = engine.plan_view(&ask);
    assert_eq!(plan.candidates[0].to.vendor, "b", "the window is still spent: {plan:?}");
    assert!(plan.skipped[0].reason.contains("quota (5h)"), "{:?}", plan.skipped);
    engine.update_found("9.9.9");
    assert_eq!(engine.notices(10).await.unwrap(), told, "and nothing is told again");
    engine.close().await;
    drop(simulator);
}

/// A vendor that tells so much of its five hours' quota with each answer.
fn telling(percent: &'static str) -> Vendor {
    Vendor::default()
        .header("x-codex-primary-used-percent", percent)
        .header("x-codex-primary-window-minutes", "300")
        .header("x-codex-primary-reset-after-seconds", "7200")
}

#[tokio::test]
async fn a_quota_that_was_cleared_by_hand_stays_cleared_over_a_restart() {
    let vendors = [("a", Dialect::Chat, telling("100")), ("b", Dialect::Chat, Vendor::default())];
    let clock = Clock::manual(1_795_392_000_000);
    let world = World::start_with(&vendors, |config| config.clock = clock.clone()).await;
    world.combo("main", &["a/m", "b/m"]).await;
    assert_eq!(vendors_of(&world).await, ["a", "b", "b"]);
    let ask: PlanAsk = serde_json::from_value(json!({ "model": "main" })).unwrap();
    assert_eq!(world.engine.plan_view(&ask).candidates[0].to.vendor, "b");
    let account = world.engine.accounts().await.unwrap().remove(0).id;
    world.engine.unlock_account(&account).await.unwrap();
    assert_eq!(world.engine.plan_view(&ask).candidates[0].to.vendor, "a");
    let world = world.opened_again(|config| config.clock = clock.clone()).await;
    assert_eq!(world.engine.plan_view(&ask).candidates[0].to.vendor, "a");
    let shown = world.engine.quotas().await.unwrap().remove(0);
    assert_eq!(shown.windows, [], "what no longer counts is not shown either");
}

#[tokio::test]
async fn the_pace_of_a_window_is_told_and_survives_a_restart() {
    let vendors = [("a", Dialect::Chat, telling("40"))];
    let clock = Clock::manual(1_795_392_000_000);
    let world = World::start_with(&vendors, |config| config.clock = clock.clone()).await;
    let foretold =
        async |engine: &Engine| engine.quotas().await.unwrap().remove(0).windows.remove(0).forecast;
    for reading in 0..5 {
        clock.advance(5 * 60_000);
        world.ask(Dialect::Chat, "a/m", Stream::No).await;
        let expected = if reading < 4 { Forecast::Unknown } else { Forecast::Lasts };
        assert_eq!(foretold(&world.engine).await, expected);
    }
    let world = world.opened_again(|config| config.clock = clock.clone()).await;
    assert_eq!(foretold(&world.engine).await, Forecast::Lasts);
}

#[tokio::test]
async fn readings_of_a_window_are_told_by_its_account_and_survive_a_restart() {
    let vendors = [("a", Dialect::Chat, telling("40"))];
    let clock = Clock::manual(1_795_392_000_000);
    let world = World::start_with(&vendors, |config| config.clock = clock.clone()).await;
    let account = world.engine.accounts().await.unwrap().remove(0).id;
    let path = format!("/api/quotas/{account}/history");
    let get = reqwest::Method::GET;
    assert_eq!(world.admin(get.clone(), &path, json!(null)).await, (200, json!([])));
    let mut times = Vec::new();
    for _ in 0..3 {
        clock.advance(20 * 60_000);
        world.ask(Dialect::Chat, "a/m", Stream::No).await;
        let (status, told) = world.admin(get.clone(), &path, json!(null)).await;
        assert_eq!(status, 200, "{told}");
        times.push(told[0]["readings"].as_array().unwrap().last().unwrap()["at"].clone());
    }
    let (_, told) = world.admin(get.clone(), &path, json!(null)).await;
    assert_eq!(
        (&told[0]["measure"], &told[0]["readings"][0]["value"]),
        (&json!("share"), &json!(4_000))
    );
    let world = world.opened_again(|config| config.clock = clock.clone()).await;
    let (_, again) = world.admin(get.clone(), &path, json!(null)).await;
    assert_eq!(again, told);
    let late = format!("{path}?from={}", times[1]);
    let (_, late) = world.admin(get.clone(), &late, json!(null)).await;
    let late: Vec<_> =
        late[0]["readings"].as_array().unwrap().iter().map(|one| &one["at"]).collect();
    assert_eq!(late, [&times[1], &times[2]]);
    let (status, _) = world.admin(get, "/api/quotas/acc_nobody/history", json!(null)).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn what_the_prompt_cache_saved_is_money_where_the_price_is_known_and_tokens_elsewhere() {
    const PRICED: &str = r#"
        [[endpoints]]
        dialect = "chat"
        url = "{base}/v1/chat/completions"
        auth = "bearer"

        [[models]]
        id = "priced"
        price = { input = 3.0, output = 15.0, cache_read = 0.3 }

        [[models]]
        id = "unpriced"
    "#;
    let read = Usage { input: 100, cache_read: 2_000, output: 5, ..Usage::default() };
    let turn = Turn::text("Hello").usage(read);
    let answers = Vendor::default().turn_for("priced", turn.clone()).turn_for("unpriced", turn);
    let world = World::start_files(&[("acme", PRICED, answers)]).await;
    let mut saved = Vec::new();
    for model in ["acme/priced", "acme/unpriced"] {
        let heard = world.ask(Dialect::Chat, model, Stream::No).await;
        saved.push(world.row_of(&heard).await.saved);
    }
    // Each token that was read from the cache costs 300 nano-dollars instead of 3,000.
    assert_eq!(saved, [Some(2_000 * 2_700), None]);
    let today = world.engine.status(String::new()).await.unwrap().today;
    assert_eq!((today.saved.money, today.saved.unpriced), (5_400_000, 2_000));
}

async fn vendors_of(world: &World) -> Vec<String> {
    vendors(world, "main", 3).await
}

#[tokio::test]
async fn what_happens_is_recorded_and_decided_again_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("routing.ndjson");
    let clock = Clock::manual(1_795_392_000_000);
    let tired = telling("96").fault(When::Every(4), Fault::Refuse(Refusal::Overloaded));
    let scarce = Vendor::default().quota(2, std::time::Duration::from_mins(10));
    let vendors_ = [
        ("a", Dialect::Chat, tired),
        ("b", Dialect::Messages, scarce),
        ("c", Dialect::Chat, Vendor::default()),
    ];
    let world = World::start_with(&vendors_, |config| config.clock = clock.clone()).await;
    world.combo("main", &["a/m", "b/m", "c/m"]).await;
    world.combo("turns", &["b/m", "c/m"]).await;
    let world = world
        .opened_again(|config| {
            config.clock = clock.clone();
            config.record = Some(file.clone());
        })
        .await;
    for _ in 0..4 {
        vendors(&world, "main", 3).await;
        vendors(&world, "turns", 1).await;
        clock.advance(40 * 60_000);
    }
    world.ask(Dialect::Messages, "main", Stream::Yes).await;
    world.ask(Dialect::Chat, "nothing/there", Stream::No).await;
    world.engine.set_active_combo("turns").await.unwrap();
    let account = world.engine.accounts().await.unwrap().remove(0).id;
    world.engine.unlock_account(&account).await.unwrap();
    vendors(&world, "auto", 2).await;
    let World { engine, server, .. } = world;
    server.shutdown().await;
    engine.close().await;
    let text = std::fs::read_to_string(&file).unwrap();
    let (recording, decided) = Recording::read(&text).unwrap();
    assert!(decided.len() > 50, "{}", decided.len());
    assert!(decided.iter().any(|decision| decision.lock.is_some()));
    assert!(decided.iter().any(|decision| decision.refused.is_some()));
    assert_eq!(recording.differences(&decided), []);
    assert!(!text.contains("vendor-secret"), "no key is part of it");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../routing/tests/data/recording.ndjson");
        std::fs::write(kept, text).unwrap();
    }
}
