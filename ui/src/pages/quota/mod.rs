//! The accounts' quota windows: what is used, when it starts over, and who says so.

mod past;
mod words;

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{QuotaSource, QuotaView, QuotaWindow};

use self::past::{Past, WindowPast};
use crate::app::{Load, app};
use crate::browser::http::{self, Method};
use crate::facts::letters::in_small;
use crate::facts::order::sort_by_key;
use crate::facts::path::Route;
use crate::facts::quota as facts;
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::meter::Meter;
use crate::parts::more::ShowAll;
use crate::parts::rows::rows;
use crate::parts::signal::SignalWord;
use crate::parts::tile::Tile;
use crate::parts::time::{Ago, Countdown};
use crate::parts::words::NOTHING_FOUND;

/// The page.
#[component]
pub(crate) fn Quota() -> impl IntoView {
    let app = app();
    app.quotas.want();
    let retry = Callback::new(move |()| app.quotas.retry());
    let busy = RwSignal::new(false);
    let read = move |_| {
        busy.set(true);
        spawn_local(async move {
            let body = serde_json::json!({});
            match http::change::<Vec<QuotaView>>(Method::Post, "/api/quotas/read", &body).await {
                Ok(quotas) => app.quotas.put(quotas),
                Err(fault) => app.fault(&fault),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <div class="page quota-page">
            <header class="page-head">
                <h1>{words::TITLE}</h1>
                <div class="page-tools">
                    <button type="button" class="button" disabled=busy on:click=read>
                        <Icon of=Glyph::Refresh/>
                        {move || if busy.get() { words::READING } else { words::READ }}
                    </button>
                </div>
            </header>
            <p class="lead">{words::LEAD}</p>
            <Gate state=app.quotas.state retry rows=4>
                <Accounts/>
            </Gate>
        </div>
    }
}

/// Accounts that are shown before the rest is asked for.
const FEW: usize = 24;
/// With more than these there is a field to find one.
const SEARCHED: usize = 8;

#[component]
fn Accounts() -> impl IntoView {
    let app = app();
    // The tightest first: what needs a look is seen at once.
    let quotas = Memo::new(move |_| {
        let mut quotas = app.quotas.rows();
        sort_by_key(&mut quotas, |quota| {
            let used = quota.windows.iter().filter_map(|window| window.amount.used_share()).max();
            let told = (quota.windows.is_empty(), quota.problem.is_none(), !quota.readable);
            (std::cmp::Reverse(used), told, in_small(&quota.name))
        });
        quotas
    });
    let (sought, all) = (RwSignal::new(String::new()), RwSignal::new(false));
    let found = Memo::new(move |_| {
        let sought = sought.with(|sought| in_small(sought.trim()));
        let mut found = quotas.get();
        found.retain(|quota| {
            let names = [&quota.name, &app.vendor(&quota.vendor).0];
            let names = names.into_iter().chain(&quota.plan);
            sought.is_empty() || names.into_iter().any(|name| in_small(name).contains(&sought))
        });
        found
    });
    let more = Memo::new(move |_| !all.get() && found.with(Vec::len) > FEW + 1);
    let many = Memo::new(move |_| quotas.with(Vec::len) > SEARCHED);
    let none = Memo::new(move |_| quotas.with(Vec::is_empty));
    let shown = move || {
        let mut shown = found.get();
        if more.get() {
            shown.truncate(FEW);
        }
        shown
    };
    move || {
        if none.get() {
            return view! {
                <Blank glyph=Glyph::Quota title=words::NONE text=words::NONE_TEXT>
                    <Link to=Route::Providers class="button">{words::CONNECT}</Link>
                </Blank>
            }
            .into_any();
        }
        let accounts = rows(
            shown,
            |quota| quota.account.to_string(),
            move |quota| view! { <Account quota quotas/> },
        );
        view! {
            {move || many.get().then(|| view! { <Find sought/> })}
            <div class="panel quota-list">
                {accounts}
                {move || {
                    found
                        .with(Vec::is_empty)
                        .then(|| view! { <p class="quota-none">{NOTHING_FOUND}</p> })
                }}
                <ShowAll
                    more
                    all
                    text=Signal::derive(move || words::show_all(found.with(Vec::len)))
                />
            </div>
        }
        .into_any()
    }
}

#[component]
fn Find(sought: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="search-field">
            <span class="off-screen">{words::FIND}</span>
            <Icon of=Glyph::Search/>
            <input
                class="input"
                type="search"
                autocomplete="off"
                spellcheck="false"
                placeholder=words::FIND
                prop:value=sought
                on:input=move |event| sought.set(event_target_value(&event))
            />
        </label>
    }
}

/// One account. It keeps its element while its readings change, and so whatever is open in it.
#[component]
fn Account(quota: QuotaView, quotas: Memo<Vec<QuotaView>>) -> impl IntoView {
    let (app, id) = (app(), quota.account.clone());
    let quota = Memo::new(move |last: Option<&QuotaView>| {
        let now = quotas.with(|all| all.iter().find(|one| one.account == quota.account).cloned());
        // One that is on its way out stays as it was.
        now.or_else(|| last.cloned()).unwrap_or_else(|| quota.clone())
    });
    let name = Memo::new(move |_| quota.with(|quota| quota.name.clone()));
    let vendor = Memo::new(move |_| quota.with(|quota| quota.vendor.clone()));
    let (opened, past) = (RwSignal::new(false), RwSignal::new(Load::Waiting));
    let read = move || past::read(app, &id, past);
    let retry = Callback::new({
        let read = read.clone();
        move |()| {
            past.set(Load::Waiting);
            read();
        }
    });
    let newest = Memo::new(move |_| {
        quota.with(|quota| quota.windows.iter().map(|window| window.observed_at).max())
    });
    Effect::new(move |_| {
        // Read, not only tracked: what nobody reads follows nothing.
        let (opened, _) = (opened.get(), newest.get());
        if opened {
            read();
        }
    });
    let nothing = Memo::new(move |_| {
        quota.with(|quota| {
            let text = if quota.readable { words::NO_WINDOWS } else { words::NOT_READABLE };
            quota.windows.is_empty().then_some(text)
        })
    });
    let problem = Memo::new(move |_| quota.with(|quota| quota.problem.clone()));
    let windows = rows(
        move || quota.with(|quota| quota.windows.clone()),
        |window| format!("{} {}", window.name, window.models.as_deref().unwrap_or_default()),
        move |window| view! { <Window window quota opened past retry/> },
    );
    view! {
        <article class="quota-account" aria-label=name>
            <header class="quota-head">
                {move || view! { <Tile vendor=vendor.get()/> }}
                <h2 title=name>{name}</h2>
                <span class="quota-vendor">{move || app.vendor(&vendor.get()).0}</span>
                {move || {
                    let plan = quota.with(|quota| quota.plan.clone());
                    plan.map(|plan| view! { <span class="tag">{plan}</span> })
                }}
                {move || {
                    nothing
                        .get()
                        .is_none()
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button is-quiet is-small"
                                    aria-expanded=move || opened.get().to_string()
                                    on:click=move |_| opened.update(|opened| *opened = !*opened)
                                >
                                    {words::PAST}
                                </button>
                            }
                        })
                }}
            </header>
            <ul class="windows">{windows}</ul>
            {move || nothing.get().map(|text| view! { <p class="quota-none">{text}</p> })}
            {move || {
                problem
                    .get()
                    .map(|problem| {
                        view! {
                            <p class="quota-problem">
                                <Icon of=Glyph::Alert/>
                                {words::problem(&problem)}
                            </p>
                        }
                    })
            }}
        </article>
    }
}

