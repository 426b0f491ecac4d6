//! In which order a combo's entries and a vendor's accounts are asked.

use switchyard_types::Millis;

use super::MOST_CANDIDATES;
use super::walk::{Offer, Walk};
use crate::config::{Route, Step, StepTarget};
use crate::{AccountFacts, AccountOrder, Grouping, Strategy, VendorFacts};

/// Tokens of a prompt that nobody estimated, and of an answer, where costs are compared.
const USUAL_PROMPT: u64 = 20_000;
const USUAL_ANSWER: u64 = 1_000;

/// The entries of a combo in the order that its strategy asks them, by their place in the list.
pub(super) fn entries<'a>(walk: &mut Walk<'a>, route: &'a Route) -> Vec<usize> {
    if route.strategy == Strategy::MostQuotaLeft {
        for step in &route.steps {
            if let StepTarget::Model { vendor, model } = &step.what {
                walk.note_urgencies(*vendor, model);
            }
        }
    }
    let walk = &*walk;
    let mut order: Vec<usize> = (0..route.steps.len()).collect();
    if route.strategy == Strategy::Fallback && route.grouping == Grouping::AsListed {
        return order;
    }
    let keys: Vec<(u8, u64)> = route
        .steps
        .iter()
        .enumerate()
        .map(|(entry, step)| (group(route, step), key(walk, route, entry, step)))
        .collect();
    // Stable: what the strategy does not tell apart stays as listed.
    order.sort_by_key(|entry| keys.get(*entry).copied());
    order
}

fn group(route: &Route, step: &Step) -> u8 {
    match route.grouping {
        Grouping::AsListed => 0,
        Grouping::ByTier => match step.tier {
            switchyard_types::Tier::Subscription => 0,
            switchyard_types::Tier::Cheap => 1,
            switchyard_types::Tier::Free => 2,
        },
    }
}

/// What a strategy orders by, the least first.
fn key(walk: &Walk<'_>, route: &Route, entry: usize, step: &Step) -> u64 {
    let turns = &walk.desk.turns;
    let incumbent = || turns.last_entry(&route.name) == Some(entry);
    match route.strategy {
        Strategy::Fallback => 0,
        Strategy::RoundRobin { sticky } => {
            let count = route.steps.len();
            let next = turns.next_entry(&route.name, sticky, count);
            as_u64((entry + count - next) % count.max(1))
        }
        Strategy::Weighted if step.weight == 0 => u64::MAX,
        Strategy::Weighted => {
            let owed = turns.owed(&route.name, entry, step.weight);
            // The most owed comes first, in a range without negatives; what is owed is bounded by weights.
            (u64::MAX / 2).saturating_add_signed(owed.saturating_neg())
        }
        Strategy::Cheapest => cost(walk, step).unwrap_or(u64::MAX),
        Strategy::MostQuotaLeft => least_urgent_last(urgency(walk, step), incumbent()),
        Strategy::Fastest => match speed(walk, step) {
            // Only who has been asked can be compared.
            None => 0,
            Some(millis) if incumbent() => millis - millis / 5,
            Some(millis) => millis,
        },
    }
}

fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Quota that expires soonest first. Whoever is being used stays ahead until another is a tenth more
/// urgent: two that are level would take turns otherwise, and lose their prompt caches.
fn least_urgent_last(urgency: Option<u64>, incumbent: bool) -> u64 {
    match urgency {
        None => u64::MAX,
        Some(urgency) if incumbent => u64::MAX - 1 - urgency.saturating_add(urgency / 10),
        Some(urgency) => u64::MAX - 1 - urgency,
    }
}

/// What the request would cost at an entry, in nano-dollars; `None` where no price is known.
fn cost(walk: &Walk<'_>, step: &Step) -> Option<u64> {
    match &step.what {
        StepTarget::Model { vendor, model } | StepTarget::Account { vendor, model, .. } => {
            walk.cost_of(walk.config.vendors.get(*vendor)?, model)
        }
        StepTarget::Asked { vendor } => {
            walk.cost_of(walk.config.vendors.get(*vendor)?, walk.ask.model)
        }
        StepTarget::Route(inner) => {
            let inner = walk.config.routes.get(*inner)?;
            inner.steps.iter().filter_map(|step| cost(walk, step)).min()
        }
        StepTarget::Missing(_) => None,
    }
}

fn urgency(walk: &Walk<'_>, step: &Step) -> Option<u64> {
    let quotas = walk.snapshot.quotas();
    match &step.what {
        StepTarget::Model { vendor, model } => {
            let all = walk.config.accounts_at(*vendor);
            let known = walk.config.vendors.get(*vendor).and_then(|it| walk.urgencies(it, model));
            if let Some(known) = known {
                let each = all.iter().zip(known).filter(|(account, _)| account.enabled);
                each.filter_map(|(_, urgency)| *urgency).max()
            } else {
                let enabled = all.iter().filter(|account| account.enabled);
                enabled.filter_map(|it| quotas.urgency(&it.id, model, walk.now)).max()
            }
        }
        StepTarget::Account { account, model, .. } => quotas.urgency(account, model, walk.now),
        StepTarget::Route(inner) => {
            let inner = walk.config.routes.get(*inner)?;
            inner.steps.iter().filter_map(|step| urgency(walk, step)).max()
        }
        StepTarget::Asked { .. } | StepTarget::Missing(_) => None,
    }
}

