#![cfg(test)]
//! What a plan allocates with 200 accounts of 40 models each: no more than with ten times as many.

#[path = "../benches/crowd/mod.rs"]
mod crowd;

use allocation_counter::measure;
use crowd::{NOW, parts};
use switchyard_routing::{Ask, Desk, Snapshot, Strategy, plan};
use switchyard_types::Dialect;

/// Bytes that a plan allocates in all, with so many vendors of ten accounts each.
fn allocated(vendors: usize, strategy: Strategy, locked: usize) -> u64 {
    let snapshot = Snapshot::new(parts(vendors, strategy, locked));
    let (desk, ask) = (Desk::default(), Ask::new("all", &[Dialect::Chat]));
    let mut found = 0;
    let allocations = measure(|| {
        found = plan(&snapshot, &desk, &ask, NOW).map_or(0, |plan| plan.candidates.len());
    });
    assert_eq!(found == 0, locked == 1, "who is locked cannot serve");
    allocations.bytes_total
}

#[test]
fn a_plan_allocates_nothing_in_proportion_to_all_accounts_and_models() {
    // A pointer to each model of each account.
    const ALL: u64 = 200 * 40 * 8;
    for strategy in [
        Strategy::Fallback,
        Strategy::RoundRobin { sticky: 3 },
        Strategy::Cheapest,
        Strategy::MostQuotaLeft,
    ] {
        for locked in [0, 2, 1] {
            let (some, many) = (allocated(20, strategy, locked), allocated(200, strategy, locked));
            println!(
                "{strategy:?}, one of {locked} locked: {some} bytes, of ten times as many {many}"
            );
            assert!(many <= some + some / 50, "{strategy:?} {locked}: {some}, then {many}");
            assert!(some < ALL, "{strategy:?} {locked}: {some}");
        }
    }
}
