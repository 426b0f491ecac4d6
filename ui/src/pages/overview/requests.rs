//! The list of requests, live.

use leptos::prelude::*;
use switchyard_types::RequestId;

use super::words;
use crate::app::app;
use crate::facts::live::Entry;
use crate::facts::path::Route;
use crate::pages::request::cells::{RequestHead, done_cells, running_cells, walk};
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::Glyph;
use crate::parts::rows::rows;

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
                <RequestHead/>
                <tbody>
                    {rows(
                        move || ids.get(),
                        ToString::to_string,
                        move |id| view! { <RequestRow id open/> },
                    )}
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

#[component]
fn RequestRow(id: RequestId, open: Memo<Option<RequestId>>) -> impl IntoView {
    let app = app();
    let own = id.clone();
    let entry = Memo::new(move |_| app.live.with(|live| live.find(&own).cloned()));
    let to = Route::Glance(id.clone());
    let own = id.clone();
    let lit = Memo::new(move |_| open.with(|open| open.as_ref() == Some(&own)));
    let running = move || entry.with(|entry| matches!(entry, Some(Entry::Running(_))));
    view! {
        <tr class:is-lit=lit class:is-running=running>
            {move || match entry.get() {
                Some(Entry::Running(running)) => running_cells(&running, to.clone()).into_any(),
                Some(Entry::Done(done)) => done_cells(&done, to.clone()).into_any(),
                None => ().into_any(),
            }}
        </tr>
    }
}
