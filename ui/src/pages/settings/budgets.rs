//! What may be spent, and what is spent of it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{AccountId, Budget, BudgetBody, BudgetOf, BudgetView, KeyId};

use super::panel::{Panel, limit_tools};
use super::words;
use crate::app::{App, app};
use crate::browser::http::{self, Method};
use crate::facts::path::{Route, encode};
use crate::facts::words::Aspect;
use crate::pages::limits::budget::{BudgetFields, BudgetForm, Need};
use crate::pages::limits::words as limits;
use crate::parts::dialog::Confirm;
use crate::parts::field::{SelectField, TextField};
use crate::parts::form::FormPanel;
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::meter::Meter;
use crate::parts::rows::rows;
use crate::parts::sending::Sending;
use crate::parts::signal::SignalWord;
use crate::parts::time::Countdown;

/// What the panel is open for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Editing {
    New,
    Old(Box<Budget>),
}

/// The section.
#[component]
pub(super) fn Budgets() -> impl IntoView {
    let app = app();
    app.budgets.want();
    let editing = RwSignal::new(None::<Editing>);
    let retry = Callback::new(move |()| app.budgets.retry());
    let tool = view! {
                <button
                    type="button"
                    class="button is-small"
                    on:click=move |_| editing.set(Some(Editing::New))
                >
                    <Icon of=Glyph::Plus/>
                    {words::ADD_BUDGET}
                </button>
    }
    .into_any();
    view! {
        <Panel title=words::BUDGETS hint=words::BUDGETS_TEXT.into_any() tool>
            <Gate state=app.budgets.state retry rows=2>
                <List editing/>
            </Gate>
        </Panel>
        {move || editing.get().map(|of| view! { <Editor of editing/> })}
    }
}

#[component]
fn List(editing: RwSignal<Option<Editing>>) -> impl IntoView {
    let app = app();
    let ids = Memo::new(move |_| {
        app.budgets.rows().into_iter().map(|one| one.budget.id).collect::<Vec<_>>()
    });
    let none = Memo::new(move |_| ids.with(Vec::is_empty));
    move || {
        if none.get() {
            return view! {
                <Blank glyph=Glyph::Usage title=words::NO_BUDGETS text=words::NO_BUDGETS_TEXT/>
            }
            .into_any();
        }
        view! {
            <ul class="limit-list">
                {rows(move || ids.get(), ToString::to_string, move |id| view! { <Row id editing/> })}
            </ul>
        }
        .into_any()
    }
}

fn remove(app: App, id: String) {
    spawn_local(async move {
        match http::delete(&format!("/api/budgets/{}", encode(&id))).await {
            Ok(()) => {
                app.budgets.change(|budgets| budgets.retain(|held| held.budget.id != id));
                app.notices.done(words::removed(&id));
            }
            Err(fault) => app.fault(&fault),
        }
    });
}

#[component]
fn Row(id: String, editing: RwSignal<Option<Editing>>) -> impl IntoView {
    let app = app();
    let own = id.clone();
    let view = Memo::new(move |_| {
        app.budgets
            .with(|budgets| budgets.iter().find(|one| one.budget.id == own).cloned())
            .flatten()
    });
    let asking = RwSignal::new(false);
    let question = move || {
        let id = id.clone();
        let (title, text) = (words::remove_title(&id), words::REMOVE_BUDGET_TEXT.text());
        let confirm = Callback::new(move |()| remove(app, id.clone()));
        let close = Callback::new(move |()| asking.set(false));
        view! { <Confirm title text action=words::REMOVE confirm close/> }
    };
    move || {
        let view = view.get()?;
        let question = question.clone();
        let budget = view.budget.clone();
        let percent = view.share.hundredths() / 100;
        let (word, aspect) = match view.share.hundredths() {
            10_000.. => (words::SPENT, Aspect::Stop),
            8_000.. => (words::LOW, Aspect::Caution),
            _ => (words::CLEAR, Aspect::Clear),
        };
        let tools = match &budget.of {
            BudgetOf::Entry { combo, .. } => {
                let to = Route::Combos(Some(combo.clone()));
                view! { <Link to class="quiet-link">{words::IN_COMBO}</Link> }.into_any()
            }
            BudgetOf::All
            | BudgetOf::Combo { .. }
            | BudgetOf::Account { .. }
            | BudgetOf::Client { .. } => {
                let old = budget.clone();
                let change = Callback::new(move |()| {
                    editing.set(Some(Editing::Old(Box::new(old.clone()))));
                });
                limit_tools(&budget.id, change, asking).into_any()
            }
        };
        Some(view! {
            <li class=format!("limit {}", aspect.class())>
                <div class="limit-line">
                    <strong class="limit-name" title=budget.id.clone()>{budget.id.clone()}</strong>
                    <SignalWord aspect word=word.owned()/>
                    <span class="limit-tools">{tools}</span>
                </div>
                <Meter label=words::spent_share(&budget.id, percent) percent/>
                <p class="limit-note">
                    <span class="num">{words::spent_of(&limits::spent(&view), &limits::limit(budget.limit, budget.period))}</span>
                    <span>{limits::of(app, &budget.of)}</span>
                    <span>{limits::strictness(budget.strictness)}</span>
                    <span>{words::STARTS_OVER.around(view! { <Countdown until=view.until/> }.into_any())}</span>
                </p>
                {move || asking.get().then(question.clone())}
            </li>
        })
    }
}

