//! What was told of late: the bell, and the list behind it.

use leptos::prelude::*;
use switchyard_types::{AccountId, Limit, Millis, Notice, NoticeView, Place};

use super::words;
use crate::app::{App, Overlay, app};
use crate::browser::{self, http};
use crate::facts::format;
use crate::facts::path::{Route, Section};
use crate::facts::quota;
use crate::facts::sought::{Ended, Sought};
use crate::facts::words::Aspect;
use crate::parts::dialog::{Dialog, PanelHead, Stand};
use crate::parts::gate::{Blank, FormFault, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sending::Sending;
use crate::parts::signal::Lamp;
use crate::parts::time::{Ago, ClockTime};

/// Where the time is kept until which everything was seen.
const SEEN: &str = "notices-seen";

/// The button that opens the list; it says how many are new.
#[component]
pub(super) fn Bell() -> impl IntoView {
    let app = app();
    app.told.want();
    let seen = RwSignal::new(seen());
    // What is told while the list is open is seen.
    Effect::new(move |_| {
        let newest = app.told.with(|told| told.iter().map(|one| one.at).max()).flatten();
        if app.overlay.get() == Some(Overlay::Inbox)
            && let Some(newest) = newest
        {
            browser::remember(SEEN, Some(&newest.to_string()));
            seen.set(newest);
        }
    });
    let new = Memo::new(move |_| {
        app.told.with(|told| told.iter().filter(|one| one.at > seen.get()).count()).unwrap_or(0)
    });
    let label = move || words::notices_new(new.get());
    view! {
        <button
            type="button"
            class="icon-button bell"
            title=label
            on:click=move |_| app.overlay.set(Some(Overlay::Inbox))
        >
            <span class="off-screen">{label}</span>
            <Icon of=Glyph::Bell/>
            {move || {
                let new = new.get();
                (new > 0).then(|| view! { <span class="bell-count num" aria-hidden="true">{new.min(99)}</span> })
            }}
        </button>
    }
}

fn seen() -> Millis {
    browser::recall(SEEN).and_then(|at| at.parse().ok()).unwrap_or(0)
}

/// The list, newest first.
#[component]
pub(super) fn Inbox() -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| app.overlay.set(None));
    let retry = Callback::new(move |()| app.told.retry());
    let rows = move || {
        let told = app.told.rows();
        if told.is_empty() {
            return view! {
                <Blank glyph=Glyph::Bell title=words::NO_NOTICES text=words::NO_NOTICES_TEXT/>
            }
            .into_any();
        }
        let rows = told.iter().map(|one| row(app, one)).collect_view();
        view! { <ol class="told">{rows}</ol> }.into_any()
    };
    view! {
        <Dialog stand=Stand::Right label=words::NOTICES close>
            <PanelHead close>
                <h2>{words::NOTICES}</h2>
            </PanelHead>
            <div class="told-body">
                <Quiet/>
                <Gate state=app.told.state retry rows=5>
                    {rows}
                </Gate>
            </div>
        </Dialog>
    }
}

fn row(app: App, one: &NoticeView) -> impl IntoView + use<> {
    let (aspect, title, text) = told(app, &one.notice);
    let until = match &one.notice {
        Notice::QuotaLow { resets_at, .. } | Notice::QuotaSpent { resets_at, .. } => *resets_at,
        Notice::FellOver { until, .. } => *until,
        Notice::BudgetSpent { until, .. } => Some(*until),
        Notice::QuotaReset { .. }
        | Notice::Recovered { .. }
        | Notice::BudgetLow { .. }
        | Notice::SignInNeeded { .. }
        | Notice::Update { .. } => None,
    };
    let (word, to) = match &one.notice {
        Notice::QuotaLow { .. } | Notice::QuotaSpent { .. } | Notice::QuotaReset { .. } => {
            (words::SEE_QUOTA, Route::Quota)
        }
        Notice::SignInNeeded { .. } => (words::SEE_PROVIDERS, Route::Providers),
        Notice::Update { .. } => (words::SEE_UPDATE, Route::Settings(Section::About)),
        Notice::FellOver { to, .. } => (words::SEE_REQUESTS, served(to, Some(Ended::FellOver))),
        Notice::Recovered { place } => (words::SEE_REQUESTS, served(place, None)),
        Notice::BudgetLow { .. } | Notice::BudgetSpent { .. } => {
            (words::SEE_BUDGETS, Route::Settings(Section::Budgets))
        }
    };
    let leave = move |_| {
        app.overlay.set(None);
        app.address.go(to.clone());
    };
    view! {
        <li class="told-one">
            <Lamp aspect/>
            <div>
                <p class="told-title">{title}</p>
                <p class="told-text">
                    {text}
                    {until.map(|at| view! { " " {words::UNTIL.around(view! { <ClockTime at/> }.into_any())} })}
                </p>
                <button type="button" class="button is-quiet is-small" on:click=leave>
                    {word}
                </button>
            </div>
            <span class="told-when"><Ago at=one.at/></span>
        </li>
    }
}

