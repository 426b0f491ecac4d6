//! How much a model is to reason: levels, budgets, and what a model's name says of it.

use super::loss::Losses;

/// How much to reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Not at all.
    Off,
    /// As little as there is.
    Minimal,
    /// Little.
    Low,
    /// In between.
    Medium,
    /// Much.
    High,
    /// More than much: `xhigh`.
    Extra,
    /// As much as there is.
    Max,
    /// In tokens.
    Budget(u64),
    /// As the model sees fit.
    Adaptive,
}

/// A model's name without what it says beside the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suffixed<'a> {
    /// The model alone.
    pub model: &'a str,
    /// How much to reason, if the name says so.
    pub effort: Option<Effort>,
}

impl<'a> Suffixed<'a> {
    /// Takes a mark such as `[1m]` (Claude Code's wish for the large window), and a level such as `-high`
    /// (Codex's), off a model's name; `None` where there is neither. Whether the name alone is a model is for
    /// the caller to know: some are called so.
    pub fn read(name: &'a str) -> Option<Self> {
        let bare = match name.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
            Some((model, mark)) if !model.is_empty() && !mark.is_empty() => model,
            _ => name,
        };
        let (model, effort) = match bare.rsplit_once('-') {
            Some((model, word)) if !model.is_empty() => match Effort::of_word(word) {
                // A model may be called so; no name ends in these to say how much to reason.
                None | Some(Effort::Max) => (bare, None),
                level => (model, level),
            },
            _ => (bare, None),
        };
        (model != name).then_some(Self { model, effort })
    }
}

impl Effort {
    /// Effort in `OpenAI`'s and Anthropic's words.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "none" => Self::Off,
            "minimal" => Self::Minimal,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "xhigh" => Self::Extra,
            "max" => Self::Max,
            _ => return None,
        })
    }

    /// The level that a budget comes nearest to; others stay as they are. The inverse of
    /// [`budget`](Self::budget).
    pub(crate) fn leveled(self) -> Self {
        match self {
            Self::Budget(0) => Self::Off,
            Self::Budget(..=1024) => Self::Minimal,
            Self::Budget(..8192) => Self::Low,
            Self::Budget(..16_384) => Self::Medium,
            Self::Budget(..32_768) => Self::High,
            Self::Budget(..65_536) => Self::Extra,
            Self::Budget(_) => Self::Max,
            level => level,
        }
    }

    /// What a level is in tokens; none where the model is to see for itself.
    pub(crate) fn budget(self) -> Option<u64> {
        Some(match self {
            Self::Off => 0,
            Self::Minimal => 1024,
            Self::Low => 4096,
            Self::Medium => 8192,
            Self::High => 16_384,
            Self::Extra => 32_768,
            Self::Max => 65_536,
            Self::Budget(tokens) => tokens,
            Self::Adaptive => return None,
        })
    }
}

/// A version in a model's name: `claude-opus-4-6` and `gpt-5.2` are 4.6 and 5.2.
pub(crate) fn version(model: &str, family: &str) -> Option<(u32, u32)> {
    let at = model.find(family)? + family.len();
    let words = model.get(at..)?.split(|letter: char| !letter.is_ascii_alphanumeric());
    let number = |word: &str| {
        let short = (1..=2).contains(&word.len());
        word.parse::<u32>().ok().filter(|_| short)
    };
    let mut words = words.skip_while(|word| number(word).is_none());
    let major = number(words.next()?)?;
    Some((major, words.next().and_then(number).unwrap_or(0)))
}

/// Effort in `OpenAI`'s words, as far as the model knows them (platform.openai.com, "Reasoning models", 2026):
/// `minimal` is of GPT-5 alone, `none` of what came after, `xhigh` of 5.2 and later. Of other vendors' models
/// nothing is known, and they are told what was asked.
pub(crate) fn word_for(effort: Effort, model: &str, losses: &mut Losses) -> Option<&'static str> {
    let name = model.rsplit('/').next().unwrap_or(model);
    let version = version(name, "gpt-");
    let five = version.is_some_and(|(major, _)| major >= 5);
    let codex = name.contains("codex");
    let old = ["o1", "o3", "o4"].iter().any(|family| name.starts_with(family));
    let mut near = |word: &'static str| {
        losses.note(format!("reasoning_effort: this model takes `{word}` at the nearest"));
        Some(word)
    };
    match effort.leveled() {
        Effort::Off if five && version >= Some((5, 1)) && !codex => Some("none"),
        Effort::Off if five && !codex => near("minimal"),
        Effort::Off if codex || old => near("low"),
        Effort::Minimal if old || codex || (five && version >= Some((5, 1))) => near("low"),
        Effort::Minimal => Some("minimal"),
        Effort::Low => Some("low"),
        Effort::Medium => Some("medium"),
        Effort::High => Some("high"),
        Effort::Extra | Effort::Max
            if name.contains("codex-max") || (five && version >= Some((5, 2))) =>
        {
            Some("xhigh")
        }
        Effort::Extra | Effort::Max => near("high"),
        Effort::Off | Effort::Adaptive | Effort::Budget(_) => {
            losses.note("thinking: how much to reason is left to the model");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_how_much_to_reason() {
        for (name, model, effort) in [
            ("gpt-5.2-high", "gpt-5.2", Some(Effort::High)),
            ("gpt-5.2-xhigh", "gpt-5.2", Some(Effort::Extra)),
            ("gpt-5.2-none", "gpt-5.2", Some(Effort::Off)),
            ("claude-opus-5[1m]", "claude-opus-5", None),
            ("claude-opus-5-low[1m]", "claude-opus-5", Some(Effort::Low)),
        ] {
            assert_eq!(Suffixed::read(name), Some(Suffixed { model, effort }), "{name}");
        }
        for name in ["gpt-5.2", "gpt-5.1-codex-max", "-high", "[1m]", "m[]", "high", "a-[b"] {
            assert_eq!(Suffixed::read(name), None, "{name}");
        }
    }

    #[test]
    fn levels_and_budgets_lead_to_each_other() {
        use Effort::{Extra, High, Low, Max, Medium, Minimal, Off};
        for level in [Off, Minimal, Low, Medium, High, Extra, Max] {
            assert_eq!(Effort::Budget(level.budget().unwrap()).leveled(), level);
        }
        assert_eq!(Effort::Budget(31_999).leveled(), High);
    }

    #[test]
    fn versions_are_read_out_of_names() {
        for (name, family, expected) in [
            ("claude-opus-4-6", "claude-", Some((4, 6))),
            ("anthropic/claude-opus-4.6", "claude-", Some((4, 6))),
            ("claude-sonnet-4-20250514", "claude-", Some((4, 0))),
            ("claude-3-7-sonnet-20250219", "claude-", Some((3, 7))),
            ("claude-mythos-preview", "claude-", None),
            ("gpt-5.2-codex", "gpt-", Some((5, 2))),
            ("gpt-6-astra", "gpt-", Some((6, 0))),
            ("glm-4.6", "claude-", None),
        ] {
            assert_eq!(version(name, family), expected, "{name}");
        }
    }
}
