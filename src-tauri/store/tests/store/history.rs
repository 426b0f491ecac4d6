//! How long the history is kept, its sums, and how fast a long one is.

use std::time::Instant;

use switchyard_store::{Grain, Retention, Store};
use switchyard_types::{CacheSaved, RequestFilter, RequestId, UsageAsk, UsageBy, UsageStep};

use crate::scene::{NOW, Scene, bare_request, full_request, record};

const DAY: i64 = 24 * 3_600_000;

async fn count(store: &Store) -> u64 {
    store.since(0).await.unwrap().requests
}

#[tokio::test]
async fn old_rows_go_and_their_sums_stay() {
    let scene = Scene::new();
    let store = scene.open().await;
    let aged = |number: i64, days: i64| {
        let mut row = full_request(number);
        row.at = NOW - days * DAY;
        row
    };
    record(&store, [aged(1, 400), aged(2, 400), aged(3, 100), aged(4, 1), bare_request(5)]).await;
    let tidied = store.tidy(NOW, Retention::default()).await.unwrap();
    assert_eq!((tidied.requests, tidied.hours), (2, 2));
    assert_eq!(count(&store).await, 3);

    let days = store.usage(0, i64::MAX, Grain::Day).await.unwrap();
    assert_eq!(days.iter().map(|day| day.requests).collect::<Vec<_>>(), [2, 1, 1, 1]);
    assert_eq!(days[0].usage.input, 20);
    assert_eq!(days[0].cost, 3_000);
    assert_eq!(days[0].saved, CacheSaved { money: 540, unpriced: 0 });
    assert_eq!(days[0].vendor.as_deref(), Some("glm"));
    assert_eq!((days[3].failed, days[3].vendor.as_deref()), (1, None));
    assert_eq!(days[0].start.rem_euclid(DAY), 0);
    let late = store.usage(NOW - 2 * DAY, i64::MAX, Grain::Hour).await.unwrap();
    assert_eq!(late.len(), 2);
    assert_eq!(store.tidy(NOW, Retention::default()).await.unwrap().hours, 0);
    assert_eq!(store.usage(0, i64::MAX, Grain::Day).await.unwrap(), days);
}

#[tokio::test]
async fn a_row_that_is_written_twice_is_summed_once() {
    let scene = Scene::new();
    let store = scene.open().await;
    record(&store, [full_request(1)]).await;
    record(&store, [full_request(1), full_request(2)]).await;
    let sums = store.usage(0, i64::MAX, Grain::Hour).await.unwrap();
    assert_eq!(sums.iter().map(|sum| sum.requests).sum::<u64>(), 2);
}

#[tokio::test]
async fn sums_are_told_apart_by_one_thing_and_outlive_their_rows() {
    let scene = Scene::new();
    let store = scene.open().await;
    let tool = store.add_tool_key("claude-code", "Claude Code", NOW).await.unwrap();
    assert_eq!(tool.key.name, "Claude Code");
    let aged = |number: i64, days: i64| {
        let mut row = full_request(number);
        row.at = NOW - days * DAY;
        row
    };
    record(&store, [aged(1, 400), aged(2, 100), full_request(3), bare_request(4)]).await;
    store.tidy(NOW, Retention::default()).await.unwrap();
    let all =
        UsageAsk { from: 0, until: i64::MAX, by: UsageBy::Vendor, step: UsageStep::Whole, east: 0 };
    let by = async |by| {
        let rows = store.usage_sums(&UsageAsk { by, ..all }).await.unwrap();
        rows.into_iter().map(|row| (row.of, row.requests, row.usage.output)).collect::<Vec<_>>()
    };
    let named = |name: &str, requests, output| (name.to_owned(), requests, output);
    assert_eq!(by(UsageBy::Vendor).await, [named("", 1, 0), named("glm", 3, 60)]);
    assert_eq!(by(UsageBy::Account).await, [named("", 1, 0), named("acc_2", 3, 60)]);
    assert_eq!(by(UsageBy::Key).await, [named("", 1, 0), named("Claude Code", 3, 60)]);
    assert_eq!(by(UsageBy::Tool).await, [named("", 1, 0), named("claude-code", 3, 60)]);
    assert_eq!(by(UsageBy::Combo).await, [named("", 1, 0), named("daily", 3, 60)]);
    assert_eq!(by(UsageBy::Time).await, [named("", 4, 60)]);
    let tools: Vec<_> = store.usage(0, i64::MAX, Grain::Day).await.unwrap();
    let tools: Vec<_> = tools.iter().filter_map(|sum| sum.tool.as_deref()).collect();
    assert_eq!(tools.first(), Some(&"claude-code"));
    let late = UsageAsk { from: NOW - DAY, ..all };
    let late = store.usage_sums(&late).await.unwrap();
    assert_eq!(late.iter().map(|row| row.requests).sum::<u64>(), 2);
}

