//! The list of requests, live.

use std::sync::Arc;

use leptos::prelude::*;
use switchyard_types::{RequestId, RequestView};
use wasm_bindgen::JsCast as _;

use super::words;
use crate::app::app;
use crate::browser::clock::exact;
use crate::facts::format;
use crate::facts::live::{Entry, Running};
use crate::facts::path::Route;
use crate::facts::words::{self as facts, Aspect};
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::Glyph;
use crate::parts::link::Link;
use crate::parts::signal::Lamp;
use crate::parts::tile::Tile;
use crate::parts::time::Ago;

/// The list, its head and what is below it.
#[component]
pub(super) fn Requests(open: Memo<Option<RequestId>>) -> impl IntoView {
    let app = app();
    let retry = Callback::new(move |()| {
        app.first_page.set(crate::app::Load::Waiting);
        app.load_newest();
    });
    view! {
        <section class="panel requests" aria-label=words::LIST>
            <Gate state=app.first_page retry rows=6>
                <RequestTable open/>
            </Gate>
        </section>
    }
}

#[component]
fn RequestTable(open: Memo<Option<RequestId>>) -> impl IntoView {
    let app = app();
    let none = Memo::new(move |_| app.live.with(|live| live.rows().is_empty()));
    let more = Memo::new(move |_| app.live.with(|live| live.older().is_some()));
    let ids = Memo::new(move |_| {
        app.live.with(|live| live.rows().iter().map(|row| row.id().clone()).collect::<Vec<_>>())
    });
    let busy = RwSignal::new(false);
    let table = move || {
        view! {
            <table class="table request-table" on:keydown=move |event| walk(&event)>
                <thead>
                    <tr>
                        <th class="col-when">{words::WHEN}</th>
                        <th class="col-agent">{words::AGENT}</th>
                        <th class="col-answer">{words::ANSWERED_BY}</th>
                        <th class="col-num col-in">{words::IN}</th>
                        <th class="col-num col-out">{words::OUT}</th>
                        <th class="col-num col-first" title=words::FIRST_HINT>{words::FIRST}</th>
                        <th class="col-num col-total">{words::TOTAL}</th>
                        <th class="col-num col-cost">{words::COST}</th>
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=move || ids.get()
                        key=Clone::clone
                        children=move |id| view! { <RequestRow id open/> }
                    />
                </tbody>
            </table>
        }
    };
    view! {
        {move || {
            if none.get() {
                view! {
                    <Blank
                        glyph=Glyph::Yard
                        title=words::NO_REQUESTS
                        text=words::NO_REQUESTS_TEXT
                    />
                }
                    .into_any()
            } else {
                table().into_any()
            }
        }}
        {move || {
            more.get()
                .then(|| {
                    view! {
                        <div class="table-foot">
                            <button
                                type="button"
                                class="button is-quiet"
                                disabled=busy
                                on:click=move |_| app.load_older(busy)
                            >
                                {move || if busy.get() { words::LOADING_MORE } else { words::MORE }}
                            </button>
                        </div>
                    }
                })
        }}
    }
}

/// Arrows walk along the rows; where a trace is open, it follows.
fn walk(event: &web_sys::KeyboardEvent) {
    let forward = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let row = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|element| element.closest("tr").ok().flatten());
    let next = row.and_then(|row| {
        if forward { row.next_element_sibling() } else { row.previous_element_sibling() }
    });
    let link = next.and_then(|row| row.query_selector("a").ok().flatten());
    let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return;
    };
    event.prevent_default();
    let _ = link.focus();
    if document().query_selector(".trace").is_ok_and(|trace| trace.is_some()) {
        link.click();
    }
}

#[component]
fn RequestRow(id: RequestId, open: Memo<Option<RequestId>>) -> impl IntoView {
    let app = app();
    let own = id.clone();
    let entry = Memo::new(move |_| app.live.with(|live| live.find(&own).cloned()));
    let own = id.clone();
    let lit = Memo::new(move |_| open.with(|open| open.as_ref() == Some(&own)));
    let running = move || entry.with(|entry| matches!(entry, Some(Entry::Running(_))));
    view! {
        <tr class:is-lit=lit class:is-running=running>
            {move || match entry.get() {
                Some(Entry::Running(running)) => running_cells(&running).into_any(),
                Some(Entry::Done(done)) => done_cells(&done).into_any(),
                None => ().into_any(),
            }}
        </tr>
    }
}

