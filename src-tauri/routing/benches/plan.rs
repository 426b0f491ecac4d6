//! How long a plan takes with 200 accounts of 40 models each.
//!
//! `cargo bench -p switchyard-routing` prints the median and the slowest of a hundred of each kind. The aim is
//! under 50 microseconds.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::hint::black_box;
use std::time::Instant;

use switchyard_routing::{
    AccountFacts, AccountOrder, Ask, Combo, Desk, Lock, ModelFacts, Share, Snapshot, SnapshotParts,
    Source, Strategy, VendorFacts, Window, plan,
};
use switchyard_types::{AccountId, Dialect, FailureClass, Millis, Price, Tier};

const NOW: Millis = 1_795_392_000_000;
const ACCOUNTS: usize = 200;
const MODELS: usize = 40;
const VENDORS: usize = 20;

fn main() {
    for (name, locked) in [("all can serve", 0), ("half are locked", 2), ("all are locked", 1)] {
        for (called, strategy) in [
            ("fallback", Strategy::Fallback),
            ("round robin", Strategy::RoundRobin { sticky: 3 }),
            ("cheapest", Strategy::Cheapest),
            ("most quota left", Strategy::MostQuotaLeft),
        ] {
            let (median, slowest) = measured(&Snapshot::new(parts(strategy, locked)));
            println!("{called:>16}, {name:<16} {median:>6.1} µs, at most {slowest:>6.1} µs");
        }
    }
}

fn measured(snapshot: &Snapshot) -> (f64, f64) {
    let desk = Desk::default();
    let ask = Ask::new("all", &[Dialect::Chat]);
    let mut micros: Vec<f64> = (0..100)
        .map(|_| {
            let begun = Instant::now();
            for _ in 0..10 {
                let _ = black_box(plan(black_box(snapshot), &desk, &ask, NOW));
            }
            begun.elapsed().as_secs_f64() * 1e5
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    let at = |part: usize| micros.get(part).copied().unwrap_or_default();
    (at(50), at(99))
}

/// A combo of forty models, two of each of twenty vendors with ten accounts each. Of every `locked` accounts
/// one is locked; nought locks none.
fn parts(strategy: Strategy, locked: usize) -> SnapshotParts {
    let vendor = |n: usize| VendorFacts {
        id: format!("vendor-{n}"),
        prefixes: vec![format!("v{n}")],
        dialects: vec![Dialect::Chat],
        usable: true,
        tier: Tier::Cheap,
        models: (0..MODELS)
            .map(|m| ModelFacts {
                id: format!("model-{m}"),
                price: Some(Price {
                    input: 1 + i64::try_from(m * n).unwrap_or(0),
                    ..Price::default()
                }),
                ..ModelFacts::default()
            })
            .collect(),
        accounts: AccountOrder::FillFirst,
    };
    let id = |n: usize| AccountId::new(format!("acc_{n:016x}"));
    let account = |n: usize| AccountFacts {
        id: id(n),
        name: format!("account {n}"),
        vendor: format!("vendor-{}", n % VENDORS),
        enabled: true,
        priority: 0,
        leave_at: None,
    };
    let lock = |n: usize| Lock {
        account: id(n),
        model: None,
        class: FailureClass::Quota,
        message: "You have reached your limit; it resets tomorrow.".to_owned(),
        since: NOW,
        until: NOW + 60_000,
        from_vendor: true,
        step: 0,
    };
    let window = |n: usize| switchyard_routing::Kept {
        window: Window {
            account: id(n),
            name: "weekly".to_owned(),
            models: None,
            used: Some(Share::of(u32::try_from(n * 40).unwrap_or(0))),
            resets_at: Some(NOW + 86_400_000),
            length: Some(7 * 86_400_000),
            source: Source::Headers,
            observed_at: NOW,
        },
        left_early: false,
        readings: switchyard_routing::Readings::default(),
    };
    let entries: Vec<String> = (0..MODELS).map(|m| format!("v{}/model-{m}", m % VENDORS)).collect();
    SnapshotParts {
        vendors: (0..VENDORS).map(vendor).collect(),
        accounts: (0..ACCOUNTS).map(account).collect(),
        combos: vec![Combo { strategy, ..Combo::listed("all", &entries) }],
        locks: (0..ACCOUNTS).filter(|n| locked > 0 && n % locked == 0).map(lock).collect(),
        quotas: (0..ACCOUNTS).map(window).collect::<Vec<_>>().into(),
        ..SnapshotParts::default()
    }
}
