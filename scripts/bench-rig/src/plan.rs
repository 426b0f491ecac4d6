//! What is measured: ways, sizes, measures, and how long.

use std::time::Duration;

use serde::Serialize;

/// The way that a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// To the simulator itself.
    Direct,
    /// Through a proxy that does nothing.
    Hop,
    /// Through Switchyard, client and vendor speaking Chat.
    Same,
    /// Through Switchyard, a Messages client and a Chat vendor.
    Translated,
}

impl Way {
    pub(crate) const ALL: [Self; 4] = [Self::Direct, Self::Hop, Self::Same, Self::Translated];
}

/// How large a request's body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Size {
    /// About 0.2 KB: a question.
    Small,
    /// About 200 KB: an agent's long conversation with its tools.
    Large,
}

impl Size {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Small => "0.2 KB",
            Self::Large => "200 KB",
        }
    }
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measure {
    /// How long a whole answer takes, on one connection.
    Latency,
    /// How long the first content of a stream takes, on one connection.
    FirstToken,
    /// How many whole answers a second come on fifty connections.
    Ceiling,
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Cell {
    pub(crate) measure: Measure,
    pub(crate) size: Size,
}

impl Cell {
    pub(crate) const ALL: [Self; 6] = [
        Self { measure: Measure::Latency, size: Size::Small },
        Self { measure: Measure::Latency, size: Size::Large },
        Self { measure: Measure::FirstToken, size: Size::Small },
        Self { measure: Measure::FirstToken, size: Size::Large },
        Self { measure: Measure::Ceiling, size: Size::Small },
        Self { measure: Measure::Ceiling, size: Size::Large },
    ];
}

/// Connections of a ceiling.
pub(crate) const CROWD: usize = 50;

/// How long a way is asked before the next one has its turn, where one connection is measured:
/// short, so that whatever else the machine does falls on all ways alike.
pub(crate) const TURN: Duration = Duration::from_millis(20);

/// How much is measured.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Plan {
    /// Rounds that count; one more before them is thrown away.
    pub(crate) rounds: usize,
    /// How long each way is asked in each line of a round.
    pub(crate) window: Duration,
}

impl Plan {
    pub(crate) fn full() -> Self {
        Self { rounds: 9, window: Duration::from_millis(900) }
    }

    pub(crate) fn quick() -> Self {
        Self { rounds: 7, window: Duration::from_millis(160) }
    }
}
