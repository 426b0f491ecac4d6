//! The agents: four people at work, each with one coding agent.

use crate::chance::Chance;
use crate::world::{DAY, DAYS, HOUR, MINUTE, Request, SECOND, START};

const AGENTS: u64 = 4;

/// Every request of thirty days in the order of time, as if each were answered at once.
pub(crate) fn requests(seed: u64) -> Vec<Request> {
    let mut requests: Vec<Request> = (0..AGENTS)
        .flat_map(|agent| {
            let mut chance = Chance::new(seed ^ (agent + 1).wrapping_mul(0x5851_f42d_4c95_7f2d));
            days(agent, &mut chance)
        })
        .collect();
    requests.sort_by_key(|request| (request.at, request.session));
    requests
}

fn days(agent: u64, chance: &mut Chance) -> Vec<Request> {
    let mut requests = Vec::new();
    for day in 0..DAYS {
        // The first day is a Monday.
        if day % 7 >= 5 {
            continue;
        }
        let morning = START + day * DAY + 8 * HOUR + chance.between(0, 90 * MINUTE);
        let evening = START + day * DAY + 17 * HOUR + chance.between(0, 2 * HOUR);
        let lunch = START + day * DAY + 12 * HOUR + chance.between(0, HOUR);
        let mut at = morning;
        let mut session = 0;
        while at < evening {
            let id = agent << 32 | u64::try_from(day).unwrap_or(0) << 16 | session;
            at = conversation(id, at, &mut requests, chance);
            session += 1;
            at += chance.between(2 * MINUTE, 25 * MINUTE);
            if (lunch..lunch + 45 * MINUTE).contains(&at) {
                at = lunch + 45 * MINUTE;
            }
        }
    }
    requests
}

/// One piece of work: a prompt that grows with every turn, until it is compacted.
fn conversation(session: u64, from: i64, into: &mut Vec<Request>, chance: &mut Chance) -> i64 {
    let turns = chance.between(15, 120);
    let mut prompt = chance.between(12_000, 22_000);
    let mut at = from;
    for _ in 0..turns {
        let answer = chance.between(150, 1_400);
        let as_tokens = |tokens: i64| tokens.unsigned_abs();
        into.push(Request { at, session, prompt: as_tokens(prompt), answer: as_tokens(answer) });
        prompt += answer + chance.between(300, 4_000);
        if prompt > 160_000 {
            prompt = chance.between(20_000, 30_000);
        }
        at += chance.between(6 * SECOND, 40 * SECOND);
        // Now and then the person reads what was written.
        if chance.in_a_thousand(60) {
            at += chance.between(MINUTE, 9 * MINUTE);
        }
    }
    at
}