fn speed(walk: &Walk<'_>, step: &Step) -> Option<u64> {
    let speeds = &walk.desk.speeds;
    match &step.what {
        StepTarget::Model { vendor, model } => walk
            .config
            .accounts_at(*vendor)
            .iter()
            .filter_map(|account| speeds.of(&account.id, model, walk.now))
            .min(),
        StepTarget::Account { account, model, .. } => speeds.of(account, model, walk.now),
        StepTarget::Route(inner) => {
            let inner = walk.config.routes.get(*inner)?;
            inner.steps.iter().filter_map(|step| speed(walk, step)).min()
        }
        StepTarget::Asked { .. } | StepTarget::Missing(_) => None,
    }
}

impl Walk<'_> {
    fn cost_of(&self, vendor: &VendorFacts, model: &str) -> Option<u64> {
        if !vendor.is_paid_by_use() {
            return Some(0);
        }
        let price = vendor.model(model)?.price?;
        let part = |tokens: u64, each: i64| tokens.saturating_mul(u64::try_from(each).unwrap_or(0));
        let prompt = self.ask.needs.tokens.unwrap_or(USUAL_PROMPT);
        Some(part(prompt, price.input).saturating_add(part(USUAL_ANSWER, price.output)))
    }
}

/// Under what name turns are kept among a vendor's accounts: one combo's own order is its own.
pub(super) fn among(
    path: &[(&Route, usize)],
    of_combo: Option<AccountOrder>,
    vendor: &VendorFacts,
    order: AccountOrder,
) -> Option<String> {
    match order {
        AccountOrder::FillFirst | AccountOrder::LeastUsed => None,
        AccountOrder::RoundRobin { .. } | AccountOrder::MostQuotaLeft => {
            let combo = path.last().filter(|_| of_combo.is_some());
            Some(match combo {
                Some((route, _)) => format!("{}/{}", route.name, vendor.id),
                None => vendor.id.clone(),
            })
        }
    }
}

/// The account that comes first, where the others follow in a ring; `None` where each has a rank.
pub(super) fn first_account(
    walk: &Walk<'_>,
    all: &[AccountFacts],
    order: AccountOrder,
    among: Option<&str>,
) -> Option<usize> {
    match order {
        AccountOrder::FillFirst => Some(0),
        AccountOrder::RoundRobin { sticky } => {
            let Some((last, up)) = among.and_then(|a| walk.desk.turns.last_account(a, sticky))
            else {
                return Some(0);
            };
            let at = all.iter().position(|account| account.id == *last);
            Some(at.map_or(0, |at| if up { (at + 1) % all.len().max(1) } else { at }))
        }
        AccountOrder::LeastUsed | AccountOrder::MostQuotaLeft => None,
    }
}

/// The accounts by rank; of hundreds, only as many as a plan holds are put in order, and the rest follow
/// as listed.
pub(super) fn ranked<'c>(
    walk: &Walk<'_>,
    offer: &Offer<'_>,
    all: &'c [AccountFacts],
    order: AccountOrder,
    among: Option<&str>,
) -> Vec<&'c AccountFacts> {
    let last = among.and_then(|among| walk.desk.turns.last_account(among, 1)).map(|(id, _)| id);
    let known = walk.urgencies(offer.vendor, offer.model);
    let urgency = |at: usize, account: &AccountFacts| match known {
        Some(known) => known.get(at).copied().flatten(),
        None => walk.snapshot.quotas().urgency(&account.id, offer.model, walk.now),
    };
    let rank = |(at, account): (usize, &'c AccountFacts)| {
        let rank = match order {
            AccountOrder::LeastUsed => {
                let (under_way, tokens, chosen) = walk.desk.loads.weight(&account.id, walk.now);
                (u64::from(under_way), tokens, chosen)
            }
            AccountOrder::MostQuotaLeft => {
                let in_use = last == Some(&account.id);
                (least_urgent_last(urgency(at, account), in_use), 0, 0)
            }
            AccountOrder::FillFirst | AccountOrder::RoundRobin { .. } => (0, 0, 0),
        };
        (rank, account)
    };
    let mut keyed: Vec<Ranked<'_>> = all.iter().enumerate().map(rank).collect();
    if keyed.len() > 2 * MOST_CANDIDATES {
        keyed.select_nth_unstable_by(2 * MOST_CANDIDATES, by_rank);
    }
    let head = keyed.len().min(2 * MOST_CANDIDATES);
    if let Some(head) = keyed.get_mut(..head) {
        head.sort_by(by_rank);
    }
    keyed.into_iter().map(|(_, account)| account).collect()
}

type Ranked<'c> = ((u64, u64, Millis), &'c AccountFacts);

fn by_rank(a: &Ranked<'_>, b: &Ranked<'_>) -> std::cmp::Ordering {
    (a.0, a.1.priority, &a.1.id).cmp(&(b.0, b.1.priority, &b.1.id))
}
