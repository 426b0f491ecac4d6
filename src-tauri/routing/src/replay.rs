use serde::{Deserialize, Serialize};
use switchyard_types::Millis;

use crate::notice::Notices;
use crate::{Core, Decision, Happening, Snapshot, SnapshotParts};

/// A run of routing as it was recorded: enough to decide it all again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// What was configured and known at its start.
    pub parts: SnapshotParts,
    /// What had been told by then.
    #[serde(default)]
    pub notices: Notices,
    /// What happened, in order.
    pub happenings: Vec<Timed>,
}

/// A happening and its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    /// When.
    pub at: Millis,
    /// What.
    #[serde(flatten)]
    pub happening: Happening,
}

impl Recording {
    /// Decides it all again: one decision for each happening.
    pub fn replay(&self) -> Vec<Decision> {
        let mut core = Core::new(Snapshot::new(self.parts.clone()), self.notices.clone());
        self.happenings.iter().map(|timed| core.step(&timed.happening, timed.at)).collect()
    }
}
