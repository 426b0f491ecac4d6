use std::collections::HashMap;

use switchyard_types::{Millis, RequestId};

use crate::affinity::{Affinity, Binding};
use crate::budget::{Purses, Reserved};
use crate::notice::Notices;
use crate::probes::Probes;
use crate::pulse::{Loads, Speeds};
use crate::rule::Rates;
use crate::turns::Turns;
use crate::{Bound, Budget, Candidate, Displaced, Offset, Place, SessionKey, Share, Spent};

/// What changes with every request: who serves which session, whose turn it is, what was spent, who is
/// being probed, how soon each began to answer. Every table in it is bounded by the configuration or by
/// the requests under way.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    pub(crate) offset: Offset,
    pub(crate) affinity: Affinity,
    pub(crate) turns: Turns,
    pub(crate) purses: Purses,
    pub(crate) loads: Loads,
    pub(crate) speeds: Speeds,
    pub(crate) probes: Probes,
    pub(crate) rates: Rates,
    pub(crate) notices: Notices,
    pub(crate) flights: HashMap<RequestId, Flight>,
}

/// A request under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flight {
    pub(crate) since: Millis,
    pub(crate) combo: Option<String>,
    pub(crate) session: Option<SessionKey>,
    /// Who would have served it: passed over by the plan, or the first that failed.
    pub(crate) displaced: Option<Displaced>,
    /// Tokens of its prompt, estimated.
    pub(crate) tokens: Option<u64>,
    /// Where it is now.
    pub(crate) at: Option<Candidate>,
    /// Where it was last, and failed.
    pub(crate) left: Option<Candidate>,
    pub(crate) reserved: Vec<Reserved>,
}

impl Desk {
    /// How far local time is ahead of UTC.
    pub fn offset(&self) -> Offset {
        self.offset
    }

    /// What was spent of every budget, by budget and period.
    pub fn spending(&self) -> Vec<Spent> {
        self.purses.all()
    }

    /// Where a session is served, as [`crate::Decision::bound`] names it.
    pub fn bound(&self, session: SessionKey, now: Millis) -> Option<Bound> {
        let binding = self.affinity.get(session, now)?.clone();
        let Binding { place, home, last_used } = binding;
        Some(Bound { session, place, home, last_used })
    }

    /// How many sessions have a place.
    pub fn sessions(&self) -> usize {
        self.affinity.len()
    }

    /// How many requests are under way.
    pub fn under_way(&self) -> usize {
        self.flights.len()
    }

    /// What was spent of a budget in its present period, in nano-dollars or tokens, and what part of the
    /// limit that is.
    pub fn spent(&self, budget: &Budget, now: Millis) -> (i64, Share) {
        let (purses, offset) = (&self.purses, self.offset);
        (purses.spent(budget, now, offset), purses.share(budget, now, offset))
    }

    /// Where a session is served, and where it would rather be.
    pub fn place_of(&self, session: SessionKey, target: &str, now: Millis) -> Option<&Place> {
        self.affinity.get(session.asking(target), now).map(|binding| &binding.place)
    }
}
