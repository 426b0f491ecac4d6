//! Whom a request would ask, and why one went as it did.

use switchyard_routing::{Ask, Candidate, Plan};
use switchyard_types::{
    Explanation, Millis, NanoDollars, Outcome, Place, PlanAsk, PlanView, PlannedView, RequestId,
    RequestView, ServedBy, Tier, TraceView, Unaided,
};

use crate::pipeline::{cost, speaks};
use crate::{Engine, EngineError};

/// How many candidates a request's row keeps: more tell nothing new, and rows are many.
const KEPT: usize = 8;

impl Engine {
    /// Whom a request would ask now, in order, and whom not and why. Nothing is asked or changed.
    pub fn plan_view(&self, asked: &PlanAsk) -> PlanView {
        let ask = Ask {
            model: &asked.model,
            speaks: speaks(asked.dialect),
            needs: asked.needs,
            session: None,
            client: asked.key.as_ref(),
            path: asked.path.as_deref(),
        };
        let (plan, error) = match self.foresee(&ask) {
            Ok(plan) => (plan, None),
            Err(error) => (Plan::default(), Some(error.to_string())),
        };
        PlanView {
            model: asked.model.clone(),
            combo: plan.combo,
            candidates: plan.candidates.iter().map(planned).collect(),
            skipped: plan.skipped.iter().map(Into::into).collect(),
            unlisted: plan.unlisted,
            more: plan.more,
            soonest: plan.soonest,
            error,
        }
    }

    /// Why a request went as it did, and what would have become of it without fallback.
    pub async fn explain(&self, id: &RequestId) -> Result<Explanation, EngineError> {
        let request = self.request(id).await?;
        let unaided = self.unaided(&request);
        Ok(Explanation { request, unaided })
    }

    fn unaided(&self, request: &RequestView) -> Unaided {
        let passed_over = request.plan.as_ref().and_then(|plan| plan.passed_over.clone());
        if let Some((place, until)) = passed_over {
            let skipped = request
                .skipped
                .iter()
                .find(|skipped| skipped.account.as_ref() == Some(&place.account));
            let reason = skipped.map_or("it was closed", |skipped| &skipped.reason).to_owned();
            return self.failed_at(request, place, reason, Some(until));
        }
        let answered = request.outcome == Outcome::Answered;
        match request.attempts.first() {
            Some(first) if answered && first.failure.is_some() => {
                let place =
                    Place { account: first.to.account.clone(), model: first.to.model.clone() };
                let status = first.status.map_or_else(String::new, |status| format!("{status}: "));
                let words = first.message.as_deref().unwrap_or("it failed");
                self.failed_at(request, place, format!("{status}{words}"), first.locked_until)
            }
            Some(_) | None => Unaided::Same,
        }
    }

    fn failed_at(
        &self,
        request: &RequestView,
        place: Place,
        reason: String,
        until: Option<Millis>,
    ) -> Unaided {
        let cost = self.cost_at(request, &place);
        Unaided::Failed { place, reason, until, cost }
    }

    /// What a request's tokens cost at a place; nothing at a vendor that is not paid by use.
    fn cost_at(&self, request: &RequestView, place: &Place) -> Option<NanoDollars> {
        let live = self.live();
        let account = live.snapshot.account(&place.account)?;
        let vendor = live.catalog.vendor(&account.vendor)?;
        if vendor.tier != Tier::Cheap {
            return Some(0);
        }
        Some(cost(&vendor.price(&place.model)?, request.usage.as_ref()?))
    }
}

pub(crate) fn planned(candidate: &Candidate) -> PlannedView {
    PlannedView {
        to: ServedBy {
            vendor: candidate.vendor.clone(),
            account: candidate.account.clone(),
            account_name: candidate.account_name.clone(),
            model: candidate.model.clone(),
            dialect: candidate.dialect,
        },
        standing: candidate.standing,
        budgets: candidate.budgets.clone(),
    }
}

/// What a request's row keeps of its plan.
pub(crate) fn trace(plan: &Plan) -> TraceView {
    TraceView {
        candidates: plan.candidates.iter().take(KEPT).map(planned).collect(),
        passed_over: plan
            .displaced
            .as_ref()
            .filter(|displaced| displaced.preferred)
            .map(|displaced| (displaced.place.clone(), displaced.until)),
        replay_of: None,
    }
}
