//! What vendors mean by refusals of their own.

use serde::Deserialize;
use switchyard_types::FailureClass;

use crate::quota::{Run, time_of_day};

/// A refusal in a vendor's own words, where these do not say by themselves which window is spent, how far that
/// reaches, or when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitWords {
    /// The error's types, codes and reasons that it is about, in lower case; none is any.
    pub named: Vec<String>,
    /// Parts of its message, or of the names of spent quotas, in lower case; none is any.
    pub says: Vec<String>,
    /// What such a refusal is.
    pub class: FailureClass,
    /// What it says something about.
    pub reach: LimitReach,
    /// The window that is spent, by the name under which it is read or counted.
    pub window: Option<String>,
    /// When that starts over, where the vendor publishes it.
    pub starts_over: Option<Run>,
}

/// How far a limit reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitReach {
    /// The model that was asked.
    Model,
    /// The whole account.
    Account,
}

/// `[[limits]]` of a vendor's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitTable {
    #[serde(default)]
    named: Vec<String>,
    #[serde(default)]
    says: Vec<String>,
    class: Option<FailureClass>,
    reach: LimitReach,
    window: Option<String>,
    daily_at: Option<String>,
}

impl LimitTable {
    pub(crate) fn read(self) -> Result<LimitWords, String> {
        let parts = || self.named.iter().chain(&self.says);
        let comparable = |part: &String| !part.trim().is_empty() && part.to_lowercase() == *part;
        let title = parts().next().cloned().unwrap_or_default();
        if title.is_empty() || !parts().all(comparable) {
            return Err(format!(
                "the limit “{title}” needs the vendor's names or words for it, in lower case"
            ));
        }
        let class = self.class.unwrap_or(FailureClass::Quota);
        let limits = matches!(class, FailureClass::Quota | FailureClass::Rate);
        if !limits && (self.window.is_some() || self.daily_at.is_some()) {
            return Err(format!("“{title}” is no limit's refusal, so that it spends no window"));
        }
        let run = |text: String| {
            time_of_day(&text).map(Run::Daily).ok_or_else(|| {
                format!("the limit “{title}”: “{text}” is no time of day such as 08:00")
            })
        };
        let starts_over = self.daily_at.clone().map(run).transpose()?;
        let Self { named, says, reach, window, .. } = self;
        Ok(LimitWords { named, says, class, reach, window, starts_over })
    }
}
