use switchyard_store::Store;
use switchyard_types::{
    AccountId, CacheSaved, FailureClass, NanoDollars, Outcome, RequestFilter, RequestId,
    RequestView, Today, Usage,
};

use crate::scene::{NOW, Scene, attempt, bare_request, by, full_request, record};

fn ids(rows: &[RequestView]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

fn id(number: i64) -> RequestId {
    full_request(number).id
}

async fn with_rows(scene: &Scene, count: i64) -> Store {
    let store = scene.open().await;
    record(&store, (1..=count).map(full_request)).await;
    store
}

#[tokio::test]
async fn a_request_comes_back_as_it_went_in() {
    let scene = Scene::new();
    let store = scene.open().await;
    record(&store, [full_request(1), bare_request(2)]).await;
    assert_eq!(store.request(&id(1)).await.unwrap(), Some(full_request(1)));
    assert_eq!(store.request(&id(2)).await.unwrap(), Some(bare_request(2)));
    assert_eq!(store.request(&id(3)).await.unwrap(), None);
    assert_eq!(store.page(None, 10).await.unwrap().requests, [bare_request(2), full_request(1)]);
}

#[tokio::test]
async fn pages_are_newest_first_and_meet_without_gap_or_overlap() {
    let scene = Scene::new();
    let store = with_rows(&scene, 7).await;
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = store.page(before.as_ref(), 3).await.unwrap();
        seen.push(page.requests.len());
        let expected: Vec<String> = (1..=7)
            .rev()
            .map(|number| id(number).to_string())
            .filter(|id| before.as_ref().is_none_or(|before| id.as_str() < before.as_str()))
            .take(3)
            .collect();
        assert_eq!(ids(&page.requests), expected);
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, [3, 3, 1]);
}

