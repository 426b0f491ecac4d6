//! How long a plan takes with 200 accounts of 40 models each.
//!
//! `cargo bench -p switchyard-routing` prints the median and the slowest of a hundred of each kind. The aim is
//! under 50 microseconds.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod crowd;

use std::hint::black_box;
use std::time::Instant;

use crowd::{NOW, parts};
use switchyard_routing::{Ask, Desk, Snapshot, Strategy, plan};
use switchyard_types::Dialect;

fn main() {
    for (name, locked) in [("all can serve", 0), ("half are locked", 2), ("all are locked", 1)] {
        for (called, strategy) in [
            ("fallback", Strategy::Fallback),
            ("round robin", Strategy::RoundRobin { sticky: 3 }),
            ("cheapest", Strategy::Cheapest),
            ("most quota left", Strategy::MostQuotaLeft),
        ] {
            let (median, slowest) = measured(&Snapshot::new(parts(20, strategy, locked)));
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
