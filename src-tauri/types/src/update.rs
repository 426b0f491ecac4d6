use serde::{Deserialize, Serialize};

/// Whether the system starts the tray app at login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Autostart {
    /// It does.
    On,
    /// It does not.
    Off,
}

/// Which versions are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateChannel {
    /// Those that are finished.
    Stable,
    /// Those before them as well.
    Beta,
}

impl UpdateChannel {
    /// Its word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Beta => "beta",
        }
    }
}

/// How this program comes by newer versions, and what is known of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum UpdateView {
    /// This build takes no updates: it knows no key that they could be signed with.
    NotSetUp,
    /// Something else installed it, and updates it.
    Managed {
        /// What, where it has a name.
        by: Option<String>,
        /// What the user types, where that is known.
        command: Option<String>,
    },
    /// Nobody has looked yet.
    Unknown {
        /// Where is looked.
        channel: UpdateChannel,
    },
    /// It is being looked for.
    Looking,
    /// There is none newer.
    Newest {
        /// This one.
        version: String,
        /// Where was looked.
        channel: UpdateChannel,
    },
    /// There is a newer one.
    Offered {
        /// Its version.
        version: String,
        /// What is new in it, as plain text that others wrote.
        notes: String,
    },
    /// It is being fetched and put in place.
    Installing {
        /// Its version.
        version: String,
    },
    /// It was not found or not installed.
    Failed {
        /// Why.
        message: String,
    },
}

impl UpdateView {
    /// Whether it can be looked for a newer version now.
    pub fn can_look(&self) -> bool {
        match self {
            Self::Unknown { .. }
            | Self::Newest { .. }
            | Self::Offered { .. }
            | Self::Failed { .. } => true,
            Self::NotSetUp | Self::Managed { .. } | Self::Looking | Self::Installing { .. } => {
                false
            }
        }
    }
}
