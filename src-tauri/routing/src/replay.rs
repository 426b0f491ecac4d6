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

/// A happening with what was decided, as one line of a recording that is written while it happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// What happened, and when.
    #[serde(flatten)]
    pub timed: Timed,
    /// What was decided.
    pub decided: Decision,
}

/// The first line of such a recording: what was configured and known at its start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// See [`Recording::parts`].
    pub parts: SnapshotParts,
}

impl Recording {
    /// Reads a recording that was written line by line, with what was decided then. A last line that broke
    /// off is left out.
    pub fn read(text: &str) -> Result<(Self, Vec<Decision>), serde_json::Error> {
        let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let Head { parts } = serde_json::from_str(lines.next().unwrap_or_default())?;
        let mut recording = Self { parts, ..Self::default() };
        let mut decisions = Vec::new();
        for line in lines {
            let Line { timed, decided } = serde_json::from_str(line)?;
            recording.happenings.push(timed);
            decisions.push(decided);
        }
        Ok((recording, decisions))
    }

    /// Decides it all again: one decision for each happening.
    pub fn replay(&self) -> Vec<Decision> {
        let mut core = Core::new(Snapshot::new(self.parts.clone()), self.notices.clone());
        self.happenings.iter().map(|timed| core.step(&timed.happening, timed.at)).collect()
    }
}
