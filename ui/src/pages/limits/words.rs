//! The words of limits.

use switchyard_types::{AccountOrder, BudgetOf, BudgetView, Limit, Period, RuleBody, Strictness};

use crate::app::App;
use crate::facts::format;
use crate::word::Word;

pub(in crate::pages) const COMBO: Word = word!("Answered by");
pub(in crate::pages) const COMBO_HINT: Word =
    word!("Whatever model is asked for, this combo answers, unless a name below says otherwise.");
pub(in crate::pages) const ANY_COMBO: Word = word!("The model that is asked for");
pub(in crate::pages) const MODELS: Word = word!("Models it may ask for");
pub(in crate::pages) const MODELS_HINT: Word = word!(
    "One a line, with at most one star each, such as zai/* or claude-opus-*. Empty allows all."
);
pub(in crate::pages) const MAPPING: Word = word!("Names that stand for others");
pub(in crate::pages) const MAPPING_HINT: Word =
    word!("One a line: the name asked for = what answers, such as claude-opus-* = work.");
pub(in crate::pages) const RATE: Word = word!("Requests in a minute");
pub(in crate::pages) const RATE_HINT: Word =
    word!("More are refused, with the time to wait. Empty sets no limit.");
pub(in crate::pages) const RATE_BAD: Word = word!("Give a whole number from 1, or nothing.");

pub(in crate::pages) const BUDGET: Word = word!("Budget");
pub(in crate::pages) const NO_BUDGET: Word = word!("No budget");
pub(in crate::pages) const BY_MONEY: Word = word!("Money");
pub(in crate::pages) const BY_TOKENS: Word = word!("Tokens");
pub(in crate::pages) const COUNTED: Word = word!("Counted in");
pub(in crate::pages) const COUNTED_HINT: Word =
    word!("Money counts what is paid by use; tokens count whoever answers, in and out.");
pub(in crate::pages) const AMOUNT_MONEY: Word = word!("How much, in dollars");
pub(in crate::pages) const AMOUNT_TOKENS: Word = word!("How many tokens");
pub(in crate::pages) const AMOUNT_MONEY_HINT: Word = word!("Such as 12.50.");
pub(in crate::pages) const AMOUNT_TOKENS_HINT: Word = word!("Such as 200,000 or 1.5M.");
pub(in crate::pages) const AMOUNT_MONEY_BAD: Word =
    word!("Give an amount above nothing, such as 12.50.");
pub(in crate::pages) const AMOUNT_TOKENS_BAD: Word =
    word!("Give a number above nothing, such as 200,000 or 1.5M.");
pub(in crate::pages) const PERIOD: Word = word!("Starts over");
pub(in crate::pages) const WHEN_SPENT: Word = word!("When it is spent");
pub(in crate::pages) const HARD: Word = word!("Refuse what would spend more");
pub(in crate::pages) const SOFT: Word = word!("Only tell me");

pub(in crate::pages) const FROM: Word = word!("From");
pub(in crate::pages) const TO: Word = word!("To");
pub(in crate::pages) const TIME_BAD: Word = word!("Give a time, such as 22:00.");
pub(in crate::pages) const DAYS_NONE: Word = word!("Choose at least one day.");
pub(in crate::pages) const DAY_NAMES: [Word; 7] = [
    word!("Mon"),
    word!("Tue"),
    word!("Wed"),
    word!("Thu"),
    word!("Fri"),
    word!("Sat"),
    word!("Sun"),
];

/// An order of accounts: what it is called, and what it does.
pub(in crate::pages) fn order(order: AccountOrder) -> (Word, Word) {
    match order {
        AccountOrder::FillFirst => (
            word!("One after the other, by their order"),
            word!("The first account is used up before the second."),
        ),
        AccountOrder::RoundRobin { .. } => (
            word!("In turn"),
            word!("Each account is first for so many requests, then the next one."),
        ),
        AccountOrder::LeastUsed => (
            word!("The least used first"),
            word!("The account that did least in the last hour is first."),
        ),
        AccountOrder::MostQuotaLeft => (
            word!("The one whose quota would expire first"),
            word!("The account whose quota would otherwise expire unused is first."),
        ),
    }
}

pub(in crate::pages) fn mapping_bad(line: &str) -> String {
    say!("“{line}” has no two sides. Write: name asked for = what answers.", line)
}

pub(in crate::pages) fn period(period: Period) -> Word {
    match period {
        Period::Day => word!("Every day"),
        Period::Month => word!("Every month"),
    }
}

/// What a budget's limit is, in words: `$5.00 a day`.
pub(in crate::pages) fn limit(limit: Limit, period: Period) -> String {
    let amount = match limit {
        Limit::Money(nanos) => format::money(nanos),
        Limit::Tokens(tokens) => say!("{tokens} tokens", tokens = format::tokens(tokens)),
    };
    match period {
        Period::Day => say!("{amount} a day", amount),
        Period::Month => say!("{amount} a month", amount),
    }
}

/// What is spent of a budget.
pub(in crate::pages) fn spent(view: &BudgetView) -> String {
    match view.budget.limit {
        Limit::Money(_) => format::money(view.spent),
        Limit::Tokens(_) => format::tokens(u64::try_from(view.spent).unwrap_or(0)),
    }
}

pub(in crate::pages) fn strictness(strictness: Strictness) -> Word {
    match strictness {
        Strictness::Hard => word!("refuses more"),
        Strictness::Soft => word!("only tells"),
    }
}

/// Whose spending counts.
pub(in crate::pages) fn of(app: App, of: &BudgetOf) -> String {
    match of {
        BudgetOf::All => word!("Everybody").owned(),
        BudgetOf::Combo { name } => say!("Combo {name}", name),
        BudgetOf::Account { account } => {
            let named = app.accounts.with(|accounts| {
                let found = accounts.iter().find(|held| held.id == *account)?;
                Some((found.name.clone(), found.vendor.clone()))
            });
            match named.flatten() {
                Some((name, vendor)) => {
                    say!("Account {name} at {vendor}", name, vendor = app.vendor(&vendor).0)
                }
                None => say!("Account {account}, which is gone", account),
            }
        }
        BudgetOf::Client { key } => key_of(app, key.as_str()),
        BudgetOf::Entry { combo, entry } => say!("{entry} in the combo {combo}", entry, combo),
    }
}

/// A client key by its name.
pub(in crate::pages) fn key_of(app: App, id: &str) -> String {
    let name = app
        .keys
        .with(|keys| keys.iter().find(|key| key.id.as_str() == id).map(|key| key.name.clone()));
    match name.flatten() {
        Some(name) => say!("Key {name}", name),
        None => say!("Key {id}, which is gone", id),
    }
}

/// What a rule allows, in short.
pub(in crate::pages) fn rule(rule: &RuleBody) -> String {
    let mut says = Vec::new();
    if let Some(combo) = &rule.combo {
        says.push(say!("answered by {combo}", combo));
    }
    match rule.models.as_slice() {
        [] => {}
        [one] => says.push(say!("only {one}", one)),
        [one, rest @ ..] => says.push(say!("only {one} and {n} more", one, n = rest.len())),
    }
    match rule.mapping.as_slice() {
        [] => {}
        [(from, to)] => says.push(say!("{from} means {to}", from, to)),
        [(from, to), rest @ ..] => {
            says.push(say!("{from} means {to}, and {n} more", from, to, n = rest.len()));
        }
    }
    if let Some(rate) = rule.per_minute {
        says.push(say!("{rate} a minute", rate));
    }
    if says.is_empty() { word!("Everything").owned() } else { format::sentence(&says.join(" · ")) }
}
