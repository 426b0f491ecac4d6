//! How a model of Messages is told to reason: by a budget, or, from 4.6 on, as it sees fit at a level of effort
//! (platform.claude.com, "Adaptive thinking" and "Effort", 2026).

use serde_json::{Value, json};

use crate::neutral::effort::{Effort, version};
use crate::neutral::loss::Losses;
use crate::neutral::request::{Choice, Request, Turn, What};

/// The smallest thinking budget that is taken (platform.claude.com, "Extended thinking").
const LEAST_BUDGET: u64 = 1024;

/// In which way a model reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By a budget: models up to 4.5, and those of other makers.
    Budget,
    /// As it sees fit, and with temperature as before.
    Adaptive,
    /// As it sees fit; temperature and the tops are refused.
    AdaptiveAlone,
    /// The same, and it cannot be kept from reasoning.
    Always,
}

impl Way {
    pub(super) fn of(model: &str) -> Self {
        let always = ["fable", "mythos"].iter().any(|family| model.contains(family));
        match version(model, "claude-") {
            _ if always => Self::Always,
            Some(version) if version >= (5, 5) => Self::Always,
            Some(version) if version >= (4, 7) => Self::AdaptiveAlone,
            Some((4, 6)) => Self::Adaptive,
            Some(_) | None => Self::Budget,
        }
    }

    /// Whether temperature and the tops are refused whatever else is asked.
    pub(super) fn refuses_sampling(self) -> bool {
        matches!(self, Self::AdaptiveAlone | Self::Always)
    }
}

/// What is said of reasoning: `thinking`, and the effort.
#[derive(Debug, Default)]
pub(crate) struct Thinking {
    pub(crate) thinking: Option<Value>,
    pub(crate) effort: Option<&'static str>,
}

impl Thinking {
    /// Whether the model is told to reason.
    pub(super) fn reasons(&self) -> bool {
        self.thinking.as_ref().is_some_and(|thinking| thinking["type"] != "disabled")
    }

    /// What to say of reasoning in a request with these turns and this limit.
    pub(super) fn of(
        request: &Request,
        model: &str,
        turns: &[Turn],
        limit: u64,
        losses: &mut Losses,
    ) -> Self {
        let Some(effort) = request.effort else { return Self::default() };
        let forced = matches!(request.choice, Some(Choice::Required | Choice::Tool(_)));
        let way = Way::of(model);
        if way != Way::Budget {
            return Self::adaptive(effort, way, forced, losses);
        }
        let thinking = match amid_calls(turns) {
            false => budget(effort, limit, forced, losses),
            true if effort == Effort::Off => Some(json!({"type": "disabled"})),
            true => {
                losses.note("reasoning_effort: Messages cannot reason between a call and its result without its earlier, signed thinking");
                None
            }
        };
        Self { thinking, effort: None }
    }

    /// The same for a request that passes: nothing of it is known but its limit.
    pub(crate) fn passing(
        effort: Effort,
        model: &str,
        limit: Option<u64>,
        losses: &mut Losses,
    ) -> Self {
        match Way::of(model) {
            Way::Budget => {
                let limit = limit.unwrap_or(super::write::MAX_TOKENS);
                Self { thinking: budget(effort, limit, false, losses), effort: None }
            }
            way => Self::adaptive(effort, way, false, losses),
        }
    }

    fn adaptive(effort: Effort, way: Way, forced: bool, losses: &mut Losses) -> Self {
        let level = match effort.leveled() {
            Effort::Off if way != Way::Always => {
                return Self { thinking: Some(json!({"type": "disabled"})), effort: None };
            }
            Effort::Off => {
                losses.note("reasoning_effort: this model thinks a little at least");
                return Self { thinking: None, effort: Some("low") };
            }
            Effort::Minimal | Effort::Low => Some("low"),
            Effort::Medium => Some("medium"),
            Effort::High => Some("high"),
            Effort::Extra if way == Way::Adaptive => {
                losses.note("reasoning_effort: this model takes `high` at the nearest");
                Some("high")
            }
            Effort::Extra => Some("xhigh"),
            Effort::Max => Some("max"),
            Effort::Adaptive | Effort::Budget(_) => None,
        };
        if forced {
            losses.note("reasoning_effort: Messages cannot reason when a tool must be called");
            return Self { thinking: None, effort: level };
        }
        Self { thinking: Some(json!({"type": "adaptive"})), effort: level }
    }
}

/// The budget, if the rules of extended thinking allow one here.
fn budget(effort: Effort, limit: u64, forced: bool, losses: &mut Losses) -> Option<Value> {
    let budget = match (effort, effort.budget()) {
        (Effort::Off, _) => return Some(json!({"type": "disabled"})),
        // What it is when nobody says how much.
        (_, None) => 8192,
        (_, Some(tokens)) => tokens,
    };
    let budget = budget.min(limit / 4 * 3);
    let problem = if forced {
        "Messages cannot reason when a tool must be called"
    } else if budget < LEAST_BUDGET {
        "the answer's limit leaves no room to reason"
    } else {
        return Some(json!({"type": "enabled", "budget_tokens": budget}));
    };
    losses.note(format!("reasoning_effort: {problem}"));
    None
}

/// Amid a tool loop a budget wants the signed thinking that led to the calls.
fn amid_calls(turns: &[Turn]) -> bool {
    let begins =
        |turn: &Turn, is: fn(&What) -> bool| turn.parts.first().is_some_and(|part| is(&part.what));
    match turns {
        [.., asked, answered] => {
            begins(answered, |what| matches!(what, What::Result(_)))
                && !begins(asked, |what| matches!(what, What::Thinking { .. } | What::Sealed(_)))
        }
        [_] | [] => false,
    }
}
