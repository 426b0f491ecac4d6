//! What keeps an entry or an account from serving a request.

use switchyard_types::{Millis, Standing};

use super::walk::{Offer, Walk};
use crate::budget::{counts, period_end};
use crate::config::Step;
use crate::hours::{Opening, opening};
use crate::{
    Ability, AccountFacts, Budget, Condition, Kept, Lock, ModelFacts, Skill, SkipReason,
    Strictness, Want, WindowState,
};

/// Whether an account may be asked.
pub(super) enum Gate<'a> {
    Open(Standing),
    Shut(Shut<'a>),
}

/// What is in an account's way. Its words are made only if they are listed.
pub(super) enum Shut<'a> {
    Off,
    Locked(&'a Lock),
    Spent(&'a Kept, Millis),
    OverBudget(&'a Budget, Millis),
}

impl Shut<'_> {
    pub(super) fn until(&self) -> Option<Millis> {
        match self {
            Self::Off => None,
            Self::Locked(lock) => Some(lock.until),
            Self::Spent(_, until) | Self::OverBudget(_, until) => Some(*until),
        }
    }

    pub(super) fn is_quota(&self) -> bool {
        match self {
            Self::Locked(lock) => lock.class == switchyard_types::FailureClass::Quota,
            Self::Spent(..) => true,
            Self::Off | Self::OverBudget(..) => false,
        }
    }

    pub(super) fn reason(&self, account: &AccountFacts) -> SkipReason {
        let account_name = account.name.clone();
        match self {
            Self::Off => SkipReason::AccountOff { account_name },
            Self::Locked(lock) => SkipReason::Locked {
                account_name,
                class: lock.class,
                message: lock.message.clone(),
            },
            Self::Spent(kept, _) => {
                SkipReason::WindowSpent { account_name, window: kept.window.name.clone() }
            }
            Self::OverBudget(budget, _) => SkipReason::OverBudget { budget: budget.id.clone() },
        }
    }
}

impl<'a> Walk<'a> {
    /// Whether an account may be asked for a model now, and when.
    pub(super) fn gate(&self, offer: &Offer<'_>, account: &AccountFacts) -> Gate<'a> {
        if !account.enabled {
            return Gate::Shut(Shut::Off);
        }
        if let Some(lock) = self.snapshot.locks().get(&account.id, offer.model, self.now) {
            return Gate::Shut(Shut::Locked(lock));
        }
        let window = self.snapshot.quotas().worst(&account.id, offer.model, self.now);
        if let Some((kept, WindowState::Spent(until))) = window {
            return Gate::Shut(Shut::Spent(kept, until));
        }
        if let Some((budget, until)) = self.over_budget(offer, account) {
            return Gate::Shut(Shut::OverBudget(budget, until));
        }
        let standing = if self.is_tight(offer) {
            Standing::TightContext
        } else if self.desk.probes.busy(&account.id, offer.model, self.now) {
            Standing::Probed
        } else if window.is_some() {
            Standing::NearEdge
        } else {
            Standing::Ordered
        };
        Gate::Open(standing)
    }

    fn over_budget(
        &self,
        offer: &Offer<'_>,
        account: &AccountFacts,
    ) -> Option<(&'a Budget, Millis)> {
        let (config, desk) = (self.config, self.desk);
        self.paying()
            .iter()
            .chain(config.budgets_of_account(&account.id))
            .filter_map(|index| config.budgets.get(*index))
            .filter(|budget| {
                budget.strictness == Strictness::Hard && counts(budget, offer.vendor.tier)
            })
            .find(|budget| desk.purses.exhausted(budget, self.now, desk.offset))
            .map(|budget| (budget, period_end(budget.period, self.now, desk.offset)))
    }

    /// Whether the prompt is likely to be too long. The estimate is rough, so that this only says who
    /// comes last.
    fn is_tight(&self, offer: &Offer<'_>) -> bool {
        matches!((self.ask.needs.tokens, offer.context), (Some(tokens), Some(room)) if tokens > room)
    }

    /// Why the combo keeps an entry for other requests or other times, and until when.
    pub(super) fn not_meant(&self, step: &Step) -> Option<(SkipReason, Option<Millis>)> {
        if let Some(hours) = step.hours
            && let Opening::Closed { until } = opening(hours, self.now, self.desk.offset)
        {
            return Some((SkipReason::OutsideHours, until));
        }
        self.unmet(step).map(|condition| (SkipReason::NotMeant { condition }, None))
    }

    fn unmet(&self, step: &Step) -> Option<Condition> {
        let (conditions, needs) = (&step.conditions, &self.ask.needs);
        if let (Some(least), Some(tokens)) = (conditions.min_tokens, needs.tokens)
            && tokens < least
        {
            return Some(Condition::AtLeast { tokens: least });
        }
        if let (Some(most), Some(tokens)) = (conditions.max_tokens, needs.tokens)
            && tokens > most
        {
            return Some(Condition::AtMost { tokens: most });
        }
        [
            (conditions.images, needs.images, Skill::Images),
            (conditions.tools, needs.tools, Skill::Tools),
            (conditions.thinking, needs.thinking, Skill::Thinking),
        ]
        .into_iter()
        .find_map(|(want, has, what)| match (want, has) {
            (Want::With, false) => Some(Condition::With { what }),
            (Want::Without, true) => Some(Condition::Without { what }),
            (Want::Any, _) | (Want::With, true) | (Want::Without, false) => None,
        })
    }

    /// What the request takes that the model is declared unable to do. Thinking is no such thing: a
    /// model that cannot think first still answers.
    pub(super) fn unable(&self, model: &ModelFacts) -> Option<Skill> {
        let (needs, can) = (&self.ask.needs, &model.abilities);
        [(needs.images, can.images, Skill::Images), (needs.tools, can.tools, Skill::Tools)]
            .into_iter()
            .find(|(needed, ability, _)| *needed && *ability == Ability::Unable)
            .map(|(.., what)| what)
    }
}
