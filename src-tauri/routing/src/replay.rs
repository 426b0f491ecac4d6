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

/// A line that cannot be read as one of a recording.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is none of a recording of routing: {source}")]
pub struct RecordingError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub source: serde_json::Error,
}

/// A happening that is decided otherwise now than it was when it was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Its line in the recording, from 1.
    pub line: usize,
    /// What happened, and when.
    #[serde(flatten)]
    pub timed: Timed,
    /// What was decided then.
    pub then: Decision,
    /// What is decided now.
    pub now: Decision,
}

impl Recording {
    /// Reads a recording that was written line by line, with what was decided then. A last line that broke
    /// off is left out.
    pub fn read(text: &str) -> Result<(Self, Vec<Decision>), RecordingError> {
        let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let wrong = |line| move |source| RecordingError { line, source };
        let head = lines.next().unwrap_or_default();
        let Head { parts } = serde_json::from_str(head).map_err(wrong(1))?;
        let mut recording = Self { parts, ..Self::default() };
        let mut decisions = Vec::new();
        for (number, line) in (2..).zip(lines) {
            let Line { timed, decided } = serde_json::from_str(line).map_err(wrong(number))?;
            recording.happenings.push(timed);
            decisions.push(decided);
        }
        Ok((recording, decisions))
    }

    /// Decides it all again, and says what comes out otherwise than it was decided then.
    pub fn differences(&self, decided: &[Decision]) -> Vec<Difference> {
        let again = self.happenings.iter().zip(decided).zip(self.replay());
        let differing = (2..).zip(again).filter(|(_, ((_, then), now))| *then != now);
        let difference =
            |(line, ((timed, then), now)): (usize, ((&Timed, &Decision), Decision))| Difference {
                line,
                timed: timed.clone(),
                then: then.clone(),
                now,
            };
        differing.map(difference).collect()
    }

    /// Decides it all again: one decision for each happening.
    pub fn replay(&self) -> Vec<Decision> {
        let mut core = Core::new(Snapshot::new(self.parts.clone()), self.notices.clone());
        self.happenings.iter().map(|timed| core.step(&timed.happening, timed.at)).collect()
    }
}
