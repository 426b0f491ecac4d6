//! What one key may do: its rule and its budget, when it is made and afterwards.

use leptos::prelude::*;
use switchyard_types::{
    Budget, BudgetBody, BudgetOf, BudgetView, CreatedKey, KeyId, KeyView, NewKey, Rule, RuleBody,
    RuleOf,
};

use super::words;
use crate::app::{App, app};
use crate::browser::http::{self, Fault, Method};
use crate::facts::path::encode;
use crate::pages::limits::budget::{BudgetFields, BudgetForm, Need, Terms};
use crate::pages::limits::rule::{RuleFields, RuleForm};
use crate::parts::field::TextField;
use crate::parts::form::FormPanel;
use crate::parts::sending::Sending;

/// Whose limits the panel shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Limiting {
    /// A key to be made, with the name typed so far.
    New(String),
    Old(KeyView),
}

/// The rule of a key, as far as it is known.
pub(super) fn rule_of(app: App, id: &KeyId) -> Option<RuleBody> {
    app.rules.with(|rules| {
        let ours = |rule: &&Rule| matches!(&rule.of, RuleOf::Client { key } if key == id);
        rules.iter().find(ours).map(Rule::body)
    })?
}

/// The first budget of a key.
pub(super) fn budget_of(app: App, id: &KeyId) -> Option<BudgetView> {
    app.budgets.with(|budgets| {
        let ours =
            |one: &&BudgetView| matches!(&one.budget.of, BudgetOf::Client { key } if key == id);
        budgets.iter().find(ours).cloned()
    })?
}

/// A name for the budget of a key that no other budget has.
fn budget_name(app: App, key: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-._".contains(c) { c } else { '-' };
    let base: String = std::iter::once("key-")
        .flat_map(str::chars)
        .chain(key.chars().map(plain))
        .take(48)
        .collect();
    let taken = |name: &str| {
        app.budgets.with_untracked(|held| held.iter().any(|one| one.budget.id == name))
            == Some(true)
    };
    let numbered = (2..).map(|nth| format!("{base}-{nth}"));
    std::iter::once(base.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(base)
}

/// Makes, changes or removes a key's rule.
async fn save_rule(id: &KeyId, before: bool, rule: &RuleBody) -> Result<(), Fault> {
    let path = format!("/api/rules/keys/{}", encode(id.as_str()));
    if *rule != RuleBody::default() {
        http::change::<Rule>(Method::Put, &path, rule).await.map(drop)
    } else if before {
        http::delete(&path).await
    } else {
        Ok(())
    }
}

/// Makes, changes or removes a key's budget; `name` is what a new one is called.
async fn save_budget(
    id: &KeyId,
    before: Option<Budget>,
    name: String,
    terms: Option<Terms>,
) -> Result<(), Fault> {
    let name = before.as_ref().map_or(name, |before| before.id.clone());
    let path = format!("/api/budgets/{}", encode(&name));
    let Some(Terms { limit, period, strictness }) = terms else {
        return if before.is_some() { http::delete(&path).await } else { Ok(()) };
    };
    let body = BudgetBody { of: BudgetOf::Client { key: id.clone() }, period, limit, strictness };
    http::change::<BudgetView>(Method::Put, &path, &body).await.map(drop)
}

fn reload(app: App) {
    app.rules.reload();
    app.budgets.reload();
}

/// The panel. A key that is made is shown by `made`, even where its budget was refused.
#[component]
pub(super) fn LimitsPanel(
    of: Limiting,
    limiting: RwSignal<Option<Limiting>>,
    made: RwSignal<Option<CreatedKey>>,
) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| limiting.set(None));
    let (typed, old) = match of {
        Limiting::New(name) => (name, None),
        Limiting::Old(key) => (String::new(), Some(key)),
    };
    let rule = old.as_ref().and_then(|key| untrack(|| rule_of(app, &key.id)));
    let budget = old.as_ref().and_then(|key| untrack(|| budget_of(app, &key.id)));
    let budget = budget.map(|view| view.budget);
    let name = RwSignal::new(typed);
    let wrong = RwSignal::new(None::<String>);
    let rule_fields = RuleFields::of(&rule.clone().unwrap_or_default());
    let budget_fields = BudgetFields::of(budget.as_ref(), Need::Optional);
    let sending = Sending::new();
    let title = match &old {
        Some(key) => words::limits_of(&key.name),
        None => words::MAKE_LIMITED.owned(),
    };
    let is_new = old.is_none();
    let (had_rule, held) = (rule.is_some(), StoredValue::new(budget));
    let save = Callback::new(move |()| {
        let typed = name.get_untracked().trim().to_owned();
        let missing = is_new && typed.is_empty();
        wrong.set(missing.then(|| words::NAME_MISSING.owned()));
        let (rule, terms) = (rule_fields.read(), budget_fields.read());
        let (false, Some(rule), Ok(terms)) = (missing, rule, terms) else { return };
        match old.clone() {
            None => {
                let new = NewKey {
                    name: typed.clone(),
                    rule: Some(rule).filter(|rule| *rule != RuleBody::default()),
                };
                let called = budget_name(app, &typed);
                let asked = async move {
                    let created =
                        http::change::<CreatedKey>(Method::Post, "/api/keys", &new).await?;
                    let saved = save_budget(&created.key.id, None, called, terms).await;
                    Ok((created, saved))
                };
                sending.send(asked, move |(created, saved)| {
                    app.keys.change(|keys| keys.push(created.key.clone()));
                    app.keys.reload();
                    reload(app);
                    if let Err(fault) = saved {
                        app.fault(&fault);
                    }
                    // Its text is shown once, whatever became of its budget.
                    close.try_run(());
                    let _ = made.try_set(Some(created));
                });
            }
            Some(key) => {
                let called = budget_name(app, &key.name);
                let before = held.get_value();
                let asked = async move {
                    save_rule(&key.id, had_rule, &rule).await?;
                    save_budget(&key.id, before, called, terms).await?;
                    Ok(key.name)
                };
                sending.send(asked, move |name: String| {
                    reload(app);
                    app.notices.done(words::limits_saved(&name));
                    close.try_run(());
                });
            }
        }
    });
    let action = if is_new { words::MAKE } else { words::SAVE };
    view! {
        <FormPanel title close save sending action=action>
                    {is_new
                        .then(|| {
                            view! {
                                <TextField
                                    label=words::NAME
                                    value=name
                                    id="new-key-name"
                                    placeholder=words::PLACEHOLDER
                                    autofocus=true
                                    wrong=wrong
                                />
                            }
                        })}
                    <RuleForm fields=rule_fields/>
                    <BudgetForm fields=budget_fields need=Need::Optional/>
        </FormPanel>
    }
}
