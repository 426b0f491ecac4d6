//! Whether what agents and models say is kept, for how long, and how much there is.

use leptos::prelude::*;
use switchyard_types::{BodiesChange, BodiesDeleted};

use super::panel::{Panel, Save};
use super::words;
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::format;
use crate::parts::dialog::Confirm;
use crate::parts::field::{Switch, TextField};
use crate::parts::gate::{FormFault, Gate};
use crate::parts::sending::Sending;

/// The panel.
#[component]
pub(super) fn Bodies() -> impl IntoView {
    let app = app();
    // How much there is moves with every request: it is read each time that the section opens.
    app.bodies.reload();
    let retry = Callback::new(move |()| app.bodies.retry());
    view! {
        <Panel title=words::BODIES hint=words::BODIES_TEXT.into_any()>
            <Gate state=app.bodies.state retry rows=2>
                <Form/>
                <Kept/>
            </Gate>
        </Panel>
    }
}

#[component]
fn Form() -> impl IntoView {
    let app = app();
    let held =
        app.bodies.with_untracked(|bodies| (bodies.keep, bodies.days, bodies.by_environment));
    let (keep, days, fixed) = held.unwrap_or((false, 7, false));
    let keep = RwSignal::new(keep);
    let days = RwSignal::new(days.to_string());
    let wrong = RwSignal::new(None::<String>);
    let sending = Sending::new();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let typed = days.get_untracked().trim().parse::<u16>().ok();
        let typed = typed.filter(|days| (1..=90).contains(days));
        wrong.set(typed.is_none().then(|| words::DAYS_BAD.owned()));
        if typed.is_none() {
            return;
        }
        let change = BodiesChange { keep: keep.get_untracked(), days: typed };
        let asked = async move { http::change(Method::Put, "/api/bodies", &change).await };
        sending.send(asked, move |bodies| {
            app.bodies.put(bodies);
            app.notices.done(words::SAVED.text());
        });
    };
    view! {
        <form class="setting-form" on:submit=save>
            {if fixed {
                let text = if keep.get_untracked() { words::KEEP_FIXED_ON } else { words::KEEP_FIXED_OFF };
                view! { <p>{text}</p> }.into_any()
            } else {
                view! {
                    <Switch
                        label=words::KEEP
                        on=keep
                        toggle=Callback::new(move |on| keep.set(on))
                    />
                }
                    .into_any()
            }}
            <TextField
                label=words::KEEP_DAYS
                value=days
                id="bodies-days"
                hint=words::KEEP_DAYS_HINT
                wrong=wrong
            />
            <Save sending/>
        </form>
    }
}

/// How much is kept, and the way to delete it.
#[component]
fn Kept() -> impl IntoView {
    let app = app();
    let asking = RwSignal::new(false);
    let sending = Sending::new();
    let delete = Callback::new(move |()| {
        let asked = http::change::<BodiesDeleted>(Method::Delete, "/api/bodies", &());
        sending.send(asked, move |deleted| {
            app.notices.done(words::bodies_deleted(deleted.requests));
            app.bodies.reload();
        });
    });
    let requests = Memo::new(move |_| app.bodies.with(|bodies| bodies.requests).unwrap_or(0));
    let question = move || {
        let close = Callback::new(move |()| asking.set(false));
        let text = words::delete_bodies_text(requests.get_untracked());
        view! {
            <Confirm title=words::DELETE_BODIES_TITLE text action=words::DELETE_ALL confirm=delete close/>
        }
    };
    view! {
        <div class="setting-kept">
            <p class="num">
                {move || {
                    app.bodies
                        .with(|bodies| {
                            words::kept_bodies(
                                bodies.requests,
                                &format::bytes(bodies.bytes),
                                &format::bytes(bodies.most_bytes),
                                &format::bytes(bodies.largest),
                            )
                        })
                }}
            </p>
            <button
                type="button"
                class="button"
                disabled=move || sending.busy.get() || requests.get() == 0
                on:click=move |_| asking.set(true)
            >
                {words::DELETE_ALL}
            </button>
            {move || asking.get().then(question)}
            <FormFault fault=sending.fault/>
        </div>
    }
}