#[tokio::test]
async fn what_a_cache_saved_at_unknown_prices_is_counted_in_tokens() {
    let scene = Scene::new();
    let store = scene.open().await;
    let mut unpriced = full_request(2);
    (unpriced.cost, unpriced.saved) = (None, None);
    record(&store, [full_request(1), unpriced, bare_request(3)]).await;
    let saved = CacheSaved { money: 270, unpriced: 30 };
    assert_eq!(store.since(0).await.unwrap().saved, saved);
    let all =
        UsageAsk { from: 0, until: i64::MAX, by: UsageBy::Combo, step: UsageStep::Whole, east: 0 };
    let daily = store.usage_sums(&all).await.unwrap().pop().unwrap();
    assert_eq!((daily.of.as_str(), daily.saved), ("daily", saved));
}

#[tokio::test]
async fn days_begin_at_the_askers_midnight() {
    let scene = Scene::new();
    let store = scene.open().await;
    let midnight = NOW / DAY * DAY;
    let at = |number: i64, hour: i64| {
        let mut row = full_request(number);
        row.at = midnight + hour * 3_600_000;
        row
    };
    record(&store, [at(1, 1), at(2, 22), at(3, 23)]).await;
    let starts = async |east| {
        let (from, until, by) = (midnight - DAY, midnight + 2 * DAY, UsageBy::Model);
        let asked = UsageAsk { from, until, by, step: UsageStep::Day, east };
        let rows = store.usage_sums(&asked).await.unwrap();
        rows.iter()
            .map(|row| ((row.start - midnight) / 3_600_000, row.requests))
            .collect::<Vec<_>>()
    };
    assert_eq!(starts(0).await, [(0, 3)]);
    assert_eq!(starts(60).await, [(-1, 2), (23, 1)]);
    assert_eq!(starts(-120).await, [(-22, 1), (2, 2)]);
}

#[tokio::test]
async fn too_much_history_goes_oldest_first_and_its_room_is_given_back() {
    let scene = Scene::new();
    let store = scene.open().await;
    record(&store, (0..4_000).map(full_request)).await;
    let keep = Retention { max_bytes: 2 << 20, ..Retention::default() };
    let tidied = store.tidy(NOW, keep).await.unwrap();
    assert!(tidied.requests >= 1_000 && tidied.requests < 4_000, "{tidied:?}");
    assert!(tidied.pages > 0, "{tidied:?}");
    let newest = store.page(None, 1).await.unwrap().requests.remove(0);
    assert_eq!(newest.id, RequestId::new("req_000003999"));
    store.close().await;
    assert!(std::fs::metadata(scene.database()).unwrap().len() < 3 << 20);
}

/// A year of heavy use. Run with `--ignored --nocapture`; prints its figures.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes a database of more than a GiB"]
async fn a_million_requests_open_within_a_second_and_list_within_fifty_milliseconds() {
    const MANY: i64 = 1_000_000;
    let scene = Scene::new();
    let store = scene.open().await;
    for start in (0..MANY).step_by(2_000) {
        let rows = (start..start + 2_000).map(|number| {
            let mut row = full_request(number);
            row.at = NOW + number * 31_536;
            row
        });
        record(&store, rows).await;
    }
    assert_eq!(count(&store).await, MANY.unsigned_abs());
    store.close().await;
    let bytes = std::fs::metadata(scene.database()).unwrap().len();

    let timed = Instant::now();
    let store = scene.open().await;
    let opened = timed.elapsed();
    let timed = Instant::now();
    let page = store.page(None, 200).await.unwrap();
    let first = timed.elapsed();
    let middle = RequestId::new(format!("req_{:09}", MANY / 2));
    let timed = Instant::now();
    store.page(Some(&middle), 200).await.unwrap();
    let deep = timed.elapsed();
    let timed = Instant::now();
    store.since(NOW + (MANY - 2_740) * 31_536).await.unwrap();
    let today = timed.elapsed();
    let timed = Instant::now();
    let year = store.usage(0, i64::MAX, Grain::Day).await.unwrap();
    let summed = timed.elapsed();
    let timed = Instant::now();
    let nothing = RequestFilter { text: Some("nowhere".to_owned()), ..RequestFilter::default() };
    store.find_requests(&nothing, None, 200).await.unwrap();
    println!("a text that stands nowhere {:?}", timed.elapsed());
    println!(
        "{} MiB; open {opened:?}, first page {first:?}, a page in the middle {deep:?}, today {today:?}, \
         {} days {summed:?}",
        bytes >> 20,
        year.len(),
    );
    assert_eq!(page.requests.len(), 200);
    assert!(opened.as_millis() < 1_000, "{opened:?}");
    assert!(first.as_millis() < 50 && deep.as_millis() < 50, "{first:?} {deep:?}");
}
