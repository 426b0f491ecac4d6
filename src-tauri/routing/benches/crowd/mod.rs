//! Many accounts of many models: what the benchmark and the test of allocations plan with.

use switchyard_routing::{
    AccountFacts, AccountOrder, Combo, Lock, ModelFacts, Share, SnapshotParts, Source, Strategy,
    VendorFacts, Window,
};
use switchyard_types::{AccountId, Dialect, FailureClass, Millis, Price, Tier};

pub(crate) const NOW: Millis = 1_795_392_000_000;
const MODELS: usize = 40;

/// So many vendors with ten accounts and forty models each, and a combo of two models of each of the first
/// twenty. Of every `locked` accounts one is locked; nought locks none.
pub(crate) fn parts(vendors: usize, strategy: Strategy, locked: usize) -> SnapshotParts {
    let accounts = vendors * 10;
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
        vendor: format!("vendor-{}", n % vendors),
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
            used: Some(Share::of(u32::try_from(n % 200 * 40).unwrap_or(0))),
            resets_at: Some(NOW + 86_400_000),
            length: Some(7 * 86_400_000),
            source: Source::Headers,
            observed_at: NOW,
        },
        left_early: false,
        readings: switchyard_routing::Readings::default(),
    };
    let entries: Vec<String> = (0..MODELS).map(|m| format!("v{}/model-{m}", m % 20)).collect();
    SnapshotParts {
        vendors: (0..vendors).map(vendor).collect(),
        accounts: (0..accounts).map(account).collect(),
        combos: vec![Combo { strategy, ..Combo::listed("all", &entries) }],
        locks: (0..accounts).filter(|n| locked > 0 && n % locked == 0).map(lock).collect(),
        quotas: (0..accounts).map(window).collect::<Vec<_>>().into(),
        ..SnapshotParts::default()
    }
}