/// The requests that a place answered.
fn served(place: &Place, ended: Option<Ended>) -> Route {
    let sought = Sought {
        account: Some(place.account.to_string()),
        model: Some(place.model.clone()),
        ended,
        ..Sought::default()
    };
    Route::Requests(Box::new(sought))
}

/// Until when the desktop shows none of these, where somebody asked for that, and the way back.
#[component]
fn Quiet() -> impl IntoView {
    let app = app();
    // No event tells of it.
    app.reload_status();
    let until = Memo::new(move |_| {
        let until = app.status.with(|status| status.quiet_until).flatten();
        until.filter(|until| *until > app.clock.second.get())
    });
    let sending = Sending::new();
    let end = move |_| {
        sending.send(http::delete("/api/notifications/quiet"), move |()| {
            app.status.change(|status| status.quiet_until = None);
        });
    };
    move || {
        until.get().map(|at| {
            view! {
                <div class="told-quiet" role="status">
                    <Icon of=Glyph::Clock/>
                    <p>{words::QUIET_UNTIL.around(view! { <ClockTime at/> }.into_any())}</p>
                    <button type="button" class="button is-small" disabled=sending.busy on:click=end>
                        {words::END_QUIET}
                    </button>
                </div>
                <FormFault fault=sending.fault/>
            }
        })
    }
}

/// How a notice is told: its signal, its headline and a line.
fn told(app: App, notice: &Notice) -> (Aspect, String, String) {
    let account = |id: &AccountId| named(app, id);
    let place = |place: &Place| format!("{} ({})", place.model, named(app, &place.account));
    match notice {
        Notice::QuotaLow { account: id, window, used, .. } => (
            Aspect::Caution,
            words::quota_low(&account(id)),
            words::window_used(&quota::name(window), &used.to_string()),
        ),
        Notice::QuotaSpent { account: id, window, .. } => {
            (Aspect::Stop, words::quota_spent(&account(id)), words::window(&quota::name(window)))
        }
        Notice::QuotaReset { account: id, window } => {
            (Aspect::Clear, words::quota_reset(&account(id)), words::window(&quota::name(window)))
        }
        Notice::FellOver { from, to, .. } => (
            Aspect::Caution,
            words::fell_over(&to.model),
            words::instead_of(&place(from), &place(to)),
        ),
        Notice::Recovered { place: back } => {
            (Aspect::Clear, words::recovered(&back.model), words::serves_again(&place(back)))
        }
        Notice::BudgetLow { budget, spent } => {
            (Aspect::Caution, words::budget_low(budget), words::spent(&spent.to_string()))
        }
        Notice::BudgetSpent { budget, limit, .. } => {
            let limit = match limit {
                Limit::Money(nanos) => format::money(*nanos),
                Limit::Tokens(tokens) => words::tokens(&format::tokens(*tokens)),
            };
            (Aspect::Stop, words::budget_spent(budget), words::limit(&limit))
        }
        Notice::SignInNeeded { account: id, message } => {
            (Aspect::Stop, words::sign_in_needed(&account(id)), format::sentence(message))
        }
        Notice::Update { version } => {
            (Aspect::Clear, words::update(version), words::UPDATE_TEXT.owned())
        }
    }
}

fn named(app: App, id: &AccountId) -> String {
    app.accounts
        .with(|accounts| {
            accounts.iter().find(|account| account.id == *id).map(|account| account.name.clone())
        })
        .flatten()
        .unwrap_or_else(|| id.to_string())
}
