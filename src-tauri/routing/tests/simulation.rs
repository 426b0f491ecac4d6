#![cfg(test)]
//! Twelve days of the simulation behind `SIMULATION.md`: what it shows must stay so.

#[path = "../examples/simulate/agents.rs"]
mod agents;
#[path = "../examples/simulate/chance.rs"]
mod chance;
#[path = "../examples/simulate/policy.rs"]
mod policy;
#[path = "../examples/simulate/world.rs"]
mod world;

use policy::{Policy, Result};

fn run(policy: Policy, seed: u64) -> Result {
    let mut requests = agents::requests(seed);
    let end = world::START + 12 * world::DAY;
    requests.retain(|request| request.at < end);
    policy::run(policy, world::accounts(seed, 80), &requests)
}

#[test]
fn nobody_is_refused_who_could_be_served_and_less_is_spent_than_by_naive_fallback() {
    let naive = run(Policy::Naive, 1);
    for policy in [Policy::Listed, Policy::UsesUp] {
        let ours = run(policy, 1);
        assert_eq!(ours.refused_wrongly, 0, "{policy:?}");
        assert_eq!(ours.answered + ours.refused_rightly, ours.requests);
        assert!(ours.money <= naive.money, "{policy:?}: {} of {}", ours.money, naive.money);
        assert!(ours.failed_tries * 10 < naive.failed_tries, "{policy:?}");
        assert!(ours.moves <= naive.moves, "{policy:?}");
        let share = |result: &Result| result.cached_tokens * 1_000 / result.prompt_tokens;
        assert!(share(&ours) >= share(&naive), "{policy:?} loses prompt caches");
    }
}
