use serde::Deserialize;
use switchyard_types::Millis;
use url::Url;

use crate::vendor::Auth;

const MINUTE: Millis = 60_000;

/// Where a vendor tells what is left of a quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// In whose shape it is told.
    pub shape: QuotaShape,
    /// The full address.
    pub url: Url,
    /// How the key is sent.
    pub auth: Auth,
    /// Headers that it needs, names in lower case.
    pub headers: Vec<(String, String)>,
}

/// The shapes in which vendors tell of quotas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaShape {
    /// Windows by name, each with its use in percent (Claude).
    Claude,
    /// Two windows of a plan (`wham/usage` of `ChatGPT`).
    Codex,
    /// Snapshots of a month's quotas, asked with the token that outlives the others (Copilot).
    Copilot,
    /// The part that is left of each model, asked by project (Google's code assist).
    CodeAssist,
    /// A breakdown by kind of resource, asked by profile (Kiro).
    Kiro,
    /// Limits of tokens and of tools (GLM's Coding Plan).
    Glm,
    /// What remains of a plan's interval (`MiniMax`).
    MiniMax,
    /// A week's use and shorter limits (Kimi Code).
    Kimi,
    /// The credit of a key (`OpenRouter`).
    OpenRouter,
    /// The balance of an account (`DeepSeek`).
    DeepSeek,
}

/// A window that the vendor publishes the rule of and tells nothing about: it is counted here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// A stable name: `day`.
    pub name: String,
    /// A part of the ids of the models that it counts; `None` counts all.
    pub models: Option<String>,
    /// When it starts over.
    pub run: Run,
    /// How many requests it allows, where the vendor says one number for all.
    pub limit: Option<u64>,
}

/// When a counted window starts over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// So many milliseconds after the first request in it.
    Rolling(Millis),
    /// Each day, so many milliseconds after midnight UTC.
    Daily(Millis),
}

impl Run {
    /// How long it is, in milliseconds.
    pub fn length(self) -> Millis {
        match self {
            Self::Rolling(length) => length,
            Self::Daily(_) => 24 * 60 * MINUTE,
        }
    }

    /// When a window ends that a request at `now` opens.
    pub fn ends(self, now: Millis) -> Millis {
        match self {
            Self::Rolling(length) => now.saturating_add(length),
            Self::Daily(at) => {
                let length = self.length();
                now.saturating_add(length - (now - at).rem_euclid(length))
            }
        }
    }
}

/// `[quota]` of a vendor's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuotaTable {
    pub(crate) shape: QuotaShape,
    pub(crate) url: String,
    pub(crate) auth: Option<Auth>,
    #[serde(default)]
    pub(crate) headers: Vec<(String, String)>,
}

/// `[[counted]]` of a vendor's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountedTable {
    name: String,
    models: Option<String>,
    rolling_minutes: Option<u32>,
    daily_at: Option<String>,
    limit: Option<u64>,
}

impl CountedTable {
    pub(crate) fn read(self) -> Result<Counted, String> {
        let name = self.name;
        if name.trim().is_empty() || self.limit == Some(0) {
            return Err(format!("the counted window “{name}” has no name or a limit of 0"));
        }
        let run = match (self.rolling_minutes, self.daily_at) {
            (Some(minutes @ 1..), None) => Run::Rolling(Millis::from(minutes) * MINUTE),
            (None, Some(text)) => Run::Daily(time_of_day(&text).ok_or_else(|| {
                format!("the counted window {name}: “{text}” is no time of day such as 08:00")
            })?),
            (Some(_) | None, _) => {
                return Err(format!(
                    "the counted window {name} needs either rolling_minutes or daily_at"
                ));
            }
        };
        Ok(Counted { name, models: self.models, run, limit: self.limit })
    }
}

/// `08:00` in milliseconds after midnight.
pub(crate) fn time_of_day(text: &str) -> Option<Millis> {
    let (hours, minutes) = text.split_once(':')?;
    let part = |text: &str, below: Millis| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<Millis>().ok().filter(|value| digits && *value < below)
    };
    Some((part(hours, 24)? * 60 + part(minutes, 60)?) * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Millis = 60 * MINUTE;

    #[test]
    fn a_day_starts_over_at_its_hour_whatever_the_time_is() {
        let run = Run::Daily(8 * HOUR);
        assert_eq!(run.ends(0), 8 * HOUR);
        assert_eq!(run.ends(8 * HOUR - 1), 8 * HOUR);
        assert_eq!(run.ends(8 * HOUR), 32 * HOUR);
        assert_eq!(run.ends(9 * HOUR), 32 * HOUR);
    }

    #[test]
    fn a_rolling_window_ends_so_long_after_the_request_that_opens_it() {
        assert_eq!(Run::Rolling(5 * HOUR).ends(HOUR), 6 * HOUR);
    }

    #[test]
    fn a_time_of_day_is_two_pairs_of_digits() {
        assert_eq!(time_of_day("08:30"), Some(8 * HOUR + 30 * MINUTE));
        for nonsense in ["8:00", "24:00", "00:60", "-1:00", "noon", "+8:00"] {
            assert_eq!(time_of_day(nonsense), None, "{nonsense}");
        }
    }
}