#[tokio::test]
async fn a_filter_narrows_the_list_by_each_of_its_parts() {
    const NONE: [i64; 0] = [];
    let scene = Scene::new();
    let store = scene.open().await;
    let mut other = full_request(3);
    other.model = "50%_off".to_owned();
    other.key = None;
    other.served_by = Some(by("acc_9"));
    other.attempts = vec![attempt("acc_9", None)];
    let mut broken = full_request(4);
    broken.outcome = Outcome::Broken;
    broken.error = Some("the Vendor hung up".to_owned());
    record(&store, [full_request(1), full_request(2), other, broken, bare_request(5)]).await;
    let numbers = async |filter: RequestFilter| {
        let rows = store.find_requests(&filter, None, 10).await.unwrap().requests;
        rows.iter().map(|row| row.at - NOW).collect::<Vec<_>>()
    };
    let any = RequestFilter::default;
    let text = |text: &str| RequestFilter { text: Some(text.to_owned()), ..any() };
    assert_eq!(numbers(any()).await, [5, 4, 3, 2, 1]);
    assert_eq!(numbers(RequestFilter { from: Some(NOW + 4), ..any() }).await, [5, 4]);
    assert_eq!(numbers(RequestFilter { until: Some(NOW + 3), ..any() }).await, [2, 1]);
    let span = RequestFilter { from: Some(NOW + 2), until: Some(NOW + 4), ..any() };
    assert_eq!(numbers(span).await, [3, 2]);
    assert_eq!(numbers(RequestFilter { model: Some("50%_off".into()), ..any() }).await, [3]);
    let answered_by = by("acc_2").model;
    assert_eq!(
        numbers(RequestFilter { model: Some(answered_by), ..any() }).await,
        [4, 3, 2, 1],
        "the model that answered counts as well"
    );
    assert_eq!(numbers(RequestFilter { vendor: Some("glm".into()), ..any() }).await, [4, 3, 2, 1]);
    assert_eq!(numbers(RequestFilter { vendor: Some("gl".into()), ..any() }).await, NONE);
    let account = Some(AccountId::new("acc_9"));
    assert_eq!(numbers(RequestFilter { account, ..any() }).await, [3]);
    let key = Some("Claude Code".to_owned());
    assert_eq!(numbers(RequestFilter { key, ..any() }).await, [4, 2, 1]);
    let nameless = Some(String::new());
    assert_eq!(numbers(RequestFilter { key: nameless, ..any() }).await, [5, 3]);
    let combo = |name: &str| RequestFilter { combo: Some(name.to_owned()), ..any() };
    assert_eq!(numbers(combo("daily")).await, [4, 3, 2, 1]);
    assert_eq!(numbers(combo("")).await, [5], "asked for by name");
    let tool = |id: &str| RequestFilter { tool: Some(id.to_owned()), ..any() };
    assert_eq!(numbers(tool("claude-code")).await, NONE, "its key is of no tool");
    assert_eq!(numbers(tool("")).await, [5, 4, 3, 2, 1]);
    let made = store.add_tool_key("claude-code", "Claude Code", NOW).await.unwrap();
    assert_eq!(store.keys().await.unwrap(), [made.key]);
    assert_eq!(numbers(tool("claude-code")).await, [4, 2, 1]);
    assert_eq!(numbers(tool("")).await, [5, 3]);
    assert_eq!(numbers(tool("codex")).await, NONE);
    let outcome = Some(Outcome::Exhausted);
    assert_eq!(numbers(RequestFilter { outcome, ..any() }).await, [5]);
    assert_eq!(numbers(RequestFilter { fell_over: true, ..any() }).await, [4, 2, 1]);
    assert_eq!(numbers(text("vendor HUNG")).await, [4]);
    assert_eq!(numbers(text(" %_o ")).await, [3], "its letters stand for themselves");
    assert_eq!(numbers(text("000003")).await, [3]);
    assert_eq!(numbers(text("'; DROP TABLE requests; --")).await, NONE);
    assert_eq!(numbers(text("  ")).await, [5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn filtered_pages_meet_without_gap_or_overlap() {
    let scene = Scene::new();
    let store = scene.open().await;
    record(&store, (1..=9).map(|n| if n % 2 == 0 { bare_request(n) } else { full_request(n) }))
        .await;
    let filter = RequestFilter { fell_over: true, ..RequestFilter::default() };
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = store.find_requests(&filter, before.as_ref(), 2).await.unwrap();
        seen.extend(page.requests.iter().map(|row| row.at - NOW));
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, [9, 7, 5, 3, 1]);
}

#[tokio::test]
async fn a_page_that_ends_exactly_has_no_next() {
    let scene = Scene::new();
    let store = with_rows(&scene, 3).await;
    assert_eq!(store.page(None, 3).await.unwrap().next, None);
    assert_eq!(store.page(None, 2).await.unwrap().next, Some(id(2)));
    let beyond = store.page(Some(&id(1)), 3).await.unwrap();
    assert_eq!((beyond.requests.len(), beyond.next), (0, None));
}

#[tokio::test]
async fn a_page_has_at_least_one_row_and_at_most_five_hundred() {
    let scene = Scene::new();
    let store = with_rows(&scene, 501).await;
    assert_eq!(store.page(None, 0).await.unwrap().requests.len(), 1);
    let longest = store.page(None, u32::MAX).await.unwrap();
    assert_eq!((longest.requests.len(), longest.next), (500, Some(id(2))));
}

#[tokio::test]
async fn rows_recorded_while_paging_do_not_move_the_pages() {
    let scene = Scene::new();
    let store = with_rows(&scene, 4).await;
    let next = store.page(None, 2).await.unwrap().next;
    record(&store, [full_request(5)]).await;
    let page = store.page(next.as_ref(), 2).await.unwrap();
    assert_eq!(ids(&page.requests), [id(2).as_str(), id(1).as_str()]);
}

#[tokio::test]
async fn sums_count_only_what_came_since() {
    let scene = Scene::new();
    let store = with_rows(&scene, 4).await;
    let expected = Today {
        requests: 2,
        fell_over: 2,
        failed: 0,
        usage: Usage { input: 20, output: 40, cache_read: 60, cache_write: 80, reasoning: 10 },
        cost: 3_000,
        saved: CacheSaved { money: 540, unpriced: 0 },
    };
    assert_eq!(store.since(NOW + 3).await.unwrap(), expected);
    assert_eq!(store.since(NOW + 5).await.unwrap(), Today::default());
}

#[tokio::test]
async fn a_request_failed_when_nobody_answered_or_the_answer_broke_off() {
    let scene = Scene::new();
    let store = scene.open().await;
    let outcomes = [
        Outcome::Answered,
        Outcome::Broken,
        Outcome::Refused,
        Outcome::Exhausted,
        Outcome::Cancelled,
    ];
    let rows = (1..)
        .zip(outcomes)
        .map(|(number, outcome)| RequestView { outcome, ..bare_request(number) });
    record(&store, rows).await;
    let sums = store.since(0).await.unwrap();
    assert_eq!((sums.requests, sums.failed), (5, 2));
    assert_eq!((sums.usage, sums.cost), (Usage::default(), 0));
}

#[tokio::test]
async fn a_request_fell_over_when_another_than_the_first_tried_answered() {
    let scene = Scene::new();
    let store = scene.open().await;
    let failed = |account| attempt(account, Some(FailureClass::Transient));
    let first_answered = RequestView {
        served_by: Some(by("acc_1")),
        attempts: vec![attempt("acc_1", None)],
        ..full_request(1)
    };
    let tried_twice = RequestView {
        served_by: Some(by("acc_1")),
        attempts: vec![failed("acc_1"), attempt("acc_1", None)],
        ..full_request(2)
    };
    let nobody = RequestView {
        served_by: None,
        attempts: vec![failed("acc_1"), failed("acc_2")],
        ..full_request(3)
    };
    record(&store, [first_answered, tried_twice, nobody]).await;
    assert_eq!(store.since(0).await.unwrap().fell_over, 0);
    record(&store, [full_request(4)]).await;
    assert_eq!(store.since(0).await.unwrap().fell_over, 1);
}

#[tokio::test]
async fn absurd_counts_are_held_at_the_end_of_the_range() {
    let scene = Scene::new();
    let store = scene.open().await;
    let most = u64::MAX;
    let usage =
        Usage { input: most, output: most, cache_read: most, cache_write: most, reasoning: most };
    let absurd = |number| RequestView {
        usage: Some(usage),
        millis: most,
        first_content: Some(most),
        cost: Some(NanoDollars::MAX),
        ..full_request(number)
    };
    record(&store, [absurd(1), absurd(2)]).await;
    let end = i64::MAX.unsigned_abs();
    let read = store.request(&id(1)).await.unwrap().unwrap();
    assert_eq!((read.millis, read.usage.unwrap().input), (end, end));
    let sums = store.since(0).await.unwrap();
    assert_eq!((sums.usage.input, sums.cost), (end, NanoDollars::MAX));
}

#[tokio::test]
async fn pruning_removes_what_came_before_and_nothing_else() {
    let scene = Scene::new();
    let store = with_rows(&scene, 2_500).await;
    assert_eq!(store.prune_requests(NOW + 2_499).await.unwrap(), 2_498);
    let left = store.page(None, 10).await.unwrap().requests;
    assert_eq!(ids(&left), [id(2_500).as_str(), id(2_499).as_str()]);
    assert_eq!(store.prune_requests(NOW).await.unwrap(), 0);
}

#[tokio::test]
async fn the_queries_of_the_dashboard_never_walk_the_whole_history() {
    let scene = Scene::new();
    scene.open().await.close().await;
    let mut connection = scene.raw().await;
    for (sql, index) in [
        ("SELECT * FROM requests ORDER BY id DESC LIMIT 51", "sqlite_autoindex_requests_1"),
        ("SELECT * FROM requests WHERE id < 'x' ORDER BY id DESC LIMIT 51", "autoindex_requests_1"),
        (
            "SELECT COUNT(*) FILTER (WHERE fell_over = 1), COUNT(*) FILTER (WHERE outcome IN \
             ('a')), TOTAL(input), TOTAL(output), TOTAL(cache_read), TOTAL(cache_write), \
             TOTAL(reasoning), TOTAL(cost) FROM requests WHERE at >= 1",
            "COVERING INDEX requests_sums",
        ),
        ("SELECT id FROM requests WHERE at < 1 ORDER BY at LIMIT 9", "INDEX requests_sums"),
    ] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(explain).fetch_all(&mut connection).await.unwrap();
        let words: Vec<&str> = plan.iter().map(|step| step.3.as_str()).collect();
        assert!(words.len() == 1 && words[0].contains(index), "{sql}: {words:?}");
    }
}
