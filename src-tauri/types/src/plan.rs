use serde::{Deserialize, Serialize};

use crate::{
    Dialect, KeyId, Millis, NanoDollars, Place, RequestId, RequestView, ServedBy, SkippedView,
};

/// Why a candidate stands where it does in a plan. The later ones are asked only after all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The session's own account can serve it again.
    Home,
    /// The session was served here before, and its prompt is cached here.
    Bound,
    /// The order of the combo.
    Ordered,
    /// A quota window is nearly used up, and the user wants others asked first.
    NearEdge,
    /// A lock has just opened, and another request is finding out whether it serves again.
    Probed,
    /// The prompt is estimated to be larger than the context window that is declared.
    TightContext,
}

/// What it takes to answer a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    /// Tokens of the prompt, estimated; `None` where nobody looked.
    #[serde(default)]
    pub tokens: Option<u64>,
    /// It shows images.
    #[serde(default)]
    pub images: bool,
    /// It offers tools.
    #[serde(default)]
    pub tools: bool,
    /// It asks the model to think.
    #[serde(default)]
    pub thinking: bool,
}

/// `POST /api/plan`: whom a request would ask, without asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanAsk {
    /// The model name, as a client writes it.
    pub model: String,
    /// What the client speaks.
    #[serde(default = "chat")]
    pub dialect: Dialect,
    /// What it takes to answer.
    #[serde(default)]
    pub needs: Needs,
    /// The client key that it carries.
    #[serde(default)]
    pub key: Option<KeyId>,
    /// The name in its path `/k/NAME/…`.
    #[serde(default)]
    pub path: Option<String>,
}

fn chat() -> Dialect {
    Dialect::Chat
}

/// Whom a request would ask now, in order, and whom not and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    /// The model that was asked for.
    pub model: String,
    /// The combo that this means.
    pub combo: Option<String>,
    /// Whom it would ask, in order.
    pub candidates: Vec<PlannedView>,
    /// Whom not, and why.
    pub skipped: Vec<SkippedView>,
    /// How many more are passed over than are listed.
    pub unlisted: usize,
    /// Whether more candidates would follow when all of these failed.
    pub more: bool,
    /// When the soonest of those passed over can serve again.
    pub soonest: Option<Millis>,
    /// Why the name cannot be followed.
    pub error: Option<String>,
}

/// A candidate of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedView {
    /// Who it is.
    pub to: ServedBy,
    /// Why it stands where it does.
    pub standing: Standing,
    /// The budgets that it spends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<String>,
}

/// What a request's row keeps of its plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TraceView {
    /// Whom it would have asked, in order; those that it did ask are among its attempts.
    pub candidates: Vec<PlannedView>,
    /// Who would have come first, had nothing that passes been in the way, and until when that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed_over: Option<(Place, Millis)>,
    /// The request that it repeats, where the user had one asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<RequestId>,
}

/// `POST /api/requests/{id}/replay`: whom to ask again what a client asked. The answer comes in the client's
/// dialect, as a stream where the client wanted one; the header `x-switchyard-request` names the new request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayAsk {
    /// `prefix/model`, a combo or an alias.
    pub model: String,
}

/// `GET /api/requests/{id}/explain`: why a request went as it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The request with its attempts, skips, losses and cost.
    pub request: RequestView,
    /// What would have been without fallback.
    pub unaided: Unaided,
}

/// What would have become of a request that could ask its first choice only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Unaided {
    /// The same: its first choice answered, or nobody did.
    Same,
    /// It would have failed.
    Failed {
        /// The first choice.
        place: Place,
        /// Why, for a person.
        reason: String,
        /// Until when it would have failed, where that was known.
        until: Option<Millis>,
        /// What the same tokens would have cost there: nothing at a subscription. `None` where the price or
        /// the usage is not known.
        cost: Option<NanoDollars>,
    },
}
