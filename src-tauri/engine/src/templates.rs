//! Ready-made combos: written in tiers, so that they use whatever is connected, now and later.

use switchyard_types::{
    CandidateBody, CandidateSpec, CandidateState, ComboBody, ComboTemplate, ComboTerms, ComboView,
    Grouping, Strategy,
};

use crate::{Engine, EngineError};

const SUBSCRIPTIONS: &str = "@subscription";
const PAID: &str = "@cheap";
const FREE: &str = "@free";

impl Engine {
    /// The ready-made combos.
    pub fn combo_templates(&self) -> Vec<ComboTemplate> {
        let live = self.live();
        let now = self.now();
        let serves =
            |spec: &CandidateSpec| match live.snapshot.candidate_view(&spec.model, now).state {
                CandidateState::Clear | CandidateState::Locked { .. } => true,
                CandidateState::NoAccount | CandidateState::Unknown => false,
            };
        let mut templates = templates();
        for template in &mut templates {
            template.ready = template.candidates.iter().any(serves);
        }
        templates
    }

    /// Makes a combo of a template; its name must be free.
    pub async fn use_template(
        &self,
        id: &str,
        name: Option<&str>,
    ) -> Result<ComboView, EngineError> {
        let template = templates().into_iter().find(|template| template.id == id);
        let template = template
            .ok_or_else(|| EngineError::NotFound { what: "template", name: id.to_owned() })?;
        let name = name.unwrap_or(id);
        let body = ComboBody {
            candidates: template.candidates.into_iter().map(CandidateBody::Whole).collect(),
            rename: None,
            terms: Some(template.terms),
            only_new: true,
        };
        self.put_combo(name, &body).await
    }
}

fn templates() -> Vec<ComboTemplate> {
    let by = |strategy| ComboTerms { strategy, ..ComboTerms::default() };
    vec![
        template(
            ("max-subscription", "Maximize a subscription"),
            "Uses up the subscription window that would expire unused first, and pays or goes free only \
             when all of them are spent.",
            ComboTerms { grouping: Grouping::ByTier, ..by(Strategy::MostQuotaLeft) },
            &[SUBSCRIPTIONS, PAID, FREE],
        ),
        template(
            ("zero-cost", "Zero cost"),
            "Free vendors only, the quickest first; says no rather than pay.",
            by(Strategy::Fastest),
            &[FREE],
        ),
        template(
            ("always-on", "Always on"),
            "Everything that is connected, by tier, so that something answers while anything can.",
            by(Strategy::Fallback),
            &[SUBSCRIPTIONS, PAID, FREE],
        ),
        template(
            ("openclaw-free", "OpenClaw free"),
            "Free vendors in turn, for an assistant that runs all day: none is worn out, and each keeps a \
             conversation that it began.",
            by(Strategy::RoundRobin { sticky: 20 }),
            &[FREE],
        ),
    ]
}

fn template(
    (id, name): (&str, &str),
    purpose: &str,
    terms: ComboTerms,
    candidates: &[&str],
) -> ComboTemplate {
    ComboTemplate {
        id: id.to_owned(),
        name: name.to_owned(),
        purpose: purpose.to_owned(),
        terms,
        candidates: candidates.iter().map(|model| CandidateSpec::plain(*model)).collect(),
        ready: false,
    }
}
