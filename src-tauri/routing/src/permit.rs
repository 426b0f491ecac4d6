//! Which names a client key and a path may ask for: what lists of models show, as [`crate::plan`] decides it.

use switchyard_types::{KeyId, Rule};

use crate::resolve::{named_by_path, rules, without_suffix};
use crate::rule::{allows, mapped};
use crate::{Ask, PlanError, Snapshot};

/// The names that may be asked for with a client key under a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permit {
    rules: Vec<Rule>,
    /// What answers whatever is asked for.
    bound: Option<String>,
}

impl Snapshot {
    /// What may be asked for with a client key under a path. A path that leads nowhere is an error.
    pub fn permit(&self, client: Option<&KeyId>, path: Option<&str>) -> Result<Permit, PlanError> {
        let ask = Ask { client, path, ..Ask::new("", &[]) };
        let rules: Vec<Rule> = rules(self.config(), &ask).cloned().collect();
        let named = named_by_path(self.config(), &ask)?;
        let bound = rules.iter().find_map(|rule| rule.combo.clone());
        let bound = bound.or_else(|| named.map(|route| route.name.clone()));
        Ok(Permit { rules, bound })
    }
}

impl Permit {
    /// Whether it leaves everything as it is.
    pub fn is_open(&self) -> bool {
        self.bound.is_none() && self.rules.iter().all(|rule| rule.models.is_empty())
    }

    /// The combo that answers whatever is asked for, but for what a rule maps elsewhere.
    pub fn bound(&self) -> Option<&str> {
        self.bound.as_deref()
    }

    /// Whether a name may be asked for.
    pub fn allows(&self, name: &str) -> bool {
        let by = |rule| allows(rule, name) || allows(rule, without_suffix(name));
        self.rules.iter().all(by)
    }

    /// What a name stands for here: what the rules map it to, else the combo that answers everything, else
    /// itself.
    pub fn target(&self, name: &str) -> String {
        let by = |rule: &Rule| mapped(&rule.mapping, name).or_else(|| rule.combo.clone());
        let ruled = self.rules.iter().find_map(by);
        ruled.or_else(|| self.bound.clone()).unwrap_or_else(|| name.to_owned())
    }

    /// The names that the rules spell out, without a star, as far as they may be asked for.
    pub fn spelled(&self) -> Vec<&str> {
        let names = self.rules.iter().flat_map(|rule| {
            rule.mapping.iter().map(|(from, _)| from).chain(&rule.models).map(String::as_str)
        });
        let mut spelled: Vec<&str> = Vec::new();
        for name in names.filter(|name| !name.contains('*') && self.allows(name)) {
            if !spelled.contains(&name) {
                spelled.push(name);
            }
        }
        spelled
    }
}
