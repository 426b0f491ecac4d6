use std::collections::{HashMap, VecDeque};

use switchyard_types::{Millis, Rule, RuleOf};

use crate::pattern;

const MINUTE: Millis = 60_000;

/// Whether a model may be asked for.
pub(crate) fn allows(rule: &Rule, model: &str) -> bool {
    rule.models.is_empty()
        || rule.models.iter().any(|allowed| pattern::fits(allowed, model).is_some())
}

/// What a name stands for: the longest pattern that fits it decides.
pub(crate) fn mapped(mapping: &[(String, String)], model: &str) -> Option<String> {
    mapping
        .iter()
        .filter_map(|(from, to)| Some((from, to, pattern::fits(from, model)?)))
        .max_by_key(|(from, ..)| pattern::weight(from))
        .map(|(_, to, star)| pattern::filled(to, star))
}

/// When the requests under each rule with a rate came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rates {
    came: HashMap<RuleOf, VecDeque<Millis>>,
}

impl Rates {
    /// When the next request may come under a rule, if not now.
    pub(crate) fn full_until(&self, rule: &Rule, now: Millis) -> Option<Millis> {
        let most = usize::try_from(rule.per_minute?).unwrap_or(usize::MAX);
        let came = self.came.get(&rule.of)?;
        // Sorted but for a clock that went back; what it left in the future counts as just now.
        let lately = came.iter().filter(|at| now.saturating_sub(**at) < MINUTE).count();
        if lately < most.max(1) {
            return None;
        }
        let first = came.iter().rev().nth(most.max(1) - 1).copied().unwrap_or(now);
        Some(first.min(now).saturating_add(MINUTE))
    }

    /// A request came under a rule.
    pub(crate) fn came(&mut self, rule: &Rule, now: Millis) {
        let Some(most) = rule.per_minute else { return };
        let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
        let came = self.came.entry(rule.of.clone()).or_default();
        // More than the limit need not be remembered to know that it is reached.
        while came.len() >= most || came.front().is_some_and(|at| now.saturating_sub(*at) >= MINUTE)
        {
            came.pop_front();
        }
        came.push_back(now);
    }
}
