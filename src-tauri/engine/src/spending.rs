//! What may be spent, how accounts are chosen, and what holds for client keys and paths.

use switchyard_routing::{Permit, PlanError, Target, period_end};
use switchyard_types::{
    Budget, BudgetBody, BudgetOf, BudgetView, KeyId, RoutingSettings, Rule, RuleBody, RuleOf, Share,
};

use crate::combos::{check_limit, checked_name};
use crate::{Engine, EngineError};

/// Longer lists than this are a mistake.
const MOST_PATTERNS: usize = 200;

impl Engine {
    /// Every budget with what is spent of it, those of combos' candidates included.
    pub fn budgets(&self) -> Vec<BudgetView> {
        let now = self.now();
        self.ask_core(|core| {
            let budgets = core.snapshot().budgets().iter();
            let view = |budget: &Budget| {
                let (spent, share) = core.desk().spent(budget, now);
                let until = period_end(budget.period, now, core.desk().offset());
                BudgetView { budget: budget.clone(), spent, share, until }
            };
            budgets.map(view).collect()
        })
    }

    /// Makes or replaces a budget. What was spent of it stays spent.
    pub async fn put_budget(&self, id: &str, body: BudgetBody) -> Result<BudgetView, EngineError> {
        let id = checked_name("budget", id)?;
        check_limit(body.limit)?;
        let BudgetBody { of, period, limit, strictness } = body;
        let _writing = self.inner.writing.lock().await;
        match &of {
            BudgetOf::Combo { name } => self.known_combo(name)?,
            BudgetOf::Entry { .. } => {
                return Err(EngineError::invalid(
                    "the budget of a combo's candidate is saved with the combo",
                    "change the combo",
                ));
            }
            BudgetOf::All | BudgetOf::Account { .. } | BudgetOf::Client { .. } => {}
        }
        let budget = Budget { id: id.to_owned(), of, period, limit, strictness };
        self.inner.store.put_budget(&budget).await?;
        self.reload().await?;
        let saved = self.budgets().into_iter().find(|view| view.budget.id == id);
        saved.ok_or_else(|| EngineError::NotFound { what: "budget", name: id.to_owned() })
    }

    /// Removes a budget.
    pub async fn remove_budget(&self, id: &str) -> Result<(), EngineError> {
        let _writing = self.inner.writing.lock().await;
        self.inner.store.remove_budget(id).await?;
        self.reload().await
    }

    /// Every rule.
    pub async fn rules(&self) -> Result<Vec<Rule>, EngineError> {
        Ok(self.inner.store.rules().await?)
    }

    /// Makes or replaces the rule of a client key or a path.
    pub async fn put_rule(&self, of: RuleOf, body: RuleBody) -> Result<Rule, EngineError> {
        let of = match of {
            RuleOf::Path { name } => RuleOf::Path { name: checked_path(&name)?.to_owned() },
            client @ RuleOf::Client { .. } => client,
        };
        let _writing = self.inner.writing.lock().await;
        self.check_rule(&body)?;
        let rule = Rule::new(of, body);
        self.inner.store.put_rule(&rule).await?;
        self.reload().await?;
        Ok(rule)
    }

    /// Whether a rule can be followed. The caller holds `writing`.
    pub(crate) fn check_rule(&self, body: &RuleBody) -> Result<(), EngineError> {
        if body.per_minute == Some(0) {
            return Err(EngineError::invalid(
                "a rate of nothing in a minute lets nothing by",
                "give one or more, or leave it out",
            ));
        }
        if body.models.len() > MOST_PATTERNS || body.mapping.len() > MOST_PATTERNS {
            return Err(EngineError::invalid(
                format!("a rule has at most {MOST_PATTERNS} models and as many mappings"),
                "use a star: claude-* fits every name that begins so",
            ));
        }
        let targets = body.mapping.iter().map(|(_, to)| to);
        let mut patterns = body.models.iter().chain(body.mapping.iter().map(|(from, _)| from));
        if let Some(wrong) = patterns.find(|name| name.is_empty() || name.matches('*').count() > 1)
        {
            return Err(EngineError::invalid(
                format!("{wrong:?} is no name with at most one star"),
                "write names such as claude-opus-*",
            ));
        }
        for target in body.combo.iter().chain(targets) {
            // What holds a star becomes a name only with a request.
            if !target.contains('*') {
                self.known_target(target)?;
            }
        }
        Ok(())
    }

    /// Removes a rule.
    pub async fn remove_rule(&self, of: &RuleOf) -> Result<(), EngineError> {
        let _writing = self.inner.writing.lock().await;
        self.inner.store.remove_rule(of).await?;
        self.reload().await
    }

    /// What may be asked for with a client key under a path; the error says why the path leads nowhere.
    pub fn permit(&self, client: Option<&KeyId>, path: Option<&str>) -> Result<Permit, PlanError> {
        self.live().snapshot.permit(client, path)
    }

    /// Whether a model's name can be followed.
    pub fn leads_somewhere(&self, name: &str) -> bool {
        self.live().snapshot.models_behind(name).is_ok()
    }

    /// How accounts are chosen where no combo says it.
    pub async fn routing_settings(&self) -> Result<RoutingSettings, EngineError> {
        Ok(self.inner.store.routing_settings().await?)
    }

    /// Replaces how accounts are chosen.
    pub async fn put_routing_settings(
        &self,
        settings: &RoutingSettings,
    ) -> Result<RoutingSettings, EngineError> {
        let shares = settings.accounts.values().chain(&settings.leave_at);
        if let Some(wrong) = shares.into_iter().find(|share| **share > Share::FULL) {
            return Err(EngineError::invalid(
                format!("{wrong} of a window cannot be used"),
                "give hundredths of a percent, 10000 at most",
            ));
        }
        let _writing = self.inner.writing.lock().await;
        for vendor in settings.vendors.keys() {
            if self.live().catalog.vendor(vendor).is_none() {
                return Err(EngineError::NotFound { what: "vendor", name: vendor.clone() });
            }
        }
        self.inner.store.save_routing_settings(settings).await?;
        self.reload().await?;
        self.routing_settings().await
    }

    fn known_combo(&self, name: &str) -> Result<(), EngineError> {
        if self.live().combos.iter().any(|combo| combo.name == name) {
            return Ok(());
        }
        Err(EngineError::NotFound { what: "combo", name: name.to_owned() })
    }

    /// Whether a name can be followed now, or will be once something is connected.
    fn known_target(&self, name: &str) -> Result<(), EngineError> {
        if name == "auto" || matches!(Target::read(name), Target::Tier { .. }) {
            return Ok(());
        }
        match self.live().snapshot.models_behind(name) {
            Ok(_) => Ok(()),
            Err(error) => Err(EngineError::invalid(
                error.to_string(),
                "give a combo's name, an alias or a model as prefix/model",
            )),
        }
    }
}

/// A name that stands in an address between slashes.
fn checked_path(name: &str) -> Result<&str, EngineError> {
    let name = checked_name("path", name)?;
    if !name.is_ascii() {
        return Err(EngineError::invalid(
            format!("{name:?} cannot stand in an address"),
            "use letters from a to z, digits, dashes, dots or underscores",
        ));
    }
    Ok(name)
}
