use serde::{Deserialize, Serialize};
use switchyard_types::{Millis, Place};

use crate::notice::Notices;
use crate::{Kept, SessionKey};

/// What routing has learnt and must know again after a restart. Locks stand in the snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learnt {
    /// Quota windows as last read.
    pub windows: Vec<Kept>,
    /// Where sessions are served.
    pub sessions: Vec<Bound>,
    /// What was spent of budgets.
    pub spending: Vec<Spent>,
    /// What was told.
    pub notices: Notices,
}

/// Where a session is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The session, as asking for one model.
    pub session: SessionKey,
    /// Where it is served.
    pub place: Place,
    /// Where it goes back to once it can.
    #[serde(default)]
    pub home: Option<Place>,
    /// When it was last served.
    pub last_used: Millis,
}

/// What was spent of a budget in one of its periods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The budget's id.
    pub budget: String,
    /// When the period began.
    pub start: Millis,
    /// Nano-dollars or tokens, as the budget's limit.
    pub spent: i64,
}