fn running_cells(running: &Arc<Running>) -> impl IntoView + use<> {
    let clock = app().clock;
    let at = running.at;
    let agent = running.key.clone().unwrap_or_else(|| words::LOCAL.to_owned());
    let why = running.failed.last().and_then(|attempt| {
        attempt.failure.map(|class| words::wait_after(&attempt.to.model, facts::failure(class)))
    });
    let asked = running.model.clone();
    let answer = match &running.by {
        Some(by) => view! {
            <Tile vendor=by.vendor.clone()/>
            <span class="cell-main mono">{by.model.clone()}</span>
        }
        .into_any(),
        None => view! { <span class="cell-main is-waiting">{words::CHOOSING}</span> }.into_any(),
    };
    let elapsed = move || {
        let millis = u64::try_from(clock.second.get() - at).unwrap_or(0);
        format::duration(millis / 1_000 * 1_000).replace(".0 s", " s").replace("0 ms", "0 s")
    };
    view! {
        <td class="col-when">
            <span class="when" title=words::RUNNING>
                <Lamp aspect=Aspect::Running/>
                <Link to=Route::Request(running.id.clone()) class="row-link">
                    <time class="time" title=exact(at)>{words::RUNNING}</time>
                </Link>
            </span>
        </td>
        <td class="col-agent"><span class="cell-text">{agent}</span></td>
        <td class="col-answer">
            <span class="answer">
                {answer}
                <span class="cell-why">
                    <span class="mono">{asked}</span>
                    {why.map(|why| view! { " · " <span class="is-fallen">{why}</span> })}
                </span>
            </span>
        </td>
        <td class="col-num col-in">"–"</td>
        <td class="col-num col-out">"–"</td>
        <td class="col-num col-first">"–"</td>
        <td class="col-num col-total num">{elapsed}</td>
        <td class="col-num col-cost">"–"</td>
    }
}

fn done_cells(done: &Arc<RequestView>) -> impl IntoView + use<> {
    let (word, aspect) = facts::outcome(done.outcome);
    let agent = done.key.clone().unwrap_or_else(|| words::LOCAL.to_owned());
    let answer = match &done.served_by {
        Some(by) => view! {
            <Tile vendor=by.vendor.clone()/>
            <span class="cell-main mono" title=by.model.clone()>{by.model.clone()}</span>
        }
        .into_any(),
        None => view! { <span class="cell-main is-nobody">{word}</span> }.into_any(),
    };
    let broke = (done.served_by.is_some() && aspect != Aspect::Clear).then(
        || view! { <span class=format!("cell-fault {}", aspect.class())>{word} " · "</span> },
    );
    let why = words::why(done);
    let fell_over = done.attempts.iter().any(|attempt| attempt.failure.is_some());
    let asked = done.model.clone();
    let (at, usage) = (done.at, done.usage);
    let number = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    view! {
        <td class="col-when">
            <span class="when" title=word>
                <Lamp aspect/>
                <Link to=Route::Request(done.id.clone()) class="row-link"><Ago at/></Link>
            </span>
        </td>
        <td class="col-agent"><span class="cell-text" title=agent.clone()>{agent.clone()}</span></td>
        <td class="col-answer">
            <span class="answer">
                {answer}
                <span class="cell-why">
                    {broke} <span class="mono">{asked}</span>
                    {why.map(|why| view! { " · " <span class:is-fallen=fell_over>{why}</span> })}
                </span>
            </span>
        </td>
        <td class="col-num col-in num">{number(usage.map(|usage| format::tokens(usage.input_total())))}</td>
        <td class="col-num col-out num">{number(usage.map(|usage| format::tokens(usage.output)))}</td>
        <td class="col-num col-first num">{number(done.first_content.map(format::duration))}</td>
        <td class="col-num col-total num">{format::duration(done.millis)}</td>
        <td class="col-num col-cost num">{number(done.cost.map(format::money))}</td>
    }
}
