use serde::{Deserialize, Serialize};

use crate::{CandidateSpec, ComboBody, ComboTerms, ErrorBody, LoginProgress, Secret};

/// `POST /api/open`: a `switchyard:` link that the user followed. It may hold a login's code.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "dashboard", derive(Serialize))]
pub struct FollowedLink {
    /// All of it.
    pub link: Secret,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum LinkView {
    /// A combo that somebody shares. Nothing is changed by showing it.
    Combo {
        /// What it would make here.
        offer: ComboOffer,
    },
    /// The way back from a vendor's page: the sign-in that waited for it goes on.
    Login {
        /// Where it stands.
        progress: LoginProgress,
    },
}

/// A shared combo, as it would stand here once the user agrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboOffer {
    /// A name that is free here.
    pub name: String,
    /// The name that it was shared with, where that one is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_as: Option<String>,
    /// How its candidates are chosen.
    pub terms: ComboTerms,
    /// What is tried, in order.
    pub candidates: Vec<CandidateSpec>,
    /// Why it cannot be made here as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<ErrorBody>,
}

impl From<ComboOffer> for ComboBody {
    fn from(offer: ComboOffer) -> Self {
        let whole = crate::CandidateBody::Whole;
        Self {
            candidates: offer.candidates.into_iter().map(whole).collect(),
            rename: None,
            terms: Some(offer.terms),
            only_new: true,
        }
    }
}

/// `GET /api/combos/{name}/link`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedLink {
    /// Anybody may read it: it names no account, no budget and no secret.
    pub link: String,
}
