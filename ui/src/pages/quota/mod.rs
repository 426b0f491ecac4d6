//! The accounts' quota windows: what is used, when it starts over, and who says so.

mod words;

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{QuotaSource, QuotaView, QuotaWindow};

use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::letters::in_small;
use crate::facts::order::sort_by_key;
use crate::facts::path::Route;
use crate::facts::quota as facts;
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::meter::Meter;
use crate::parts::signal::SignalWord;
use crate::parts::tile::Tile;
use crate::parts::time::{Ago, Countdown};

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
    move || {
        let quotas = quotas.get();
        if quotas.is_empty() {
            return view! {
                <Blank glyph=Glyph::Quota title=words::NONE text=words::NONE_TEXT>
                    <Link to=Route::Providers class="button">{words::CONNECT}</Link>
                </Blank>
            }
            .into_any();
        }
        let accounts = quotas.into_iter().map(|quota| view! { <Account quota/> }).collect_view();
        view! { <div class="panel quota-list">{accounts}</div> }.into_any()
    }
}

#[component]
fn Account(quota: QuotaView) -> impl IntoView {
    let vendor_id = quota.vendor.clone();
    let vendor = move || app().vendor(&vendor_id).0;
    let nothing = quota.windows.is_empty().then(|| {
        let text = if quota.readable { words::NO_WINDOWS } else { words::NOT_READABLE };
        view! { <p class="quota-none">{text}</p> }
    });
    let problem = quota.problem.as_deref().map(words::problem);
    let windows = quota.windows.into_iter().map(|window| view! { <Window window/> });
    view! {
        <article class="quota-account" aria-label=quota.name.clone()>
            <header class="quota-head">
                <Tile vendor=quota.vendor.clone()/>
                <h2 title=quota.name.clone()>{quota.name.clone()}</h2>
                <span class="quota-vendor">{vendor}</span>
                {quota.plan.map(|plan| view! { <span class="tag">{plan}</span> })}
            </header>
            <ul class="windows">{windows.collect_view()}</ul>
            {nothing}
            {problem
                .map(|problem| {
                    view! {
                        <p class="quota-problem">
                            <Icon of=Glyph::Alert/>
                            {problem}
                        </p>
                    }
                })}
        </article>
    }
}

/// One window: its name, its bar, what is left and until when.
#[component]
fn Window(window: QuotaWindow) -> impl IntoView {
    let clock = app().clock;
    let name = facts::name(&window.name);
    let used = facts::percent(&window);
    let (models, amount) = (window.models.clone(), facts::amount(&window.amount));
    let (resets_at, closes, source) = (window.resets_at, window.closes, window.source);
    let forecast = window.forecast;
    let (observed, counted) = (window.observed_at, source == QuotaSource::Counted);
    let shown = Memo::new(move |_| facts::aspect(&window, clock.tens.get()));
    let over = move || resets_at.is_some_and(|at| at <= clock.second.get());
    view! {
        <li class=move || format!("window {}", shown.get().1.class())>
            <div class="window-line">
                <span class="window-name">
                    {name.clone()}
                    {models.map(|models| {
                            view! { <span class="window-models mono">" " {words::only(&models)}</span> }
                        })}
                </span>
                <SignalWord
                    aspect=Signal::derive(move || shown.get().1)
                    word=Signal::derive(move || shown.get().0.owned())
                />
            </div>
            {used
                .map(|used| {
                    view! {
                        <Meter label=facts::used(&name, used) percent=used/>
                    }
                })}
            <div class="window-line is-note">
                <span class="num">{amount}</span>
                <span>
                    {move || match resets_at {
                        Some(until) if !over() => {
                            words::RESETS_IN.around(view! { <Countdown until/> }.into_any())
                        }
                        Some(_) => ().into_any(),
                        None => words::NO_RESET.text().into_any(),
                    }}
                </span>
                {move || {
                    let told = facts::foretold(&forecast, clock.tens.get()).filter(|_| !over());
                    told.map(|told| view! { <span class="window-forecast">{told}</span> })
                }}
                <span class="window-source" title=counted.then_some(words::COUNTED_HINT)>
                    {facts::source(source)} ", " <Ago at=observed/>
                    {(!closes).then(|| format!(" · {}", words::OPEN_ENDED.text()))}
                </span>
            </div>
        </li>
    }
}
