//! The form for a candidate's terms: its account, which requests it takes, when, and what it may spend.

use leptos::prelude::*;
use switchyard_types::{
    AccountId, Budget, BudgetOf, CandidateSpec, ComboView, Conditions, Hours, Strategy, Strictness,
    Want,
};

use super::editor::{Desk, candidate};
use super::words;
use crate::app::{App, app};
use crate::browser::http::Fault;
use crate::facts::limits;
use crate::pages::limits::budget::{BudgetFields, BudgetForm, Need};
use crate::pages::limits::hours::{HoursFields, HoursForm};
use crate::parts::field::{SelectField, TextField};
use crate::parts::form::{FormPanel, Mistake};
use crate::parts::select::Entry;
use crate::parts::sending::Sending;
use crate::word::Word;

/// What is to be done with terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// A candidate gets other ones.
    Other(CandidateSpec),
    /// A model that is in the combo already stands there once more, with other ones.
    Another(String),
}

/// What hours begin with once they are wished: those of work.
const DAY: Hours = Hours { days: Hours::DAILY, from: 8 * 60, to: 18 * 60 };

/// A number that may be left empty: what is typed, and what is wrong with it.
#[derive(Clone, Copy)]
struct Number {
    typed: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
}

impl Number {
    fn of(number: Option<u64>) -> Self {
        let typed = number.map(|number| number.to_string()).unwrap_or_default();
        Self { typed: RwSignal::new(typed), wrong: RwSignal::new(None) }
    }

    /// The number, where one is typed, not above `most`.
    fn read(self, most: u64, bad: Word) -> Result<Option<u64>, ()> {
        let typed = self.typed.get_untracked();
        if typed.trim().is_empty() {
            self.wrong.set(None);
            return Ok(None);
        }
        let number = limits::number(&typed).filter(|number| *number <= most);
        self.wrong.set(number.is_none().then(|| bad.owned()));
        number.map(Some).ok_or(())
    }
}

const ANY: &str = "any";
const WITH: &str = "with";
const WITHOUT: &str = "without";

fn want_typed(want: Want) -> RwSignal<String> {
    let word = match want {
        Want::Any => ANY,
        Want::With => WITH,
        Want::Without => WITHOUT,
    };
    RwSignal::new(word.to_owned())
}

fn want_of(typed: RwSignal<String>) -> Want {
    typed.with_untracked(|typed| match typed.as_str() {
        WITH => Want::With,
        WITHOUT => Want::Without,
        _ => Want::Any,
    })
}

/// The accounts that a candidate may be bound to: those of its one vendor.
fn accounts_of(app: App, model: &str) -> Vec<Entry> {
    let vendor = match model.split_once('/') {
        None | Some(("*", _) | (_, "*")) => None,
        Some((prefix, _)) => app.vendors.with(|vendors| {
            vendors.iter().find(|one| one.prefix == prefix).map(|vendor| vendor.id.clone())
        }),
    };
    let Some(vendor) = vendor.flatten() else { return Vec::new() };
    let accounts = app.accounts.rows().into_iter().filter(|account| account.vendor == vendor);
    accounts.map(|account| (account.id.to_string(), account.name)).collect()
}