/// One window: its name, its bar, what is left and until when; below them how it went, once that is opened.
#[component]
fn Window(
    window: QuotaWindow,
    quota: Memo<QuotaView>,
    opened: RwSignal<bool>,
    past: Past,
    retry: Callback<()>,
) -> impl IntoView {
    let clock = app().clock;
    let window = Memo::new(move |last: Option<&QuotaWindow>| {
        let same = |one: &&QuotaWindow| (&one.name, &one.models) == (&window.name, &window.models);
        let now = quota.with(|quota| quota.windows.iter().find(same).cloned());
        now.or_else(|| last.cloned()).unwrap_or_else(|| window.clone())
    });
    let name = move || window.with(|window| facts::name(&window.name));
    let models = move || window.with(|window| window.models.clone());
    let used = Memo::new(move |_| window.with(facts::percent));
    let shown = Memo::new(move |_| window.with(|window| facts::aspect(window, clock.tens.get())));
    let resets_at = Memo::new(move |_| window.with(|window| window.resets_at));
    let over = move || resets_at.get().is_some_and(|at| at <= clock.second.get());
    let told = Memo::new(move |_| window.with(|one| (one.source, one.observed_at, one.closes)));
    view! {
        <li class=move || format!("window {}", shown.get().1.class())>
            <div class="window-line">
                <span class="window-name">
                    {name}
                    {move || {
                        models()
                            .map(|models| {
                                view! { <span class="window-models mono">" " {words::only(&models)}</span> }
                            })
                    }}
                </span>
                <SignalWord
                    aspect=Signal::derive(move || shown.get().1)
                    word=Signal::derive(move || shown.get().0.owned())
                />
            </div>
            {move || {
                used.get()
                    .map(|used| {
                        view! { <Meter label=facts::used(&name(), used) percent=used/> }
                    })
            }}
            <div class="window-line is-note">
                <span class="num">{move || window.with(|window| facts::amount(&window.amount))}</span>
                <span>
                    {move || match resets_at.get() {
                        Some(until) if !over() => {
                            words::RESETS_IN.around(view! { <Countdown until/> }.into_any())
                        }
                        Some(_) => ().into_any(),
                        None => words::NO_RESET.text().into_any(),
                    }}
                </span>
                {move || {
                    let forecast = window.with(|window| window.forecast);
                    let told = facts::foretold(&forecast, clock.tens.get()).filter(|_| !over());
                    told.map(|told| view! { <span class="window-forecast">{told}</span> })
                }}
                {move || {
                    let (source, at, closes) = told.get();
                    let counted = source == QuotaSource::Counted;
                    view! {
                        <span class="window-source" title=counted.then_some(words::COUNTED_HINT)>
                            {facts::source(source)} ", " <Ago at/>
                            {(!closes).then(|| format!(" · {}", words::OPEN_ENDED.text()))}
                        </span>
                    }
                }}
            </div>
            {move || opened.get().then(|| view! { <WindowPast window past retry/> })}
        </li>
    }
}