/// Whose spending counts, as the value of a list's entry.
fn word_of(of: &BudgetOf) -> String {
    match of {
        BudgetOf::All | BudgetOf::Entry { .. } => "all".to_owned(),
        BudgetOf::Combo { name } => format!("combo:{name}"),
        BudgetOf::Account { account } => format!("account:{account}"),
        BudgetOf::Client { key } => format!("key:{key}"),
    }
}

fn of_word(word: &str) -> BudgetOf {
    match word.split_once(':') {
        Some(("combo", name)) => BudgetOf::Combo { name: name.to_owned() },
        Some(("account", id)) => BudgetOf::Account { account: AccountId::new(id) },
        Some(("key", id)) => BudgetOf::Client { key: KeyId::new(id) },
        Some(_) | None => BudgetOf::All,
    }
}

fn everybody(app: App) -> Vec<(String, String)> {
    let combos = app.combos.rows().into_iter().map(|combo| BudgetOf::Combo { name: combo.name });
    let accounts = app.accounts.rows().into_iter().map(|one| BudgetOf::Account { account: one.id });
    let keys = app.keys.rows().into_iter().map(|key| BudgetOf::Client { key: key.id });
    let all = std::iter::once(BudgetOf::All).chain(combos).chain(keys).chain(accounts);
    all.map(|of| (word_of(&of), limits::of(app, &of))).collect()
}

#[component]
fn Editor(of: Editing, editing: RwSignal<Option<Editing>>) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| editing.set(None));
    let old = match of {
        Editing::New => None,
        Editing::Old(budget) => Some(*budget),
    };
    let name = RwSignal::new(old.as_ref().map(|old| old.id.clone()).unwrap_or_default());
    let name_wrong = RwSignal::new(None::<String>);
    let whose = RwSignal::new(word_of(old.as_ref().map_or(&BudgetOf::All, |old| &old.of)));
    let fields = BudgetFields::of(old.as_ref(), Need::Needed);
    let sending = Sending::new();
    let is_new = old.is_none();
    let title =
        old.as_ref().map_or_else(|| words::ADD_BUDGET.owned(), |old| words::change_of(&old.id));
    let save = Callback::new(move |()| {
        let id = name.get_untracked().trim().to_owned();
        let taken = is_new
            && app.budgets.with_untracked(|held| held.iter().any(|one| one.budget.id == id))
                == Some(true);
        name_wrong.set(match (id.is_empty(), taken) {
            (true, _) => Some(words::NAME_MISSING.owned()),
            (false, true) => Some(words::NAME_TAKEN.owned()),
            (false, false) => None,
        });
        let Ok(Some(terms)) = fields.read() else { return };
        if name_wrong.with_untracked(Option::is_some) {
            return;
        }
        let body = BudgetBody {
            of: of_word(&whose.get_untracked()),
            period: terms.period,
            limit: terms.limit,
            strictness: terms.strictness,
        };
        let path = format!("/api/budgets/{}", encode(&id));
        let asked = async move { http::change::<BudgetView>(Method::Put, &path, &body).await };
        sending.send(asked, move |saved| {
            app.notices.done(words::saved(&saved.budget.id));
            app.budgets.reload();
            close.try_run(());
        });
    });
    view! {
        <FormPanel title close save sending action=words::SAVE>
                    {is_new
                        .then(|| {
                            view! {
                                <TextField
                                    label=words::NAME
                                    value=name
                                    id="budget-name"
                                    hint=words::BUDGET_NAME_HINT
                                    autofocus=true
                                    wrong=name_wrong
                                />
                            }
                        })}
                    <SelectField
                        label=words::WHOSE
                        value=whose
                        entries=Signal::derive(move || everybody(app))
                        id="budget-of"
                        hint=words::WHOSE_HINT
                    />
                    <BudgetForm fields need=Need::Needed/>
        </FormPanel>
    }
}
