//! The words of limits.

use switchyard_types::{BudgetOf, BudgetView, Limit, Period, RuleBody, Strictness};

use crate::app::App;
use crate::facts::format;

pub(in crate::pages) const COMBO: &str = "Answered by";
pub(in crate::pages) const COMBO_HINT: &str =
    "Whatever model is asked for, this combo answers, unless a name below says otherwise.";
pub(in crate::pages) const ANY_COMBO: &str = "The model that is asked for";
pub(in crate::pages) const MODELS: &str = "Models it may ask for";
pub(in crate::pages) const MODELS_HINT: &str =
    "One a line, with at most one star each, such as zai/* or claude-opus-*. Empty allows all.";
pub(in crate::pages) const MAPPING: &str = "Names that stand for others";
pub(in crate::pages) const MAPPING_HINT: &str =
    "One a line: the name asked for = what answers, such as claude-opus-* = work.";
pub(in crate::pages) const RATE: &str = "Requests in a minute";
pub(in crate::pages) const RATE_HINT: &str =
    "More are refused, with the time to wait. Empty sets no limit.";
pub(in crate::pages) const RATE_BAD: &str = "Give a whole number from 1, or nothing.";

pub(in crate::pages) const BUDGET: &str = "Budget";
pub(in crate::pages) const NO_BUDGET: &str = "No budget";
pub(in crate::pages) const BY_MONEY: &str = "Money";
pub(in crate::pages) const BY_TOKENS: &str = "Tokens";
pub(in crate::pages) const COUNTED: &str = "Counted in";
pub(in crate::pages) const COUNTED_HINT: &str =
    "Money counts what is paid by use; tokens count whoever answers, in and out.";
pub(in crate::pages) const AMOUNT_MONEY: &str = "How much, in dollars";
pub(in crate::pages) const AMOUNT_TOKENS: &str = "How many tokens";
pub(in crate::pages) const AMOUNT_MONEY_HINT: &str = "Such as 12.50.";
pub(in crate::pages) const AMOUNT_TOKENS_HINT: &str = "Such as 200,000 or 1.5M.";
pub(in crate::pages) const AMOUNT_MONEY_BAD: &str = "Give an amount above nothing, such as 12.50.";
pub(in crate::pages) const AMOUNT_TOKENS_BAD: &str =
    "Give a number above nothing, such as 200,000 or 1.5M.";
pub(in crate::pages) const PERIOD: &str = "Starts over";
pub(in crate::pages) const WHEN_SPENT: &str = "When it is spent";
pub(in crate::pages) const HARD: &str = "Refuse what would spend more";
pub(in crate::pages) const SOFT: &str = "Only tell me";

pub(in crate::pages) fn mapping_bad(line: &str) -> String {
    format!("“{line}” has no two sides. Write: name asked for = what answers.")
}

pub(in crate::pages) fn period(period: Period) -> &'static str {
    match period {
        Period::Day => "Every day",
        Period::Month => "Every month",
    }
}

/// What a budget's limit is, in words: `$5.00 a day`.
pub(in crate::pages) fn limit(limit: Limit, period: Period) -> String {
    let amount = match limit {
        Limit::Money(nanos) => format::money(nanos),
        Limit::Tokens(tokens) => format!("{} tokens", format::tokens(tokens)),
    };
    match period {
        Period::Day => format!("{amount} a day"),
        Period::Month => format!("{amount} a month"),
    }
}

/// What is spent of a budget.
pub(in crate::pages) fn spent(view: &BudgetView) -> String {
    match view.budget.limit {
        Limit::Money(_) => format::money(view.spent),
        Limit::Tokens(_) => format::tokens(u64::try_from(view.spent).unwrap_or(0)),
    }
}

pub(in crate::pages) fn strictness(strictness: Strictness) -> &'static str {
    match strictness {
        Strictness::Hard => "refuses more",
        Strictness::Soft => "only tells",
    }
}

/// Whose spending counts.
pub(in crate::pages) fn of(app: App, of: &BudgetOf) -> String {
    match of {
        BudgetOf::All => "Everybody".to_owned(),
        BudgetOf::Combo { name } => format!("Combo {name}"),
        BudgetOf::Account { account } => {
            let named = app.accounts.with(|accounts| {
                let found = accounts.iter().find(|held| held.id == *account)?;
                Some((found.name.clone(), found.vendor.clone()))
            });
            match named.flatten() {
                Some((name, vendor)) => format!("Account {name} at {}", app.vendor(&vendor).0),
                None => format!("Account {account}, which is gone"),
            }
        }
        BudgetOf::Client { key } => key_of(app, key.as_str()),
        BudgetOf::Entry { combo, entry } => format!("{entry} in the combo {combo}"),
    }
}

/// A client key by its name.
pub(in crate::pages) fn key_of(app: App, id: &str) -> String {
    let name = app
        .keys
        .with(|keys| keys.iter().find(|key| key.id.as_str() == id).map(|key| key.name.clone()));
    match name.flatten() {
        Some(name) => format!("Key {name}"),
        None => format!("Key {id}, which is gone"),
    }
}

/// What a rule allows, in short.
pub(in crate::pages) fn rule(rule: &RuleBody) -> String {
    let mut says = Vec::new();
    if let Some(combo) = &rule.combo {
        says.push(format!("answered by {combo}"));
    }
    match rule.models.as_slice() {
        [] => {}
        [one] => says.push(format!("only {one}")),
        [one, rest @ ..] => says.push(format!("only {one} and {} more", rest.len())),
    }
    match rule.mapping.as_slice() {
        [] => {}
        [(from, to)] => says.push(format!("{from} means {to}")),
        [(from, to), rest @ ..] => {
            says.push(format!("{from} means {to}, and {} more", rest.len()));
        }
    }
    if let Some(rate) = rule.per_minute {
        says.push(format!("{rate} a minute"));
    }
    if says.is_empty() { "Everything".to_owned() } else { format::sentence(&says.join(" · ")) }
}
