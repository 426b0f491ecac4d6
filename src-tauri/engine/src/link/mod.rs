//! What a followed link does: it asks, and a sign-in that waits for its answer gets it.

mod text;

use std::collections::HashSet;

use switchyard_types::{CandidateSpec, ComboBody, ComboOffer, LinkView, Secret, SharedLink};

use crate::combos::checked_name;
use crate::{Engine, EngineError};
use text::{Link, LinkError, SharedCombo};

impl Engine {
    /// Reads a link. A combo in it is only shown; an answer goes to the sign-in that waits for it.
    pub async fn follow_link(&self, link: &Secret) -> Result<LinkView, EngineError> {
        match Link::read(link.expose())? {
            Link::Combo(shared) => Ok(LinkView::Combo { offer: self.offer(shared).await? }),
            Link::Login { state, address } => {
                Ok(LinkView::Login { progress: self.answer_login(&state, address)? })
            }
        }
    }

    /// A link that offers this combo to whoever follows it.
    pub fn share_combo(&self, name: &str) -> Result<SharedLink, EngineError> {
        let combo = self.combo(name)?;
        let spec = |candidate: &switchyard_types::CandidateView| match &candidate.spec {
            Some(spec) => CandidateSpec::clone(spec),
            None => CandidateSpec::plain(candidate.model.clone()),
        };
        let candidates: Vec<_> = combo.candidates.iter().map(spec).collect();
        let link = SharedCombo::new(&combo.name, combo.terms, &candidates).link()?;
        Ok(SharedLink { link })
    }

    async fn offer(&self, shared: SharedCombo) -> Result<ComboOffer, EngineError> {
        let SharedCombo { name, terms, candidates } = shared;
        let (name, shared_as) = self.free_name(name).await?;
        let mut offer = ComboOffer { name, shared_as, terms, candidates, problem: None };
        let refused = match checked_name("combo", &offer.name) {
            Ok(name) => self.checked_combo(name, name, &ComboBody::from(offer.clone())).await.err(),
            Err(error) => Some(error),
        };
        offer.problem = refused.map(|error| error.body());
        Ok(offer)
    }

    /// This name, or where a combo or an alias has it the next that is free, and then this one.
    async fn free_name(&self, name: String) -> Result<(String, Option<String>), EngineError> {
        let combos = self.combos().into_iter().map(|combo| combo.name);
        let aliases = self.aliases().await?.into_iter().map(|alias| alias.alias);
        let taken: HashSet<String> = combos.chain(aliases).collect();
        if !taken.contains(&name) {
            return Ok((name, None));
        }
        let mut numbered = (2_u32..).map(|number| format!("{name}-{number}"));
        let free = numbered.find(|other| !taken.contains(other));
        Ok((free.unwrap_or_default(), Some(name)))
    }
}

impl From<LinkError> for EngineError {
    fn from(error: LinkError) -> Self {
        let hint = match error {
            LinkError::TooLong | LinkError::Foreign | LinkError::Damaged => {
                "ask whoever gave it to you to copy it again"
            }
            LinkError::Unknown => "update Switchyard, and follow it again",
            LinkError::NoState => "begin the sign-in here, and follow the page that it opens",
            LinkError::TooLarge => "export it into a file instead",
        };
        Self::invalid(error.to_string(), hint)
    }
}