/// The form.
#[component]
pub(super) fn TermsForm(wish: Wish, desk: Desk) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| desk.wish.set(None));
    let (old, spec, title) = match wish {
        Wish::Other(spec) => (Some(spec.clone()), spec.clone(), words::terms_of(&spec.model)),
        Wish::Another(model) => {
            let title = words::another(&model);
            (None, CandidateSpec::plain(model), title)
        }
    };
    let is_new = old.is_none();
    let weighted = untrack(|| desk.strategy()) == Strategy::Weighted;
    let accounts = untrack(|| accounts_of(app, &spec.model));
    let account = RwSignal::new(spec.account.as_ref().map(ToString::to_string).unwrap_or_default());
    let binds = !accounts.is_empty() || spec.account.is_some();
    let weight = Number::of(Some(spec.weight.into()));
    let least = Number::of(spec.conditions.min_tokens);
    let most = Number::of(spec.conditions.max_tokens);
    let images = want_typed(spec.conditions.images);
    let tools = want_typed(spec.conditions.tools);
    let thinking = want_typed(spec.conditions.thinking);
    let hours = HoursFields::of(spec.hours, DAY);
    let budget = spec.budget.map(|(period, limit)| Budget {
        id: String::new(),
        of: BudgetOf::All,
        period,
        limit,
        strictness: Strictness::Hard,
    });
    let budget = BudgetFields::of(budget.as_ref(), Need::OfCandidate);
    let mistake = RwSignal::new(None::<Word>);
    let sending = Sending::new();
    let held = StoredValue::new((old, spec));
    let sent = StoredValue::new(None::<CandidateSpec>);
    let read = move || {
        let weight = weight.read(u32::MAX.into(), words::WEIGHT_BAD);
        let min_tokens = least.read(u64::MAX, words::TOKENS_BAD);
        let max_tokens = most.read(u64::MAX, words::TOKENS_BAD);
        let (hours, budget) = (hours.read(), budget.read());
        let (Ok(weight), Ok(min_tokens), Ok(max_tokens), Ok(hours), Ok(budget)) =
            (weight, min_tokens, max_tokens, hours, budget)
        else {
            return None;
        };
        if max_tokens.is_some_and(|most| most < min_tokens.unwrap_or(0)) {
            most.wrong.set(Some(words::MOST_BELOW_LEAST.owned()));
            return None;
        }
        let bound = account.get_untracked();
        Some(CandidateSpec {
            model: held.with_value(|(_, spec)| spec.model.clone()),
            account: (!bound.is_empty()).then(|| AccountId::new(bound)),
            weight: weight.and_then(|weight| u32::try_from(weight).ok()).unwrap_or(1),
            conditions: Conditions {
                min_tokens,
                max_tokens,
                images: want_of(images),
                tools: want_of(tools),
                thinking: want_of(thinking),
            },
            hours,
            budget: budget.map(|budget| (budget.period, budget.limit)),
        })
    };
    let save = Callback::new(move |()| {
        mistake.set(None);
        let Some(spec) = read() else { return };
        if sending.busy.get_untracked() {
            return;
        }
        let mut specs = desk.specs();
        // What was sent and refused may still be shown.
        let of =
            |one: Option<CandidateSpec>| specs.iter().position(|held| Some(held) == one.as_ref());
        let at = of(sent.get_value()).or_else(|| match held.with_value(|(old, _)| old.clone()) {
            None => Some(specs.len()),
            old => of(old),
        });
        let Some(at) = at else {
            mistake.set(Some(words::TERMS_GONE));
            return;
        };
        if at < specs.len() {
            specs.remove(at);
        }
        if specs.iter().any(|other| other.takes_the_same(&spec)) {
            mistake.set(Some(words::TERMS_TWICE));
            return;
        }
        sent.set_value(Some(spec.clone()));
        sending.busy.set(true);
        sending.fault.set(None);
        let then = move |fault: Option<Fault>| {
            let _ = sending.busy.try_set(false);
            match fault {
                None => drop(close.try_run(())),
                Some(fault) if fault.is_sign_in() => app.fault(&fault),
                // What is typed stays in the form, which may be gone.
                Some(fault) => {
                    if let Some(fault) = sending.fault.try_set(Some(fault)).flatten() {
                        app.fault(&fault);
                    }
                }
            }
        };
        let change = |combo: &mut ComboView| match combo.candidates.get_mut(at) {
            Some(one) => one.spec = candidate(spec).spec,
            None => combo.candidates.push(candidate(spec)),
        };
        desk.change_then(app, change, Box::new(then));
    });
    let wants = [
        (words::IMAGES, images, "terms-images"),
        (words::TOOLS, tools, "terms-tools"),
        (words::THINKING, thinking, "terms-thinking"),
    ];
    let want = |(label, value, id): (Word, RwSignal<String>, &'static str)| {
        let entries =
            [(ANY, words::EITHER), (WITH, words::ONLY_WITH), (WITHOUT, words::ONLY_WITHOUT)];
        let entries = entries.map(|(value, word)| (value.to_owned(), word.owned()));
        view! { <SelectField label value entries=Signal::stored(entries.to_vec()) id/> }
    };
    let mut entries = vec![(String::new(), words::ANY_ACCOUNT.owned())];
    entries.extend(accounts);
    view! {
        <FormPanel title close save sending action=words::SAVE>
                    {is_new.then(|| view! { <p class="hint">{words::ANOTHER_HINT}</p> })}
                    {weighted
                        .then(|| {
                            view! {
                                <TextField
                                    label=words::WEIGHT
                                    value=weight.typed
                                    id="terms-weight"
                                    hint=words::WEIGHT_HINT
                                    wrong=weight.wrong
                                />
                            }
                        })}
                    {binds
                        .then(|| {
                            view! {
                                <SelectField
                                    label=words::ACCOUNT
                                    value=account
                                    entries=Signal::stored(entries)
                                    id="terms-account"
                                />
                            }
                        })}
                    <fieldset class="terms-group">
                        <legend>{words::TAKES}</legend>
                        <div class="terms-pair">
                            <TextField
                                label=words::LEAST
                                value=least.typed
                                id="terms-least"
                                placeholder=words::NO_LEAST
                                wrong=least.wrong
                            />
                            <TextField
                                label=words::MOST
                                value=most.typed
                                id="terms-most"
                                placeholder=words::NO_MOST
                                wrong=most.wrong
                            />
                        </div>
                        <p class="hint">{words::TOKENS_HINT}</p>
                        <div class="terms-pair">{wants.map(want).collect_view()}</div>
                    </fieldset>
                    <HoursForm
                        fields=hours
                        label=words::HOURS
                        hint=words::HOURS_HINT
                        days=words::HOURS_DAYS
                    />
                    <BudgetForm fields=budget need=Need::OfCandidate/>
                    <Mistake text=mistake/>
        </FormPanel>
    }
}
