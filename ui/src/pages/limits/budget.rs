//! The fields of a budget: how much, how often, and what then.

use leptos::prelude::*;
use switchyard_types::{Budget, Limit, Period, Strictness};

use super::words;
use crate::facts::limits;
use crate::parts::field::{SelectField, TextField};
use crate::word::Word;

const NONE: &str = "none";
const MONEY: &str = "money";
const TOKENS: &str = "tokens";
const DAY: &str = "day";
const MONTH: &str = "month";
const HARD: &str = "hard";
const SOFT: &str = "soft";

/// What is typed, and what is wrong with it.
#[derive(Clone, Copy)]
pub(in crate::pages) struct BudgetFields {
    by: RwSignal<String>,
    amount: RwSignal<String>,
    period: RwSignal<String>,
    then: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
}

/// What the fields say of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages) struct Terms {
    pub(in crate::pages) limit: Limit,
    pub(in crate::pages) period: Period,
    pub(in crate::pages) strictness: Strictness,
}

/// Whether there must be a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages) enum Need {
    Needed,
    Optional,
    /// As optional; who spends it is passed over.
    OfCandidate,
}

impl BudgetFields {
    /// Those of a budget, or of one to be made.
    pub(in crate::pages) fn of(budget: Option<&Budget>, need: Need) -> Self {
        let none = if need == Need::Needed { MONEY } else { NONE };
        let (by, amount) = match budget.map(|budget| budget.limit) {
            None => (none, String::new()),
            Some(Limit::Money(nanos)) => (MONEY, limits::money_typed(nanos)),
            Some(Limit::Tokens(tokens)) => (TOKENS, tokens.to_string()),
        };
        let period = match budget.map(|budget| budget.period) {
            Some(Period::Day) => DAY,
            Some(Period::Month) | None => MONTH,
        };
        let then = match budget.map(|budget| budget.strictness) {
            Some(Strictness::Soft) => SOFT,
            Some(Strictness::Hard) | None => HARD,
        };
        Self {
            by: RwSignal::new(by.to_owned()),
            amount: RwSignal::new(amount),
            period: RwSignal::new(period.to_owned()),
            then: RwSignal::new(then.to_owned()),
            wrong: RwSignal::new(None),
        }
    }

    /// The budget, where one is wished; the error stands beside its field.
    pub(in crate::pages) fn read(self) -> Result<Option<Terms>, ()> {
        let (by, amount) = (self.by.get_untracked(), self.amount.get_untracked());
        let (limit, wrong) = match by.as_str() {
            NONE => (None, None),
            TOKENS => (
                limits::number(&amount).filter(|tokens| *tokens > 0).map(Limit::Tokens),
                Some(words::AMOUNT_TOKENS_BAD),
            ),
            _ => (
                limits::money(&amount).filter(|nanos| *nanos > 0).map(Limit::Money),
                Some(words::AMOUNT_MONEY_BAD),
            ),
        };
        let wrong = wrong.filter(|_| limit.is_none());
        self.wrong.set(wrong.map(Word::owned));
        if wrong.is_some() {
            return Err(());
        }
        let period = if self.period.get_untracked() == DAY { Period::Day } else { Period::Month };
        let soft = self.then.get_untracked() == SOFT;
        let strictness = if soft { Strictness::Soft } else { Strictness::Hard };
        Ok(limit.map(|limit| Terms { limit, period, strictness }))
    }
}

/// The fields themselves.
#[component]
pub(in crate::pages) fn BudgetForm(fields: BudgetFields, need: Need) -> impl IntoView {
    let entry = |value: &str, word: Word| (value.to_owned(), word.owned());
    let mut by = vec![entry(MONEY, words::BY_MONEY), entry(TOKENS, words::BY_TOKENS)];
    let label = match need {
        Need::Needed => words::COUNTED,
        Need::Optional | Need::OfCandidate => {
            by.insert(0, entry(NONE, words::NO_BUDGET));
            words::BUDGET
        }
    };
    let periods =
        vec![entry(DAY, words::period(Period::Day)), entry(MONTH, words::period(Period::Month))];
    let then = vec![entry(HARD, words::HARD), entry(SOFT, words::SOFT)];
    let is_set = Memo::new(move |_| fields.by.with(|by| by != NONE));
    let in_tokens = Memo::new(move |_| fields.by.with(|by| by == TOKENS));
    let amount = move || {
        let (label, hint) = if in_tokens.get() {
            (words::AMOUNT_TOKENS.text(), words::AMOUNT_TOKENS_HINT.text())
        } else {
            (words::AMOUNT_MONEY.text(), words::AMOUNT_MONEY_HINT.text())
        };
        view! { <TextField label value=fields.amount id="budget-amount" hint wrong=fields.wrong/> }
    };
    view! {
        <SelectField
            label
            value=fields.by
            entries=Signal::stored(by)
            id="budget-by"
            hint=words::COUNTED_HINT
        />
        {move || {
            let (periods, then) = (periods.clone(), then.clone());
            is_set
                .get()
                .then(|| {
                    view! {
                        {amount}
                        <SelectField
                            label=words::PERIOD
                            value=fields.period
                            entries=Signal::stored(periods)
                            id="budget-period"
                        />
                        {(need != Need::OfCandidate)
                            .then(|| {
                                view! {
                                    <SelectField
                                        label=words::WHEN_SPENT
                                        value=fields.then
                                        entries=Signal::stored(then)
                                        id="budget-then"
                                    />
                                }
                            })}
                    }
                })
        }}
    }
}
