//! Who decides: routing's core, or a list that is gone through from its head every time.

use switchyard_routing::{
    AccountFacts, AccountOrder, Ask, Combo, Core, Grouping, ModelFacts, Needs, Notices, SessionKey,
    Snapshot, SnapshotParts, Strategy, VendorFacts,
};
use switchyard_types::{AccountId, Dialect, NanoDollars, RequestId, Tier};

use crate::world::{Account, Answer, DAY, DAYS, Request, START};

/// A way to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Each request goes down the list until somebody answers; nothing is remembered.
    Naive,
    /// Routing's core with a combo of the same list, in the order of the list.
    Listed,
    /// Routing's core with the subscription first whose quota would expire unused, then what costs least.
    UsesUp,
}

/// What came of thirty days.
#[derive(Debug, Default)]
pub(crate) struct Result {
    pub(crate) requests: u64,
    pub(crate) answered: u64,
    /// Not answered, though somebody could have.
    pub(crate) refused_wrongly: u64,
    /// Not answered, and nobody could have.
    pub(crate) refused_rightly: u64,
    /// Tries that a vendor refused.
    pub(crate) failed_tries: u64,
    pub(crate) money: NanoDollars,
    /// Money spent until the end of each day.
    pub(crate) by_day: Vec<NanoDollars>,
    pub(crate) prompt_tokens: u64,
    pub(crate) cached_tokens: u64,
    /// Requests served by subscriptions, paid keys and the free tier.
    pub(crate) by_tier: [u64; 3],
    /// Times that a session went to another account than for its request before.
    pub(crate) moves: u64,
    /// Of each subscription's weeks that ended: used and held.
    pub(crate) weeks: Vec<(&'static str, u64, u64)>,
}

pub(crate) fn run(policy: Policy, mut accounts: Vec<Account>, requests: &[Request]) -> Result {
    let mut result = Result::default();
    let mut core = core(policy, &accounts);
    let mut last: std::collections::HashMap<u64, &str> = std::collections::HashMap::new();
    let mut day = 0;
    for (number, request) in (0_u64..).zip(requests) {
        while request.at >= START + (day + 1) * DAY {
            result.by_day.push(result.money);
            day += 1;
            core.passed(request.at);
        }
        result.requests += 1;
        let served = match policy {
            Policy::Naive => in_order(&mut accounts, request, &mut result),
            Policy::Listed | Policy::UsesUp => {
                let id = RequestId::new(format!("req_{number}"));
                decided(&mut core, &mut accounts, &id, request, &mut result)
            }
        };
        let Some(at) = served else {
            let could = accounts.iter_mut().any(|account| account.could_serve(request.at));
            *if could { &mut result.refused_wrongly } else { &mut result.refused_rightly } += 1;
            continue;
        };
        result.answered += 1;
        let account = &accounts[at];
        let before = last.insert(request.session, account.id);
        result.moves += u64::from(before.is_some_and(|before| before != account.id));
        result.by_tier[tier_index(account)] += 1;
    }
    let end = START + DAYS * DAY;
    while result.by_day.len() < usize::try_from(DAYS).unwrap_or(0) {
        result.by_day.push(result.money);
    }
    for account in accounts.iter_mut().filter(|account| account.is_subscription()) {
        account.finish(end);
        // The first week had begun before the simulation did.
        let weeks = account.weeks.iter().skip(1);
        let (used, held) =
            weeks.fold((0, 0), |sum, week| (sum.0 + week.0.min(week.1), sum.1 + week.1));
        result.weeks.push((account.id, used, held));
    }
    result
}

fn in_order(accounts: &mut [Account], request: &Request, result: &mut Result) -> Option<usize> {
    for (at, account) in accounts.iter_mut().enumerate() {
        match account.ask(request) {
            Answer::Served { usage, cost, .. } => {
                note(result, &usage, cost);
                return Some(at);
            }
            Answer::Refused(_) => result.failed_tries += 1,
        }
    }
    None
}

fn decided(
    core: &mut Core,
    accounts: &mut [Account],
    id: &RequestId,
    request: &Request,
    result: &mut Result,
) -> Option<usize> {
    let now = request.at;
    let ask = Ask {
        needs: Needs { tokens: Some(request.prompt), ..Needs::default() },
        session: Some(SessionKey::of(&[&request.session.to_le_bytes()])),
        ..Ask::new("work", &[Dialect::Chat])
    };
    let plan = core.ask(id, &ask, &[], now).ok()?;
    for candidate in &plan.candidates {
        if core.trying(id, candidate, now).is_err() {
            continue;
        }
        let at = accounts.iter().position(|account| account.id == candidate.account.as_str())?;
        match accounts[at].ask(request) {
            Answer::Served { usage, cost, windows } => {
                core.answered(id, 800, now);
                core.read(windows, now);
                core.ended(id, Some(usage), Some(cost), now);
                note(result, &usage, cost);
                return Some(at);
            }
            Answer::Refused(failure) => {
                result.failed_tries += 1;
                core.failed(id, &candidate.place(), &failure, 0, now);
            }
        }
    }
    core.ended(id, None, None, now);
    None
}

fn note(result: &mut Result, usage: &switchyard_types::Usage, cost: NanoDollars) {
    result.money += cost;
    result.prompt_tokens += usage.input_total();
    result.cached_tokens += usage.cache_read;
}

fn tier_index(account: &Account) -> usize {
    match tier(account) {
        Tier::Subscription => 0,
        Tier::Cheap => 1,
        Tier::Free => 2,
    }
}

fn tier(account: &Account) -> Tier {
    if account.is_subscription() {
        Tier::Subscription
    } else if account.price().input > 0 {
        Tier::Cheap
    } else {
        Tier::Free
    }
}

fn core(policy: Policy, accounts: &[Account]) -> Core {
    let named = |account: &Account| format!("{}/model", account.vendor);
    let of = |tiers: &[Tier]| -> Vec<String> {
        accounts.iter().filter(|account| tiers.contains(&tier(account))).map(named).collect()
    };
    let combos = match policy {
        Policy::Naive | Policy::Listed => {
            let all = [Tier::Subscription, Tier::Free, Tier::Cheap];
            vec![Combo::listed("work", &of(&all))]
        }
        Policy::UsesUp => {
            let by = |strategy, name: &str, tiers: &[Tier]| Combo {
                strategy,
                grouping: Grouping::AsListed,
                ..Combo::listed(name, &of(tiers))
            };
            vec![
                Combo::listed("work", &["plans", "rest"]),
                by(Strategy::MostQuotaLeft, "plans", &[Tier::Subscription]),
                by(Strategy::Cheapest, "rest", &[Tier::Free, Tier::Cheap]),
            ]
        }
    };
    let parts = SnapshotParts {
        vendors: accounts.iter().map(vendor).collect(),
        accounts: accounts
            .iter()
            .map(|account| AccountFacts {
                id: AccountId::new(account.id),
                name: account.id.to_owned(),
                vendor: account.vendor.to_owned(),
                enabled: true,
                priority: 0,
                leave_at: None,
            })
            .collect(),
        combos,
        ..SnapshotParts::default()
    };
    Core::new(Snapshot::new(parts), Notices::default())
}

fn vendor(account: &Account) -> VendorFacts {
    let price = Some(account.price()).filter(|price| price.input > 0);
    VendorFacts {
        id: account.vendor.to_owned(),
        prefixes: vec![account.vendor.to_owned()],
        dialects: vec![Dialect::Chat],
        usable: true,
        tier: tier(account),
        models: vec![ModelFacts {
            id: "model".to_owned(),
            context: Some(200_000),
            price,
            ..ModelFacts::default()
        }],
        accounts: AccountOrder::FillFirst,
    }
}
