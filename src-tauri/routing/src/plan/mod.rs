//! Whom to ask, in what order, and whom not and why.

mod gate;
mod order;
mod walk;

use serde::{Deserialize, Serialize};
use switchyard_types::{AccountId, Dialect, Millis, Standing, Tier};

use crate::desk::Desk;
use crate::resolve::{Goal, resolve};
use crate::{Ask, Place, PlanError, SessionKey, Skipped, Snapshot};

/// How many candidates a plan holds at most: more failures than this in a row are not worth a client's
/// wait, and a plan costs the same whether the user has ten accounts or hundreds.
pub const MOST_CANDIDATES: usize = 24;

/// How many candidates passed over are listed at most.
pub const MOST_SKIPPED: usize = 64;

/// What to try, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The combo that the model name meant.
    pub combo: Option<String>,
    /// Whom to ask, in order, each at most once; none of them is locked, spent or over budget.
    pub candidates: Vec<Candidate>,
    /// What was passed over, in the order of the combo.
    pub skipped: Vec<Skipped>,
    /// How many more were passed over than are listed.
    pub unlisted: usize,
    /// When the soonest of all that were passed over can serve again, where time alone brings that.
    pub soonest: Option<Millis>,
    /// Whether there may be candidates beyond those listed: when all of these have failed, plan again.
    pub more: bool,
    /// Who would have come first, had nothing that passes been in the way.
    pub displaced: Option<Displaced>,
    /// The session's place in the affinity table.
    pub(crate) session: Option<SessionKey>,
    /// What led to the first candidate: whose turn it was.
    pub(crate) picks: Vec<Pick>,
}

/// One account to ask for one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The vendor's id.
    pub vendor: String,
    /// The account.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The vendor's model id.
    pub model: String,
    /// The model as it was asked for, where that says more than its id: `gpt-5.1-high`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<String>,
    /// What to speak to the vendor.
    pub dialect: Dialect,
    /// Why it stands where it does.
    pub standing: Standing,
    /// The ids of the budgets that it spends.
    #[serde(default)]
    pub budgets: Vec<String>,
}

impl Candidate {
    /// The model as it was asked for: its id, and perhaps a mark that says how it is to answer.
    pub fn asked(&self) -> &str {
        self.marked.as_deref().unwrap_or(&self.model)
    }

    /// Its account and model.
    pub fn place(&self) -> Place {
        Place { account: self.account.clone(), model: self.model.clone() }
    }
}

/// Who would have served a request, had nothing been in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Displaced {
    /// The account and model.
    pub place: Place,
    /// What kind of money it costs.
    pub tier: Tier,
    /// Whether spent quota was in the way, and not trouble.
    pub quota: bool,
    /// Whether the combo prefers it, and did not merely come to it in turn.
    pub preferred: bool,
    /// Until when it is out.
    pub until: Millis,
}

/// Whose turn led to a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum Pick {
    /// An entry of a combo.
    Entry { combo: String, entry: usize },
    /// An account, among those of a vendor as one combo or all use them.
    Account { among: String, account: AccountId },
}

fn is_paid(snapshot: &Snapshot, place: &Place) -> bool {
    let vendor = snapshot.config().vendor_of(&place.account);
    vendor.is_some_and(crate::VendorFacts::is_paid_by_use)
}

/// A session that had to go where it costs money stays there only while the others would cost money too:
/// its prompt cache is worth less than that.
fn keep_if_others_cost(snapshot: &Snapshot, plan: &mut Plan, bound: &Place) {
    let candidates = &mut plan.candidates;
    let at = candidates.iter().position(|candidate| {
        candidate.standing == Standing::Ordered && candidate.place() == *bound
    });
    let first_costs = candidates.first().is_some_and(|first| is_paid(snapshot, &first.place()));
    if let Some(part) = at.and_then(|at| candidates.get_mut(..=at)).filter(|_| first_costs) {
        part.rotate_right(1);
        if let Some(first) = part.first_mut() {
            first.standing = Standing::Bound;
        }
        plan.picks.clear();
    }
}

/// Says whom to ask for a model, in order, and whom not and why.
///
/// A plan may hold no candidate: then `skipped` says what is in the way. An error means that the
/// name itself cannot be followed. Nothing is changed by planning: a dry run asks the same.
pub fn plan(
    snapshot: &Snapshot,
    desk: &Desk,
    ask: &Ask<'_>,
    now: Millis,
) -> Result<Plan, PlanError> {
    plan_besides(snapshot, desk, ask, &[], now)
}

/// The same for a request that was already at some places and is not to go there again.
pub fn plan_besides(
    snapshot: &Snapshot,
    desk: &Desk,
    ask: &Ask<'_>,
    tried: &[Place],
    now: Millis,
) -> Result<Plan, PlanError> {
    let goal = resolve(snapshot.config(), desk, ask, now)?;
    let mut walk = walk::Walk::new(snapshot, desk, ask, tried, now);
    let (target, combo) = match &goal {
        Goal::Route(route) => (route.name.as_str(), Some(route.name.clone())),
        Goal::Model(model) => (model.as_str(), None),
    };
    let session = ask.session.map(|session| session.asking(target));
    let bound = session.and_then(|session| desk.affinity.get(session, now));
    let costly = bound.is_some_and(|bound| bound.home.is_some() && is_paid(snapshot, &bound.place));
    if let Some(bound) = bound {
        // A session that had to leave goes home first, then where it is now.
        if let Some(home) = &bound.home {
            walk.seek(&goal, home, Standing::Home);
        }
        if !costly {
            walk.seek(&goal, &bound.place, Standing::Bound);
        }
    }
    walk.all(&goal);
    let mut plan = walk.done();
    if let Some(bound) = bound.filter(|_| costly) {
        keep_if_others_cost(snapshot, &mut plan, &bound.place);
    }
    plan.combo = combo;
    plan.session = session;
    Ok(plan)
}
