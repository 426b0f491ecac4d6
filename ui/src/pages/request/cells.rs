//! One request's row in a list: under way, or done.

use std::sync::Arc;

use leptos::prelude::*;
use switchyard_types::{RequestView, RunningView};
use wasm_bindgen::JsCast as _;

use super::words;
use crate::app::app;
use crate::browser::clock::exact;
use crate::facts::format;
use crate::facts::path::Route;
use crate::facts::words::{self as facts, Aspect};
use crate::parts::link::Link;
use crate::parts::signal::Lamp;
use crate::parts::tile::Tile;
use crate::parts::time::Ago;

/// The head of a table of requests.
#[component]
pub(in crate::pages) fn RequestHead() -> impl IntoView {
    view! {
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
    }
}

/// The cells of a request under way; its link leads to `to`.
pub(in crate::pages) fn running_cells(
    running: &Arc<RunningView>,
    to: Route,
) -> impl IntoView + use<> {
    let clock = app().clock;
    let at = running.at;
    let agent = running.key.clone().unwrap_or_else(|| words::LOCAL.owned());
    let why = running.failed.last().and_then(|attempt| {
        attempt
            .failure
            .map(|class| words::wait_after(&attempt.to.model, facts::failure(class).text()))
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
        format::elapsed(millis)
    };
    view! {
        <td class="col-when">
            <span class="when" title=words::RUNNING>
                <Lamp aspect=Aspect::Running/>
                <Link to class="row-link">
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

/// The cells of a request that has ended; its link leads to `to`.
pub(in crate::pages) fn done_cells(done: &Arc<RequestView>, to: Route) -> impl IntoView + use<> {
    let (word, aspect) = facts::outcome(done.outcome);
    let agent = words::agent(done);
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
                <Link to class="row-link"><Ago at/></Link>
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

/// Arrows walk along the rows; where a trace is open, it follows.
pub(in crate::pages) fn walk(event: &web_sys::KeyboardEvent) {
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
